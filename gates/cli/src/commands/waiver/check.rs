//! `caws waiver check`: what keeps waivers from holding.

use std::fmt::Write as _;
use std::path::Path;

use caws_evidence::Finding;
use caws_policy::waiver::{OldWaiver, draft, read, read_old};
use caws_report::{json, junit, markdown, sarif, text};
use caws_runner::project::document_bytes;
use caws_runner::waivers::standing;
use caws_runner::{ConfigError, ExitCode, waivers};
use caws_spec::parse;
use jiff::Timestamp;
use serde::Serialize;

use super::shown;
use crate::args::{Format, WaiverCheck};
use crate::commands::{open, validate};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Recognised<'a> {
    schema_version: u32,
    kind: &'static str,
    path: &'a str,
    waivers: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    id: Option<&'a str>,
    recognised_as: &'static str,
    because: &'a [&'static str],
    /// What keeps it from holding, besides that nobody signed it.
    faults: Vec<String>,
    /// In the current shape.
    draft: String,
    /// Fields that have no place in it.
    left: &'a [String],
}

pub(super) fn run(args: &WaiverCheck, output: &Output) -> Result<ExitCode, CliError> {
    if args.files.is_empty() {
        let standing = standing(&open()?, Timestamp::now());
        let findings = standing.all_findings();
        print(&rendered(&findings, standing.waivers.len(), output)?)?;
        return Ok(if findings.is_empty() {
            ExitCode::Pass
        } else {
            waivers::exit(&findings)
        });
    }
    let mut code = ExitCode::Pass;
    for path in &args.files {
        match of_file(path, output)? {
            ExitCode::Pass => {}
            worse => code = worse,
        }
    }
    Ok(code)
}

fn rendered(findings: &[Finding], count: usize, output: &Output) -> Result<String, CliError> {
    Ok(match output.format {
        Format::Human => {
            let verdict = match (findings, count) {
                ([], 0) => "✓ there is no waiver".to_owned(),
                ([], 1) => "✓ the waiver holds, or is revoked".to_owned(),
                ([], count) => format!("✓ {count} waivers hold, or are revoked"),
                ([_], _) => "✗ 1 error: the gates do not run".to_owned(),
                (more, _) => format!("✗ {} errors: the gates do not run", more.len()),
            };
            format!("{}{verdict}\n", shown(findings, output))
        }
        Format::Json => json::findings("waiver-check", findings.is_empty(), findings)?,
        Format::Markdown => markdown::findings("caws waiver check", findings),
        Format::Junit => junit::findings("waiver check", findings),
        Format::Sarif => {
            let findings: Vec<_> = findings.iter().map(|one| ("waiver", one)).collect();
            json::document(&sarif::document(&findings))?
        }
    })
}

/// A file by itself: ours is held against its schema, another is recognised and shown in ours.
fn of_file(path: &Path, output: &Output) -> Result<ExitCode, CliError> {
    let label = validate::label(path);
    let bytes = document_bytes(path, &label, CliError::file("read", path))?;
    let document = parse(&label, &bytes).map_err(ConfigError::Invalid)?;
    let old = match document.value().get("schema_version") {
        None => read_old(document.value()),
        Some(_) => None,
    };
    let Some(old) = old else {
        let (findings, count) = match read(&document) {
            Ok(list) => (Vec::new(), list.entries.len()),
            Err(findings) => (findings, 0),
        };
        print(&rendered(&findings, count, output)?)?;
        return Ok(if findings.is_empty() {
            ExitCode::Pass
        } else {
            waivers::exit(&findings)
        });
    };
    let now = Timestamp::now();
    print(&match output.format {
        Format::Human => human(&label, &old, now),
        Format::Json => json::document(&Recognised {
            schema_version: json::SCHEMA_VERSION,
            kind: "waivers-of-another-shape",
            path: &label,
            waivers: old.iter().map(|old| told(old, now)).collect(),
        })?,
        _ => {
            let findings = read(&document).err().unwrap_or_default();
            rendered(&findings, old.len(), output)?
        }
    })?;
    Ok(ExitCode::Waiver)
}

fn told(old: &OldWaiver, now: Timestamp) -> Told<'_> {
    Told {
        id: old.id.as_deref(),
        recognised_as: old.shape.name(),
        because: &old.because,
        faults: old.said(Some(now)),
        draft: draft(old),
        left: &old.left,
    }
}

fn human(label: &str, waivers: &[OldWaiver], now: Timestamp) -> String {
    let mut out = String::new();
    for old in waivers {
        let _ = writeln!(
            out,
            "{}: {} is recognised as {} because of {}",
            text::line(label),
            text::line(old.id.as_deref().unwrap_or("a waiver without an id")),
            old.shape.name(),
            old.because.join(", "),
        );
        for said in std::iter::once("nobody signed it, so it waives nothing".to_owned())
            .chain(old.said(Some(now)))
        {
            let _ = writeln!(out, "  - {}", text::line(&said));
        }
        let _ = writeln!(out, "in the current shape:\n{}", text::block(&draft(old)));
    }
    out
}
