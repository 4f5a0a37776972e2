//! Digests and the one JSON form that is ever hashed or signed.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// SHA-256 of `bytes` as 64 lowercase hexadecimal digits (FIPS 180-4).
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lowercase hexadecimal digits, two for each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digits = String::with_capacity(bytes.len().saturating_mul(2));
    bytes.iter().fold(digits, |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// SHA-256 of bytes that come in pieces.
#[derive(Debug, Clone, Default)]
pub struct Sha256Stream(Sha256);

impl Sha256Stream {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// As [`sha256_hex`] of all of them.
    #[must_use]
    pub fn hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// The canonical bytes of a value: compact JSON with the keys of every object in byte order.
///
/// Two values that are equal as JSON give equal bytes, whatever order their maps were filled in,
/// so a digest or a signature over these bytes says something about the content alone.
///
/// # Errors
/// When `value` does not serialise to JSON (a map with keys that are no strings, a NaN).
pub fn canonical_json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut tree = serde_json::to_value(value)?;
    tree.sort_all_objects();
    serde_json::to_vec(&tree)
}

#[cfg(test)]
mod tests;
