//! An entry of a transparency log, as Rekor answers with it and as a bundle carries it.
//!
//! Sources: <https://github.com/sigstore/protobuf-specs>, `sigstore_rekor.proto`; <https://github.com/sigstore/rekor>,
//! `openapi.yaml` and `pkg/types/dsse/v0.0.1`; RFC 6962 and RFC 9162 section 2.1.3.2 for the tree.
//! Without the log's key an entry proves only that it hangs together: whoever can write an entry can write a tree
//! around it. With the key, [`LogEntry::verify_promise`] gives a time that the log vouches for.

use caws_evidence::{canonical_json, hex, sha256_hex};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::certificate::Certificate;
use crate::dsse::Envelope;
use crate::encoding::{from_base64, to_base64};
use crate::json;
use crate::keys::PublicKey;

/// Kind and version of an entry about an envelope.
pub const DSSE: (&str, &str) = ("dsse", "0.0.1");
/// Most bytes of a body: it holds digests, a signature and a certificate.
const BODY_LIMIT: usize = 1 << 20;
/// Longest inclusion proof: the depth of a tree of 2^64 leaves.
const HASHES: usize = 64;

type Hash = [u8; 32];

/// Why an entry is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Not of an entry's shape.
    #[error("expected an entry of a transparency log, found: {0}")]
    Shape(String),
    /// About something else than an envelope.
    #[error("expected an entry of kind dsse 0.0.1, found {0}")]
    Kind(String),
    /// About another payload or another envelope.
    #[error(
        "expected a log entry about the {what} with sha256 {expected}, found one about {found}"
    )]
    About {
        /// `payload` or `envelope`.
        what: &'static str,
        /// Of what is there.
        expected: String,
        /// Of the entry.
        found: String,
    },
    /// With another signature.
    #[error("expected the envelope's one signature in the log entry, found {0}")]
    Signature(String),
    /// Signed by another certificate or key.
    #[error("expected the signer's certificate in the log entry, found {0}")]
    Verifier(String),
    /// No proof.
    #[error("expected an inclusion proof in the log entry, found none")]
    NoProof,
    /// The tree has no such leaf.
    #[error("expected an index below the log's size {size}, found {index}")]
    Index {
        /// Index of the proof.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// Too few or too many hashes.
    #[error(
        "expected an inclusion proof as long as a tree of {size} leaves is high, found {found} hashes"
    )]
    Length {
        /// Leaves of the tree.
        size: u64,
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads elsewhere.
    #[error(
        "expected an inclusion proof that leads to the root {expected}, found one that leads to {found}"
    )]
    Root {
        /// The root the entry names.
        expected: String,
        /// The root that came out.
        found: String,
    },
    /// The checkpoint is of another tree, or is none.
    #[error("expected a checkpoint of {expected}, found {found}")]
    Checkpoint {
        /// Size and root of the proof.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// No promise or no time.
    #[error("expected {0} in the log entry, found none")]
    Missing(&'static str),
    /// Another log's.
    #[error(
        "expected an entry of the log {expected}, whose key was given, found one of the log {found}"
    )]
    Log {
        /// SHA-256 of the key.
        expected: String,
        /// What the entry says.
        found: String,
    },
    /// The log did not sign this.
    #[error("the log's signature over the {0} does not verify")]
    Forged(&'static str),
}

/// An entry, read and not believed.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// Its number in the whole log.
    pub log_index: u64,
    /// Which log: SHA-256 over the DER of its key.
    pub log_id: Vec<u8>,
    /// What it is about, such as `dsse`.
    pub kind: String,
    /// Of the kind.
    pub version: String,
    /// When the log took it, as it says.
    pub integrated_time: Option<Timestamp>,
    /// The log's signature over body, time, log and number.
    pub promise: Option<Vec<u8>>,
    /// That it stands in the tree.
    pub proof: Option<InclusionProof>,
    /// The canonical JSON that is the leaf.
    pub body: Vec<u8>,
}

/// The way from a leaf to a root.
#[derive(Debug, Clone, PartialEq)]
pub struct InclusionProof {
    /// Number of the leaf in its tree; a log can have several.
    pub index: u64,
    /// Leaves of the tree.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Siblings, from the leaf up.
    pub hashes: Vec<Hash>,
    /// The log's signed note about size and root.
    pub checkpoint: Option<String>,
}

