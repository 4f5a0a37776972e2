//! The record of a command that somebody ran and wants to show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Version of [`CommandRecord`].
pub const SCHEMA_VERSION: u32 = 1;

/// Folder of these records, relative to the artifacts directory.
pub const DIRECTORY: &str = "commands";

/// What was run, where, when, and what came of it; the predicate of its signature.
///
/// Secrets are masked everywhere but in the digest of the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRecord {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What it is called; the name of its file.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Directory it ran in, relative to the project's root, with `/`.
    pub directory: String,
    /// Commit the project was at when it began, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The tree of the project in that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// Whether there were uncommitted changes; absent where there is no commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// When it began, RFC 3339 UTC.
    pub started: String,
    /// When it ended, RFC 3339 UTC.
    pub finished: String,
    /// Wall time in milliseconds, by a clock that nobody sets.
    pub duration_ms: u64,
    /// How it ended.
    pub ended: CommandEnd,
    /// Its exit code, where it ended by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// How long it might run, in milliseconds, where that was limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The last lines of both its outputs, as they came.
    pub key_output: Vec<String>,
    /// All of its standard output.
    pub stdout: OutputDigest,
    /// What it ran on.
    pub environment: Environment,
    /// How many times a secret was masked in this record.
    pub masked: u64,
}

impl CommandRecord {
    /// Whether it ended by itself, with exit code 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.ended == CommandEnd::Exited && self.exit_code == Some(0)
    }

    /// How it ended, for people.
    #[must_use]
    pub fn outcome(&self) -> String {
        let number = |number: Option<i32>| number.map_or_else(String::new, |n| format!(" {n}"));
        match self.ended {
            CommandEnd::Exited => format!("exit code{}", number(self.exit_code)),
            CommandEnd::Signal => format!("signal{}", number(self.signal)),
            CommandEnd::Timeout => "stopped at its time limit".to_owned(),
            CommandEnd::Interrupted => "interrupted".to_owned(),
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandEnd {
    /// By itself.
    Exited,
    /// By a signal.
    Signal,
    /// It was stopped at its time limit.
    Timeout,
    /// It was stopped because the person asked.
    Interrupted,
}

/// An output that is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputDigest {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
}

/// Environment fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Processor architecture, such as `x86_64`.
    pub arch: String,
    /// Version of caws.
    pub caws: String,
    /// Variables of the allow-list, as the command had them; `null` for one that was asked for and not set.
    pub variables: BTreeMap<String, Option<String>>,
}
