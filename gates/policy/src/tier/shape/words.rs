//! The words the shapes have for the same thing, and on which scale each counts.

use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::{Number, Value};

use crate::exact;

/// On which scale a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// 0 to 1.
    Share,
    /// 0 to 100.
    Percent,
    /// A whole number from 1.
    Count,
    /// A whole number from 0 to 100.
    Score,
    /// Yes or no.
    Demand,
    /// What coverage counts.
    Metric,
}

/// A word of a tier.
#[derive(Debug)]
pub(super) struct Word {
    /// Where it stands in the tier, a JSON pointer.
    pub(super) at: &'static str,
    /// Where the current shape has it.
    pub(super) target: &'static str,
    pub(super) scale: Scale,
    /// Whether it can be about branches alone.
    pub(super) of_branches: bool,
}

pub(super) const COVERAGE: &str = "/min_coverage";
pub(super) const LINES: &str = "/min_line_coverage";
pub(super) const MUTATION: &str = "/min_mutation";
pub(super) const METRIC: &str = "/coverage_metric";
pub(super) const CONTRACTS: &str = "/requires_contracts";
pub(super) const REVIEW: &str = "/requires_manual_review";
const FILES: &str = "/change_budget/max_files";
const LOC: &str = "/change_budget/max_loc";
/// The score a tier asks for; in the current shape it stands below `trust`.
pub(super) const SCORE: &str = "/trust_score/target";

const fn word(at: &'static str, target: &'static str, scale: Scale) -> Word {
    Word {
        at,
        target,
        scale,
        of_branches: false,
    }
}

const fn branches(at: &'static str, scale: Scale) -> Word {
    Word {
        at,
        target: COVERAGE,
        scale,
        of_branches: true,
    }
}

pub(super) const WORDS: &[Word] = &[
    word("/coverage_metric", METRIC, Scale::Metric),
    branches("/min_branch", Scale::Share),
    word("/min_coverage", COVERAGE, Scale::Share),
    word("/coverage_threshold", COVERAGE, Scale::Percent),
    branches("/quality_gates/coverage/branch", Scale::Percent),
    branches("/quality_gates/test_coverage/branch", Scale::Percent),
    word("/quality_gates/coverage/line", LINES, Scale::Percent),
    word("/quality_gates/test_coverage/line", LINES, Scale::Percent),
    word("/min_mutation", MUTATION, Scale::Share),
    word("/mutation_threshold", MUTATION, Scale::Percent),
    word("/quality_gates/mutation/score", MUTATION, Scale::Percent),
    word("/quality_gates/mutation_score", MUTATION, Scale::Percent),
    word("/requires_contracts", CONTRACTS, Scale::Demand),
    word("/contracts_required", CONTRACTS, Scale::Demand),
    word("/contracts", CONTRACTS, Scale::Demand),
    word(
        "/quality_gates/contracts/required",
        CONTRACTS,
        Scale::Demand,
    ),
    word("/requires_manual_review", REVIEW, Scale::Demand),
    word("/manual_review_required", REVIEW, Scale::Demand),
    word("/review", REVIEW, Scale::Demand),
    word("/max_files", FILES, Scale::Count),
    word("/max_loc", LOC, Scale::Count),
    word("/change_budget/max_files", FILES, Scale::Count),
    word("/change_budget/max_loc", LOC, Scale::Count),
    word("/trust_score/target", SCORE, Scale::Score),
];

/// The weights of the trust score below `trust_score.calculation`, in the order of `Term`.
pub(super) const WEIGHTS: [(&str, &str); 6] = [
    ("coverage_weight", "coverage"),
    ("mutation_weight", "mutation"),
    ("contracts_weight", "contracts"),
    ("a11y_weight", "accessibility"),
    ("performance_weight", "performance"),
    ("flake_rate_weight", "flakes"),
];

