//! Sealing a run: one signed bundle for the manifest and one for every evidence record.

use std::collections::BTreeMap;

use caws_evidence::manifest::layout;
use caws_evidence::{CommandRecord, Evidence, Manifest, canonical_json, command, sha256_hex};
use serde::de::DeserializeOwned;

use crate::bundle::{SignError, sign_statement};
use crate::keys::SecretKey;
use crate::predicate::{COMMAND_V1, GATE_EVIDENCE_V1, MANIFEST_V1, PLAN_V1, WAIVER_V1};
use crate::statement::{ResourceDescriptor, Statement};

/// Why a run is not sealed. Nothing is signed that is not what it says it is.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file that must be signed is not there.
    #[error("expected {path} among the artifacts, found nothing")]
    Missing {
        /// Path relative to the artifacts directory.
        path: String,
    },
    /// A record is not JSON of its schema.
    #[error("expected a valid record in {path}, found: {found}")]
    Malformed {
        /// Path relative to the artifacts directory.
        path: String,
        /// What the reader says.
        found: String,
    },
    /// A record is not in the form that is hashed and signed.
    #[error("expected canonical JSON in {path}, found another form of the same content")]
    NotCanonical {
        /// Path relative to the artifacts directory.
        path: String,
    },
    /// A file is not what the manifest says it is.
    #[error("expected sha256 {expected} for {path}, found {found}")]
    Digest {
        /// Path relative to the artifacts directory.
        path: String,
        /// Digest in the manifest.
        expected: String,
        /// Digest of the file.
        found: String,
    },
    /// The evidence belongs to another gate.
    #[error("expected evidence of gate `{expected}` in {path}, found `{found}`")]
    Gate {
        /// Path relative to the artifacts directory.
        path: String,
        /// Gate in the manifest.
        expected: String,
        /// Gate in the record.
        found: String,
    },
    /// The gate's name cannot be a directory.
    #[error("expected a gate name of letters, digits, `-`, `_` and `.`, found `{0}`")]
    GateName(String),
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Path of a gate's evidence record, relative to the artifacts directory.
#[must_use]
pub fn evidence_path(gate: &str) -> String {
    format!("{}/{gate}/{}", layout::EVIDENCE_DIR, layout::EVIDENCE_FILE)
}

/// Path of a gate's evidence bundle, relative to the artifacts directory.
#[must_use]
pub fn evidence_bundle_path(gate: &str) -> String {
    format!(
        "{}/{gate}/{}",
        layout::EVIDENCE_DIR,
        layout::EVIDENCE_BUNDLE
    )
}

/// What every bundle's name ends with.
const BUNDLE: &str = ".sigstore.json";

/// Path of the bundle in which another key signs the manifest as well, relative to the artifacts
/// directory: it lies beside the first and names the key.
#[must_use]
pub fn cosignature_path(fingerprint: &str) -> String {
    let beside = layout::MANIFEST_BUNDLE
        .strip_suffix(BUNDLE)
        .unwrap_or(layout::MANIFEST_BUNDLE);
    format!("{beside}.{fingerprint}{BUNDLE}")
}

/// The fingerprint in the path of a cosignature; `None` for any other path.
#[must_use]
pub fn cosigner_of(path: &str) -> Option<&str> {
    let beside = layout::MANIFEST_BUNDLE.strip_suffix(BUNDLE)?;
    let fingerprint = path
        .strip_prefix(beside)?
        .strip_prefix('.')?
        .strip_suffix(BUNDLE)?;
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (fingerprint.len() == 64 && fingerprint.bytes().all(digit)).then_some(fingerprint)
}

