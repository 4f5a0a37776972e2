//! What the verifier says, for people and for other programs.

use caws_evidence::{Finding, Place, Severity, Verdict};
use serde::{Deserialize, Serialize};

use crate::held::Held;
use crate::rerun::Rerun;

/// Version of the [`Report`]. Raised when a field changes meaning or a required one is added.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// Whether a signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// A trusted key signed exactly this.
    Valid,
    /// There is none.
    Missing,
    /// There is one, and it is broken, about something else, or by a key nobody trusts here.
    Invalid,
}

/// Whether computing a gate's verdict again gave the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reproduced {
    /// Same measurements, same verdict.
    Yes,
    /// Something differs; the findings say what.
    No,
    /// It was not computed, for this reason.
    NotAttempted(String),
}

/// What was found about one gate. The three answers are apart: none implies another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateReport {
    /// Gate id.
    pub gate: String,
    /// The recorded verdict, where there is a record.
    pub verdict: Option<Verdict>,
    /// When it was measured, RFC 3339 UTC.
    pub measured: String,
    /// Whether the run's cache answered.
    pub cached: bool,
    /// Signature over the evidence record.
    pub signature: SignatureState,
    /// Whether record, plan, manifest and raw outputs agree with each other.
    pub consistent: bool,
    /// Whether the raw outputs give the recorded measurements and verdict.
    pub reproduced: Reproduced,
    /// What a second run on the commit gave, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun: Option<Rerun>,
}

/// The trust score, as claimed and as computed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// What the manifest says, 0..=100.
    pub claimed: u32,
    /// What plan and evidence give; `None` where a record is missing or broken.
    pub recomputed: Option<u32>,
    /// What the policy asks.
    pub threshold: u32,
    /// Whether the manifest says the run passed.
    pub passed: bool,
}

/// Everything the verifier found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Whether the record is what it says it is: no finding is an error. A record of a failed run
    /// can be perfectly true.
    pub ok: bool,
    /// Signature over the manifest.
    pub signature: SignatureState,
    /// Fingerprint of the key that signed the manifest.
    pub key: Option<String>,
    /// Fingerprints of all keys whose signature over the manifest counts, that of `key` first.
    #[serde(default)]
    pub signers: Vec<String>,
    /// Commit the record is about, as the manifest says.
    pub commit: Option<String>,
    /// Whether the tree had uncommitted changes, as the manifest says.
    pub dirty: Option<bool>,
    /// Files whose digest was checked.
    pub files: usize,
    /// The score; `None` where the manifest cannot be read.
    pub score: Option<Score>,
    /// One entry for each gate of the manifest, in its order.
    pub gates: Vec<GateReport>,
    /// What a ledger says of the record, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Held>,
    /// What is not as it should be, in the order it was found.
    pub findings: Vec<Finding>,
}

/// Most findings that are listed: a directory of another kind has a fault in every file, and nobody
/// reads the thousandth.
const LISTED: usize = 1000;

/// Findings as they come up, each thing once.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    raised: usize,
    errors: usize,
}

/// A finding's content but for its severity.
pub(crate) struct Problem<'a> {
    pub(crate) code: &'a str,
    /// Path relative to the artifacts directory.
    pub(crate) path: &'a str,
    pub(crate) message: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    pub(crate) help: &'a str,
}

impl Findings {
    /// Goes on from a report that was finished.
    pub(crate) fn of(list: Vec<Finding>) -> Self {
        let errors = list
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        Self {
            raised: list.len(),
            errors,
            list,
        }
    }

    pub(crate) fn error(&mut self, problem: Problem<'_>) {
        self.add(Severity::Error, problem);
    }

    pub(crate) fn add(&mut self, severity: Severity, problem: Problem<'_>) {
        let finding = Finding {
            code: problem.code.to_owned(),
            severity,
            message: problem.message,
            place: Some(Place {
                path: problem.path.to_owned(),
                line: None,
                column: None,
            }),
            expected: Some(problem.expected),
            found: Some(problem.found),
            help: Some(problem.help.to_owned()),
        };
        self.raised += 1;
        self.errors += usize::from(severity == Severity::Error);
        if self.list.len() < LISTED && !self.list.contains(&finding) {
            self.list.push(finding);
        }
    }

    /// Takes over what was found apart.
    pub(crate) fn append(&mut self, other: Self) {
        self.raised += other.raised;
        self.errors += other.errors;
        for finding in other.list {
            if self.list.len() < LISTED && !self.list.contains(&finding) {
                self.list.push(finding);
            }
        }
    }

    /// How often something was said so far, repetitions included, to see later whether more was.
    pub(crate) fn raised(&self) -> usize {
        self.raised
    }

    /// Whether one says `code` about `path`.
    pub(crate) fn has(&self, code: &str, path: &str) -> bool {
        self.list
            .iter()
            .any(|f| f.code == code && f.place.as_ref().is_some_and(|p| p.path == path))
    }

    /// How many errors there are so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn any_error(&self) -> bool {
        self.errors > 0
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}
