//! One gate: its record, its raw outputs, its signature, and its verdict computed again.

use std::collections::BTreeMap;

use caws_attest::predicate::GATE_EVIDENCE_V1;
use caws_attest::seal::{evidence_bundle_path, evidence_path, evidence_statement};
use caws_evidence::manifest::{GateEntry, layout};
use caws_evidence::{
    Evidence, Manifest, Raw, Severity, Verdict, canonical_json, codes, measure, sha256_hex,
};
use caws_policy::record::gate_plan_sha256;
use caws_policy::waiver::covering;
use caws_policy::{GatePlan, Plan, judge};

use crate::bundles::{self, About};
use crate::compare;
use crate::document;
use crate::of_run;
use crate::options::Options;
use crate::raws;
use crate::report::{Findings, GateReport, Problem, Reproduced, SignatureState};
use crate::store::Store;
use crate::trust::Signs;

/// What every gate's check needs.
pub(crate) struct Context<'a> {
    pub(crate) store: &'a Store<'a>,
    pub(crate) options: &'a Options,
    /// Whether the manifest has a bundle: then every evidence record must have one.
    pub(crate) signed: bool,
    /// The run: its times, of signing as well, since evidence of the cache is signed again.
    pub(crate) manifest: &'a Manifest,
    /// The plan, where it can be read.
    pub(crate) plan: Option<&'a Plan>,
}

/// Checks a gate; gives its evidence where it can be read. `digests` takes what was hashed.
pub(crate) fn check(
    context: &Context<'_>,
    entry: &GateEntry,
    plan: Option<&GatePlan>,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> (GateReport, Option<Evidence>) {
    let mut report = GateReport {
        gate: entry.gate.clone(),
        verdict: None,
        measured: entry.measured.clone(),
        cached: entry.cached,
        signature: SignatureState::Missing,
        consistent: false,
        reproduced: Reproduced::NotAttempted("there is no readable evidence".to_owned()),
        rerun: None,
    };
    let path = evidence_path(&entry.gate);
    let before = findings.raised();
    let bytes = match context.store.read(&path, context.options.limits.document) {
        Ok(bytes) => bytes,
        Err(error) => {
            findings.error(Problem {
                code: codes::EVIDENCE_MISSING,
                path: &path,
                message: format!("gate `{}` has no evidence", entry.gate),
                expected: "an evidence record".to_owned(),
                found: error.to_string(),
                help: "get the artifacts again, whole; a verdict without evidence is worth nothing",
            });
            return (report, None);
        }
    };
    let sha256 = sha256_hex(&bytes);
    digest_is(&path, &entry.evidence_sha256, &sha256, findings);
    digests.insert(path.clone(), sha256);
    let evidence: Option<Evidence> = document::read(&path, &bytes, findings);
    let mut raws = None;
    if let Some(evidence) = &evidence {
        report.verdict = Some(evidence.verdict);
        belongs(entry, evidence, plan, &path, findings);
        of_run::check(context.manifest, entry, evidence, &path, findings);
        raws = raws::read(context, evidence, digests, findings);
    }
    report.consistent = findings.raised() == before;
    let statement = evidence
        .as_ref()
        .and_then(|evidence| evidence_statement(evidence).ok());
    let about = About {
        bundle: &evidence_bundle_path(&entry.gate),
        document: &path,
        bytes: &bytes,
        predicate_type: GATE_EVIDENCE_V1,
        subjects: statement.map(|statement| statement.subject),
        signs: Signs::Evidence,
        gate: Some(&entry.gate),
        at: &context.manifest.caws.finished,
        missing: context.signed.then_some(Severity::Error),
    };
    (report.signature, _) = bundles::check(&about, context.store, context.options, findings);
    if let Some(evidence) = &evidence {
        report.reproduced = match (context.plan.zip(plan), raws) {
            (None, _) => Reproduced::NotAttempted(NO_PLAN.to_owned()),
            _ if findings.has(codes::PLAN_MISMATCH, &path) => {
                Reproduced::NotAttempted("it was measured under another plan".to_owned())
            }
            (_, None) => Reproduced::NotAttempted("a raw output is missing or altered".to_owned()),
            (Some(plans), Some(raws)) => reproduce(plans, evidence, &raws, &path, findings),
        };
    }
    (report, evidence)
}

/// Whether the record is of this gate, says what the manifest says, and was made under the plan.
fn belongs(
    entry: &GateEntry,
    evidence: &Evidence,
    plan: Option<&GatePlan>,
    path: &str,
    findings: &mut Findings,
) {
    if evidence.gate != entry.gate {
        findings.error(Problem {
            code: codes::RECORD_INCONSISTENT,
            path,
            message: "the evidence is of another gate".to_owned(),
            expected: format!("gate `{}`", entry.gate),
            found: format!("gate `{}`", evidence.gate),
            help: "evidence of one gate says nothing about another; get the artifacts again",
        });
    }
    if evidence.verdict != entry.verdict {
        findings.error(Problem {
            code: codes::VERDICT_DIFFERS,
            path: layout::MANIFEST,
            message: format!("the manifest gives gate `{}` another verdict", entry.gate),
            expected: format!("{:?}, as its evidence says", evidence.verdict),
            found: format!("{:?}", entry.verdict),
            help: "the manifest was not written by the run it describes; do not rely on it",
        });
    }
    let Some(plan) = plan else { return };
    let digest = gate_plan_sha256(plan).unwrap_or_default();
    if evidence.plan_sha256 != digest {
        findings.error(Problem {
            code: codes::PLAN_MISMATCH,
            path,
            message: format!("gate `{}` was measured under another plan", entry.gate),
            expected: format!("plan sha256 {digest}"),
            found: format!("plan sha256 {}", evidence.plan_sha256),
            help: "thresholds, inputs or settings are not those that held when it was measured",
        });
    }
    let inputs = canonical_json(&evidence.inputs)
        .map(|json| sha256_hex(&json))
        .unwrap_or_default();
    if inputs != plan.inputs_sha256 {
        findings.error(Problem {
            code: codes::RECORD_INCONSISTENT,
            path,
            message: "the evidence names other inputs than the plan".to_owned(),
            expected: format!("inputs with sha256 {}", plan.inputs_sha256),
            found: format!("inputs with sha256 {inputs}"),
            help: "it was measured on other files than those the run was planned for",
        });
    }
}

const NO_PLAN: &str = "the plan does not hold this gate";

pub(crate) const HELP_DIGEST: &str =
    "the file was changed after the run; get the artifacts again from where they were made";

/// Compares digests; one finding for each file is enough.
pub(crate) fn digest_is(path: &str, expected: &str, found: &str, findings: &mut Findings) -> bool {
    if expected == found {
        return true;
    }
    if !findings.has(codes::DIGEST_MISMATCH, path) {
        findings.error(Problem {
            code: codes::DIGEST_MISMATCH,
            path,
            message: "the file is not the one that was recorded".to_owned(),
            expected: format!("sha256 {expected}"),
            found: format!("sha256 {found}"),
            help: HELP_DIGEST,
        });
    }
    false
}

/// A file the record covers is not there.
pub(crate) fn file_missing(path: &str, why: &str, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::RECORD_FILE_MISSING,
        path,
        message: "a file of the record is gone".to_owned(),
        expected: "the file the record names".to_owned(),
        found: why.to_owned(),
        help: "get the artifacts again, whole",
    });
}

