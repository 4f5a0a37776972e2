//! Who signs an attestation: a key, or with `--keyless` whoever an identity token is for.

use caws_attest::{SecretKey, Statement, sign_statement};
use caws_runner::Host;

use super::{By, Signed};
use crate::args::Signing;
use crate::error::CliError;
use crate::keys;
use crate::output::Output;

/// Who signs.
pub(in crate::commands) enum Signer {
    Key(SecretKey),
    #[cfg(feature = "keyless")]
    Keyless {
        source: caws_runner::keyless::Source,
        services: caws_runner::keyless::Remote,
    },
}

impl Signer {
    /// The one asked for. What can be known before there is anything to sign is known here.
    pub(in crate::commands) fn of(args: &Signing, output: &Output) -> Result<Self, CliError> {
        if args.keyless {
            return keyless(args, output);
        }
        keys::signing(&Host::current()).map(Self::Key)
    }

    /// The caller's own key, where one signs.
    pub(in crate::commands) fn key(&self) -> Option<&SecretKey> {
        match self {
            Self::Key(key) => Some(key),
            #[cfg(feature = "keyless")]
            Self::Keyless { .. } => None,
        }
    }

    pub(super) fn sign(self, statement: &Statement) -> Result<Signed, CliError> {
        match self {
            Self::Key(key) => with_key(statement, &key),
            #[cfg(feature = "keyless")]
            Self::Keyless { source, services } => without_key(statement, source, services),
        }
    }
}

fn with_key(statement: &Statement, key: &SecretKey) -> Result<Signed, CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Internal(error.to_string());
    let bundle = sign_statement(statement, key).map_err(|error| failed(&error))?;
    let public = key.public().map_err(|error| failed(&error))?;
    Ok(Signed {
        bytes: bundle.to_canonical_bytes()?,
        by: By::Key {
            fingerprint: public.fingerprint(),
        },
    })
}

#[cfg(not(feature = "keyless"))]
fn keyless(_args: &Signing, _output: &Output) -> Result<Signer, CliError> {
    Err(CliError::usage(
        "this caws was built without keyless signing",
        "build it with the feature: cargo build --release --package caws --features keyless",
    ))
}

#[cfg(feature = "keyless")]
fn keyless(args: &Signing, output: &Output) -> Result<Signer, CliError> {
    use caws_runner::keyless::{DEADLINE, FULCIO, REKOR, Remote, Source};

    if output.offline {
        return Err(CliError::usage(
            "--keyless asks a certificate authority and a log, and --offline forbids the network",
            "run it without --offline, or sign with a key",
        ));
    }
    let fulcio = args.fulcio_url.as_deref().unwrap_or(FULCIO);
    let rekor = args.rekor_url.as_deref().unwrap_or(REKOR);
    Ok(Signer::Keyless {
        services: Remote::new(fulcio, rekor, DEADLINE).map_err(refused)?,
        source: Source::of(&Host::current()).map_err(refused)?,
    })
}

#[cfg(feature = "keyless")]
fn refused(error: impl std::fmt::Display) -> CliError {
    CliError::usage(
        error.to_string(),
        "docs/keys.md says what keyless signing needs; nothing was written",
    )
}

#[cfg(feature = "keyless")]
fn without_key(
    statement: &Statement,
    source: caws_runner::keyless::Source,
    mut services: caws_runner::keyless::Remote,
) -> Result<Signed, CliError> {
    use caws_attest::SystemRng;
    use caws_attest::sigstore::keyless::sign;
    use caws_runner::keyless::DEADLINE;

    let token = source.token(DEADLINE).map_err(refused)?;
    let now = jiff::Timestamp::now();
    let signed = sign(statement, &token, &mut services, &mut SystemRng, now).map_err(refused)?;
    Ok(Signed {
        bytes: signed.bundle,
        by: By::Certificate {
            names: signed.certificate.names().to_vec(),
            issuer: signed.certificate.issuer().map(str::to_owned),
            log_index: signed.log_index,
            logged: signed.logged.to_string(),
        },
    })
}
