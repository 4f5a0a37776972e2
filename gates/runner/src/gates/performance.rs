//! `performance`: benchmarks against a running server, held against budgets.

use std::path::PathBuf;

use caws_evidence::{Comparator, Finding, codes};
use caws_policy::tier::{Tightening, tighten};
use caws_policy::{Requirement, Term};
use caws_spec::{Document, WorkingSpec};
use serde_json::json;

use crate::config::{Budget, Config, PerformanceGate};
use crate::gates::context::Call;
use crate::gates::contracts::builds_with_cargo;
use crate::gates::service_run::{fill, with_service};
use crate::gates::{Context, Draft, Gate, Stop};
use crate::project::{Options, Project};
use crate::record;
use crate::schedule::Needs;

pub(crate) struct Performance;

impl Gate for Performance {
    fn id(&self) -> &'static str {
        "performance"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: usize::MAX,
            exclusive: true,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let term = Some(Term::Performance);
        let gate = project
            .config
            .gates
            .performance
            .as_ref()
            .filter(|gate| !gate.runs.is_empty());
        let Some(gate) = gate else {
            return Some(
                match project.rules.not_applicable(Term::Performance, false) {
                    Some(reason) => Draft::not_applicable("performance", term, reason),
                    None => Draft::not_configured("performance", term),
                },
            );
        };
        let service = gate
            .service
            .as_ref()
            .and_then(|name| project.config.services.get(name));
        let uses = gate
            .uses
            .iter()
            .chain(service.into_iter().flat_map(|service| &service.uses));
        let programs = gate.runs.iter().filter_map(|run| run.command.first());
        Some(Draft {
            term,
            requirements: requirements(gate, &project.spec),
            params: json!({ "budgets": gate.budgets }),
            inputs: gate.inputs.clone(),
            uses: uses.cloned().collect(),
            programs: programs
                .filter(|program| !program.contains('/'))
                .cloned()
                .collect(),
            toolchain: builds_with_cargo(project, gate.service.as_deref().into_iter()),
            ..Draft::new("performance")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.performance else {
            return Ok(());
        };
        match &gate.service {
            Some(service) => {
                with_service(context, service, |context, url| runs(context, gate, url))
            }
            None => runs(context, gate, ""),
        }
    }
}

/// What the working spec states, where a number of the configured runs stands for it: key, number,
/// and how many of the key's units make one of the number's.
const SPEC_BUDGETS: [(&str, &str, f64); 2] = [
    ("ttfa_p95_ms", "short.ttfa_p95", 1000.0),
    ("rtf_p95", "long.rtf_p95", 1.0),
];

/// The spec's budgets in the units of the measurements: `(key, measurement, limit)`.
fn stated(spec: &WorkingSpec) -> Vec<(&'static str, &'static str, f64)> {
    let budgets = spec
        .non_functional
        .perf
        .as_ref()
        .map(caws_spec::spec::Perf::budgets)
        .unwrap_or_default();
    SPEC_BUDGETS
        .into_iter()
        .filter_map(|(key, measurement, per_unit)| {
            let (_, limit) = budgets.iter().find(|(name, _)| *name == key)?;
            Some((key, measurement, limit / per_unit))
        })
        .collect()
}

fn source(key: &str) -> String {
    format!("spec non_functional.perf.{key}")
}

fn requirements(gate: &PerformanceGate, spec: &WorkingSpec) -> Vec<Requirement> {
    let at_most = |measurement: &str, threshold: f64, source: String| Requirement {
        measurement: measurement.to_owned(),
        comparator: Comparator::AtMost,
        threshold,
        source,
    };
    let mut all: Vec<Requirement> = gate
        .budgets
        .iter()
        .map(
            |Budget {
                 name,
                 measurement,
                 at_most: limit,
                 ..
             }| at_most(measurement, *limit, format!("config: {name}")),
        )
        .collect();
    for (key, measurement, limit) in stated(spec) {
        let measured = gate
            .runs
            .iter()
            .any(|run| measurement.split('.').next() == Some(run.role.as_str()));
        // The stricter one counts, and a configured one is at least as strict (see below).
        if measured && all.iter().all(|one| one.measurement != measurement) {
            all.push(at_most(measurement, limit, source(key)));
        }
    }
    all
}

/// Budgets of the configuration that ask for less than the working spec does.
pub(crate) fn loosened_budgets(
    document: &Document,
    config: &Config,
    spec: &WorkingSpec,
) -> Vec<Finding> {
    let budgets = config
        .gates
        .performance
        .iter()
        .flat_map(|gate| gate.budgets.iter().enumerate());
    let stated = stated(spec);
    budgets
        .filter_map(|(index, budget)| {
            let (key, _, floor) = stated
                .iter()
                .find(|(_, measurement, _)| *measurement == budget.measurement)?;
            let wish = Tightening {
                what: &budget.name,
                comparator: Comparator::AtMost,
                floor: *floor,
                floor_source: &source(key),
                wanted: budget.at_most,
                place: document.place_of(&format!("/gates/performance/budgets/{index}/at_most")),
            };
            tighten(wish).err().map(|fault| *fault)
        })
        .collect()
}

fn runs(context: &mut Context<'_>, gate: &PerformanceGate, url: &str) -> Result<(), Stop> {
    let artifacts = context.options.whole(context.root());
    let shown = artifacts.to_string_lossy().into_owned();
    let date = today();
    let values = [
        ("url", url),
        ("artifacts", shown.as_str()),
        ("date", date.as_str()),
    ];
    let total = u64::try_from(gate.runs.len()).unwrap_or(u64::MAX);
    let mut stopped = None;
    for (done, run) in (0..).zip(&gate.runs) {
        context.progress(done, total, &run.role);
        context.scope.included.push(run.role.clone());
        let output = fill(std::slice::from_ref(&run.output), &values)
            .pop()
            .unwrap_or_default();
        let path: PathBuf = context.root().join(&output);
        // What an earlier run left must not be taken for this one's.
        let _ = std::fs::remove_file(&path);
        if let Some(parent) = path.parent() {
            let made = std::fs::create_dir_all(parent);
            made.map_err(|error| {
                Stop::new(
                    codes::TOOL_FAILED,
                    format!("{} cannot be made: {error}", parent.display()),
                )
            })?;
        }
        let (observer, name) = (context.observer, context.gate);
        let call = Call::new(format!("bench-{}", run.role), fill(&run.command, &values));
        context.main_tool = call.command.first().cloned();
        let result = context.call(&call, &mut |line| {
            observer.gate_progress(name, done, total, line)
        });
        // A benchmark that exits with failure may still have written what it measured; the numbers
        // say more than its status.
        let file = format!("{}.json", record::stored_name_of(&run.role));
        if let Err(stop) = result.and_then(|_| context.raw_file(&run.role, &file, &path)) {
            if context.interrupt.is_raised() {
                return Err(stop);
            }
            context
                .findings
                .extend(stopped.replace(stop).map(|Stop(finding)| *finding));
        }
    }
    stopped.map_or(Ok(()), Err)
}

/// The date in UTC, `2026-11-20`.
fn today() -> String {
    crate::gates::context::now().chars().take(10).collect()
}

#[cfg(test)]
mod tests;
