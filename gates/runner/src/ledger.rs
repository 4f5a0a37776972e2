//! The project's transparency log: who signs its checkpoints, what is appended, and where it is shared.
//!
//! The log itself is `caws-ledger`, which starts no process; here it meets the key of this machine and
//! the program `git`.

mod error;
mod git;
mod s3;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_attest::keys::is_encrypted;
use caws_attest::{Algorithm, PublicKey, SecretKey};
use caws_ledger::files::{Disk, Files as _};
use caws_ledger::note::SignatureKind;
use caws_ledger::remote::directory::Directory;
use caws_ledger::remote::git::GitRemote;
use caws_ledger::remote::objects::ObjectRemote;
use caws_ledger::remote::{Place, Synced, followed, sync};
use caws_ledger::store::{CHECKPOINT, JOURNAL, Repair, enqueue};
use caws_ledger::{
    Checkpoint, Hash, Note, NoteSigner, Reader, TlogProof, Trust, Writer, leaf_hash,
};

use crate::host::Host;

pub use error::LedgerError;
pub use git::Program;
pub use s3::Bucket;

/// Where the log of a project lies, in its artifacts directory.
pub const DIRECTORY: &str = "ledger";
/// Name of the user's own key for checkpoints in [`Host::keys`].
pub const DEFAULT_KEY: &str = "ledger.pem";
/// How long another process that writes is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// The origin of a project's log that nobody gave a name: its working spec's id.
#[must_use]
pub fn default_origin(spec_id: &str) -> String {
    format!("caws/{spec_id}")
}

/// The key that signs checkpoints: `CAWS_LEDGER_KEY` as PEM text or file, else `ledger.pem` beside the
/// user's own key, else the signing key where it is an Ed25519 key.
///
/// # Errors
/// When there is none, or the one that was named cannot be used.
pub fn key(host: &Host, signing: Option<&SecretKey>) -> Result<SecretKey, LedgerError> {
    let passphrase = host.passphrase.as_deref().map(str::as_bytes);
    let own = host.keys.as_ref().map(|dir| dir.join(DEFAULT_KEY));
    let (name, pem) = match (&host.ledger_key, own.filter(|path| path.is_file())) {
        (Some(text), _) if text.contains("-----BEGIN") => {
            ("CAWS_LEDGER_KEY".to_owned(), text.clone())
        }
        (Some(path), _) => read(Path::new(path))?,
        (None, Some(path)) => read(&path)?,
        (None, None) => {
            return match signing.map(|key| (key, key.algorithm())) {
                Some((key, Algorithm::Ed25519)) => Ok(key.clone()),
                Some((_, other)) => Err(LedgerError::NoKey(format!(
                    "checkpoints are signed with Ed25519, and the signing key is {other}"
                ))),
                None => Err(LedgerError::NoKey("there is none".to_owned())),
            };
        }
    };
    if is_encrypted(&pem) && passphrase.is_none() {
        return Err(LedgerError::NoKey(format!(
            "{name} is encrypted, and CAWS_KEY_PASSPHRASE is not set"
        )));
    }
    let key = SecretKey::from_pem(&pem, passphrase)
        .map_err(|error| LedgerError::Key(format!("{name}: {error}")))?;
    match key.algorithm() {
        Algorithm::Ed25519 => Ok(key),
        other => Err(LedgerError::Key(format!(
            "{name}: expected an Ed25519 key, found {other}"
        ))),
    }
}

/// Whether there is a key for checkpoints beside the one that signs.
#[must_use]
pub fn has_own_key(host: &Host) -> bool {
    let own = host.keys.as_ref().map(|dir| dir.join(DEFAULT_KEY));
    host.ledger_key.is_some() || own.is_some_and(|path| path.is_file())
}

fn read(path: &Path) -> Result<(String, String), LedgerError> {
    let name = path.display().to_string();
    let pem = std::fs::read_to_string(path)
        .map_err(|error| LedgerError::Key(format!("{name} cannot be read: {error}")))?;
    Ok((name, pem))
}

