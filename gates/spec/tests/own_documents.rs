//! The documents of this repository, and what the published version 1.0 accepts.

#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "helpers of tests stop the test"
)]

use std::path::Path;

use caws_spec::schema::{PROVENANCE_MANIFEST, Schema, WORKING_SPEC};
use caws_spec::{Document, parse, validate_policy, validate_schema, validate_spec};
use serde_json::{Value, json};

fn own(path: &str) -> Document {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    let bytes = std::fs::read(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    parse(path, &bytes).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn document(value: &Value) -> Document {
    parse("d.json", value.to_string().as_bytes()).expect("it parses")
}

fn is_valid(schema: &Schema, value: &Value) -> bool {
    validate_schema(&document(value), schema).is_empty()
}

#[test]
fn our_working_spec_is_valid_without_a_warning() {
    let report = validate_spec(&own(".caws/working-spec.yaml"));
    assert_eq!(report.findings, []);
    let spec = report.spec.expect("a spec");
    assert_eq!(
        (spec.id.as_str(), spec.risk_tier, spec.profile.as_str()),
        ("KOKORO-001", 2, "backend-api")
    );
    let ids: Vec<_> = spec
        .acceptance
        .iter()
        .map(|criterion| criterion.id.as_str())
        .collect();
    assert_eq!(ids, ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]);
}

#[test]
fn our_tier_policy_is_valid() {
    assert_eq!(validate_policy(&own(".caws/policy/tier-policy.json")), []);
}

#[test]
fn the_fixture_of_another_kind_of_project_is_valid() {
    assert_eq!(
        validate_spec(&own("fixtures/python-textstats/.caws/working-spec.yaml")).findings,
        []
    );
    assert_eq!(
        validate_policy(&own(
            "fixtures/python-textstats/.caws/policy/tier-policy.json"
        )),
        []
    );
}

/// The smallest document the published version 1.0 of the working spec accepts.
fn smallest() -> Value {
    json!({
        "id": "A-0", "title": "12345678", "risk_tier": 3, "profile": "cli", "rationale": "12345678901234567890",
        "scope": {"in": [""], "out": []}, "invariants": [""],
        "acceptance": [{"id": "A0", "given": "", "when": "", "then": ""}],
        "non_functional": {}, "contracts": [{"type": "pact", "path": "", "role": "both"}]
    })
}

#[test]
fn what_version_1_0_accepts_is_accepted() {
    let schema = WORKING_SPEC.schema().expect("it compiles");
    assert!(is_valid(schema, &smallest()));
    let additions = [
        ("dependencies", json!(["x"])),
        ("feature_flags", json!([])),
        ("migrations", json!(["x"])),
        ("rollback", json!([])),
        ("threats", json!(["x"])),
        ("operational_rollback_slo", json!("whenever")),
        (
            "change_budget",
            json!({"max_files": 1, "max_loc": 1, "else": 1}),
        ),
        (
            "blast_radius",
            json!({"modules": [], "data_migration": true, "else": 1}),
        ),
        (
            "observability",
            json!({"logs": [], "metrics": ["x"], "traces": [], "else": 1}),
        ),
        (
            "ai_assessment",
            json!({"confidence_level": 0.5, "uncertainty_areas": [], "complexity_factors": [], "risk_factors": [], "else": 1}),
        ),
        ("scope", json!({"in": ["a"], "out": ["b"], "else": 1})),
        (
            "acceptance",
            json!([{"id": "A12", "given": "a", "when": "b", "then": "c", "else": 1}]),
        ),
        (
            "contracts",
            json!([{"type": "asyncapi", "path": "x", "role": "consumer", "else": 1}]),
        ),
        (
            "non_functional",
            json!({
                "a11y": {"axe_rules": [], "keyboard_paths": ["x"], "contrast_min": 3},
                "i18n": {"locales": [], "rtl_supported": true, "else": 1},
                "perf": {"api_p95_ms": 1, "lcp_ms": 1, "streaming_ttfa_ms": 1, "memory_limit_mb": 1, "ttfa_p95_ms": 1.0, "rtf_p95": 0.1},
                "security": [],
                "security_policy": {"sast_max_severity": "none", "secret_scan_block": false, "dep_policy": "lenient", "else": 1}
            }),
        ),
    ];
    for (key, value) in additions {
        let mut spec = smallest();
        spec[key] = value;
        assert!(is_valid(schema, &spec), "{key}");
    }
    for (key, values) in [
        ("mode", ["feature", "bugfix", "refactor", "maintenance"]),
        ("profile", ["web-ui", "backend-api", "library", "cli"]),
    ] {
        for value in values {
            let mut spec = smallest();
            spec[key] = json!(value);
            assert!(is_valid(schema, &spec), "{key}: {value}");
        }
    }
    for kind in [
        "openapi",
        "graphql",
        "proto",
        "pact",
        "asyncapi",
        "jsonschema",
    ] {
        let mut spec = smallest();
        spec["contracts"][0]["type"] = json!(kind);
        assert!(is_valid(schema, &spec), "{kind}");
    }
}

#[test]
fn what_breaks_a_rule_of_version_1_0_is_refused() {
    let schema = WORKING_SPEC.schema().expect("it compiles");
    let spec = smallest();
    for key in spec.as_object().expect("an object").keys() {
        let mut without = spec.clone();
        without.as_object_mut().expect("an object").remove(key);
        assert!(!is_valid(schema, &without), "{key} is required");
    }
    for (key, value) in [
        ("id", json!("a-1")),
        ("id", json!("A1")),
        ("id", json!("A-1-")),
        ("id", json!("A-1-b")),
        ("title", json!("1234567")),
        ("risk_tier", json!(0)),
        ("risk_tier", json!("2")),
        ("profile", json!("service")),
        ("rationale", json!("1234567890123456789")),
        ("scope", json!({"in": [], "out": []})),
        ("scope", json!({"in": ["a"]})),
        ("invariants", json!([])),
        ("acceptance", json!([])),
        (
            "acceptance",
            json!([{"id": "B1", "given": "", "when": "", "then": ""}]),
        ),
        ("acceptance", json!([{"id": "A1", "given": "", "when": ""}])),
        ("non_functional", json!({"else": 1})),
        ("non_functional", json!({"a11y": {"else": 1}})),
        ("non_functional", json!({"a11y": {"contrast_min": 2.9}})),
        ("non_functional", json!({"perf": {"else": "x"}})),
        ("non_functional", json!({"perf": {"rtf_p95": 0.05}})),
        ("non_functional", json!({"perf": {"lcp_ms": 0}})),
        ("non_functional", json!({"perf": {"lcp_ms": 1.5}})),
        (
            "contracts",
            json!([{"type": "", "path": "", "role": "both"}]),
        ),
        ("contracts", json!([{"type": "pact", "path": ""}])),
        ("mode", json!("development")),
        ("threats", json!([{"threat": ""}])),
        ("threats", json!([{"threat": "x", "else": 1}])),
        ("ai_assessment", json!({"confidence_level": 1.1})),
        ("change_budget", json!({"max_files": 0})),
        ("else", json!(1)),
    ] {
        let mut broken = spec.clone();
        broken[key] = value.clone();
        assert!(!is_valid(schema, &broken), "{key}: {value}");
    }
}

#[test]
fn what_came_after_version_1_0_is_accepted() {
    let schema = WORKING_SPEC.schema().expect("it compiles");
    for (key, value) in [
        ("id", json!("ARBITER-013-HARDEN")),
        ("id", json!("AUTH-BINDING-BRIDGE-001b")),
        ("mode", json!("chore")),
        (
            "threats",
            json!(["x", {"threat": "x", "likelihood": "low", "impact": "high", "mitigation": "y", "x-by": 1}]),
        ),
        (
            "rollback",
            json!([{"strategy": "x", "slo_minutes": 0.5, "data_loss_risk": "none"}, "y"]),
        ),
        ("rollback", json!({"strategy": "x", "x-data_backup": "y"})),
        ("observability", json!(["x", {"label": "y"}])),
        ("observability", json!({"logs": [{"label": 1}]})),
        (
            "testing_strategy",
            json!({"unit_tests": {"target_coverage": 95, "focus_areas": ["x"], "more": [{"Peak": "y"}]}}),
        ),
        (
            "hardening_checklist",
            json!(["[ ] x", {"item": "y", "done": true}]),
        ),
        (
            "non_functional",
            json!({"perf": {"else": 1}, "reliability": {"sla": 99.9, "mode": "99%"}, "scalability": ["x"], "x-else": []}),
        ),
        (
            "contracts",
            json!([{"type": "soap", "path": "x", "role": "both", "version": "1.0.0"}]),
        ),
        ("ai_assessment", json!({"risk_factors": [{"bias": "high"}]})),
        ("open_questions", json!([{"at": "/a~1b/0", "ask": "x"}])),
        ("x-else", json!({"any": ["thing"]})),
    ] {
        let mut spec = smallest();
        spec[key] = value.clone();
        assert!(is_valid(schema, &spec), "{key}: {value}");
        let report = validate_spec(&document(&spec));
        let typed = report
            .spec
            .unwrap_or_else(|| panic!("{key}: {:#?}", report.findings));
        assert_eq!(
            serde_json::to_value(&typed).expect("it serialises")[key],
            value
        );
    }
    for (key, value) in [
        ("rollback", json!({"data_backup": "y"})),
        ("observability", json!([{"a": 1, "b": 2}])),
        ("observability", json!({"logs": [{"label": []}]})),
        (
            "testing_strategy",
            json!({"unit_tests": {"target_coverage": 101}}),
        ),
        ("hardening_checklist", json!([{"item": "y"}])),
        ("open_questions", json!([{"at": "a", "ask": "x"}])),
        ("open_questions", json!([{"at": "/a"}])),
    ] {
        let mut spec = smallest();
        spec[key] = value.clone();
        assert!(!is_valid(schema, &spec), "{key}: {value}");
    }
}

/// Every field of the schema has its place on the page that explains it.
#[test]
fn the_page_of_the_spec_names_every_field() {
    fn fields(schema: &Value, found: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            found.push(key.clone());
            fields(property, found);
        }
        for inner in ["items", "additionalProperties"] {
            if schema[inner].is_object() {
                fields(&schema[inner], found);
            }
        }
        for (_, definition) in schema["$defs"].as_object().into_iter().flatten() {
            fields(definition, found);
        }
    }
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec.md"))
            .expect("the page");
    let mut found = Vec::new();
    fields(
        WORKING_SPEC.schema().expect("it compiles").json(),
        &mut found,
    );
    assert!(found.len() > 60, "{found:?}");
    for field in found {
        assert!(
            page.contains(&format!("`{field}`")),
            "docs/spec.md does not name `{field}`"
        );
    }
}

