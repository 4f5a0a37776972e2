//! Waivers: changed, lent out, taken away, and made by those who may not.

use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{MANIFEST, PLAN};
use caws_evidence::{Verdict, sha256_hex};
use caws_policy::Waiver;
use caws_policy::waiver::Lineage;
use serde_json::{Value, json};

use crate::common::{
    APPROVER, COVERAGE, Files, Log, Record, STATIC, WAIVER, WAIVER_COMMITS, approved, canonical,
    edit, put, reveal, waived, waived_by, waiver, whole,
};
use crate::row::{Case, RAW, Row, Who};

pub(crate) fn rows() -> Vec<Row> {
    [anyones(), signers(), approvals()].concat()
}

fn row(name: &'static str, who: Who, files: Files) -> Row {
    Row::new(name, who, Case::Record(files))
}

/// Files are changed, and nothing is signed again.
fn anyones() -> Vec<Row> {
    let changed = |name, change: fn(&mut Files)| {
        let mut files = waived().logged(1);
        change(&mut files);
        row(name, Who::Anyone, files)
    };
    let of_waiver = |files: &mut Files, change: fn(&mut Value)| {
        edit(files, PLAN, |plan| change(&mut plan["waivers"]));
    };
    let plan_and_waiver = [
        (DIGEST_MISMATCH, PLAN),
        (DIGEST_MISMATCH, WAIVER),
        (WAIVER_SIGNATURE, WAIVER),
    ];
    let edited = |name, change: fn(&mut Value)| {
        let mut files = waived().logged(1);
        of_waiver(&mut files, change);
        row(name, Who::Anyone, files)
    };
    vec![
        edited("the end of a waiver put off", |w| {
            w["active"][0]["waiver"]["expires"] = json!("2026-11-28T10:00:00Z");
        })
        .found(&plan_and_waiver),
        edited("a waiver for another gate", |w| {
            w["active"][0]["waiver"]["gate"] = json!("coverage");
        })
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (VERDICT_DIFFERS, STATIC),
            (RECORD_INCONSISTENT, STATIC),
            (DIGEST_MISMATCH, WAIVER),
            (WAIVER_SIGNATURE, WAIVER),
        ]),
        edited("a waiver taken out of the plan", |w| {
            w["active"] = json!([])
        })
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (VERDICT_DIFFERS, STATIC),
            (RECORD_INCONSISTENT, STATIC),
        ]),
        edited("a waiver twice in the plan", |w| {
            let twice = w["active"][0].clone();
            w["active"].as_array_mut().unwrap().push(twice);
        })
        .found(&[
            (DIGEST_MISMATCH, PLAN),
            (RECORD_INCONSISTENT, STATIC),
            (RECORD_INCONSISTENT, PLAN),
        ]),
        edited("somebody more who may approve", |w| {
            let approver = json!({ "name": "Eve", "key": "0".repeat(64) });
            w["rules"]["approvers"]
                .as_array_mut()
                .unwrap()
                .push(approver);
        })
        .found(&[(DIGEST_MISMATCH, PLAN)]),
        changed("the signature of a waiver taken away", |files| {
            files.remove(WAIVER);
        })
        .found(&[
            (SIGNATURE_MISSING, WAIVER),
            (WAIVER_SIGNATURE, WAIVER),
            (RECORD_FILE_MISSING, WAIVER),
        ]),
        changed("the commits of a waiver taken away", |files| {
            files.remove(WAIVER_COMMITS);
        })
        .found(&[
            (RECORD_FILE_MISSING, WAIVER_COMMITS),
            (WAIVER_OUT_OF_RANGE, WAIVER),
        ]),
        changed("another signature under a waiver", |files| {
            let other = approved(|waiver| waiver.id = "WV-2".to_owned());
            let bundle = other.files["provenance/waivers/WV-2.sigstore.json"].clone();
            files.insert(WAIVER.to_owned(), bundle);
        })
        .found(&[(DIGEST_MISMATCH, WAIVER), (WAIVER_SIGNATURE, WAIVER)]),
        changed("a waiver added to the files", |files| {
            let bundle = files[WAIVER].clone();
            files.insert("provenance/waivers/WV-2.sigstore.json".to_owned(), bundle);
        })
        .found(&[(
            RECORD_FILE_UNLISTED,
            "provenance/waivers/WV-2.sigstore.json",
        )]),
        {
            let mut files = whole().logged(1);
            let with = waived();
            let waivers = serde_json::to_value(&with.plan.waivers).unwrap();
            edit(&mut files, PLAN, |plan| plan["waivers"] = waivers);
            for path in [WAIVER, WAIVER_COMMITS] {
                files.insert(path.to_owned(), with.files[path].clone());
            }
            row("a waiver lent to another run", Who::Anyone, files).found(&[
                (DIGEST_MISMATCH, PLAN),
                (WAIVER_OUT_OF_RANGE, WAIVER),
                (RECORD_FILE_UNLISTED, WAIVER_COMMITS),
                (RECORD_FILE_UNLISTED, WAIVER),
            ])
        },
    ]
}

