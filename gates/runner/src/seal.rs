//! Signs a finished record when there is a key, and says so when there is none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_attest::keys::is_encrypted;
use caws_attest::{SecretKey, seal};
use caws_evidence::Manifest;
use caws_evidence::manifest::layout;

use crate::error::RunError;
use crate::host::Host;
use crate::record;

/// Name of the user's own key in [`Host::keys`].
pub const DEFAULT_KEY: &str = "default.pem";

/// Whether a record is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// By the key with this fingerprint.
    Signed {
        /// SHA-256 of the public key, as `caws provenance keys list` prints it.
        fingerprint: String,
    },
    /// Not at all.
    Unsigned {
        /// Why, and what to do.
        why: String,
    },
}

/// Where the user's own key lies.
#[must_use]
pub fn default_key(host: &Host) -> Option<PathBuf> {
    host.keys.as_ref().map(|dir| dir.join(DEFAULT_KEY))
}

/// A key to sign with, or why there is none.
pub(crate) enum Signer {
    Key(Box<SecretKey>),
    None(String),
}

/// Reads the key: `CAWS_SIGNING_KEY` as PEM text or file, else the user's own.
///
/// # Errors
/// When a key that was named cannot be used: signing with another one, or not at all, would be a
/// surprise.
pub(crate) fn signer(host: &Host) -> Result<Signer, RunError> {
    let passphrase = host.passphrase.as_deref().map(str::as_bytes);
    if let Some(named) = &host.signing_key {
        let pem = if named.contains("-----BEGIN") {
            named.clone()
        } else {
            std::fs::read_to_string(named).map_err(|error| {
                RunError::Key(format!(
                    "CAWS_SIGNING_KEY names {named}, which cannot be read: {error}"
                ))
            })?
        };
        let key = SecretKey::from_pem(&pem, passphrase)
            .map_err(|error| RunError::Key(format!("CAWS_SIGNING_KEY: {error}")))?;
        return Ok(Signer::Key(Box::new(key)));
    }
    let Some(path) = default_key(host).filter(|path| path.is_file()) else {
        return Ok(Signer::None(
            "there is no key; `cargo caws provenance keys new` makes one".to_owned(),
        ));
    };
    let pem = std::fs::read_to_string(&path).map_err(RunError::file("read", &path))?;
    if is_encrypted(&pem) && passphrase.is_none() {
        let why = format!(
            "the key {} is encrypted; set CAWS_KEY_PASSPHRASE to sign with it",
            path.display()
        );
        return Ok(Signer::None(why));
    }
    SecretKey::from_pem(&pem, passphrase)
        .map(|key| Signer::Key(Box::new(key)))
        .map_err(|error| RunError::Key(format!("{}: {error}", path.display())))
}

/// Signs the record under `artifacts`; without a key it takes older signatures away, which would
/// speak of another record.
pub(crate) fn apply(
    artifacts: &Path,
    manifest: &Manifest,
    signer: &Signer,
) -> Result<Seal, RunError> {
    match signer {
        Signer::Key(key) => {
            let mut files = BTreeMap::new();
            let covered = manifest.caws.files.iter().map(|file| file.path.as_str());
            for path in covered.chain([layout::MANIFEST]) {
                let at = artifacts.join(path);
                files.insert(
                    path.to_owned(),
                    std::fs::read(&at).map_err(RunError::file("read", &at))?,
                );
            }
            let bundles = seal(&files, key).map_err(|error| RunError::Key(error.to_string()))?;
            for (path, bytes) in bundles {
                record::keep(&artifacts.join(path), &bytes)?;
            }
            let public = key
                .public()
                .map_err(|error| RunError::Key(error.to_string()))?;
            Ok(Seal::Signed {
                fingerprint: public.fingerprint(),
            })
        }
        Signer::None(why) => {
            let _ = std::fs::remove_file(artifacts.join(layout::MANIFEST_BUNDLE));
            for gate in &manifest.caws.gates {
                let dir = artifacts.join(layout::EVIDENCE_DIR).join(&gate.gate);
                let _ = std::fs::remove_file(dir.join(layout::EVIDENCE_BUNDLE));
            }
            Ok(Seal::Unsigned { why: why.clone() })
        }
    }
}

#[cfg(test)]
mod tests;
