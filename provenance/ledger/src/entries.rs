//! Bundles of up to 256 entries: each with its length in two bytes, big-endian, before it.
//!
//! Source: C2SP tlog-tiles, "Log entries". Bundles of checkpoints have the same form.

use crate::tile::TILE_WIDTH;

/// Largest entry, in bytes.
pub const MAX_ENTRY: usize = 0xFFFF;

/// Why bytes are no bundle, or an entry fits into none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Too long for two bytes of length.
    #[error("expected an entry of at most {MAX_ENTRY} bytes, found {0}")]
    TooLong(usize),
    /// The bytes end within an entry.
    #[error("expected entry {entry} of the bundle to end, found the end of the bytes first")]
    Truncated {
        /// Which entry of the bundle, from 0.
        entry: usize,
    },
    /// Not as many as the file's name says.
    #[error("expected {expected} entries in the bundle, found {found}")]
    Count {
        /// Entries by the name of the file.
        expected: u64,
        /// Entries in it.
        found: u64,
    },
}

/// Appends `entry` to `bundle`.
///
/// # Errors
/// [`BundleError::TooLong`]; then nothing is appended.
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle, which must be `expected` or more; those beyond are left out.
///
/// # Errors
/// [`BundleError`] when the bytes are no bundle, or of fewer entries.
pub fn parse(bytes: &[u8], expected: u64) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let truncated = BundleError::Truncated {
            entry: entries.len(),
        };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(truncated)?;
        entries.push(entry);
        rest = after;
    }
    let found = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    if found < expected || found > TILE_WIDTH {
        return Err(BundleError::Count { expected, found });
    }
    entries.truncate(usize::try_from(expected).unwrap_or(usize::MAX));
    Ok(entries)
}

#[cfg(test)]
mod tests;