/// The run is made up by who holds its key, and has no key of an approver.
fn signers() -> Vec<Row> {
    let made = |name, change: fn(&mut Record)| {
        let mut record = waived();
        change(&mut record);
        row(name, Who::Signer, record.logged(1))
    };
    let revealed = |name, change: fn(&mut Value)| {
        let (mut record, log) = (waived(), Log::ours());
        record.commit(&log, 1);
        let mut files = record.unsigned();
        edit(&mut files, MANIFEST, change);
        row(name, Who::Signer, reveal(files, &log, 1))
    };
    let of_plan = |record: &mut Record, change: fn(&mut Waiver)| {
        let waivers = record.plan.waivers.as_mut().unwrap();
        change(&mut waivers.active[0].waiver);
    };
    let changed = |name, change: fn(&mut Waiver)| {
        let mut record = waived();
        of_plan(&mut record, change);
        row(name, Who::Signer, record.logged(1))
    };
    vec![
        changed(
            "the end of a waiver put off after it was approved",
            |waiver| {
                waiver.expires = "2026-11-28T10:00:00Z".parse().unwrap();
            },
        )
        .found(&[(DIGEST_MISMATCH, WAIVER), (WAIVER_SIGNATURE, WAIVER)]),
        made("a waiver used for a commit outside its range", |record| {
            let other = "f".repeat(40);
            record.plan.subject.commit = Some(other.clone());
            for evidence in &mut record.evidence {
                evidence.commit = Some(other.clone());
            }
        })
        .found(&[(WAIVER_OUT_OF_RANGE, WAIVER)]),
        made("commits of a range that are another's", |record| {
            let lineage = canonical(&Lineage::new(&[b"parent of none\n\n".to_vec()], &[]));
            let waivers = record.plan.waivers.as_mut().unwrap();
            waivers.active[0].lineage_sha256 = sha256_hex(&lineage);
            record.files.insert(WAIVER_COMMITS.to_owned(), lineage);
        })
        .found(&[(WAIVER_OUT_OF_RANGE, WAIVER)]),
        made("a waiver of a run of no commit", |record| {
            record.plan.subject.commit = None;
            for evidence in &mut record.evidence {
                evidence.commit = None;
            }
        })
        .found(&[(WAIVER_OUT_OF_RANGE, WAIVER)]),
        made(
            "a waiver that is over, in a run said to be later",
            |record| {
                record.run.started = "2026-11-27T10:00:00Z".to_owned();
                record.run.finished = "2026-11-27T10:01:00Z".to_owned();
                for evidence in &mut record.evidence {
                    evidence.started = "2026-11-27T10:00:00Z".to_owned();
                    evidence.finished = "2026-11-27T10:00:01Z".to_owned();
                }
            },
        )
        .found(&[(WAIVER_EXPIRED, WAIVER)]),
        made("a gate that passed, said to be waived", |record| {
            let passed = whole().evidence.remove(0);
            record.evidence[0].steps = passed.steps;
            record.evidence[0].measurements = passed.measurements;
            record.evidence[0].findings = passed.findings;
        })
        .found(&[(VERDICT_DIFFERS, STATIC), (RECORD_INCONSISTENT, STATIC)]),
        made("a waiver over another gate than its own", |record| {
            record.evidence[1].verdict = Verdict::Waived;
            record.evidence[1].waivers = vec!["WV-1".to_owned()];
        })
        .found(&[(VERDICT_DIFFERS, COVERAGE), (RECORD_INCONSISTENT, COVERAGE)]),
        made("a waived gate that names no waiver", |record| {
            record.evidence[0].waivers.clear();
        })
        .found(&[(RECORD_INCONSISTENT, STATIC)]),
        revealed("a score without the cap of a waiver", |manifest| {
            manifest["caws"]["trust"]["score"] = json!(97);
            manifest["caws"]["trust"]["passed"] = json!(true);
            manifest["results"]["trust_score"] = json!(97);
        })
        .found(&[(SCORE_DIFFERS, MANIFEST)]),
    ]
}

