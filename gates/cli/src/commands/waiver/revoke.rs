//! `caws waiver revoke`: a waiver ends before its time.

use caws_policy::waiver::{Entry, Revocation};
use caws_report::json;
use caws_runner::ExitCode;
use jiff::{Timestamp, Unit};
use serde::Serialize;

use super::add::indent;
use super::{File, write};
use crate::args::{Format, WaiverRevoke};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Told<'a> {
    schema_version: u32,
    kind: &'static str,
    id: &'a str,
    at: String,
    reason: &'a str,
}

pub(super) fn run(args: &WaiverRevoke, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("waiver revoke"));
    }
    let file = File::existing(&args.id)?;
    let entry = file.entry(&args.id)?;
    if let Some(revoked) = &entry.revoked {
        return Err(CliError::usage(
            format!("the waiver `{}` is revoked since {}", args.id, revoked.at),
            "nothing is left to do",
        ));
    }
    let now = Timestamp::now();
    let at = now.round(Unit::Second).unwrap_or(now);
    let revocation = Revocation {
        at,
        reason: args.reason.clone(),
    };
    let text = revoked(&file, entry, &revocation)?;
    let expected: Vec<Entry> = file
        .list
        .entries
        .iter()
        .map(|other| Entry {
            revoked: if other.waiver.id == args.id {
                Some(revocation.clone())
            } else {
                other.revoked.clone()
            },
            ..other.clone()
        })
        .collect();
    write(file.path, &text, &expected)?;
    print(&match output.format {
        Format::Json => json::document(&Told {
            schema_version: json::SCHEMA_VERSION,
            kind: "waiver-revocation",
            id: &args.id,
            at: at.to_string(),
            reason: &args.reason,
        })?,
        _ => format!("revoked {} in {}\n", args.id, file.path),
    })?;
    Ok(ExitCode::Pass)
}

/// The file with the end of a waiver before the next one, or at its own end.
fn revoked(file: &File, entry: &Entry, revocation: &Revocation) -> Result<String, CliError> {
    let index = file
        .list
        .entries
        .iter()
        .position(|other| other.waiver.id == entry.waiver.id)
        .unwrap_or_default();
    let next = file
        .document
        .span_of(&format!("/waivers/{}", index + 1))
        .and_then(|span| usize::try_from(span.value.line).ok());
    let mut lines: Vec<&str> = file.text.lines().collect();
    // Comments and empty lines before the next waiver are its own.
    let mut at = next.map_or(lines.len(), |line| line.saturating_sub(1));
    let blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    while at > 0 && lines.get(at - 1).is_some_and(blank) {
        at -= 1;
    }
    let pad = " ".repeat(indent(&file.document) + 2);
    let reason = serde_json::to_string(&revocation.reason)?;
    let added = format!(
        "{pad}revoked:\n{pad}  at: \"{}\"\n{pad}  reason: {reason}",
        revocation.at
    );
    lines.insert(at.min(lines.len()), &added);
    Ok(lines.join("\n") + "\n")
}
