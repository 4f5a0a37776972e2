//! One page for people: self-contained, readable without scripts, in light and dark.

mod gate;

use caws_evidence::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::text::href;
use crate::view::{Outcome, RunView, Seal, term_word};
use crate::{next, number};

/// No resource outside the page, no script: the page says so itself to the browser.
const SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// From the page's folder (`report/`) to the artifacts directory.
const UP: &str = "../";

/// The page of a run.
#[must_use]
pub fn run(view: &RunView) -> String {
    let spec = &view.plan.spec;
    Page {
        title: &format!("{} {}", spec.id, view.conclusion()),
        style: "",
        skip: "Skip to the verdict",
        header: html! {
            p.dim { "caws report" }
            h1 { (spec.id) ": " (spec.title) }
            p.dim { "Tier " (spec.risk_tier) ", " (spec.profile) "; " (view.subject()) "; run " (view.manifest.caws.started) " to " (view.manifest.caws.finished) }
        },
        main: html! {
            (verdict(view))
            @if !view.partial { (score(view)) }
            (waivers(view))
            (gates(view))
            section aria-labelledby="details" {
                h2 id="details" { "Evidence, gate by gate" }
                @for row in view.rows().filter(|row| row.evidence.is_some()) { (gate::details(&row)) }
            }
            (plan(view))
            (record(view))
        },
        footer: html! {
            p.dim { "Written by " (view.manifest.agent) ". Every number above can be computed again from the files it names: " code { "caws verify " (view.artifacts) } }
        },
    }
    .render()
}

/// A page of this program, from its parts.
pub(crate) struct Page<'p> {
    /// Behind `caws: `.
    pub title: &'p str,
    /// Style sheet beside that of all pages.
    pub style: &'p str,
    /// Words of the link that leads past the header.
    pub skip: &'p str,
    pub header: Markup,
    pub main: Markup,
    pub footer: Markup,
}

impl Page<'_> {
    pub(crate) fn render(self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(SECURITY);
                    title { "caws: " (self.title) }
                    style { (PreEscaped(include_str!("style.css"))) (PreEscaped(self.style)) }
                }
                body {
                    a.skip href="#main" { (self.skip) }
                    header { (self.header) }
                    main id="main" { (self.main) }
                    footer { (self.footer) }
                }
            }
        };
        page.into_string()
    }
}

fn verdict(view: &RunView) -> Markup {
    let (class, symbol) = if view.passed() {
        ("verdict good", "✓")
    } else {
        ("verdict bad", "✗")
    };
    html! {
        section aria-labelledby="verdict" {
            h2 id="verdict" { "Verdict" }
            p class=(class) {
                (symbol) " The run " (view.conclusion()) ": " (view.ground())
            }
            @if let Some(step) = next::next_step(view) {
                p { strong { "Next: " } (step.what) }
                dl {
                    @if let Some(place) = &step.place { dt { "Where" } dd { code { (place) } } }
                    @if let Some(how) = &step.how { dt { "How" } dd { (how) } }
                    @if let Some(code) = &step.code { dt { "More" } dd { code { "caws explain " (code) } } }
                }
            }
            @if let Some(why) = view.unsigned() { p.warn { "Unsigned: " (why) } }
            @if let Seal::Signed { key, cosigners } = &view.seal {
                p { "Signed with key " code { (key) } @for key in cosigners { ", cosigned with key " code { (key) } } "; whether a signature is valid, and counts, " code { "caws verify" } " says." }
            }
        }
    }
}

