//! What the current dialect needs and a file does not say.

use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::schema::WORKING_SPEC;

/// The targets a hardening spec states in percent, as the current dialect binds them. At most 1 could
/// be a share as well as a percentage, and is left where it is.
pub(super) fn targets(dialect: Dialect, spec: &Value) -> Option<Value> {
    if dialect != Dialect::Hardening || spec.get("targets").is_some() {
        return None;
    }
    let mut targets = Map::new();
    for (key, target) in [
        ("target_coverage", "coverage"),
        ("target_mutation_score", "mutation"),
    ] {
        let percent = spec
            .pointer(&format!("/testing_strategy/unit_tests/{key}"))
            .and_then(Value::as_f64)
            .filter(|percent| *percent > 1.0 && *percent <= 100.0);
        if let Some(percent) = percent {
            targets.insert(target.to_owned(), json!(percent / 100.0));
        }
    }
    (!targets.is_empty()).then_some(Value::Object(targets))
}

/// The question for a required key that is missing.
pub(super) fn ask(pointer: &str) -> String {
    let key = pointer.rsplit('/').next().unwrap_or(pointer);
    let known = match (pointer, key) {
        ("/profile", _) => "Which kind of software is it: web-ui, backend-api, library or cli?",
        ("/rationale", _) => "Why is the work worth doing, and why has it this tier?",
        ("/risk_tier", _) => {
            "Which tier is it: 1 where a fault costs people or money, 2 where it costs users their service, 3 where it costs a second look?"
        }
        ("/scope/out", _) => {
            "Which paths must the work leave alone? An empty list says: none beyond those it may touch."
        }
        ("/invariants", _) => "What must be true before, during and after the work?",
        ("/acceptance", _) => "How does one know that it works: given, when, then?",
        ("/contracts", _) => {
            "Which interfaces does the work offer or use? An empty list says: none."
        }
        (_, "role") => {
            "Does this project offer the interface, use it, or both: provider, consumer or both?"
        }
        (_, "path") => "Which file holds the interface?",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    match described(pointer) {
        Some(description) => format!("What is `{key}`? {description}"),
        None => format!("What is `{key}`?"),
    }
}

/// What the schema says about a part.
fn described(pointer: &str) -> Option<&'static str> {
    let root = WORKING_SPEC.schema().ok()?.json();
    let mut at = root;
    for step in pointer.split('/').skip(1) {
        at = at
            .get("properties")
            .and_then(|properties| properties.get(step))
            .or_else(|| at.get("items"))?;
        if let Some(reference) = at.get("$ref").and_then(Value::as_str) {
            at = root.pointer(reference.strip_prefix('#')?)?;
        }
    }
    at.get("description")?.as_str()
}
