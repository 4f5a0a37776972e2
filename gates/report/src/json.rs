//! The report for other programs. `schema_version` is raised when a field changes its meaning or
//! goes away; new fields may appear at any time.

use std::collections::BTreeSet;

use caws_evidence::{Finding, Measurement};
use caws_policy::{TrustScore, Waiver};
use serde::Serialize;

use crate::codes;
use crate::next;
use crate::view::{Outcome, RunView, Seal};

/// Version of every JSON document `caws` prints.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct RunDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    passed: bool,
    /// Whether only some gates were asked for; such a run has no trust score.
    partial: bool,
    spec: &'a caws_policy::SpecRef,
    subject: &'a caws_policy::Subject,
    gates: Vec<GateDocument<'a>>,
    trust: Option<&'a TrustScore>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waivers: Vec<WaiverDocument<'a>>,
    signature: SignatureDocument<'a>,
    next_step: Option<StepDocument>,
    plan_sha256: &'a str,
    started: &'a str,
    finished: &'a str,
}

#[derive(Serialize)]
struct GateDocument<'a> {
    gate: &'a str,
    verdict: String,
    reason: Option<&'a str>,
    seconds: Option<f64>,
    cached: bool,
    measured: Option<&'a str>,
    measurements: &'a [Measurement],
    findings: Vec<&'a Finding>,
    evidence: Option<String>,
    evidence_sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct WaiverDocument<'a> {
    /// Gates it waives; none where it waives nothing.
    waives: Vec<&'a str>,
    #[serde(flatten)]
    waiver: &'a Waiver,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum SignatureDocument<'a> {
    Unsigned {
        why: Option<&'a str>,
    },
    Signed {
        key: &'a str,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        cosigners: &'a [String],
    },
}

#[derive(Serialize)]
struct StepDocument {
    what: String,
    how: Option<String>,
    place: Option<String>,
    code: Option<String>,
}

/// The document of a run.
///
/// # Errors
/// When a number of the evidence is not finite.
pub fn run(view: &RunView) -> serde_json::Result<String> {
    document(&RunDocument {
        schema_version: SCHEMA_VERSION,
        kind: "run",
        passed: view.passed(),
        partial: view.partial,
        spec: &view.plan.spec,
        subject: &view.plan.subject,
        gates: view.rows().map(|row| gate(&row)).collect(),
        trust: (!view.partial).then_some(&view.score),
        waivers: view
            .waivers()
            .map(|(waiver, waives)| WaiverDocument { waives, waiver })
            .collect(),
        signature: match &view.seal {
            Seal::Unsigned { .. } => SignatureDocument::Unsigned {
                why: view.unsigned(),
            },
            Seal::Signed { key, cosigners } => SignatureDocument::Signed { key, cosigners },
        },
        next_step: next::next_step(view).map(step),
        plan_sha256: &view.manifest.caws.plan_sha256,
        started: &view.manifest.caws.started,
        finished: &view.manifest.caws.finished,
    })
}

fn gate<'a>(row: &crate::GateRow<'a>) -> GateDocument<'a> {
    let outcome = row.outcome();
    GateDocument {
        gate: &row.plan.gate,
        verdict: outcome.word().replace(' ', "_"),
        reason: match outcome {
            Outcome::NotApplicable(reason) => Some(reason),
            Outcome::Judged(_) | Outcome::NotRun => None,
        },
        seconds: row.seconds(),
        cached: row.cached().is_some(),
        measured: row.entry.map(|entry| entry.measured.as_str()),
        measurements: row
            .evidence
            .map(|evidence| evidence.measurements.as_slice())
            .unwrap_or_default(),
        findings: row.findings(),
        evidence: row.evidence.map(|_| row.evidence_path()),
        evidence_sha256: row.entry.map(|entry| entry.evidence_sha256.as_str()),
    }
}

#[derive(Serialize)]
struct TrustDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    trust: &'a TrustScore,
    raises: Vec<StepDocument>,
}

/// The trust score with every way to raise it, the most points first.
///
/// # Errors
/// Never in practice: a score holds whole numbers and text.
pub fn trust(view: &RunView) -> serde_json::Result<String> {
    document(&TrustDocument {
        schema_version: SCHEMA_VERSION,
        kind: "trust",
        trust: &view.score,
        raises: next::raises(view).into_iter().map(step).collect(),
    })
}

fn step(step: next::NextStep) -> StepDocument {
    StepDocument {
        what: step.what,
        how: step.how,
        place: step.place,
        code: step.code,
    }
}

#[derive(Serialize)]
struct FindingsDocument<'a> {
    schema_version: u32,
    kind: &'a str,
    passed: bool,
    findings: &'a [Finding],
    codes: Vec<CodeDocument<'a>>,
}

/// What a code of the findings means, and where one reads on.
#[derive(Serialize)]
struct CodeDocument<'a> {
    code: &'a str,
    summary: Option<&'a str>,
    explain: String,
}

/// The document of a command that yields findings: `validate`, `doctor`, an error.
///
/// # Errors
/// Never in practice: findings hold text only.
pub fn findings(kind: &str, passed: bool, findings: &[Finding]) -> serde_json::Result<String> {
    let used: BTreeSet<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    let codes = used
        .into_iter()
        .map(|code| CodeDocument {
            code,
            summary: codes::summary(code),
            explain: format!("caws explain {code}"),
        })
        .collect();
    document(&FindingsDocument {
        schema_version: SCHEMA_VERSION,
        kind,
        passed,
        findings,
        codes,
    })
}

/// Any value as an indented document that ends with a line end.
///
/// # Errors
/// When the value does not serialise.
pub fn document<T: Serialize>(value: &T) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}
