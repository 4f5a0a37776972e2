//! `caws ledger query`: entries by commit, gate, verdict, signer and time.

use std::fmt::Write as _;

use caws_ledger::{Entry, Query};
use caws_report::{json, text};
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use serde::Serialize;

use super::reader;
use crate::args::{Format, LedgerQuery};
use crate::error::CliError;
use crate::output::{Output, note, print};

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    kind: &'static str,
    origin: String,
    size: u64,
    /// Leaves that are no entries of ours, and so match nothing.
    foreign: u64,
    entries: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    index: u64,
    #[serde(flatten)]
    entry: Entry,
}

pub(crate) fn run(args: &LedgerQuery, output: &Output) -> Result<ExitCode, CliError> {
    let reader = reader(&args.log)?;
    let query = Query {
        commit: args.commit.clone(),
        gate: args.gate.clone(),
        verdict: args.verdict.clone(),
        key: args.signer.clone(),
        since: args.since.clone(),
        until: args.until.clone().map(end_of_day),
    };
    let (mut entries, mut foreign) = (Vec::new(), 0);
    let read = reader.each(0, |index, leaf| {
        match Entry::from_leaf(leaf) {
            Ok(entry) if query.accepts(&entry) => entries.push(Found { index, entry }),
            Ok(_) => {}
            Err(_) => foreign += 1,
        }
        true
    });
    read.map_err(LedgerError::from)?;
    let size = reader.checkpoint().size;
    let text = match output.format {
        Format::Human => human(&entries, size, output.quiet()),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger-query",
            origin: reader.checkpoint().origin.clone(),
            size,
            foreign,
            entries,
        })?,
        _ => return Err(output.unsupported("ledger query")),
    };
    print(&text)?;
    if foreign > 0 && output.format == Format::Human {
        note(&format!(
            "note: {foreign} leaves are no entries of caws, and were not looked at"
        ));
    }
    Ok(ExitCode::Pass)
}

/// A day alone stands before all its moments: `until` means its end.
fn end_of_day(time: String) -> String {
    if time.len() == 10 {
        // After every moment of the day in the order of characters, before those of the next.
        format!("{time}T99")
    } else {
        time
    }
}

fn human(entries: &[Found], size: u64, quiet: bool) -> String {
    let mut out = String::new();
    let short = |id: Option<&str>| {
        let id = id.unwrap_or("-");
        text::line(id.get(..12).unwrap_or(id))
    };
    for Found { index, entry } in entries.iter().filter(|_| !quiet) {
        let what = entry.gate.as_deref().unwrap_or_else(|| kind(entry));
        let _ = writeln!(
            out,
            "{index:>8}  {:<30}  {:<14}  {:<10}  commit {:<12}  key {}",
            text::line(entry.time.as_deref().unwrap_or("-")),
            text::line(what),
            text::line(entry.verdict.as_deref().unwrap_or("-")),
            short(entry.commit.as_deref()),
            short(Some(&entry.key)),
        );
    }
    let _ = writeln!(out, "{} of {size} entries", entries.len());
    out
}

/// The name in a predicate type of ours: `manifest` of `.../caws/manifest/v1`.
fn kind(entry: &Entry) -> &str {
    entry
        .predicate_type
        .strip_prefix(caws_attest::predicate::NAMESPACE)
        .and_then(|rest| rest.split('/').next())
        .unwrap_or(&entry.predicate_type)
}
