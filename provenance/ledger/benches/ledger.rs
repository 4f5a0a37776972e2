//! What a log costs as it grows, against the least it could: SHA-256 of the same bytes, measured in the
//! same run.
//!
//! `cargo bench -p caws-ledger` for 1,000, 10,000 and 100,000 leaves; `cargo bench -p caws-ledger -- 1000000`
//! for another size. Beside each time on the clock stands the time the processors worked, which is what a
//! busy machine leaves alone, and the most memory the process had meanwhile.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests and benches, outside test functions"
)]

#[path = "../tests/common/mod.rs"]
mod common;
mod meter;

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::Duration;

use caws_ledger::files::{Disk, Files};
use caws_ledger::{Reader, Writer, check};
use meter::{Cost, measured};
use sha2::{Digest as _, Sha256};

const SIZES: [u64; 3] = [1000, 10_000, 100_000];
/// As long as an entry of a gate is.
const LEAF: usize = 400;
/// Leaves appended together.
const BATCH: u64 = 10_000;
/// Leaves appended one by one.
const SINGLE: u64 = 400;
/// Bytes of a record of the journal with one leaf: head, leaf, checkpoint, digest.
const RECORD: usize = 28 + 2 + LEAF + 190 + 32;
/// Leaves of a run: every so many have a checkpoint.
const RUN: u64 = 10;
const PROOFS: u64 = 200;

fn leaf(index: u64) -> Vec<u8> {
    let mut leaf = format!("{index:020}").into_bytes();
    leaf.resize(LEAF, b'.');
    leaf
}

fn leaves(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(leaf).collect()
}

/// Prints what `count` leaves or calls cost, as a multiple of hashing as many leaves.
fn say(what: &str, count: u64, cost: &Cost, floor: Duration) {
    let per_second = count as f64 / cost.wall.as_secs_f64();
    let ratio = cost.processor.as_secs_f64() / (floor.as_secs_f64() * count as f64);
    let memory = cost
        .peak
        .map_or("?".to_owned(), |bytes| format!("{:.0}", bytes as f64 / 1e6));
    println!(
        "{what:<44} {:>10.2} ms {:>10.2} ms {per_second:>12.0} {ratio:>9.2} {memory:>6}",
        cost.wall.as_secs_f64() * 1e3,
        cost.processor.as_secs_f64() * 1e3,
    );
}

fn main() {
    // Run by `cargo test` too, where nothing is to be measured.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    for size in sizes {
        log_of(size);
    }
}

fn log_of(size: u64) {
    let directory = tempfile::tempdir().unwrap();
    println!(
        "\n{:<44} {:>13} {:>13} {:>12} {:>9} {:>6}",
        format!("{size} leaves of {LEAF} bytes"),
        "clock",
        "processors",
        "a second",
        "x SHA-256",
        "MB"
    );
    // Made in batches, so that the leaves take no memory from what is measured.
    let mut hashing = Cost::default();
    for from in (0..size).step_by(usize::try_from(BATCH).unwrap()) {
        let batch = leaves(from, size.min(from + BATCH));
        hashing += measured(|| {
            for leaf in &batch {
                black_box(Sha256::digest(black_box(leaf)));
            }
        })
        .1;
    }
    let floor = hashing.processor.div_f64(size as f64);
    say("SHA-256 of the leaves", size, &hashing, floor);
    append(directory.path(), size, floor);
    read(directory.path(), size, floor);
    checks(directory.path(), size, floor);
}

fn writer(directory: &Path) -> Writer<Disk> {
    Writer::open_directory(directory, common::trust(), Duration::ZERO).unwrap()
}

fn append(directory: &Path, size: u64, floor: Duration) {
    let signer = common::signer();
    let mut writer_of_all = writer(directory);
    let mut cost = Cost::default();
    for from in (0..size).step_by(usize::try_from(BATCH).unwrap()) {
        let batch = leaves(from, size.min(from + BATCH));
        cost += measured(|| writer_of_all.append(&batch, &signer).unwrap()).1;
    }
    let what = format!("append, {} together, durable", BATCH.min(size));
    say(&what, size, &cost, floor);
    // What the disk alone takes to keep as much.
    let alone = tempfile::tempdir().unwrap();
    let disk = Disk::at(alone.path());
    let record = vec![b'.'; RECORD];
    let (_, cost) = measured(|| {
        for _ in 0..SINGLE {
            disk.append("file", &record).unwrap();
            disk.sync("file").unwrap();
        }
    });
    say("write and fdatasync alone, as often", SINGLE, &cost, floor);
    let single = leaves(size, size + SINGLE);
    let (_, cost) = measured(|| {
        for one in &single {
            writer_of_all
                .append(std::slice::from_ref(one), &signer)
                .unwrap();
        }
    });
    say("append, one by one, durable", SINGLE, &cost, floor);
    drop(writer_of_all);
    let (_, cost) = measured(|| writer(directory));
    say("open to write, after that", 1, &cost, floor);
}

fn read(directory: &Path, size: u64, floor: Duration) {
    let trust = common::trust();
    let open = || Reader::open(Disk::at(directory), &trust).unwrap();
    // A prime, so that the places are spread over the log.
    let place = |number: u64| number * 7919 % size;
    let (_, cost) = measured(|| {
        for number in 0..PROOFS {
            black_box(open().prove(place(number)).unwrap());
        }
    });
    say("open to read, and prove", PROOFS, &cost, floor);
    let reader = open();
    let (_, cost) = measured(|| {
        for number in 0..PROOFS {
            black_box(reader.prove(place(number)).unwrap());
        }
    });
    say("prove", PROOFS, &cost, floor);
    let (_, cost) = measured(|| reader.each_hash(0, |_, hash| _ = black_box(hash)).unwrap());
    let total = reader.checkpoint().size;
    say("go through the hashes of all leaves", total, &cost, floor);
}

fn checks(directory: &Path, size: u64, floor: Duration) {
    let trust = common::trust();
    let (report, cost) = measured(|| check(&Disk::at(directory), &trust));
    assert!(report.is_whole(), "{:?}", report.findings);
    let what = format!("check, {} checkpoints", report.checkpoints);
    say(&what, report.leaves, &cost, floor);

    let runs = tempfile::tempdir().unwrap();
    log_of_runs(runs.path(), size);
    let (report, cost) = measured(|| check(&Disk::at(runs.path()), &trust));
    assert!(report.is_whole(), "{:?}", report.findings);
    let what = format!("check, {} checkpoints", report.checkpoints);
    say(&what, report.leaves, &cost, floor);
}

/// A log that grew by a few leaves at a time. Nothing in it is durable, so that it is made in seconds.
fn log_of_runs(directory: &Path, size: u64) {
    let signer = common::signer();
    let files = Volatile(Disk::create(directory).unwrap());
    let mut writer = Writer::open(files, common::trust()).unwrap();
    for from in (0..size).step_by(usize::try_from(RUN).unwrap()) {
        let run = leaves(from, size.min(from + RUN));
        writer.append(&run, &signer).unwrap();
    }
    writer.flush().unwrap();
}

/// A disk that makes nothing durable.
struct Volatile(Disk);

impl Files for Volatile {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(path)
    }
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.create(path, bytes)
    }
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.append(path, bytes)
    }
    fn sync(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn sync_dir(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn make_dir(&self, path: &str) -> io::Result<bool> {
        self.0.make_dir(path)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }
    fn remove_dir(&self, path: &str) -> io::Result<()> {
        self.0.remove_dir(path)
    }
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.0.list(path)
    }
}
