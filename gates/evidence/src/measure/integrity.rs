//! `integrity`: whether a change loosens what judges it.
//!
//! Raw output `changes`: [`Changes`] as JSON, with both versions of each changed file that counts. Documents travel as
//! values, whatever they are written in; everything else as text. Comparing is by meaning for the documents caws knows and
//! lexical for code; of any other file that decides what is checked, a change is told and not judged.

mod config;
mod diff;
mod lints;
mod policy;
mod source;
mod spec;
#[cfg(test)]
mod tests;
mod tests_of;
mod waivers;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common};
use crate::codes;
use crate::model::{Basis, Finding, Place, Severity};
use diff::{Change, Weight};

/// Findings told of one kind; the counts are of all.
const MAX_FINDINGS: usize = 50;

/// Parameters of `integrity`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Risk tier of the working spec: in tier 1 what is found blocks.
    tier: u8,
    /// Path of the tier policy.
    policy: String,
    /// Path of the working spec.
    spec: String,
    /// Path of `.caws.yml`.
    config: String,
    /// Commit the work left from, as the plan found it.
    base: Option<String>,
    /// Folders that hold a package, the root as an empty string.
    packages: Vec<String>,
}

impl Params {
    fn guard(&self, path: &str) -> Option<Guard> {
        guard(path, &self.policy, &self.spec, &self.config)
    }
}

/// The raw output `changes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Commit the work left from.
    pub base: String,
    /// Files that judge, as many as there are, changed or not.
    pub guards: u64,
    /// Files that differ between the base and the working tree and count: those that judge, and code.
    pub files: Vec<ChangedFile>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedFile {
    /// Path relative to the project's root, with `/`.
    pub path: String,
    /// What the base has; `None` where it has no such file.
    pub before: Option<Content>,
    /// What the working tree has; `None` where it has no such file.
    pub after: Option<Content>,
}

impl ChangedFile {
    /// Whether a version of it is there and cannot be compared.
    fn is_unread(&self) -> bool {
        [&self.before, &self.after]
            .iter()
            .any(|side| matches!(side, Some(Content::Unreadable(_))))
    }
}

/// One version of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The value of a YAML or JSON document.
    Document(Value),
    /// Text, with what is not UTF-8 replaced.
    Text(String),
    /// A file nobody can compare, and why: no text, too long, a document that cannot be read.
    Unreadable(String),
}

impl Content {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Document(_) | Self::Unreadable(_) => "",
        }
    }
}

/// What kind of evaluator a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The tier policy.
    Policy,
    /// The working spec, or that of a component.
    Spec,
    /// `.caws.yml`.
    Config,
    /// Waivers.
    Waivers,
    /// A key that may sign.
    Key,
    /// A manifest whose lint levels count.
    Manifest,
    /// A workflow, or a tool's configuration.
    Other,
}

impl Guard {
    /// Whether the file is a document that is compared by meaning.
    #[must_use]
    pub fn is_document(self) -> bool {
        matches!(
            self,
            Self::Policy | Self::Spec | Self::Config | Self::Waivers
        )
    }
}

/// Names of files that configure a checker, wherever they lie. A trailing `*` stands for anything.
const CHECKERS: [&str; 47] = [
    "clippy.toml",
    ".clippy.toml",
    "rustfmt.toml",
    ".rustfmt.toml",
    "deny.toml",
    "audit.toml",
    "mutants.toml",
    "nextest.toml",
    "proptest.toml",
    "tarpaulin.toml",
    "schemathesis.toml",
    "codecov.y*",
    ".codecov.y*",
    ".coveragerc",
    "setup.cfg",
    "tox.ini",
    "pytest.ini",
    "conftest.py",
    "pyproject.toml",
    "ruff.toml",
    ".ruff.toml",
    "mypy.ini",
    ".mypy.ini",
    ".flake8",
    ".pylintrc",
    ".bandit",
    ".eslintrc*",
    ".eslintignore",
    "eslint.config.*",
    "tsconfig*",
    "biome.json*",
    "stryker.conf*",
    "jest.config.*",
    "vitest.config.*",
    "playwright.config.*",
    ".nycrc*",
    ".c8rc*",
    ".golangci.*",
    "sonar-project.properties",
    ".semgrepignore",
    ".gitleaks.toml",
    ".secrets.baseline",
    ".trivyignore",
    ".pre-commit-config.y*",
    "prek.toml",
    ".gitlab-ci.yml",
    "Jenkinsfile",
];

/// Folders whose files run the checks, or say what is accepted.
const FOLDERS: [&str; 6] = [
    ".github/workflows/",
    ".github/actions/",
    ".ci/",
    ".circleci/",
    ".caws/schemas/",
    "policy/",
];

/// Specs of components, wherever they lie.
const COMPONENT_SPECS: [&str; 3] = [
    "/.caws/working-spec.yaml",
    "/.caws/working-spec.yml",
    "/.caws/working-spec.json",
];

