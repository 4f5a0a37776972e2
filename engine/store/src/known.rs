//! `digests.json` in the store: what each file had when it was taken in. It outlives the files.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::{StoreError, failed};

/// The list's name in the store.
pub(crate) const LIST: &str = "digests.json";

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// Where it came from: a URL or a path.
    pub source: String,
    /// When it was first taken in: seconds since 1970.
    pub first_seen: u64,
}

/// All that is known, by the file's name in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct List {
    schema_version: u32,
    files: BTreeMap<String, Known>,
}

impl List {
    /// Reads the list of a store; one that is not there is empty.
    pub(crate) fn read(root: &Path) -> Result<Self, StoreError> {
        let path = root.join(LIST);
        let malformed = |reason: String| StoreError::Known {
            path: path.clone(),
            reason,
        };
        let list: Self = match read_json(&path)? {
            None => Self::default(),
            Some(Err(error)) => return Err(malformed(error)),
            Some(Ok(list)) => list,
        };
        if let Some((file, _)) = list
            .files
            .iter()
            .find(|(_, known)| !crate::digest::is_sha256(&known.sha256))
        {
            return Err(malformed(format!("`{file}` has no sha256")));
        }
        match list.schema_version {
            0 if list.files.is_empty() => Ok(list),
            1 => Ok(list),
            other => Err(malformed(format!(
                "expected schema_version 1, found {other}"
            ))),
        }
    }

    pub(crate) fn get(&self, file: &str) -> Option<&Known> {
        self.files.get(file)
    }

    /// Adds or exchanges an entry, and writes the list at once.
    pub(crate) fn set(&mut self, root: &Path, file: &str, known: Known) -> Result<(), StoreError> {
        self.schema_version = 1;
        self.files.insert(file.to_owned(), known);
        write_json(&root.join(LIST), self)
    }
}

/// Reads a JSON file: nothing if it is not there, or what is wrong with it.
pub(crate) fn read_json<T: DeserializeOwned>(
    path: &Path,
) -> Result<Option<Result<T, String>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(
            serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// Writes a JSON file: readers see the old one or the new one, also after a crash.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let failed = failed("write", path);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".kokoro-")
        .tempfile_in(folder)
        .map_err(&failed)?;
    serde_json::to_writer_pretty(&mut file, value).map_err(|error| failed(error.into()))?;
    file.write_all(b"\n").map_err(&failed)?;
    file.as_file().sync_all().map_err(&failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// Makes a rename last through a loss of power, where the system knows how: folders cannot be synced everywhere.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
