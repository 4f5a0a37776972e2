use serde_json::{Value, json};

use super::{Bundle, BundleError, MEDIA_TYPE, MEDIA_TYPE_OLD, sign_statement, verify_strict};
use crate::dsse::{EnvelopeError, Signature, pae};
use crate::keys::tests::{ed25519, malleated, p256};
use crate::keys::{PublicKey, SecretKey};
use crate::statement::{PAYLOAD_TYPE, ResourceDescriptor, Statement};

fn statement() -> Statement {
    let subject = vec![ResourceDescriptor::digested("a", "sha256", "00")];
    Statement::new("p", subject, json!({ "b": 1, "a": 0.1 }))
}

fn public(key: &SecretKey) -> PublicKey {
    key.public().unwrap()
}

fn bytes(key: &SecretKey) -> Vec<u8> {
    sign_statement(&statement(), key)
        .unwrap()
        .to_canonical_bytes()
        .unwrap()
}

/// The bundle of key 1 after `change`, in canonical form.
fn changed(change: impl FnOnce(&mut Bundle)) -> Vec<u8> {
    let mut bundle = sign_statement(&statement(), &p256(1)).unwrap();
    change(&mut bundle);
    bundle.to_canonical_bytes().unwrap()
}

fn error(bytes: &[u8]) -> BundleError {
    verify_strict(bytes, &[public(&ed25519(8)), public(&p256(1))]).unwrap_err()
}

#[test]
fn a_signed_statement_verifies_and_is_handed_on_as_it_was_signed() {
    for key in [p256(1), ed25519(1)] {
        let keys = [public(&p256(9)), public(&key)];
        let verified = verify_strict(&bytes(&key), &keys).unwrap();
        assert_eq!(verified.statement, statement());
        assert_eq!(verified.fingerprint, keys[1].fingerprint());
        let payload = r#"{"_type":"https://in-toto.io/Statement/v1","predicate":{"a":0.1,"b":1},"predicateType":"p","subject":[{"digest":{"sha256":"00"},"name":"a"}]}"#;
        assert_eq!(verified.payload, payload.as_bytes());
    }
}

#[test]
fn the_form_is_sigstores() {
    let key = p256(1);
    let value: Value = serde_json::from_slice(&bytes(&key)).unwrap();
    assert_eq!(
        value["mediaType"],
        "application/vnd.dev.sigstore.bundle.v0.3+json"
    );
    assert_eq!(
        value["verificationMaterial"]["publicKey"]["hint"],
        public(&key).hint()
    );
    assert_eq!(value["verificationMaterial"]["tlogEntries"], json!([]));
    assert_eq!(
        value["dsseEnvelope"]["payloadType"],
        "application/vnd.in-toto+json"
    );
    assert_eq!(
        value["dsseEnvelope"]["signatures"][0]["keyid"],
        public(&key).fingerprint()
    );
}

#[test]
fn any_changed_bit_of_any_byte_is_found() {
    for key in [p256(1), ed25519(1)] {
        let good = bytes(&key);
        let keys = [public(&key)];
        for at in 0..good.len() {
            for bit in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= bit;
                assert!(
                    verify_strict(&bad, &keys).is_err(),
                    "byte {at}, bit {bit:#x}"
                );
            }
        }
    }
}

