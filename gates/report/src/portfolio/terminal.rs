//! The portfolio for a terminal.

use std::fmt::Write as _;

use caws_evidence::Verdict;

use super::{
    PortfolioView, counted, effort, held, length, people, sections, span, symbol, tier, totals,
};
use crate::terminal::{Detail, columns};
use crate::{Palette, text};

/// The whole report. Findings are not in it: they are shown at their places, with the lines they point at.
#[must_use]
pub fn run(view: &PortfolioView, palette: Palette, detail: Detail) -> String {
    let mut out = String::new();
    if detail != Detail::Quiet {
        let title = format!("portfolio {}", text::line(&view.directory));
        let _ = writeln!(out, "{}\n{}\n", palette.heading(&title), view.summary());
        out.push_str(&tiers(view));
        out.push_str(&components(view, palette));
        out.push_str(&numbers(view));
        out.push_str(&plan(view, palette));
        for (path, why) in &view.left_out {
            let _ = writeln!(out, "left out: {}, {why}", text::line(path));
        }
        if !view.left_out.is_empty() {
            out.push('\n');
        }
    }
    out.push_str(&conclusion(view, palette));
    out
}

/// A table, with a blank line below it.
fn table(rows: &[Vec<String>], right: &[bool]) -> String {
    let mut out = String::new();
    for line in columns(rows, right) {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
    out
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn tiers(view: &PortfolioView) -> String {
    let mut rows = vec![owned(&[
        "tier",
        "components",
        "scenarios",
        "threats",
        "mitigated",
        "work left",
    ])];
    for (label, totals) in totals(&view.portfolio.statistics()) {
        rows.push(vec![
            label,
            totals.components.to_string(),
            totals.scenarios.to_string(),
            totals.threats.to_string(),
            totals.mitigated.to_string(),
            effort(&totals),
        ]);
    }
    table(&rows, &[false, true, true, true, true, false])
}

fn components(view: &PortfolioView, palette: Palette) -> String {
    let mut rows = vec![owned(&[
        "component",
        "tier",
        "scenarios",
        "threats",
        "sections",
        "days",
        "coverage",
        "mutation score",
    ])];
    for (entry, numbers) in view.rows() {
        let number = |of: Option<&caws_policy::Held>| {
            of.map_or_else(String::new, |of| format!("{} {}", symbol(of), held(of)))
        };
        rows.push(vec![
            text::line(entry.name()),
            tier(entry),
            entry.scenarios.to_string(),
            entry.threats.to_string(),
            sections(entry),
            entry
                .effort
                .map_or_else(|| "unknown".to_owned(), |effort| effort.to_string()),
            text::line(&number(numbers.map(|numbers| &numbers.coverage))),
            text::line(&number(numbers.map(|numbers| &numbers.mutation))),
        ]);
    }
    format!(
        "{}\n{}",
        palette.heading("components"),
        table(&rows, &[false, true, true, true, true, true, false, false])
    )
}

/// Where the numbers come from, and why some are missing.
fn numbers(view: &PortfolioView) -> String {
    let mut out = String::new();
    for source in &view.sources {
        let _ = writeln!(out, "{}", text::line(&source.text()));
    }
    for (gate, why, names) in view.not_measured() {
        let _ = writeln!(
            out,
            "{gate} not measured of {}: {}",
            text::line(&names.join(", ")),
            text::line(why)
        );
    }
    out.push('\n');
    out
}

fn plan(view: &PortfolioView, palette: Palette) -> String {
    let mut out = format!(
        "{}\n  {}\n",
        palette.heading("one person, one after the other"),
        length(view.alone.length)
    );
    let order: Vec<String> = view
        .alone
        .assignments
        .iter()
        .map(|assignment| text::line(view.name(assignment.entry).0))
        .collect();
    if !order.is_empty() {
        let _ = writeln!(out, "  {}", order.join(", "));
    }
    let title = format!("{} side by side", people(view.team.people));
    let _ = writeln!(out, "\n{}\n  {}", palette.heading(&title), view.schedule());
    // More people than components have nothing to do.
    for person in 0..view.team.people.min(view.team.assignments.len()) {
        let rows: Vec<Vec<String>> = view
            .team
            .assignments
            .iter()
            .filter(|assignment| assignment.person == person)
            .map(|assignment| {
                let (id, title) = view.name(assignment.entry);
                vec![
                    span(assignment.start, assignment.end),
                    text::line(id),
                    text::shorten(&text::line(title), 60),
                ]
            })
            .collect();
        if !rows.is_empty() {
            let _ = writeln!(out, "  person {}", person + 1);
            out.push_str(table(&rows, &[false, false, false]).trim_end_matches('\n'));
            out.push('\n');
        }
    }
    for component in &view.team.unplanned {
        let (name, _) = view.name(component.entry);
        let _ = writeln!(
            out,
            "  in no plan: {}, {}",
            text::line(name),
            text::line(&component.why)
        );
    }
    out.push('\n');
    out
}

fn conclusion(view: &PortfolioView, palette: Palette) -> String {
    let count = |severity| {
        view.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (
        count(caws_evidence::Severity::Error),
        count(caws_evidence::Severity::Warning),
    );
    let warned = match warnings {
        0 => String::new(),
        warnings => format!(", {}", counted(warnings, "warning")),
    };
    let (verdict, line) = if view.passed() {
        (Verdict::Pass, format!("✓ {}{warned}", view.summary()))
    } else {
        (
            Verdict::Fail,
            format!("✗ {}{warned}", counted(errors, "error")),
        )
    };
    format!("{}\n", palette.verdict(verdict, &line))
}
