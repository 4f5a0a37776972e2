//! `caws waiver`: leave for a gate to fail.

mod add;
mod check;
mod list;
mod revoke;
mod sign;

use std::path::Path;

use caws_evidence::{Finding, Severity};
use caws_policy::waiver::{Entry, List, read};
use caws_report::excerpt;
use caws_runner::{ExitCode, RunError, waivers};
use caws_spec::{Document, parse};

use crate::args::Waiver;
use crate::error::CliError;
use crate::output::Output;

pub(crate) fn run(command: &Waiver, output: &Output) -> Result<ExitCode, CliError> {
    match command {
        Waiver::Add(args) => add::run(args, output),
        Waiver::Sign(args) => sign::run(args, output),
        Waiver::List => list::run(output),
        Waiver::Check(args) => check::run(args, output),
        Waiver::Revoke(args) => revoke::run(args, output),
    }
}

/// The project's file of waivers.
struct File {
    path: &'static str,
    text: String,
    document: Document,
    list: List,
}

impl File {
    /// `None` where there is none.
    fn open() -> Result<Option<Self>, CliError> {
        let Some((path, document)) = waivers::document(Path::new(".")).map_err(refused)? else {
            return Ok(None);
        };
        let list = read(&document).map_err(refused)?;
        let text =
            std::fs::read_to_string(path).map_err(CliError::file("read", Path::new(path)))?;
        Ok(Some(Self {
            path,
            text,
            document,
            list,
        }))
    }

    fn entry(&self, id: &str) -> Result<&Entry, CliError> {
        let entries = &self.list.entries;
        entries
            .iter()
            .find(|entry| entry.waiver.id == id)
            .ok_or_else(|| {
                let all: Vec<&str> = entries
                    .iter()
                    .map(|entry| entry.waiver.id.as_str())
                    .collect();
                CliError::usage(
                    format!("there is no waiver `{id}` in {}", self.path),
                    match all.as_slice() {
                        [] => "it has none; `caws waiver add` asks for one".to_owned(),
                        all => format!("there are: {}", all.join(", ")),
                    },
                )
            })
    }

    fn existing(id: &str) -> Result<Self, CliError> {
        Self::open()?.ok_or_else(|| {
            CliError::usage(
                format!("there is no waiver `{id}`: .caws/waivers.yaml is not there"),
                "`caws waiver add` asks for one",
            )
        })
    }
}

/// Writes a changed file, once it reads as it should: an edit of text must not change what else it says.
fn write(path: &'static str, text: &str, expected: &[Entry]) -> Result<(), CliError> {
    let same = parse(path, text.as_bytes())
        .and_then(|document| read(&document))
        .is_ok_and(|list| {
            let (found, expected) = (list.entries.iter(), expected.iter());
            found
                .map(|entry| (&entry.waiver, &entry.revoked))
                .eq(expected.map(|entry| (&entry.waiver, &entry.revoked)))
        });
    if !same {
        return Err(CliError::usage(
            format!("{path} is laid out in a way that cannot be added to"),
            format!("write it by hand as this:\n{text}"),
        ));
    }
    let at = Path::new(path);
    caws_runner::record::write(at, text.as_bytes()).map_err(CliError::file("write", at))
}

/// Findings about waivers, as an error with its exit code.
fn refused(findings: Vec<Finding>) -> CliError {
    CliError::Run(RunError::Waivers(findings))
}

/// Findings for people, each with its place in the file.
fn shown(findings: &[Finding], output: &Output) -> String {
    findings
        .iter()
        .filter(|finding| !output.quiet() || finding.severity == Severity::Error)
        .map(|finding| {
            let place = finding.place.as_ref();
            let source = place.and_then(|place| std::fs::read_to_string(&place.path).ok());
            excerpt::excerpt(finding, source.as_deref(), output.palette)
        })
        .collect()
}
