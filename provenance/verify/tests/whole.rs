//! Records as a run leaves them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::Path;

use caws_attest::predicate::summary::Conclusion;
use caws_evidence::manifest::layout;
use caws_evidence::{Manifest, Verdict};
use caws_policy::Plan;
use caws_verify::conclusion::{Grounds, Verified};
use caws_verify::{Limits, Options, Report, Reproduced, Score, SignatureState};
use common::{log_options, options, public, said, verify, whole, write};

#[test]
fn a6_a_sealed_record_is_verified_gate_by_gate() {
    let report = verify(&whole().sealed(1), &options());
    assert_eq!(said(&report), []);
    assert!(report.ok);
    assert_eq!(report.schema_version, 1);
    assert_eq!(report.signature, SignatureState::Valid);
    assert_eq!(
        report.key.as_deref(),
        Some(public(1).fingerprint().as_str())
    );
    assert_eq!(report.commit.as_deref(), Some(common::COMMIT));
    assert_eq!(report.dirty, Some(false));
    assert_eq!(report.files, 7, "plan, three records, three raw outputs");
    // 50 of 50 weights: coverage .8 + .2 * (.9 - .8) / .15, mutation full marks.
    let score = Score {
        claimed: 97,
        recomputed: Some(97),
        threshold: 80,
        passed: true,
    };
    assert_eq!(report.score, Some(score));
    let names: Vec<_> = report.gates.iter().map(|gate| gate.gate.as_str()).collect();
    assert_eq!(names, ["static", "coverage", "mutation"]);
    for gate in &report.gates {
        assert_eq!(gate.verdict, Some(Verdict::Pass), "{}", gate.gate);
        assert_eq!(gate.signature, SignatureState::Valid);
        assert!(gate.consistent);
        assert_eq!(gate.reproduced, Reproduced::Yes);
        assert_eq!(gate.measured, "2026-11-20T10:00:01Z");
        assert!(!gate.cached);
    }
}

#[test]
fn the_default_bounds_are_what_a_large_run_needs() {
    let limits = Limits {
        document: 67_108_864,
        stored: 536_870_912,
        content: 536_870_912,
        entries: 100_000,
        package: 1_073_741_824,
    };
    assert_eq!(Limits::default(), limits);
    let options = Options::default();
    assert_eq!(options.limits, limits);
    assert!(options.keys.is_empty());
    assert!(!options.allow_unsigned);
}

fn grounds<'a>(
    root: &'a Path,
    report: &'a Report,
    record: Option<(&'a Manifest, &'a Plan)>,
) -> Grounds<'a> {
    Grounds {
        verified: Verified::Directory(root),
        report,
        record,
        partial: false,
        policy: None,
        version: "0.0.0",
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn subjects(grounds: &Grounds<'_>) -> Vec<String> {
    let names = grounds.subjects().into_iter();
    names.map(|subject| subject.name.unwrap()).collect()
}

#[test]
fn a_conclusion_says_no_more_than_was_found() {
    let directory = tempfile::tempdir().unwrap();
    let record = whole();
    let files = record.sealed(1);
    write(directory.path(), &files);
    let (report, manifest, plan) = (
        verify(&files, &options()),
        record.manifest(),
        record.plan.clone(),
    );
    let of = |report: &Report, manifest: &Manifest| -> (Vec<String>, Vec<String>, bool) {
        let grounds = grounds(directory.path(), report, Some((manifest, &plan)));
        let passed = grounds.summary("pkg:x").verification_result == Conclusion::Passed;
        assert_eq!(passed, grounds.passed());
        (
            grounds.simple_result().properties,
            subjects(&grounds),
            passed,
        )
    };
    let held = ["CAWS_CONSISTENT", "CAWS_SIGNED", "CAWS_REPRODUCED"];
    let tier = [held.as_slice(), &["CAWS_TIER_2"]].concat();
    let (properties, about, passed) = of(&report, &manifest);
    assert_eq!((properties == tier, passed), (true, true), "{properties:?}");
    assert_eq!(about, ["commit", layout::MANIFEST]);
    // A changed tree, or no commit: nothing is said about a commit.
    let mut changed = manifest.clone();
    changed.caws.dirty = true;
    assert_eq!(of(&report, &changed).1, [layout::MANIFEST]);
    let (mut nowhere, mut without) = (manifest.clone(), report.clone());
    nowhere.commit = "uncommitted".to_owned();
    without.commit = Some("uncommitted".to_owned());
    assert_eq!(of(&without, &nowhere).1, [layout::MANIFEST]);
    // A record that is not true has no property, and one that failed or that nobody signed no tier.
    let mut untrue = report.clone();
    untrue.ok = false;
    let (properties, about, passed) = of(&untrue, &manifest);
    assert_eq!((properties.len(), about.len(), passed), (0, 1, false));
    let mut failed = manifest.clone();
    failed.caws.trust.passed = false;
    assert_eq!(of(&report, &failed).0, held);
    let mut unsigned = report.clone();
    unsigned.signature = SignatureState::Missing;
    assert_eq!(
        of(&unsigned, &manifest).0,
        ["CAWS_CONSISTENT", "CAWS_REPRODUCED"]
    );
    // Two signers; a gate that was not computed again; no gate at all.
    let mut cosigned = report.clone();
    cosigned.signers.push(public(2).fingerprint());
    assert!(
        of(&cosigned, &manifest)
            .0
            .contains(&"CAWS_COSIGNED".to_owned())
    );
    let mut other = report.clone();
    other.gates[1].reproduced = Reproduced::NotAttempted("its method is unknown".to_owned());
    let reproduced = "CAWS_REPRODUCED".to_owned();
    assert!(!of(&other, &manifest).0.contains(&reproduced));
    other.gates.clear();
    assert!(!of(&other, &manifest).0.contains(&reproduced));
    // Some gates only, and nothing that can be read.
    let partial = Grounds {
        partial: true,
        ..grounds(directory.path(), &report, Some((&manifest, &plan)))
    };
    assert!(!partial.passed());
    assert_eq!(partial.simple_result().properties, held);
    let empty = tempfile::tempdir().unwrap();
    let nothing = grounds(empty.path(), &untrue, None);
    assert_eq!((subjects(&nothing).len(), nothing.inputs().len()), (0, 0));
    let policy = nothing.summary("pkg:x").policy;
    assert!(policy.uri.unwrap().ends_with("/tier-policy/v1"));
}

#[test]
fn that_the_plan_was_logged_first_is_said_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let record = whole();
    let files = record.logged(1);
    write(directory.path(), &files);
    let report = verify(&files, &log_options());
    assert_eq!(said(&report), []);
    let manifest: Manifest = serde_json::from_slice(&files[layout::MANIFEST]).unwrap();
    let property = "CAWS_PLAN_LOGGED_FIRST".to_owned();
    let says = |report: &Report, manifest: &Manifest| {
        let grounds = grounds(directory.path(), report, Some((manifest, &record.plan)));
        grounds.simple_result().properties.contains(&property)
    };
    assert!(says(&report, &manifest));
    assert!(!says(&report, &record.manifest()));
    let mut doubted = report.clone();
    let finding = caws_evidence::Finding {
        code: "plan-not-logged".to_owned(),
        severity: caws_evidence::Severity::Warning,
        message: "the log cannot be asked".to_owned(),
        place: None,
        expected: None,
        found: None,
        help: None,
    };
    doubted.findings.push(finding);
    assert!(!says(&doubted, &manifest));
}
