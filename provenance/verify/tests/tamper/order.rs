//! The order in the ledger: the plan before the run, the record behind it, and one history.

use caws_evidence::codes::*;
use caws_evidence::manifest::LoggedPlan;
use caws_evidence::manifest::layout::{MANIFEST_BUNDLE, MANIFEST_PROOF, PLAN_BUNDLE, PLAN_PROOF};
use caws_evidence::sha256_hex;
use caws_ledger::{Hash, TlogProof};

use crate::common::{
    COMMIT, COVERAGE, Files, LOG_KEY, Log, MUTATION, ORIGIN, Record, STATIC, checkpoint_of, leaf,
    log_options, reveal, whole,
};
use crate::row::{Row, Said, Who, anyone, base, made};

/// The proof that nobody signs, and that has to hold by itself.
const BEHIND: [Said; 1] = [(LEDGER_PROOF, MANIFEST_PROOF)];
const PLANNED: [Said; 1] = [(LEDGER_PROOF, PLAN_PROOF)];

pub(crate) fn rows() -> Vec<Row> {
    [proofs(), plans(), histories()].concat()
}

/// Changes a proof among the files.
fn edit(files: &mut Files, path: &str, change: impl FnOnce(&mut TlogProof)) {
    let mut proof = TlogProof::parse(&files[path]).unwrap();
    change(&mut proof);
    files.insert(path.to_owned(), proof.to_bytes());
}

fn proofs() -> Vec<Row> {
    let proof = |name, change: fn(&mut TlogProof)| {
        anyone(name, |files| edit(files, MANIFEST_PROOF, change)).found(&BEHIND)
    };
    let text = |name, from: &str, to: &str| {
        anyone(name, |files| {
            let old = String::from_utf8(files[MANIFEST_PROOF].clone()).unwrap();
            let new = old.replacen(from, to, 1);
            assert_ne!(old, new, "{name}");
            files.insert(MANIFEST_PROOF.to_owned(), new.into_bytes());
        })
        .found(&BEHIND)
    };
    vec![
        proof("the record moved to another place of the ledger", |p| {
            p.index -= 1
        }),
        proof("a hash of an inclusion proof changed", |p| {
            p.hashes[0].0[0] ^= 1
        }),
        proof("a hash of an inclusion proof left out", |p| {
            p.hashes.pop();
        }),
        proof("a hash of an inclusion proof doubled", |p| {
            p.hashes.push(p.hashes[0])
        }),
        proof("the hashes of an inclusion proof in another order", |p| {
            p.hashes.reverse()
        }),
        proof("a consistency proof changed", |p| {
            p.extra.as_mut().unwrap()[0] ^= 1
        }),
        proof("a consistency proof left out", |p| p.extra = None),
        proof("a consistency proof cut within a hash", |p| {
            p.extra.as_mut().unwrap().pop();
        }),
        proof("a hash too many in a consistency proof", |p| {
            p.extra.as_mut().unwrap().extend([0; 32]);
        }),
        proof("a checkpoint with another root", |p| {
            let text = String::from_utf8(p.checkpoint.clone()).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines[2] = Hash([7; 32]).to_base64();
            p.checkpoint = format!("{}\n", lines.join("\n")).into_bytes();
        }),
        text("a checkpoint of another size", "\n8\n", "\n9\n"),
        text(
            "a checkpoint of another ledger",
            "\n\ncaws/X-001\n",
            "\n\ncaws/X-002\n",
        ),
        text(
            "a checkpoint signed under another name",
            "\u{2014} caws/X-001 ",
            "\u{2014} caws/X-002 ",
        ),
        text("another version of the proof", "@v1", "@v2"),
        anyone(
            "the proof of the plan as the proof of the record",
            |files| {
                files.insert(MANIFEST_PROOF.to_owned(), files[PLAN_PROOF].clone());
            },
        )
        .found(&BEHIND),
        anyone(
            "the proof of the record as the proof of the plan",
            |files| {
                files.insert(PLAN_PROOF.to_owned(), files[MANIFEST_PROOF].clone());
            },
        )
        .found(&[(LEDGER_PROOF, PLAN_PROOF), (DIGEST_MISMATCH, PLAN_PROOF)]),
        made(
            "checkpoints by a key that the auditor does not trust",
            base(),
        )
        .under({
            let mut options = log_options();
            options.keys.pop();
            options
        })
        .found(&PLANNED),
    ]
}

