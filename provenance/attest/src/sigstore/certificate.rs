//! Certificates for signing code, such as Fulcio's.
//!
//! Sources: RFC 5280; <https://github.com/sigstore/fulcio>, `docs/certificate-specification.md` and `docs/oid-info.md`.
//! What is checked: every signature up to an authority that the caller named, every validity, that issuers are
//! authorities, that the leaf is for signing code. What is not: revocation, name constraints, certificate transparency.

use jiff::Timestamp;
use p256::ecdsa::signature::Verifier as _;
use p384::ecdsa::{Signature as P384Signature, VerifyingKey as P384Key};
use pkcs8::{DecodePublicKey as _, LineEnding};
use x509_cert::der::asn1::{ObjectIdentifier, Utf8StringRef};
use x509_cert::der::{Decode as _, Encode as _, EncodePem as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectAltName};

use crate::keys::PublicKey;

/// Most certificates between a leaf and an authority.
const DEPTH: usize = 4;
/// Most bytes of one certificate.
const SIZE_LIMIT: usize = 64 << 10;

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
/// Fulcio: OpenID Connect issuer, as bare text.
const ISSUER_V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
/// Fulcio: OpenID Connect issuer, as DER.
const ISSUER_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not a certificate.
    #[error("expected an X.509 certificate, found: {0}")]
    Malformed(String),
    /// Signed with something else.
    #[error(
        "expected a certificate with a key of P-256, P-384 or Ed25519 and a signature to match, found {0}"
    )]
    Algorithm(String),
    /// Nobody who is believed issued it.
    #[error("`{0}` was issued by none of the authorities that are believed")]
    Unknown(String),
    /// Not at that time.
    #[error("`{subject}` is valid from {not_before} to {not_after}, not at {at}")]
    Validity {
        /// Whose.
        subject: String,
        /// From when.
        not_before: Timestamp,
        /// To when.
        not_after: Timestamp,
        /// When it had to be.
        at: Timestamp,
    },
    /// Not for signing code.
    #[error("the certificate is not for signing code")]
    Usage,
    /// For somebody else.
    #[error(
        "expected a certificate for `{expected}` by `{issuer}`, found one for {names:?} by {found:?}"
    )]
    Identity {
        /// Who was expected.
        expected: String,
        /// Who should have vouched.
        issuer: String,
        /// For whom it is.
        names: Vec<String>,
        /// Who vouched.
        found: Option<String>,
    },
}

fn malformed(what: impl std::fmt::Display) -> CertificateError {
    CertificateError::Malformed(what.to_string())
}

