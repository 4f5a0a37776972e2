use super::*;

fn tile(kind: Kind, index: u64, width: u64) -> Tile {
    Tile { kind, index, width }
}

#[test]
fn paths_are_those_of_the_specification() {
    let cases = [
        (tile(Kind::Hashes(0), 0, 256), "tile/0/000"),
        (
            tile(Kind::Hashes(1), 1_234_067, 256),
            "tile/1/x001/x234/067",
        ),
        (tile(Kind::Hashes(0), 273, 112), "tile/0/273.p/112"),
        (tile(Kind::Entries, 1000, 1), "tile/entries/x001/000.p/1"),
        (tile(Kind::Checkpoints, 7, 256), "checkpoints/007"),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::parse(path), Some(tile));
    }
}

#[test]
fn other_spellings_are_no_tiles() {
    for path in [
        "",
        "checkpoint",
        "tile/0",
        "tile/8/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/000.p/0256",
        "tile/0/000.p/256",
        "tile/0/000.p/x",
        "tile/0/000.p/1.tmp",
        "tile/entries/+01",
        "tiles/0/000",
        "tile/0/x099/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Tile::parse(path), None, "{path}");
    }
}

#[test]
fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
    let of = |level| -> Vec<Tile> {
        let kind = Kind::Hashes(level);
        tiles(kind, 0, items(kind, 70_000)).collect()
    };
    let zero = of(0);
    assert_eq!(zero.len(), 274);
    assert!(zero[..273].iter().all(Tile::is_full));
    assert_eq!(zero[273], tile(Kind::Hashes(0), 273, 112));
    assert_eq!(
        of(1),
        [tile(Kind::Hashes(1), 0, 256), tile(Kind::Hashes(1), 1, 17)]
    );
    assert_eq!(of(2), [tile(Kind::Hashes(2), 0, 1)]);
    assert_eq!(of(3), []);
    assert_eq!(items(Kind::Hashes(8), u64::MAX), 0);
}

#[test]
fn tiles_begin_with_the_one_that_has_the_item() {
    let found: Vec<String> = tiles(Kind::Entries, 300, 600).map(|t| t.path()).collect();
    assert_eq!(found, ["tile/entries/001", "tile/entries/002.p/88"]);
    assert_eq!(
        Tile::of(Kind::Entries, 300),
        (tile(Kind::Entries, 1, 256), 44)
    );
}
