//! The report for a terminal: what was found, what it is worth, what to do next.

use std::fmt::Write as _;

use caws_evidence::{Finding, Verdict};
use caws_policy::TermScore;

use crate::view::{GateRow, Outcome, RunView, Seal, place_text, severity_word, term_word};
use crate::{Palette, next, number, text};

/// Findings shown per gate unless more are asked for; the page shows all.
const FINDINGS_PER_GATE: usize = 8;

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Verdict, score and the next step.
    Quiet,
    /// Gates, the first findings of each, the score term by term.
    Normal,
    /// Every finding and every measurement.
    Verbose,
}

/// The whole report of a run.
#[must_use]
pub fn run(view: &RunView, palette: Palette, detail: Detail) -> String {
    let mut out = String::new();
    if detail != Detail::Quiet {
        out.push_str(&heading(view, palette));
        out.push_str(&gates(view, palette, detail));
        out.push_str(&all_findings(view, palette, detail));
        out.push_str(&waivers(view, palette));
        if !view.partial {
            out.push_str(&score(view, palette));
        }
    }
    out.push_str(&conclusion(view, palette));
    out
}

/// The score term by term, with the evidence of each and every way to raise it.
#[must_use]
pub fn trust(view: &RunView, palette: Palette) -> String {
    let mut out = heading(view, palette);
    out.push_str(&score(view, palette));
    let raises = next::raises(view);
    if !raises.is_empty() {
        let _ = writeln!(
            out,
            "{}",
            palette.heading("ways to raise it, the most points first")
        );
        for step in &raises {
            out.push_str(&step_lines(step, "  - "));
        }
        out.push('\n');
    }
    out.push_str(&conclusion(view, palette));
    out
}

fn heading(view: &RunView, palette: Palette) -> String {
    let spec = &view.plan.spec;
    let title = format!("{} {}", text::line(&spec.id), text::line(&spec.title));
    format!(
        "{}\n{}\n\n",
        palette.heading(&title),
        palette.dim(&format!(
            "tier {}, {}, {}",
            spec.risk_tier,
            text::line(&spec.profile),
            text::line(&view.subject())
        )),
    )
}

fn gates(view: &RunView, palette: Palette, detail: Detail) -> String {
    let rows: Vec<GateRow<'_>> = view.rows().collect();
    let name_width = rows
        .iter()
        .map(|row| width(&text::line(&row.plan.gate)))
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for row in rows {
        let outcome = row.outcome();
        let label = format!("{} {}", outcome.symbol(), outcome.word());
        let painted = match outcome {
            Outcome::Judged(verdict) => palette.verdict(verdict, &label),
            Outcome::NotApplicable(_) | Outcome::NotRun => palette.dim(&label),
        };
        let time = row.seconds().map(number::duration).unwrap_or_default();
        let _ = write!(
            out,
            "  {}  {painted}{}  {time:>12}  {}",
            pad(&text::line(&row.plan.gate), name_width),
            " ".repeat(16_usize.saturating_sub(width(&label))),
            text::shorten(&text::line(&row.key_text(&view.plan.trust.terms)), 160),
        );
        if let Some(measured) = row.cached() {
            let _ = write!(
                out,
                "  {}",
                palette.dim(&format!("cached, measured at {}", text::line(measured)))
            );
        }
        out.push('\n');
        if detail == Detail::Verbose {
            out.push_str(&measurements(row));
        }
    }
    out.push('\n');
    out
}

fn measurements(row: GateRow<'_>) -> String {
    let mut out = String::new();
    for measurement in row
        .evidence
        .map(|e| e.measurements.as_slice())
        .unwrap_or_default()
    {
        let met = match measurement.met {
            Some(true) => "met",
            Some(false) => "missed",
            None if measurement.threshold.is_some() => "undecided",
            None => "for information",
        };
        let _ = writeln!(
            out,
            "      {met}: {}",
            text::line(&number::measurement(measurement))
        );
    }
    out
}

fn all_findings(view: &RunView, palette: Palette, detail: Detail) -> String {
    let mut out = String::new();
    for row in view.rows() {
        let findings = row.findings();
        let limit = if detail == Detail::Verbose {
            findings.len()
        } else {
            FINDINGS_PER_GATE
        };
        for finding in findings.iter().take(limit) {
            out.push_str(&self::finding(&row.plan.gate, finding, palette));
        }
        if findings.len() > limit {
            let _ = writeln!(
                out,
                "{}\n",
                palette.dim(&format!(
                    "{}: {} more findings in the report; --verbose prints them all",
                    text::line(&row.plan.gate),
                    findings.len() - limit
                )),
            );
        }
    }
    out
}

