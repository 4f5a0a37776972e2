//! The audit package: a whole record in one file.
//!
//! A POSIX `ustar` archive of regular files, uncompressed, in the byte order of their paths, with
//! every field of a header that is not path, size or checksum fixed. So the same files give the same
//! bytes, any `tar` opens it, and a reader has no choices to make: what differs from the one form the
//! entries have is refused before anything in it is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use caws_evidence::{codes, sha256_hex};
use tar::{EntryType, Header};

use crate::options::Limits;
use crate::store::{Kind, ReadError, Store};

/// Unit of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format").
const BLOCK: usize = 512;

/// What ends an archive: two blocks of zeros.
const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// Why something is no audit package. Paths are those of the archive, as far as they can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// More than the reader takes.
    #[error("expected at most {limit} {unit}, found more")]
    TooLarge {
        /// The bound.
        limit: u64,
        /// `bytes` or `files`.
        unit: &'static str,
    },
    /// Cut off, or no tar archive.
    #[error("expected {expected} at byte {offset}, found {found}")]
    Malformed {
        /// Where in the file.
        offset: usize,
        /// What had to stand there.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// A name that could lead out of the folder somebody unpacks into, or not be a name everywhere.
    #[error(
        "expected a relative path of letters, digits, `-`, `_` and `.`, no part of it starting with a dot, found {path:?}"
    )]
    Path {
        /// The name.
        path: String,
    },
    /// A link, a directory, a device, or a header that changes the meaning of the next.
    #[error("expected a regular file at {path:?}, found {found}")]
    EntryType {
        /// The name.
        path: String,
        /// What it is.
        found: String,
    },
    /// Two entries for one place.
    #[error(
        "expected each path once, found {path} a second time, or as a folder, or in other case"
    )]
    Duplicate {
        /// The name.
        path: String,
    },
    /// The same content would have been written with other bytes.
    #[error("expected the one form a package has, found {found}")]
    NotCanonical {
        /// The entry it is at; empty at the end of the archive.
        path: String,
        /// What differs.
        found: String,
    },
    /// A file of the record that cannot be packed.
    #[error("expected a readable file at {path}, found: {found}")]
    File {
        /// Path relative to the artifacts directory.
        path: String,
        /// Why not.
        found: String,
    },
}

impl PackageError {
    /// The diagnostic code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => codes::PACKAGE_TOO_LARGE,
            Self::Malformed { .. } => codes::PACKAGE_MALFORMED,
            Self::Path { .. } => codes::PACKAGE_PATH,
            Self::EntryType { .. } => codes::PACKAGE_ENTRY_TYPE,
            Self::Duplicate { .. } => codes::PACKAGE_DUPLICATE,
            Self::NotCanonical { .. } => codes::PACKAGE_NOT_CANONICAL,
            Self::File { .. } => codes::RECORD_FILE_MISSING,
        }
    }

    /// The entry it is about, where it is about one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::TooLarge { .. } | Self::Malformed { .. } => None,
            Self::Path { path }
            | Self::EntryType { path, .. }
            | Self::Duplicate { path }
            | Self::NotCanonical { path, .. }
            | Self::File { path, .. } => Some(path.as_str()).filter(|path| !path.is_empty()),
        }
    }
}

/// An audit package whose container is in order; what it says is not verified by reading it.
#[derive(Debug)]
pub struct Package {
    bytes: Vec<u8>,
    entries: BTreeMap<String, Range<usize>>,
}

impl Package {
    /// Reads a package within bounds.
    ///
    /// # Errors
    /// [`PackageError`] for the first thing that is not as it is in a package caws wrote.
    pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Self, PackageError> {
        within(bytes.len(), limits.package, "bytes")?;
        let mut entries: BTreeMap<String, Range<usize>> = BTreeMap::new();
        let mut names = Names::default();
        let mut at = 0;
        loop {
            let block = block(&bytes, at)?;
            if block.iter().all(|byte| *byte == 0) {
                break;
            }
            let header = Header::from_byte_slice(block);
            let (path, size) = fields(header, at)?;
            within(size, limits.stored, "bytes")?;
            within(entries.len() + 1, limits.entries as u64, "files")?;
            names.add(&path)?;
            let canonical = canonical_header(&path, size)?;
            if canonical.as_bytes() != block {
                return Err(not_canonical(&path, "another header than the entry's own"));
            }
            if entries
                .last_key_value()
                .is_some_and(|(last, _)| *last > path)
            {
                return Err(not_canonical(&path, "an entry out of order"));
            }
            let start = at + BLOCK;
            let end = start.saturating_add(size);
            let next = end.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX);
            let Some(padding) = bytes.get(end..next) else {
                return Err(PackageError::Malformed {
                    offset: start,
                    expected: "the content of an entry",
                    found: format!("{} of {size} bytes", bytes.len().saturating_sub(start)),
                });
            };
            if padding.iter().any(|byte| *byte != 0) {
                return Err(not_canonical(
                    &path,
                    "something between its end and the next entry",
                ));
            }
            entries.insert(path, start..end);
            at = next;
        }
        if bytes.get(at..) != Some(&END[..]) {
            let left = bytes.len().saturating_sub(at);
            let found = format!("{left} bytes after the last entry, not {} zeros", END.len());
            return Err(not_canonical("", &found));
        }
        Ok(Self { bytes, entries })
    }

    /// SHA-256 of the file.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }

    /// The paths in it, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The content of an entry.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.bytes.get(self.entries.get(path)?.clone())
    }
}

