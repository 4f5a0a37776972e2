//! Several signers: bundles of other keys over the same manifest, and how many of them a policy asks for.

use caws_attest::seal::{cosigner_of, manifest_statement};
use caws_attest::{Bundle, BundleError, verify_strict};
use caws_evidence::manifest::layout;
use caws_evidence::{Manifest, Severity, canonical_json, codes, sha256_hex};

use crate::options::Options;
use crate::report::{Findings, Problem};
use crate::store::{Kind, Store};
use crate::trust::Signs;

/// Checks what other keys signed, and the policy's thresholds; gives the fingerprints of all keys whose signature
/// over the manifest counts, `first`, the run's own, before the others.
///
/// A signature that does not count is a warning, since whoever can add one proves nothing by it; one that is broken,
/// or over something else, is an error, as every file is that the record does not cover.
pub(crate) fn check(
    manifest: &Manifest,
    first: Option<&str>,
    store: &Store,
    options: &Options,
    findings: &mut Findings,
) -> Vec<String> {
    let mut signers: Vec<String> = first.map(str::to_owned).into_iter().collect();
    let payload = manifest_statement(manifest)
        .and_then(|statement| canonical_json(&statement))
        .map(|payload| sha256_hex(&payload))
        .unwrap_or_default();
    for (path, kind) in store.paths() {
        let Some(named) = cosigner_of(path).filter(|_| kind == Kind::File) else {
            continue;
        };
        let one = Cosignature {
            path,
            named,
            payload: &payload,
            at: &manifest.caws.finished,
        };
        if one.counts(store, options, findings) && !signers.iter().any(|key| key == named) {
            signers.push(named.to_owned());
        }
    }
    let shortfalls = options.trust.iter().flat_map(|t| t.shortfalls(&signers));
    for (expected, found) in shortfalls {
        findings.error(Problem {
            code: codes::SIGNER_THRESHOLD,
            path: layout::MANIFEST_BUNDLE,
            message: "fewer keys signed the manifest than the trust policy asks for".to_owned(),
            expected,
            found,
            help: "a signer who is missing checks the record and adds a signature: `caws provenance sign --add ARTIFACT`",
        });
    }
    signers
}

/// A bundle beside the first.
struct Cosignature<'a> {
    path: &'a str,
    /// The key in its name.
    named: &'a str,
    /// SHA-256 of the one payload it may have.
    payload: &'a str,
    /// When the manifest says it was signed: a bundle has no time of its own.
    at: &'a str,
}

impl Cosignature<'_> {
    fn counts(&self, store: &Store, options: &Options, findings: &mut Findings) -> bool {
        let bytes = match store.read(self.path, options.limits.document) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.broken(codes::SIGNATURE_INVALID, error.to_string(), findings);
                return false;
            }
        };
        let bundle = match Bundle::parse_strict(&bytes) {
            Ok(bundle) => bundle,
            Err(error) => {
                let code = match error {
                    BundleError::NotCanonical { .. } => codes::RECORD_NOT_CANONICAL,
                    _ => codes::SIGNATURE_INVALID,
                };
                self.broken(code, error.to_string(), findings);
                return false;
            }
        };
        let found = bundle.envelope.payload_sha256();
        if found != self.payload {
            findings.error(Problem {
                code: codes::DIGEST_MISMATCH,
                path: self.path,
                message: "the cosignature is over another statement than the manifest's".to_owned(),
                expected: format!("a payload with sha256 {}", self.payload),
                found: format!("a payload with sha256 {found}"),
                help: "it was made for another record, or this one was changed since; remove it, or get the artifacts again",
            });
            return false;
        }
        let by = bundle.envelope.signatures.first().map(|s| s.keyid.clone());
        if by.as_deref() != Some(self.named) {
            let found = format!("one by {}", by.unwrap_or_default());
            self.broken(codes::SIGNATURE_INVALID, found, findings);
            return false;
        }
        match verify_strict(&bytes, &options.keys) {
            Ok(_) => {}
            Err(error @ BundleError::Untrusted { .. }) => {
                let expected = "a signature by a trusted key".to_owned();
                self.not_counted(codes::KEY_UNTRUSTED, expected, error.to_string(), findings);
                return false;
            }
            Err(error) => {
                self.broken(codes::SIGNATURE_INVALID, error.to_string(), findings);
                return false;
            }
        }
        let trust = options.trust.as_ref();
        match trust.map_or(Ok(()), |trust| {
            trust.judge(self.named, Signs::Manifest, None, self.at)
        }) {
            Ok(()) => true,
            Err(refusal) => {
                self.not_counted(refusal.code, refusal.expected, refusal.found, findings);
                false
            }
        }
    }

    fn broken(&self, code: &str, found: String, findings: &mut Findings) {
        findings.error(Problem {
            code,
            path: self.path,
            message: "the cosignature is not accepted".to_owned(),
            expected: format!("a bundle signed by key {}", self.named),
            found,
            help: "it was changed after it was signed, or is none; remove it, or get the artifacts again",
        });
    }

    fn not_counted(&self, code: &str, expected: String, found: String, findings: &mut Findings) {
        findings.add(
            Severity::Warning,
            Problem {
                code,
                path: self.path,
                message: "a cosignature of the manifest does not count".to_owned(),
                expected,
                found,
                help: "the record stands without it, unless the trust policy asks for more signers; `caws explain CODE` says more",
            },
        );
    }
}
