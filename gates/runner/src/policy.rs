//! Rego policies of a project: which there are, and the document they are asked about.
//!
//! The document is data alone, made here at the edge; what policies make of it is computed by
//! `caws-rego`, and again by the verifier.

mod change;
mod documents;
mod input;
#[cfg(test)]
mod tests;
mod workflows;

use std::path::Path;

use caws_evidence::{FileDigest, sha256_hex};
use caws_rego::Source;
use serde_json::Value;

pub use input::input;

use crate::config::PolicyGate;
use crate::files;
use crate::git;
use crate::host::Host;
use crate::inputs;
use crate::project::{Options, Project};

/// The settings of a project; the defaults where `.caws.yml` has none.
#[must_use]
pub fn settings(project: &Project) -> PolicyGate {
    project.config.gates.policy.clone().unwrap_or_default()
}

/// Where the tier asks for review: the commit the work left from, and the one it is at, with a word on what is not
/// committed. No file says them, so they are part of the plan.
#[must_use]
pub fn reviewed(project: &Project, options: &Options) -> (Option<String>, Option<String>) {
    if !project.rules.requires_manual_review {
        return (None, None);
    }
    let own = project.config.gates.integrity.as_ref();
    let base = options
        .base
        .as_deref()
        .or_else(|| own.and_then(|gate| gate.base.as_deref()));
    let base = base.and_then(|base| git::merge_base(&project.root, &project.host, base).ok());
    let head = git::subject(&project.root, &project.host).and_then(|subject| {
        let state = if subject.dirty { "+uncommitted" } else { "" };
        subject.commit.map(|commit| format!("{commit}{state}"))
    });
    (base, head)
}

/// Where policies lie where nobody says otherwise.
pub const DEFAULT: &str = "policy/**/*.rego";

/// Names of the lock files that policies see where nobody says otherwise.
pub const LOCKS: [&str; 6] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "requirements*.txt",
    "uv.lock",
    "poetry.lock",
];

/// What a policy file may have.
pub const MAX_POLICY: u64 = 1 << 20;

/// What a data document may have.
pub const MAX_DATA: u64 = 64 << 20;

/// The policies of a project, with their data.
#[derive(Debug, Clone, Default)]
pub struct Set {
    /// Policy files, tests among them, by path.
    pub sources: Vec<Source>,
    /// The data document as it stands; `None` where none is named.
    pub data: Option<(String, Vec<u8>)>,
    /// Files that are named and cannot be read, and why.
    pub unread: Vec<(String, String)>,
}

impl Set {
    /// Reads what the settings name.
    #[must_use]
    pub fn read(root: &Path, host: &Host, settings: &PolicyGate) -> Self {
        let mut set = Self::default();
        // Patterns were checked when the project was opened.
        let wanted = inputs::patterns(&settings.policies).unwrap_or_default();
        for path in inputs::list(root, host) {
            if !wanted.is_match(&path) {
                continue;
            }
            match files::read_text(&root.join(&path), MAX_POLICY) {
                Ok(text) => set.sources.push(Source::new(path, text)),
                Err(error) => set.unread.push((path, error.to_string())),
            }
        }
        if let Some(path) = &settings.data {
            match files::read(&root.join(path), MAX_DATA) {
                Ok(bytes) => set.data = Some((path.clone(), bytes)),
                Err(error) => set.unread.push((path.clone(), error.to_string())),
            }
        }
        set
    }

    /// The policies by content, without their tests.
    #[must_use]
    pub fn policies(&self) -> Vec<FileDigest> {
        self.sources
            .iter()
            .filter(|source| !source.is_test())
            .map(|source| FileDigest {
                path: source.path.clone(),
                sha256: sha256_hex(source.text.as_bytes()),
            })
            .collect()
    }

    /// The data document as a value; an empty object where there is none.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn data_value(&self) -> Result<Value, String> {
        match &self.data {
            None => Ok(Value::Object(serde_json::Map::new())),
            Some((path, bytes)) => {
                serde_json::from_slice(bytes).map_err(|error| format!("{path} is no JSON: {error}"))
            }
        }
    }
}
