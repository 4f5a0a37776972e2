//! `mutation`: do the tests notice wrong code? A random sample within a time budget, all mutants, or
//! those of a diff; outcomes are kept one by one, by what decides them.

mod batch;
mod outcomes;
mod population;
mod sample;
mod sweep;
mod tree;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use caws_evidence::codes;
use caws_policy::Term;
use serde_json::{Value, json};

use crate::cache::project_key;
use crate::components::demand;
use crate::config::{MutationAdapter, MutationGate};
use crate::gates::context::Call;
use crate::gates::{Context, Draft, Gate, Stop, report};
use crate::project::{Options, Project};
use crate::schedule::Needs;
use outcomes::{Outcomes, Summary};
use population::Mutant;

pub(crate) struct Mutation;

const DEFAULT_BUDGET: Duration = Duration::from_secs(12 * 60);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(90);

/// Which mutants are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    /// In random order until the time is up.
    Sample(Duration),
    /// Every one.
    All,
    /// Every one on lines changed since the merge base with a revision.
    Diff(String),
}

impl Mode {
    fn of(gate: &MutationGate, options: &Options) -> Self {
        if let Some(base) = &options.base {
            Self::Diff(base.clone())
        } else if options.no_sample {
            Self::All
        } else {
            Self::Sample(
                options
                    .time_budget
                    .or(gate.time_budget)
                    .unwrap_or(DEFAULT_BUDGET),
            )
        }
    }

    fn as_json(&self) -> Value {
        match self {
            Self::Sample(budget) => json!({ "mode": "sample", "seconds": budget.as_secs() }),
            Self::All => json!({ "mode": "all" }),
            Self::Diff(base) => json!({ "mode": "diff", "base": base }),
        }
    }
}

impl Gate for Mutation {
    fn id(&self) -> &'static str {
        "mutation"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, project: &Project) -> Needs {
        let builds = project
            .config
            .gates
            .mutation
            .as_ref()
            .is_some_and(|gate| gate.adapter.is_some());
        Needs {
            cores: if builds { usize::MAX } else { 1 },
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, options: &Options) -> Option<Draft> {
        let term = Some(Term::Mutation);
        let Some(gate) = &project.config.gates.mutation else {
            return Some(Draft::not_configured("cargo-mutants", term));
        };
        let requirements = project
            .rules
            .requirement(Term::Mutation)
            .into_iter()
            .collect();
        let base = Draft {
            term,
            requirements,
            inputs: gate.inputs.clone(),
            uses: gate.uses.clone(),
            ..Draft::new("cargo-mutants")
        };
        if let Some(report) = &gate.report {
            let method = match report.format.as_str() {
                "stryker" => "stryker",
                "mutmut" => "mutmut",
                _ => "cargo-mutants",
            };
            let mut base = base;
            if method == "stryker" {
                let asked = &mut base.requirements;
                demand(
                    &project.components,
                    |asked| &asked.mutation,
                    &mut base.params,
                    asked,
                );
            }
            return Some(Draft {
                method,
                reports: report::inputs([report]),
                programs: report.command.first().cloned().into_iter().collect(),
                ..base
            });
        }
        let timeout = gate.mutant_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let mode = Mode::of(gate, options);
        let mut params = json!({ "sample": mode.as_json(), "mutant_timeout": timeout.as_secs() });
        let mut requirements = base.requirements.clone();
        // A sample of the whole, or the lines of a change, decides nothing about a component.
        if mode == Mode::All {
            demand(
                &project.components,
                |asked| &asked.mutation,
                &mut params,
                &mut requirements,
            );
        }
        Some(Draft {
            params,
            requirements,
            toolchain: Some(None),
            ..base
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.mutation else {
            return Ok(());
        };
        context.scope.included.extend(gate.inputs.iter().cloned());
        match gate.adapter {
            Some(MutationAdapter::CargoMutants) => cargo_mutants(context, gate),
            None => gate.report.as_ref().map_or(Ok(()), |wanted| {
                let role = if wanted.format == "cargo-mutants" {
                    "mutants"
                } else {
                    "report"
                };
                report::keep(context, role, wanted)
            }),
        }
    }
}

/// Folders of the gate in the cache: a copy of the project that is mutated in place, its build, and
/// what became of each mutant.
pub(crate) struct Places {
    base: PathBuf,
    pub(crate) tree: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) outcomes: PathBuf,
}

impl Places {
    fn of(context: &Context<'_>) -> Self {
        let base = context
            .project
            .host
            .cache
            .join("mutation")
            .join(project_key(context.root()));
        Self {
            tree: base.join("tree"),
            target: base.join("target"),
            outcomes: base.join("outcomes"),
            base,
        }
    }

    /// A command in the copy, with the build settings mutants are built with: no debug information
    /// (nobody debugs a mutant), incremental (one function changes at a time).
    pub(crate) fn call(&self, name: &str, command: Vec<String>) -> Call {
        Call::new(name, command)
            .cwd(&self.tree)
            .env("CARGO_TARGET_DIR", self.target.as_os_str())
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_TEST_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "1")
            .env("CARGO_TERM_COLOR", "never")
    }
}

