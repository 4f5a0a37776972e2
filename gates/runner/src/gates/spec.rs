//! `spec`: the working spec, the tier policy and the configuration, held against their schemas and
//! the tier's rules.

use serde_json::json;

use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Spec;

/// Working spec, tier policy, configuration, component specs.
fn documents(project: &Project) -> Vec<&str> {
    let own = [
        project.config.spec.as_str(),
        project.config.policy.as_str(),
        crate::config::FILE,
    ];
    let components = project
        .components
        .iter()
        .map(|component| component.spec.as_str());
    own.into_iter().chain(components).collect()
}

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
        let documents = documents(project);
        let examined = documents.len();
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
            .chain(documents.into_iter().map(str::to_owned))
            .chain(named)
            .collect();
        inputs.sort_unstable();
        inputs.dedup();
        Some(Draft {
            requirements: vec![none_of("errors")],
            params: json!({ "documents": examined }),
            inputs,
            ..Draft::new("documents")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let documents = documents(project);
        let looked_at = documents.iter().map(|document| (*document).to_owned());
        context.scope.included.extend(looked_at);
        // Errors would have kept the project from opening; what is left are warnings and notes.
        let findings = serde_json::to_vec(&project.findings).unwrap_or_default();
        context.raw("diagnostics", "diagnostics.json", findings);
        for document in documents {
            let component = project
                .components
                .iter()
                .position(|component| component.spec == document);
            let file = document.rsplit('/').next().unwrap_or(document);
            // Specs of components have the same name, each in a folder of any name.
            let name = component.map_or_else(
                || file.to_owned(),
                |position| format!("component-{}-{file}", position + 1),
            );
            context.raw_file(document, &name, &project.root.join(document))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
