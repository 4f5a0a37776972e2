//! Files people and tools wrote, read no further than they can be what they should be.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// What a report of a tool may have; branch coverage of a large workspace has some hundred megabytes.
pub const MAX_REPORT: u64 = 512 << 20;

/// The whole of a file of at most `limit` bytes.
///
/// # Errors
/// Why it cannot be read; [`ErrorKind::FileTooLarge`] where it has more. What is larger is not read, and of a
/// pipe or a device, which has no size of its own, one byte more than the limit.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Err(too_large(size, limit));
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if read > limit {
        return Err(too_large(read, limit));
    }
    Ok(bytes)
}

/// The same, of a text in UTF-8.
///
/// # Errors
/// As [`read`], and [`ErrorKind::InvalidData`] where it is no UTF-8.
pub fn read_text(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|error| Error::new(ErrorKind::InvalidData, error.utf8_error()))
}

fn too_large(size: u64, limit: u64) -> Error {
    Error::new(
        ErrorKind::FileTooLarge,
        format!("it has {size} bytes or more, and at most {limit} are read"),
    )
}

#[cfg(test)]
mod tests;
