//! A log whose files somebody changed: it is refused, or what it says is what was sealed.
#![no_main]

mod edits;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::LazyLock;

use caws_attest::{Algorithm, SecretKey};
use caws_ledger::files::Files;
use caws_ledger::note::SignatureKind;
use caws_ledger::{NoteSigner, Reader, Trust, Writer, check};
use libfuzzer_sys::fuzz_target;
use rand_core::{TryCryptoRng, TryRng};

const ORIGIN: &str = "example.com/ledger";
/// Sizes of the appends: a full tile, a partial one, earlier checkpoints, and a journal.
const BATCHES: [u64; 4] = [2, 256, 3, 1];

static SIGNER: LazyLock<NoteSigner> = LazyLock::new(|| {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Sevens).expect("a key");
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

struct Sevens;

impl TryRng for Sevens {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0xF7);
        Ok(())
    }
}

impl TryCryptoRng for Sevens {}

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

/// Files in memory.
#[derive(Default)]
struct Memory(RefCell<BTreeMap<String, Vec<u8>>>);

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.borrow().get(path).cloned())
    }
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.0.borrow_mut();
        files.entry(path.to_owned()).or_default().extend(bytes);
        Ok(())
    }
    fn sync(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.0.borrow_mut();
        let bytes = files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }
    fn sync_dir(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn make_dir(&self, _: &str) -> io::Result<bool> {
        Ok(true)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.borrow_mut().remove(path);
        Ok(())
    }
    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let below = format!("{path}/");
        self.0
            .borrow_mut()
            .retain(|file, _| !file.starts_with(&below));
        Ok(())
    }
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let below = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        let files = self.0.borrow();
        Ok(files
            .keys()
            .filter(|file| file.starts_with(&below))
            .cloned()
            .collect())
    }
}
