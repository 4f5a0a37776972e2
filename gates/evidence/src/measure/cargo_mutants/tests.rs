use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn mutant(id: &str) -> Value {
    json!({"id": id, "name": format!("src/a.rs:4:10: replace {id} with 0"), "package": "p", "file": "src/a.rs",
           "line": 4, "column": 10, "function": "f", "genre": "FnValue", "replacement": "0"})
}

/// Mutants with these outcomes; `-` has none.
fn document(outcomes: &str, population: u64, sample: Value, stopped_by: &str) -> Value {
    let planned: Vec<_> = (0..outcomes.len())
        .map(|i| mutant(&format!("m{i}")))
        .collect();
    let outcomes: Vec<_> = outcomes
        .chars()
        .enumerate()
        .filter_map(|(i, letter)| {
            let summary = match letter {
                'c' => "CaughtMutant",
                'm' => "MissedMutant",
                't' => "Timeout",
                'u' => "Unviable",
                'f' => "Failure",
                _ => return None,
            };
            Some(json!({"id": format!("m{i}"), "summary": summary, "cached": false, "measured": null}))
        })
        .collect();
    json!({"schema_version": 1, "cargo_mutants_version": "27.1.0", "population": population,
           "planned": planned, "outcomes": outcomes, "sample": sample, "stopped_by": stopped_by})
}

fn raws(value: &Value) -> [Raw; 1] {
    let bytes = value.to_string().into_bytes();
    [Raw {
        role: "mutants".into(),
        name: "mutants.json".into(),
        bytes,
    }]
}

fn of(
    outcomes: &str,
    population: u64,
    sample: Value,
    stopped_by: &str,
) -> Result<Reading, MeasureError> {
    super::read(&raws(&document(outcomes, population, sample, stopped_by)))
}

fn full(outcomes: &str) -> Reading {
    of(
        outcomes,
        u64::try_from(outcomes.len()).unwrap(),
        Value::Null,
        "complete",
    )
    .unwrap()
}

fn drawn(n: u64) -> Value {
    json!({"seed": "00ff", "selected": n})
}

fn number(reading: &Reading, name: &str) -> f64 {
    reading
        .observations
        .iter()
        .find(|o| o.name == name)
        .unwrap()
        .value
}

#[test]
fn a_full_run_counts_timeouts_against_the_score_and_leaves_unviable_out() {
    let reading = full("cccmmtuu");
    assert_eq!(reading.examined, 8);
    let score = &reading.observations[0];
    let ratio = score.ratio.unwrap();
    assert_eq!(
        (score.name.as_str(), ratio.numerator, ratio.denominator),
        ("mutation_score", 3, 6)
    );
    assert_eq!(score.interval, None);
    for (name, expected) in [
        ("caught", 3.0),
        ("missed", 2.0),
        ("timeout", 1.0),
        ("unviable", 2.0),
        ("failures", 0.0),
        ("population", 8.0),
    ] {
        assert_eq!(number(&reading, name), expected, "{name}");
    }
}

#[test]
fn survivors_are_named_with_their_place() {
    let reading = full("cm");
    let [finding] = reading.findings.as_slice() else {
        panic!("one finding")
    };
    assert_eq!(
        finding.message,
        "no test failed in `f` with this change: src/a.rs:4:10: replace m1 with 0"
    );
    assert_eq!(finding.found.as_deref(), Some("replaced by `0`"));
    assert_eq!(
        finding.place,
        Some(Place {
            path: "src/a.rs".into(),
            line: Some(4),
            column: Some(10)
        })
    );
    let many = full(&"m".repeat(53));
    assert_eq!(many.findings.len(), 51);
    assert!(many.findings[50].message.starts_with("3 more mutants"));
}

#[test]
fn a_mutant_outside_functions_is_named_too() {
    let mut value = document("m", 1, Value::Null, "complete");
    value["planned"][0]["function"] = Value::Null;
    let reading = super::read(&raws(&value)).unwrap();
    assert!(
        reading.findings[0]
            .message
            .starts_with("no test failed with this change: ")
    );
}

#[test]
fn a_sample_has_an_interval_and_a_full_run_has_none() {
    let reading = of("ccccccccmm", 500, drawn(10), "time_budget").unwrap();
    let interval = reading.observations[0].interval.clone().unwrap();
    assert_eq!(interval.method, "wilson");
    assert!((interval.low - 0.490_162).abs() < 1e-6, "{interval:?}");
    assert!((interval.high - 0.943_318).abs() < 1e-6, "{interval:?}");
    // Unviable mutants are decided, but not part of the share.
    let reading = of("ccccccccmmuu", 500, drawn(12), "complete").unwrap();
    assert_eq!(
        reading.observations[0].interval.as_ref().unwrap().low,
        interval.low
    );
    // The sample turned out to be everything.
    let reading = of("ccmu", 4, drawn(4), "complete").unwrap();
    assert_eq!(reading.observations[0].interval, None);
    // One without a verdict leaves a full run a sample.
    let reading = of("ccmf", 4, Value::Null, "complete").unwrap();
    assert!(reading.observations[0].interval.is_some());
}

