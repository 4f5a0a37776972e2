//! Any note, checkpoint, verifier key or tlog-proof; the first byte says which. What is read exactly is
//! written as it came, and no log is believed to have signed what it did not.
#![no_main]

#[path = "../../tests/common/seed.rs"]
mod seed;

use std::sync::LazyLock;

use caws_attest::{Algorithm, SecretKey};
use caws_ledger::note::SignatureKind;
use caws_ledger::{Checkpoint, Note, NoteSigner, NoteVerifier, TlogProof, Trust};
use libfuzzer_sys::fuzz_target;
use seed::Seed;

const ORIGIN: &str = "example.com/ledger";

static SIGNER: LazyLock<NoteSigner> = LazyLock::new(|| {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Seed(0xF7)).expect("a key");
    NoteSigner::new(ORIGIN, SignatureKind::Ed25519, &key).expect("a signer")
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let trust = Trust::key(ORIGIN, SIGNER.verifier().clone());
    match (kind % 5, std::str::from_utf8(bytes)) {
        (0, _) => {
            assert!(Checkpoint::verify(bytes, &trust).is_err());
            if let Ok(note) = Note::parse(bytes) {
                assert_eq!(note.to_bytes(), bytes);
            }
        }
        (1, Ok(text)) => {
            if let Ok(checkpoint) = Checkpoint::parse_text(text) {
                assert_eq!(checkpoint.to_text(), text);
            }
        }
        (2, Ok(text)) => {
            if let Ok(key) = NoteVerifier::from_vkey(text) {
                assert_eq!(NoteVerifier::from_vkey(&key.to_vkey()), Ok(key));
            }
        }
        (3, _) => {
            if let Ok(proof) = TlogProof::parse(bytes) {
                assert_eq!(proof.to_bytes(), bytes);
                assert!(proof.verify(b"leaf", &trust).is_err());
            }
        }
        (4, Ok(text)) => signed(text, &trust),
        (_, Err(_)) | (5.., _) => {}
    }
});

/// Any text that the log's own key signed.
fn signed(text: &str, trust: &Trust) {
    let note = Note {
        text: text.to_owned(),
        signatures: vec![SIGNER.sign(text, 0).expect("signed")],
    };
    if let Ok(verified) = Checkpoint::verify(&note.to_bytes(), trust) {
        assert_eq!(verified.checkpoint.to_text(), text);
        assert_eq!(verified.checkpoint.origin, ORIGIN);
    }
}
