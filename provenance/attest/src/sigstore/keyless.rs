//! Signs without a key that lasts: Fulcio certifies a key that lives for one signature, and Rekor logs it.
//!
//! Sources: <https://github.com/sigstore/fulcio>, `fulcio.proto` (version 2 of the API); <https://github.com/sigstore/rekor>,
//! `openapi.yaml`. Here the requests are written and the answers checked; [`Services`] carries them. No answer is
//! believed as it comes: the certificate has to be for our key and for the token's owner, and the log entry about our
//! envelope, with a proof that leads to the root it names. Whether the services are those one trusts is the verifier's
//! question.

mod token;

use jiff::{SignedDuration, Timestamp};
use rand_core::TryCryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use caws_evidence::canonical_json;

use super::certificate::{self, Certificate, CertificateError};
use super::log::{DSSE, LogEntry, LogError};
use crate::bundle::MEDIA_TYPE;
use crate::dsse::{Envelope, Signature, pae};
use crate::encoding::to_base64;
use crate::json;
use crate::keys::{Algorithm, KeyError, SecretKey, Zeroizing};
use crate::statement::{PAYLOAD_TYPE, Statement};
pub use token::{IdentityToken, TokenError};

/// Most bytes of an answer: a certificate chain, or a log entry, has some kilobytes.
pub const ANSWER_LIMIT: usize = 1 << 20;
/// How far our clock may be from that of the certificate authority.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Room for a request beside the token: the key, the signature, the names of the fields.
const REQUEST: usize = 4 << 10;

/// The network part.
pub trait Services {
    /// Sends `request` to the certificate authority, Fulcio's `POST /api/v2/signingCert`, and gives the body of its
    /// answer. The request holds the identity token: it goes nowhere else, and in no message.
    ///
    /// # Errors
    /// Why there is no answer of success, in words.
    fn certificate(&mut self, request: &[u8]) -> Result<Vec<u8>, String>;

    /// Sends `request` to the transparency log, Rekor's `POST /api/v1/log/entries`, and gives the body of its answer.
    ///
    /// # Errors
    /// Why there is no answer of success, in words.
    fn log_entry(&mut self, request: &[u8]) -> Result<Vec<u8>, String>;
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Fulcio.
    Authority,
    /// Rekor.
    Log,
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Authority => "the certificate authority (Fulcio)",
            Self::Log => "the transparency log (Rekor)",
        })
    }
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum KeylessError {
    /// The token is of no use.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The statement does not become JSON.
    #[error("the statement cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// No key, or one that does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No answer, or one that says no.
    #[error("expected an answer of {service}, found: {why}")]
    Service {
        /// Who was asked.
        service: Service,
        /// What it said.
        why: String,
    },
    /// An answer that repeats the secret.
    #[error(
        "{0} repeats the identity token in its answer: it is not used, and the token should be taken for lost"
    )]
    Repeats(Service),
    /// Longer than any answer is.
    #[error("expected at most {ANSWER_LIMIT} bytes of {service}, found {found}")]
    Size {
        /// Who answered.
        service: Service,
        /// How many came.
        found: usize,
    },
    /// Not the JSON that was asked for.
    #[error("expected {expected} from {service}, found: {found}: check its address")]
    Shape {
        /// Who answered.
        service: Service,
        /// What should have come.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// A certificate that does not hold.
    #[error("the certificate authority (Fulcio) sent a certificate that does not hold: {0}")]
    Certificate(#[from] CertificateError),
    /// A certificate for somebody else's key.
    #[error(
        "expected a certificate of the authority (Fulcio) for our key {expected}, found one for {found}"
    )]
    OtherKey {
        /// Fingerprint of ours.
        expected: String,
        /// Of the certificate's.
        found: String,
    },
    /// A certificate for somebody else.
    #[error(
        "expected a certificate of the authority (Fulcio) {expected}, as the identity token says, found one for {names:?} by {issuer:?}"
    )]
    OtherIdentity {
        /// For whom, or by whom.
        expected: String,
        /// For whom it is.
        names: Vec<String>,
        /// Who vouched.
        issuer: Option<String>,
    },
    /// A certificate of another time.
    #[error(
        "expected a certificate that is valid at {at}, the time of {whose}, found one from {not_before} to {not_after}"
    )]
    Time {
        /// When it had to be.
        at: Timestamp,
        /// Whose time that is.
        whose: &'static str,
        /// From when.
        not_before: Timestamp,
        /// To when.
        not_after: Timestamp,
    },
    /// A log entry that does not hold.
    #[error("the transparency log (Rekor) sent an entry that does not hold: {0}")]
    Log(#[from] LogError),
}

