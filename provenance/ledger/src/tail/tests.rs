use std::collections::BTreeMap;

use super::*;
use crate::testing::{leaf, leaf_hashes};
use crate::tile::tiles;

type Files = BTreeMap<Tile, Vec<u8>>;

/// A tail with `size` leaves, and all tiles of that log.
fn grown(size: u64) -> (Tail, Files) {
    let mut tail = Tail::default();
    let mut files = Files::new();
    for index in 0..size {
        files.extend(tail.push(&leaf(index)).unwrap());
    }
    files.extend(tail.partials());
    (tail, files)
}

fn read(size: u64, files: &Files) -> Result<Tail, TailError> {
    Tail::read(size, |tile| Ok(files[&tile].clone()))
}

#[test]
fn the_root_is_that_of_all_leaves_at_every_size() {
    let hashes = leaf_hashes(600);
    let (mut tail, mut frontier) = (Tail::default(), Frontier::new());
    assert_eq!(tail.root(), frontier.root());
    for (index, hash) in (0..).zip(hashes) {
        tail.push(&leaf(index)).unwrap();
        frontier.push(hash);
        assert_eq!(tail.root(), frontier.root(), "{index}");
    }
}

#[test]
fn a_tree_of_three_levels_has_the_tiles_of_the_specification() {
    let (tail, files) = grown(70_000);
    let mut expected: Vec<Tile> = tiles(Kind::Entries, 0, 70_000).collect();
    for level in 0..3 {
        let kind = Kind::Hashes(level);
        expected.extend(tiles(kind, 0, items(kind, 70_000)));
    }
    expected.sort_unstable();
    assert_eq!(files.keys().copied().collect::<Vec<_>>(), expected);
    let mut frontier = Frontier::new();
    frontier.extend(leaf_hashes(70_000));
    assert_eq!(tail.root(), frontier.root());
    let again = read(70_000, &files).unwrap();
    assert_eq!(again.root(), tail.root());
    assert_eq!(again.bundle(), tail.bundle());
    assert_eq!(again.level(1).len(), 17);
    assert_eq!(again.level(9), []);
}

#[test]
fn a_tail_read_from_full_tiles_is_the_same() {
    let (tail, _) = grown(300);
    let (_, later) = grown(512);
    let read = Tail::read(300, |tile| {
        let full = if tile.index == 1 && matches!(tile.kind, Kind::Entries | Kind::Hashes(0)) {
            tile.with_width(TILE_WIDTH)
        } else {
            tile
        };
        // Level 1 had one hash then and has two now.
        let full = if full.kind == Kind::Hashes(1) {
            full.with_width(2)
        } else {
            full
        };
        Ok::<_, TailError>(later[&full].clone())
    })
    .unwrap();
    assert_eq!(read.root(), tail.root());
    assert_eq!(read.bundle(), tail.bundle());
}

#[test]
fn entries_that_are_not_those_of_the_hashes_are_found() {
    let (_, mut files) = grown(3);
    let tile = Tile {
        kind: Kind::Entries,
        index: 0,
        width: 3,
    };
    let bundle = files.get_mut(&tile).unwrap();
    let last = bundle.len() - 1;
    bundle[last] ^= 1;
    assert!(matches!(
        read(3, &files),
        Err(TailError::Entry { index: 2, .. })
    ));
    files.get_mut(&tile).unwrap().truncate(last);
    assert!(matches!(read(3, &files), Err(TailError::Bundle { .. })));
}

#[test]
fn hashes_of_the_wrong_length_are_found() {
    let (_, mut files) = grown(3);
    let tile = Tile {
        kind: Kind::Hashes(0),
        index: 0,
        width: 3,
    };
    for length in [0, 64, 95, 97] {
        files.insert(tile, vec![0; length]);
        let found = u64::try_from(length).unwrap();
        assert_eq!(
            read(3, &files).unwrap_err(),
            TailError::Hashes {
                path: "tile/0/000.p/3".to_owned(),
                expected: 96,
                found
            }
        );
    }
    files.insert(tile, vec![0; 257 * 32]);
    assert!(read(3, &files).is_err());
}

#[test]
fn an_entry_too_long_changes_nothing() {
    let (mut tail, _) = grown(3);
    let before = tail.clone();
    assert!(tail.push(&[0; entries::MAX_ENTRY + 1]).is_err());
    assert_eq!(tail, before);
}
