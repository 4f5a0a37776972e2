//! A parsed document: a JSON value, and where each part of it stands in the file.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use caws_evidence::{Finding, Place, codes};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use crate::notice::{Details as _, error};

/// A place in the text; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// Where a member of an object or an item of an array begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeSpan {
    /// The key; `None` for items of an array and for the whole document.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}

/// A document, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub(crate) path: String,
    pub(crate) value: Value,
    pub(crate) spans: HashMap<String, NodeSpan>,
}

impl Document {
    /// The label it was parsed under: its path relative to the project's root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The document as JSON.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where the part at a JSON pointer (RFC 6901) stands. Parts that an alias brought in have none.
    #[must_use]
    pub fn span_of(&self, pointer: &str) -> Option<NodeSpan> {
        self.spans.get(pointer).copied()
    }

    /// Every part with its place, in no order.
    pub fn spans(&self) -> impl Iterator<Item = (&str, NodeSpan)> {
        self.spans
            .iter()
            .map(|(pointer, span)| (pointer.as_str(), *span))
    }

    /// The place of the value at a pointer, or of the nearest part around it that has one.
    #[must_use]
    pub fn place_of(&self, pointer: &str) -> Place {
        self.place(self.enclosing(pointer).map(|node| node.value))
    }

    /// A finding about the value at a pointer that blocks.
    #[must_use]
    pub fn error(&self, pointer: &str, code: &str, message: String) -> Finding {
        error(code, self.place_of(pointer), message)
    }

    /// The place of the key at a pointer, or of its value where it has none.
    #[must_use]
    pub fn key_place_of(&self, pointer: &str) -> Place {
        self.place(
            self.enclosing(pointer)
                .map(|node| node.key.unwrap_or(node.value)),
        )
    }

    /// Reads the document into a type of the caller's, once its schema is satisfied.
    ///
    /// Whole numbers written with a point (`2.0`) are integers, as JSON Schema has it.
    ///
    /// # Errors
    /// One finding where the type and the document disagree, at the document's first line.
    pub fn to_struct<T: DeserializeOwned>(&self) -> Result<T, Box<Finding>> {
        T::deserialize(whole_numbers(self.value.clone())).map_err(|reason| {
            let message = format!("the document cannot be read: {reason}");
            error(codes::DOCUMENT_SCHEMA, self.place_of(""), message)
                .expected("a document that satisfies its schema")
                .help("mend the part the message names")
                .into()
        })
    }

    fn enclosing(&self, pointer: &str) -> Option<NodeSpan> {
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.spans.get(pointer) {
                return Some(*span);
            }
            pointer = pointer.get(..pointer.rfind('/')?)?;
        }
    }

    fn place(&self, span: Option<Span>) -> Place {
        Place {
            path: self.path.clone(),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
        }
    }
}

/// One step of a JSON pointer, escaped (RFC 6901 section 3).
pub(crate) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// A value in which every number without a fraction is an integer: `2.0` and `2` are the same in
/// JSON Schema, but not to a deserialiser.
pub(crate) fn whole_numbers(value: Value) -> Value {
    /// Above 2^53 a float no longer tells neighbouring integers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() <= EXACT => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "whole and at most 2^53, checked above"
                )]
                let whole = float as i64;
                Value::Number(Number::from(whole))
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(whole_numbers).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, member)| (key, whole_numbers(member)))
                .collect(),
        ),
        other => other,
    }
}
