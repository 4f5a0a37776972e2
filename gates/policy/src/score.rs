//! The trust score (design section 3): exact rational arithmetic, the same in runner and verifier.

use caws_evidence::{Evidence, Ratio};
use serde::{Deserialize, Serialize};

use crate::plan::{Plan, Term};

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
#[must_use]
pub fn trust_score(plan: &Plan, evidence: &[Evidence]) -> TrustScore {
    let _ = evidence;
    TrustScore {
        score: 0,
        threshold: plan.trust.threshold,
        cap: None,
        passed: false,
        terms: Vec::new(),
        blocking: Vec::new(),
    }
}
