//! What is said of records that are not as they should be, beyond code and place: those stand in the
//! tamper matrix (`tests/tamper`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use caws_evidence::manifest::layout::MANIFEST;
use caws_evidence::{Evidence, Finding, Severity, Verdict, codes, sha256_hex};
use caws_verify::{Limits, Options, Report, Reproduced, SignatureState};
use common::{
    COVERAGE, COVERAGE_RAW, Record, STATIC, TESTS_RAW, edit, options, record, said, static_gate,
    verify, whole,
};
use serde_json::json;

fn signed(change: impl FnOnce(&mut Record)) -> Report {
    let mut record = whole();
    change(&mut record);
    verify(&record.sealed(1), &options())
}

/// Changes the evidence of the gate at `index`, everything around it made again and signed.
fn lied(index: usize, change: impl FnOnce(&mut Evidence)) -> Report {
    signed(|record| change(&mut record.evidence[index]))
}

fn found(report: &Report) -> Vec<(&str, &str, &str)> {
    let text = |text: &Option<String>| text.clone().unwrap();
    report
        .findings
        .iter()
        .map(|f| {
            let (expected, found) = (text(&f.expected), text(&f.found));
            (f.message.as_str(), &*expected.leak(), &*found.leak())
        })
        .collect()
}

#[test]
fn a_measurement_the_raw_outputs_do_not_give_is_found() {
    let report = lied(1, |e| e.measurements[2].observation.value = 0.95);
    assert_eq!(said(&report), [(codes::MEASUREMENT_DIFFERS, COVERAGE)]);
    assert_eq!(
        found(&report),
        [(
            "measurement `branch_coverage.value` differs when computed again",
            "0.9",
            "0.95"
        )]
    );
    assert_eq!(report.gates[1].reproduced, Reproduced::No);
    assert_eq!(report.gates[1].signature, SignatureState::Valid);
    assert!(report.gates[1].consistent);
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
    assert!(!report.ok);
}

/// Signature, consistency and reproduction are told apart: none implies another.
#[test]
fn a_strangers_signature_makes_no_number_wrong() {
    let report = verify(&whole().sealed(2), &options());
    assert_eq!(
        (report.signature, &report.key),
        (SignatureState::Invalid, &None)
    );
    for gate in &report.gates {
        assert_eq!(gate.signature, SignatureState::Invalid);
        assert!(gate.consistent);
        assert_eq!(gate.reproduced, Reproduced::Yes);
    }
}

#[test]
fn what_was_measured_under_another_plan_is_not_computed_again() {
    let report = signed(|record| record.plan.gates[1].requirements[0].threshold = 0.1);
    assert!(!report.gates[1].consistent);
    assert_eq!(report.gates[1].signature, SignatureState::Valid);
    assert_eq!(
        report.gates[1].reproduced,
        Reproduced::NotAttempted("it was measured under another plan".to_owned())
    );
    let report = lied(1, |e| e.outputs[0].content_sha256 = sha256_hex(b"other"));
    assert_eq!(
        report.gates[1].reproduced,
        Reproduced::NotAttempted("a raw output is missing or altered".to_owned())
    );
}

#[test]
fn a_gate_that_failed_is_a_true_record_of_a_failed_run() {
    let mut gate = static_gate();
    gate.steps[1].exit_code = Some(101);
    let report = verify(&record(&[gate]).sealed(1), &options());
    assert_eq!(said(&report), []);
    assert!(report.ok);
    assert_eq!(report.gates[0].verdict, Some(Verdict::Fail));
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
    assert!(!report.score.unwrap().passed);
}

