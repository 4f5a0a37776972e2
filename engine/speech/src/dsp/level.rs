//! Loudness of a stream, whose future is not known.
//!
//! Each segment is whole before any of it is sent, so it can be measured: its gain is the one
//! that brings the *whole stream so far* to target, held near the voice's calibrated gain so that a
//! whisper or a shout stays one. Gains change in the first 20 ms of a segment, which are its pause where
//! it has one, and not inside it, so nothing pumps or steps. The same limiter as for whole texts runs through the
//! stream without a break.

#[cfg(test)]
mod tests;

use crate::dsp::limiter::Limiter;
use crate::dsp::loudness::{CEILING, Energy, TARGET_LUFS, amplified, energy, factor, secant};

/// How far the gain of a segment may bring its loudness from what the voice's would give, in LU.
const RANGE: f64 = 6.0;
/// The same where only another voice's gain is known.
const WIDE_RANGE: f64 = 12.0;
/// How far from what the previous segment's would give, in LU.
const STEP: f64 = 3.0;
/// How often a segment's gain is corrected for what the limiter takes away. Most voices need one round, the most peaked all.
const ROUNDS: usize = 5;
/// How near to the loudness that is wanted is near enough, in LU.
const TOLERANCE: f64 = 0.05;
/// Samples over which one segment's gain becomes the next one's: 20 ms.
const RAMP: usize = 480;

/// Levels a stream, segment by segment.
#[derive(Debug, Clone)]
pub struct Leveller {
    /// The voice's gain in dB.
    calibrated: f64,
    /// How far from it a segment's may be, in dB.
    range: f64,
    /// The last segment's gain in dB; none before the first.
    before: Option<f64>,
    limiter: Limiter,
    spent: Energy,
}

impl Leveller {
    /// A leveller for a voice that needs `calibrated` dB of gain.
    #[must_use]
    pub fn new(calibrated: f64) -> Self {
        Self::within(calibrated, RANGE)
    }

    /// A leveller for a voice nothing is known of, but that a like one needs `anchor` dB of gain.
    #[must_use]
    pub fn near(anchor: f64) -> Self {
        Self::within(anchor, WIDE_RANGE)
    }

    fn within(calibrated: f64, range: f64) -> Self {
        Self {
            calibrated,
            range,
            before: None,
            limiter: Limiter::new(CEILING),
            spent: Energy::default(),
        }
    }

    /// The next segment, its pause in front of it. Gives what is ready.
    pub fn push(&mut self, segment: &[f32]) -> Vec<f32> {
        let mut gain = self.before.unwrap_or(self.calibrated);
        let mut heard = energy(&self.tried(segment, gain));
        let mut slope = 1.0;
        for _ in 0..ROUNDS {
            let Some(found) = heard.loudness() else { break };
            let wanted = self.wanted(heard.blocks).loudness();
            let error = wanted.unwrap_or(f64::NEG_INFINITY) - found;
            let (least, most) = self.bounds(slope);
            let next = (gain + error / slope).clamp(least, most);
            if error.abs() <= TOLERANCE || (next - gain).abs() < 1e-6 {
                break;
            }
            heard = energy(&self.tried(segment, next));
            slope = heard
                .loudness()
                .map_or(1.0, |now| secant(next - gain, now - found));
            gain = next;
        }
        self.spent = Energy {
            blocks: self.spent.blocks + heard.blocks,
            sum: self.spent.sum + heard.sum,
        };
        let levelled = self.ridden(segment, gain);
        self.before = Some(gain);
        self.limiter.process(&levelled)
    }

    /// The least and the highest gain allowed where a decibel of gain brings `slope` of one of loudness.
    fn bounds(&self, slope: f64) -> (f64, f64) {
        let (range, step) = (self.range / slope, STEP / slope);
        let (least, most) = (self.calibrated - range, self.calibrated + range);
        let Some(before) = self.before else {
            return (least, most);
        };
        // A voice's own range never keeps the gain from the one before, which another slope may have allowed.
        (
            least.max(before - step).min(before),
            most.min(before + step).max(before),
        )
    }

    /// What is still inside.
    pub fn finish(&mut self) -> Vec<f32> {
        self.limiter.flush()
    }

    /// The segment as it would sound with this gain.
    fn tried(&self, segment: &[f32], gain: f64) -> Vec<f32> {
        let mut limiter = self.limiter.clone();
        let mut out = limiter.process(&self.ridden(segment, gain));
        out.extend(limiter.flush());
        // What was still inside belongs to the segment before.
        out.split_off(out.len() - segment.len())
    }

    /// The segment with this gain, which comes gradually out of the one before.
    fn ridden(&self, segment: &[f32], gain: f64) -> Vec<f32> {
        let before = self.before.unwrap_or(gain);
        let (ramp, rest) = segment.split_at(RAMP.min(segment.len()));
        let mut out = Vec::with_capacity(segment.len());
        for (n, sample) in ramp.iter().enumerate() {
            let share = (n + 1) as f64 / RAMP as f64;
            out.push(sample * factor(before + (gain - before) * share));
        }
        out.extend(amplified(rest, gain));
        out
    }

    /// The energy a segment of so many blocks must have for the stream to be at target with it.
    fn wanted(&self, blocks: f64) -> Energy {
        let whole = Energy::at(TARGET_LUFS, self.spent.blocks + blocks);
        Energy {
            blocks,
            sum: whole.sum - self.spent.sum,
        }
    }
}
