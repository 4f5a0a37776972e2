//! Any key records; the first byte says how. 0: a file of records: nothing nobody signed changes a thing.
//! 1: a statement that the pinned key signed: no other key is trusted by that. 2: lives of four keys: the
//! order of the records does not matter, and one more makes no key better unless it is a rotation.
#![no_main]

#[path = "../../../ledger/tests/common/seed.rs"]
mod seed;

use std::sync::LazyLock;

use caws_attest::keyring::{Reason, issue, revoke, rotate};
use caws_attest::statement::PAYLOAD_TYPE;
use caws_attest::{
    Algorithm, Envelope, KeyStatus, Keyring, PublicKey, SecretKey, dsse, key_status,
};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use seed::Seed;

/// Moments that are asked about.
const MOMENTS: i64 = 8;
/// Bytes of a record of the third kind.
const RECORD: usize = 4;
/// Most of them; every one is signed and verified.
const MOST: usize = 8;

static KEYS: LazyLock<Vec<(SecretKey, PublicKey)>> = LazyLock::new(|| {
    let key = |seed| {
        let key = SecretKey::generate(Algorithm::Ed25519, &mut Seed(seed)).expect("a key");
        let public = key.public().expect("its public half");
        (key, public)
    };
    (0xE1..=0xE4).map(key).collect()
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 3 {
        0 => file(bytes),
        1 => statement(bytes),
        _ => lives(bytes),
    }
});

fn pinned() -> [PublicKey; 1] {
    [KEYS[0].1.clone()]
}

fn file(bytes: &[u8]) {
    let Ok(ring) = Keyring::read(&pinned(), bytes) else {
        return;
    };
    let lines = bytes.split(|byte| *byte == b'\n');
    let records = lines.filter(|line| !line.trim_ascii().is_empty()).count();
    assert_eq!(ring.ignored().len(), records);
    assert_eq!(ring.keys(), pinned());
    let known = key_status(&KEYS[0].1.fingerprint(), Timestamp::UNIX_EPOCH, &ring);
    assert_eq!(known, KeyStatus::Valid { not_after: None });
}

fn statement(bytes: &[u8]) {
    let signed = dsse::sign(PAYLOAD_TYPE, bytes.to_vec(), &[&KEYS[0].0]).expect("signed");
    let ring = Keyring::new(&pinned(), &[signed]);
    assert_eq!(ring.keys(), pinned());
    for (_, public) in KEYS.iter().skip(1) {
        let status = key_status(&public.fingerprint(), Timestamp::UNIX_EPOCH, &ring);
        assert_eq!(status, KeyStatus::Untrusted);
    }
}

fn moment(number: i64) -> Timestamp {
    Timestamp::from_second(number).expect("a small number")
}

/// A record of these four bytes, and whether it is a rotation.
fn record(bytes: &[u8; RECORD]) -> Option<(Envelope, bool)> {
    let [what, who, from, to] = *bytes;
    let (one, other) = (&KEYS[usize::from(who % 4)], &KEYS[usize::from(who / 4 % 4)]);
    let (issued, from) = (moment(i64::from(from % 8)), moment(i64::from(from / 8 % 8)));
    let until = (to % 16 < 8).then(|| moment(i64::from(to % 8)));
    let reasons = [Reason::Superseded, Reason::Retired, Reason::Compromised];
    match what % 3 {
        0 => Some((issue(&one.0, issued, from, until).ok()?, false)),
        1 => Some((
            rotate(&one.0, &other.0, issued, (from, None), until).ok()?,
            true,
        )),
        _ => {
            let reason = reasons[usize::from(to % 3)];
            let key = other.1.fingerprint();
            Some((revoke(&key, &one.0, issued, from, reason).ok()?, false))
        }
    }
}

fn all(ring: &Keyring) -> Vec<KeyStatus> {
    let moments = || (0..MOMENTS).map(moment);
    KEYS.iter()
        .flat_map(|(_, key)| moments().map(|at| key_status(&key.fingerprint(), at, ring)))
        .collect()
}

fn lives(bytes: &[u8]) {
    let (chunks, _) = bytes.as_chunks::<RECORD>();
    let records: Vec<(Envelope, bool)> = chunks.iter().take(MOST).filter_map(record).collect();
    let Some(((_, rotates), before)) = records.split_last() else {
        return;
    };
    let ring = |records: &[(Envelope, bool)]| {
        let envelopes: Vec<Envelope> = records.iter().map(|(one, _)| one.clone()).collect();
        Keyring::new(&pinned(), &envelopes)
    };
    let found = all(&ring(&records));
    let mut backwards = records.clone();
    backwards.reverse();
    assert_eq!(all(&ring(&backwards)), found);
    if !rotates {
        for (before, now) in all(&ring(before)).iter().zip(&found) {
            assert!(before.is_valid() || !now.is_valid(), "{before:?} {now:?}");
        }
    }
}
