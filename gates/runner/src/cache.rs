//! Evidence by what decides it. A hit is the evidence of an earlier run, with its own time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Verdict, canonical_json, sha256_hex};
use caws_policy::GatePlan;
use serde::Serialize;

use crate::error::RunError;
use crate::host::Host;
use crate::record;

/// Where a project's evidence is kept: one folder per project directory, so that clones do not
/// answer for each other's artifacts.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
}

/// The folder name that stands for a project directory.
#[must_use]
pub fn project_key(root: &Path) -> String {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    sha256_hex(root.to_string_lossy().as_bytes())
        .chars()
        .take(16)
        .collect()
}

#[derive(Serialize)]
struct Key<'a> {
    plan: &'a GatePlan,
    settings: &'a serde_json::Value,
    environment: &'a BTreeMap<String, String>,
}

impl Cache {
    /// The cache of a project.
    #[must_use]
    pub fn of(host: &Host, root: &Path) -> Self {
        Self {
            dir: host.cache.join("evidence").join(project_key(root)),
        }
    }

    /// What decides a gate's evidence: its plan (which holds gate version, thresholds, tools and the
    /// digest of its inputs), the settings that say how it is carried out, and the machine.
    ///
    /// # Errors
    /// When the plan does not become JSON.
    pub fn key(
        plan: &GatePlan,
        settings: &serde_json::Value,
        environment: &BTreeMap<String, String>,
    ) -> serde_json::Result<String> {
        Ok(sha256_hex(&canonical_json(&Key {
            plan,
            settings,
            environment,
        })?))
    }

    /// The evidence under a key, if it is there and whole.
    ///
    /// An entry that was changed on disk is no entry: it is removed, and the gate runs.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Evidence> {
        let dir = self.dir.join(key);
        let bytes = std::fs::read(dir.join(layout::EVIDENCE_FILE)).ok()?;
        let evidence = verified(&dir, key, &bytes);
        if evidence.is_none() {
            let _ = std::fs::remove_dir_all(&dir);
        }
        evidence
    }

    /// Copies an entry's files to a gate's evidence directory.
    ///
    /// # Errors
    /// Which file, and why not.
    pub fn restore(&self, key: &str, place: &Path) -> Result<(), RunError> {
        let staged = staging(place)?;
        record::copy_dir(&self.dir.join(key), staged.path())?;
        let _ = std::fs::remove_file(staged.path().join(STAMP));
        record::replace_dir(&staged.keep(), place)
    }

    /// Keeps evidence that says something about the code. What could not be measured is asked again.
    ///
    /// # Errors
    /// Which file, and why not.
    pub fn keep(&self, key: &str, evidence: &Evidence, from: &Path) -> Result<bool, RunError> {
        if !matches!(
            evidence.verdict,
            Verdict::Pass | Verdict::Fail | Verdict::Vacuous
        ) {
            return Ok(false);
        }
        let place = self.dir.join(key);
        let staged = staging(&place)?;
        record::copy_dir(from, staged.path())?;
        let bytes = std::fs::read(staged.path().join(layout::EVIDENCE_FILE))
            .map_err(RunError::file("read", from))?;
        record::keep(&staged.path().join(STAMP), stamp(key, &bytes).as_bytes())?;
        record::replace_dir(&staged.keep(), &place)?;
        self.prune();
        Ok(true)
    }

    /// Takes the oldest entries away where there are too many: sound and coverage are large.
    fn prune(&self) {
        let Ok(entries) = std::fs::read_dir(&self.dir) else {
            return;
        };
        let mut all: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        all.sort_unstable();
        for (_, path) in all.iter().take(all.len().saturating_sub(MOST_ENTRIES)) {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// Entries kept per project: some runs of all gates.
const MOST_ENTRIES: usize = 48;

/// Ties an entry's record to its key: an entry moved to another key is no entry.
const STAMP: &str = ".stamp";

fn stamp(key: &str, evidence: &[u8]) -> String {
    sha256_hex(format!("{key}:{}", sha256_hex(evidence)).as_bytes())
}

fn verified(dir: &Path, key: &str, bytes: &[u8]) -> Option<Evidence> {
    let stamped = std::fs::read_to_string(dir.join(STAMP)).ok()?;
    (stamped == stamp(key, bytes)).then_some(())?;
    let evidence: Evidence = serde_json::from_slice(bytes).ok()?;
    for output in &evidence.outputs {
        let stored = std::fs::read(dir.join(&output.path)).ok()?;
        (sha256_hex(&stored) == output.sha256).then_some(())?;
    }
    Some(evidence)
}

fn staging(place: &Path) -> Result<tempfile::TempDir, RunError> {
    let parent = place.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(parent).map_err(RunError::file("create", parent))?;
    tempfile::Builder::new()
        .prefix(".staging-")
        .tempdir_in(parent)
        .map_err(RunError::file("create", parent))
}

#[cfg(test)]
mod tests;
