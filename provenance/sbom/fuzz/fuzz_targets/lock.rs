//! Any lock file; the first byte says of which tool, or that it is what `cargo metadata` says. What is read
//! makes one document, in which every reference leads to one component.
#![no_main]

use std::collections::BTreeSet;

use caws_evidence::canonical_json;
use caws_sbom::{Inventory, Lock, add_licenses, document};
use libfuzzer_sys::fuzz_target;

const LOCKS: [Lock; 5] = [
    Lock::Cargo,
    Lock::Npm,
    Lock::Requirements,
    Lock::Uv,
    Lock::Poetry,
];

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let Some(lock) = LOCKS.get(usize::from(kind % 6)) else {
        let _ = add_licenses(&mut Inventory::default(), bytes);
        return;
    };
    let Ok(inventory) = lock.read(bytes) else {
        return;
    };
    let mut references = BTreeSet::from(["root"]);
    for component in &inventory.components {
        assert!(!component.reference.is_empty());
        assert!(references.insert(&component.reference));
    }
    for component in &inventory.components {
        for needed in &component.depends_on {
            assert!(references.contains(needed.as_str()));
        }
    }
    let written = canonical_json(&document(&inventory, "name").expect("JSON")).expect("JSON");
    let again = lock.read(bytes).expect("it was read");
    let again = canonical_json(&document(&again, "name").expect("JSON")).expect("JSON");
    assert_eq!(written, again);
});
