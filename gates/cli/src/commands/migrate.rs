//! `caws migrate`: a spec of any generation in the current dialect.

use std::fmt::Write as _;

use caws_evidence::{Finding, Severity};
use caws_report::{json, text};
use caws_runner::project::document_bytes;
use caws_runner::{ConfigError, ExitCode};
use caws_spec::{Migration, migrate, parse};
use serde::Serialize;
use serde_json::Value;

use super::change;
use super::validate::label;
use crate::args::{Format, Migrate};
use crate::error::CliError;
use crate::output::{Output, print};

pub(crate) fn run(args: &Migrate, output: &Output) -> Result<ExitCode, CliError> {
    let path = &args.spec;
    let label = label(path);
    let bytes = document_bytes(path, &label, CliError::file("read", path))?;
    let document = parse(&label, &bytes).map_err(ConfigError::Invalid)?;
    // What parses is UTF-8.
    let before = String::from_utf8_lossy(&bytes);
    let migration = migrate(&document, &before).map_err(|error| {
        CliError::usage(
            format!("{label} cannot be migrated: {error}"),
            "nothing was written; `caws validate` says what the current dialect misses",
        )
    })?;
    let changed = migration.text != before.trim_start_matches('\u{feff}');
    match output.format {
        Format::Human => {
            if changed {
                change::show(&label, &before, &migration.text, output)?;
            }
            print(&human(&label, &migration, changed, args.write))?;
        }
        Format::Json => {
            if args.write && changed {
                change::show(&label, &before, &migration.text, output)?;
            }
            let patch = change::difference(&label, &before, &migration.text);
            print(&json::document(&document_of(&migration, &patch))?)?;
        }
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("migrate"));
        }
    }
    if args.write && changed {
        change::write(path, migration.text.as_bytes())?;
    }
    let valid = migration
        .findings
        .iter()
        .all(|finding| finding.severity != Severity::Error);
    Ok(if valid {
        ExitCode::Pass
    } else {
        ExitCode::Invalid
    })
}

fn human(label: &str, migration: &Migration, changed: bool, write: bool) -> String {
    let mut out = String::new();
    let recognition = &migration.recognition;
    let reasons: Vec<&str> = recognition.because.iter().map(|clue| clue.says).collect();
    let because = if reasons.is_empty() {
        "nothing in it speaks for another".to_owned()
    } else {
        reasons.join(", ")
    };
    let _ = writeln!(
        out,
        "{}: recognised as {} because {because}",
        text::line(label),
        recognition.dialect
    );
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(out, "{title}");
            for line in lines {
                let _ = writeln!(out, "  {}", text::line(&line));
            }
        }
    };
    let set_aside = |to: &str| migration.unmapped.iter().any(|kept| kept == to);
    list(
        "renamed:",
        migration
            .renames
            .iter()
            .filter(|rename| !set_aside(&rename.to))
            .map(|rename| format!("{} is {}", rename.from, rename.to))
            .collect(),
    );
    list(
        "written another way:",
        migration
            .rewrites
            .iter()
            .map(|rewrite| {
                format!(
                    "{}: {} is {}; {}",
                    rewrite.at, rewrite.was, rewrite.now, rewrite.why
                )
            })
            .collect(),
    );
    if migration.added.contains(&"targets") {
        list(
            "added:",
            vec!["/targets, from the percentages of /testing_strategy/unit_tests".to_owned()],
        );
    }
    list(
        "unmapped, kept where nothing reads it:",
        migration.unmapped.clone(),
    );
    list(
        "open questions:",
        migration
            .open
            .iter()
            .map(|(at, ask)| format!("{at}: {ask}"))
            .collect(),
    );
    list(
        "still to mend:",
        migration
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(fault)
            .collect(),
    );
    let end = match (changed, write) {
        (false, _) => "nothing to change",
        (true, true) => "written",
        (true, false) => "nothing written; --write writes it",
    };
    let _ = writeln!(out, "{end}");
    out
}

fn fault(finding: &Finding) -> String {
    let line = finding.place.as_ref().and_then(|place| place.line);
    match line {
        Some(line) => format!("line {line}: {}", finding.message),
        None => finding.message.clone(),
    }
}

#[derive(Serialize)]
struct MigrationDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    dialect: &'static str,
    because: Vec<Reason<'a>>,
    renamed: Vec<Renamed<'a>>,
    rewritten: Vec<Rewritten<'a>>,
    added: &'a [&'static str],
    unmapped: &'a [String],
    open_questions: Vec<Question<'a>>,
    findings: &'a [Finding],
    patch: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Reason<'a> {
    at: &'a str,
    says: &'a str,
}

#[derive(Serialize)]
struct Renamed<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct Rewritten<'a> {
    at: &'a str,
    was: &'a Value,
    now: &'a Value,
    why: &'a str,
}

#[derive(Serialize)]
struct Question<'a> {
    at: &'a str,
    ask: &'a str,
}

fn document_of<'a>(migration: &'a Migration, patch: &'a str) -> MigrationDocument<'a> {
    MigrationDocument {
        schema_version: json::SCHEMA_VERSION,
        kind: "migration",
        dialect: migration.recognition.dialect.id(),
        because: migration
            .recognition
            .because
            .iter()
            .map(|clue| Reason {
                at: &clue.at,
                says: clue.says,
            })
            .collect(),
        renamed: migration
            .renames
            .iter()
            .map(|rename| Renamed {
                from: &rename.from,
                to: &rename.to,
            })
            .collect(),
        rewritten: migration
            .rewrites
            .iter()
            .map(|rewrite| Rewritten {
                at: &rewrite.at,
                was: &rewrite.was,
                now: &rewrite.now,
                why: rewrite.why,
            })
            .collect(),
        added: &migration.added,
        unmapped: &migration.unmapped,
        open_questions: migration
            .open
            .iter()
            .map(|(at, ask)| Question { at, ask })
            .collect(),
        findings: &migration.findings,
        patch,
        text: &migration.text,
    }
}
