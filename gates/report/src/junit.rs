//! JUnit XML: one test case per gate, for machines that draw test results.

use std::fmt::Write as _;

use caws_evidence::{Finding, Severity, Verdict};

use crate::view::{GateRow, Outcome, RunView, place_text, severity_word};
use crate::{number, text};

/// The document of a run: `fail` is a failure; `vacuous`, `unmeasured` and `error` are errors;
/// what is waived, does not apply or was not run is skipped.
#[must_use]
pub fn run(view: &RunView) -> String {
    let rows: Vec<GateRow<'_>> = view.rows().collect();
    let count =
        |wanted: fn(Outcome<'_>) -> bool| rows.iter().filter(|row| wanted(row.outcome())).count();
    let seconds: f64 = rows.iter().filter_map(GateRow::seconds).sum();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{seconds:.3}\"",
        rows.len(),
        count(|outcome| outcome == Outcome::Judged(Verdict::Fail)),
        count(is_error),
        count(is_skipped),
    );
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"caws\" {counts}>\n  <testsuite name=\"{}\" timestamp=\"{}\" {counts}>\n",
        text::xml(&view.plan.spec.id),
        text::xml(&view.manifest.caws.started),
    );
    for row in &rows {
        let _ = write!(
            out,
            "    <testcase classname=\"caws.gates\" name=\"{}\" time=\"{:.3}\">",
            text::xml(&row.plan.gate),
            row.seconds().unwrap_or(0.0),
        );
        out.push_str(&outcome(row, &row.key_text(&view.plan.trust.terms)));
        out.push_str(&system_out(row));
        out.push_str("</testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// The document of a command that yields findings: one test case per finding, a failure where it is an
/// error; one passing case where there is none.
#[must_use]
pub fn findings(command: &str, findings: &[Finding]) -> String {
    let failures = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let tests = findings.len().max(1);
    let name = text::xml(command);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"caws\" {counts}>\n  <testsuite name=\"{name}\" {counts}>\n",
    );
    if findings.is_empty() {
        let _ = writeln!(
            out,
            "    <testcase classname=\"caws.{name}\" name=\"{name}\"></testcase>"
        );
    }
    for finding in findings {
        let place = finding
            .place
            .as_ref()
            .map(|place| format!(" {}", place_text(place)))
            .unwrap_or_default();
        let title = text::xml(&format!("{}{place}", finding.code));
        let body = text::xml(&details(&[finding]));
        let inner = match finding.severity {
            Severity::Error => format!(
                "<failure type=\"{}\" message=\"{}\">{body}</failure>",
                text::xml(&finding.code),
                text::xml(&finding.message)
            ),
            Severity::Warning | Severity::Note => format!("<system-out>{body}</system-out>"),
        };
        let _ = writeln!(
            out,
            "    <testcase classname=\"caws.{name}\" name=\"{title}\">{inner}</testcase>"
        );
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn is_error(outcome: Outcome<'_>) -> bool {
    matches!(
        outcome,
        Outcome::Judged(Verdict::Vacuous | Verdict::Unmeasured | Verdict::Error)
    )
}

fn is_skipped(outcome: Outcome<'_>) -> bool {
    matches!(
        outcome,
        Outcome::Judged(Verdict::Waived) | Outcome::NotApplicable(_) | Outcome::NotRun
    )
}

fn outcome(row: &GateRow<'_>, key: &str) -> String {
    let outcome = row.outcome();
    let word = outcome.word();
    let (message, body) = (
        text::xml(&format!("{word}: {key}")),
        text::xml(&details(&row.findings())),
    );
    match outcome {
        Outcome::Judged(Verdict::Pass) => String::new(),
        Outcome::Judged(Verdict::Fail) => {
            format!("<failure type=\"{word}\" message=\"{message}\">{body}</failure>")
        }
        outcome if is_error(outcome) => {
            format!("<error type=\"{word}\" message=\"{message}\">{body}</error>")
        }
        _ => format!("<skipped message=\"{message}\"/>"),
    }
}

fn details(findings: &[&Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let place = finding
            .place
            .as_ref()
            .map(|place| format!("{}: ", place_text(place)))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{}[{}] {place}{}",
            severity_word(finding.severity),
            finding.code,
            finding.message
        );
        for (label, fact) in [
            ("expected", &finding.expected),
            ("found", &finding.found),
            ("help", &finding.help),
        ] {
            if let Some(fact) = fact {
                let _ = writeln!(out, "  {label}: {fact}");
            }
        }
    }
    out
}

fn system_out(row: &GateRow<'_>) -> String {
    let Some(evidence) = row.evidence else {
        return String::new();
    };
    let numbers: Vec<String> = evidence
        .measurements
        .iter()
        .map(number::measurement)
        .collect();
    if numbers.is_empty() {
        return String::new();
    }
    format!(
        "<system-out>{}</system-out>",
        text::xml(&numbers.join("\n"))
    )
}
