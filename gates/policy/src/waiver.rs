//! Waivers: who may let which gate fail, for how long, where, and what that is worth.
//!
//! A waiver is signed by somebody else than the one who asks, names one gate, one spec, a range of commits
//! and an end. The run holds it against the rules before anything is measured and writes it into the plan;
//! the verifier does the same again, with the time of the run. What a waiver lets pass still counts as it
//! was measured, and the score ends at 79.

mod cover;
mod file;
mod judge;
mod lineage;
mod shape;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use cover::{covering, unmatched, waive};
pub use file::{Entry, List, PATHS, Revocation, SCHEMA, SCHEMA_VERSION, entry_text, read};
pub use judge::{Circumstances, Fault, Signature, faults, same_person, too_many};
pub use lineage::{LINEAGE_SCHEMA_VERSION, Lineage, descends, in_range};
pub use shape::{OldWaiver, Shape, draft, read_old};

/// Most waivers that may be active at once; a project can allow fewer.
pub const MAX_ACTIVE: u32 = 2;
/// Longest a waiver may last, in days; a project can allow less.
pub const MAX_DAYS: u32 = 14;
/// Gates that may never be waived: what is measured would no longer be what was agreed, or the measuring
/// could be changed by what it measures.
pub const NEVER: [&str; 2] = ["spec", "integrity"];

/// Leave for one gate to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Name, cited by evidence; unique for ever.
    pub id: String,
    /// The gate.
    pub gate: String,
    /// Why it may fail.
    pub reason: String,
    /// Who asks for it, and answers for its end.
    pub owner: Person,
    /// Who allows it: a name of the rules' approvers.
    pub approver: String,
    /// When it was asked for.
    pub created: Timestamp,
    /// First moment it holds no more.
    pub expires: Timestamp,
    /// What keeps the damage small meanwhile.
    pub compensating_control: String,
    /// Where it holds.
    pub scope: Scope,
    /// The commits it holds for.
    pub commits: Commits,
    /// Where the work that ends it is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What people call them.
    pub name: String,
    /// Fingerprint of their key, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Where a waiver holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Id of the working spec.
    pub spec: String,
    /// Folder of a component; with it or `paths`, every placed finding of the gate must lie within one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Files and folders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
}

/// A range of commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commits {
    /// The first: it, and what descends from it.
    pub from: String,
    /// The last: it, and what it descends from; with none every later commit until the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What a project allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverRules {
    /// Most that may be active at once; never more than [`MAX_ACTIVE`].
    pub max_active: u32,
    /// Longest one may last, in days; never more than [`MAX_DAYS`].
    pub max_days: u32,
    /// Gates that may not be waived, besides [`NEVER`].
    pub never: Vec<String>,
    /// Who may allow one.
    pub approvers: Vec<Approver>,
}

/// Somebody whose signature allows a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// What people call them.
    pub name: String,
    /// Fingerprint of their key.
    pub key: String,
}

impl Default for WaiverRules {
    fn default() -> Self {
        Self {
            max_active: MAX_ACTIVE,
            max_days: MAX_DAYS,
            never: Vec::new(),
            approvers: Vec::new(),
        }
    }
}

impl WaiverRules {
    /// Most that may be active, whatever the rules say beyond [`MAX_ACTIVE`].
    #[must_use]
    pub fn most(&self) -> usize {
        usize::try_from(self.max_active.min(MAX_ACTIVE)).unwrap_or_default()
    }

    /// Longest one may last in days, whatever the rules say beyond [`MAX_DAYS`].
    #[must_use]
    pub fn days(&self) -> u32 {
        self.max_days.min(MAX_DAYS)
    }

    /// Whether a gate may be waived at all.
    #[must_use]
    pub fn may_waive(&self, gate: &str) -> bool {
        !NEVER.contains(&gate) && self.never.iter().all(|never| never != gate)
    }
}

/// The waivers that hold for a run, and the rules they were held against: part of its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// The rules.
    pub rules: WaiverRules,
    /// The waivers, in the order of their ids.
    pub active: Vec<ActiveWaiver>,
}

/// A waiver that holds for a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActiveWaiver {
    /// What it says.
    pub waiver: Waiver,
    /// SHA-256 of the bundle that signs it.
    pub bundle_sha256: String,
    /// SHA-256 of the commits that show the run's to be in its range.
    pub lineage_sha256: String,
}

impl Waiver {
    /// Path of its bundle, relative to the artifacts directory.
    #[must_use]
    pub fn bundle_path(&self) -> String {
        format!("{DIRECTORY}/{}.sigstore.json", self.id)
    }

    /// Path of the commits, relative to the artifacts directory.
    #[must_use]
    pub fn lineage_path(&self) -> String {
        format!("{DIRECTORY}/{}.commits.json", self.id)
    }

    /// The files and folders it is limited to; none where it is for the whole spec.
    pub fn areas(&self) -> impl Iterator<Item = &str> {
        let scope = &self.scope;
        scope
            .component
            .iter()
            .chain(&scope.paths)
            .map(String::as_str)
    }
}

/// Where the waivers of a run lie, relative to the artifacts directory.
pub const DIRECTORY: &str = "provenance/waivers";
