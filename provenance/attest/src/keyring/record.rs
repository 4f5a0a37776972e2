//! One record: an in-toto statement about a key, signed by the keys it takes.

use std::num::NonZeroUsize;

use caws_evidence::canonical_json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bundle::SignError;
use crate::dsse::{self, Envelope, VerifyError, pae};
use crate::keys::{KeyError, PublicKey, SecretKey};
use crate::predicate::{KEY_V1, Predicate, PredicateError};
use crate::statement::{PAYLOAD_TYPE, ResourceDescriptor, Statement};

/// Version of the predicate's content.
pub const SCHEMA_VERSION: u32 = 1;

/// Why a key was given up; the later one is the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Another one took its place.
    Superseded,
    /// Its holder signs no more.
    Retired,
    /// Somebody else may have it.
    Compromised,
}

/// What happened to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It begins. Signed by itself.
    Issue {
        /// The key, PEM.
        public_key: String,
        /// First moment it counts.
        not_before: Timestamp,
        /// First moment it counts no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_after: Option<Timestamp>,
    },
    /// It follows another. Signed by both.
    Rotate {
        /// Fingerprint of the key before it.
        previous: String,
        /// The key, PEM.
        public_key: String,
        /// First moment it counts.
        not_before: Timestamp,
        /// First moment it counts no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_after: Option<Timestamp>,
        /// First moment the key before it counts no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous_not_after: Option<Timestamp>,
    },
    /// It is given up. Signed by itself, by one that follows it, or by a pinned key.
    Revoke {
        /// Fingerprint of the key.
        key: String,
        /// First moment it counts no more.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// The predicate [`KEY_V1`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// When it was written, as its writer says.
    pub issued: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Predicate for KeyRecord {
    const TYPE: &'static str = KEY_V1;

    fn check(&self) -> Result<(), String> {
        if self.schema_version != SCHEMA_VERSION {
            return Err(format!(
                "schema_version {}, where {SCHEMA_VERSION} is known",
                self.schema_version
            ));
        }
        match &self.event {
            Event::Issue {
                not_before,
                not_after: Some(not_after),
                ..
            }
            | Event::Rotate {
                not_before,
                not_after: Some(not_after),
                ..
            } if not_after <= not_before => Err(format!("a key from {not_before} to {not_after}")),
            _ => Ok(()),
        }
    }
}

/// Why a record changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Signed by no known key, or no statement.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// No key record.
    #[error(transparent)]
    Predicate(#[from] PredicateError),
    /// The key in it is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key that had to sign did not.
    #[error("expected a signature by the key {expected}, found those by {signers:?}")]
    Signer {
        /// Fingerprint of the key.
        expected: String,
        /// Those that did.
        signers: Vec<String>,
    },
    /// The statement is about something else than its predicate.
    #[error("expected the subject {expected}, found {found:?}")]
    Subject {
        /// Fingerprint of the key.
        expected: String,
        /// What stands there.
        found: Vec<String>,
    },
    /// A revocation by a key that has no say over the other.
    #[error(
        "expected a revocation of {key} by itself, a key that follows it or a pinned one, found one by {signers:?}"
    )]
    NotItsBusiness {
        /// Fingerprint of the key it is about.
        key: String,
        /// Who signed.
        signers: Vec<String>,
    },
}

/// A record whose signatures hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Which one, in the order given, from 0.
    pub index: usize,
    /// Fingerprint of the key it is about.
    pub key: String,
    /// What it says.
    pub record: KeyRecord,
    /// Fingerprints of the known keys that signed it.
    pub signers: Vec<String>,
}

