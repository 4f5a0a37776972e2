//! Dead Simple Signing Envelope, version 1.0.2: what is signed is the type and the bytes.
//!
//! An [`Envelope`] is a claim. [`Envelope::verify`] turns it into a [`VerifiedPayload`], and only
//! that gives its bytes to a parser.
//!
//! Source: <https://github.com/secure-systems-lab/dsse>, `envelope.md` and `protocol.md`.

use std::num::NonZeroUsize;

use caws_evidence::sha256_hex;
use serde::{Deserialize, Serialize};

use crate::encoding::{from_base64, to_base64};
use crate::json;
use crate::keys::{KeyError, PublicKey, SecretKey};
use crate::statement::{PAYLOAD_TYPE, Statement, StatementError};

/// Most signatures of one envelope: each costs a verification for every trusted key.
pub const SIGNATURE_LIMIT: usize = 64;

/// The pre-authentication encoding: the exact bytes a signature covers.
///
/// `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, lengths in bytes, in decimal.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Hint which key made it; not covered by the signature.
    pub keyid: String,
    /// The signature itself: ASN.1 DER for ECDSA, 64 bytes for Ed25519.
    pub sig: Vec<u8>,
}

/// A payload with its type and signatures, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The bytes somebody claims to have signed: not to be parsed before [`Envelope::verify`].
    pub(crate) payload: Vec<u8>,
    /// What the bytes are, such as `application/vnd.in-toto+json`.
    pub payload_type: String,
    /// Signatures over [`pae`] of the two.
    pub signatures: Vec<Signature>,
}

/// The JSON form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wire {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct WireSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Why bytes are no envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON of the envelope's shape.
    #[error("expected a DSSE envelope, found JSON that is not one: {0}")]
    Shape(String),
    /// A field that should be base64 is not.
    #[error("expected base64 in `{field}` of the DSSE envelope: {why}")]
    Base64 {
        /// `payload` or `signatures[N].sig`.
        field: String,
        /// What the decoder says, with the offset.
        why: String,
    },
    /// More signatures than anyone needs.
    #[error("expected at most {SIGNATURE_LIMIT} signatures in the DSSE envelope, found {0}")]
    Signatures(usize),
}

/// Why an envelope is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Too few of the trusted keys signed.
    #[error("expected signatures by {needed} of {trusted} trusted keys, found {}: {signers:?} among {signatures} signatures", .signers.len())]
    Threshold {
        /// How many distinct keys must have signed.
        needed: usize,
        /// How many keys are trusted.
        trusted: usize,
        /// Fingerprints of those that did sign.
        signers: Vec<String>,
        /// How many signatures the envelope carries.
        signatures: usize,
    },
    /// Signed by enough, and not what the reader came for.
    #[error("expected payload type {expected}, found `{found}`")]
    PayloadType {
        /// What the reader came for.
        expected: &'static str,
        /// What was signed.
        found: String,
    },
    /// Signed by enough, and no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// Bytes that enough trusted keys signed. There is no other way to have one than
/// [`Envelope::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPayload {
    payload_type: String,
    bytes: Vec<u8>,
    signers: Vec<String>,
}

impl VerifiedPayload {
    /// What the bytes are; the signatures cover it.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The bytes that were verified.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes that were verified.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Fingerprints of all trusted keys that signed, in the order the keys were given.
    #[must_use]
    pub fn signers(&self) -> &[String] {
        &self.signers
    }

    /// The in-toto statement these bytes are.
    ///
    /// # Errors
    /// Another payload type, or no statement.
    pub fn statement(&self) -> Result<Statement, VerifyError> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(VerifyError::PayloadType {
                expected: PAYLOAD_TYPE,
                found: self.payload_type.clone(),
            });
        }
        Ok(Statement::parse(&self.bytes)?)
    }
}

