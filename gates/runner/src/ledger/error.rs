use std::path::PathBuf;

use caws_ledger::StoreError;
use caws_ledger::entry::EntryError;
use caws_ledger::remote::SyncError;

use crate::exit::ExitCode;

/// Why the log was not read or did not grow.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no key for checkpoints.
    #[error(
        "there is no key to sign checkpoints with: {0}; `caws provenance keys new --algorithm ed25519` makes one, CAWS_LEDGER_KEY names it"
    )]
    NoKey(String),
    /// The key that was named cannot be used.
    #[error("the key for checkpoints cannot be used: {0}")]
    Key(String),
    /// No trusted key can have signed a checkpoint.
    #[error(
        "expected an Ed25519 key among the trusted ones, found none: checkpoints are signed with Ed25519; give the log's public key with --key FILE"
    )]
    Untrusted,
    /// The log's name cannot be used.
    #[error("the origin of the ledger cannot be used: {0}")]
    Origin(String),
    /// The name of a remote is none that caws gives.
    #[error(
        "expected `directory PATH`, `objects s3://BUCKET/PREFIX` or `refs/caws/ledger of git remote NAME` as the remote of the ledger, found `{0}`"
    )]
    Place(String),
    /// An object store that cannot be asked.
    #[error("{0}")]
    Bucket(String),
    /// The log follows a remote that was not to be asked.
    #[error("{leaves} leaves wait for a sync with {remote}: run `caws ledger sync`")]
    Waiting {
        /// How many.
        leaves: usize,
        /// Which remote.
        remote: String,
    },
    /// A leaf that was sealed is not found.
    #[error("a leaf that was sealed is not found in the ledger: run `caws ledger check`")]
    Lost,
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// An attestation that is no leaf.
    #[error("{}: {error}", path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: EntryError,
    },
    /// The proof of a plan's place cannot be followed.
    #[error("{}: {why}", path.display())]
    Proof {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The log here.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log here and the remote.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

impl LedgerError {
    /// The exit code it stands for: 2 for what the caller can mend in the call, 3 for what another try
    /// may mend, 4 for a log that is not what was sealed.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::NoKey(_)
            | Self::Key(_)
            | Self::Untrusted
            | Self::Origin(_)
            | Self::Place(_)
            | Self::Bucket(_)
            | Self::File { .. } => ExitCode::Invalid,
            Self::Waiting { .. } => ExitCode::NotMeasured,
            Self::Lost | Self::Entry { .. } | Self::Proof { .. } => ExitCode::VerificationFailed,
            Self::Store(error) | Self::Sync(SyncError::Store(error)) => of_store(error),
            Self::Sync(SyncError::Diverged { .. } | SyncError::Behind { .. }) => {
                ExitCode::VerificationFailed
            }
            Self::Sync(SyncError::Remote(_) | SyncError::Busy { .. }) => ExitCode::NotMeasured,
        }
    }
}

fn of_store(error: &StoreError) -> ExitCode {
    match error {
        StoreError::Locked | StoreError::Poisoned => ExitCode::NotMeasured,
        StoreError::Io { .. }
        | StoreError::Range { .. }
        | StoreError::Sign(_)
        | StoreError::Shared { .. } => ExitCode::Invalid,
        StoreError::Missing { .. }
        | StoreError::Checkpoint { .. }
        | StoreError::Tail(_)
        | StoreError::Root { .. }
        | StoreError::Journal { .. }
        | StoreError::Bundle { .. } => ExitCode::VerificationFailed,
    }
}