fn score(view: &RunView) -> Markup {
    html! {
        section aria-labelledby="score" {
            h2 id="score" { "Trust score, term by term" }
            div.scroll tabindex="0" role="region" aria-labelledby="score" {
                table {
                    caption { "Points of 100; terms that do not apply are in no sum" @if let Some(cap) = view.cap() { "; " (cap) } }
                    thead { tr { th scope="col" { "Term" } th.number scope="col" { "Points" } th scope="col" { "Value" } th scope="col" { "How it came about" } th scope="col" { "Evidence" } } }
                    tbody {
                        @for term in &view.score.terms {
                            tr {
                                th scope="row" { (term_word(term.term)) }
                                @match view.points(term) {
                                    None => { td.number {} td { "not applicable" } td.dim { (term.not_applicable.as_deref().unwrap_or_default()) } td {} },
                                    Some((points, most)) => {
                                        td.number { (format!("{points:.1} of {most:.1}")) }
                                        td { (term.value.map_or_else(|| "none".to_owned(), number::counts)) }
                                        td { (term.note) }
                                        td {
                                            @for row in term.gates.iter().filter_map(|gate| view.row(gate)) {
                                                @let path = row.evidence_path();
                                                a href=(format!("{UP}{}", href(&path))) { (path) }
                                                @if let Some(entry) = row.entry { br; code.dim { "sha256 " (entry.evidence_sha256) } br; }
                                            }
                                        }
                                    },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What was let pass, who asked and who approved; nothing where there is no waiver.
fn waivers(view: &RunView) -> Markup {
    let waivers: Vec<_> = view.waivers().collect();
    html! {
        @if !waivers.is_empty() {
            section aria-labelledby="waivers" {
                h2 id="waivers" { "Waivers" }
                div.scroll tabindex="0" role="region" aria-labelledby="waivers" {
                    table {
                        caption { "Leave to fail that held for this run; while one does, the score ends at 79" }
                        thead { tr { th scope="col" { "Waiver" } th scope="col" { "Waives" } th scope="col" { "Until" } th scope="col" { "Asked by, approved by" } th scope="col" { "Why, and what keeps the damage small" } th scope="col" { "Signature" } } }
                        tbody {
                            @for (waiver, gates) in &waivers {
                                tr {
                                    th scope="row" { (waiver.id) }
                                    td { @if gates.is_empty() { span.warn { "nothing" } } @else { (gates.join(", ")) } }
                                    td { (waiver.expires) }
                                    td { (waiver.owner.name) ", " (waiver.approver) }
                                    td { (waiver.reason) br; span.dim { (waiver.compensating_control) } }
                                    td { a href=(format!("{UP}{}", href(&waiver.bundle_path()))) { (waiver.bundle_path()) } }
                                }
                            }
                        }
                    }
                }
                @for finding in view.unmatched() { p.warn { (finding.code) ": " (finding.message) @if let Some(help) = &finding.help { "; " (help) } } }
            }
        }
    }
}

fn gates(view: &RunView) -> Markup {
    html! {
        section aria-labelledby="gates" {
            h2 id="gates" { "Gates" }
            div.scroll tabindex="0" role="region" aria-labelledby="gates" {
                table {
                    caption { "What each gate concluded, and the number it hangs on" }
                    thead { tr { th scope="col" { "Gate" } th scope="col" { "Verdict" } th scope="col" { "Key number" } th.number scope="col" { "Time" } } }
                    tbody {
                        @for row in view.rows() {
                            tr {
                                th scope="row" {
                                    @if row.evidence.is_some() { a href=(format!("#gate-{}", href(&row.plan.gate))) { (row.plan.gate) } }
                                    @else { (row.plan.gate) }
                                }
                                td { (outcome(row.outcome())) }
                                td {
                                    (row.key_text(&view.plan.trust.terms))
                                    @if let Some(measured) = row.cached() { br; span.dim { "cached, measured at " (measured) } }
                                }
                                td.number { (row.seconds().map(number::duration).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn plan(view: &RunView) -> Markup {
    let plan = &view.plan;
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "The plan, fixed before anything ran" }
            dl {
                dt { "Spec" } dd { (plan.spec.path) " " code.dim { "sha256 " (plan.spec.sha256) } }
                dt { "Policy" } dd { (plan.policy.path) " " code.dim { "sha256 " (plan.policy.sha256) } }
                dt { "Configuration" } dd { (plan.config.path) " " code.dim { "sha256 " (plan.config.sha256) } }
                dt { "Plan" } dd { a href=(format!("{UP}{}", caws_evidence::manifest::layout::PLAN)) { (caws_evidence::manifest::layout::PLAN) } " " code.dim { "sha256 " (view.manifest.caws.plan_sha256) } }
            }
            div.scroll tabindex="0" role="region" aria-labelledby="plan" {
                table {
                    caption { "What would pass" }
                    thead { tr { th scope="col" { "Gate" } th scope="col" { "Measurement" } th scope="col" { "Threshold" } th scope="col" { "Asked by" } } }
                    tbody {
                        @for gate in &plan.gates { @for requirement in &gate.requirements {
                            tr {
                                th scope="row" { (gate.gate) }
                                td { (requirement.measurement) }
                                td { (number::comparator_words(requirement.comparator)) " " (requirement.threshold) }
                                td { (requirement.source) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn record(view: &RunView) -> Markup {
    html! {
        section aria-labelledby="record" {
            h2 id="record" { "The record" }
            p { a href=(format!("{UP}{}", caws_evidence::manifest::layout::MANIFEST)) { (caws_evidence::manifest::layout::MANIFEST) } " covers these files:" }
            details {
                summary { (view.manifest.caws.files.len()) " files by digest" }
                div.scroll tabindex="0" role="region" aria-labelledby="record" {
                    table {
                        caption { "Paths relative to the artifacts directory" }
                        thead { tr { th scope="col" { "Path" } th scope="col" { "SHA-256" } } }
                        tbody { @for file in &view.manifest.caws.files { tr { th scope="row" { a href=(format!("{UP}{}", href(&file.path))) { (file.path) } } td { code { (file.sha256) } } } } }
                    }
                }
            }
        }
    }
}

/// Symbol and word of an outcome in its colour.
fn outcome(outcome: Outcome<'_>) -> Markup {
    let class = match outcome {
        Outcome::Judged(Verdict::Pass) => "good",
        Outcome::Judged(Verdict::Fail | Verdict::Error) => "bad",
        Outcome::Judged(Verdict::Waived | Verdict::Vacuous | Verdict::Unmeasured) => "warn",
        Outcome::NotApplicable(_) | Outcome::NotRun => "dim",
    };
    html! { span class=(class) { span aria-hidden="true" { (outcome.symbol()) " " } (outcome.word()) } }
}
