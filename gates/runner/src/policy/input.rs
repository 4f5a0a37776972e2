//! The input document: schema `policy-input-v1`.

use caws_evidence::measure::rego::INPUT_VERSION;
use caws_spec::parse;
use serde_json::{Value, json};

use super::{MAX_DATA, change, documents, workflows};
use crate::config::PolicyGate;
use crate::files::read as bounded;
use crate::inputs;
use crate::project::Project;

/// Folders that hold workflows, and the ending of their names.
const WORKFLOWS: &str = ".github/workflows/";
/// Where the code host looks for owners, in its order.
const CODEOWNERS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// What policies are asked about. `base` is the commit the work left from, where review counts.
///
/// # Errors
/// When git cannot tell the change.
pub fn input(
    project: &Project,
    settings: &PolicyGate,
    base: Option<&str>,
) -> Result<Value, String> {
    let root = &project.root;
    let files = inputs::list(root, &project.host);
    let read = |path: &str| bounded(&root.join(path), MAX_DATA).map_err(|error| error.to_string());
    let spec = read(&project.config.spec)
        .ok()
        .and_then(|bytes| parse(&project.config.spec, &bytes).ok())
        .map(|document| document.value().clone());
    let flows: Vec<Value> = files
        .iter()
        .filter(|path| is_workflow(path))
        .map(|path| workflows::describe(path, read(path)))
        .collect();
    // Patterns were checked when the project was opened.
    let wanted = inputs::patterns(&settings.locks).unwrap_or_default();
    let locks: Vec<Value> = files
        .iter()
        .filter(|path| wanted.is_match(path))
        .filter_map(|path| documents::lock(path, || read(path)))
        .collect();
    let sboms: Vec<Value> = settings
        .sboms
        .iter()
        .map(|path| documents::sbom(path, read(path)))
        .collect();
    let owners = CODEOWNERS
        .iter()
        .find(|path| files.iter().any(|file| file == *path))
        .and_then(|path| Some(documents::codeowners(path, &read(path).ok()?)));
    let change = match base {
        Some(base) => change::since(root, &project.host, base)?,
        None => Value::Null,
    };
    Ok(json!({
        "schema_version": INPUT_VERSION,
        "spec": spec.unwrap_or_else(|| json!({})),
        "tier": { "manual_review": project.rules.requires_manual_review },
        "settings": settings.settings,
        "workflows": flows,
        "locks": locks,
        "sboms": sboms,
        "codeowners": owners,
        "change": change,
    }))
}

fn is_workflow(path: &str) -> bool {
    path.strip_prefix(WORKFLOWS).is_some_and(|name| {
        !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"))
    })
}
