//! in-toto Statement v1: which artifacts a predicate speaks about.
//!
//! Source: <https://github.com/in-toto/attestation>, `spec/v1/statement.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json;

/// `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// DSSE payload type of a statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A thing, by name and content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceDescriptor {
    /// Path or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is known under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Algorithm to lowercase hexadecimal digest: `sha256`, `gitCommit`, `gitTree`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// The content itself in base64, where it is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_location: Option<String>,
    /// IANA media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub annotations: Map<String, Value>,
}

impl ResourceDescriptor {
    /// A thing known by one digest.
    #[must_use]
    pub fn digested(name: &str, algorithm: &str, hex: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            digest: BTreeMap::from([(algorithm.to_owned(), hex.to_owned())]),
            ..Self::default()
        }
    }
}

/// A predicate about subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Always [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about; never empty.
    pub subject: Vec<ResourceDescriptor>,
    /// What the predicate means.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    #[serde(default)]
    pub predicate: Value,
}

/// Why bytes are no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not JSON of the statement's shape.
    #[error("expected an in-toto statement, found JSON that is not one: {0}")]
    Shape(String),
    /// Another `_type`.
    #[error("expected `_type` {STATEMENT_TYPE}, found `{0}`")]
    Type(String),
    /// No subject at all.
    #[error("expected at least one subject, found none")]
    NoSubject,
    /// A subject nobody can check.
    #[error("expected a digest on subject {0}, found none")]
    NoDigest(usize),
}

impl Statement {
    /// A statement about `subject`.
    #[must_use]
    pub fn new(predicate_type: &str, subject: Vec<ResourceDescriptor>, predicate: Value) -> Self {
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject,
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// Reads a statement from verified bytes. Unknown fields are ignored, as the specification
    /// asks; a key twice is not.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let statement: Self =
            json::read(bytes).map_err(|e| StatementError::Shape(e.to_string()))?;
        if statement.kind != STATEMENT_TYPE {
            return Err(StatementError::Type(statement.kind));
        }
        if statement.subject.is_empty() {
            return Err(StatementError::NoSubject);
        }
        if let Some(index) = statement.subject.iter().position(|s| s.digest.is_empty()) {
            return Err(StatementError::NoDigest(index));
        }
        Ok(statement)
    }
}

#[cfg(test)]
mod tests;
