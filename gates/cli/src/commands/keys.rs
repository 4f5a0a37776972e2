//! `caws provenance keys`: keys, and what is said of them.

mod list;
mod make;
mod new;
mod records;
mod revoke;
mod rotate;
mod show;

use caws_attest::keyring::Reason;
use caws_attest::{Algorithm, KeyStatus};
use caws_runner::ExitCode;
use jiff::{Timestamp, Unit};

use crate::args::Keys;
use crate::error::CliError;
use crate::output::Output;

pub(crate) fn run(command: &Keys, output: &Output) -> Result<ExitCode, CliError> {
    match command {
        Keys::New(args) => new::run(args, output),
        Keys::List(args) => list::run(args, output),
        Keys::Show(args) => show::run(args, output),
        Keys::Rotate(args) => rotate::run(args, output),
        Keys::Revoke(args) => revoke::run(args, output),
    }
}

fn word(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EcdsaP256 => "p256",
        Algorithm::Ed25519 => "ed25519",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Superseded => "superseded",
        Reason::Retired => "retired",
        Reason::Compromised => "compromised",
    }
}

/// What a key is worth, in words.
fn worth(status: &KeyStatus) -> String {
    match status {
        KeyStatus::Valid { not_after: None } => "valid".to_owned(),
        KeyStatus::Valid {
            not_after: Some(until),
        } => format!("valid until {until}"),
        KeyStatus::Untrusted => "untrusted".to_owned(),
        KeyStatus::NotYetValid { not_before } => format!("not valid before {not_before}"),
        KeyStatus::Expired { not_after } => format!("expired {not_after}"),
        KeyStatus::Revoked {
            since,
            reason: Reason::Compromised,
        } => format!("compromised, revoked since {since}"),
        KeyStatus::Revoked { since, reason: why } => {
            format!("revoked since {since}: {}", reason(*why))
        }
    }
}

/// The time, as records have it: runs say theirs in milliseconds, too.
fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}
