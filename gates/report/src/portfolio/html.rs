//! The portfolio as one page: self-contained, readable without scripts, in light and dark.

use caws_evidence::{Finding, Severity};
use caws_policy::Held;
use caws_spec::portfolio::WorkPlan;
use maud::{Markup, html};

use super::{PortfolioView, effort, held, length, people, sections, span, symbol, tier, totals};
use crate::html::Page;
use crate::view::{place_text, severity_word};

/// The bars of the plan.
const BARS: &str = ".lane { position: relative; height: 1.9rem; border-bottom: 1px solid var(--line); }\
 .bar { position: absolute; top: .2rem; height: 1.5rem; overflow: hidden; white-space: nowrap; font-size: .8rem; line-height: 1.5rem;\
 padding: 0 .3rem; background: var(--soft); border: 1px solid var(--dim); border-radius: .2rem; }";

/// The page.
#[must_use]
pub fn run(view: &PortfolioView) -> String {
    Page {
        title: &format!("portfolio {}", view.directory),
        style: BARS,
        skip: "Skip to the numbers",
        header: html! {
            p.dim { "caws portfolio" }
            h1 { (view.directory) }
            p { (view.summary()) }
        },
        main: html! {
            (tiers(view))
            (components(view))
            (sources(view))
            (plan(view))
            (findings(&view.findings))
            (left_out(view))
        },
        footer: html! { p.dim { "Written by caws " (env!("CARGO_PKG_VERSION")) "." } },
    }
    .render()
}

fn tiers(view: &PortfolioView) -> Markup {
    html! {
        section aria-labelledby="tiers" {
            h2 id="tiers" { "Tiers" }
            div.scroll tabindex="0" role="region" aria-labelledby="tiers" {
                table {
                    caption { "What the specs hold" }
                    thead { tr { th scope="col" { "Tier" } th.number scope="col" { "Components" } th.number scope="col" { "Scenarios" } th.number scope="col" { "Threats" } th.number scope="col" { "With a mitigation" } th.number scope="col" { "Work left" } } }
                    tbody {
                        @for (label, totals) in totals(&view.portfolio.statistics()) {
                            tr {
                                th scope="row" { (label) }
                                td.number { (totals.components) }
                                td.number { (totals.scenarios) }
                                td.number { (totals.threats) }
                                td.number { (totals.mitigated) }
                                td.number { (effort(&totals)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn components(view: &PortfolioView) -> Markup {
    html! {
        section aria-labelledby="components" {
            h2 id="components" { "Components" }
            div.scroll tabindex="0" role="region" aria-labelledby="components" {
                table {
                    caption { "Each with what it is asked for and what was measured" }
                    thead { tr { th scope="col" { "Component" } th.number scope="col" { "Tier" } th.number scope="col" { "Scenarios" } th.number scope="col" { "Threats" } th.number scope="col" { "Sections" } th.number scope="col" { "Days" } th scope="col" { "Depends on" } th scope="col" { "Coverage" } th scope="col" { "Mutation score" } } }
                    tbody {
                        @for (position, (entry, numbers)) in view.rows().enumerate() {
                            tr {
                                th scope="row" { (entry.name()) br; span.dim { (entry.title) } br; code.dim { (entry.path) } }
                                td.number { (tier(entry)) }
                                td.number { (entry.scenarios) }
                                td.number { (entry.threats) }
                                td.number { (sections(entry)) }
                                td.number { @match entry.effort { Some(effort) => { (effort) }, None => { "unknown" } } }
                                td { (view.needs(position).join(", ")) }
                                @for of in [numbers.map(|numbers| &numbers.coverage), numbers.map(|numbers| &numbers.mutation)] {
                                    td { @if let Some(of) = of { (number(of)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn number(of: &Held) -> Markup {
    let class = match (of.met, &of.observation) {
        (Some(true), _) => "good",
        (Some(false), _) => "bad",
        (None, Some(_)) => "warn",
        (None, None) => "dim",
    };
    html! {
        span class=(class) { span aria-hidden="true" { (symbol(of)) " " } (held(of)) }
        @if let Some(why) = &of.not_measured { br; span.dim { (why) } }
    }
}

fn sources(view: &PortfolioView) -> Markup {
    html! {
        section aria-labelledby="sources" {
            h2 id="sources" { "Where the numbers come from" }
            ul { @for source in &view.sources { li { (source.text()) } } }
        }
    }
}

fn plan(view: &PortfolioView) -> Markup {
    let team = &view.team;
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "Plan of the work left" }
            dl {
                dt { "One person" } dd { (length(view.alone.length)) }
                dt { (people(team.people)) " side by side" } dd { (view.schedule()) }
            }
            (bars(view, team))
            @if !team.assignments.is_empty() {
                div.scroll tabindex="0" role="region" aria-labelledby="plan" {
                    table {
                        caption { "Who does what when, in days of work" }
                        thead { tr { th scope="col" { "When" } th.number scope="col" { "Person" } th scope="col" { "Component" } } }
                        tbody {
                            @for assignment in &team.assignments {
                                @let (id, title) = view.name(assignment.entry);
                                tr { td { (span(assignment.start, assignment.end)) } td.number { (assignment.person + 1) } th scope="row" { (id) " " span.dim { (title) } } }
                            }
                        }
                    }
                }
            }
            @if !team.unplanned.is_empty() {
                h3 { "In no plan" }
                ul { @for component in &team.unplanned { li { (view.name(component.entry).0) ": " (component.why) } } }
            }
        }
    }
}

/// The same as the table, drawn: a lane for each person.
fn bars(view: &PortfolioView, plan: &WorkPlan) -> Markup {
    let share = |quarters: u64| quarters as f64 / plan.length.max(1) as f64 * 100.0;
    let busy = plan
        .assignments
        .iter()
        .map(|assignment| assignment.person + 1)
        .max()
        .unwrap_or(0);
    html! {
        div aria-hidden="true" {
            @for person in 0..busy {
                div.lane {
                    @for assignment in plan.assignments.iter().filter(|assignment| assignment.person == person && assignment.end > assignment.start) {
                        div.bar style=(format!("left: {:.3}%; width: {:.3}%", share(assignment.start), share(assignment.end - assignment.start))) { (view.name(assignment.entry).0) }
                    }
                }
            }
        }
    }
}

fn findings(findings: &[Finding]) -> Markup {
    let class = |severity| match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Note => "dim",
    };
    html! {
        section aria-labelledby="findings" {
            h2 id="findings" { "Findings" }
            @if findings.is_empty() { p { "None." } }
            ul.findings {
                @for finding in findings {
                    li {
                        strong class=(class(finding.severity)) { (severity_word(finding.severity)) } " " code { (finding.code) } " "
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

fn left_out(view: &PortfolioView) -> Markup {
    html! {
        @if !view.left_out.is_empty() {
            section aria-labelledby="left-out" {
                h2 id="left-out" { "Left out" }
                ul { @for (path, why) in &view.left_out { li { code { (path) } ": " (why) } } }
            }
        }
    }
}
