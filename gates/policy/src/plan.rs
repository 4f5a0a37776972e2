//! The plan: everything that decides a verdict, fixed and signed before anything runs.

use caws_evidence::{Comparator, ToolIdentity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::waiver::Waivers;

/// Version of the [`Plan`] record.
pub const PLAN_SCHEMA_VERSION: u32 = 1;

/// What will be measured and what would pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// What the run is about.
    pub subject: Subject,
    /// The working spec.
    pub spec: SpecRef,
    /// The tier policy.
    pub policy: DocumentRef,
    /// The repository configuration.
    pub config: DocumentRef,
    /// Weights, minima, targets and the threshold of the score.
    pub trust: TrustPolicy,
    /// Gates in the order they are reported, those that do not apply included.
    pub gates: Vec<GatePlan>,
    /// Waivers that hold; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<Waivers>,
}

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Git commit; `None` outside a git repository.
    pub commit: Option<String>,
    /// Git tree of the commit, or the digest of all inputs where there is no git.
    pub tree: String,
    /// Whether the working tree differs from the commit.
    pub dirty: bool,
}

/// A document by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// Path relative to the project's root.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The working spec, and what of it decides the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecRef {
    /// Path relative to the project's root.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Spec id, such as `KOKORO-001`.
    pub id: String,
    /// Title.
    pub title: String,
    /// 1, 2 or 3.
    pub risk_tier: u8,
    /// `web-ui`, `backend-api`, `library` or `cli`.
    pub profile: String,
    /// Ids of the acceptance criteria, in order.
    pub acceptance: Vec<String>,
}

/// One gate of the plan. Its canonical digest is cited by the evidence, so it holds nothing that
/// changes from run to run while the inputs stay the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatePlan {
    /// Gate id, such as `coverage`.
    pub gate: String,
    /// Version of the gate's own code; part of the cache key.
    pub version: u32,
    /// Measuring method: see `caws_evidence::measure`.
    pub method: String,
    /// Whether it applies to this tier and profile.
    pub applies: bool,
    /// Why not, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Term of the trust score it feeds, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// What its observations must reach.
    pub requirements: Vec<Requirement>,
    /// Settings that decide what is measured and how.
    pub params: Value,
    /// Patterns of the files it depends on.
    pub inputs: Vec<String>,
    /// Digest over the declared inputs' paths and contents.
    pub inputs_sha256: String,
    /// The programs it will run, as found at planning time.
    pub tools: Vec<ToolIdentity>,
}

/// A threshold. An observation with an interval is judged by the interval, not by its point:
/// `>=` passes when the lower end reaches the threshold and fails when the upper end misses it,
/// `<=` the other way round; in between the sample is too small and the gate unmeasured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Name of the observation.
    pub measurement: String,
    /// How it is compared.
    pub comparator: Comparator,
    /// With what.
    pub threshold: f64,
    /// Where the threshold comes from: `tier 2`, `spec non_functional.perf.ttfa_p95_ms`, `config`.
    pub source: String,
}

/// Terms of the trust score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Branch coverage; observation `branch_coverage` (or `line_coverage` in tier 3).
    Coverage,
    /// Mutation score; observation `mutation_score`.
    Mutation,
    /// Declared contracts whose tests passed; observation `contracts_passed`.
    Contracts,
    /// Pages that passed; observation `pages_passed`.
    Accessibility,
    /// Share of the gate's requirements met.
    Performance,
    /// Flake rate; observation `flake_rate`.
    Flakes,
}

/// The score's side of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustPolicy {
    /// Score a run must reach.
    pub threshold: u32,
    /// The terms, in the order of [`Term`].
    pub terms: Vec<TermPolicy>,
}

/// One term of the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermPolicy {
    /// Which.
    pub term: Term,
    /// Weight in hundredths.
    pub weight: u32,
    /// Observation the term reads.
    pub measurement: String,
    /// Minimum of a ratio term, as a decimal string, such as `0.8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    /// Target of a ratio term, as a decimal string, such as `0.95`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Gates that feed it; empty where the term does not apply.
    pub gates: Vec<String>,
    /// Why it does not apply, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<String>,
}
