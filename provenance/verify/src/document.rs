//! JSON documents of the record: read, and held to the one form that is hashed and signed.

use caws_evidence::{canonical_json, codes};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::report::{Findings, Problem};

const HELP_ALTERED: &str =
    "the file was changed after the run; get the artifacts again from where they were made";
const HELP_VERSION: &str =
    "verify with the version of caws that wrote the record, named in the manifest's `agent`";

/// A document with a version of its schema.
pub(crate) trait Versioned {
    /// Version this verifier knows.
    const VERSION: u32;
    /// Version of the writer.
    fn version(&self) -> u32;
}

/// Reads a document, or says why it cannot be relied on. A document that is readable but not in
/// its canonical form is given back as well: its content can still be looked at.
pub(crate) fn read<T: DeserializeOwned + Serialize + Versioned>(
    path: &str,
    bytes: &[u8],
    findings: &mut Findings,
) -> Option<T> {
    // What is in order is read once: bytes that the value itself gives are canonical, and hold nothing else.
    if let Ok(value) = serde_json::from_slice::<T>(bytes)
        && value.version() == T::VERSION
        && canonical_json(&value).is_ok_and(|known| known == bytes)
    {
        return Some(value);
    }
    let mut say = |code, message: &str, expected: String, found: String, help| {
        let message = message.to_owned();
        findings.error(Problem {
            code,
            path,
            message,
            expected,
            found,
            help,
        });
    };
    // `serde_json` refuses more than 128 levels of nesting by itself.
    let tree: Value = match serde_json::from_slice(bytes) {
        Ok(tree) => tree,
        Err(error) => {
            let expected = "JSON".to_owned();
            say(
                codes::DOCUMENT_SYNTAX,
                "the document is no JSON",
                expected,
                error.to_string(),
                HELP_ALTERED,
            );
            return None;
        }
    };
    let canonical = canonical_json(&tree).unwrap_or_default();
    if canonical != bytes {
        let offset = canonical
            .iter()
            .zip(bytes)
            .take_while(|(a, b)| a == b)
            .count();
        say(
            codes::RECORD_NOT_CANONICAL,
            "the document is not in its canonical form",
            "compact JSON with sorted keys".to_owned(),
            format!("a difference at byte {offset}"),
            HELP_ALTERED,
        );
    }
    let value: T = match serde_json::from_value(tree) {
        Ok(value) => value,
        Err(error) => {
            say(
                codes::DOCUMENT_SCHEMA,
                "the document breaks its schema",
                format!("a record of version {}", T::VERSION),
                error.to_string(),
                HELP_ALTERED,
            );
            return None;
        }
    };
    if value.version() != T::VERSION {
        say(
            codes::DOCUMENT_SCHEMA,
            "the document has another version",
            format!("`schema_version` {}", T::VERSION),
            value.version().to_string(),
            HELP_VERSION,
        );
        return None;
    }
    // Whatever the types do not know is lost on the way through them. A field nobody here knows
    // the meaning of must not ride along as verified.
    let known = canonical_json(&value).unwrap_or_default();
    if known != canonical {
        let offset = known
            .iter()
            .zip(&canonical)
            .take_while(|(a, b)| a == b)
            .count();
        say(
            codes::DOCUMENT_UNKNOWN_KEY,
            "the document holds something this version does not know",
            "only known keys, in known forms".to_owned(),
            format!("a difference at byte {offset}"),
            HELP_VERSION,
        );
    }
    Some(value)
}

#[cfg(test)]
mod tests;
