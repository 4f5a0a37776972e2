//! What the readers of mutation reports share.
//!
//! The score is caught / (caught + missed + timeout). A mutant that only made the tests time out
//! stands in the denominator alone: a time limit says as much about the machine as about the
//! tests, and a score must not rise on a slower one. Tools that count a timeout as detected
//! (Stryker, cargo-mutants) print a higher number; each count is reported beside ours.

use super::{MeasureError, common};
use crate::{
    codes,
    model::{Basis, Finding, Observation, Place, Severity},
};

/// Survivors named in findings.
pub(super) const MAX_SURVIVORS: usize = 50;

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
