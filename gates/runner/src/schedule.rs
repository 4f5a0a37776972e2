//! Runs independent jobs in parallel within the machine's cores; exclusive ones alone.

use std::sync::{Condvar, Mutex, PoisonError};

/// What a job asks of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Cores it keeps busy; more than there are means all.
    pub cores: usize,
    /// Whether anything beside it would falsify what it measures.
    pub exclusive: bool,
}

#[derive(Debug)]
struct State {
    waiting: Vec<(usize, Needs)>,
    running: usize,
    free: usize,
    alone: bool,
}

impl State {
    /// The first waiting job that fits. Exclusive jobs come last, when nothing else is left to run:
    /// a machine that is emptied for each of them in turn idles in between.
    fn take(&mut self, cores: usize) -> Option<(usize, Needs)> {
        if self.alone {
            return None;
        }
        let fits = |needs: &Needs| !needs.exclusive && needs.cores.clamp(1, cores) <= self.free;
        let shared_left = self.waiting.iter().any(|(_, needs)| !needs.exclusive);
        let place = if shared_left {
            self.waiting.iter().position(|(_, needs)| fits(needs))
        } else if self.running == 0 {
            (!self.waiting.is_empty()).then_some(0)
        } else {
            None
        }?;
        Some(self.waiting.remove(place))
    }
}

/// Runs every job once; returns when all are done. `work` gets the job's number and the cores it has.
pub fn run(jobs: &[Needs], cores: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    let cores = cores.max(1);
    let state = Mutex::new(State {
        waiting: jobs.iter().copied().enumerate().collect(),
        running: 0,
        free: cores,
        alone: false,
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..jobs.len().min(cores) {
            scope.spawn(|| worker(&state, &changed, cores, work));
        }
    });
}

fn worker(
    state: &Mutex<State>,
    changed: &Condvar,
    cores: usize,
    work: &(dyn Fn(usize, usize) + Sync),
) {
    loop {
        let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (job, needs) = loop {
            if held.waiting.is_empty() {
                return;
            }
            match held.take(cores) {
                Some(taken) => break taken,
                None => held = changed.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        };
        let used = if needs.exclusive {
            cores
        } else {
            needs.cores.clamp(1, cores)
        };
        held.running += 1;
        held.free = held.free.saturating_sub(used);
        held.alone = needs.exclusive;
        drop(held);
        work(job, used);
        let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
        held.running = held.running.saturating_sub(1);
        held.free += used;
        if needs.exclusive {
            held.alone = false;
        }
        drop(held);
        changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
