use proptest::prelude::*;

use super::*;
use crate::testing::{ORIGIN, key, log_signer, witness};

/// The key and note of the documentation of Go's `golang.org/x/mod/sumdb/note`.
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn note(text: &str) -> Note {
    Note {
        text: text.to_owned(),
        signatures: vec![log_signer(1).sign(text, 0).unwrap()],
    }
}

#[test]
fn p6_a_note_made_by_go_verifies() {
    let verifier = NoteVerifier::from_vkey(GO_KEY).unwrap();
    assert_eq!(verifier.to_vkey(), GO_KEY);
    assert_eq!(
        (verifier.name(), verifier.id()),
        ("PeterNeumann", 0xc74f_20a3)
    );
    let note = Note::parse(GO_NOTE.as_bytes()).unwrap();
    let keys = [verifier];
    assert_eq!(note.verify(&keys).unwrap(), [(&keys[0], None)]);
    assert_eq!(note.to_bytes(), GO_NOTE.as_bytes());
}

#[test]
fn a_note_comes_back_as_it_was_written() {
    let note = note("a\n\nb\n");
    assert_eq!(Note::parse(&note.to_bytes()).unwrap(), note);
}

#[test]
fn a_changed_text_or_signature_is_found() {
    let keys = [log_signer(1).verifier().clone()];
    let good = note("text\n");
    let mut text = good.clone();
    text.text = "texT\n".to_owned();
    let mut signature = good.clone();
    signature.signatures[0].signature[9] ^= 1;
    for changed in [text, signature] {
        assert_eq!(
            changed.verify(&keys),
            Err(NoteError::Signature {
                name: ORIGIN.to_owned(),
                id: keys[0].id()
            })
        );
    }
}

#[test]
fn signatures_by_others_are_passed_over() {
    let note = note("text\n");
    let other = log_signer(2).verifier().clone();
    assert_ne!(other.id(), log_signer(1).verifier().id());
    assert_eq!(note.verify(&[other]).unwrap(), []);
    let same_id_other_name = NoteVerifier {
        name: "else".to_owned(),
        ..log_signer(1).verifier().clone()
    };
    assert_eq!(note.verify(&[same_id_other_name]).unwrap(), []);
}

#[test]
fn p6_a_cosignature_states_its_time() {
    let signer = witness("witness.example/w1", 3);
    let mut note = note("text\n");
    note.signatures
        .push(signer.sign(&note.text, 1_679_315_147).unwrap());
    let note = Note::parse(&note.to_bytes()).unwrap();
    let keys = [signer.verifier().clone()];
    assert_eq!(keys[0].kind(), SignatureKind::Cosignature);
    assert_eq!(
        note.verify(&keys).unwrap(),
        [(&keys[0], Some(1_679_315_147))]
    );
    assert_eq!(
        NoteVerifier::from_vkey(&keys[0].to_vkey()).unwrap(),
        keys[0]
    );

    let mut moved = note.clone();
    moved.signatures[1].signature[7] ^= 1;
    assert!(
        matches!(moved.verify(&keys), Err(NoteError::Signature { .. })),
        "another time"
    );
    let mut short = note.clone();
    short.signatures[1].signature.truncate(7);
    assert!(matches!(
        short.verify(&keys),
        Err(NoteError::Signature { .. })
    ));
    let beyond = signer.sign(&note.text, 1 << 63).unwrap();
    let note = Note {
        signatures: vec![beyond],
        ..note
    };
    assert!(
        matches!(note.verify(&keys), Err(NoteError::Signature { .. })),
        "time beyond 2^63 - 1"
    );
}

#[test]
fn what_is_no_note_is_refused() {
    let line = GO_NOTE.lines().last().unwrap();
    let many = format!("t\n\n{}", format!("{line}\n").repeat(MAX_SIGNATURES + 1));
    let cases: [(Vec<u8>, &str); 8] = [
        (b"text\n".to_vec(), "no blank line"),
        (b"t\n\n\xff".to_vec(), "utf-8"),
        (b"t\r\n\n".to_vec(), "control"),
        (format!("t\n\n{line}").into_bytes(), "no line feed"),
        (vec![b'a'; MAX_NOTE + 1], "more bytes"),
        (many.into_bytes(), "more signatures"),
        (b"t\n\n".to_vec(), "no line feed"),
        (b"t\n\n\n".to_vec(), "no line feed"),
    ];
    for (bytes, expected) in cases {
        let error = Note::parse(&bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    for line in [
        "- name AAAAAAA=",
        "\u{2014} name",
        "\u{2014} na+me AAAAAAAA",
        "\u{2014} name AAAAAA==",
        "\u{2014} name AAAA",
        "\u{2014} name AA AA",
        "\u{2014}  AAAAAAAA",
    ] {
        let error = Note::parse(format!("t\n\n{line}\n").as_bytes()).unwrap_err();
        let expected = NoteError::SignatureLine {
            line: 1,
            found: line.to_owned(),
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn what_is_no_verifier_key_is_refused() {
    for text in [
        "",
        "name",
        "name+00000000",
        "name+zz000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy",
        "PeterNeumann+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a3+!",
    ] {
        let error = NoteVerifier::from_vkey(text).unwrap_err();
        assert_eq!(error, NoteError::VerifierKey(text.to_owned()));
    }
    let error = NoteVerifier::from_vkey(&GO_KEY.replace("c74f20a3", "c74f20a4")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected the id c74f20a3 of the verifier key `PeterNeumann`, found c74f20a4"
    );
}

#[test]
fn only_ed25519_keys_under_proper_names_sign_notes() {
    let p256 = key(Algorithm::EcdsaP256, 1);
    assert_eq!(
        NoteSigner::new(ORIGIN, SignatureKind::Ed25519, &p256).unwrap_err(),
        NoteError::Algorithm(Algorithm::EcdsaP256)
    );
    let ed25519 = key(Algorithm::Ed25519, 1);
    for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
        assert_eq!(
            NoteSigner::new(name, SignatureKind::Ed25519, &ed25519).unwrap_err(),
            NoteError::Name(name.to_owned())
        );
    }
    assert_eq!(log_signer(1).verifier().key(), &ed25519.public().unwrap());
}

proptest! {
    #[test]
    fn a_note_that_reads_writes_the_same_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_change_of_a_byte_is_found(place in 0_usize..190, bit in 0_u8..8) {
        let keys = [log_signer(1).verifier().clone()];
        let mut bytes = note("example.com/ledger\n12\nroot\n").to_bytes();
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        let trusted = Note::parse(&bytes).ok().and_then(|n| n.verify(&keys).ok().map(|v| v.len()));
        prop_assert!(trusted.unwrap_or(0) == 0);
    }
}
