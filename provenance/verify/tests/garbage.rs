//! Anything at all may lie in the directory: nothing panics, and nothing is called true.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use std::path::Path;

use caws_evidence::codes;
use caws_evidence::manifest::layout::{MANIFEST, MANIFEST_BUNDLE, PLAN};
use caws_verify::{Options, SignatureState, verify_artifacts};
use common::{Files, STATIC, STATIC_BUNDLE, options, record, said, static_gate, verify, write};
use proptest::prelude::*;

/// A record of one gate: as small as they come.
fn small() -> Files {
    record(&[static_gate()]).sealed(1)
}

/// Flips one bit of every `stride`-th byte of a file, another bit from byte to byte.
fn flip_bytes(path: &str, stride: usize) {
    let files = small();
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &files);
    let at = directory.path().join(path);
    let options = options();
    assert!(verify_artifacts(directory.path(), &options).ok);
    let good = &files[path];
    for index in (0..good.len()).step_by(stride) {
        let mut bad = good.clone();
        bad[index] ^= 1 << (index % 8);
        std::fs::write(&at, &bad).unwrap();
        let report = verify_artifacts(directory.path(), &options);
        assert!(!report.ok, "byte {index} of {path}");
        assert!(
            said(&report).iter().any(|(_, place)| *place == path),
            "byte {index} of {path}"
        );
    }
}

#[test]
fn any_flipped_byte_of_the_manifest_is_found() {
    flip_bytes(MANIFEST, 1);
}

#[test]
fn flipped_bytes_of_the_plan_are_found() {
    flip_bytes(PLAN, 9);
}

#[test]
fn flipped_bytes_of_an_evidence_record_are_found() {
    flip_bytes(STATIC, 9);
}

// Every bit of an envelope is flipped in the tests of `caws-attest`.
#[test]
fn flipped_bytes_of_an_envelope_are_found() {
    flip_bytes(STATIC_BUNDLE, 9);
}

#[test]
fn flipped_bytes_of_the_manifests_envelope_are_found() {
    flip_bytes(MANIFEST_BUNDLE, 9);
}

#[test]
fn nothing_at_all_is_a_record_without_a_manifest() {
    let report = verify_artifacts(Path::new("/no/such/directory"), &Options::default());
    assert_eq!(said(&report), [(codes::RECORD_FILE_MISSING, MANIFEST)]);
    assert!(!report.ok);
    assert_eq!(report.signature, SignatureState::Missing);
    assert_eq!((report.score, report.commit, report.files), (None, None, 0));
}

#[test]
fn a_report_survives_json() {
    let report = verify(&small(), &options());
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains(r#""reproduced":"yes""#), "{json}");
    assert!(json.contains(r#""signature":"valid""#), "{json}");
    assert_eq!(
        serde_json::from_str::<caws_verify::Report>(&json).unwrap(),
        report
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let files = small();
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), &files);
    // A file by a link to the very same bytes.
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &files);
    std::fs::remove_file(directory.path().join(STATIC)).unwrap();
    symlink(elsewhere.path().join(STATIC), directory.path().join(STATIC)).unwrap();
    let report = verify_artifacts(directory.path(), &options());
    assert_eq!(
        said(&report),
        [
            (codes::EVIDENCE_MISSING, STATIC),
            (codes::RECORD_FILE_MISSING, STATIC),
            (codes::RECORD_FILE_UNLISTED, STATIC)
        ]
    );
    assert_eq!(report.findings[0].found.as_deref(), Some("no regular file"));
    assert_eq!(
        report.findings[2].found.as_deref(),
        Some("a link or device")
    );
    // The bundle by a link.
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &files);
    std::fs::remove_file(directory.path().join(STATIC_BUNDLE)).unwrap();
    symlink(
        elsewhere.path().join(STATIC_BUNDLE),
        directory.path().join(STATIC_BUNDLE),
    )
    .unwrap();
    let report = verify_artifacts(directory.path(), &options());
    assert_eq!(
        said(&report),
        [
            (codes::SIGNATURE_INVALID, STATIC_BUNDLE),
            (codes::RECORD_FILE_UNLISTED, STATIC_BUNDLE)
        ]
    );
    assert_eq!(report.gates[0].signature, SignatureState::Invalid);
    // The whole of it by links.
    let directory = tempfile::tempdir().unwrap();
    for top in ["evidence", "provenance"] {
        symlink(elsewhere.path().join(top), directory.path().join(top)).unwrap();
    }
    let report = verify_artifacts(directory.path(), &options());
    assert_eq!(said(&report), [(codes::RECORD_FILE_MISSING, MANIFEST)]);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_looked_through_is_said() {
    use std::os::unix::ffi::OsStrExt as _;
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &small());
    let odd = std::ffi::OsStr::from_bytes(b"evidence/static/\xff\xfe");
    if std::fs::write(directory.path().join(odd), b"x").is_err() {
        return; // A file system that takes no such name has nothing to hide here.
    }
    let report = verify_artifacts(directory.path(), &options());
    assert!(said(&report).contains(&(codes::RECORD_FILE_UNLISTED, "evidence/static")));
    assert!(!report.ok);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_in_any_file_is_no_panic_and_not_true(
        which in 0_usize..8,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        keep in any::<bool>(),
    ) {
        let mut files = small();
        let path = files.keys().nth(which % files.len()).unwrap().clone();
        let old = files[&path].clone();
        let new = if keep {
            let mut spliced = old.clone();
            let at = at.index(spliced.len());
            spliced.splice(at..at, bytes);
            spliced
        } else {
            bytes
        };
        let same = new == old;
        files.insert(path, new);
        prop_assert_eq!(verify(&files, &options()).ok, same);
    }
}
