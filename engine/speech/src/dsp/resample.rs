//! Exact rational resampling with a windowed sinc.

#![expect(
    clippy::cast_possible_truncation,
    reason = "filter design in f64, taps in f32"
)]

use std::f64::consts::PI;
use std::sync::OnceLock;

#[cfg(test)]
mod tests;

use crate::engine::SAMPLE_RATE;

/// Input samples on each side of a tap.
const HALF_WIDTH: usize = 32;
/// Shape of the Kaiser window: stop band below -80 dB.
const KAISER_BETA: f64 = 8.0;
/// Share of the narrower band that passes; the rest is the filter's slope.
const PASS_BAND: f64 = 0.96;

/// Turns one sample rate into another.
#[derive(Debug, Clone)]
pub struct Resampler {
    up: usize,
    down: usize,
    /// For each of `up` phases, the taps around an input sample, earliest first.
    phases: Vec<Vec<f32>>,
}

impl Resampler {
    /// A resampler from one rate to another, both in samples per second and above zero.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Self {
        let shared = gcd(from, to).max(1);
        let up = (to / shared).max(1) as usize;
        let down = (from / shared).max(1) as usize;
        // Cut off below the lower of the two Nyquist frequencies; 1.0 is the input's.
        let cutoff = PASS_BAND * (up as f64 / down as f64).min(1.0);
        let phases = (0..up)
            .map(|phase| taps(phase as f64 / up as f64, cutoff, HALF_WIDTH))
            .collect();
        Self { up, down, phases }
    }

    /// All the samples at the new rate: as many as the same time holds, rounded up.
    #[must_use]
    pub fn process(&self, samples: &[f32]) -> Vec<f32> {
        if self.up == self.down {
            return samples.to_vec();
        }
        let length = (samples.len() * self.up).div_ceil(self.down);
        let mut padded = vec![0.0; HALF_WIDTH - 1];
        padded.extend_from_slice(samples);
        padded.resize(padded.len() + HALF_WIDTH + 1, 0.0);
        (0..length)
            .map(|n| {
                let position = n * self.down;
                let taps = self
                    .phases
                    .get(position % self.up)
                    .map_or(&[][..], Vec::as_slice);
                let window = padded.get(position / self.up..).unwrap_or_default();
                window
                    .iter()
                    .zip(taps)
                    .map(|(sample, tap)| sample * tap)
                    .sum()
            })
            .collect()
    }
}

/// Samples at any rate as samples at the engine's rate.
#[must_use]
pub fn to_engine_rate(samples: &[f32], rate: u32) -> Vec<f32> {
    /// eSpeak NG's own rate: worth keeping the filter.
    const ESPEAK_RATE: u32 = 22_050;
    static ESPEAK: OnceLock<Resampler> = OnceLock::new();
    if rate == ESPEAK_RATE {
        ESPEAK
            .get_or_init(|| Resampler::new(ESPEAK_RATE, SAMPLE_RATE))
            .process(samples)
    } else {
        Resampler::new(rate, SAMPLE_RATE).process(samples)
    }
}

/// The taps that read a point `offset` (0..1) after an input sample, from `half_width` samples on each side.
pub(crate) fn taps(offset: f64, cutoff: f64, half_width: usize) -> Vec<f32> {
    let width = half_width as f64;
    let taps: Vec<f64> = (0..2 * half_width)
        .map(|tap| {
            let distance = tap as f64 - (width - 1.0) - offset;
            cutoff * sinc(cutoff * distance) * kaiser(distance / width)
        })
        .collect();
    // Each phase passes a constant unchanged, so no tone at the phase rate is added.
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-12 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Kaiser's window, 1 in the middle and 0 outside -1..=1.
fn kaiser(x: f64) -> f64 {
    if x.abs() > 1.0 {
        0.0
    } else {
        bessel_i0(KAISER_BETA * (1.0 - x * x).sqrt()) / bessel_i0(KAISER_BETA)
    }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..32 {
        let factor = x / (2.0 * f64::from(k));
        term *= factor * factor;
        sum += term;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
