//! The shapes tier policies were published in: which one a document has, by what stands in it.

mod clues;
mod normal;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use caws_evidence::{Finding, Place, Severity, codes};
use caws_spec::Document;
use caws_spec::dialect::Clue;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) use normal::{Normal, of};

/// A shape of tier policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Ours.
    Current,
    /// The published version 1.0, a part of the current one.
    V1,
    /// Numbered tiers with `min_branch`.
    MinBranch,
    /// Tiers called `tier_1` to `tier_3`.
    NamedTiers,
    /// Tiers with `quality_gates`, in percent.
    QualityGates,
    /// `risk_tiers` of the CLI 3 to 9.
    RiskTiers,
    /// `policy.v1`, of the CLI 11 on.
    PolicyV1,
}

impl Shape {
    /// All of them; of two with the same evidence the earlier one is meant.
    pub const ALL: [Self; 7] = [
        Self::Current,
        Self::V1,
        Self::MinBranch,
        Self::NamedTiers,
        Self::QualityGates,
        Self::RiskTiers,
        Self::PolicyV1,
    ];

    /// Its name in documents for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::V1 => "v1.0",
            Self::MinBranch => "min-branch",
            Self::NamedTiers => "named-tiers",
            Self::QualityGates => "quality-gates",
            Self::RiskTiers => "risk-tiers",
            Self::PolicyV1 => "policy.v1",
        }
    }

    /// Whether the current schema takes every document of it.
    #[must_use]
    pub fn is_current(self) -> bool {
        matches!(self, Self::Current | Self::V1)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "the current shape",
            Self::V1 => "version 1.0",
            Self::MinBranch => "the shape with numbered tiers and `min_branch`",
            Self::NamedTiers => "the shape with tiers called `tier_1` to `tier_3`",
            Self::QualityGates => "the shape with `quality_gates` in its tiers",
            Self::RiskTiers => "the shape of the CLI 3 to 9",
            Self::PolicyV1 => "policy.v1",
        })
    }
}

/// Which shape a document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// The shape.
    pub shape: Shape,
    /// What speaks for it, the strongest first; nothing where nothing speaks for any.
    pub because: Vec<Clue>,
}

impl Recognition {
    /// What speaks for the shape, each with its line.
    #[must_use]
    pub fn reasons(&self, document: &Document) -> Vec<String> {
        self.because
            .iter()
            .map(|clue| clue.with_line(document))
            .collect()
    }

    /// Says which shape it is, and why; `None` where nothing speaks for any.
    pub(super) fn said(&self, document: &Document) -> Option<Finding> {
        if self.because.is_empty() {
            return None;
        }
        Some(Finding {
            code: codes::POLICY_DIALECT.to_owned(),
            severity: Severity::Note,
            message: format!(
                "recognised as {} because {}",
                self.shape,
                self.reasons(document).join(", ")
            ),
            place: Some(document.place_of("")),
            expected: None,
            found: None,
            help: None,
        })
    }
}

/// Which shape a document has; `None` where it has no tiers, and so is no tier policy.
///
/// A document with tiers that nothing speaks for is taken to have the current shape, and judged by it.
#[must_use]
pub fn recognise(document: &Document) -> Option<Recognition> {
    let tiers = tiers(document.value());
    (!tiers.is_empty()).then(|| clues::recognise(document.value(), &tiers))
}

/// A tier as it stands in a document.
#[derive(Debug, Clone)]
struct TierAt<'v> {
    tier: u8,
    /// JSON pointer.
    at: String,
    body: &'v Map<String, Value>,
}

/// Every tier of a document, wherever the shapes put them.
fn tiers(value: &Value) -> Vec<TierAt<'_>> {
    const CONTAINERS: [&str; 6] = [
        "/risk_tiers",
        "/tiers",
        "",
        "/policy/risk_tiers",
        "/policy/tiers",
        "/policy",
    ];
    let mut found = Vec::new();
    for container in CONTAINERS {
        let members = value.pointer(container).and_then(Value::as_object);
        for (key, body) in members.into_iter().flatten() {
            if let (Some(tier), Some(body)) = (number_of(key), body.as_object()) {
                let at = format!("{container}/{key}");
                found.push(TierAt { tier, at, body });
            }
        }
    }
    found
}

/// The tier a key stands for: `2`, `tier_2`, `T2`.
fn number_of(key: &str) -> Option<u8> {
    let lower = key.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("tier")
        .or_else(|| lower.strip_prefix('t'))
        .unwrap_or(&lower);
    match rest.trim_start_matches(['_', '-', ' ']) {
        "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        _ => None,
    }
}

/// Two statements about the same thing that differ, and which of them counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What both are about, such as `the coverage of tier 2`.
    pub what: String,
    /// The one that counts.
    pub won: Side,
    /// The one that does not.
    pub lost: Side,
    /// Why.
    pub why: String,
}

/// One of two statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// What it says.
    pub value: String,
    /// Who says it.
    pub who: String,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Side {
    fn shown(&self) -> String {
        match &self.place {
            Some(place) => format!("{} ({} at {})", self.value, self.who, shown(place)),
            None => format!("{} ({})", self.value, self.who),
        }
    }
}

/// `path:line:column`.
fn shown(place: &Place) -> String {
    let mut text = place.path.clone();
    for number in [place.line, place.column].into_iter().flatten() {
        text.push_str(&format!(":{number}"));
    }
    text
}

impl Conflict {
    /// The conflict as a warning at the place of the statement that does not count.
    #[must_use]
    pub fn finding(&self) -> Finding {
        Finding {
            code: codes::POLICY_CONFLICT.to_owned(),
            severity: Severity::Warning,
            message: format!(
                "{} is said twice, and the first counts: {}, {}",
                self.what,
                self.won.shown(),
                self.lost.shown()
            ),
            place: self.lost.place.clone(),
            expected: Some(self.won.shown()),
            found: Some(self.lost.value.clone()),
            help: Some(format!(
                "{} counts, because {}; remove the other, or write the same",
                self.won.value, self.why
            )),
        }
    }
}

/// A statement of a policy that nothing here acts on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its key, with points between the steps.
    pub key: String,
    /// What it says.
    pub value: String,
    /// Where it stands.
    pub place: Place,
}

/// Files a policy puts into a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierPath {
    /// The tier.
    pub tier: u8,
    /// A path, or a pattern.
    pub path: String,
    /// Where it stands.
    pub place: Place,
}
