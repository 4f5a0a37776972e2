//! A provider at work: its calls queue for the machine and are timed.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use kokoro_text::{Limits, ScriptSegment};

use super::SAMPLE_RATE;
use super::pace::{Call, Pace, Schedule};
use super::runs::Runs;
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request, Sound};

/// Longest call that goes on to its end for nobody when its listener has gone.
const LONGEST: Duration = Duration::from_millis(800);
/// Longest call that can be stopped: how long another listener may have to wait for it.
const LONGEST_STOPPABLE: Duration = Duration::from_millis(1_600);

/// One provider, what it costs here, and how many of its calls go on at once.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) provider: Arc<dyn Provider>,
    pace: Pace,
    runs: Runs,
}

impl Seat {
    /// A provider with room for `runs` calls at once, or for as many as the machine allows.
    pub(super) fn new(provider: Arc<dyn Provider>, runs: Option<usize>) -> Self {
        let runs = runs.map_or_else(|| Runs::for_machine(provider.footprint()), Runs::new);
        Self {
            provider,
            pace: Pace::default(),
            runs,
        }
    }

    /// Lengths of a stream's segments for sound to start within `target`.
    pub(super) fn schedule(&self, target: Duration, speed: f32) -> Schedule {
        let longest = self.longest();
        self.pace
            .schedule(self.provider.limits(), target, longest, speed)
    }

    /// Limits of segments of a whole text, for which nobody waits.
    pub(super) fn steady(&self, speed: f32) -> Limits {
        self.pace
            .steady(self.provider.limits(), self.longest(), speed)
    }

    fn longest(&self) -> Duration {
        if self.provider.stops_early() {
            LONGEST_STOPPABLE
        } else {
            LONGEST
        }
    }

    /// Seconds that speaking this takes; none while nothing was measured.
    pub(super) fn cost(&self, segment: &ScriptSegment, speed: f32) -> Option<f64> {
        self.pace.cost(characters(segment), speed)
    }

    /// The sound of one segment, when its turn comes.
    ///
    /// # Errors
    /// Those of the provider; cancelled or late while it waits.
    pub(super) fn call(
        &self,
        request: &Request<'_>,
        control: &Control,
    ) -> Result<Sound, SpeechError> {
        let (sound, call) = self.timed(request, control)?;
        self.pace.note(call);
        Ok(sound)
    }

    /// Learns what calls cost: the first warms everything up, the other two are measured. Gives the sound of `long`.
    ///
    /// # Errors
    /// Those of the provider.
    pub(super) fn calibrate(
        &self,
        short: &Request<'_>,
        long: &Request<'_>,
        control: &Control,
    ) -> Result<Sound, SpeechError> {
        self.timed(short, control)?;
        let (sound, slow) = self.timed(long, control)?;
        let (_, quick) = self.timed(short, control)?;
        self.pace.calibrate(quick, slow);
        Ok(sound)
    }

    fn timed(
        &self,
        request: &Request<'_>,
        control: &Control,
    ) -> Result<(Sound, Call), SpeechError> {
        let _permit = self.runs.acquire(control)?;
        let begun = Instant::now();
        let sound = self.provider.synthesise(request, control)?;
        let call = Call {
            characters: characters(request.segment),
            speed: request.speed,
            took: begun.elapsed(),
            audio: seconds(sound.samples.len()),
        };
        Ok((sound, call))
    }
}

/// Characters of a segment.
pub(super) fn characters(segment: &ScriptSegment) -> usize {
    segment.text().chars().count()
}

/// Seconds of that many samples.
#[expect(
    clippy::cast_precision_loss,
    reason = "audio of 2^53 samples does not happen"
)]
pub(super) fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}
