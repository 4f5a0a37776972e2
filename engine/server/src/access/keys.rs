//! API keys: kept as digests, compared in constant time.

use sha2::{Digest as _, Sha256};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

/// Longest key, in bytes.
const LONGEST: usize = 256;

/// Keys a server accepts.
#[derive(Clone, Default)]
pub struct Keys(Vec<[u8; 32]>);

/// A line that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It has a blank or a character beyond ASCII, or is too long.
    #[error(
        "line {line}: expected a key of 1 to {LONGEST} visible ASCII characters without blanks; write one key a line"
    )]
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// There is no key at all.
    #[error("expected at least one key; found none: write one key a line")]
    Empty,
}

impl Keys {
    /// Reads keys, one a line. Empty lines and lines that begin with `#` do not count.
    ///
    /// # Errors
    /// [`KeyError`]; no message holds a key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let key = line.trim();
            if key.is_empty() || key.starts_with('#') {
                continue;
            }
            if key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(KeyError::Malformed { line: index + 1 });
            }
            keys.push(digest(key.as_bytes()));
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        Ok(Self(keys))
    }

    /// Whether no key is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which key it is. Looks at all of them, and at all of each, whatever is presented.
    pub(super) fn find(&self, presented: &[u8]) -> Option<u32> {
        let presented = digest(presented);
        let mut found = u32::MAX;
        for (index, key) in (0..u32::MAX).zip(&self.0) {
            found.conditional_assign(&index, key.as_slice().ct_eq(&presented));
        }
        (found != u32::MAX).then_some(found)
    }
}

/// How many there are, never which.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

/// Of one length for every key, so that a comparison tells nothing of a key's.
fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests;
