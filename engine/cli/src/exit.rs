//! What went wrong, and the exit code that says so.

use std::io;
use std::path::PathBuf;

use kokoro_server::ServerError;
use kokoro_speech::SpeechError;
use kokoro_store::StoreError;

/// Everything that ends the program early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The command line or what it names is not usable.
    #[error("{0}")]
    Usage(String),
    /// A file that cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file or stream that cannot be written.
    #[error("cannot write {place}: {source}")]
    Write {
        /// The file or stream.
        place: String,
        /// What the system says.
        source: io::Error,
    },
    /// The engine has no audio to give.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// There is no model, or it is not what it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Files that are not what they were.
    #[error("{0}")]
    Altered(String),
    /// The server does not serve.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Nothing answers or nothing can speak.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of this program or of the system below it.
    #[error("{0}")]
    Internal(String),
}

/// Bad command line or bad input.
pub(crate) const USAGE: u8 = 2;
/// Nothing can speak.
pub(crate) const UNAVAILABLE: u8 = 3;
/// A file is not what it should be, by its digest.
pub(crate) const ALTERED: u8 = 4;
/// A fault inside.
pub(crate) const INTERNAL: u8 = 70;

impl CliError {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Read { .. }
            | Self::Write { .. }
            | Self::Server(ServerError::Bind { .. }) => USAGE,
            Self::Unavailable(_) => UNAVAILABLE,
            Self::Altered(_) => ALTERED,
            Self::Store(error) => store_code(error),
            Self::Internal(_) | Self::Server(ServerError::Loader) => INTERNAL,
            Self::Speech(error) | Self::Server(ServerError::Engine(error)) => speech_code(error),
        }
    }
}

fn store_code(error: &StoreError) -> u8 {
    match error {
        StoreError::UnknownName { .. }
        | StoreError::Io { .. }
        | StoreError::DiskFull { .. }
        | StoreError::NotInFolder { .. }
        | StoreError::Known { .. }
        | StoreError::Catalogue(_)
        | StoreError::Certificates { .. } => USAGE,
        StoreError::NotInstalled { .. }
        | StoreError::NoFolder
        | StoreError::Network { .. }
        | StoreError::Refused { .. } => UNAVAILABLE,
        StoreError::Damaged { .. }
        | StoreError::Size { .. }
        | StoreError::Digest { .. }
        | StoreError::NotThat { .. } => ALTERED,
    }
}

fn speech_code(error: &SpeechError) -> u8 {
    match error {
        SpeechError::NothingToSpeak(_)
        | SpeechError::TextTooLong { .. }
        | SpeechError::UnknownVoice { .. }
        | SpeechError::InvalidSpeed { .. }
        | SpeechError::UnknownLanguage(_)
        | SpeechError::InvalidMarkup { .. }
        | SpeechError::TooMuchSilence { .. }
        | SpeechError::InvalidModel { .. } => USAGE,
        SpeechError::ProviderUnavailable { .. } => UNAVAILABLE,
        SpeechError::Deadline { .. } | SpeechError::Cancelled | SpeechError::Synthesis(_) => {
            INTERNAL
        }
    }
}

#[cfg(test)]
mod tests;
