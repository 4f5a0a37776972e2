//! `policy`: what the project's Rego policies say about its workflows, dependencies and reviews.

use caws_evidence::measure::rego::{DATA, INPUT};
use caws_evidence::{codes, sha256_hex};
use serde_json::{Value, json};

use crate::config::FILE;
use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop};
use crate::policy::{Set, input, reviewed};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Policy;

impl Gate for Policy {
    fn id(&self) -> &'static str {
        "policy"
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

    fn draft(&self, project: &Project, options: &Options) -> Option<Draft> {
        let gate = project.config.gates.policy.as_ref()?;
        let set = Set::read(&project.root, &project.host, gate);
        let (base, head) = reviewed(project, options);
        let mut inputs = vec![
            project.config.spec.clone(),
            project.config.policy.clone(),
            FILE.to_owned(),
            ".github/workflows/*".to_owned(),
            "CODEOWNERS".to_owned(),
            ".github/CODEOWNERS".to_owned(),
            "docs/CODEOWNERS".to_owned(),
        ];
        inputs.extend(gate.policies.iter().cloned());
        inputs.extend(gate.locks.iter().cloned());
        let data = set
            .data
            .as_ref()
            .map(|(path, bytes)| json!({ "path": path, "sha256": sha256_hex(bytes) }));
        inputs.sort_unstable();
        inputs.dedup();
        Some(Draft {
            requirements: vec![none_of("denied")],
            params: json!({
                "policies": set.policies(),
                "data": data,
                "base": base,
                "head": head,
            }),
            inputs,
            reports: gate.sboms.iter().chain(&gate.data).cloned().collect(),
            ..Draft::new("rego")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.policy else {
            return Ok(());
        };
        let set = Set::read(&project.root, &project.host, gate);
        if let Some((path, why)) = set.unread.first() {
            return Err(
                Stop::new(codes::POLICY_INVALID, format!("cannot read {path}: {why}"))
                    .help("mend the file, or take it out of `gates.policy`"),
            );
        }
        for source in set.sources.iter().filter(|source| !source.is_test()) {
            context.scope.included.push(source.path.clone());
            let bytes = source.text.clone().into_bytes();
            context.raw(&source.path, &source.path, bytes);
        }
        if let Some((path, bytes)) = set.data {
            context.raw(DATA, &path, bytes);
        }
        let base = context.plan.params.get("base").and_then(Value::as_str);
        let document = input(project, gate, base).map_err(|why| {
            Stop::new(
                codes::TOOL_FAILED,
                format!("cannot tell what the change is: {why}"),
            )
            .help("fetch its history (`git fetch --unshallow`), or name another revision")
        })?;
        let bytes = serde_json::to_vec(&document).unwrap_or_default();
        context.raw(INPUT, "input.json", bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
