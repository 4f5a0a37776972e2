//! `acceptance`: whether every acceptance criterion of the working spec is cited by a test that ran and passed.
//!
//! It runs no tests and no benchmarks: it reads what the other gates of the same run left, and reports the project names.

use std::path::Path;

use caws_evidence::manifest::layout;
use caws_evidence::measure::acceptance::{Standing, proofs};
use caws_evidence::{Comparator, Evidence, codes, sha256_hex};
use caws_policy::Requirement;
use caws_spec::parse;
use serde_json::{Value, json};

use crate::config::AcceptanceGate;
use crate::gates::{Context, Draft, Gate, Stop, report};
use crate::project::{Options, Project};
use crate::record;
use crate::schedule::Needs;

pub(crate) struct Acceptance;

impl Gate for Acceptance {
    fn id(&self) -> &'static str {
        "acceptance"
    }

    fn version(&self) -> u32 {
        1
    }

    fn reads_other_gates(&self) -> bool {
        true
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: 1,
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let gate = project.config.gates.acceptance.as_ref()?;
        let mut inputs = gate.inputs.clone();
        inputs.push(project.config.spec.clone());
        Some(Draft {
            requirements: vec![Requirement {
                measurement: "criteria_proved".to_owned(),
                comparator: Comparator::AtLeast,
                threshold: 1.0,
                source: "spec acceptance".to_owned(),
            }],
            params: json!({
                "spec": project.config.spec,
                "id": project.spec.id,
                "criteria": criteria(project),
                "budgets": budgets(project),
            }),
            inputs,
            reports: report::inputs(&gate.reports),
            uses: gate.uses.clone(),
            programs: gate
                .reports
                .iter()
                .filter_map(|report| report.command.first().cloned())
                .collect(),
            ..Draft::new("acceptance")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(AcceptanceGate { reports, .. }) = &project.config.gates.acceptance else {
            return Ok(());
        };
        for (number, wanted) in (1..).zip(reports) {
            report::keep(context, &format!("{}/{number}", wanted.format), wanted)?;
        }
        for source in &SOURCES {
            source.take_over(context)?;
        }
        // What cannot be read the method says with its reason.
        for proof in proofs(&context.plan.params, &context.raws).unwrap_or_default() {
            let tests: Vec<&str> = proof.passed.iter().map(String::as_str).collect();
            if proof.standing == Standing::Proved {
                let said = format!("{}: {}", proof.criterion, tests.join(", "));
                context.scope.included.push(said);
            } else {
                let said = format!("{}: not proved", proof.criterion);
                context.scope.excluded.push(said);
            }
        }
        Ok(())
    }
}

/// A gate that leaves results of tests or benchmarks.
struct Source {
    gate: &'static str,
    /// Which of its raw outputs those are, by role.
    wants: fn(&str) -> bool,
    /// The role such an output has here.
    role: fn(&str, &str) -> String,
    extension: &'static str,
}

const SOURCES: [Source; 4] = [
    Source {
        gate: "coverage",
        wants: |role| role == "tests",
        role: junit,
        extension: "xml",
    },
    Source {
        gate: "flakes",
        wants: |role| role.starts_with("run-"),
        role: junit,
        extension: "xml",
    },
    Source {
        gate: "contracts",
        wants: |_| true,
        role: junit,
        extension: "xml",
    },
    Source {
        gate: "performance",
        wants: |_| true,
        role: |_, run| format!("bench/{run}"),
        extension: "json",
    },
];

fn junit(gate: &str, role: &str) -> String {
    format!("junit/{gate}.{role}")
}

impl Source {
    /// Takes over what the gate left in this run; a gate that left nothing is no fault here.
    fn take_over(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let gate = self.gate;
        let dir = context.evidence.join(gate);
        let Ok(bytes) = std::fs::read(dir.join(layout::EVIDENCE_FILE)) else {
            return Ok(());
        };
        let evidence: Evidence =
            serde_json::from_slice(&bytes).map_err(|error| broken(gate, &error.to_string()))?;
        let outputs = evidence.outputs.iter();
        for output in outputs.filter(|output| (self.wants)(&output.role)) {
            let content =
                content(&dir, &output.path).map_err(|error| broken(gate, &error.to_string()))?;
            if sha256_hex(&content) != output.content_sha256 {
                return Err(broken(gate, "a raw output is not the one it recorded"));
            }
            let name = format!("{gate}-{}.{}", output.role, self.extension);
            context.raw(&(self.role)(gate, &output.role), &name, content);
        }
        Ok(())
    }
}

/// The criteria with the lines they stand in.
fn criteria(project: &Project) -> Vec<Value> {
    let path = &project.config.spec;
    let document = std::fs::read(project.root.join(path))
        .ok()
        .and_then(|bytes| parse(path, &bytes).ok());
    let line = |index: usize| {
        let pointer = format!("/acceptance/{index}/id");
        document.as_ref()?.place_of(&pointer).line
    };
    let criteria = project.spec.acceptance.iter().enumerate();
    criteria
        .map(|(index, criterion)| json!({ "id": criterion.id, "line": line(index) }))
        .collect()
}

/// The limits the project set on its benchmarks; they may cite criteria, as tests do.
fn budgets(project: &Project) -> Vec<Value> {
    let gate = project.config.gates.performance.iter();
    gate.flat_map(|gate| &gate.budgets)
        .map(|budget| {
            json!({ "name": budget.name, "measurement": budget.measurement, "at_most": budget.at_most })
        })
        .collect()
}

fn content(dir: &Path, path: &str) -> std::io::Result<Vec<u8>> {
    record::decompress(&std::fs::read(dir.join(path))?)
}

fn broken(gate: &str, why: &str) -> Stop {
    Stop::new(
        codes::TOOL_FAILED,
        format!("the record gate `{gate}` left in this run cannot be read: {why}"),
    )
    .help("run the gates again")
}

#[cfg(test)]
mod tests;
