use caws_evidence::codes;
use jiff::Timestamp;

use super::Refusal;
use crate::dsse::Envelope;
use crate::keyring::{Keyring, Reason, issue, revoke, rotate};
use crate::keys::tests::{ed25519, p256};
use crate::keys::{PublicKey, SecretKey};

/// Midnight of a day of January 2026, UTC.
fn day(n: u8) -> Timestamp {
    format!("2026-01-{n:02}T00:00:00Z").parse().unwrap()
}

fn public(key: &SecretKey) -> PublicKey {
    key.public().unwrap()
}

fn ring(root: &SecretKey, records: &[Envelope]) -> Keyring {
    Keyring::new(&[public(root)], records)
}

/// The code of a signature of day `at`, asked about on the 20th; nothing where it counts.
fn code(ring: &Keyring, key: &SecretKey, at: u8) -> Option<&'static str> {
    let fingerprint = public(key).fingerprint();
    let judged = ring.judge(&fingerprint, &day(at).to_string(), day(20));
    assert!(judged.as_ref().is_err() || judged == Ok(day(at)));
    judged.err().map(|refusal| refusal.code)
}

#[test]
fn a_signature_counts_while_its_key_does() {
    let (key, other) = (p256(1), p256(2));
    let of = |at, not_after| issue(&key, day(1), day(at), not_after).unwrap();
    let ring = ring(&key, &[of(3, Some(day(9)))]);
    assert_eq!(code(&ring, &key, 2), Some(codes::KEY_NOT_YET_VALID));
    assert_eq!(code(&ring, &key, 3), None);
    assert_eq!(code(&ring, &key, 8), None);
    assert_eq!(code(&ring, &key, 9), Some(codes::KEY_EXPIRED));
    assert_eq!(code(&ring, &other, 5), Some(codes::KEY_UNTRUSTED));
}

#[test]
fn a_key_that_was_given_up_counts_for_what_it_signed_before_unless_somebody_else_has_it() {
    let key = ed25519(1);
    let fingerprint = public(&key).fingerprint();
    let given_up = |reason, since| {
        let record = revoke(&fingerprint, &key, day(5), day(since), reason).unwrap();
        ring(&key, &[record])
    };
    for reason in [Reason::Superseded, Reason::Retired] {
        let ring = given_up(reason, 5);
        assert_eq!(code(&ring, &key, 4), None);
        assert_eq!(code(&ring, &key, 5), Some(codes::KEY_REVOKED));
        assert_eq!(ring.counting(day(20)), [public(&key)]);
    }
    let ring = given_up(Reason::Compromised, 5);
    for at in [4, 5] {
        assert_eq!(code(&ring, &key, at), Some(codes::KEY_REVOKED));
    }
    assert!(ring.counting(day(20)).is_empty());
    // Before the day it says, nobody else had it.
    assert_eq!(ring.counting(day(4)), [public(&key)]);
}

#[test]
fn a_time_ahead_of_the_clock_or_none_at_all_is_refused() {
    let key = p256(1);
    let ring = Keyring::pinned(&[public(&key)]);
    let fingerprint = public(&key).fingerprint();
    let judge = |at: &str| ring.judge(&fingerprint, at, day(20));
    assert!(judge("2026-01-20T00:05:00Z").is_ok());
    let refused = |found: &str| {
        let expected = "a time of signing up to 2026-01-20T00:00:00Z";
        Err(Refusal::new(codes::SIGNING_TIME, expected, found))
    };
    let ahead = "2026-01-20T00:05:01Z";
    assert_eq!(judge(ahead), refused(ahead));
    assert_eq!(judge("today"), refused("\"today\""));
}

#[test]
fn successors_count_and_not_those_of_a_key_whose_time_was_over() {
    let (old, new, late) = (p256(1), ed25519(2), p256(3));
    let records = [
        rotate(&old, &new, day(5), (day(5), None), Some(day(7))).unwrap(),
        rotate(&old, &late, day(8), (day(8), None), None).unwrap(),
    ];
    let ring = ring(&old, &records);
    assert_eq!(ring.keys().len(), 3);
    assert_eq!(code(&ring, &late, 9), Some(codes::KEY_UNTRUSTED));
    assert_eq!(ring.counting(day(20)), [public(&old), public(&new)]);
    assert_eq!(code(&ring, &new, 4), Some(codes::KEY_NOT_YET_VALID));
    assert_eq!(code(&ring, &new, 6), None);
    assert_eq!(code(&ring, &old, 7), Some(codes::KEY_EXPIRED));
}
