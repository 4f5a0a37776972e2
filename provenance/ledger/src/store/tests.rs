use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::checkpoint::Trust;
use crate::files::Files;
use crate::files::tests::{CRASHES, Memory};
use crate::hash::Hash;
use crate::testing::{leaf, leaf_hashes, log_signer, trust};
use crate::tree::{Frontier, verify_consistency};

mod tamper;

fn writer<F: Files>(files: F) -> Writer<F> {
    Writer::open(files, trust()).unwrap()
}

fn leaves(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(leaf).collect()
}

/// A log of the batches given.
fn log(batches: &[u64]) -> Memory {
    let memory = Memory::default();
    let mut writer = writer(&memory);
    for batch in batches {
        let begin = writer.size();
        let range = writer
            .append(&leaves(begin..begin + batch), &log_signer(1))
            .unwrap();
        assert_eq!(range, begin..begin + batch);
    }
    memory
}

fn root(size: u64) -> Hash {
    let mut frontier = Frontier::new();
    frontier.extend(leaf_hashes(size));
    frontier.root()
}

/// The log is `leaf 0`, `leaf 1`, ..., and everything about it can be recomputed.
fn assert_whole(files: &Memory, size: u64) {
    let report = check(files, &trust());
    assert_eq!(report.findings, []);
    assert_eq!(report.leaves, size);
    let reader = Reader::open(files, &trust()).unwrap();
    assert_eq!(
        (reader.checkpoint().size, reader.checkpoint().root),
        (size, root(size))
    );
    let mut next = 0;
    let all = reader.each(0, |index, bytes| {
        assert_eq!((index, bytes), (next, leaf(next).as_slice()));
        next += 1;
        true
    });
    all.unwrap();
    assert_eq!(next, size);
}

#[test]
fn every_checkpoint_is_listed_with_the_trusted_keys_it_names() {
    let files = log(&[2, 256, 3, 1]);
    let [first, second] = [1, 2].map(|seed| log_signer(seed).verifier().clone());
    let of = |keys: &[&crate::NoteVerifier]| Trust {
        keys: keys.iter().map(|key| (*key).clone()).collect(),
        ..trust()
    };
    let listed = |trust: &Trust| {
        let mut seen = Vec::new();
        let all = each_checkpoint(&files, trust, |sealed| {
            let signers = sealed.signers.into_iter().cloned().collect::<Vec<_>>();
            seen.push((sealed.size, signers));
        });
        all.unwrap();
        seen
    };
    let sizes = [2, 258, 261, 262];
    let signed = |by: &[&crate::NoteVerifier]| {
        let by: Vec<_> = by.iter().map(|key| (*key).clone()).collect();
        sizes.map(|size| (size, by.clone()))
    };
    assert_eq!(listed(&of(&[&second, &first])), signed(&[&first]));
    assert_eq!(listed(&of(&[&second])), signed(&[]));
    writer(&files).flush().unwrap();
    assert_eq!(listed(&of(&[&first])), signed(&[&first]));
    let nothing = each_checkpoint(&Memory::default(), &trust(), |_| panic!("a checkpoint"));
    nothing.unwrap();
}

#[test]
fn a_log_that_is_not_there_is_empty() {
    let memory = Memory::default();
    let reader = Reader::open(&memory, &trust()).unwrap();
    assert_eq!(reader.checkpoint().size, 0);
    assert_eq!(reader.signed_checkpoint(), None);
    assert_eq!(reader.signers(), []);
    assert_eq!(reader.root(0).unwrap(), root(0));
    assert!(matches!(
        reader.leaf(0),
        Err(StoreError::Range { limit: 0, found: 0 })
    ));
    assert!(matches!(reader.prove(0), Err(StoreError::Range { .. })));
    assert!(check(&memory, &trust()).is_whole());
    let mut writer = writer(&memory);
    assert_eq!(writer.append::<Vec<u8>>(&[], &log_signer(1)).unwrap(), 0..0);
    assert_eq!(writer.checkpoint(), None);
    writer.flush().unwrap();
    assert_eq!(
        memory.list("").unwrap(),
        Vec::<String>::new(),
        "nothing appended, nothing written"
    );
}

