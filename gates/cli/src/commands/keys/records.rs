//! The file of key records: read whole, and replaced by one that has a record more.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use caws_attest::keyring::RecordError;
use caws_attest::{Envelope, Keyring, PublicKey};

use crate::error::CliError;

/// The records there are, and the lock that keeps others from adding to them.
pub(super) struct Records {
    path: PathBuf,
    bytes: Vec<u8>,
    lock: Option<File>,
}

impl Records {
    /// What a file says; a file that is not there says nothing.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(CliError::file("read", path)(error)),
        };
        Ok(Self {
            path: path.to_owned(),
            bytes,
            lock: None,
        })
    }

    /// As [`Records::read`], to add to them: whoever else wants to waits until this is dropped.
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(CliError::file("create", parent))?;
        // The folder: the file itself is another one after each record.
        let lock = File::open(parent).map_err(CliError::file("open", parent))?;
        lock.lock().map_err(CliError::file("lock", parent))?;
        Ok(Self {
            lock: Some(lock),
            ..Self::read(path)?
        })
    }

    /// What the records make of these keys.
    pub(super) fn ring(&self, roots: &[PublicKey]) -> Result<Keyring, CliError> {
        self.read_ring(roots, &self.bytes)
    }

    /// What they would make of them with a record more, and its index; refuses one that says nothing that counts.
    pub(super) fn ring_with(
        &self,
        roots: &[PublicKey],
        record: &Envelope,
    ) -> Result<(Keyring, usize), CliError> {
        let ring = self.read_ring(roots, &self.with(record)?)?;
        let index = ring.records().iter().map(|told| told.index);
        let ignored = ring.ignored().iter().map(|ignored| ignored.index);
        let last = index.chain(ignored).max().unwrap_or_default();
        match ring.ignored().iter().find(|ignored| ignored.index == last) {
            Some(ignored) => Err(CliError::usage(
                match &ignored.why {
                    RecordError::Verify(_) => {
                        "the key you sign with is none of .caws/keys or the records: it has no say here".to_owned()
                    }
                    why => format!("the record would change nothing: {why}"),
                },
                help(&ignored.why),
            )),
            None => Ok((ring, last)),
        }
    }

    /// Adds a record: a reader, and a crash, finds the old file or the new one.
    pub(super) fn add(&self, record: &Envelope) -> Result<(), CliError> {
        debug_assert!(self.lock.is_some());
        let parent = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let bytes = self.with(record)?;
        let replace = || -> std::io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(".writing-")
                .tempfile_in(parent)?;
            file.write_all(&bytes)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                // Temporary files are private; records are for everybody.
                let mode = std::fs::Permissions::from_mode(0o644);
                file.as_file().set_permissions(mode)?;
            }
            file.as_file().sync_all()?;
            file.persist(&self.path).map_err(|error| error.error)?;
            File::open(parent)?.sync_all()
        };
        replace().map_err(CliError::file("write", &self.path))
    }

    fn with(&self, record: &Envelope) -> Result<Vec<u8>, CliError> {
        let mut bytes = self.bytes.clone();
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes.extend(record.to_json()?);
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn read_ring(&self, roots: &[PublicKey], bytes: &[u8]) -> Result<Keyring, CliError> {
        Keyring::read(roots, bytes).map_err(|error| {
            CliError::usage(
                format!("{}: {error}", self.path.display()),
                "docs/keys.md says what key records are; get the file again from where it was made",
            )
        })
    }
}

fn help(why: &RecordError) -> &'static str {
    match why {
        RecordError::NotItsBusiness { .. } | RecordError::Verify(_) => {
            "sign with the key itself, one that follows it, or one of .caws/keys: CAWS_SIGNING_KEY"
        }
        _ => "`caws explain key-record-ignored` says which records count",
    }
}
