//! `caws provenance keys rotate`: a key that follows the one to sign with, and the record both sign.

use std::path::{Path, PathBuf};

use caws_attest::keyring::rotate;
use caws_attest::{KeyStatus, PublicKey, key_status};
use caws_report::json;
use caws_runner::{ExitCode, Host};
use serde::Serialize;

use super::make::{self, Pair};
use super::records::Records;
use super::{new, now, word, worth};
use crate::args::{Format, RotateKey};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    private_key: &'a Path,
    encrypted: bool,
    public_key: &'a Path,
    algorithm: &'static str,
    fingerprint: &'a str,
    previous: &'a str,
    records: &'a Path,
}

pub(super) fn run(args: &RotateKey, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("provenance keys rotate"));
    }
    let host = Host::current();
    let private = private_path(args, &host)?;
    let public = make::places(&private, &args.name)?;
    let old = keys::signing(&host)?;
    let previous = old
        .public()
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let passphrase = if args.no_passphrase {
        None
    } else {
        let given = host.new_passphrase.as_ref();
        Some(keys::new_passphrase(given, keys::NEW_PASSPHRASE)?)
    };
    let records = Records::open(&args.records.file)?;
    let pair = make::pair(args.algorithm, passphrase.as_ref(), private, public)?;
    let issued = now();
    let from = args.not_before.unwrap_or(issued);
    if let Some(end) = args.previous_not_after.filter(|end| *end <= issued) {
        return Err(CliError::usage(
            format!("the old key would have ended {end}, before it signs for the new one"),
            "give a --previous-not-after to come; `caws provenance keys revoke` ends a key at once, after the rotation",
        ));
    }
    let times = (from, args.not_after);
    let record =
        rotate(&old, &pair.secret, issued, times, args.previous_not_after).map_err(|error| {
            CliError::usage(
                error.to_string(),
                "--not-after has to be after --not-before",
            )
        })?;
    let roots = roots(&previous)?;
    let (ring, _) = records.ring_with(&roots, &record)?;
    follows(&previous, &pair, from, &ring)?;
    pair.write(|| records.add(&record))?;
    new::open_key(&pair, args.no_passphrase);
    print(&rotated(&pair, &previous, args, output)?)?;
    Ok(ExitCode::Pass)
}

fn private_path(args: &RotateKey, host: &Host) -> Result<PathBuf, CliError> {
    let beside = || Some(host.keys.as_ref()?.join(format!("{}.pem", args.name)));
    args.out.clone().or_else(beside).ok_or_else(|| {
        CliError::usage(
            "this system names no configuration directory",
            "say where with --out FILE",
        )
    })
}

/// The keys of the project, and the one that signs.
fn roots(previous: &PublicKey) -> Result<Vec<PublicKey>, CliError> {
    let mut roots: Vec<PublicKey> = keys::trusted(&[])?
        .into_iter()
        .map(|trusted| trusted.key)
        .collect();
    if !roots.contains(previous) {
        roots.push(previous.clone());
    }
    Ok(roots)
}

/// Refuses a rotation that would make nobody trust the new key.
fn follows(
    previous: &PublicKey,
    pair: &Pair,
    from: jiff::Timestamp,
    ring: &caws_attest::Keyring,
) -> Result<(), CliError> {
    let new = pair.public.fingerprint();
    let old = previous.fingerprint();
    if ring.predecessors(&new).contains(old.as_str()) && key_status(&new, from, ring).is_valid() {
        return Ok(());
    }
    let status = match ring.revocation(&old) {
        Some((since, reason)) => KeyStatus::Revoked { since, reason },
        None => key_status(&old, now(), ring),
    };
    Err(CliError::usage(
        format!("key {old} cannot vouch for another: {}", worth(&status)),
        "sign with a key that counts (CAWS_SIGNING_KEY), or make one with `caws provenance keys new` and have it trusted by itself",
    ))
}

fn rotated(
    pair: &Pair,
    previous: &PublicKey,
    args: &RotateKey,
    output: &Output,
) -> Result<String, CliError> {
    let fingerprint = pair.public.fingerprint();
    let old = previous.fingerprint();
    let records = args.records.file.as_path();
    match output.format {
        Format::Json => Ok(json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "key-rotation",
            private_key: &pair.private_path,
            encrypted: !args.no_passphrase,
            public_key: &pair.public_path,
            algorithm: word(pair.public.algorithm()),
            fingerprint: &fingerprint,
            previous: &old,
            records,
        })?),
        _ => Ok(format!(
            "private key  {}\npublic key   {}\nfingerprint  {fingerprint}\nfollows      {old}\nrecord in    {}\n\nCommit the public key and the records. To sign with the new key, set CAWS_SIGNING_KEY={}.\n",
            pair.private_path.display(),
            pair.public_path.display(),
            records.display(),
            pair.private_path.display(),
        )),
    }
}