/// The origin of the log in `directory`: the first line of its last checkpoint; `None` where there is
/// no log yet. Whether that checkpoint is to be believed is not asked here.
///
/// # Errors
/// When the files cannot be read.
pub fn origin(directory: &Path) -> Result<Option<String>, LedgerError> {
    let disk = Disk::at(directory);
    let read = |path: &str| {
        disk.read(path).map_err(|error| LedgerError::File {
            path: directory.join(path),
            error,
        })
    };
    if let Some(note) = read(CHECKPOINT)? {
        return Ok(origin_of(&note));
    }
    let journal = read(JOURNAL)?.unwrap_or_default();
    let journal = caws_ledger::journal::Journal::read(&journal);
    Ok(journal
        .records
        .last()
        .and_then(|record| origin_of(&record.checkpoint)))
}

fn origin_of(note: &[u8]) -> Option<String> {
    let note = Note::parse(note).ok()?;
    Checkpoint::parse_text(&note.text).ok().map(|c| c.origin)
}

/// Trust in the Ed25519 keys among `keys`, as keys of the log `origin`.
///
/// # Errors
/// When none of them is one, or the origin cannot be the name of a key.
pub fn trust(origin: &str, keys: &[PublicKey]) -> Result<Trust, LedgerError> {
    let trust = Trust::of_keys(origin, keys);
    let trust = trust.map_err(|error| LedgerError::Origin(error.to_string()))?;
    if trust.keys.is_empty() {
        return Err(LedgerError::Untrusted);
    }
    Ok(trust)
}

/// The public keys a project trusts, `.caws/keys/*.pub`.
///
/// # Errors
/// Which file is none, and why.
pub fn trusted(root: &Path) -> Result<Vec<PublicKey>, String> {
    let dir = root.join(".caws/keys");
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", dir.display())),
    };
    let mut keys = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| format!("{}: {error}", dir.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "pub") {
            let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let pem = std::fs::read_to_string(&path).map_err(|error| named(&error))?;
            keys.push(PublicKey::from_pem(&pem).map_err(|error| named(&error))?);
        }
    }
    Ok(keys)
}

/// Where a log is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Which remote.
    pub place: Place,
    /// The repository `git` runs in.
    pub repository: PathBuf,
    /// Whether it may be asked.
    pub offline: bool,
}

/// A log that this machine may write.
#[derive(Debug)]
pub struct Log {
    directory: PathBuf,
    signer: NoteSigner,
    trust: Trust,
}

/// What became of leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// The index of each, in the order they were given.
    pub indexes: Vec<u64>,
    /// How many of them the log had already.
    pub known: usize,
    /// What was mended first.
    pub repairs: Vec<Repair>,
}

impl Log {
    /// The log `origin` in `directory`, whose checkpoints `key` signs; those by one of `trusted` are
    /// believed as well.
    ///
    /// # Errors
    /// When the key is not Ed25519 or the origin cannot be the name of a key.
    pub fn new(
        directory: &Path,
        origin: &str,
        key: &SecretKey,
        trusted: &[PublicKey],
    ) -> Result<Self, LedgerError> {
        let signer = NoteSigner::new(origin, SignatureKind::Ed25519, key)
            .map_err(|error| LedgerError::Origin(error.to_string()))?;
        let own = signer.verifier().key();
        let others = trusted.iter().filter(|other| *other != own);
        let keys: Vec<PublicKey> = std::iter::once(own).chain(others).cloned().collect();
        Ok(Self {
            directory: directory.to_owned(),
            trust: trust(origin, &keys)?,
            signer,
        })
    }

