//! How many providers' calls go on at once, and who is next.
//!
//! More runs than cores make every listener wait longer and need more memory, and none is done sooner. A request queues
//! anew for each of its segments, first come first served, so that requests take turns whatever their length.

mod machine;

pub use machine::available_memory;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::SpeechError;
use crate::provider::{Control, Footprint};

/// How often somebody in the queue looks whether it should still wait.
const PATIENCE: Duration = Duration::from_millis(20);

/// Who runs and who waits.
#[derive(Debug, Default)]
struct State {
    running: usize,
    /// Numbers of those who wait, in the order they came.
    waiting: VecDeque<u64>,
    next: u64,
}

/// A bounded number of runs and a fair queue before them.
#[derive(Debug)]
pub(super) struct Runs {
    limit: usize,
    state: Mutex<State>,
    changed: Condvar,
}

/// The right to run, given back when dropped.
#[derive(Debug)]
pub(super) struct Permit<'a>(&'a Runs);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().running -= 1;
        self.0.changed.notify_all();
    }
}

impl Runs {
    /// At most `limit` runs at once, and at least one.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// As many as this machine's cores and free memory have room for.
    pub(super) fn for_machine(footprint: Footprint) -> Self {
        Self::new(machine::room(
            machine::cores(),
            machine::available_memory(),
            footprint,
        ))
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// [`SpeechError::Cancelled`] or [`SpeechError::Deadline`] while it waits.
    pub(super) fn acquire(&self, control: &Control) -> Result<Permit<'_>, SpeechError> {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.waiting.push_back(number);
        loop {
            if let Err(error) = control.check() {
                state.waiting.retain(|waiting| *waiting != number);
                drop(state);
                // Whoever is next may have waited for this place in the queue only.
                self.changed.notify_all();
                return Err(error);
            }
            if state.running < self.limit && state.waiting.front() == Some(&number) {
                state.waiting.pop_front();
                state.running += 1;
                drop(state);
                self.changed.notify_all();
                return Ok(Permit(self));
            }
            state = self
                .changed
                .wait_timeout(state, PATIENCE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole whatever a thread that held it died of: nothing between two statements here can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