fn cargo_mutants(context: &mut Context<'_>, gate: &MutationGate) -> Result<(), Stop> {
    context.main_tool = Some("cargo-mutants".to_owned());
    let mode = Mode::of(gate, context.options);
    let timeout = gate.mutant_timeout.unwrap_or(DEFAULT_TIMEOUT);
    let places = Places::of(context);
    sweep::sweep(&places.base, context.root());
    context.progress(0, 0, "bringing the work copy up to date");
    tree::sync(
        context.root(),
        &crate::inputs::list(context.root(), &context.project.host),
        &places.tree,
    )
    .map_err(|error| {
        Stop::new(
            codes::TOOL_FAILED,
            format!("the work copy cannot be written: {error}"),
        )
        .help(format!(
            "make {} writable",
            context.shown(&places.tree.to_string_lossy())
        ))
    })?;
    record_exclusions(context);
    let diff = match &mode {
        Mode::Diff(base) => Some(write_diff(context, base)?),
        Mode::Sample(_) | Mode::All => None,
    };
    let mutants = population::list(context, &places, diff.as_deref())?;
    let digests = outcomes::package_digests(context, &places)?;
    let known = Outcomes::new(&places.outcomes, context, timeout, digests);
    let seed = sample::seed(&context.plan.inputs_sha256);
    let order = match mode {
        Mode::Sample(_) => sample::order(&seed, &mutants),
        Mode::All | Mode::Diff(_) => (0..mutants.len()).collect(),
    };
    let planned: Vec<&Mutant> = order
        .iter()
        .filter_map(|index| mutants.get(*index))
        .collect();
    let mut tried = BTreeMap::new();
    let stopped_by = try_all(
        context, &places, &known, &planned, &mode, timeout, &mut tried,
    )?;
    let sampled = matches!(mode, Mode::Sample(_));
    let record = merged(
        &planned,
        &tried,
        sampled.then_some(seed.as_str()),
        stopped_by,
    );
    context.raw(
        "mutants",
        "mutants.json",
        serde_json::to_vec(&record).unwrap_or_default(),
    );
    if stopped_by == INTERRUPTED {
        // Batches that were finished are a sample in random order, however it ended.
        return Err(Stop::interrupted());
    }
    Ok(())
}

/// Why mutants were left out, in the words of the measuring method.
const COMPLETE: &str = "complete";
const TIME_BUDGET: &str = "time_budget";
const INTERRUPTED: &str = "interrupted";

