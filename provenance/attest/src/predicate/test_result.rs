//! in-toto `test-result/v0.1`: a gate's verdict for readers who know no predicate of ours.
//!
//! Source: <https://github.com/in-toto/attestation>, `spec/predicates/test-result.md`.

use caws_evidence::{Evidence, Measurement, Scope, Verdict};
use serde::{Deserialize, Serialize};

use super::Predicate;
use crate::statement::ResourceDescriptor;

/// What came of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Something failed that does not block.
    Warned,
    /// Something failed, or could not be measured.
    Failed,
}

/// The predicate, with ours beside it: a number without its threshold and scope says little.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// What came of the tests.
    pub result: Outcome,
    /// What decided it, by digest: the plan and the declared inputs.
    pub configuration: Vec<ResourceDescriptor>,
    /// Where it can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Names of what passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_tests: Vec<String>,
    /// Names of what failed and is waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned_tests: Vec<String>,
    /// Names of what failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_tests: Vec<String>,
    /// Extension: which of the six verdicts it was.
    #[serde(
        rename = "caws_verdict",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub verdict: Option<Verdict>,
    /// Extension: every number with its threshold, sample and basis.
    #[serde(
        rename = "caws_measurements",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub measurements: Vec<Measurement>,
    /// Extension: what was looked at and what was left out.
    #[serde(
        rename = "caws_scope",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub scope: Option<Scope>,
}

impl Predicate for TestResult {
    const TYPE: &'static str = "https://in-toto.io/attestation/test-result/v0.1";

    fn check(&self) -> Result<(), String> {
        if self.result == Outcome::Passed && !self.failed_tests.is_empty() {
            return Err(format!(
                "PASSED with {} failed tests",
                self.failed_tests.len()
            ));
        }
        if let Some(verdict) = self.verdict {
            let expected = outcome(verdict);
            if expected != self.result {
                return Err(format!("{:?} for the verdict {verdict:?}", self.result));
            }
        }
        Ok(())
    }
}

/// Only a pass is a pass; what could not be measured has failed.
fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Pass => Outcome::Passed,
        Verdict::Waived => Outcome::Warned,
        Verdict::Fail | Verdict::Vacuous | Verdict::Unmeasured | Verdict::Error => Outcome::Failed,
    }
}

impl TestResult {
    /// The same evidence in these words. Each measurement with a threshold is a test.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let waived = evidence.verdict == Verdict::Waived;
        let mut configuration = vec![ResourceDescriptor::digested(
            "plan",
            "sha256",
            &evidence.plan_sha256,
        )];
        configuration.extend(
            evidence
                .inputs
                .iter()
                .map(|file| ResourceDescriptor::digested(&file.path, "sha256", &file.sha256)),
        );
        let names = |wanted: bool| {
            evidence
                .measurements
                .iter()
                .filter(|m| m.threshold.is_some() && (m.met == Some(true)) == wanted)
                .map(|m| m.observation.name.clone())
                .collect::<Vec<_>>()
        };
        let (failed_tests, warned_tests) = if waived {
            (Vec::new(), names(false))
        } else {
            (names(false), Vec::new())
        };
        Self {
            result: outcome(evidence.verdict),
            configuration,
            url: None,
            passed_tests: names(true),
            warned_tests,
            failed_tests,
            verdict: Some(evidence.verdict),
            measurements: evidence.measurements.clone(),
            scope: Some(evidence.scope.clone()),
        }
    }
}
