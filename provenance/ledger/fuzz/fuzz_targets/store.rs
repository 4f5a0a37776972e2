//! Any name of a tile, tile, bundle, journal, entry or name of a remote; the first byte says which. What is
//! read exactly is written as it came.
#![no_main]

use caws_ledger::entries;
use caws_ledger::entry::{Entry, Query};
use caws_ledger::journal::Journal;
use caws_ledger::remote::Place;
use caws_ledger::tail::{Tail, TailError, hashes_bytes, parse_hashes};
use caws_ledger::tile::{Kind, TILE_WIDTH, Tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[kind, number], bytes)) = input.split_first_chunk::<2>() else {
        return;
    };
    let number = u64::from(number) + 1;
    match kind % 7 {
        0 => name(bytes),
        1 => bundle(bytes, number),
        2 => journal(bytes),
        3 => entry(bytes),
        4 => hashes(bytes, number),
        5 => tail(bytes, number),
        _ => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _ = Place::of_name(text);
            }
        }
    }
});

fn name(bytes: &[u8]) {
    let Some(tile) = std::str::from_utf8(bytes).ok().and_then(Tile::parse) else {
        return;
    };
    assert_eq!(tile.path().as_bytes(), bytes);
    assert!(tile.index.checked_mul(TILE_WIDTH).is_some());
}

fn bundle(bytes: &[u8], expected: u64) {
    let Ok(found) = entries::parse(bytes, expected) else {
        return;
    };
    assert_eq!(u64::try_from(found.len()), Ok(expected));
    let mut again = Vec::new();
    for entry in found {
        entries::push(&mut again, entry).expect("it was in a bundle");
    }
    assert!(bytes.starts_with(&again));
}

fn journal(bytes: &[u8]) {
    let journal = Journal::read(bytes);
    assert_eq!(journal.whole + journal.torn, bytes.len());
    let mut again = Vec::new();
    for record in &journal.records {
        again.extend(record.to_bytes().expect("it was in a journal"));
    }
    assert_eq!(again, bytes[..journal.whole]);
}

fn entry(bytes: &[u8]) {
    let Ok(entry) = Entry::from_leaf(bytes) else {
        return;
    };
    assert_eq!(entry.to_leaf().expect("an entry is JSON"), bytes);
    assert!(Query::default().accepts(&entry));
    let exactly = Query {
        commit: entry.commit.clone(),
        gate: entry.gate.clone(),
        verdict: entry.verdict.clone(),
        key: Some(entry.key.clone()),
        since: entry.time.clone(),
        until: entry.time.clone(),
    };
    assert!(exactly.accepts(&entry));
}

fn hashes(bytes: &[u8], width: u64) {
    let (tile, _) = Tile::of(Kind::Hashes(0), 0);
    if let Ok(hashes) = parse_hashes(tile, bytes, width) {
        assert_eq!(u64::try_from(hashes.len()), Ok(width));
        assert!(bytes.starts_with(&hashes_bytes(&hashes)));
    }
}

/// The same bytes for every tile: they can be right for one of them at most.
fn tail(bytes: &[u8], size: u64) {
    if let Ok(mut tail) = Tail::read(size, |_| Ok::<_, TailError>(bytes.to_vec())) {
        let before = tail.root();
        tail.push(b"leaf").expect("a short leaf");
        assert_eq!(tail.size(), size + 1);
        assert_ne!(tail.root(), before);
    }
}
