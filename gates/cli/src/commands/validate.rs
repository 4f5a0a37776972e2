//! `caws validate`: the documents a person writes, each mistake at its place.

use std::io::Read as _;
use std::path::{Component, Path};

use caws_evidence::{Finding, Severity};
use caws_policy::TierPolicy;
use caws_policy::waiver::read as read_waivers;
use caws_report::{excerpt, json, junit, markdown, sarif};
use caws_runner::{ConfigError, ExitCode, Project, waivers};
use caws_spec::parse::{MAX_BYTES, too_large};
use caws_spec::{Document, Schema, examine, parse, validate_schema};

use super::change;
use crate::args::{Format, Validate};
use crate::error::CliError;
use crate::output::{Output, note, print};

pub(crate) fn run(args: &Validate, output: &Output) -> Result<ExitCode, CliError> {
    let mut findings = Vec::new();
    let mut checked = Vec::new();
    if args.paths.is_empty() {
        findings.extend(project(&mut checked)?);
    }
    for path in &args.paths {
        let label = label(path);
        let mut bytes = match read(path, &label)? {
            Ok(bytes) => bytes,
            Err(finding) => {
                checked.push(label);
                findings.push(*finding);
                continue;
            }
        };
        if args.fix {
            bytes = mended(path, &label, bytes, output)?;
        }
        checked.push(label.clone());
        findings.extend(document(&label, &bytes));
    }
    let valid = findings
        .iter()
        .all(|finding| finding.severity != Severity::Error);
    print(&render(&findings, &checked, valid, output)?)?;
    Ok(if valid {
        ExitCode::Pass
    } else {
        ExitCode::Invalid
    })
}

/// The project's own documents, held against each other as well.
fn project(checked: &mut Vec<String>) -> Result<Vec<Finding>, CliError> {
    match Project::open(Path::new(".")) {
        Ok(project) => {
            checked.extend([
                project.config_ref.path,
                project.spec_ref.path,
                project.policy_ref.path,
            ]);
            let mut findings = project.findings;
            // Whether each holds now is asked by `caws waiver check`.
            match waivers::document(&project.root) {
                Ok(None) => {}
                Ok(Some((path, document))) => {
                    checked.push(path.to_owned());
                    findings.extend(read_waivers(&document).err().unwrap_or_default());
                }
                Err(faults) => findings.extend(faults),
            }
            Ok(findings)
        }
        Err(ConfigError::Invalid(findings)) => Ok(findings),
        Err(error) => Err(error.into()),
    }
}

/// A file, as long as it is one a document can be: what is larger is not read.
fn read(path: &Path, label: &str) -> Result<Result<Vec<u8>, Box<Finding>>, CliError> {
    let failed = || CliError::file("read", path);
    let file = std::fs::File::open(path).map_err(failed())?;
    let size = file.metadata().map_err(failed())?.len();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    if size > limit {
        return Ok(Err(Box::new(too_large(label, size))));
    }
    let mut bytes = Vec::new();
    // A pipe or a device has no size of its own.
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed())?;
    Ok(Ok(bytes))
}

/// The bytes of a file after what could be mended in it was shown and written.
fn mended(path: &Path, label: &str, bytes: Vec<u8>, output: &Output) -> Result<Vec<u8>, CliError> {
    let Some(repaired) = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| caws_spec::fix(label, text).map(|repaired| (text, repaired)))
        .map(|(text, repaired)| (text.to_owned(), repaired))
    else {
        return Ok(bytes);
    };
    let (text, repaired) = repaired;
    change::show(label, &text, &repaired.text, output)?;
    change::write(path, repaired.text.as_bytes())?;
    for repair in &repaired.repairs {
        note(&format!("{label}:{}: {}", repair.line, repair.what));
    }
    Ok(repaired.text.into_bytes())
}

