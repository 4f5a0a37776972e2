//! `flakes`: the same suite several times on the same code.

use caws_evidence::codes;
use caws_policy::Term;
use caws_spec::spec::Profile;
use serde_json::json;

use crate::config::FlakesAdapter;
use crate::gates::context::Call;
use crate::gates::{Context, Draft, Gate, Stop, nextest, report};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Flakes;

impl Gate for Flakes {
    fn id(&self) -> &'static str {
        "flakes"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, project: &Project) -> Needs {
        let runs = project
            .config
            .gates
            .flakes
            .as_ref()
            .is_some_and(|gate| gate.adapter == FlakesAdapter::Nextest);
        Needs {
            cores: if runs { usize::MAX } else { 1 },
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let term = Some(Term::Flakes);
        let Some(gate) = &project.config.gates.flakes else {
            let spec = &project.spec;
            if spec.risk_tier == 3 || matches!(spec.profile, Profile::Library | Profile::Cli) {
                let reason = format!(
                    "not configured, and not asked of profile {} in tier {}",
                    spec.profile.as_str(),
                    spec.risk_tier
                );
                return Some(Draft::not_applicable("flakes", term, reason));
            }
            return Some(Draft::not_configured("flakes", term));
        };
        let nextest = gate.adapter == FlakesAdapter::Nextest;
        Some(Draft {
            term,
            requirements: project
                .rules
                .requirement(Term::Flakes)
                .into_iter()
                .collect(),
            params: json!({}),
            inputs: gate.inputs.clone(),
            reports: report::inputs(&gate.reports),
            uses: gate.uses.clone(),
            toolchain: nextest.then_some(None),
            programs: gate
                .reports
                .iter()
                .filter_map(|report| report.command.first().cloned())
                .collect(),
            ..Draft::new("flakes")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.flakes else {
            return Ok(());
        };
        context.scope.included.extend(gate.inputs.iter().cloned());
        match gate.adapter {
            FlakesAdapter::Reports => {
                for (number, wanted) in (1..).zip(&gate.reports) {
                    report::keep(context, &format!("run-{number}"), wanted)?;
                }
                Ok(())
            }
            FlakesAdapter::Nextest => {
                context.main_tool = Some("cargo-nextest".to_owned());
                (1..=gate.repeats).try_for_each(|number| one_run(context, number, gate.repeats))
            }
        }
    }
}

fn one_run(context: &mut Context<'_>, number: u32, of: u32) -> Result<(), Stop> {
    let name = format!("run-{number}");
    let runner = nextest::prepare(context, &name)?;
    let command = ["cargo-nextest", "nextest", "run", "--workspace", "--locked"].map(str::to_owned);
    let call =
        Call::new(&name, command.into_iter().chain(runner.args)).env("CARGO_TERM_COLOR", "never");
    let (observer, gate) = (context.observer, context.gate);
    let mut on_line = |line: &str| {
        if let Some((done, total)) = nextest::progress(line) {
            let before = total * u64::from(number - 1);
            observer.gate_progress(gate, before + done, total * u64::from(of), line);
        }
    };
    let finished = context.call(&call, &mut on_line)?;
    if !runner.junit.is_file() {
        return Err(
            Stop::new(codes::TOOL_FAILED, "the tests could not be built or run")
                .found(context.shown(&finished.tail.join("\n")))
                .help("run `cargo nextest run --workspace` by hand and mend what it says"),
        );
    }
    context.raw_text(&name, &format!("{name}.xml"), &runner.junit)
}

#[cfg(test)]
mod tests;
