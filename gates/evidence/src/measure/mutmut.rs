//! `mutmut`: the mutation score from `mutmut export-cicd-stats`.
//!
//! Raw output `report`: that JSON file. The score is killed / (killed + survived + no tests +
//! suspicious + timeout + segfault): a mutant nobody noticed by a failing test is in the denominator
//! alone. Skipped mutants are left out and counted. The counts must add up to the total.

use serde::Deserialize;

use super::{MeasureError, Raw, Reading, common, mutation};
use crate::model::Basis;

const EXPECTED: &str = "mutmut statistics file";

#[derive(Debug, Deserialize)]
struct Stats {
    killed: u64,
    survived: u64,
    total: u64,
    no_tests: u64,
    skipped: u64,
    suspicious: u64,
    timeout: u64,
    check_was_interrupted_by_user: u64,
    segfault: u64,
}

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let raw = common::raw(raws, "report")?;
    let stats: Stats = common::json(raw, EXPECTED)?;
    let not_killed = [
        stats.survived,
        stats.no_tests,
        stats.suspicious,
        stats.timeout,
        stats.segfault,
    ]
    .into_iter()
    .fold(0, u64::saturating_add);
    let counted = [
        stats.killed,
        stats.skipped,
        stats.check_was_interrupted_by_user,
    ]
    .into_iter()
    .fold(not_killed, u64::saturating_add);
    if counted > stats.total {
        let found = format!(
            "the counts add up to {counted}, and `total` is {}",
            stats.total
        );
        return Err(common::malformed(raw, EXPECTED, found));
    }
    let unchecked = stats.total - counted;
    if unchecked > 0 || stats.check_was_interrupted_by_user > 0 {
        return Err(common::missing(
            "the mutation score",
            format!(
                "of {} mutants {unchecked} were not checked and {} were interrupted; run mutmut to its end",
                stats.total, stats.check_was_interrupted_by_user
            ),
        ));
    }
    let mut observations = Vec::new();
    if stats.total > 0 {
        observations.push(mutation::score(stats.killed, not_killed)?);
    }
    for (name, number) in [
        ("caught", stats.killed),
        ("missed", stats.survived),
        ("no_coverage", stats.no_tests),
        ("suspicious", stats.suspicious),
        ("timeout", stats.timeout),
        ("segfault", stats.segfault),
        ("ignored", stats.skipped),
        ("population", stats.total),
    ] {
        observations.push(common::count(name, number, Basis::Reported));
    }
    Ok(Reading {
        observations,
        examined: stats.total,
        findings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