#[test]
fn targets_are_ours_and_closed() {
    let schema = WORKING_SPEC.schema().expect("it compiles");
    let with = |targets: Value| {
        let mut spec = smallest();
        spec["targets"] = targets;
        spec
    };
    assert!(is_valid(
        schema,
        &with(json!({"coverage": 0.95, "mutation": 0.8, "trust": 90}))
    ));
    assert!(!is_valid(schema, &with(json!({"coverage": 95}))));
    assert!(!is_valid(schema, &with(json!({"covrage": 0.9}))));
}

#[test]
fn the_manifest_schema_takes_what_the_published_one_takes() {
    let schema = PROVENANCE_MANIFEST.schema().expect("it compiles");
    let smallest = json!({"agent": "", "model": "", "commit": "", "artifacts": [], "results": {}, "approvals": []});
    assert!(is_valid(schema, &smallest));
    let full = json!({
        "agent": "a", "model": "m", "prompts": ["p"], "commit": "c", "artifacts": ["x"],
        "results": {
            "coverage": {"metric": "condition", "value": 7.0}, "mutation_score": 0.5, "tests_passed": 3,
            "spec_changed": true, "contracts": {"consumer": true, "provider": false}, "a11y": "pass",
            "perf": {"x": 1}, "flake_rate": 0.1, "else": 1
        },
        "redactions": [], "attestations": {"inputs_sha256": "no digest", "artifacts_sha256": ""}, "approvals": ["p"],
        "branch": "main", "changed_files": []
    });
    assert!(is_valid(schema, &full));
    for key in [
        "agent",
        "model",
        "commit",
        "artifacts",
        "results",
        "approvals",
    ] {
        let mut without = smallest.clone();
        without.as_object_mut().expect("an object").remove(key);
        assert!(!is_valid(schema, &without), "{key} is required");
    }
    for (key, value) in [
        ("results", json!({"coverage": {"metric": "branch"}})),
        (
            "results",
            json!({"coverage": {"metric": "function", "value": 1}}),
        ),
        ("results", json!({"tests_passed": 1.5})),
        ("results", json!({"contracts": {"provider": "yes"}})),
        ("results", json!({"a11y": true})),
        ("results", json!({"perf": 1})),
        ("attestations", json!({"inputs_sha256": 1})),
        ("prompts", json!("p")),
        ("approvals", json!([1])),
        ("caws", json!({})),
    ] {
        let mut broken = smallest.clone();
        broken[key] = value.clone();
        assert!(!is_valid(schema, &broken), "{key}: {value}");
    }
}
