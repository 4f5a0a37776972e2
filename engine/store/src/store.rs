//! The folder models are kept in, and what is in it.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::{File as Opened, TryLockError};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Progress;
use crate::catalogue::{Catalogue, File, Kind};
use crate::digest::{self, Basis};
use crate::error::{StoreError, failed};
use crate::fetch::Part;
use crate::known::{Known, List};
use crate::pull::{basis, expected};

/// The variable that names another folder.
pub const FOLDER_VARIABLE: &str = "KOKORO_MODELS";

/// The lock's name in the store.
const LOCK: &str = ".lock";

/// The store: a folder, and the catalogue of what can be in it.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    catalogue: Catalogue,
}

/// How it stands with one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum State {
    /// There, and of the size it had when it was compared.
    Installed,
    /// Begun.
    Partial {
        /// Bytes so far.
        bytes: u64,
    },
    /// There, but changed since it was compared.
    Damaged {
        /// What is wrong with it.
        found: String,
    },
    /// There, but never compared: somebody else put it there.
    Unverified,
    /// Not there.
    Available,
}

/// One file of the catalogue, and how it stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The file.
    pub file: File,
    /// How it stands with it.
    pub state: State,
    /// Where it is or would be.
    pub path: PathBuf,
    /// What is known of it, from now or earlier.
    pub known: Option<Known>,
}

/// A model that is installed, and its voices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its name in the catalogue.
    pub name: String,
    /// The model's file.
    pub model: PathBuf,
    /// The voices' file.
    pub voices: PathBuf,
}

/// What reading a file again showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// It is what it was.
    Verified {
        /// What it was compared with.
        basis: Basis,
    },
    /// It is another.
    Mismatch {
        /// What it was compared with.
        basis: Basis,
        /// The digest expected.
        expected: String,
    },
    /// There is nothing to compare it with.
    Unknown,
}

/// One file that was read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its name in the catalogue.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Size found, in bytes.
    pub size: u64,
    /// Digest found.
    pub sha256: String,
    /// What it means.
    pub verdict: Verdict,
}

impl Store {
    /// A store in a folder, which need not exist.
    #[must_use]
    pub fn new(root: PathBuf, catalogue: Catalogue) -> Self {
        Self { root, catalogue }
    }

    /// The user's store: the folder in `variable` (the value of [`FOLDER_VARIABLE`]), else `kokoro/models` in the user's data folder.
    ///
    /// # Errors
    /// [`StoreError::NoFolder`] when the system names none.
    pub fn of_user(variable: Option<OsString>) -> Result<Self, StoreError> {
        let root = variable
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
            .or_else(|| dirs::data_dir().map(|data| data.join("kokoro").join("models")))
            .ok_or(StoreError::NoFolder)?;
        Ok(Self::new(root, Catalogue::published()?))
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What can be in it.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Where a file is or would be.
    #[must_use]
    pub fn place(&self, file: &File) -> PathBuf {
        self.root.join(&file.file)
    }

    /// All files of the catalogue, and how it stands with them.
    ///
    /// # Errors
    /// When the list of digests cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let list = List::read(&self.root)?;
        let listed = |file: &File| Listed {
            file: file.clone(),
            state: self.state(file, &list),
            path: self.place(file),
            known: list.get(&file.file).cloned(),
        };
        Ok(self.catalogue.files().iter().map(listed).collect())
    }

    /// How it stands with a file, without reading it.
    pub(crate) fn state(&self, file: &File, list: &List) -> State {
        let size = |path: PathBuf| {
            std::fs::metadata(path)
                .ok()
                .filter(std::fs::Metadata::is_file)
                .map(|found| found.len())
        };
        match (size(self.place(file)), list.get(&file.file)) {
            (Some(found), Some(known)) if found != known.size => State::Damaged {
                found: format!("expected {} bytes, found {found}", known.size),
            },
            (Some(_), Some(_)) => State::Installed,
            (Some(_), None) => State::Unverified,
            (None, _) => match size(Part::of(&self.root, &file.file).path) {
                Some(bytes) => State::Partial { bytes },
                None => State::Available,
            },
        }
    }

