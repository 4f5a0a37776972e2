//! A portfolio of components, for people and other programs.
//!
//! One view, four forms: terminal, Markdown, HTML, JSON. A number that was not measured is shown as that, with
//! the reason; nothing stands in for it.

pub mod html;
pub mod json;
pub mod markdown;
pub mod terminal;

use std::collections::BTreeMap;

use caws_evidence::{Finding, Measurement, Severity};
use caws_policy::Held;
use caws_spec::portfolio::plan::days;
use caws_spec::portfolio::{Entry, Portfolio, Statistics, Totals, WorkPlan};

use crate::number;

/// Days of work in a week.
const WEEK: f64 = 5.0;

/// Everything the reports are made of.
#[derive(Debug, Clone)]
pub struct PortfolioView {
    /// The directory that was searched, as the user would type it.
    pub directory: String,
    /// Its component specs.
    pub portfolio: Portfolio,
    /// What is wrong or missing, those of the portfolio included, in the order of their places.
    pub findings: Vec<Finding>,
    /// The plan for one person.
    pub alone: WorkPlan,
    /// The plan for several.
    pub team: WorkPlan,
    /// The numbers of each entry.
    pub numbers: Vec<Numbers>,
    /// Where the numbers come from, gate by gate.
    pub sources: Vec<Source>,
    /// Specs and projects that were found and are no part of the portfolio, each with the reason.
    pub left_out: Vec<(String, &'static str)>,
}

/// What was measured of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Coverage, in its tier's metric.
    pub coverage: Held,
    /// Mutation score.
    pub mutation: Held,
}

/// Where the numbers of a gate come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The gate.
    pub gate: &'static str,
    /// The run, or why there is none.
    pub run: Result<RunRef, String>,
}

/// The run that measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRef {
    /// Where its record lies.
    pub artifacts: String,
    /// The commit it was about; `None` outside a git repository.
    pub commit: Option<String>,
    /// Whether there were uncommitted changes.
    pub dirty: bool,
    /// When the gate was done, RFC 3339 UTC.
    pub measured: String,
}

impl PortfolioView {
    /// Whether nothing blocks: no spec with an error, no target that is missed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }

    /// The entries with their numbers.
    fn rows(&self) -> impl Iterator<Item = (&Entry, Option<&Numbers>)> {
        let numbers = self.numbers.iter().map(Some).chain(std::iter::repeat(None));
        self.portfolio.entries.iter().zip(numbers)
    }

    /// The entry at a position of a plan.
    fn name(&self, position: usize) -> (&str, &str) {
        self.portfolio
            .entries
            .get(position)
            .map_or(("", ""), |entry| (entry.name(), entry.title.as_str()))
    }

    /// The names of what the entry at a position depends on.
    fn needs(&self, position: usize) -> Vec<&str> {
        let needs = self.portfolio.needs(position).iter();
        needs.map(|need| self.name(*need).0).collect()
    }

    /// `12 components, 96 scenarios, 36 threats, 36 of them with a mitigation`.
    #[must_use]
    pub fn summary(&self) -> String {
        let all = self.portfolio.statistics().all;
        format!(
            "{}, {}, {}, {} of them with a mitigation",
            counted(all.components, "component"),
            counted(all.scenarios, "scenario"),
            counted(all.threats, "threat"),
            all.mitigated,
        )
    }

    /// The plan for several people in a sentence, and what no plan undercuts.
    #[must_use]
    pub fn schedule(&self) -> String {
        let plan = &self.team;
        let bound = format!(
            "no plan is shorter than {} (longest chain {}, all work divided by {} {})",
            length(plan.bound()),
            length(plan.critical_path),
            people(plan.people),
            length(plan.share),
        );
        format!("{}; {bound}", length(plan.length))
    }

