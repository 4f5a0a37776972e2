//! Plan, manifest and evidence, changed by somebody without the key.

use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{MANIFEST, MANIFEST_PROOF, PLAN, PLAN_BUNDLE, PLAN_PROOF};
use serde_json::json;

use crate::common::{COVERAGE, MUTATION, STATIC, STATIC_BUNDLE, edit};
use crate::row::{Row, anyone, edited};

pub(crate) fn rows() -> Vec<Row> {
    [manifest(), plan(), evidence(), form()].concat()
}

fn manifest() -> Vec<Row> {
    let claim = [(DIGEST_MISMATCH, MANIFEST), (SCORE_DIFFERS, MANIFEST)];
    vec![
        edited("the score of the manifest raised", MANIFEST, |m| {
            m["caws"]["trust"]["score"] = json!(99);
        })
        .found(&claim),
        edited("the threshold of the score lowered", MANIFEST, |m| {
            m["caws"]["trust"]["threshold"] = json!(1);
        })
        .found(&claim),
        edited("a run that passed called one that did not", MANIFEST, |m| {
            m["caws"]["trust"]["passed"] = json!(false);
        })
        .found(&claim),
        edited("a result made better", MANIFEST, |m| {
            m["results"]["mutation_score"] = json!(1.0);
        })
        .found(&claim),
        edited("the manifest put under another commit", MANIFEST, |m| {
            m["commit"] = json!("f".repeat(40));
        })
        .found(&[
            (DIGEST_MISMATCH, MANIFEST),
            (RECORD_INCONSISTENT, STATIC),
            (RECORD_INCONSISTENT, COVERAGE),
            (RECORD_INCONSISTENT, MUTATION),
            (RECORD_INCONSISTENT, MANIFEST),
        ]),
        edited("another writer of the manifest", MANIFEST, |m| {
            m["agent"] = json!("caws 9");
        })
        .found(&[(DIGEST_MISMATCH, MANIFEST)]),
        edited("somebody's approval added", MANIFEST, |m| {
            m["approvals"] = json!(["the chief auditor"]);
        })
        .found(&[(DIGEST_MISMATCH, MANIFEST)]),
        edited("a field that nobody knows", MANIFEST, |m| {
            m["extra"] = json!(1);
        })
        .found(&[
            (DOCUMENT_UNKNOWN_KEY, MANIFEST),
            (DIGEST_MISMATCH, MANIFEST),
        ]),
        edited("another version of the format", MANIFEST, |m| {
            m["caws"]["schema_version"] = json!(2);
        })
        .found(&[(DOCUMENT_SCHEMA, MANIFEST), (DIGEST_MISMATCH, MANIFEST)]),
        edited(
            "the verdict of a gate in the manifest alone",
            MANIFEST,
            |m| {
                m["caws"]["gates"][0]["verdict"] = json!("waived");
            },
        )
        .found(&[
            (DIGEST_MISMATCH, MANIFEST),
            (VERDICT_DIFFERS, MANIFEST),
            (RECORD_INCONSISTENT, MANIFEST),
        ]),
        edited("a gate said to be from the cache", MANIFEST, |m| {
            m["caws"]["gates"][0]["cached"] = json!(true);
        })
        .found(&[(DIGEST_MISMATCH, MANIFEST)]),
        edited(
            "what the manifest says of the ledger taken out",
            MANIFEST,
            |m| {
                m["caws"]
                    .as_object_mut()
                    .unwrap()
                    .shift_remove("commitment");
            },
        )
        .found(&[
            (DIGEST_MISMATCH, MANIFEST),
            (PLAN_MISMATCH, STATIC),
            (PLAN_MISMATCH, COVERAGE),
            (PLAN_MISMATCH, MUTATION),
            (RECORD_FILE_UNLISTED, MANIFEST_PROOF),
            (RECORD_INCONSISTENT, MANIFEST),
        ]),
        edited(
            "the plan put at another place of the ledger",
            MANIFEST,
            |m| {
                m["caws"]["commitment"]["logged"]["index"] = json!(0);
            },
        )
        .found(&[(DIGEST_MISMATCH, MANIFEST), (LEDGER_PROOF, PLAN_PROOF)]),
    ]
}

