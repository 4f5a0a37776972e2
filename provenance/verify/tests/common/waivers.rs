//! A run with a gate that failed, and a waiver that covers it.

use caws_attest::seal::seal_waiver;
use caws_evidence::sha256_hex;
use caws_policy::waiver::{ActiveWaiver, Approver, Commits, Lineage, Person, Scope, waive};
use caws_policy::{Waiver, WaiverRules, Waivers};

use super::{COMMIT, Record, canonical, evidence, key, public, static_gate, whole};

/// Seed of the key of who approves waivers.
pub(crate) const APPROVER: u8 = 7;
pub(crate) const WAIVER: &str = "provenance/waivers/WV-1.sigstore.json";
pub(crate) const WAIVER_COMMITS: &str = "provenance/waivers/WV-1.commits.json";
/// A commit whose parent is [`COMMIT`]: SHA-1 of its content, as git names it.
pub(crate) const CHILD: &str = "0dd4bfd9298da7393db8f65db8c9a5a7ed15e77d";

/// The content of [`CHILD`].
pub(crate) fn child() -> Vec<u8> {
    let person = "A <a@example.org> 1795168800 +0000";
    let tree = super::TREE;
    let head = format!("tree {tree}\nparent {COMMIT}\nauthor {person}\ncommitter {person}\n");
    format!("{head}\nthe parser is replaced\n").into_bytes()
}

/// Leave for the gate `static`, six days old and good for seven more when the run begins.
pub(crate) fn waiver() -> Waiver {
    Waiver {
        id: "WV-1".to_owned(),
        gate: "static".to_owned(),
        reason: "the parser is being replaced".to_owned(),
        owner: Person {
            name: "Olga".to_owned(),
            key: None,
        },
        approver: "Anna".to_owned(),
        created: "2026-11-14T10:00:00Z".parse().unwrap(),
        expires: "2026-11-27T10:00:00Z".parse().unwrap(),
        compensating_control: "the old parser's tests run beside it".to_owned(),
        scope: Scope {
            spec: "X-001".to_owned(),
            component: None,
            paths: Vec::new(),
        },
        commits: Commits {
            from: COMMIT.to_owned(),
            to: None,
        },
        ticket: None,
    }
}

/// A run of [`CHILD`] whose first gate failed.
pub(crate) fn fails() -> Record {
    let mut record = whole();
    let mut gate = static_gate();
    gate.steps[0].exit_code = Some(1);
    record.evidence[0] = evidence(&gate, &mut record.files);
    record.plan.subject.commit = Some(CHILD.to_owned());
    for evidence in &mut record.evidence {
        evidence.commit = Some(CHILD.to_owned());
    }
    record
}

/// Puts a waiver that key `seed` signed under a run; what it covers is waived.
pub(crate) fn put(record: &mut Record, waiver: &Waiver, seed: u8) {
    let bytes = canonical(waiver);
    let bundle = seal_waiver(&waiver.id, &waiver.commits.from, &bytes, &key(seed)).unwrap();
    let lineage = canonical(&Lineage::new(&[child()], &[]));
    let rules = WaiverRules {
        approvers: vec![Approver {
            name: "Anna".to_owned(),
            key: public(APPROVER).fingerprint(),
        }],
        ..WaiverRules::default()
    };
    let none = Waivers {
        rules,
        active: Vec::new(),
    };
    record
        .plan
        .waivers
        .get_or_insert(none)
        .active
        .push(ActiveWaiver {
            waiver: waiver.clone(),
            bundle_sha256: sha256_hex(&bundle),
            lineage_sha256: sha256_hex(&lineage),
        });
    record.files.insert(waiver.bundle_path(), bundle);
    record.files.insert(waiver.lineage_path(), lineage);
    for evidence in &mut record.evidence {
        waive(&record.plan, evidence);
    }
}

/// A run that failed under this waiver, signed by key `seed`.
pub(crate) fn waived_by(waiver: &Waiver, seed: u8) -> Record {
    let mut record = fails();
    put(&mut record, waiver, seed);
    record
}

/// A run that failed under a waiver changed before it was approved.
pub(crate) fn approved(change: impl FnOnce(&mut Waiver)) -> Record {
    let mut waiver = waiver();
    change(&mut waiver);
    waived_by(&waiver, APPROVER)
}

/// A run that failed under a waiver that holds.
pub(crate) fn waived() -> Record {
    approved(|_| {})
}
