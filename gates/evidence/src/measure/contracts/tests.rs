use serde_json::json;

use super::*;

fn raw(role: &str, cases: &[&str]) -> Raw {
    let cases: String = cases
        .iter()
        .map(|name| match name.strip_prefix('!') {
            Some(name) => {
                format!(r#"<testcase name="{name}"><failure message="broken"/></testcase>"#)
            }
            None if name.starts_with('-') => {
                format!(r#"<testcase name="{name}"><skipped/></testcase>"#)
            }
            None => format!(r#"<testcase name="{name}"/>"#),
        })
        .collect();
    let bytes = format!("<testsuite>{cases}</testsuite>").into_bytes();
    Raw {
        role: role.to_owned(),
        name: format!("{role}.xml"),
        bytes,
    }
}

/// Without the record of a tester's run.
fn read_alone(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    read(params, raws, &[])
}

fn contract(name: &str, role: &str) -> Value {
    json!({"name": name, "path": format!("contracts/{name}.yaml"), "role": role})
}

fn numbers(reading: &Reading) -> Vec<(&str, f64)> {
    reading
        .observations
        .iter()
        .map(|o| (o.name.as_str(), o.value))
        .collect()
}

#[test]
fn sides_are_counted_apart_and_failures_named() {
    let params = json!({"contracts": [contract("a", "provider"), contract("b", "both"), contract("c", "consumer")]});
    let raws = [
        raw("a", &["GET /x", "!POST /x"]),
        raw("b", &["GET /y"]),
        raw("c", &["-z", "GET /z"]),
    ];
    let reading = read_alone(&params, &raws).unwrap();
    let ratio = reading.observations[0].ratio.unwrap();
    assert_eq!((ratio.numerator, ratio.denominator), (3, 4));
    assert_eq!(
        numbers(&reading),
        [
            ("contracts_passed", 0.75),
            ("contract_cases", 4.0),
            ("contract_failures", 1.0)
        ]
    );
    assert_eq!(reading.examined, 4);
    let [finding] = reading.findings.as_slice() else {
        panic!("one finding")
    };
    assert_eq!(finding.code, codes::CONTRACT_VIOLATION);
    assert_eq!(finding.message, "the contract `a` is broken by POST /x");
    assert_eq!(finding.found.as_deref(), Some("broken"));
    assert_eq!(
        finding.help.as_deref(),
        Some("mend the server, or the contract where the server is right")
    );
    assert_eq!(finding.place.as_ref().unwrap().path, "contracts/a.yaml");
}

#[test]
fn every_declared_operation_needs_a_case() {
    let mut declared = contract("a", "provider");
    for (operations, passed) in [(0, 1.0), (1, 1.0), (2, 1.0), (3, 0.0)] {
        declared["operations"] = json!(operations);
        let reading = read_alone(
            &json!({"contracts": [declared]}),
            &[raw("a", &["x", "y", "-z"])],
        )
        .unwrap();
        assert_eq!(reading.observations[0].value, passed, "{operations}");
    }
    declared["operations"] = json!(3);
    let reading = read_alone(&json!({"contracts": [declared]}), &[raw("a", &["x"])]).unwrap();
    assert_eq!(
        reading.findings[0].expected.as_deref(),
        Some("at least 3 cases")
    );
    assert_eq!(reading.findings[0].found.as_deref(), Some("1 cases"));
    assert!(reading.findings[0].help.is_some());
}

#[test]
fn a_contract_nobody_tested_does_not_pass() {
    let params = json!({"contracts": [contract("a", "provider"), contract("b", "provider")]});
    let reading = read_alone(&params, &[raw("a", &["x"]), raw("b", &["-y"])]).unwrap();
    assert_eq!((reading.observations[0].value, reading.examined), (0.5, 1));
    assert_eq!(
        reading.findings[0].message,
        "the tests of the contract `b` left operations out"
    );
    let none = read_alone(&json!({"contracts": []}), &[]).unwrap();
    assert_eq!(
        numbers(&none),
        [("contract_cases", 0.0), ("contract_failures", 0.0)]
    );
    assert_eq!(none.examined, 0);
}

#[test]
fn what_is_missing_or_double_is_said() {
    let params = json!({"contracts": [contract("a", "provider")]});
    assert!(matches!(
        read_alone(&params, &[]),
        Err(MeasureError::Missing { .. })
    ));
    let params = json!({"contracts": [contract("a", "provider"), contract("a", "consumer")]});
    let error = read_alone(&params, &[raw("a", &["x"])])
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("two contracts are named `a`"), "{error}");
    let params = json!({"contracts": [contract("a", "onlooker")]});
    assert!(read_alone(&params, &[raw("a", &["x"])]).is_err());
}

#[test]
fn only_the_first_failures_are_named() {
    let params = json!({"contracts": [contract("a", "provider")]});
    let reading = read_alone(&params, &[raw("a", &["!x"; 25])]).unwrap();
    assert_eq!(
        (reading.findings.len(), reading.observations[2].value),
        (20, 25.0)
    );
}

fn step(name: &str, exit_code: Option<i32>) -> Step {
    Step {
        name: name.to_owned(),
        command: vec!["client".to_owned()],
        started: "2026-01-01T00:00:00Z".to_owned(),
        finished: "2026-01-01T00:00:01Z".to_owned(),
        exit_code,
        key_output: String::new(),
    }
}

#[test]
fn a_tester_that_ends_badly_with_a_clean_report_has_proved_nothing() {
    let params = json!({"contracts": [contract("a", "consumer")]});
    let passed = |cases: &[&str], steps: &[Step]| {
        let reading = read(&params, &[raw("a", cases)], steps).unwrap();
        (reading.observations[0].value, reading.findings)
    };
    assert_eq!(passed(&["x"], &[step("test-a", Some(0))]).0, 1.0);
    assert_eq!(
        passed(&["x"], &[step("test-other", Some(1))]).0,
        1.0,
        "another one's step says nothing"
    );
    for (code, found) in [
        (Some(1), "exit status 1"),
        (None, "no exit status: it was stopped"),
    ] {
        let (share, findings) = passed(&["x"], &[step("test-a", code)]);
        assert_eq!(share, 0.0);
        let [finding] = findings.as_slice() else {
            panic!("one finding")
        };
        assert_eq!(finding.found.as_deref(), Some(found));
        assert_eq!(
            finding.message,
            "the tester of the contract `a` failed and its report does not say so"
        );
    }
    // Where a case failed, the status only repeats it.
    let (share, findings) = passed(&["x", "!y"], &[step("test-a", Some(1))]);
    assert_eq!((share, findings.len()), (0.0, 1));
}
