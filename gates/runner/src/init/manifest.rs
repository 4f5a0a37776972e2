//! Names out of manifests.

use serde_json::Value;

/// What a manifest says of its package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Name of the package.
    pub(super) name: Option<String>,
    /// Names of the packages it asks for, development included, and of the tools it configures.
    pub(super) mentions: Vec<String>,
    /// Scripts it has.
    pub(super) scripts: Vec<String>,
}

/// `Cargo.toml` (the Cargo Book, "The Manifest Format").
pub(super) fn cargo(text: &str) -> Facts {
    let Ok(manifest) = toml::from_str::<toml::Table>(text) else {
        return Facts::default();
    };
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str);
    Facts {
        name: name.map(str::to_owned),
        ..Facts::default()
    }
}

/// `pyproject.toml` (PEP 621, PEP 735, Poetry).
pub(super) fn pyproject(text: &str) -> Facts {
    let Ok(manifest) = toml::from_str::<toml::Table>(text) else {
        return Facts::default();
    };
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(manifest.get(*first)?, |value, key| value.get(*key))
    };
    let name = at(&["project", "name"]).or_else(|| at(&["tool", "poetry", "name"]));
    let mut mentions = Vec::new();
    let listed: [&[&str]; 4] = [
        &["project", "dependencies"],
        &["project", "optional-dependencies"],
        &["dependency-groups"],
        &["tool", "uv", "dev-dependencies"],
    ];
    for place in listed {
        if let Some(value) = at(place) {
            requirements(value, &mut mentions);
        }
    }
    let named: [&[&str]; 3] = [
        &["tool"],
        &["tool", "poetry", "dependencies"],
        &["tool", "poetry", "group", "dev", "dependencies"],
    ];
    for place in named {
        if let Some(toml::Value::Table(table)) = at(place) {
            mentions.extend(table.keys().cloned());
        }
    }
    Facts {
        name: name.and_then(toml::Value::as_str).map(str::to_owned),
        mentions,
        scripts: Vec::new(),
    }
}

/// Names of requirements (PEP 508), however deep they stand.
fn requirements(value: &toml::Value, names: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => names.push(requirement(text)),
        toml::Value::Array(items) => items.iter().for_each(|item| requirements(item, names)),
        toml::Value::Table(table) => table.values().for_each(|item| requirements(item, names)),
        _ => {}
    }
}

/// The name at the beginning of a requirement.
pub(super) fn requirement(text: &str) -> String {
    text.trim()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .collect::<String>()
        .to_ascii_lowercase()
}

/// `package.json`.
pub(super) fn package_json(text: &str) -> Facts {
    let Ok(manifest) = serde_json::from_str::<Value>(text) else {
        return Facts::default();
    };
    let keys = |key: &str| -> Vec<String> {
        let object = manifest.get(key).and_then(Value::as_object);
        object
            .into_iter()
            .flat_map(|object| object.keys().cloned())
            .collect()
    };
    Facts {
        name: manifest
            .get("name")
            .and_then(Value::as_str)
            .map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()),
        mentions: [keys("dependencies"), keys("devDependencies")].concat(),
        scripts: keys("scripts"),
    }
}

/// `go.mod`.
pub(super) fn go_mod(text: &str) -> Facts {
    let module = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("module "))
        .map(|module| module.trim().trim_matches('"'));
    // A module of major version 2 or later ends with it (go.dev/ref/mod#major-version-suffixes).
    let is_version = |part: &&str| {
        part.strip_prefix('v')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    Facts {
        name: module.and_then(|module| {
            let last = module.rsplit('/').find(|part| !is_version(part))?;
            Some(last.to_owned())
        }),
        ..Facts::default()
    }
}

/// `pom.xml`: the project's own `artifactId`, not its parent's.
pub(super) fn pom(text: &str) -> Facts {
    let own = match (text.find("<parent>"), text.find("</parent>")) {
        (Some(from), Some(to)) if from < to => {
            let before = text.get(..from).unwrap_or_default();
            format!("{before}{}", text.get(to..).unwrap_or_default())
        }
        _ => text.to_owned(),
    };
    let name = own
        .split_once("<artifactId>")
        .and_then(|(_, rest)| rest.split_once("</artifactId>"))
        .map(|(name, _)| name.trim().to_owned());
    Facts {
        name,
        ..Facts::default()
    }
}

/// `settings.gradle`, `settings.gradle.kts`: `rootProject.name = "..."`.
pub(super) fn gradle_settings(text: &str) -> Facts {
    let name = text.lines().find_map(|line| {
        let value = line.trim().strip_prefix("rootProject.name")?;
        let value = value.trim_start().strip_prefix('=')?.trim();
        Some(value.trim_matches(['"', '\'']).to_owned())
    });
    Facts {
        name,
        ..Facts::default()
    }
}
