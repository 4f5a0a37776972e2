//! `.caws.yml`: what is run, on what, and what passes.

use serde_json::Value;

use super::diff::{Change, Looser, Weight, at, gone, items, number, short, unjudged};
use super::policy::{keys, member};

/// Lists of a gate of which each entry is something examined.
const EXAMINED: [(&str, &str); 10] = [
    ("static", "checks"),
    ("contracts", "contracts"),
    ("performance", "runs"),
    ("performance", "budgets"),
    ("audio", "texts"),
    ("audio", "voices"),
    ("audio", "speeds"),
    ("accessibility", "pages"),
    ("flakes", "reports"),
    ("acceptance", "reports"),
];

/// Numbers of a gate, and which way asks for less.
const NUMBERS: [(&str, Looser); 6] = [
    ("coverage/minimum", Looser::Lower),
    ("mutation/minimum", Looser::Lower),
    ("mutation/time_budget", Looser::Lower),
    ("flakes/repeats", Looser::Lower),
    ("audio/loudness/tolerance", Looser::Higher),
    ("audio/true_peak/at_most", Looser::Higher),
];

pub(super) fn compare(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in ["spec", "policy"] {
        let (one, other) = (member(before, key), member(after, key));
        changes.extend(unjudged(path, key, one, other));
    }
    let folders = "components";
    for item in gone(member(before, folders), member(after, folders), short) {
        changes.push(Change {
            expected: Some(short(item)),
            ..Change::new(
                Weight::Looser,
                path,
                "components are no longer held to their targets".to_owned(),
            )
        });
    }
    let (one, other) = (at(before, "/gates"), at(after, "/gates"));
    for gate in keys(one, &Value::Null) {
        let (one, other) = (member(one, &gate), member(other, &gate));
        if other.is_null() {
            changes.push(Change::new(
                Weight::Looser,
                path,
                format!("the gate `{gate}` is no longer configured"),
            ));
        } else {
            changes.extend(of_gate(path, &gate, one, other));
        }
    }
    for part in ["tools", "services"] {
        changes.extend(of_parts(
            path,
            part,
            member(before, part),
            member(after, part),
        ));
    }
    changes
}

fn of_gate(path: &str, gate: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for (_, list) in EXAMINED.iter().filter(|(of, _)| *of == gate) {
        changes.extend(examined(
            path,
            &format!("gates.{gate}.{list}"),
            member(before, list),
            member(after, list),
        ));
    }
    for (place, looser) in NUMBERS {
        let Some(pointer) = place
            .strip_prefix(gate)
            .filter(|rest| rest.starts_with('/'))
        else {
            continue;
        };
        let (one, other) = (seconds(at(before, pointer)), seconds(at(after, pointer)));
        let place = format!("gates.{}", place.replace('/', "."));
        changes.extend(number(path, &place, looser, &one, &other));
    }
    // A file nobody watches is a file whose change is not measured; one that is left out is not measured at all.
    for item in gone(member(before, "inputs"), member(after, "inputs"), short) {
        changes.push(Change {
            expected: Some(short(item)),
            ..Change::new(
                Weight::Looser,
                path,
                format!(
                    "`gates.{gate}.inputs` watches less: the cache answers for what changes there"
                ),
            )
        });
    }
    for item in gone(member(after, "exclude"), member(before, "exclude"), short) {
        changes.push(Change {
            found: Some(short(item)),
            ..Change::new(
                Weight::Looser,
                path,
                format!("`gates.{gate}.exclude` leaves out more"),
            )
        });
    }
    // Who measures, and where from.
    for key in [
        "adapter",
        "report",
        "toolchain",
        "service",
        "endpoint",
        "base",
        "timeout",
        "mutant_timeout",
    ] {
        let (one, other) = (member(before, key), member(after, key));
        let place = format!("gates.{gate}.{key}");
        changes.extend(unjudged(path, &place, one, other));
    }
    let (one, other) = (
        at(before, "/loudness/target"),
        at(after, "/loudness/target"),
    );
    let place = format!("gates.{gate}.loudness.target");
    changes.extend(unjudged(path, &place, one, other));
    changes
}

/// A list of what is examined: by name, where its members have one.
fn examined(path: &str, place: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for item in gone(before, after, name) {
        changes.push(Change {
            expected: Some(short(item)),
            ..Change::new(
                Weight::Looser,
                path,
                format!("`{place}` examines less: {} is gone", name(item)),
            )
        });
    }
    for old in items(before) {
        let Some(new) = items(after).iter().find(|new| name(new) == name(old)) else {
            continue;
        };
        let place = format!("{place} {}", name(old));
        let (one, other) = (member(old, "at_most"), member(new, "at_most"));
        changes.extend(number(
            path,
            &format!("{place} at_most"),
            Looser::Higher,
            one,
            other,
        ));
        let (one, other) = (member(old, "examples"), member(new, "examples"));
        changes.extend(number(
            path,
            &format!("{place} examples"),
            Looser::Lower,
            one,
            other,
        ));
        for key in [
            "command",
            "adapter",
            "report",
            "measurement",
            "path",
            "role",
            "output",
            "service",
        ] {
            let (one, other) = (member(old, key), member(new, key));
            let place = format!("{place} {key}");
            changes.extend(unjudged(path, &place, one, other));
        }
    }
    changes
}

/// Tools and services: another program, or another version of it, measures otherwise.
fn of_parts(path: &str, part: &str, before: &Value, after: &Value) -> Vec<Change> {
    keys(before, &Value::Null)
        .into_iter()
        .filter(|key| member(before, key) != member(after, key))
        .map(|key| {
            let place = format!("{part}.{key}");
            let (one, other) = (member(before, &key), member(after, &key));
            Change::of_value(Weight::Unjudged, path, &place, one, other)
        })
        .collect()
}

/// What a member is called: its name, role or path, else all of it.
fn name(item: &Value) -> String {
    ["name", "role", "path"]
        .iter()
        .find_map(|key| item.get(key))
        .map_or_else(|| short(item), short)
}

/// A duration such as `12m` in seconds, so that it can be compared; anything else as it is.
fn seconds(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    let units = [
        ("ms", 0.001),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
        ("d", 86_400.0),
    ];
    units
        .iter()
        .find_map(|(unit, factor)| {
            let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            Some(Value::from(number * factor))
        })
        .unwrap_or_else(|| value.clone())
}