#[test]
fn a_time_budget_or_an_interruption_may_leave_mutants_out_of_a_sample_only() {
    for reason in ["time_budget", "interrupted"] {
        let reading = of("cm--", 4, drawn(4), reason).unwrap();
        assert_eq!(reading.examined, 2);
        let error = of("cm--", 4, Value::Null, reason).unwrap_err().to_string();
        assert!(
            error.contains("stopped after 2 of 4 mutants, which were not drawn at random"),
            "{error}"
        );
        assert!(of("cmtu", 4, Value::Null, reason).is_ok());
    }
    let error = of("cm--", 4, drawn(4), "complete").unwrap_err().to_string();
    assert!(
        error.contains("the run is called complete, and the mutant m2 has no outcome"),
        "{error}"
    );
}

#[test]
fn too_many_mutants_without_a_verdict_leave_no_score() {
    // 2 of 20 is a tenth, 2 of 19 is more; one alone is never too many.
    assert!(
        of(
            &format!("ff{}", "c".repeat(18)),
            20,
            Value::Null,
            "complete"
        )
        .is_ok()
    );
    let error = of(
        &format!("ff{}", "c".repeat(17)),
        19,
        Value::Null,
        "complete",
    )
    .unwrap_err();
    assert!(matches!(&error, MeasureError::Missing { what, .. } if what == "the mutation score"));
    assert!(
        error
            .to_string()
            .contains("2 of 19 mutants ended without a verdict"),
        "{error}"
    );
    assert!(of("fc", 2, Value::Null, "complete").is_ok());
}

#[test]
fn no_mutants_examine_nothing_and_no_verdict_is_no_score() {
    let reading = of("", 0, Value::Null, "complete").unwrap();
    assert_eq!((reading.examined, number(&reading, "population")), (0, 0.0));
    assert!(matches!(
        of("uu", 2, Value::Null, "complete"),
        Err(MeasureError::Missing { .. })
    ));
    assert!(matches!(
        of("--", 2, drawn(2), "interrupted"),
        Err(MeasureError::Missing { .. })
    ));
    assert!(matches!(
        super::read(&[]),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn outcomes_and_plan_must_agree() {
    let said = |change: &dyn Fn(&mut Value)| {
        let mut value = document("cm", 2, Value::Null, "complete");
        change(&mut value);
        match super::read(&raws(&value)).unwrap_err() {
            MeasureError::Malformed { found, .. } => found,
            other => panic!("{other}"),
        }
    };
    assert_eq!(
        said(&|v| v["schema_version"] = json!(2)),
        "schema version 2, not 1"
    );
    assert_eq!(
        said(&|v| v["population"] = json!(1)),
        "2 mutants planned out of 1"
    );
    assert_eq!(
        said(&|v| v["population"] = json!(3)),
        "2 of 3 mutants planned and no sample named"
    );
    assert_eq!(
        said(&|v| v["sample"] = drawn(3)),
        "3 mutants drawn out of 2"
    );
    assert_eq!(
        said(&|v| v["planned"][1]["id"] = json!("m0")),
        "the mutant m0 is planned twice"
    );
    assert_eq!(
        said(&|v| v["outcomes"][1]["id"] = json!("x")),
        "an outcome of the mutant x, which is not planned"
    );
    assert_eq!(
        said(&|v| v["outcomes"][1]["id"] = json!("m0")),
        "two outcomes of the mutant m0"
    );
    assert!(
        said(&|v| v["outcomes"][1]["summary"] = json!("Maybe")).contains("unknown variant `Maybe`")
    );
    assert!(said(&|v| v["stopped_by"] = json!("tea")).contains("unknown variant `tea`"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = super::read(&[Raw { role: "mutants".into(), name: "m".into(), bytes }]);
    }

    #[test]
    fn every_mix_of_outcomes_adds_up(outcomes in "[cmtu]{1,30}") {
        if let Ok(reading) = of(&outcomes, u64::try_from(outcomes.len()).unwrap(), Value::Null, "complete") {
            let sum: f64 = ["caught", "missed", "timeout", "unviable"].iter().map(|name| number(&reading, name)).sum();
            prop_assert_eq!(sum, number(&reading, "population"));
        }
    }
}
