//! What a gate leaves behind: verdict, measurements, scope, tools, commands and raw outputs.

use serde::{Deserialize, Serialize};

/// Version of the [`Evidence`] record. Raised when a field changes meaning or a required one is added.
pub const EVIDENCE_SCHEMA_VERSION: u32 = 1;

/// What a gate concluded. Only [`Verdict::Pass`] and [`Verdict::Waived`] let a run pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Measured, and every threshold met.
    Pass,
    /// Measured, and a threshold missed.
    Fail,
    /// Failed or unmeasured, and a valid waiver covers it.
    Waived,
    /// The tool ran and examined nothing.
    Vacuous,
    /// A required number does not exist.
    Unmeasured,
    /// The tool broke, a different tool answered, or its report is malformed.
    Error,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// We measured it: exit status, wall time, bytes on the wire, samples.
    Observed,
    /// Read from a tool's report.
    Reported,
    /// Derived from something else.
    Inferred,
}

/// How a value is held against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparator {
    /// The value must be at least the threshold.
    #[serde(rename = ">=")]
    AtLeast,
    /// The value must be at most the threshold.
    #[serde(rename = "<=")]
    AtMost,
    /// The value must equal the threshold.
    #[serde(rename = "==")]
    Equal,
}

/// An exact ratio of two counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ratio {
    /// What was reached, caught or passed.
    pub numerator: u64,
    /// Out of how many.
    pub denominator: u64,
}

/// A confidence interval of a sampled value, in the unit of the value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Confidence level, 0..1, such as 0.95.
    pub confidence: f64,
    /// How it was computed, such as `wilson` or `order-statistics`.
    pub method: String,
}

impl Interval {
    /// The upper end; `None` where the sample is too small to bound the value from above.
    #[must_use]
    pub fn upper(&self) -> Option<f64> {
        (self.high < crate::interval::UNBOUNDED).then_some(self.high)
    }
}

/// A number read or measured, before anyone says what it must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Name, unique within the gate: `branch_coverage`, `short.ttfa_p95`.
    pub name: String,
    /// The number, in `unit`.
    pub value: f64,
    /// `ratio`, `seconds`, `count`, `LUFS`, `LU`, `dBTP`, `bytes`.
    pub unit: String,
    /// The exact counts behind a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
    /// How many samples the number rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_size: Option<u64>,
    /// How sure we are, where the number is an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Where it comes from.
    pub basis: Basis,
}

/// An observation held against what the plan asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The number.
    #[serde(flatten)]
    pub observation: Observation,
    /// How it is compared; absent where nothing is asked of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Whether it met the threshold; `None` where nothing is asked, or the sample cannot decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks.
    Error,
    /// Does not block, should be looked at.
    Warning,
    /// Informs.
    Note,
}

/// A place in a file; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the project's root, with `/`.
    pub path: String,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// Something a person should know, with its place and its mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable kebab-case code; `caws explain CODE` prints its page.
    pub code: String,
    /// How serious.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Which program really ran.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ToolIdentity {
    /// Name, such as `cargo-mutants`.
    pub name: String,
    /// Version the program itself printed.
    pub version: String,
    /// SHA-256 of the executable file.
    pub sha256: String,
}

/// One command of a gate: the record a runbook asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Short name, unique within the gate.
    pub name: String,
    /// Program and arguments; paths relative to the project's root.
    pub command: Vec<String>,
    /// When it began, RFC 3339 UTC.
    pub started: String,
    /// When it ended, RFC 3339 UTC.
    pub finished: String,
    /// Exit status; `None` when a signal, a deadline or Ctrl-C ended it.
    pub exit_code: Option<i32>,
    /// The last lines it printed.
    pub key_output: String,
}

/// What was looked at and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Patterns or names looked at.
    pub included: Vec<String>,
    /// Patterns or names left out, each with its reason.
    pub excluded: Vec<String>,
}

/// A file by content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileDigest {
    /// Path relative to the project's root, with `/`.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// A raw output that travels with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// What it is to the gate's method: `coverage`, `tests`, `outcomes`, `short`.
    pub role: String,
    /// Path relative to the evidence record's directory, with `/`; gzip-compressed (`raw/NAME.gz`).
    pub path: String,
    /// SHA-256 of the stored (compressed) bytes.
    pub sha256: String,
    /// SHA-256 of the content.
    pub content_sha256: String,
    /// IANA media type of the content.
    pub media_type: String,
}

/// The record of one gate run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`EVIDENCE_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Gate id, such as `coverage`.
    pub gate: String,
    /// What was concluded.
    pub verdict: Verdict,
    /// The numbers.
    pub measurements: Vec<Measurement>,
    /// Why, where, what to do.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub scope: Scope,
    /// The tool the verdict rests on; `None` where caws itself measured.
    pub tool: Option<ToolIdentity>,
    /// Every program whose answer entered the evidence.
    pub tools: Vec<ToolIdentity>,
    /// The command the verdict rests on; empty where caws itself measured.
    pub command: Vec<String>,
    /// Its exit status.
    pub exit_code: Option<i32>,
    /// The last lines it printed.
    pub key_output: String,
    /// All commands, in order.
    pub steps: Vec<Step>,
    /// When the gate began, RFC 3339 UTC.
    pub started: String,
    /// When it ended, RFC 3339 UTC.
    pub finished: String,
    /// Commit it ran on; `None` outside a git repository.
    pub commit: Option<String>,
    /// The machine: operating system, architecture, cores.
    pub environment: std::collections::BTreeMap<String, String>,
    /// Declared inputs, by content.
    pub inputs: Vec<FileDigest>,
    /// Raw outputs kept beside this record.
    pub outputs: Vec<Output>,
    /// SHA-256 of the canonical JSON of this gate's part of the plan.
    pub plan_sha256: String,
    /// Hash of the leaf (RFC 6962, hexadecimal) under which the signed plan was logged before the gate
    /// ran; `None` where it was not logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_leaf: Option<String>,
    /// Ids of the waivers applied.
    pub waivers: Vec<String>,
}

#[cfg(test)]
mod tests;
