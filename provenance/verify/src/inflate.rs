//! Raw outputs, inflated within bounds.

use std::io::Read as _;

use flate2::bufread::GzDecoder;

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

/// The content of exactly one gzip member (RFC 1952) of at most `limit` bytes.
pub(crate) fn inflate(stored: &[u8], limit: u64) -> Result<Vec<u8>, InflateError> {
    let mut decoder = GzDecoder::new(stored);
    let mut content = Vec::new();
    let read = decoder
        .by_ref()
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|error| InflateError::Broken(error.to_string()))?;
    if u64::try_from(read).map_or(true, |read| read > limit) {
        return Err(InflateError::TooLarge(limit));
    }
    match decoder.into_inner().len() {
        0 => Ok(content),
        left => Err(InflateError::Trailing(left)),
    }
}

#[cfg(test)]
mod tests;
