//! What the verifier found, gate by gate.

use std::fmt::Write as _;

use caws_evidence::Verdict;
use caws_verify::{GateReport, Held, Report, Reproduced, Rerun, SignatureState};

use crate::view::{Outcome, verdict_word};
use crate::{Palette, markdown, terminal, text};

/// The report for a terminal.
#[must_use]
pub fn run(report: &Report, palette: Palette, quiet: bool) -> String {
    let mut out = String::new();
    if !quiet {
        out.push_str(&subject(report));
        out.push_str(&table(report, palette));
        for finding in &report.findings {
            out.push_str(&terminal::finding("verify", finding, palette));
        }
    }
    let verdict = if report.ok {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let line = format!(
        "{} {}",
        Outcome::Judged(verdict).symbol(),
        conclusion(report)
    );
    let _ = writeln!(out, "{}", palette.verdict(verdict, &line));
    out
}

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = format!(
        "## {}\n\n{}\n\n",
        text::markdown("caws verify"),
        text::markdown(&conclusion(report))
    );
    if let Some(held) = &report.ledger {
        let _ = write!(out, "{}\n\n", text::markdown(&ledger(held)));
    }
    let again = report.gates.iter().any(|gate| gate.rerun.is_some());
    out.push_str("| Gate | Verdict | Signature | Consistent | Reproduced |");
    out.push_str(if again { " Run again |\n" } else { "\n" });
    out.push_str("|---|---|---|---|---|");
    out.push_str(if again { "---|\n" } else { "\n" });
    for gate in &report.gates {
        let [signature, consistent, reproduced] = answers(gate);
        let _ = write!(
            out,
            "| {} | {} | {signature} | {consistent} | {} |",
            text::markdown(&gate.gate),
            gate.verdict.map_or("none", verdict_word),
            text::markdown(&reproduced),
        );
        if again {
            let _ = write!(out, " {} |", text::markdown(&rerun(gate)));
        }
        out.push('\n');
    }
    out.push('\n');
    if !report.findings.is_empty() {
        out.push_str(&markdown::findings("Findings", &report.findings));
    }
    out
}

/// One sentence.
#[must_use]
pub fn conclusion(report: &Report) -> String {
    let score = report
        .score
        .as_ref()
        .map_or_else(String::new, |score| match score.recomputed {
            Some(recomputed) => format!(
                "; trust score {recomputed} computed again, {} claimed",
                score.claimed
            ),
            None => format!(
                "; trust score {} claimed, not computed again",
                score.claimed
            ),
        });
    let files = report.files;
    if !report.ok {
        return format!("not verified: {files} files checked{score}");
    }
    match report.signature {
        SignatureState::Valid => format!("verified: {files} files checked, signature valid{score}"),
        SignatureState::Missing | SignatureState::Invalid => {
            format!("consistent and reproduced, but not signed: {files} files checked{score}")
        }
    }
}

fn subject(report: &Report) -> String {
    let mut out = String::new();
    if let Some(commit) = &report.commit {
        let dirty = if report.dirty == Some(true) {
            " with uncommitted changes"
        } else {
            ""
        };
        let _ = writeln!(out, "record of {}{dirty}", text::line(commit));
    }
    let state = match report.signature {
        SignatureState::Valid => "valid",
        SignatureState::Missing => "missing",
        SignatureState::Invalid => "invalid",
    };
    let _ = write!(out, "signature of the manifest: {state}");
    if let Some(key) = &report.key {
        let _ = write!(out, ", key {}", text::line(key));
    }
    out.push('\n');
    for key in report
        .signers
        .iter()
        .filter(|key| Some(*key) != report.key.as_ref())
    {
        let _ = writeln!(out, "cosigned by key {}", text::line(key));
    }
    if let Some(held) = &report.ledger {
        let _ = writeln!(out, "{}", ledger(held));
    }
    out.push('\n');
    out
}

/// What the ledger says of the record.
fn ledger(held: &Held) -> String {
    format!(
        "ledger {}, {} leaves, root {}: {} of {} bundles stand in it",
        text::line(&held.origin),
        held.size,
        text::line(&held.root),
        held.found,
        held.bundles
    )
}

fn table(report: &Report, palette: Palette) -> String {
    let again = report.gates.iter().any(|gate| gate.rerun.is_some());
    let mut head = vec!["gate", "verdict", "signature", "consistent", "reproduced"];
    head.extend(again.then_some("run again"));
    let mut rows = vec![head.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for gate in &report.gates {
        let [signature, consistent, reproduced] = answers(gate);
        let mut row = vec![
            text::line(&gate.gate),
            gate.verdict.map_or("none", verdict_word).to_owned(),
            signature,
            consistent,
            text::line(&reproduced),
        ];
        row.extend(again.then(|| text::line(&rerun(gate))));
        rows.push(row);
    }
    let left = vec![false; rows.first().map_or(0, Vec::len)];
    let mut out = String::new();
    for (index, line) in terminal::columns(&rows, &left).into_iter().enumerate() {
        let line = if index == 0 { palette.dim(&line) } else { line };
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
    out
}

/// Signature, consistent, reproduced: words that stand without colour.
fn answers(gate: &GateReport) -> [String; 3] {
    let signature = match gate.signature {
        SignatureState::Valid => "✓ valid",
        SignatureState::Missing => "? missing",
        SignatureState::Invalid => "✗ invalid",
    };
    let consistent = if gate.consistent { "✓ yes" } else { "✗ no" };
    let reproduced = match &gate.reproduced {
        Reproduced::Yes => "✓ yes".to_owned(),
        Reproduced::No => "✗ no".to_owned(),
        Reproduced::NotAttempted(why) => format!("- not attempted: {why}"),
    };
    [signature.to_owned(), consistent.to_owned(), reproduced]
}

/// What a second run gave.
fn rerun(gate: &GateReport) -> String {
    match &gate.rerun {
        Some(Rerun::Same) => "✓ same".to_owned(),
        Some(Rerun::Agrees) => "✓ agrees".to_owned(),
        Some(Rerun::Differs) => "✗ differs".to_owned(),
        Some(Rerun::NotAttempted(why)) => format!("- not attempted: {why}"),
        None => String::new(),
    }
}
