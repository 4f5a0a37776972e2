//! Finds the component specs of a tree, and what those of a project are held to.

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use caws_evidence::{Finding, Severity, codes};
use caws_policy::{Asked, Requirement, TierPolicy, asked};
use caws_spec::{Document, Portfolio};
use serde_json::{Value, json};

use crate::config;
use crate::inputs::NEVER;

/// The folder a spec lies in.
const FOLDER: &str = ".caws";
/// What a spec's file may be called.
const NAMES: [&str; 3] = ["working-spec.yaml", "working-spec.yml", "working-spec.json"];

/// What was found; paths with `/`, relative to the directory that was searched, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Specs {
    /// Component specs.
    pub components: Vec<String>,
    /// The spec of the directory itself, where that is a project: it is about the whole, and is no component.
    pub whole: Option<String>,
    /// Directories that are projects of their own (they have a `.caws.yml`): they were not searched.
    pub projects: Vec<String>,
}

/// Searches a directory for component specs: `.caws/working-spec.yaml` (`.yml`, `.json`) in it or in any directory below.
///
/// Hidden directories, build output and links are left out.
///
/// # Errors
/// When a directory cannot be listed.
pub fn find(root: &Path) -> io::Result<Specs> {
    let mut specs = Specs::default();
    search(root, "", &mut specs)?;
    if root.join(config::FILE).is_file() {
        let own = |path: &String| path.matches('/').count() == 1;
        let at = specs.components.iter().position(own);
        specs.whole = at.map(|at| specs.components.remove(at));
    }
    specs.components.sort_unstable();
    specs.projects.sort_unstable();
    Ok(specs)
}

fn search(dir: &Path, prefix: &str, specs: &mut Specs) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", dir.display()));
    for entry in std::fs::read_dir(dir).map_err(named)? {
        let entry = entry.map_err(named)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link is no directory here: one to a parent would never end.
        if !entry.file_type().map_err(named)?.is_dir() {
            continue;
        }
        let path = entry.path();
        if name == FOLDER {
            let present = NAMES.into_iter().filter(|name| path.join(name).is_file());
            specs
                .components
                .extend(present.map(|name| format!("{prefix}{FOLDER}/{name}")));
        } else if name.starts_with('.') || NEVER.contains(&name.as_str()) {
            continue;
        } else if path.join(config::FILE).is_file() {
            specs.projects.push(format!("{prefix}{name}"));
        } else {
            search(&path, &format!("{prefix}{name}/"), specs)?;
        }
    }
    Ok(())
}

/// A component of the project, and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Id of its spec.
    pub id: String,
    /// Its spec, relative to the root.
    pub spec: String,
    /// Its code: files, folders and patterns.
    pub paths: Vec<String>,
    /// What its tier and its targets ask.
    pub asked: Asked,
}

/// The components whose specs lie below `folders`, and what is wrong with them. Those without code are asked for nothing
/// and left out.
///
/// `config` is the document that names the folders, for places.
pub(crate) fn read(
    root: &Path,
    folders: &[String],
    config: &Document,
    policy: &TierPolicy,
    threads: usize,
) -> (Vec<Component>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for (index, folder) in folders.iter().enumerate() {
        let prefix = folder.trim_start_matches("./").trim_end_matches('/');
        let found = find(&root.join(prefix)).and_then(|specs| {
            let read = |path: String| {
                let path = format!("{prefix}/{path}");
                std::fs::read(root.join(&path)).map(|bytes| (path, bytes))
            };
            specs
                .components
                .into_iter()
                .map(read)
                .collect::<io::Result<Vec<_>>>()
        });
        match found {
            Ok(found) if !found.is_empty() => files.extend(found),
            Ok(_) => findings.push(nothing(config, index, folder, "no spec below it")),
            Err(error) => findings.push(nothing(config, index, folder, &error.to_string())),
        }
    }
    // A folder within another names its specs twice.
    files.sort_unstable();
    files.dedup_by(|a, b| a.0 == b.0);
    let portfolio = Portfolio::read(&files, |path| root.join(path).exists(), threads);
    findings.extend(portfolio.findings);
    let mut components = Vec::new();
    for entry in portfolio.entries {
        let (wanted, loosened) = asked(policy, &entry);
        findings.extend(loosened);
        if let (Some(id), Some(asked)) = (&entry.id, wanted)
            && !entry.paths.is_empty()
        {
            components.push(Component {
                id: id.clone(),
                spec: entry.path,
                paths: entry.paths,
                asked,
            });
        }
    }
    (components, findings)
}

fn nothing(config: &Document, index: usize, folder: &str, found: &str) -> Finding {
    Finding {
        code: codes::SPEC_PATH_MISSING.to_owned(),
        severity: Severity::Error,
        message: format!("`{folder}` holds no component spec"),
        place: Some(config.place_of(&format!("/components/{index}"))),
        expected: Some(
            "a folder with `.caws/working-spec.yaml` in it or in a folder below".to_owned(),
        ),
        found: Some(found.to_owned()),
        help: Some("mend the path, write the spec, or remove the entry".to_owned()),
    }
}

/// Has a gate measure each component, and asks of it what the component is held to. Without components the plan of the gate
/// stays as it is.
pub(crate) fn demand(
    components: &[Component],
    of: fn(&Asked) -> &Requirement,
    params: &mut Value,
    requirements: &mut Vec<Requirement>,
) {
    let Some(params) = params.as_object_mut().filter(|_| !components.is_empty()) else {
        return;
    };
    let named = components
        .iter()
        .map(|component| json!({ "id": component.id, "paths": component.paths }))
        .collect();
    params.insert("components".to_owned(), named);
    requirements.extend(components.iter().map(|component| {
        let requirement = of(&component.asked);
        Requirement {
            measurement: format!("{}.{}", component.id, requirement.measurement),
            source: format!("{} of {}", requirement.source, component.spec),
            ..requirement.clone()
        }
    }));
}
