//! `caws provenance keys revoke`: a key is given up, from a time on and for a reason.

use std::path::Path;

use caws_attest::keyring::{Reason, revoke};
use caws_attest::{Keyring, PublicKey};
use caws_report::json;
use caws_runner::{ExitCode, Host};
use serde::Serialize;

use super::records::Records;
use super::{now, reason};
use crate::args::{Format, RevocationReason, RevokeKey};
use crate::error::CliError;
use crate::keys::{self, TRUSTED};
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    fingerprint: &'a str,
    since: String,
    reason: &'static str,
    signed_by: &'a str,
    records: &'a Path,
}

pub(super) fn run(args: &RevokeKey, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("provenance keys revoke"));
    }
    let records = Records::open(&args.records.file)?;
    let roots: Vec<PublicKey> = keys::trusted(&[])?
        .into_iter()
        .map(|trusted| trusted.key)
        .collect();
    let before = records.ring(&roots)?;
    let key = find(&args.key, &before)?.fingerprint();
    let signer = keys::signing(&Host::current())?;
    let by = signer
        .public()
        .map_err(|error| CliError::Internal(error.to_string()))?
        .fingerprint();
    let issued = now();
    let since = args.since.unwrap_or(issued);
    let why = match args.reason {
        RevocationReason::Superseded => Reason::Superseded,
        RevocationReason::Retired => Reason::Retired,
        RevocationReason::Compromised => Reason::Compromised,
    };
    let record = revoke(&key, &signer, issued, since, why)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let (after, _) = records.ring_with(&roots, &record)?;
    if let Some((known, why)) = before
        .revocation(&key)
        .filter(|known| after.revocation(&key) == Some(*known))
    {
        return Err(CliError::usage(
            format!(
                "key {key} is given up since {known} already: {}",
                reason(why)
            ),
            "only an earlier --since or a worse --reason changes that",
        ));
    }
    records.add(&record)?;
    let path = args.records.file.as_path();
    print(&match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "key-revocation",
            fingerprint: &key,
            since: since.to_string(),
            reason: reason(why),
            signed_by: &by,
            records: path,
        })?,
        _ => format!(
            "revoked    {key}\nsince      {since}\nreason     {}\nsigned by  {by}\nrecord in  {}\n\nCommit the records; whoever verifies with another copy of them does not know it yet.\n",
            reason(why),
            path.display(),
        ),
    })?;
    Ok(ExitCode::Pass)
}

/// Shortest beginning of a fingerprint that stands for a key.
const DIGITS: usize = 8;

/// The key that is meant: a name in `.caws/keys`, a file, or the first digits of a fingerprint.
pub(super) fn find(text: &str, ring: &Keyring) -> Result<PublicKey, CliError> {
    let named = Path::new(TRUSTED).join(format!("{text}.pub"));
    for path in [named.as_path(), Path::new(text)] {
        if path.is_file() {
            return keys::read_public(path);
        }
    }
    let hexadecimal = text.len() >= DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = text.to_ascii_lowercase();
    let found: Vec<&PublicKey> = ring
        .keys()
        .iter()
        .filter(|key| hexadecimal && key.fingerprint().starts_with(&digits))
        .collect();
    match found.as_slice() {
        [key] => Ok((*key).clone()),
        [] => Err(CliError::usage(
            format!("there is no key `{text}` in {TRUSTED} or the records"),
            format!(
                "name one by its NAME.pub, its file, or {DIGITS} or more digits of its fingerprint; `caws provenance keys list` shows them"
            ),
        )),
        several => Err(CliError::usage(
            format!("`{text}` begins the fingerprints of {} keys", several.len()),
            "give more digits",
        )),
    }
}
