//! One gate of a record, read for other numbers than its verdict rests on.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use caws_evidence::{Part, measure_parts};
use caws_verify::{
    GateRecord, GateRecordError, Limits, Package, gate_record, gate_record_of_package, package,
};
use common::{COVERAGE, COVERAGE_RAW, Files, coverage_gate, edit, record, whole, write};

/// Reads a gate from the files as a directory and as an audit package, which must give the same.
fn read(files: &Files, gate: &str) -> Result<GateRecord, GateRecordError> {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), files);
    let found = gate_record(directory.path(), gate, &Limits::default());
    let packed = package::write(files).unwrap();
    let package = Package::read(packed, &Limits::default()).unwrap();
    let other = gate_record_of_package(&package, gate, &Limits::default());
    assert_eq!(
        found.as_ref().map(|record| &record.evidence),
        other.as_ref().map(|record| &record.evidence)
    );
    found
}

#[test]
fn a_gate_is_read_with_its_plan_and_its_raw_outputs() {
    let found = read(&whole().unsigned(), "coverage").unwrap();
    assert_eq!(found.plan.method, "cobertura");
    assert_eq!(found.evidence.gate, "coverage");
    assert_eq!(found.commit.as_deref(), Some(common::COMMIT));
    assert!(!found.dirty);
    let roles: Vec<&str> = found.raws.iter().map(|raw| raw.role.as_str()).collect();
    assert_eq!(roles, ["coverage", "tests"]);
}

#[test]
fn the_numbers_of_a_part_follow_from_it() {
    let files = record(&[coverage_gate(3)]).unsigned();
    let found = read(&files, "coverage").unwrap();
    let part = Part {
        paths: vec!["src/f1.py".to_owned()],
    };
    let readings =
        measure_parts(&found.plan.method, &found.plan.params, &found.raws, &[part]).unwrap();
    let branches = readings[0].observations[0].ratio.unwrap();
    assert_eq!((branches.numerator, branches.denominator), (18, 20));
    assert_eq!(readings[0].examined, 1);
}

#[test]
fn what_is_not_there_is_said() {
    let files = whole().unsigned();
    for gate in ["flakes", "pages", "../coverage"] {
        assert_eq!(
            read(&files, gate).unwrap_err(),
            GateRecordError::NoGate(gate.to_owned())
        );
    }
    let nowhere = tempfile::tempdir().unwrap();
    let error = gate_record(&nowhere.path().join("x"), "coverage", &Limits::default());
    assert_eq!(error.unwrap_err(), GateRecordError::NoRecord);
}

#[test]
fn a_byte_that_is_not_the_recorded_one_is_found_at_its_file() {
    let broken = |change: &dyn Fn(&mut Files)| {
        let mut files = whole().unsigned();
        change(&mut files);
        match read(&files, "coverage").unwrap_err() {
            GateRecordError::Broken { path, .. } => path,
            other => panic!("{other}"),
        }
    };
    assert_eq!(
        broken(&|files| files.get_mut(COVERAGE_RAW).unwrap().push(0)),
        COVERAGE_RAW
    );
    assert_eq!(
        broken(&|files| drop(files.remove(COVERAGE_RAW))),
        COVERAGE_RAW
    );
    assert_eq!(
        broken(
            &|files| edit(files, COVERAGE, |evidence| evidence["verdict"] =
                "fail".into())
        ),
        COVERAGE
    );
    let plan = "provenance/plan.json";
    assert_eq!(
        broken(
            &|files| edit(files, plan, |plan| plan["gates"][1]["method"] =
                "lcov".into())
        ),
        plan
    );
    let manifest = "provenance/manifest.json";
    assert_eq!(
        broken(&|files| drop(files.insert(manifest.to_owned(), b"{".to_vec()))),
        manifest
    );
}