/// What was signed, and what a reader is told about it.
#[derive(Debug)]
pub struct Signed {
    /// The bundle, canonical JSON.
    pub bundle: Vec<u8>,
    /// Who signed, as the authority says.
    pub certificate: Certificate,
    /// Number of the log entry.
    pub log_index: u64,
    /// When the log took it, as it says.
    pub logged: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateRequest<'a> {
    credentials: Credentials<'a>,
    public_key_request: PublicKeyRequest<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    oidc_identity_token: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyRequest<'a> {
    public_key: RequestedKey<'a>,
    proof_of_possession: &'a str,
}

#[derive(Serialize)]
struct RequestedKey<'a> {
    algorithm: &'static str,
    content: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CertificateAnswer {
    signed_certificate_embedded_sct: Option<Issued>,
    signed_certificate_detached_sct: Option<Issued>,
}

#[derive(Deserialize)]
struct Issued {
    chain: Chain,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<String>,
}

/// Signs a statement with a key of its own, in the name of the token's owner.
///
/// `rng` gives the key, which is wiped at the end; `now` is the time it is, by our clock.
///
/// # Errors
/// [`KeylessError`] says which service answered what. Where it is [`KeylessError::Log`], the log may hold an entry of a
/// signature nobody has.
pub fn sign<R: TryCryptoRng + ?Sized>(
    statement: &Statement,
    token: &IdentityToken,
    services: &mut dyn Services,
    rng: &mut R,
    now: Timestamp,
) -> Result<Signed, KeylessError> {
    token.check_time(now)?;
    let payload = canonical_json(statement)?;
    let key = SecretKey::generate(Algorithm::EcdsaP256, rng)?;
    let leaf = certified(&key, token, services, now)?;
    let envelope = Envelope {
        signatures: vec![Signature {
            // Verifiers of others take a name here for one that has to match their own name of the key.
            keyid: String::new(),
            sig: key.sign(&pae(PAYLOAD_TYPE, &payload))?,
        }],
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload,
    };
    drop(key);
    let text = envelope.to_json()?;
    let pem = to_base64(leaf.to_pem()?.as_bytes());
    let request = serde_json::to_vec(&json!({
        "apiVersion": DSSE.1,
        "kind": DSSE.0,
        "spec": { "proposedContent": {
            "envelope": String::from_utf8_lossy(&text),
            "verifiers": [pem],
        } },
    }))?;
    let answered = services.log_entry(&request);
    let answer = believable(token, Service::Log, answered)?;
    let entry = LogEntry::from_rekor(&answer).map_err(|error| match error {
        LogError::Shape(found) => KeylessError::Shape {
            service: Service::Log,
            expected: "a log entry",
            found,
        },
        other => KeylessError::Log(other),
    })?;
    entry.check_envelope(&envelope, &leaf, Some(&text))?;
    entry.check_inclusion()?;
    let proof = entry
        .proof
        .as_ref()
        .and_then(|proof| proof.checkpoint.as_ref());
    proof.ok_or(LogError::Missing("a checkpoint"))?;
    let promise = entry.promise.as_ref();
    promise.ok_or(LogError::Missing("an inclusion promise"))?;
    let logged = entry.integrated_time.ok_or(LogError::Missing("a time"))?;
    in_time(&leaf, logged, SignedDuration::ZERO, "the log entry")?;
    let bundle = canonical_json(&json!({
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {
            "certificate": { "rawBytes": to_base64(&leaf.to_der()?) },
            "tlogEntries": [entry.to_bundle()],
        },
        "dsseEnvelope": envelope.to_wire(),
    }))?;
    Ok(Signed {
        bundle,
        certificate: leaf,
        log_index: entry.log_index,
        logged,
    })
}

