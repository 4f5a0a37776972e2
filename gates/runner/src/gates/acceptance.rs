//! `acceptance`: whether every acceptance criterion of the working spec is cited by a test that ran and passed.
//!
//! It runs no tests: it reads what the other gates of the same run left, and reports the project names.

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
        for (gate, wants) in SOURCES {
            of_gate(context, gate, wants)?;
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

/// Gates that leave JUnit reports, and which of their raw outputs those are.
const SOURCES: [(&str, fn(&str) -> bool); 3] = [
    ("coverage", |role| role == "tests"),
    ("flakes", |role| role.starts_with("run-")),
    ("contracts", |_| true),
];

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

/// Takes over the test results a gate of this run left; a gate that left none is no fault here.
fn of_gate(context: &mut Context<'_>, gate: &str, wants: fn(&str) -> bool) -> Result<(), Stop> {
    let dir = context.evidence.join(gate);
    let Ok(bytes) = std::fs::read(dir.join(layout::EVIDENCE_FILE)) else {
        return Ok(());
    };
    let evidence: Evidence =
        serde_json::from_slice(&bytes).map_err(|error| broken(gate, &error.to_string()))?;
    for output in evidence.outputs.iter().filter(|output| wants(&output.role)) {
        let content =
            content(&dir, &output.path).map_err(|error| broken(gate, &error.to_string()))?;
        if sha256_hex(&content) != output.content_sha256 {
            return Err(broken(gate, "a raw output is not the one it recorded"));
        }
        let name = format!("{gate}-{}.xml", output.role);
        context.raw(&format!("junit/{gate}.{}", output.role), &name, content);
    }
    Ok(())
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
