//! `caws waiver sign`: somebody approves a waiver.

use caws_attest::seal::seal_waiver;
use caws_evidence::canonical_json;
use caws_policy::waiver::Signature;
use caws_report::json;
use caws_runner::{ExitCode, Host, waivers};
use jiff::Timestamp;
use serde::Serialize;

use super::add::bundle_at;
use super::{File, refused};
use crate::args::{Format, WaiverSign};
use crate::commands::open;
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Told<'a> {
    schema_version: u32,
    kind: &'static str,
    id: &'a str,
    fingerprint: &'a str,
    bundle: &'a str,
}

pub(super) fn run(args: &WaiverSign, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("waiver sign"));
    }
    let project = open()?;
    let file = File::existing(&args.id)?;
    let entry = file.entry(&args.id)?;
    if entry.revoked.is_some() {
        return Err(CliError::usage(
            format!("the waiver `{}` is revoked", args.id),
            "ask for a new one with `caws waiver add`",
        ));
    }
    let waiver = &entry.waiver;
    let failed = |error: &dyn std::fmt::Display| CliError::Internal(error.to_string());
    let key = keys::signing(&Host::current())?;
    let fingerprint = key.public().map_err(|error| failed(&error))?.fingerprint();
    // A name is put under nothing that would not hold.
    let findings: Vec<_> = waivers::judged(
        &project,
        waiver,
        &Signature::By(fingerprint.clone()),
        &waivers::in_range(&project, waiver),
        Timestamp::now(),
    )
    .into_iter()
    .map(|fault| waivers::of_fault(&file.document, &entry.pointer, fault))
    .collect();
    if !findings.is_empty() {
        return Err(refused(findings));
    }
    let bundle = seal_waiver(
        &waiver.id,
        &waiver.commits.from,
        &canonical_json(waiver)?,
        &key,
    )
    .map_err(|error| failed(&error))?;
    let at = bundle_at(&waiver.id);
    caws_runner::record::write(&at, &bundle).map_err(CliError::file("write", &at))?;
    let path = waivers::bundle_path(&waiver.id);
    print(&match output.format {
        Format::Json => json::document(&Told {
            schema_version: json::SCHEMA_VERSION,
            kind: "waiver-signature",
            id: &waiver.id,
            fingerprint: &fingerprint,
            bundle: &path,
        })?,
        _ => format!(
            "signed {} with key {fingerprint}: {path}\nuntil {} the gate `{}` may fail, and the score ends at 79\n",
            waiver.id, waiver.expires, waiver.gate,
        ),
    })?;
    Ok(ExitCode::Pass)
}
