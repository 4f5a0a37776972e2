//! Somebody changes a log on disk: every kind of change is found, and named by its place.

use super::*;

/// Two full tiles and a partial one, in three checkpoints.
fn grown() -> Memory {
    let memory = log(&[300, 250, 5]);
    writer(&memory).flush().unwrap();
    assert_whole(&memory, 555);
    memory
}

fn change(memory: &Memory, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = memory
        .read(path)
        .unwrap()
        .unwrap_or_else(|| panic!("no {path}"));
    change(&mut bytes);
    memory.tamper(path, Some(bytes));
}

/// Codes and places of what a check finds.
fn found(memory: &Memory) -> Vec<(&'static str, String, String)> {
    let report = check(memory, &trust());
    let findings = report.findings.into_iter();
    findings.map(|f| (f.code, f.path, f.place)).collect()
}

fn finding(code: &'static str, path: &str, place: &str) -> (&'static str, String, String) {
    (code, path.to_owned(), place.to_owned())
}

/// Entries of 9 bytes (`leaf 123`) with two of length each begin at such places of a bundle.
const ENTRY: usize = 2 + 8;

#[test]
fn p6_a_modified_entry_is_found() {
    let memory = grown();
    // `leaf 257` is the second of its bundle.
    change(&memory, "tile/entries/001", |bytes| bytes[ENTRY + 9] = b'8');
    let found = found(&memory);
    assert!(
        found.contains(&finding("ledger-entry", "tile/entries/001", "entry 257")),
        "{found:?}"
    );
    assert!(found.contains(&finding("ledger-tile", "tile/0/001", "hash 1")));
    assert!(found.contains(&finding("ledger-root", "checkpoint", "")));
}

#[test]
fn p6_a_modified_entry_is_found_although_its_hashes_were_made_to_fit() {
    let memory = grown();
    let forged = Memory::default();
    let mut forger = writer(&forged);
    let mut all = leaves(0..555);
    all[257] = b"leaf 2x7".to_vec();
    forger.append(&all, &log_signer(1)).unwrap();
    for path in forged.list("tile").unwrap() {
        memory.tamper(&path, forged.read(&path).unwrap());
    }
    assert_eq!(
        found(&memory),
        [
            finding("ledger-root", "checkpoints/000.p/2", "checkpoint 0"),
            finding("ledger-root", "checkpoints/000.p/2", "checkpoint 1"),
            finding("ledger-root", "checkpoint", ""),
        ]
    );
    assert!(matches!(
        Writer::open(&memory, trust()),
        Err(StoreError::Root { .. })
    ));
}

#[test]
fn p6_a_deleted_an_inserted_and_reordered_entries_are_found() {
    let deleted = grown();
    change(&deleted, "tile/entries/001", |bytes| {
        drop(bytes.drain(..ENTRY))
    });
    assert!(found(&deleted).contains(&finding("ledger-unreadable", "tile/entries/001", "")));

    let inserted = grown();
    change(&inserted, "tile/entries/001", |bytes| {
        let again = bytes[..ENTRY].to_vec();
        bytes.splice(0..0, again);
    });
    assert!(found(&inserted).contains(&finding("ledger-unreadable", "tile/entries/001", "")));

    let replaced = grown();
    change(&replaced, "tile/entries/001", |bytes| {
        let again = bytes[..ENTRY].to_vec();
        bytes[ENTRY..2 * ENTRY].copy_from_slice(&again);
    });
    assert!(found(&replaced).contains(&finding("ledger-entry", "tile/entries/001", "entry 257")));

    let reordered = grown();
    change(&reordered, "tile/entries/001", |bytes| {
        bytes[..2 * ENTRY].rotate_left(ENTRY)
    });
    let found = found(&reordered);
    assert!(
        found.contains(&finding("ledger-entry", "tile/entries/001", "entry 256")),
        "{found:?}"
    );
    assert!(found.contains(&finding("ledger-entry", "tile/entries/001", "entry 257")));
}

#[test]
fn p6_every_file_that_is_changed_or_gone_is_found() {
    let whole = grown();
    for path in whole.list("").unwrap() {
        let length = whole.read(&path).unwrap().unwrap().len();
        for place in [0, length / 2, length - 1] {
            let memory = whole.clone();
            change(&memory, &path, |bytes| bytes[place] ^= 1);
            assert!(!found(&memory).is_empty(), "{path}: byte {place} changed");
        }
        let memory = whole.clone();
        change(&memory, &path, |bytes| bytes.truncate(length - 1));
        assert!(!found(&memory).is_empty(), "{path}: cut");
        let memory = whole.clone();
        memory.tamper(&path, None);
        // Partial tiles of before, which may go, and the end of the list of checkpoints.
        let harmless = path.ends_with(".p/38")
            || ["tile/1/000.p/1", "checkpoints/000.p/2"].contains(&path.as_str());
        assert_eq!(found(&memory).is_empty(), harmless, "{path}: gone");
    }
}