#[test]
fn what_only_the_run_knows_is_not_attempted() {
    for code in [
        codes::TOOL_MISSING,
        codes::TOOL_FAILED,
        codes::INTERRUPTED,
        codes::SERVICE_NOT_READY,
    ] {
        for verdict in [Verdict::Unmeasured, Verdict::Error] {
            let report = lied(2, |e| {
                e.verdict = verdict;
                e.measurements.clear();
                e.outputs.clear();
                e.findings = vec![Finding {
                    code: code.to_owned(),
                    severity: Severity::Error,
                    message: "it was not there".to_owned(),
                    place: None,
                    expected: None,
                    found: None,
                    help: None,
                }];
            });
            // The raw output still lies there, and the record no longer covers it.
            assert_eq!(
                said(&report),
                [(codes::RECORD_FILE_UNLISTED, common::MUTATION_RAW)]
            );
            let expected = match verdict {
                Verdict::Unmeasured => Reproduced::Yes,
                _ => Reproduced::NotAttempted(format!("{code}: it was not there")),
            };
            assert_eq!(report.gates[2].reproduced, expected);
        }
    }
    // The same finding excuses no verdict that counts.
    let report = lied(0, |e| {
        e.verdict = Verdict::Fail;
        e.findings = vec![Finding {
            code: codes::TOOL_FAILED.to_owned(),
            severity: Severity::Error,
            message: String::new(),
            place: None,
            expected: None,
            found: None,
            help: None,
        }];
    });
    assert_eq!(said(&report), [(codes::VERDICT_DIFFERS, STATIC)]);
}

#[test]
fn a_waiver_covers_what_failed_and_is_named() {
    let trusting = Options {
        keys: vec![common::public(1), common::public(common::APPROVER)],
        ..Options::default()
    };
    let report = verify(&common::waived().sealed(1), &trusting);
    assert_eq!(said(&report), []);
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
    assert_eq!(report.score.unwrap().recomputed, Some(79));
    // Who does not trust the approver does not take the waiver.
    let report = verify(&common::waived().sealed(1), &options());
    let expected = [
        (codes::KEY_UNTRUSTED, common::WAIVER),
        (codes::WAIVER_SIGNATURE, common::WAIVER),
    ];
    assert_eq!(said(&report), expected);
}

#[test]
fn a_number_that_is_not_there_is_unmeasured_and_reproduced() {
    let mut gate = common::coverage_gate(1);
    gate.raws.remove(1);
    let record = record(&[gate]);
    let report = verify(&record.sealed(1), &options());
    assert_eq!(said(&report), []);
    assert_eq!(report.gates[0].verdict, Some(Verdict::Unmeasured));
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
    assert_eq!(report.score.unwrap().claimed, 0);
}

#[test]
fn what_grows_too_large_is_not_read() {
    let files = whole().sealed(1);
    let limited = |limits: Limits| {
        verify(
            &files,
            &Options {
                limits,
                ..options()
            },
        )
    };
    let size = |path: &str| u64::try_from(files[path].len()).unwrap();
    let all = Limits::default();
    let content = u64::try_from(common::mutation_gate().raws[0].3.len()).unwrap();
    assert!(limited(Limits { content, ..all }).ok);
    let report = limited(Limits {
        content: content - 1,
        ..all
    });
    assert_eq!(
        said(&report),
        [(codes::DIGEST_MISMATCH, common::MUTATION_RAW)]
    );
    assert_eq!(
        report.findings[0].found,
        Some(format!("more than {} bytes once inflated", content - 1))
    );
    let stored = [COVERAGE_RAW, TESTS_RAW, common::MUTATION_RAW]
        .map(size)
        .into_iter()
        .max()
        .unwrap();
    assert!(limited(Limits { stored, ..all }).ok);
    let report = limited(Limits {
        stored: stored - 1,
        ..all
    });
    assert_eq!(said(&report).len(), 1);
    assert_eq!(said(&report)[0].0, codes::RECORD_FILE_MISSING);
    let document = files
        .iter()
        .filter(|(p, _)| p.ends_with(".json"))
        .map(|(_, b)| b.len())
        .max();
    let document = u64::try_from(document.unwrap()).unwrap();
    assert!(limited(Limits { document, ..all }).ok);
    assert!(
        !limited(Limits {
            document: document - 1,
            ..all
        })
        .ok
    );
    assert_eq!(
        said(&limited(Limits {
            document: 10,
            ..all
        })),
        [(codes::RECORD_FILE_MISSING, MANIFEST)]
    );
    let report = limited(Limits {
        document: 10,
        ..all
    });
    assert_eq!(
        report.findings[0].found.as_deref(),
        Some("more than 10 bytes")
    );
    let entries = files.len() + 6;
    assert!(
        limited(Limits { entries, ..all }).ok,
        "files, three gates, two raw directories"
    );
    assert!(!limited(Limits { entries: 4, ..all }).ok);
}

