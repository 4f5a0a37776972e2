//! A plan for people: what would run, what it needs to pass, what is cached.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use caws_policy::{GatePlan, Plan, Requirement, Term};
use serde::Serialize;

use crate::view::term_word;
use crate::{Palette, json, number, text};

/// What is known about carrying a plan out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outlook {
    /// Gates the cache would answer, each with when it was measured.
    pub cached: BTreeMap<String, String>,
    /// Tools that are not there.
    pub missing: Vec<MissingTool>,
    /// Gates that apply and that nobody has said how to measure.
    pub unconfigured: Vec<String>,
}

/// A tool that a gate needs and that is not there.
#[derive(Debug, Clone, Serialize)]
pub struct MissingTool {
    /// The gate.
    pub gate: String,
    /// The tool.
    pub tool: String,
    /// The version pinned.
    pub wanted: String,
    /// The command that mends it.
    pub mend: String,
}

/// The plan for a terminal.
#[must_use]
pub fn run(plan: &Plan, outlook: &Outlook, palette: Palette) -> String {
    let spec = &plan.spec;
    let mut out = format!(
        "{}\ntier {}, {}; trust score {} needed\n\n",
        palette.heading(&format!(
            "{} {}",
            text::line(&spec.id),
            text::line(&spec.title)
        )),
        spec.risk_tier,
        text::line(&spec.profile),
        plan.trust.threshold,
    );
    for gate in &plan.gates {
        out.push_str(&entry(gate, outlook, palette));
    }
    for waiver in waivers(plan) {
        let _ = writeln!(out, "{}", text::line(&waiver));
    }
    out
}

/// The waivers that hold, a sentence each.
fn waivers(plan: &Plan) -> impl Iterator<Item = String> {
    let active = plan.waivers.iter().flat_map(|waivers| &waivers.active);
    active.map(|active| {
        let waiver = &active.waiver;
        format!(
            "waiver {}: `{}` may fail until {}; the score ends at 79",
            waiver.id, waiver.gate, waiver.expires,
        )
    })
}

fn entry(gate: &GatePlan, outlook: &Outlook, palette: Palette) -> String {
    let name = palette.heading(&text::line(&gate.gate));
    let mut out = format!("{name}: {}\n", text::line(&state(gate, outlook)));
    if !gate.applies {
        return out;
    }
    out.push_str(&asked(&gate.requirements, gate.term));
    let tools: Vec<String> = gate
        .tools
        .iter()
        .map(|tool| format!("{} {}", tool.name, tool.version))
        .collect();
    if !tools.is_empty() {
        let _ = writeln!(out, "  runs {}", text::line(&tools.join(", ")));
    }
    for missing in outlook
        .missing
        .iter()
        .filter(|missing| missing.gate == gate.gate)
    {
        let tool = text::line(&format!("{} {}", missing.tool, missing.wanted));
        let _ = writeln!(out, "  lacks {tool}; mend: {}", text::line(&missing.mend));
    }
    out
}

/// What a gate needs to pass, and what it feeds; a line each.
pub(crate) fn asked(requirements: &[Requirement], term: Option<Term>) -> String {
    let mut out = String::new();
    for requirement in requirements {
        let _ = writeln!(
            out,
            "  passes with {} {} {}, asked by {}",
            text::line(&requirement.measurement),
            number::comparator_words(requirement.comparator),
            requirement.threshold,
            text::line(&requirement.source),
        );
    }
    if let Some(term) = term {
        let _ = writeln!(out, "  feeds the score's term {}", term_word(term));
    }
    out
}

fn state(gate: &GatePlan, outlook: &Outlook) -> String {
    if !gate.applies {
        return format!(
            "not applicable, {}",
            gate.reason.as_deref().unwrap_or("no reason recorded")
        );
    }
    if outlook.unconfigured.contains(&gate.gate) {
        return "would be unmeasured, because .caws.yml does not configure it".to_owned();
    }
    match outlook.cached.get(&gate.gate) {
        Some(measured) => format!("cached, measured at {measured}"),
        None => "would run".to_owned(),
    }
}

/// The plan as a Markdown table, with the waivers that hold below it.
#[must_use]
pub fn markdown(plan: &Plan, outlook: &Outlook) -> String {
    let mut out = "| Gate | State | Passes with |\n|---|---|---|\n".to_owned();
    for gate in &plan.gates {
        let needs: Vec<String> = gate
            .requirements
            .iter()
            .map(|r| {
                text::markdown(&format!(
                    "{} {} {}",
                    r.measurement,
                    number::comparator_words(r.comparator),
                    r.threshold
                ))
            })
            .collect();
        let needs = if gate.applies {
            needs.join("; ")
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "| {} | {} | {needs} |",
            text::markdown(&gate.gate),
            text::markdown(&state(gate, outlook))
        );
    }
    for (index, waiver) in waivers(plan).enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}- {}", text::markdown(&waiver));
    }
    out
}

#[derive(Serialize)]
struct PlanDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    plan: &'a Plan,
    #[serde(flatten)]
    outlook: &'a Outlook,
}

/// The plan for other programs.
///
/// # Errors
/// When a threshold is not finite.
pub fn json(plan: &Plan, outlook: &Outlook) -> serde_json::Result<String> {
    json::document(&PlanDocument {
        schema_version: json::SCHEMA_VERSION,
        kind: "plan",
        plan,
        outlook,
    })
}