/// Paths in findings have `/` on every system.
pub(super) fn label(path: &Path) -> String {
    let mut label = String::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::RootDir => label.push('/'),
            part => {
                if !label.is_empty() && !label.ends_with('/') {
                    label.push('/');
                }
                label.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    label
}

/// One document by itself, by what it says it is.
fn document(label: &str, bytes: &[u8]) -> Vec<Finding> {
    let document = match parse(label, bytes) {
        Ok(document) => document,
        Err(findings) => {
            return match std::str::from_utf8(bytes) {
                Ok(text) => caws_spec::fix::faults(label, text, findings),
                Err(_) => findings,
            };
        }
    };
    match Kind::of(label, &document) {
        Kind::Spec => examine(&document).1,
        Kind::Policy => TierPolicy::from_document(&document)
            .err()
            .unwrap_or_default(),
        Kind::Waivers => read_waivers(&document).err().unwrap_or_default(),
        Kind::Config => match Schema::compile(caws_runner::config::SCHEMA) {
            Ok(schema) => validate_schema(&document, &schema),
            Err(error) => vec![broken(&document, error.to_string())],
        },
    }
}

/// A schema of ours that does not compile; a test of the runner holds it valid.
fn broken(document: &Document, message: String) -> Finding {
    Finding {
        code: caws_evidence::codes::DOCUMENT_SCHEMA.to_owned(),
        severity: Severity::Error,
        message,
        place: Some(document.place_of("")),
        expected: None,
        found: None,
        help: None,
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spec,
    Policy,
    Config,
    Waivers,
}

impl Kind {
    /// By name where it is ours, else by the keys only one kind has; a spec where nothing else fits.
    fn of(label: &str, document: &Document) -> Self {
        let name = label.rsplit('/').next().unwrap_or(label);
        let has = |keys: &[&str]| keys.iter().any(|key| document.value().get(*key).is_some());
        let ours = document.value().get("schema_version").is_some() && has(&["waivers"]);
        if matches!(name, "waivers.yaml" | "waivers.yml") || ours && !has(&["gates"]) {
            Self::Waivers
        } else if name == caws_runner::config::FILE || has(&["gates", "services", "tools"]) {
            Self::Config
        } else if name == "tier-policy.json" || has(&["1", "2", "3"]) {
            Self::Policy
        } else {
            Self::Spec
        }
    }
}

fn render(
    findings: &[Finding],
    checked: &[String],
    valid: bool,
    output: &Output,
) -> Result<String, CliError> {
    Ok(match output.format {
        Format::Human => human(findings, checked, output),
        Format::Json => json::findings("validate", valid, findings)?,
        Format::Markdown => markdown::findings("caws validate", findings),
        Format::Junit => junit::findings("validate", findings),
        Format::Sarif => {
            let findings: Vec<_> = findings
                .iter()
                .map(|finding| ("validate", finding))
                .collect();
            json::document(&sarif::document(&findings))?
        }
    })
}

fn human(findings: &[Finding], checked: &[String], output: &Output) -> String {
    let mut out = String::new();
    for finding in findings
        .iter()
        .filter(|finding| !output.quiet() || finding.severity == Severity::Error)
    {
        let source = finding
            .place
            .as_ref()
            .and_then(|place| std::fs::read_to_string(&place.path).ok());
        out.push_str(&excerpt::excerpt(
            finding,
            source.as_deref(),
            output.palette,
        ));
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let warned = if warnings == 0 {
        String::new()
    } else {
        format!(", {warnings} warning{}", plural(warnings))
    };
    let mut codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    if !codes.is_empty() && !output.quiet() {
        out.push_str(&format!(
            "`caws explain CODE` says more about {}\n",
            codes.join(", ")
        ));
    }
    if errors == 0 && checked.is_empty() {
        out.push_str(&format!("✓ valid: the project's documents{warned}\n"));
    } else if errors == 0 {
        out.push_str(&format!("✓ valid: {}{warned}\n", checked.join(", ")));
    } else {
        out.push_str(&format!("✗ {errors} error{}{warned}\n", plural(errors)));
    }
    out
}

#[cfg(test)]
mod tests;
