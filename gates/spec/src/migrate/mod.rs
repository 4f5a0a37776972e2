//! From any generation to the current dialect, by edits of the text: what is not renamed stays byte for
//! byte, with its comments and in its order.
//!
//! Nothing is invented. What the current dialect needs and the file does not say becomes an open question;
//! what it has no place for is kept under a key that begins with `x-`.

mod edit;
mod questions;
mod rename;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use caws_evidence::Finding;
use serde_json::Value;

use crate::dialect::{Dialect, Recognition, recognise};
use crate::document::{Document, escape};
use crate::parse;
use crate::rules::validate_spec;
use crate::schema::{Misfit, WORKING_SPEC, misfits};
use edit::Edits;

/// How many parts are set aside; a file with more is no spec.
const MOST_SET_ASIDE: usize = 500;

/// A key that has another name now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Where it stood when it was renamed; renames before it have taken place.
    pub from: String,
    /// Where it stands.
    pub to: String,
}

/// A value that is written another way now.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite {
    /// Where it stood in the file.
    pub at: String,
    /// What it was.
    pub was: Value,
    /// What it is.
    pub now: Value,
    /// Why both say the same.
    pub why: &'static str,
}

/// A spec in the current dialect, and how it came there.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// Which generation it was.
    pub recognition: Recognition,
    /// The text, in the current dialect.
    pub text: String,
    /// The document of that text.
    pub document: Document,
    /// Renamed keys, in order.
    pub renames: Vec<Rename>,
    /// Values written another way.
    pub rewrites: Vec<Rewrite>,
    /// Top-level keys that were added.
    pub added: Vec<&'static str>,
    /// Open questions: place and question.
    pub open: Vec<(String, String)>,
    /// Keys the current dialect has no place for, as they stand now.
    pub unmapped: Vec<String>,
    /// What the current dialect finds in the result.
    pub findings: Vec<Finding>,
}

/// Why a spec is not migrated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// It is no mapping.
    #[error("a spec is a mapping; found {0}; name a working spec")]
    NoMapping(&'static str),
    /// It has little in common with a spec.
    #[error(
        "{0} parts have no place in the current dialect, and at most {most} are set aside; name a working spec",
        most = MOST_SET_ASIDE
    )]
    Foreign(usize),
    /// A text edit did not give what it should have.
    #[error(
        "the text cannot be migrated by edits that keep its comments: {0}; write the part named in block style (a key a line) and try again"
    )]
    Text(String),
}

/// Brings a spec to the current dialect. A spec that is current already comes back as it is.
///
/// `text` is what the document was parsed from.
///
/// # Errors
/// [`MigrateError`] where the document is no mapping, or its text resists (anchors across what must be
/// renamed, keys written as complex keys).
pub fn migrate(document: &Document, text: &str) -> Result<Migration, MigrateError> {
    if !document.value().is_object() {
        return Err(MigrateError::NoMapping(match document.value() {
            Value::Array(_) => "a list",
            Value::String(_) => "a text",
            _ => "a single value",
        }));
    }
    let recognition = recognise(document);
    let mut work = Work {
        path: document.path(),
        text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        document: document.clone(),
        renames: Vec::new(),
        rewrites: Vec::new(),
        added: Vec::new(),
        open: Vec::new(),
    };
    if recognition.dialect != Dialect::Current && recognition.dialect != Dialect::V1 {
        work.known(recognition.dialect)?;
    }
    work.set_aside()?;
    work.append(recognition.dialect)?;
    let findings = validate_spec(&work.document).findings;
    let migration = Migration {
        recognition,
        unmapped: rename::unmapped(work.document.value()),
        text: work.text,
        document: work.document,
        renames: work.renames,
        rewrites: work.rewrites,
        added: work.added,
        open: work.open,
        findings,
    };
    if migration.restore(migration.document.value()) == *document.value() {
        Ok(migration)
    } else {
        Err(MigrateError::Text(
            "the way back does not lead to what the file says".to_owned(),
        ))
    }
}

impl Migration {
    /// Where a part of the old document stands in the new one.
    #[must_use]
    pub fn place(&self, pointer: &str) -> String {
        self.renames
            .iter()
            .fold(pointer.to_owned(), |pointer, rename| {
                moved(&pointer, &rename.from, &rename.to)
            })
    }

    /// The old document, from a migrated one: what was added is left out, what was renamed and
    /// rewritten is as it was.
    #[must_use]
    pub fn restore(&self, migrated: &Value) -> Value {
        let mut value = migrated.clone();
        if let Value::Object(members) = &mut value {
            members.retain(|key, _| !self.added.contains(&key.as_str()));
        }
        for rewrite in &self.rewrites {
            if let Some(part) = value.pointer_mut(&self.place(&rewrite.at))
                && *part == rewrite.now
            {
                *part = rewrite.was.clone();
            }
        }
        for rename in self.renames.iter().rev() {
            rename::key(&mut value, &rename.to, &rename.from);
        }
        value
    }
}

/// A pointer after what stood at `from` went to `to`.
fn moved(pointer: &str, from: &str, to: &str) -> String {
    match pointer.strip_prefix(from) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
        _ => pointer.to_owned(),
    }
}

struct Work<'d> {
    path: &'d str,
    text: String,
    document: Document,
    renames: Vec<Rename>,
    rewrites: Vec<Rewrite>,
    added: Vec<&'static str>,
    open: Vec<(String, String)>,
}

