//! Bundles that other people's programs made; see `vectors/README.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests outside a test function"
)]

use caws_attest::{Bundle, BundleError, PublicKey, verify_strict};

const P256: &str = include_str!("vectors/p256.pub");
const P256_BUNDLE: &[u8] = include_bytes!("vectors/p256.sigstore.json");
const P256_HIGH_S: &[u8] = include_bytes!("vectors/p256-high-s.sigstore.json");
const ED25519: &str = include_str!("vectors/ed25519.pub");
const ED25519_BUNDLE: &[u8] = include_bytes!("vectors/ed25519.sigstore.json");
const ED25519_LOOSE: &[u8] = include_bytes!("vectors/ed25519-loose.sigstore.json");

fn key(pem: &str) -> PublicKey {
    PublicKey::from_pem(pem).unwrap()
}

#[test]
fn their_canonical_bundles_verify_strictly() {
    for (pem, bundle) in [(P256, P256_BUNDLE), (ED25519, ED25519_BUNDLE)] {
        let verified = verify_strict(bundle, &[key(pem)]).unwrap();
        assert_eq!(verified.statement.predicate["gate"], "static");
        assert_eq!(
            verified.statement.predicate_type,
            caws_attest::predicate::GATE_EVIDENCE_V1
        );
        assert_eq!(verified.fingerprint, key(pem).fingerprint());
    }
}

#[test]
fn the_other_form_of_a_signature_verifies_and_is_not_canonical() {
    let keys = [key(P256)];
    let bundle = Bundle::parse(P256_HIGH_S).unwrap();
    assert_eq!(bundle.envelope.verified_by(&keys).unwrap().0, &keys[0]);
    let error = verify_strict(P256_HIGH_S, &keys).unwrap_err();
    assert_eq!(
        error,
        BundleError::Signature {
            fingerprint: keys[0].fingerprint()
        }
    );
}

#[test]
fn a_loosely_written_bundle_is_the_same_bundle() {
    let bundle = Bundle::parse(ED25519_LOOSE).unwrap();
    assert_eq!(bundle, Bundle::parse_strict(ED25519_BUNDLE).unwrap());
    assert!(bundle.envelope.verified_by(&[key(ED25519)]).is_some());
    assert_eq!(bundle.to_canonical_bytes().unwrap(), ED25519_BUNDLE);
    assert!(matches!(
        Bundle::parse_strict(ED25519_LOOSE),
        Err(BundleError::NotCanonical { .. })
    ));
}

#[test]
fn the_wrong_key_is_untrusted() {
    let error = verify_strict(P256_BUNDLE, &[key(ED25519)]).unwrap_err();
    assert_eq!(
        error,
        BundleError::Untrusted {
            keyid: key(P256).fingerprint(),
            trusted: 1
        }
    );
}
