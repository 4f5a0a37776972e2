//! Records that hold together, are signed by the right key, and are not true.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use caws_evidence::manifest::layout::MANIFEST;
use caws_evidence::{Evidence, Finding, Severity, Verdict, codes, sha256_hex};
use caws_policy::{GatePlan, Term};
use caws_verify::{Limits, Options, Report, Reproduced, SignatureState};
use common::{
    COVERAGE, COVERAGE_RAW, MUTATION, Record, STATIC, TESTS_RAW, edit, gzip, options, record, said,
    sealed, static_gate, verify, whole,
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

#[test]
fn a_verdict_the_raw_outputs_do_not_give_is_found() {
    let report = signed(|record| {
        record.evidence[0].steps[0].exit_code = Some(1);
    });
    assert_eq!(
        said(&report),
        [
            (codes::VERDICT_DIFFERS, STATIC),
            (codes::MEASUREMENT_DIFFERS, STATIC),
            (codes::MEASUREMENT_DIFFERS, STATIC)
        ]
    );
    assert_eq!(
        found(&report)[0],
        (
            "gate `static` gives another verdict when computed again",
            "Fail",
            "Pass"
        )
    );
    // Worse than it is counts as well: the record is not true.
    for verdict in [
        Verdict::Fail,
        Verdict::Vacuous,
        Verdict::Unmeasured,
        Verdict::Error,
    ] {
        let report = lied(0, |e| e.verdict = verdict);
        assert_eq!(
            said(&report),
            [(codes::VERDICT_DIFFERS, STATIC)],
            "{verdict:?}"
        );
    }
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
fn evidence_of_other_inputs_is_found() {
    let report = lied(0, |e| e.inputs[0].sha256 = sha256_hex(b"other"));
    assert_eq!(said(&report), [(codes::RECORD_INCONSISTENT, STATIC)]);
    assert!(!report.gates[0].consistent);
    let message = report.findings[0].message.as_str();
    assert_eq!(message, "the evidence names other inputs than the plan");
}

#[test]
fn a_waiver_covers_what_failed_and_is_named() {
    let waived = |exit: i32, waivers: &[&str]| {
        let mut gate = static_gate();
        gate.steps[0].exit_code = Some(exit);
        let mut record = record(&[gate]);
        record.evidence[0].verdict = Verdict::Waived;
        record.evidence[0].waivers = waivers.iter().map(|w| (*w).to_owned()).collect();
        verify(&record.sealed(1), &options())
    };
    let report = waived(1, &["W-1"]);
    assert_eq!(said(&report), []);
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
    assert_eq!(said(&waived(1, &[])), [(codes::VERDICT_DIFFERS, STATIC)]);
    assert_eq!(
        said(&waived(0, &["W-1"])),
        [(codes::VERDICT_DIFFERS, STATIC)]
    );
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
fn evidence_of_another_plan_is_found() {
    let report = signed(|record| record.plan.gates[1].requirements[0].threshold = 0.1);
    assert_eq!(said(&report), [(codes::PLAN_MISMATCH, COVERAGE)]);
    assert!(!report.gates[1].consistent);
    let cheaper = signed(|record| record.plan.trust.threshold = 1);
    assert_eq!(
        said(&cheaper),
        [],
        "a policy is judged by who signs it, not by arithmetic"
    );
}

#[test]
fn content_that_is_not_what_the_record_says_is_found() {
    let raw = |stored: Vec<u8>| {
        let mut record = whole();
        record.evidence[1].outputs[0].sha256 = sha256_hex(&stored);
        record.files.insert(COVERAGE_RAW.to_owned(), stored);
        verify(&record.sealed(1), &options())
    };
    let content = common::coverage_gate(1).raws[0].3.clone();
    assert_eq!(said(&raw(gzip(&content))), []);
    let other = raw(gzip(b"<coverage/>"));
    assert_eq!(said(&other), [(codes::DIGEST_MISMATCH, COVERAGE_RAW)]);
    assert_eq!(
        other.gates[1].reproduced,
        Reproduced::NotAttempted("a raw output is missing or altered".to_owned())
    );
    let mut trailing = gzip(&content);
    trailing.extend_from_slice(b"more");
    let mut truncated = gzip(&content);
    truncated.truncate(truncated.len() - 1);
    let mut twice = gzip(&content);
    twice.extend(gzip(b""));
    for (stored, expected) in [
        (trailing, "4 bytes after the gzip member"),
        (truncated, "no complete gzip member"),
        (twice, "20 bytes after the gzip member"),
        (content.clone(), "no complete gzip member"),
    ] {
        let report = raw(stored);
        assert_eq!(said(&report), [(codes::DIGEST_MISMATCH, COVERAGE_RAW)]);
        let found = report.findings[0].found.clone().unwrap();
        assert!(found.starts_with(expected), "{found}");
        assert!(!report.gates[1].consistent);
    }
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
fn a_raw_output_counts_once_and_all_of_a_gate_share_one_bound() {
    let report = lied(1, |e| {
        let first = e.outputs[0].clone();
        e.outputs.push(first);
    });
    assert_eq!(said(&report), [(codes::RECORD_INCONSISTENT, COVERAGE_RAW)]);
    assert_eq!(
        report.gates[1].reproduced,
        Reproduced::NotAttempted("a raw output is missing or altered".to_owned())
    );
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
fn gates_that_do_not_belong_are_found() {
    // A gate that does not apply, and one the plan does not know.
    for gate in ["pages", "unknown"] {
        let mut files = whole().unsigned();
        edit(&mut files, STATIC, |e| e["gate"] = json!(gate));
        let bytes = files.remove(STATIC).unwrap();
        let sha256 = sha256_hex(&bytes);
        let path = format!("evidence/{gate}/evidence.json");
        files.insert(path.clone(), bytes);
        edit(&mut files, MANIFEST, |m| {
            m["caws"]["gates"][0]["gate"] = json!(gate);
            m["caws"]["gates"][0]["evidence_sha256"] = json!(sha256);
            let files = m["caws"]["files"].as_array_mut().unwrap();
            let at = files.iter().position(|f| f["path"] == STATIC).unwrap();
            files[at] = json!({ "path": path, "sha256": sha256 });
        });
        let report = verify(&sealed(files, 1), &options());
        assert!(
            said(&report).contains(&(codes::EVIDENCE_MISSING, MANIFEST)),
            "{gate}"
        );
    }
    // A gate beyond the plan, with everything of the plan there.
    let mut record = whole();
    let mut extra = static_gate();
    extra.plan.gate = "extra".to_owned();
    record
        .evidence
        .push(common::evidence(&extra, &mut record.files));
    record.plan.gates.push(extra.plan.clone());
    let mut files = record.unsigned();
    let plan = common::canonical(&whole().plan);
    edit(&mut files, MANIFEST, |m| {
        m["caws"]["plan_sha256"] = json!(sha256_hex(&plan));
        let files = m["caws"]["files"].as_array_mut().unwrap();
        let at = files
            .iter()
            .position(|f| f["path"] == "provenance/plan.json")
            .unwrap();
        files[at]["sha256"] = json!(sha256_hex(&plan));
    });
    files.insert("provenance/plan.json".to_owned(), plan);
    let report = verify(&sealed(files, 1), &options());
    assert_eq!(said(&report), [(codes::RECORD_INCONSISTENT, MANIFEST)]);
    assert_eq!(
        report.findings[0].found.as_deref(),
        Some("expected evidence of gates of the plan only, found a record of `extra`")
    );
    let extra = report.gates.last().unwrap();
    assert_eq!(
        extra.reproduced,
        Reproduced::NotAttempted("the plan does not hold this gate".to_owned())
    );
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
fn mutation_is_judged_by_its_interval() {
    let report = lied(2, |e| e.measurements[0].observation.interval = None);
    assert_eq!(said(&report), [(codes::MEASUREMENT_DIFFERS, MUTATION)]);
    let message = report.findings[0].message.clone();
    assert_eq!(
        message,
        "measurement `mutation_score.interval` differs when computed again"
    );
    assert_eq!(Term::Mutation, whole().plan.gates[2].term.unwrap());
    let unknown: fn(&mut GatePlan) = |gate| gate.method = "no-such-method".to_owned();
    let mut gate = static_gate();
    unknown(&mut gate.plan);
    let report = verify(&record(&[gate]).sealed(1), &options());
    assert_eq!(report.gates[0].verdict, Some(Verdict::Error));
    assert_eq!(report.gates[0].reproduced, Reproduced::Yes);
}
