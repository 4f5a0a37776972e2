//! The portfolio as Markdown.

use std::fmt::Write as _;

use caws_policy::Held;

use super::{PortfolioView, effort, held, length, people, sections, span, symbol, tier, totals};
use crate::text::markdown as show;
use crate::{markdown, text};

/// Characters of one foreign string.
const LONGEST: usize = 400;

/// The whole report.
#[must_use]
pub fn run(view: &PortfolioView) -> String {
    let symbol = if view.passed() { "✓" } else { "✗" };
    let mut out = format!(
        "## {symbol} Portfolio {}\n\n{}\n\n",
        show(&view.directory),
        view.summary()
    );
    out.push_str(&tiers(view));
    out.push_str(&components(view));
    out.push_str(&plan(view));
    if !view.left_out.is_empty() {
        out.push_str("### Left out\n\n");
        for (path, why) in &view.left_out {
            let _ = writeln!(out, "- {}: {why}", show(path));
        }
        out.push('\n');
    }
    out.push_str(&markdown::findings("Findings", &view.findings));
    out
}

fn cell(foreign: &str) -> String {
    show(&text::shorten(foreign, LONGEST))
}

fn tiers(view: &PortfolioView) -> String {
    let mut out = "| Tier | Components | Scenarios | Threats | With a mitigation | Work left |\n|---|---|---|---|---|---|\n".to_owned();
    for (label, totals) in totals(&view.portfolio.statistics()) {
        let _ = writeln!(
            out,
            "| {label} | {} | {} | {} | {} | {} |",
            totals.components,
            totals.scenarios,
            totals.threats,
            totals.mitigated,
            effort(&totals),
        );
    }
    out.push('\n');
    out
}

fn components(view: &PortfolioView) -> String {
    let mut out = "### Components\n\n| Component | Title | Tier | Scenarios | Threats | Sections | Days | Depends on | Coverage | Mutation score |\n\
                   |---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (position, (entry, numbers)) in view.rows().enumerate() {
        let number = |of: Option<&Held>| {
            of.map_or_else(String::new, |of| {
                cell(&format!("{} {}", symbol(of), held(of)))
            })
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(entry.name()),
            cell(&entry.title),
            tier(entry),
            entry.scenarios,
            entry.threats,
            sections(entry),
            entry
                .effort
                .map_or_else(|| "unknown".to_owned(), |effort| effort.to_string()),
            cell(&view.needs(position).join(", ")),
            number(numbers.map(|numbers| &numbers.coverage)),
            number(numbers.map(|numbers| &numbers.mutation)),
        );
    }
    out.push('\n');
    for source in &view.sources {
        let _ = writeln!(out, "- {}", cell(&source.text()));
    }
    for (gate, why, names) in view.not_measured() {
        let _ = writeln!(
            out,
            "- no {gate} of {}: {}",
            cell(&names.join(", ")),
            cell(why)
        );
    }
    out.push('\n');
    out
}

fn plan(view: &PortfolioView) -> String {
    let mut out = format!(
        "### Plan\n\nOne person, one after the other: {}. {} side by side: {}.\n\n",
        length(view.alone.length),
        people(view.team.people),
        view.schedule()
    );
    if !view.team.assignments.is_empty() {
        out.push_str("| When | Person | Component | Title |\n|---|---|---|---|\n");
    }
    for assignment in &view.team.assignments {
        let (id, title) = view.name(assignment.entry);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            span(assignment.start, assignment.end),
            assignment.person + 1,
            cell(id),
            cell(title)
        );
    }
    out.push('\n');
    for component in &view.team.unplanned {
        let (name, _) = view.name(component.entry);
        let _ = writeln!(
            out,
            "- {} is in no plan: {}",
            cell(name),
            cell(&component.why)
        );
    }
    if !view.team.unplanned.is_empty() {
        out.push('\n');
    }
    out
}