#[test]
fn p6_appends_of_any_sizes_give_one_log() {
    for batches in [
        &[1][..],
        &[3, 1, 2],
        &[255, 1, 1],
        &[256],
        &[257],
        &[1, 600, 1],
        &[512, 512],
    ] {
        let memory = log(batches);
        let size = batches.iter().sum();
        assert_whole(&memory, size);
        let mut reopened = writer(&memory);
        assert_eq!(reopened.size(), size);
        assert_whole(&memory, size);
        reopened
            .append(&leaves(size..size + 2), &log_signer(1))
            .unwrap();
        assert_whole(&memory, size + 2);
    }
}

#[test]
fn small_appends_go_to_the_journal_and_flush_makes_them_tiles() {
    let memory = log(&[2, 1]);
    assert_eq!(memory.list("").unwrap(), ["journal"]);
    let mut writer = writer(&memory);
    assert_eq!(writer.repairs(), [Repair::Replayed { leaves: 3 }]);
    let files = [
        "checkpoint",
        "checkpoints/000.p/1",
        "tile/0/000.p/3",
        "tile/entries/000.p/3",
    ];
    assert_eq!(memory.list("").unwrap(), files);
    writer.append(&leaves(3..4), &log_signer(1)).unwrap();
    writer.flush().unwrap();
    assert_eq!(memory.read("journal").unwrap(), None);
    assert_eq!(memory.read("tile/0/000.p/4").unwrap().unwrap().len(), 128);
    assert_eq!(check(&memory, &trust()).checkpoints, 3, "sizes 2, 3 and 4");
    assert_whole(&memory, 4);
}

#[test]
fn partial_tiles_stay_until_the_full_one_is_there() {
    let memory = log(&[254]);
    let mut writer = writer(&memory);
    writer.append(&leaves(254..255), &log_signer(1)).unwrap();
    writer.flush().unwrap();
    let partials = memory.list("tile/0/000.p").unwrap();
    assert_eq!(partials, ["tile/0/000.p/254", "tile/0/000.p/255"]);
    let before = Reader::open(&memory, &trust()).unwrap();
    writer.append(&leaves(255..257), &log_signer(1)).unwrap();
    assert_eq!(
        memory.list("tile").unwrap(),
        [
            "tile/0/000",
            "tile/0/001.p/1",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/1"
        ]
    );
    assert_eq!(before.checkpoint().size, 255);
    assert_eq!(
        before.leaf(254).unwrap(),
        leaf(254),
        "a reader of before reads on"
    );
    assert!(before.leaf(255).is_err());
    assert_whole(&memory, 257);
}

#[test]
fn many_checkpoints_are_kept_in_bundles() {
    let memory = Memory::default();
    let mut writer = writer(&memory);
    for index in 0..600 {
        writer
            .append(&leaves(index..index + 1), &log_signer(1))
            .unwrap();
    }
    writer.flush().unwrap();
    assert_eq!(
        memory.list("checkpoints").unwrap(),
        ["checkpoints/000", "checkpoints/001", "checkpoints/002.p/87"]
    );
    assert_eq!(check(&memory, &trust()).checkpoints, 600);
    assert_whole(&memory, 600);
    // As a crash leaves them that came before they were removed.
    let replaced = ["checkpoints/000.p/3", "checkpoints/002.p/86"];
    for path in replaced {
        memory.tamper(path, Some(b"shorter".to_vec()));
    }
    let reopened = Writer::open(&memory, trust()).unwrap();
    let removed = replaced.map(|path| Repair::Removed {
        path: path.to_owned(),
    });
    assert_eq!(reopened.repairs(), removed);
    assert_whole(&memory, 600);
}

