//! A key and a log for tests and benches that see only what users see.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests and benches, outside test functions"
)]

mod seed;

use caws_attest::{Algorithm, SecretKey};
use caws_ledger::note::SignatureKind;
use caws_ledger::{NoteSigner, Trust};
use seed::Seed;

pub(crate) const ORIGIN: &str = "example.com/ledger";

pub(crate) fn signer() -> NoteSigner {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Seed(1)).unwrap();
    NoteSigner::new(ORIGIN, SignatureKind::Ed25519, &key).unwrap()
}

pub(crate) fn trust() -> Trust {
    Trust::key(ORIGIN, signer().verifier().clone())
}
