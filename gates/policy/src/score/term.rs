//! What each term is worth.

use caws_evidence::{Evidence, Verdict};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{TermScore, counts, record};
use crate::exact::{self, fraction};
use crate::plan::{GatePlan, Plan, Term, TermPolicy};

/// Flake rate up to which the term is worth its whole weight, where the policy states none.
const FLAKES_FULL: &str = "0.005";
/// Flake rate up to which it is worth half its weight, where the policy states none.
const FLAKES_HALF: &str = "0.05";

/// A term's value and worth, and how they came about.
struct Worth {
    value: Option<BigRational>,
    worth: BigRational,
    note: String,
}

/// A worth and how it came about, or why there is none.
type Valued = Result<(BigRational, String), String>;

impl Worth {
    fn nothing(note: impl Into<String>) -> Self {
        Self {
            value: None,
            worth: zero(),
            note: note.into(),
        }
    }
}

pub(super) fn score(
    plan: &Plan,
    policy: &TermPolicy,
    evidence: &[Evidence],
) -> (BigRational, TermScore) {
    let gates: Vec<&GatePlan> = plan
        .gates
        .iter()
        .filter(|gate| gate.applies && policy.gates.contains(&gate.gate))
        .collect();
    let Worth { value, worth, note } = match &policy.not_applicable {
        Some(reason) => Worth::nothing(format!("not applicable: {reason}")),
        None if gates.is_empty() => Worth::nothing("not measured: no gate feeds this term"),
        None => match policy.term {
            Term::Coverage | Term::Mutation => weakest(&gates, policy, evidence, against_target),
            Term::Flakes => weakest(&gates, policy, evidence, by_rate),
            Term::Contracts | Term::Accessibility => together(&gates, policy, evidence),
            Term::Performance => budgets(&gates, evidence),
        },
    };
    let score = TermScore {
        term: policy.term,
        weight: policy.weight,
        not_applicable: policy.not_applicable.clone(),
        value: value.as_ref().map(exact::ratio),
        worth: exact::ratio(&worth),
        gates: gates.iter().map(|gate| gate.gate.clone()).collect(),
        note,
    };
    (worth, score)
}

/// The exact number a gate measured for a term, or why there is none.
fn measured(
    gate: &GatePlan,
    policy: &TermPolicy,
    evidence: &[Evidence],
) -> Result<BigRational, String> {
    let name = &gate.gate;
    let Some(record) = record(evidence, gate) else {
        return Err(format!(
            "not measured: `{name}` left no evidence, or more than one record"
        ));
    };
    match record.verdict {
        Verdict::Waived if !counts(gate, record) => {
            return Err(format!(
                "not measured: `{name}` is waived, and has no number"
            ));
        }
        Verdict::Pass | Verdict::Fail | Verdict::Waived => {}
        Verdict::Vacuous => return Err(format!("not measured: `{name}` examined nothing")),
        Verdict::Unmeasured => return Err(format!("not measured: `{name}` has no number")),
        Verdict::Error => return Err(format!("not measured: `{name}` broke")),
    }
    let value = record
        .measurements
        .iter()
        .map(|measurement| &measurement.observation)
        .find(|observation| observation.name == policy.measurement)
        .and_then(exact::value);
    match value {
        Some(value) if value >= zero() && value <= one() => Ok(value),
        Some(_) => Err(format!(
            "not measured: `{}` of `{name}` is no share between 0 and 1",
            policy.measurement
        )),
        None => Err(format!(
            "not measured: `{name}` has no `{}`",
            policy.measurement
        )),
    }
}

/// The worth of the gate that is worth least.
fn weakest(
    gates: &[&GatePlan],
    policy: &TermPolicy,
    evidence: &[Evidence],
    worth: fn(&TermPolicy, &BigRational) -> Valued,
) -> Worth {
    gates
        .iter()
        .map(|gate| {
            let valued = measured(gate, policy, evidence).and_then(|value| {
                let (worth, note) = worth(policy, &value)?;
                Ok(Worth {
                    value: Some(value),
                    worth,
                    note,
                })
            });
            valued.unwrap_or_else(Worth::nothing)
        })
        .min_by(|a, b| a.worth.cmp(&b.worth))
        .unwrap_or_else(|| Worth::nothing("not measured"))
}

