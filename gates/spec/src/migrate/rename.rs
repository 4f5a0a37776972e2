//! What has another name or scale in the current dialect.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::document::escape;

/// New names of keys, by their pointers.
pub(super) fn names(dialect: Dialect, spec: &Value) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let mut name = |from: &str, new: &str, fits: fn(&Value) -> bool| {
        let parent = from.rsplit_once('/').map_or("", |(parent, _)| parent);
        let taken = spec.pointer(&format!("{parent}/{new}")).is_some();
        if !taken && spec.pointer(from).is_some_and(fits) {
            names.insert(from.to_owned(), new.to_owned());
        }
    };
    name("/acceptance_criteria", "acceptance", Value::is_array);
    name("/scope/include", "in", Value::is_array);
    name("/scope/exclude", "out", Value::is_array);
    name("/non_functional/a11y", "accessibility", Value::is_array);
    if dialect == Dialect::Legacy {
        name("/ai_assessment/confidence", "confidence_level", |level| {
            level
                .as_f64()
                .is_some_and(|level| (0.0..=1.0).contains(&level))
        });
    }
    names
}

/// Values written another way: pointer, new value, why both say the same.
pub(super) fn values(dialect: Dialect, spec: &Value) -> Vec<(String, Value, &'static str)> {
    let mut values = Vec::new();
    let tier = match spec.get("risk_tier").and_then(Value::as_str) {
        Some("1" | "T1") => Some(1),
        Some("2" | "T2") => Some(2),
        Some("3" | "T3") => Some(3),
        _ => None,
    };
    if let Some(tier) = tier {
        values.push((
            "/risk_tier".to_owned(),
            json!(tier),
            "a tier is written as a number",
        ));
    }
    let level = spec
        .pointer("/ai_assessment/confidence_level")
        .and_then(Value::as_u64)
        .filter(|level| (1..=10).contains(level))
        .and_then(|level| u32::try_from(level).ok());
    if let Some(level) = level
        && dialect == Dialect::Cli3
    {
        values.push((
            "/ai_assessment/confidence_level".to_owned(),
            json!(f64::from(level) / 10.0),
            "that generation counts to ten, the current one to 1",
        ));
    }
    values
}

/// Renames a key of a value, in its place; `from` and `to` have the same parent.
pub(super) fn key(value: &mut Value, from: &str, to: &str) {
    let (Some((parent, old)), Some((_, new))) = (from.rsplit_once('/'), to.rsplit_once('/')) else {
        return;
    };
    let (old, new) = (unescape(old), unescape(new));
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        *members = std::mem::take(members)
            .into_iter()
            .map(|(key, value)| {
                let key = if key == old { new.clone() } else { key };
                (key, value)
            })
            .collect::<Map<_, _>>();
    }
}

/// The member a part belongs to that can be set aside: the nearest whose key does not begin with `x-`.
pub(super) fn member_of(value: &Value, pointer: &str) -> Option<String> {
    let mut pointer = pointer;
    loop {
        let (parent, key) = pointer.rsplit_once('/')?;
        let key = unescape(key);
        let is_member = value
            .pointer(parent)
            .and_then(Value::as_object)
            .is_some_and(|members| members.contains_key(&key));
        if is_member && !key.starts_with("x-") {
            return Some(pointer.to_owned());
        }
        pointer = parent;
    }
}

/// A name for a member that is set aside, which no member beside it has.
pub(super) fn free(value: &Value, pointer: &str) -> String {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = format!("x-{}", unescape(key));
    let taken = |name: &str| {
        value
            .pointer(&format!("{parent}/{}", escape(name)))
            .is_some()
    };
    let mut free = name.clone();
    let mut number = 2;
    while taken(&free) {
        free = format!("{name}-{number}");
        number += 1;
    }
    free
}

/// Pointers of all keys that begin with `x-`, in the order of the document.
pub(super) fn unmapped(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let at = format!("{at}/{}", escape(key));
                    if key.starts_with("x-") {
                        found.push(at);
                    } else {
                        walk(value, &at, found);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
