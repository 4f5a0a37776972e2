//! The journal: what was sealed since the tiles were last written, one record for each time.
//!
//! A record is a magic number, the size of the log before it, the lengths of what follows, the new
//! leaves as a bundle, the signed checkpoint over them, and SHA-256 of all that. One write and one
//! `fdatasync` seal it; a write that was cut leaves bytes whose digest does not come out.

use sha2::{Digest as _, Sha256};

/// First bytes of a record.
const MAGIC: &[u8; 8] = b"cawsjnl1";
/// Magic, size before, number of leaves, length of the bundle, length of the checkpoint.
const HEAD: usize = 8 + 8 + 4 + 4 + 4;
const DIGEST: usize = 32;

/// One sealing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Leaves of the log before.
    pub before: u64,
    /// How many leaves came.
    pub count: u32,
    /// The leaves, as a bundle.
    pub bundle: Vec<u8>,
    /// The signed checkpoint over the log with them.
    pub checkpoint: Vec<u8>,
}

/// A journal as far as it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Whole records, in order.
    pub records: Vec<Record>,
    /// Bytes they take.
    pub whole: usize,
    /// Bytes after them, which are no record: a write that was cut.
    pub torn: usize,
}

impl Record {
    /// The record as it is appended; `None` where a length does not fit into four bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.before.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        for part in [&self.bundle, &self.checkpoint] {
            bytes.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        }
        bytes.extend_from_slice(&self.bundle);
        bytes.extend_from_slice(&self.checkpoint);
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        Some(bytes)
    }

    /// Leaves of the log with it.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.before.saturating_add(u64::from(self.count))
    }

    /// The record at the start of `bytes`, and what comes after it.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let fields = head.strip_prefix(MAGIC)?;
        let (before, fields) = fields.split_first_chunk::<8>()?;
        let (fields, _) = fields.as_chunks::<4>();
        let [count, bundle, checkpoint] = fields else {
            return None;
        };
        let length = |field: &[u8; 4]| usize::try_from(u32::from_be_bytes(*field)).ok();
        let (bundle, rest) = rest.split_at_checked(length(bundle)?)?;
        let (checkpoint, rest) = rest.split_at_checked(length(checkpoint)?)?;
        let (digest, rest) = rest.split_at_checked(DIGEST)?;
        let expected = Sha256::new()
            .chain_update(head)
            .chain_update(bundle)
            .chain_update(checkpoint)
            .finalize();
        (digest == expected.as_slice()).then(|| {
            let record = Self {
                before: u64::from_be_bytes(*before),
                count: u32::from_be_bytes(*count),
                bundle: bundle.to_vec(),
                checkpoint: checkpoint.to_vec(),
            };
            (record, rest)
        })
    }
}

impl Journal {
    /// Reads a journal up to the first bytes that are no record.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut records = Vec::new();
        let mut rest = bytes;
        while let Some((record, after)) = Record::read(rest) {
            records.push(record);
            rest = after;
        }
        Self {
            records,
            whole: bytes.len() - rest.len(),
            torn: rest.len(),
        }
    }
}

#[cfg(test)]
mod tests;