/// Below the minimum `m`, four fifths of the share of it that was reached; from there on, the last fifth
/// by the share of the way to the target `t`.
fn against_target(policy: &TermPolicy, value: &BigRational) -> Valued {
    let stated = |text: Option<&String>| text.and_then(|text| exact::decimal(text));
    let (Some(minimum), Some(target)) = (
        stated(policy.minimum.as_ref()),
        stated(policy.target.as_ref()),
    ) else {
        return Err("not measured: the plan states no minimum or no target".to_owned());
    };
    if *value < minimum {
        return Ok((fraction(4, 5) * value / minimum, "0.8 * v / m".to_owned()));
    }
    if *value >= target || target <= minimum {
        return Ok((one(), "v >= t".to_owned()));
    }
    let way = (value - &minimum) / (target - &minimum);
    Ok((
        fraction(4, 5) + fraction(1, 5) * way,
        "0.8 + 0.2 * (v - m) / (t - m)".to_owned(),
    ))
}

/// A flake rate is worth all, half or nothing.
fn by_rate(policy: &TermPolicy, rate: &BigRational) -> Valued {
    let full = policy.target.as_deref().unwrap_or(FLAKES_FULL);
    let half = policy.minimum.as_deref().unwrap_or(FLAKES_HALF);
    let limit = |text| {
        exact::decimal(text)
            .ok_or_else(|| format!("not measured: the plan's limit `{text}` is no number"))
    };
    if *rate <= limit(full)? {
        Ok((one(), format!("rate <= {full}")))
    } else if *rate <= limit(half)? {
        Ok((fraction(1, 2), format!("rate <= {half}")))
    } else {
        Ok((zero(), format!("rate > {half}")))
    }
}

/// What passed, of what was declared, over all gates that feed the term.
fn together(gates: &[&GatePlan], policy: &TermPolicy, evidence: &[Evidence]) -> Worth {
    let mut passed = BigInt::ZERO;
    let mut declared = BigInt::ZERO;
    let mut shares = Vec::new();
    for gate in gates {
        let share = match measured(gate, policy, evidence) {
            Ok(share) => share,
            Err(note) => return Worth::nothing(note),
        };
        let counts = record(evidence, gate)
            .and_then(|record| {
                record
                    .measurements
                    .iter()
                    .find(|measurement| measurement.observation.name == policy.measurement)
            })
            .and_then(|measurement| measurement.observation.ratio);
        if let Some(counts) = counts {
            passed += counts.numerator;
            declared += counts.denominator;
        }
        shares.push((share, counts.is_some()));
    }
    // Counts can be added; bare shares cannot, and the lowest of them speaks for all.
    let worth = if shares.iter().all(|(_, counted)| *counted) {
        BigRational::new(passed, declared)
    } else {
        shares
            .into_iter()
            .map(|(share, _)| share)
            .min()
            .unwrap_or_else(zero)
    };
    Worth {
        value: Some(worth.clone()),
        worth,
        note: "passed / declared".to_owned(),
    }
}

/// Requirements met, of those the plan states, over all gates that feed the term.
fn budgets(gates: &[&GatePlan], evidence: &[Evidence]) -> Worth {
    let mut stated = 0_i64;
    let mut met = 0_i64;
    for gate in gates {
        let record = record(evidence, gate).filter(|record| counts(gate, record));
        for requirement in &gate.requirements {
            stated += 1;
            let is_met = record.is_some_and(|record| {
                record.measurements.iter().any(|measurement| {
                    measurement.observation.name == requirement.measurement
                        && measurement.comparator == Some(requirement.comparator)
                        && measurement.threshold == Some(requirement.threshold)
                        && measurement.met == Some(true)
                })
            });
            met += i64::from(is_met);
        }
    }
    if stated == 0 {
        return Worth::nothing("not measured: the plan states no budget");
    }
    let share = fraction(met, stated);
    Worth {
        value: Some(share.clone()),
        worth: share,
        note: format!("{met} of {stated} budgets met"),
    }
}

fn zero() -> BigRational {
    fraction(0, 1)
}

fn one() -> BigRational {
    fraction(1, 1)
}
