//! Raw outputs, inflated within bounds.

use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

/// Bytes inflated before the bound is asked again.
const CHUNK: u64 = 1 << 20;

/// Why a stored output has no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InflateError {
    /// Truncated, damaged or no gzip at all.
    #[error("no complete gzip member: {0}")]
    Broken(String),
    /// A small file that becomes a large one.
    #[error("more than {0} bytes once inflated")]
    TooLarge(u64),
    /// Something follows that no digest of the content covers.
    #[error("{0} bytes after the gzip member")]
    Trailing(usize),
}

/// How many bytes all who share it may still inflate to.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU64);

impl Budget {
    pub(crate) fn of(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether there were so many left.
    fn take(&self, bytes: u64) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The content of exactly one gzip member (RFC 1952), no longer than the budget allows. What is refused
/// costs nothing of it.
pub(crate) fn inflate(stored: &[u8], budget: &Budget) -> Result<Vec<u8>, InflateError> {
    let limit = budget.left();
    let mut taken = 0;
    let content = member(stored, |read| {
        let within = budget.take(read);
        taken += if within { read } else { 0 };
        within.then_some(()).ok_or(InflateError::TooLarge(limit))
    });
    if content.is_err() {
        budget.give_back(taken);
    }
    content
}

/// The content, as long as `may` allows each further number of bytes.
fn member(
    stored: &[u8],
    mut may: impl FnMut(u64) -> Result<(), InflateError>,
) -> Result<Vec<u8>, InflateError> {
    let mut decoder = GzDecoder::new(stored);
    let mut content = Vec::new();
    loop {
        let read = decoder
            .by_ref()
            .take(CHUNK)
            .read_to_end(&mut content)
            .map_err(|error| InflateError::Broken(error.to_string()))?;
        if read == 0 {
            break;
        }
        may(u64::try_from(read).unwrap_or(u64::MAX))?;
    }
    match decoder.into_inner().len() {
        0 => Ok(content),
        left => Err(InflateError::Trailing(left)),
    }
}

#[cfg(test)]
mod tests;