#[test]
fn p6_proofs_from_a_store_hold() {
    let memory = log(&[1000, 7, 1]);
    let reader = Reader::open(&memory, &trust()).unwrap();
    let size = reader.checkpoint().size;
    assert_eq!(size, 1008);
    assert_eq!(reader.signers(), [log_signer(1).verifier().clone()]);
    for index in [0, 1, 255, 256, 767, 768, 1006, 1007] {
        let proof = reader.prove(index).unwrap();
        proof.verify(&leaf(index), &trust()).unwrap();
        assert_eq!(proof.checkpoint, reader.signed_checkpoint().unwrap());
    }
    for (old, new) in [(0, 5), (1, 1008), (255, 257), (256, 768), (1007, 1008)] {
        let proof = reader.consistency(old, new).unwrap();
        let roots = (reader.root(old).unwrap(), reader.root(new).unwrap());
        assert_eq!(roots, (root(old), root(new)));
        verify_consistency(old, &roots.0, new, &roots.1, &proof).unwrap();
    }
    assert!(matches!(reader.prove(size), Err(StoreError::Range { .. })));
    assert!(matches!(
        reader.root(size + 1),
        Err(StoreError::Range { .. })
    ));
    assert!(matches!(
        reader.consistency(3, 2),
        Err(StoreError::Range { .. })
    ));
    assert!(matches!(
        reader.inclusion(2, 2),
        Err(StoreError::Range { .. })
    ));
    assert!(matches!(
        reader.inclusion(0, size + 1),
        Err(StoreError::Range { .. })
    ));
    let mut hashes = Vec::new();
    reader
        .each_hash(1000, |index, hash| hashes.push((index, hash)))
        .unwrap();
    let expected: Vec<_> = (1000..).zip(leaf_hashes(1008).split_off(1000)).collect();
    assert_eq!(hashes, expected);
}

#[test]
fn what_does_not_fit_or_is_not_trusted_is_not_appended() {
    let memory = log(&[2]);
    let mut writer = writer(&memory);
    let long = vec![leaf(2), vec![0; 65_536]];
    let error = writer.append(&long, &log_signer(1)).unwrap_err();
    assert!(
        matches!(&error, StoreError::Bundle { path, .. } if path == "leaf 3"),
        "{error}"
    );
    assert_eq!(writer.append(&leaves(2..3), &log_signer(1)).unwrap(), 2..3);
    let error = writer.append(&leaves(3..4), &log_signer(2)).unwrap_err();
    assert!(matches!(error, StoreError::Checkpoint { .. }), "{error}");
    let error = writer.append(&leaves(3..4), &log_signer(1)).unwrap_err();
    assert!(matches!(error, StoreError::Poisoned));
    assert_whole(&memory, 3);
}

#[test]
fn a_second_writer_waits_and_then_gives_up() {
    let directory = tempfile::tempdir().unwrap();
    let open = |wait| Writer::open_directory(directory.path(), trust(), wait);
    let mut first = open(std::time::Duration::ZERO).unwrap();
    first.append(&leaves(0..300), &log_signer(1)).unwrap();
    let error = open(std::time::Duration::from_millis(20)).unwrap_err();
    assert!(matches!(error, StoreError::Locked), "{error}");
    let disk = crate::files::Disk::at(directory.path());
    assert_eq!(
        Reader::open(&disk, &trust()).unwrap().checkpoint().size,
        300
    );
    assert!(check(&disk, &trust()).is_whole());
    drop(first);
    let mut second = open(std::time::Duration::ZERO).unwrap();
    assert_eq!(
        second.append(&leaves(300..301), &log_signer(1)).unwrap(),
        300..301
    );
    assert_eq!(
        Reader::open(disk, &trust()).unwrap().leaf(300).unwrap(),
        leaf(300)
    );
}

/// Appends batches until a crash; gives how many leaves were said to be sealed.
fn until_crash(memory: &Memory, batches: &[u64]) -> u64 {
    let Ok(mut writer) = Writer::open(memory, trust()) else {
        return 0;
    };
    let mut sealed = writer.size();
    for batch in batches {
        match writer.append(&leaves(sealed..sealed + batch), &log_signer(1)) {
            Ok(range) => sealed = range.end,
            Err(_) => return sealed,
        }
    }
    let _ = writer.flush();
    sealed
}

/// States that were tried already, by how many leaves were said to be sealed in them.
type Tried = BTreeSet<(u64, BTreeMap<String, Vec<u8>>)>;

fn survives(crashed: &Memory, sealed: u64, at: &str, tried: &mut Tried) {
    for crash in CRASHES {
        let found = crashed.after(crash);
        if !tried.insert((sealed, found.content())) {
            continue;
        }
        let reader =
            Reader::open(&found, &trust()).unwrap_or_else(|e| panic!("{at} {crash:?}: {e}"));
        assert!(
            reader.checkpoint().size >= sealed,
            "{at} {crash:?}: a reader lost sealed leaves"
        );
        let report = check(&found, &trust());
        assert_eq!(report.findings, [], "{at} {crash:?}");
        let mut writer =
            Writer::open(&found, trust()).unwrap_or_else(|e| panic!("{at} {crash:?}: {e}"));
        let size = writer.size();
        assert!(size >= sealed, "{at} {crash:?}: {size} leaves of {sealed}");
        let report = check(&found, &trust());
        assert_eq!(
            (report.findings, report.notes),
            (vec![], vec![]),
            "{at} {crash:?}: repaired"
        );
        writer
            .append(&leaves(size..size + 1), &log_signer(1))
            .unwrap();
        assert_whole(&found, size + 1);
    }
}

