use std::collections::BTreeSet;

use serde_json::json;

use super::{Dialect, recognise};
use crate::parse;

fn dialect(spec: &serde_json::Value) -> Dialect {
    let document = parse("s.json", spec.to_string().as_bytes()).expect("it parses");
    recognise(&document).dialect
}

#[test]
fn every_schema_compiles_and_every_name_is_its_own() {
    for dialect in Dialect::ALL {
        for schema in dialect.schemas() {
            assert!(schema.schema().is_ok(), "{dialect}: {:?}", schema.schema());
        }
    }
    let ids: BTreeSet<_> = Dialect::ALL.into_iter().map(Dialect::id).collect();
    let names: BTreeSet<_> = Dialect::ALL.iter().map(ToString::to_string).collect();
    assert_eq!((ids.len(), names.len()), (8, 8));
}

#[test]
fn one_strong_sign_is_enough() {
    for (spec, expected) in [
        (json!({"open_questions": []}), Dialect::Current),
        (
            json!({"targets": {}, "hardening_checklist": [], "testing_strategy": {}}),
            Dialect::Current,
        ),
        (
            json!({"component": {}, "hardening_checklist": [], "testing_strategy": {}}),
            Dialect::Current,
        ),
        (
            json!({"x-status": 1, "lifecycle_state": "draft"}),
            Dialect::Current,
        ),
        (
            json!({"scope": {"x-include": 1}, "lifecycle_state": "draft"}),
            Dialect::Current,
        ),
        (
            json!({"lifecycle_state": "draft", "worktree": "x"}),
            Dialect::SpecV1,
        ),
        (json!({"worktree": "x"}), Dialect::Cli9),
        (json!({"mode": "development"}), Dialect::Cli9),
        (json!({"risk_tier": "T3"}), Dialect::Cli9),
        (json!({"scope": {"include": []}}), Dialect::Cli9),
        (json!({"hardening_checklist": []}), Dialect::Hardening),
        (json!({"id": "A-1-HARDEN"}), Dialect::Hardening),
        (json!({"acceptance_criteria": []}), Dialect::Cli5),
        (
            json!({"contracts": [{"type": "project_setup"}]}),
            Dialect::Cli5,
        ),
        (json!({"timeboxed_hours": 1}), Dialect::Cli3),
        (
            json!({"ai_assessment": {"confidence_level": 7}}),
            Dialect::Cli3,
        ),
        (
            json!({"ai_assessment": {"confidence_level": 1}}),
            Dialect::Current,
        ),
        (
            json!({"ai_assessment": {"confidence": 0.5}}),
            Dialect::Legacy,
        ),
        (json!({"non_functional": {"time_ms": 1}}), Dialect::Legacy),
        (json!({"non_functional": {"range": "1"}}), Dialect::Current),
        (json!([1]), Dialect::Current),
    ] {
        assert_eq!(dialect(&spec), expected, "{spec}");
    }
}

#[test]
fn four_keys_and_eleven_tell_two_generations_apart() {
    let mut spec =
        json!({"id": "LAMP-042", "title": "A title of ten", "risk_tier": 2, "mode": "fix"});
    assert_eq!(dialect(&spec), Dialect::Cli9);
    for key in ["blast_radius", "scope", "non_functional"] {
        spec[key] = json!({});
    }
    for key in ["invariants", "acceptance", "contracts"] {
        spec[key] = json!([]);
    }
    assert_eq!(dialect(&spec), Dialect::Cli9);
    spec["operational_rollback_slo"] = json!("5m");
    assert_eq!(dialect(&spec), Dialect::Cli5);
}

#[test]
fn the_closed_schema_of_the_cli_3_speaks_for_it() {
    let spec = json!({
        "id": "FEAT-0042", "title": "A title of ten", "risk_tier": 2, "mode": "fix",
        "blast_radius": {"modules": []}, "operational_rollback_slo": "5m", "scope": {"in": ["a"], "out": []},
        "invariants": ["a"], "acceptance": [{"id": "A1", "given": "a", "when": "b", "then": "c"}],
        "non_functional": {}, "contracts": [{"type": "pact", "path": "a"}]
    });
    assert_eq!(dialect(&spec), Dialect::Cli3);
    let mut more = spec.clone();
    more["change_budget"] = json!({});
    assert_eq!(dialect(&more), Dialect::Cli5);
}
