//! Four processes append to one log and are killed at any moment; what they were told is sealed stays.
//!
//! A few kills in the suite; `CAWS_LEDGER_KILLS=200` for as many as one has time for. After every other
//! kill a record that was cut is put at the end of the journal besides: a kill cuts no write, a power
//! failure does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests and benches, outside test functions"
)]
#![allow(
    clippy::disallowed_types,
    reason = "the processes that are killed; the crate itself starts none"
)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use caws_ledger::files::{Disk, Files as _};
use caws_ledger::journal::Record;
use caws_ledger::store::{JOURNAL, Repair};
use caws_ledger::{Reader, Writer, check};

const DIRECTORY: &str = "CAWS_LEDGER_CHILD_DIRECTORY";
const NAME: &str = "CAWS_LEDGER_CHILD_NAME";
const PROCESSES: usize = 4;

/// Not a test of its own: what the processes run that the test below kills.
#[test]
fn child_appends_until_it_is_killed() {
    let (Ok(directory), Ok(name)) = (std::env::var(DIRECTORY), std::env::var(NAME)) else {
        return;
    };
    let mut out = std::io::stdout();
    for round in 0.. {
        let wait = Duration::from_secs(60);
        let mut writer =
            Writer::open_directory(Path::new(&directory), common::trust(), wait).unwrap();
        for repair in writer.repairs() {
            writeln!(out, "\nmended {}", kind(repair)).unwrap();
        }
        for (step, batch) in [1, 1, 3, 90].into_iter().enumerate() {
            let leaves: Vec<String> = (0..batch)
                .map(|leaf| format!("{name} {round} {step} {leaf}"))
                .collect();
            let range = writer.append(&leaves, &common::signer()).unwrap();
            for (index, leaf) in range.zip(&leaves) {
                writeln!(out, "\nsealed {index} {leaf}").unwrap();
            }
            out.flush().unwrap();
        }
    }
}

fn child(directory: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_appends_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Which of [`Repairs`] a repair counts as.
fn kind(repair: &Repair) -> &'static str {
    match repair {
        Repair::TornJournal { .. } => "torn",
        Repair::Replayed { .. } => "replayed",
        Repair::Removed { .. } => "removed",
    }
}

/// What was mended, by whoever opened the log next.
#[derive(Debug, Default)]
struct Repairs {
    torn: u64,
    replayed: u64,
    removed: u64,
}

impl Repairs {
    fn count(&mut self, kind: &str) {
        match kind {
            "torn" => self.torn += 1,
            "replayed" => self.replayed += 1,
            "removed" => self.removed += 1,
            _ => {}
        }
    }
}

/// What a process said before it was killed.
enum Said {
    Sealed(u64, String),
    Mended(String),
}

/// A whole line; the last one may have been cut.
fn said(line: &str) -> Option<Said> {
    if let Some(kind) = line.strip_prefix("mended ") {
        return Some(Said::Mended(kind.to_owned()));
    }
    let (index, leaf) = line.strip_prefix("sealed ")?.split_once(' ')?;
    let whole = leaf.split(' ').count() == 4;
    whole.then(|| Some(Said::Sealed(index.parse().ok()?, leaf.to_owned())))?
}

/// Numbers for the moments of the kills: xorshift64 (Marsaglia 2003), so that a run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Puts a record that was cut at the end of the journal; gives how many bytes of it.
fn tear(disk: &Disk, size: u64, random: &mut Random) -> u64 {
    let mut bundle = Vec::new();
    for leaf in 0..=random.below(40) {
        caws_ledger::entries::push(&mut bundle, format!("torn {size} {leaf}").as_bytes()).unwrap();
    }
    let record = Record {
        before: size,
        count: 1,
        bundle,
        checkpoint: vec![b'-'; 200],
    };
    let whole = record.to_bytes().unwrap();
    let cut = 1 + random.below(u64::try_from(whole.len()).unwrap() - 1);
    disk.append(JOURNAL, &whole[..usize::try_from(cut).unwrap()])
        .unwrap();
    cut
}

#[test]
fn p6_kill_at_any_moment_loses_nothing_sealed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let kills: u64 = number("CAWS_LEDGER_KILLS").unwrap_or(5);
    let seed: u64 = number("CAWS_LEDGER_SEED").unwrap_or(20_261_121);
    let mut random = Random(seed.max(1));
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::at(directory.path());
    let mut sealed: Vec<(u64, String)> = Vec::new();
    let (mut by_processes, mut by_test) = (Repairs::default(), Repairs::default());
    let mut cut = 0;
    for round in 0..kills {
        let mut children: Vec<Child> = (0..PROCESSES)
            .map(|process| child(directory.path(), &format!("{round}-{process}")))
            .collect();
        let readers: Vec<_> = children
            .iter_mut()
            .map(|child| {
                let out = BufReader::new(child.stdout.take().unwrap());
                std::thread::spawn(move || -> Vec<Said> {
                    // A cut line may end within a character; ours are ASCII.
                    let lines = out.lines().map_while(Result::ok);
                    lines.filter_map(|line| said(&line)).collect()
                })
            })
            .collect();
        // Spread over the time that a few appends take.
        std::thread::sleep(Duration::from_millis(40 + random.below(400)));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for reader in readers {
            for one in reader.join().unwrap() {
                match one {
                    Said::Sealed(index, leaf) => sealed.push((index, leaf)),
                    Said::Mended(kind) => by_processes.count(&kind),
                }
            }
        }
        let reader = Reader::open(&disk, &common::trust()).unwrap();
        let before = reader.checkpoint().clone();
        let torn = (round % 2 == 1).then(|| tear(&disk, before.size, &mut random));
        let writer =
            Writer::open_directory(directory.path(), common::trust(), Duration::ZERO).unwrap();
        let found = writer.repairs().iter().find_map(|repair| match repair {
            Repair::TornJournal { bytes, .. } => Some(*bytes),
            _ => None,
        });
        if let Some(torn) = torn {
            cut += 1;
            // Behind what the kill itself may have cut.
            assert!(found >= Some(torn), "kill {round}: {found:?} of {torn}");
        }
        for repair in writer.repairs() {
            by_test.count(kind(repair));
        }
        assert_eq!(writer.size(), before.size, "kill {round}: {before:?}");
        drop(writer);
        let report = check(&disk, &common::trust());
        assert_eq!(
            (report.findings, report.notes),
            (vec![], vec![]),
            "kill {round}"
        );
    }
    let reader = Reader::open(&disk, &common::trust()).unwrap();
    let mut leaves = Vec::new();
    let read = reader.each(0, |_, leaf| {
        leaves.push(String::from_utf8(leaf.to_vec()).unwrap());
        true
    });
    read.unwrap();
    let lost = sealed
        .iter()
        .filter(|(index, leaf)| leaves.get(usize::try_from(*index).unwrap()) != Some(leaf));
    assert_eq!(lost.collect::<Vec<_>>(), Vec::<&(u64, String)>::new());
    let distinct: std::collections::BTreeSet<&String> = leaves.iter().collect();
    assert_eq!(distinct.len(), leaves.len(), "no leaf twice");
    assert!(by_test.torn >= cut, "{by_test:?}, {cut} records cut");
    eprintln!(
        "{kills} kills of {PROCESSES} processes (seed {seed}): {} leaves, {} of them said to be sealed, 0 lost; \
         {cut} records cut by the test; mended by the processes: {by_processes:?}, after the kills: {by_test:?}",
        leaves.len(),
        sealed.len()
    );
}
