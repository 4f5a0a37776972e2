//! What a log costs, against the least it could: SHA-256 of the same bytes, measured in the same run.
//!
//! `cargo bench -p caws-ledger`; `CAWS_LEDGER_LEAVES=1000000` for another size than 65,537.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests and benches, outside test functions"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::time::{Duration, Instant};

use caws_ledger::files::Disk;
use caws_ledger::{Reader, Writer, check};
use sha2::{Digest as _, Sha256};

/// As long as an entry of a gate is.
const LEAF: usize = 400;
const SINGLE: u64 = 400;

fn leaf(index: u64) -> Vec<u8> {
    let mut leaf = format!("{index:020}").into_bytes();
    leaf.resize(LEAF, b'.');
    leaf
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let result = work();
    (result, begun.elapsed())
}

fn say(what: &str, count: u64, time: Duration, floor: Duration) {
    let per_second = count as f64 / time.as_secs_f64();
    let ratio = time.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{what:<34} {:>9.1} ms  {per_second:>12.0} a second  {ratio:>8.2} x SHA-256",
        time.as_secs_f64() * 1e3
    );
}

fn main() {
    // Run by `cargo test` too, where nothing is to be measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let leaves: u64 = std::env::var("CAWS_LEDGER_LEAVES")
        .ok()
        .and_then(|leaves| leaves.parse().ok())
        .unwrap_or(65_537);
    let directory = tempfile::tempdir().unwrap();
    let (signer, trust) = (common::signer(), common::trust());
    let all: Vec<Vec<u8>> = (0..leaves).map(leaf).collect();
    let (_, floor) = timed(|| {
        for leaf in &all {
            black_box(Sha256::digest(black_box(leaf)));
        }
    });
    println!("{leaves} leaves of {LEAF} bytes");
    say("SHA-256 of the leaves", leaves, floor, floor);

    let open = || Writer::open_directory(directory.path(), trust.clone(), Duration::ZERO).unwrap();
    let mut writer = open();
    let (_, time) = timed(|| writer.append(&all, &signer).unwrap());
    say("append, one batch, durable", leaves, time, floor);
    let (_, time) = timed(|| {
        for index in 0..SINGLE {
            writer.append(&[leaf(leaves + index)], &signer).unwrap();
        }
    });
    let share = floor.mul_f64(SINGLE as f64 / leaves as f64);
    say("append, one by one, durable", SINGLE, time, share);
    drop(writer);
    let (_, time) = timed(open);
    say("open to write, after that", 1, time, floor);

    let reader = Reader::open(Disk::at(directory.path()), &trust).unwrap();
    let proofs = 200;
    let (_, time) = timed(|| {
        for index in 0..proofs {
            black_box(reader.prove(index * 7919 % leaves).unwrap());
        }
    });
    say(
        "prove",
        proofs,
        time,
        floor.mul_f64(proofs as f64 / leaves as f64),
    );
    let (report, time) = timed(|| check(&Disk::at(directory.path()), &trust));
    assert!(report.is_whole(), "{:?}", report.findings);
    say("check", report.leaves, time, floor);
}
