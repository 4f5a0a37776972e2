//! A record held against one that was made again from a checkout of the same commit.

use std::collections::{BTreeMap, BTreeSet};

use caws_attest::seal::evidence_path;
use caws_evidence::manifest::layout;
use caws_evidence::{
    Comparator, Evidence, Interval, Measurement, Severity, ToolIdentity, Verdict, codes,
};
use caws_policy::{GatePlan, Plan};
use serde::{Deserialize, Serialize};

use crate::compare::same;
use crate::report::{Findings, Problem, Report};

/// What a gate gave when it was run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rerun {
    /// The same verdict and the same numbers.
    Same,
    /// The same verdict; numbers differ and lead nowhere else. Findings name those whose intervals do not meet.
    Agrees,
    /// Another verdict, other inputs or other thresholds: the record is not what this commit gives here.
    Differs,
    /// It was not run, or could not be measured here, for this reason.
    NotAttempted(String),
}

/// Plan and evidence of a run.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// What was to be measured.
    pub plan: &'a Plan,
    /// What was found, in any order.
    pub evidence: &'a [Evidence],
}

impl<'a> Recorded<'a> {
    fn gate(&self, name: &str) -> Option<(&'a GatePlan, &'a Evidence)> {
        let plan = self.plan.gates.iter().find(|gate| gate.gate == name)?;
        let evidence = self.evidence.iter().find(|record| record.gate == name)?;
        Some((plan, evidence))
    }
}

/// Holds what was recorded against what a second run gave, and writes the answers into `report`.
///
/// What the commit alone decides must be equal: its tree, the documents, the inputs of each gate and what is asked of its numbers. A
/// verdict, and whether a number met its threshold, must be equal too. Numbers may differ from run to run and from machine to machine:
/// two whose intervals do not meet are a warning.
pub fn compare(report: &mut Report, recorded: Recorded<'_>, again: Recorded<'_>) {
    let mut findings = Findings::of(std::mem::take(&mut report.findings));
    documents(recorded.plan, again.plan, &mut findings);
    for gate in &mut report.gates {
        gate.rerun = Some(match (recorded.gate(&gate.gate), again.gate(&gate.gate)) {
            (Some(before), Some(after)) => one(before, after, &mut findings),
            (None, _) => Rerun::NotAttempted("the record does not have it".to_owned()),
            (_, None) => Rerun::NotAttempted("it was not run again".to_owned()),
        });
    }
    report.ok &= !findings.any_error();
    report.findings = findings.into_list();
}

/// Says of every gate why nothing was run again.
pub fn not_attempted(report: &mut Report, why: &str) {
    for gate in &mut report.gates {
        gate.rerun = Some(Rerun::NotAttempted(why.to_owned()));
    }
}

/// What the whole plan rests on.
fn documents(recorded: &Plan, again: &Plan, findings: &mut Findings) {
    let pairs = [
        ("tree", &again.subject.tree, &recorded.subject.tree),
        ("spec", &again.spec.sha256, &recorded.spec.sha256),
        ("policy", &again.policy.sha256, &recorded.policy.sha256),
        (
            "configuration",
            &again.config.sha256,
            &recorded.config.sha256,
        ),
    ];
    for (what, expected, found) in pairs {
        if expected != found {
            differs(
                layout::PLAN,
                format!("the commit has another {what} than the plan"),
                expected.clone(),
                found.clone(),
                findings,
            );
        }
    }
}

fn one(
    (plan, before): (&GatePlan, &Evidence),
    (plan_again, after): (&GatePlan, &Evidence),
    findings: &mut Findings,
) -> Rerun {
    let path = evidence_path(&before.gate);
    let errors = findings.errors();
    inputs(before, after, &path, findings);
    if plan.requirements != plan_again.requirements {
        differs(
            layout::PLAN,
            format!("the commit asks something else of gate `{}`", before.gate),
            asked(plan_again),
            asked(plan),
            findings,
        );
    }
    if findings.errors() > errors {
        return Rerun::Differs;
    }
    if missing(after.verdict) && !missing(before.verdict) {
        let why = after.findings.first().map_or_else(
            || "it gave no number here".to_owned(),
            |finding| format!("not measured here: {}", finding.message),
        );
        return Rerun::NotAttempted(why);
    }
    let exact = numbers(before, after, &path, findings);
    // A waiver turns a verdict, not what was measured.
    if judged(before) != judged(after) {
        differs(
            &path,
            format!("run again, gate `{}` has another verdict", before.gate),
            format!("{:?}", after.verdict),
            format!("{:?}", before.verdict),
            findings,
        );
    }
    if findings.errors() > errors {
        tools(before, after, &path, findings);
        return Rerun::Differs;
    }
    if exact { Rerun::Same } else { Rerun::Agrees }
}

fn missing(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Unmeasured | Verdict::Vacuous | Verdict::Error
    )
}

fn judged(evidence: &Evidence) -> Verdict {
    if evidence.verdict == Verdict::Waived {
        Verdict::Fail
    } else {
        evidence.verdict
    }
}

