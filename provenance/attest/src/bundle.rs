//! Sigstore bundle v0.3 around a DSSE envelope, signed by a plain key.
//!
//! Source: <https://github.com/sigstore/protobuf-specs>, `sigstore_bundle.proto`. The bundle
//! names the key by a hint, base64 of SHA-256 over its SPKI DER, and carries no certificate and no
//! transparency log entry.

use caws_evidence::canonical_json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dsse::{self, Envelope, EnvelopeError, Wire, pae};
use crate::json;
use crate::keys::{KeyError, PublicKey, SecretKey};
use crate::predicate::PredicateError;
use crate::statement::{PAYLOAD_TYPE, Statement, StatementError};

/// `mediaType` of the bundle.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The older spelling of the same version, accepted by [`Bundle::parse`].
pub const MEDIA_TYPE_OLD: &str = "application/vnd.dev.sigstore.bundle+json;version=0.3";

/// A signed envelope with what is needed to find its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// [`MEDIA_TYPE`], or [`MEDIA_TYPE_OLD`] where a stranger wrote it.
    pub media_type: String,
    /// Which key: base64 of SHA-256 over its SPKI DER, by convention.
    pub hint: String,
    /// Transparency log entries, kept as they came; ours has none.
    pub tlog_entries: Vec<Value>,
    /// The signed payload.
    pub envelope: Envelope,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBundle {
    media_type: String,
    verification_material: Material,
    dsse_envelope: Wire,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    public_key: Hint,
    #[serde(default)]
    tlog_entries: Vec<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

/// Why a bundle cannot be read or is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not JSON of the bundle's shape.
    #[error("expected a Sigstore bundle v0.3 with a public key and a DSSE envelope, found: {0}")]
    Shape(String),
    /// Another version.
    #[error("expected media type {MEDIA_TYPE}, found `{0}`")]
    MediaType(String),
    /// The envelope inside is broken.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Readable, and not byte for byte what a writer of ours leaves.
    #[error("expected the bundle's canonical bytes, found a difference at byte {offset}")]
    NotCanonical {
        /// First byte that differs, from 0.
        offset: usize,
    },
    /// The envelope does not carry exactly one signature.
    #[error("expected exactly one signature, found {0}")]
    SignatureCount(usize),
    /// The payload is no in-toto statement.
    #[error("expected payload type {PAYLOAD_TYPE}, found `{0}`")]
    PayloadType(String),
    /// The bundle names a key that nobody trusts here.
    #[error("signed by key {keyid}, which is none of the {trusted} trusted keys")]
    Untrusted {
        /// Key id the bundle names.
        keyid: String,
        /// How many keys are trusted.
        trusted: usize,
    },
    /// The bundle names a trusted key, and its signature does not verify.
    #[error("the signature does not verify under the key {fingerprint} it names")]
    Signature {
        /// Fingerprint of the key named.
        fingerprint: String,
    },
    /// A trusted key signed, and the bundle names another.
    #[error("`{field}` should name the signing key as `{expected}`, found `{found}`")]
    NamesAnotherKey {
        /// `keyid` or `hint`.
        field: &'static str,
        /// What the signing key is called.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The payload is no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The statement does not serialise.
    #[error("the statement cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The predicate breaks its own rules.
    #[error(transparent)]
    Predicate(#[from] PredicateError),
    /// The key does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A statement that a trusted key signed.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedStatement {
    /// The exact bytes that were verified.
    pub payload: Vec<u8>,
    /// The statement those bytes hold.
    pub statement: Statement,
    /// Fingerprint of the key: SHA-256 of its SPKI DER in hexadecimal.
    pub fingerprint: String,
}

impl Bundle {
    /// Reads a bundle as others may write it: unknown fields, white space and either base64
    /// alphabet are accepted.
    ///
    /// # Errors
    /// Another shape or version, a certificate instead of a key, broken base64.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let wire: WireBundle = json::read(bytes).map_err(|e| BundleError::Shape(e.to_string()))?;
        if wire.media_type != MEDIA_TYPE && wire.media_type != MEDIA_TYPE_OLD {
            return Err(BundleError::MediaType(wire.media_type));
        }
        Ok(Self {
            media_type: wire.media_type,
            hint: wire.verification_material.public_key.hint,
            tlog_entries: wire.verification_material.tlog_entries,
            envelope: Envelope::from_wire(&wire.dsse_envelope)?,
        })
    }

    /// Reads a bundle that must be byte for byte what [`Bundle::to_canonical_bytes`] writes.
    ///
    /// # Errors
    /// As [`Bundle::parse`], and [`BundleError::NotCanonical`].
    pub fn parse_strict(bytes: &[u8]) -> Result<Self, BundleError> {
        let bundle = Self::parse(bytes)?;
        let canonical = bundle
            .to_canonical_bytes()
            .map_err(|e| BundleError::Shape(e.to_string()))?;
        if canonical != bytes {
            let offset = canonical
                .iter()
                .zip(bytes)
                .take_while(|(a, b)| a == b)
                .count();
            return Err(BundleError::NotCanonical { offset });
        }
        Ok(bundle)
    }

    /// The one form we write: canonical JSON, standard base64, padded.
    ///
    /// # Errors
    /// Never for a bundle; the signature follows `serde_json`.
    pub fn to_canonical_bytes(&self) -> serde_json::Result<Vec<u8>> {
        canonical_json(&WireBundle {
            media_type: self.media_type.clone(),
            verification_material: Material {
                public_key: Hint {
                    hint: self.hint.clone(),
                },
                tlog_entries: self.tlog_entries.clone(),
            },
            dsse_envelope: self.envelope.to_wire(),
        })
    }
}

/// Signs a statement: canonical JSON payload, one signature, a bundle that names the key.
///
/// # Errors
/// When the statement does not serialise or the key does not sign.
pub fn sign_statement(statement: &Statement, key: &SecretKey) -> Result<Bundle, SignError> {
    let payload = canonical_json(statement)?;
    let public = key.public()?;
    Ok(Bundle {
        media_type: MEDIA_TYPE.to_owned(),
        hint: public.hint(),
        tlog_entries: Vec::new(),
        envelope: dsse::sign(PAYLOAD_TYPE, payload, &[key])?,
    })
}

/// Verifies a bundle of ours so that no byte of it can change unnoticed.
///
/// Beyond a signature by one of `keys` this asks for the canonical form, one signature in its
/// canonical encoding (an ECDSA signature has a second, equally valid one), no log entries, and a
/// `keyid` and `hint` that name the key that signed: the fields no signature covers.
///
/// # Errors
/// [`BundleError`]; `Untrusted` where the bundle names none of `keys`.
pub fn verify_strict(bytes: &[u8], keys: &[PublicKey]) -> Result<VerifiedStatement, BundleError> {
    let bundle = Bundle::parse_strict(bytes)?;
    if bundle.media_type != MEDIA_TYPE {
        return Err(BundleError::MediaType(bundle.media_type));
    }
    if !bundle.tlog_entries.is_empty() {
        return Err(BundleError::Shape(format!(
            "{} log entries where none is supported",
            bundle.tlog_entries.len()
        )));
    }
    let envelope = &bundle.envelope;
    let [signature] = envelope.signatures.as_slice() else {
        return Err(BundleError::SignatureCount(envelope.signatures.len()));
    };
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(BundleError::PayloadType(envelope.payload_type.clone()));
    }
    let message = pae(PAYLOAD_TYPE, &envelope.payload);
    let Some(key) = keys
        .iter()
        .find(|key| key.verify_strict(&message, &signature.sig).is_ok())
    else {
        let named = keys
            .iter()
            .find(|key| key.fingerprint() == signature.keyid || key.hint() == bundle.hint);
        return Err(match named {
            Some(key) => BundleError::Signature {
                fingerprint: key.fingerprint(),
            },
            None => BundleError::Untrusted {
                keyid: signature.keyid.clone(),
                trusted: keys.len(),
            },
        });
    };
    let fingerprint = key.fingerprint();
    names_key("keyid", fingerprint.clone(), &signature.keyid)?;
    names_key("hint", key.hint(), &bundle.hint)?;
    let statement = Statement::parse(&envelope.payload)?;
    Ok(VerifiedStatement {
        statement,
        fingerprint,
        payload: bundle.envelope.payload,
    })
}

fn names_key(field: &'static str, expected: String, found: &str) -> Result<(), BundleError> {
    if expected == found {
        return Ok(());
    }
    Err(BundleError::NamesAnotherKey {
        field,
        expected,
        found: found.to_owned(),
    })
}

#[cfg(test)]
mod tests;
