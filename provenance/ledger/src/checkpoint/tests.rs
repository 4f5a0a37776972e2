use super::*;
use crate::testing::{ORIGIN, key, log_signer, trust, witness};

fn checkpoint() -> Checkpoint {
    Checkpoint {
        size: 3,
        root: crate::leaf_hash(b"root"),
        ..Checkpoint::empty(ORIGIN)
    }
}

#[test]
fn the_text_has_three_lines() {
    let text = Checkpoint::empty(ORIGIN).to_text();
    assert_eq!(
        text,
        "example.com/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    );
    assert_eq!(
        Checkpoint::parse_text(&text).unwrap(),
        Checkpoint::empty(ORIGIN)
    );
    let extended = Checkpoint {
        extensions: vec!["more".to_owned()],
        ..checkpoint()
    };
    assert_eq!(
        Checkpoint::parse_text(&extended.to_text()).unwrap(),
        extended
    );
}

#[test]
fn trust_is_in_the_ed25519_keys_among_others() {
    let public = |algorithm, seed| key(algorithm, seed).public().unwrap();
    let keys = [
        public(Algorithm::EcdsaP256, 1),
        public(Algorithm::Ed25519, 1),
        public(Algorithm::Ed25519, 2),
    ];
    let trust = Trust::of_keys(ORIGIN, &keys).unwrap();
    let verifiers = [1, 2].map(|seed| log_signer(seed).verifier().clone());
    assert_eq!(trust.keys, verifiers);
    assert_eq!((trust.origin.as_str(), trust.quorum), (ORIGIN, 0));
    assert_eq!(trust.witnesses, []);
    assert!(Trust::of_keys(ORIGIN, &keys[..1]).unwrap().keys.is_empty());
    let name = Trust::of_keys("a b", &keys).unwrap_err();
    assert_eq!(name, NoteError::Name("a b".to_owned()));
}

#[test]
fn what_is_no_checkpoint_is_refused_by_line() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for (text, line) in [
        (String::new(), 1),
        (format!("\n1\n{root}\n"), 1),
        ("o\n".to_owned(), 2),
        (format!("o\n01\n{root}\n"), 2),
        (format!("o\n+1\n{root}\n"), 2),
        (format!("o\n18446744073709551616\n{root}\n"), 2),
        ("o\n1\n".to_owned(), 3),
        ("o\n1\nAAAA\n".to_owned(), 3),
        (format!("o\n1\n{root}\n\nx\n"), 4),
        (format!("o\n1\n{root}"), 3),
        (format!("o\n1\n{root}\nx"), 4),
    ] {
        match Checkpoint::parse_text(&text).unwrap_err() {
            CheckpointError::Line { line: found, .. } => assert_eq!(found, line, "{text:?}"),
            other => panic!("{text:?}: {other}"),
        }
    }
}

#[test]
fn p6_a_signed_checkpoint_verifies_and_another_key_does_not() {
    let bytes = checkpoint().sign(&log_signer(1)).unwrap().to_bytes();
    let verified = Checkpoint::verify(&bytes, &trust()).unwrap();
    assert_eq!(verified.checkpoint, checkpoint());
    assert_eq!(verified.signers, [log_signer(1).verifier().clone()]);
    assert_eq!(verified.witnesses, []);

    let forged = checkpoint().sign(&log_signer(2)).unwrap().to_bytes();
    let error = Checkpoint::verify(&forged, &trust()).unwrap_err();
    assert!(
        matches!(error, CheckpointError::Unsigned { trusted: 1, .. }),
        "{error}"
    );
    let changed = String::from_utf8(bytes)
        .unwrap()
        .replacen("\n3\n", "\n4\n", 1);
    let error = Checkpoint::verify(changed.as_bytes(), &trust()).unwrap_err();
    assert!(
        matches!(error, CheckpointError::Note(NoteError::Signature { .. })),
        "{error}"
    );
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let bytes = checkpoint().sign(&log_signer(1)).unwrap().to_bytes();
    let other = Trust {
        origin: "example.com/other".to_owned(),
        ..trust()
    };
    assert_eq!(
        Checkpoint::verify(&bytes, &other).unwrap_err().to_string(),
        "expected a checkpoint of `example.com/other`, found one of `example.com/ledger`"
    );
}

#[test]
fn a_key_of_the_log_may_be_replaced_while_the_old_one_still_signs() {
    let mut note = checkpoint().sign(&log_signer(2)).unwrap();
    note.signatures
        .push(log_signer(1).sign(&note.text, 0).unwrap());
    let verified = Checkpoint::verify(&note.to_bytes(), &trust()).unwrap();
    assert_eq!(verified.signers.len(), 1);
}

#[test]
fn p6_a_quorum_counts_distinct_witnesses() {
    let (one, two) = (witness("w.example/1", 5), witness("w.example/2", 6));
    let policy = Trust {
        witnesses: vec![one.verifier().clone(), two.verifier().clone()],
        quorum: 2,
        ..trust()
    };
    let mut note = checkpoint().sign(&log_signer(1)).unwrap();
    let text = note.text.clone();
    note.signatures.push(one.sign(&text, 10).unwrap());
    note.signatures.push(one.sign(&text, 11).unwrap());
    assert_eq!(
        Checkpoint::verify(&note.to_bytes(), &policy),
        Err(CheckpointError::Witnesses {
            expected: 2,
            found: 1
        })
    );
    note.signatures.push(two.sign(&text, 12).unwrap());
    let verified = Checkpoint::verify(&note.to_bytes(), &policy).unwrap();
    assert_eq!(
        verified.witnesses,
        [
            ("w.example/1".to_owned(), 10),
            ("w.example/2".to_owned(), 12)
        ]
    );
    note.signatures[3].signature[20] ^= 1;
    assert!(Checkpoint::verify(&note.to_bytes(), &policy).is_err());
}

#[test]
fn a_signature_of_a_log_is_no_cosignature() {
    let policy = Trust {
        witnesses: vec![log_signer(2).verifier().clone()],
        quorum: 1,
        ..trust()
    };
    let mut note = checkpoint().sign(&log_signer(1)).unwrap();
    note.signatures
        .push(log_signer(2).sign(&note.text, 0).unwrap());
    assert_eq!(
        Checkpoint::verify(&note.to_bytes(), &policy),
        Err(CheckpointError::Witnesses {
            expected: 1,
            found: 0
        })
    );
}
