//! One component spec: what the portfolio needs to know of it.
//!
//! The facts are read from the document itself, not from a valid spec, so that a spec with a fault is
//! still counted; its faults are findings of their own.

#[cfg(test)]
mod tests;

use std::fmt;

use caws_evidence::{Finding, Place, Severity, codes};
use serde_json::Value;

use super::sections::{self, SectionState};
use crate::dialect::{examine, recognise};
use crate::document::Document;
use crate::notice::{Details as _, error, warning};
use crate::parse::parse;
use crate::rules::{SpecReport, missing_paths, validate_spec};
use crate::spec::Profile;

/// Work, in quarters of a day of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Effort(pub u32);

impl Effort {
    /// Quarters in a day.
    pub const PER_DAY: u32 = 4;
    /// The most the schema allows, in days.
    const MOST_DAYS: f64 = 10_000.0;

    /// The effort a number of days stands for; `None` where it is no whole number of quarters, less than
    /// none or more than the schema allows.
    #[must_use]
    pub fn from_days(days: f64) -> Option<Self> {
        let quarters = days * f64::from(Self::PER_DAY);
        if !(0.0..=Self::MOST_DAYS).contains(&days) || quarters.fract() != 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, and between 0 and 40,000, checked above"
        )]
        let quarters = quarters as u32;
        Some(Self(quarters))
    }

    /// In days.
    #[must_use]
    pub fn days(self) -> f64 {
        f64::from(self.0) / f64::from(Self::PER_DAY)
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.days())
    }
}

/// Where the paths of a component come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathsFrom {
    /// `component.paths`.
    Component,
    /// `scope.in`, in place of `component.paths`.
    Scope,
}

/// A number the spec states, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The number.
    pub value: f64,
    /// Its place.
    pub place: Place,
}

/// An id the component depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) id: String,
    pub(super) place: Place,
    /// Whether it must be the id of a spec; else it is one only where such a spec is there.
    pub(super) strict: bool,
}

/// A component spec.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Path of its file, relative to the project's root.
    pub path: String,
    /// Identifier; `None` where it is missing or no text.
    pub id: Option<String>,
    /// What the component is.
    pub title: String,
    /// 1, 2 or 3; `None` where it is something else.
    pub tier: Option<u8>,
    /// Kind of software; `None` where it is no known one.
    pub profile: Option<Profile>,
    /// Whether the spec by itself has no error.
    pub valid: bool,
    /// Acceptance scenarios.
    pub scenarios: usize,
    /// Threats.
    pub threats: usize,
    /// Threats with a mitigation of their own.
    pub mitigated: usize,
    /// Which of the sections of a component spec it has.
    pub sections: Vec<SectionState>,
    /// Least coverage it asks for itself, 0..1.
    pub coverage: Option<Stated>,
    /// Least mutation score it asks for itself, 0..1.
    pub mutation: Option<Stated>,
    /// Its code: files, folders and patterns relative to the project's root.
    pub paths: Vec<String>,
    /// Where `paths` come from.
    pub paths_from: PathsFrom,
    /// Work left; `None` where the spec does not say.
    pub effort: Option<Effort>,
    /// Ids of the specs it depends on, known or not.
    pub depends_on: Vec<String>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) id_place: Place,
}

impl Entry {
    /// What to call it: its id, else its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.path)
    }
}

/// Reads a spec: the entry where the file parses, and its findings.
pub(super) fn read(
    path: &str,
    bytes: &[u8],
    exists: &impl Fn(&str) -> bool,
) -> (Option<Entry>, Vec<Finding>) {
    let document = match parse(path, bytes) {
        Ok(document) => document,
        Err(findings) => return (None, findings),
    };
    let SpecReport { spec, findings } = validate_spec(&document);
    // A spec of another generation is judged by the rules of its own.
    let mut findings = if recognise(&document).dialect.is_current() {
        findings
    } else {
        examine(&document).1
    };
    let valid = findings
        .iter()
        .all(|finding| finding.severity != Severity::Error);
    if let Some(spec) = &spec {
        findings.extend(missing_paths(&document, spec, exists));
    }
    let entry = entry(&document, valid);
    findings.extend(no_code(&document, exists));
    findings.extend(sections::missing(&document, entry.tier, &entry.sections));
    findings.extend(unmitigated(&document, entry.tier));
    (Some(entry), findings)
}

