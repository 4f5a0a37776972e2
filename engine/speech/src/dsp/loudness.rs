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
use crate::dsp::resample::Resampler;
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
/// How far above the limiter's ceiling a true peak may be, in dB, before it is lowered.
const PEAK_TOLERANCE: f64 = 0.1;
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
    energy_at(samples, SAMPLE_RATE)
}

/// The same of samples at another rate, in Hz.
fn energy_at(samples: &[f32], rate: u32) -> Energy {
    gated(samples, rate)
        .or_else(|| ungated(samples, rate))
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
    true_peak_at(samples, SAMPLE_RATE)
}

fn true_peak_at(samples: &[f32], rate: u32) -> Option<f64> {
    let meter = fed(samples, rate, Mode::TRUE_PEAK)?;
    let peak = meter.true_peak(0).ok()?;
    (peak > 0.0).then(|| 20.0 * peak.log10())
}

fn fed(samples: &[f32], rate: u32, mode: Mode) -> Option<EbuR128> {
    let mut meter = EbuR128::new(1, rate, mode).ok()?;
    meter.add_frames_f32(samples).ok()?;
    Some(meter)
}

fn gated(samples: &[f32], rate: u32) -> Option<Energy> {
    let (blocks, sum) = fed(samples, rate, Mode::I)?.gating_block_count_and_energy()?;
    Some(Energy {
        blocks: blocks as f64,
        sum,
    })
}

fn ungated(samples: &[f32], rate: u32) -> Option<Energy> {
    // The meter's window is 400 ms, and short sound is all inside; what is left of the window is silence.
    let window = rate as usize * 2 / 5;
    let tail = samples.get(samples.len().saturating_sub(window)..)?;
    let mut meter = EbuR128::new(1, rate, Mode::M).ok()?;
    meter.add_frames_f32(tail).ok()?;
    let share = tail.len() as f64 / window as f64;
    let momentary = meter.loudness_momentary().ok().filter(|l| l.is_finite())?;
    let whole = Energy::at(momentary, 1.0);
    Some(Energy {
        blocks: 1.0,
        sum: whole.sum / share,
    })
}

/// Loudness of a sound that is still coming.
#[derive(Debug)]
pub(crate) struct Meter(EbuR128);

impl Meter {
    /// A meter of samples at a rate, in Hz.
    ///
    /// # Errors
    /// The library's own, for a rate it does not take.
    pub(crate) fn new(rate: u32) -> Result<Self, ebur128::Error> {
        // A histogram of the blocks instead of all of them: a stream may have no end.
        EbuR128::new(1, rate, Mode::I | Mode::HISTOGRAM).map(Self)
    }

    pub(crate) fn push(&mut self, samples: &[f32]) -> Result<(), ebur128::Error> {
        self.0.add_frames_f32(samples)
    }

    /// The energy so far, without the fallback of [`energy`] for short sound.
    pub(crate) fn energy(&self) -> Energy {
        let (blocks, sum) = self.0.gating_block_count_and_energy().unwrap_or_default();
        Energy {
            blocks: blocks as f64,
            sum,
        }
    }
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

/// What sound is to be brought to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Samples per second, of the sound as of the result.
    pub(crate) rate: u32,
    /// To the rate that it is heard at, where that is another.
    pub(crate) played: Option<Resampler>,
    /// Integrated loudness in LUFS.
    pub(crate) lufs: f64,
    /// What the limiter aims at, in dBTP.
    pub(crate) ceiling: f64,
}

impl Target {
    fn found(&self, samples: &[f32]) -> Option<f64> {
        match &self.played {
            Some(played) => energy_at(&played.process(samples), played.to_rate()),
            None => energy_at(samples, self.rate),
        }
        .loudness()
    }
}

/// Brings sound to [`TARGET_LUFS`] with no true peak above [`MAX_TRUE_PEAK`]. What the limiter takes away is made up
/// for by gain, and the result is measured again, until both hold. Silence stays silence.
#[must_use]
pub fn normalise(samples: &[f32]) -> Normalised {
    brought(
        samples,
        &Target {
            rate: SAMPLE_RATE,
            played: None,
            lufs: TARGET_LUFS,
            ceiling: CEILING,
        },
    )
}

/// The same for any target.
#[must_use]
pub(crate) fn brought(samples: &[f32], target: &Target) -> Normalised {
    let Some(found) = target.found(samples) else {
        return Normalised {
            samples: samples.to_vec(),
            gain_db: 0.0,
        };
    };
    let mut gain_db = (target.lufs - found).min(MAX_GAIN);
    let mut ceiling = target.ceiling;
    let mut result = Normalised {
        samples: Vec::new(),
        gain_db,
    };
    let mut before: Option<(f64, f64)> = None;
    for _ in 0..ROUNDS {
        let limited = limited(&amplified(samples, gain_db), ceiling, target.rate);
        let error = target.lufs - target.found(&limited).unwrap_or(target.lufs);
        let excess = true_peak_at(&limited, target.rate)
            .map_or(0.0, |peak| peak - (target.ceiling + PEAK_TOLERANCE))
            .max(0.0);
        result = Normalised {
            samples: limited,
            gain_db,
        };
        if error.abs() <= TOLERANCE && excess <= 0.0 {
            break;
        }
        // The last two rounds tell what a decibel of gain brings.
        let slope = before
            .filter(|(gain, _)| (gain_db - gain).abs() > 1e-6)
            .map_or(1.0, |(gain, was)| secant(gain_db - gain, was - error));
        before = Some((gain_db, error));
        gain_db = (gain_db + error / slope).min(MAX_GAIN);
        ceiling -= excess;
    }
    result
}

/// Loudness that a decibel of gain brought, in LU: deep in the limiter much less than one, and never so little that the next step
/// would be a leap.
pub(crate) fn secant(gain_db: f64, lufs: f64) -> f64 {
    (lufs / gain_db).clamp(0.15, 1.0)
}

fn limited(samples: &[f32], ceiling: f64, rate: u32) -> Vec<f32> {
    let mut limiter = Limiter::at(ceiling, rate);
    let mut out = limiter.process(samples);
    out.extend(limiter.flush());
    out
}