/// Whether a gate's name is safe as the name of a directory: it starts with a letter or digit and
/// holds only letters, digits, `-`, `_` and `.`, at most 100.
#[must_use]
pub fn is_gate_name(gate: &str) -> bool {
    gate.len() <= 100
        && gate.starts_with(|c: char| c.is_ascii_alphanumeric())
        && gate
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// What a manifest's statement is about: the commit and tree (where the run was about exactly
/// those), the manifest and every file it covers.
#[must_use]
pub fn manifest_subjects(manifest: &Manifest, manifest_sha256: &str) -> Vec<ResourceDescriptor> {
    let record = &manifest.caws;
    let mut subjects = Vec::with_capacity(record.files.len() + 3);
    // A changed working tree is not the commit, and a statement about the commit would be false.
    if !record.dirty && is_git_id(&manifest.commit) {
        subjects.push(ResourceDescriptor::digested(
            "commit",
            "gitCommit",
            &manifest.commit,
        ));
        if is_git_id(&record.tree) {
            subjects.push(ResourceDescriptor::digested(
                "tree",
                "gitTree",
                &record.tree,
            ));
        }
    }
    subjects.push(ResourceDescriptor::digested(
        layout::MANIFEST,
        "sha256",
        manifest_sha256,
    ));
    for file in &record.files {
        subjects.push(ResourceDescriptor::digested(
            &file.path,
            "sha256",
            &file.sha256,
        ));
    }
    subjects
}

/// The statement that seals a manifest.
///
/// # Errors
/// When the manifest does not serialise.
pub fn manifest_statement(manifest: &Manifest) -> serde_json::Result<Statement> {
    let digest = sha256_hex(&canonical_json(manifest)?);
    let subjects = manifest_subjects(manifest, &digest);
    Ok(Statement::new(
        MANIFEST_V1,
        subjects,
        serde_json::to_value(manifest)?,
    ))
}

/// Signs a manifest that another key signed before; gives the path of the bundle, and the bundle.
///
/// # Errors
/// When the manifest does not serialise, or the key does not sign.
pub fn cosign(manifest: &Manifest, key: &SecretKey) -> Result<(String, Vec<u8>), SignError> {
    let path = cosignature_path(&key.public()?.fingerprint());
    Ok((path, signed(&manifest_statement(manifest)?, key)?))
}

/// The statement that seals a gate's evidence.
///
/// # Errors
/// When the evidence does not serialise.
pub fn evidence_statement(evidence: &Evidence) -> serde_json::Result<Statement> {
    let digest = sha256_hex(&canonical_json(evidence)?);
    let path = evidence_path(&evidence.gate);
    let subject = ResourceDescriptor::digested(&path, "sha256", &digest);
    Ok(Statement::new(
        GATE_EVIDENCE_V1,
        vec![subject],
        serde_json::to_value(evidence)?,
    ))
}

/// What the statement about a plan is about: commit and tree where there is a commit, and the plan.
#[must_use]
pub fn plan_subjects(
    commit: Option<&str>,
    tree: &str,
    plan_sha256: &str,
) -> Vec<ResourceDescriptor> {
    let mut subjects = Vec::new();
    if let Some(commit) = commit {
        subjects.push(ResourceDescriptor::digested("commit", "gitCommit", commit));
        if is_git_id(tree) {
            subjects.push(ResourceDescriptor::digested("tree", "gitTree", tree));
        }
    }
    subjects.push(ResourceDescriptor::digested(
        layout::PLAN,
        "sha256",
        plan_sha256,
    ));
    subjects
}

/// Signs a plan, given as its canonical JSON; gives the bundle.
///
/// # Errors
/// When the bytes are no JSON, or the key does not sign.
pub fn seal_plan(
    plan: &[u8],
    commit: Option<&str>,
    tree: &str,
    key: &SecretKey,
) -> Result<Vec<u8>, SignError> {
    let subjects = plan_subjects(commit, tree, &sha256_hex(plan));
    let statement = Statement::new(PLAN_V1, subjects, serde_json::from_slice(plan)?);
    signed(&statement, key)
}

/// Path of a command's record, relative to the artifacts directory.
#[must_use]
pub fn command_path(name: &str) -> String {
    format!("{}/{name}.json", command::DIRECTORY)
}

/// Path of a command's bundle, relative to the artifacts directory.
#[must_use]
pub fn command_bundle_path(name: &str) -> String {
    format!("{}/{name}.sigstore.json", command::DIRECTORY)
}

/// What the statement about a command is about: commit and tree where it ran on exactly those, and its record.
#[must_use]
pub fn command_subjects(record: &CommandRecord, record_sha256: &str) -> Vec<ResourceDescriptor> {
    let mut subjects = Vec::new();
    if let (Some(commit), Some(false)) = (&record.commit, record.dirty) {
        subjects.push(ResourceDescriptor::digested("commit", "gitCommit", commit));
        if let Some(tree) = record.tree.as_deref().filter(|tree| is_git_id(tree)) {
            subjects.push(ResourceDescriptor::digested("tree", "gitTree", tree));
        }
    }
    let path = command_path(&record.name);
    subjects.push(ResourceDescriptor::digested(&path, "sha256", record_sha256));
    subjects
}

/// Signs the record of a command; gives the bundle.
///
/// # Errors
/// When the record does not serialise, or the key does not sign.
pub fn seal_command(record: &CommandRecord, key: &SecretKey) -> Result<Vec<u8>, SignError> {
    let digest = sha256_hex(&canonical_json(record)?);
    let subjects = command_subjects(record, &digest);
    let predicate = serde_json::to_value(record)?;
    signed(&Statement::new(COMMAND_V1, subjects, predicate), key)
}

/// What the statement about a waiver is about: the first commit it holds for, and the waiver.
#[must_use]
pub fn waiver_subjects(id: &str, from: &str, waiver_sha256: &str) -> Vec<ResourceDescriptor> {
    vec![
        ResourceDescriptor::digested("commit", "gitCommit", from),
        ResourceDescriptor::digested(id, "sha256", waiver_sha256),
    ]
}

/// Signs a waiver, given as its canonical JSON, that holds from the commit `from` on; gives the bundle.
///
/// # Errors
/// When the bytes are no JSON, or the key does not sign.
pub fn seal_waiver(
    id: &str,
    from: &str,
    waiver: &[u8],
    key: &SecretKey,
) -> Result<Vec<u8>, SignError> {
    let subjects = waiver_subjects(id, from, &sha256_hex(waiver));
    let statement = Statement::new(WAIVER_V1, subjects, serde_json::from_slice(waiver)?);
    signed(&statement, key)
}

/// Seals a run.
///
/// `files` maps paths relative to the artifacts directory to content: the manifest, every gate's
/// evidence record, and as many of the other files the manifest covers as the caller has; each is
/// held against its digest in the manifest before anything is signed. Gives the bundles to
/// write, by path.
///
/// # Errors
/// [`SealError`] when something is missing, malformed or not what the manifest says.
pub fn seal(
    files: &BTreeMap<String, Vec<u8>>,
    key: &SecretKey,
) -> Result<BTreeMap<String, Vec<u8>>, SealError> {
    let manifest: Manifest = record(files, layout::MANIFEST)?;
    for listed in &manifest.caws.files {
        if let Some(bytes) = files.get(&listed.path) {
            same_digest(&listed.path, &listed.sha256, bytes)?;
        }
    }
    let mut bundles = BTreeMap::new();
    for entry in &manifest.caws.gates {
        if !is_gate_name(&entry.gate) {
            return Err(SealError::GateName(entry.gate.clone()));
        }
        let path = evidence_path(&entry.gate);
        let evidence: Evidence = record(files, &path)?;
        if evidence.gate != entry.gate {
            return Err(SealError::Gate {
                path,
                expected: entry.gate.clone(),
                found: evidence.gate,
            });
        }
        let bytes = canonical_json(&evidence).map_err(SignError::from)?;
        same_digest(&path, &entry.evidence_sha256, &bytes)?;
        let statement = evidence_statement(&evidence).map_err(SignError::from)?;
        bundles.insert(evidence_bundle_path(&entry.gate), signed(&statement, key)?);
    }
    let statement = manifest_statement(&manifest).map_err(SignError::from)?;
    bundles.insert(layout::MANIFEST_BUNDLE.to_owned(), signed(&statement, key)?);
    Ok(bundles)
}

fn signed(statement: &Statement, key: &SecretKey) -> Result<Vec<u8>, SignError> {
    Ok(sign_statement(statement, key)?.to_canonical_bytes()?)
}

/// A record that is exactly the canonical form of what it parses to.
fn record<T: DeserializeOwned + serde::Serialize>(
    files: &BTreeMap<String, Vec<u8>>,
    path: &str,
) -> Result<T, SealError> {
    let bytes = files.get(path).ok_or_else(|| SealError::Missing {
        path: path.to_owned(),
    })?;
    let malformed = |e: serde_json::Error| SealError::Malformed {
        path: path.to_owned(),
        found: e.to_string(),
    };
    let value: T = serde_json::from_slice(bytes).map_err(malformed)?;
    if canonical_json(&value).map_err(malformed)? != *bytes {
        return Err(SealError::NotCanonical {
            path: path.to_owned(),
        });
    }
    Ok(value)
}

fn same_digest(path: &str, expected: &str, bytes: &[u8]) -> Result<(), SealError> {
    let found = sha256_hex(bytes);
    if found == expected {
        return Ok(());
    }
    Err(SealError::Digest {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found,
    })
}

/// 40 hexadecimal digits (SHA-1) or 64 (SHA-256), lowercase, as git prints them.
fn is_git_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests;