    /// Where an installed file is.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`], [`StoreError::Damaged`], or a name the catalogue does not have.
    pub fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let file = self.catalogue.get(name)?;
        let path = self.place(file);
        let damaged = |found: String| StoreError::Damaged {
            name: file.name.clone(),
            path: path.clone(),
            found,
        };
        match self.state(file, &List::read(&self.root)?) {
            State::Installed => Ok(path),
            State::Damaged { found } => Err(damaged(found)),
            State::Unverified => Err(damaged("nobody compared it with a digest".to_owned())),
            State::Partial { .. } | State::Available => Err(StoreError::NotInstalled {
                name: file.name.clone(),
                path,
            }),
        }
    }

    /// An installed model and its voices. Sizes are checked, digests are not: that is what [`Self::verify`] is for.
    ///
    /// # Errors
    /// As [`Self::path`], for the model or its voices; voices alone are no model.
    pub fn resolve(&self, name: &str) -> Result<Located, StoreError> {
        let file = self.catalogue.get(name)?;
        let voices = self
            .catalogue
            .voices_of(file)
            .ok_or_else(|| StoreError::UnknownName {
                name: name.to_owned(),
                nearest: self
                    .catalogue
                    .files()
                    .iter()
                    .find(|model| model.voices.as_ref() == Some(&file.name))
                    .map_or_else(String::new, |model| model.name.clone()),
            })?;
        Ok(Located {
            name: file.name.clone(),
            model: self.path(&file.name)?,
            voices: self.path(&voices.name)?,
        })
    }

    /// The models that are installed with their voices, the one to prefer first.
    ///
    /// # Errors
    /// When the list of digests cannot be read.
    pub fn installed(&self) -> Result<Vec<Located>, StoreError> {
        let list = List::read(&self.root)?;
        let there = |file: &File| self.state(file, &list) == State::Installed;
        Ok(self
            .catalogue
            .files()
            .iter()
            .filter(|file| file.kind == Kind::Model && there(file))
            .filter_map(|file| {
                let voices = self.catalogue.voices_of(file).filter(|file| there(file))?;
                Some(Located {
                    name: file.name.clone(),
                    model: self.place(file),
                    voices: self.place(voices),
                })
            })
            .collect())
    }

    /// Reads files again and compares them: the one named, or all that are there.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`] for a name that is not there; files that cannot be read.
    pub fn verify(
        &self,
        name: Option<&str>,
        progress: &dyn Progress,
    ) -> Result<Vec<Verified>, StoreError> {
        let list = List::read(&self.root)?;
        let files: Vec<&File> = match name {
            Some(name) => vec![self.catalogue.get(name)?],
            None => self
                .catalogue
                .files()
                .iter()
                .filter(|file| self.place(file).is_file())
                .collect(),
        };
        files
            .into_iter()
            .map(|file| self.verified(file, &list, progress))
            .collect()
    }

    fn verified(
        &self,
        file: &File,
        list: &List,
        progress: &dyn Progress,
    ) -> Result<Verified, StoreError> {
        let path = self.place(file);
        let size = match std::fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NotInstalled {
                    name: file.name.clone(),
                    path,
                });
            }
            Err(error) => return Err(failed("read", &path)(error)),
        };
        progress.begin(&file.file, 0, Some(size));
        let (sha256, size) =
            digest::of_file(&path, &|bytes| progress.at(bytes)).map_err(failed("read", &path))?;
        let verdict = match expected(file, list) {
            None => Verdict::Unknown,
            Some((expected, _)) if expected == sha256 => Verdict::Verified { basis: basis(file) },
            Some((expected, basis)) => Verdict::Mismatch {
                basis,
                expected: expected.to_owned(),
            },
        };
        Ok(Verified {
            name: file.name.clone(),
            path,
            size,
            sha256,
            verdict,
        })
    }

    /// Holds the store: one program at a time brings files in. The system lets go when the program ends, however it ends.
    pub(crate) fn hold(&self, progress: &dyn Progress) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(&self.root).map_err(failed("create", &self.root))?;
        let path = self.root.join(LOCK);
        let lock = Opened::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed("open", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress.note("another program brings a model in; waiting for it");
                lock.lock().map_err(failed("lock", &path))?;
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
        }
        Ok(lock)
    }
}
