//! Why a command was not run, or not recorded.

use std::path::PathBuf;

use crate::error::RunError;
use crate::exit::ExitCode;

/// Why there is no record of a command.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No command at all.
    #[error("expected a program and its arguments after `--`, found nothing")]
    Nothing,
    /// The name cannot be a file's.
    #[error(
        "expected a name of letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 100, that does not end in `.sigstore`; found `{0}`"
    )]
    Name(String),
    /// The program's name gives none.
    #[error("`{0}` gives no name for the record")]
    NoName(String),
    /// A secret was to be recorded.
    #[error("the variable `{0}` is named like a secret, and secrets are not recorded")]
    Secret(String),
    /// Not in the project.
    #[error("{} is not in the project {}", directory.display(), root.display())]
    Outside {
        /// The project's root.
        root: PathBuf,
        /// Where the command was to run.
        directory: PathBuf,
    },
    /// No such program.
    #[error(
        "there is no program `{0}`: expected an executable file, or the name of one on the PATH"
    )]
    NotFound(String),
    /// It does not start.
    #[error("`{program}` cannot be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// The key, or a file of the record.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl CommandError {
    /// The exit code it stands for.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::Run(error) => error.exit(),
            _ => ExitCode::Invalid,
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Nothing => Some("caws evidence run -- make test"),
            Self::Name(_) | Self::NoName(_) => Some("give another with --name NAME"),
            Self::Secret(_) => Some("name only variables that everybody may read"),
            Self::Outside { .. } => Some("run it in the project, or name its directory with -C"),
            Self::NotFound(_) | Self::Start { .. } => Some(
                "nothing was run; a shell's own words need one: caws evidence run -- sh -c '...'",
            ),
            Self::Run(_) => None,
        }
    }
}
