//! Waivers of other tools and times, in the five shapes that were published: recognised by the fields only
//! one of them has, read, and said what keeps them from holding. None is signed, so none waives anything.

use std::fmt::Write as _;

use caws_evidence::{Finding, Severity, codes};
use caws_spec::Document;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::file::quoted;
use super::{MAX_DAYS, same_person};

/// A published shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A map from ids, one `gate` each, `owner` and `expiry`: the schema `waivers.schema.json` of CAWS 1.0.
    Map,
    /// A list under `waivers`, `gates`, one `approver`, `projects` and `max_trust_score`: `waivers.yml` of CLI 3.
    List,
    /// A file each, `applies_to`, `delta`, `reason_code` and `approvers`: the schema of CLI 3 to 9.
    Delta,
    /// What CLI 5 writes: `impact_level` and `mitigation_plan`, or `risk_assessment`.
    Risk,
    /// A file each, bound by `scope`, `constraints` and `revocation`: version 11.
    Kernel,
}

impl Shape {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "the map of CAWS 1.0",
            Self::List => "the list of CLI 3",
            Self::Delta => "the schema of CLI 3 to 9",
            Self::Risk => "what CLI 5 writes",
            Self::Kernel => "version 11",
        }
    }

    /// The fields that only this shape has, the most telling first.
    fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Kernel => &["/revocation", "/constraints", "/scope/spec_id"],
            Self::Delta => &[
                "/reason_code",
                "/applies_to",
                "/delta",
                "/risk_owner",
                "/mitigation",
            ],
            Self::Risk => &["/risk_assessment", "/mitigation_plan", "/impact_level"],
            Self::Map => &["/gate", "/expiry", "/compensating_control", "/ticket_url"],
            Self::List => &["/max_trust_score", "/projects", "/approver"],
        }
    }
}

/// The order in which shapes are tried: a later one kept fields of the ones before it.
const NEWEST_FIRST: [Shape; 5] = [
    Shape::Kernel,
    Shape::Risk,
    Shape::Delta,
    Shape::Map,
    Shape::List,
];

/// A waiver in a published shape, by what its fields mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldWaiver {
    /// Which shape.
    pub shape: Shape,
    /// The fields by which it was recognised.
    pub because: Vec<&'static str>,
    /// JSON pointer of it.
    pub pointer: String,
    /// Its id, or the key it stands under.
    pub id: Option<String>,
    /// Gates, as it names them.
    pub gates: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who asks.
    pub owner: Option<String>,
    /// Who allows it.
    pub approvers: Vec<String>,
    /// When it was made.
    pub created: Option<String>,
    /// When it ends.
    pub expires: Option<String>,
    /// What it says of itself: `active`, `revoked`.
    pub status: Option<String>,
    /// What keeps the damage small.
    pub control: Option<String>,
    /// The spec it is for.
    pub spec: Option<String>,
    /// Where the work is tracked.
    pub ticket: Option<String>,
    /// Fields that mean nothing in a waiver of ours.
    pub left: Vec<String>,
}

/// Fields by what they mean; the first that is there counts.
const REASON: &[&str] = &["/reason", "/reason_code", "/justification", "/rationale"];
const MORE_REASON: &[&str] = &["/description", "/title"];
const OWNER: &[&str] = &["/owner", "/risk_owner", "/requested_by", "/created_by"];
const APPROVER: &[&str] = &["/approved_by", "/approver", "/approvers"];
const CREATED: &[&str] = &["/created_at", "/created", "/approved_at"];
const EXPIRES: &[&str] = &[
    "/expires_at",
    "/expiry",
    "/expires",
    "/expiry_date",
    "/valid_until",
];
const CONTROL: &[&str] = &[
    "/compensating_control",
    "/mitigation",
    "/mitigation_plan",
    "/risk_assessment/mitigation_plan",
];
const SPEC: &[&str] = &["/scope/spec_id", "/applies_to", "/spec_id"];
const TICKET: &[&str] = &[
    "/ticket_url",
    "/ticket",
    "/metadata/related_issue",
    "/metadata/related_pr",
];

/// The waivers of a document in any published shape, in its order; `None` where it holds none.
#[must_use]
pub fn read_old(document: &Value) -> Option<Vec<OldWaiver>> {
    let mut found = Vec::new();
    let inner = document.get("waivers").map(|inner| (inner, "/waivers"));
    match inner.unwrap_or((document, "")) {
        (Value::Array(items), at) => {
            for (index, item) in items.iter().enumerate() {
                found.extend(old(item, None, format!("{at}/{index}")));
            }
        }
        (one @ Value::Object(_), at) if is_waiver(one) => {
            found.extend(old(one, None, at.to_owned()));
        }
        (Value::Object(members), at) => {
            for (key, member) in members {
                let step = key.replace('~', "~0").replace('/', "~1");
                found.extend(old(member, Some(key), format!("{at}/{step}")));
            }
        }
        _ => {}
    }
    (!found.is_empty()).then_some(found)
}

