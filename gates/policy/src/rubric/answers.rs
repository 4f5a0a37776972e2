//! What people said about the rows no gate can see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{MOST, Outcome, Row, RowReview};

/// The answers of a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// One for each row that is answered.
    pub answers: Vec<Answer>,
}

/// A person's answer to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which row.
    pub row: Row,
    /// 0, 1 or 2.
    pub score: u8,
    /// Who says so.
    pub by: String,
    /// Why, and where one can see it.
    pub why: String,
}

/// Why answers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A gate measured the row.
    #[error(
        "the row `{row}` is answered with {wanted}, and evidence gives it {score} ({why}); remove the answer, or mend what was measured"
    )]
    Measured {
        /// The row.
        row: &'static str,
        /// What was answered.
        wanted: u8,
        /// What the evidence gives.
        score: u8,
        /// Why.
        why: String,
    },
    /// The row does not apply.
    #[error("the row `{row}` is answered, and does not apply: {why}; remove the answer")]
    NotApplicable {
        /// The row.
        row: &'static str,
        /// Why.
        why: String,
    },
    /// The same row twice.
    #[error("the row `{0}` is answered twice; keep one of the answers")]
    Twice(&'static str),
    /// No score of the rubric.
    #[error("the row `{row}` is answered with {score}; write 0, 1 or 2")]
    Score {
        /// The row.
        row: &'static str,
        /// What was answered.
        score: u8,
    },
    /// Nobody, or no reason.
    #[error("the answer to the row `{row}` has no `{key}`; say who answers, and why")]
    Blank {
        /// The row.
        row: &'static str,
        /// `by` or `why`.
        key: &'static str,
    },
}

impl Answers {
    /// Gives open rows the scores people gave them.
    pub(super) fn fill(&self, rows: &mut [RowReview]) -> Result<(), AnswerError> {
        let mut seen = BTreeSet::new();
        for answer in &self.answers {
            let row = answer.row.id();
            if answer.score > MOST {
                let score = answer.score;
                return Err(AnswerError::Score { row, score });
            }
            for (key, text) in [("by", &answer.by), ("why", &answer.why)] {
                if text.trim().is_empty() {
                    return Err(AnswerError::Blank { row, key });
                }
            }
            if !seen.insert(answer.row) {
                return Err(AnswerError::Twice(row));
            }
            for found in rows.iter_mut().filter(|found| found.row == answer.row) {
                match &found.outcome {
                    Outcome::Open { .. } => {
                        found.outcome = Outcome::Scored {
                            score: answer.score,
                            by: answer.by.clone(),
                        };
                        found.why.clone_from(&answer.why);
                    }
                    Outcome::Scored { score, .. } => {
                        return Err(AnswerError::Measured {
                            row,
                            wanted: answer.score,
                            score: *score,
                            why: found.why.clone(),
                        });
                    }
                    Outcome::NotApplicable => {
                        let why = found.why.clone();
                        return Err(AnswerError::NotApplicable { row, why });
                    }
                }
            }
        }
        Ok(())
    }
}
