//! The transparency log: records in the order they came, which nobody can change unnoticed.
//!
//! In: leaves (bytes of at most 65,535), an Ed25519 key that signs checkpoints, a directory.
//! Out: a Merkle tree (RFC 6962) in C2SP tile files, signed checkpoints, proofs, answers to queries.
//! Never: a process, a socket, a clock. [`store`] and [`remote`] touch files, all else is pure; whoever
//! keeps the log behind a network brings the calls ([`remote::Remote`], [`remote::git::Git`]).

pub mod checkpoint;
pub mod entries;
pub mod entry;
pub mod files;
pub mod hash;
pub mod journal;
pub mod note;
pub mod remote;
pub mod store;
pub mod tail;
#[cfg(test)]
mod testing;
pub mod tile;
pub mod tlog_proof;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, Trust, Verified};
pub use entry::{Entry, Query};
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::{Note, NoteSigner, NoteVerifier};
pub use store::{Reader, StoreError, Writer, check};
pub use tlog_proof::TlogProof;
