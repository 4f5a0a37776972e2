//! Every way to change a record that somebody thought of, and what is said about it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use caws_evidence::manifest::layout::{MANIFEST, MANIFEST_BUNDLE, PLAN};
use caws_evidence::{codes, sha256_hex};
use caws_verify::{Reproduced, SignatureState};
use common::{
    COVERAGE, COVERAGE_BUNDLE, COVERAGE_RAW, Files, MUTATION, MUTATION_RAW, STATIC, STATIC_BUNDLE,
    TESTS_RAW, edit, gzip, options, said, sealed, verify, whole,
};
use serde_json::{Value, json};

type Said = Vec<(&'static str, &'static str)>;

struct Tamper {
    name: &'static str,
    files: Files,
    said: Said,
}

/// Changes a sealed record and signs nothing again.
fn after(name: &'static str, said: Said, change: impl FnOnce(&mut Files)) -> Tamper {
    let mut files = whole().sealed(1);
    change(&mut files);
    Tamper { name, files, said }
}

/// Edits a JSON document of a sealed record and leaves it canonical.
fn edited(
    name: &'static str,
    path: &'static str,
    said: Said,
    change: impl FnOnce(&mut Value),
) -> Tamper {
    after(name, said, |files| edit(files, path, change))
}

fn check(tampers: Vec<Tamper>) {
    for tamper in tampers {
        let report = verify(&tamper.files, &options());
        assert_eq!(
            said(&report),
            tamper.said,
            "{}: {:#?}",
            tamper.name,
            report.findings
        );
        assert!(!report.ok, "{}", tamper.name);
    }
}

#[test]
fn changed_files_are_found() {
    check(vec![
        edited(
            "score raised",
            MANIFEST,
            vec![
                (codes::DIGEST_MISMATCH, MANIFEST),
                (codes::SCORE_DIFFERS, MANIFEST),
            ],
            |m| m["caws"]["trust"]["score"] = json!(99),
        ),
        edited(
            "threshold of the score lowered",
            MANIFEST,
            vec![
                (codes::DIGEST_MISMATCH, MANIFEST),
                (codes::SCORE_DIFFERS, MANIFEST),
            ],
            |m| m["caws"]["trust"]["threshold"] = json!(1),
        ),
        edited(
            "result beautified",
            MANIFEST,
            vec![
                (codes::DIGEST_MISMATCH, MANIFEST),
                (codes::SCORE_DIFFERS, MANIFEST),
            ],
            |m| m["results"]["mutation_score"] = json!(1.0),
        ),
        edited(
            "another commit",
            MANIFEST,
            vec![
                (codes::DIGEST_MISMATCH, MANIFEST),
                (codes::RECORD_INCONSISTENT, MANIFEST),
            ],
            |m| m["commit"] = json!("f".repeat(40)),
        ),
        edited(
            "another author",
            MANIFEST,
            vec![(codes::DIGEST_MISMATCH, MANIFEST)],
            |m| m["agent"] = json!("caws 9"),
        ),
        edited(
            "an unknown field",
            MANIFEST,
            vec![
                (codes::DOCUMENT_UNKNOWN_KEY, MANIFEST),
                (codes::DIGEST_MISMATCH, MANIFEST),
            ],
            |m| m["extra"] = json!(1),
        ),
        edited(
            "another version",
            MANIFEST,
            vec![
                (codes::DOCUMENT_SCHEMA, MANIFEST),
                (codes::DIGEST_MISMATCH, MANIFEST),
            ],
            |m| m["caws"]["schema_version"] = json!(2),
        ),
        edited(
            "requirement of a gate lowered in the plan",
            PLAN,
            vec![
                (codes::DIGEST_MISMATCH, PLAN),
                (codes::PLAN_MISMATCH, COVERAGE),
            ],
            |p| p["gates"][1]["requirements"][0]["threshold"] = json!(0.1),
        ),
        edited(
            "measurement raised",
            COVERAGE,
            vec![
                (codes::DIGEST_MISMATCH, COVERAGE),
                (codes::MEASUREMENT_DIFFERS, COVERAGE),
            ],
            |e| e["measurements"][2]["value"] = json!(0.95),
        ),
        edited(
            "verdict of the manifest alone",
            MANIFEST,
            vec![
                (codes::DIGEST_MISMATCH, MANIFEST),
                (codes::VERDICT_DIFFERS, MANIFEST),
                (codes::RECORD_INCONSISTENT, MANIFEST),
            ],
            |m| m["caws"]["gates"][0]["verdict"] = json!("waived"),
        ),
        edited(
            "dirty tree called clean",
            PLAN,
            vec![(codes::DIGEST_MISMATCH, PLAN)],
            |p| p["subject"]["dirty"] = json!(true),
        ),
    ]);
}

