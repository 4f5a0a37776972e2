use serde_json::{Value, json};

use super::*;
use crate::measure::measure;

const POLICY: &str = r#"package p
deny contains {"msg": "too high", "code": "tier", "place": {"path": "spec.yaml", "line": 3}} if input.spec.risk_tier == 1
warn contains "a warning" if input.spec.risk_tier == 2
exception contains {"code": "tier", "reason": "agreed"} if input.settings.agreed
"#;

fn input(tier: u64, agreed: bool) -> Value {
    json!({ "schema_version": 1, "spec": { "risk_tier": tier }, "settings": { "agreed": agreed } })
}

fn of(policy: &str, input: &Value) -> Result<Reading, MeasureError> {
    let raw = |role: &str, bytes: Vec<u8>| Raw {
        role: role.to_owned(),
        name: role.to_owned(),
        bytes,
    };
    let raws = [
        raw("input", input.to_string().into_bytes()),
        raw("policy/p.rego", policy.as_bytes().to_vec()),
    ];
    let params = json!({ "policies": [{ "path": "policy/p.rego", "sha256": sha256_hex(policy.as_bytes()) }] });
    measure("rego", &params, &raws, &[])
}

fn counts(reading: &Reading) -> Vec<(&str, f64)> {
    let of = reading.observations.iter();
    of.map(|one| (one.name.as_str(), one.value)).collect()
}

#[test]
fn what_a_policy_denies_is_counted_and_found_at_its_place() {
    let reading = of(POLICY, &input(1, false)).unwrap();
    assert_eq!(
        counts(&reading),
        [
            ("denied", 1.0),
            ("warned", 0.0),
            ("excepted", 0.0),
            ("rules", 2.0)
        ]
    );
    let found = &reading.findings[0];
    assert_eq!(
        (found.code.as_str(), found.severity),
        ("policy-denied", Severity::Error)
    );
    assert_eq!(found.message, "p.tier: too high");
    let place = found.place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("spec.yaml", Some(3)));
}

#[test]
fn a_warning_does_not_count_as_denied() {
    let reading = of(POLICY, &input(2, false)).unwrap();
    assert_eq!(counts(&reading)[..2], [("denied", 0.0), ("warned", 1.0)]);
    assert_eq!(reading.findings[0].severity, Severity::Warning);
}

#[test]
fn an_exception_says_why_and_one_for_nothing_is_a_finding() {
    let reading = of(POLICY, &input(1, true)).unwrap();
    assert_eq!(
        counts(&reading)[..3],
        [("denied", 0.0), ("warned", 0.0), ("excepted", 1.0)]
    );
    assert_eq!(
        reading.findings[0].message,
        "p.tier: too high (excepted: agreed)"
    );
    let idle = of(POLICY, &input(3, true)).unwrap();
    let codes: Vec<&str> = idle.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["policy-exception-unused"]);
}

#[test]
fn a_policy_other_than_the_planned_one_is_an_error() {
    let params = json!({ "policies": [{ "path": "policy/p.rego", "sha256": "0".repeat(64) }] });
    let raws = [Raw {
        role: "policy/p.rego".to_owned(),
        name: "p.rego".to_owned(),
        bytes: POLICY.as_bytes().to_vec(),
    }];
    let error = measure("rego", &params, &raws, &[]).unwrap_err();
    assert!(
        matches!(&error, MeasureError::Malformed { expected, .. } if expected.contains(&"0".repeat(64))),
        "{error}"
    );
}

#[test]
fn a_policy_that_does_not_hold_is_an_error_never_a_pass() {
    for policy in [
        "package p\ndeny contains msg if {",
        "package p\nhelper := 1",
        "package p\ndeny := true if input.spec.risk_tier == 9",
        "package p\ndeny contains \"x\" if input.specification.risk_tier == 1",
        "package p\ndeny contains \"x\" if nothing_of_that_name(input.spec)",
        "package p\ndeny contains 7 if true",
        "package p\ndeny contains \"x\" if to_number(\"seven\") == 7",
    ] {
        let error = of(policy, &input(1, false)).unwrap_err();
        assert!(
            matches!(error, MeasureError::Malformed { .. }),
            "{policy}: {error}"
        );
    }
}

#[test]
fn an_input_of_another_version_is_an_error() {
    let error = of(POLICY, &json!({ "schema_version": 2 })).unwrap_err();
    assert!(error.to_string().contains("schema_version: 1"), "{error}");
}

#[test]
fn the_schema_of_the_input_is_json() {
    assert_eq!(
        input_schema().unwrap()["properties"]["schema_version"]["const"],
        INPUT_VERSION
    );
}
