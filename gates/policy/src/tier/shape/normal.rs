//! A policy of another shape in the current one: what it states, where it states it, what it states twice, and what
//! nobody here acts on. What it does not state has the published value.

use std::collections::{BTreeMap, BTreeSet};

use caws_evidence::{Finding, Place, Severity, codes};
use caws_spec::Document;
use serde_json::{Map, Value, json};

use super::words::{
    CONTRACTS, COVERAGE, LINES, METRIC, MUTATION, PATHS, REVIEW, SCORE, Scale, TALK, WEIGHTS, WORDS,
};
use super::{Conflict, Side, TierAt, TierPath, Unread, tiers};

/// What the published policy asks where a policy says nothing, by tier.
const PUBLISHED: [(u8, &str, f64, f64, bool, bool); 3] = [
    (1, "branch", 0.9, 0.7, true, true),
    (2, "branch", 0.8, 0.5, true, false),
    (3, "line", 0.7, 0.3, false, false),
];

/// Why the stricter of two statements of one file counts.
const STRICTER: &str = "the stricter of two statements of one policy counts";

/// A policy in the current shape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Normal {
    /// The policy.
    pub(crate) value: Value,
    /// Where its statements stand, by their pointers in `value`; what is not here is a published default.
    pub(crate) places: BTreeMap<String, Place>,
    pub(crate) paths: Vec<TierPath>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) unread: Vec<Unread>,
}

/// A statement of a tier, on the scale of the current shape.
#[derive(Debug, Clone)]
struct Said {
    target: String,
    scale: Scale,
    value: Value,
    key: String,
    place: Place,
}

/// Reads a policy of another shape.
///
/// # Errors
/// A finding for every statement that is none on its scale.
pub(crate) fn of(document: &Document) -> Result<Normal, Vec<Finding>> {
    let tiers = tiers(document.value());
    let mut reading = Reading {
        document,
        faults: Vec::new(),
        read: BTreeSet::new(),
        normal: Normal::default(),
    };
    let mut said = Vec::new();
    for tier in &tiers {
        let to = format!("/{}", tier.tier);
        said.extend(reading.statements(&tier.at, &to));
        for (name, _) in profiles(tier) {
            let at = format!("{}/profiles/{name}", tier.at);
            said.extend(reading.statements(&at, &format!("{to}/profiles/{name}")));
        }
        reading.paths(tier);
    }
    if !reading.faults.is_empty() {
        return Err(reading.faults);
    }
    let mut value = json!({ "1": {}, "2": {}, "3": {} });
    reading.settle(&mut value, said);
    reading.weights(&mut value, &tiers);
    published(&mut value);
    reading.unread();
    reading.normal.value = value;
    Ok(reading.normal)
}

/// The profiles of a tier the current shape knows.
fn profiles<'v>(tier: &TierAt<'v>) -> impl Iterator<Item = (&'v str, &'v Value)> {
    let members = tier.body.get("profiles").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(name, body)| (name.as_str(), body))
        .filter(|(name, _)| caws_spec::spec::Profile::parse(name).is_some())
}

struct Reading<'d> {
    document: &'d Document,
    faults: Vec<Finding>,
    /// Pointers of what was read.
    read: BTreeSet<String>,
    normal: Normal,
}

