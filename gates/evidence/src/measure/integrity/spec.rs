//! The working spec: what is promised.

use serde_json::Value;

use super::diff::{Change, Looser, Weight, at, gone, items, number, short, unjudged};
use super::policy::{keys, member};

/// Lists of promises: what is gone is promised no more.
const PROMISES: [(&str, &str); 6] = [
    ("invariants", "an invariant"),
    ("threats", "a threat"),
    ("contracts", "a contract"),
    ("scope.out", "a path out of scope"),
    ("testing", "a kind of test"),
    ("component.paths", "code that is counted"),
];

pub(super) fn compare(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let (one, other) = (at(before, "/id"), at(after, "/id"));
    if one != other {
        // A new piece of work has promises of its own; only what is asked of it can be compared.
        let mut changes = vec![Change::of_value(Weight::Unjudged, path, "id", one, other)];
        changes.extend(asked(path, before, after));
        return changes;
    }
    let mut changes = asked(path, before, after);
    for (key, what) in PROMISES {
        let pointer = format!("/{}", key.replace('.', "/"));
        for item in gone(at(before, &pointer), at(after, &pointer), name) {
            changes.push(Change {
                expected: Some(short(item)),
                ..Change::new(Weight::Looser, path, format!("{what} of `{key}` is gone"))
            });
        }
    }
    let scope = "/scope/in";
    for item in gone(at(after, scope), at(before, scope), name) {
        changes.push(Change {
            found: Some(short(item)),
            ..Change::new(
                Weight::Unjudged,
                path,
                "`scope.in` allows changes it did not allow before".to_owned(),
            )
        });
    }
    changes.extend(criteria(path, before, after));
    changes.extend(numbers(path, before, after));
    changes
}

/// What the tier asks, and how much may change at once.
fn asked(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let (one, other) = (at(before, "/risk_tier"), at(after, "/risk_tier"));
    changes.extend(number(path, "risk_tier", Looser::Higher, one, other));
    let (one, other) = (at(before, "/profile"), at(after, "/profile"));
    changes.extend(unjudged(path, "profile", one, other));
    for key in ["max_files", "max_loc"] {
        let pointer = format!("/change_budget/{key}");
        changes.extend(number(
            path,
            &format!("change_budget.{key}"),
            Looser::Higher,
            at(before, &pointer),
            at(after, &pointer),
        ));
    }
    changes
}

/// Acceptance criteria, by id.
fn criteria(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let (one, other) = (at(before, "/acceptance"), at(after, "/acceptance"));
    let mut changes = Vec::new();
    for item in items(one) {
        let id = name(item);
        match items(other).iter().find(|new| name(new) == id) {
            None => changes.push(Change {
                expected: Some(short(item)),
                ..Change::new(
                    Weight::Looser,
                    path,
                    format!("the acceptance criterion `{id}` is gone"),
                )
            }),
            Some(new) if new != item => changes.push(Change {
                expected: Some(short(item)),
                found: Some(short(new)),
                ..Change::new(
                    Weight::Unjudged,
                    path,
                    format!("the acceptance criterion `{id}` says something else"),
                )
            }),
            Some(_) => {}
        }
    }
    changes
}

/// Budgets and targets. A budget is a limit; what is called a minimum or a target asks for at least that.
fn numbers(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for group in ["non_functional", "targets", "performance_budgets"] {
        let pointer = format!("/{group}");
        walk(
            path,
            group,
            at(before, &pointer),
            at(after, &pointer),
            &mut changes,
        );
    }
    changes
}

fn walk(path: &str, place: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after) {
        (Value::Object(_), Value::Object(_) | Value::Null) => {
            for key in keys(before, &Value::Null) {
                walk(
                    path,
                    &format!("{place}.{key}"),
                    member(before, &key),
                    member(after, &key),
                    changes,
                );
            }
        }
        (Value::Number(_), _) => {
            let leaf = place.rsplit('.').next().unwrap_or(place);
            let least = place.starts_with("targets")
                || leaf.starts_with("min_")
                || leaf.ends_with("_min")
                || leaf.contains("coverage")
                || leaf.contains("mutation");
            let looser = if least { Looser::Lower } else { Looser::Higher };
            changes.extend(number(path, place, looser, before, after));
        }
        (Value::Array(_), _) => {
            for item in gone(before, after, name) {
                changes.push(Change {
                    expected: Some(short(item)),
                    ..Change::new(Weight::Looser, path, format!("`{place}` asks for one less"))
                });
            }
        }
        (Value::Bool(true), Value::Bool(false) | Value::Null) => {
            changes.push(Change::of_value(Weight::Looser, path, place, before, after))
        }
        (Value::Null | Value::Bool(_), _) => {}
        _ if before != after => changes.push(Change::of_value(
            Weight::Unjudged,
            path,
            place,
            before,
            after,
        )),
        _ => {}
    }
}

/// What a member of a list is called: its id, path or name, else all of it.
fn name(item: &Value) -> String {
    ["id", "path", "name", "title"]
        .iter()
        .find_map(|key| item.get(key))
        .map_or_else(|| item.to_string(), Value::to_string)
}
