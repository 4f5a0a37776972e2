//! Other runs: an older one, one of another commit, one with gates more or less.

use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{
    MANIFEST, MANIFEST_BUNDLE, MANIFEST_PROOF, PLAN, PLAN_BUNDLE, PLAN_PROOF,
};
use caws_evidence::sha256_hex;
use caws_policy::record::gate_plan_sha256;
use serde_json::{Value, json};

use crate::common::{
    COVERAGE, COVERAGE_BUNDLE, COVERAGE_RAW, Files, MUTATION, MUTATION_BUNDLE, MUTATION_RAW,
    Record, STATIC, STATIC_BUNDLE, canonical, coverage_gate, edit, evidence, gzip, sealed,
    static_gate, whole,
};
use crate::row::{Row, anyone, made, signed, signer};

pub(crate) fn rows() -> Vec<Row> {
    [replayed(), gates()].concat()
}

/// A run of last week, on other files, that missed fewer lines.
fn older() -> Record {
    let mut older = whole();
    older.plan.subject.commit = Some("f".repeat(40));
    older.evidence[1].inputs[0].sha256 = sha256_hex(b"older");
    older.plan.gates[1].inputs_sha256 = sha256_hex(&canonical(&older.evidence[1].inputs));
    older.evidence[1].plan_sha256 = gate_plan_sha256(&older.plan.gates[1]).unwrap();
    for evidence in &mut older.evidence {
        evidence.commit = Some("f".repeat(40));
        evidence.started = "2026-11-13T10:00:00Z".to_owned();
        evidence.finished = "2026-11-13T10:00:01Z".to_owned();
    }
    older.run.started = "2026-11-13T10:00:00Z".to_owned();
    older.run.finished = "2026-11-13T10:01:00Z".to_owned();
    older
}

fn replayed() -> Vec<Row> {
    let of_older = |name, paths: &[&str]| {
        anyone(name, |files: &mut Files| {
            let older = older().logged(1);
            for path in paths {
                files.insert((*path).to_owned(), older[*path].clone());
            }
        })
    };
    vec![
        of_older(
            "evidence of an older run, rightly signed then",
            &[COVERAGE, COVERAGE_BUNDLE],
        )
        .found(&[
            (DIGEST_MISMATCH, COVERAGE),
            (PLAN_MISMATCH, COVERAGE),
            (RECORD_INCONSISTENT, COVERAGE),
        ]),
        of_older(
            "the manifest of an older run, rightly signed then",
            &[MANIFEST, MANIFEST_BUNDLE],
        )
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (DIGEST_MISMATCH, STATIC),
            (RECORD_INCONSISTENT, STATIC),
            (DIGEST_MISMATCH, COVERAGE),
            (RECORD_INCONSISTENT, COVERAGE),
            (DIGEST_MISMATCH, MUTATION),
            (RECORD_INCONSISTENT, MUTATION),
            (PLAN_MISMATCH, STATIC),
            (PLAN_MISMATCH, COVERAGE),
            (PLAN_MISMATCH, MUTATION),
            (LEDGER_PROOF, PLAN_PROOF),
            (DIGEST_MISMATCH, PLAN_BUNDLE),
            (DIGEST_MISMATCH, PLAN_PROOF),
        ]),
        of_older(
            "the plan of an older run, rightly signed then",
            &[PLAN, PLAN_BUNDLE],
        )
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (PLAN_MISMATCH, COVERAGE),
            (RECORD_INCONSISTENT, COVERAGE),
            (LEDGER_PROOF, PLAN_PROOF),
            (DIGEST_MISMATCH, PLAN_BUNDLE),
        ]),
        of_older("the proofs of an older run", &[PLAN_PROOF, MANIFEST_PROOF])
            .found(&[(LEDGER_PROOF, PLAN_PROOF), (DIGEST_MISMATCH, PLAN_PROOF)]),
        of_older(
            "everything of an older run but its evidence of a gate",
            &[
                MANIFEST,
                MANIFEST_BUNDLE,
                MANIFEST_PROOF,
                PLAN,
                PLAN_BUNDLE,
                PLAN_PROOF,
                STATIC,
                STATIC_BUNDLE,
                MUTATION,
                MUTATION_BUNDLE,
            ],
        )
        .found(&[
            (DIGEST_MISMATCH, COVERAGE),
            (PLAN_MISMATCH, COVERAGE),
            (RECORD_INCONSISTENT, COVERAGE),
        ]),
        anyone("a raw output of another run", |files| {
            let stored = gzip(&coverage_gate(2).raws[0].3);
            files.insert(COVERAGE_RAW.to_owned(), stored);
        })
        .found(&[(DIGEST_MISMATCH, COVERAGE_RAW)]),
        signer(
            "evidence of an older run in the record of this one",
            |record| {
                record.evidence[1] = older().evidence[1].clone();
            },
        )
        .found(&[(PLAN_MISMATCH, COVERAGE), (RECORD_INCONSISTENT, COVERAGE)]),
        signer(
            "evidence of another commit in the record of this one",
            |record| {
                record.evidence[0].commit = Some("f".repeat(40));
            },
        )
        .found(&[(RECORD_INCONSISTENT, STATIC)]),
        signer("evidence of no commit in the record of one", |record| {
            record.evidence[0].commit = None;
        })
        .found(&[(RECORD_INCONSISTENT, STATIC)]),
        signed(
            "the manifest of one commit over the plan of another",
            |files| {
                edit(files, MANIFEST, |m| m["commit"] = json!("f".repeat(40)));
            },
        )
        .found(&[
            (RECORD_INCONSISTENT, STATIC),
            (RECORD_INCONSISTENT, COVERAGE),
            (RECORD_INCONSISTENT, MUTATION),
            (RECORD_INCONSISTENT, MANIFEST),
        ]),
    ]
}

