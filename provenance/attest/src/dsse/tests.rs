use super::{Envelope, EnvelopeError, Signature, pae};
use crate::keys::tests::{ed25519, p256};

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
