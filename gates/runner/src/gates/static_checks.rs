//! `static`: commands that must exit 0, or a SARIF report.

use std::collections::BTreeMap;

use caws_evidence::{Comparator, Step};
use caws_policy::Requirement;
use serde_json::json;

use crate::config::Check;
use crate::gates::context::{Call, now};
use crate::gates::{Context, Draft, Gate, Stop, report};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Static;

pub(crate) fn none_of(measurement: &str) -> Requirement {
    Requirement {
        measurement: measurement.to_owned(),
        comparator: Comparator::Equal,
        threshold: 0.0,
        source: "always".to_owned(),
    }
}

impl Gate for Static {
    fn id(&self) -> &'static str {
        "static"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: 1,
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let gate = project.config.gates.static_checks.as_ref()?;
        if let Some(report) = &gate.report {
            return Some(Draft {
                requirements: vec![none_of("errors")],
                inputs: gate.inputs.clone(),
                reports: report::inputs([report]),
                uses: gate.uses.clone(),
                programs: report.command.first().cloned().into_iter().collect(),
                ..Draft::new("sarif")
            });
        }
        let help: BTreeMap<&str, &str> = gate
            .checks
            .iter()
            .filter_map(|check| Some((check.name.as_str(), check.help.as_deref()?)))
            .collect();
        let programs: Vec<String> = gate
            .checks
            .iter()
            .filter_map(Check::program)
            .map(str::to_owned)
            .collect();
        let rust = programs.iter().any(|program| program == "cargo");
        Some(Draft {
            requirements: vec![none_of("checks_failed")],
            params: json!({ "help": help }),
            inputs: gate.inputs.clone(),
            uses: gate.uses.clone(),
            toolchain: rust.then_some(None),
            programs: programs
                .into_iter()
                .filter(|program| program != "cargo")
                .collect(),
            ..Draft::new("checks")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.static_checks else {
            return Ok(());
        };
        if let Some(report) = &gate.report {
            return report::keep(context, "report", report);
        }
        let total = u64::try_from(gate.checks.len()).unwrap_or(u64::MAX);
        let mut stopped = None;
        for (done, check) in (0..).zip(&gate.checks) {
            context.progress(done, total, &check.name);
            context.scope.included.push(check.command.join(" "));
            if let Some(tool) = missing_tool(context, check) {
                context.steps.push(not_started(check, &tool));
                continue;
            }
            // Every check runs, so that one run names everything; only an interrupt ends it.
            if let Err(stop) = context.call(
                &Call::new(&check.name, check.command.iter().cloned()),
                &mut |_| {},
            ) {
                if context.interrupt.is_raised() {
                    return Err(stop);
                }
                stopped = stopped.or(Some(stop));
            }
        }
        stopped.map_or(Ok(()), Err)
    }
}

/// The missing tool a check needs: the one it names, or one that a script could call unnamed.
fn missing_tool(context: &Context<'_>, check: &Check) -> Option<String> {
    let missing = &context.found.missing;
    let program = check.program()?;
    let subcommand = check
        .command
        .get(1)
        .filter(|_| program == "cargo")
        .map(|word| format!("cargo-{word}"));
    let named = |name: &str| {
        name == program
            || subcommand.as_deref() == Some(name)
            || (program == "cargo" && name == "rustc")
    };
    let here = missing.iter().find(|absent| named(&absent.name));
    here.or_else(|| {
        missing
            .iter()
            .find(|absent| !absent.name.starts_with("cargo-") && absent.name != "rustc")
    })
    .map(|absent| absent.name.clone())
}

/// A check that could not run is a step without an answer, so that the gate is unmeasured and not
/// merely shorter.
fn not_started(check: &Check, tool: &str) -> Step {
    let at = now();
    Step {
        name: check.name.clone(),
        command: check.command.clone(),
        started: at.clone(),
        finished: at,
        exit_code: None,
        key_output: format!("[not started: `{tool}` is not to be had]"),
    }
}

#[cfg(test)]
mod tests;
