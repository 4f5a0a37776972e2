//! The files of an artifacts directory or an audit package: listed first, read by that list, links never followed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use caws_evidence::manifest::layout;

use crate::package::Package;

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    /// A symbolic link, a device, a pipe: never opened.
    Other,
}

/// Why a file has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("no such file")]
    Missing,
    #[error("no regular file")]
    NotAFile,
    #[error("more than {0} bytes")]
    TooLarge(u64),
    #[error("not readable: {0}")]
    Io(String),
}

/// Where the bytes lie.
#[derive(Debug)]
enum Source<'a> {
    Directory(PathBuf),
    Package(&'a Package),
}

/// The files under `evidence/` and `provenance/`; of a package everything but the page.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    source: Source<'a>,
    entries: BTreeMap<String, Kind>,
    /// Directories that cannot be listed, or the bound that was reached: `(path, why)`.
    pub(crate) unread: Vec<(String, String)>,
}

impl<'a> Store<'a> {
    /// The files of a package.
    pub(crate) fn of(package: &'a Package) -> Self {
        let record = package.paths().filter(|path| *path != layout::REPORT);
        Self {
            source: Source::Package(package),
            entries: record.map(|path| (path.to_owned(), Kind::File)).collect(),
            unread: Vec::new(),
        }
    }

    /// Lists the directory, at most `limit` entries.
    pub(crate) fn open(root: &Path, limit: usize) -> Self {
        let mut store = Self {
            source: Source::Directory(root.to_owned()),
            entries: BTreeMap::new(),
            unread: Vec::new(),
        };
        let mut pending = Vec::new();
        for top in [layout::EVIDENCE_DIR, PROVENANCE_DIR] {
            // A link in place of the directory itself would lead out of the artifacts as well.
            match fs::symlink_metadata(root.join(top)) {
                Ok(found) if found.is_dir() => pending.push(top.to_owned()),
                Ok(_) => {
                    store.entries.insert(top.to_owned(), Kind::Other);
                }
                Err(_) => {}
            }
        }
        let mut left = limit;
        while let Some(directory) = pending.pop() {
            let Err(why) = store.list(root, &directory, &mut pending, &mut left) else {
                continue;
            };
            store.unread.push((directory, why));
            if left == 0 {
                break;
            }
        }
        store
    }

    fn list(
        &mut self,
        root: &Path,
        directory: &str,
        pending: &mut Vec<String>,
        left: &mut usize,
    ) -> Result<(), String> {
        for entry in fs::read_dir(root.join(directory)).map_err(|e| e.to_string())? {
            let entry = entry.map_err(|e| e.to_string())?;
            *left = left
                .checked_sub(1)
                .ok_or("more entries than the verifier reads")?;
            let name = entry.file_name();
            let name = name.to_str().ok_or("a name that is no UTF-8")?;
            let path = format!("{directory}/{name}");
            let kind = entry.file_type().map_err(|e| e.to_string())?;
            if kind.is_dir() {
                pending.push(path);
            } else {
                let kind = if kind.is_file() {
                    Kind::File
                } else {
                    Kind::Other
                };
                self.entries.insert(path, kind);
            }
        }
        Ok(())
    }

    /// Everything that lies there, but for directories.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.entries
            .iter()
            .map(|(path, kind)| (path.as_str(), *kind))
    }

    /// Whether anything lies at `path`.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// The bytes of a listed file, at most `limit`.
    pub(crate) fn read(&self, path: &str, limit: u64) -> Result<Cow<'a, [u8]>, ReadError> {
        match self.entries.get(path) {
            None => return Err(ReadError::Missing),
            Some(Kind::Other) => return Err(ReadError::NotAFile),
            Some(Kind::File) => {}
        }
        let root = match &self.source {
            Source::Directory(root) => root,
            Source::Package(package) => {
                let bytes = package.get(path).ok_or(ReadError::Missing)?;
                return if bytes.len() as u64 > limit {
                    Err(ReadError::TooLarge(limit))
                } else {
                    Ok(Cow::Borrowed(bytes))
                };
            }
        };
        let io = |error: std::io::Error| ReadError::Io(error.to_string());
        let mut bytes = Vec::new();
        let file = fs::File::open(root.join(path)).map_err(io)?;
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(io)?;
        if u64::try_from(bytes.len()).map_or(true, |read| read > limit) {
            return Err(ReadError::TooLarge(limit));
        }
        Ok(Cow::Owned(bytes))
    }
}

/// Where plan, manifest and its bundle lie.
const PROVENANCE_DIR: &str = "provenance";

#[cfg(test)]
mod tests;
