//! The provenance crates stand alone: by the lock file, read with our own reader, they are built without the
//! runner and without anything that speaks to a network; by their sources nothing they are made of starts
//! a process or opens a socket. The lock file counts what tests need as well, so it says more than is built.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use caws_sbom::{Component, Lock};

const CRATES: [&str; 4] = ["caws-attest", "caws-ledger", "caws-sbom", "caws-verify"];
/// The platform's own, and what speaks to networks.
const FORBIDDEN: [&str; 13] = [
    "caws",
    "caws-report",
    "caws-runner",
    "h2",
    "hyper",
    "mio",
    "native-tls",
    "openssl",
    "reqwest",
    "rustls",
    "socket2",
    "tokio",
    "ureq",
];
/// How sources name processes and sockets.
const MARKS: [&str; 6] = [
    "process::Command",
    "Command::new",
    "std::net",
    "TcpStream",
    "UdpSocket",
    "unix::net",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Names of everything that a crate is built or tested with, itself included.
fn needed(name: &str) -> BTreeSet<String> {
    let lock = std::fs::read(repository().join("Cargo.lock")).unwrap();
    let inventory = Lock::Cargo.read(&lock).unwrap();
    let components: BTreeMap<&str, &Component> = inventory
        .components
        .iter()
        .map(|component| (component.reference.as_str(), component))
        .collect();
    let own = inventory.components.iter().find(|one| one.name == name);
    let mut open = vec![own.unwrap().reference.as_str()];
    let mut seen = BTreeSet::new();
    while let Some(reference) = open.pop() {
        if seen.insert(reference) {
            open.extend(components[reference].depends_on.iter().map(String::as_str));
        }
    }
    seen.into_iter()
        .map(|reference| components[reference].name.clone())
        .collect()
}

#[test]
fn they_need_neither_the_runner_nor_a_network() {
    for name in CRATES {
        let needed = needed(name);
        // So that a reader which finds nothing shows nothing.
        assert!(needed.contains("serde_json"), "{name}: {needed:?}");
        let found: Vec<&str> = FORBIDDEN
            .into_iter()
            .filter(|forbidden| needed.contains(*forbidden))
            .collect();
        assert_eq!(found, [""; 0], "{name}");
    }
    assert!(needed("kokoro-server").contains("tokio"));
}

/// Sources of a crate of this repository, tests left out.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

#[test]
fn nothing_of_ours_in_them_starts_a_process_or_opens_a_socket() {
    let own: BTreeSet<String> = CRATES
        .into_iter()
        .flat_map(needed)
        .filter(|name| name.starts_with("caws-"))
        .collect();
    assert!(own.contains("caws-evidence"), "{own:?}");
    for name in own {
        let room = name.trim_start_matches("caws-");
        let rooms = ["provenance", "gates"].map(|part| repository().join(part).join(room));
        let room = rooms.iter().find(|room| room.is_dir()).unwrap();
        let mut files = Vec::new();
        sources(&room.join("src"), &mut files);
        assert!(!files.is_empty(), "{name}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let found: Vec<&&str> = MARKS.iter().filter(|mark| text.contains(**mark)).collect();
            assert!(found.is_empty(), "{}: {found:?}", file.display());
        }
    }
}