impl Work<'_> {
    /// What is known of a generation: keys with another name, values on another scale.
    fn known(&mut self, dialect: Dialect) -> Result<(), MigrateError> {
        let values = rename::values(dialect, self.document.value());
        let mut edits = Edits::default();
        for (at, now, _) in &values {
            edits
                .value(&self.document, &self.text, at, now)
                .map_err(MigrateError::Text)?;
        }
        self.apply(edits, |expected| {
            for (at, now, _) in &values {
                if let Some(part) = expected.pointer_mut(at) {
                    *part = now.clone();
                }
            }
        })
        .map(|before| {
            for (at, now, why) in values {
                if let Some(was) = before.pointer(&at) {
                    self.rewrites.push(Rewrite {
                        was: was.clone(),
                        at,
                        now,
                        why,
                    });
                }
            }
        })?;
        let names = rename::names(dialect, self.document.value());
        self.rename(names)
    }

    /// Sets aside, round by round, what the current dialect has no place for.
    fn set_aside(&mut self) -> Result<(), MigrateError> {
        // Each round renames at least one key that does not begin with `x-`.
        loop {
            let mut names = BTreeMap::new();
            for misfit in self.misfits() {
                let Misfit::Foreign(pointer) = misfit else {
                    continue;
                };
                let key = rename::member_of(self.document.value(), &pointer).ok_or_else(|| {
                    MigrateError::Text(format!("`{pointer}` fits nowhere and has no key"))
                })?;
                let new = rename::free(self.document.value(), &key);
                names.insert(key, new);
            }
            if names.is_empty() {
                return Ok(());
            }
            if self.renames.len() + names.len() > MOST_SET_ASIDE {
                return Err(MigrateError::Foreign(self.renames.len() + names.len()));
            }
            self.rename(names)?;
        }
    }

    /// Adds what follows from the file (targets), and asks for what it does not say.
    fn append(&mut self, dialect: Dialect) -> Result<(), MigrateError> {
        if let Some(targets) = questions::targets(dialect, self.document.value()) {
            self.add("targets", targets)?;
        }
        let missing: Vec<String> = self
            .misfits()
            .into_iter()
            .filter_map(|misfit| match misfit {
                Misfit::Missing(pointer) => Some(pointer),
                Misfit::Foreign(_) => None,
            })
            .collect();
        let asked = self.document.value().get("open_questions").cloned();
        let is_asked = |pointer: &str| {
            asked
                .as_ref()
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|entry| entry.get("at").and_then(Value::as_str) == Some(pointer))
        };
        let new: Vec<(String, String)> = missing
            .into_iter()
            .filter(|pointer| !is_asked(pointer))
            .map(|pointer| {
                let ask = questions::ask(&pointer);
                (pointer, ask)
            })
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        if asked.is_some() {
            return Err(MigrateError::Text(
                "it has open questions already, and needs more of them; answer them, or add those that `caws validate` names as missing".to_owned(),
            ));
        }
        let entries = new
            .iter()
            .map(|(at, ask)| serde_json::json!({"at": at, "ask": ask}))
            .collect();
        self.add("open_questions", Value::Array(entries))?;
        self.open = new;
        Ok(())
    }

    fn misfits(&self) -> Vec<Misfit> {
        match WORKING_SPEC.schema() {
            Ok(schema) => misfits(self.document.value(), schema),
            Err(_) => Vec::new(),
        }
    }

    fn rename(&mut self, names: BTreeMap<String, String>) -> Result<(), MigrateError> {
        // The deepest first: what lies above it has its old name then.
        let mut names: Vec<(String, String)> = names.into_iter().collect();
        names.sort_by_key(|(at, _)| std::cmp::Reverse(at.matches('/').count()));
        let mut edits = Edits::default();
        for (at, new) in &names {
            edits
                .key(&self.document, &self.text, at, new)
                .map_err(MigrateError::Text)?;
        }
        let renames: Vec<Rename> = names
            .into_iter()
            .map(|(from, new)| {
                let parent = from.rfind('/').and_then(|end| from.get(..end));
                let to = format!("{}/{}", parent.unwrap_or_default(), escape(&new));
                Rename { from, to }
            })
            .collect();
        self.apply(edits, |expected| {
            for rename in &renames {
                rename::key(expected, &rename.from, &rename.to);
            }
        })?;
        self.renames.extend(renames);
        Ok(())
    }

    fn add(&mut self, key: &'static str, value: Value) -> Result<(), MigrateError> {
        let mut edits = Edits::default();
        edits
            .append(&self.document, &self.text, key, &value)
            .map_err(MigrateError::Text)?;
        self.apply(edits, |expected| {
            if let Value::Object(members) = expected {
                members.insert(key.to_owned(), value.clone());
            }
        })?;
        self.added.push(key);
        Ok(())
    }

    /// Edits the text, and holds the result against what it should be. Gives the value before.
    fn apply(
        &mut self,
        edits: Edits,
        change: impl FnOnce(&mut Value),
    ) -> Result<Value, MigrateError> {
        let before = self.document.value().clone();
        let mut expected = before.clone();
        change(&mut expected);
        let text = edits.apply(&self.text);
        let document = parse(self.path, text.as_bytes()).map_err(|faults| {
            MigrateError::Text(faults.first().map_or_else(String::new, |fault| {
                format!("after the edit {}", fault.message)
            }))
        })?;
        if *document.value() != expected {
            return Err(MigrateError::Text(
                "after the edit it says something else (a part that is renamed is referred to by an alias)".to_owned(),
            ));
        }
        self.text = text;
        self.document = document;
        Ok(before)
    }
}
