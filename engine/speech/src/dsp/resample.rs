//! Exact rational resampling with a windowed sinc, of whole sounds and of streams.
//!
//! The filter's slope ends at the Nyquist frequency of the slower side: nothing above it folds back (100 dB down), and
//! what is below 90 % of it passes unchanged. Its delay is taken out, so a sound keeps its place in time.

#![expect(
    clippy::cast_possible_truncation,
    reason = "filter design in f64, taps in f32"
)]

use std::f64::consts::PI;
use std::sync::{Arc, OnceLock};

#[cfg(test)]
mod tests;

use crate::engine::SAMPLE_RATE;

/// Sample rates that audio can be delivered at, in Hz: those of MPEG audio, which every player knows.
pub const OUTPUT_RATES: [u32; 9] = [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];

/// Samples on each side of a tap, at the slower of the two rates.
const HALF_WIDTH: usize = 64;
/// Shape of the Kaiser window: stop band below -100 dB.
const KAISER_BETA: f64 = 10.0;
/// Middle of the filter's slope, as a share of the narrower band. By Kaiser's formula the slope takes 5 % on each side.
const PASS_BAND: f64 = 0.95;
/// Shape of the limiter's shorter filters: stop band below -80 dB.
const SHORT_BETA: f64 = 8.0;

/// Turns one sample rate into another.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// Hz of what comes out.
    to: u32,
    up: usize,
    down: usize,
    /// Input samples on each side of a tap.
    half_width: usize,
    /// For each of `up` phases, the taps around an input sample, earliest first.
    phases: Arc<[Vec<f32>]>,
}

impl Resampler {
    /// A resampler from one rate to another, both in samples per second and above zero.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Self {
        let shared = gcd(from, to).max(1);
        let up = (to / shared).max(1) as usize;
        let down = (from / shared).max(1) as usize;
        // Relative to the input's Nyquist frequency.
        let cutoff = PASS_BAND * (up as f64 / down as f64).min(1.0);
        let half_width = HALF_WIDTH.max((HALF_WIDTH * down).div_ceil(up));
        let phases = (0..up)
            .map(|phase| shaped(phase as f64 / up as f64, cutoff, half_width, KAISER_BETA))
            .collect();
        Self {
            to,
            up,
            down,
            half_width,
            phases,
        }
    }

    /// The resampler from the engine's rate to one of [`OUTPUT_RATES`]; its filter is designed once. `None` for any other rate.
    #[must_use]
    pub fn from_engine_rate(rate: u32) -> Option<Self> {
        static KEPT: [OnceLock<Resampler>; OUTPUT_RATES.len()] =
            [const { OnceLock::new() }; OUTPUT_RATES.len()];
        OUTPUT_RATES
            .iter()
            .zip(&KEPT)
            .find(|(known, _)| **known == rate)
            .map(|(_, kept)| kept.get_or_init(|| Self::new(SAMPLE_RATE, rate)).clone())
    }

    /// The new rate, in Hz.
    #[must_use]
    pub fn to_rate(&self) -> u32 {
        self.to
    }

    /// Samples at the new rate that so many samples become: as many as the same time holds, rounded up.
    #[must_use]
    pub fn length(&self, samples: usize) -> usize {
        (samples * self.up).div_ceil(self.down)
    }

    /// All the samples at the new rate, [`Self::length`] of them.
    #[must_use]
    pub fn process(&self, samples: &[f32]) -> Vec<f32> {
        let mut stream = self.stream();
        let mut out = stream.push(samples);
        out.extend(stream.finish());
        out
    }

    /// A resampler of a sound that comes in pieces.
    #[must_use]
    pub fn stream(&self) -> ResampleStream {
        ResampleStream {
            filter: self.clone(),
            window: vec![0.0; self.half_width - 1],
            next: 0,
            taken: 0,
            given: 0,
        }
    }
}

/// A sound that is resampled while it comes. Whatever the pieces, the samples are those of [`Resampler::process`].
#[derive(Debug, Clone)]
pub struct ResampleStream {
    filter: Resampler,
    /// Input samples that are still needed, oldest first.
    window: Vec<f32>,
    /// Place of the next output sample behind the window's start, in steps of one `up`th of an input sample.
    next: usize,
    taken: usize,
    given: usize,
}

impl ResampleStream {
    /// The samples that are ready; the last [`HALF_WIDTH`] at the slower rate wait for more to come.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.taken += samples.len();
        let Resampler { up, down, .. } = self.filter;
        if up == down {
            return samples.to_vec();
        }
        self.window.extend_from_slice(samples);
        let width = 2 * self.filter.half_width;
        let mut out = Vec::with_capacity(self.filter.length(samples.len()) + 1);
        while let Some(heard) = self.window.get(self.next / up..self.next / up + width) {
            let taps = self.filter.phases.get(self.next % up);
            out.push(taps.map_or(0.0, |taps| dot(heard, taps)));
            self.next += down;
        }
        let done = (self.next / up).min(self.window.len());
        self.window.drain(..done);
        self.next -= done * up;
        self.given += out.len();
        out
    }

    /// The samples still inside. What is pushed afterwards is a new sound.
    pub fn finish(&mut self) -> Vec<f32> {
        let length = self.filter.length(self.taken);
        let missing = length.saturating_sub(self.given);
        let silence = vec![0.0; 2 * self.filter.half_width];
        let mut rest = if self.filter.up == self.filter.down {
            Vec::new()
        } else {
            self.push(&silence)
        };
        rest.truncate(missing);
        *self = self.filter.stream();
        rest
    }
}

/// The sum of products, in eight running sums: additions that need not wait for each other.
fn dot(samples: &[f32], taps: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (samples, taps) in samples.chunks_exact(8).zip(taps.chunks_exact(8)) {
        for ((sum, sample), tap) in sums.iter_mut().zip(samples).zip(taps) {
            *sum += sample * tap;
        }
    }
    let rest: f32 = samples
        .chunks_exact(8)
        .remainder()
        .iter()
        .zip(taps.chunks_exact(8).remainder())
        .map(|(sample, tap)| sample * tap)
        .sum();
    sums.iter().sum::<f32>() + rest
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
    shaped(offset, cutoff, half_width, SHORT_BETA)
}

fn shaped(offset: f64, cutoff: f64, half_width: usize, beta: f64) -> Vec<f32> {
    let width = half_width as f64;
    let taps: Vec<f64> = (0..2 * half_width)
        .map(|tap| {
            let distance = tap as f64 - (width - 1.0) - offset;
            cutoff * sinc(cutoff * distance) * kaiser(distance / width, beta)
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
fn kaiser(x: f64, beta: f64) -> f64 {
    if x.abs() > 1.0 {
        0.0
    } else {
        bessel_i0(beta * (1.0 - x * x).sqrt()) / bessel_i0(beta)
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
