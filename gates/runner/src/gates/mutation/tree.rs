//! The copy of the project that is mutated: brought up to date by content, so that what did not
//! change keeps its time and its build.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Makes `tree` hold exactly `files` of `root`, byte for byte.
pub(crate) fn sync(root: &Path, files: &[String], tree: &Path) -> io::Result<()> {
    std::fs::create_dir_all(tree)?;
    for file in files {
        let (from, to) = (root.join(file), tree.join(file));
        let content = std::fs::read(&from)?;
        if std::fs::read(&to).is_ok_and(|present| present == content) {
            continue;
        }
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // A folder may have become a file.
        if to.is_dir() {
            std::fs::remove_dir_all(&to)?;
        }
        std::fs::copy(&from, &to)?;
    }
    let wanted: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    prune(tree, "", &wanted).map(drop)
}

/// Removes what is not wanted; says whether the folder is empty now.
fn prune(dir: &Path, prefix: &str, wanted: &BTreeSet<&str>) -> io::Result<bool> {
    let mut empty = true;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            if prune(&entry.path(), &format!("{name}/"), wanted)? {
                std::fs::remove_dir(entry.path())?;
            } else {
                empty = false;
            }
        } else if wanted.contains(name.as_str()) {
            empty = false;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(empty)
}

#[cfg(test)]
mod tests;
