//! What became of each mutant, kept by everything that decides it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_evidence::{FileDigest, canonical_json, codes, sha256_hex};
use serde::{Deserialize, Serialize};

use crate::gates::mutation::Places;
use crate::gates::mutation::population::Mutant;
use crate::gates::{Context, Stop};
use crate::inputs::{Digests, digest};
use crate::record;

/// cargo-mutants' verdict on a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Summary {
    CaughtMutant,
    MissedMutant,
    Timeout,
    Unviable,
    Failure,
}

/// Outcomes of earlier runs.
#[derive(Debug)]
pub(crate) struct Outcomes {
    dir: PathBuf,
    /// Tools and limits: another version finds, builds or waits otherwise.
    setting: String,
    packages: BTreeMap<String, String>,
}

impl Outcomes {
    pub(crate) fn new(
        dir: &Path,
        context: &Context<'_>,
        timeout: Duration,
        packages: BTreeMap<String, String>,
    ) -> Self {
        let setting =
            canonical_json(&(&context.plan.tools, context.plan.version, timeout.as_secs()))
                .unwrap_or_default();
        Self {
            dir: dir.to_owned(),
            setting: sha256_hex(&setting),
            packages,
        }
    }

    fn path(&self, mutant: &Mutant) -> Option<PathBuf> {
        let package = self.packages.get(&mutant.package)?;
        let key = sha256_hex(format!("{}:{package}:{}", self.setting, mutant.id).as_bytes());
        Some(self.dir.join(format!("{key}.json")))
    }

    /// The outcome, if the same mutant was tried in the same code.
    pub(crate) fn find(&self, mutant: &Mutant) -> Option<Summary> {
        serde_json::from_slice(&std::fs::read(self.path(mutant)?).ok()?).ok()
    }

    /// Keeps an outcome that says something; a failure is tried again.
    pub(crate) fn keep(&self, mutant: &Mutant, summary: Summary) {
        if summary != Summary::Failure
            && let (Some(path), Ok(bytes)) = (self.path(mutant), serde_json::to_vec(&summary))
        {
            // A cache that cannot be written costs time, nothing else.
            let _ = record::write(&path, &bytes);
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
}

/// For each package of the workspace, the digest of all that its tests could depend on: its own
/// files, those of the packages it depends on by path, and every declared input outside of packages.
pub(crate) fn package_digests(
    context: &mut Context<'_>,
    places: &Places,
) -> Result<BTreeMap<String, String>, Stop> {
    let command = [
        "cargo",
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]
    .map(str::to_owned)
    .to_vec();
    let finished = context.call_ok(&places.call("packages", command), &mut |_| {})?;
    let metadata: Metadata = serde_json::from_slice(&finished.stdout).map_err(|error| {
        Stop::new(
            codes::REPORT_MALFORMED,
            format!("`cargo metadata` printed no metadata: {error}"),
        )
    })?;
    if let Some(step) = context.steps.last_mut() {
        step.key_output = format!("{} packages", metadata.packages.len());
    }
    let files = crate::inputs::list(&places.tree, &without_git(context));
    let patterns = crate::inputs::patterns(&context.plan.inputs)
        .map_err(|why| Stop::new(codes::DOCUMENT_SCHEMA, why))?;
    let known = Digests::read(&places.tree, &files, context.cores);
    Ok(digests(&metadata, &files, &known, &patterns))
}

/// The copy has no repository of its own; one around the cache must not answer for it.
fn without_git(context: &Context<'_>) -> crate::host::Host {
    let mut host = context.project.host.clone();
    host.path.clear();
    host
}

fn digests(
    metadata: &Metadata,
    files: &[String],
    known: &Digests,
    inputs: &globset::GlobSet,
) -> BTreeMap<String, String> {
    let dir_of = |path: &Path| -> Option<String> {
        let relative = path.strip_prefix(&metadata.workspace_root).ok()?;
        Some(relative.to_string_lossy().replace('\\', "/"))
    };
    let dirs: BTreeMap<String, &Package> = metadata
        .packages
        .iter()
        .filter_map(|package| Some((dir_of(package.manifest_path.parent()?)?, package)))
        .collect();
    // The innermost package a file lies in.
    let owner = |file: &str| -> Option<&str> {
        dirs.keys()
            .filter(|dir| {
                dir.is_empty()
                    || file
                        .strip_prefix(dir.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            })
            .max_by_key(|dir| dir.len())
            .map(String::as_str)
    };
    dirs.iter()
        .map(|(dir, package)| {
            let mut reached = BTreeSet::new();
            let mut waiting = vec![dir.clone()];
            while let Some(next) = waiting.pop() {
                if let Some(found) = dirs.get(&next)
                    && reached.insert(next)
                {
                    waiting.extend(
                        found
                            .dependencies
                            .iter()
                            .filter_map(|one| dir_of(one.path.as_deref()?)),
                    );
                }
            }
            let content: Vec<FileDigest> = files
                .iter()
                .filter(|file| match owner(file) {
                    Some(owner) => reached.contains(owner),
                    None => inputs.is_match(file.as_str()),
                })
                .filter_map(|file| {
                    Some(FileDigest {
                        path: file.clone(),
                        sha256: known.of(file)?.to_owned(),
                    })
                })
                .collect();
            (package.name.clone(), digest(&content))
        })
        .collect()
}

#[cfg(test)]
mod tests;