#[test]
fn p6_checkpoints_of_another_history_are_found() {
    let memory = grown();
    let other = log(&[100, 200, 255]);
    writer(&other).flush().unwrap();
    memory.tamper(
        "checkpoints/000.p/2",
        other.read("checkpoints/000.p/2").unwrap(),
    );
    assert_eq!(found(&memory), [], "these continue each other and the log");

    let forked = Memory::default();
    let mut forker = writer(&forked);
    forker.append(&[b"fork".to_vec()], &log_signer(1)).unwrap();
    forker.append(&leaves(0..299), &log_signer(1)).unwrap();
    forker.append(&leaves(0..100), &log_signer(1)).unwrap();
    forker.flush().unwrap();
    let bundle = forked.list("checkpoints").unwrap().pop().unwrap();
    memory.tamper("checkpoints/000.p/2", None);
    memory.tamper(&bundle, forked.read(&bundle).unwrap());
    let found = found(&memory);
    assert!(
        found.contains(&finding("ledger-root", &bundle, "checkpoint 0")),
        "{found:?}"
    );
    assert!(
        found.contains(&finding("ledger-root", &bundle, "checkpoint 1")),
        "{found:?}"
    );
}

#[test]
fn p6_checkpoints_out_of_order_or_forged_are_found() {
    let memory = grown();
    change(&memory, "checkpoints/000.p/2", |bytes| {
        let half = bytes.len() / 2;
        bytes.rotate_left(half);
    });
    assert!(!found(&memory).is_empty());

    let forged = grown();
    let note = crate::Checkpoint {
        size: 555,
        root: root(554),
        ..crate::Checkpoint::empty(crate::testing::ORIGIN)
    };
    forged.tamper(
        "checkpoint",
        Some(note.sign(&log_signer(1)).unwrap().to_bytes()),
    );
    assert_eq!(found(&forged), [finding("ledger-root", "checkpoint", "")]);
    forged.tamper(
        "checkpoint",
        Some(note.sign(&log_signer(2)).unwrap().to_bytes()),
    );
    assert_eq!(
        found(&forged),
        [finding("ledger-checkpoint", "checkpoint", "")]
    );
    assert!(Reader::open(&forged, &trust()).is_err());
}

#[test]
fn p6_a_log_rolled_back_contradicts_its_list_of_checkpoints() {
    let memory = grown();
    let earlier = log(&[300]);
    memory.tamper("checkpoint", earlier.read("checkpoint").unwrap());
    let found = found(&memory);
    assert!(
        found.iter().any(|(code, ..)| *code == "ledger-order"),
        "{found:?}"
    );
}

#[test]
fn p6_a_forged_journal_is_found() {
    let memory = log(&[3, 1]);
    let whole = memory.read("journal").unwrap().unwrap();
    let other = Memory::default();
    writer(&other)
        .append(&[b"forged".to_vec()], &log_signer(2))
        .unwrap_err();
    let record = crate::journal::Record {
        before: 4,
        count: 1,
        bundle: b"\0\x06forged".to_vec(),
        checkpoint: crate::Checkpoint::empty(crate::testing::ORIGIN)
            .sign(&log_signer(2))
            .unwrap()
            .to_bytes(),
    };
    let forged = [whole.clone(), record.to_bytes().unwrap()].concat();
    memory.tamper("journal", Some(forged));
    assert_eq!(found(&memory)[0].0, "ledger-checkpoint");
    assert!(matches!(
        Writer::open(&memory, trust()),
        Err(StoreError::Checkpoint { .. })
    ));

    let gap = crate::journal::Record {
        before: 9,
        ..record
    };
    memory.tamper("journal", Some([whole, gap.to_bytes().unwrap()].concat()));
    assert_eq!(
        found(&memory)[0],
        finding("ledger-journal", "journal", "record 2")
    );
    let error = Writer::open(&memory, trust()).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Journal {
                expected: 4,
                found: 9
            }
        ),
        "{error}"
    );
}

#[test]
fn p6_a_proof_is_not_made_from_changed_tiles() {
    let memory = grown();
    change(&memory, "tile/0/000", |bytes| bytes[40] ^= 1);
    let reader = Reader::open(&memory, &trust()).unwrap();
    assert!(matches!(reader.prove(0), Err(StoreError::Root { .. })));
}

#[test]
fn what_belongs_to_no_checkpoint_is_said_and_removed() {
    let memory = grown();
    memory.tamper("tile/0/003", Some(vec![0; 8192]));
    memory.tamper("tile/entries/002.p/200", Some(vec![0; 400]));
    memory.tamper("tile/0/001.p/7", Some(vec![0; 224]));
    memory.tamper("tmp/file", Some(b"half".to_vec()));
    memory.tamper("notes.txt", Some(b"not ours".to_vec()));
    let report = check(&memory, &trust());
    assert!(report.is_whole());
    assert_eq!(
        report.notes,
        [
            "tile/0/003: belongs to no checkpoint",
            "tile/entries/002.p/200: belongs to no checkpoint"
        ]
    );
    let removed: Vec<String> = writer(&memory)
        .repairs()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(removed.len(), 4, "{removed:?}");
    assert!(removed[0].starts_with("tile/0/001.p/7: removed"));
    assert_eq!(memory.read("notes.txt").unwrap().unwrap(), b"not ours");
    assert_whole(&memory, 555);
}
