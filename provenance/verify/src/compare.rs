//! Recorded measurements against those computed again.

use caws_evidence::{Interval, Measurement};

/// Where and how two lists of measurements differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What it is about: a measurement's name and field.
    pub(crate) what: String,
    /// What was computed.
    pub(crate) expected: String,
    /// What the record says.
    pub(crate) found: String,
}

/// Relative difference up to which two numbers are the same.
///
/// Counts, ratios and thresholds are exact. Loudness and intervals pass through logarithms and
/// roots whose last bits differ between platforms' mathematics libraries.
const SAME: f64 = 1e-9;

/// Whether two numbers are the same but for the last bits of a platform's mathematics.
pub(crate) fn same(a: f64, b: f64) -> bool {
    #[expect(
        clippy::float_cmp,
        reason = "equal numbers, infinities among them, are the same"
    )]
    let equal = a == b;
    let scale = a.abs().max(b.abs());
    equal || (scale.is_finite() && (a - b).abs() <= SAME * scale)
}

/// All differences, in the order of `computed`.
///
/// A name stands once for each requirement on it: the n-th of a name belongs to the n-th.
pub(crate) fn measurements(computed: &[Measurement], recorded: &[Measurement]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut left: Vec<&Measurement> = recorded.iter().collect();
    for expected in computed {
        let name = &expected.observation.name;
        match left
            .iter()
            .position(|found| found.observation.name == *name)
        {
            Some(at) => one(expected, left.remove(at), &mut differences),
            None => differences.push(Difference {
                what: name.clone(),
                expected: expected.observation.value.to_string(),
                found: "no such measurement".to_owned(),
            }),
        }
    }
    for stray in left {
        differences.push(Difference {
            what: stray.observation.name.clone(),
            expected: "no such measurement".to_owned(),
            found: stray.observation.value.to_string(),
        });
    }
    differences
}

fn one(expected: &Measurement, found: &Measurement, differences: &mut Vec<Difference>) {
    let (a, b) = (&expected.observation, &found.observation);
    let mut field = |field: &str, equal: bool, expected: String, found: String| {
        if !equal {
            differences.push(Difference {
                what: format!("{}.{field}", a.name),
                expected,
                found,
            });
        }
    };
    field(
        "value",
        same(a.value, b.value),
        a.value.to_string(),
        b.value.to_string(),
    );
    field("unit", a.unit == b.unit, a.unit.clone(), b.unit.clone());
    field("ratio", a.ratio == b.ratio, show(&a.ratio), show(&b.ratio));
    field(
        "sample_size",
        a.sample_size == b.sample_size,
        show(&a.sample_size),
        show(&b.sample_size),
    );
    let equal = match (&a.interval, &b.interval) {
        (Some(a), Some(b)) => same_interval(a, b),
        (None, None) => true,
        _ => false,
    };
    field("interval", equal, show(&a.interval), show(&b.interval));
    field(
        "basis",
        a.basis == b.basis,
        format!("{:?}", a.basis),
        format!("{:?}", b.basis),
    );
    let (c, d) = (expected, found);
    field(
        "comparator",
        c.comparator == d.comparator,
        show(&c.comparator),
        show(&d.comparator),
    );
    field(
        "threshold",
        c.threshold == d.threshold,
        show(&c.threshold),
        show(&d.threshold),
    );
    field("met", c.met == d.met, show(&c.met), show(&d.met));
}

fn same_interval(a: &Interval, b: &Interval) -> bool {
    same(a.low, b.low)
        && same(a.high, b.high)
        && same(a.confidence, b.confidence)
        && a.method == b.method
}

fn show<T: std::fmt::Debug>(value: &Option<T>) -> String {
    value
        .as_ref()
        .map_or_else(|| "none".to_owned(), |value| format!("{value:?}"))
}

#[cfg(test)]
mod tests;
