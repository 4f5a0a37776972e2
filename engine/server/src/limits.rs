//! Every bound of the server in one place.

use std::time::Duration;

/// Longest text, in characters.
pub const MAX_CHARACTERS: usize = 4500;
/// Slowest speed.
pub const MIN_SPEED: f64 = 0.25;
/// Fastest speed.
pub const MAX_SPEED: f64 = 4.0;

/// What one server gives at most.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a request body. 4500 characters, each written as a pair of `\uXXXX` escapes, fit.
    pub body_bytes: usize,
    /// Syntheses at the same time.
    pub concurrency: usize,
    /// Requests that wait for a synthesis to end; one more is answered 503.
    pub queue: usize,
    /// Open connections; more wait to be accepted.
    pub connections: usize,
    /// Time to send the head of a request.
    pub header_timeout: Duration,
    /// Time to send the body of a request.
    pub body_timeout: Duration,
    /// Time a client may refuse to take what was sent to it.
    pub write_timeout: Duration,
    /// Time from a request's arrival to its first audio (streamed) or all of it (whole).
    pub request_deadline: Duration,
    /// Time that running requests get at shutdown.
    pub shutdown_grace: Duration,
    /// Bytes of audio synthesised ahead of a client that takes them slowly.
    pub stream_buffer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            concurrency: default_concurrency(
                std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            ),
            queue: 32,
            connections: 512,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            request_deadline: Duration::from_secs(120),
            shutdown_grace: Duration::from_secs(30),
            stream_buffer_bytes: 2 * 1024 * 1024,
        }
    }
}

/// One synthesis for each core, and never fewer than two: a long text must not silence a short one.
fn default_concurrency(cores: usize) -> usize {
    cores.max(2)
}

#[cfg(test)]
mod tests;
