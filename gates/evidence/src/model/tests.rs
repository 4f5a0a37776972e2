use serde_json::json;

use super::*;

#[test]
fn verdicts_bases_and_comparators_have_fixed_names() {
    let names = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let verdicts = [
        (Verdict::Pass, "pass"),
        (Verdict::Fail, "fail"),
        (Verdict::Waived, "waived"),
        (Verdict::Vacuous, "vacuous"),
        (Verdict::Unmeasured, "unmeasured"),
        (Verdict::Error, "error"),
    ];
    for (verdict, name) in verdicts {
        assert_eq!(names(json!(verdict)), name);
    }
    for (basis, name) in [
        (Basis::Observed, "observed"),
        (Basis::Reported, "reported"),
        (Basis::Inferred, "inferred"),
    ] {
        assert_eq!(names(json!(basis)), name);
    }
    for (comparator, name) in [
        (Comparator::AtLeast, ">="),
        (Comparator::AtMost, "<="),
        (Comparator::Equal, "=="),
    ] {
        assert_eq!(names(json!(comparator)), name);
    }
    assert!(Severity::Error < Severity::Warning && Severity::Warning < Severity::Note);
}

#[test]
fn a_measurement_is_flat_and_leaves_out_what_it_has_not() {
    let measurement = Measurement {
        observation: Observation {
            name: "branch_coverage".to_owned(),
            value: 0.75,
            unit: "ratio".to_owned(),
            ratio: Some(Ratio {
                numerator: 3,
                denominator: 4,
            }),
            sample_size: None,
            interval: None,
            basis: Basis::Reported,
        },
        comparator: None,
        threshold: None,
        met: None,
    };
    let value = json!({"name": "branch_coverage", "value": 0.75, "unit": "ratio",
        "ratio": {"numerator": 3, "denominator": 4}, "basis": "reported"});
    assert_eq!(serde_json::to_value(&measurement).unwrap(), value);
    assert_eq!(
        serde_json::from_value::<Measurement>(value).unwrap(),
        measurement
    );
}

#[test]
fn an_unbounded_interval_survives_json() {
    let interval = Interval {
        low: 0.5,
        high: crate::interval::UNBOUNDED,
        confidence: 0.95,
        method: "order-statistics".to_owned(),
    };
    let text = serde_json::to_string(&interval).unwrap();
    assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), interval);
}
