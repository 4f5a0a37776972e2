//! `caws waiver add`: somebody asks for a waiver.

use std::path::Path;

use caws_evidence::codes;
use caws_policy::Waiver;
use caws_policy::waiver::{Commits, Entry, PATHS, Person, Scope, Signature, entry_text};
use caws_report::json;
use caws_runner::{ExitCode, Project, git, waivers};
use caws_spec::{Document, parse};
use jiff::{SignedDuration, Timestamp, Unit};
use serde::Serialize;

use super::{File, refused, write};
use crate::args::{Format, WaiverAdd};
use crate::commands::open;
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

const HEAD: &str = "# Leave for gates to fail; docs/waivers.md says what each field means.\nschema_version: 1\nwaivers:\n";

#[derive(Serialize)]
struct Told<'a> {
    schema_version: u32,
    kind: &'static str,
    path: &'a str,
    waiver: &'a Waiver,
}

pub(super) fn run(args: &WaiverAdd, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("waiver add"));
    }
    let project = open()?;
    let file = File::open()?;
    let entries = file
        .as_ref()
        .map(|file| file.list.entries.clone())
        .unwrap_or_default();
    let now = Timestamp::now();
    let now = now.round(Unit::Second).unwrap_or(now);
    let waiver = asked(args, &project, &entries, now)?;
    let path = file.as_ref().map_or(PATHS[0], |file| file.path);
    let text = added(file.as_ref(), &waiver);
    // What nobody could approve is not written.
    let document = parse(path, text.as_bytes()).map_err(refused)?;
    let pointer = format!("/waivers/{}", entries.len());
    let faults = waivers::judged(
        &project,
        &waiver,
        &Signature::Missing,
        &waivers::in_range(&project, &waiver),
        now,
    );
    let findings: Vec<_> = faults
        .into_iter()
        .filter(|fault| fault.code != codes::WAIVER_SIGNATURE)
        .map(|fault| waivers::of_fault(&document, &pointer, fault))
        .collect();
    if !findings.is_empty() {
        return Err(refused(findings));
    }
    let mut expected = entries;
    expected.push(Entry {
        waiver: waiver.clone(),
        revoked: None,
        pointer,
    });
    write(path, &text, &expected)?;
    print(&match output.format {
        Format::Json => json::document(&Told {
            schema_version: json::SCHEMA_VERSION,
            kind: "waiver",
            path,
            waiver: &waiver,
        })?,
        _ => format!(
            "wrote {} to {path}: gate `{}`, until {}\nit holds once {} has signed it: caws waiver sign {}\n",
            waiver.id, waiver.gate, waiver.expires, waiver.approver, waiver.id,
        ),
    })?;
    Ok(ExitCode::Pass)
}

fn asked(
    args: &WaiverAdd,
    project: &Project,
    entries: &[Entry],
    now: Timestamp,
) -> Result<Waiver, CliError> {
    let commit = |revision: &String| git::commit_of(&project.root, &project.host, revision);
    let lasts = SignedDuration::from_hours(24 * i64::from(args.days));
    let key = args.owner_key.as_deref().map(keys::read_public);
    Ok(Waiver {
        id: args.id.clone().unwrap_or_else(|| next(entries)),
        gate: args.gate.clone(),
        reason: args.reason.clone(),
        owner: Person {
            name: args.owner.clone(),
            key: key.transpose()?.map(|key| key.fingerprint()),
        },
        approver: args.approver.clone(),
        created: now,
        expires: args
            .expires
            .unwrap_or_else(|| now.checked_add(lasts).unwrap_or(Timestamp::MAX)),
        compensating_control: args.control.clone(),
        scope: Scope {
            spec: project.spec.id.clone(),
            component: args.component.clone(),
            paths: args.paths.clone(),
        },
        commits: Commits {
            from: commit(&args.from)?,
            to: args.to.as_ref().map(commit).transpose()?,
        },
        ticket: args.ticket.clone(),
    })
}

/// The first WV-NNNN beyond those there are.
fn next(entries: &[Entry]) -> String {
    let last = entries
        .iter()
        .filter_map(|entry| entry.waiver.id.strip_prefix("WV-")?.parse::<u32>().ok())
        .max();
    format!("WV-{:04}", last.unwrap_or(0).saturating_add(1))
}

/// The file with a waiver more, laid out as it is.
fn added(file: Option<&File>, waiver: &Waiver) -> String {
    let entry = entry_text(waiver);
    let Some(file) = file else {
        return format!("{HEAD}{entry}");
    };
    let mut text = file.text.clone();
    if file.list.entries.is_empty() {
        text = text.replace("waivers: []", "waivers:");
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let indent = " ".repeat(indent(&file.document));
    for line in entry.lines() {
        text.push_str(&indent);
        text.push_str(line.strip_prefix("  ").unwrap_or(line));
        text.push('\n');
    }
    text
}

/// Spaces before the dash of the file's first waiver; two where there is none.
pub(super) fn indent(document: &Document) -> usize {
    let first = document.span_of("/waivers/0").map(|span| span.value.column);
    // The value begins two behind the dash, and columns count from 1.
    first
        .and_then(|column| usize::try_from(column).ok())
        .map_or(2, |column| column.saturating_sub(3))
}

/// Where the signature of a waiver goes.
pub(super) fn bundle_at(id: &str) -> std::path::PathBuf {
    Path::new(&waivers::bundle_path(id)).to_owned()
}
