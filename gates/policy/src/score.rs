//! The trust score (design section 3): exact rational arithmetic, the same in runner and verifier.
//!
//! Nothing is ever counted in a term's favour that the evidence does not hold: no evidence, two records
//! for one gate, a verdict that says the number does not exist, a share above 1 or a plan without a
//! minimum are all worth 0, and the note says which.

mod term;
#[cfg(test)]
pub(crate) mod tests;

use caws_evidence::{Evidence, Ratio, Verdict};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Deserialize, Serialize};

use crate::exact;
use crate::plan::{GatePlan, Plan, Term};

/// The highest score while a waiver is active.
pub const WAIVED_CAP: u32 = 79;

/// One term, with the evidence it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TermScore {
    /// Which.
    pub term: Term,
    /// Weight in hundredths, before terms that do not apply are removed.
    pub weight: u32,
    /// Why it does not apply; such a term is in no sum.
    pub not_applicable: Option<String>,
    /// The measured value, where there is one.
    pub value: Option<Ratio>,
    /// What the term is worth, 0..1, exact.
    pub worth: Ratio,
    /// Gates whose evidence it rests on.
    pub gates: Vec<String>,
    /// How the worth came about, for people: `0.8 + 0.2 * (v - m) / (t - m)`, `not measured`.
    pub note: String,
}

/// The trust score of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrustScore {
    /// 0..=100.
    pub score: u32,
    /// What the policy asks.
    pub threshold: u32,
    /// 79 while a waiver is active.
    pub cap: Option<u32>,
    /// Threshold reached and every gate that applies passed or is waived.
    pub passed: bool,
    /// The terms.
    pub terms: Vec<TermScore>,
    /// Gates that block, in plan order.
    pub blocking: Vec<String>,
}

/// Computes the score from plan and evidence alone.
///
/// `round(100 * sum(weight * worth) / sum(weight))` over the terms that apply, half up. A run passes when
/// the score reaches the threshold and no gate blocks: one that applies and has no evidence, or evidence
/// whose verdict is neither `pass` nor `waived`.
#[must_use]
pub fn trust_score(plan: &Plan, evidence: &[Evidence]) -> TrustScore {
    let mut weights = BigInt::ZERO;
    let mut sum = BigRational::from_integer(BigInt::ZERO);
    let terms = plan
        .trust
        .terms
        .iter()
        .map(|policy| {
            let (worth, score) = term::score(plan, policy, evidence);
            if policy.not_applicable.is_none() {
                weights += policy.weight;
                sum += worth * BigInt::from(policy.weight);
            }
            score
        })
        .collect();
    let applying = || plan.gates.iter().filter(|gate| gate.applies);
    let active = plan
        .waivers
        .iter()
        .any(|waivers| !waivers.active.is_empty());
    let waived = applying()
        .filter_map(|gate| record(evidence, gate))
        .any(is_waived);
    let cap = (active || waived).then_some(WAIVED_CAP);
    let score = rounded(sum, weights).min(cap.unwrap_or(100));
    let blocking: Vec<String> = applying()
        .filter(|gate| !record(evidence, gate).is_some_and(|record| lets_pass(record.verdict)))
        .map(|gate| gate.gate.clone())
        .collect();
    let passed = score >= plan.trust.threshold && blocking.is_empty();
    TrustScore {
        score,
        threshold: plan.trust.threshold,
        cap,
        passed,
        terms,
        blocking,
    }
}

/// The one record of a gate; two records for the same gate are none.
fn record<'e>(evidence: &'e [Evidence], gate: &GatePlan) -> Option<&'e Evidence> {
    let mut records = evidence.iter().filter(|record| record.gate == gate.gate);
    match (records.next(), records.next()) {
        (Some(record), None) => Some(record),
        _ => None,
    }
}

/// Whether the numbers of a gate count: it passed or failed, or a waiver covers a failure. What could not be
/// measured has no more of a number under a waiver than without one.
pub(crate) fn counts(gate: &GatePlan, record: &Evidence) -> bool {
    match record.verdict {
        Verdict::Pass | Verdict::Fail => true,
        Verdict::Waived => gate.requirements.iter().all(|requirement| {
            record.measurements.iter().any(|found| {
                found.observation.name == requirement.measurement
                    && found.comparator == Some(requirement.comparator)
                    && found.threshold == Some(requirement.threshold)
                    && found.met.is_some()
            })
        }),
        Verdict::Vacuous | Verdict::Unmeasured | Verdict::Error => false,
    }
}

fn is_waived(record: &Evidence) -> bool {
    record.verdict == Verdict::Waived || !record.waivers.is_empty()
}

fn lets_pass(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Waived)
}

/// `round(100 * sum / weights)`, half up; 0 where no term applies.
fn rounded(sum: BigRational, weights: BigInt) -> u32 {
    if weights == BigInt::ZERO {
        return 0;
    }
    let hundredfold = sum * BigInt::from(100) / weights;
    let whole = (hundredfold + exact::fraction(1, 2)).floor().to_integer();
    u32::try_from(whole).map_or(0, |score| score.min(100))
}