#[test]
fn anything_added_or_cut_off_is_found() {
    let good = bytes(&p256(1));
    let keys = [public(&p256(1))];
    assert!(verify_strict(&good, &keys).is_ok());
    for end in 0..good.len() {
        assert!(verify_strict(&good[..end], &keys).is_err(), "cut at {end}");
    }
    let mut spaced = good.clone();
    spaced.push(b'\n');
    assert_eq!(
        error(&spaced),
        BundleError::NotCanonical { offset: good.len() }
    );
    let text = String::from_utf8(good).unwrap();
    let doubled = text.replacen('{', r#"{"extra":1,"#, 1);
    assert_eq!(
        error(doubled.as_bytes()),
        BundleError::NotCanonical { offset: 2 }
    );
}

#[test]
fn each_refusal_says_why() {
    let fingerprint = public(&p256(1)).fingerprint();
    assert!(matches!(error(b"{}"), BundleError::Shape(_)));
    assert_eq!(
        error(&changed(|b| b.media_type = MEDIA_TYPE_OLD.to_owned())),
        BundleError::MediaType(MEDIA_TYPE_OLD.to_owned())
    );
    let other = MEDIA_TYPE.replace("0.3", "0.2");
    assert_eq!(
        error(&changed(|b| b.media_type = other.clone())),
        BundleError::MediaType(other.clone())
    );
    assert_eq!(
        error(&changed(|b| b.tlog_entries.push(json!({})))),
        BundleError::Shape("1 log entries where none is supported".to_owned())
    );
    assert_eq!(
        error(&changed(|b| b.envelope.signatures.clear())),
        BundleError::SignatureCount(0)
    );
    assert_eq!(
        error(&changed(|b| b.envelope.signatures.push(Signature {
            keyid: String::new(),
            sig: vec![]
        }))),
        BundleError::SignatureCount(2)
    );
    assert_eq!(
        error(&changed(|b| b.envelope.payload_type = "x".to_owned())),
        BundleError::PayloadType("x".to_owned())
    );
    assert_eq!(
        error(&changed(|b| b.envelope.payload.push(b' '))),
        BundleError::Signature {
            fingerprint: fingerprint.clone()
        }
    );
    assert_eq!(
        error(&changed(
            |b| b.envelope.signatures[0].sig = malleated(&b.envelope.signatures[0].sig)
        )),
        BundleError::Signature {
            fingerprint: fingerprint.clone()
        }
    );
    assert_eq!(
        error(&changed(|b| b.envelope.signatures[0].keyid = "k".to_owned())),
        BundleError::NamesAnotherKey {
            field: "keyid",
            expected: fingerprint,
            found: "k".to_owned()
        }
    );
    let hint = public(&p256(1)).hint();
    assert_eq!(
        error(&changed(|b| b.hint = "h".to_owned())),
        BundleError::NamesAnotherKey {
            field: "hint",
            expected: hint,
            found: "h".to_owned()
        }
    );
}

#[test]
fn another_key_is_untrusted_and_an_unsigned_claim_of_a_trusted_one_is_invalid() {
    let other = bytes(&p256(2));
    let keyid = public(&p256(2)).fingerprint();
    assert_eq!(
        error(&other),
        BundleError::Untrusted {
            keyid: keyid.clone(),
            trusted: 2
        }
    );
    assert_eq!(
        verify_strict(&other, &[]).unwrap_err(),
        BundleError::Untrusted { keyid, trusted: 0 }
    );
    // Names a trusted key by its hint alone, or by its keyid alone, without having it.
    let (trusted, fingerprint) = (public(&p256(1)), public(&p256(1)).fingerprint());
    let mut bundle = sign_statement(&statement(), &p256(2)).unwrap();
    bundle.hint = trusted.hint();
    let claim = bundle.to_canonical_bytes().unwrap();
    assert_eq!(
        error(&claim),
        BundleError::Signature {
            fingerprint: fingerprint.clone()
        }
    );
    let mut bundle = sign_statement(&statement(), &p256(2)).unwrap();
    bundle.envelope.signatures[0].keyid = fingerprint.clone();
    let claim = bundle.to_canonical_bytes().unwrap();
    assert_eq!(error(&claim), BundleError::Signature { fingerprint });
}

#[test]
fn a_signed_payload_that_is_no_statement_is_refused() {
    let bytes = changed(|b| {
        b.envelope.payload = b"[]".to_vec();
        b.envelope.signatures[0].sig = p256(1).sign(&pae(PAYLOAD_TYPE, b"[]")).unwrap();
    });
    assert!(matches!(error(&bytes), BundleError::Statement(_)));
}

#[test]
fn a_broken_envelope_names_its_field() {
    let text = String::from_utf8(bytes(&p256(1))).unwrap();
    let broken = text.replace(r#""payload":""#, r#""payload":"*"#);
    let error = Bundle::parse(broken.as_bytes()).unwrap_err();
    assert!(
        matches!(error, BundleError::Envelope(EnvelopeError::Base64 { field, .. }) if field == "payload")
    );
}

#[test]
fn a_certificate_bundle_is_not_taken_for_a_key_bundle() {
    let text = String::from_utf8(bytes(&p256(1))).unwrap();
    let hint = format!(r#""publicKey":{{"hint":"{}"}}"#, public(&p256(1)).hint());
    let certificate = text.replace(&hint, r#""certificate":{"rawBytes":"AA=="}"#);
    assert_ne!(certificate, text);
    assert!(matches!(
        Bundle::parse(certificate.as_bytes()),
        Err(BundleError::Shape(_))
    ));
}
