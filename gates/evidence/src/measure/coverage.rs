//! What the coverage readers share: which files count, and the numbers they give.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common, glob, junit, parts};
use crate::{
    codes,
    model::{Basis, Finding, Observation, Place, Severity},
};

/// Files named in findings: the ones with most to gain.
const MAX_FILES: usize = 20;
/// Lines named per file.
const MAX_LINES: usize = 20;

/// Parameters of `llvm-cov`, `cobertura` and `lcov`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Files that are not the code under test.
    #[serde(default)]
    exclude: Vec<Exclude>,
    /// Prefix that makes absolute paths relative to the project's root, where the report has such.
    #[serde(default)]
    root: Option<String>,
    /// Components with numbers of their own.
    #[serde(default)]
    components: Vec<parts::Component>,
}

/// Files left out, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exclude {
    /// Pattern of paths relative to the project's root: `*`, `?`, `**`.
    path: String,
    /// Why they are no code under test; a pattern without a reason is refused.
    #[expect(dead_code, reason = "required in the plan, where people read it")]
    reason: String,
}

impl Params {
    /// The path of a file relative to the project's root, with `/`; `None` where it is excluded.
    pub(super) fn counted(&self, filename: &str) -> Option<String> {
        let path = filename.replace('\\', "/");
        let root = self.root.as_deref().map(|root| root.replace('\\', "/"));
        let relative = root
            .and_then(|root| {
                path.strip_prefix(root.trim_end_matches('/'))?
                    .strip_prefix('/')
            })
            .unwrap_or(path.strip_prefix("./").unwrap_or(&path));
        let excluded = self
            .exclude
            .iter()
            .any(|exclude| glob::matches(&exclude.path, relative));
        (!excluded).then(|| relative.to_owned())
    }
}

/// Things reached, out of things there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Reached.
    pub(super) reached: u64,
    /// There.
    pub(super) all: u64,
}

impl Tally {
    /// Adds `all` things of which `reached` were reached.
    pub(super) fn add(&mut self, reached: u64, all: u64) {
        self.reached = self.reached.saturating_add(reached);
        self.all = self.all.saturating_add(all);
    }
}

/// What a coverage report says about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FileCoverage {
    /// Outcomes of branches.
    pub(super) branches: Tally,
    /// Lines with code.
    pub(super) lines: Tally,
    /// Regions of code, where the report has them.
    pub(super) regions: Tally,
    /// Lines with a branch outcome that never happened, in order.
    pub(super) unreached: Vec<u64>,
}

impl FileCoverage {
    /// Several files as one.
    pub(super) fn sum<'a>(files: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for file in files {
            sum.branches.add(file.branches.reached, file.branches.all);
            sum.lines.add(file.lines.reached, file.lines.all);
            sum.regions.add(file.regions.reached, file.regions.all);
        }
        sum
    }

    /// The numbers; what there is nothing of is left out.
    pub(super) fn observations(&self) -> impl Iterator<Item = Observation> {
        [
            ("branch_coverage", self.branches),
            ("region_coverage", self.regions),
            ("line_coverage", self.lines),
        ]
        .into_iter()
        .filter_map(|(name, tally)| common::ratio(name, tally.reached, tally.all, Basis::Reported))
    }
}

/// What [`reading`] gives, and the same numbers for each component the parameters name.
pub(super) fn measured(
    params: &Value,
    files: &BTreeMap<String, FileCoverage>,
    raws: &[Raw],
    branches_missing: Option<MeasureError>,
) -> Result<Reading, MeasureError> {
    let Params { components, .. } = common::params(params)?;
    let mut reading = reading(files, raws, branches_missing)?;
    if reading.examined > 0 {
        let numbers = parts::coverage_of_components(components, files);
        reading.observations.extend(numbers);
    }
    Ok(reading)
}

/// Turns the files of a coverage report and the JUnit report of its tests into a reading.
///
/// `branches_missing` is the error for a report that has files and no branch at all; `None` leaves
/// the number out.
pub(super) fn reading(
    files: &BTreeMap<String, FileCoverage>,
    raws: &[Raw],
    branches_missing: Option<MeasureError>,
) -> Result<Reading, MeasureError> {
    let tests = junit::of_role(raws, "tests")?;
    let mut observations = vec![
        common::count("tests_run", tests.run(), Basis::Reported),
        common::count("tests_failed", tests.failed(), Basis::Reported),
    ];
    let mut findings = tests.findings();
    if files.is_empty() || tests.run() == 0 {
        return Ok(Reading {
            observations,
            examined: 0,
            findings,
        });
    }
    let sum = FileCoverage::sum(files.values());
    if let Some(error) = branches_missing.filter(|_| sum.branches.all == 0) {
        return Err(error);
    }
    observations.extend(sum.observations());
    findings.extend(unreached(files));
    Ok(Reading {
        observations,
        examined: tests.run(),
        findings,
    })
}

/// A note for each of the files with most branch outcomes unreached.
fn unreached(files: &BTreeMap<String, FileCoverage>) -> Vec<Finding> {
    let missed = |file: &FileCoverage| file.branches.all.saturating_sub(file.branches.reached);
    let mut worst: Vec<_> = files.iter().filter(|(_, file)| missed(file) > 0).collect();
    // Stable: files with equally many stay in path order.
    worst.sort_by_key(|(_, file)| std::cmp::Reverse(missed(file)));
    worst.truncate(MAX_FILES);
    worst
        .into_iter()
        .map(|(path, file)| {
            let mut lines = file.unreached.clone();
            lines.dedup();
            let named: Vec<String> = lines.iter().take(MAX_LINES).map(u64::to_string).collect();
            let more = lines.len().saturating_sub(named.len());
            let tail = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            Finding {
                code: codes::BRANCH_UNREACHED.to_owned(),
                severity: Severity::Note,
                message: format!(
                    "{} of {} branch outcomes of {path} never happened",
                    missed(file),
                    file.branches.all
                ),
                place: Some(Place {
                    path: path.clone(),
                    line: lines.first().copied().and_then(common::position),
                    column: None,
                }),
                expected: None,
                found: Some(format!(
                    "unreached outcomes on lines {}{tail}",
                    named.join(", ")
                )),
                help: Some("write a test that takes these branches the other way".to_owned()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
