//! `scope`: whether a change stays within the working spec's scope and its budget.

use std::path::Path;

use caws_evidence::measure::scope::{Changes, Lists, decide};
use caws_evidence::{Comparator, codes};
use caws_policy::Requirement;
use caws_policy::tier::Stated;
use caws_spec::parse;
use serde_json::{Value, json};

use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop};
use crate::git::{self, changes};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Scope;

impl Gate for Scope {
    fn id(&self) -> &'static str {
        "scope"
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
        let Some(base) = base_of(project, options) else {
            let reason = "nothing to compare with: name the branch the work goes to with --base, or as gates.scope.base";
            return Some(Draft::not_applicable("scope", None, reason));
        };
        let (root, host) = (&project.root, &project.host);
        // Where there is no such commit the gate says so when it runs.
        let from = git::merge_base(root, host, base).ok();
        let submodules = from
            .as_ref()
            .and_then(|from| changes::submodules(root, host, from).ok())
            .unwrap_or_default();
        let (files, loc) = (&project.rules.max_files, &project.rules.max_loc);
        let limit = |stated: &Option<Stated>| {
            let stated = stated.as_ref()?;
            stated.text.parse::<u64>().ok()
        };
        let (max_files, max_loc) = (limit(files), limit(loc));
        Some(Draft {
            requirements: requirements(files.as_ref(), loc.as_ref()),
            params: json!({
                "spec": project.config.spec,
                "base": from,
                "scope": own(project),
                "agreed": from.as_ref().and_then(|from| agreed(project, from)),
                "budget": { "max_files": max_files, "max_loc": max_loc },
                "submodules": submodules,
            }),
            inputs: vec!["**".to_owned()],
            programs: vec!["git".to_owned()],
            ..Draft::new("scope")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let base = base_of(project, context.options).unwrap_or_default();
        let found = since(project, base, context.scratch).map_err(|why| {
            Stop::new(
                codes::TOOL_FAILED,
                format!("cannot compare with `{base}`: {why}"),
            )
            .help("fetch its history (`git fetch --unshallow`), or name another revision")
        })?;
        let lists = own(project);
        for path in found.files.iter().flat_map(|change| change.paths()) {
            let decision = decide(path, &project.config.spec, &lists).decision;
            let said = format!("{path}: {}", decision.name());
            if decision.admits() {
                context.scope.included.push(said);
            } else {
                context.scope.excluded.push(said);
            }
        }
        let bytes = serde_json::to_vec(&found).unwrap_or_default();
        context.raw("changes", "changes.json", bytes);
        Ok(())
    }
}

/// The revision a change is compared with; what holds for `integrity` will do.
fn base_of<'o>(project: &'o Project, options: &'o Options) -> Option<&'o str> {
    let gates = &project.config.gates;
    let own = gates.scope.as_ref().and_then(|gate| gate.base.as_ref());
    let other = gates.integrity.as_ref().and_then(|gate| gate.base.as_ref());
    options.base_or(own.or(other))
}

/// The budget in force: the tier's, or the spec's smaller one.
fn requirements(files: Option<&Stated>, loc: Option<&Stated>) -> Vec<Requirement> {
    let at_most = |measurement: &str, limit: &Stated| Requirement {
        measurement: measurement.to_owned(),
        comparator: Comparator::AtMost,
        threshold: limit.value,
        source: limit.source.clone(),
    };
    let mut requirements = vec![Requirement {
        source: "spec scope".to_owned(),
        ..none_of("files_out_of_scope")
    }];
    requirements.extend(files.map(|limit| at_most("files_changed", limit)));
    requirements.extend(loc.map(|limit| at_most("lines_changed", limit)));
    requirements
}

/// The scope of the working spec.
fn own(project: &Project) -> Lists {
    lists(&serde_json::to_value(&project.spec.scope).unwrap_or_default())
}

/// The scope the base's version of the same spec has. Another spec is another agreement.
fn agreed(project: &Project, from: &str) -> Option<Lists> {
    let path = &project.config.spec;
    let bytes = git::content(&project.root, &project.host, from, path).ok()??;
    let document = parse(path, &bytes).ok()?;
    let value = document.value();
    let same = value.get("id").and_then(Value::as_str) == Some(project.spec.id.as_str());
    same.then(|| lists(value.get("scope").unwrap_or(&Value::Null)))
}

fn lists(scope: &Value) -> Lists {
    let of = |key: &str| -> Vec<String> {
        let items = scope.get(key).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    Lists {
        within: of("in"),
        without: of("out"),
        support: of("support"),
    }
}

fn since(project: &Project, base: &str, scratch: &Path) -> Result<Changes, String> {
    let (root, host) = (&project.root, &project.host);
    let from = git::merge_base(root, host, base)?;
    let files = changes::changes(root, host, scratch, &from)?;
    Ok(Changes { base: from, files })
}

#[cfg(test)]
mod tests;
