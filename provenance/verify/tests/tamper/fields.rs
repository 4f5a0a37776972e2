//! Every value of every document, changed one at a time.

use caws_evidence::codes::DIGEST_MISMATCH;
use caws_evidence::manifest::layout::{MANIFEST, MANIFEST_BUNDLE, PLAN, PLAN_BUNDLE};
use caws_verify::{Limits, Package, Report, package, verify_package};
use serde_json::{Value, json};

use crate::common::{
    COVERAGE, COVERAGE_BUNDLE, Files, MUTATION, STATIC, canonical, log_options, said,
};
use crate::row::base;

/// Documents whose digest stands elsewhere, and bundles, which are held by their signature.
const DOCUMENTS: [&str; 5] = [MANIFEST, PLAN, STATIC, COVERAGE, MUTATION];
const BUNDLES: [&str; 3] = [MANIFEST_BUNDLE, PLAN_BUNDLE, COVERAGE_BUNDLE];

/// One change of one place in a document.
pub(crate) struct Change {
    /// Place, as a JSON pointer, without the numbers of entries: `/caws/gates/*/verdict`.
    pub(crate) place: String,
    /// `set`, `double`, `reverse`, `cut`, `add`, `remove`.
    pub(crate) how: &'static str,
    pub(crate) changed: Value,
}

/// Everything that is tried on a document: each value becomes another one, each list loses, doubles
/// and reverses its entries, each object loses a field and gets one more.
pub(crate) fn changes(document: &Value) -> Vec<Change> {
    let mut places = Vec::new();
    walk(document, String::new(), &mut places);
    let mut found = Vec::new();
    for place in places {
        for (how, value) in others(document.pointer(&place).unwrap()) {
            let mut changed = document.clone();
            *changed.pointer_mut(&place).unwrap() = value;
            let is_index = |part: &&str| part.parse::<u32>().is_ok();
            let parts = place.split('/');
            let parts: Vec<&str> = parts
                .map(|part| if is_index(&part) { "*" } else { part })
                .collect();
            let place = parts.join("/");
            found.push(Change {
                place,
                how,
                changed,
            });
        }
    }
    found
}

fn walk(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(field, format!("{at}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

fn others(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Null => vec![("set", json!("x"))],
        Value::Bool(is) => vec![("set", json!(!is))],
        Value::Number(number) => {
            let whole = number.as_u64().map(|n| json!(n + 1));
            vec![(
                "set",
                whole.unwrap_or_else(|| json!(number.as_f64().unwrap() / 2.0 + 0.3)),
            )]
        }
        Value::String(text) => vec![("set", json!(another(text)))],
        Value::Array(items) => {
            let mut more = items.clone();
            more.push(items.first().cloned().unwrap_or(Value::Null));
            let reversed: Vec<Value> = items.iter().rev().cloned().collect();
            let less = items.get(1..).unwrap_or_default().to_vec();
            [("double", more), ("reverse", reversed), ("cut", less)]
                .into_iter()
                .filter(|(_, other)| other != items)
                .map(|(how, other)| (how, Value::Array(other)))
                .collect()
        }
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("zzz".to_owned(), json!(1));
            let mut less = fields.clone();
            if let Some(name) = fields.keys().next() {
                less.shift_remove(name);
            }
            [("add", more), ("remove", less)]
                .into_iter()
                .filter(|(_, other)| other != fields)
                .map(|(how, other)| (how, Value::Object(other)))
                .collect()
        }
    }
}

/// A text of the same kind: a time a second later, a digest with another last digit.
fn another(text: &str) -> String {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return (time + jiff::SignedDuration::from_secs(1)).to_string();
    }
    let last = if text.ends_with('0') { '1' } else { '0' };
    let mut chars = text.chars();
    chars.next_back();
    chars.chain([last]).collect()
}

pub(crate) fn packed(files: &Files, options: &caws_verify::Options) -> Report {
    let bytes = package::write(files).unwrap();
    let package = Package::read(bytes, &Limits::default()).unwrap();
    verify_package(&package, options)
}

pub(crate) fn document(files: &Files, path: &str) -> Value {
    serde_json::from_slice(&files[path]).unwrap()
}

/// How many changes are tried by somebody without the key.
pub(crate) fn tried() -> usize {
    let files = base();
    let paths = DOCUMENTS.iter().chain(&BUNDLES);
    paths
        .map(|path| changes(&document(&files, path)).len())
        .sum()
}

/// Every change of a document is found by its digest.
fn held_by_its_digest(path: &str) {
    held(path, |said| said.contains(&(DIGEST_MISMATCH, path)));
}

fn held(path: &str, found: impl Fn(&[(&str, &str)]) -> bool) {
    let (sealed, options) = (base(), log_options());
    assert!(packed(&sealed, &options).ok);
    for Change {
        place,
        how,
        changed,
    } in changes(&document(&sealed, path))
    {
        let mut files = sealed.clone();
        files.insert(path.to_owned(), canonical(&changed));
        let report = packed(&files, &options);
        let said = said(&report);
        assert!(!report.ok && found(&said), "{how} {path}{place}: {said:?}");
    }
}

#[test]
fn every_value_of_the_manifest_is_held_by_its_digest() {
    held_by_its_digest(MANIFEST);
}

#[test]
fn every_value_of_the_plan_is_held_by_its_digest() {
    held_by_its_digest(PLAN);
}

#[test]
fn every_value_of_checks_is_held_by_its_digest() {
    held_by_its_digest(STATIC);
}

#[test]
fn every_value_of_coverage_is_held_by_its_digest() {
    held_by_its_digest(COVERAGE);
}

#[test]
fn every_value_of_mutation_is_held_by_its_digest() {
    held_by_its_digest(MUTATION);
}

#[test]
fn every_value_of_a_bundle_is_held_by_its_signature() {
    for path in BUNDLES {
        held(path, |said| said.iter().any(|(_, place)| *place == path));
    }
}
