//! `caws provenance keys new|list`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caws_attest::keys::rest::Cost;
use caws_attest::{Algorithm, PublicKey, SecretKey, SystemRng};
use caws_report::json;
use caws_runner::{ExitCode, Host};
use serde::Serialize;

use crate::args::{self, Format, NewKey};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, note, print};

#[derive(Serialize)]
struct NewDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    private_key: &'a Path,
    encrypted: bool,
    public_key: &'a Path,
    algorithm: &'static str,
    fingerprint: String,
}

pub(crate) fn new(args: &NewKey, output: &Output) -> Result<ExitCode, CliError> {
    let host = Host::current();
    let private = match args.out.clone().or_else(|| keys::own(&host)) {
        Some(path) => path,
        None => {
            return Err(CliError::usage(
                "this system names no configuration directory",
                "say where with --out FILE",
            ));
        }
    };
    let public = Path::new(keys::TRUSTED).join(format!("{}.pub", args.name));
    // Both are looked at before either is written: half a key pair helps nobody.
    for path in [&private, &public] {
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
    let algorithm = match args.algorithm {
        args::Algorithm::P256 => Algorithm::EcdsaP256,
        args::Algorithm::Ed25519 => Algorithm::Ed25519,
    };
    let failed = |error: caws_attest::KeyError| CliError::Internal(error.to_string());
    let key = SecretKey::generate(algorithm, &mut SystemRng).map_err(failed)?;
    let pem = if args.no_passphrase {
        key.to_pem().map_err(failed)?
    } else {
        let passphrase = keys::new_passphrase(&host)?;
        key.to_encrypted_pem(passphrase.as_bytes(), Cost::default(), &mut SystemRng)
            .map_err(failed)?
    };
    let verifying = key.public().map_err(failed)?;
    write_new(&private, pem.as_bytes(), true)?;
    write_new(
        &public,
        verifying.to_pem().map_err(failed)?.as_bytes(),
        false,
    )?;
    if args.no_passphrase {
        note(&format!(
            "note: {} is not encrypted; whoever reads it can sign",
            private.display()
        ));
    }
    print(&created(
        &private,
        &public,
        &verifying,
        args.no_passphrase,
        output,
    )?)?;
    Ok(ExitCode::Pass)
}

fn created(
    private: &Path,
    public: &Path,
    key: &PublicKey,
    plain: bool,
    output: &Output,
) -> Result<String, CliError> {
    let fingerprint = key.fingerprint();
    match output.format {
        Format::Human => Ok(format!(
            "private key  {}\npublic key   {}\nfingerprint  {fingerprint}\n\nCommit the public key; keep the private one to yourself.\n",
            private.display(),
            public.display(),
        )),
        Format::Json => Ok(json::document(&NewDocument {
            schema_version: json::SCHEMA_VERSION,
            kind: "key",
            private_key: private,
            encrypted: !plain,
            public_key: public,
            algorithm: word(key.algorithm()),
            fingerprint,
        })?),
        Format::Sarif | Format::Junit | Format::Markdown => {
            Err(output.unsupported("provenance keys new"))
        }
    }
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
}

#[derive(Serialize)]
struct ListDocument {
    schema_version: u32,
    kind: &'static str,
    keys: Vec<KeyDocument>,
}

#[derive(Serialize)]
struct KeyDocument {
    path: PathBuf,
    algorithm: &'static str,
    fingerprint: String,
}

pub(crate) fn list(output: &Output) -> Result<ExitCode, CliError> {
    let keys: Vec<KeyDocument> = keys::trusted(&[])?
        .into_iter()
        .map(|trusted| KeyDocument {
            algorithm: word(trusted.key.algorithm()),
            fingerprint: trusted.key.fingerprint(),
            path: trusted.path,
        })
        .collect();
    let text = match output.format {
        Format::Human if keys.is_empty() => {
            format!(
                "no keys in {}; `caws provenance keys new` makes one\n",
                keys::TRUSTED
            )
        }
        Format::Human => keys
            .iter()
            .map(|key| {
                format!(
                    "{}  {:7}  {}\n",
                    key.fingerprint,
                    key.algorithm,
                    key.path.display()
                )
            })
            .collect(),
        Format::Json => json::document(&ListDocument {
            schema_version: json::SCHEMA_VERSION,
            kind: "keys",
            keys,
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("provenance keys list"));
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

fn word(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EcdsaP256 => "p256",
        Algorithm::Ed25519 => "ed25519",
    }
}
