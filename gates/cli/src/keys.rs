//! Keys: the ones a project trusts, the one a person signs with, and the passphrase between.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use caws_attest::keys::{Zeroizing, is_encrypted};
use caws_attest::{Keyring, PublicKey, SecretKey};
use caws_runner::Host;

use crate::error::CliError;
use crate::output::note;

/// Where a project keeps the public keys it trusts.
pub(crate) const TRUSTED: &str = ".caws/keys";

/// Where a project keeps what was said of its keys: validity, rotation, revocation.
pub(crate) const RECORDS: &str = ".caws/keys/records.jsonl";

/// The passphrase of the key to sign with.
pub(crate) const PASSPHRASE: &str = "CAWS_KEY_PASSPHRASE";
/// That of a key which is to follow it: the two have different lives.
pub(crate) const NEW_PASSPHRASE: &str = "CAWS_NEW_KEY_PASSPHRASE";

/// A public key and the file it came from.
#[derive(Debug)]
pub(crate) struct Trusted {
    pub(crate) path: PathBuf,
    pub(crate) key: PublicKey,
}

/// The keys named, else those of the project in the order of their names.
///
/// # Errors
/// When a file is no public key.
pub(crate) fn trusted(named: &[PathBuf]) -> Result<Vec<Trusted>, CliError> {
    let paths = if named.is_empty() {
        project_keys()?
    } else {
        named.to_vec()
    };
    paths
        .into_iter()
        .map(|path| read_public(&path).map(|key| Trusted { path, key }))
        .collect()
}

/// `.caws/keys/*.pub`, sorted.
fn project_keys() -> Result<Vec<PathBuf>, CliError> {
    let dir = Path::new(TRUSTED);
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CliError::file("read", dir)(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(CliError::file("read", dir))?.path();
        if path.extension().is_some_and(|extension| extension == "pub") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What was said of keys: the file that was named, else that of the project in `own`, where its own keys
/// are trusted.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn records(
    named: Option<&Path>,
    own: Option<&Path>,
) -> Result<Option<Vec<u8>>, CliError> {
    let own = own
        .map(|root| root.join(RECORDS))
        .filter(|path| path.is_file());
    let Some(path) = named.map(Path::to_owned).or(own) else {
        return Ok(None);
    };
    let records = std::fs::read(&path).map_err(CliError::file("read", &path))?;
    Ok(Some(records))
}

/// Trusted keys and what records say of them; one that says nothing that counts is named.
///
/// # Errors
/// When the records cannot be read.
pub(crate) fn ring(trusted: &[PublicKey], records: &[u8]) -> Result<Keyring, CliError> {
    let ring = Keyring::read(trusted, records).map_err(|error| {
        CliError::usage(error.to_string(), "docs/keys.md shows what key records say")
    })?;
    for ignored in ring.ignored() {
        let (number, why) = (ignored.index + 1, &ignored.why);
        note(&format!(
            "warning: key record {number} changes nothing: {why}"
        ));
    }
    Ok(ring)
}

pub(crate) fn read_public(path: &Path) -> Result<PublicKey, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::file("read", path))?;
    PublicKey::from_pem(&text).map_err(|error| {
        CliError::usage(
            format!("{} is no public key: {error}", path.display()),
            "name a PEM file with a P-256 or Ed25519 public key",
        )
    })
}

/// The user's own private key file, for reading and for `keys new`.
pub(crate) fn own(host: &Host) -> Option<PathBuf> {
    caws_runner::seal::default_key(host)
}

/// The key to sign with: `CAWS_SIGNING_KEY` (PEM text or a file), else the user's own.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn signing(host: &Host) -> Result<SecretKey, CliError> {
    let (name, pem) = match &host.signing_key {
        Some(text) if text.contains("-----BEGIN") => {
            ("CAWS_SIGNING_KEY".to_owned(), Zeroizing::new(text.clone()))
        }
        Some(path) => read_secret(Path::new(path))?,
        None => match own(host).filter(|path| path.is_file()) {
            Some(path) => read_secret(&path)?,
            None => {
                return Err(CliError::usage(
                    "there is no key to sign with",
                    "make one with `caws provenance keys new`, or set CAWS_SIGNING_KEY",
                ));
            }
        },
    };
    let passphrase = match &host.passphrase {
        Some(passphrase) => Some(Zeroizing::new(passphrase.clone())),
        None if is_encrypted(&pem) => Some(ask(&format!("Passphrase of {name}: "), PASSPHRASE)?),
        None => None,
    };
    SecretKey::from_pem(&pem, passphrase.as_ref().map(|text| text.as_bytes())).map_err(|error| {
        CliError::usage(
            format!("{name} cannot be used: {error}"),
            "check the key and CAWS_KEY_PASSPHRASE",
        )
    })
}

/// As [`signing`]; `None` where there is no key at all.
pub(crate) fn signing_if_any(host: &Host) -> Result<Option<SecretKey>, CliError> {
    if host.signing_key.is_none() && !own(host).is_some_and(|path| path.is_file()) {
        return Ok(None);
    }
    signing(host).map(Some)
}

/// Asks for the passphrase of the key a run will be signed with, before the run takes its time: only
/// where there is somebody to ask. No answer leaves the run unsigned.
pub(crate) fn unlock(host: &mut Host) -> Result<(), CliError> {
    let Some(path) = own(host).filter(|path| path.is_file()) else {
        return Ok(());
    };
    if host.passphrase.is_some() || host.signing_key.is_some() || !std::io::stdin().is_terminal() {
        return Ok(());
    }
    let (name, pem) = read_secret(&path)?;
    if is_encrypted(&pem) {
        let prompt = format!("Passphrase of {name} (empty: leave the run unsigned): ");
        let answer = ask(&prompt, PASSPHRASE)?;
        host.passphrase = Some(answer.as_str().to_owned()).filter(|answer| !answer.is_empty());
    }
    Ok(())
}

fn read_secret(path: &Path) -> Result<(String, Zeroizing<String>), CliError> {
    let pem = std::fs::read_to_string(path).map_err(CliError::file("read", path))?;
    Ok((path.display().to_string(), Zeroizing::new(pem)))
}

/// A passphrase for a new key: the one of the environment, else asked for twice.
///
/// # Errors
/// When there is nobody to ask, or what is typed is empty or not the same twice.
pub(crate) fn new_passphrase(
    given: Option<&String>,
    variable: &str,
) -> Result<Zeroizing<String>, CliError> {
    if let Some(passphrase) = given {
        return Ok(Zeroizing::new(passphrase.clone()));
    }
    let first = ask("Passphrase for the new key: ", variable)?;
    if first.is_empty() {
        return Err(CliError::usage(
            "the passphrase is empty",
            "choose one, or say --no-passphrase",
        ));
    }
    let second = ask("The same again: ", variable)?;
    if first == second {
        Ok(first)
    } else {
        Err(CliError::usage("the two passphrases differ", "try again"))
    }
}

fn ask(prompt: &str, variable: &str) -> Result<Zeroizing<String>, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::usage(
            "a passphrase is needed and there is no terminal to ask on",
            format!("set {variable}"),
        ));
    }
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(CliError::file("read", Path::new("the passphrase")))
}
