use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn document(statuses: &[&str]) -> Value {
    let mutants: Vec<_> = statuses
        .iter()
        .enumerate()
        .map(|(i, status)| {
            json!({"id": i.to_string(), "mutatorName": "BlockStatement", "replacement": "{}", "status": status,
                   "location": {"start": {"line": 3 + i, "column": 7}, "end": {"line": 9, "column": 1}}})
        })
        .collect();
    json!({"schemaVersion": "2.0", "thresholds": {"high": 80, "low": 60},
           "files": {"src/a.js": {"language": "javascript", "source": "", "mutants": mutants}}})
}

fn of(value: &Value) -> Result<Reading, MeasureError> {
    let bytes = value.to_string().into_bytes();
    super::read(&[Raw {
        role: "report".into(),
        name: "mutation.json".into(),
        bytes,
    }])
}

#[test]
fn every_status_is_counted_in_its_place() {
    let reading = of(&document(&[
        "Killed",
        "Killed",
        "Killed",
        "Survived",
        "NoCoverage",
        "Timeout",
        "Ignored",
        "CompileError",
        "RuntimeError",
    ]))
    .unwrap();
    let numbers: Vec<_> = reading
        .observations
        .iter()
        .map(|o| (o.name.as_str(), o.value))
        .collect();
    assert_eq!(
        numbers,
        [
            ("mutation_score", 0.5),
            ("caught", 3.0),
            ("missed", 1.0),
            ("no_coverage", 1.0),
            ("timeout", 1.0),
            ("ignored", 1.0),
            ("unviable", 2.0),
            ("population", 9.0),
        ]
    );
    assert_eq!(reading.observations[0].ratio.unwrap().denominator, 6);
    assert_eq!(reading.examined, 9);
    let [survived, unrun] = reading.findings.as_slice() else {
        panic!("two findings")
    };
    assert_eq!(
        survived.message,
        "no test failed with this change: BlockStatement"
    );
    assert_eq!(survived.found.as_deref(), Some("replaced by `{}`"));
    assert_eq!(
        survived.place,
        Some(Place {
            path: "src/a.js".into(),
            line: Some(6),
            column: Some(7)
        })
    );
    assert_eq!(
        unrun.message,
        "no test ran this code with this change: BlockStatement"
    );
}

#[test]
fn a_run_that_was_stopped_has_no_score() {
    let error = of(&document(&["Killed", "Pending"]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("1 mutants are still pending"), "{error}");
}

#[test]
fn no_mutants_examine_nothing_and_no_verdict_is_no_score() {
    let reading = of(&document(&[])).unwrap();
    assert_eq!(reading.examined, 0);
    assert_eq!(reading.observations.len(), 7);
    assert!(matches!(
        of(&document(&["Ignored"])),
        Err(MeasureError::Missing { .. })
    ));
    assert!(matches!(
        super::read(&[]),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn only_the_first_survivors_are_named() {
    let reading = of(&document(&["Survived"; 54])).unwrap();
    assert_eq!(reading.findings.len(), 51);
    assert!(reading.findings[50].message.starts_with("4 more"));
}

#[test]
fn other_schemas_are_refused() {
    let mut value = document(&["Killed"]);
    value["schemaVersion"] = json!("3.0");
    let error = of(&value).unwrap_err().to_string();
    assert!(error.ends_with("schema version 3.0, not 1 or 2"), "{error}");
    value["schemaVersion"] = json!("1");
    assert!(of(&value).is_ok());
    assert!(
        of(&document(&["Dead"]))
            .unwrap_err()
            .to_string()
            .contains("unknown variant `Dead`")
    );
    assert!(of(&json!([])).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = super::read(&[Raw { role: "report".into(), name: "r".into(), bytes }]);
    }
}
