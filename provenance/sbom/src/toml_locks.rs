//! `uv.lock` and `poetry.lock`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Value;

use crate::model::{Component, Distribution, Effort, Inventory, Need, ROOT, SbomError};
use crate::purl::{colon_hash, purl};
use crate::requirements::normalised;

/// Steps that a reference costs which is kept: about its bytes.
const COPY: usize = 256;

fn broken(expected: &'static str) -> impl Fn(toml::de::Error) -> SbomError {
    move |error| SbomError::Format {
        expected,
        found: error.to_string(),
    }
}

#[derive(Deserialize)]
struct UvLock {
    #[serde(default)]
    package: Vec<UvPackage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct UvPackage {
    name: String,
    version: Option<String>,
    #[serde(default)]
    source: BTreeMap<String, Value>,
    #[serde(default)]
    dependencies: Vec<UvDependency>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<UvDependency>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<UvDependency>>,
    sdist: Option<UvFile>,
    #[serde(default)]
    wheels: Vec<UvFile>,
}

#[derive(Deserialize)]
struct UvDependency {
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct UvFile {
    url: Option<String>,
    path: Option<String>,
    hash: Option<String>,
}

impl UvPackage {
    /// Part of the project: built from the folder it lies in.
    fn own(&self) -> bool {
        ["editable", "virtual", "directory"]
            .iter()
            .any(|kind| self.source.contains_key(*kind))
    }

    fn is_root(&self) -> bool {
        let here = |kind: &str| self.source.get(kind).and_then(Value::as_str) == Some(".");
        here("editable") || here("virtual")
    }

    fn reference(&self) -> String {
        let version = self.version.as_deref().unwrap_or_default();
        if self.own() {
            return format!("path:{}@{version}", self.name);
        }
        let git = self.source.get("git").and_then(Value::as_str);
        let place = git.map(|url| ("vcs_url", format!("git+{}", url.replace('#', "@"))));
        let qualifiers: Vec<(&str, &str)> = place.iter().map(|(k, v)| (*k, v.as_str())).collect();
        purl("pypi", &normalised(&self.name), version, &qualifiers)
    }
}

pub(crate) fn read_uv(text: &str) -> Result<Inventory, SbomError> {
    let lock: UvLock = toml::from_str(text).map_err(broken("a uv.lock"))?;
    let mut inventory = Inventory::default();
    let root = lock.package.iter().find(|package| package.is_root());
    if let Some(root) = root {
        inventory.root = Some((root.name.clone(), root.version.clone()));
    }
    let mut by_name: BTreeMap<&str, Vec<&UvPackage>> = BTreeMap::new();
    for package in &lock.package {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut effort = Effort::default();
    let mut direct: BTreeSet<String> = BTreeSet::new();
    for package in &lock.package {
        let reference = package.reference();
        let mut depends_on = BTreeSet::new();
        let optional = package.optional_dependencies.values().flatten();
        let dev = package.dev_dependencies.values().flatten();
        for dependency in package.dependencies.iter().chain(optional).chain(dev) {
            depends_on.insert(uv_target(&reference, dependency, &by_name, &mut effort)?);
        }
        if package.is_root() {
            direct.extend(depends_on);
            continue;
        }
        let mut component = Component {
            purl: (!package.own()).then(|| reference.clone()),
            name: package.name.clone(),
            version: package.version.clone().unwrap_or_default(),
            depends_on,
            reference,
            ..Component::default()
        };
        for file in package.sdist.iter().chain(&package.wheels) {
            let hash = file.hash.as_deref();
            component.distributions.push(Distribution {
                hash: hash
                    .map(|hash| colon_hash(&component.reference, hash))
                    .transpose()?,
                url: file
                    .url
                    .clone()
                    .or_else(|| file.path.clone())
                    .unwrap_or_default(),
            });
        }
        inventory.components.push(component);
    }
    for component in &mut inventory.components {
        component.direct = direct.contains(&component.reference);
    }
    Ok(inventory)
}

fn uv_target(
    from: &str,
    dependency: &UvDependency,
    by_name: &BTreeMap<&str, Vec<&UvPackage>>,
    effort: &mut Effort,
) -> Result<String, SbomError> {
    let named = by_name.get(dependency.name.as_str());
    let named = named.map_or(&[][..], Vec::as_slice);
    effort.take(named.len())?;
    let fits = |p: &&&UvPackage| dependency.version.is_none() || dependency.version == p.version;
    let found: Vec<&UvPackage> = named.iter().filter(fits).copied().collect();
    match found.as_slice() {
        [one] if one.is_root() => Ok(ROOT.to_owned()),
        [one] => Ok(one.reference()),
        _ => Err(SbomError::Dangling {
            component: from.to_owned(),
            dependency: dependency.name.clone(),
            ambiguous: !found.is_empty(),
        }),
    }
}

#[derive(Deserialize)]
struct PoetryLock {
    #[serde(default)]
    package: Vec<PoetryPackage>,
}

#[derive(Deserialize)]
struct PoetryPackage {
    name: String,
    version: String,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    files: Vec<PoetryFile>,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct PoetryFile {
    file: String,
    hash: String,
}

pub(crate) fn read_poetry(text: &str) -> Result<Inventory, SbomError> {
    let lock: PoetryLock = toml::from_str(text).map_err(broken("a poetry.lock"))?;
    let reference =
        |package: &PoetryPackage| purl("pypi", &normalised(&package.name), &package.version, &[]);
    // One name can stand there several times, for different platforms.
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &lock.package {
        let known = by_name.entry(normalised(&package.name)).or_default();
        known.push(reference(package));
    }
    let mut inventory = Inventory::default();
    let mut effort = Effort::default();
    for package in &lock.package {
        let main = package.groups.is_empty() || package.groups.iter().any(|group| group == "main");
        let mut component = Component {
            reference: reference(package),
            purl: Some(reference(package)),
            name: package.name.clone(),
            version: package.version.clone(),
            need: match (main, package.optional) {
                (false, _) => Need::Development,
                (true, true) => Need::Optional,
                (true, false) => Need::Required,
            },
            ..Component::default()
        };
        // What is not locked is an extra nobody asked for: the file lists all that a package may need.
        for name in package.dependencies.keys() {
            let locked = by_name.get(&normalised(name));
            let locked = locked.map_or(&[][..], Vec::as_slice);
            effort.take(locked.len().saturating_mul(COPY))?;
            component.depends_on.extend(locked.iter().cloned());
        }
        for file in &package.files {
            let qualifiers = [("file_name", file.file.as_str())];
            component.distributions.push(Distribution {
                url: purl(
                    "pypi",
                    &normalised(&package.name),
                    &package.version,
                    &qualifiers,
                ),
                hash: Some(colon_hash(&component.reference, &file.hash)?),
            });
        }
        inventory.components.push(component);
    }
    Ok(inventory)
}
