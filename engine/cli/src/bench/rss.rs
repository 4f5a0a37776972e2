//! The server's memory while it works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::client::Client;

/// Time between two samples.
const PERIOD: Duration = Duration::from_millis(100);

/// A sample: seconds since the origin, resident bytes.
pub(crate) type Sample = (f64, u64);

/// A thread that asks `/status` again and again.
#[derive(Debug)]
pub(crate) struct Sampler {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Sample>>,
}

impl Sampler {
    /// Starts to sample; times count from `origin`.
    pub(crate) fn start(client: &Client, origin: Instant) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (client, flag) = (client.clone(), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut samples = Vec::new();
            while !flag.load(Ordering::Acquire) {
                let time = origin.elapsed().as_secs_f64();
                samples.extend(client.resident_bytes().map(|bytes| (time, bytes)));
                std::thread::park_timeout(PERIOD);
            }
            samples
        });
        Self { stop, thread }
    }

    /// Stops, and gives all samples.
    pub(crate) fn stop(self) -> Vec<Sample> {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        self.thread.join().unwrap_or_default()
    }
}

/// The bytes of the samples from one time to another.
pub(crate) fn between(samples: &[Sample], from: f64, to: f64) -> Vec<u64> {
    samples
        .iter()
        .filter(|(time, _)| (from..=to).contains(time))
        .map(|(_, bytes)| *bytes)
        .collect()
}

#[cfg(test)]
mod tests;
