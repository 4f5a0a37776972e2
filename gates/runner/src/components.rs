//! Finds the component specs of a tree, and what those of a project are held to.

#[cfg(test)]
mod tests;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use caws_evidence::{Finding, Place, Severity, codes};
use caws_policy::{Asked, Requirement, TierPolicy, asked};
use caws_spec::parse::MAX_BYTES;
use caws_spec::portfolio::{Entry, PathsFrom};
use caws_spec::{Document, Portfolio};
use serde_json::{Value, json};

use crate::config;
use crate::inputs::NEVER;

/// The folder a spec lies in.
const FOLDER: &str = ".caws";
/// What a spec's file may be called.
const NAMES: [&str; 3] = ["working-spec.yaml", "working-spec.yml", "working-spec.json"];
/// Specs in a tree, and their bytes together: far more than anybody writes, and no more than a machine holds.
const MOST_SPECS: usize = 20_000;
const MOST_BYTES: u64 = 512 * 1024 * 1024;

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
/// When a directory cannot be listed, and where there are more than 20,000 specs.
pub fn find(root: &Path) -> io::Result<Specs> {
    find_at_most(root, MOST_SPECS)
}

fn find_at_most(root: &Path, most: usize) -> io::Result<Specs> {
    let mut specs = Specs::default();
    search(root, "", most, &mut specs)?;
    if root.join(config::FILE).is_file() {
        let own = |path: &String| path.matches('/').count() == 1;
        let at = specs.components.iter().position(own);
        specs.whole = at.map(|at| specs.components.remove(at));
    }
    specs.components.sort_unstable();
    specs.projects.sort_unstable();
    Ok(specs)
}

/// Reads files, one after the other. Of a file that is too long for a spec there is one byte more than a spec may have, which
/// the parser refuses.
///
/// # Errors
/// The file that cannot be read, or with which there are more than 512 MiB.
pub fn load(
    paths: impl IntoIterator<Item = PathBuf>,
) -> Result<Vec<Vec<u8>>, (PathBuf, io::Error)> {
    load_at_most(paths, MOST_BYTES)
}

fn load_at_most(
    paths: impl IntoIterator<Item = PathBuf>,
    most: u64,
) -> Result<Vec<Vec<u8>>, (PathBuf, io::Error)> {
    let longest = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut sum = 0_u64;
    let mut read = |path: &Path| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?
            .take(longest)
            .read_to_end(&mut bytes)?;
        sum = sum.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if sum > most {
            return Err(io::Error::other(format!(
                "the specs up to this one have more than {most} bytes; name a smaller tree"
            )));
        }
        Ok(bytes)
    };
    paths
        .into_iter()
        .map(|path| read(&path).map_err(|error| (path, error)))
        .collect()
}

fn search(dir: &Path, prefix: &str, most: usize, specs: &mut Specs) -> io::Result<()> {
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
            if specs.components.len() > most {
                return Err(io::Error::other(format!(
                    "more than {most} component specs; name a smaller tree"
                )));
            }
        } else if name.starts_with('.') || NEVER.contains(&name.as_str()) {
            continue;
        } else if path.join(config::FILE).is_file() {
            specs.projects.push(format!("{prefix}{name}"));
        } else {
            search(&path, &format!("{prefix}{name}/"), most, specs)?;
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

/// The components whose specs lie below `folders`, and what is wrong with them. Those that say that they have no code yet
/// are asked for nothing and left out.
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
        match below(root, folder) {
            Ok(found) if !found.is_empty() => files.extend(found),
            Ok(_) => findings.push(nothing(config, index, folder, "no spec below it")),
            Err(why) => findings.push(nothing(config, index, folder, &why)),
        }
    }
    // A folder within another names its specs twice.
    files.sort_unstable();
    files.dedup();
    let paths = files.iter().map(|path| root.join(path));
    let files: Vec<(String, Vec<u8>)> = match load(paths) {
        Ok(contents) => files.into_iter().zip(contents).collect(),
        Err((path, error)) => {
            findings.push(unread(config, &path, &error));
            Vec::new()
        }
    };
    let portfolio = Portfolio::read(&files, |path| root.join(path).exists(), threads);
    findings.extend(portfolio.findings);
    let mut components = Vec::new();
    for entry in portfolio.entries {
        let (wanted, loosened) = asked(policy, &entry);
        findings.extend(loosened);
        let paths_empty = entry.paths.is_empty();
        if paths_empty && entry.paths_from == PathsFrom::Component {
            continue;
        }
        match (&entry.id, wanted) {
            (Some(id), Some(asked)) if !paths_empty => components.push(Component {
                id: id.clone(),
                spec: entry.path,
                paths: entry.paths,
                asked,
            }),
            // A spec with an error has its finding, and there is no project.
            _ if !entry.valid => {}
            (id, asked) => findings.push(not_held(&entry, id.is_none(), asked.is_none())),
        }
    }
    (components, findings)
}

