//! From observations to a verdict.

use caws_evidence::{Finding, MeasureError, Measurement, Reading, Verdict};

use crate::plan::GatePlan;

/// What a gate's reading is worth under its plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Every observation, with what was asked of it.
    pub measurements: Vec<Measurement>,
    /// The reading's findings, and one for each threshold missed or number missing.
    pub findings: Vec<Finding>,
}

/// Judges a gate.
#[must_use]
pub fn judge(plan: &GatePlan, reading: Result<Reading, MeasureError>) -> Judgement {
    let _ = (plan, reading);
    Judgement { verdict: Verdict::Error, measurements: Vec::new(), findings: Vec::new() }
}
