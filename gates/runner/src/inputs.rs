//! The files a gate depends on, by content.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use caws_evidence::{FileDigest, canonical_json, sha256_hex};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::git;
use crate::host::Host;

/// Directories nobody means where there is no git to say what is ignored.
pub(crate) const NEVER: &[&str] = &[
    ".git",
    "target",
    "artifacts",
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
];

/// The project's files: what git tracks or would track, else everything but build output.
#[must_use]
pub fn list(root: &Path, host: &Host) -> Vec<String> {
    git::files(root, host).unwrap_or_else(|| {
        let mut files = Vec::new();
        walk(root, "", &mut files);
        files.sort_unstable();
        files
    })
}

fn walk(dir: &Path, prefix: &str, files: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        // Links are not followed: a link to a parent would never end.
        if kind.is_dir() {
            if !NEVER.contains(&name.as_str()) {
                walk(&entry.path(), &format!("{prefix}{name}/"), files);
            }
        } else if entry.path().is_file() {
            files.push(format!("{prefix}{name}"));
        }
    }
}

/// Compiles patterns; `*` stays within a folder, `**` does not.
///
/// # Errors
/// The pattern that is none, and why.
pub fn patterns(globs: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_err(|error| error.to_string())?;
        set.add(glob);
    }
    set.build().map_err(|error| error.to_string())
}

/// Files by content, each read once however many gates depend on it.
#[derive(Debug, Default)]
pub struct Digests {
    known: BTreeMap<String, String>,
}

impl Digests {
    /// Reads `files` on `threads` threads. A file that cannot be read is left out: it is no input.
    #[must_use]
    pub fn read(root: &Path, files: &[String], threads: usize) -> Self {
        let next = AtomicUsize::new(0);
        let known = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, files.len().max(1)) {
                scope.spawn(|| {
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Ok(bytes) = std::fs::read(root.join(file)) {
                            let digest = sha256_hex(&bytes);
                            if let Ok(mut known) = known.lock() {
                                known.insert(file.clone(), digest);
                            }
                        }
                    }
                });
            }
        });
        Self {
            known: known.into_inner().unwrap_or_default(),
        }
    }

    /// Those that match, in path order.
    #[must_use]
    pub fn matching(&self, patterns: &GlobSet) -> Vec<FileDigest> {
        self.known
            .iter()
            .filter(|(path, _)| patterns.is_match(path))
            .map(|(path, sha256)| FileDigest {
                path: path.clone(),
                sha256: sha256.clone(),
            })
            .collect()
    }

    /// The digest of one file.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<&str> {
        self.known.get(path).map(String::as_str)
    }
}

/// One digest over paths and contents.
#[must_use]
pub fn digest(inputs: &[FileDigest]) -> String {
    // Strings always become JSON.
    sha256_hex(&canonical_json(inputs).unwrap_or_default())
}

#[cfg(test)]
mod tests;