fn entry(document: &Document, valid: bool) -> Entry {
    let value = document.value();
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let (threats, mitigated) = threats(value);
    let (paths, paths_from) = match lines(value.pointer("/component/paths")) {
        Some(paths) => (paths, PathsFrom::Component),
        None => (
            lines(value.pointer("/scope/in")).unwrap_or_default(),
            PathsFrom::Scope,
        ),
    };
    let dependencies = dependencies(document);
    Entry {
        path: document.path().to_owned(),
        id: text("/id").map(str::to_owned),
        title: text("/title").unwrap_or_default().to_owned(),
        tier: tier(value),
        profile: text("/profile").and_then(Profile::parse),
        valid,
        scenarios: items(value, "/acceptance").len(),
        threats,
        mitigated,
        sections: sections::of(value),
        coverage: stated(document, "/targets/coverage"),
        mutation: stated(document, "/targets/mutation"),
        paths,
        paths_from,
        effort: value
            .pointer("/component/effort_days")
            .and_then(Value::as_f64)
            .and_then(Effort::from_days),
        depends_on: dependencies
            .iter()
            .filter(|dependency| dependency.strict)
            .map(|dependency| dependency.id.clone())
            .collect(),
        dependencies,
        id_place: document.place_of("/id"),
    }
}

/// A whole number of 1 to 3, or the same as text, as some dialects have it.
fn tier(value: &Value) -> Option<u8> {
    let tier = match value.get("risk_tier")? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    [1_u8, 2, 3]
        .into_iter()
        .find(|known| f64::from(*known) == tier)
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The texts of a list; `None` where there is no list.
fn lines(value: Option<&Value>) -> Option<Vec<String>> {
    let lines = value?.as_array()?.iter().filter_map(Value::as_str);
    Some(lines.map(str::to_owned).collect())
}

fn stated(document: &Document, pointer: &str) -> Option<Stated> {
    let value = document.value().pointer(pointer)?.as_f64()?;
    Some(Stated {
        value,
        place: document.place_of(pointer),
    })
}

/// How many threats there are, and how many of them have a mitigation of their own.
fn threats(value: &Value) -> (usize, usize) {
    let threats = items(value, "/threats");
    let mitigated = threats.iter().filter(|threat| is_mitigated(threat)).count();
    (threats.len(), mitigated)
}

fn is_mitigated(threat: &Value) -> bool {
    threat
        .get("mitigation")
        .and_then(Value::as_str)
        .is_some_and(|text| !text.trim().is_empty())
}

/// Threats in parts that do not say what is done about them. One in a line of text may say it there.
fn unmitigated(document: &Document, tier: Option<u8>) -> Vec<Finding> {
    items(document.value(), "/threats")
        .iter()
        .enumerate()
        .filter(|(_, threat)| threat.is_object() && !is_mitigated(threat))
        .map(|(index, threat)| {
            let place = document.place_of(&format!("/threats/{index}"));
            let what = threat
                .get("threat")
                .and_then(Value::as_str)
                .unwrap_or("without a name");
            let message = format!("nothing is said to be done about the threat \"{what}\"");
            let finding = if tier == Some(1) {
                error(codes::PORTFOLIO_THREAT, place, message)
            } else {
                warning(codes::PORTFOLIO_THREAT, place, message)
            };
            finding
                .expected("`mitigation` with a text")
                .found("none")
                .help("say what prevents the threat, or what limits its harm")
        })
        .collect()
}

/// Paths of the component's code that are not there.
fn no_code(document: &Document, exists: &impl Fn(&str) -> bool) -> Vec<Finding> {
    lines(document.value().pointer("/component/paths"))
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter(|(_, path)| !path.contains(['*', '?']) && !exists(path))
        .map(|(index, path)| {
            error(
                codes::SPEC_PATH_MISSING,
                document.place_of(&format!("/component/paths/{index}")),
                format!("the component's code `{path}` does not exist"),
            )
            .expected("a path of the project")
            .found(format!("nothing at `{path}`"))
            .help("mend the path; where there is no code yet write `paths: []`")
        })
        .collect()
}

fn dependencies(document: &Document) -> Vec<Dependency> {
    let value = document.value();
    let list = |pointer: &str, strict: bool| -> Vec<Dependency> {
        items(value, pointer)
            .iter()
            .enumerate()
            .filter_map(|(index, id)| {
                Some(Dependency {
                    id: id.as_str()?.to_owned(),
                    place: document.place_of(&format!("{pointer}/{index}")),
                    strict,
                })
            })
            .collect()
    };
    let mut all = list("/component/depends_on", true);
    // Here specs stand beside services and packages.
    all.extend(list("/dependencies", false));
    all
}
