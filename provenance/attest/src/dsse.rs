//! Dead Simple Signing Envelope, version 1.0.2: what is signed is the type and the bytes.
//!
//! Source: <https://github.com/secure-systems-lab/dsse>, `envelope.md` and `protocol.md`.

use serde::{Deserialize, Serialize};

use crate::encoding::{from_base64, to_base64};
use crate::keys::PublicKey;

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
    /// The signed bytes.
    pub payload: Vec<u8>,
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
}

impl Envelope {
    /// Reads an envelope; unknown fields are ignored, either base64 alphabet is accepted.
    ///
    /// # Errors
    /// [`EnvelopeError`] names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let wire: Wire =
            serde_json::from_slice(bytes).map_err(|e| EnvelopeError::Shape(e.to_string()))?;
        Self::from_wire(&wire)
    }

    pub(crate) fn from_wire(wire: &Wire) -> Result<Self, EnvelopeError> {
        let decode = |field: String, text: &str| {
            from_base64(text).map_err(|e| EnvelopeError::Base64 {
                field,
                why: e.to_string(),
            })
        };
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

    /// The key of `keys` that made one of the signatures, if any did.
    ///
    /// `keyid` is only a hint and is not trusted to choose: every key is tried on every
    /// signature. Read the payload from `self.payload`, the bytes that were verified.
    #[must_use]
    pub fn verified_by<'k>(&self, keys: &'k [PublicKey]) -> Option<(&'k PublicKey, &Signature)> {
        let message = pae(&self.payload_type, &self.payload);
        self.signatures.iter().find_map(|signature| {
            keys.iter()
                .find(|key| key.verify(&message, &signature.sig).is_ok())
                .map(|key| (key, signature))
        })
    }
}

#[cfg(test)]
mod tests;
