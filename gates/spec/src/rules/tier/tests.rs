use caws_evidence::Severity;
use serde_json::{Value, json};

use crate::{parse, validate_spec};

/// A spec that asks for nothing a tier could miss.
fn full() -> Value {
    json!({
        "id": "T-1",
        "title": "A title of a spec",
        "risk_tier": 1,
        "profile": "web-ui",
        "rationale": "Because it is worth doing.",
        "scope": {"in": ["src/"], "out": []},
        "invariants": ["It stays as it is"],
        "acceptance": (1..=5)
            .map(|n| json!({"id": format!("A{n}"), "given": "a", "when": "b", "then": "c"}))
            .collect::<Vec<_>>(),
        "non_functional": {"perf": {"lcp_ms": 1}, "security": ["safe"], "a11y": {}},
        "contracts": [{"type": "openapi", "path": "c.yaml", "role": "provider"}],
        "observability": {"logs": [], "metrics": [], "traces": ["t"]},
        "rollback": ["back"]
    })
}

/// Severity and message of each finding after a change to the full spec.
fn lacks(tier: u8, profile: &str, change: impl FnOnce(&mut Value)) -> Vec<(Severity, String)> {
    let mut spec = full();
    spec["risk_tier"] = json!(tier);
    spec["profile"] = json!(profile);
    change(&mut spec);
    let document = parse("s.json", spec.to_string().as_bytes()).expect("it parses");
    let report = validate_spec(&document);
    assert!(report.spec.is_some(), "{:?}", report.findings);
    report
        .findings
        .into_iter()
        .map(|finding| {
            assert_eq!(finding.code, "spec-tier-rule");
            assert!(
                finding.expected.is_some() && finding.help.is_some() && finding.place.is_some()
            );
            (finding.severity, finding.message)
        })
        .collect()
}

fn error(message: &str) -> Vec<(Severity, String)> {
    vec![(Severity::Error, message.to_owned())]
}

fn warning(message: &str) -> Vec<(Severity, String)> {
    vec![(Severity::Warning, message.to_owned())]
}

#[test]
fn a_full_spec_lacks_nothing_in_any_tier_and_profile() {
    for tier in 1..=3 {
        for profile in ["web-ui", "backend-api", "library", "cli"] {
            assert_eq!(lacks(tier, profile, |_| {}), [], "tier {tier}, {profile}");
        }
    }
}

#[test]
fn contracts_are_asked_of_tier_1_and_of_services() {
    let without = |spec: &mut Value| spec["contracts"] = json!([]);
    for profile in ["web-ui", "backend-api", "library", "cli"] {
        assert_eq!(
            lacks(1, profile, without),
            error(&format!("a {profile} of tier 1 declares no contract"))
        );
        assert_eq!(lacks(3, profile, without), []);
    }
    assert_eq!(
        lacks(2, "backend-api", without),
        error("a backend-api of tier 2 declares no contract")
    );
    assert_eq!(
        lacks(2, "web-ui", without),
        warning("a web-ui of tier 2 declares no contract")
    );
    assert_eq!(lacks(2, "library", without), []);
    assert_eq!(lacks(2, "cli", without), []);
}

#[test]
fn budgets_are_asked_of_tiers_1_and_2() {
    for perf in [
        json!({"security": ["safe"], "a11y": {}}),
        json!({"perf": {}, "security": ["safe"], "a11y": {}}),
    ] {
        let without = |spec: &mut Value| spec["non_functional"] = perf.clone();
        for tier in [1, 2] {
            for profile in ["web-ui", "backend-api"] {
                let message = format!("a {profile} of tier {tier} states no performance budget");
                assert_eq!(lacks(tier, profile, without), error(&message));
            }
            for profile in ["library", "cli"] {
                let message = format!("a {profile} of tier {tier} states no performance budget");
                assert_eq!(lacks(tier, profile, without), warning(&message));
            }
        }
        assert_eq!(lacks(3, "backend-api", without), []);
    }
}

#[test]
fn accessibility_is_asked_of_web_pages_of_tiers_1_and_2() {
    let without = |spec: &mut Value| {
        spec["non_functional"] = json!({"perf": {"lcp_ms": 1}, "security": ["safe"]})
    };
    assert_eq!(
        lacks(1, "web-ui", without),
        error("a web-ui of tier 1 says nothing about accessibility")
    );
    assert_eq!(
        lacks(2, "web-ui", without),
        error("a web-ui of tier 2 says nothing about accessibility")
    );
    assert_eq!(lacks(3, "web-ui", without), []);
    assert_eq!(lacks(1, "backend-api", without), []);
}

#[test]
fn tier_1_must_be_secure_observable_and_reversible() {
    for security in [json!([]), json!([" "])] {
        let change = |spec: &mut Value| spec["non_functional"]["security"] = security;
        assert_eq!(
            lacks(1, "cli", change),
            error("a cli of tier 1 states no security requirement")
        );
    }
    let blind = json!({"logs": [], "metrics": [""], "extra": ["x"]});
    let document =
        |observability: Value| move |spec: &mut Value| spec["observability"] = observability;
    let mut spec = full();
    document(blind)(&mut spec);
    let findings =
        validate_spec(&parse("s.json", spec.to_string().as_bytes()).expect("it parses")).findings;
    assert!(
        findings
            .iter()
            .any(|finding| finding.message == "a web-ui of tier 1 cannot be observed in operation")
    );
    for seen in [
        json!({"logs": ["x"]}),
        json!({"metrics": ["x"]}),
        json!({"traces": ["x"]}),
    ] {
        assert_eq!(lacks(1, "cli", document(seen)), []);
    }
    let remove = |key: &'static str| {
        move |spec: &mut Value| drop(spec.as_object_mut().and_then(|spec| spec.remove(key)))
    };
    assert_eq!(
        lacks(1, "cli", remove("observability")),
        error("a cli of tier 1 cannot be observed in operation")
    );
    assert_eq!(
        lacks(1, "cli", remove("rollback")),
        error("a cli of tier 1 names no way back")
    );
    assert_eq!(
        lacks(1, "cli", |spec| spec["rollback"] = json!([])),
        error("a cli of tier 1 names no way back")
    );
    for key in ["observability", "rollback"] {
        assert_eq!(lacks(2, "cli", remove(key)), []);
    }
    assert_eq!(
        lacks(2, "cli", |spec| spec["non_functional"]["security"] =
            json!([])),
        []
    );
}

#[test]
fn tier_1_should_have_five_criteria() {
    let four = |spec: &mut Value| drop(spec["acceptance"].as_array_mut().and_then(Vec::pop));
    assert_eq!(
        lacks(1, "cli", four),
        warning("a cli of tier 1 has fewer than 5 acceptance criteria")
    );
    assert_eq!(lacks(2, "cli", four), []);
}
