//! Checkpoints of a ledger whose keys came to an end.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use caws_attest::keyring::{Reason, issue, revoke, rotate};
use caws_attest::{Envelope, Keyring};
use caws_evidence::codes;
use caws_ledger::Entry;
use caws_ledger::entry::ENTRY_V1;
use common::{LOG_KEY, Log, log_key, log_public};
use jiff::Timestamp;

/// Seed of the key that follows the log's.
const NEXT: u8 = 10;

/// Midnight of a day of January 2026, UTC.
fn day(n: u8) -> Timestamp {
    format!("2026-01-{n:02}T00:00:00Z").parse().unwrap()
}

/// A leaf that was made on a day.
fn leaf(n: u8) -> Vec<u8> {
    let entry = Entry {
        schema: ENTRY_V1.to_owned(),
        sha256: format!("{n:064}"),
        bytes: 1,
        predicate_type: "https://example.org/predicate".to_owned(),
        key: "0".repeat(64),
        commit: None,
        gate: None,
        verdict: None,
        time: (n > 0).then(|| day(n).to_string()),
    };
    entry.to_leaf().unwrap()
}

/// The log's key pinned, with these records.
fn ring(records: &[Envelope]) -> Keyring {
    Keyring::new(&[log_public(LOG_KEY)], records)
}

/// Codes and found of what is wrong on the 20th.
fn found(log: &Log, ring: &Keyring) -> Vec<(String, String)> {
    let findings = log.checkpoints(ring, day(20)).into_iter();
    findings.map(|f| (f.code, f.found.unwrap())).collect()
}

fn one(code: &str, time: u8, seed: u8) -> Vec<(String, String)> {
    let signer = log_public(seed).fingerprint();
    let found = format!(
        "one over a leaf of {}, signed after it by {signer}",
        day(time)
    );
    vec![(code.to_owned(), found)]
}

#[test]
fn a_checkpoint_over_a_leaf_that_is_younger_than_the_key_lived_is_found() {
    let log = Log::ours();
    log.append(&[leaf(4)]);
    let until = |n| {
        let record = issue(&log_key(LOG_KEY), day(1), day(1), Some(day(n)));
        ring(&[record.unwrap()])
    };
    assert_eq!(found(&log, &until(5)), []);
    assert_eq!(found(&log, &until(19)), []);
    assert_eq!(found(&log, &until(4)), one(codes::KEY_EXPIRED, 4, LOG_KEY));
    // Later checkpoints are over leaves that show nothing: none, or no time.
    log.append(&[b"of somebody else".to_vec()]);
    log.append(&[leaf(0)]);
    assert_eq!(found(&log, &until(4)), one(codes::KEY_EXPIRED, 4, LOG_KEY));
    assert_eq!(found(&log, &until(25)), []);
    assert_eq!(found(&log, &ring(&[])), []);
}

#[test]
fn a_key_that_was_given_up_signs_no_more_and_what_it_signed_before_stands() {
    let log = Log::ours();
    log.append(&[leaf(4)]);
    let name = log_public(LOG_KEY).fingerprint();
    let given_up = |since, reason| {
        let record = revoke(&name, &log_key(LOG_KEY), day(1), day(since), reason);
        ring(&[record.unwrap()])
    };
    assert_eq!(found(&log, &given_up(5, Reason::Retired)), []);
    assert_eq!(
        found(&log, &given_up(3, Reason::Superseded)),
        one(codes::KEY_REVOKED, 4, LOG_KEY)
    );
    // Nobody is left to believe: that is for the check of the signatures to say.
    assert_eq!(found(&log, &given_up(3, Reason::Compromised)), []);
}

#[test]
fn the_key_that_follows_goes_on() {
    let mut log = Log::ours();
    log.append(&[leaf(4)]);
    let (old, new) = (log_key(LOG_KEY), log_key(NEXT));
    let rotation = rotate(&old, &new, day(5), (day(5), None), Some(day(6))).unwrap();
    let ring = ring(&[rotation]);
    log.append_by(NEXT, &[leaf(8)]);
    // Made before the time of the key that signed over it.
    log.append_by(NEXT, &[leaf(2)]);
    assert_eq!(found(&log, &ring), []);
    log.append_by(LOG_KEY, &[leaf(9)]);
    assert_eq!(found(&log, &ring), one(codes::KEY_EXPIRED, 9, LOG_KEY));
}

#[test]
fn a_leaf_ahead_of_the_clock_shows_nothing() {
    let log = Log::ours();
    log.append(&[leaf(28)]);
    let record = issue(&log_key(LOG_KEY), day(1), day(1), Some(day(4))).unwrap();
    assert_eq!(found(&log, &ring(&[record])), []);
}
