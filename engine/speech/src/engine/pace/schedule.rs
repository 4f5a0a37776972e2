//! How long the segments of one stream may be, one after the other, for the listener never to wait between two.
//!
//! What lies ahead of the listener is counted, not looked up: audio that was made, less the time making it costs by the
//! measurement. A clock would cut the same request differently each time.

#[cfg(test)]
mod tests;

use kokoro_text::Limits;

use super::{Costs, LEAST, RUNGS, rung, units};

/// Share of the audio ahead that making the next segment may use up. The step of load lags behind by a factor of up to 1.4,
/// and one call is not like another: of 20 streams of a full-size model two waited once with 0.8.
const RESERVE: f64 = 0.55;
/// Seconds of audio that are made but not with the listener: what waits for a cross-fade or is in the limiter, the way.
const HELD: f64 = 0.1;

/// The lengths of one stream's segments.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// What calls cost now; none while nothing was measured.
    pub(super) costs: Option<Costs>,
    /// The limits of the first segment and of all, and of the others while nothing was measured.
    pub(super) limits: Limits,
    pub(super) speed: f32,
    /// Seconds of audio ahead of the listener when the next segment begins.
    pub(super) ahead: f64,
    /// Segments so far.
    pub(super) spoken: usize,
}

impl Schedule {
    /// Characters of the longest segment there can be.
    pub(crate) fn max(&self) -> usize {
        self.limits.max
    }

    /// Characters the next segment may have.
    pub(crate) fn next(&self) -> usize {
        match self.costs {
            Some(costs) if self.spoken > 0 => {
                let fits = |seconds| rung(costs, self.speed, seconds);
                // One word alone sounds better than a wait. Where there is one all the same, it is not to be followed by others.
                fits((self.ahead - HELD) * RESERVE)
                    .or_else(|| fits(self.ahead).and(RUNGS.first().copied()))
                    .unwrap_or(LEAST)
                    .min(self.limits.max)
            }
            _ => self.limits.at(self.spoken),
        }
    }

    /// Takes note of a segment and of the seconds of audio it has become.
    pub(crate) fn spoke(&mut self, characters: usize, audio: f64) {
        if let (Some(costs), true) = (self.costs, self.spoken > 0) {
            // A listener who had to wait is not owed the time again.
            self.ahead = (self.ahead - costs.of(units(characters, self.speed))).max(0.0);
        }
        self.ahead += audio;
        self.spoken += 1;
    }
}