/// 64-bit integers are text in protobuf's JSON; readers take numbers as well.
#[derive(Debug, Default)]
struct Int(u64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(number) => Ok(Self(number)),
            Form::Text(text) => text.parse().map(Self).map_err(serde::de::Error::custom),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfBundle {
    #[serde(default)]
    log_index: Int,
    log_id: LogId,
    kind_version: KindVersion,
    #[serde(default)]
    integrated_time: Int,
    inclusion_promise: Option<Promise>,
    inclusion_proof: Option<ProofOfBundle>,
    canonicalized_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogId {
    key_id: String,
}

#[derive(Deserialize)]
struct KindVersion {
    kind: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Promise {
    signed_entry_timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProofOfBundle {
    #[serde(default)]
    log_index: Int,
    root_hash: String,
    tree_size: Int,
    #[serde(default)]
    hashes: Vec<String>,
    checkpoint: Option<Checkpoint>,
}

#[derive(Deserialize)]
struct Checkpoint {
    envelope: String,
}

#[derive(Deserialize)]
struct OfRekor {
    body: String,
    #[serde(rename = "integratedTime")]
    integrated_time: u64,
    #[serde(rename = "logID")]
    log_id: String,
    #[serde(rename = "logIndex")]
    log_index: u64,
    verification: Verification,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verification {
    inclusion_proof: Option<ProofOfRekor>,
    signed_entry_timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProofOfRekor {
    checkpoint: String,
    hashes: Vec<String>,
    log_index: u64,
    root_hash: String,
    tree_size: u64,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "apiVersion")]
    version: String,
    kind: String,
    spec: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DsseSpec {
    envelope_hash: Digested,
    payload_hash: Digested,
    signatures: Vec<BodySignature>,
}

#[derive(Deserialize)]
struct Digested {
    algorithm: String,
    value: String,
}

impl Digested {
    fn check(&self, what: &'static str, expected: String) -> Result<(), LogError> {
        if self.algorithm == "sha256" && self.value == expected {
            return Ok(());
        }
        Err(LogError::About {
            what,
            expected,
            found: format!("{}:{}", self.algorithm, self.value),
        })
    }
}

#[derive(Deserialize)]
struct BodySignature {
    signature: String,
    verifier: String,
}

fn shape(what: impl Into<String>) -> LogError {
    LogError::Shape(what.into())
}

fn base64(field: &str, text: &str) -> Result<Vec<u8>, LogError> {
    from_base64(text).map_err(|e| shape(format!("no base64 in `{field}`: {e}")))
}

fn from_hex(field: &str, text: &str) -> Result<Vec<u8>, LogError> {
    let wrong = || shape(format!("no hexadecimal digits in `{field}`"));
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    pairs
        .iter()
        .map(byte)
        .collect::<Option<_>>()
        .ok_or_else(wrong)
}

fn hash(field: &str, bytes: &[u8]) -> Result<Hash, LogError> {
    bytes
        .try_into()
        .map_err(|_| shape(format!("{} bytes in `{field}`, not 32", bytes.len())))
}

fn time(seconds: u64) -> Result<Option<Timestamp>, LogError> {
    if seconds == 0 {
        return Ok(None);
    }
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(Some)
        .ok_or_else(|| shape(format!("the time {seconds}")))
}

fn hashes<'t>(
    texts: &'t [String],
    read: impl Fn(&'t str) -> Result<Vec<u8>, LogError>,
) -> Result<Vec<Hash>, LogError> {
    if texts.len() > HASHES {
        return Err(shape(format!("{} hashes", texts.len())));
    }
    texts
        .iter()
        .map(|text| hash("hashes", &read(text)?))
        .collect()
}

impl LogEntry {
    /// Reads an entry of `tlogEntries`.
    ///
    /// # Errors
    /// [`LogError::Shape`].
    pub fn from_bundle(entry: &Value) -> Result<Self, LogError> {
        let wire: OfBundle =
            serde_json::from_value(entry.clone()).map_err(|e| shape(e.to_string()))?;
        let proof = match wire.inclusion_proof {
            Some(proof) => Some(InclusionProof {
                index: proof.log_index.0,
                size: proof.tree_size.0,
                root: hash("rootHash", &base64("rootHash", &proof.root_hash)?)?,
                hashes: hashes(&proof.hashes, |text| base64("hashes", text))?,
                checkpoint: proof.checkpoint.map(|checkpoint| checkpoint.envelope),
            }),
            None => None,
        };
        let promise = wire.inclusion_promise;
        Ok(Self {
            log_index: wire.log_index.0,
            log_id: base64("logId", &wire.log_id.key_id)?,
            kind: wire.kind_version.kind,
            version: wire.kind_version.version,
            integrated_time: time(wire.integrated_time.0)?,
            promise: promise
                .map(|promise| base64("signedEntryTimestamp", &promise.signed_entry_timestamp))
                .transpose()?,
            proof,
            body: base64("canonicalizedBody", &wire.canonicalized_body)?,
        })
    }

    /// Reads the answer of Rekor to a new entry: an object with the entry under its identifier.
    ///
    /// # Errors
    /// [`LogError::Shape`].
    pub fn from_rekor(answer: &[u8]) -> Result<Self, LogError> {
        let all: serde_json::Map<String, Value> =
            json::read_within(answer, BODY_LIMIT).map_err(|e| shape(e.to_string()))?;
        let mut all = all.into_iter();
        let (Some((_, entry)), None) = (all.next(), all.next()) else {
            return Err(shape("not exactly one entry"));
        };
        let wire: OfRekor = serde_json::from_value(entry).map_err(|e| shape(e.to_string()))?;
        let body = base64("body", &wire.body)?;
        let Body { version, kind, .. } = read_body(&body)?;
        let proof = match wire.verification.inclusion_proof {
            Some(proof) => Some(InclusionProof {
                index: proof.log_index,
                size: proof.tree_size,
                root: hash("rootHash", &from_hex("rootHash", &proof.root_hash)?)?,
                hashes: hashes(&proof.hashes, |text| from_hex("hashes", text))?,
                checkpoint: Some(proof.checkpoint),
            }),
            None => None,
        };
        let promise = wire.verification.signed_entry_timestamp;
        Ok(Self {
            log_index: wire.log_index,
            log_id: from_hex("logID", &wire.log_id)?,
            kind,
            version,
            integrated_time: time(wire.integrated_time)?,
            promise: promise
                .map(|promise| base64("signedEntryTimestamp", &promise))
                .transpose()?,
            proof,
            body,
        })
    }

    /// The entry as a bundle carries it.
    #[must_use]
    pub fn to_bundle(&self) -> Value {
        let mut entry = json!({
            "logIndex": self.log_index.to_string(),
            "logId": { "keyId": to_base64(&self.log_id) },
            "kindVersion": { "kind": self.kind, "version": self.version },
            "canonicalizedBody": to_base64(&self.body),
        });
        let Some(fields) = entry.as_object_mut() else {
            return entry;
        };
        if let Some(time) = self.integrated_time {
            fields.insert(
                "integratedTime".to_owned(),
                time.as_second().to_string().into(),
            );
        }
        if let Some(promise) = &self.promise {
            let promise = json!({ "signedEntryTimestamp": to_base64(promise) });
            fields.insert("inclusionPromise".to_owned(), promise);
        }
        if let Some(proof) = &self.proof {
            let hashes: Vec<String> = proof.hashes.iter().map(|hash| to_base64(hash)).collect();
            let mut value = json!({
                "logIndex": proof.index.to_string(),
                "rootHash": to_base64(&proof.root),
                "treeSize": proof.size.to_string(),
                "hashes": hashes,
            });
            if let (Some(text), Some(proof)) = (&proof.checkpoint, value.as_object_mut()) {
                proof.insert("checkpoint".to_owned(), json!({ "envelope": text }));
            }
            fields.insert("inclusionProof".to_owned(), value);
        }
        entry
    }

    /// Whether it is about an envelope, so that [`LogEntry::check_envelope`] can say about which.
    #[must_use]
    pub fn is_about_an_envelope(&self) -> bool {
        (self.kind.as_str(), self.version.as_str()) == DSSE
    }

    /// Holds the body against the envelope and the certificate of its signer.
    ///
    /// The entry's digest of the envelope is one of its JSON text, which a bundle does not keep: `text` is it, where
    /// the caller has it.
    ///
    /// # Errors
    /// Another kind, payload, envelope, signature or certificate.
    pub fn check_envelope(
        &self,
        envelope: &Envelope,
        signer: &Certificate,
        text: Option<&[u8]>,
    ) -> Result<(), LogError> {
        let body = read_body(&self.body)?;
        if (body.kind.as_str(), body.version.as_str()) != DSSE || !self.is_about_an_envelope() {
            return Err(LogError::Kind(format!("{} {}", body.kind, body.version)));
        }
        let spec: DsseSpec = serde_json::from_value(body.spec).map_err(|e| shape(e.to_string()))?;
        spec.payload_hash
            .check("payload", envelope.payload_sha256())?;
        if let Some(text) = text {
            spec.envelope_hash.check("envelope", sha256_hex(text))?;
        }
        let ([found], [own]) = (spec.signatures.as_slice(), envelope.signatures.as_slice()) else {
            return Err(LogError::Signature(format!(
                "{} signatures there and {} in the envelope",
                spec.signatures.len(),
                envelope.signatures.len()
            )));
        };
        if base64("signature", &found.signature)? != own.sig {
            return Err(LogError::Signature("another".to_owned()));
        }
        let pem = base64("verifier", &found.verifier)?;
        let certificates = std::str::from_utf8(&pem)
            .ok()
            .and_then(|pem| Certificate::from_pem_chain(pem).ok());
        match certificates.as_deref() {
            Some([only]) if only == signer => Ok(()),
            Some([only]) => Err(LogError::Verifier(format!(
                "a certificate for {:?}",
                only.names()
            ))),
            _ => Err(LogError::Verifier("no certificate in PEM".to_owned())),
        }
    }

    /// Climbs from the body to the root that the proof names, and holds the checkpoint against it.
    ///
    /// # Errors
    /// No proof, or one that does not hold.
    pub fn check_inclusion(&self) -> Result<(), LogError> {
        let proof = self.proof.as_ref().ok_or(LogError::NoProof)?;
        let found = proof.root_of(&self.body)?;
        if found != proof.root {
            return Err(LogError::Root {
                expected: hex(&proof.root),
                found: hex(&found),
            });
        }
        let Some(checkpoint) = &proof.checkpoint else {
            return Ok(());
        };
        let mut lines = checkpoint.lines().skip(1);
        let (size, root) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
        if size == proof.size.to_string() && from_base64(root).is_ok_and(|root| root == proof.root)
        {
            return Ok(());
        }
        Err(LogError::Checkpoint {
            expected: format!(
                "{} leaves and the root {}",
                proof.size,
                to_base64(&proof.root)
            ),
            found: format!("size `{size}` and root `{root}`"),
        })
    }

    /// Verifies the log's signatures with its key: that of the promise, and that of the checkpoint where there is one.
    /// Gives the time at which the log took the entry.
    ///
    /// # Errors
    /// An entry of another log, no promise, or a signature that does not verify.
    pub fn verify_promise(&self, key: &PublicKey) -> Result<Timestamp, LogError> {
        let own = Sha256::digest(key.to_der());
        if self.log_id != own.as_slice() {
            return Err(LogError::Log {
                expected: hex(&own),
                found: hex(&self.log_id),
            });
        }
        let time = self.integrated_time.ok_or(LogError::Missing("a time"))?;
        let promise = self.promise.as_ref();
        let promise = promise.ok_or(LogError::Missing("an inclusion promise"))?;
        let signed = canonical_json(&json!({
            "body": to_base64(&self.body),
            "integratedTime": time.as_second(),
            "logID": hex(&self.log_id),
            "logIndex": self.log_index,
        }))
        .map_err(|e| shape(e.to_string()))?;
        key.verify(&signed, promise)
            .map_err(|_| LogError::Forged("inclusion promise"))?;
        let checkpoint = self
            .proof
            .as_ref()
            .and_then(|proof| proof.checkpoint.as_ref());
        if let Some(checkpoint) = checkpoint
            && !signed_note(checkpoint, key)
        {
            return Err(LogError::Forged("checkpoint"));
        }
        Ok(time)
    }
}

/// Whether `key` made one of the signatures of the note: base64 of four bytes that hint at the key and the signature.
fn signed_note(note: &str, key: &PublicKey) -> bool {
    let Some((text, signatures)) = note.split_once("\n\n") else {
        return false;
    };
    let signed = format!("{text}\n");
    signatures.lines().any(|line| {
        let encoded = line
            .strip_prefix("\u{2014} ")
            .and_then(|line| line.split_once(' '));
        let bytes = encoded.and_then(|(_, encoded)| from_base64(encoded).ok());
        bytes
            .as_deref()
            .and_then(|bytes| bytes.split_at_checked(4))
            .is_some_and(|(_, signature)| key.verify(signed.as_bytes(), signature).is_ok())
    })
}

fn read_body(body: &[u8]) -> Result<Body, LogError> {
    json::read_within(body, BODY_LIMIT).map_err(|e| shape(format!("a body: {e}")))
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

impl InclusionProof {
    /// The root the proof leads to from the leaf `body`. `caws-ledger`, which has the like, is built on this crate.
    fn root_of(&self, body: &[u8]) -> Result<Hash, LogError> {
        let (index, size) = (self.index, self.size);
        let length = || LogError::Length {
            size,
            found: self.hashes.len(),
        };
        if index >= size {
            return Err(LogError::Index { index, size });
        }
        let (mut place, mut last) = (index, size - 1);
        let mut hash: Hash = Sha256::new()
            .chain_update([0])
            .chain_update(body)
            .finalize()
            .into();
        for sibling in &self.hashes {
            if last == 0 {
                return Err(length());
            }
            if place & 1 == 1 || place == last {
                hash = node(sibling, &hash);
                while place & 1 == 0 && place != 0 {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(&hash, sibling);
            }
            place >>= 1;
            last >>= 1;
        }
        if last == 0 { Ok(hash) } else { Err(length()) }
    }
}