/// What a file is to the evaluation; `None` where it only is what is evaluated.
#[must_use]
pub fn guard(path: &str, policy: &str, spec: &str, config: &str) -> Option<Guard> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path == policy {
        Some(Guard::Policy)
    } else if path == spec || COMPONENT_SPECS.iter().any(|name| path.ends_with(name)) {
        Some(Guard::Spec)
    } else if path == config {
        Some(Guard::Config)
    } else if path == ".caws/waivers.yaml" || path == ".caws/waivers.yml" {
        Some(Guard::Waivers)
    } else if path.starts_with(".caws/keys/") {
        Some(Guard::Key)
    } else if name == "Cargo.toml" {
        Some(Guard::Manifest)
    } else if FOLDERS.iter().any(|folder| path.starts_with(folder))
        || CHECKERS.iter().any(|pattern| matches(pattern, name))
    {
        Some(Guard::Other)
    } else {
        None
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(name == pattern, |stem| name.starts_with(stem))
}

/// Whether a file's text counts: tests, and code in a language whose tests are known.
#[must_use]
pub fn is_code(path: &str) -> bool {
    source::Language::of(path).is_some()
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let raw = common::raw(raws, "changes")?;
    let changes: Changes = common::json(raw, "list of changed files")?;
    common::same_base(raw, params.base.as_deref(), &changes.base)?;
    let mut found: Vec<Change> = Vec::new();
    let mut code = Vec::new();
    for file in &changes.files {
        if let Some(guard) = params.guard(&file.path) {
            found.extend(compare(guard, file));
        }
        if is_code(&file.path) {
            code.push(source::Counted::new(file));
        }
    }
    found.extend(tests_of::packages(&params.packages, &code));
    Ok(reading(&params, &changes, &found))
}

/// How two versions of a file that judges differ.
fn compare(guard: Guard, file: &ChangedFile) -> Vec<Change> {
    let path = &file.path;
    let (Some(before), Some(after)) = (&file.before, &file.after) else {
        return vec![appeared_or_gone(guard, path, file.before.is_some())];
    };
    match (guard, before, after) {
        (Guard::Policy, Content::Document(one), Content::Document(other)) => {
            policy::compare(path, one, other)
        }
        (Guard::Spec, Content::Document(one), Content::Document(other)) => {
            spec::compare(path, one, other)
        }
        (Guard::Waivers, Content::Document(one), Content::Document(other)) => {
            waivers::compare(path, one, other)
        }
        (Guard::Config, Content::Document(one), Content::Document(other)) => {
            config::compare(path, one, other)
        }
        (Guard::Manifest, Content::Text(one), Content::Text(other)) => {
            lints::compare(path, one, other)
        }
        (_, Content::Unreadable(why), _) | (_, _, Content::Unreadable(why)) => vec![Change {
            found: Some(why.clone()),
            ..Change::new(
                Weight::Unjudged,
                path,
                format!("`{path}` decides what is checked, it changed, and it cannot be compared"),
            )
        }],
        _ => vec![Change::new(
            Weight::Unjudged,
            path,
            format!("`{path}` decides what is checked, and it changed"),
        )],
    }
}

/// A file that judges was added or removed.
fn appeared_or_gone(guard: Guard, path: &str, gone: bool) -> Change {
    let (weight, text) = match (guard, gone) {
        (Guard::Waivers | Guard::Key, false) => (
            Weight::Looser,
            format!("`{path}` is new: it lets pass, or sign, what could not before"),
        ),
        // What one key could sign nobody can now; what a waiver let pass no longer passes.
        (Guard::Waivers | Guard::Key, true) => (
            Weight::Unjudged,
            format!("`{path}` is gone: who relied on it cannot any more"),
        ),
        (Guard::Manifest, _) => (
            Weight::Unjudged,
            format!("the manifest `{path}` came or went, and its lint levels with it"),
        ),
        (_, false) => (
            Weight::Unjudged,
            format!("`{path}` is new and decides what is checked"),
        ),
        (_, true) => (
            Weight::Looser,
            format!("`{path}` decided what is checked, and it is gone"),
        ),
    };
    Change::new(weight, path, text)
}

/// Counts of all, findings of the first of each kind.
fn reading(params: &Params, changes: &Changes, found: &[Change]) -> Reading {
    let count = |weight: Weight| {
        let of = found.iter().filter(|change| change.weight == weight);
        of.fold(0_u64, |sum, change| sum.saturating_add(change.count))
    };
    let mut observations = Weight::ALL
        .map(|weight| common::count(weight.observation(), count(weight), Basis::Observed))
        .to_vec();
    let unread = changes
        .files
        .iter()
        .filter(|file| params.guard(&file.path).is_some() && file.is_unread());
    let unread = u64::try_from(unread.count()).unwrap_or(u64::MAX);
    observations.push(common::count("guards_unread", unread, Basis::Observed));
    let severity = if params.tier == 1 {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut findings = Vec::new();
    for weight in Weight::ALL {
        let of = found.iter().filter(|change| change.weight == weight);
        findings.extend(of.take(MAX_FINDINGS).map(|change| change.finding(severity)));
    }
    Reading {
        observations,
        examined: changes.guards.saturating_add(common::len(&changes.files)),
        findings,
    }
}