impl Reading<'_> {
    /// What stands at `at`, said of `to` in the current shape.
    fn statements(&mut self, at: &str, to: &str) -> Vec<Said> {
        let mut said = Vec::new();
        for word in WORDS {
            let pointer = format!("{at}{}", word.at);
            let Some(value) = self.document.value().pointer(&pointer) else {
                continue;
            };
            // A score is asked of tiers, not of profiles.
            if word.target == SCORE && to.contains("/profiles/") {
                continue;
            }
            // Below `contracts` and `review` some policies have settings of their own.
            if word.scale == Scale::Demand && !(value.is_boolean() || value.is_string()) {
                continue;
            }
            self.read.insert(pointer.clone());
            let Some(read) = word.scale.read(value) else {
                self.faults
                    .push(misread(self.document, &pointer, word.scale, value));
                continue;
            };
            let key = dotted(&pointer);
            let place = self.document.place_of(&pointer);
            if word.of_branches {
                said.push(Said {
                    target: format!("{to}{METRIC}"),
                    scale: Scale::Metric,
                    value: json!("branch"),
                    key: key.clone(),
                    place: place.clone(),
                });
            }
            said.push(Said {
                target: format!("{to}{}", word.target),
                scale: word.scale,
                value: read,
                key,
                place,
            });
        }
        lines_alone(&mut said, to);
        said
    }

    fn paths(&mut self, tier: &TierAt<'_>) {
        for list in PATHS {
            let at = format!("{}/{list}", tier.at);
            let entries = self.document.value().pointer(&at).and_then(Value::as_array);
            for (index, entry) in entries.into_iter().flatten().enumerate() {
                if let Some(path) = entry.as_str() {
                    let pointer = format!("{at}/{index}");
                    self.normal.paths.push(TierPath {
                        tier: tier.tier,
                        path: path.to_owned(),
                        place: self.document.place_of(&pointer),
                    });
                    self.read.insert(pointer);
                }
            }
        }
    }

    /// Of all that is said of one thing the strictest counts.
    fn settle(&mut self, value: &mut Value, said: Vec<Said>) {
        let mut by_target: BTreeMap<String, Vec<Said>> = BTreeMap::new();
        for one in said {
            by_target.entry(one.target.clone()).or_default().push(one);
        }
        for (target, mut all) in by_target {
            // Stable: of two that ask the same the earlier one is named.
            all.sort_by(|left, right| {
                let (left, right) = (
                    left.scale.strictness(&left.value),
                    right.scale.strictness(&right.value),
                );
                right.total_cmp(&left)
            });
            let mut all = all.into_iter();
            let Some(first) = all.next() else {
                continue;
            };
            for other in all.filter(|other| {
                other.scale.strictness(&other.value) != first.scale.strictness(&first.value)
            }) {
                self.normal.conflicts.push(Conflict {
                    what: format!("`{}`", dotted(&target)),
                    won: side(&first),
                    lost: side(&other),
                    why: STRICTER.to_owned(),
                });
            }
            // The score a tier asks for stands below `trust` in the current shape.
            let target = match target.strip_suffix(SCORE) {
                Some(tier) => format!("/trust/tiers{tier}"),
                None => target,
            };
            put(value, &target, first.value);
            self.normal.places.insert(target, first.place);
        }
    }

    /// The weights of the score: the current shape has them once for all tiers.
    fn weights(&mut self, value: &mut Value, tiers: &[TierAt<'_>]) {
        let mut first: Option<(Value, Said)> = None;
        for tier in tiers {
            let at = format!("{}/trust_score/calculation", tier.at);
            let Some(stated) = self.document.value().pointer(&at) else {
                continue;
            };
            let mut weights = Map::new();
            for (key, term) in WEIGHTS {
                if let Some(weight) = stated.get(key).filter(|weight| weight.is_number()) {
                    weights.insert(term.to_owned(), weight.clone());
                }
            }
            if weights.len() != WEIGHTS.len() {
                continue;
            }
            for (key, _) in WEIGHTS {
                self.read.insert(format!("{at}/{key}"));
            }
            let said = Said {
                target: "/trust/weights".to_owned(),
                scale: Scale::Share,
                value: Value::String(listed(&weights)),
                key: dotted(&at),
                place: self.document.place_of(&at),
            };
            let weights = Value::Object(weights);
            match &first {
                None => first = Some((weights, said)),
                Some((won, by)) if *won != weights => self.normal.conflicts.push(Conflict {
                    what: "`trust.weights`".to_owned(),
                    won: side(by),
                    lost: side(&said),
                    why: "the score is put together in one way, and the first tier says how"
                        .to_owned(),
                }),
                Some(_) => {}
            }
        }
        if let Some((weights, said)) = first {
            put(value, &said.target, weights);
            self.normal.places.insert(said.target, said.place);
        }
    }

    /// Everything that says something and was not read.
    fn unread(&mut self) {
        let mut all = Vec::new();
        leaves(self.document.value(), "", &mut all);
        for (pointer, value) in all {
            let key = pointer.rsplit('/').next().unwrap_or_default();
            if !TALK.contains(&key) && !self.read.contains(&pointer) {
                self.normal.unread.push(Unread {
                    key: dotted(&pointer),
                    value: shown(value),
                    place: self.document.key_place_of(&pointer),
                });
            }
        }
    }
}

