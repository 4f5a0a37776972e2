//! `.caws/waivers.yaml`, read and written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use caws_evidence::{Finding, codes};
use caws_spec::{Document, Schema, SchemaError, validate_schema};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Waiver, shape};

/// The file, and the other ending people give it; relative to the project's root.
pub const PATHS: [&str; 2] = [".caws/waivers.yaml", ".caws/waivers.yml"];
/// Version of the file.
pub const SCHEMA_VERSION: u64 = 1;
/// The published schema of the file.
pub const SCHEMA: &str = include_str!("../../../../.caws/schemas/waivers.schema.json");

/// The end of a waiver before its time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A waiver of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says; what its approver signs.
    pub waiver: Waiver,
    /// That it is over.
    pub revoked: Option<Revocation>,
    /// JSON pointer of it in the file.
    pub pointer: String,
}

/// The waivers of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// Reads the file.
///
/// # Errors
/// All findings of its schema; or, where it is of another shape, which one, why that was recognised, and what
/// keeps each of its waivers from holding.
pub fn read(document: &Document) -> Result<List, Vec<Finding>> {
    if document.value().get("schema_version").is_none()
        && let Some(findings) = shape::refused(document)
    {
        return Err(findings);
    }
    let broken = |message: String| vec![document.error("", codes::DOCUMENT_SCHEMA, message)];
    let schema = schema().map_err(|error| broken(error.to_string()))?;
    let faults = validate_schema(document, schema);
    if !faults.is_empty() {
        return Err(faults);
    }
    let listed = document.value().get("waivers").and_then(Value::as_array);
    let mut entries = Vec::new();
    let mut faults = Vec::new();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (index, value) in listed.into_iter().flatten().enumerate() {
        let pointer = format!("/waivers/{index}");
        let entry = match entry(value, &pointer) {
            Ok(entry) => entry,
            Err(error) => {
                let message = format!("the waiver cannot be read: {error}");
                faults.push(document.error(&pointer, codes::DOCUMENT_SCHEMA, message));
                continue;
            }
        };
        let id = entry.waiver.id.clone();
        if let Some(before) = first.insert(id.clone(), index) {
            let mut twice = document.error(
                &format!("{pointer}/id"),
                codes::SPEC_DUPLICATE_ID,
                format!("the waiver {id} is there twice"),
            );
            twice.expected = Some("each id once: evidence cites it".to_owned());
            twice.found = Some(format!("the id of waiver {} as well", before + 1));
            twice.help =
                Some("give the later one an id of its own, and have it signed again".to_owned());
            faults.push(twice);
        }
        entries.push(entry);
    }
    if faults.is_empty() {
        Ok(List { entries })
    } else {
        Err(faults)
    }
}

/// The schema, compiled once; a test keeps it from being none.
fn schema() -> Result<&'static Schema, SchemaError> {
    static COMPILED: OnceLock<Result<Schema, SchemaError>> = OnceLock::new();
    COMPILED
        .get_or_init(|| Schema::compile(SCHEMA))
        .as_ref()
        .map_err(Clone::clone)
}

fn entry(value: &Value, pointer: &str) -> serde_json::Result<Entry> {
    let mut value = value.clone();
    let revoked = value
        .as_object_mut()
        .and_then(|fields| fields.shift_remove("revoked"))
        .map(serde_json::from_value)
        .transpose()?;
    Ok(Entry {
        waiver: serde_json::from_value(value)?,
        revoked,
        pointer: pointer.to_owned(),
    })
}

/// A waiver as it stands in the file: an item of the list, indented by two.
#[must_use]
pub fn entry_text(waiver: &Waiver) -> String {
    let mut out = String::new();
    line(&mut out, "  - id", &waiver.id);
    line(&mut out, "    gate", &waiver.gate);
    line(&mut out, "    reason", &waiver.reason);
    out.push_str("    owner:\n");
    line(&mut out, "      name", &waiver.owner.name);
    if let Some(key) = &waiver.owner.key {
        line(&mut out, "      key", key);
    }
    line(&mut out, "    approver", &waiver.approver);
    line(&mut out, "    created", &waiver.created.to_string());
    line(&mut out, "    expires", &waiver.expires.to_string());
    let control = &waiver.compensating_control;
    line(&mut out, "    compensating_control", control);
    out.push_str("    scope:\n");
    line(&mut out, "      spec", &waiver.scope.spec);
    if let Some(component) = &waiver.scope.component {
        line(&mut out, "      component", component);
    }
    if !waiver.scope.paths.is_empty() {
        out.push_str("      paths:\n");
        for path in &waiver.scope.paths {
            let _ = writeln!(out, "        - {}", quoted(path));
        }
    }
    out.push_str("    commits:\n");
    line(&mut out, "      from", &waiver.commits.from);
    if let Some(to) = &waiver.commits.to {
        line(&mut out, "      to", to);
    }
    if let Some(ticket) = &waiver.ticket {
        line(&mut out, "    ticket", ticket);
    }
    out
}

fn line(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key}: {}", quoted(value));
}

/// Plain where YAML reads the text as it is, else as a JSON string, which is YAML as well.
pub(super) fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./ ,()".contains(c))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        text.to_owned()
    } else {
        serde_json::to_string(text).unwrap_or_default()
    }
}
