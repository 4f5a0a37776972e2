use super::*;
use crate::hash::node_hash;
use crate::testing::{ORIGIN, leaf, log_signer, trust};

fn proof() -> TlogProof {
    let (left, right) = (leaf_hash(&leaf(0)), leaf_hash(&leaf(1)));
    let checkpoint = Checkpoint {
        size: 2,
        root: node_hash(&left, &right),
        ..Checkpoint::empty(ORIGIN)
    };
    TlogProof {
        extra: None,
        index: 1,
        hashes: vec![left],
        checkpoint: checkpoint.sign(&log_signer(1)).unwrap().to_bytes(),
    }
}

#[test]
fn p6_a_proof_is_text_that_verifies_offline() {
    let bytes = proof().to_bytes();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let expected = "c2sp.org/tlog-proof@v1\nindex 1\n\
        G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n\nexample.com/ledger\n2\n";
    assert!(text.starts_with(expected), "{text}");
    let read = TlogProof::parse(&bytes).unwrap();
    assert_eq!(read, proof());
    let verified = read.verify(&leaf(1), &trust()).unwrap();
    assert_eq!(verified.checkpoint.size, 2);
}

#[test]
fn a_proof_holds_for_its_leaf_and_log_alone() {
    let error = proof().verify(&leaf(0), &trust()).unwrap_err();
    assert!(matches!(
        error,
        TlogProofError::Proof(ProofError::Root { .. })
    ));
    let moved = TlogProof {
        index: 0,
        ..proof()
    };
    assert!(moved.verify(&leaf(1), &trust()).is_err());
    let mut other = trust();
    other.keys = vec![log_signer(2).verifier().clone()];
    let error = proof().verify(&leaf(1), &other).unwrap_err();
    assert!(matches!(error, TlogProofError::Checkpoint(_)));
}

#[test]
fn extra_data_travels_along() {
    let with = TlogProof {
        extra: Some(b"hint".to_vec()),
        ..proof()
    };
    let bytes = with.to_bytes();
    assert!(bytes.starts_with(b"c2sp.org/tlog-proof@v1\nextra aGludA==\nindex 1\n"));
    assert_eq!(TlogProof::parse(&bytes).unwrap(), with);
}

#[test]
fn what_is_no_proof_is_refused_by_line() {
    let header = "c2sp.org/tlog-proof@v1\n";
    let hash = "G7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n";
    for (text, line) in [
        (String::new(), 1),
        ("c2sp.org/tlog-proof@v2\n".to_owned(), 1),
        (header.to_owned(), 2),
        (format!("{header}index 01\n"), 2),
        (format!("{header}index -1\n"), 2),
        (format!("{header}extra !\nindex 1\n"), 2),
        (format!("{header}extra AA==\nextra AA==\n"), 3),
        (format!("{header}index 1\nAAAA\n\n"), 3),
        (format!("{header}index 1\n{hash}"), 4),
        (format!("{header}index 1\n{}\nx", hash.repeat(65)), 67),
    ] {
        match TlogProof::parse(text.as_bytes()).unwrap_err() {
            TlogProofError::Line { line: found, .. } => assert_eq!(found, line, "{text:?}"),
            other => panic!("{text:?}: {other}"),
        }
    }
}
