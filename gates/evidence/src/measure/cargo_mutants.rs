//! `cargo-mutants`: the mutation score, with the sum of outcomes checked against the plan.
//!
//! Raw output `mutants`: one JSON document the runner merges from cargo-mutants' own files and from
//! outcomes it had cached; see [`Mutants`]. Every outcome is classified here: cargo-mutants exits 0
//! when it tested nothing, and counts a mutant it could not judge nowhere.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{
    MeasureError, Raw, Reading, common,
    mutation::{self, CONFIDENCE, MAX_SURVIVORS, MutantTally, Tried},
};
use crate::{
    interval,
    model::{Basis, Place},
};

const EXPECTED: &str = "record of mutants and their outcomes";
/// Version of [`Mutants`] this reader knows.
const SCHEMA_VERSION: u32 = 1;

/// Mutants planned and what became of them.
#[derive(Debug, Deserialize)]
struct Mutants {
    /// 1.
    schema_version: u32,
    /// How many mutants there are in the code under test.
    population: u64,
    /// The mutants to be tried.
    planned: Vec<Mutant>,
    /// One entry for each mutant tried.
    outcomes: Vec<Outcome>,
    /// How the planned ones were drawn; `null` when all were tried.
    sample: Option<Sample>,
    /// Why it stopped.
    stopped_by: StoppedBy,
}

/// A change to the code.
#[derive(Debug, Deserialize)]
struct Mutant {
    /// What tells it from every other.
    id: String,
    /// cargo-mutants' own description.
    name: String,
    /// Path relative to the project's root.
    file: String,
    /// Line of the change, from 1.
    line: u64,
    /// Column of the change, from 1.
    column: u64,
    /// Function it is in.
    function: Option<String>,
    /// What stands there instead.
    replacement: String,
}

/// What became of a mutant.
#[derive(Debug, Deserialize)]
struct Outcome {
    /// [`Mutant::id`].
    id: String,
    /// cargo-mutants' verdict.
    summary: Summary,
}

/// cargo-mutants' verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Summary {
    /// A test failed: caught.
    CaughtMutant,
    /// No test failed: survived.
    MissedMutant,
    /// The tests took too long.
    Timeout,
    /// It does not compile.
    Unviable,
    /// No verdict.
    Failure,
}

/// How a sample was drawn.
#[derive(Debug, Deserialize)]
struct Sample {
    /// How many of the population were drawn.
    selected: u64,
}

/// Why the tool stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoppedBy {
    /// All planned mutants were tried.
    Complete,
    /// The time was up; the order was random, so what was tried is still a sample.
    TimeBudget,
    /// Someone stopped it; the same holds.
    Interrupted,
}

#[derive(Debug, Default)]
struct Counts {
    caught: u64,
    missed: u64,
    timeout: u64,
    unviable: u64,
    failures: u64,
}

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let raw = common::raw(raws, "mutants")?;
    let record: Mutants = common::json(raw, EXPECTED)?;
    let survivors = check(&record).map_err(|found| common::malformed(raw, EXPECTED, found))?;
    if record.planned.is_empty() {
        return Ok(Reading {
            observations: vec![common::count(
                "population",
                record.population,
                Basis::Reported,
            )],
            ..Reading::default()
        });
    }
    let counts = classify(&record.outcomes);
    let tried = common::len(&record.outcomes);
    if counts.failures > 1 && u128::from(counts.failures) * 10 > u128::from(tried) {
        return Err(common::missing(
            "the mutation score",
            format!(
                "{} of {tried} mutants ended without a verdict, more than a tenth; read cargo-mutants' log",
                counts.failures
            ),
        ));
    }
    let all_tried =
        counts.caught + counts.missed + counts.timeout + counts.unviable == record.population;
    if !all_tried && record.sample.is_none() && record.stopped_by != StoppedBy::Complete {
        return Err(common::missing(
            "the mutation score",
            format!(
                "the run stopped after {tried} of {} mutants, which were not drawn at random; run the gate again",
                record.population
            ),
        ));
    }
    let mut score = mutation::score(counts.caught, counts.missed + counts.timeout)?;
    if !all_tried {
        let decided = counts.caught + counts.missed + counts.timeout;
        score.interval = interval::wilson(counts.caught, decided, CONFIDENCE);
    }
    let mut observations = vec![score];
    for (name, number) in [
        ("caught", counts.caught),
        ("missed", counts.missed),
        ("timeout", counts.timeout),
        ("unviable", counts.unviable),
        ("failures", counts.failures),
        ("population", record.population),
    ] {
        observations.push(common::count(name, number, Basis::Reported));
    }
    let mut findings: Vec<_> = survivors
        .into_iter()
        .take(MAX_SURVIVORS)
        .map(|mutant| {
            let place = Place {
                path: mutant.file.clone(),
                line: common::position(mutant.line),
                column: common::position(mutant.column),
            };
            let within = mutant
                .function
                .as_ref()
                .map_or(String::new(), |name| format!(" in `{name}`"));
            let mut finding = mutation::survived(
                place,
                format!(
                    "no test failed{within} with this change: {}",
                    common::quote(&mutant.name)
                ),
            );
            finding.found = Some(format!(
                "replaced by `{}`",
                common::quote(&mutant.replacement)
            ));
            finding
        })
        .collect();
    findings.extend(mutation::more_survivors(counts.missed));
    Ok(Reading {
        observations,
        examined: tried,
        findings,
    })
}

