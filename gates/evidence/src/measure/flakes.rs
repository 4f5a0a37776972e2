//! `flakes`: tests whose outcome changes while the code does not.
//!
//! Raw outputs `run-1`, `run-2`, ...: the JUnit reports of repeated runs of the same tests. A test
//! is flaky when its outcome differs between runs, when it is there in one run and not in another,
//! or when the runner itself had to try it twice.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MeasureError, Raw, Reading, common, junit,
    junit::{Outcome, Report},
};
use crate::{
    codes,
    model::{Basis, Finding, Severity},
};

/// Findings; more than that nobody reads.
const MAX_FINDINGS: usize = 50;
/// Runs that a comparison needs.
const MIN_RUNS: usize = 2;

/// What the runs say about one test.
#[derive(Debug, Default)]
struct History {
    /// Outcomes by run; several where a run lists cases of the same name.
    runs: BTreeMap<usize, Vec<Outcome>>,
    /// Whether a runner retried it.
    retried: bool,
}

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let mut roles = BTreeSet::new();
    let mut reports = Vec::new();
    for raw in raws.iter().filter(|raw| raw.role.starts_with("run-")) {
        if !roles.insert(raw.role.as_str()) {
            let found = format!("a second file has the role `{}`", raw.role);
            return Err(common::malformed(raw, "raw output", found));
        }
        reports.push(junit::read(raw)?);
    }
    if reports.len() < MIN_RUNS {
        return Err(common::missing(
            "the flake rate",
            format!(
                "{} of at least {MIN_RUNS} runs left a report; set `repeats` to 2 or more",
                reports.len()
            ),
        ));
    }
    let tests = histories(&reports);
    let flaky: Vec<&str> = names(&tests, |history| history.is_flaky(reports.len()));
    let failing: Vec<&str> = names(&tests, History::always_fails);
    let all = common::len(&names(&tests, |_| true));
    let mut observations = Vec::new();
    observations.extend(common::ratio(
        "flake_rate",
        common::len(&flaky),
        all,
        Basis::Reported,
    ));
    observations.push(common::count(
        "tests_always_failing",
        common::len(&failing),
        Basis::Reported,
    ));
    observations.push(common::count("tests_run", all, Basis::Reported));
    let mut findings: Vec<Finding> = flaky
        .iter()
        .map(|name| Finding {
            code: codes::TEST_FLAKY.to_owned(),
            severity: Severity::Warning,
            message: format!("the test `{name}` changes its outcome while the code does not"),
            place: None,
            expected: Some("the same outcome in every run".to_owned()),
            found: tests
                .get(name)
                .map(|history| history.describe(reports.len())),
            help: Some("take time, order, network or shared files out of the test".to_owned()),
        })
        .chain(failing.iter().map(|name| Finding {
            code: codes::TEST_FAILED.to_owned(),
            severity: Severity::Error,
            message: format!("the test `{name}` fails in every run"),
            place: None,
            expected: None,
            found: None,
            help: Some("mend the test or the code".to_owned()),
        }))
        .collect();
    findings.truncate(MAX_FINDINGS);
    Ok(Reading {
        observations,
        examined: all,
        findings,
    })
}

/// The tests that ran at least once, by name.
fn histories(reports: &[Report]) -> BTreeMap<&str, History> {
    let mut tests: BTreeMap<&str, History> = BTreeMap::new();
    for (run, report) in reports.iter().enumerate() {
        for case in &report.cases {
            let history = tests.entry(case.id.as_str()).or_default();
            history.runs.entry(run).or_default().push(case.outcome);
            history.retried |= case.flaky;
        }
    }
    tests.retain(|_, history| {
        history
            .outcomes()
            .any(|outcome| outcome != Outcome::Skipped)
    });
    tests
}

fn names<'a>(tests: &BTreeMap<&'a str, History>, which: impl Fn(&History) -> bool) -> Vec<&'a str> {
    tests
        .iter()
        .filter(|(_, history)| which(history))
        .map(|(name, _)| *name)
        .collect()
}

impl History {
    fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.runs.values().flatten().copied()
    }

    fn is_flaky(&self, runs: usize) -> bool {
        let mut lists = self.runs.values();
        let first = lists.next();
        self.retried || self.runs.len() < runs || lists.any(|list| Some(list) != first)
    }

    fn always_fails(&self) -> bool {
        self.outcomes().all(|outcome| outcome == Outcome::Failed)
    }

    fn describe(&self, runs: usize) -> String {
        let with = |wanted: Outcome| self.outcomes().filter(|outcome| *outcome == wanted).count();
        let retried = if self.retried {
            ", retried by the runner"
        } else {
            ""
        };
        format!(
            "passed {}, failed {}, skipped {}, absent from {} of {runs} runs{retried}",
            with(Outcome::Passed),
            with(Outcome::Failed),
            with(Outcome::Skipped),
            runs.saturating_sub(self.runs.len()),
        )
    }
}

#[cfg(test)]
mod tests;