    /// Why numbers are not measured that the gate's source does not explain, and for which components, by gate.
    fn not_measured(&self) -> Vec<(&'static str, &str, Vec<&str>)> {
        const GATES: [(&str, Of); 2] = [("coverage", coverage as Of), ("mutation", mutation as Of)];
        let mut found: Vec<(&'static str, &str, Vec<&str>)> = Vec::new();
        for (gate, of) in GATES {
            let explained = |why: &str| {
                self.sources.iter().any(|source| {
                    source.gate == gate
                        && source.run.as_ref().err().is_some_and(|known| known == why)
                })
            };
            let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (entry, numbers) in self.rows() {
                let why = numbers.and_then(|numbers| of(numbers).not_measured.as_deref());
                if let Some(why) = why.filter(|why| !explained(why)) {
                    reasons.entry(why).or_default().push(entry.name());
                }
            }
            found.extend(reasons.into_iter().map(|(why, names)| (gate, why, names)));
        }
        found
    }
}

type Of = fn(&Numbers) -> &Held;

fn coverage(numbers: &Numbers) -> &Held {
    &numbers.coverage
}

fn mutation(numbers: &Numbers) -> &Held {
    &numbers.mutation
}

impl Source {
    /// In a sentence.
    fn text(&self) -> String {
        match &self.run {
            Ok(run) => {
                let commit = match &run.commit {
                    Some(commit) => {
                        format!("commit {}", commit.chars().take(12).collect::<String>())
                    }
                    None => "files without a commit".to_owned(),
                };
                let dirty = if run.dirty {
                    " with uncommitted changes"
                } else {
                    ""
                };
                format!(
                    "{} measured at {} on {commit}{dirty}, record in {}",
                    self.gate, run.measured, run.artifacts
                )
            }
            Err(why) => format!("{} not measured: {why}", self.gate),
        }
    }
}

/// A mark that is legible without colour.
fn symbol(held: &Held) -> &'static str {
    match (held.met, &held.observation) {
        (Some(true), _) => "✓",
        (Some(false), _) => "✗",
        (None, Some(_)) => "?",
        (None, None) => "·",
    }
}

/// `91.2 % (912 of 1000), at least 90 %`, or `not measured, at least 90 %`.
fn held(held: &Held) -> String {
    let asked = held.requirement.as_ref();
    let Some(observation) = &held.observation else {
        return match asked {
            Some(asked) => format!("not measured, at least {}", percent(asked.threshold)),
            None => "not measured".to_owned(),
        };
    };
    let text = number::measurement(&Measurement {
        observation: observation.clone(),
        comparator: asked.map(|asked| asked.comparator),
        threshold: asked.map(|asked| asked.threshold),
        met: held.met,
    });
    let name = format!("{} ", observation.name);
    text.strip_prefix(&name).unwrap_or(&text).to_owned()
}

/// A share of 1 as a percentage, without digits that say nothing.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    let short = text.trim_end_matches('0').trim_end_matches('.');
    format!("{short} %")
}

/// Quarters of a day as `7.5 days (1.5 weeks)`.
fn length(quarters: u64) -> String {
    let days = days(quarters);
    let plural = if days == 1.0 { "" } else { "s" };
    let weeks = format!("{:.1}", days / WEEK);
    let weeks = weeks.trim_end_matches('0').trim_end_matches('.');
    let plural_weeks = if weeks == "1" { "" } else { "s" };
    format!("{days} day{plural} ({weeks} week{plural_weeks})")
}

/// `from day 10 to 17.5`.
fn span(start: u64, end: u64) -> String {
    format!("day {} to {}", days(start), days(end))
}

/// The rows of a table of totals, that of all last: a label, its counts, and the effort.
fn totals(statistics: &Statistics) -> Vec<(String, Totals)> {
    let label = |tier: &Option<u8>| tier.map_or_else(|| "none".to_owned(), |tier| tier.to_string());
    // Components without a tier come last, not first.
    let (with, without): (Vec<_>, Vec<_>) = statistics
        .tiers
        .iter()
        .partition(|(tier, _)| tier.is_some());
    with.into_iter()
        .chain(without)
        .map(|(tier, totals)| (label(tier), *totals))
        .chain([("all".to_owned(), statistics.all)])
        .collect()
}

/// Work left: `27.5 days`, and for how many components nobody knows.
fn effort(totals: &Totals) -> String {
    let unknown = totals.components.saturating_sub(totals.estimated);
    let days = totals.days();
    let plural = if days == 1.0 { "" } else { "s" };
    match unknown {
        0 => format!("{days} day{plural}"),
        unknown => format!("{days} day{plural}, {unknown} unknown"),
    }
}

fn tier(entry: &Entry) -> String {
    entry
        .tier
        .map_or_else(|| "none".to_owned(), |tier| tier.to_string())
}

fn sections(entry: &Entry) -> String {
    let complete = entry
        .sections
        .iter()
        .filter(|state| state.is_complete())
        .count();
    format!("{complete} of {}", entry.sections.len())
}

fn people(count: usize) -> String {
    if count == 1 {
        "one person".to_owned()
    } else {
        format!("{count} people")
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
