//! The working spec as a type: what [`crate::validate_spec`] gives once the schema is satisfied.
//!
//! Objects the published schema leaves open keep what they hold beyond the known keys in `extra`,
//! so that reading and writing a spec loses nothing.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A working spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkingSpec {
    /// Identifier, such as `KOKORO-001`.
    pub id: String,
    /// What the work is.
    pub title: String,
    /// 1, 2 or 3.
    pub risk_tier: u8,
    /// Kind of software.
    pub profile: Profile,
    /// Why.
    pub rationale: String,
    /// Kind of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// What the work needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Vec<String>>,
    /// Switches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_flags: Option<Vec<String>>,
    /// How large the change may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_budget: Option<ChangeBudget>,
    /// What a fault could harm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blast_radius: Option<BlastRadius>,
    /// Time to take the work back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operational_rollback_slo: Option<String>,
    /// What could go wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threats: Option<Vec<Threat>>,
    /// Files.
    pub scope: Scope,
    /// What must stay true.
    pub invariants: Vec<String>,
    /// Scenarios.
    pub acceptance: Vec<Acceptance>,
    /// What is asked beyond the tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Targets>,
    /// What makes it one of a portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// Qualities.
    pub non_functional: NonFunctional,
    /// Interfaces.
    pub contracts: Vec<Contract>,
    /// What can be seen in operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observability: Option<Observability>,
    /// Steps that change stored data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrations: Option<Vec<String>>,
    /// Ways back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
    /// How it is tested, by kind of test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testing_strategy: Option<Map<String, Value>>,
    /// What must be ticked before it counts as hardened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardening_checklist: Option<Vec<CheckItem>>,
    /// What the authoring agent thinks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_assessment: Option<AiAssessment>,
    /// What a person must still answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_questions: Option<Vec<OpenQuestion>>,
    /// Keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A line of text, with or without a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Note {
    /// A line.
    Line(String),
    /// A label and what it stands before: one member.
    Labelled(Map<String, Value>),
}

impl Note {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Line(line) => line.trim().is_empty(),
            Self::Labelled(members) => members.is_empty(),
        }
    }
}

/// What could go wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Threat {
    /// In a line.
    Line(String),
    /// In parts.
    Parts(ThreatParts),
}

/// A threat and what is done about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ThreatParts {
    /// What could happen.
    pub threat: String,
    /// How likely it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood: Option<String>,
    /// How bad it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<String>,
    /// Keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Ways back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rollback {
    /// Several.
    Ways(Vec<Way>),
    /// One.
    One(WayParts),
}

impl Rollback {
    /// Whether no way is named.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Ways(ways) => ways.iter().all(|way| match way {
                Way::Line(line) => line.trim().is_empty(),
                Way::Parts(parts) => parts.strategy.trim().is_empty(),
            }),
            Self::One(parts) => parts.strategy.trim().is_empty(),
        }
    }
}

/// A way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Way {
    /// In a line.
    Line(String),
    /// In parts.
    Parts(WayParts),
}

/// A way back and its objectives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WayParts {
    /// What is done.
    pub strategy: String,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Time it may take, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slo_minutes: Option<f64>,
    /// What may be lost by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_loss_risk: Option<String>,
    /// Keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An item of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CheckItem {
    /// Text such as `[ ] Runbook written`.
    Line(String),
    /// In parts.
    Parts {
        /// What must be so.
        item: String,
        /// Whether it is.
        done: bool,
    },
}

/// Something the spec does not say yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// Place of the answer, a JSON pointer.
    pub at: String,
    /// The question.
    pub ask: String,
}

/// Kind of software; decides which gates apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Web pages.
    WebUi,
    /// A service.
    BackendApi,
    /// A library.
    Library,
    /// A command-line program.
    Cli,
}

impl Profile {
    /// All of them, in the order of the schema.
    pub const ALL: [Self; 4] = [Self::WebUi, Self::BackendApi, Self::Library, Self::Cli];

    /// As it is written in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WebUi => "web-ui",
            Self::BackendApi => "backend-api",
            Self::Library => "library",
            Self::Cli => "cli",
        }
    }

    /// The profile a document names.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How large the change may be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangeBudget {
    /// Files it may touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_files: Option<u64>,
    /// Lines it may add and remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_loc: Option<u64>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a fault could harm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BlastRadius {
    /// Parts of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modules: Option<Vec<String>>,
    /// Whether stored data changes its form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_migration: Option<bool>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Which files the work may touch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Paths it may touch.
    #[serde(rename = "in")]
    pub within: Vec<String>,
    /// Paths it must leave alone.
    #[serde(rename = "out")]
    pub without: Vec<String>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Identifier, such as `A1`.
    pub id: String,
    /// What is the case beforehand.
    pub given: String,
    /// What happens.
    pub when: String,
    /// What must follow.
    pub then: String,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a spec asks beyond its tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    /// Least coverage, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// Least mutation score, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutation: Option<f64>,
    /// Least trust score, 0..=100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<u32>,
    /// Whether interfaces must be declared and tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracts: Option<bool>,
    /// Whether a person must approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual_review: Option<bool>,
}

