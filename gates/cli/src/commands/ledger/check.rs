//! `caws ledger check`: the whole log computed again.

use std::path::Path;

use caws_evidence::{Finding, Place, Severity, codes};
use caws_ledger::files::Disk;
use caws_ledger::{Checkpoint, Reader, TlogProof, Trust, check};
use caws_report::{json, junit, sarif, terminal};
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use caws_verify::checkpoints;
use serde::Serialize;

use super::{counting, ring, trust_in};
use crate::args::{Format, LedgerCheck};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    origin: &'a str,
    ok: bool,
    leaves: u64,
    tiles: u64,
    checkpoints: u64,
    findings: &'a [Finding],
    /// What a crash left; the next writer mends it.
    notes: &'a [String],
}

pub(crate) fn run(args: &LedgerCheck, output: &Output) -> Result<ExitCode, CliError> {
    let dir = args.log.ledger.as_path();
    let ring = ring(&args.log)?;
    let trust = trust_in(&args.log, &counting(&ring))?;
    let disk = Disk::at(dir);
    let report = check(&disk, &trust);
    let mut findings: Vec<Finding> = report.findings.iter().map(|f| finding(dir, f)).collect();
    // Who signed when is asked of a log that is whole: another says nothing of it.
    if findings.is_empty() {
        let late = checkpoints::check(&disk, &trust, &ring, jiff::Timestamp::now());
        let late = late.map_err(LedgerError::from)?;
        findings.extend(late.into_iter().map(|one| placed(dir, one)));
    }
    for path in &args.against {
        let held = held(path, &trust)?;
        findings.extend(continues(dir, path, &held, &trust));
    }
    let ok = findings.is_empty();
    let text = match output.format {
        Format::Human => {
            let mut text = String::new();
            if !output.quiet() {
                for one in &findings {
                    text.push_str(&terminal::finding("ledger", one, output.palette));
                }
                for one in &report.notes {
                    text.push_str(&format!("note: {one}; the next writer mends it\n"));
                }
            }
            let conclusion = if ok { "whole" } else { "broken" };
            text.push_str(&format!(
                "{conclusion}: {} leaves, {} tiles, {} checkpoints of {}{}\n",
                report.leaves,
                report.tiles,
                report.checkpoints,
                trust.origin,
                match findings.len() {
                    0 => String::new(),
                    1 => "; 1 finding".to_owned(),
                    more => format!("; {more} findings"),
                }
            ));
            text
        }
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger-check",
            origin: &trust.origin,
            ok,
            leaves: report.leaves,
            tiles: report.tiles,
            checkpoints: report.checkpoints,
            findings: &findings,
            notes: &report.notes,
        })?,
        Format::Junit => junit::findings("ledger", &findings),
        Format::Sarif => {
            let pairs: Vec<_> = findings.iter().map(|one| ("ledger", one)).collect();
            json::document(&sarif::document(&pairs))?
        }
        Format::Markdown => return Err(output.unsupported("ledger check")),
    };
    print(&text)?;
    Ok(if ok {
        ExitCode::Pass
    } else {
        ExitCode::VerificationFailed
    })
}

fn problem(
    path: &Path,
    code: &str,
    message: String,
    expected: &str,
    found: &str,
    help: &str,
) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: Severity::Error,
        message,
        place: Some(Place {
            path: path.display().to_string(),
            line: None,
            column: None,
        }),
        expected: Some(expected.to_owned()),
        found: Some(found.to_owned()),
        help: Some(help.to_owned()),
    }
}

fn finding(dir: &Path, found: &caws_ledger::store::Finding) -> Finding {
    let message = if found.place.is_empty() {
        "not as it was sealed".to_owned()
    } else {
        format!("{} is not as it was sealed", found.place)
    };
    problem(
        &dir.join(&found.path),
        found.code,
        message,
        &found.expected,
        &found.found,
        "restore the file from a clone or the shared ledger, and find out who changed it",
    )
}

/// A finding about a file of the log, with the path people know it by.
fn placed(dir: &Path, mut finding: Finding) -> Finding {
    if let Some(place) = &mut finding.place {
        place.path = dir.join(&place.path).display().to_string();
    }
    finding
}

/// The checkpoint of a file, or of the proof in it.
fn held(path: &Path, trust: &Trust) -> Result<Checkpoint, CliError> {
    let bytes = std::fs::read(path).map_err(CliError::file("read", path))?;
    let note = TlogProof::parse(&bytes).map_or(bytes, |proof| proof.checkpoint);
    let verified = Checkpoint::verify(&note, trust).map_err(|error| CliError::Record {
        path: path.to_owned(),
        expected: "checkpoint of this ledger",
        found: error.to_string(),
    })?;
    Ok(verified.checkpoint)
}

/// What is wrong with the log as seen from an earlier checkpoint.
fn continues(dir: &Path, path: &Path, held: &Checkpoint, trust: &Trust) -> Option<Finding> {
    let differs = |expected: String, found: String| {
        problem(
            dir,
            codes::LEDGER_DIVERGED,
            format!("the ledger does not continue {}", path.display()),
            &expected,
            &found,
            "keep both checkpoints: they prove that one log was given two histories, or was set back",
        )
    };
    let reader = match Reader::open(Disk::at(dir), trust) {
        Ok(reader) => reader,
        // The findings above say why.
        Err(error) => return Some(differs("a readable ledger".to_owned(), error.to_string())),
    };
    let size = reader.checkpoint().size;
    if size < held.size {
        return Some(differs(
            format!("at least {} leaves", held.size),
            format!("{size} leaves"),
        ));
    }
    let found = match reader.root(held.size) {
        Ok(root) if root == held.root => return None,
        Ok(root) => format!("root {root}"),
        Err(error) => error.to_string(),
    };
    Some(differs(
        format!("root {} over the first {} leaves", held.root, held.size),
        found,
    ))
}