/// Whether an object names gates and an end.
fn is_waiver(value: &Value) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| value.pointer(name).is_some());
    has(&["/gate", "/gates"]) && (has(EXPIRES) || has(APPROVER))
}

fn old(value: &Value, key: Option<&String>, pointer: String) -> Option<OldWaiver> {
    if !is_waiver(value) {
        return None;
    }
    let (shape, because) = recognise(value);
    let text = |names: &[&str]| names.iter().find_map(|name| words(value.pointer(name)?));
    let reason = match (text(REASON), text(MORE_REASON)) {
        (Some(code), Some(more)) if code != more => Some(format!("{code}: {more}")),
        (one, other) => one.or(other),
    };
    // Of several fields that mean one thing the first is read, and the others have no place.
    let groups = [
        REASON,
        MORE_REASON,
        OWNER,
        APPROVER,
        CREATED,
        EXPIRES,
        CONTROL,
        SPEC,
        TICKET,
    ];
    let read: Vec<&str> = groups
        .iter()
        .filter_map(|names| names.iter().find(|name| value.pointer(name).is_some()))
        .copied()
        .collect();
    let meant = |name: &str| {
        matches!(name, "id" | "gate" | "gates" | "status")
            || read
                .iter()
                .any(|pointer| pointer.strip_prefix('/') == Some(name))
    };
    let left = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .filter(|name| !meant(name))
        .cloned()
        .collect();
    Some(OldWaiver {
        shape,
        because,
        id: text(&["/id"]).or_else(|| key.cloned()),
        gates: list(value.get("gates").or_else(|| value.get("gate"))),
        reason,
        owner: text(OWNER),
        approvers: APPROVER
            .iter()
            .find_map(|name| value.pointer(name))
            .map(|found| list(Some(found)))
            .unwrap_or_default(),
        created: text(CREATED),
        expires: text(EXPIRES),
        status: text(&["/status"]),
        control: text(CONTROL),
        spec: text(SPEC),
        ticket: text(TICKET),
        left,
        pointer,
    })
}

/// The newest shape of which something is there, and what; the list of CLI 3 where nothing tells.
fn recognise(value: &Value) -> (Shape, Vec<&'static str>) {
    let present = |shape: Shape| -> Vec<&'static str> {
        let signs = shape.signs().iter();
        signs
            .filter(|sign| value.pointer(sign).is_some())
            .map(|sign| sign.trim_start_matches('/'))
            .collect()
    };
    for shape in NEWEST_FIRST {
        let because = present(shape);
        if !because.is_empty() {
            return (shape, because);
        }
    }
    // Version 11 binds a waiver by fields it can do without; CLI 3 never had a title.
    if value.get("title").is_some() && value.get("approved_by").is_some() {
        return (Shape::Kernel, vec!["title", "approved_by"]);
    }
    (Shape::List, vec!["gates"])
}

/// A text, a number, or who a list or object names.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The texts of a list, or the one text; of objects their handle or name.
fn list(value: Option<&Value>) -> Vec<String> {
    let named = |item: &Value| {
        words(item).or_else(|| {
            ["handle", "name", "email"]
                .iter()
                .find_map(|key| words(item.get(key)?))
        })
    };
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(named).collect(),
        Some(one) => named(one).into_iter().collect(),
        None => Vec::new(),
    }
}

impl OldWaiver {
    /// The gates of ours that it means; what has none of ours is given back as it is.
    #[must_use]
    pub fn our_gates(&self) -> Vec<Result<&'static str, &str>> {
        self.gates.iter().map(|name| our_gate(name)).collect()
    }

    /// When it ends, where that can be read: a day ends it at its beginning.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        moment(self.expires.as_deref()?)
    }

    /// What keeps it from holding beyond that nobody signed it, in words.
    #[must_use]
    pub fn said(&self, now: Option<Timestamp>) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(status) = self.status.as_deref().filter(|status| *status != "active") {
            said.push(format!("it says of itself that it is {status}"));
        }
        let created = self.created.as_deref().and_then(moment);
        match (self.end(), self.expires.as_deref()) {
            (Some(end), _) => {
                if now.is_some_and(|now| now >= end) {
                    said.push(format!("it ended {end}"));
                }
                let days = created.map(|created| end.duration_since(created).as_hours() / 24);
                if let Some(days) = days.filter(|days| *days > i64::from(MAX_DAYS)) {
                    said.push(format!("it lasts {days} days, {MAX_DAYS} are allowed"));
                }
            }
            (None, Some(text)) => said.push(format!("its end `{text}` is no time")),
            (None, None) => said.push("it has no end".to_owned()),
        }
        match (&self.owner, self.approvers.as_slice()) {
            (_, []) => said.push("nobody approved it".to_owned()),
            (Some(owner), approvers) if approvers.iter().all(|one| same_person(one, owner)) => {
                said.push(format!("`{owner}` approved it and asked for it"));
            }
            _ => {}
        }
        for gate in self.our_gates() {
            if let Err(unknown) = gate {
                said.push(format!("`{unknown}` is no gate of this caws"));
            }
        }
        said
    }
}

