//! `rego`: what policies say about the project.
//!
//! Raw outputs: `input`, the document they were asked about (schema `policy-input-v1`); `data`, where there is one; and
//! each policy file, its path for a role. The plan names every policy by digest, so that no other can stand in for it.

use caws_rego::{Fault, Level, Location, Outcome, Policies, Source};
use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common};
use crate::codes;
use crate::digest::sha256_hex;
use crate::model::{Basis, FileDigest, Finding, Place, Severity};

/// Role of the input document.
pub const INPUT: &str = "input";
/// Role of the data document.
pub const DATA: &str = "data";
/// The published schema of the input document.
pub const INPUT_SCHEMA: &str =
    include_str!("../../../../.caws/schemas/policy-input-v1.schema.json");
/// Version of the input document.
pub const INPUT_VERSION: u64 = 1;

/// Parameters of `rego`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The policies, by content.
    policies: Vec<FileDigest>,
    /// The data document, by content.
    #[serde(default)]
    data: Option<FileDigest>,
    /// Where review counts: the commit the work left from.
    #[serde(default)]
    base: Option<String>,
    /// And where it was when the plan was made.
    #[serde(default, rename = "head")]
    _head: Option<String>,
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let mut sources = Vec::new();
    for policy in &params.policies {
        let raw = planned(raws, &policy.path, policy)?;
        let text = std::str::from_utf8(&raw.bytes)
            .map_err(|error| common::malformed(raw, "policy in UTF-8", error))?;
        sources.push(Source::new(policy.path.as_str(), text));
    }
    let data: Value = match &params.data {
        Some(data) => common::json(planned(raws, DATA, data)?, "data document")?,
        None => Value::Object(serde_json::Map::new()),
    };
    let raw = common::raw(raws, INPUT)?;
    let input: Value = common::json(raw, "input document")?;
    if input.get("schema_version") != Some(&Value::from(INPUT_VERSION)) {
        return Err(common::malformed(
            raw,
            "input document",
            format!("not `schema_version: {INPUT_VERSION}`"),
        ));
    }
    if input.pointer("/change/base").and_then(Value::as_str) != params.base.as_deref() {
        return Err(common::malformed(
            raw,
            "input document about the change the plan names",
            "another base",
        ));
    }
    let policies = Policies::compile(&sources, &data, input_schema().as_ref()).map_err(unusable)?;
    let report = caws_rego::evaluate(&policies, &input).map_err(unusable)?;
    let standing = |level| u64::try_from(report.standing(level).count()).unwrap_or(u64::MAX);
    let excepted = report.outcomes.iter().filter(|one| one.excepted.is_some());
    let excepted = u64::try_from(excepted.count()).unwrap_or(u64::MAX);
    let mut findings: Vec<Finding> = report.outcomes.iter().map(finding).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings.extend(report.unused.iter().map(|unused| Finding {
        help: Some("take it away: what it was for is gone".to_owned()),
        ..bare(
            codes::POLICY_EXCEPTION_UNUSED,
            Severity::Warning,
            format!(
                "the exception `{}` of {} excepts nothing",
                unused.exception, unused.package
            ),
        )
    }));
    Ok(Reading {
        observations: vec![
            common::count("denied", standing(Level::Deny), Basis::Observed),
            common::count("warned", standing(Level::Warn), Basis::Observed),
            common::count("excepted", excepted, Basis::Observed),
            common::count("rules", report.rules, Basis::Observed),
        ],
        examined: report.rules,
        findings,
    })
}

/// The schema of the input, parsed.
#[must_use]
pub fn input_schema() -> Option<Value> {
    serde_json::from_str(INPUT_SCHEMA).ok()
}

/// The raw output of a role, which must be the file the plan names.
fn planned<'r>(raws: &'r [Raw], role: &str, file: &FileDigest) -> Result<&'r Raw, MeasureError> {
    let raw = common::raw(raws, role)?;
    let found = sha256_hex(&raw.bytes);
    if found == file.sha256 {
        Ok(raw)
    } else {
        Err(common::malformed(
            raw,
            &format!(
                "copy of {} with the digest {} the plan names",
                file.path, file.sha256
            ),
            format!("the digest {found}"),
        ))
    }
}

/// Policies that cannot be relied on: the first fault, and how many there are.
fn unusable(faults: Vec<Fault>) -> MeasureError {
    let more = match faults.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count.saturating_sub(1)),
    };
    let first = faults.into_iter().next();
    MeasureError::Malformed {
        name: first
            .as_ref()
            .and_then(|fault| fault.location.as_ref())
            .map_or_else(
                || "the set of policies".to_owned(),
                |place| place.path.clone(),
            ),
        expected: "policy".to_owned(),
        found: first.map_or_else(String::new, |fault| {
            format!("{fault}{more}; {}", fault.kind.help())
        }),
    }
}

fn bare(code: &str, severity: Severity, message: String) -> Finding {
    Finding {
        code: code.to_owned(),
        severity,
        message,
        place: None,
        expected: None,
        found: None,
        help: None,
    }
}

/// A result of a policy, as findings are written everywhere else.
#[must_use]
pub fn finding(outcome: &Outcome) -> Finding {
    let named = match &outcome.code {
        Some(code) => format!("{}.{code}", outcome.package),
        None => format!("{}.{}", outcome.package, outcome.rule),
    };
    let (code, severity, message) = match (&outcome.excepted, outcome.level) {
        (Some(reason), _) => (
            codes::POLICY_EXCEPTED,
            Severity::Note,
            format!("{named}: {} (excepted: {reason})", outcome.message),
        ),
        (None, Level::Deny) => (
            codes::POLICY_DENIED,
            Severity::Error,
            format!("{named}: {}", outcome.message),
        ),
        (None, Level::Warn) => (
            codes::POLICY_WARNED,
            Severity::Warning,
            format!("{named}: {}", outcome.message),
        ),
    };
    Finding {
        place: outcome.place.as_ref().map(place),
        help: outcome.help.clone(),
        ..bare(code, severity, message)
    }
}

/// A fault of a policy, as findings are written everywhere else.
#[must_use]
pub fn fault_finding(fault: &Fault) -> Finding {
    Finding {
        place: fault.location.as_ref().map(place),
        help: Some(fault.kind.help().to_owned()),
        ..bare(
            codes::POLICY_INVALID,
            Severity::Error,
            fault.message.clone(),
        )
    }
}

fn place(location: &Location) -> Place {
    Place {
        path: location.path.clone(),
        line: location.line,
        column: location.column,
    }
}

#[cfg(test)]
mod tests;
