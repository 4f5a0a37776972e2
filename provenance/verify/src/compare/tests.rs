use caws_evidence::{Basis, Comparator, Interval, Measurement, Observation, Ratio};

use super::{Difference, measurements, same};

fn measurement(name: &str, value: f64) -> Measurement {
    Measurement {
        observation: Observation {
            name: name.to_owned(),
            value,
            unit: "ratio".to_owned(),
            ratio: Some(Ratio {
                numerator: 1,
                denominator: 2,
            }),
            sample_size: Some(2),
            interval: Some(Interval {
                low: 0.1,
                high: 0.9,
                confidence: 0.95,
                method: "wilson".to_owned(),
            }),
            basis: Basis::Reported,
        },
        comparator: Some(Comparator::AtLeast),
        threshold: Some(0.4),
        met: Some(true),
    }
}

fn difference(what: &str, expected: &str, found: &str) -> Difference {
    Difference {
        what: what.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

#[test]
fn equal_lists_do_not_differ() {
    let list = [
        measurement("a", 0.5),
        measurement("b", 1.0),
        measurement("a", 0.7),
    ];
    assert_eq!(measurements(&list, &list), []);
    assert_eq!(measurements(&[], &[]), []);
}

#[test]
fn every_field_counts() {
    type Change = fn(&mut Measurement);
    let changes: [(&str, Change, &str, &str); 9] = [
        ("value", |m| m.observation.value = 0.6, "0.5", "0.6"),
        (
            "unit",
            |m| m.observation.unit = "LUFS".to_owned(),
            "ratio",
            "LUFS",
        ),
        (
            "ratio",
            |m| m.observation.ratio = None,
            "Ratio { numerator: 1, denominator: 2 }",
            "none",
        ),
        (
            "sample_size",
            |m| m.observation.sample_size = Some(3),
            "2",
            "3",
        ),
        (
            "basis",
            |m| m.observation.basis = Basis::Inferred,
            "Reported",
            "Inferred",
        ),
        (
            "comparator",
            |m| m.comparator = Some(Comparator::AtMost),
            "AtLeast",
            "AtMost",
        ),
        ("threshold", |m| m.threshold = Some(0.3), "0.4", "0.3"),
        ("met", |m| m.met = None, "true", "none"),
        ("met", |m| m.met = Some(false), "true", "false"),
    ];
    for (field, change, expected, found) in changes {
        let mut recorded = measurement("a", 0.5);
        change(&mut recorded);
        assert_eq!(
            measurements(&[measurement("a", 0.5)], &[recorded]),
            [difference(&format!("a.{field}"), expected, found)]
        );
    }
}

#[test]
fn every_part_of_an_interval_counts() {
    type Change = fn(&mut Interval);
    let changes: [Change; 4] = [
        |i| i.low = 0.2,
        |i| i.high = 0.8,
        |i| i.confidence = 0.9,
        |i| i.method.push('x'),
    ];
    let of = |recorded: &Measurement| {
        measurements(&[measurement("a", 0.5)], std::slice::from_ref(recorded))
    };
    for change in changes {
        let mut recorded = measurement("a", 0.5);
        change(recorded.observation.interval.as_mut().unwrap());
        let found = of(&recorded);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "a.interval");
    }
    let mut without = measurement("a", 0.5);
    without.observation.interval = None;
    assert_eq!(of(&without)[0].found, "none");
    assert_eq!(
        measurements(std::slice::from_ref(&without), &[measurement("a", 0.5)])[0].expected,
        "none"
    );
    assert_eq!(measurements(&[without.clone()], &[without]), []);
}

#[test]
fn missing_and_added_measurements_are_named() {
    let (a, b) = (measurement("a", 0.5), measurement("b", 1.0));
    assert_eq!(
        measurements(&[a.clone(), b.clone()], std::slice::from_ref(&a)),
        [difference("b", "1", "no such measurement")]
    );
    assert_eq!(
        measurements(std::slice::from_ref(&a), &[b, a.clone()]),
        [difference("b", "no such measurement", "1")]
    );
    assert_eq!(
        measurements(std::slice::from_ref(&a), &[a.clone(), a.clone()]),
        [difference("a", "no such measurement", "0.5")]
    );
}

#[test]
fn the_nth_of_a_name_belongs_to_the_nth() {
    let (low, mut high) = (
        measurement("loudness", -16.0),
        measurement("loudness", -16.0),
    );
    high.comparator = Some(Comparator::AtMost);
    assert_eq!(
        measurements(&[low.clone(), high.clone()], &[low.clone(), high.clone()]),
        []
    );
    let swapped = measurements(&[low.clone(), high.clone()], &[high, low]);
    assert_eq!(swapped.len(), 2);
}

#[test]
fn the_last_bits_may_differ_and_no_more() {
    assert!(same(-16.000_000_000_1, -16.0));
    assert!(same(1.0, 1.0 + 9e-10));
    assert!(!same(1.0, 1.0 + 2e-9));
    assert!(!same(0.0, 1e-300));
    assert!(same(0.0, -0.0));
    assert!(same(1e-300, 1e-300));
    assert!(same(-5.0, -5.0));
    assert!(!same(5.0, -5.0));
    assert!(same(f64::INFINITY, f64::INFINITY));
    assert!(!same(f64::INFINITY, f64::NEG_INFINITY));
    assert!(!same(f64::NAN, 1.0));
    assert!(!same(1e9, 2e9));
}
