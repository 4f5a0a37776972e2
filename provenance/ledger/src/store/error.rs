use std::io;

use crate::checkpoint::CheckpointError;
use crate::entries::BundleError;
use crate::hash::Hash;
use crate::note::NoteError;
use crate::tail::TailError;

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system failed.
    #[error("{path}: {error}")]
    Io {
        /// File or directory, relative to the store.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// Another process writes.
    #[error("another process is writing to this ledger: wait until it has ended and try again")]
    Locked,
    /// A file that the checkpoint vouches for is gone.
    #[error(
        "expected {path} in a log of {size} leaves, found nothing: restore it from a copy of the ledger"
    )]
    Missing {
        /// Which file.
        path: String,
        /// Leaves of the log.
        size: u64,
    },
    /// A checkpoint is not trusted.
    #[error("{path}: {error}")]
    Checkpoint {
        /// Which file.
        path: String,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// Files are broken or contradict each other.
    #[error(transparent)]
    Tail(#[from] TailError),
    /// The files are not those the checkpoint is over.
    #[error(
        "{path}: expected the root {expected} over {size} leaves, found {found} by the files: restore them from a copy of the ledger"
    )]
    Root {
        /// Which checkpoint.
        path: String,
        /// Leaves of the log.
        size: u64,
        /// Root in the checkpoint.
        expected: Hash,
        /// Root by the files.
        found: Hash,
    },
    /// The journal goes on from another state.
    #[error("journal: expected a record that begins at {expected} leaves, found one at {found}")]
    Journal {
        /// Leaves of the log so far.
        expected: u64,
        /// Leaves the record says.
        found: u64,
    },
    /// A bundle or an entry.
    #[error("{path}: {error}")]
    Bundle {
        /// Which file, or `leaf N` for one that was to be appended.
        path: String,
        /// What is wrong.
        error: BundleError,
    },
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] NoteError),
    /// An index or a size that the log does not reach.
    #[error("expected at most {limit}, the size of the log, found {found}")]
    Range {
        /// Leaves of the log.
        limit: u64,
        /// What was asked for.
        found: u64,
    },
    /// The log has entries of its own already that the shared one does not have.
    #[error(
        "this ledger follows a shared one ({shared}): leaves are enqueued and sealed by a sync"
    )]
    Shared {
        /// What it follows.
        shared: String,
    },
    /// An earlier write failed, and what is on disk is not known.
    #[error("an earlier write failed: open the ledger again, which repairs it")]
    Poisoned,
}

impl StoreError {
    pub(crate) fn io(path: &str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }
}
