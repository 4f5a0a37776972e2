//! Tier policies: what each tier and profile asks, and what a spec or a configuration may add to it.
//!
//! Policies of every published shape are read; what one does not state has the published value, and each number
//! knows who states it and where. Everybody below the policy may only ask for more. A wish for less is a finding, and
//! what the policy asks stays in force.

mod file;
mod layers;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod tighten;

use std::collections::BTreeMap;

use caws_evidence::Finding;
use caws_spec::Document;
use caws_spec::spec::Profile;

pub use layers::{By, Layer, Layers, Subject};
pub use rules::{Feed, TierRules};
pub use shape::{Conflict, Recognition, Shape, Side, TierPath, Unread, recognise};
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
    lines: Option<Stated>,
    mutation: Stated,
    contracts: bool,
    review: bool,
    max_files: Option<Stated>,
    max_loc: Option<Stated>,
    profiles: BTreeMap<&'static str, Override>,
    layers: Layers,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Override {
    metric: Option<CoverageMetric>,
    coverage: Option<Stated>,
    lines: Option<Stated>,
    mutation: Option<Stated>,
    contracts: Option<bool>,
    review: Option<bool>,
    max_files: Option<Stated>,
    max_loc: Option<Stated>,
    layers: Layers,
}

/// A tier policy, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TierPolicy {
    tiers: BTreeMap<u8, Tier>,
    trust: Trust,
    recognition: Option<Recognition>,
    /// What speaks for the shape, each with its line.
    because: Vec<String>,
    paths: Vec<TierPath>,
    conflicts: Vec<Conflict>,
    unread: Vec<Unread>,
    /// What the reader has to say beyond the conflicts.
    notes: Vec<Finding>,
}

/// How the trust score is put together.
#[derive(Debug, Clone, PartialEq)]
struct Trust {
    threshold: u32,
    thresholds: BTreeMap<u8, u32>,
    /// Who says what score a tier must reach.
    layers: BTreeMap<u8, Vec<Layer>>,
    /// In hundredths, in the order of `Term`.
    weights: [u32; 6],
    coverage_target: String,
    mutation_target: String,
    flakes_full: Stated,
    flakes_half: Stated,
}

impl TierPolicy {
    /// Reads a tier policy of any published shape; see [`Shape`].
    ///
    /// # Errors
    /// All findings of the schema, or every statement that is none on its scale; or, where they are in order, what
    /// contradicts itself (weights that do not make 1, a higher flake rate worth more than a lower one).
    pub fn from_document(document: &Document) -> Result<Self, Vec<Finding>> {
        file::read(document)
    }

    /// Which shape the policy has, and what speaks for it.
    #[must_use]
    pub fn recognition(&self) -> Option<&Recognition> {
        self.recognition.as_ref()
    }

    /// What speaks for the shape, for people; nothing where nothing does.
    #[must_use]
    pub fn because(&self) -> &[String] {
        &self.because
    }

    /// Statements that contradict each other, and which of them count.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Statements nothing here acts on.
    #[must_use]
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// Files the policy puts into a tier.
    #[must_use]
    pub fn paths(&self) -> &[TierPath] {
        &self.paths
    }

    /// What a person should know of the policy: which other shape it has, what contradicts itself, what nobody checks.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.notes.clone();
        findings.extend(self.conflicts.iter().map(Conflict::finding));
        findings
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
        let mut layers = asked.layers.clone();
        for (subject, words) in differs.layers {
            layers.entry(subject).or_default().extend(words);
        }
        layers.entry(Subject::Review).or_insert_with(|| {
            vec![Layer {
                by: By::Default,
                who: "where a policy says nothing".to_owned(),
                value: "false".to_owned(),
                place: None,
            }]
        });
        layers.insert(
            Subject::Trust,
            self.trust.layers.get(&tier).cloned().unwrap_or_default(),
        );
        Some(TierRules {
            tier,
            profile,
            coverage_metric: differs.metric.unwrap_or(asked.metric),
            min_coverage: differs.coverage.unwrap_or_else(|| asked.coverage.clone()),
            min_line_coverage: differs.lines.or_else(|| asked.lines.clone()),
            min_mutation: differs.mutation.unwrap_or_else(|| asked.mutation.clone()),
            requires_contracts: differs.contracts.unwrap_or(asked.contracts),
            requires_manual_review: differs.review.unwrap_or(asked.review),
            max_files: differs.max_files.or_else(|| asked.max_files.clone()),
            max_loc: differs.max_loc.or_else(|| asked.max_loc.clone()),
            trust_threshold: self
                .trust
                .thresholds
                .get(&tier)
                .copied()
                .unwrap_or(self.trust.threshold),
            layers,
            trust: self.trust.clone(),
        })
    }
}

/// What is to be said of a tier policy, errors first among them: its shape, its faults, its conflicts.
#[must_use]
pub fn examine(document: &Document) -> Vec<Finding> {
    match TierPolicy::from_document(document) {
        Ok(policy) => {
            let current = policy
                .recognition
                .as_ref()
                .is_some_and(|recognition| recognition.shape == Shape::V1);
            let mut findings: Vec<Finding> = policy
                .recognition
                .as_ref()
                .filter(|_| current)
                .and_then(|recognition| recognition.said(document))
                .into_iter()
                .collect();
            findings.extend(policy.findings());
            findings
        }
        Err(faults) => {
            let said = recognise(document)
                .filter(|recognition| recognition.shape != Shape::Current)
                .and_then(|recognition| recognition.said(document));
            said.into_iter().chain(faults).collect()
        }
    }
}
