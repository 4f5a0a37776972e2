//! One gate of a record, for numbers beyond those its verdict rests on, such as those of one component.
//!
//! Every byte is held against the digests of the record, from the manifest inwards. Signatures are not looked
//! at: whether the manifest itself is to be believed, [`crate::verify_artifacts`] says.

use std::borrow::Cow;
use std::path::Path;

use caws_attest::seal::{evidence_path, is_gate_name};
use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Manifest, Raw, sha256_hex};
use caws_policy::record::gate_plan_sha256;
use caws_policy::{GatePlan, Plan};
use serde::de::DeserializeOwned;

use crate::inflate::{Budget, inflate};
use crate::options::Limits;
use crate::package::Package;
use crate::store::{ReadError, Store};

/// What a run recorded of one gate.
#[derive(Debug, Clone)]
pub struct GateRecord {
    /// The gate's part of the plan.
    pub plan: GatePlan,
    /// Its evidence.
    pub evidence: Evidence,
    /// Its raw outputs, inflated, in the order of the evidence.
    pub raws: Vec<Raw>,
    /// The commit the run was about; `None` outside a git repository.
    pub commit: Option<String>,
    /// Whether there were uncommitted changes.
    pub dirty: bool,
}

/// Why there is no record of a gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateRecordError {
    /// Nothing was recorded at that place.
    #[error("there is no record of a run")]
    NoRecord,
    /// The run had no such gate.
    #[error("the run has no record of the gate `{0}`")]
    NoGate(String),
    /// A file is not what the record says.
    #[error("{path} is not {expected}: {found}")]
    Broken {
        /// The file, relative to the artifacts directory.
        path: String,
        /// What it should be.
        expected: String,
        /// What was found.
        found: String,
    },
}

/// Reads a gate's record from an artifacts directory.
///
/// # Errors
/// [`GateRecordError`] says whether there is none, or which file is not what it should be.
pub fn gate_record(
    root: &Path,
    gate: &str,
    limits: &Limits,
) -> Result<GateRecord, GateRecordError> {
    read(&Store::open(root, limits.entries), gate, limits)
}

/// Reads a gate's record from an audit package.
///
/// # Errors
/// As [`gate_record`].
pub fn gate_record_of_package(
    package: &Package,
    gate: &str,
    limits: &Limits,
) -> Result<GateRecord, GateRecordError> {
    read(&Store::of(package), gate, limits)
}

fn read(store: &Store<'_>, gate: &str, limits: &Limits) -> Result<GateRecord, GateRecordError> {
    let no_gate = || GateRecordError::NoGate(gate.to_owned());
    if !is_gate_name(gate) {
        return Err(no_gate());
    }
    if !store.has(layout::MANIFEST) {
        return Err(GateRecordError::NoRecord);
    }
    let manifest: Manifest = json(layout::MANIFEST, &bytes(store, layout::MANIFEST, limits)?)?;
    let entry = manifest
        .caws
        .gates
        .iter()
        .find(|entry| entry.gate == gate)
        .ok_or_else(no_gate)?;
    let plan = bytes(store, layout::PLAN, limits)?;
    same(layout::PLAN, &manifest.caws.plan_sha256, &sha256_hex(&plan))?;
    let plan: Plan = json(layout::PLAN, &plan)?;
    let path = evidence_path(gate);
    let evidence = bytes(store, &path, limits)?;
    same(&path, &entry.evidence_sha256, &sha256_hex(&evidence))?;
    let evidence: Evidence = json(&path, &evidence)?;
    let gate_plan = plan
        .gates
        .into_iter()
        .find(|planned| planned.gate == gate)
        .ok_or_else(no_gate)?;
    same(
        &path,
        &gate_plan_sha256(&gate_plan).unwrap_or_default(),
        &evidence.plan_sha256,
    )?;
    let raws = raws(store, &evidence, limits)?;
    Ok(GateRecord {
        plan: gate_plan,
        raws,
        commit: plan.subject.commit,
        dirty: plan.subject.dirty,
        evidence,
    })
}

fn raws(
    store: &Store<'_>,
    evidence: &Evidence,
    limits: &Limits,
) -> Result<Vec<Raw>, GateRecordError> {
    let budget = Budget::of(limits.content);
    let mut raws = Vec::with_capacity(evidence.outputs.len());
    for output in &evidence.outputs {
        let path = format!("{}/{}/{}", layout::EVIDENCE_DIR, evidence.gate, output.path);
        let stored = store
            .read(&path, limits.stored)
            .map_err(|error| unread(&path, &error))?;
        same(&path, &output.sha256, &sha256_hex(&stored))?;
        let content = inflate(&stored, &budget).map_err(|error| GateRecordError::Broken {
            path: path.clone(),
            expected: "a compressed raw output".to_owned(),
            found: error.to_string(),
        })?;
        same(&path, &output.content_sha256, &sha256_hex(&content))?;
        raws.push(Raw {
            role: output.role.clone(),
            name: output.path.clone(),
            bytes: content,
        });
    }
    Ok(raws)
}

fn bytes<'a>(
    store: &Store<'a>,
    path: &str,
    limits: &Limits,
) -> Result<Cow<'a, [u8]>, GateRecordError> {
    store
        .read(path, limits.document)
        .map_err(|error| unread(path, &error))
}

fn unread(path: &str, error: &ReadError) -> GateRecordError {
    GateRecordError::Broken {
        path: path.to_owned(),
        expected: "the file the record names".to_owned(),
        found: error.to_string(),
    }
}

fn json<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, GateRecordError> {
    serde_json::from_slice(bytes).map_err(|error| GateRecordError::Broken {
        path: path.to_owned(),
        expected: "a document of the record".to_owned(),
        found: error.to_string(),
    })
}

fn same(path: &str, expected: &str, found: &str) -> Result<(), GateRecordError> {
    if expected == found {
        return Ok(());
    }
    Err(GateRecordError::Broken {
        path: path.to_owned(),
        expected: format!("the file with the digest {expected}"),
        found: found.to_owned(),
    })
}