/// The package of these files, by path. The same files give the same bytes.
///
/// # Errors
/// When a path cannot stand in a package.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, PackageError> {
    let mut names = Names::default();
    let mut bytes = Vec::new();
    for (path, content) in files {
        names.add(path)?;
        bytes.extend_from_slice(canonical_header(path, content.len())?.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    }
    bytes.extend_from_slice(&END);
    Ok(bytes)
}

/// The package of the record under `root`: everything in `evidence/` and `provenance/`, and what
/// the caller adds.
///
/// # Errors
/// When something there is no readable file, or more than `limits`.
pub fn pack(
    root: &Path,
    added: BTreeMap<String, Vec<u8>>,
    limits: &Limits,
) -> Result<Vec<u8>, PackageError> {
    let file = |path: &str, found: String| PackageError::File {
        path: path.to_owned(),
        found,
    };
    let store = Store::open(root, limits.entries);
    if let Some((path, why)) = store.unread.first() {
        return Err(file(path, why.clone()));
    }
    let mut files = added;
    let mut total: u64 = 0;
    for (path, kind) in store.paths() {
        if kind == Kind::Other {
            return Err(file(path, ReadError::NotAFile.to_string()));
        }
        let content = store
            .read(path, limits.stored)
            .map_err(|error| file(path, error.to_string()))?;
        total = total.saturating_add(content.len() as u64);
        if total > limits.package {
            return Err(too_large(limits.package, "bytes"));
        }
        files.insert(path.to_owned(), content.into_owned());
    }
    let bytes = write(&files)?;
    within(bytes.len(), limits.package, "bytes")?;
    Ok(bytes)
}

/// Paths so far, to see that no two are one on any file system.
#[derive(Default)]
struct Names {
    /// In lower case.
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, path: &str) -> Result<(), PackageError> {
        let fits = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        if !path.split('/').all(fits) {
            return Err(PackageError::Path {
                path: path.to_owned(),
            });
        }
        let name = path.to_ascii_lowercase();
        let folders: Vec<String> = name
            .match_indices('/')
            .filter_map(|(at, _)| name.get(..at).map(str::to_owned))
            .collect();
        let taken = folders.iter().any(|folder| self.files.contains(folder));
        if taken || self.folders.contains(&name) || !self.files.insert(name) {
            return Err(PackageError::Duplicate {
                path: path.to_owned(),
            });
        }
        self.folders.extend(folders);
        Ok(())
    }
}

/// The block at `at`.
fn block(bytes: &[u8], at: usize) -> Result<&[u8], PackageError> {
    let end = at.saturating_add(BLOCK);
    bytes.get(at..end).ok_or_else(|| PackageError::Malformed {
        offset: at,
        expected: "a header, or two blocks of zeros at the end",
        found: format!("{} bytes", bytes.len().saturating_sub(at)),
    })
}

/// Path and size of an entry that is a regular file.
fn fields(header: &Header, at: usize) -> Result<(String, usize), PackageError> {
    let malformed = |expected, found: String| PackageError::Malformed {
        offset: at,
        expected,
        found,
    };
    let sum = checksum(header.as_bytes());
    match header.cksum() {
        Ok(found) if found == sum => {}
        Ok(found) => {
            return Err(malformed(
                "a tar header",
                format!("checksum {found}, not {sum}"),
            ));
        }
        Err(error) => return Err(malformed("a tar header", error.to_string())),
    }
    let path = String::from_utf8_lossy(&header.path_bytes()).into_owned();
    if header.entry_type() != EntryType::Regular {
        return Err(PackageError::EntryType {
            path,
            found: format!("{:?}", header.entry_type()),
        });
    }
    let size = header
        .entry_size()
        .ok()
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(|| malformed("the size of an entry", "no number".to_owned()))?;
    Ok((path, size))
}

/// The sum over a header's bytes, with spaces where the sum itself stands.
fn checksum(header: &[u8; BLOCK]) -> u32 {
    const FIELD: Range<usize> = 148..156;
    header
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if FIELD.contains(&at) {
                32
            } else {
                u32::from(*byte)
            }
        })
        .sum()
}

/// The one header of a file.
fn canonical_header(path: &str, size: usize) -> Result<Header, PackageError> {
    let mut header = Header::new_ustar();
    header.set_path(path).map_err(|_| PackageError::Path {
        path: path.to_owned(),
    })?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size as u64);
    header.set_cksum();
    Ok(header)
}

fn not_canonical(path: &str, found: &str) -> PackageError {
    PackageError::NotCanonical {
        path: path.to_owned(),
        found: found.to_owned(),
    }
}

fn too_large(limit: u64, unit: &'static str) -> PackageError {
    PackageError::TooLarge { limit, unit }
}

fn within(count: usize, limit: u64, unit: &'static str) -> Result<(), PackageError> {
    if count as u64 > limit {
        return Err(too_large(limit, unit));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