#[test]
fn another_form_of_the_same_content_is_found() {
    check(vec![
        after(
            "a line feed after the manifest",
            vec![
                (codes::RECORD_NOT_CANONICAL, MANIFEST),
                (codes::DIGEST_MISMATCH, MANIFEST),
            ],
            |f| f.get_mut(MANIFEST).unwrap().push(b'\n'),
        ),
        after(
            "a line feed after the plan",
            vec![
                (codes::DIGEST_MISMATCH, PLAN),
                (codes::RECORD_NOT_CANONICAL, PLAN),
            ],
            |f| f.get_mut(PLAN).unwrap().push(b'\n'),
        ),
        after(
            "a space in an evidence record",
            vec![
                (codes::DIGEST_MISMATCH, STATIC),
                (codes::RECORD_NOT_CANONICAL, STATIC),
            ],
            |f| f.get_mut(STATIC).unwrap().insert(1, b' '),
        ),
        after(
            "a key twice",
            vec![
                (codes::RECORD_NOT_CANONICAL, MANIFEST),
                (codes::DIGEST_MISMATCH, MANIFEST),
            ],
            |f| {
                let text = String::from_utf8(f[MANIFEST].clone()).unwrap();
                f.insert(
                    MANIFEST.to_owned(),
                    text.replacen('{', "{\"agent\":\"x\",", 1).into_bytes(),
                );
            },
        ),
        after(
            "a line feed after a bundle",
            vec![(codes::RECORD_NOT_CANONICAL, STATIC_BUNDLE)],
            |f| {
                f.get_mut(STATIC_BUNDLE).unwrap().push(b'\n');
            },
        ),
        after(
            "no JSON at all",
            vec![
                (codes::DOCUMENT_SYNTAX, MANIFEST),
                (codes::DIGEST_MISMATCH, MANIFEST),
            ],
            |f| {
                f.insert(MANIFEST.to_owned(), b"hello".to_vec());
            },
        ),
        after(
            "a mountain of brackets",
            vec![
                (codes::DIGEST_MISMATCH, STATIC),
                (codes::DOCUMENT_SYNTAX, STATIC),
            ],
            |f| {
                f.insert(STATIC.to_owned(), vec![b'['; 100_000]);
            },
        ),
    ]);
}

#[test]
fn missing_and_added_files_are_found() {
    let gone = |name, path: &'static str, said| {
        after(name, said, |f: &mut Files| {
            f.remove(path).unwrap();
        })
    };
    check(vec![
        gone(
            "manifest removed",
            MANIFEST,
            vec![(codes::RECORD_FILE_MISSING, MANIFEST)],
        ),
        gone(
            "plan removed",
            PLAN,
            vec![(codes::RECORD_FILE_MISSING, PLAN)],
        ),
        gone(
            "evidence removed",
            COVERAGE,
            vec![
                (codes::EVIDENCE_MISSING, COVERAGE),
                (codes::RECORD_FILE_MISSING, COVERAGE),
            ],
        ),
        gone(
            "raw output removed",
            COVERAGE_RAW,
            vec![(codes::RECORD_FILE_MISSING, COVERAGE_RAW)],
        ),
        gone(
            "evidence signature removed",
            STATIC_BUNDLE,
            vec![(codes::SIGNATURE_MISSING, STATIC_BUNDLE)],
        ),
        gone(
            "signature removed",
            MANIFEST_BUNDLE,
            vec![(codes::SIGNATURE_MISSING, MANIFEST_BUNDLE)],
        ),
        after(
            "a raw output added",
            vec![(codes::RECORD_FILE_UNLISTED, "evidence/static/raw/x.gz")],
            |f| {
                f.insert("evidence/static/raw/x.gz".to_owned(), gzip(b"x"));
            },
        ),
        after(
            "a gate added",
            vec![(codes::RECORD_FILE_UNLISTED, "evidence/other/evidence.json")],
            |f| {
                f.insert("evidence/other/evidence.json".to_owned(), f[STATIC].clone());
            },
        ),
        after(
            "something beside the manifest",
            vec![(codes::RECORD_FILE_UNLISTED, "provenance/notes.txt")],
            |f| {
                f.insert("provenance/notes.txt".to_owned(), b"all is well".to_vec());
            },
        ),
    ]);
}

#[test]
fn changed_raw_outputs_are_found() {
    let raw = |name, said, change: fn(&mut Vec<u8>)| {
        after(name, said, |f: &mut Files| {
            change(f.get_mut(COVERAGE_RAW).unwrap());
        })
    };
    check(vec![
        raw(
            "content changed",
            vec![(codes::DIGEST_MISMATCH, COVERAGE_RAW)],
            |b| {
                *b = gzip(b"<coverage/>");
            },
        ),
        raw(
            "truncated",
            vec![(codes::DIGEST_MISMATCH, COVERAGE_RAW)],
            |b| b.truncate(30),
        ),
        raw(
            "bytes after the end",
            vec![(codes::DIGEST_MISMATCH, COVERAGE_RAW)],
            |b| b.push(0),
        ),
        after(
            "two raw outputs swapped",
            vec![
                (codes::DIGEST_MISMATCH, COVERAGE_RAW),
                (codes::DIGEST_MISMATCH, TESTS_RAW),
            ],
            |f| swap(f, COVERAGE_RAW, TESTS_RAW),
        ),
    ]);
}

