//! What gives a generation away.

use serde_json::Value;

use super::Dialect;
use crate::document::Document;

/// Something that stands in a document and speaks for a generation of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clue {
    /// Where, as a JSON pointer.
    pub at: String,
    /// What it is.
    pub says: &'static str,
}

impl Clue {
    /// What it is, and on which line it stands; what speaks as a whole stands on none.
    #[must_use]
    pub fn with_line(&self, document: &Document) -> String {
        match document.key_place_of(&self.at).line {
            Some(line) if !self.at.is_empty() => format!("{} (line {line})", self.says),
            _ => self.says.to_owned(),
        }
    }
}

/// Which generation a document is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// The generation.
    pub dialect: Dialect,
    /// What speaks for it, the strongest first; nothing where nothing speaks for any.
    pub because: Vec<Clue>,
}

/// Which generation a document is of: the one that most speaks for.
///
/// A document nothing speaks for is taken to be of the current dialect, and judged by it.
#[must_use]
pub fn recognise(document: &Document) -> Recognition {
    let mut best: Option<(u32, Recognition)> = None;
    for dialect in Dialect::ALL {
        let mut seen: Vec<(u32, Clue)> = SIGNS
            .iter()
            .filter(|sign| sign.dialect == dialect)
            .filter_map(|sign| {
                let at = (sign.find)(document.value())?;
                Some((
                    sign.weight,
                    Clue {
                        at,
                        says: sign.says,
                    },
                ))
            })
            .collect();
        let mut weight: u32 = seen.iter().map(|(weight, _)| weight).sum();
        // That a closed schema takes the document speaks for it only where the document looks like it.
        if dialect == Dialect::Cli3
            && has_eleven(document.value())
            && dialect.faults(document).is_empty()
        {
            weight += 3;
            let says = "it satisfies the closed schema of that generation";
            seen.push((
                3,
                Clue {
                    at: String::new(),
                    says,
                },
            ));
        }
        seen.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        if weight > best.as_ref().map_or(0, |(best, _)| *best) {
            let because = seen.into_iter().map(|(_, clue)| clue).collect();
            best = Some((weight, Recognition { dialect, because }));
        }
    }
    let mut recognition = best.map_or(
        Recognition {
            dialect: Dialect::Current,
            because: Vec::new(),
        },
        |(_, recognition)| recognition,
    );
    // The current dialect is version 1.0 and more: what version 1.0 refuses is judged by the current one.
    if recognition.dialect == Dialect::V1 && !Dialect::V1.faults(document).is_empty() {
        recognition.dialect = Dialect::Current;
    }
    recognition
}

struct Sign {
    dialect: Dialect,
    weight: u32,
    says: &'static str,
    /// The place of the sign, if it is there.
    find: fn(&Value) -> Option<String>,
}

/// More than all other signs together.
const DECISIVE: u32 = 100;
const STRONG: u32 = 4;
const FAIR: u32 = 2;
const WEAK: u32 = 1;

/// A sign that is a key.
macro_rules! key {
    ($dialect:ident, $weight:expr, $at:literal, $says:literal) => {
        Sign {
            dialect: Dialect::$dialect,
            weight: $weight,
            says: $says,
            find: |spec| spec.pointer($at).map(|_| $at.to_owned()),
        }
    };
}

macro_rules! sign {
    ($dialect:ident, $weight:expr, $says:literal, $find:expr) => {
        Sign {
            dialect: Dialect::$dialect,
            weight: $weight,
            says: $says,
            find: $find,
        }
    };
}

