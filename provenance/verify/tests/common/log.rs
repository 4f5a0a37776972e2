//! A ledger, and what a run logs in it: its plan first, its record behind that.

use caws_attest::seal::{evidence_bundle_path, seal_plan};
use caws_attest::{Algorithm, Keyring, PublicKey, SecretKey};
use caws_evidence::manifest::{Commitment, LoggedPlan, layout};
use caws_evidence::{Finding, Manifest, sha256_hex};
use caws_ledger::note::SignatureKind;
use caws_ledger::{
    Checkpoint, Entry, Note, NoteSigner, Reader, TlogProof, Trust, Writer, leaf_hash,
};
use caws_verify::{Options, checkpoints};
use jiff::Timestamp;

use super::memory::Memory;
use super::{APPROVER, Files, Record, Seed, canonical, key, public, sealed};

/// The ledger of the fixture.
pub(crate) const ORIGIN: &str = "caws/X-001";
/// Seed of the key that signs its checkpoints.
pub(crate) const LOG_KEY: u8 = 9;

pub(crate) fn log_key(seed: u8) -> SecretKey {
    SecretKey::generate(Algorithm::Ed25519, &mut Seed(seed)).unwrap()
}

pub(crate) fn log_public(seed: u8) -> PublicKey {
    log_key(seed).public().unwrap()
}

/// Trusts key 1, the one who approves waivers, and the key of the ledger.
pub(crate) fn log_options() -> Options {
    Options {
        keys: vec![public(1), public(APPROVER), log_public(LOG_KEY)],
        ..Options::default()
    }
}

/// A ledger in memory.
pub(crate) struct Log {
    files: Memory,
    signer: NoteSigner,
    trust: Trust,
}

impl Log {
    /// A ledger of three leaves of others, `first` among them.
    pub(crate) fn new(origin: &str, seed: u8, first: &str) -> Self {
        let signer = NoteSigner::new(origin, SignatureKind::Ed25519, &log_key(seed)).unwrap();
        let log = Self {
            files: Memory::default(),
            trust: Trust::key(origin, signer.verifier().clone()),
            signer,
        };
        log.append(&[first, "second", "third"].map(|leaf| leaf.as_bytes().to_vec()));
        log
    }

    /// The ledger of the fixture.
    pub(crate) fn ours() -> Self {
        Self::new(ORIGIN, LOG_KEY, "first")
    }

    /// Seals leaves; gives the index of the first.
    pub(crate) fn append(&self, leaves: &[Vec<u8>]) -> u64 {
        let mut writer = Writer::open(&self.files, self.trust.clone()).unwrap();
        writer.append(leaves, &self.signer).unwrap().start
    }

    /// The same, from now on signed by the key of another seed.
    pub(crate) fn append_by(&mut self, seed: u8, leaves: &[Vec<u8>]) {
        let origin = self.trust.origin.clone();
        self.signer = NoteSigner::new(&origin, SignatureKind::Ed25519, &log_key(seed)).unwrap();
        let key = self.signer.verifier().clone();
        if !self.trust.keys.contains(&key) {
            self.trust.keys.push(key);
        }
        self.append(leaves);
    }

    /// What is found about its checkpoints where the keys of `ring` are trusted.
    pub(crate) fn checkpoints(&self, ring: &Keyring, now: Timestamp) -> Vec<Finding> {
        let trust = Trust::of_keys(&self.trust.origin, &ring.counting(now)).unwrap();
        checkpoints::check(&self.files, &trust, ring, now).unwrap()
    }

    /// The proof of a leaf; with `since`, as the extra bytes that the log goes on from that size.
    pub(crate) fn prove(&self, index: u64, since: Option<u64>) -> TlogProof {
        let reader = Reader::open(&self.files, &self.trust).unwrap();
        let mut proof = reader.prove(index).unwrap();
        proof.extra = since.map(|old| {
            let hashes = reader.consistency(old, reader.checkpoint().size).unwrap();
            hashes.iter().flat_map(|hash| hash.0).collect()
        });
        proof
    }
}

/// The leaf of a bundle by key `seed`.
pub(crate) fn leaf(bundle: &[u8], seed: u8, commit: Option<&str>) -> Vec<u8> {
    let entry = Entry::of_bundle(bundle, &[public(seed)], commit).unwrap();
    entry.to_leaf().unwrap()
}

/// The state of the log that a proof is of.
pub(crate) fn checkpoint_of(proof: &[u8]) -> Checkpoint {
    let proof = TlogProof::parse(proof).unwrap();
    let note = Note::parse(&proof.checkpoint).unwrap();
    Checkpoint::parse_text(&note.text).unwrap()
}

impl Record {
    /// Signs the plan and logs it, as a run does before anything is measured; what was measured
    /// then cites it.
    pub(crate) fn commit(&mut self, log: &Log, seed: u8) {
        let subject = &self.plan.subject;
        let commit = subject.commit.as_deref();
        let plan = canonical(&self.plan);
        let bundle = seal_plan(&plan, commit, &subject.tree, &key(seed)).unwrap();
        let leaf = leaf(&bundle, seed, commit);
        let index = log.append(std::slice::from_ref(&leaf));
        let proof = log.prove(index, None).to_bytes();
        let hash = leaf_hash(&leaf).to_hex();
        for evidence in &mut self.evidence {
            if !self.run.cached.contains(&evidence.gate) {
                evidence.plan_leaf = Some(hash.clone());
            }
        }
        self.run.commitment = Some(Commitment {
            bundle_sha256: sha256_hex(&bundle),
            logged: Some(LoggedPlan {
                origin: log.trust.origin.clone(),
                index,
                leaf: hash,
                proof_sha256: sha256_hex(&proof),
            }),
            not_logged: None,
        });
        self.files.insert(layout::PLAN_BUNDLE.to_owned(), bundle);
        self.files.insert(layout::PLAN_PROOF.to_owned(), proof);
    }

    /// Everything, signed by key `seed`, in a ledger of its own: plan, run, record.
    pub(crate) fn logged(&self, seed: u8) -> Files {
        let (mut record, log) = (self.clone(), Log::ours());
        record.commit(&log, seed);
        reveal(record.unsigned(), &log, seed)
    }
}

/// Signs what a run left and logs it behind its plan.
pub(crate) fn reveal(files: Files, log: &Log, seed: u8) -> Files {
    let mut files = sealed(files, seed);
    let manifest: Manifest = serde_json::from_slice(&files[layout::MANIFEST]).unwrap();
    let gates = manifest.caws.gates.iter();
    let bundles = gates.map(|entry| evidence_bundle_path(&entry.gate));
    let leaves: Vec<Vec<u8>> = bundles
        .chain([layout::MANIFEST_BUNDLE.to_owned()])
        .map(|path| leaf(&files[&path], seed, Some(&manifest.commit)))
        .collect();
    let first = log.append(&leaves);
    let last = first + u64::try_from(leaves.len()).unwrap() - 1;
    let size = checkpoint_of(&files[layout::PLAN_PROOF]).size;
    let proof = log.prove(last, Some(size)).to_bytes();
    files.insert(layout::MANIFEST_PROOF.to_owned(), proof);
    files
}