/// Waivers that say what no waiver may, or are signed by somebody else than they have to be.
fn approvals() -> Vec<Row> {
    let of = |name, change: fn(&mut Waiver)| row(name, Who::Signer, approved(change).logged(1));
    vec![
        of("a waiver of fifteen days", |waiver| {
            waiver.expires = "2026-11-29T10:00:00Z".parse().unwrap();
        })
        .found(&[(WAIVER_TOO_LONG, WAIVER)]),
        of("a waiver asked for in the future", |waiver| {
            waiver.created = "2026-11-20T11:00:00Z".parse().unwrap();
        })
        .found(&[(WAIVER_NOT_YET_VALID, WAIVER)]),
        of("a waiver approved by who asks", |waiver| {
            waiver.owner.name = "@anna".to_owned();
        })
        .found(&[(WAIVER_SELF_APPROVED, WAIVER)]),
        of("a waiver signed with the key of who asks", |waiver| {
            waiver.owner.key = Some(crate::common::public(APPROVER).fingerprint());
        })
        .found(&[(WAIVER_SELF_APPROVED, WAIVER)]),
        of("a waiver approved by somebody who may not", |waiver| {
            waiver.approver = "Eve".to_owned();
        })
        .found(&[(WAIVER_SIGNATURE, WAIVER)]),
        of("a waiver of another working spec", |waiver| {
            waiver.scope.spec = "Y-001".to_owned();
        })
        .found(&[(WAIVER_OUT_OF_RANGE, WAIVER)]),
        row("a waiver for some paths, used for all", Who::Signer, {
            let mut record = approved(|waiver| waiver.scope.paths = vec!["src/a".to_owned()]);
            record.evidence[0].verdict = Verdict::Waived;
            record.evidence[0].waivers = vec!["WV-1".to_owned()];
            record.logged(1)
        })
        .found(&[(VERDICT_DIFFERS, STATIC), (RECORD_INCONSISTENT, STATIC)])
        .left(RAW),
        row("a waiver for the integrity gate", Who::Signer, {
            let mut record = whole();
            record.plan.subject.commit = Some(crate::common::CHILD.to_owned());
            for evidence in &mut record.evidence {
                evidence.commit = Some(crate::common::CHILD.to_owned());
            }
            let mut never = waiver();
            never.gate = "integrity".to_owned();
            put(&mut record, &never, APPROVER);
            record.logged(1)
        })
        .found(&[(WAIVER_NOT_ALLOWED, WAIVER)]),
        row(
            "a waiver signed by who runs the gates",
            Who::Signer,
            waived_by(&waiver(), 1).logged(1),
        )
        .found(&[(WAIVER_SIGNATURE, WAIVER)]),
        row("three waivers at once", Who::Signer, {
            let mut record = waived();
            for id in ["WV-2", "WV-3"] {
                let mut more = waiver();
                more.id = id.to_owned();
                more.gate = "mutation".to_owned();
                put(&mut record, &more, APPROVER);
            }
            record.logged(1)
        })
        .found(&[(WAIVER_TOO_MANY, PLAN)]),
    ]
}
