//! Time stretching that keeps pitch: waveform similarity overlap-add (Verhelst and Roelands, 1993).

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions in a signal: never negative, far below 2^52"
)]

#[cfg(test)]
mod tests;

use std::f32::consts::PI;

/// Samples in one window: 30 ms at 24 kHz, three periods of a low voice.
const WINDOW: usize = 720;
/// Samples from one window of the output to the next.
const HOP: usize = WINDOW / 2;
/// How far a window may be moved to match what precedes it: one period of a low voice.
const SEARCH: usize = 240;
/// Every how many samples the match is measured.
const STRIDE: usize = 4;

/// Makes speech `factor` times as fast, its pitch kept: the result has `len / factor` samples, rounded.
///
/// A factor of 1, or one that is not a positive number, leaves the samples alone.
#[must_use]
pub fn stretch(samples: &[f32], factor: f64) -> Vec<f32> {
    if !factor.is_finite() || factor <= 0.0 || (factor - 1.0).abs() < 1e-6 || samples.is_empty() {
        return samples.to_vec();
    }
    let length = (samples.len() as f64 / factor).round() as usize;
    let window: Vec<f32> = (0..WINDOW)
        .map(|n| 0.5 - 0.5 * (2.0 * PI * n as f32 / WINDOW as f32).cos())
        .collect();
    let mut out = vec![0.0; length + WINDOW];
    // Half a window of silence in front, so that the first window's rising half touches nothing.
    let mut padded = vec![0.0; HOP + SEARCH];
    padded.extend_from_slice(samples);
    padded.resize(padded.len() + 2 * WINDOW + SEARCH, 0.0);
    let mut natural = SEARCH;
    for frame in 0..=length.div_ceil(HOP) {
        let ideal = SEARCH + ((frame * HOP) as f64 * factor).round() as usize;
        let start = if frame == 0 {
            ideal
        } else {
            best_match(&padded, natural, ideal)
        };
        let piece = padded.get(start..).unwrap_or_default();
        let target = out.get_mut(frame * HOP..).unwrap_or_default();
        for ((o, s), w) in target.iter_mut().zip(piece).zip(&window) {
            *o += s * w;
        }
        // What would follow if this piece were simply played on.
        natural = start + HOP;
    }
    out.drain(..HOP.min(out.len()));
    out.resize(length, 0.0);
    out
}

/// Where, within the search range of `ideal`, the signal is most like that at `natural`.
fn best_match(signal: &[f32], natural: usize, ideal: usize) -> usize {
    let Some(template) = signal.get(natural..natural + WINDOW) else {
        return ideal;
    };
    let mut best = (f32::NEG_INFINITY, ideal);
    let from = ideal.saturating_sub(SEARCH);
    for start in from..=ideal + SEARCH {
        let Some(candidate) = signal.get(start..start + WINDOW) else {
            break;
        };
        let likeness = likeness(template, candidate);
        // Nearer to the ideal place wins among equals, which keeps silence in step.
        let nearer = start.abs_diff(ideal) < best.1.abs_diff(ideal);
        if likeness > best.0 || (likeness >= best.0 && nearer) {
            best = (likeness, start);
        }
    }
    best.1
}

/// Correlation of two pieces, relative to the second one's size.
fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let mut product = 0.0;
    let mut power = 1e-9;
    for (x, y) in a.iter().step_by(STRIDE).zip(b.iter().step_by(STRIDE)) {
        product += x * y;
        power += y * y;
    }
    product / power.sqrt()
}
