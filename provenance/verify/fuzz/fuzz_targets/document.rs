//! Any audit package, stored output, document of a record, or trust policy with key records; the first
//! byte says which.
#![no_main]

use std::collections::BTreeMap;

use caws_verify::fuzzing::{documents, inflated};
use caws_verify::{Limits, Options, Package, Trust, TrustPolicy, package, verify_package};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 4 {
        0 => packed(bytes),
        1 => inflated(bytes),
        2 => documents(bytes),
        _ => policy(bytes),
    }
});

/// What is read as a package is the one form these files have, and nobody signed it.
fn packed(bytes: &[u8]) {
    let Ok(read) = Package::read(bytes.to_vec(), &Limits::default()) else {
        return;
    };
    let content = |path: &str| read.get(path).expect("it is named").to_vec();
    let files: BTreeMap<String, Vec<u8>> = read
        .paths()
        .map(|path| (path.to_owned(), content(path)))
        .collect();
    assert_eq!(package::write(&files).as_deref(), Ok(bytes));
    assert!(!verify_package(&read, &Options::default()).ok);
}

/// A policy, and behind its first empty line the records of its keys.
fn policy(bytes: &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (policy, records) = bytes.split_at(end.unwrap_or(bytes.len()));
    let Ok(trust) = Trust::of_policy(policy, records, Timestamp::UNIX_EPOCH) else {
        return;
    };
    let read: TrustPolicy = serde_json::from_slice(policy).expect("it was read");
    assert!(trust.keys().len() >= read.keys.len());
    let written = serde_json::to_vec(&read).expect("a policy is JSON");
    assert!(Trust::of_policy(&written, records, Timestamp::UNIX_EPOCH).is_ok());
}
