//! One text file that shows, offline, that a leaf stands in a log.
//!
//! Source: C2SP tlog-proof, <https://c2sp.org/tlog-proof>: a header, the index, the inclusion proof
//! and the checkpoint. Its file extension is `.tlog-proof`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, Trust, Verified};
use crate::hash::{Hash, leaf_hash};
use crate::tree::{ProofError, verify_inclusion};

/// First line of every proof.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Height of the highest tree there can be, and so the longest proof.
const MAX_HASHES: usize = 64;

/// A proof, read and not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes of whoever made the proof; nothing vouches for them.
    pub extra: Option<Vec<u8>>,
    /// Where the leaf stands, from 0.
    pub index: u64,
    /// Inclusion proof, from the leaf's sibling to the child of the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, byte for byte.
    pub checkpoint: Vec<u8>,
}

/// Why a proof cannot be read or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// A line is not what belongs there.
    #[error("expected {expected} in line {line} of the proof, found `{found}`")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The checkpoint is not trusted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The leaf is not where the proof says.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl TlogProof {
    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", STANDARD.encode(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.hashes {
            text.push_str(&format!("{hash}\n"));
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint);
        bytes
    }

    /// Reads exactly what [`TlogProof::to_bytes`] writes.
    ///
    /// # Errors
    /// [`TlogProofError::Line`] names the line. The checkpoint is read by [`TlogProof::verify`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        let mut lines = Lines {
            rest: bytes,
            line: 0,
        };
        let header = lines.next();
        if header != HEADER.as_bytes() {
            return Err(lines.wrong("`c2sp.org/tlog-proof@v1`", header));
        }
        let mut line = lines.next();
        let mut extra = None;
        if let Some(base64) = line.strip_prefix(b"extra ") {
            let decoded = STANDARD.decode(base64);
            extra = Some(decoded.map_err(|_| lines.wrong("`extra` and base64", line))?);
            line = lines.next();
        }
        let index = line
            .strip_prefix(b"index ")
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| {
                let index: Option<u64> = digits.parse().ok();
                index.filter(|n| n.to_string() == digits)
            })
            .ok_or_else(|| lines.wrong("`index` and a decimal number", line))?;
        let mut hashes = Vec::new();
        loop {
            let line = lines.next();
            if line.is_empty() {
                break;
            }
            let hash = std::str::from_utf8(line).ok().and_then(Hash::from_base64);
            let hash = hash.ok_or_else(|| lines.wrong("a hash in base64", line))?;
            if hashes.len() == MAX_HASHES {
                return Err(lines.wrong("the end of the proof, which has 64 hashes", line));
            }
            hashes.push(hash);
        }
        if lines.rest.is_empty() {
            return Err(lines.wrong("an empty line and the checkpoint after it", b""));
        }
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: lines.rest.to_vec(),
        })
    }

    /// Verifies that `leaf` stands at [`TlogProof::index`] of the log `trust` speaks of.
    ///
    /// # Errors
    /// [`TlogProofError`] when it does not, or the checkpoint is not trusted.
    pub fn verify(&self, leaf: &[u8], trust: &Trust) -> Result<Verified, TlogProofError> {
        let verified = Checkpoint::verify(&self.checkpoint, trust)?;
        let Checkpoint { size, root, .. } = &verified.checkpoint;
        verify_inclusion(&leaf_hash(leaf), self.index, *size, &self.hashes, root)?;
        Ok(verified)
    }
}

struct Lines<'b> {
    rest: &'b [u8],
    line: usize,
}

impl<'b> Lines<'b> {
    /// The next line without its line feed; empty at the end of the bytes.
    fn next(&mut self) -> &'b [u8] {
        self.line += 1;
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        line
    }

    fn wrong(&self, expected: &'static str, found: &[u8]) -> TlogProofError {
        TlogProofError::Line {
            line: self.line,
            expected,
            found: String::from_utf8_lossy(found).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