/// The specs below a folder, by their paths from the root; or what is wrong with the folder.
fn below(root: &Path, folder: &str) -> Result<Vec<String>, String> {
    let prefix = inside(folder).ok_or("a path that leaves the project")?;
    let specs = find(&root.join(&prefix)).map_err(|error| error.to_string())?;
    let path = |spec: String| {
        if prefix.is_empty() {
            spec
        } else {
            format!("{prefix}/{spec}")
        }
    };
    Ok(specs.components.into_iter().map(path).collect())
}

/// A folder without what says nothing (`.`, doubled and closing slashes); `None` where it is not below the root.
fn inside(folder: &str) -> Option<String> {
    if Path::new(folder).is_absolute() || folder.split('/').any(|part| part == "..") {
        return None;
    }
    let parts = folder.split('/').filter(|part| !matches!(*part, "" | "."));
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// A component that is meant to be held to its targets and cannot be: left out in silence it would pass.
fn not_held(entry: &Entry, no_id: bool, nothing_asked: bool) -> Finding {
    let lacking = [
        ("`id`", no_id),
        ("`risk_tier`", entry.tier.is_none()),
        ("`profile`", entry.profile.is_none()),
    ];
    let lacking: Vec<&str> = lacking
        .into_iter()
        .filter_map(|(key, lacks)| lacks.then_some(key))
        .collect();
    let (found, help) = if !lacking.is_empty() {
        (
            format!("no {}", lacking.join(", no ")),
            "write what is missing; `caws migrate` shows a spec of an earlier generation in the current dialect",
        )
    } else if nothing_asked {
        (
            "a tier and a profile the tier policy has no rules for".to_owned(),
            "give the policy rules for them, or the spec another tier",
        )
    } else {
        (
            "neither `component.paths` nor `scope.in`".to_owned(),
            "name the code as `component.paths`; `[]` says that there is none yet",
        )
    };
    Finding {
        code: codes::SPEC_RULE.to_owned(),
        severity: Severity::Error,
        message: format!("{} cannot be held to its targets", entry.name()),
        place: Some(Place {
            path: entry.path.clone(),
            line: None,
            column: None,
        }),
        expected: Some("an id, a tier and a profile of the tier policy, and paths".to_owned()),
        found: Some(found),
        help: Some(help.to_owned()),
    }
}

fn unread(config: &Document, path: &Path, error: &io::Error) -> Finding {
    Finding {
        code: codes::SPEC_PATH_MISSING.to_owned(),
        severity: Severity::Error,
        message: "the component specs cannot be read".to_owned(),
        place: Some(config.place_of("/components")),
        expected: Some("specs that can be read, of 512 MiB together at most".to_owned()),
        found: Some(format!("{}: {error}", path.display())),
        help: Some("see who may read the file, or name smaller folders".to_owned()),
    }
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