/// A gate by a name that was published.
fn our_gate(name: &str) -> Result<&'static str, &str> {
    Ok(match name {
        "coverage" | "coverage_threshold" => "coverage",
        "mutation" | "mutation_threshold" | "mutation_testing" => "mutation",
        "contracts" | "contract_compliance" | "contract_tests" => "contracts",
        "a11y" | "accessibility" | "accessibility_check" => "accessibility",
        "perf" | "performance" | "performance_budget" => "performance",
        "security" | "security_scan" => "static",
        "spec_completeness" => "spec",
        "flakes" | "flake" => "flakes",
        _ => return Err(name),
    })
}

fn moment(text: &str) -> Option<Timestamp> {
    let day = |text: &str| {
        let date: Date = text.parse().ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(|| day(text))
}

/// What is to be said of a file of waivers in a published shape: one error each. `None` where it is in none.
pub(super) fn refused(document: &Document) -> Option<Vec<Finding>> {
    let found = read_old(document.value())?;
    let findings = found.iter().map(|old| {
        let id = old.id.as_deref().unwrap_or("without an id");
        let mut why = vec!["nobody signed it".to_owned()];
        why.extend(old.said(None));
        Finding {
            code: codes::WAIVER_SHAPE.to_owned(),
            severity: Severity::Error,
            message: format!(
                "the waiver {id} is in another shape and waives nothing: recognised as {} because of {}",
                old.shape.name(),
                listed(&old.because),
            ),
            place: Some(document.place_of(&old.pointer)),
            expected: Some("`schema_version: 1`, and waivers that their approvers signed".to_owned()),
            found: Some(why.join("; ")),
            help: Some(
                "`caws waiver check FILE` shows it in the current shape; move the old file away".to_owned(),
            ),
        }
    });
    Some(findings.collect())
}

fn listed(fields: &[&str]) -> String {
    let quoted: Vec<String> = fields
        .iter()
        .map(|field| format!("`{}`", field.replace('/', ".")))
        .collect();
    quoted.join(", ")
}

/// The waiver in the current shape, one for each gate: what it says, and a question for what it does not.
/// Nothing is invented, and what has no place is listed.
#[must_use]
pub fn draft(old: &OldWaiver) -> String {
    let mut out = String::new();
    let gates = old.our_gates();
    for (index, gate) in gates.iter().enumerate() {
        let id = old.id.as_deref().map(|id| {
            if gates.len() > 1 {
                format!("{id}-{}", index + 1)
            } else {
                id.to_owned()
            }
        });
        let id = id.map(|id| id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-"));
        field(&mut out, "  - id", id.as_deref(), "what is it called?");
        match gate {
            Ok(gate) => field(&mut out, "    gate", Some(gate), ""),
            Err(name) => {
                let question = format!("which gate is `{name}`?");
                field(&mut out, "    gate", None, &question);
            }
        }
        field(
            &mut out,
            "    reason",
            old.reason.as_deref(),
            "why may it fail?",
        );
        out.push_str("    owner:\n");
        field(
            &mut out,
            "      name",
            old.owner.as_deref(),
            "who asks for it?",
        );
        let approver = old.approvers.first().map(String::as_str);
        field(&mut out, "    approver", approver, "who allows it?");
        let time = |text: &Option<String>| {
            text.as_deref()
                .and_then(moment)
                .map(|time| time.to_string())
        };
        let created = time(&old.created);
        field(
            &mut out,
            "    created",
            created.as_deref(),
            "when was it asked for?",
        );
        let expires = time(&old.expires);
        field(
            &mut out,
            "    expires",
            expires.as_deref(),
            "when does it end?",
        );
        field(
            &mut out,
            "    compensating_control",
            old.control.as_deref(),
            "what keeps the damage small?",
        );
        out.push_str("    scope:\n");
        field(
            &mut out,
            "      spec",
            old.spec.as_deref(),
            "for which working spec?",
        );
        out.push_str("    commits:\n");
        field(&mut out, "      from", None, "from which commit on?");
        if let Some(ticket) = &old.ticket {
            field(&mut out, "    ticket", Some(ticket), "");
        }
    }
    for name in &old.left {
        let _ = writeln!(out, "    # no place for: {}", commented(name));
    }
    out
}

fn field(out: &mut String, key: &str, value: Option<&str>, question: &str) {
    let _ = match value {
        Some(value) => writeln!(out, "{key}: {}", quoted(value)),
        None => writeln!(out, "{key}: # open question: {}", commented(question)),
    };
}

/// A text for a comment: on one line, whatever was read.
fn commented(text: &str) -> String {
    let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    text.replace(ends, " ")
}
