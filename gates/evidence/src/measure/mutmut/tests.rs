use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn of(value: &Value) -> Result<Reading, MeasureError> {
    let bytes = value.to_string().into_bytes();
    super::read(&[Raw {
        role: "report".into(),
        name: "stats.json".into(),
        bytes,
    }])
}

fn stats(total: u64) -> Value {
    json!({"killed": 32, "survived": 1, "total": total, "no_tests": 2, "skipped": 3, "suspicious": 4,
           "timeout": 5, "check_was_interrupted_by_user": 0, "segfault": 6})
}

#[test]
fn every_count_is_in_its_place() {
    let reading = of(&stats(53)).unwrap();
    let numbers: Vec<_> = reading
        .observations
        .iter()
        .map(|o| (o.name.as_str(), o.value))
        .collect();
    assert_eq!(
        numbers,
        [
            ("mutation_score", 0.64),
            ("caught", 32.0),
            ("missed", 1.0),
            ("no_coverage", 2.0),
            ("suspicious", 4.0),
            ("timeout", 5.0),
            ("segfault", 6.0),
            ("ignored", 3.0),
            ("population", 53.0),
        ]
    );
    assert_eq!(reading.observations[0].ratio.unwrap().denominator, 50);
    assert_eq!(reading.examined, 53);
}

#[test]
fn counts_must_add_up_to_the_total() {
    let error = of(&stats(52)).unwrap_err().to_string();
    assert!(
        error.ends_with("the counts add up to 53, and `total` is 52"),
        "{error}"
    );
    let error = of(&stats(54)).unwrap_err().to_string();
    assert!(
        error.contains("of 54 mutants 1 were not checked and 0 were interrupted"),
        "{error}"
    );
    let mut interrupted = stats(54);
    interrupted["check_was_interrupted_by_user"] = json!(1);
    let error = of(&interrupted).unwrap_err().to_string();
    assert!(
        error.contains("of 54 mutants 0 were not checked and 1 were interrupted"),
        "{error}"
    );
}

#[test]
fn nothing_to_count_is_no_score() {
    let none = json!({"killed": 0, "survived": 0, "total": 0, "no_tests": 0, "skipped": 0, "suspicious": 0,
                      "timeout": 0, "check_was_interrupted_by_user": 0, "segfault": 0});
    let reading = of(&none).unwrap();
    assert_eq!((reading.examined, reading.observations.len()), (0, 8));
    let mut skipped = none;
    skipped["skipped"] = json!(1);
    skipped["total"] = json!(1);
    assert!(matches!(of(&skipped), Err(MeasureError::Missing { .. })));
    assert!(matches!(
        super::read(&[]),
        Err(MeasureError::Missing { .. })
    ));
    assert!(matches!(
        of(&json!({})),
        Err(MeasureError::Malformed { .. })
    ));
}

proptest! {
    #[test]
    fn no_numbers_overflow(numbers in any::<[u64; 9]>()) {
        let _ = of(&json!({"killed": numbers[0], "survived": numbers[1], "total": numbers[2], "no_tests": numbers[3],
            "skipped": numbers[4], "suspicious": numbers[5], "timeout": numbers[6],
            "check_was_interrupted_by_user": numbers[7], "segfault": numbers[8]}));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = super::read(&[Raw { role: "report".into(), name: "r".into(), bytes }]);
    }
}
