//! Segments into one utterance: silence trimmed, edges faded, natural pauses between.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "durations in samples: small, positive"
)]

#[cfg(test)]
mod tests;

use std::f32::consts::PI;

use kokoro_text::Boundary;

use crate::engine::SAMPLE_RATE;

/// Samples in one frame of the silence detector: 5 ms.
const FRAME: usize = 120;
/// Frames quieter than this share of the loudest are silence: -50 dB.
const SILENCE: f32 = 0.003_16;
/// Silence kept before and after speech, so that soft onsets and tails stay whole: 15 ms and 40 ms.
const LEAD: usize = 360;
const TAIL: usize = 960;
/// Samples of a fade: 4 ms.
const FADE: usize = 96;

/// Speech without the silence around it, faded at both edges; empty when all is silent.
#[must_use]
pub fn trimmed(samples: &[f32]) -> Vec<f32> {
    let levels: Vec<f32> = samples
        .chunks(FRAME)
        .map(|f| f.iter().fold(0.0_f32, |peak, s| peak.max(s.abs())))
        .collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    let heard = |level: &f32| *level > loudest * SILENCE;
    let (Some(first), Some(last)) = (
        levels.iter().position(heard),
        levels.iter().rposition(heard),
    ) else {
        return Vec::new();
    };
    let from = (first * FRAME).saturating_sub(LEAD);
    let to = ((last + 1) * FRAME + TAIL).min(samples.len());
    let mut speech = samples.get(from..to).unwrap_or_default().to_vec();
    fade(&mut speech);
    speech
}

/// Raised-cosine fades at both ends: no step, so no click.
fn fade(samples: &mut [f32]) {
    let length = FADE.min(samples.len() / 2);
    let gain = |n: usize| 0.5 - 0.5 * (PI * (n as f32 + 0.5) / length as f32).cos();
    for (n, sample) in samples.iter_mut().take(length).enumerate() {
        *sample *= gain(n);
    }
    for (n, sample) in samples.iter_mut().rev().take(length).enumerate() {
        *sample *= gain(n);
    }
}

/// Samples of silence after a segment that ends so, at this speed.
#[must_use]
pub fn pause(ends: Boundary, speed: f32) -> usize {
    let seconds = match ends {
        Boundary::Hard => 0.0,
        Boundary::Word => 0.03,
        Boundary::Comma => 0.15,
        Boundary::Clause => 0.2,
        Boundary::Sentence => 0.35,
        Boundary::Paragraph => 0.6,
    };
    (seconds / f64::from(speed) * f64::from(SAMPLE_RATE)).round() as usize
}
