//! What tests of several modules need: keys from a number, trees from a count.

#[path = "../tests/common/seed.rs"]
mod seed;

use std::sync::LazyLock;

use caws_attest::{Algorithm, SecretKey};

use crate::checkpoint::Trust;
use crate::hash::{Hash, leaf_hash};
use crate::note::{NoteSigner, SignatureKind};
use seed::Seed;

pub(crate) const ORIGIN: &str = "example.com/ledger";

pub(crate) fn key(algorithm: Algorithm, seed: u8) -> SecretKey {
    SecretKey::generate(algorithm, &mut Seed(seed)).unwrap()
}

/// Made once: the tests of crashes ask for it many thousand times.
static LOG: LazyLock<[NoteSigner; 2]> = LazyLock::new(|| [1, 2].map(make_log_signer));

/// Key 1 or 2 of the log.
pub(crate) fn log_signer(seed: usize) -> NoteSigner {
    LOG[seed - 1].clone()
}

fn make_log_signer(seed: u8) -> NoteSigner {
    NoteSigner::new(
        ORIGIN,
        SignatureKind::Ed25519,
        &key(Algorithm::Ed25519, seed),
    )
    .unwrap()
}

pub(crate) fn witness(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(
        name,
        SignatureKind::Cosignature,
        &key(Algorithm::Ed25519, seed),
    )
    .unwrap()
}

/// Trust in the log's key of seed 1.
pub(crate) fn trust() -> Trust {
    Trust::key(ORIGIN, log_signer(1).verifier().clone())
}

pub(crate) fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

pub(crate) fn leaf_hashes(size: u64) -> Vec<Hash> {
    (0..size).map(|index| leaf_hash(&leaf(index))).collect()
}