/// Opens a record with the keys known so far; gives the key it introduces as well.
pub(super) fn open(
    index: usize,
    envelope: &Envelope,
    known: &[PublicKey],
) -> Result<(Verified, Option<PublicKey>), RecordError> {
    let payload = envelope.clone().verify(known, NonZeroUsize::MIN)?;
    let statement = payload.statement()?;
    let record: KeyRecord = statement.predicate_as()?;
    let mut signers = payload.signers().to_vec();
    let (key, introduced) = match &record.event {
        Event::Issue { public_key, .. } | Event::Rotate { public_key, .. } => {
            let key = PublicKey::from_pem(public_key)?;
            (key.fingerprint(), Some(key))
        }
        Event::Revoke { key, .. } => (key.clone(), None),
    };
    if let Some(public) = &introduced
        && !signers.contains(&key)
    {
        let message = pae(payload.payload_type(), payload.bytes());
        let by_it = |s: &dsse::Signature| public.verify(&message, &s.sig).is_ok();
        if envelope.signatures.iter().any(by_it) {
            signers.push(key.clone());
        }
    }
    let mut must_sign = Vec::new();
    if introduced.is_some() {
        must_sign.push(key.clone());
    }
    if let Event::Rotate { previous, .. } = &record.event {
        must_sign.push(previous.clone());
    }
    if let Some(missing) = must_sign.into_iter().find(|key| !signers.contains(key)) {
        return Err(RecordError::Signer {
            expected: missing,
            signers,
        });
    }
    if statement.subject != [subject(&key)] {
        return Err(RecordError::Subject {
            expected: key,
            found: statement
                .subject
                .iter()
                .map(|s| s.name.clone().unwrap_or_default())
                .collect(),
        });
    }
    let verified = Verified {
        index,
        key,
        record,
        signers,
    };
    Ok((verified, introduced))
}

/// A key as a subject: its fingerprint is the SHA-256 of its SPKI DER.
fn subject(fingerprint: &str) -> ResourceDescriptor {
    ResourceDescriptor::digested(fingerprint, "sha256", fingerprint)
}

fn sign(
    key: &str,
    issued: Timestamp,
    event: Event,
    signers: &[&SecretKey],
) -> Result<Envelope, SignError> {
    let record = KeyRecord {
        schema_version: SCHEMA_VERSION,
        issued,
        event,
    };
    let statement = Statement::of(vec![subject(key)], &record)?;
    let payload = canonical_json(&statement)?;
    Ok(dsse::sign(PAYLOAD_TYPE, payload, signers)?)
}

/// The record that `key` begins.
///
/// # Errors
/// When it would end before it begins, or the key does not sign.
pub fn issue(
    key: &SecretKey,
    issued: Timestamp,
    not_before: Timestamp,
    not_after: Option<Timestamp>,
) -> Result<Envelope, SignError> {
    let public = key.public()?;
    let event = Event::Issue {
        public_key: public.to_pem()?,
        not_before,
        not_after,
    };
    sign(&public.fingerprint(), issued, event, &[key])
}

/// The record that `new` follows `old`, which counts until `previous_not_after`.
///
/// # Errors
/// When the new key would end before it begins, or a key does not sign.
pub fn rotate(
    old: &SecretKey,
    new: &SecretKey,
    issued: Timestamp,
    (not_before, not_after): (Timestamp, Option<Timestamp>),
    previous_not_after: Option<Timestamp>,
) -> Result<Envelope, SignError> {
    let public = new.public()?;
    let event = Event::Rotate {
        previous: old.public()?.fingerprint(),
        public_key: public.to_pem()?,
        not_before,
        not_after,
        previous_not_after,
    };
    sign(&public.fingerprint(), issued, event, &[old, new])
}

/// The record that the key with this fingerprint counts no more from `since` on.
///
/// # Errors
/// When the signer does not sign.
pub fn revoke(
    key: &str,
    signer: &SecretKey,
    issued: Timestamp,
    since: Timestamp,
    reason: Reason,
) -> Result<Envelope, SignError> {
    let event = Event::Revoke {
        key: key.to_owned(),
        since,
        reason,
    };
    sign(key, issued, event, &[signer])
}
