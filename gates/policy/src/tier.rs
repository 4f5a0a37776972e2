//! Tier policies: what each tier and profile asks, and what a spec or a configuration may add to it.
//!
//! Everybody below the policy may only ask for more. A wish for less is a finding, and what the policy
//! asks stays in force.

mod file;
mod rules;
#[cfg(test)]
mod tests;
mod tighten;

use std::collections::BTreeMap;

use caws_evidence::Finding;
use caws_spec::Document;
use caws_spec::spec::Profile;

pub use rules::{Feed, TierRules};
pub use tighten::{Tightening, tighten};

/// What coverage counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageMetric {
    /// Both ways out of every condition.
    Branch,
    /// Lines.
    Line,
}

impl CoverageMetric {
    /// The observation that holds it.
    #[must_use]
    pub fn measurement(self) -> &'static str {
        match self {
            Self::Branch => "branch_coverage",
            Self::Line => "line_coverage",
        }
    }
}

/// A number of the policy: as it is written, as it is compared, and who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The decimal, exactly as the document has it.
    pub text: String,
    /// The same, to be held against measurements.
    pub value: f64,
    /// Who asks: `tier 2`, `spec targets.coverage`.
    pub source: String,
}

/// What a tier asks, its profiles' differences included.
#[derive(Debug, Clone, PartialEq)]
struct Tier {
    metric: CoverageMetric,
    coverage: Stated,
    mutation: Stated,
    contracts: bool,
    review: bool,
    profiles: BTreeMap<&'static str, Override>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Override {
    metric: Option<CoverageMetric>,
    coverage: Option<Stated>,
    mutation: Option<Stated>,
    contracts: Option<bool>,
    review: Option<bool>,
}

/// A tier policy, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TierPolicy {
    tiers: BTreeMap<u8, Tier>,
    trust: Trust,
}

/// How the trust score is put together.
#[derive(Debug, Clone, PartialEq)]
struct Trust {
    threshold: u32,
    thresholds: BTreeMap<u8, u32>,
    /// In hundredths, in the order of `Term`.
    weights: [u32; 6],
    coverage_target: String,
    mutation_target: String,
    flakes_full: Stated,
    flakes_half: Stated,
}

impl TierPolicy {
    /// Reads a tier policy: the published form, with or without our `trust`.
    ///
    /// # Errors
    /// All findings of the schema; or, where it is satisfied, what contradicts itself (weights that do
    /// not make 1, a higher flake rate worth more than a lower one).
    pub fn from_document(document: &Document) -> Result<Self, Vec<Finding>> {
        file::read(document)
    }

    /// What the policy asks of a tier (1, 2 or 3) and profile; `None` for another tier.
    #[must_use]
    pub fn rules(&self, tier: u8, profile: Profile) -> Option<TierRules> {
        let asked = self.tiers.get(&tier)?;
        let differs = asked
            .profiles
            .get(profile.as_str())
            .cloned()
            .unwrap_or_default();
        Some(TierRules {
            tier,
            profile,
            coverage_metric: differs.metric.unwrap_or(asked.metric),
            min_coverage: differs.coverage.unwrap_or_else(|| asked.coverage.clone()),
            min_mutation: differs.mutation.unwrap_or_else(|| asked.mutation.clone()),
            requires_contracts: differs.contracts.unwrap_or(asked.contracts),
            requires_manual_review: differs.review.unwrap_or(asked.review),
            trust_threshold: self
                .trust
                .thresholds
                .get(&tier)
                .copied()
                .unwrap_or(self.trust.threshold),
            trust: self.trust.clone(),
        })
    }
}
