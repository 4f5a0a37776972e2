//! A published file comes into the store: fetched or copied into a part, read back, compared, noted, renamed. In this order, so that a file
//! under its final name is always one that was compared, whenever the program is killed.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Progress;
use crate::catalogue::File;
use crate::digest::{self, Basis};
use crate::error::{StoreError, failed};
use crate::fetch::{self, Part, Patience};
use crate::known::{Known, List, sync_folder};
use crate::local;
use crate::store::{State, Store};

/// Says whether a file is what it is called: what is wrong with it, in words.
pub type Check<'a> = &'a dyn Fn(&File, &Path) -> Result<(), String>;

/// How files come in.
pub struct Request<'a> {
    /// Ask here instead of at the publishers': the files lie under this URL by their names in the store.
    pub mirror: Option<String>,
    /// Take them from this file or folder.
    pub from: Option<PathBuf>,
    /// Let a file replace the digest that an earlier one of its name had. Never one its publisher states.
    pub accept_changed: bool,
    /// Looks at a file before it is kept.
    pub check: Check<'a>,
    /// How long to wait for servers.
    pub patience: Patience,
}

/// A file that is in the store now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Its name in the catalogue.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: String,
    /// What that was compared with; none when it was seen for the first time.
    pub compared: Option<Basis>,
    /// Where it came from; none when it was there.
    pub from: Option<String>,
}

impl Store {
    /// Brings a file in, and with a model the voices that go with it; what is there already stays as it is. Waits while another program
    /// brings something in.
    ///
    /// # Errors
    /// When a file cannot be had or is not what it should be. It is not kept then; files that came in before it are.
    pub fn pull(
        &self,
        name: &str,
        request: &Request<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<Pulled>, StoreError> {
        let wanted = self.catalogue().get(name)?;
        let voices = self.catalogue().voices_of(wanted);
        let _held = self.hold(progress)?;
        let mut pulled = vec![self.pull_one(wanted, request.from.as_deref(), request, progress)?];
        if let Some(voices) = voices {
            // Who offers a model's file offers the folder it lies in.
            let from = request.from.as_deref().map(|from| {
                if from.is_dir() {
                    from
                } else {
                    from.parent().unwrap_or(Path::new(""))
                }
            });
            pulled.push(self.pull_one(voices, from, request, progress)?);
        }
        Ok(pulled)
    }

    fn pull_one(
        &self,
        file: &File,
        from: Option<&Path>,
        request: &Request<'_>,
        progress: &dyn Progress,
    ) -> Result<Pulled, StoreError> {
        let mut list = List::read(self.root())?;
        if let (State::Installed, Some(known)) = (self.state(file, &list), list.get(&file.file)) {
            return Ok(Pulled {
                name: file.name.clone(),
                path: self.place(file),
                size: known.size,
                sha256: known.sha256.clone(),
                compared: Some(basis(file)),
                from: None,
            });
        }
        let part = Part::of(self.root(), &file.file);
        let source = match from {
            Some(from) => {
                let from = local::offered(
                    file,
                    if from.as_os_str().is_empty() {
                        Path::new(".")
                    } else {
                        from
                    },
                )?;
                local::copy(&from, &file.file, &part, progress)?;
                from.display().to_string()
            }
            None => fetched(file, &part, request, progress)?,
        };
        let known = match self.compared(file, &part, &source, &list, request, progress) {
            Ok(known) => known,
            Err(error) => {
                part.remove()?;
                return Err(error);
            }
        };
        let expected = expected(file, &list);
        let compared = expected
            .filter(|(sha256, _)| *sha256 == known.sha256)
            .map(|(_, basis)| basis);
        if compared.is_none() || list.get(&file.file).is_none() {
            list.set(self.root(), &file.file, known.clone())?;
        }
        let path = self.place(file);
        std::fs::rename(&part.path, &path).map_err(failed("write", &path))?;
        sync_folder(self.root());
        part.forget_note();
        Ok(Pulled {
            name: file.name.clone(),
            path,
            size: known.size,
            sha256: known.sha256,
            compared,
            from: Some(source),
        })
    }

    /// Reads a part back, and compares it with all that is known of the file.
    fn compared(
        &self,
        file: &File,
        part: &Part,
        source: &str,
        list: &List,
        request: &Request<'_>,
        progress: &dyn Progress,
    ) -> Result<Known, StoreError> {
        let size = std::fs::metadata(&part.path)
            .map_err(failed("read", &part.path))?
            .len();
        progress.begin(&format!("{} (comparing)", file.file), 0, Some(size));
        let (sha256, size) = digest::of_file(&part.path, &|bytes| progress.at(bytes))
            .map_err(failed("read", &part.path))?;
        let known = expected(file, list).filter(|(expected, _)| *expected != sha256);
        if let Some((expected, basis)) = known
            && (basis == Basis::Catalogue || !request.accept_changed)
        {
            return Err(StoreError::Digest {
                file: file.file.clone(),
                from: source.to_owned(),
                expected: expected.to_owned(),
                basis,
                found: sha256,
            });
        }
        if expected(file, list).is_none_or(|(expected, _)| expected != sha256)
            && !file.may_have(size)
        {
            return Err(StoreError::Size {
                file: file.file.clone(),
                from: source.to_owned(),
                expected: file.size_about,
                found: size,
            });
        }
        (request.check)(file, &part.path).map_err(|reason| StoreError::NotThat {
            file: file.file.clone(),
            from: source.to_owned(),
            reason,
        })?;
        Ok(Known {
            sha256,
            size,
            source: source.to_owned(),
            first_seen: now(),
        })
    }
}

/// Fetches from the mirror, or from the first publisher that has it; says where it came from.
fn fetched(
    file: &File,
    part: &Part,
    request: &Request<'_>,
    progress: &dyn Progress,
) -> Result<String, StoreError> {
    let sources = match &request.mirror {
        Some(mirror) => vec![format!("{}/{}", mirror.trim_end_matches('/'), file.file)],
        None => file.sources.clone(),
    };
    let mut last = StoreError::Catalogue(format!("`{}` has no source", file.name));
    for url in sources {
        match fetch::fetch(&url, &file.file, part, &request.patience, progress) {
            Ok(()) => return Ok(url),
            Err(error @ (StoreError::Network { .. } | StoreError::Refused { .. })) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// What a file's digest must be, if that is known.
pub(crate) fn expected<'a>(file: &'a File, list: &'a List) -> Option<(&'a str, Basis)> {
    match &file.sha256 {
        Some(sha256) => Some((sha256, Basis::Catalogue)),
        None => Some((&list.get(&file.file)?.sha256, Basis::FirstUse)),
    }
}

/// What a file in the store is compared with.
pub(crate) fn basis(file: &File) -> Basis {
    match file.sha256 {
        Some(_) => Basis::Catalogue,
        None => Basis::FirstUse,
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
