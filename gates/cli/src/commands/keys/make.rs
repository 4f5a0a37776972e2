//! Makes a key pair in two files that were not there, or leaves neither.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caws_attest::keys::Zeroizing;
use caws_attest::keys::rest::Cost;
use caws_attest::{Algorithm, KeyError, PublicKey, SecretKey, SystemRng};

use crate::args;
use crate::error::CliError;
use crate::keys;

/// A key pair that is not written yet.
pub(super) struct Pair {
    pub(super) secret: SecretKey,
    pub(super) public: PublicKey,
    pub(super) private_path: PathBuf,
    pub(super) public_path: PathBuf,
    pem: Zeroizing<String>,
}

/// Where both halves go; neither may be there, for half a key pair helps nobody.
pub(super) fn places(private: &Path, name: &str) -> Result<PathBuf, CliError> {
    let public = Path::new(keys::TRUSTED).join(format!("{name}.pub"));
    for path in [private, &public] {
        if path.symlink_metadata().is_ok() {
            return Err(CliError::usage(
                format!(
                    "{} is there already, and a key is never overwritten",
                    path.display()
                ),
                "choose another --out FILE and --name NAME",
            ));
        }
    }
    Ok(public)
}

/// Makes a key; `None` for a passphrase leaves it open.
pub(super) fn pair(
    algorithm: args::Algorithm,
    passphrase: Option<&Zeroizing<String>>,
    private_path: PathBuf,
    public_path: PathBuf,
) -> Result<Pair, CliError> {
    let algorithm = match algorithm {
        args::Algorithm::P256 => Algorithm::EcdsaP256,
        args::Algorithm::Ed25519 => Algorithm::Ed25519,
    };
    let secret = SecretKey::generate(algorithm, &mut SystemRng).map_err(failed)?;
    let pem = match passphrase {
        None => secret.to_pem(),
        Some(passphrase) => {
            secret.to_encrypted_pem(passphrase.as_bytes(), Cost::default(), &mut SystemRng)
        }
    };
    Ok(Pair {
        public: secret.public().map_err(failed)?,
        pem: pem.map_err(failed)?,
        secret,
        private_path,
        public_path,
    })
}

impl Pair {
    /// Writes both halves, then does what makes the key of use; where any of that fails, no half stays.
    pub(super) fn write(
        &self,
        then: impl FnOnce() -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        write_new(&self.private_path, self.pem.as_bytes(), true)?;
        let rest = self
            .public
            .to_pem()
            .map_err(failed)
            .and_then(|pem| write_new(&self.public_path, pem.as_bytes(), false))
            .and_then(|()| {
                then().inspect_err(|_| {
                    let _ = std::fs::remove_file(&self.public_path);
                })
            });
        // Made just now and never used: nothing is lost with it.
        rest.inspect_err(|_| {
            let _ = std::fs::remove_file(&self.private_path);
        })
    }
}

fn failed(error: KeyError) -> CliError {
    CliError::Internal(error.to_string())
}

/// Writes a file that must not be there yet; a private one is for its owner alone from the start.
fn write_new(path: &Path, bytes: &[u8], private: bool) -> Result<(), CliError> {
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        std::fs::create_dir_all(parent).map_err(CliError::file("create", parent))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if private { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut file = options.open(path).map_err(CliError::file("create", path))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(CliError::file("write", path))
        .inspect_err(|_| {
            let _ = std::fs::remove_file(path);
        })
}
