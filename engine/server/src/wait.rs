//! How long requests wait in the queue: an exponentially weighted moving average. Pure: the clock is given.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one more wait weighs against all before it.
const WEIGHT: f64 = 0.2;
/// Time after which a wait says nothing any more of how long one waits.
const STALE: Duration = Duration::from_secs(60);
/// Longest time that a client is asked to stay away, in seconds.
const LONGEST: u32 = 60;

/// The mean of the last waits.
#[derive(Debug, Default)]
pub(crate) struct QueueWait(Mutex<Option<Mean>>);

#[derive(Debug, Clone, Copy)]
struct Mean {
    seconds: f64,
    /// Of the last wait.
    at: Instant,
}

impl QueueWait {
    /// A request was let in after so long.
    pub(crate) fn observe(&self, now: Instant, waited: Duration) {
        let mut mean = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waited.as_secs_f64();
        let seconds = match known(*mean, now) {
            Some(before) => before + WEIGHT * (found - before),
            None => found,
        };
        *mean = Some(Mean { seconds, at: now });
    }

    /// Whole seconds after which a client that found no place makes sense to come again: 1 to 60.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 60 by then"
    )]
    pub(crate) fn retry_after(&self, now: Instant) -> u32 {
        let mean = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = known(mean, now).unwrap_or_default();
        seconds.ceil().clamp(1.0, f64::from(LONGEST)) as u32
    }
}

fn known(mean: Option<Mean>, now: Instant) -> Option<f64> {
    mean.filter(|mean| now.saturating_duration_since(mean.at) <= STALE)
        .map(|mean| mean.seconds)
}

#[cfg(test)]
mod tests;
