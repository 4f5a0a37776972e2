//! `caws provenance keys new`: a key pair, and where its time is limited a record that says so.

use std::path::Path;

use caws_attest::keyring::issue;
use caws_report::json;
use caws_runner::{ExitCode, Host};
use serde::Serialize;

use super::make::{self, Pair};
use super::records::Records;
use super::{now, word};
use crate::args::{Format, NewKey};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, note, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    private_key: &'a Path,
    encrypted: bool,
    public_key: &'a Path,
    algorithm: &'static str,
    fingerprint: String,
}

pub(super) fn run(args: &NewKey, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("provenance keys new"));
    }
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
    let public = make::places(&private, &args.name)?;
    let passphrase = if args.no_passphrase {
        None
    } else {
        let given = host.passphrase.as_ref();
        Some(keys::new_passphrase(given, keys::PASSPHRASE)?)
    };
    let pair = make::pair(args.algorithm, passphrase.as_ref(), private, public)?;
    if args.not_before.is_some() || args.not_after.is_some() {
        let issued = now();
        let from = args.not_before.unwrap_or(issued);
        let record = issue(&pair.secret, issued, from, args.not_after).map_err(|error| {
            CliError::usage(
                error.to_string(),
                "--not-after has to be after --not-before",
            )
        })?;
        let records = Records::open(&args.records.file)?;
        records.ring_with(std::slice::from_ref(&pair.public), &record)?;
        pair.write(|| records.add(&record))?;
    } else {
        pair.write(|| Ok(()))?;
    }
    open_key(&pair, args.no_passphrase);
    print(&created(&pair, args.no_passphrase, output)?)?;
    Ok(ExitCode::Pass)
}

/// Says so where a private key is not encrypted.
pub(super) fn open_key(pair: &Pair, open: bool) {
    if open {
        note(&format!(
            "note: {} is not encrypted; whoever reads it can sign",
            pair.private_path.display()
        ));
    }
}

fn created(pair: &Pair, open: bool, output: &Output) -> Result<String, CliError> {
    let fingerprint = pair.public.fingerprint();
    match output.format {
        Format::Json => Ok(json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "key",
            private_key: &pair.private_path,
            encrypted: !open,
            public_key: &pair.public_path,
            algorithm: word(pair.public.algorithm()),
            fingerprint,
        })?),
        _ => Ok(format!(
            "private key  {}\npublic key   {}\nfingerprint  {fingerprint}\n\nCommit the public key; keep the private one to yourself.\n",
            pair.private_path.display(),
            pair.public_path.display(),
        )),
    }
}
