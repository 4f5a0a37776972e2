//! The tier policy: what each tier and profile asks, compared as it takes effect.

use serde_json::Value;

use super::diff::{Change, Looser, Weight, at, number, unjudged};

const TIERS: [&str; 3] = ["1", "2", "3"];
const PROFILES: [&str; 4] = ["web-ui", "backend-api", "library", "cli"];
/// Ratios a tier asks for.
const MINIMA: [&str; 3] = ["min_coverage", "min_line_coverage", "min_mutation"];
/// Limits a tier sets.
const LIMITS: [&str; 2] = ["change_budget/max_files", "change_budget/max_loc"];
/// What a tier may demand.
const DEMANDS: [&str; 2] = ["requires_contracts", "requires_manual_review"];
/// Keys of a tier whose meaning is known.
const KNOWN: [&str; 8] = [
    "coverage_metric",
    "min_coverage",
    "min_line_coverage",
    "min_mutation",
    "requires_contracts",
    "requires_manual_review",
    "change_budget",
    "profiles",
];

pub(super) fn compare(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for tier in TIERS {
        changes.extend(of_tier(path, tier, before, after));
        changes.extend(foreign(
            path,
            tier,
            member(before, tier),
            member(after, tier),
        ));
    }
    changes.extend(of_trust(path, at(before, "/trust"), at(after, "/trust")));
    // Parts nobody here knows: told, not judged.
    for key in keys(before, after) {
        let known = TIERS.contains(&key.as_str()) || key == "trust" || key == "$schema";
        let (one, other) = (member(before, &key), member(after, &key));
        if !known && one != other {
            changes.push(Change::of_value(Weight::Unjudged, path, &key, one, other));
        }
    }
    changes
}

/// Keys of a tier that other shapes of policies have, such as `min_branch`: told, not judged.
fn foreign(path: &str, tier: &str, before: &Value, after: &Value) -> Vec<Change> {
    keys(before, after)
        .into_iter()
        .filter(|key| !KNOWN.contains(&key.as_str()))
        .filter_map(|key| {
            let (one, other) = (member(before, &key), member(after, &key));
            unjudged(path, &format!("{tier}.{key}"), one, other)
        })
        .collect()
}

/// The same change in several profiles is one change of the tier.
fn of_tier(path: &str, tier: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut add = |change: Option<Change>| {
        if let Some(change) = change
            && !changes.iter().any(|one| {
                one.expected == change.expected
                    && one.found == change.found
                    && same_key(one, &change)
            })
        {
            changes.push(change);
        }
    };
    for profile in PROFILES {
        let place = |key: &str| format!("{tier}.{key} ({profile})");
        for key in MINIMA {
            let (one, other) = (
                effective(before, tier, profile, key),
                effective(after, tier, profile, key),
            );
            add(number(path, &place(key), Looser::Lower, one, other));
        }
        for key in LIMITS {
            let (one, other) = (
                effective(before, tier, profile, key),
                effective(after, tier, profile, key),
            );
            let key = key.replace('/', ".");
            add(number(path, &place(&key), Looser::Higher, one, other));
        }
        for key in DEMANDS {
            let (one, other) = (
                effective(before, tier, profile, key),
                effective(after, tier, profile, key),
            );
            let dropped = one.as_bool() == Some(true) && other.as_bool() != Some(true);
            add(dropped.then(|| Change::of_value(Weight::Looser, path, &place(key), one, other)));
        }
        let key = "coverage_metric";
        let (one, other) = (
            effective(before, tier, profile, key),
            effective(after, tier, profile, key),
        );
        let dropped = one.as_str() == Some("branch") && other.as_str() != Some("branch");
        add(dropped.then(|| Change::of_value(Weight::Looser, path, &place(key), one, other)));
    }
    changes
}

/// Whether two changes are of the same key, in whatever profile.
fn same_key(one: &Change, other: &Change) -> bool {
    let key = |change: &Change| {
        change
            .message
            .split(" (")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    key(one) == key(other)
}

/// What is asked of a tier and profile: the profile's word before the tier's.
fn effective<'v>(policy: &'v Value, tier: &str, profile: &str, key: &str) -> &'v Value {
    let own = at(policy, &format!("/{tier}/profiles/{profile}/{key}"));
    if own.is_null() {
        at(policy, &format!("/{tier}/{key}"))
    } else {
        own
    }
}

fn of_trust(path: &str, before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut pair = |pointer: &str, looser: Looser| {
        let place = format!("trust{}", pointer.replace('/', "."));
        changes.extend(number(
            path,
            &place,
            looser,
            at(before, pointer),
            at(after, pointer),
        ));
    };
    pair("/threshold", Looser::Lower);
    for tier in TIERS {
        pair(&format!("/tiers/{tier}"), Looser::Lower);
    }
    pair("/targets/coverage", Looser::Lower);
    pair("/targets/mutation", Looser::Lower);
    pair("/flakes/full", Looser::Higher);
    pair("/flakes/half", Looser::Higher);
    // Which weights are the looser ones depends on what the project measures well.
    let (one, other) = (at(before, "/weights"), at(after, "/weights"));
    changes.extend(unjudged(path, "trust.weights", one, other));
    changes
}

/// Keys of either object.
pub(super) fn keys(before: &Value, after: &Value) -> Vec<String> {
    let of = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|map| map.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut keys = of(before);
    keys.extend(of(after));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A member of an object by its key; null where there is none.
pub(super) fn member<'v>(value: &'v Value, key: &str) -> &'v Value {
    value.get(key).unwrap_or(&Value::Null)
}
