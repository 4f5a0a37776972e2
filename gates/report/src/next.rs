//! The next best step: the cheapest thing that brings the run closer to passing.

use caws_evidence::{Ratio, Verdict};
use caws_policy::TermScore;

use crate::view::{GateRow, Outcome, RunView, place_text, term_word, verdict_word};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// One sentence: what, and what it brings.
    pub what: String,
    /// How, where a finding says.
    pub how: Option<String>,
    /// Where, where a finding says.
    pub place: Option<String>,
    /// The diagnostic's code, for `caws explain`.
    pub code: Option<String>,
}

/// The one step to take. `None` when every gate passed and every term has its full worth.
#[must_use]
pub fn next_step(view: &RunView) -> Option<NextStep> {
    let raise = || {
        if view.partial {
            None
        } else {
            raises(view).into_iter().next()
        }
    };
    blocking_step(view).or_else(raise)
}

/// A gate that blocks, the cheapest kind first: a missing tool is installed faster than a missed
/// threshold is met.
fn blocking_step(view: &RunView) -> Option<NextStep> {
    let (row, verdict) = view
        .rows()
        .filter_map(|row| match row.outcome() {
            Outcome::Judged(verdict) => cost(verdict).map(|cost| (cost, row, verdict)),
            Outcome::NotApplicable(_) | Outcome::NotRun => None,
        })
        .min_by_key(|(cost, _, _)| *cost)
        .map(|(_, row, verdict)| (row, verdict))?;
    let finding = row.findings().into_iter().next();
    let why = finding.map_or_else(String::new, |finding| format!(": {}", finding.message));
    Some(NextStep {
        what: format!("{} is {}{why}", row.plan.gate, state(verdict)),
        how: finding.and_then(|finding| finding.help.clone()),
        place: finding
            .and_then(|finding| finding.place.as_ref())
            .map(place_text),
        code: finding.map(|finding| finding.code.clone()),
    })
}

fn cost(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Pass | Verdict::Waived => None,
        Verdict::Unmeasured => Some(0),
        Verdict::Error => Some(1),
        Verdict::Vacuous => Some(2),
        Verdict::Fail => Some(3),
    }
}

fn state(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Error => "in error",
        Verdict::Fail => "failing",
        verdict => verdict_word(verdict),
    }
}

/// Every term that could be worth more, the most points first.
#[must_use]
pub fn raises(view: &RunView) -> Vec<NextStep> {
    let mut gains: Vec<(f64, NextStep)> = view
        .score
        .terms
        .iter()
        .filter_map(|term| {
            let (points, most) = view.points(term)?;
            let gain = most - points;
            (gain >= 0.05).then(|| (gain, raise(view, term, gain)))
        })
        .collect();
    gains.sort_by(|a, b| b.0.total_cmp(&a.0));
    gains.into_iter().map(|(_, step)| step).collect()
}

fn raise(view: &RunView, term: &TermScore, gain: f64) -> NextStep {
    let name = term_word(term.term);
    let policy = view
        .plan
        .trust
        .terms
        .iter()
        .find(|policy| policy.term == term.term);
    let aim = policy.zip(term.value).and_then(|(policy, value)| {
        let minimum = policy
            .minimum
            .as_deref()
            .and_then(|goal| Some(("minimum", goal, missing(value, goal)?)));
        let target = policy
            .target
            .as_deref()
            .and_then(|goal| Some(("target", goal, missing(value, goal)?)));
        minimum.filter(|(_, _, more)| *more > 0).or(target)
    });
    let what = match aim {
        Some((kind, goal, more)) if more > 0 => {
            format!(
                "raise {name}: {more} more of {} for the {kind} of {goal}; up to {gain:.1} points",
                term.value.map_or(0, |v| v.denominator)
            )
        }
        _ => format!("raise {name} ({}): up to {gain:.1} points", term.note),
    };
    let finding = term
        .gates
        .iter()
        .filter_map(|gate| view.row(gate))
        .flat_map(|row: GateRow<'_>| row.findings())
        .next();
    NextStep {
        what,
        how: finding.and_then(|finding| finding.help.clone()),
        place: finding
            .and_then(|finding| finding.place.as_ref())
            .map(place_text),
        code: finding.map(|finding| finding.code.clone()),
    }
}

/// How many more must be reached for `value` to be at least `goal`, a decimal such as `0.8`; exact.
fn missing(value: Ratio, goal: &str) -> Option<u64> {
    let (whole, fraction) = goal.split_once('.').unwrap_or((goal, ""));
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let needed = digits
        .checked_mul(u128::from(value.denominator))?
        .div_ceil(scale);
    u64::try_from(needed.saturating_sub(u128::from(value.numerator))).ok()
}
