//! A remote in a plain directory, such as one that is mounted from elsewhere.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_evidence::sha256_hex;

use super::{FileContent, Head, Published, Remote, RemoteError};
use crate::files::{Disk, Files, parent};
use crate::store::{CHECKPOINT, LOCK, TEMPORARY};

/// What its name begins with.
pub(super) const NAME: &str = "directory ";
/// How long another publisher is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// A directory shared by all who can write to it. Publishers take turns by a lock, readers need none.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory at `path`, made on the first publication.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
        }
    }

    fn failed(&self, reason: impl std::fmt::Display) -> RemoteError {
        RemoteError {
            remote: self.name(),
            reason: reason.to_string(),
        }
    }

    fn write(&self, disk: &Disk, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        let temporary = format!("{TEMPORARY}/file");
        let mut directory = String::new();
        for part in parent(path).split('/').filter(|part| !part.is_empty()) {
            let above = directory.clone();
            directory = if above.is_empty() {
                part.to_owned()
            } else {
                format!("{above}/{part}")
            };
            if disk.make_dir(&directory)? {
                disk.sync_dir(&above)?;
            }
        }
        disk.make_dir(TEMPORARY)?;
        disk.create(&temporary, bytes)?;
        disk.sync(&temporary)?;
        disk.rename(&temporary, path)?;
        disk.sync_dir(parent(path))
    }

    fn lock(&self, disk: &Disk) -> Result<File, RemoteError> {
        disk.lock(LOCK, WAIT)
            .map_err(|e| self.failed(e))?
            .ok_or_else(|| {
                self.failed("another process has published for a minute: try again later")
            })
    }
}

impl Remote for Directory {
    fn name(&self) -> String {
        format!("{NAME}{}", self.path.display())
    }

    fn head(&mut self) -> Result<Option<Head>, RemoteError> {
        let read = Disk::at(&self.path).read(CHECKPOINT);
        Ok(read.map_err(|e| self.failed(e))?.map(|checkpoint| Head {
            version: sha256_hex(&checkpoint),
            checkpoint,
        }))
    }

    fn read(&mut self, _: &Head, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        // Files are never changed, so those of an earlier state are those of today.
        Disk::at(&self.path).read(path).map_err(|e| self.failed(e))
    }

    fn list(&mut self, _: &Head, directory: &str) -> Result<Vec<String>, RemoteError> {
        let listed = Disk::at(&self.path).list(directory);
        listed.map_err(|e| self.failed(e))
    }

    fn publish(
        &mut self,
        expected: Option<&Head>,
        files: Vec<FileContent>,
        checkpoint: &[u8],
    ) -> Result<Published, RemoteError> {
        let disk = Disk::create(&self.path).map_err(|e| self.failed(e))?;
        let _lock = self.lock(&disk)?;
        if self.head()?.as_ref() != expected {
            return Ok(Published::Moved);
        }
        for (path, bytes) in files {
            self.write(&disk, &path, &bytes)
                .map_err(|e| self.failed(format!("{path}: {e}")))?;
        }
        self.write(&disk, CHECKPOINT, checkpoint)
            .map_err(|e| self.failed(e))?;
        Ok(Published::Done)
    }
}
