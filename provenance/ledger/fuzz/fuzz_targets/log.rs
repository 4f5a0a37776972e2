//! A log whose files somebody changed: it is refused, or what it says is what was sealed.
#![no_main]

mod edits;
#[path = "../../tests/common/memory.rs"]
mod memory;
#[path = "../../tests/common/seed.rs"]
mod seed;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use caws_attest::{Algorithm, SecretKey};
use caws_ledger::note::SignatureKind;
use caws_ledger::{NoteSigner, Reader, Trust, Writer, check};
use libfuzzer_sys::fuzz_target;
use memory::Memory;
use seed::Seed;

const ORIGIN: &str = "example.com/ledger";
/// Sizes of the appends: a full tile, a partial one, earlier checkpoints, and a journal.
const BATCHES: [u64; 4] = [2, 256, 3, 1];

static SIGNER: LazyLock<NoteSigner> = LazyLock::new(|| {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Seed(0xF7)).expect("a key");
    NoteSigner::new(ORIGIN, SignatureKind::Ed25519, &key).expect("a signer")
});

static LOG: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let memory = Memory::default();
    let mut writer = Writer::open(&memory, trust()).expect("a new log");
    for batch in BATCHES {
        let from = writer.size();
        let leaves: Vec<Vec<u8>> = (from..from + batch).map(leaf).collect();
        writer.append(&leaves, &SIGNER).expect("appended");
    }
    memory.0.take()
});

fn trust() -> Trust {
    Trust::key(ORIGIN, SIGNER.verifier().clone())
}

fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

fuzz_target!(|input: &[u8]| {
    let mut files = LOG.clone();
    edits::apply(input, &mut files);
    let memory = Memory(RefCell::new(files));
    let report = check(&memory, &trust());
    if let Ok(reader) = Reader::open(&memory, &trust()) {
        let read = reader.each(0, |index, found| {
            // A bundle of entries alone says nothing: its hashes do, and a check compares them.
            assert!(!report.is_whole() || found == leaf(index));
            true
        });
        assert!(!report.is_whole() || read.is_ok());
        for index in [0, 255, 256, 261] {
            if let Ok(proof) = reader.prove(index) {
                proof
                    .verify(&leaf(index), &trust())
                    .expect("of what was sealed");
            }
        }
    }
    // Mends what a crash could have left, or refuses; the tiles that are full already it does not read.
    if let Ok(mut writer) = Writer::open(&memory, trust()) {
        let size = writer.size();
        let appended = writer.append(&[leaf(size)], &SIGNER);
        assert!(appended.is_err() || writer.size() == size + 1);
    }
});
