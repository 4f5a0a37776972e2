//! What a spec does not say yet: `open_questions`, and what may be missing because of them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use caws_evidence::{Finding, codes};
use serde_json::{Value, json};

use crate::document::Document;
use crate::notice::{Details as _, warning};
use crate::schema::{Misfit, WORKING_SPEC, misfits};

/// The questions of a document, by the pointer of their answer.
pub(super) struct Questions {
    /// Index and text.
    asked: BTreeMap<String, (usize, String)>,
    /// Required keys that are missing and asked for.
    left: BTreeSet<String>,
}

impl Questions {
    pub(super) fn of(document: &Document) -> Self {
        let entries = document.value().get("open_questions");
        let asked: BTreeMap<_, _> = entries
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(index, entry)| {
                let text = |key| entry.get(key)?.as_str().map(str::to_owned);
                Some((text("at")?, (index, text("ask")?)))
            })
            .collect();
        let left = match WORKING_SPEC.schema() {
            Ok(schema) if !asked.is_empty() => misfits(document.value(), schema)
                .into_iter()
                .filter_map(|misfit| match misfit {
                    Misfit::Missing(pointer) if asked.contains_key(&pointer) => Some(pointer),
                    _ => None,
                })
                .collect(),
            _ => BTreeSet::new(),
        };
        Self { asked, left }
    }

    /// Whether the answer at a pointer is asked for.
    pub(super) fn asks(&self, pointer: &str) -> bool {
        self.asked.contains_key(pointer)
    }

    /// Whether a required key is missing and asked for.
    pub(super) fn leaves(&self, pointer: &str) -> bool {
        self.left.contains(pointer)
    }

    /// Whether what a tier asks for at a pointer is put off: the spec is not finished, so no gate runs on it, and a
    /// question is about that place or one around it.
    pub(super) fn puts_off(&self, pointer: &str) -> bool {
        let about = |at: &String| {
            pointer
                .strip_prefix(at.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !self.is_finished() && self.asked.keys().any(about)
    }

    /// Whether nothing that is required is missing.
    pub(super) fn is_finished(&self) -> bool {
        self.left.is_empty()
    }

    /// The document with something in every place that is left open, for rules about the other places.
    pub(super) fn filled(&self, document: &Document) -> Document {
        let mut filled = document.clone();
        for pointer in &self.left {
            fill(&mut filled.value, pointer);
        }
        filled
    }

    /// Each question, and those that are answered.
    pub(super) fn findings(&self, document: &Document) -> Vec<Finding> {
        let finding = |(at, (index, ask)): (&String, &(usize, String))| {
            let place = document.place_of(&format!("/open_questions/{index}"));
            let answered = !self.leaves(at) && document.value().pointer(at).is_some();
            if answered {
                warning(
                    codes::SPEC_OPEN_QUESTION,
                    place,
                    format!("the question about `{at}` is answered"),
                )
                .expected("questions that are open")
                .found(format!("a value at `{at}`"))
                .help("remove the question")
            } else {
                warning(
                    codes::SPEC_OPEN_QUESTION,
                    place,
                    format!("open question: {ask}"),
                )
                .expected(format!("an answer at `{at}`"))
                .found("none")
                .help(format!(
                    "write the answer at `{at}` and remove the question"
                ))
            }
        };
        self.asked.iter().map(finding).collect()
    }
}

/// Puts a value of the fitting type where a required key is missing. It is never shown or returned.
fn fill(value: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return;
    };
    let filler = match pointer {
        "/risk_tier" => json!(3),
        "/profile" => json!("library"),
        "/scope" => json!({"in": [], "out": []}),
        "/invariants" | "/acceptance" | "/contracts" => json!([]),
        "/non_functional" => json!({}),
        "/scope/in" | "/scope/out" => json!([]),
        pointer if pointer.ends_with("/type") => json!("openapi"),
        _ => json!("an open question"),
    };
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        members.insert(key.replace("~1", "/").replace("~0", "~"), filler);
    }
}