/// Tries mutants in the planned order. It stops for two reasons only: all are tried, or the time is
/// up at the end of a batch. It never looks at how many were caught: a sample that ends when the
/// score looks right is no sample.
fn try_all(
    context: &mut Context<'_>,
    places: &Places,
    known: &Outcomes,
    planned: &[&Mutant],
    mode: &Mode,
    timeout: Duration,
    tried: &mut BTreeMap<String, (Summary, bool)>,
) -> Result<&'static str, Stop> {
    let total = u64::try_from(planned.len()).unwrap_or(u64::MAX);
    let mut rest = planned;
    let mut clock: Option<(Instant, Duration)> = None;
    // Each round takes at least one mutant, so there are at most as many rounds as mutants.
    for _ in 0..=planned.len() {
        while let Some((first, others)) = rest.split_first() {
            let Some(summary) = known.find(first) else {
                break;
            };
            tried.insert(first.id.clone(), (summary, true));
            rest = others;
        }
        let done = u64::try_from(tried.len()).unwrap_or(u64::MAX);
        context.progress(done, total, &format!("{done} of {total} mutants"));
        if rest.is_empty() {
            return Ok(COMPLETE);
        }
        let Some((began, per_mutant)) = clock else {
            // The budget is for mutants: the clock starts once the untouched code has proved itself.
            baseline(context, places, timeout)?;
            clock = Some((Instant::now(), Duration::from_secs(10)));
            continue;
        };
        let size = match mode {
            Mode::Sample(budget) => {
                let Some(left) = budget
                    .checked_sub(began.elapsed())
                    .filter(|left| !left.is_zero())
                else {
                    return Ok(TIME_BUDGET);
                };
                batch::size(left, per_mutant)
            }
            Mode::All | Mode::Diff(_) => batch::MOST,
        };
        let (taken, others, fresh) = batch::take(rest, size, |mutant| known.find(mutant));
        let start = Instant::now();
        let number = tried.len();
        let results = match batch::run(context, places, &fresh, timeout, number, total) {
            Err(_) if context.interrupt.is_raised() => return Ok(INTERRUPTED),
            other => other?,
        };
        let spent = start.elapsed() / u32::try_from(fresh.len().max(1)).unwrap_or(1);
        clock = Some((began, spent));
        for mutant in taken {
            match known.find(mutant) {
                Some(summary) => tried.insert(mutant.id.clone(), (summary, true)),
                None => {
                    let summary = results
                        .get(&mutant.name)
                        .copied()
                        .unwrap_or(Summary::Failure);
                    known.keep(mutant, summary);
                    tried.insert(mutant.id.clone(), (summary, false))
                }
            };
        }
        rest = others;
    }
    Ok(COMPLETE)
}

/// The untouched code must pass its tests in the copy, or every mutant would be "caught".
fn baseline(context: &mut Context<'_>, places: &Places, timeout: Duration) -> Result<(), Stop> {
    context.progress(0, 0, "building and testing the untouched code");
    let command = [
        "cargo-nextest",
        "nextest",
        "run",
        "--workspace",
        "--locked",
        "--no-fail-fast",
    ];
    let call = places.call("baseline", command.map(str::to_owned).to_vec());
    let call = call.deadline(super::context::DEADLINE.max(timeout));
    let (observer, gate) = (context.observer, context.gate);
    let finished = context.call(&call, &mut |line| observer.gate_progress(gate, 0, 0, line))?;
    match finished.ended.code() {
        // nextest: 0 passed, 4 nothing to run; a suite without tests misses every mutant, which the
        // score then says.
        Some(0 | 4) => Ok(()),
        _ => {
            let mut stop = Stop::new(
                codes::TEST_FAILED,
                "the untouched code does not pass its own tests",
            );
            stop.0.expected = Some("exit status 0".to_owned());
            Err(stop
                .found(context.shown(&finished.tail.join("\n")))
                .help("mend the failing tests; mutants say nothing before"))
        }
    }
}

fn write_diff(context: &Context<'_>, base: &str) -> Result<PathBuf, Stop> {
    let diff = crate::git::diff(context.root(), &context.project.host, base).map_err(|why| {
        Stop::new(
            codes::TOOL_FAILED,
            format!("cannot compare with `{base}`: {why}"),
        )
    })?;
    let path = context.scratch.join("base.diff");
    std::fs::write(&path, diff).map_err(|error| {
        Stop::new(
            codes::TOOL_FAILED,
            format!("cannot write the diff: {error}"),
        )
    })?;
    Ok(path)
}

/// What the project's own configuration of cargo-mutants leaves out belongs to the scope.
fn record_exclusions(context: &mut Context<'_>) {
    let path = ".cargo/mutants.toml";
    let text = std::fs::read_to_string(context.root().join(path)).unwrap_or_default();
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    context
        .scope
        .excluded
        .extend(lines.map(|line| format!("{path}: {line}")));
}

/// The document the measuring method reads.
fn merged(
    planned: &[&Mutant],
    tried: &BTreeMap<String, (Summary, bool)>,
    seed: Option<&str>,
    stopped_by: &str,
) -> Value {
    let outcomes: Vec<Value> = planned
        .iter()
        .filter_map(|mutant| tried.get(&mutant.id).map(|found| (mutant, found)))
        .map(|(mutant, (summary, cached))| json!({ "id": mutant.id, "summary": summary, "cached": cached }))
        .collect();
    json!({
        "schema_version": 1,
        "population": planned.len(),
        "planned": planned,
        "outcomes": outcomes,
        "sample": seed.map(|seed| json!({ "selected": planned.len(), "seed": seed, "order": "sha256(seed:id)" })),
        "stopped_by": stopped_by,
    })
}

#[cfg(test)]
mod tests;