fn swap(files: &mut Files, a: &str, b: &str) {
    let (of_a, of_b) = (files[a].clone(), files[b].clone());
    files.insert(a.to_owned(), of_b);
    files.insert(b.to_owned(), of_a);
}

#[test]
fn evidence_in_another_place_is_found() {
    let report = |change: fn(&mut Files)| {
        let mut files = whole().sealed(1);
        change(&mut files);
        verify(&files, &options())
    };
    // Two gates' whole directories exchanged, signatures and all.
    let swapped = report(|f| {
        swap(f, STATIC, MUTATION);
        swap(f, STATIC_BUNDLE, "evidence/mutation/evidence.sigstore.json");
        let raw = f.remove(MUTATION_RAW).unwrap();
        f.insert("evidence/static/raw/mutants.json.gz".to_owned(), raw);
    });
    for expected in [
        (codes::DIGEST_MISMATCH, STATIC),
        (codes::RECORD_INCONSISTENT, STATIC),
        (codes::PLAN_MISMATCH, STATIC),
        (codes::DIGEST_MISMATCH, MUTATION),
        (codes::RECORD_INCONSISTENT, MUTATION),
        (codes::RECORD_FILE_MISSING, MUTATION_RAW),
        (
            codes::RECORD_FILE_UNLISTED,
            "evidence/static/raw/mutants.json.gz",
        ),
    ] {
        assert!(
            said(&swapped).contains(&expected),
            "{expected:?} in {:?}",
            said(&swapped)
        );
    }
    assert!(
        swapped
            .gates
            .iter()
            .all(|g| g.gate == "coverage" || !g.consistent)
    );
    // An older record of the same gate, rightly signed at its time: other inputs, another plan.
    let mut older = whole();
    older.evidence[1].inputs[0].sha256 = sha256_hex(b"older");
    older.plan.gates[1].inputs_sha256 = sha256_hex(&common::canonical(&older.evidence[1].inputs));
    older.evidence[1].plan_sha256 =
        caws_policy::record::gate_plan_sha256(&older.plan.gates[1]).unwrap();
    let older = older.sealed(1);
    let mut files = whole().sealed(1);
    for path in [COVERAGE, COVERAGE_BUNDLE] {
        files.insert(path.to_owned(), older[path].clone());
    }
    let replayed = verify(&files, &options());
    assert_eq!(
        said(&replayed)[..2],
        [
            (codes::DIGEST_MISMATCH, COVERAGE),
            (codes::PLAN_MISMATCH, COVERAGE)
        ]
    );
    assert_eq!(replayed.gates[1].signature, SignatureState::Valid);
    assert_eq!(
        replayed.gates[1].reproduced,
        Reproduced::NotAttempted("it was measured under another plan".to_owned())
    );
    // The same, with the manifest built again around it, and signed.
    let mut record = whole();
    record.evidence[1] = serde_json::from_slice(&older[COVERAGE]).unwrap();
    let report = verify(&record.sealed(1), &options());
    assert_eq!(
        said(&report),
        [
            (codes::PLAN_MISMATCH, COVERAGE),
            (codes::RECORD_INCONSISTENT, COVERAGE)
        ]
    );
    assert_eq!(report.signature, SignatureState::Valid);
}

