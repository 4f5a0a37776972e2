use std::fs;

use super::{Kind, ReadError, Store};

fn tree() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for path in [
        "evidence/a/raw/x.gz",
        "evidence/a/evidence.json",
        "provenance/m.json",
        "other/o",
    ] {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"12345").unwrap();
    }
    directory
}

#[test]
fn only_the_record_is_listed() {
    let tree = tree();
    let store = Store::open(tree.path(), 100);
    let paths: Vec<_> = store.paths().collect();
    assert_eq!(
        paths,
        [
            ("evidence/a/evidence.json", Kind::File),
            ("evidence/a/raw/x.gz", Kind::File),
            ("provenance/m.json", Kind::File)
        ]
    );
    assert_eq!(store.unread, []);
    assert!(store.has("provenance/m.json"));
    assert!(!store.has("other/o"));
}

#[test]
fn only_what_is_listed_is_read_and_only_up_to_the_limit() {
    let tree = tree();
    let store = Store::open(tree.path(), 100);
    assert_eq!(
        store.read("provenance/m.json", 5).as_deref(),
        Ok(b"12345".as_slice())
    );
    assert_eq!(
        store.read("provenance/m.json", 4),
        Err(ReadError::TooLarge(4))
    );
    assert_eq!(
        store.read("provenance/m.json", u64::MAX).as_deref(),
        Ok(b"12345".as_slice())
    );
    for path in [
        "other/o",
        "provenance/../other/o",
        "evidence/a",
        "/etc/passwd",
        "",
    ] {
        assert_eq!(store.read(path, 5), Err(ReadError::Missing), "{path}");
    }
    fs::remove_file(tree.path().join("provenance/m.json")).unwrap();
    assert!(matches!(
        store.read("provenance/m.json", 5),
        Err(ReadError::Io(_))
    ));
}

#[test]
fn the_number_of_entries_is_bounded() {
    let tree = tree();
    // evidence/a, its record and its raw directory with one file, and the manifest.
    assert_eq!(Store::open(tree.path(), 5).unread, []);
    let store = Store::open(tree.path(), 4);
    assert_eq!(store.unread.len(), 1);
    assert_eq!(store.unread[0].1, "more entries than the verifier reads");
}

#[test]
fn a_file_in_place_of_a_directory_is_no_directory() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("evidence"), b"x").unwrap();
    let store = Store::open(directory.path(), 10);
    assert_eq!(
        store.paths().collect::<Vec<_>>(),
        [("evidence", Kind::Other)]
    );
    assert_eq!(store.read("evidence", 10), Err(ReadError::NotAFile));
}