impl Envelope {
    /// Reads an envelope; unknown fields are ignored, either base64 alphabet is accepted, padded
    /// or not. At most [`json::SIZE_LIMIT`] bytes, [`json::DEPTH_LIMIT`] deep, no key twice.
    ///
    /// # Errors
    /// [`EnvelopeError`] names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let wire: Wire = json::read(bytes).map_err(|e| EnvelopeError::Shape(e.to_string()))?;
        Self::from_wire(&wire)
    }

    pub(crate) fn from_wire(wire: &Wire) -> Result<Self, EnvelopeError> {
        let decode = |field: String, text: &str| {
            from_base64(text).map_err(|e| EnvelopeError::Base64 {
                field,
                why: e.to_string(),
            })
        };
        if wire.signatures.len() > SIGNATURE_LIMIT {
            return Err(EnvelopeError::Signatures(wire.signatures.len()));
        }
        let mut signatures = Vec::with_capacity(wire.signatures.len());
        for (index, signature) in wire.signatures.iter().enumerate() {
            signatures.push(Signature {
                keyid: signature.keyid.clone(),
                sig: decode(format!("signatures[{index}].sig"), &signature.sig)?,
            });
        }
        Ok(Self {
            payload: decode("payload".to_owned(), &wire.payload)?,
            payload_type: wire.payload_type.clone(),
            signatures,
        })
    }

    pub(crate) fn to_wire(&self) -> Wire {
        Wire {
            payload: to_base64(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: self
                .signatures
                .iter()
                .map(|s| WireSignature {
                    keyid: s.keyid.clone(),
                    sig: to_base64(&s.sig),
                })
                .collect(),
        }
    }

    /// The envelope as JSON, keys in the order of the specification.
    ///
    /// # Errors
    /// Never for an envelope; the signature follows `serde_json`.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&self.to_wire())
    }

    /// SHA-256 of the payload, to compare with a payload somebody has: nothing about it is verified.
    #[must_use]
    pub fn payload_sha256(&self) -> String {
        sha256_hex(&self.payload)
    }

    /// The key of `keys` that made one of the signatures, if any did.
    ///
    /// `keyid` is only a hint and is not trusted to choose: every key is tried on every
    /// signature.
    #[must_use]
    pub fn verified_by<'k>(&self, keys: &'k [PublicKey]) -> Option<(&'k PublicKey, &Signature)> {
        let message = pae(&self.payload_type, &self.payload);
        self.signatures.iter().find_map(|signature| {
            keys.iter()
                .find(|key| key.verify(&message, &signature.sig).is_ok())
                .map(|key| (key, signature))
        })
    }

    /// Hands on the payload when at least `threshold` different keys of `keys` signed it.
    ///
    /// A key that signs twice, or is given twice, counts once. Signatures by others, and broken
    /// ones, are passed over: whoever can add one to an envelope could as well take one away.
    ///
    /// # Errors
    /// [`VerifyError::Threshold`] names the keys that did sign.
    pub fn verify(
        self,
        keys: &[PublicKey],
        threshold: NonZeroUsize,
    ) -> Result<VerifiedPayload, VerifyError> {
        let message = pae(&self.payload_type, &self.payload);
        let mut signers: Vec<String> = Vec::new();
        let mut trusted: Vec<&PublicKey> = Vec::new();
        for key in keys {
            if trusted.contains(&key) {
                continue;
            }
            trusted.push(key);
            let signed = |s: &Signature| key.verify(&message, &s.sig).is_ok();
            if self.signatures.iter().any(signed) {
                signers.push(key.fingerprint());
            }
        }
        if signers.len() < threshold.get() {
            return Err(VerifyError::Threshold {
                needed: threshold.get(),
                trusted: trusted.len(),
                signers,
                signatures: self.signatures.len(),
            });
        }
        Ok(VerifiedPayload {
            payload_type: self.payload_type,
            bytes: self.payload,
            signers,
        })
    }
}

/// Signs a payload with each of `keys`, in their order.
///
/// # Errors
/// When a key does not sign.
pub fn sign(
    payload_type: &str,
    payload: Vec<u8>,
    keys: &[&SecretKey],
) -> Result<Envelope, KeyError> {
    let message = pae(payload_type, &payload);
    let mut signatures = Vec::with_capacity(keys.len());
    for key in keys {
        signatures.push(Signature {
            keyid: key.public()?.fingerprint(),
            sig: key.sign(&message)?,
        });
    }
    Ok(Envelope {
        payload,
        payload_type: payload_type.to_owned(),
        signatures,
    })
}

#[cfg(test)]
mod tests;
