//! One gate's evidence on the page.

use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Finding, Measurement, Severity, ToolIdentity};
use maud::{Markup, html};

use super::{UP, outcome};
use crate::text::{block, href};
use crate::view::{GateRow, place_text, severity_word};
use crate::{Outcome, number};

/// Everything recorded of a gate.
pub(super) fn details(row: &GateRow<'_>) -> Markup {
    let Some(evidence) = row.evidence else {
        return html! {};
    };
    let open = row.outcome() != Outcome::Judged(caws_evidence::Verdict::Pass);
    html! {
        details id=(format!("gate-{}", href(&evidence.gate))) open[open] {
            summary { h3 { (evidence.gate) } " " (outcome(row.outcome())) }
            (findings(&row.findings()))
            (measurements(evidence))
            dl {
                dt { "Measured" } dd { (evidence.started) " to " (evidence.finished) }
                dt { "Record" } dd {
                    a href=(format!("{UP}{}", href(&row.evidence_path()))) { (row.evidence_path()) }
                    @if let Some(entry) = row.entry { " " code.dim { "sha256 " (entry.evidence_sha256) } }
                }
                dt { "Plan" } dd { code.dim { "sha256 " (evidence.plan_sha256) } }
                @for (name, value) in &evidence.environment { dt { (name) } dd { (value) } }
                @if !evidence.scope.included.is_empty() { dt { "Looked at" } dd { (evidence.scope.included.join(", ")) } }
                @if !evidence.scope.excluded.is_empty() { dt { "Left out" } dd { (evidence.scope.excluded.join(", ")) } }
                @if !evidence.waivers.is_empty() { dt { "Waivers" } dd { (evidence.waivers.join(", ")) } }
            }
            (tools(&evidence.tools))
            (outputs(evidence))
            @for step in &evidence.steps {
                details {
                    summary { "Step " (step.name) ": " (exit(step.exit_code)) }
                    pre { code { (step.command.join(" ")) } }
                    p.dim { (step.started) " to " (step.finished) }
                    @if !step.key_output.is_empty() { pre tabindex="0" { (block(&step.key_output)) } }
                }
            }
        }
    }
}

fn exit(code: Option<i32>) -> String {
    code.map_or_else(
        || "stopped by a signal or a deadline".to_owned(),
        |code| format!("exit code {code}"),
    )
}

fn findings(findings: &[&Finding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            ul.findings {
                @for finding in findings {
                    li {
                        strong class=(severity_class(finding.severity)) { (severity_word(finding.severity)) } " "
                        code { (finding.code) } " "
                        @if let Some(place) = &finding.place { code { (place_text(place)) } " " }
                        (finding.message)
                        dl {
                            @for (label, fact) in [("Expected", &finding.expected), ("Found", &finding.found), ("Help", &finding.help)] {
                                @if let Some(fact) = fact { dt { (label) } dd { (fact) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Note => "dim",
    }
}

fn measurements(evidence: &Evidence) -> Markup {
    html! {
        @if !evidence.measurements.is_empty() {
            div.scroll tabindex="0" role="region" aria-label=(format!("Measurements of {}", evidence.gate)) {
                table {
                    caption { "Measurements of " (evidence.gate) }
                    thead { tr { th scope="col" { "Measurement and threshold" } th scope="col" { "Result" } th.number scope="col" { "Samples" } th scope="col" { "Basis" } } }
                    tbody {
                        @for measurement in &evidence.measurements {
                            tr {
                                th scope="row" { (number::measurement(measurement)) }
                                td { (result(measurement)) }
                                td.number { @if let Some(samples) = measurement.observation.sample_size { (samples) } }
                                td { (basis(measurement.observation.basis)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn result(measurement: &Measurement) -> Markup {
    match (measurement.met, measurement.threshold) {
        (Some(true), _) => html! { span.good { "✓ met" } },
        (Some(false), _) => html! { span.bad { "✗ missed" } },
        (None, Some(_)) => html! { span.warn { "? undecided" } },
        (None, None) => html! { span.dim { "for information" } },
    }
}

const fn basis(basis: caws_evidence::Basis) -> &'static str {
    match basis {
        caws_evidence::Basis::Observed => "observed",
        caws_evidence::Basis::Reported => "reported",
        caws_evidence::Basis::Inferred => "inferred",
    }
}

fn tools(tools: &[ToolIdentity]) -> Markup {
    html! {
        @if !tools.is_empty() {
            table {
                caption { "Programs whose answers entered the evidence" }
                thead { tr { th scope="col" { "Tool" } th scope="col" { "Version" } th scope="col" { "SHA-256 of the executable" } } }
                tbody { @for tool in tools { tr { th scope="row" { (tool.name) } td { (tool.version) } td { code { (tool.sha256) } } } } }
            }
        }
    }
}

fn outputs(evidence: &Evidence) -> Markup {
    html! {
        @if !evidence.outputs.is_empty() {
            table {
                caption { "Raw outputs, from which the numbers are computed again" }
                thead { tr { th scope="col" { "Role" } th scope="col" { "File" } th scope="col" { "SHA-256 of the stored bytes, and of the content" } } }
                tbody {
                    @for output in &evidence.outputs {
                        @let path = format!("{}/{}/{}", layout::EVIDENCE_DIR, evidence.gate, output.path);
                        tr {
                            th scope="row" { (output.role) }
                            td { a href=(format!("{UP}{}", href(&path))) { (path) } " " span.dim { (output.media_type) } }
                            td { code { (output.sha256) } br; code.dim { (output.content_sha256) } }
                        }
                    }
                }
            }
        }
    }
}
