//! npm's `package-lock.json`, `lockfileVersion` 2 and 3: a map of folders.
//!
//! Source: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::model::{Component, Effort, Inventory, Need, ROOT, SbomError};
use crate::purl::{integrity, purl};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LockFile {
    lockfile_version: u32,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    license: Option<serde_json::Value>,
    dev: bool,
    optional: bool,
    dev_optional: bool,
    link: bool,
    dependencies: BTreeMap<String, String>,
    dev_dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
    peer_dependencies: BTreeMap<String, String>,
    peer_dependencies_meta: BTreeMap<String, PeerMeta>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PeerMeta {
    optional: bool,
}

const FOLDER: &str = "node_modules/";

pub(crate) fn read(text: &str) -> Result<Inventory, SbomError> {
    let lock: LockFile = serde_json::from_str(text).map_err(|e| SbomError::Format {
        expected: "a package-lock.json",
        found: e.to_string(),
    })?;
    if !(2..=3).contains(&lock.lockfile_version) {
        return Err(SbomError::Format {
            expected: "a package-lock.json with lockfileVersion 2 or 3 (npm 7 or newer writes it)",
            found: format!("lockfileVersion {}", lock.lockfile_version),
        });
    }
    let mut inventory = Inventory::default();
    let mut effort = Effort::default();
    let direct = match lock.packages.get("") {
        Some(root) => {
            inventory.root = root.name.clone().map(|name| (name, root.version.clone()));
            needs("", root, &lock.packages, &mut effort)?
        }
        None => BTreeSet::new(),
    };
    for (path, package) in &lock.packages {
        // A link stands for the folder it leads to, which has an entry of its own.
        if path.is_empty() || package.link {
            continue;
        }
        let name = name(path, package);
        let version = package.version.clone().unwrap_or_default();
        let own = !path.contains(FOLDER);
        let mut component = Component {
            reference: path.clone(),
            purl: (!own && !version.is_empty()).then(|| package_url(name, &version, package)),
            name: name.to_owned(),
            version,
            license: license(package),
            need: if package.dev || package.dev_optional {
                Need::Development
            } else if package.optional {
                Need::Optional
            } else {
                Need::Required
            },
            direct: own || direct.contains(path),
            ..Component::default()
        };
        if let Some(text) = &package.integrity {
            component.hashes = integrity(path, text)?;
        }
        component.depends_on = needs(path, package, &lock.packages, &mut effort)?;
        inventory.components.push(component);
    }
    Ok(inventory)
}

fn name<'p>(path: &'p str, package: &'p Package) -> &'p str {
    let folder = path.rsplit(FOLDER).next().unwrap_or(path);
    package.name.as_deref().unwrap_or(folder)
}

/// A registry's archive has nothing to add; everything else says where it comes from.
fn package_url(name: &str, version: &str, package: &Package) -> String {
    let place = match package.resolved.as_deref() {
        Some(from) if from.starts_with("git+") => Some(("vcs_url", from)),
        _ => None,
    };
    purl("npm", name, version, place.as_slice())
}

/// Newer packages have a string, old ones an object with `type`.
fn license(package: &Package) -> Option<String> {
    let value = package.license.as_ref()?;
    value
        .as_str()
        .or_else(|| value.get("type")?.as_str())
        .map(str::to_owned)
}

/// Folders of what a package needs, found as Node.js finds them: in its own `node_modules`, then in
/// those of every folder above.
fn needs(
    path: &str,
    package: &Package,
    all: &BTreeMap<String, Package>,
    effort: &mut Effort,
) -> Result<BTreeSet<String>, SbomError> {
    let optional_peer = |name: &str| {
        package
            .peer_dependencies_meta
            .get(name)
            .is_some_and(|meta| meta.optional)
    };
    let must = package
        .dependencies
        .keys()
        .map(|name| (name, !package.optional_dependencies.contains_key(name)));
    let must = must.chain(
        package
            .dev_dependencies
            .keys()
            .map(|name| (name, path.is_empty())),
    );
    let may = package
        .optional_dependencies
        .keys()
        .map(|name| (name, false));
    let peers = package
        .peer_dependencies
        .keys()
        .map(|name| (name, !optional_peer(name)));
    let mut found = BTreeSet::new();
    for (name, required) in must.chain(may).chain(peers) {
        match resolve(path, name, all, effort)? {
            Some(folder) => _ = found.insert(folder),
            None if required && !package.optional && !package.dev_optional => {
                return Err(SbomError::Dangling {
                    component: if path.is_empty() { "the project" } else { path }.to_owned(),
                    dependency: name.clone(),
                    ambiguous: false,
                });
            }
            None => {}
        }
    }
    Ok(found)
}

fn resolve(
    path: &str,
    name: &str,
    all: &BTreeMap<String, Package>,
    effort: &mut Effort,
) -> Result<Option<String>, SbomError> {
    let mut above = Some(path);
    while let Some(folder) = above {
        let candidate = if folder.is_empty() {
            format!("{FOLDER}{name}")
        } else {
            format!("{folder}/{FOLDER}{name}")
        };
        effort.take(candidate.len())?;
        match all.get(&candidate) {
            Some(link) if link.link => {
                let folder = link.resolved.as_ref().filter(|to| all.contains_key(*to));
                return Ok(folder.map(|folder| match folder.as_str() {
                    // The folder of the lock file is the project itself.
                    "" => ROOT.to_owned(),
                    other => other.to_owned(),
                }));
            }
            Some(_) => return Ok(Some(candidate)),
            None => {}
        }
        above = match folder.rfind('/') {
            Some(at) => folder.get(..at),
            None if folder.is_empty() => None,
            None => Some(""),
        };
    }
    Ok(None)
}
