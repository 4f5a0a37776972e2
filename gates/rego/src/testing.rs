//! Tests of policies: the rules `test_NAME`, and the lines they reach.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Fault;
use crate::model::{Kind, Location};
use crate::policies::Policies;

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "why")]
pub enum TestState {
    /// It is true.
    Passed,
    /// It is false, undefined or no truth value.
    Failed(String),
    /// It broke off.
    Error(String),
}

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestCase {
    /// Its package.
    pub package: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub location: Location,
    /// How it ended.
    #[serde(flatten)]
    pub state: TestState,
}

/// Lines of a policy file that its tests reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileCoverage {
    /// Path of the policy file.
    pub path: String,
    /// Lines reached.
    pub covered: Vec<u32>,
    /// Lines not reached.
    pub missed: Vec<u32>,
    /// Whether no test asked anything of the file: its lines are then not known.
    pub untouched: bool,
}

/// Results of tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TestReport {
    /// In the order of package and name.
    pub cases: Vec<TestCase>,
    /// One for each policy file, in the order of the files.
    pub files: Vec<FileCoverage>,
}

impl TestReport {
    /// Whether there are tests and all passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.cases.is_empty()
            && self
                .cases
                .iter()
                .all(|case| case.state == TestState::Passed)
    }

    /// Lines reached, out of all; `None` where a file's lines are not known or there are none.
    #[must_use]
    pub fn coverage(&self) -> Option<(usize, usize)> {
        let covered: usize = self.files.iter().map(|file| file.covered.len()).sum();
        let missed: usize = self.files.iter().map(|file| file.missed.len()).sum();
        let known = self.files.iter().all(|file| !file.untouched);
        (known && covered + missed > 0).then_some((covered, covered + missed))
    }
}

/// Runs the tests of policies, each on its own input.
///
/// # Errors
/// When the coverage cannot be told.
pub fn run_tests(policies: &Policies) -> Result<TestReport, Vec<Fault>> {
    let mut engine = policies.engine.clone();
    engine.cover();
    let mut report = TestReport::default();
    for rule in policies
        .rules()
        .iter()
        .filter(|rule| rule.kind == Kind::Test)
    {
        let state = match engine.rule(&rule.location.path, rule.query()) {
            Ok(Some(answer)) if answer.value == Value::Bool(true) => TestState::Passed,
            Ok(Some(answer)) => TestState::Failed(format!("it is {}", answer.value)),
            Ok(None) => {
                TestState::Failed("it is undefined: one of its conditions does not hold".to_owned())
            }
            Err(fault) => TestState::Error(fault.to_string()),
        };
        report.cases.push(TestCase {
            package: rule.package.clone(),
            name: rule.name.clone(),
            location: rule.location.clone(),
            state,
        });
    }
    let reached = engine.coverage().map_err(|fault| vec![fault])?;
    for source in policies.sources.iter().filter(|source| !source.is_test()) {
        let found = reached.iter().find(|file| file.path == source.path);
        report.files.push(FileCoverage {
            path: source.path.clone(),
            covered: found.map(|file| file.covered.clone()).unwrap_or_default(),
            missed: found.map(|file| file.missed.clone()).unwrap_or_default(),
            untouched: found.is_none(),
        });
    }
    Ok(report)
}
