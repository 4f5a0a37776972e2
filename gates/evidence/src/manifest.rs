//! The manifest of a run: the published CAWS provenance schema as content, with every number's evidence beside it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{FileDigest, Verdict};

/// Version of the `caws` part of the manifest.
pub const MANIFEST_SCHEMA_VERSION: u32 = 1;

/// `commit` of a run outside a git repository.
pub const UNCOMMITTED: &str = "uncommitted";

/// Where things lie under the artifacts directory (design section 4).
pub mod layout {
    /// The plan of the run, canonical JSON.
    pub const PLAN: &str = "provenance/plan.json";
    /// The plan's signed bundle, made before anything ran.
    pub const PLAN_BUNDLE: &str = "provenance/plan.sigstore.json";
    /// The proof that the signed plan stood in the ledger before anything ran.
    pub const PLAN_PROOF: &str = "provenance/plan.tlog-proof";
    /// The manifest, canonical JSON.
    pub const MANIFEST: &str = "provenance/manifest.json";
    /// The manifest's signed Sigstore bundle.
    pub const MANIFEST_BUNDLE: &str = "provenance/manifest.sigstore.json";
    /// The proof that the signed manifest stands in the ledger, behind the plan.
    pub const MANIFEST_PROOF: &str = "provenance/manifest.tlog-proof";
    /// One directory per gate.
    pub const EVIDENCE_DIR: &str = "evidence";
    /// The record in a gate's directory, canonical JSON.
    pub const EVIDENCE_FILE: &str = "evidence.json";
    /// The record's own signed bundle, beside it.
    pub const EVIDENCE_BUNDLE: &str = "evidence.sigstore.json";
    /// Raw outputs in a gate's directory.
    pub const RAW_DIR: &str = "raw";
    /// The page for people.
    pub const REPORT: &str = "report/index.html";
    /// Audit packages, one file a commit.
    pub const AUDIT_DIR: &str = "audit";
}

/// The signed record of a run. Unknown fields of the published schema are allowed there, so the
/// parts that make it checkable live under `caws`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Who produced it: `caws VERSION`.
    pub agent: String,
    /// What judged it: `deterministic` (no language model took part).
    pub model: String,
    /// Commit the run is about; `uncommitted` outside a git repository.
    pub commit: String,
    /// Paths of everything the record covers, relative to the artifacts directory.
    pub artifacts: Vec<String>,
    /// The published result fields; a number that was not measured is absent, never a default.
    pub results: Map<String, Value>,
    /// People who approved; empty unless someone did.
    pub approvals: Vec<String>,
    /// Digests over inputs and artifacts.
    pub attestations: Attestations,
    /// Plan, evidence and score.
    pub caws: Record,
}

impl Manifest {
    /// The commit the run is about; `None` where it was outside a git repository.
    #[must_use]
    pub fn commit_id(&self) -> Option<&str> {
        (self.commit != UNCOMMITTED).then_some(self.commit.as_str())
    }
}

/// Digests the published schema has room for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestations {
    /// SHA-256 of the canonical JSON of every evidence record's `inputs`, as `{gate: inputs}`.
    pub inputs_sha256: String,
    /// SHA-256 of the canonical JSON of `caws.files`.
    pub artifacts_sha256: String,
}

/// What makes the manifest checkable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`MANIFEST_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Git tree the run is about, or the digest of all inputs where there is no git.
    pub tree: String,
    /// Whether the tree had uncommitted changes.
    pub dirty: bool,
    /// When the run began, RFC 3339 UTC.
    pub started: String,
    /// When the run ended, RFC 3339 UTC.
    pub finished: String,
    /// SHA-256 of `provenance/plan.json`.
    pub plan_sha256: String,
    /// The signed plan; absent where nobody signed it before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// One entry per gate of the plan that applies, in plan order.
    pub gates: Vec<GateEntry>,
    /// Every file the record covers (plan, evidence, raw outputs), by content, in path order.
    pub files: Vec<FileDigest>,
    /// The trust score as printed; the verifier computes it again.
    pub trust: TrustClaim,
}

/// A plan that was signed before anything ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// SHA-256 of `provenance/plan.sigstore.json`.
    pub bundle_sha256: String,
    /// Where it was logged before anything ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logged: Option<LoggedPlan>,
    /// Why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_logged: Option<String>,
}

/// A leaf of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedPlan {
    /// Which ledger.
    pub origin: String,
    /// Index of the leaf.
    pub index: u64,
    /// Hash of the leaf (RFC 6962), hexadecimal.
    pub leaf: String,
    /// SHA-256 of `provenance/plan.tlog-proof`.
    pub proof_sha256: String,
}

/// A gate in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateEntry {
    /// Gate id.
    pub gate: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// SHA-256 of its `evidence.json`.
    pub evidence_sha256: String,
    /// When it was measured; earlier than the run where the cache answered.
    pub measured: String,
    /// Whether the cache answered.
    pub cached: bool,
}

/// The score the run printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustClaim {
    /// 0..=100.
    pub score: u32,
    /// What the policy asks.
    pub threshold: u32,
    /// Whether the run passed: threshold reached and no gate blocking.
    pub passed: bool,
}
