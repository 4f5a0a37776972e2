use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn of(value: &Value) -> Result<Reading, MeasureError> {
    let bytes = value.to_string().into_bytes();
    super::read(&[Raw {
        role: "report".into(),
        name: "lint.sarif".into(),
        bytes,
    }])
}

fn log(results: Value) -> Value {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "lint", "rules": [
            {"id": "E1", "defaultConfiguration": {"level": "error"}}, {"id": "N1", "defaultConfiguration": {}}]},
            "extensions": [{"name": "more", "rules": [{"id": "X1", "defaultConfiguration": {"level": "note"}}]}]},
        "results": results}]})
}

fn numbers(reading: &Reading) -> [f64; 4] {
    let names = ["errors", "warnings", "notes", "suppressed"];
    for (observation, name) in reading.observations.iter().zip(names) {
        assert_eq!(observation.name, name);
    }
    [0, 1, 2, 3].map(|i| reading.observations[i].value)
}

#[test]
fn levels_come_from_the_result_then_the_rule_then_the_default() {
    let reading = of(&log(json!([
        {"ruleId": "N1", "level": "error", "message": {"text": "own"}},
        {"ruleId": "E1", "message": {"text": "rule"}},
        {"ruleId": "X1", "message": {"text": "extension"}},
        {"ruleId": "N1", "message": {"text": "no level"}},
        {"ruleId": "unknown", "message": {"id": "default"}},
        {"message": {}},
        {"ruleId": "E1", "level": "none", "message": {"text": "none"}}
    ])))
    .unwrap();
    assert_eq!(numbers(&reading), [2.0, 3.0, 1.0, 0.0]);
    assert_eq!(reading.examined, 3);
    let said: Vec<_> = reading
        .findings
        .iter()
        .map(|f| (f.severity, f.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (Severity::Error, "lint N1: own"),
            (Severity::Error, "lint E1: rule"),
            (Severity::Warning, "lint N1: no level"),
            (Severity::Warning, "lint unknown: default"),
            (Severity::Warning, "lint: no message"),
            (Severity::Note, "lint X1: extension"),
        ]
    );
}

#[test]
fn suppressed_absent_and_passing_results_do_not_count() {
    let result = |extra: Value| {
        let mut result = json!({"level": "error", "message": {"text": "m"}});
        for (key, value) in extra.as_object().unwrap() {
            result[key] = value.clone();
        }
        numbers(&of(&log(json!([result]))).unwrap())
    };
    let (counted, suppressed, ignored) = ([1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0; 4]);
    assert_eq!(result(json!({})), counted);
    assert_eq!(result(json!({"suppressions": []})), counted);
    assert_eq!(
        result(json!({"suppressions": [{"kind": "inSource"}]})),
        suppressed
    );
    assert_eq!(
        result(json!({"suppressions": [{"status": "accepted"}]})),
        suppressed
    );
    assert_eq!(
        result(json!({"suppressions": [{"status": "rejected"}]})),
        counted
    );
    assert_eq!(
        result(json!({"suppressions": [{}, {"status": "underReview"}]})),
        counted
    );
    assert_eq!(result(json!({"baselineState": "absent"})), ignored);
    assert_eq!(result(json!({"baselineState": "new"})), counted);
    for kind in ["pass", "notApplicable", "informational"] {
        assert_eq!(result(json!({"kind": kind})), ignored, "{kind}");
    }
    for kind in ["fail", "open", "review"] {
        assert_eq!(result(json!({"kind": kind})), counted, "{kind}");
    }
}

#[test]
fn places_are_the_first_physical_ones() {
    let place = |locations: Value| {
        let reading = of(&log(
            json!([{"message": {"text": "m"}, "locations": locations}]),
        ))
        .unwrap();
        reading.findings[0].place.clone()
    };
    assert_eq!(
        place(
            json!([{}, {"physicalLocation": {"artifactLocation": {"uri": "a.py"},
                          "region": {"startLine": 3, "startColumn": 5}}}])
        ),
        Some(Place {
            path: "a.py".into(),
            line: Some(3),
            column: Some(5)
        })
    );
    assert_eq!(
        place(json!([{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}])),
        Some(Place {
            path: "a.py".into(),
            line: None,
            column: None
        })
    );
    assert_eq!(place(json!([{"physicalLocation": {}}])), None);
    assert_eq!(
        place(json!([{"physicalLocation": {"artifactLocation": {}}}])),
        None
    );
    assert_eq!(place(json!([])), None);
}

#[test]
fn a_tool_that_did_not_finish_gives_no_number() {
    let mut value = log(json!([]));
    value["runs"][0]["invocations"] =
        json!([{"executionSuccessful": true}, {"executionSuccessful": false}]);
    let error = of(&value).unwrap_err();
    assert!(matches!(&error, MeasureError::Missing { what, .. } if what == "the results of lint"));
    value["runs"][0]["invocations"] = json!([{"executionSuccessful": true}]);
    assert!(of(&value).is_ok());
    let no_results = log(Value::Null);
    assert!(matches!(of(&no_results), Err(MeasureError::Missing { .. })));
}

#[test]
fn what_was_examined() {
    assert_eq!(
        of(&json!({"version": "2.1.0", "runs": []}))
            .unwrap()
            .examined,
        0
    );
    let clean =
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]});
    assert_eq!(of(&clean).unwrap().examined, 1);
}

#[test]
fn what_is_no_sarif_is_malformed() {
    let error = of(&json!({"version": "2.0.0", "runs": []}))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "lint.sarif is not a valid SARIF 2.1.0 log: version 2.0.0, not 2.1.0"
    );
    assert!(of(&json!({"version": "2.1.0"})).is_err());
    assert!(matches!(
        super::read(&[]),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn only_the_first_results_are_named() {
    let result = json!({"message": {"text": "m"}});
    let reading = of(&log(Value::Array(vec![result; 120]))).unwrap();
    assert_eq!((numbers(&reading)[1], reading.findings.len()), (120.0, 100));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = super::read(&[Raw { role: "report".into(), name: "r".into(), bytes }]);
    }
}
