//! Sigstore bundles as cosign, GitHub and npm write them: versions 0.1 to 0.3, with a key or a certificate, around a
//! DSSE envelope or a signature over an artifact.
//!
//! Source: <https://github.com/sigstore/protobuf-specs>, `sigstore_bundle.proto`. [`crate::bundle`] is for our own.
//! Log entries and timestamps are handed on as they came: nothing here checks them, so the time at which a
//! certificate has to be valid is the caller's to know.

pub mod certificate;
pub mod keyless;
pub mod log;

use std::num::NonZeroUsize;

use caws_evidence::hex;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::dsse::{Envelope, EnvelopeError, VerifiedPayload, VerifyError, Wire};
use crate::encoding::from_base64;
use crate::json;
use crate::keys::PublicKey;
pub use certificate::{Certificate, CertificateError};
pub use log::{LogEntry, LogError};

/// Most certificates and most log entries of one bundle.
pub const LIST_LIMIT: usize = 32;

/// A bundle, read and not believed.
#[derive(Debug, Clone, PartialEq)]
pub struct SigstoreBundle {
    /// Version as `mediaType` gives it: `0.1`, `0.2`, `0.3`.
    pub version: String,
    /// Who is said to have signed.
    pub material: Material,
    /// Transparency log entries, as they came.
    pub tlog_entries: Vec<Value>,
    /// RFC 3161 timestamps, DER.
    pub timestamps: Vec<Vec<u8>>,
    /// What was signed.
    pub content: Content,
}

/// Who is said to have signed.
#[derive(Debug, Clone, PartialEq)]
pub enum Material {
    /// A key the verifier has.
    Key {
        /// What the signer calls it.
        hint: String,
    },
    /// A certificate; what follows is for finding its issuer.
    Certificates {
        /// The signer's.
        leaf: Box<Certificate>,
        /// Others of the bundle.
        others: Vec<Certificate>,
    },
}

/// What was signed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A payload with its type.
    Dsse(Envelope),
    /// The artifact itself, which is not in the bundle.
    Message {
        /// SHA-256 the signer says it has.
        sha256: Option<Vec<u8>>,
        /// Signature over its bytes.
        signature: Vec<u8>,
    },
}

/// Whom a verifier believes.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'t> {
    /// Any of these keys.
    Keys(&'t [PublicKey]),
    /// A certificate for this identity.
    Identity {
        /// Certificates of authorities, roots or not: none above is asked for.
        authorities: &'t [Certificate],
        /// Who: a name of the certificate, in full, such as a workflow's URI or an address.
        name: &'t str,
        /// Who vouched for the name: the OpenID Connect issuer in Fulcio's extension.
        issuer: &'t str,
        /// When it was signed, as somebody else than the signer says.
        at: Timestamp,
    },
}

