//! Four processes append to one log and are killed at any moment; what they were told is sealed stays.
//!
//! A few kills in the suite; `CAWS_LEDGER_KILLS=200` for as many as one has time for.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests and benches, outside test functions"
)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use caws_ledger::files::Disk;
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

/// Index and leaf of a whole line; the last line may have been cut.
fn sealed(line: &str) -> Option<(u64, String)> {
    let (index, leaf) = line.strip_prefix("sealed ")?.split_once(' ')?;
    let whole = leaf.split(' ').count() == 4;
    whole.then(|| Some((index.parse().ok()?, leaf.to_owned())))?
}

#[test]
fn p6_kill_at_any_moment_loses_nothing_sealed() {
    let kills: u64 = std::env::var("CAWS_LEDGER_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(5);
    let directory = tempfile::tempdir().unwrap();
    let mut said: Vec<(u64, String)> = Vec::new();
    let mut repairs = 0;
    for round in 0..kills {
        let mut children: Vec<Child> = (0..PROCESSES)
            .map(|process| child(directory.path(), &format!("{round}-{process}")))
            .collect();
        let readers: Vec<_> = children
            .iter_mut()
            .map(|child| {
                let out = BufReader::new(child.stdout.take().unwrap());
                std::thread::spawn(move || -> Vec<(u64, String)> {
                    // A cut line may end within a character; ours are ASCII.
                    out.lines()
                        .map_while(Result::ok)
                        .filter_map(|l| sealed(&l))
                        .collect()
                })
            })
            .collect();
        // Spread over the time that a few appends take, by a step that shares no factor with it.
        std::thread::sleep(Duration::from_millis(40 + round * 37 % 400));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for reader in readers {
            said.extend(reader.join().unwrap());
        }
        let reader = Reader::open(Disk::at(directory.path()), &common::trust()).unwrap();
        let before = reader.checkpoint().clone();
        let writer =
            Writer::open_directory(directory.path(), common::trust(), Duration::ZERO).unwrap();
        repairs += writer.repairs().len();
        assert!(writer.size() >= before.size, "kill {round}: {before:?}");
        drop(writer);
        let report = check(&Disk::at(directory.path()), &common::trust());
        assert_eq!(
            (report.findings, report.notes),
            (vec![], vec![]),
            "kill {round}"
        );
    }
    let reader = Reader::open(Disk::at(directory.path()), &common::trust()).unwrap();
    let mut leaves = Vec::new();
    let read = reader.each(0, |_, leaf| {
        leaves.push(String::from_utf8(leaf.to_vec()).unwrap());
        true
    });
    read.unwrap();
    for (index, leaf) in &said {
        let found = leaves.get(usize::try_from(*index).unwrap());
        assert_eq!(found, Some(leaf), "leaf {index} was sealed");
    }
    let distinct: std::collections::BTreeSet<&String> = leaves.iter().collect();
    assert_eq!(distinct.len(), leaves.len(), "no leaf twice");
    eprintln!(
        "{kills} kills of {PROCESSES} processes: {} leaves, {} said to be sealed, {repairs} repairs",
        leaves.len(),
        said.len()
    );
}