/// A certificate for `key`, which holds.
fn certified(
    key: &SecretKey,
    token: &IdentityToken,
    services: &mut dyn Services,
    now: Timestamp,
) -> Result<Certificate, KeylessError> {
    let public = key.public()?;
    let proof = to_base64(&key.sign(token.subject().as_bytes())?);
    let request = CertificateRequest {
        credentials: Credentials {
            oidc_identity_token: token.text(),
        },
        public_key_request: PublicKeyRequest {
            public_key: RequestedKey {
                algorithm: "ECDSA",
                content: &public.to_pem()?,
            },
            proof_of_possession: &proof,
        },
    };
    // With room from the start: what grows leaves copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(token.text().len() + REQUEST));
    serde_json::to_writer(&mut *bytes, &request)?;
    let answered = services.certificate(&bytes);
    let answer = believable(token, Service::Authority, answered)?;
    let shape = |found: String| KeylessError::Shape {
        service: Service::Authority,
        expected: "a certificate chain",
        found,
    };
    let answer: CertificateAnswer =
        json::read_within(&answer, ANSWER_LIMIT).map_err(|error| shape(error.to_string()))?;
    let issued = answer.signed_certificate_embedded_sct;
    let issued = issued
        .or(answer.signed_certificate_detached_sct)
        .ok_or_else(|| shape("neither of the two forms of one".to_owned()))?;
    let pem = issued.chain.certificates.concat();
    let chain = Certificate::from_pem_chain(&pem)?;
    let Some((leaf, issuers)) = chain.split_first() else {
        return Err(shape("no certificate".to_owned()));
    };
    let found = leaf.public_key()?;
    if found != public {
        return Err(KeylessError::OtherKey {
            expected: public.fingerprint(),
            found: found.fingerprint(),
        });
    }
    token
        .check(leaf)
        .map_err(|expected| KeylessError::OtherIdentity {
            expected,
            names: leaf.names().to_vec(),
            issuer: leaf.issuer().map(str::to_owned),
        })?;
    in_time(leaf, now, SKEW, "our clock")?;
    // Held together by its own chain; whether the top of it is believed is the verifier's question.
    certificate::verify_chain(leaf, &[], issuers, leaf.validity().0)?;
    Ok(leaf.clone())
}

/// An answer of the right size without our secret in it.
fn believable(
    token: &IdentityToken,
    service: Service,
    answered: Result<Vec<u8>, String>,
) -> Result<Vec<u8>, KeylessError> {
    let answer = answered.map_err(|why| KeylessError::Service {
        service,
        why: token.masked(&why),
    })?;
    if answer.len() > ANSWER_LIMIT {
        return Err(KeylessError::Size {
            service,
            found: answer.len(),
        });
    }
    if token.is_in(&answer) {
        return Err(KeylessError::Repeats(service));
    }
    Ok(answer)
}

fn in_time(
    certificate: &Certificate,
    at: Timestamp,
    skew: SignedDuration,
    whose: &'static str,
) -> Result<(), KeylessError> {
    let (not_before, not_after) = certificate.validity();
    if at.duration_until(not_before) <= skew && not_after.duration_until(at) <= skew {
        return Ok(());
    }
    Err(KeylessError::Time {
        at,
        whose,
        not_before,
        not_after,
    })
}
