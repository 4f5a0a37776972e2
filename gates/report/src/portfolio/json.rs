//! The portfolio for other programs.

use std::collections::BTreeMap;

use caws_evidence::{Finding, Observation};
use caws_policy::{Held, Requirement};
use caws_spec::portfolio::plan::days;
use caws_spec::portfolio::{Entry, PathsFrom, Totals, WorkPlan};
use serde::Serialize;

use super::{Numbers, PortfolioView, Source, totals};
use crate::json::{SCHEMA_VERSION, document};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    directory: &'a str,
    passed: bool,
    totals: TotalsDocument,
    /// By tier; `none` holds those whose tier is none.
    tiers: BTreeMap<String, TotalsDocument>,
    components: Vec<Component<'a>>,
    /// Files that do not parse.
    unread: &'a [String],
    sources: Vec<SourceDocument<'a>>,
    /// For one person, then for several.
    plans: [Plan<'a>; 2],
    left_out: Vec<LeftOut<'a>>,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct TotalsDocument {
    components: usize,
    scenarios: usize,
    threats: usize,
    mitigated: usize,
    sections: usize,
    effort_known: usize,
    effort_days: f64,
}

#[derive(Serialize)]
struct Component<'a> {
    id: Option<&'a str>,
    path: &'a str,
    title: &'a str,
    tier: Option<u8>,
    profile: Option<&'static str>,
    valid: bool,
    scenarios: usize,
    threats: usize,
    mitigated: usize,
    missing_sections: Vec<&'static str>,
    paths: &'a [String],
    /// `component.paths` or `scope.in`.
    paths_from: &'static str,
    effort_days: Option<f64>,
    depends_on: Vec<&'a str>,
    coverage: Option<Number<'a>>,
    mutation: Option<Number<'a>>,
}

#[derive(Serialize)]
struct Number<'a> {
    asked: Option<&'a Requirement>,
    measured: Option<&'a Observation>,
    not_measured: Option<&'a str>,
    met: Option<bool>,
}

#[derive(Serialize)]
struct SourceDocument<'a> {
    gate: &'static str,
    artifacts: Option<&'a str>,
    commit: Option<&'a str>,
    dirty: Option<bool>,
    measured: Option<&'a str>,
    not_measured: Option<&'a str>,
}

#[derive(Serialize)]
struct Plan<'a> {
    people: usize,
    days: f64,
    /// No plan is shorter.
    bound_days: f64,
    critical_path_days: f64,
    share_days: f64,
    assignments: Vec<Assignment<'a>>,
    unplanned: Vec<Unplanned<'a>>,
}

#[derive(Serialize)]
struct Assignment<'a> {
    component: &'a str,
    /// From 1.
    person: usize,
    start_day: f64,
    end_day: f64,
}

#[derive(Serialize)]
struct Unplanned<'a> {
    component: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct LeftOut<'a> {
    path: &'a str,
    why: &'static str,
}

/// The document.
///
/// # Errors
/// When a number of the evidence is not finite.
pub fn run(view: &PortfolioView) -> serde_json::Result<String> {
    let statistics = view.portfolio.statistics();
    let mut tiers: BTreeMap<String, TotalsDocument> = totals(&statistics)
        .iter()
        .map(|(label, totals)| (label.clone(), counts(totals)))
        .collect();
    tiers.remove("all");
    document(&Document {
        schema_version: SCHEMA_VERSION,
        kind: "portfolio",
        directory: &view.directory,
        passed: view.passed(),
        totals: counts(&statistics.all),
        tiers,
        components: view
            .rows()
            .enumerate()
            .map(|(position, (entry, numbers))| component(view, position, entry, numbers))
            .collect(),
        unread: &view.portfolio.unread,
        sources: view.sources.iter().map(source).collect(),
        plans: [plan(view, &view.alone), plan(view, &view.team)],
        left_out: view
            .left_out
            .iter()
            .map(|(path, why)| LeftOut {
                path: path.as_str(),
                why,
            })
            .collect(),
        findings: &view.findings,
    })
}

fn counts(totals: &Totals) -> TotalsDocument {
    TotalsDocument {
        components: totals.components,
        scenarios: totals.scenarios,
        threats: totals.threats,
        mitigated: totals.mitigated,
        sections: totals.sections,
        effort_known: totals.estimated,
        effort_days: totals.days(),
    }
}

fn component<'a>(
    view: &'a PortfolioView,
    position: usize,
    entry: &'a Entry,
    numbers: Option<&'a Numbers>,
) -> Component<'a> {
    Component {
        id: entry.id.as_deref(),
        path: &entry.path,
        title: &entry.title,
        tier: entry.tier,
        profile: entry.profile.map(|profile| profile.as_str()),
        valid: entry.valid,
        scenarios: entry.scenarios,
        threats: entry.threats,
        mitigated: entry.mitigated,
        missing_sections: entry
            .sections
            .iter()
            .filter(|state| !state.is_complete())
            .map(|state| state.section.name)
            .collect(),
        paths: &entry.paths,
        paths_from: match entry.paths_from {
            PathsFrom::Component => "component.paths",
            PathsFrom::Scope => "scope.in",
        },
        effort_days: entry.effort.map(|effort| effort.days()),
        depends_on: view.needs(position),
        coverage: numbers.map(|numbers| number(&numbers.coverage)),
        mutation: numbers.map(|numbers| number(&numbers.mutation)),
    }
}

fn number(held: &Held) -> Number<'_> {
    Number {
        asked: held.requirement.as_ref(),
        measured: held.observation.as_ref(),
        not_measured: held.not_measured.as_deref(),
        met: held.met,
    }
}

fn source(source: &Source) -> SourceDocument<'_> {
    let run = source.run.as_ref().ok();
    SourceDocument {
        gate: source.gate,
        artifacts: run.map(|run| run.artifacts.as_str()),
        commit: run.and_then(|run| run.commit.as_deref()),
        dirty: run.map(|run| run.dirty),
        measured: run.map(|run| run.measured.as_str()),
        not_measured: source.run.as_ref().err().map(String::as_str),
    }
}

fn plan<'a>(view: &'a PortfolioView, plan: &'a WorkPlan) -> Plan<'a> {
    Plan {
        people: plan.people,
        days: days(plan.length),
        bound_days: days(plan.bound()),
        critical_path_days: days(plan.critical_path),
        share_days: days(plan.share),
        assignments: plan
            .assignments
            .iter()
            .map(|assignment| Assignment {
                component: view.name(assignment.entry).0,
                person: assignment.person + 1,
                start_day: days(assignment.start),
                end_day: days(assignment.end),
            })
            .collect(),
        unplanned: plan
            .unplanned
            .iter()
            .map(|component| Unplanned {
                component: view.name(component.entry).0,
                why: &component.why,
            })
            .collect(),
    }
}