/// Inputs are files of the commit: the first that is not the same is named. A report that another program left beside the checkout
/// is no file of the commit; without it the gate has no number here either.
fn inputs(before: &Evidence, after: &Evidence, path: &str, findings: &mut Findings) {
    let of = |evidence: &Evidence| -> BTreeMap<String, String> {
        let files = evidence.inputs.iter();
        files
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect()
    };
    let (recorded, again) = (of(before), of(after));
    let names: BTreeSet<&String> = recorded.keys().chain(again.keys()).collect();
    let other = names.into_iter().find(|name| {
        let here = again.get(*name);
        here != recorded.get(*name) && (here.is_some() || !missing(after.verdict))
    });
    let Some(name) = other else { return };
    let said = |files: &BTreeMap<String, String>| {
        files.get(name).map_or_else(
            || format!("no input {name}"),
            |sha256| format!("{name} sha256 {sha256}"),
        )
    };
    differs(
        path,
        format!(
            "gate `{}` was measured on other files than the commit has",
            before.gate
        ),
        said(&again),
        said(&recorded),
        findings,
    );
}

/// Compares the numbers; says whether all are the same.
fn numbers(before: &Evidence, after: &Evidence, path: &str, findings: &mut Findings) -> bool {
    let mut exact = true;
    let mut left: Vec<&Measurement> = after.measurements.iter().collect();
    for recorded in &before.measurements {
        let name = &recorded.observation.name;
        let at = left
            .iter()
            .position(|other| other.observation.name == *name);
        let Some(again) = at.map(|at| left.remove(at)) else {
            exact = false;
            if recorded.met.is_some() {
                let none = "no such number".to_owned();
                let message = format!("run again, `{name}` is not measured");
                differs(path, message, none, shown(recorded), findings);
            }
            continue;
        };
        let (a, b) = (&recorded.observation, &again.observation);
        let equal = same(a.value, b.value) && a.ratio == b.ratio;
        exact &= equal;
        if recorded.met != again.met {
            let message = format!("run again, `{name}` is on another side of its threshold");
            differs(path, message, shown(again), shown(recorded), findings);
        } else if !equal && !meet(recorded, again) {
            findings.add(
                Severity::Warning,
                Problem {
                    code: codes::RERUN_DIFFERS,
                    path,
                    message: format!("run again, `{name}` is another number"),
                    expected: shown(again),
                    found: shown(recorded),
                    help: "the verdict is the same; compare the machines and the tools of both runs",
                },
            );
        }
    }
    exact && left.is_empty()
}

/// Whether the intervals of two numbers have a value in common. A number without an interval is one value.
fn meet(a: &Measurement, b: &Measurement) -> bool {
    let ends = |m: &Measurement| {
        let value = m.observation.value;
        let interval: Option<&Interval> = m.observation.interval.as_ref();
        interval.map_or((value, value), |interval| (interval.low, interval.high))
    };
    let ((a_low, a_high), (b_low, b_high)) = (ends(a), ends(b));
    a_low <= b_high && b_low <= a_high
}

/// Programs that were others than those here: the first place to look when a verdict differs.
fn tools(before: &Evidence, after: &Evidence, path: &str, findings: &mut Findings) {
    let list = |tools: &[ToolIdentity]| {
        let names: Vec<String> = tools
            .iter()
            .map(|tool| format!("{} {}", tool.name, tool.version))
            .collect();
        names.join(", ")
    };
    let (expected, found) = (list(&after.tools), list(&before.tools));
    if expected != found || before.environment != after.environment {
        findings.add(
            Severity::Note,
            Problem {
                code: codes::RERUN_DIFFERS,
                path,
                message: format!(
                    "gate `{}` ran with other tools or on another machine",
                    before.gate
                ),
                expected: format!("{expected}; {:?}", after.environment),
                found: format!("{found}; {:?}", before.environment),
                help: "run it again with the tools the record names before you conclude anything",
            },
        );
    }
}

fn asked(plan: &GatePlan) -> String {
    let all: Vec<String> = plan
        .requirements
        .iter()
        .map(|asked| {
            let comparator = match asked.comparator {
                Comparator::AtLeast => ">=",
                Comparator::AtMost => "<=",
                Comparator::Equal => "==",
            };
            format!("{} {comparator} {}", asked.measurement, asked.threshold)
        })
        .collect();
    if all.is_empty() {
        "nothing".to_owned()
    } else {
        all.join(", ")
    }
}

fn shown(measurement: &Measurement) -> String {
    let seen = &measurement.observation;
    let interval = seen.interval.as_ref().map_or_else(String::new, |interval| {
        format!(" ({} to {})", interval.low, interval.high)
    });
    format!("{} {}{interval}", seen.value, seen.unit)
}

fn differs(path: &str, message: String, expected: String, found: String, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::RERUN_DIFFERS,
        path,
        message,
        expected,
        found,
        help: "expected is what this checkout gives, found what the record says; `--into DIR` keeps the second record to compare",
    });
}

#[cfg(test)]
mod tests;
