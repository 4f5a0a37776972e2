//! Signatures: a bundle must be by a trusted key, and about exactly the document it lies beside.

use caws_attest::keyring::Refusal;
use caws_attest::{BundleError, ResourceDescriptor, VerifiedStatement, verify_strict};
use caws_evidence::{Severity, canonical_json, codes, sha256_hex};

use crate::options::Options;
use crate::report::{Findings, Problem, SignatureState};
use crate::store::{ReadError, Store};
use crate::trust::Signs;

/// What a bundle has to say.
pub(crate) struct About<'a> {
    /// Path of the bundle.
    pub(crate) bundle: &'a str,
    /// Path of the document it signs.
    pub(crate) document: &'a str,
    /// Bytes of the document.
    pub(crate) bytes: &'a [u8],
    /// Predicate type of the statement.
    pub(crate) predicate_type: &'a str,
    /// Subjects of the statement; `None` where the document cannot be read.
    pub(crate) subjects: Option<Vec<ResourceDescriptor>>,
    /// What signs it: the manifest's key, or a gate's.
    pub(crate) signs: Signs,
    /// The gate, where it is one's evidence.
    pub(crate) gate: Option<&'a str>,
    /// When it was signed, as the manifest says.
    pub(crate) at: &'a str,
    /// Whether a missing bundle is an error, a warning, or nothing to speak of.
    pub(crate) missing: Option<Severity>,
}

/// Checks one bundle; gives the fingerprint of the key where everything holds.
pub(crate) fn check(
    about: &About<'_>,
    store: &Store,
    options: &Options,
    findings: &mut Findings,
) -> (SignatureState, Option<String>) {
    let bytes = match store.read(about.bundle, options.limits.document) {
        Ok(bytes) => bytes,
        Err(ReadError::Missing) => {
            if let Some(severity) = about.missing {
                findings.add(severity, missing(about));
            }
            return (SignatureState::Missing, None);
        }
        Err(error) => {
            let expected = "a signed bundle".to_owned();
            invalid(about, findings, expected, error.to_string());
            return (SignatureState::Invalid, None);
        }
    };
    let verified = match verify_strict(&bytes, &options.keys) {
        Ok(verified) => verified,
        Err(error) => {
            findings.error(refused(about, &error));
            return (SignatureState::Invalid, None);
        }
    };
    if !says(about, &verified, findings) {
        return (SignatureState::Invalid, None);
    }
    let judged = options.trust.as_ref().map_or(Ok(()), |trust| {
        trust.judge(&verified.fingerprint, about.signs, about.gate, about.at)
    });
    match judged {
        Ok(()) => (SignatureState::Valid, Some(verified.fingerprint)),
        Err(refusal) => {
            findings.error(not_counted(about, refusal));
            (SignatureState::Invalid, None)
        }
    }
}

/// Whether the signed statement is about the document, and about nothing else.
fn says(about: &About<'_>, verified: &VerifiedStatement, findings: &mut Findings) -> bool {
    let statement = &verified.statement;
    let same_type = statement.predicate_type == about.predicate_type;
    if !same_type {
        let (expected, found) = (about.predicate_type, &statement.predicate_type);
        invalid(
            about,
            findings,
            format!("predicate type {expected}"),
            found.clone(),
        );
    }
    let signed = canonical_json(&statement.predicate).unwrap_or_default();
    if signed != about.bytes {
        if !findings.has(codes::DIGEST_MISMATCH, about.document) {
            findings.error(Problem {
                code: codes::DIGEST_MISMATCH,
                path: about.document,
                message: "the document is not the one that was signed".to_owned(),
                expected: format!("sha256 {}", sha256_hex(&signed)),
                found: format!("sha256 {}", sha256_hex(about.bytes)),
                help: "the document, or its bundle, was changed or replaced after the run",
            });
        }
        return false;
    }
    let same_subjects = about
        .subjects
        .as_ref()
        .is_none_or(|s| *s == statement.subject);
    if !same_subjects {
        findings.error(Problem {
            code: codes::DIGEST_MISMATCH,
            path: about.bundle,
            message: "the signed statement is about other things than the document".to_owned(),
            expected: "the document and what it covers as subjects".to_owned(),
            found: format!("{} subjects, not the same", statement.subject.len()),
            help: "the bundle was not made by the run that made the document",
        });
    }
    same_type && same_subjects
}

fn not_counted<'a>(about: &About<'a>, refusal: Refusal) -> Problem<'a> {
    Problem {
        code: refusal.code,
        path: about.bundle,
        message: format!("the signature of {} does not count", about.document),
        expected: refusal.expected,
        found: refusal.found,
        help: "ask the signer for a record signed by a key that may sign it; `caws explain CODE` says more",
    }
}

fn missing<'a>(about: &About<'a>) -> Problem<'a> {
    Problem {
        code: codes::SIGNATURE_MISSING,
        path: about.bundle,
        message: format!("nobody signed {}", about.document),
        expected: "a signed bundle".to_owned(),
        found: "no such file".to_owned(),
        help: "sign the run with `caws provenance sign`, or give CAWS_SIGNING_KEY to `caws gates`",
    }
}

fn refused<'a>(about: &About<'a>, error: &BundleError) -> Problem<'a> {
    let (code, expected, help) = match error {
        BundleError::Untrusted { .. } => (
            codes::KEY_UNTRUSTED,
            "a signature by a trusted key",
            "give the signer's public key with `--key`, if you trust it",
        ),
        BundleError::NotCanonical { .. } => (
            codes::RECORD_NOT_CANONICAL,
            "the bundle's canonical bytes",
            "the bundle was changed after it was signed; get the artifacts again",
        ),
        _ => (
            codes::SIGNATURE_INVALID,
            "a signature that verifies",
            "the bundle, or what it signs, was changed after it was signed; get the artifacts again",
        ),
    };
    Problem {
        code,
        path: about.bundle,
        message: format!("the signature of {} is not accepted", about.document),
        expected: expected.to_owned(),
        found: error.to_string(),
        help,
    }
}

fn invalid(about: &About<'_>, findings: &mut Findings, expected: String, found: String) {
    findings.error(Problem {
        code: codes::SIGNATURE_INVALID,
        path: about.bundle,
        message: format!("the signature of {} is not accepted", about.document),
        expected,
        found,
        help: "the bundle is not the one the run made; get the artifacts again",
    });
}
