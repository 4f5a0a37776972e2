//! What ends a command before it has a result.

use std::path::{Path, PathBuf};

use caws_evidence::Finding;
use caws_runner::applies::PathError;
use caws_runner::command::CommandError;
use caws_runner::ledger::LedgerError;
use caws_runner::{ConfigError, ExitCode, RunError};

/// Why a command gave no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The project's documents cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The question is about no path of the project.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The run broke.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A command was not run, or not recorded.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The transparency log was not read or did not grow.
    #[error("ledger: {0}")]
    Ledger(#[from] LedgerError),
    /// The caller asked for something that cannot be.
    #[error("{message}")]
    Usage {
        /// What was expected, and what was found.
        message: String,
        /// What to do.
        help: String,
    },
    /// There is no record where one was expected.
    #[error("there is no record of a run in {}: {path} is not there", dir.display())]
    NoRecord {
        /// The artifacts directory.
        dir: PathBuf,
        /// The file that is missing.
        path: String,
    },
    /// A file of the record is not what it should be.
    #[error("{} is not a valid {expected}: {found}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What was found, and where.
        found: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// `read`, `write`, `enter`.
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing that should happen.
    #[error("{0}")]
    Internal(String),
}

impl CliError {
    /// A usage error.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            help: help.into(),
        }
    }

    /// Wraps an error of a file.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// The exit code it stands for.
    pub(crate) fn exit(&self) -> ExitCode {
        match self {
            Self::Config(_)
            | Self::Path(_)
            | Self::Usage { .. }
            | Self::NoRecord { .. }
            | Self::File { .. } => ExitCode::Invalid,
            Self::Run(error) => error.exit(),
            Self::Command(error) => error.exit(),
            Self::Ledger(error) => error.exit(),
            Self::Record { .. } => ExitCode::VerificationFailed,
            Self::Internal(_) => ExitCode::Internal,
        }
    }

    /// What to do.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Usage { help, .. } => Some(help),
            Self::Command(error) => error.help(),
            Self::NoRecord { .. } => {
                Some("run `caws gates` first, or name the artifacts directory")
            }
            Self::Record { .. } => {
                Some("run `caws verify` to see what differs; `caws gates` writes the record anew")
            }
            Self::Config(_)
            | Self::Path(_)
            | Self::Run(_)
            | Self::Ledger(_)
            | Self::File { .. }
            | Self::Internal(_) => None,
        }
    }

    /// Findings to show before the message.
    pub(crate) fn findings(&self) -> &[Finding] {
        match self {
            Self::Config(error) | Self::Path(PathError::Config(error)) => error.findings(),
            Self::Run(error) => error.findings(),
            _ => &[],
        }
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a result does not become JSON: {error}"))
    }
}

#[cfg(test)]
mod tests;