/// The waivers of the run, and those that waive nothing.
fn waivers(view: &RunView, palette: Palette) -> String {
    let mut out = String::new();
    for (waiver, gates) in view.waivers() {
        if out.is_empty() {
            let _ = writeln!(out, "{}", palette.heading("waivers"));
        }
        let waives = if gates.is_empty() {
            "nothing".to_owned()
        } else {
            gates.join(", ")
        };
        let _ = writeln!(
            out,
            "  {}  waives {}, until {}; asked by {}, approved by {}",
            text::line(&waiver.id),
            text::line(&waives),
            waiver.expires,
            text::line(&waiver.owner.name),
            text::line(&waiver.approver),
        );
        let _ = writeln!(
            out,
            "    {}",
            palette.dim(&text::line(&format!(
                "{}; meanwhile: {}",
                waiver.reason, waiver.compensating_control
            )))
        );
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for finding in view.unmatched() {
        out.push_str(&self::finding("waiver", &finding, palette));
    }
    out
}

/// One finding: code, place, expected and found, help.
#[must_use]
pub fn finding(gate: &str, finding: &Finding, palette: Palette) -> String {
    let label = format!(
        "{}[{}]",
        severity_word(finding.severity),
        text::line(&finding.code)
    );
    let mut out = format!(
        "{} {}: {}\n",
        palette.severity(finding.severity, &label),
        text::line(gate),
        text::line(&finding.message),
    );
    if let Some(place) = &finding.place {
        let _ = writeln!(out, "      at: {}", text::line(&place_text(place)));
    }
    out.push_str(&facts(finding));
    out.push('\n');
    out
}

/// Expected, found and help of a finding, each on a line of its own.
pub(crate) fn facts(finding: &Finding) -> String {
    let mut out = String::new();
    for (label, fact) in [
        ("expected", &finding.expected),
        ("found", &finding.found),
        ("help", &finding.help),
    ] {
        if let Some(fact) = fact {
            let _ = writeln!(out, "{label:>8}: {}", text::line(fact));
        }
    }
    out
}

fn score(view: &RunView, palette: Palette) -> String {
    let mut out = format!("{}\n", palette.heading("trust score"));
    for term in &view.score.terms {
        out.push_str(&score_line(view, term, palette));
    }
    if let Some(cap) = view.cap() {
        let _ = writeln!(out, "  {}", text::line(&cap));
    }
    out.push('\n');
    out
}

fn score_line(view: &RunView, term: &TermScore, palette: Palette) -> String {
    let name = pad(term_word(term.term), 13);
    let Some((points, most)) = view.points(term) else {
        let reason = term.not_applicable.as_deref().unwrap_or_default();
        return format!(
            "  {name}  {}\n",
            palette.dim(&format!("not applicable: {}", text::line(reason)))
        );
    };
    let value = term
        .value
        .map_or_else(|| "no value".to_owned(), number::counts);
    let evidence: Vec<String> = term
        .gates
        .iter()
        .filter_map(|gate| view.row(gate))
        .map(|row| row.evidence_path())
        .collect();
    format!(
        "  {name}  {points:>4.1} of {most:>4.1} points  {value}: {}\n                 {}\n",
        text::line(&term.note),
        palette.dim(&text::line(&evidence.join(", "))),
    )
}

/// Verdict of the run, signature and next step.
fn conclusion(view: &RunView, palette: Palette) -> String {
    let verdict = if view.passed() {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let symbol = Outcome::Judged(verdict).symbol();
    let headline = format!(
        "{symbol} {}: {}",
        view.conclusion(),
        text::line(&view.ground())
    );
    let mut out = format!("{}\n", palette.verdict(verdict, &headline));
    if let Some(why) = view.unsigned() {
        let _ = writeln!(out, "unsigned: {}", text::line(why));
    } else if let Seal::Signed { key, cosigners } = &view.seal {
        let _ = writeln!(
            out,
            "signed with key {}; `caws verify {}` checks it",
            text::line(key),
            text::line(&view.artifacts)
        );
        for key in cosigners {
            let _ = writeln!(out, "cosigned with key {}", text::line(key));
        }
    }
    if let Some(step) = next::next_step(view) {
        out.push_str(&step_lines(&step, "next: "));
    }
    out
}

fn step_lines(step: &next::NextStep, lead: &str) -> String {
    let indent = " ".repeat(lead.len());
    let mut out = format!("{lead}{}\n", text::line(&step.what));
    if let Some(place) = &step.place {
        let _ = writeln!(out, "{indent}at {}", text::line(place));
    }
    if let Some(how) = &step.how {
        let _ = writeln!(out, "{indent}{}", text::line(how));
    }
    if let Some(code) = &step.code {
        let _ = writeln!(out, "{indent}more: caws explain {}", text::line(code));
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The lines of a table whose columns are as wide as they must be, two blanks apart, aligned to the right where `right`
/// says so.
pub(crate) fn columns(rows: &[Vec<String>], right: &[bool]) -> Vec<String> {
    let widest = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| width(cell))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..right.len()).map(widest).collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .zip(right)
                .map(|((cell, &to), right)| {
                    if *right {
                        format!("{}{cell}", " ".repeat(to.saturating_sub(width(cell))))
                    } else {
                        pad(cell, to)
                    }
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}
