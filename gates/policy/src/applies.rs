//! What applies to a path of a project: which spec, which tier and why, which gates, and where each number comes from.
//!
//! These are the answers as data. Whoever knows the project's files fills them in.

use caws_evidence::{Finding, Place};
use serde::Serialize;

use crate::plan::{Requirement, Term};
use crate::tier::{Conflict, Layer, Layers, Side, Subject, TierPath, Unread};

/// What applies to a path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Applies {
    /// The path, relative to the project's root; empty for the root itself.
    pub path: String,
    /// Files of the project at or below it; 0 where there is nothing yet.
    pub files: u64,
    /// What the path is to the gates themselves, where it decides what they ask: `the tier policy`.
    pub decides: Option<&'static str>,
    /// The spec whose tier decides which gates run.
    pub spec: Governing,
    /// The component whose files these are; it has targets of its own.
    pub component: Option<Component>,
    /// The tier policy.
    pub policy: PolicySeen,
    /// What the tier asks, each with everybody who speaks of it.
    pub numbers: Vec<Number>,
    /// The gates, in the order they are reported.
    pub gates: Vec<GateApplies>,
    /// Whether a person must approve, and who checks that.
    pub review: ReviewRule,
    /// Where two statements contradict each other, and which counts.
    pub conflicts: Vec<Conflict>,
    /// What the policy says and nothing here checks.
    pub unread: Vec<Unread>,
    /// What is wrong with the documents that say all this.
    pub findings: Vec<Finding>,
}

/// The spec that governs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Governing {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The tier it declares.
    pub tier: u8,
    /// Where.
    pub tier_place: Place,
    /// The profile it declares.
    pub profile: String,
    /// Where.
    pub profile_place: Place,
}

/// A component's spec.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Component {
    /// Path of its spec.
    pub spec: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its title.
    pub title: String,
    /// What claims the path, such as `component.paths: src/`.
    pub claims: String,
    /// Whether the gates hold it to its targets.
    pub held: bool,
    /// Why, or why not.
    pub why: String,
    /// The tier it declares.
    pub tier: Option<u8>,
    /// Where.
    pub tier_place: Place,
    /// The profile it declares.
    pub profile: Option<String>,
    /// What it is asked for, where tier and profile are ones the policy knows.
    pub numbers: Vec<Number>,
}

/// The tier policy, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicySeen {
    /// Its file.
    pub path: String,
    /// The shape's name for programs.
    pub shape: Option<&'static str>,
    /// The shape in words.
    pub recognised: Option<String>,
    /// What speaks for it.
    pub because: Vec<String>,
}

/// A number or a demand, and everybody who speaks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Number {
    /// What it is.
    pub subject: Subject,
    /// The same in words.
    pub words: &'static str,
    /// What is in force.
    pub value: String,
    /// Every word on it, the one in force last.
    pub layers: Vec<Layer>,
}

/// A gate, as far as the path is concerned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateApplies {
    /// Its id.
    pub gate: String,
    /// Whether it applies to this tier and profile.
    pub applies: bool,
    /// Why not; or why nobody would measure it.
    pub reason: Option<String>,
    /// Whether a change of the path changes what it examines.
    pub looks: Looks,
    /// What its observations must reach.
    pub requirements: Vec<Requirement>,
    /// Term of the trust score it feeds.
    pub term: Option<Term>,
}

/// Whether a gate's verdict depends on a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "looks", rename_all = "snake_case")]
pub enum Looks {
    /// Every file there is an input, by this pattern or the first of several.
    AtAll {
        /// The pattern.
        pattern: String,
    },
    /// Some files are.
    AtSome {
        /// How many.
        files: u64,
    },
    /// No file is: the cache answers whatever changes there.
    Away,
    /// They are inputs, and left out of what is counted.
    LeftOut {
        /// By this pattern.
        pattern: String,
        /// For this reason.
        reason: String,
    },
}

/// The review rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewRule {
    /// Whether a person must approve.
    pub required: bool,
    /// What holds the change to it; `None` where nothing does.
    pub checked_by: Option<String>,
}

/// Numbers in a fixed order, each with its last word in force.
#[must_use]
pub fn numbers(layers: &Layers) -> Vec<Number> {
    layers
        .iter()
        .filter_map(|(subject, layers)| {
            let last = layers.last()?;
            Some(Number {
                subject: *subject,
                words: subject.words(),
                value: last.value.clone(),
                layers: layers.clone(),
            })
        })
        .collect()
}

/// Where the policy puts the path into another tier than its spec declares.
///
/// `covers` says of an entry whether it stands for the path. The strictest entry speaks for the policy.
#[must_use]
pub fn tier_conflict(
    paths: &[TierPath],
    covers: impl Fn(&str) -> bool,
    tier: u8,
    declared: &Place,
    spec: &str,
) -> Option<Conflict> {
    let entry = paths
        .iter()
        .filter(|entry| covers(&entry.path))
        .min_by_key(|entry| entry.tier)?;
    (entry.tier != tier).then(|| Conflict {
        what: "the tier".to_owned(),
        won: Side {
            value: tier.to_string(),
            who: format!("risk_tier of {spec}"),
            place: Some(declared.clone()),
        },
        lost: Side {
            value: entry.tier.to_string(),
            who: format!("the policy's entry `{}`", entry.path),
            place: Some(entry.place.clone()),
        },
        why: "gates run by spec; to hold these files to another tier, give them a component spec that declares it"
            .to_owned(),
    })
}