/// The manifest says something else of the logged plan.
fn claimed(name: &'static str, change: impl FnOnce(&mut LoggedPlan)) -> Row {
    committed(name, |record| {
        change(
            record
                .run
                .commitment
                .as_mut()
                .unwrap()
                .logged
                .as_mut()
                .unwrap(),
        );
    })
}

/// The record is changed after its plan was logged.
fn committed(name: &'static str, change: impl FnOnce(&mut Record)) -> Row {
    let (mut record, log) = (whole(), Log::ours());
    record.commit(&log, 1);
    change(&mut record);
    made(name, reveal(record.unsigned(), &log, 1))
}

fn plans() -> Vec<Row> {
    let inconsistent = [STATIC, COVERAGE, MUTATION].map(|path| (PLAN_MISMATCH, path));
    vec![
        claimed("the plan said to stand earlier in the ledger", |logged| {
            logged.index = 0
        })
        .found(&PLANNED),
        claimed("the plan said to stand in another ledger", |logged| {
            logged.origin = "caws/X-002".to_owned();
        })
        .found(&PLANNED),
        claimed("another leaf said to be the plan's", |logged| {
            logged.leaf = "0".repeat(64)
        })
        .found(&[&inconsistent[..], &PLANNED].concat()),
        committed("evidence that cites no plan", |record| {
            record.evidence[0].plan_leaf = None;
        })
        .found(&inconsistent[..1]),
        committed("evidence that cites the leaf of another plan", |record| {
            record.evidence[0].plan_leaf = Some("0".repeat(64));
        })
        .found(&inconsistent[..1]),
        committed("a proof of the plan with extra bytes", |record| {
            let mut proof = TlogProof::parse(&record.files[PLAN_PROOF]).unwrap();
            proof.extra = Some(b"x".to_vec());
            let bytes = proof.to_bytes();
            let logged = record.run.commitment.as_mut().unwrap().logged.as_mut();
            logged.unwrap().proof_sha256 = sha256_hex(&bytes);
            record.files.insert(PLAN_PROOF.to_owned(), bytes);
        })
        .found(&PLANNED),
        made("a plan that was logged, said not to have been", denied())
            .found(&[&inconsistent[..], &[(PLAN_NOT_LOGGED, PLAN_BUNDLE)]].concat()),
    ]
}

/// The true record, but that it says its plan was not logged.
fn denied() -> Files {
    let mut record = whole();
    record.commit(&Log::ours(), 1);
    let commitment = record.run.commitment.as_mut().unwrap();
    commitment.logged = None;
    commitment.not_logged = Some("the ledger did not answer".to_owned());
    record.files.remove(PLAN_PROOF);
    record.sealed(1)
}

/// A ledger of the same name and key, in which other leaves stand.
fn forked() -> Log {
    Log::new(ORIGIN, LOG_KEY, "another first")
}

fn histories() -> Vec<Row> {
    // The plan's bundle in a ledger, as `Record::commit` puts it there.
    let plan_in = |log: &Log, files: &Files| {
        log.append(&[leaf(&files[PLAN_BUNDLE], 1, Some(COMMIT))]);
    };
    let record_in =
        |log: &Log, files: &Files| log.append(&[leaf(&files[MANIFEST_BUNDLE], 1, Some(COMMIT))]);
    let behind = |name, make: &dyn Fn(&Files) -> TlogProof| {
        anyone(name, |files| {
            let proof = make(files).to_bytes();
            files.insert(MANIFEST_PROOF.to_owned(), proof);
        })
        .by(Who::Signer)
        .found(&BEHIND)
    };
    vec![
        behind(
            "two checkpoints of one ledger that contradict each other",
            &|files| {
                let log = forked();
                plan_in(&log, files);
                let index = record_in(&log, files);
                log.prove(index, Some(checkpoint_of(&files[PLAN_PROOF]).size))
            },
        ),
        behind("a ledger set back behind the plan", &|files| {
            let log = Log::ours();
            let index = record_in(&log, files);
            let mut proof = log.prove(index, None);
            proof.extra = Some(Vec::new());
            proof
        }),
        behind("a ledger from which the plan was taken out", &|files| {
            let log = Log::ours();
            log.append(&[b"in its place".to_vec()]);
            let index = record_in(&log, files);
            log.prove(index, Some(4))
        }),
        behind("a ledger of the same name by another key", &|files| {
            let log = Log::new(ORIGIN, LOG_KEY + 1, "first");
            plan_in(&log, files);
            let index = record_in(&log, files);
            log.prove(index, Some(4))
        })
        .by(Who::Anyone),
    ]
}
