//! The review rubric for people and programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use caws_policy::rubric::{Conclusion, MOST, Outcome, Review, RowReview};
use serde::Serialize;

use crate::{Palette, json, text};

/// The rubric for a terminal.
#[must_use]
pub fn run(review: &Review, palette: Palette) -> String {
    let spec = &review.spec;
    let mut out = format!(
        "{}\n\n",
        palette.heading(&format!(
            "review of {} {}",
            text::line(&spec.id),
            text::line(&spec.title)
        ))
    );
    for row in &review.rows {
        let _ = writeln!(
            out,
            "{:<14} x{}  {:<4}  {}",
            row.row.id(),
            row.weight,
            score(row),
            text::line(&said(row))
        );
    }
    let _ = writeln!(out, "\n{}", sum(review));
    let _ = writeln!(out, "{}", palette.heading(&conclusion(review)));
    let open = open(review);
    if !open.is_empty() {
        let _ = writeln!(out, "\n{}", palette.heading("only a person can say"));
        for (row, asks) in open {
            let _ = writeln!(out, "  {}: {}", row.row.id(), text::line(asks));
            if !row.gates.is_empty() {
                let _ = writeln!(
                    out,
                    "    see the evidence of {}",
                    text::line(&row.gates.join(", "))
                );
            }
        }
        out.push_str("answers are given with --answers FILE: who says it, and why\n");
    }
    out
}

/// `2 of 2`, `open`, `-`.
fn score(row: &RowReview) -> String {
    match &row.outcome {
        Outcome::Scored { score, .. } => format!("{score}/{MOST}"),
        Outcome::Open { .. } => "open".to_owned(),
        Outcome::NotApplicable => "-".to_owned(),
    }
}

/// Why, and who says so where it is a person.
fn said(row: &RowReview) -> String {
    match &row.outcome {
        Outcome::Scored { by, .. } if by != "evidence" => format!("{by} says: {}", row.why),
        Outcome::NotApplicable => format!("not applicable: {}", row.why),
        Outcome::Scored { .. } | Outcome::Open { .. } => row.why.clone(),
    }
}

fn open(review: &Review) -> Vec<(&RowReview, &str)> {
    review
        .rows
        .iter()
        .filter_map(|row| match &row.outcome {
            Outcome::Open { asks } => Some((row, asks.as_str())),
            Outcome::Scored { .. } | Outcome::NotApplicable => None,
        })
        .collect()
}

/// How the number of 100 comes about: the weights give no 100 by themselves.
fn sum(review: &Review) -> String {
    let left = if review.maximum == review.whole {
        String::new()
    } else {
        format!(", of {} without the rows that do not apply", review.whole)
    };
    let open = if review.open_points == 0 {
        String::new()
    } else {
        format!("; open rows could add {}", review.open_points)
    };
    format!(
        "{} points of {}, which is what the weights give{left}{open}",
        review.points, review.maximum
    )
}

fn conclusion(review: &Review) -> String {
    let (least, most, target) = (review.at_least, review.at_most, review.target);
    let score = if least == most {
        format!("{least} of 100")
    } else {
        format!("at least {least}, at most {most} of 100")
    };
    match review.conclusion {
        Conclusion::Reached => format!("{score}: the target of {target} is reached"),
        Conclusion::Missed => format!("{score}: the target of {target} is missed"),
        Conclusion::Open => {
            format!("{score}: whether the target of {target} is reached, the open rows decide")
        }
    }
}

/// The rubric for a pull request's comment.
#[must_use]
pub fn markdown(review: &Review) -> String {
    let mut out = format!(
        "## Review: {}\n\n| Row | Weight | Score | Why |\n|---|---|---|---|\n",
        text::markdown(&conclusion(review))
    );
    for row in &review.rows {
        let asks = match &row.outcome {
            Outcome::Open { asks } => format!(". {asks}"),
            Outcome::Scored { .. } | Outcome::NotApplicable => String::new(),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            text::markdown(row.row.id()),
            row.weight,
            text::markdown(&score(row)),
            text::markdown(&format!("{}{asks}", said(row)))
        );
    }
    let _ = writeln!(out, "\n{}.", text::markdown(&sum(review)));
    out
}

#[derive(Serialize)]
struct ReviewDocument<'a> {
    kind: &'static str,
    #[serde(flatten)]
    review: &'a Review,
    plan_sha256: &'a str,
    evidence: &'a BTreeMap<String, String>,
}

/// The rubric for other programs: schema `review-v1`. `evidence` is the digest of each gate's record.
///
/// # Errors
/// When it does not become JSON.
pub fn json(
    review: &Review,
    plan_sha256: &str,
    evidence: &BTreeMap<String, String>,
) -> serde_json::Result<String> {
    json::document(&ReviewDocument {
        kind: "review",
        review,
        plan_sha256,
        evidence,
    })
}
