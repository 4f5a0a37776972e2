//! The review rubric: eleven rows of 0, 1 or 2, each with the evidence that gave it.
//!
//! What a gate measured decides a row. What no gate can see (whether the documentation helps, whether the way back was
//! tried) is a question to a person, and stays open until one answers. Nothing is ever filled in.

mod answers;
mod rows;
#[cfg(test)]
mod tests;

use caws_evidence::Evidence;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::{Plan, SpecRef, Subject};

pub use answers::{Answer, AnswerError, Answers};

/// Version of the [`Review`] document.
pub const REVIEW_SCHEMA_VERSION: u32 = 1;
/// The most a row is worth before its weight.
pub const MOST: u8 = 2;
/// The published target, of 100.
pub const TARGET: u32 = 80;

/// A row of the rubric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Whether the spec is complete.
    Spec,
    /// Whether interfaces are declared and kept.
    Contracts,
    /// Whether unit tests reach the code.
    Unit,
    /// Whether the parts were tested together, with nothing of ours replaced.
    Integration,
    /// Whether a person's tasks were tried from end to end.
    EndToEnd,
    /// Whether the tests notice faults.
    Mutation,
    /// Whether the pages can be used by everybody.
    Accessibility,
    /// Whether budgets of time and memory are met.
    Performance,
    /// Whether operation can be seen.
    Observability,
    /// Whether data and releases can go forward and back.
    Migration,
    /// Whether people are told what they need.
    Docs,
}

impl Row {
    /// All of them, in the published order.
    pub const ALL: [Self; 11] = [
        Self::Spec,
        Self::Contracts,
        Self::Unit,
        Self::Integration,
        Self::EndToEnd,
        Self::Mutation,
        Self::Accessibility,
        Self::Performance,
        Self::Observability,
        Self::Migration,
        Self::Docs,
    ];

    /// Its name in documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Contracts => "contracts",
            Self::Unit => "unit",
            Self::Integration => "integration",
            Self::EndToEnd => "end_to_end",
            Self::Mutation => "mutation",
            Self::Accessibility => "accessibility",
            Self::Performance => "performance",
            Self::Observability => "observability",
            Self::Migration => "migration",
            Self::Docs => "docs",
        }
    }

    /// Its published weight. Together they make 41, so the whole rubric is worth 82.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::Spec | Self::Contracts | Self::Unit => 5,
            Self::Integration | Self::Mutation => 4,
            Self::EndToEnd
            | Self::Accessibility
            | Self::Performance
            | Self::Observability
            | Self::Migration
            | Self::Docs => 3,
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// It has a score.
    Scored {
        /// 0, 1 or 2.
        score: u8,
        /// `evidence`, or the name of the person who answered.
        by: String,
    },
    /// Only a person can say.
    Open {
        /// The question.
        asks: String,
    },
    /// It leaves the weights.
    NotApplicable,
}

/// A row, with what gave its score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReview {
    /// Which.
    pub row: Row,
    /// Its weight.
    pub weight: u32,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Why.
    pub why: String,
    /// Gates whose evidence gave the score, or helps whoever answers.
    pub gates: Vec<String>,
}

/// What the rubric comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// The target is reached, whatever is still open.
    Reached,
    /// The target is missed, whatever is still open.
    Missed,
    /// What is open decides.
    Open,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// [`REVIEW_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// What was reviewed.
    pub subject: Subject,
    /// The working spec.
    pub spec: SpecRef,
    /// The rows, in the published order.
    pub rows: Vec<RowReview>,
    /// Sum of weight times score over the rows that have one.
    pub points: u32,
    /// What the open rows could add.
    pub open_points: u32,
    /// Twice the weights of the rows that apply.
    pub maximum: u32,
    /// Twice all weights: 82, as published.
    pub whole: u32,
    /// `points` of 100, rounded half up: what is certain.
    pub at_least: u32,
    /// The same if every open row were worth 2.
    pub at_most: u32,
    /// The target, of 100.
    pub target: u32,
    /// What it comes to.
    pub conclusion: Conclusion,
}

/// Reviews a run.
///
/// `spec` is the working spec as the evidence holds it; `answers` are those of a person to the rows that are open.
///
/// # Errors
/// [`AnswerError`] for an answer to a row that is not open: what was measured is not overruled, and what does not
/// apply is not asked.
pub fn review(
    plan: &Plan,
    evidence: &[Evidence],
    spec: Option<&Value>,
    answers: &Answers,
) -> Result<Review, AnswerError> {
    let mut rows: Vec<RowReview> = Row::ALL
        .into_iter()
        .map(|row| rows::row(row, plan, evidence, spec))
        .collect();
    answers.fill(&mut rows)?;
    let of = |pick: fn(&RowReview) -> u32| rows.iter().map(pick).sum::<u32>();
    let points = of(|row| match &row.outcome {
        Outcome::Scored { score, .. } => row.weight * u32::from(*score),
        Outcome::Open { .. } | Outcome::NotApplicable => 0,
    });
    let open_points = of(|row| match &row.outcome {
        Outcome::Open { .. } => row.weight * u32::from(MOST),
        Outcome::Scored { .. } | Outcome::NotApplicable => 0,
    });
    let maximum = of(|row| match &row.outcome {
        Outcome::NotApplicable => 0,
        Outcome::Scored { .. } | Outcome::Open { .. } => row.weight * u32::from(MOST),
    });
    let whole = of(|row| row.weight * u32::from(MOST));
    let at_least = of_hundred(points, maximum);
    let at_most = of_hundred(points + open_points, maximum);
    let conclusion = if at_least >= TARGET {
        Conclusion::Reached
    } else if at_most < TARGET {
        Conclusion::Missed
    } else {
        Conclusion::Open
    };
    Ok(Review {
        schema_version: REVIEW_SCHEMA_VERSION,
        subject: plan.subject.clone(),
        spec: plan.spec.clone(),
        rows,
        points,
        open_points,
        maximum,
        whole,
        at_least,
        at_most,
        target: TARGET,
        conclusion,
    })
}

/// `round(100 * points / maximum)`, half up, in whole numbers; 0 where nothing applies.
fn of_hundred(points: u32, maximum: u32) -> u32 {
    if maximum == 0 {
        0
    } else {
        (200 * points + maximum) / (2 * maximum)
    }
}
