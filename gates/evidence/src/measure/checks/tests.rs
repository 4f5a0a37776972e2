use serde_json::json;

use super::*;

fn step(name: &str, exit_code: Option<i32>) -> Step {
    Step {
        name: name.to_owned(),
        command: vec!["cargo".to_owned(), name.to_owned()],
        started: "2026-01-01T00:00:00Z".to_owned(),
        finished: "2026-01-01T00:00:01Z".to_owned(),
        exit_code,
        key_output: "src/a.rs differs\n".to_owned(),
    }
}

#[test]
fn failing_checks_are_counted_and_named() {
    let steps = [
        step("format", Some(1)),
        step("lint", Some(0)),
        step("docs", Some(101)),
    ];
    let reading = read(&json!({"help": {"format": "run `cargo fmt`"}}), &steps).unwrap();
    assert_eq!(reading.examined, 3);
    assert_eq!(
        reading.observations,
        [common::count("checks_failed", 2, Basis::Observed)]
    );
    let [format, docs] = reading.findings.as_slice() else {
        panic!("two findings")
    };
    assert_eq!(format.code, codes::CHECK_FAILED);
    assert_eq!(format.message, "the check `format` failed: cargo format");
    assert_eq!(
        format.found.as_deref(),
        Some("exit status 1; it printed:\nsrc/a.rs differs")
    );
    assert_eq!(format.help.as_deref(), Some("run `cargo fmt`"));
    assert_eq!(docs.message, "the check `docs` failed: cargo docs");
    assert_eq!(docs.help, None);
    assert_eq!(docs.expected.as_deref(), Some("exit status 0"));
}

#[test]
fn no_checks_examine_nothing() {
    let reading = read(&Value::Null, &[]).unwrap();
    assert_eq!((reading.examined, reading.observations[0].value), (0, 0.0));
}

#[test]
fn a_check_that_never_answered_is_not_measured() {
    let error = read(&Value::Null, &[step("format", None)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer of the check `format` does not exist: it was ended by a signal or its time limit \
         before it answered; run the gate again"
    );
}

#[test]
fn unknown_parameters_are_refused() {
    assert!(matches!(
        read(&json!({"x": 1}), &[]),
        Err(MeasureError::Malformed { .. })
    ));
}
