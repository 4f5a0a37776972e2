//! Numbers as people read them.

use caws_evidence::{Comparator, Measurement, Observation, Ratio};

/// Digits after the point at most; beyond, two numbers that differ are shown with all they have.
const MOST_DIGITS: usize = 6;

/// A value with its unit. Ratios of counts are percentages.
#[must_use]
pub fn value(observation: &Observation) -> String {
    unit(observation, &digits(observation, observation.value, 1))
}

/// A threshold in the unit of its observation.
#[must_use]
pub fn threshold(observation: &Observation, threshold: f64) -> String {
    unit(observation, &digits(observation, threshold, 1))
}

/// `branch_coverage 79.96 % (2399 of 3000), at least 80 %`: a value and a threshold that differ
/// are printed with as many digits as it takes to see it.
#[must_use]
pub fn measurement(measurement: &Measurement) -> String {
    let observation = &measurement.observation;
    let mut text = format!("{} ", observation.name);
    match (measurement.comparator, measurement.threshold) {
        (Some(comparator), Some(limit)) => {
            let (left, right) = (1..=MOST_DIGITS)
                .map(|count| {
                    (
                        digits(observation, observation.value, count),
                        digits(observation, limit, count),
                    )
                })
                .find(|(left, right)| left != right || observation.value.total_cmp(&limit).is_eq())
                .unwrap_or_else(|| {
                    (
                        scaled(observation, observation.value).to_string(),
                        scaled(observation, limit).to_string(),
                    )
                });
            text.push_str(&unit(observation, &left));
            text.push_str(&basis(observation));
            text.push_str(&format!(
                ", {} {}",
                comparator_words(comparator),
                unit(observation, &right)
            ));
        }
        _ => {
            text.push_str(&value(observation));
            text.push_str(&basis(observation));
        }
    }
    text
}

/// `at least`, `at most`, `exactly`.
#[must_use]
pub fn comparator_words(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::AtLeast => "at least",
        Comparator::AtMost => "at most",
        Comparator::Equal => "exactly",
    }
}

/// `12 of 15`.
#[must_use]
pub fn counts(ratio: Ratio) -> String {
    format!("{} of {}", ratio.numerator, ratio.denominator)
}

/// The quotient; `None` over zero.
#[must_use]
pub fn quotient(ratio: Ratio) -> Option<f64> {
    (ratio.denominator != 0).then(|| ratio.numerator as f64 / ratio.denominator as f64)
}

/// A length of time: `0.4 s`, `92 s`, `12 min 5 s`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    if seconds < 99.5 {
        return format!("{seconds:.0} s");
    }
    let whole = seconds.round();
    let minutes = (whole / 60.0).floor();
    format!("{minutes:.0} min {:.0} s", whole - minutes * 60.0)
}

/// How sure: the counts behind a ratio and the interval of a sample.
fn basis(observation: &Observation) -> String {
    let counted = observation.ratio.map(counts);
    let sampled = observation.interval.as_ref().map(|interval| {
        let low = unit(observation, &digits(observation, interval.low, 1));
        let sure = percent(interval.confidence);
        match interval.upper() {
            Some(upper) => format!(
                "{low} to {} at {sure} confidence",
                unit(observation, &digits(observation, upper, 1)),
            ),
            None => format!("{low} or more at {sure} confidence"),
        }
    });
    match (counted, sampled) {
        (None, None) => String::new(),
        (Some(one), None) | (None, Some(one)) => format!(" ({one})"),
        (Some(counted), Some(sampled)) => format!(" ({counted}; {sampled})"),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", trim(format!("{:.1}", share * 100.0)))
}

fn scaled(observation: &Observation, number: f64) -> f64 {
    if observation.ratio.is_some() {
        number * 100.0
    } else {
        number
    }
}

/// The number with `count` more digits than its kind of quantity usually needs.
fn digits(observation: &Observation, number: f64, count: usize) -> String {
    let usual = match observation.unit.as_str() {
        "seconds" | "ratio" if observation.ratio.is_none() => count + 2,
        "count" | "bytes" => count - 1,
        _ => count,
    };
    trim(format!("{:.usual$}", scaled(observation, number)))
}

fn unit(observation: &Observation, digits: &str) -> String {
    match observation.unit.as_str() {
        "ratio" if observation.ratio.is_some() => format!("{digits} %"),
        "seconds" => format!("{digits} s"),
        "ratio" | "count" => digits.to_owned(),
        other => format!("{digits} {other}"),
    }
}

/// Without zeros that say nothing.
fn trim(number: String) -> String {
    let short = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        &number
    };
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}
