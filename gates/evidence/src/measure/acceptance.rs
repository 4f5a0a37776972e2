//! `acceptance`: which tests prove which acceptance criteria.
//!
//! Raw outputs: test results with the role `FORMAT/NAME`, FORMAT being `junit`, `libtest-json`, `pytest-json` or
//! `go-test-json`, and results of benchmarks with the role `bench/RUN`. The criteria of the working spec and the budgets of the
//! benchmarks are parameters, fixed with the plan. A test cites a criterion in its name, its class or an annotation of the
//! report, a budget in its name. A criterion is proved when a test or a budget that cites it ran and passed, and none that
//! cites it failed.

mod budgets;
mod cite;
mod results;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

pub use cite::cited;
pub(super) use results::is_annotation;

use super::junit::{Case, Outcome};
use super::{MeasureError, Raw, Reading, common};
use crate::codes;
use crate::model::{Basis, Finding, Place, Severity};

/// Tests named in one finding.
const NAMED: usize = 5;

/// Parameters of `acceptance`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Path of the working spec.
    spec: String,
    /// Its id.
    id: String,
    /// Its criteria, in order.
    criteria: Vec<Criterion>,
    /// Limits on the numbers of the benchmarks.
    #[serde(default)]
    budgets: Vec<budgets::Budget>,
}

/// A criterion of the spec.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Criterion {
    /// Such as `A1`.
    id: String,
    /// Line of the spec it stands in.
    line: Option<u32>,
}

/// How a criterion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A test that cites it ran and passed, and none that cites it failed.
    Proved,
    /// A test that cites it failed.
    Failed,
    /// Tests cite it, and none of them ran.
    NotRun,
    /// No test cites it.
    Uncited,
}

/// A criterion and the tests and budgets that cite it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Id of the criterion.
    pub criterion: String,
    /// How it stands.
    pub standing: Standing,
    /// Names of the tests that passed.
    pub passed: BTreeSet<String>,
    /// Names of the tests that failed.
    pub failed: BTreeSet<String>,
    /// Names of the tests that never ran.
    pub skipped: BTreeSet<String>,
}

/// The map from criteria to tests, in the order of the spec.
///
/// # Errors
/// [`MeasureError`] where there are no test results, or they are not what they should be.
pub fn proofs(params: &Value, raws: &[Raw]) -> Result<Vec<Proof>, MeasureError> {
    let params: Params = common::params(params)?;
    Ok(map(&params, &cases(&params, raws)?))
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let cases = cases(&params, raws)?;
    let proofs = map(&params, &cases);
    let with = |standing: Standing| {
        proofs.iter().fold(0_u64, |sum, proof| {
            sum + u64::from(proof.standing == standing)
        })
    };
    let run = cases.iter().fold(0_u64, |sum, case| {
        sum + u64::from(case.outcome != Outcome::Skipped)
    });
    let citing: BTreeSet<&String> = proofs
        .iter()
        .flat_map(|proof| {
            proof
                .passed
                .iter()
                .chain(&proof.failed)
                .chain(&proof.skipped)
        })
        .collect();
    let mut observations = Vec::new();
    observations.extend(common::ratio(
        "criteria_proved",
        with(Standing::Proved),
        common::len(&proofs),
        Basis::Reported,
    ));
    observations.extend(
        [
            ("criteria_failed", with(Standing::Failed)),
            ("criteria_not_run", with(Standing::NotRun)),
            ("criteria_uncited", with(Standing::Uncited)),
            (
                "tests_citing",
                u64::try_from(citing.len()).unwrap_or(u64::MAX),
            ),
            ("tests_run", run),
        ]
        .map(|(name, number)| common::count(name, number, Basis::Reported)),
    );
    let findings = params
        .criteria
        .iter()
        .zip(&proofs)
        .filter_map(|(criterion, proof)| unproved(&params, criterion, proof))
        .collect();
    Ok(Reading {
        observations,
        examined: run,
        findings,
    })
}

/// The cases of all test results, and one for each budget.
fn cases(params: &Params, raws: &[Raw]) -> Result<Vec<Case>, MeasureError> {
    if raws.is_empty() {
        return Err(common::missing(
            "a test result of this run",
            "run the gate together with one that runs tests (coverage, flakes, contracts) or benchmarks (performance), or name `reports`",
        ));
    }
    let mut roles = BTreeSet::new();
    let mut cases = Vec::new();
    let mut benches = Vec::new();
    for raw in raws {
        if !roles.insert(raw.role.as_str()) {
            let found = format!("a second file has the role `{}`", raw.role);
            return Err(common::malformed(raw, "raw output", found));
        }
        match raw.role.split_once('/') {
            Some((budgets::FORMAT, run)) => benches.push(Raw {
                role: run.to_owned(),
                ..raw.clone()
            }),
            found => {
                let format = found.map_or(raw.role.as_str(), |(format, _)| format);
                cases.extend(results::read(format, raw)?);
            }
        }
    }
    cases.extend(budgets::cases(&params.budgets, &benches)?);
    Ok(cases)
}

fn map(params: &Params, cases: &[Case]) -> Vec<Proof> {
    let mut proofs: Vec<Proof> = params
        .criteria
        .iter()
        .map(|criterion| Proof {
            criterion: criterion.id.clone(),
            standing: Standing::Uncited,
            passed: BTreeSet::new(),
            failed: BTreeSet::new(),
            skipped: BTreeSet::new(),
        })
        .collect();
    for case in cases {
        let cited: BTreeSet<String> = case
            .says
            .iter()
            .flat_map(|text| cited(text, &params.id))
            .collect();
        for proof in proofs
            .iter_mut()
            .filter(|proof| cited.contains(&proof.criterion))
        {
            let tests = match case.outcome {
                Outcome::Passed => &mut proof.passed,
                Outcome::Failed => &mut proof.failed,
                Outcome::Skipped => &mut proof.skipped,
            };
            tests.insert(case.id.clone());
        }
    }
    for proof in &mut proofs {
        proof.standing = if !proof.failed.is_empty() {
            Standing::Failed
        } else if !proof.passed.is_empty() {
            Standing::Proved
        } else if !proof.skipped.is_empty() {
            Standing::NotRun
        } else {
            Standing::Uncited
        };
    }
    proofs
}

fn unproved(params: &Params, criterion: &Criterion, proof: &Proof) -> Option<Finding> {
    let id = &criterion.id;
    let (message, found, help) = match proof.standing {
        Standing::Proved => return None,
        Standing::Failed => (
            format!("a test of the acceptance criterion {id} failed"),
            format!("failed: {}", some(&proof.failed)),
            "mend the test or the code".to_owned(),
        ),
        Standing::NotRun => (
            format!("no test of the acceptance criterion {id} ran"),
            format!("skipped: {}", some(&proof.skipped)),
            "let the tests run, or write one that does".to_owned(),
        ),
        Standing::Uncited => (
            format!("no test cites the acceptance criterion {id}"),
            "none".to_owned(),
            format!(
                "write a test of it and cite it: `{}_...` in the test's name, or a property `criterion` in its report",
                id.to_ascii_lowercase()
            ),
        ),
    };
    Some(Finding {
        code: codes::CRITERION_UNPROVED.to_owned(),
        severity: Severity::Error,
        message,
        place: Some(Place {
            path: params.spec.clone(),
            line: criterion.line,
            column: None,
        }),
        expected: Some(format!(
            "a test that cites {id}, ran and passed in this run"
        )),
        found: Some(found),
        help: Some(help),
    })
}

/// The first names, and how many more there are.
fn some(names: &BTreeSet<String>) -> String {
    let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
