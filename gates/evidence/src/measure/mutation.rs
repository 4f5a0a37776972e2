//! What the readers of mutation reports share.
//!
//! The score is caught / (caught + missed + timeout). A mutant that only made the tests time out
//! stands in the denominator alone: a time limit says as much about the machine as about the
//! tests, and a score must not rise on a slower one. Tools that count a timeout as detected
//! (Stryker, cargo-mutants) print a higher number; each count is reported beside ours.

use std::collections::BTreeMap;

use super::{MeasureError, common};
use crate::{
    codes, interval,
    model::{Basis, Finding, Observation, Place, Severity},
};

/// Survivors named in findings.
pub(super) const MAX_SURVIVORS: usize = 50;

/// Confidence of the interval of a sampled score.
pub(super) const CONFIDENCE: f64 = 0.95;

/// What became of some mutants; those that do not compile are in none of the counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MutantTally {
    /// A test failed.
    pub(super) caught: u64,
    /// No test failed, or the tests took too long.
    pub(super) not_caught: u64,
    /// No verdict.
    pub(super) failures: u64,
    /// Planned, and not reached.
    pub(super) untried: u64,
}

/// Mutants by the file they change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) files: BTreeMap<String, MutantTally>,
    /// Whether there are more mutants than were planned: those here are a random sample.
    pub(super) sampled: bool,
}

impl Tried {
    /// The score of some of the files, and how many mutants decide it; no score where none does, or where
    /// more than a tenth ended without a verdict.
    pub(super) fn score(&self, within: impl Fn(&str) -> bool) -> (u64, Option<Observation>) {
        let mut sum = MutantTally::default();
        for (_, tally) in self.files.iter().filter(|(path, _)| within(path)) {
            sum.caught = sum.caught.saturating_add(tally.caught);
            sum.not_caught = sum.not_caught.saturating_add(tally.not_caught);
            sum.failures = sum.failures.saturating_add(tally.failures);
            sum.untried = sum.untried.saturating_add(tally.untried);
        }
        let all = !self.sampled && sum.failures == 0 && sum.untried == 0;
        let decided = sum.caught.saturating_add(sum.not_caught);
        let tried = decided.saturating_add(sum.failures);
        let broken = sum.failures > 1 && u128::from(sum.failures) * 10 > u128::from(tried);
        let score = score(sum.caught, sum.not_caught)
            .ok()
            .filter(|_| !broken)
            .map(|mut score| {
                if !all {
                    score.interval = interval::wilson(sum.caught, decided, CONFIDENCE);
                }
                score
            });
        (decided, score)
    }
}

/// The score out of its counts.
pub(super) fn score(caught: u64, not_caught: u64) -> Result<Observation, MeasureError> {
    common::ratio(
        "mutation_score",
        caught,
        caught.saturating_add(not_caught),
        Basis::Reported,
    )
    .ok_or_else(|| {
        common::missing(
            "the mutation score",
            "no mutant was built and tested to a verdict; read the tool's log for why",
        )
    })
}

/// A finding about one survivor.
pub(super) fn survived(place: Place, message: String) -> Finding {
    Finding {
        code: codes::MUTANT_SURVIVED.to_owned(),
        severity: Severity::Warning,
        message,
        place: Some(place),
        expected: Some("a test that fails when the code is changed so".to_owned()),
        found: None,
        help: Some("write a test for what this code is meant to do, or delete the code".to_owned()),
    }
}

/// A last note when there are more survivors than findings.
pub(super) fn more_survivors(all: u64) -> Option<Finding> {
    let more = all.saturating_sub(u64::try_from(MAX_SURVIVORS).unwrap_or(u64::MAX));
    (more > 0).then(|| Finding {
        code: codes::MUTANT_SURVIVED.to_owned(),
        severity: Severity::Note,
        message: format!("{more} more mutants survived; the raw report names them"),
        place: None,
        expected: None,
        found: None,
        help: None,
    })
}

#[cfg(test)]
mod tests;
