//! JSON Schema, of the draft it names or else 2020-12, with findings a person can act on.

mod explain;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::OnceLock;

use caws_evidence::{Finding, codes};
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use crate::document::{Document, escape};
use crate::notice::{Details as _, error};

/// Why a schema is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The text is no JSON.
    #[error("the schema is no JSON: {0}; mend the text at that place")]
    Json(String),
    /// The JSON is no schema.
    #[error("the schema is no JSON Schema: {reason}, at `{pointer}`; mend that part of the schema")]
    Schema {
        /// JSON pointer into the schema.
        pointer: String,
        /// What is wrong.
        reason: String,
    },
    /// It names rules nobody here knows.
    #[error(
        "the schema is of the unknown draft {0}; name a published one as `$schema`, such as https://json-schema.org/draft/2020-12/schema"
    )]
    Draft(String),
}

/// A schema, compiled.
#[derive(Debug)]
pub struct Schema {
    json: Value,
    validator: Validator,
}

impl Schema {
    /// Compiles a schema by the draft it names, 2020-12 where it names none. References are resolved within it
    /// alone: nothing is fetched. `format` is a note, as the newest drafts have it, and refuses nothing.
    ///
    /// # Errors
    /// [`SchemaError`] says what is wrong with the schema, and where.
    pub fn compile(json: &str) -> Result<Self, SchemaError> {
        let json: Value =
            serde_json::from_str(json).map_err(|reason| SchemaError::Json(reason.to_string()))?;
        let draft = Draft::Draft202012.detect(&json);
        if draft == Draft::Unknown {
            let named = json.get("$schema").and_then(Value::as_str);
            return Err(SchemaError::Draft(named.unwrap_or_default().to_owned()));
        }
        let validator = jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(false)
            .offline()
            .build(&json)
            .map_err(|reason| SchemaError::Schema {
                pointer: reason.instance_path().to_string(),
                reason: reason.to_string(),
            })?;
        Ok(Self { json, validator })
    }

    /// The schema as JSON.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }
}

/// All faults of a document under a schema, in the order of their places; empty where it satisfies it.
#[must_use]
pub fn validate_schema(document: &Document, schema: &Schema) -> Vec<Finding> {
    validate_open(document, schema, &|_| false)
}

/// What [`validate_schema`] finds, but for required keys that `asked` says may still be missing, by
/// their JSON pointers.
pub(crate) fn validate_open(
    document: &Document,
    schema: &Schema,
    asked: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let faults: Vec<ValidationError<'_>> = schema
        .validator
        .iter_errors(document.value())
        .filter(|fault| !missing(fault).is_some_and(|pointer| asked(&pointer)))
        .collect();
    // A value of another type is none of those allowed, either: the type says it.
    let mistyped: HashSet<&str> = faults
        .iter()
        .filter(|fault| matches!(fault.kind(), Kind::Type { .. }))
        .map(|fault| fault.instance_path().as_str())
        .collect();
    let said = |fault: &&ValidationError<'_>| {
        matches!(fault.kind(), Kind::Enum { .. } | Kind::Constant { .. })
            && mistyped.contains(fault.instance_path().as_str())
    };
    let mut findings: Vec<Finding> = faults
        .iter()
        .filter(|fault| !said(fault))
        .flat_map(|fault| explain::findings(document, &schema.json, fault))
        .collect();
    findings.sort_by_key(|finding| {
        finding
            .place
            .as_ref()
            .map(|place| (place.line, place.column))
    });
    findings.dedup();
    readable(document, findings)
}

/// The findings a person can read: the first thousand, and how many follow. A document with more is of another
/// kind.
fn readable(document: &Document, mut findings: Vec<Finding>) -> Vec<Finding> {
    const MOST: usize = 1_000;
    let more = findings.len().saturating_sub(MOST);
    if more > 0 {
        findings.truncate(MOST);
        let place = findings.last().and_then(|last| last.place.clone());
        findings.push(
            error(
                codes::DOCUMENT_SCHEMA,
                place.unwrap_or_else(|| document.place_of("")),
                format!("the document has {more} more faults"),
            )
            .expected("a document that satisfies its schema")
            .found(format!("{} faults", MOST + more))
            .help("mend the first ones, or name the right file"),
        );
    }
    findings
}

/// A part of a value that does not fit a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Misfit {
    /// A required key is not there.
    Missing(String),
    /// A key or value that may not stand there as it is.
    Foreign(String),
}

/// What keeps a value from satisfying a schema, by JSON pointers; of `anyOf` and its like the whole
/// value.
pub(crate) fn misfits(value: &Value, schema: &Schema) -> Vec<Misfit> {
    let mut misfits: Vec<Misfit> = schema
        .validator
        .iter_errors(value)
        .flat_map(|error| match (missing(&error), error.kind()) {
            (Some(pointer), _) => vec![Misfit::Missing(pointer)],
            (None, Kind::AdditionalProperties { unexpected }) => unexpected
                .iter()
                .map(|key| {
                    Misfit::Foreign(format!(
                        "{}/{}",
                        error.instance_path().as_str(),
                        escape(key)
                    ))
                })
                .collect(),
            _ => vec![Misfit::Foreign(error.instance_path().as_str().to_owned())],
        })
        .collect();
    misfits.sort();
    misfits.dedup();
    misfits
}

/// The pointer of the key whose absence is the error.
fn missing(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        Kind::Required { property } => Some(format!(
            "{}/{}",
            error.instance_path().as_str(),
            escape(property.as_str()?)
        )),
        _ => None,
    }
}

/// A schema that ships with caws; compiled when first asked for, once per process.
#[derive(Debug)]
pub struct Embedded {
    text: &'static str,
    compiled: OnceLock<Result<Schema, SchemaError>>,
}

impl Embedded {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// The schema's text, as it lies in `.caws/schemas`.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The schema, compiled.
    ///
    /// # Errors
    /// When the shipped text is no schema; a test of this crate keeps that from happening.
    pub fn schema(&self) -> Result<&Schema, SchemaError> {
        self.compiled
            .get_or_init(|| Schema::compile(self.text))
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// The schema of working specs.
pub static WORKING_SPEC: Embedded = Embedded::new(include_str!(
    "../../../../.caws/schemas/working-spec.schema.json"
));
/// The schema of tier policies.
pub static TIER_POLICY: Embedded = Embedded::new(include_str!(
    "../../../../.caws/schemas/tier-policy.schema.json"
));
/// The schema of provenance manifests.
pub static PROVENANCE_MANIFEST: Embedded = Embedded::new(include_str!(
    "../../../../.caws/schemas/provenance-manifest.schema.json"
));