/// Why a bundle cannot be read or is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigstoreError {
    /// Not JSON of a bundle's shape.
    #[error("expected a Sigstore bundle of version 0.1, 0.2 or 0.3, found: {0}")]
    Shape(String),
    /// The envelope inside is broken.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A certificate is broken or does not hold.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The signature does not verify under a key that is believed.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The same for a signature over an artifact.
    #[error("the signature over the artifact does not verify under any of {0} keys")]
    Signature(usize),
    /// The artifact is not the one that was signed.
    #[error("expected an artifact with sha256 {expected}, found {found}")]
    Artifact {
        /// What the bundle says.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The other kind of content.
    #[error("expected a bundle around {expected}, found one around {found}")]
    Content {
        /// What the caller came for.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// The other kind of signer.
    #[error("expected a bundle signed with {expected}, found one signed with {found}")]
    Material {
        /// What the caller believes.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
}

const ENVELOPE: &str = "a DSSE envelope";
const MESSAGE: &str = "a signature over an artifact";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBundle {
    media_type: String,
    verification_material: WireMaterial,
    dsse_envelope: Option<Wire>,
    message_signature: Option<WireMessage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMaterial {
    public_key: Option<WireKey>,
    certificate: Option<WireBytes>,
    x509_certificate_chain: Option<WireChain>,
    #[serde(default)]
    tlog_entries: Vec<Value>,
    timestamp_verification_data: Option<WireTimestamps>,
}

#[derive(Deserialize)]
struct WireKey {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBytes {
    raw_bytes: String,
}

#[derive(Deserialize)]
struct WireChain {
    certificates: Vec<WireBytes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTimestamps {
    #[serde(default)]
    rfc3161_timestamps: Vec<WireTimestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTimestamp {
    signed_timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMessage {
    message_digest: Option<WireDigest>,
    signature: String,
}

#[derive(Deserialize)]
struct WireDigest {
    #[serde(default)]
    algorithm: String,
    #[serde(default)]
    digest: String,
}

fn shape(what: impl Into<String>) -> SigstoreError {
    SigstoreError::Shape(what.into())
}

fn bytes(field: &str, text: &str) -> Result<Vec<u8>, SigstoreError> {
    from_base64(text).map_err(|e| shape(format!("no base64 in `{field}`: {e}")))
}

/// `application/vnd.dev.sigstore.bundle.v0.3+json`, or the older
/// `application/vnd.dev.sigstore.bundle+json;version=0.1`.
fn version(media_type: &str) -> Option<&'static str> {
    const NAME: &str = "application/vnd.dev.sigstore.bundle";
    let rest = media_type.strip_prefix(NAME)?;
    let found = rest
        .strip_prefix("+json;version=")
        .or_else(|| rest.strip_prefix(".v")?.strip_suffix("+json"))?;
    ["0.1", "0.2", "0.3"]
        .into_iter()
        .find(|known| *known == found)
}

impl SigstoreBundle {
    /// Reads a bundle. Unknown fields are ignored, either base64 alphabet is accepted.
    ///
    /// # Errors
    /// Another shape or version, two kinds of signer or of content, a broken certificate.
    pub fn parse(text: &[u8]) -> Result<Self, SigstoreError> {
        let wire: WireBundle = json::read(text).map_err(|e| shape(e.to_string()))?;
        let version = version(&wire.media_type)
            .ok_or_else(|| shape(format!("media type `{}`", wire.media_type)))?;
        let material = wire.verification_material;
        if material.tlog_entries.len() > LIST_LIMIT {
            return Err(shape(format!(
                "{} log entries",
                material.tlog_entries.len()
            )));
        }
        let timestamps = material
            .timestamp_verification_data
            .map(|data| data.rfc3161_timestamps)
            .unwrap_or_default()
            .iter()
            .map(|stamp| bytes("signedTimestamp", &stamp.signed_timestamp))
            .collect::<Result<_, _>>()?;
        let content = match (wire.dsse_envelope, wire.message_signature) {
            (Some(envelope), None) => Content::Dsse(Envelope::from_wire(&envelope)?),
            (None, Some(message)) => message_content(&message)?,
            _ => {
                return Err(shape(
                    "not exactly one of dsseEnvelope and messageSignature",
                ));
            }
        };
        let chain = match (
            material.public_key,
            material.certificate,
            material.x509_certificate_chain,
        ) {
            (Some(key), None, None) => {
                return Ok(Self {
                    version: version.to_owned(),
                    material: Material::Key { hint: key.hint },
                    tlog_entries: material.tlog_entries,
                    timestamps,
                    content,
                });
            }
            (None, Some(one), None) => vec![one],
            (None, None, Some(chain)) if version != "0.3" => chain.certificates,
            _ => {
                return Err(shape(
                    "not exactly one of publicKey, certificate and, before 0.3, x509CertificateChain",
                ));
            }
        };
        if chain.len() > LIST_LIMIT {
            return Err(shape(format!("{} certificates", chain.len())));
        }
        let mut certificates = Vec::with_capacity(chain.len());
        for one in &chain {
            certificates.push(Certificate::from_der(&bytes("rawBytes", &one.raw_bytes)?)?);
        }
        let mut certificates = certificates.into_iter();
        let leaf = certificates.next().ok_or_else(|| shape("no certificate"))?;
        Ok(Self {
            version: version.to_owned(),
            material: Material::Certificates {
                leaf: Box::new(leaf),
                others: certificates.collect(),
            },
            tlog_entries: material.tlog_entries,
            timestamps,
            content,
        })
    }

    /// The payload of the envelope, once `trust` holds for its signer.
    ///
    /// # Errors
    /// Another content, another kind of signer, or a signature or a certificate that does not hold.
    pub fn verify(self, trust: &Trust<'_>) -> Result<VerifiedPayload, SigstoreError> {
        let keys = self.keys(trust)?;
        match self.content {
            Content::Dsse(envelope) => Ok(envelope.verify(&keys, NonZeroUsize::MIN)?),
            Content::Message { .. } => Err(SigstoreError::Content {
                expected: ENVELOPE,
                found: MESSAGE,
            }),
        }
    }

    /// Holds the signature against an artifact.
    ///
    /// # Errors
    /// As [`SigstoreBundle::verify`], and when the artifact is another one.
    pub fn verify_artifact(&self, artifact: &[u8], trust: &Trust<'_>) -> Result<(), SigstoreError> {
        let keys = self.keys(trust)?;
        let Content::Message { sha256, signature } = &self.content else {
            return Err(SigstoreError::Content {
                expected: MESSAGE,
                found: ENVELOPE,
            });
        };
        let digest = Sha256::digest(artifact);
        if let Some(expected) = sha256
            && expected.as_slice() != digest.as_slice()
        {
            return Err(SigstoreError::Artifact {
                expected: hex(expected),
                found: hex(&digest),
            });
        }
        if keys
            .iter()
            .any(|key| key.verify(artifact, signature).is_ok())
        {
            return Ok(());
        }
        Err(SigstoreError::Signature(keys.len()))
    }

    /// The keys that may have signed.
    fn keys(&self, trust: &Trust<'_>) -> Result<Vec<PublicKey>, SigstoreError> {
        let (key, certificate) = ("a key", "a certificate");
        match (&self.material, trust) {
            (Material::Key { .. }, Trust::Keys(keys)) => Ok(keys.to_vec()),
            (
                Material::Certificates { leaf, others },
                Trust::Identity {
                    authorities,
                    name,
                    issuer,
                    at,
                },
            ) => {
                certificate::verify_chain(leaf, others, authorities, *at)?;
                leaf.check_identity(name, issuer)?;
                Ok(vec![leaf.public_key()?])
            }
            (Material::Key { .. }, Trust::Identity { .. }) => Err(SigstoreError::Material {
                expected: certificate,
                found: key,
            }),
            (Material::Certificates { .. }, Trust::Keys(_)) => Err(SigstoreError::Material {
                expected: key,
                found: certificate,
            }),
        }
    }
}

fn message_content(message: &WireMessage) -> Result<Content, SigstoreError> {
    let sha256 = match &message.message_digest {
        Some(digest) if digest.algorithm == "SHA2_256" => {
            Some(bytes("messageDigest.digest", &digest.digest)?)
        }
        Some(digest) => {
            return Err(shape(format!("a digest by `{}`", digest.algorithm)));
        }
        None => None,
    };
    Ok(Content::Message {
        sha256,
        signature: bytes("messageSignature.signature", &message.signature)?,
    })
}

#[cfg(test)]
mod tests;