#[test]
fn all_raw_outputs_of_a_gate_share_one_bound() {
    let files = record(&[common::coverage_gate(1)]).sealed(1);
    let raws = common::coverage_gate(1).raws;
    let both = u64::try_from(raws[0].3.len() + raws[1].3.len()).unwrap();
    let limited = |content| {
        let limits = Limits {
            content,
            ..Limits::default()
        };
        verify(
            &files,
            &Options {
                limits,
                ..options()
            },
        )
    };
    assert!(limited(both).ok);
    assert_eq!(
        said(&limited(both - 1)),
        [(codes::DIGEST_MISMATCH, TESTS_RAW)]
    );
}

#[test]
fn a_thousand_findings_are_enough() {
    let mut files = record(&[static_gate()]).sealed(1);
    for n in 0..1100 {
        files.insert(format!("evidence/x/{n}"), Vec::new());
    }
    let report = verify(&files, &options());
    assert_eq!(report.findings.len(), 1000);
    assert!(!report.ok);
}

#[test]
fn an_unsigned_record_can_be_looked_at() {
    let files = whole().unsigned();
    let lenient = Options {
        allow_unsigned: true,
        ..Options::default()
    };
    let report = verify(&files, &lenient);
    assert!(report.ok);
    assert_eq!(
        said(&report),
        [(
            codes::SIGNATURE_MISSING,
            "provenance/manifest.sigstore.json"
        )]
    );
    assert_eq!(report.findings[0].severity, Severity::Warning);
    assert_eq!(report.signature, SignatureState::Missing);
    assert!(
        report
            .gates
            .iter()
            .all(|g| g.signature == SignatureState::Missing)
    );
    assert_eq!(report.score.unwrap().recomputed, Some(97));
    // Its numbers are computed again all the same.
    let mut lie = files.clone();
    edit(&mut lie, MANIFEST, |m| {
        m["caws"]["trust"]["score"] = json!(100)
    });
    assert!(!verify(&lie, &lenient).ok);
    // A signature that is there must hold, even where none is asked for.
    let mut half = files;
    half.insert(
        common::STATIC_BUNDLE.to_owned(),
        whole().sealed(2)[common::STATIC_BUNDLE].clone(),
    );
    assert!(
        said(&verify(&half, &lenient)).contains(&(codes::KEY_UNTRUSTED, common::STATIC_BUNDLE))
    );
}

#[test]
fn a_cached_gate_says_so_and_may_carry_an_older_trusted_signature() {
    let mut record = whole();
    record.run.cached.insert("coverage".to_owned());
    let mut files = record.sealed(1);
    let bundle = common::COVERAGE_BUNDLE.to_owned();
    files.insert(bundle.clone(), record.sealed(2)[&bundle].clone());
    let keys = vec![common::public(1), common::public(2)];
    let report = verify(
        &files,
        &Options {
            keys,
            ..Options::default()
        },
    );
    assert_eq!(said(&report), []);
    assert!(report.gates[1].cached);
    assert_eq!(report.key, Some(common::public(1).fingerprint()));
}

#[test]
fn a_gate_name_cannot_leave_its_directory() {
    let mut files = whole().sealed(1);
    edit(&mut files, MANIFEST, |m| {
        m["caws"]["gates"][0]["gate"] = json!("../../static")
    });
    let report = verify(&files, &options());
    assert!(said(&report).contains(&(codes::RECORD_INCONSISTENT, MANIFEST)));
    assert_eq!(report.gates.len(), 2);
    let mut files = whole().sealed(1);
    edit(&mut files, MANIFEST, |m| {
        m["caws"]["files"][0]["path"] = json!("../../../../etc/passwd")
    });
    let report = verify(&files, &options());
    assert!(said(&report).contains(&(codes::RECORD_FILE_MISSING, "../../../../etc/passwd")));
}

#[test]
fn a_method_that_nobody_knows_is_an_error_and_reproduced() {
    let mut gate = static_gate();
    gate.plan.method = "no-such-method".to_owned();
    let report = verify(&record(&[gate]).sealed(1), &options());
    assert_eq!(report.gates[0].verdict, Some(Verdict::Error));
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
}