fn plan() -> Vec<Row> {
    let of_coverage = [(DIGEST_MISMATCH, PLAN), (PLAN_MISMATCH, COVERAGE)];
    vec![
        edited("a requirement lowered in the plan", PLAN, |p| {
            p["gates"][1]["requirements"][0]["threshold"] = json!(0.1);
        })
        .found(&of_coverage),
        edited("a requirement taken out of the plan", PLAN, |p| {
            p["gates"][1]["requirements"]
                .as_array_mut()
                .unwrap()
                .remove(1);
        })
        .found(&of_coverage),
        edited("an exclusion added to the plan", PLAN, |p| {
            p["gates"][1]["params"] =
                json!({ "exclude": [{ "path": "src/**", "reason": "generated" }] });
        })
        .found(&of_coverage),
        edited("fewer inputs in the plan", PLAN, |p| {
            p["gates"][1]["inputs_sha256"] = json!("0".repeat(64));
        })
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (PLAN_MISMATCH, COVERAGE),
            (RECORD_INCONSISTENT, COVERAGE),
        ]),
        edited("a gate that no longer applies", PLAN, |p| {
            p["gates"][2]["applies"] = json!(false);
        })
        .found(&[(DIGEST_MISMATCH, PLAN), (PLAN_MISMATCH, MUTATION)]),
        edited("a gate taken out of the plan", PLAN, |p| {
            p["gates"].as_array_mut().unwrap().remove(1);
        })
        .found(&[(DIGEST_MISMATCH, PLAN)]),
        edited("another weight of a term", PLAN, |p| {
            p["trust"]["terms"][0]["weight"] = json!(1);
        })
        .found(&[(DIGEST_MISMATCH, PLAN)]),
        edited(
            "the plan of a clean tree as one of a changed tree",
            PLAN,
            |p| {
                p["subject"]["dirty"] = json!(true);
            },
        )
        .found(&[(DIGEST_MISMATCH, PLAN)]),
        edited("another working spec under the plan", PLAN, |p| {
            p["spec"]["sha256"] = json!("0".repeat(64));
        })
        .found(&[(DIGEST_MISMATCH, PLAN)]),
    ]
}

fn evidence() -> Vec<Row> {
    vec![
        edited("a measurement raised", COVERAGE, |e| {
            e["measurements"][2]["value"] = json!(0.95);
        })
        .found(&[(DIGEST_MISMATCH, COVERAGE), (MEASUREMENT_DIFFERS, COVERAGE)]),
        edited("another verdict in the evidence", STATIC, |e| {
            e["verdict"] = json!("waived");
        })
        .found(&[
            (DIGEST_MISMATCH, STATIC),
            (VERDICT_DIFFERS, MANIFEST),
            (VERDICT_DIFFERS, STATIC),
        ]),
        edited("a waiver named in the evidence", STATIC, |e| {
            e["waivers"] = json!(["W-1"]);
        })
        .found(&[(DIGEST_MISMATCH, STATIC), (RECORD_INCONSISTENT, STATIC)]),
        edited("another machine", STATIC, |e| {
            e["environment"]["os"] = json!("macos");
        })
        .found(&[(DIGEST_MISMATCH, STATIC)]),
        edited("another tool", STATIC, |e| {
            e["tool"] = json!({ "name": "clippy", "version": "9.9.9", "sha256": "0".repeat(64) });
        })
        .found(&[(DIGEST_MISMATCH, STATIC)]),
        edited("a command that ended otherwise", STATIC, |e| {
            e["steps"][0]["exit_code"] = json!(1);
        })
        .found(&[
            (DIGEST_MISMATCH, STATIC),
            (VERDICT_DIFFERS, STATIC),
            (MEASUREMENT_DIFFERS, STATIC),
        ]),
        edited("what was left out hidden", COVERAGE, |e| {
            e["scope"]["excluded"] = json!(["src/**: generated"]);
        })
        .found(&[(DIGEST_MISMATCH, COVERAGE)]),
        edited("the leaf of another plan cited", STATIC, |e| {
            e["plan_leaf"] = json!("0".repeat(64));
        })
        .found(&[(DIGEST_MISMATCH, STATIC), (PLAN_MISMATCH, STATIC)]),
        edited("a raw output taken for another", COVERAGE, |e| {
            e["outputs"][0]["role"] = json!("tests");
        })
        .found(&[
            (DIGEST_MISMATCH, COVERAGE),
            (VERDICT_DIFFERS, COVERAGE),
            (MEASUREMENT_DIFFERS, COVERAGE),
        ]),
    ]
}

