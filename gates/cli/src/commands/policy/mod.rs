//! `caws policy`: Rego policies.

mod bundle;
mod check;
mod test;

use std::path::{Path, PathBuf};

use caws_evidence::measure::rego::{fault_finding, input_schema};
use caws_evidence::{Finding, Severity};
use caws_rego::{Fault, Source};
use caws_report::{excerpt, json};
use caws_runner::files::{read, read_text};
use caws_runner::policy::{self, Set};
use caws_runner::{ConfigError, ExitCode, Options, Project};
use serde_json::Value;

use super::open;
use crate::args::{Format, Policies, Policy, PolicyInput};
use crate::error::CliError;
use crate::output::{Output, print};
use crate::sources::Sources;

pub(crate) fn run(command: &Policy, output: &Output) -> Result<ExitCode, CliError> {
    match command {
        Policy::Check(args) => check::run(args, output),
        Policy::Test(args) => test::run(args, output),
        Policy::Bundle(args) => bundle::run(args, output),
        Policy::Input(args) => input(args, output),
    }
}

/// Policies as they were asked for.
struct Asked {
    sources: Vec<Source>,
    data: Value,
    /// The schema of the input, where the policies are the project's own.
    schema: Option<Value>,
}

impl Asked {
    fn read(args: &Policies) -> Result<Self, CliError> {
        let mut asked = if args.paths.is_empty() {
            of_project(&open()?)?
        } else {
            Self {
                sources: files(&args.paths)?,
                data: Value::Object(serde_json::Map::new()),
                schema: None,
            }
        };
        if let Some(path) = &args.data {
            let bytes = read(path, policy::MAX_DATA).map_err(CliError::file("read", path))?;
            asked.data = serde_json::from_slice(&bytes).map_err(|error| {
                CliError::usage(
                    format!("{} is no JSON: {error}", path.display()),
                    "give a JSON object with --data",
                )
            })?;
        }
        Ok(asked)
    }

    fn compile(&self) -> Result<caws_rego::Policies, CliError> {
        caws_rego::Policies::compile(&self.sources, &self.data, self.schema.as_ref())
            .map_err(|faults| invalid(&faults))
    }
}

/// Faults of policies, each at its place; exit code 2.
fn invalid(faults: &[Fault]) -> CliError {
    CliError::Config(ConfigError::Invalid(
        faults.iter().map(fault_finding).collect(),
    ))
}

fn of_project(project: &Project) -> Result<Asked, CliError> {
    let set = Set::read(&project.root, &project.host, &policy::settings(project));
    if let Some((path, why)) = set.unread.first() {
        return Err(CliError::usage(
            format!("cannot read {path}: {why}"),
            "mend the file, or take it out of `gates.policy`",
        ));
    }
    let data = set
        .data_value()
        .map_err(|why| CliError::usage(why, "make it a JSON object"))?;
    Ok(Asked {
        sources: set.sources,
        data,
        schema: input_schema(),
    })
}

/// The files named, and the policies in the folders named, sorted.
fn files(paths: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, true, &mut found)?;
    }
    found.sort();
    found.dedup();
    found
        .iter()
        .map(|path| {
            let text = read_text(path, policy::MAX_POLICY).map_err(CliError::file("read", path))?;
            let shown = path.to_string_lossy().replace('\\', "/");
            Ok(Source::new(shown.trim_start_matches("./"), text))
        })
        .collect()
}

fn collect(path: &Path, named: bool, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    if !path.is_dir() {
        if named || path.extension().is_some_and(|ending| ending == "rego") {
            found.push(path.to_owned());
        }
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(CliError::file("read", path))?;
    for entry in entries {
        let entry = entry.map_err(CliError::file("read", path))?.path();
        // Links are not followed: a link to a parent would never end.
        if !entry.is_symlink() {
            collect(&entry, false, found)?;
        }
    }
    Ok(())
}

/// What policies of the project are asked about.
fn document(project: &Project, base: Option<&String>) -> Result<Value, CliError> {
    let options = Options {
        base: base.cloned(),
        ..Options::default()
    };
    let (base, _) = policy::reviewed(project, &options);
    policy::input(project, &policy::settings(project), base.as_deref()).map_err(|why| {
        CliError::usage(
            format!("cannot tell what the change is: {why}"),
            "fetch its history (`git fetch --unshallow`), or name another revision",
        )
    })
}

fn input(args: &PolicyInput, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("policy input"));
    }
    print(&json::document(&document(&open()?, args.base.as_ref())?)?)?;
    Ok(ExitCode::Pass)
}

/// Findings for people; only errors where only the verdict is wanted.
fn human(findings: &[Finding], output: &Output) -> String {
    let shown = findings
        .iter()
        .filter(|finding| !output.quiet() || finding.severity == Severity::Error);
    let mut sources = Sources::default();
    shown
        .map(|finding| excerpt::excerpt(finding, sources.of(finding), output.palette))
        .collect()
}