/// What only a run can know: that a program or server was not to be had, broke or was stopped.
const ONLY_THE_RUN_KNOWS: [&str; 4] = [
    codes::TOOL_MISSING,
    codes::TOOL_FAILED,
    codes::INTERRUPTED,
    codes::SERVICE_NOT_READY,
];

/// Computes measurements and verdict again.
fn reproduce(
    (whole, plan): (&Plan, &GatePlan),
    evidence: &Evidence,
    raws: &[Raw],
    path: &str,
    findings: &mut Findings,
) -> Reproduced {
    let reading = measure(&plan.method, &plan.params, raws, &evidence.steps);
    let judged = judge(plan, reading);
    let before = findings.raised();
    // What the record does not say of the gate, and what its raw outputs do not, a waiver does not cover.
    let mut found = evidence.findings.clone();
    for finding in judged.findings {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    let waivers = covering(whole, &plan.gate, judged.verdict, &found);
    let verdict = if waivers.is_empty() {
        judged.verdict
    } else {
        Verdict::Waived
    };
    let same = evidence.verdict == verdict;
    // An unmeasured or broken gate earns nothing and blocks; that its tool was absent is an
    // observation of the run that no raw output can show.
    if !same
        && matches!(evidence.verdict, Verdict::Unmeasured | Verdict::Error)
        && let Some(finding) = evidence
            .findings
            .iter()
            .find(|f| ONLY_THE_RUN_KNOWS.contains(&f.code.as_str()))
    {
        return Reproduced::NotAttempted(format!("{}: {}", finding.code, finding.message));
    }
    if !same {
        findings.error(Problem {
            code: codes::VERDICT_DIFFERS,
            path,
            message: format!(
                "gate `{}` gives another verdict when computed again",
                plan.gate
            ),
            expected: format!("{verdict:?}"),
            found: format!("{:?}", evidence.verdict),
            help: "do not rely on this gate's verdict; its raw outputs do not support it",
        });
    }
    if waivers != evidence.waivers {
        let listed = |ids: &[&str]| match ids {
            [] => "no waiver".to_owned(),
            ids => ids.join(", "),
        };
        let named: Vec<&str> = evidence.waivers.iter().map(String::as_str).collect();
        findings.error(Problem {
            code: codes::RECORD_INCONSISTENT,
            path,
            message: format!("gate `{}` names other waivers than cover it", plan.gate),
            expected: listed(&waivers),
            found: listed(&named),
            help: "a waiver covers a gate that failed within its scope, and no other",
        });
    }
    for difference in compare::measurements(&judged.measurements, &evidence.measurements) {
        findings.error(Problem {
            code: codes::MEASUREMENT_DIFFERS,
            path,
            message: format!(
                "measurement `{}` differs when computed again",
                difference.what
            ),
            expected: difference.expected,
            found: difference.found,
            help: "do not rely on this number; the raw outputs give the expected one",
        });
    }
    if findings.raised() == before {
        Reproduced::Yes
    } else {
        Reproduced::No
    }
}