/// What became of the mutants of each file; the same errors as [`read`].
pub(super) fn by_file(raws: &[Raw]) -> Result<Tried, MeasureError> {
    read(raws)?;
    let record: Mutants = common::json(common::raw(raws, "mutants")?, EXPECTED)?;
    let outcomes: HashMap<&str, Summary> = record
        .outcomes
        .iter()
        .map(|outcome| (outcome.id.as_str(), outcome.summary))
        .collect();
    let mut files: BTreeMap<String, MutantTally> = BTreeMap::new();
    for mutant in &record.planned {
        let tally = files.entry(mutant.file.clone()).or_default();
        match outcomes.get(mutant.id.as_str()) {
            Some(Summary::CaughtMutant) => tally.caught += 1,
            Some(Summary::MissedMutant | Summary::Timeout) => tally.not_caught += 1,
            Some(Summary::Failure) => tally.failures += 1,
            Some(Summary::Unviable) => {}
            None => tally.untried += 1,
        }
    }
    Ok(Tried {
        files,
        sampled: common::len(&record.planned) < record.population,
    })
}

/// Holds outcomes against the plan and gives the survivors, in plan order.
fn check(record: &Mutants) -> Result<Vec<&Mutant>, String> {
    if record.schema_version != SCHEMA_VERSION {
        return Err(format!(
            "schema version {}, not {SCHEMA_VERSION}",
            record.schema_version
        ));
    }
    let planned = common::len(&record.planned);
    if planned > record.population {
        return Err(format!(
            "{planned} mutants planned out of {}",
            record.population
        ));
    }
    match &record.sample {
        None if planned < record.population => {
            return Err(format!(
                "{planned} of {} mutants planned and no sample named",
                record.population
            ));
        }
        Some(sample) if sample.selected > record.population => {
            return Err(format!(
                "{} mutants drawn out of {}",
                sample.selected, record.population
            ));
        }
        _ => {}
    }
    let mut outcomes: HashMap<&str, Option<Summary>> = HashMap::new();
    for mutant in &record.planned {
        if outcomes.insert(&mutant.id, None).is_some() {
            return Err(format!("the mutant {} is planned twice", mutant.id));
        }
    }
    for outcome in &record.outcomes {
        match outcomes.get_mut(outcome.id.as_str()) {
            None => {
                return Err(format!(
                    "an outcome of the mutant {}, which is not planned",
                    outcome.id
                ));
            }
            Some(Some(_)) => return Err(format!("two outcomes of the mutant {}", outcome.id)),
            Some(slot) => *slot = Some(outcome.summary),
        }
    }
    let of = |mutant: &Mutant| outcomes.get(mutant.id.as_str()).copied().flatten();
    if record.stopped_by == StoppedBy::Complete
        && let Some(mutant) = record.planned.iter().find(|mutant| of(mutant).is_none())
    {
        return Err(format!(
            "the run is called complete, and the mutant {} has no outcome",
            mutant.id
        ));
    }
    Ok(record
        .planned
        .iter()
        .filter(|mutant| of(mutant) == Some(Summary::MissedMutant))
        .collect())
}

fn classify(outcomes: &[Outcome]) -> Counts {
    let mut counts = Counts::default();
    for outcome in outcomes {
        *match outcome.summary {
            Summary::CaughtMutant => &mut counts.caught,
            Summary::MissedMutant => &mut counts.missed,
            Summary::Timeout => &mut counts.timeout,
            Summary::Unviable => &mut counts.unviable,
            Summary::Failure => &mut counts.failures,
        } += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