/// What makes a spec one of a portfolio: see [`crate::portfolio`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Files and folders of its code, relative to the project's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// Work left, in days of one person, in quarters of a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort_days: Option<f64>,
    /// Ids of the specs whose work comes before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<String>>,
}

/// Qualities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NonFunctional {
    /// Accessibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a11y: Option<Accessibility>,
    /// Languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub i18n: Option<Languages>,
    /// Budgets of time and memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perf: Option<Perf>,
    /// What must hold against an attacker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Vec<String>>,
    /// Limits of the security gates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<SecurityPolicy>,
    /// Aims no gate measures (`reliability`, `scalability`, ...), and keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Accessibility.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Accessibility {
    /// Rules of axe that must pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axe_rules: Option<Vec<String>>,
    /// Tasks possible by keyboard alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyboard_paths: Option<Vec<String>>,
    /// Least contrast (WCAG 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast_min: Option<f64>,
    /// Keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Languages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Languages {
    /// Locales (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locales: Option<Vec<String>>,
    /// Scripts from right to left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtl_supported: Option<bool>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Budgets; times in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Perf {
    /// Time of an API answer, 95th percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_p95_ms: Option<f64>,
    /// Largest contentful paint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lcp_ms: Option<f64>,
    /// Time to first audio while streaming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streaming_ttfa_ms: Option<f64>,
    /// Resident memory in megabytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit_mb: Option<f64>,
    /// Time to first audio, 95th percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttfa_p95_ms: Option<f64>,
    /// Real-time factor, 95th percentile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtf_p95: Option<f64>,
    /// Budgets no gate measures, and keys that begin with `x-`.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Perf {
    /// Budgets gates know.
    pub const KEYS: [&'static str; 6] = [
        "api_p95_ms",
        "lcp_ms",
        "streaming_ttfa_ms",
        "memory_limit_mb",
        "ttfa_p95_ms",
        "rtf_p95",
    ];

    /// The budgets that are stated, by their keys, in the order of the schema.
    #[must_use]
    pub fn budgets(&self) -> Vec<(&'static str, f64)> {
        [
            ("api_p95_ms", self.api_p95_ms),
            ("lcp_ms", self.lcp_ms),
            ("streaming_ttfa_ms", self.streaming_ttfa_ms),
            ("memory_limit_mb", self.memory_limit_mb),
            ("ttfa_p95_ms", self.ttfa_p95_ms),
            ("rtf_p95", self.rtf_p95),
        ]
        .into_iter()
        .filter_map(|(name, budget)| budget.map(|budget| (name, budget)))
        .collect()
    }

    /// Names of budgets no gate measures.
    pub fn unmeasured(&self) -> impl Iterator<Item = &str> {
        self.extra
            .keys()
            .map(String::as_str)
            .filter(|key| !key.starts_with("x-"))
    }
}

/// Limits of the security gates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SecurityPolicy {
    /// `none`, `low`, `medium` or `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sast_max_severity: Option<String>,
    /// Whether a secret blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_scan_block: Option<bool>,
    /// `strict` or `lenient`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dep_policy: Option<String>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An interface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// One of [`Contract::KINDS`], or another kind, which no gate reads.
    #[serde(rename = "type")]
    pub kind: String,
    /// File, relative to the project's root.
    pub path: String,
    /// `consumer`, `provider` or `both`.
    pub role: String,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Contract {
    /// Kinds gates know.
    pub const KINDS: [&'static str; 6] = [
        "openapi",
        "graphql",
        "proto",
        "pact",
        "asyncapi",
        "jsonschema",
    ];
}

/// What can be seen in operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Observability {
    /// By kind.
    Kinds(Seen),
    /// As a list.
    Notes(Vec<Note>),
}

impl Observability {
    /// Whether nothing can be seen.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let blank = |notes: &[Note]| notes.iter().all(Note::is_blank);
        match self {
            Self::Kinds(seen) => [&seen.logs, &seen.metrics, &seen.traces]
                .into_iter()
                .all(|notes| notes.as_deref().is_none_or(blank)),
            Self::Notes(notes) => blank(notes),
        }
    }
}

/// What can be seen, by kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<Vec<Note>>,
    /// Metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Vec<Note>>,
    /// Traces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<Vec<Note>>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What the authoring agent thinks of the spec.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AiAssessment {
    /// How sure it is, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_level: Option<f64>,
    /// What it does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty_areas: Option<Vec<Note>>,
    /// What makes the work hard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity_factors: Option<Vec<Note>>,
    /// What could make it fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_factors: Option<Vec<Note>>,
    /// Keys beyond the known ones.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
