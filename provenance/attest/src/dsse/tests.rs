use std::num::NonZeroUsize;

use super::{Envelope, EnvelopeError, SIGNATURE_LIMIT, Signature, VerifyError, pae, sign};
use crate::keys::tests::{ed25519, malleated, p256};
use crate::statement::PAYLOAD_TYPE;

#[test]
fn the_published_vector() {
    // DSSE 1.0.2, protocol.md.
    assert_eq!(
        pae("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
}

#[test]
fn lengths_count_bytes() {
    assert_eq!(pae("é", "ü!".as_bytes()), "DSSEv1 2 é 3 ü!".as_bytes());
    assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
}

#[test]
fn reads_what_it_writes() {
    let envelope = Envelope {
        payload: b"hello".to_vec(),
        payload_type: "t".to_owned(),
        signatures: vec![Signature {
            keyid: "k".to_owned(),
            sig: vec![0xfb, 0xff],
        }],
    };
    let json = envelope.to_json().unwrap();
    assert_eq!(
        String::from_utf8(json.clone()).unwrap(),
        r#"{"payload":"aGVsbG8=","payloadType":"t","signatures":[{"keyid":"k","sig":"+/8="}]}"#
    );
    assert_eq!(Envelope::parse(&json).unwrap(), envelope);
}

#[test]
fn url_safe_base64_unknown_fields_and_no_keyid_are_accepted() {
    let json = br#"{"x":1,"payload":"-_8","payloadType":"t","signatures":[{"sig":"_w","y":2}]}"#;
    let envelope = Envelope::parse(json).unwrap();
    assert_eq!(envelope.payload, [0xfb, 0xff]);
    assert_eq!(
        envelope.signatures,
        [Signature {
            keyid: String::new(),
            sig: vec![0xff]
        }]
    );
}

#[test]
fn errors_name_the_field() {
    let json = br#"{"payload":"a","payloadType":"t","signatures":[]}"#;
    let error = Envelope::parse(json).unwrap_err();
    assert!(
        matches!(&error, EnvelopeError::Base64 { field, .. } if field == "payload"),
        "{error}"
    );
    let json = br#"{"payload":"","payloadType":"t","signatures":[{"sig":""},{"sig":"*"}]}"#;
    let error = Envelope::parse(json).unwrap_err().to_string();
    assert!(
        error.starts_with("expected base64 in `signatures[1].sig`"),
        "{error}"
    );
    assert!(matches!(
        Envelope::parse(b"[]"),
        Err(EnvelopeError::Shape(_))
    ));
}

#[test]
fn any_of_several_signatures_by_any_of_several_keys_counts() {
    let (a, b) = (p256(1), ed25519(2));
    let keys = [a.public().unwrap(), b.public().unwrap()];
    let sig = b.sign(&pae("t", b"x")).unwrap();
    let junk = Signature {
        keyid: keys[0].fingerprint(),
        sig: vec![1; 64],
    };
    let good = Signature {
        keyid: "whatever".to_owned(),
        sig,
    };
    let mut envelope = Envelope {
        payload: b"x".to_vec(),
        payload_type: "t".to_owned(),
        signatures: vec![junk, good.clone()],
    };
    assert_eq!(envelope.verified_by(&keys), Some((&keys[1], &good)));
    assert_eq!(envelope.verified_by(&keys[..1]), None);
    envelope.payload_type = "u".to_owned();
    assert_eq!(envelope.verified_by(&keys), None);
}

fn threshold(needed: usize) -> NonZeroUsize {
    NonZeroUsize::new(needed).unwrap()
}

#[test]
fn a_payload_is_handed_on_when_enough_different_keys_signed_it() {
    let (a, b, c) = (p256(1), ed25519(2), p256(3));
    let keys = [&a, &b, &c].map(|key| key.public().unwrap());
    let envelope = sign("t", b"x".to_vec(), &[&c, &a]).unwrap();
    let verified = envelope.clone().verify(&keys, threshold(2)).unwrap();
    assert_eq!(verified.bytes(), b"x");
    assert_eq!(verified.payload_type(), "t");
    let signers = [keys[0].fingerprint(), keys[2].fingerprint()];
    assert_eq!(verified.signers(), signers);
    assert_eq!(verified.clone().into_bytes(), b"x");
    let error = envelope.verify(&keys, threshold(3)).unwrap_err();
    assert_eq!(
        error,
        VerifyError::Threshold {
            needed: 3,
            trusted: 3,
            signers: signers.to_vec(),
            signatures: 2
        }
    );
    assert!(
        error
            .to_string()
            .starts_with("expected signatures by 3 of 3 trusted keys, found 2: "),
        "{error}"
    );
}

#[test]
fn one_key_counts_once_however_often_it_signs_or_is_given() {
    let key = p256(1);
    let public = key.public().unwrap();
    let mut envelope = sign("t", b"x".to_vec(), &[&key, &key]).unwrap();
    envelope.signatures[1].sig = malleated(&envelope.signatures[0].sig);
    envelope.signatures[1].keyid = "somebody else".to_owned();
    let keys = [public.clone(), public];
    assert!(envelope.clone().verify(&keys, threshold(1)).is_ok());
    assert!(matches!(
        envelope.verify(&keys, threshold(2)),
        Err(VerifyError::Threshold { signers, trusted: 1, signatures: 2, .. }) if signers.len() == 1
    ));
}

#[test]
fn signatures_of_others_neither_help_nor_harm() {
    let (a, stranger) = (p256(1), p256(9));
    let keys = [a.public().unwrap()];
    let mut envelope = sign("t", b"x".to_vec(), &[&stranger, &a]).unwrap();
    envelope.signatures[0].keyid = keys[0].fingerprint();
    assert!(envelope.clone().verify(&keys, threshold(1)).is_ok());
    envelope.signatures.remove(1);
    assert!(envelope.clone().verify(&keys, threshold(1)).is_err());
    assert!(envelope.verify(&[], threshold(1)).is_err());
}

#[test]
fn type_and_bytes_are_both_signed() {
    let key = ed25519(1);
    let keys = [key.public().unwrap()];
    let good = sign("t", b"xy".to_vec(), &[&key]).unwrap();
    for (payload_type, payload) in [("u", "xy"), ("t", "xz"), ("t 2", "xy"), ("", "txy")] {
        let other = Envelope {
            payload_type: payload_type.to_owned(),
            payload: payload.as_bytes().to_vec(),
            signatures: good.signatures.clone(),
        };
        assert!(other.verify(&keys, threshold(1)).is_err());
    }
    assert!(good.verify(&keys, threshold(1)).is_ok());
}

#[test]
fn only_a_verified_statement_is_parsed() {
    let key = p256(1);
    let keys = [key.public().unwrap()];
    let signed = |payload_type, payload: &[u8]| {
        let envelope = sign(payload_type, payload.to_vec(), &[&key]).unwrap();
        envelope.verify(&keys, threshold(1)).unwrap().statement()
    };
    let good = br#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"00"}}],"predicateType":"p","predicate":{}}"#;
    assert_eq!(signed(PAYLOAD_TYPE, good).unwrap().predicate_type, "p");
    assert_eq!(
        signed("text/plain", good).unwrap_err(),
        VerifyError::PayloadType {
            expected: PAYLOAD_TYPE,
            found: "text/plain".to_owned()
        }
    );
    assert!(matches!(
        signed(PAYLOAD_TYPE, b"{}").unwrap_err(),
        VerifyError::Statement(_)
    ));
}

#[test]
fn hostile_envelopes_are_refused_before_they_cost_anything() {
    let signature = r#"{"sig":""}"#;
    let with = |count: usize| {
        let list = vec![signature; count].join(",");
        format!(r#"{{"payload":"","payloadType":"t","signatures":[{list}]}}"#)
    };
    assert!(Envelope::parse(with(SIGNATURE_LIMIT).as_bytes()).is_ok());
    assert_eq!(
        Envelope::parse(with(SIGNATURE_LIMIT + 1).as_bytes()),
        Err(EnvelopeError::Signatures(65))
    );
    let deep = format!(
        r#"{{"x":{}1{},"payload":"","payloadType":"t","signatures":[]}}"#,
        "[".repeat(64),
        "]".repeat(64)
    );
    let error = Envelope::parse(deep.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("nested deeper than 64"), "{error}");
    let twice = r#"{"payload":"","payload":"eA==","payloadType":"t","signatures":[]}"#;
    let error = Envelope::parse(twice.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("key `payload` twice"), "{error}");
}
