//! Integrated loudness (ITU-R BS.1770, EBU R 128) and true peak, and bringing a whole text to target.
//!
//! Speech is mono and measured as one channel, so a WAV of ours reads -16 LUFS in any meter that
//! takes the file as it is. (Played as dual mono on two loudspeakers it sums to -13.)

#![expect(
    clippy::cast_possible_truncation,
    reason = "gains computed in f64, applied in f32"
)]

#[cfg(test)]
mod tests;

use ebur128::{EbuR128, Mode};

use crate::dsp::limiter::Limiter;
use crate::engine::SAMPLE_RATE;

/// Integrated loudness of everything spoken, in LUFS.
pub const TARGET_LUFS: f64 = -16.0;
/// Highest true peak of everything spoken, in dBTP.
pub const MAX_TRUE_PEAK: f64 = -1.0;
/// What the limiter aims at: other meters interpolate otherwise and may read a little more.
pub(crate) const CEILING: f64 = MAX_TRUE_PEAK - 0.2;
/// Loudness of a mean square of 1, from the standard's formula.
const OFFSET: f64 = -0.691;
/// How near to the target is near enough, in LU.
const TOLERANCE: f64 = 0.05;
/// How often gain and ceiling are corrected. Speech takes two or three rounds.
const ROUNDS: usize = 8;
/// More gain than this, in dB, would make noise of silence.
const MAX_GAIN: f64 = 60.0;

/// Energy of the gating blocks that count, as the standard sums it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Energy {
    /// Blocks of 400 ms above both gates, one each 100 ms.
    pub blocks: f64,
    /// Sum of their weighted mean squares.
    pub sum: f64,
}

impl Energy {
    /// Loudness in LUFS; `None` where no block counts.
    #[must_use]
    pub fn loudness(&self) -> Option<f64> {
        (self.blocks > 0.0 && self.sum > 0.0)
            .then(|| OFFSET + 10.0 * (self.sum / self.blocks).log10())
    }

    /// The energy that this many blocks have at a loudness.
    #[must_use]
    pub fn at(loudness: f64, blocks: f64) -> Self {
        Self {
            blocks,
            sum: blocks * 10_f64.powf((loudness - OFFSET) / 10.0),
        }
    }
}

/// The energy of samples that stand alone. Sound too short for a gating block (400 ms), or with none above
/// the gate, counts as one block with the weighted mean square of all its samples.
#[must_use]
pub fn energy(samples: &[f32]) -> Energy {
    gated(samples)
        .or_else(|| ungated(samples))
        .unwrap_or_default()
}

/// Integrated loudness in LUFS, with the fallback of [`energy`]; `None` for silence.
#[must_use]
pub fn loudness(samples: &[f32]) -> Option<f64> {
    energy(samples).loudness()
}

/// Highest true peak in dBTP, by an interpolation that is not the limiter's own; `None` for silence.
#[must_use]
pub fn true_peak(samples: &[f32]) -> Option<f64> {
    let meter = fed(samples, Mode::TRUE_PEAK)?;
    let peak = meter.true_peak(0).ok()?;
    (peak > 0.0).then(|| 20.0 * peak.log10())
}

fn fed(samples: &[f32], mode: Mode) -> Option<EbuR128> {
    let mut meter = EbuR128::new(1, SAMPLE_RATE, mode).ok()?;
    meter.add_frames_f32(samples).ok()?;
    Some(meter)
}

fn gated(samples: &[f32]) -> Option<Energy> {
    let (blocks, sum) = fed(samples, Mode::I)?.gating_block_count_and_energy()?;
    Some(Energy {
        blocks: blocks as f64,
        sum,
    })
}

fn ungated(samples: &[f32]) -> Option<Energy> {
    // The meter's window is 400 ms, and short sound is all inside; what is left of the window is silence.
    let window = SAMPLE_RATE as usize * 2 / 5;
    let tail = samples.get(samples.len().saturating_sub(window)..)?;
    let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::M).ok()?;
    meter.add_frames_f32(tail).ok()?;
    let share = tail.len() as f64 / window as f64;
    let momentary = meter.loudness_momentary().ok().filter(|l| l.is_finite())?;
    let whole = Energy::at(momentary, 1.0);
    Some(Energy {
        blocks: 1.0,
        sum: whole.sum / share,
    })
}

/// A whole text's audio, brought to target.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// As many samples as there were.
    pub samples: Vec<f32>,
    /// Gain that was applied before the limiter, in dB.
    pub gain_db: f64,
}

/// Samples multiplied by a gain in dB.
#[must_use]
pub fn amplified(samples: &[f32], gain_db: f64) -> Vec<f32> {
    let gain = factor(gain_db);
    samples.iter().map(|sample| sample * gain).collect()
}

/// What a gain in dB multiplies samples by.
pub(crate) fn factor(gain_db: f64) -> f32 {
    10_f64.powf(gain_db / 20.0) as f32
}

/// Brings sound to [`TARGET_LUFS`] with no true peak above [`MAX_TRUE_PEAK`]. What the limiter takes away is made up
/// for by gain, and the result is measured again, until both hold. Silence stays silence.
#[must_use]
pub fn normalise(samples: &[f32]) -> Normalised {
    let Some(found) = loudness(samples) else {
        return Normalised {
            samples: samples.to_vec(),
            gain_db: 0.0,
        };
    };
    let mut gain_db = (TARGET_LUFS - found).min(MAX_GAIN);
    let mut ceiling = CEILING;
    let mut result = Normalised {
        samples: Vec::new(),
        gain_db,
    };
    let mut before: Option<(f64, f64)> = None;
    for _ in 0..ROUNDS {
        let limited = limited(&amplified(samples, gain_db), ceiling);
        let error = TARGET_LUFS - loudness(&limited).unwrap_or(TARGET_LUFS);
        let excess = true_peak(&limited)
            .map_or(0.0, |peak| peak - (MAX_TRUE_PEAK - 0.1))
            .max(0.0);
        result = Normalised {
            samples: limited,
            gain_db,
        };
        if error.abs() <= TOLERANCE && excess <= 0.0 {
            break;
        }
        // Deep in the limiter a decibel of gain brings much less than one of loudness: the last two rounds tell how much.
        let slope = before
            .filter(|(gain, _)| (gain_db - gain).abs() > 1e-6)
            .map_or(1.0, |(gain, was)| {
                ((was - error) / (gain_db - gain)).clamp(0.15, 1.0)
            });
        before = Some((gain_db, error));
        gain_db = (gain_db + error / slope).min(MAX_GAIN);
        ceiling -= excess;
    }
    result
}

fn limited(samples: &[f32], ceiling: f64) -> Vec<f32> {
    let mut limiter = Limiter::new(ceiling);
    let mut out = limiter.process(samples);
    out.extend(limiter.flush());
    out
}
