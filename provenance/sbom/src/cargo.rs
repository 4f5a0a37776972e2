//! `Cargo.lock`, and licences from `cargo metadata`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Component, Effort, Hash, Inventory, SbomError};
use crate::purl::purl;

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<Package>,
    /// Checksums of version 1 stand here.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

pub(crate) fn read(text: &str) -> Result<Inventory, SbomError> {
    let lock: LockFile = toml::from_str(text).map_err(|e| SbomError::Format {
        expected: "a Cargo.lock",
        found: e.to_string(),
    })?;
    let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in &lock.package {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut inventory = Inventory::default();
    let mut effort = Effort::default();
    for package in &lock.package {
        let mut component = Component {
            reference: reference(package),
            name: package.name.clone(),
            version: package.version.clone(),
            purl: package_url(package),
            // What has no source is the project's own.
            direct: package.source.is_none(),
            ..Component::default()
        };
        let old = format!(
            "checksum {} {} ({})",
            package.name,
            package.version,
            package.source.as_deref().unwrap_or_default()
        );
        if let Some(hex) = package
            .checksum
            .as_ref()
            .or_else(|| lock.metadata.get(&old))
        {
            component.hashes.push(checksum(&component.reference, hex)?);
        }
        for dependency in &package.dependencies {
            let found = resolve(dependency, &by_name, &mut effort)?;
            let [one] = found.as_slice() else {
                return Err(SbomError::Dangling {
                    component: component.reference,
                    dependency: dependency.clone(),
                    ambiguous: !found.is_empty(),
                });
            };
            component.depends_on.insert(reference(one));
        }
        inventory.components.push(component);
    }
    Ok(inventory)
}

/// The packages that `NAME`, `NAME VERSION` or `NAME VERSION (SOURCE)` can mean.
fn resolve<'p>(
    dependency: &str,
    by_name: &BTreeMap<&str, Vec<&'p Package>>,
    effort: &mut Effort,
) -> Result<Vec<&'p Package>, SbomError> {
    let mut parts = dependency.splitn(3, ' ');
    let (name, version, source) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let source = source.map(|text| text.trim_matches(['(', ')']));
    let named = by_name.get(name).map_or(&[][..], Vec::as_slice);
    effort.take(named.len())?;
    let fits = |package: &&&Package| {
        version.is_none_or(|version| package.version == version)
            && source.is_none_or(|source| {
                // A git source in `package` ends in the commit, in `dependencies` it may not.
                let own = package.source.as_deref().unwrap_or_default();
                own == source || own.split('#').next() == Some(source)
            })
    };
    Ok(named.iter().filter(fits).copied().collect())
}

fn reference(package: &Package) -> String {
    package_url(package).unwrap_or_else(|| format!("path:{}@{}", package.name, package.version))
}

fn package_url(package: &Package) -> Option<String> {
    let source = package.source.as_deref()?;
    let place = match source.split_once('+') {
        Some(("git", url)) => {
            // `URL?branch=x#COMMIT`
            let (url, commit) = url.split_once('#').unwrap_or((url, ""));
            let url = url.split('?').next().unwrap_or_default();
            Some(("vcs_url", format!("git+{url}@{commit}")))
        }
        Some(("registry" | "sparse", url)) if !is_default_registry(url) => {
            Some(("repository_url", url.to_owned()))
        }
        _ => None,
    };
    let qualifiers: Vec<(&str, &str)> = place
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    Some(purl("cargo", &package.name, &package.version, &qualifiers))
}

/// Cargo's own registry, as every lock file names it, whichever protocol fetched from it.
fn is_default_registry(url: &str) -> bool {
    url.ends_with("/rust-lang/crates.io-index")
}

fn checksum(component: &str, hex: &str) -> Result<Hash, SbomError> {
    crate::purl::colon_hash(component, &format!("sha256:{hex}"))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    version: String,
    license: Option<String>,
}

/// Adds the licences that `cargo metadata --format-version 1` knows.
///
/// # Errors
/// [`SbomError::Format`] for anything else.
pub fn add_licenses(inventory: &mut Inventory, metadata: &[u8]) -> Result<(), SbomError> {
    let metadata: Metadata = serde_json::from_slice(metadata).map_err(|e| SbomError::Format {
        expected: "the output of `cargo metadata --format-version 1`",
        found: e.to_string(),
    })?;
    let known: BTreeMap<(&str, &str), &String> = metadata
        .packages
        .iter()
        .filter_map(|p| Some(((p.name.as_str(), p.version.as_str()), p.license.as_ref()?)))
        .collect();
    for component in &mut inventory.components {
        if let Some(license) = known.get(&(component.name.as_str(), component.version.as_str())) {
            component.license = Some((*license).clone());
        }
    }
    Ok(())
}
