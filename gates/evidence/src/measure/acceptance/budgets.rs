//! Budgets as tests: a criterion about a number is proved by the benchmark that measures it.

use serde::Deserialize;

use super::super::junit::{Case, Outcome};
use super::super::{MeasureError, Raw, performance};
use super::results;
use crate::model::Observation;

/// Format of a benchmark's result; the role is `bench/RUN`.
pub(super) const FORMAT: &str = "bench";

/// A limit on a number of the benchmarks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    /// Its name, which may cite a criterion.
    name: String,
    /// The number: `short.ttfa_p95`.
    measurement: String,
    /// Its limit.
    at_most: f64,
}

impl Budget {
    /// Whether the number is within the limit for sure: the whole of its interval, where it has one.
    fn holds(&self, found: &Observation) -> bool {
        let highest = found
            .interval
            .as_ref()
            .map_or(found.value, |interval| interval.high);
        found.sample_size != Some(0) && found.value.is_finite() && highest <= self.at_most
    }
}

/// A case for each budget, measured again from the trials. Where the benchmarks ran, a number that does not exist, or that is
/// too unsure to decide, holds no budget.
///
/// # Errors
/// `Malformed` where a result is none.
pub(super) fn cases(budgets: &[Budget], raws: &[Raw]) -> Result<Vec<Case>, MeasureError> {
    let found = if raws.is_empty() {
        None
    } else {
        Some(performance::read(raws)?.observations)
    };
    let outcome = |budget: &Budget| match &found {
        None => Outcome::Skipped,
        Some(found)
            if found
                .iter()
                .any(|one| one.name == budget.measurement && budget.holds(one)) =>
        {
            Outcome::Passed
        }
        Some(_) => Outcome::Failed,
    };
    Ok(budgets
        .iter()
        .map(|budget| {
            results::case(
                format!("budget {}", budget.name),
                outcome(budget),
                Vec::new(),
            )
        })
        .collect())
}