static SIGNS: &[Sign] = &[
    key!(
        Current,
        DECISIVE,
        "/open_questions",
        "it has `open_questions`"
    ),
    key!(Current, DECISIVE, "/targets", "it has `targets`"),
    key!(Current, DECISIVE, "/component", "it has a `component`"),
    sign!(
        Current,
        DECISIVE,
        "it has a key that begins with `x-`",
        set_aside
    ),
    key!(V1, 20, "/profile", "it has a `profile`"),
    key!(V1, 20, "/rationale", "it has a `rationale`"),
    key!(
        SpecV1,
        3 * STRONG,
        "/lifecycle_state",
        "it has a `lifecycle_state`"
    ),
    key!(SpecV1, FAIR, "/resolution", "it has a `resolution`"),
    key!(SpecV1, FAIR, "/successors", "it has `successors`"),
    key!(SpecV1, FAIR, "/blockers", "it has `blockers`"),
    key!(SpecV1, FAIR, "/closure_notes", "it has `closure_notes`"),
    key!(SpecV1, FAIR, "/scope/support", "its scope has `support`"),
    sign!(SpecV1, FAIR, "its `evidence` is a list", |spec| array(
        spec,
        "/evidence"
    )),
    sign!(SpecV1, FAIR, "its `observability` is a list", |spec| array(
        spec,
        "/observability"
    )),
    sign!(
        SpecV1,
        FAIR,
        "its `non_functional.reliability` is a list",
        |spec| array(spec, "/non_functional/reliability")
    ),
    sign!(SpecV1, FAIR, "its contracts have a `name`", |spec| member(
        spec,
        "/contracts",
        "name"
    )),
    key!(
        Hardening,
        STRONG,
        "/hardening_checklist",
        "it has a `hardening_checklist`"
    ),
    key!(
        Hardening,
        STRONG,
        "/testing_strategy",
        "it has a `testing_strategy`"
    ),
    sign!(Hardening, FAIR, "its id ends with `-HARDEN`", |spec| {
        let id = spec.get("id")?.as_str()?;
        id.ends_with("-HARDEN").then(|| "/id".to_owned())
    }),
    sign!(
        Hardening,
        FAIR,
        "its ways back have `slo_minutes`",
        |spec| member(spec, "/rollback", "slo_minutes")
    ),
    sign!(Hardening, WEAK, "its threats have a `mitigation`", |spec| {
        member(spec, "/threats", "mitigation")
    }),
    sign!(Cli9, STRONG, "its mode is `development`", |spec| text(
        spec,
        "/mode",
        &["development"]
    )),
    sign!(Cli9, STRONG, "its tier is written with a letter", |spec| {
        text(spec, "/risk_tier", &["T1", "T2", "T3"])
    }),
    key!(Cli9, STRONG, "/scope/include", "its scope has `include`"),
    key!(Cli9, FAIR, "/scope/exclude", "its scope has `exclude`"),
    sign!(
        Cli9,
        STRONG,
        "it has a `worktree` and no `lifecycle_state`",
        |spec| {
            spec.get("worktree")?;
            (spec.get("lifecycle_state").is_none()).then(|| "/worktree".to_owned())
        }
    ),
    sign!(
        Cli9,
        WEAK,
        "it has the four keys its schema asks for, and not the eleven of the CLI 5.x",
        |spec| (FOUR.iter().all(|key| spec.get(key).is_some()) && !has_eleven(spec))
            .then(|| "/mode".to_owned())
    ),
    key!(
        Cli5,
        FAIR,
        "/acceptance_criteria",
        "it has `acceptance_criteria`"
    ),
    key!(Cli5, FAIR, "/type", "it has a `type`"),
    key!(Cli5, FAIR, "/status", "it has a `status`"),
    key!(Cli5, WEAK, "/created_at", "it has `created_at`"),
    key!(
        Cli5,
        FAIR,
        "/change_budget/max_days",
        "its budget has `max_days`"
    ),
    key!(
        Cli5,
        FAIR,
        "/change_budget/max_complexity",
        "its budget has `max_complexity`"
    ),
    key!(
        Cli5,
        FAIR,
        "/blast_radius/external_apis",
        "its blast radius has `external_apis`"
    ),
    key!(
        Cli5,
        FAIR,
        "/experimental_mode",
        "it has an `experimental_mode`"
    ),
    sign!(
        Cli5,
        FAIR,
        "its contracts have the types of that CLI",
        |spec| {
            let known = ["project_setup", "cli_interface"];
            let found = spec
                .get("contracts")?
                .as_array()?
                .iter()
                .position(|contract| {
                    contract
                        .get("type")
                        .and_then(Value::as_str)
                        .is_some_and(|kind| known.contains(&kind))
                })?;
            Some(format!("/contracts/{found}/type"))
        }
    ),
    sign!(Cli5, WEAK, "its contracts have a `validation`", |spec| {
        member(spec, "/contracts", "validation")
    }),
    sign!(Cli5, WEAK, "`non_functional.a11y` is a list", |spec| array(
        spec,
        "/non_functional/a11y"
    )),
    sign!(
        Cli5,
        WEAK,
        "it has the eleven keys that CLI asks for",
        |spec| has_eleven(spec).then(|| "/mode".to_owned())
    ),
    key!(
        Cli3,
        STRONG,
        "/experiment_mode",
        "it has an `experiment_mode`"
    ),
    key!(Cli3, STRONG, "/timeboxed_hours", "it has `timeboxed_hours`"),
    key!(Cli3, STRONG, "/human_override", "it has a `human_override`"),
    key!(
        Cli3,
        STRONG,
        "/ai_assessment/recommended_pairing",
        "its assessment has `recommended_pairing`"
    ),
    sign!(
        Cli3,
        FAIR,
        "its confidence is a whole number of ten",
        |spec| {
            let level = spec.pointer("/ai_assessment/confidence_level")?.as_u64()?;
            (2..=10)
                .contains(&level)
                .then(|| "/ai_assessment/confidence_level".to_owned())
        }
    ),
    key!(
        Legacy,
        STRONG,
        "/ai_assessment/confidence",
        "its assessment has a `confidence`"
    ),
    sign!(
        Legacy,
        FAIR,
        "numbers stand directly in `non_functional`",
        |spec| {
            let members = spec.get("non_functional")?.as_object()?;
            let (key, _) = members.iter().find(|(_, value)| value.is_number())?;
            Some(format!("/non_functional/{}", crate::document::escape(key)))
        }
    ),
    sign!(Legacy, FAIR, "its logs have labels", |spec| {
        let logs = spec.pointer("/observability/logs")?.as_array()?;
        let found = logs.iter().position(Value::is_object)?;
        Some(format!("/observability/logs/{found}"))
    }),
    sign!(Legacy, WEAK, "its threats have a `mitigation`", |spec| {
        member(spec, "/threats", "mitigation")
    }),
];