/// A certificate, read and not believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    inner: x509_cert::Certificate,
    names: Vec<String>,
    issuer: Option<String>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > SIZE_LIMIT {
            return Err(malformed(format!("{} bytes", der.len())));
        }
        let inner = x509_cert::Certificate::from_der(der).map_err(malformed)?;
        let body = inner.tbs_certificate();
        let time = |time: &x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs())
                .ok()
                .and_then(|seconds| Timestamp::from_second(seconds).ok())
                .ok_or_else(|| malformed("a validity out of range"))
        };
        let not_before = time(&body.validity().not_before)?;
        let not_after = time(&body.validity().not_after)?;
        let names = match body.get_extension::<SubjectAltName>().map_err(malformed)? {
            Some((_, names)) => names.0.iter().filter_map(name).collect(),
            None => Vec::new(),
        };
        let extension = |oid: ObjectIdentifier| {
            let all = body.extensions().map(Vec::as_slice).unwrap_or_default();
            let found = all.iter().find(|extension| extension.extn_id == oid)?;
            Some(found.extn_value.as_bytes().to_vec())
        };
        let issuer = match (extension(ISSUER_V2), extension(ISSUER_V1)) {
            (Some(der), _) => Some(
                Utf8StringRef::from_der(&der)
                    .map_err(malformed)?
                    .as_str()
                    .to_owned(),
            ),
            (None, Some(text)) => Some(String::from_utf8(text).map_err(malformed)?),
            (None, None) => None,
        };
        Ok(Self {
            inner,
            names,
            issuer,
            not_before,
            not_after,
        })
    }

    /// Reads the first PEM block `CERTIFICATE` and every one after it.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`].
    pub fn from_pem_chain(text: &str) -> Result<Vec<Self>, CertificateError> {
        let mut all = Vec::new();
        for inner in x509_cert::Certificate::load_pem_chain(text.as_bytes()).map_err(malformed)? {
            all.push(Self::from_der(&inner.to_der().map_err(malformed)?)?);
        }
        Ok(all)
    }

    /// Names it is for: URIs, addresses and hosts of the alternative names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The OpenID Connect issuer that vouched for the name, where Fulcio says so.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// First and last moment of its validity.
    #[must_use]
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        (self.not_before, self.not_after)
    }

    /// The key it is about.
    ///
    /// # Errors
    /// [`CertificateError::Algorithm`] for anything but P-256 and Ed25519.
    pub fn public_key(&self) -> Result<PublicKey, CertificateError> {
        PublicKey::from_der(&self.key_der()?)
            .map_err(|e| CertificateError::Algorithm(e.to_string()))
    }

    /// Its DER.
    ///
    /// # Errors
    /// Never for a certificate that was read; the signature follows the library.
    pub fn to_der(&self) -> Result<Vec<u8>, CertificateError> {
        self.inner.to_der().map_err(malformed)
    }

    /// PEM block `CERTIFICATE`, ending in a line feed.
    ///
    /// # Errors
    /// Never for a certificate that was read; the signature follows the library.
    pub fn to_pem(&self) -> Result<String, CertificateError> {
        self.inner.to_pem(LineEnding::LF).map_err(malformed)
    }

    fn key_der(&self) -> Result<Vec<u8>, CertificateError> {
        let key = self.inner.tbs_certificate().subject_public_key_info();
        key.to_der().map_err(malformed)
    }

    fn subject(&self) -> String {
        let subject = self.inner.tbs_certificate().subject().to_string();
        match self.names.first() {
            Some(name) if subject.is_empty() => name.clone(),
            _ => subject,
        }
    }

    pub(super) fn check_identity(&self, name: &str, issuer: &str) -> Result<(), CertificateError> {
        if self.names.iter().any(|own| own == name) && self.issuer.as_deref() == Some(issuer) {
            return Ok(());
        }
        Err(CertificateError::Identity {
            expected: name.to_owned(),
            issuer: issuer.to_owned(),
            names: self.names.clone(),
            found: self.issuer.clone(),
        })
    }

    fn check_validity(&self, at: Timestamp) -> Result<(), CertificateError> {
        if self.not_before <= at && at <= self.not_after {
            return Ok(());
        }
        Err(CertificateError::Validity {
            subject: self.subject(),
            not_before: self.not_before,
            not_after: self.not_after,
            at,
        })
    }

    fn is_authority(&self) -> bool {
        let found = self
            .inner
            .tbs_certificate()
            .get_extension::<BasicConstraints>();
        matches!(found, Ok(Some((_, constraints))) if constraints.ca)
    }

    fn signs_code(&self) -> bool {
        let found = self
            .inner
            .tbs_certificate()
            .get_extension::<ExtendedKeyUsage>();
        matches!(found, Ok(Some((_, usage))) if usage.0.contains(&CODE_SIGNING))
    }

    /// Whether `issuer` signed this certificate.
    fn issued_by(&self, issuer: &Self) -> Result<bool, CertificateError> {
        let (body, above) = (self.inner.tbs_certificate(), issuer.inner.tbs_certificate());
        if body.issuer() != above.subject() || !issuer.is_authority() {
            return Ok(false);
        }
        let message = body.to_der().map_err(malformed)?;
        let signature = self.inner.signature().raw_bytes();
        let algorithm = self.inner.signature_algorithm().oid;
        let key = issuer.key_der()?;
        if algorithm == ECDSA_SHA384 {
            let (Ok(key), Ok(signature)) = (
                P384Key::from_public_key_der(&key),
                P384Signature::from_der(signature),
            ) else {
                return Err(CertificateError::Algorithm(
                    "ECDSA with SHA-384 and no key of P-384".to_owned(),
                ));
            };
            return Ok(key.verify(&message, &signature).is_ok());
        }
        if algorithm == ECDSA_SHA256 || algorithm == ED25519 {
            return Ok(issuer.public_key()?.verify(&message, signature).is_ok());
        }
        Err(CertificateError::Algorithm(format!(
            "the signature algorithm {algorithm}"
        )))
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Rfc822Name(text)
        | GeneralName::DnsName(text)
        | GeneralName::UniformResourceIdentifier(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// Climbs from `leaf` to one of `authorities`, over `others` where that is needed.
pub(super) fn verify_chain(
    leaf: &Certificate,
    others: &[Certificate],
    authorities: &[Certificate],
    at: Timestamp,
) -> Result<(), CertificateError> {
    leaf.check_validity(at)?;
    if !leaf.signs_code() {
        return Err(CertificateError::Usage);
    }
    let mut current = leaf;
    for _ in 0..DEPTH {
        for authority in authorities {
            if current.issued_by(authority)? {
                return authority.check_validity(at);
            }
        }
        let mut next = None;
        for other in others {
            if other != current && current.issued_by(other)? {
                other.check_validity(at)?;
                next = Some(other);
            }
        }
        match next {
            Some(other) => current = other,
            None => break,
        }
    }
    Err(CertificateError::Unknown(current.subject()))
}