/// Other bytes that say the same, and bytes that say nothing.
fn form() -> Vec<Row> {
    let append =
        |name, path: &'static str| anyone(name, |files| files.get_mut(path).unwrap().push(b'\n'));
    vec![
        append("a line feed after the manifest", MANIFEST).found(&[
            (RECORD_NOT_CANONICAL, MANIFEST),
            (DIGEST_MISMATCH, MANIFEST),
        ]),
        append("a line feed after the plan", PLAN)
            .found(&[(DIGEST_MISMATCH, PLAN), (RECORD_NOT_CANONICAL, PLAN)]),
        append("a line feed after a bundle", STATIC_BUNDLE)
            .found(&[(RECORD_NOT_CANONICAL, STATIC_BUNDLE)]),
        append("a line feed after the plan's bundle", PLAN_BUNDLE).found(&[
            (RECORD_NOT_CANONICAL, PLAN_BUNDLE),
            (LEDGER_PROOF, PLAN_PROOF),
            (DIGEST_MISMATCH, PLAN_BUNDLE),
        ]),
        append("a line feed after a proof", MANIFEST_PROOF)
            .found(&[(LEDGER_PROOF, MANIFEST_PROOF)]),
        anyone("a space in an evidence record", |files| {
            files.get_mut(STATIC).unwrap().insert(1, b' ');
        })
        .found(&[(DIGEST_MISMATCH, STATIC), (RECORD_NOT_CANONICAL, STATIC)]),
        anyone("a key twice in one object", |files| {
            let text = String::from_utf8(files[MANIFEST].clone()).unwrap();
            let twice = text.replacen('{', "{\"agent\":\"x\",", 1);
            files.insert(MANIFEST.to_owned(), twice.into_bytes());
        })
        .found(&[
            (RECORD_NOT_CANONICAL, MANIFEST),
            (DIGEST_MISMATCH, MANIFEST),
        ]),
        anyone("a number written in another way", |files| {
            let text = String::from_utf8(files[COVERAGE].clone()).unwrap();
            let other = text.replacen("\"threshold\":0.8", "\"threshold\":0.80", 1);
            assert_ne!(text, other);
            files.insert(COVERAGE.to_owned(), other.into_bytes());
        })
        .found(&[
            (DIGEST_MISMATCH, COVERAGE),
            (RECORD_NOT_CANONICAL, COVERAGE),
        ]),
        anyone("no JSON at all", |files| {
            files.insert(MANIFEST.to_owned(), b"hello".to_vec());
        })
        .found(&[(DOCUMENT_SYNTAX, MANIFEST), (DIGEST_MISMATCH, MANIFEST)]),
        anyone("100,000 brackets", |files| {
            files.insert(STATIC.to_owned(), vec![b'['; 100_000]);
        })
        .found(&[(DIGEST_MISMATCH, STATIC), (DOCUMENT_SYNTAX, STATIC)]),
        anyone("a bundle with a field of its own", |files| {
            edit(files, STATIC_BUNDLE, |b| b["note"] = json!("seen"));
        })
        .found(&[(RECORD_NOT_CANONICAL, STATIC_BUNDLE)]),
        anyone("a bundle without the padding of base64", |files| {
            edit(files, STATIC_BUNDLE, |b| {
                let payload = &mut b["dsseEnvelope"]["payload"];
                *payload = json!(payload.as_str().unwrap().trim_end_matches('='));
            });
        })
        .found(&[(RECORD_NOT_CANONICAL, STATIC_BUNDLE)]),
    ]
}
