//! `stryker`: the mutation score from a report in the mutation-testing schema, version 1 or 2.
//!
//! Raw output `report`: the JSON report, as Stryker, mutation testers of other languages and their
//! converters write it. The schema has no score; ours is killed / (killed + survived + no coverage +
//! timeout). Stryker itself counts a timeout as detected; we do not, for a time limit says as much
//! about the machine as about the tests. Ignored mutants and those that do not compile or run are
//! left out and counted.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    MeasureError, Raw, Reading, common,
    mutation::{self, MAX_SURVIVORS, MutantTally, Tried},
};
use crate::model::{Basis, Place};

const EXPECTED: &str = "report of the mutation-testing schema";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema_version: String,
    files: BTreeMap<String, File>,
}

#[derive(Debug, Deserialize)]
struct File {
    mutants: Vec<Mutant>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mutant {
    mutator_name: String,
    #[serde(default)]
    replacement: Option<String>,
    location: Location,
    status: Status,
}

#[derive(Debug, Deserialize)]
struct Location {
    start: Position,
}

#[derive(Debug, Deserialize)]
struct Position {
    line: u64,
    column: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Status {
    Killed,
    Survived,
    NoCoverage,
    Timeout,
    Ignored,
    CompileError,
    RuntimeError,
    Pending,
}

/// The report, where it is one of the schema.
fn report(raws: &[Raw]) -> Result<Report, MeasureError> {
    let raw = common::raw(raws, "report")?;
    let report: Report = common::json(raw, EXPECTED)?;
    let major = report.schema_version.split('.').next().unwrap_or_default();
    if !matches!(major, "1" | "2") {
        let found = format!("schema version {}, not 1 or 2", report.schema_version);
        return Err(common::malformed(raw, EXPECTED, found));
    }
    Ok(report)
}

/// What became of the mutants of each file; the same errors as [`read`].
pub(super) fn by_file(raws: &[Raw]) -> Result<Tried, MeasureError> {
    read(raws)?;
    let files = report(raws)?.files.into_iter().map(|(path, file)| {
        let mut tally = MutantTally::default();
        for mutant in &file.mutants {
            match mutant.status {
                Status::Killed => tally.caught += 1,
                Status::Survived | Status::NoCoverage | Status::Timeout => tally.not_caught += 1,
                Status::Ignored | Status::CompileError | Status::RuntimeError | Status::Pending => {
                }
            }
        }
        (path, tally)
    });
    Ok(Tried {
        files: files.collect(),
        sampled: false,
    })
}

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let report = report(raws)?;
    let mut counts: BTreeMap<Status, u64> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, file) in &report.files {
        for mutant in &file.mutants {
            *counts.entry(mutant.status).or_default() += 1;
            let how = match mutant.status {
                Status::Survived => "no test failed",
                Status::NoCoverage => "no test ran this code",
                _ => continue,
            };
            if findings.len() < MAX_SURVIVORS {
                findings.push(finding(path, mutant, how));
            }
        }
    }
    let of = |status: Status| counts.get(&status).copied().unwrap_or(0);
    if of(Status::Pending) > 0 {
        return Err(common::missing(
            "the mutation score",
            format!(
                "{} mutants are still pending: the run was stopped; run it to its end",
                of(Status::Pending)
            ),
        ));
    }
    let population = counts.values().sum();
    let mut observations = Vec::new();
    if population > 0 {
        let survivors = of(Status::Survived) + of(Status::NoCoverage);
        observations.push(mutation::score(
            of(Status::Killed),
            survivors + of(Status::Timeout),
        )?);
        findings.extend(mutation::more_survivors(survivors));
    }
    for (name, number) in [
        ("caught", of(Status::Killed)),
        ("missed", of(Status::Survived)),
        ("no_coverage", of(Status::NoCoverage)),
        ("timeout", of(Status::Timeout)),
        ("ignored", of(Status::Ignored)),
        (
            "unviable",
            of(Status::CompileError) + of(Status::RuntimeError),
        ),
        ("population", population),
    ] {
        observations.push(common::count(name, number, Basis::Reported));
    }
    Ok(Reading {
        observations,
        examined: population,
        findings,
    })
}

fn finding(path: &str, mutant: &Mutant, how: &str) -> crate::Finding {
    let place = Place {
        path: path.to_owned(),
        line: common::position(mutant.location.start.line),
        column: common::position(mutant.location.start.column),
    };
    let mut finding = mutation::survived(
        place,
        format!("{how} with this change: {}", mutant.mutator_name),
    );
    finding.found = mutant
        .replacement
        .as_ref()
        .map(|replacement| format!("replaced by `{}`", common::quote(replacement)));
    finding
}

#[cfg(test)]
mod tests;
