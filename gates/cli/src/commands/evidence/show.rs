//! `caws evidence show`: records of commands, one or all.

use std::fmt::Write as _;
use std::path::Path;

use caws_attest::Bundle;
use caws_attest::seal::{command_bundle_path, command_path};
use caws_evidence::{CommandRecord, command};
use caws_report::{json, text};
use caws_runner::ExitCode;
use caws_runner::command::{is_name, required};
use serde::Serialize;

use crate::args::{EvidenceShow, Format};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    commands: &'a [Shown],
}

#[derive(Serialize)]
struct Shown {
    /// The key the signature names; whether it verifies is what `caws evidence check` says.
    signed_by: Option<String>,
    record: CommandRecord,
}

pub(super) fn run(args: &EvidenceShow, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("evidence show"));
    }
    let (_, root) = super::place()?;
    let artifacts = root.join(&args.artifacts);
    let names = match &args.name {
        Some(name) => vec![known(&artifacts, name)?],
        None => names(&artifacts)?,
    };
    let mut records = Vec::new();
    for name in &names {
        records.push(read(&artifacts, name)?);
    }
    print(&match (output.format, &args.name, records.as_slice()) {
        (Format::Json, ..) => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "commands",
            commands: &records,
        })?,
        (_, Some(_), [one]) => human(one),
        _ => list(&records),
    })?;
    Ok(ExitCode::Pass)
}

fn known(artifacts: &Path, name: &str) -> Result<String, CliError> {
    let path = artifacts.join(command_path(name));
    if is_name(name) && path.is_file() {
        return Ok(name.to_owned());
    }
    Err(CliError::usage(
        format!(
            "there is no record of a command `{name}` in {}",
            artifacts.join(command::DIRECTORY).display()
        ),
        "`caws evidence show` lists those there are; `caws evidence run --name NAME -- CMD` makes one",
    ))
}

/// Names of all records, sorted.
fn names(artifacts: &Path) -> Result<Vec<String>, CliError> {
    let dir = artifacts.join(command::DIRECTORY);
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CliError::file("read", &dir)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(CliError::file("read", &dir))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        names.extend(
            file.strip_suffix(".json")
                .filter(|name| is_name(name))
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}

fn read(artifacts: &Path, name: &str) -> Result<Shown, CliError> {
    let path = artifacts.join(command_path(name));
    let bytes = std::fs::read(&path).map_err(CliError::file("read", &path))?;
    let record = required::parsed(&path, name, &bytes).map_err(|finding| CliError::Record {
        path,
        expected: "record of a command",
        found: finding.found.unwrap_or(finding.message),
    })?;
    let path = artifacts.join(command_bundle_path(name));
    let signed_by = match std::fs::read(&path) {
        Ok(bytes) => {
            let bundle = Bundle::parse(&bytes).map_err(|error| CliError::Record {
                path,
                expected: "Sigstore bundle",
                found: error.to_string(),
            })?;
            let named = bundle.envelope.signatures.first();
            Some(named.map_or(bundle.hint, |signature| signature.keyid.clone()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(CliError::file("read", &path)(error)),
    };
    Ok(Shown { signed_by, record })
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03} s", milliseconds / 1_000, milliseconds % 1_000)
}

fn list(records: &[Shown]) -> String {
    let mut out = String::new();
    for Shown { signed_by, record } in records {
        let key = signed_by.as_deref();
        let signed = key.map_or_else(
            || "not signed".to_owned(),
            |key| format!("key {}", text::line(key.get(..12).unwrap_or(key))),
        );
        let _ = writeln!(
            out,
            "{:<20} {}  {:<24} {:>10}  {signed}  {}",
            text::line(&record.name),
            text::line(&record.finished),
            record.outcome(),
            seconds(record.duration_ms),
            text::line(&text::shorten(&record.command.join(" "), 80)),
        );
    }
    let plural = if records.len() == 1 { "" } else { "s" };
    let _ = writeln!(out, "{} record{plural}", records.len());
    out
}

fn human(shown: &Shown) -> String {
    let Shown { signed_by, record } = shown;
    let mut out = String::new();
    let mut row = |label: &str, value: &str| {
        let _ = writeln!(out, "{label:<12} {}", text::line(value));
    };
    row("name", &record.name);
    let words = serde_json::to_string(&record.command);
    row(
        "command",
        &words.unwrap_or_else(|_| record.command.join(" ")),
    );
    row("directory", &record.directory);
    row("commit", record.commit.as_deref().unwrap_or("none"));
    row(
        "changes",
        match record.dirty {
            Some(true) => "uncommitted changes",
            Some(false) => "none",
            None => "unknown: no commit",
        },
    );
    row("run", &format!("{} to {}", record.started, record.finished));
    row("took", &seconds(record.duration_ms));
    row("ended", &record.outcome());
    row(
        "stdout",
        &format!(
            "{} bytes, sha256 {}",
            record.stdout.bytes, record.stdout.sha256
        ),
    );
    let environment = &record.environment;
    row(
        "environment",
        &format!(
            "{} {}, caws {}",
            environment.os, environment.arch, environment.caws
        ),
    );
    for (name, value) in &environment.variables {
        match value {
            Some(value) => row("variable", &format!("{name}={value}")),
            None => row("variable", &format!("{name} is not set")),
        }
    }
    row("masked", &record.masked.to_string());
    match signed_by {
        Some(key) => row(
            "signature",
            &format!("names key {key}; `caws evidence check` verifies it"),
        ),
        None => row("signature", "none"),
    }
    for line in &record.key_output {
        row("output", line);
    }
    out
}