#[test]
fn p6_a_crash_at_every_byte_of_a_small_log_loses_nothing_sealed() {
    let batches = [1, 2];
    let whole = Memory::default().crashing_after(usize::MAX);
    assert_eq!(until_crash(&whole, &batches), 3);
    let steps = whole.taken();
    assert!(steps > 1000, "{steps} steps");
    let mut tried = Tried::new();
    for step in 0..=steps {
        let memory = Memory::default().crashing_after(step);
        let sealed = until_crash(&memory, &batches);
        survives(&memory, sealed, &format!("step {step}"), &mut tried);
    }
}

#[test]
fn p6_a_crash_while_tiles_fill_loses_nothing_sealed() {
    let base = log(&[254]);
    let whole = base.crashing_after(usize::MAX);
    assert_eq!(until_crash(&whole, &[1, 3, 1]), 259);
    let steps = whole.taken();
    let mut tried = Tried::new();
    // Every 211th byte: a prime, so that over the files every kind of place comes up.
    for step in (0..=steps).step_by(211) {
        let memory = base.crashing_after(step);
        let sealed = until_crash(&memory, &[1, 3, 1]);
        survives(&memory, sealed, &format!("step {step}"), &mut tried);
    }
}

#[test]
fn a_torn_journal_is_said_and_cut_back() {
    let memory = log(&[1, 1]);
    let bytes = memory.read("journal").unwrap().unwrap();
    memory.tamper("journal", Some(bytes[..bytes.len() - 1].to_vec()));
    let report = check(&memory, &trust());
    assert!(report.is_whole());
    assert!(
        report.notes[0].contains("never wholly written"),
        "{:?}",
        report.notes
    );
    let half = bytes.len() / 2;
    let writer = writer(&memory);
    let (offset, cut) = (
        u64::try_from(half).unwrap(),
        u64::try_from(half - 1).unwrap(),
    );
    assert_eq!(
        writer.repairs(),
        [
            Repair::TornJournal { offset, bytes: cut },
            Repair::Replayed { leaves: 1 }
        ]
    );
    assert_eq!(
        writer.repairs()[0].to_string(),
        format!(
            "journal: dropped {cut} bytes at offset {offset}, a record that was never wholly written"
        )
    );
    assert_whole(&memory, 1);
}

#[test]
fn leaves_wait_in_order_and_once() {
    let memory = Memory::default();
    for text in ["b", "a", "b", "c"] {
        enqueue(&memory, text.as_bytes()).unwrap();
    }
    let waiting = pending::waiting(&memory).unwrap();
    let leaves: Vec<&[u8]> = waiting.iter().map(|p| p.leaf.as_slice()).collect();
    assert_eq!(leaves, [b"b", b"a", b"c"]);
    assert!(enqueue(&memory, &[0; 65_536]).is_err());
    assert_eq!(writer(&memory).size(), 0, "what waits is in no tree");
    assert_eq!(pending::waiting(&memory).unwrap().len(), 3);
}

#[test]
fn p6_a_crash_while_a_leaf_is_enqueued_leaves_it_whole_or_not_at_all() {
    let base = Memory::default();
    enqueue(&base, b"first").unwrap();
    let whole = base.crashing_after(usize::MAX);
    enqueue(&whole, b"second").unwrap();
    for step in 0..=whole.taken() {
        let memory = base.crashing_after(step);
        let said = enqueue(&memory, b"second").is_ok();
        for crash in CRASHES {
            let found = memory.after(crash);
            let waiting = pending::waiting(&found).unwrap();
            let leaves: Vec<&[u8]> = waiting.iter().map(|p| p.leaf.as_slice()).collect();
            let both: &[&[u8]] = &[b"first", b"second"];
            assert!(
                leaves == both || (!said && leaves == both[..1]),
                "step {step} {crash:?}"
            );
        }
    }
}