/// Where lines alone are counted, they are what the tier's coverage is of.
fn lines_alone(said: &mut Vec<Said>, to: &str) {
    let coverage = format!("{to}{COVERAGE}");
    let lines = format!("{to}{LINES}");
    if said.iter().any(|one| one.target == coverage) {
        return;
    }
    let mut metrics = Vec::new();
    for one in said.iter_mut().filter(|one| one.target == lines) {
        one.target.clone_from(&coverage);
        metrics.push(Said {
            target: format!("{to}{METRIC}"),
            scale: Scale::Metric,
            value: json!("line"),
            key: one.key.clone(),
            place: one.place.clone(),
        });
    }
    said.extend(metrics);
}

/// Fills in what the published policy asks where this one says nothing.
fn published(value: &mut Value) {
    for (tier, metric, coverage, mutation, contracts, review) in PUBLISHED {
        let mut absent = |key: &str, default: Value| {
            let pointer = format!("/{tier}{key}");
            let absent = value.pointer(&pointer).is_none();
            if absent {
                put(value, &pointer, default);
            }
            absent
        };
        absent(METRIC, json!(metric));
        absent(COVERAGE, json!(coverage));
        absent(MUTATION, json!(mutation));
        absent(REVIEW, json!(review));
        if absent(CONTRACTS, json!(contracts)) && contracts {
            absent("/profiles/library/requires_contracts", json!(false));
        }
    }
}

fn side(said: &Said) -> Side {
    Side {
        value: shown(&said.value),
        who: format!("`{}`", said.key),
        place: Some(said.place.clone()),
    }
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(weights: &Map<String, Value>) -> String {
    let all: Vec<String> = weights
        .iter()
        .map(|(term, weight)| format!("{term} {weight}"))
        .collect();
    all.join(", ")
}

fn misread(document: &Document, pointer: &str, scale: Scale, value: &Value) -> Finding {
    Finding {
        code: codes::DOCUMENT_SCHEMA.to_owned(),
        severity: Severity::Error,
        message: format!(
            "`{}` is {}, not {}",
            dotted(pointer),
            shown(value),
            scale.expected()
        ),
        place: Some(document.place_of(pointer)),
        expected: Some(scale.expected().to_owned()),
        found: Some(shown(value)),
        help: Some("write it on the scale this shape of policies counts in".to_owned()),
    }
}

/// A JSON pointer as people write a key.
fn dotted(pointer: &str) -> String {
    pointer
        .trim_start_matches('/')
        .replace('/', ".")
        .replace("~1", "/")
        .replace("~0", "~")
}

/// Puts a value at a pointer, making objects on the way.
pub(super) fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut at = root;
    for step in pointer.trim_start_matches('/').split('/') {
        if !at.is_object() {
            *at = json!({});
        }
        let Some(members) = at.as_object_mut() else {
            return;
        };
        at = members.entry(step.to_owned()).or_insert(Value::Null);
    }
    *at = value;
}

/// Every scalar and every empty collection, with its pointer.
fn leaves<'v>(value: &'v Value, pointer: &str, out: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                let step = key.replace('~', "~0").replace('/', "~1");
                leaves(value, &format!("{pointer}/{step}"), out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{pointer}/{index}"), out);
            }
        }
        value => out.push((pointer.to_owned(), value)),
    }
}
