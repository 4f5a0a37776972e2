//! Waivers: what may fail, and until when.

use serde_json::Value;

use super::diff::{Change, Weight, gone, items, short};

pub(super) fn compare(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let (one, other) = (list(before), list(after));
    let mut changes: Vec<Change> = gone(other, one, id)
        .into_iter()
        .map(|waiver| Change {
            found: Some(short(waiver)),
            ..Change::new(
                Weight::Looser,
                path,
                format!("the waiver {} is new", id(waiver)),
            )
        })
        .collect();
    for old in items(one) {
        let changed = items(other)
            .iter()
            .find(|new| id(new) == id(old) && *new != old && !gives_back(old, new));
        if let Some(new) = changed {
            changes.push(Change {
                expected: Some(short(old)),
                found: Some(short(new)),
                ..Change::new(
                    Weight::Unjudged,
                    path,
                    format!("the waiver {} says something else", id(old)),
                )
            });
        }
    }
    changes
}

/// The list itself, or the one under `waivers`.
fn list(document: &Value) -> &Value {
    document.get("waivers").unwrap_or(document)
}

/// Whether a waiver says the same, and that it is over.
fn gives_back(old: &Value, new: &Value) -> bool {
    let mut same = new.clone();
    let ended = same
        .as_object_mut()
        .and_then(|fields| fields.shift_remove("revoked"));
    ended.is_some() && old.get("revoked").is_none() && same == *old
}

fn id(waiver: &Value) -> String {
    waiver.get("id").unwrap_or(waiver).to_string()
}
