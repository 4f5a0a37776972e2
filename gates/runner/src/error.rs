//! What stops a run before or outside its gates.

use std::path::PathBuf;

use caws_evidence::{Finding, Severity};

/// Why a project cannot be opened: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A document is not to be had.
    #[error("cannot read {what} {path}: {source}; {help}", path = path.display())]
    Unreadable {
        /// `configuration`, `working spec`, `tier policy`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
        /// What to do.
        help: String,
    },
    /// Documents break their schema or each other; every finding has its place.
    #[error("{}", invalid(.0))]
    Invalid(Vec<Finding>),
}

impl ConfigError {
    /// The findings to show beside the message.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Unreadable { .. } => &[],
            Self::Invalid(findings) => findings,
        }
    }
}

/// Why a run has no outcome: exit code 70, or 2 for a gate nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the record cannot be written or read.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    File {
        /// `write`, `read`, `rename`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A gate asked for by name is not there.
    #[error("there is no gate `{name}`; there are: {known}")]
    UnknownGate {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A value of the record does not become JSON.
    #[error("the record does not become JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Plan and evidence do not belong together.
    #[error("the record cannot be put together: {0}")]
    Record(String),
    /// Waivers that do not hold; every finding has its place.
    #[error("{}", unheld(.0))]
    Waivers(Vec<Finding>),
    /// The signing key cannot be used.
    #[error("cannot sign: {0}")]
    Key(String),
    /// The revision to compare with is not to be had.
    #[error("cannot compare with `{revision}`: {reason}")]
    Base {
        /// What was asked for.
        revision: String,
        /// What git says.
        reason: String,
    },
}

impl RunError {
    /// Wraps an input/output error with what was being done to which file.
    pub(crate) fn file(
        action: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// The findings to show beside the message.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Waivers(findings) => findings,
            _ => &[],
        }
    }

    /// The exit code it stands for.
    #[must_use]
    pub fn exit(&self) -> crate::ExitCode {
        match self {
            Self::UnknownGate { .. } | Self::Base { .. } | Self::Key(_) => crate::ExitCode::Invalid,
            Self::Waivers(findings) => crate::waivers::exit(findings),
            Self::File { .. } | Self::Json(_) | Self::Record(_) => crate::ExitCode::Internal,
        }
    }
}

fn unheld(findings: &[Finding]) -> String {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    format!(
        "{} in the waivers, which keeps the gates from running; each is listed with its place",
        counted(errors, "error")
    )
}

fn invalid(findings: &[Finding]) -> String {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    if errors == 0 {
        return "the working spec is not finished: gates run when its open questions are answered"
            .to_owned();
    }
    format!(
        "{} in the project's documents; each is listed with its place",
        counted(errors, "error")
    )
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests;
