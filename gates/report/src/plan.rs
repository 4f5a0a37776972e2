//! A plan for people: what would run, what it needs to pass, what is cached.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use caws_policy::{GatePlan, Plan};
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
    for active in plan.waivers.iter().flat_map(|waivers| &waivers.active) {
        let waiver = &active.waiver;
        let _ = writeln!(
            out,
            "waiver {}: `{}` may fail until {}; the score ends at 79",
            text::line(&waiver.id),
            text::line(&waiver.gate),
            waiver.expires,
        );
    }
    out
}

fn entry(gate: &GatePlan, outlook: &Outlook, palette: Palette) -> String {
    let name = palette.heading(&text::line(&gate.gate));
    let mut out = format!("{name}: {}\n", text::line(&state(gate, outlook)));
    if !gate.applies {
        return out;
    }
    for requirement in &gate.requirements {
        let _ = writeln!(
            out,
            "  passes with {} {} {}, asked by {}",
            text::line(&requirement.measurement),
            number::comparator_words(requirement.comparator),
            requirement.threshold,
            text::line(&requirement.source),
        );
    }
    if let Some(term) = gate.term {
        let _ = writeln!(out, "  feeds the score's term {}", term_word(term));
    }
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

/// The plan as a Markdown table.
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
