use caws_evidence::{Basis, Observation, Ratio};
use num_rational::BigRational;

use super::{decimal, fraction, ratio, shortest, value};

fn observation(value: f64, ratio: Option<Ratio>) -> Observation {
    Observation {
        name: "x".to_owned(),
        value,
        unit: "ratio".to_owned(),
        ratio,
        sample_size: None,
        interval: None,
        basis: Basis::Reported,
    }
}

#[test]
fn a_decimal_is_read_exactly() {
    for (text, numerator, denominator) in [
        ("0.95", 19, 20),
        ("0.8", 4, 5),
        ("1", 1, 1),
        ("0", 0, 1),
        ("1.0", 1, 1),
        (".5", 1, 2),
        ("5.", 5, 1),
        ("-1.5", -3, 2),
        ("1.5e-3", 3, 2000),
        ("2E2", 200, 1),
        ("1.25e1", 25, 2),
        ("0.005", 1, 200),
    ] {
        assert_eq!(
            decimal(text),
            Some(fraction(numerator, denominator)),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_decimal_is_no_number() {
    for text in [
        "",
        ".",
        "-",
        "x",
        "1x",
        "+1",
        "--1",
        "1.2.3",
        "1e",
        "e5",
        "1e1.5",
        "NaN",
        "inf",
        "1e401",
        "1e-401",
        "0.1e-400",
        "1e99999999999999999999",
    ] {
        assert_eq!(decimal(text), None, "{text}");
    }
    assert!(decimal("1e400").is_some());
    assert!(decimal("1e-400").is_some());
}

#[test]
fn a_float_is_its_shortest_decimal() {
    assert_eq!(shortest(0.1), Some(fraction(1, 10)));
    assert_eq!(shortest(0.1 + 0.2), decimal("0.30000000000000004"));
    assert_eq!(shortest(1e-7), decimal("0.0000001"));
    assert_eq!(shortest(-2.0), Some(fraction(-2, 1)));
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(shortest(float), None);
    }
}

#[test]
fn counts_come_before_the_float_beside_them() {
    let counts = |numerator, denominator| {
        Some(Ratio {
            numerator,
            denominator,
        })
    };
    assert_eq!(
        value(&observation(0.333, counts(1, 3))),
        Some(fraction(1, 3))
    );
    assert_eq!(value(&observation(0.333, None)), Some(fraction(333, 1000)));
    assert_eq!(value(&observation(1.0, counts(0, 0))), None);
    let most = u64::MAX;
    assert_eq!(
        value(&observation(1.0, counts(most, most))),
        Some(fraction(1, 1))
    );
}

#[test]
fn a_number_becomes_counts_again() {
    assert_eq!(
        ratio(&fraction(6, 8)),
        Ratio {
            numerator: 3,
            denominator: 4
        }
    );
    assert_eq!(
        ratio(&fraction(0, 8)),
        Ratio {
            numerator: 0,
            denominator: 1
        }
    );
    let most = BigRational::new(1.into(), u64::MAX.into());
    assert_eq!(
        ratio(&most),
        Ratio {
            numerator: 1,
            denominator: u64::MAX
        }
    );
}

#[test]
fn counts_that_do_not_fit_are_rounded_down() {
    let third = fraction(1, 3) * BigRational::new((u64::MAX - 1).into(), u64::MAX.into());
    assert_eq!(
        ratio(&third),
        Ratio {
            numerator: 333_333_333_333_333_333,
            denominator: 1_000_000_000_000_000_000
        }
    );
    assert_eq!(
        ratio(&fraction(-1, 2)),
        Ratio {
            numerator: 0,
            denominator: 1_000_000_000_000_000_000
        }
    );
}
