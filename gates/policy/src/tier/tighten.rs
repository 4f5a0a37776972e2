//! Asking for more than the policy does.

use caws_evidence::{Comparator, Finding, Place, Severity, codes};

/// A wish of a spec or a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Tightening<'a> {
    /// What it is about: `coverage`, `A1 time to first audio`.
    pub what: &'a str,
    /// How measurements are held against it.
    pub comparator: Comparator,
    /// What is in force, and who asked for it: `tier 2`, `spec non_functional.perf.ttfa_p95_ms`.
    pub floor: f64,
    /// Who asked for the floor.
    pub floor_source: &'a str,
    /// What is wished for, in the unit of the floor.
    pub wanted: f64,
    /// Where the wish stands.
    pub place: Place,
}

/// The value in force once a wish is heard: the wish where it asks for as much or more.
///
/// # Errors
/// A finding `threshold-loosened` where it asks for less, or is no finite number; the floor stays in force.
pub fn tighten(wish: Tightening<'_>) -> Result<f64, Box<Finding>> {
    let heard = match wish.comparator {
        Comparator::AtLeast => wish.wanted >= wish.floor,
        Comparator::AtMost => wish.wanted <= wish.floor,
        Comparator::Equal => wish.wanted == wish.floor,
    };
    if heard && wish.wanted.is_finite() {
        return Ok(wish.wanted);
    }
    let relation = match wish.comparator {
        Comparator::AtLeast => "at least ",
        Comparator::AtMost => "at most ",
        Comparator::Equal => "",
    };
    Err(Box::new(Finding {
        code: codes::THRESHOLD_LOOSENED.to_owned(),
        severity: Severity::Error,
        message: format!(
            "{} asks for less than {} does",
            wish.what, wish.floor_source
        ),
        place: Some(wish.place),
        expected: Some(format!("{relation}{} ({})", wish.floor, wish.floor_source)),
        found: Some(wish.wanted.to_string()),
        help: Some(format!(
            "write {relation}{}, or remove the line: {} is in force anyway",
            wish.floor, wish.floor_source
        )),
    }))
}