#[test]
fn keys_and_signatures_are_held_to_account() {
    let bundles = [
        MANIFEST_BUNDLE,
        STATIC_BUNDLE,
        COVERAGE_BUNDLE,
        "evidence/mutation/evidence.sigstore.json",
    ];
    let report = verify(&whole().sealed(2), &options());
    assert_eq!(
        said(&report),
        bundles.map(|path| (codes::KEY_UNTRUSTED, path))
    );
    assert_eq!(
        (report.signature, &report.key),
        (SignatureState::Invalid, &None)
    );
    assert!(
        report
            .gates
            .iter()
            .all(|gate| gate.signature == SignatureState::Invalid
                && gate.consistent
                && gate.reproduced == Reproduced::Yes)
    );
    check(vec![
        after(
            "evidence signed by another key",
            vec![(codes::KEY_UNTRUSTED, STATIC_BUNDLE)],
            |f| {
                f.insert(
                    STATIC_BUNDLE.to_owned(),
                    whole().sealed(2)[STATIC_BUNDLE].clone(),
                );
            },
        ),
        after(
            "manifest signed by another key",
            vec![(codes::KEY_UNTRUSTED, MANIFEST_BUNDLE)],
            |f| {
                f.insert(
                    MANIFEST_BUNDLE.to_owned(),
                    whole().sealed(2)[MANIFEST_BUNDLE].clone(),
                );
            },
        ),
        after(
            "another key's hint",
            vec![(codes::SIGNATURE_INVALID, STATIC_BUNDLE)],
            |f| {
                edit(f, STATIC_BUNDLE, |b| {
                    b["verificationMaterial"]["publicKey"]["hint"] = json!("x")
                });
            },
        ),
        after(
            "another key's id",
            vec![(codes::SIGNATURE_INVALID, STATIC_BUNDLE)],
            |f| {
                edit(f, STATIC_BUNDLE, |b| {
                    b["dsseEnvelope"]["signatures"][0]["keyid"] = json!("x")
                });
            },
        ),
        after(
            "an empty bundle",
            vec![(codes::SIGNATURE_INVALID, STATIC_BUNDLE)],
            |f| {
                f.insert(STATIC_BUNDLE.to_owned(), Vec::new());
            },
        ),
        after(
            "a bundle of the right key about another gate",
            vec![(codes::DIGEST_MISMATCH, STATIC)],
            |f| {
                f.insert(STATIC_BUNDLE.to_owned(), f[COVERAGE_BUNDLE].clone());
            },
        ),
        after(
            "a bundle of the right key about another kind of thing",
            vec![
                (codes::SIGNATURE_INVALID, STATIC_BUNDLE),
                (codes::DIGEST_MISMATCH, STATIC),
            ],
            |f| {
                f.insert(STATIC_BUNDLE.to_owned(), f[MANIFEST_BUNDLE].clone());
            },
        ),
        after(
            "everything made again and left unsigned",
            vec![(codes::SIGNATURE_MISSING, MANIFEST_BUNDLE)],
            |f| *f = whole().unsigned(),
        ),
    ]);
}

#[test]
fn what_a_trusted_signer_gets_wrong_is_found_by_computing_it_again() {
    // The manifest is edited, and then signed by the right key.
    let signed = |name, said: Said, change: fn(&mut Value)| {
        let mut files = whole().unsigned();
        edit(&mut files, MANIFEST, change);
        Tamper {
            name,
            files: sealed(files, 1),
            said,
        }
    };
    check(vec![
        signed("score", vec![(codes::SCORE_DIFFERS, MANIFEST)], |m| {
            m["caws"]["trust"]["score"] = json!(98);
        }),
        signed("passed", vec![(codes::SCORE_DIFFERS, MANIFEST)], |m| {
            m["caws"]["trust"]["passed"] = json!(false);
        }),
        signed(
            "a result that was never measured",
            vec![(codes::SCORE_DIFFERS, MANIFEST)],
            |m| {
                m["results"]["a11y"] = json!("pass");
            },
        ),
        signed(
            "a result left out",
            vec![(codes::SCORE_DIFFERS, MANIFEST)],
            |m| {
                m["results"].as_object_mut().unwrap().remove("tests_passed");
            },
        ),
        signed(
            "a gate left out",
            vec![(codes::EVIDENCE_MISSING, MANIFEST)],
            |m| {
                m["caws"]["gates"].as_array_mut().unwrap().remove(0);
            },
        ),
        signed(
            "a gate twice",
            vec![(codes::RECORD_INCONSISTENT, MANIFEST)],
            |m| {
                let first = m["caws"]["gates"][0].clone();
                m["caws"]["gates"].as_array_mut().unwrap().push(first);
            },
        ),
        signed(
            "gates in another order",
            vec![(codes::RECORD_INCONSISTENT, MANIFEST); 4],
            |m| {
                m["caws"]["gates"].as_array_mut().unwrap().swap(0, 1);
            },
        ),
        signed(
            "a file left out",
            vec![
                (codes::RECORD_FILE_UNLISTED, COVERAGE_RAW),
                (codes::RECORD_INCONSISTENT, MANIFEST),
            ],
            |m| {
                let files = m["caws"]["files"].as_array_mut().unwrap();
                let at = files
                    .iter()
                    .position(|f| f["path"] == COVERAGE_RAW)
                    .unwrap();
                files.remove(at);
            },
        ),
        signed(
            "another time of measuring",
            vec![(codes::RECORD_INCONSISTENT, MANIFEST)],
            |m| {
                m["caws"]["gates"][0]["measured"] = json!("2026-11-20T10:00:02Z");
            },
        ),
        signed(
            "other inputs",
            vec![(codes::RECORD_INCONSISTENT, MANIFEST)],
            |m| {
                m["attestations"]["inputs_sha256"] = json!(sha256_hex(b""));
            },
        ),
    ]);
}
