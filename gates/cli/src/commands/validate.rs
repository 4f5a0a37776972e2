//! `caws validate`: the documents a person writes, each mistake at its place.

use std::num::NonZeroUsize;
use std::path::{Component, Path, PathBuf};

use caws_evidence::{Finding, Severity};
use caws_policy::tier;
use caws_policy::waiver::read as read_waivers;
use caws_report::{excerpt, json, junit, markdown, sarif};
use caws_runner::project::document_bytes;
use caws_runner::{ConfigError, ExitCode, Project, waivers};
use caws_spec::{Document, Schema, examine, parse, validate_schema};

use super::change;
use crate::args::{Format, Validate};
use crate::error::CliError;
use crate::output::{Output, note, print};
use crate::sources::Sources;

pub(crate) fn run(args: &Validate, output: &Output) -> Result<ExitCode, CliError> {
    let schema = args.schema.as_deref().map(schema).transpose()?;
    let mut findings = Vec::new();
    let mut checked = Vec::new();
    if args.paths.is_empty() {
        findings.extend(project(&mut checked)?);
    }
    let each = if args.fix {
        args.paths
            .iter()
            .map(|path| mend_and_judge(path, output))
            .collect()
    } else {
        spread(&args.paths, |path| judge(path, schema.as_ref()))
    };
    for one in each {
        let (label, found) = one?;
        checked.push(label);
        findings.extend(found);
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

/// A file's label, and what was found in it.
type Judged = Result<(String, Vec<Finding>), CliError>;

fn judge(path: &Path, schema: Option<&Schema>) -> Judged {
    let label = label(path);
    let findings = match read(path, &label)? {
        Ok(bytes) => match schema {
            Some(schema) => document(&label, &bytes, |it| validate_schema(it, schema)),
            None => document(&label, &bytes, by_kind),
        },
        Err(finding) => vec![*finding],
    };
    Ok((label, findings))
}

fn mend_and_judge(path: &Path, output: &Output) -> Judged {
    let label = label(path);
    let findings = match read(path, &label)? {
        Ok(bytes) => document(&label, &mended(path, &label, bytes, output)?, by_kind),
        Err(finding) => vec![*finding],
    };
    Ok((label, findings))
}

/// What `work` gives for each path, in their order; many are spread over the machine's cores.
fn spread(paths: &[PathBuf], work: impl Fn(&Path) -> Judged + Sync) -> Vec<Judged> {
    /// Fewer take less time than it takes to start a thread for them.
    const FEW: usize = 32;
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = paths.len().div_ceil(cores).max(FEW);
    let (first, rest) = paths.split_at(share.min(paths.len()));
    let work = &work;
    let judge =
        move |paths: &[PathBuf]| -> Vec<Judged> { paths.iter().map(|path| work(path)).collect() };
    std::thread::scope(|scope| {
        let others: Vec<_> = rest
            .chunks(share)
            .map(|paths| scope.spawn(move || judge(paths)))
            .collect();
        let mut all = judge(first);
        for other in others {
            match other.join() {
                Ok(judged) => all.extend(judged),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

/// The schema named on the command line.
fn schema(path: &Path) -> Result<Schema, CliError> {
    let bytes = document_bytes(path, &label(path), CliError::file("read", path))?;
    let shown = path.display();
    let text = String::from_utf8(bytes).map_err(|error| {
        CliError::usage(
            format!("{shown} is not UTF-8: {error}"),
            "save the schema as UTF-8",
        )
    })?;
    Schema::compile(&text).map_err(|error| {
        CliError::usage(
            format!("{shown}: {error}"),
            "name a JSON Schema with --schema",
        )
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
    if path.is_dir() {
        return Err(CliError::usage(
            format!("{} is a directory, and documents are files", path.display()),
            "name the files in it, such as `.caws/*.yaml`",
        ));
    }
    match document_bytes(path, label, CliError::file("read", path)) {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(CliError::Config(ConfigError::Invalid(mut findings))) if findings.len() == 1 => {
            Ok(Err(Box::new(findings.remove(0))))
        }
        Err(error) => Err(error),
    }
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

/// What `judge` finds in a document; where it does not parse, every place at which it does not, and what it would be
/// judged by once that is mended.
fn document(label: &str, bytes: &[u8], judge: impl Fn(&Document) -> Vec<Finding>) -> Vec<Finding> {
    let findings = match parse(label, bytes) {
        Ok(document) => return judge(&document),
        Err(findings) => findings,
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return findings;
    };
    let (mut findings, mended) = caws_spec::fix::diagnose(label, text, findings);
    findings.extend(mended.iter().flat_map(judge));
    findings
}

/// What is wrong with a document by itself, by what it says it is.
fn by_kind(document: &Document) -> Vec<Finding> {
    match Kind::of(document.path(), document) {
        Kind::Spec => examine(document).1,
        Kind::Policy => tier::examine(document),
        Kind::Waivers => read_waivers(document).err().unwrap_or_default(),
        Kind::Config => match Schema::compile(caws_runner::config::SCHEMA) {
            Ok(schema) => validate_schema(document, &schema),
            Err(error) => vec![broken(document, error.to_string())],
        },
    }
}

/// A schema of ours that does not compile; a test of the runner holds it valid.
fn broken(document: &Document, message: String) -> Finding {
    document.error("", caws_evidence::codes::DOCUMENT_SCHEMA, message)
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
        } else if name == caws_runner::config::FILE {
            Self::Config
        } else if name == "tier-policy.json" || tier::recognise(document).is_some() {
            Self::Policy
        } else if has(&["gates", "services", "tools"]) {
            Self::Config
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
    let mut sources = Sources::default();
    for finding in findings
        .iter()
        .filter(|finding| !output.quiet() || finding.severity == Severity::Error)
    {
        out.push_str(&excerpt::excerpt(
            finding,
            sources.of(finding),
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
