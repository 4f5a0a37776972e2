//! Some mutants at a time: one start of cargo-mutants, one rebuild of what they have in common.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use caws_evidence::codes;
use serde::Deserialize;

use crate::gates::mutation::Places;
use crate::gates::mutation::outcomes::Summary;
use crate::gates::mutation::population::Mutant;
use crate::gates::{Context, Stop};

/// Smallest batch: below it the start of the tool costs more than it tests.
pub(crate) const LEAST: usize = 8;
/// Largest: what an interrupt may lose, and what a command line may hold.
pub(crate) const MOST: usize = 48;

/// How many mutants to try next: as many as half the time that is left is likely to do, so that the
/// last batch ends near the budget.
pub(crate) fn size(left: Duration, per_mutant: Duration) -> usize {
    let each = per_mutant.as_millis().max(1);
    let fitting = left.as_millis() / 2 / each;
    usize::try_from(fitting).unwrap_or(MOST).clamp(LEAST, MOST)
}

/// Takes mutants off the front until `size` of them have no known outcome.
///
/// Gives those taken, those left, and, of those taken, the ones to be run.
pub(crate) fn take<'m, 'a>(
    rest: &'a [&'m Mutant],
    size: usize,
    known: impl Fn(&Mutant) -> Option<Summary>,
) -> (&'a [&'m Mutant], &'a [&'m Mutant], Vec<&'m Mutant>) {
    let mut fresh = Vec::new();
    let mut end = 0;
    for mutant in rest {
        if fresh.len() == size {
            break;
        }
        end += 1;
        if known(mutant).is_none() {
            fresh.push(*mutant);
        }
    }
    let (taken, others) = rest.split_at(end);
    (taken, others, fresh)
}

#[derive(Deserialize)]
struct Report {
    outcomes: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    scenario: Scenario,
    summary: String,
}

#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant { name: String },
}

/// Runs cargo-mutants on exactly these mutants; gives the outcomes by name.
pub(crate) fn run(
    context: &mut Context<'_>,
    places: &Places,
    mutants: &[&Mutant],
    timeout: Duration,
    done: usize,
    total: u64,
) -> Result<HashMap<String, Summary>, Stop> {
    let name = format!("mutants-{done}");
    let out = context.scratch.join(&name);
    let fixed = [
        "cargo-mutants",
        "mutants",
        "--in-place",
        "--baseline",
        "skip",
        "--no-shuffle",
        "--test-tool",
        "nextest",
    ];
    let mut command: Vec<String> = fixed.map(str::to_owned).to_vec();
    command.extend(["--colors", "never", "--caught", "--unviable", "--timeout"].map(str::to_owned));
    command.push(timeout.as_secs().to_string());
    command.extend(["--output".to_owned(), out.to_string_lossy().into_owned()]);
    // cargo-mutants 27.1 does not hold mutants that delete a struct's field against `--re`: without the
    // diff it would try all of those in every batch.
    let marked = context.scratch.join(format!("{name}.diff"));
    marking(&places.tree, mutants)
        .and_then(|diff| std::fs::write(&marked, diff))
        .map_err(|error| {
            Stop::new(
                codes::TOOL_FAILED,
                format!("the mutants' lines cannot be marked: {error}"),
            )
        })?;
    command.extend([
        "--in-diff".to_owned(),
        marked.to_string_lossy().into_owned(),
    ]);
    for mutant in mutants {
        command.extend(["--re".to_owned(), format!("^{}$", escape(&mutant.name))]);
    }
    let count = u32::try_from(mutants.len()).unwrap_or(u32::MAX);
    // Each mutant is built and tested, each within the limit; the rest is the tool's own start.
    let deadline = timeout
        .saturating_mul(2)
        .saturating_mul(count)
        .saturating_add(Duration::from_secs(300));
    let call = places.call(&name, command).deadline(deadline);
    let mut finished = u64::try_from(done).unwrap_or(u64::MAX);
    let (observer, gate) = (context.observer, context.gate);
    let mut on_line = |line: &str| {
        if ["caught", "MISSED", "TIMEOUT", "unviable"]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            finished += 1;
            observer.gate_progress(gate, finished, total, line);
        }
    };
    let ended = context.call(&call, &mut on_line)?;
    shorten(context, mutants.len());
    // 0 all caught, 2 some missed, 3 some timed out (cargo-mutants' own list of exit codes).
    if !matches!(ended.ended.code(), Some(0 | 2 | 3)) {
        return Err(Stop::new(
            codes::TOOL_FAILED,
            "cargo-mutants did not test the mutants it was given",
        )
        .found(context.shown(&ended.tail.join("\n")))
        .help("run `cargo mutants` by hand and mend what it says"));
    }
    let path = out.join("mutants.out").join("outcomes.json");
    let bytes = std::fs::read(&path).map_err(|error| {
        Stop::new(
            codes::NUMBER_MISSING,
            format!("cargo-mutants left no outcomes.json: {error}"),
        )
    })?;
    read(&bytes).map_err(|error| {
        Stop::new(
            codes::REPORT_MALFORMED,
            format!("outcomes.json of cargo-mutants: {error}"),
        )
    })
}

/// A diff that adds the first line of each mutant to the files as they are.
fn marking(tree: &Path, mutants: &[&Mutant]) -> std::io::Result<String> {
    let mut lines: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for mutant in mutants {
        lines.entry(&mutant.file).or_default().insert(mutant.line);
    }
    let mut diff = String::new();
    for (file, wanted) in lines {
        let text = std::fs::read_to_string(tree.join(file))?;
        let _ = writeln!(diff, "--- a/{file}\n+++ b/{file}");
        let numbered = (1_u64..).zip(text.lines());
        let found = numbered.filter(|(number, _)| wanted.contains(number));
        for (before, (number, line)) in (1_u64..).zip(found) {
            // Each line added before this one is missing on the old side.
            let old = number.saturating_sub(before);
            let _ = writeln!(diff, "@@ -{old},0 +{number} @@\n+{line}");
        }
    }
    Ok(diff)
}

/// Reads `outcomes.json`.
fn read(json: &[u8]) -> serde_json::Result<HashMap<String, Summary>> {
    let report: Report = serde_json::from_slice(json)?;
    Ok(report
        .outcomes
        .into_iter()
        .filter_map(|entry| match entry.scenario {
            Scenario::Mutant { name } => Some((name, summary(&entry.summary))),
            Scenario::Baseline => None,
        })
        .collect())
}

fn summary(name: &str) -> Summary {
    match name {
        "CaughtMutant" => Summary::CaughtMutant,
        "MissedMutant" => Summary::MissedMutant,
        "Timeout" => Summary::Timeout,
        "Unviable" => Summary::Unviable,
        // A word this version does not know is no verdict.
        _ => Summary::Failure,
    }
}

/// The recorded command names the first mutants; the raw output names them all.
fn shorten(context: &mut Context<'_>, count: usize) {
    const SHOWN: usize = 4;
    if let Some(step) = context.steps.last_mut()
        && let Some(first) = step.command.iter().position(|word| word == "--re")
        && count > SHOWN
    {
        step.command.truncate(first + 2 * SHOWN);
        step.command.push(format!("(and {} more)", count - SHOWN));
    }
}

/// A regular expression that matches this text alone.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        // What is special in the regex crate, and nothing else: `\<` is a word boundary there.
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests;
