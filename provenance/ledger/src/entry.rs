//! What a leaf of caws says: which attestation, by digest, and what it is about.
//!
//! A leaf is canonical JSON of an [`Entry`]. The attestation itself travels in audit packages, since
//! a manifest may be longer than the 65,535 bytes a leaf can have. All fields but the commit can be
//! derived from the attestation, so that an index over them is a convenience and never authority:
//! [`Entry::of_bundle`] computes them again. The commit of evidence of a gate is that of the run.

use caws_attest::bundle::BundleError;
use caws_attest::{PublicKey, Statement};
use caws_evidence::{canonical_json, sha256_hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `schema` of every entry.
pub const ENTRY_V1: &str = "https://kokoro-tts.com/caws/ledger-entry/v1";

/// A leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Always [`ENTRY_V1`].
    pub schema: String,
    /// SHA-256 of the attestation's bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Length of the attestation, in bytes.
    pub bytes: u64,
    /// What it says: the predicate type of its statement.
    pub predicate_type: String,
    /// Fingerprint of the key that signed it: SHA-256 of its SPKI DER.
    pub key: String,
    /// Commit it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Gate it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// What the gate concluded, as in its evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// When it was measured or made, RFC 3339 UTC, as in its predicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Why there is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The attestation is no bundle with one signature by a trusted key.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The leaf is not canonical JSON of an entry.
    #[error("expected canonical JSON of a ledger entry, found {0}")]
    Shape(String),
}

/// The first text among fields of a predicate.
fn text(predicate: &Value, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| predicate.get(name)?.as_str())
        .map(str::to_owned)
}

impl Entry {
    /// The entry of an attestation that one of `keys` signed. `commit` is the run's, where the
    /// statement does not name one itself.
    ///
    /// # Errors
    /// [`EntryError::Bundle`] when the bundle is not one of ours, whole and signed.
    pub fn of_bundle(
        bytes: &[u8],
        keys: &[PublicKey],
        commit: Option<&str>,
    ) -> Result<Self, EntryError> {
        let verified = caws_attest::verify_strict(bytes, keys)?;
        Ok(Self::of_statement(
            bytes,
            &verified.statement,
            &verified.fingerprint,
            commit,
        ))
    }

    fn of_statement(bytes: &[u8], statement: &Statement, key: &str, run: Option<&str>) -> Self {
        let predicate = &statement.predicate;
        let named = statement
            .subject
            .iter()
            .find_map(|subject| subject.digest.get("gitCommit").cloned());
        Self {
            schema: ENTRY_V1.to_owned(),
            sha256: sha256_hex(bytes),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            predicate_type: statement.predicate_type.clone(),
            key: key.to_owned(),
            commit: named
                .or_else(|| text(predicate, &["commit"]))
                .or_else(|| run.map(str::to_owned)),
            gate: text(predicate, &["gate"]),
            verdict: text(predicate, &["verdict", "verificationResult", "result"]),
            time: text(
                predicate,
                &["finished", "timestamp", "timeVerified", "created"],
            )
            // Where a manifest has it.
            .or_else(|| text(predicate.get("caws")?, &["finished"])),
        }
    }

    /// The leaf.
    ///
    /// # Errors
    /// Never for an entry; the signature follows `serde_json`.
    pub fn to_leaf(&self) -> serde_json::Result<Vec<u8>> {
        canonical_json(self)
    }

    /// Reads exactly what [`Entry::to_leaf`] writes.
    ///
    /// # Errors
    /// [`EntryError::Shape`] for any other bytes.
    pub fn from_leaf(leaf: &[u8]) -> Result<Self, EntryError> {
        let shape = |e: serde_json::Error| EntryError::Shape(e.to_string());
        let entry: Self = serde_json::from_slice(leaf).map_err(shape)?;
        if entry.schema != ENTRY_V1 {
            return Err(EntryError::Shape(format!("schema `{}`", entry.schema)));
        }
        if entry.to_leaf().map_err(shape)? != leaf {
            return Err(EntryError::Shape(
                "another form of the same content".to_owned(),
            ));
        }
        Ok(entry)
    }

    /// Whether the entry is about these bytes of an attestation.
    #[must_use]
    pub fn is_of(&self, attestation: &[u8]) -> bool {
        self.sha256 == sha256_hex(attestation)
    }
}

/// What is looked for; fields that are `None` accept anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Commit, or its first digits.
    pub commit: Option<String>,
    /// Gate.
    pub gate: Option<String>,
    /// Verdict.
    pub verdict: Option<String>,
    /// Fingerprint of the signing key, or its first digits.
    pub key: Option<String>,
    /// Earliest time, RFC 3339 UTC.
    pub since: Option<String>,
    /// Latest time, RFC 3339 UTC.
    pub until: Option<String>,
}

impl Query {
    /// Whether an entry is looked for. An entry that does not have a field asked for is not.
    #[must_use]
    pub fn accepts(&self, entry: &Entry) -> bool {
        let field =
            |asked: &Option<String>, is: &dyn Fn(&str) -> bool| asked.as_deref().is_none_or(is);
        let time = entry.time.as_deref();
        field(&self.commit, &|c| entry.commit.as_deref().is_some_and(|e| e.starts_with(c)))
            && field(&self.gate, &|gate| entry.gate.as_deref() == Some(gate))
            && field(&self.verdict, &|verdict| entry.verdict.as_deref() == Some(verdict))
            && field(&self.key, &|key| entry.key.starts_with(key))
            // RFC 3339 in UTC is in the order of its characters.
            && field(&self.since, &|since| time.is_some_and(|time| time >= since))
            && field(&self.until, &|until| time.is_some_and(|time| time <= until))
    }
}

#[cfg(test)]
mod tests;
