//! Loudness of a stream, whose future is not known.
//!
//! Each segment is whole before any of it is sent, so it can be measured: its gain is the one
//! that brings the *whole stream so far* to target, held near the voice's calibrated gain so that a
//! whisper or a shout stays one. Gains change in the pause before a segment and not inside it, so
//! nothing pumps. The same limiter as for whole texts runs through the stream without a break.

#[cfg(test)]
mod tests;

use crate::dsp::limiter::Limiter;
use crate::dsp::loudness::{CEILING, Energy, TARGET_LUFS, amplified, energy};

/// How far a segment's gain may be from the voice's, in dB.
const RANGE: f64 = 4.0;
/// How far from the previous segment's, in dB.
const STEP: f64 = 3.0;
/// How often a segment's gain is corrected for what the limiter takes away.
const ROUNDS: usize = 2;

/// Levels a stream, segment by segment.
#[derive(Debug, Clone)]
pub struct Leveller {
    /// The voice's gain in dB.
    calibrated: f64,
    /// The last segment's gain in dB.
    gain: f64,
    limiter: Limiter,
    spent: Energy,
}

impl Leveller {
    /// A leveller for a voice that needs `calibrated` dB of gain.
    #[must_use]
    pub fn new(calibrated: f64) -> Self {
        Self {
            calibrated,
            gain: calibrated,
            limiter: Limiter::new(CEILING),
            spent: Energy::default(),
        }
    }

    /// The next segment, its pause in front of it. Gives what is ready.
    pub fn push(&mut self, segment: &[f32]) -> Vec<f32> {
        let (least, most) = (
            (self.calibrated - RANGE).max(self.gain - STEP),
            (self.calibrated + RANGE).min(self.gain + STEP),
        );
        for _ in 0..ROUNDS {
            let heard = energy(&self.tried(segment));
            let wanted = self
                .wanted(heard.blocks)
                .loudness()
                .unwrap_or(f64::NEG_INFINITY);
            let Some(found) = heard.loudness() else { break };
            self.gain = (self.gain + wanted - found).clamp(least, most);
        }
        let heard = energy(&self.tried(segment));
        self.spent = Energy {
            blocks: self.spent.blocks + heard.blocks,
            sum: self.spent.sum + heard.sum,
        };
        self.limiter.process(&amplified(segment, self.gain))
    }

    /// What is still inside.
    pub fn finish(&mut self) -> Vec<f32> {
        self.limiter.flush()
    }

    /// The segment as it would sound with the gain of now.
    fn tried(&self, segment: &[f32]) -> Vec<f32> {
        let mut limiter = self.limiter.clone();
        let mut out = limiter.process(&amplified(segment, self.gain));
        out.extend(limiter.flush());
        // What was still inside belongs to the segment before.
        out.split_off(out.len() - segment.len())
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
