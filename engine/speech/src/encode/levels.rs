//! As loud at a lower rate and below a lower ceiling as before.
//!
//! A low rate takes away what was above its band and a lower ceiling holds more peaks down. How much of the loudness that
//! is depends on the voice and on what it says, so it is measured: a whole sound gets the one gain that gives it back, found
//! by trying. In a stream the gain follows what was lost so far, slowly, so that nobody hears it move.

#[cfg(test)]
mod tests;

use crate::dsp::limiter::Limiter;
use crate::dsp::loudness::{CEILING, Meter, Target, amplified, brought, factor, loudness, secant};
use crate::dsp::resample::{ResampleStream, Resampler};
use crate::engine::SAMPLE_RATE;

/// How often in a second the gain of a stream is set: as often as the standard begins a gating block.
const STEPS: u32 = 10;
/// Gating blocks in which a stream makes up for what it has lost.
const HORIZON: f64 = 8.0;
/// How much louder the sound is tried, in dB.
const PROBE: f64 = 1.0;
/// More gain than this, in dB, no voice needs.
const MOST: f64 = 9.0;
/// What a voice with high peaks loses, in dB, for each that the ceiling is lower than the engine's.
const BY_CEILING: f64 = 0.7;

/// Gain, in dB, that speech needs at a rate and below a ceiling as a rule.
fn usual(rate: u32, ceiling: f64) -> f64 {
    let by_rate = match rate {
        0..=8_000 => 0.8,
        8_001..=16_000 => 0.2,
        _ => 0.0,
    };
    by_rate + BY_CEILING * (CEILING - ceiling)
}

/// What a codec takes and what it gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Samples per second that it gets.
    pub(super) rate: u32,
    /// Samples per second that its decoders give. At 8 kHz, meters read up to 0.3 LU more than at 48 kHz of the same sound.
    pub(super) played: u32,
    /// The highest true peak that it may get, in dBTP.
    pub(super) ceiling: f64,
}

impl Limits {
    fn player(self) -> Option<Resampler> {
        (self.played != self.rate).then(|| Resampler::new(self.rate, self.played))
    }
}

/// A whole sound of the engine's, `resampled` to a codec's rate, as loud as it was.
pub(super) fn levelled(sound: &[f32], resampled: &[f32], limits: Limits) -> Vec<f32> {
    let Some(lufs) = loudness(sound) else {
        return resampled.to_vec();
    };
    let target = Target {
        rate: limits.rate,
        played: limits.player(),
        lufs,
        ceiling: limits.ceiling,
    };
    brought(resampled, &target).samples
}

/// What leaves with one gain, and its loudness as it is played.
struct Way {
    limiter: Limiter,
    player: Option<ResampleStream>,
    meter: Meter,
    /// Samples measured, at the meter's rate.
    measured: u64,
}

impl Way {
    fn new(limits: Limits) -> Result<Self, ebur128::Error> {
        Ok(Self {
            limiter: Limiter::at(limits.ceiling, limits.rate),
            player: limits.player().map(|player| player.stream()),
            meter: Meter::new(limits.played)?,
            measured: 0,
        })
    }

    fn push(&mut self, samples: &[f32]) -> Result<Vec<f32>, ebur128::Error> {
        let ready = self.limiter.process(samples);
        let played = self.player.as_mut().map(|player| player.push(&ready));
        let heard = played.as_deref().unwrap_or(&ready);
        self.measured += heard.len() as u64;
        self.meter.push(heard)?;
        Ok(ready)
    }
}

/// Levels a stream at a rate. Whatever the pieces, the samples are the same.
pub(super) struct Levels {
    played: u64,
    usual: f64,
    /// Gains in dB: where the current step ends, and where it began.
    gain: f64,
    before: f64,
    /// Samples of a step, and of the current one those that are still to come.
    step: usize,
    left: usize,
    way: Way,
    /// The same a decibel louder: how little of it arrives tells how deep in the limiter the sound is.
    probe: Way,
    /// What came, in the engine's samples: as much as has left, and the rest.
    came: Meter,
    counted: u64,
    waiting: Vec<f32>,
}

impl Levels {
    pub(super) fn new(limits: Limits) -> Result<Self, ebur128::Error> {
        let usual = usual(limits.rate, limits.ceiling);
        let step = (limits.rate / STEPS) as usize;
        Ok(Self {
            played: u64::from(limits.played),
            usual,
            gain: usual,
            before: usual,
            step,
            left: step,
            way: Way::new(limits)?,
            probe: Way::new(limits)?,
            came: Meter::new(SAMPLE_RATE)?,
            counted: 0,
            waiting: Vec::new(),
        })
    }

    /// The engine's samples `sound`, and those that they gave at the stream's rate. Gives what is ready.
    pub(super) fn push(
        &mut self,
        sound: &[f32],
        resampled: &[f32],
    ) -> Result<Vec<f32>, ebur128::Error> {
        self.waiting.extend_from_slice(sound);
        let mut out = Vec::with_capacity(resampled.len());
        let mut rest = resampled;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.left.min(rest.len()));
            rest = later;
            let ridden = self.ridden(now);
            out.extend(self.way.push(&ridden)?);
            self.probe.push(&amplified(&ridden, PROBE))?;
            self.left -= now.len();
            if self.left == 0 {
                self.set()?;
            }
        }
        Ok(out)
    }

    /// What is still inside.
    pub(super) fn finish(&mut self) -> Vec<f32> {
        self.way.limiter.flush()
    }

    /// Samples with their gains, which go evenly from that of the last step to this one's.
    fn ridden(&self, samples: &[f32]) -> Vec<f32> {
        let done = self.step - self.left;
        samples
            .iter()
            .enumerate()
            .map(|(n, sample)| {
                let share = (done + n + 1) as f64 / self.step as f64;
                sample * factor(self.before + (self.gain - self.before) * share)
            })
            .collect()
    }

    /// Begins a step with the gain that makes up for what was lost.
    fn set(&mut self) -> Result<(), ebur128::Error> {
        let until = self.way.measured * u64::from(SAMPLE_RATE) / self.played;
        let more = usize::try_from(until - self.counted).unwrap_or(usize::MAX);
        let heard: Vec<f32> = self.waiting.drain(..more.min(self.waiting.len())).collect();
        self.counted = until;
        self.came.push(&heard)?;
        self.before = self.gain;
        self.left = self.step;
        let gave = self.way.meter.energy();
        if let (Some(meant), Some(found), Some(louder)) = (
            self.came.energy().loudness(),
            gave.loudness(),
            self.probe.meter.energy().loudness(),
        ) {
            let lost = (meant - found) * gave.blocks;
            let slope = secant(PROBE, louder - found);
            self.gain = (self.usual + lost / (HORIZON * slope)).clamp(0.0, MOST);
        }
        Ok(())
    }
}
