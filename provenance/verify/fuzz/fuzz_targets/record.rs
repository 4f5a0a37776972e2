//! A sealed record whose files somebody changed: found, whatever it was.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../../ledger/fuzz/fuzz_targets/edits/mod.rs"]
mod edits;

use std::sync::LazyLock;

use caws_verify::{Limits, Options, Package, Report, package, verify_package};
use common::{Files, coverage_gate, options, record, static_gate};
use libfuzzer_sys::fuzz_target;

static RECORD: LazyLock<(Files, Options)> = LazyLock::new(|| {
    let files = record(&[static_gate(), coverage_gate(1)]).sealed(1);
    assert!(verified(&files, &options()).ok);
    (files, options())
});

fn verified(files: &Files, options: &Options) -> Report {
    let packed = package::write(files).expect("names that fit");
    let package = Package::read(packed, &Limits::default()).expect("what we wrote");
    verify_package(&package, options)
}

fuzz_target!(|input: &[u8]| {
    let (record, options) = &*RECORD;
    let mut files = record.clone();
    edits::apply(input, &mut files);
    assert_eq!(verified(&files, options).ok, files == *record);
});
