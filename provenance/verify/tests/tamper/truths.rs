//! Records that are true: neither verifier may refuse them.

use caws_evidence::manifest::layout::{MANIFEST_PROOF, PLAN_PROOF};
use caws_evidence::sha256_hex;
use caws_policy::waiver::Lineage;

use crate::common::{
    APPROVER, CHILD, Files, Log, Record, canonical, evidence, fails, put, reveal, static_gate,
    waived, waiver, whole,
};
use crate::row::base;

pub(crate) fn truths() -> Vec<(&'static str, Files)> {
    let changed = |change: fn(&mut Record)| {
        let mut record = whole();
        change(&mut record);
        record.logged(1)
    };
    let without = |path: &str| {
        let mut files = base();
        files.remove(path);
        files
    };
    vec![
        ("signed and logged", base()),
        ("signed after the run", whole().sealed(1)),
        ("logged but for the record", without(MANIFEST_PROOF)),
        ("logged in a ledger that had grown", grown()),
        ("signed before the run, and not logged", {
            let mut record = whole();
            record.commit(&Log::ours(), 1);
            let commitment = record.run.commitment.as_mut().unwrap();
            commitment.logged = None;
            commitment.not_logged = Some("there is no key for checkpoints".to_owned());
            for evidence in &mut record.evidence {
                evidence.plan_leaf = None;
            }
            record.files.remove(PLAN_PROOF);
            record.sealed(1)
        }),
        (
            "of a changed tree",
            changed(|record| record.plan.subject.dirty = true),
        ),
        (
            "of no commit",
            changed(|record| {
                record.plan.subject.commit = None;
                for evidence in &mut record.evidence {
                    evidence.commit = None;
                }
            }),
        ),
        (
            "a gate answered by the cache",
            changed(|record| {
                record.run.cached.insert("static".to_owned());
                record.evidence[0].commit = Some("f".repeat(40));
                record.evidence[0].plan_leaf = Some("0".repeat(64));
                record.evidence[0].started = "2026-11-13T10:00:00Z".to_owned();
                record.evidence[0].finished = "2026-11-13T10:00:01Z".to_owned();
            }),
        ),
        ("a gate that failed", changed(failed)),
        ("a gate that failed, and a waiver", waived().logged(1)),
        ("a gate that failed, and two waivers", {
            let mut record = waived();
            let mut second = waiver();
            second.id = "WV-2".to_owned();
            second.commits.from = CHILD.to_owned();
            second.commits.to = Some(CHILD.to_owned());
            put(&mut record, &second, APPROVER);
            let lineage = canonical(&Lineage::new(&[], &[]));
            let waivers = record.plan.waivers.as_mut().unwrap();
            waivers.active[1].lineage_sha256 = sha256_hex(&lineage);
            record.files.insert(second.lineage_path(), lineage);
            record.evidence[0].waivers = vec!["WV-1".to_owned(), "WV-2".to_owned()];
            record.logged(1)
        }),
        ("a waiver that waives nothing, and caps the score", {
            let mut other = waiver();
            other.gate = "mutation".to_owned();
            let mut record = fails();
            put(&mut record, &other, APPROVER);
            record.logged(1)
        }),
    ]
}

fn failed(record: &mut Record) {
    let mut gate = static_gate();
    gate.steps[0].exit_code = Some(1);
    record.evidence[0] = evidence(&gate, &mut record.files);
}

/// The record stands far behind its plan: 300 leaves came between.
fn grown() -> Files {
    let (mut record, log) = (whole(), Log::ours());
    log.append(&vec![b"of others".to_vec(); 9]);
    record.commit(&log, 1);
    log.append(&vec![b"of others".to_vec(); 300]);
    reveal(record.unsigned(), &log, 1)
}
