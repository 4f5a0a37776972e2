use std::collections::BTreeMap;

use caws_evidence::codes;
use tar::{EntryType, Header};

use super::{END, Package, PackageError, write};
use crate::options::Limits;

fn files() -> BTreeMap<String, Vec<u8>> {
    [
        ("evidence/a/evidence.json", b"{}".to_vec()),
        ("evidence/b/raw/x.gz", vec![7; 1000]),
        ("provenance/plan.json", Vec::new()),
    ]
    .into_iter()
    .map(|(path, bytes)| (path.to_owned(), bytes))
    .collect()
}

fn read(bytes: &[u8]) -> Result<Package, PackageError> {
    Package::read(bytes.to_vec(), &Limits::default())
}

/// The code and the path of a refusal.
fn refusal(bytes: &[u8]) -> (&'static str, Option<String>) {
    let error = read(bytes).unwrap_err();
    (error.code(), error.path().map(str::to_owned))
}

/// An entry with whatever header.
fn entry(path: &str, content: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    change(&mut header);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// What is done to a header, in a word, and how.
type Change = (&'static str, fn(&mut Header));

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = entries.concat();
    bytes.extend_from_slice(&END);
    bytes
}

#[test]
fn a_package_gives_back_what_went_in_and_is_the_same_each_time() {
    let bytes = write(&files()).unwrap();
    assert_eq!(bytes, write(&files()).unwrap());
    let package = read(&bytes).unwrap();
    let back: BTreeMap<String, Vec<u8>> = package
        .paths()
        .map(|path| (path.to_owned(), package.get(path).unwrap().to_vec()))
        .collect();
    assert_eq!(back, files());
    assert_eq!(package.get("provenance/none"), None);
    assert_eq!(read(&END).unwrap().paths().count(), 0);
}

/// The form is a promise: digests of packages are kept elsewhere.
#[test]
fn the_bytes_of_a_package_do_not_change_between_versions() {
    let bytes = write(&files()).unwrap();
    assert_eq!(bytes.len(), 4096);
    assert_eq!(
        caws_evidence::sha256_hex(&bytes),
        "e8932966f166ef2494ebf6ca2568afdf4ffa0d026540b43ea8e738d52c0a4bbb"
    );
}

#[test]
fn another_reader_of_tar_sees_the_same_files() {
    let bytes = write(&files()).unwrap();
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut seen = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        seen.insert(path, content);
    }
    assert_eq!(seen, files());
}

#[test]
fn long_names_are_kept_whole_or_refused() {
    let long = format!("evidence/{}/raw/{}", "g".repeat(100), "n".repeat(90));
    let one = BTreeMap::from([(long.clone(), b"x".to_vec())]);
    let package = read(&write(&one).unwrap()).unwrap();
    assert_eq!(package.get(&long), Some(&b"x"[..]));
    let longer = format!("evidence/{}", "n".repeat(200));
    let error = write(&BTreeMap::from([(longer, Vec::new())])).unwrap_err();
    assert_eq!(error.code(), codes::PACKAGE_PATH);
}

#[test]
fn a_package_cut_off_anywhere_is_refused() {
    let bytes = write(&files()).unwrap();
    for length in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        let (code, _) = refusal(&bytes[..length]);
        assert!(
            [codes::PACKAGE_MALFORMED, codes::PACKAGE_NOT_CANONICAL].contains(&code),
            "{length}: {code}"
        );
    }
    assert_eq!(refusal(b"PK\x03\x04").0, codes::PACKAGE_MALFORMED);
    assert_eq!(refusal(&[b'x'; 4096]).0, codes::PACKAGE_MALFORMED);
}

#[test]
fn every_bit_of_the_container_counts() {
    let bytes = write(&files()).unwrap();
    let whole = read(&bytes).unwrap();
    let content: Vec<_> = whole.entries.values().cloned().collect();
    for at in (0..bytes.len()).filter(|at| !content.iter().any(|range| range.contains(at))) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(read(&changed).is_err(), "byte {at}");
    }
}

#[test]
fn each_trick_of_a_container_has_its_code() {
    let plain = |path: &str| entry(path, b"x", |_| {});
    let kind = |kind| entry("evidence/a", b"", move |header| header.set_entry_type(kind));
    let at = |code, path: &str| (code, Some(path.to_owned()));
    for path in [
        "../evidence",
        "/etc/passwd",
        "evidence/../../x",
        "evidence//x",
        "./evidence",
        "evidence/.x",
        "a\\b",
        "C:x",
        "a b",
        "evidence/",
        "a\u{7}",
    ] {
        let found = refusal(&archive(&[plain(path)]));
        assert_eq!(found, at(codes::PACKAGE_PATH, path), "{path}");
    }
    for found in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNULongName,
        EntryType::GNUSparse,
        EntryType::Continuous,
    ] {
        let refused = refusal(&archive(&[kind(found)]));
        assert_eq!(
            refused,
            at(codes::PACKAGE_ENTRY_TYPE, "evidence/a"),
            "{found:?}"
        );
    }
    let two = |a: &str, b: &str| refusal(&archive(&[plain(a), plain(b)]));
    for (first, second) in [("a", "a"), ("A", "a"), ("a", "a/b"), ("a/b/c", "a/b")] {
        assert_eq!(two(first, second), at(codes::PACKAGE_DUPLICATE, second));
    }
    assert_eq!(two("b", "a"), at(codes::PACKAGE_NOT_CANONICAL, "a"));
    let headers: [Change; 6] = [
        ("mode", |header| header.set_mode(0o755)),
        ("owner", |header| header.set_uid(1000)),
        ("time", |header| header.set_mtime(1)),
        ("user", |header| header.set_username("root").unwrap()),
        ("old type", |header| header.as_mut_bytes()[156] = 0),
        ("link name", |header| header.set_link_name("x").unwrap()),
    ];
    for (name, change) in headers {
        let found = refusal(&archive(&[entry("a", b"x", change)]));
        assert_eq!(found, at(codes::PACKAGE_NOT_CANONICAL, "a"), "{name}");
    }
    let mut padded = archive(&[plain("a")]);
    padded[600] = 1;
    assert_eq!(refusal(&padded), at(codes::PACKAGE_NOT_CANONICAL, "a"));
    let mut trailing = archive(&[plain("a")]);
    trailing.push(0);
    assert_eq!(refusal(&trailing), (codes::PACKAGE_NOT_CANONICAL, None));
    let hidden = [archive(&[plain("a")]), archive(&[plain("b")])].concat();
    assert_eq!(refusal(&hidden), (codes::PACKAGE_NOT_CANONICAL, None));
    let lies = entry("a", b"x", |header| header.set_size(1 << 20));
    assert_eq!(refusal(&archive(&[lies])), (codes::PACKAGE_MALFORMED, None));
}

#[test]
fn what_is_beyond_the_bounds_is_not_read() {
    let bytes = write(&files()).unwrap();
    let all = Limits {
        stored: 1000,
        entries: 3,
        package: bytes.len() as u64,
        ..Limits::default()
    };
    let with = |limits: Limits| Package::read(bytes.clone(), &limits).map_err(|error| error.code());
    assert!(with(all).is_ok());
    for limits in [
        Limits { stored: 999, ..all },
        Limits { entries: 2, ..all },
        Limits {
            package: all.package - 1,
            ..all
        },
    ] {
        assert_eq!(with(limits).unwrap_err(), codes::PACKAGE_TOO_LARGE);
    }
    let bomb = entry("a", b"", |header| header.set_size(1 << 40));
    assert_eq!(refusal(&archive(&[bomb])).0, codes::PACKAGE_TOO_LARGE);
}
