//! Markdown for a pull request's comment or a step summary.

use std::fmt::Write as _;

use caws_evidence::Finding;

use crate::view::{Outcome, RunView, place_text, severity_word, term_word};
use crate::{next, number, text};

/// First line of every comment, so that the next run finds and replaces it.
pub const MARKER: &str = "<!-- caws-report -->";

/// Findings per gate; a comment holds 65,536 characters on the common code hosts.
const FINDINGS_PER_GATE: usize = 20;
/// Characters of one foreign string.
const LONGEST: usize = 400;

/// The report of a run.
#[must_use]
pub fn run(view: &RunView) -> String {
    let symbol = if view.passed() { "✓" } else { "✗" };
    let mut out = format!(
        "{MARKER}
## {symbol} caws {}: {}

",
        view.conclusion(),
        show(&view.ground())
    );
    let spec = &view.plan.spec;
    let _ = writeln!(
        out,
        "{} {}, tier {}, {}; {}\n",
        show(&spec.id),
        show(&spec.title),
        spec.risk_tier,
        show(&spec.profile),
        show(&view.subject()),
    );
    out.push_str(&gates(view));
    if !view.partial {
        out.push_str(&score(view));
    }
    out.push_str(&waivers(view));
    if let Some(step) = next::next_step(view) {
        let _ = write!(out, "**Next:** {}", show(&step.what));
        for detail in [step.place, step.how].into_iter().flatten() {
            let _ = write!(out, "; {}", show(&detail));
        }
        out.push_str("\n\n");
    }
    out.push_str(&all_findings(view));
    match view.unsigned() {
        Some(why) => {
            let _ = writeln!(out, "Unsigned: {}", show(why));
        }
        None => out.push_str(
            "Signed; `caws verify` checks the signature and computes every number again.
",
        ),
    }
    out
}

/// The report of a command that yields findings.
#[must_use]
pub fn findings(title: &str, findings: &[Finding]) -> String {
    let mut out = format!("## {}\n\n", show(title));
    if findings.is_empty() {
        out.push_str("No findings.\n");
    }
    for finding in findings {
        out.push_str(&item(finding));
    }
    out
}

fn gates(view: &RunView) -> String {
    let mut out = "| Gate | Verdict | Key number | Time |\n|---|---|---|---|\n".to_owned();
    for row in view.rows() {
        let outcome = row.outcome();
        let time = row.seconds().map(number::duration).unwrap_or_default();
        let cached = row
            .cached()
            .map(|at| format!("; cached, measured at {}", show(at)))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} {} | {} | {time}{cached} |",
            show(&row.plan.gate),
            // A lone `~` or `-` is text in a table cell; `!` and `·` likewise.
            outcome.symbol(),
            outcome.word(),
            show(&row.key_text(&view.plan.trust.terms)),
        );
    }
    out.push('\n');
    out
}

fn score(view: &RunView) -> String {
    let mut out = "| Term | Points | Value | How | Evidence |\n|---|---|---|---|---|\n".to_owned();
    for term in &view.score.terms {
        let name = term_word(term.term);
        let Some((points, most)) = view.points(term) else {
            let reason = term.not_applicable.as_deref().unwrap_or_default();
            let _ = writeln!(out, "| {name} | | | not applicable: {} | |", show(reason));
            continue;
        };
        let value = term.value.map_or_else(|| "none".to_owned(), number::counts);
        let evidence: Vec<String> = term
            .gates
            .iter()
            .filter_map(|gate| view.row(gate))
            .map(|row| show(&row.evidence_path()))
            .collect();
        let _ = writeln!(
            out,
            "| {name} | {points:.1} of {most:.1} | {value} | {} | {} |",
            show(&term.note),
            evidence.join(", "),
        );
    }
    if let Some(cap) = view.cap() {
        let _ = writeln!(out, "\nThe score is {}.", show(&cap));
    }
    out.push('\n');
    out
}

/// What was let pass, who asked and who approved.
fn waivers(view: &RunView) -> String {
    let mut out = String::new();
    for (waiver, gates) in view.waivers() {
        if out.is_empty() {
            out.push_str("| Waiver | Waives | Until | Asked by, approved by | Why |\n|---|---|---|---|---|\n");
        }
        let waives = if gates.is_empty() {
            "nothing".to_owned()
        } else {
            show(&gates.join(", "))
        };
        let _ = writeln!(
            out,
            "| {} | {waives} | {} | {}, {} | {} |",
            show(&waiver.id),
            waiver.expires,
            show(&waiver.owner.name),
            show(&waiver.approver),
            show(&waiver.reason),
        );
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for finding in view.unmatched() {
        out.push_str(&item(&finding));
    }
    out
}

fn all_findings(view: &RunView) -> String {
    let mut out = String::new();
    for row in view.rows() {
        let findings = row.findings();
        if findings.is_empty() {
            continue;
        }
        let noun = if findings.len() == 1 {
            "finding"
        } else {
            "findings"
        };
        let open = match row.outcome() {
            Outcome::Judged(caws_evidence::Verdict::Pass) => "",
            _ => " open",
        };
        let _ = writeln!(
            out,
            "<details{open}><summary>{}: {} {noun}</summary>\n",
            show(&row.plan.gate),
            findings.len(),
        );
        for finding in findings.iter().take(FINDINGS_PER_GATE) {
            out.push_str(&item(finding));
        }
        if findings.len() > FINDINGS_PER_GATE {
            let _ = writeln!(
                out,
                "- and {} more in the full report",
                findings.len() - FINDINGS_PER_GATE
            );
        }
        out.push_str("\n</details>\n\n");
    }
    out
}

fn item(finding: &Finding) -> String {
    let place = finding
        .place
        .as_ref()
        .map(|place| format!(" at {}", show(&place_text(place))))
        .unwrap_or_default();
    let mut out = format!(
        "- **{} {}**{place}: {}\n",
        severity_word(finding.severity),
        show(&finding.code),
        show(&finding.message),
    );
    for (label, fact) in [
        ("expected", &finding.expected),
        ("found", &finding.found),
        ("help", &finding.help),
    ] {
        if let Some(fact) = fact {
            let _ = writeln!(out, "  - {label}: {}", show(fact));
        }
    }
    out
}

fn show(foreign: &str) -> String {
    text::markdown(&text::shorten(foreign, LONGEST))
}
