//! `caws ledger`: the transparency log of what was attested.

mod append;
mod check;
mod export;
mod prove;
mod query;
mod show;
mod sync;

use std::path::Path;

use caws_attest::keyring::Reason;
use caws_attest::{Keyring, PublicKey};
use caws_ledger::files::Disk;
use caws_ledger::{Reader, Trust};
use caws_runner::ledger::{self, LedgerError};
use caws_runner::{ExitCode, Host};

use crate::args::{Ledger, Log};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, note};

pub(crate) fn run(command: &Ledger, output: &Output) -> Result<ExitCode, CliError> {
    match command {
        Ledger::Show(args) => show::run(args, output),
        Ledger::Append(args) => append::run(args, output),
        Ledger::Check(args) => check::run(args, output),
        Ledger::Prove(args) => prove::run(args, output),
        Ledger::Export(args) => export::run(args, output),
        Ledger::Sync(args) => sync::run(args, output),
        Ledger::Query(args) => query::run(args, output),
    }
}

/// Whom to believe about the log that is there.
fn trust(args: &Log) -> Result<Trust, CliError> {
    trust_in(args, &counting(&ring(args)?))
}

fn trust_in(args: &Log, keys: &[PublicKey]) -> Result<Trust, CliError> {
    let found = ledger::origin(&args.ledger)?;
    let Some(found) = found else {
        return Err(CliError::usage(
            format!("there is no ledger in {}", args.ledger.display()),
            "`caws gates` with a signing key, `caws ledger append` or `caws ledger sync` begins one; --ledger DIR names another",
        ));
    };
    let origin = args.origin.as_deref().unwrap_or(&found);
    Ok(ledger::trust(origin, keys)?)
}

/// The keys named, else the project's, and what records say of them.
fn ring(args: &Log) -> Result<Keyring, CliError> {
    let trusted = keys::trusted(&args.keys)?;
    let trusted: Vec<PublicKey> = trusted.into_iter().map(|trusted| trusted.key).collect();
    let own = Some(Path::new("")).filter(|_| args.keys.is_empty());
    let records = keys::records(args.key_records.as_deref(), own)?;
    keys::ring(&trusted, &records.unwrap_or_default())
}

/// The keys that count of some time at least: a log was signed at many. Those that somebody else may have
/// are named.
fn counting(ring: &Keyring) -> Vec<PublicKey> {
    let now = jiff::Timestamp::now();
    for key in ring.keys() {
        let fingerprint = key.fingerprint();
        if let Some((since, Reason::Compromised)) = ring.revocation(&fingerprint)
            && since <= now
        {
            note(&format!(
                "warning: key {fingerprint} was given up as compromised since {since}, and is not believed"
            ));
        }
    }
    ring.counting(now)
}

/// The sealed state of the log.
fn reader(args: &Log) -> Result<Reader<Disk>, CliError> {
    let trust = trust(args)?;
    let reader = Reader::open(Disk::at(&args.ledger), &trust).map_err(LedgerError::from)?;
    Ok(reader)
}

/// The log, to be written, and whose signatures may enter it.
struct Writable {
    host: Host,
    log: ledger::Log,
    signers: Vec<PublicKey>,
}

fn writable(args: &Log) -> Result<Writable, CliError> {
    let host = Host::current();
    let signing = if ledger::has_own_key(&host) && host.signing_key.is_none() {
        None
    } else {
        keys::signing_if_any(&host)?
    };
    let key = ledger::key(&host, signing.as_ref())?;
    let mut signers = counting(&ring(args)?);
    let origin = match (args.origin.clone(), ledger::origin(&args.ledger)?) {
        (Some(origin), _) | (None, Some(origin)) => origin,
        (None, None) => ledger::default_origin(&super::open()?.spec.id),
    };
    let log = ledger::Log::new(&args.ledger, &origin, &key, &signers)?;
    // What this machine signs itself is believed here.
    for own in signing.iter().chain([&key]) {
        signers.push(
            own.public()
                .map_err(|error| CliError::Internal(error.to_string()))?,
        );
    }
    Ok(Writable { host, log, signers })
}

/// The repository whose remotes the log may follow.
fn repository() -> &'static Path {
    Path::new(".")
}

/// Says what a writer found broken off and mended.
fn mended<R: std::fmt::Display>(repairs: &[R]) {
    for repair in repairs {
        note(&format!("ledger: mended {repair}"));
    }
}
