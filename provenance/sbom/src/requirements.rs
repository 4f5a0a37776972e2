//! pip's `requirements.txt`, as `pip freeze`, `pip-compile --generate-hashes` and `uv export` write it.
//!
//! Source: <https://pip.pypa.io/en/stable/reference/requirements-file-format>. A range pins nothing, and a
//! file that it includes is not at hand: both are errors.

use crate::model::{Component, Distribution, Inventory, SbomError};
use crate::purl::{colon_hash, purl};

pub(crate) fn read(text: &str) -> Result<Inventory, SbomError> {
    let mut inventory = Inventory::default();
    for (line, content) in logical_lines(text) {
        inventory.components.extend(requirement(line, &content)?);
    }
    Ok(inventory)
}

/// Lines joined where one ends in `\`, without comments; numbers from 1.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let (number, mut content) = open.take().unwrap_or((index + 1, String::new()));
        match line.strip_suffix('\\') {
            Some(part) => {
                content.push_str(part);
                open = Some((number, content));
            }
            None => {
                content.push_str(line);
                lines.push((number, content));
            }
        }
    }
    lines.extend(open);
    for (_, line) in &mut lines {
        let comment = line
            .find(" #")
            .or_else(|| line.starts_with('#').then_some(0));
        if let Some(at) = comment {
            line.truncate(at);
        }
    }
    lines
}

fn requirement(line: usize, text: &str) -> Result<Option<Component>, SbomError> {
    let text = text.trim();
    let not_pinned = |help| SbomError::NotPinned {
        line,
        found: text.to_owned(),
        help,
    };
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(option) = text.strip_prefix('-') {
        let included = ["r", "c", "e", "-requirement", "-constraint", "-editable"];
        let name = option.split([' ', '=']).next().unwrap_or_default();
        if included.contains(&name) {
            return Err(not_pinned(
                "list what it stands for, such as `uv export` does",
            ));
        }
        return Ok(None);
    }
    let mut words = text.split(" --hash=");
    let head = words.next().unwrap_or_default();
    let specifier = head.split(';').next().unwrap_or_default().trim();
    let (name, version) = specifier
        .split_once("==")
        .ok_or_else(|| not_pinned("pin it, such as `pip freeze` does"))?;
    let name = name.split('[').next().unwrap_or_default().trim();
    let version = version.trim_start_matches('=').trim();
    let name_fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let version_fits = |c: char| c.is_ascii_alphanumeric() || "-_.+!".contains(c);
    if name.is_empty()
        || version.is_empty()
        || !name.chars().all(name_fits)
        || !version.chars().all(version_fits)
    {
        return Err(not_pinned("name one package and one version"));
    }
    let name = normalised(name);
    let reference = purl("pypi", &name, version, &[]);
    let mut component = Component {
        purl: Some(reference.clone()),
        name: name.clone(),
        version: version.to_owned(),
        ..Component::default()
    };
    for hash in words {
        let hash = hash.trim();
        let digest = colon_hash(&reference, hash)?;
        component.distributions.push(Distribution {
            url: purl("pypi", &name, version, &[("checksum", hash)]),
            hash: Some(digest),
        });
    }
    component.reference = reference;
    Ok(Some(component))
}

/// PEP 503: lowercase, and runs of `-`, `_` and `.` are one `-`.
pub(crate) fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if "-_.".contains(c) {
            '-'
        } else {
            c.to_ascii_lowercase()
        };
        if c != '-' || !out.ends_with('-') {
            out.push(c);
        }
    }
    out
}