const FOUR: [&str; 4] = ["id", "title", "risk_tier", "mode"];

fn has_eleven(spec: &Value) -> bool {
    const REST: [&str; 7] = [
        "blast_radius",
        "operational_rollback_slo",
        "scope",
        "invariants",
        "acceptance",
        "non_functional",
        "contracts",
    ];
    FOUR.iter().chain(&REST).all(|key| spec.get(key).is_some())
}

/// The pointer, where a list stands there.
fn array(spec: &Value, pointer: &str) -> Option<String> {
    spec.pointer(pointer)?
        .is_array()
        .then(|| pointer.to_owned())
}

/// The first item of a list that has a key.
fn member(spec: &Value, list: &str, key: &str) -> Option<String> {
    let items = spec.pointer(list)?.as_array()?;
    let found = items.iter().position(|item| item.get(key).is_some())?;
    Some(format!("{list}/{found}/{key}"))
}

/// The pointer, where one of these texts stands there.
fn text(spec: &Value, pointer: &str, texts: &[&str]) -> Option<String> {
    let found = spec.pointer(pointer)?.as_str()?;
    texts.contains(&found).then(|| pointer.to_owned())
}

/// The first key of the document or of its sections that begins with `x-`.
fn set_aside(spec: &Value) -> Option<String> {
    let members = spec.as_object()?;
    let direct = members.keys().find(|key| key.starts_with("x-"));
    if let Some(key) = direct {
        return Some(format!("/{}", crate::document::escape(key)));
    }
    members.iter().find_map(|(section, value)| {
        let key = value
            .as_object()?
            .keys()
            .find(|key| key.starts_with("x-"))?;
        Some(format!(
            "/{}/{}",
            crate::document::escape(section),
            crate::document::escape(key)
        ))
    })
}
