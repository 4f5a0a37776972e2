//! A key and a log for tests and benches that see only what users see.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests and benches, outside test functions"
)]

use std::convert::Infallible;

use caws_attest::{Algorithm, SecretKey};
use caws_ledger::note::SignatureKind;
use caws_ledger::{NoteSigner, Trust};
use rand_core::{TryCryptoRng, TryRng};

pub(crate) const ORIGIN: &str = "example.com/ledger";

struct Ones;

impl TryRng for Ones {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(1)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(1)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(1);
        Ok(())
    }
}

impl TryCryptoRng for Ones {}

pub(crate) fn signer() -> NoteSigner {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Ones).unwrap();
    NoteSigner::new(ORIGIN, SignatureKind::Ed25519, &key).unwrap()
}

pub(crate) fn trust() -> Trust {
    Trust::key(ORIGIN, signer().verifier().clone())
}