fn gates() -> Vec<Row> {
    let of_manifest =
        |name, change: fn(&mut Value)| signed(name, |files| edit(files, MANIFEST, change));
    let renamed = |name, gate: &'static str| {
        signed(name, |files| {
            edit(files, STATIC, |e| e["gate"] = json!(gate));
            let bytes = files.remove(STATIC).unwrap();
            let (path, sha256) = (format!("evidence/{gate}/evidence.json"), sha256_hex(&bytes));
            edit(files, MANIFEST, |m| {
                m["caws"]["gates"][0]["gate"] = json!(gate);
                m["caws"]["gates"][0]["evidence_sha256"] = json!(sha256);
                let files = m["caws"]["files"].as_array_mut().unwrap();
                let at = files.iter().position(|f| f["path"] == STATIC).unwrap();
                files[at] = json!({ "path": path, "sha256": sha256 });
            });
            files.insert(path, bytes);
        })
    };
    vec![
        of_manifest("a gate left out of the manifest", |m| {
            m["caws"]["gates"].as_array_mut().unwrap().remove(0);
        })
        .found(&[(EVIDENCE_MISSING, MANIFEST)]),
        of_manifest("a gate twice in the manifest", |m| {
            let gates = m["caws"]["gates"].as_array_mut().unwrap();
            gates.push(gates[0].clone());
        })
        .found(&[(RECORD_INCONSISTENT, MANIFEST)]),
        of_manifest("the gates in another order", |m| {
            m["caws"]["gates"].as_array_mut().unwrap().swap(0, 1);
        })
        .found(&[(RECORD_INCONSISTENT, MANIFEST)]),
        renamed("evidence for a gate that does not apply", "pages").found(&[
            (PLAN_MISMATCH, "evidence/pages/evidence.json"),
            (EVIDENCE_MISSING, MANIFEST),
        ]),
        renamed("evidence for a gate that the plan does not know", "unknown")
            .found(&[(EVIDENCE_MISSING, MANIFEST)]),
        made("a gate beyond the plan", beyond()).found(&[(RECORD_INCONSISTENT, MANIFEST)]),
        signer(
            "a gate removed from the plan, its evidence kept",
            |record| {
                record.plan.gates[2].applies = false;
                record.evidence.pop();
            },
        )
        .found(&[(RECORD_FILE_UNLISTED, MUTATION_RAW)]),
        signer(
            "the evidence of one gate under the name of another",
            |record| {
                let mut other = record.evidence[0].clone();
                other.gate = "mutation".to_owned();
                record.evidence[2] = other;
                record.files.remove(MUTATION_RAW);
            },
        )
        .found(&[(PLAN_MISMATCH, MUTATION)]),
    ]
}

/// A run of one gate more than its plan, which nobody logged.
fn beyond() -> Files {
    let mut record = whole();
    let mut extra = static_gate();
    extra.plan.gate = "extra".to_owned();
    record.evidence.push(evidence(&extra, &mut record.files));
    record.plan.gates.push(extra.plan);
    let mut files = record.unsigned();
    let plan = canonical(&whole().plan);
    edit(&mut files, MANIFEST, |m| {
        m["caws"]["plan_sha256"] = json!(sha256_hex(&plan));
        let files = m["caws"]["files"].as_array_mut().unwrap();
        let at = files.iter().position(|f| f["path"] == PLAN).unwrap();
        files[at]["sha256"] = json!(sha256_hex(&plan));
    });
    files.insert(PLAN.to_owned(), plan);
    sealed(files, 1)
}