/// Lists of files of a tier.
pub(super) const PATHS: [&str; 3] = ["packages", "modules", "paths"];

/// Keys that say what something is, and ask for nothing.
pub(super) const TALK: [&str; 7] = [
    "$schema",
    "name",
    "title",
    "label",
    "description",
    "version",
    "project",
];

impl Scale {
    /// What may stand there, for people.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Share => "a share from 0 to 1, such as 0.8",
            Self::Percent => "a percentage: 0, or more than 1 and at most 100, such as 80",
            Self::Count => "a whole number from 1",
            Self::Score => "a whole number from 0 to 100",
            Self::Demand => "true, false, required or optional",
            Self::Metric => "branch or line",
        }
    }

    /// A value on the scale of the current shape; `None` where it is none of this scale.
    ///
    /// 0.8 is no percentage: nobody asks for less than one in a hundred, and who writes it means a share.
    pub(super) fn read(self, value: &Value) -> Option<Value> {
        let float = value.as_f64();
        match self {
            Self::Share => float
                .filter(|share| (0.0..=1.0).contains(share))
                .map(|_| value.clone()),
            Self::Percent => {
                let percent = float?;
                let fits = percent == 0.0 || (percent > 1.0 && percent <= 100.0);
                fits.then(|| share(value)).flatten()
            }
            Self::Count => whole(value).filter(|count| *count >= 1).map(Value::from),
            Self::Score => whole(value).filter(|score| *score <= 100).map(Value::from),
            Self::Demand => match value {
                Value::Bool(demand) => Some(Value::Bool(*demand)),
                Value::String(word) => demand(word).map(Value::Bool),
                _ => None,
            },
            Self::Metric => value
                .as_str()
                .filter(|metric| matches!(*metric, "branch" | "line"))
                .map(|_| value.clone()),
        }
    }

    /// The more a value asks for, the higher; values of one scale alone are compared.
    pub(super) fn strictness(self, value: &Value) -> f64 {
        let yes = |asks: bool| if asks { 1.0 } else { 0.0 };
        match self {
            Self::Count => -value.as_f64().unwrap_or_default(),
            Self::Demand => yes(value.as_bool() == Some(true)),
            Self::Metric => yes(value.as_str() == Some("branch")),
            Self::Share | Self::Percent | Self::Score => value.as_f64().unwrap_or_default(),
        }
    }
}

fn demand(word: &str) -> Option<bool> {
    match word {
        "required" | "manual_required" | "mandatory" | "yes" => Some(true),
        "optional" | "recommended" | "none" | "no" => Some(false),
        _ => None,
    }
}

/// A whole number, written with a point or without.
fn whole(value: &Value) -> Option<u64> {
    let number = exact::decimal(&value.as_number()?.to_string())?;
    if number.is_integer() {
        u64::try_from(number.to_integer()).ok()
    } else {
        None
    }
}

/// A percentage as a share, exactly.
fn share(value: &Value) -> Option<Value> {
    let percent = exact::decimal(&value.as_number()?.to_string())?;
    let text = plain(&(percent / BigInt::from(100)));
    let number: Number = text.parse::<f64>().ok().and_then(Number::from_f64)?;
    Some(Value::Number(number))
}

/// A fraction of 0 or more over a power of ten as a decimal.
fn plain(fraction: &BigRational) -> String {
    /// More digits than any document has.
    const MOST: u32 = 60;
    for digits in 0..MOST {
        let scaled = fraction * BigInt::from(10).pow(digits);
        if scaled.is_integer() {
            let whole = scaled.to_integer().to_string();
            let width = usize::try_from(digits).unwrap_or_default() + 1;
            let padded = format!("{whole:0>width$}");
            let (head, tail) = padded.split_at(padded.len().saturating_sub(width - 1));
            return if tail.is_empty() {
                head.to_owned()
            } else {
                format!("{head}.{tail}")
            };
        }
    }
    fraction.to_string()
}
