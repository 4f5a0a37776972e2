//! `spec`: the working spec, the tier policy and the configuration, held against their schemas and
//! the tier's rules.

use serde_json::json;

use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Spec;

/// Working spec, tier policy, configuration.
const DOCUMENTS: u64 = 3;

impl Gate for Spec {
    fn id(&self) -> &'static str {
        "spec"
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
        let gate = project.config.gates.spec.as_ref()?;
        let documents = [
            project.config.spec.clone(),
            project.config.policy.clone(),
            crate::config::FILE.to_owned(),
        ];
        // Whether the paths the spec names exist is part of the verdict.
        let named = project
            .spec
            .contracts
            .iter()
            .map(|contract| contract.path.clone());
        let mut inputs: Vec<String> = gate
            .inputs
            .iter()
            .cloned()
            .chain(documents)
            .chain(named)
            .collect();
        inputs.sort_unstable();
        inputs.dedup();
        Some(Draft {
            requirements: vec![none_of("errors")],
            params: json!({ "documents": DOCUMENTS }),
            inputs,
            ..Draft::new("documents")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let documents = [
            project.config.spec.as_str(),
            project.config.policy.as_str(),
            crate::config::FILE,
        ];
        context.scope.included.extend(documents.map(str::to_owned));
        // Errors would have kept the project from opening; what is left are warnings and notes.
        let findings = serde_json::to_vec(&project.findings).unwrap_or_default();
        context.raw("diagnostics", "diagnostics.json", findings);
        for document in documents {
            let name = document.rsplit('/').next().unwrap_or(document).to_owned();
            context.raw_file(document, &name, &project.root.join(document))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
