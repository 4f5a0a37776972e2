//! The sections every component spec has, so that two of them can be compared.

#[cfg(test)]
mod tests;

use caws_evidence::{Finding, codes};
use serde_json::Value;

use crate::document::Document;
use crate::notice::{Details as _, error, warning};

/// A section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: &'static str,
    /// JSON pointers of what it consists of.
    parts: &'static [&'static str],
    /// Whether an empty list says something: that nothing is out of scope, that there is no contract.
    may_be_empty: bool,
    /// What it should say.
    help: &'static str,
}

/// Whether a spec has a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionState {
    /// Which.
    pub section: Section,
    /// Keys that are missing or say nothing; empty where the section is complete.
    pub missing: Vec<&'static str>,
}

impl SectionState {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

const fn filled(name: &'static str, parts: &'static [&'static str], help: &'static str) -> Section {
    Section {
        name,
        parts,
        may_be_empty: false,
        help,
    }
}

const fn stated(name: &'static str, parts: &'static [&'static str], help: &'static str) -> Section {
    Section {
        name,
        parts,
        may_be_empty: true,
        help,
    }
}

/// All sections, in the order of reports.
pub const SECTIONS: [Section; 14] = [
    filled(
        "metadata",
        &["/id", "/title", "/risk_tier", "/mode"],
        "say what the work is, its tier and its kind",
    ),
    filled(
        "change budget",
        &["/change_budget/max_files", "/change_budget/max_loc"],
        "say how large the change may be",
    ),
    filled(
        "blast radius",
        &["/blast_radius/modules", "/blast_radius/data_migration"],
        "say what a fault could harm, and whether stored data changes its form",
    ),
    filled(
        "threats",
        &["/threats"],
        "say what could go wrong, and what is done about it",
    ),
    stated(
        "scope",
        &["/scope/in", "/scope/out"],
        "say which files the work may touch, and which not",
    ),
    filled("invariants", &["/invariants"], "say what must stay true"),
    filled(
        "acceptance",
        &["/acceptance"],
        "say how one knows that it works",
    ),
    filled(
        "non-functional",
        &["/non_functional"],
        "say how fast, safe and reliable it must be",
    ),
    stated(
        "contracts",
        &["/contracts"],
        "name the interfaces, or write `contracts: []`",
    ),
    filled(
        "observability",
        &["/observability"],
        "say what is logged, counted and traced",
    ),
    filled(
        "rollback",
        &["/rollback"],
        "say how the work is taken back in operation",
    ),
    filled(
        "assessment",
        &["/ai_assessment"],
        "say how sure its author is, and of what not",
    ),
    filled(
        "testing strategy",
        &["/testing_strategy"],
        "say which kinds of tests look at what",
    ),
    filled(
        "hardening checklist",
        &["/hardening_checklist"],
        "say what must be so before it counts as hardened",
    ),
];

/// The state of every section of a document.
pub(super) fn of(value: &Value) -> Vec<SectionState> {
    SECTIONS
        .into_iter()
        .map(|section| SectionState {
            section,
            missing: section
                .parts
                .iter()
                .copied()
                .filter(|pointer| !says_something(value.pointer(pointer), section.may_be_empty))
                .collect(),
        })
        .collect()
}

fn says_something(value: Option<&Value>, may_be_empty: bool) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(_) | Value::Number(_)) => true,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(items)) => {
            may_be_empty || items.iter().any(|item| says_something(Some(item), false))
        }
        Some(Value::Object(members)) => members
            .values()
            .any(|member| says_something(Some(member), may_be_empty)),
    }
}

/// A finding for each section with something missing: an error in tier 1, else a warning.
pub(super) fn missing(
    document: &Document,
    tier: Option<u8>,
    sections: &[SectionState],
) -> Vec<Finding> {
    sections
        .iter()
        .filter_map(|state| {
            let first = state.missing.first()?;
            let keys: Vec<String> = state
                .missing
                .iter()
                .map(|pointer| format!("`{}`", pointer.trim_start_matches('/').replace('/', ".")))
                .collect();
            let place = document.key_place_of(first);
            let message = format!("the component spec has no {}", state.section.name);
            let finding = if tier == Some(1) {
                error(codes::PORTFOLIO_SECTION, place, message)
            } else {
                warning(codes::PORTFOLIO_SECTION, place, message)
            };
            Some(
                finding
                    .expected(keys.join(", "))
                    .found("nothing said")
                    .help(state.section.help),
            )
        })
        .collect()
}
