//! What a judgement says to people.

use caws_evidence::{Comparator, Finding, MeasureError, Observation, Severity, codes};

use crate::plan::Requirement;

pub(super) fn unread(gate: &str, fault: &MeasureError) -> Finding {
    let (code, expected, found, help) = match fault {
        MeasureError::Missing { what, why } => (
            codes::NUMBER_MISSING,
            what.clone(),
            "nothing".to_owned(),
            why.clone(),
        ),
        MeasureError::Malformed {
            name,
            expected,
            found,
        } => (
            codes::REPORT_MALFORMED,
            format!("{name} as a valid {expected}"),
            found.clone(),
            "see the gate's output, and run its tool by hand".to_owned(),
        ),
        MeasureError::UnknownMethod(method) => (
            codes::METHOD_UNKNOWN,
            "a measuring method this version knows".to_owned(),
            format!("`{method}`"),
            "use the version of caws that wrote the plan, or a newer one".to_owned(),
        ),
    };
    finding(
        code,
        format!("the gate `{gate}` has no numbers: {fault}"),
        expected,
        found,
        help,
    )
}

pub(super) fn nothing_examined(gate: &str) -> Finding {
    finding(
        codes::NOTHING_EXAMINED,
        format!("the gate `{gate}` ran and examined nothing"),
        "at least one thing to examine (a test, a mutant, a case, a trial)".to_owned(),
        "none".to_owned(),
        "see that the gate's patterns and settings reach what they should".to_owned(),
    )
}

pub(super) fn nothing_asked(gate: &str) -> Finding {
    finding(
        codes::NOTHING_EXAMINED,
        format!("the plan asks nothing of the gate `{gate}`"),
        "at least one requirement".to_owned(),
        "none".to_owned(),
        "state a threshold or a budget for the gate".to_owned(),
    )
}

pub(super) fn ambiguous(gate: &str, name: &str) -> Finding {
    finding(
        codes::REPORT_MALFORMED,
        format!("the gate `{gate}` measured `{name}` more than once"),
        "one observation of each name".to_owned(),
        format!("several of `{name}`"),
        "give the runs of the gate different roles".to_owned(),
    )
}

pub(super) fn missing(requirement: &Requirement, why: &str) -> Finding {
    finding(
        codes::NUMBER_MISSING,
        format!("`{}` does not exist: {why}", requirement.measurement),
        asked(requirement),
        "no number".to_owned(),
        "see the gate's output for what kept it from measuring".to_owned(),
    )
}

pub(super) fn no_samples(requirement: &Requirement) -> Finding {
    finding(
        codes::NOTHING_EXAMINED,
        format!("`{}` rests on no sample", requirement.measurement),
        asked(requirement),
        "0 samples".to_owned(),
        "let the gate take at least one sample".to_owned(),
    )
}

pub(super) fn missed(observation: &Observation, requirement: &Requirement) -> Finding {
    finding(
        codes::THRESHOLD_MISSED,
        format!("`{}` misses its threshold", observation.name),
        asked(requirement),
        measured(observation),
        shortfall(observation, requirement),
    )
}

pub(super) fn undecided(observation: &Observation, requirement: &Requirement) -> Finding {
    let help = match more_samples(observation, requirement.threshold) {
        Some(more) => {
            let things = if more == 1 { "sample" } else { "samples" };
            format!("{more} more {things} at the same rate would decide it; or examine everything")
        }
        None => "take more samples, or examine everything".to_owned(),
    };
    finding(
        codes::SAMPLE_TOO_SMALL,
        format!(
            "the sample behind `{}` is too small to tell",
            observation.name
        ),
        asked(requirement),
        measured(observation),
        help,
    )
}

/// How many more samples would bring a bound of the Wilson interval onto the threshold, if they came out
/// at the rate of those there are. `None` where the interval is no Wilson interval of a ratio, or where
/// the rate is the threshold itself, which no sample tells apart.
///
/// Both bounds `b` of the interval solve `(p - b)^2 = z^2 b (1 - b) / n` (Wilson 1927), which gives `z^2`
/// from a bound at the present `n`, and the `n` at which a bound is the threshold.
pub(super) fn more_samples(observation: &Observation, threshold: f64) -> Option<u64> {
    /// Beyond it nobody takes samples, and floats no longer count.
    const MOST: f64 = 1e12;
    let interval = observation
        .interval
        .as_ref()
        .filter(|interval| interval.method == "wilson")?;
    let ratio = observation.ratio?;
    let samples = ratio.denominator as f64;
    let rate = ratio.numerator as f64 / samples;
    let spread = |bound: f64| bound * (1.0 - bound);
    // A bound at 0 or 1 says nothing about z.
    let bound = [interval.low, interval.high]
        .into_iter()
        .max_by(|a, b| spread(*a).total_cmp(&spread(*b)))?;
    if spread(bound) <= 0.0 || !(0.0..=1.0).contains(&threshold) {
        return None;
    }
    let z_squared = samples * (rate - bound).powi(2) / spread(bound);
    let needed = (z_squared * spread(threshold) / (rate - threshold).powi(2)).ceil();
    if !(needed.is_finite() && needed <= MOST) {
        return None;
    }
    let more = (needed - samples).max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, between 1 and 1e12"
    )]
    let more = more as u64;
    Some(more)
}

fn asked(requirement: &Requirement) -> String {
    let relation = match requirement.comparator {
        Comparator::AtLeast => "at least",
        Comparator::AtMost => "at most",
        Comparator::Equal => "exactly",
    };
    format!(
        "{relation} {} ({})",
        requirement.threshold, requirement.source
    )
}

fn measured(observation: &Observation) -> String {
    let mut text = match observation.ratio {
        Some(ratio) => format!(
            "{:.4} ({} of {})",
            observation.value, ratio.numerator, ratio.denominator
        ),
        None if matches!(observation.unit.as_str(), "ratio" | "count") => {
            format!("{}", observation.value)
        }
        None => format!("{} {}", observation.value, observation.unit),
    };
    if let Some(interval) = &observation.interval {
        let range = match interval.upper() {
            Some(upper) => format!("between {:.4} and {upper:.4}", interval.low),
            None => format!("at least {:.4} and not bounded above", interval.low),
        };
        text.push_str(&format!(
            ", {range} with {} % confidence",
            interval.confidence * 100.0
        ));
    }
    text
}

fn shortfall(observation: &Observation, requirement: &Requirement) -> String {
    if let (Some(ratio), Comparator::AtLeast, None) = (
        observation.ratio,
        requirement.comparator,
        &observation.interval,
    ) {
        let needed = (requirement.threshold * ratio.denominator as f64).ceil();
        let more = needed - ratio.numerator as f64;
        return format!(
            "{more} more of the {} would reach it; the findings of this gate name them",
            ratio.denominator
        );
    }
    match requirement.comparator {
        Comparator::AtLeast => "raise it; the findings of this gate name the places".to_owned(),
        Comparator::AtMost => "bring it down; the findings of this gate name the places".to_owned(),
        Comparator::Equal => "bring it to the value asked for".to_owned(),
    }
}

fn finding(code: &str, message: String, expected: String, found: String, help: String) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: Severity::Error,
        message,
        place: None,
        expected: Some(expected),
        found: Some(found),
        help: Some(help),
    }
}