    /// Which log it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.trust.origin
    }

    fn writer(&self) -> Result<Writer<Disk>, LedgerError> {
        Ok(Writer::open_directory(
            &self.directory,
            self.trust.clone(),
            WAIT,
        )?)
    }

    /// A reader of the sealed state.
    ///
    /// # Errors
    /// When the log is broken.
    pub fn reader(&self) -> Result<Reader<Disk>, LedgerError> {
        Ok(Reader::open(Disk::at(&self.directory), &self.trust)?)
    }

    /// Seals leaves; one that the log has keeps its place. Where the log follows a remote they are
    /// sealed there, by `shared`: without it they wait, and that is an error that says so.
    ///
    /// # Errors
    /// [`LedgerError`]; leaves that wait for a sync are kept.
    pub fn append(
        &self,
        leaves: &[Vec<u8>],
        repository: &Path,
        host: &Host,
        offline: bool,
    ) -> Result<Appended, LedgerError> {
        let mut writer = self.writer()?;
        let repairs = writer.repairs().to_vec();
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let mut places = self.places(&hashes, 0)?;
        let (mut new, mut new_hashes) = (Vec::new(), BTreeSet::new());
        for (leaf, hash) in leaves.iter().zip(&hashes) {
            if !places.contains_key(hash) && new_hashes.insert(*hash) {
                new.push((*hash, leaf));
            }
        }
        if !new.is_empty() {
            match followed(&Disk::at(&self.directory))? {
                None => {
                    let added: Vec<&Vec<u8>> = new.iter().map(|(_, leaf)| *leaf).collect();
                    let indexes = writer.append(&added, &self.signer)?;
                    // Sealed already; this makes the directory a whole C2SP log for whoever reads it.
                    writer.flush()?;
                    places.extend(new.iter().map(|(hash, _)| *hash).zip(indexes));
                }
                Some(name) => {
                    for (_, leaf) in &new {
                        enqueue(&Disk::at(&self.directory), leaf)?;
                    }
                    if offline {
                        return Err(LedgerError::Waiting {
                            leaves: new.len(),
                            remote: name,
                        });
                    }
                    let seen = writer.size();
                    self.sync_with(&mut writer, &place(&name)?, repository, host)?;
                    // Some of them may have come from the remote, sealed by another clone.
                    places.extend(self.places(&hashes, seen)?);
                }
            }
        }
        let indexes: Option<Vec<u64>> = hashes
            .iter()
            .map(|hash| places.get(hash).copied())
            .collect();
        Ok(Appended {
            indexes: indexes.ok_or(LedgerError::Lost)?,
            known: leaves.len() - new.len(),
            repairs,
        })
    }

    /// Where leaves of these hashes stand from index `from` on: the first place of each. It goes
    /// through the hashes of all leaves there, which is what not sealing a leaf twice costs.
    fn places(&self, hashes: &[Hash], from: u64) -> Result<BTreeMap<Hash, u64>, LedgerError> {
        let wanted: BTreeSet<Hash> = hashes.iter().copied().collect();
        let mut places = BTreeMap::new();
        self.reader()?.each_hash(from, |index, hash| {
            if wanted.contains(&hash) {
                places.entry(hash).or_insert(index);
            }
        })?;
        Ok(places)
    }

    /// Brings the log and a remote to one state.
    ///
    /// # Errors
    /// [`LedgerError`]; leaves that wait keep waiting.
    pub fn sync(
        &self,
        place: &Place,
        repository: &Path,
        host: &Host,
    ) -> Result<Synced, LedgerError> {
        let mut writer = self.writer()?;
        self.sync_with(&mut writer, place, repository, host)
    }

    fn sync_with(
        &self,
        writer: &mut Writer<Disk>,
        place: &Place,
        repository: &Path,
        host: &Host,
    ) -> Result<Synced, LedgerError> {
        Ok(match place {
            Place::Directory(path) => sync(writer, &mut Directory::new(path), &self.signer)?,
            Place::Git(remote) => {
                let program = Program::new(repository, host);
                sync(writer, &mut GitRemote::new(program, remote), &self.signer)?
            }
            Place::Objects(url) => {
                let bucket = Bucket::open(url, host)?;
                sync(writer, &mut ObjectRemote::new(bucket), &self.signer)?
            }
        })
    }

    /// The proof that leaf `index` stands in the log now. With `since`, the size of an earlier
    /// checkpoint, the extra bytes are the consistency proof from there to this one.
    ///
    /// # Errors
    /// When there is no such leaf, or the log is broken.
    pub fn prove(&self, index: u64, since: Option<u64>) -> Result<TlogProof, LedgerError> {
        let reader = self.reader()?;
        let mut proof = reader.prove(index)?;
        if let Some(old) = since {
            let hashes = reader.consistency(old, reader.checkpoint().size)?;
            proof.extra = Some(hashes.iter().flat_map(|hash| hash.0).collect());
        }
        Ok(proof)
    }
}

/// The remote a log says it follows.
///
/// # Errors
/// When its name is not one that caws gives.
pub fn place(name: &str) -> Result<Place, LedgerError> {
    Place::of_name(name).ok_or_else(|| LedgerError::Place(name.to_owned()))
}
