//! What gives a shape away.

use caws_spec::dialect::Clue;
use serde_json::Value;

use super::{Recognition, Shape, TierAt};

struct Sign {
    shape: Shape,
    weight: u32,
    says: &'static str,
    /// The place of the sign, if it is there.
    find: fn(&Value, &[TierAt<'_>]) -> Option<String>,
}

const STRONG: u32 = 4;
const FAIR: u32 = 2;
const WEAK: u32 = 1;

/// A sign that is a key of the document.
macro_rules! key {
    ($shape:ident, $weight:expr, $at:literal, $says:literal) => {
        Sign {
            shape: Shape::$shape,
            weight: $weight,
            says: $says,
            find: |value, _| value.pointer($at).map(|_| $at.to_owned()),
        }
    };
}

/// A sign that is a key of a tier.
macro_rules! tier {
    ($shape:ident, $weight:expr, $key:literal, $says:literal) => {
        Sign {
            shape: Shape::$shape,
            weight: $weight,
            says: $says,
            find: |_, tiers| in_tier(tiers, $key),
        }
    };
}

macro_rules! sign {
    ($shape:ident, $weight:expr, $says:literal, $find:expr) => {
        Sign {
            shape: Shape::$shape,
            weight: $weight,
            says: $says,
            find: $find,
        }
    };
}

static SIGNS: &[Sign] = &[
    key!(Current, STRONG, "/trust", "it has a `trust`"),
    tier!(
        Current,
        STRONG,
        "min_line_coverage",
        "its tiers have a `min_line_coverage`"
    ),
    sign!(
        Current,
        STRONG,
        "its tiers have a `coverage_metric` and a `change_budget`",
        |_, tiers| tiers
            .iter()
            .find(|tier| has(tier, "coverage_metric") && has(tier, "change_budget"))
            .map(|tier| format!("{}/change_budget", tier.at))
    ),
    tier!(
        V1,
        FAIR,
        "coverage_metric",
        "its tiers have a `coverage_metric`"
    ),
    tier!(
        MinBranch,
        STRONG,
        "min_branch",
        "its tiers have a `min_branch`"
    ),
    tier!(
        MinBranch,
        FAIR,
        "allowed_modes",
        "its tiers have `allowed_modes`"
    ),
    sign!(
        MinBranch,
        WEAK,
        "its tiers are numbers and name no `coverage_metric`",
        |_, tiers| {
            let named = tiers.iter().any(|tier| has(tier, "coverage_metric"));
            let tier = tiers.iter().find(|tier| is_number(tier))?;
            let states = has(tier, "min_coverage") || has(tier, "min_mutation");
            (!named && states).then(|| tier.at.clone())
        }
    ),
    sign!(
        NamedTiers,
        FAIR,
        "its tiers have names such as `tier_2`",
        |_, tiers| tiers
            .iter()
            .find(|tier| !is_number(tier))
            .map(|tier| tier.at.clone())
    ),
    tier!(
        QualityGates,
        STRONG,
        "quality_gates",
        "its tiers have `quality_gates`"
    ),
    key!(
        QualityGates,
        FAIR,
        "/policy/tiers",
        "its tiers stand below `policy`"
    ),
    key!(RiskTiers, FAIR, "/risk_tiers", "it has `risk_tiers`"),
    tier!(
        RiskTiers,
        STRONG,
        "coverage_threshold",
        "its tiers have a `coverage_threshold`"
    ),
    tier!(
        RiskTiers,
        FAIR,
        "contracts_required",
        "its tiers have `contracts_required`"
    ),
    key!(
        RiskTiers,
        STRONG,
        "/waiver_approval",
        "it has a `waiver_approval`"
    ),
    key!(
        RiskTiers,
        STRONG,
        "/edit_rules/min_approvers_for_budget_raise",
        "its `edit_rules` count who approves a larger budget"
    ),
    sign!(PolicyV1, STRONG, "its gates have a `mode`", |value, _| {
        let gates = value.get("gates")?.as_object()?;
        let (gate, _) = gates.iter().find(|(_, gate)| gate.get("mode").is_some())?;
        Some(format!("/gates/{gate}/mode"))
    }),
    key!(
        PolicyV1,
        STRONG,
        "/non_governed_zones",
        "it has `non_governed_zones`"
    ),
    key!(
        PolicyV1,
        STRONG,
        "/root_passthrough",
        "it has a `root_passthrough`"
    ),
    key!(PolicyV1, STRONG, "/waivers", "it has `waivers`"),
    key!(PolicyV1, WEAK, "/risk_tiers", "it has `risk_tiers`"),
];

fn has(tier: &TierAt<'_>, key: &str) -> bool {
    tier.body.contains_key(key)
}

/// Whether a tier's key is its bare number.
fn is_number(tier: &TierAt<'_>) -> bool {
    let key = tier.at.rsplit('/').next().unwrap_or_default();
    key == tier.tier.to_string()
}

/// The first tier that has a key, as a pointer to it.
fn in_tier(tiers: &[TierAt<'_>], key: &str) -> Option<String> {
    let tier = tiers.iter().find(|tier| has(tier, key))?;
    Some(format!("{}/{key}", tier.at))
}

/// The shape that most speaks for.
pub(super) fn recognise(value: &Value, tiers: &[TierAt<'_>]) -> Recognition {
    let mut best = (
        0,
        Recognition {
            shape: Shape::Current,
            because: Vec::new(),
        },
    );
    for shape in Shape::ALL {
        let mut seen: Vec<(u32, Clue)> = SIGNS
            .iter()
            .filter(|sign| sign.shape == shape)
            .filter_map(|sign| {
                let at = (sign.find)(value, tiers)?;
                let says = sign.says;
                Some((sign.weight, Clue { at, says }))
            })
            .collect();
        let weight: u32 = seen.iter().map(|(weight, _)| weight).sum();
        seen.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        if weight > best.0 {
            let because = seen.into_iter().map(|(_, clue)| clue).collect();
            best = (weight, Recognition { shape, because });
        }
    }
    best.1
}
