//! A record held against a ledger that the auditor has: a clone of the log, or an export of it.

use std::collections::{BTreeMap, BTreeSet};

use caws_attest::PublicKey;
use caws_evidence::codes;
use caws_evidence::manifest::{Commitment, layout};
use caws_ledger::files::Files;
use caws_ledger::{Checkpoint, Entry, Hash, Reader, TlogProof, Trust, leaf_hash};
use serde::{Deserialize, Serialize};

use crate::report::{Findings, Problem, Report};

/// What the ledger says of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which ledger.
    pub origin: String,
    /// Its leaves.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
    /// Bundles of the record that stand in it.
    pub found: usize,
    /// Bundles of the record.
    pub bundles: usize,
}

/// The part of a record that a ledger knows.
#[derive(Debug, Clone)]
pub struct Logged<'a> {
    /// The signed bundles, by their paths.
    pub bundles: Vec<(String, Vec<u8>)>,
    /// What the manifest says of the plan.
    pub commitment: Option<&'a Commitment>,
    /// The proof of the plan, where there is one.
    pub plan_proof: Option<Vec<u8>>,
    /// The commit of the run, as leaves name it.
    pub commit: Option<&'a str>,
}

/// Checks that every bundle is a leaf of the ledger, that the plan stands where the manifest says and before the manifest, and that the
/// ledger continues the one the plan was sealed in: made anew, it would not. What is found goes into `report`.
pub fn check<F: Files>(
    report: &mut Report,
    logged: &Logged<'_>,
    ledger: &Reader<F>,
    trust: &Trust,
    keys: &[PublicKey],
) {
    let mut findings = Findings::of(std::mem::take(&mut report.findings));
    let indexes = indexes(logged, ledger, trust, keys, &mut findings);
    if let Some(plan) = logged.commitment.and_then(|said| said.logged.as_ref()) {
        let found = indexes.get(layout::PLAN_BUNDLE);
        if found.is_some_and(|index| *index != plan.index) {
            wrong(
                layout::PLAN_BUNDLE,
                "the ledger has the plan at another place than the manifest says",
                format!("leaf {}", plan.index),
                found.map_or_else(String::new, |index| format!("leaf {index}")),
                &mut findings,
            );
        }
        let behind = indexes.get(layout::MANIFEST_BUNDLE);
        if let (Some(plan), Some(manifest)) = (found, behind)
            && manifest <= plan
        {
            wrong(
                layout::MANIFEST_BUNDLE,
                "the record stands in the ledger before its plan",
                format!("a leaf behind {plan}"),
                format!("leaf {manifest}"),
                &mut findings,
            );
        }
        if let Some(proof) = &logged.plan_proof {
            continues(proof, ledger, trust, &mut findings);
        }
    }
    let checkpoint = ledger.checkpoint();
    report.ledger = Some(Held {
        origin: checkpoint.origin.clone(),
        size: checkpoint.size,
        root: checkpoint.root.to_string(),
        found: indexes.len(),
        bundles: logged.bundles.len(),
    });
    report.ok &= !findings.any_error();
    report.findings = findings.into_list();
}

/// Where each bundle stands; one that does not is a finding.
fn indexes<'a, F: Files>(
    logged: &'a Logged<'_>,
    ledger: &Reader<F>,
    trust: &Trust,
    keys: &[PublicKey],
    findings: &mut Findings,
) -> BTreeMap<&'a str, u64> {
    let mut leaves: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (path, bytes) in &logged.bundles {
        let leaf = Entry::of_bundle(bytes, keys, logged.commit)
            .map_err(|error| error.to_string())
            .and_then(|entry| entry.to_leaf().map_err(|error| error.to_string()));
        match leaf {
            Ok(leaf) => {
                leaves.insert(path, leaf);
            }
            Err(found) => wrong(
                path,
                "the bundle is no leaf of any ledger",
                "a bundle with one signature by a trusted key".to_owned(),
                found,
                findings,
            ),
        }
    }
    let mut places: BTreeMap<Hash, u64> = BTreeMap::new();
    let wanted: BTreeSet<Hash> = leaves.values().map(|leaf| leaf_hash(leaf)).collect();
    let seen = ledger.each_hash(0, |index, hash| {
        if wanted.contains(&hash) {
            places.entry(hash).or_insert(index);
        }
    });
    if let Err(error) = seen {
        wrong(
            "ledger",
            "the ledger cannot be read",
            "a whole log".to_owned(),
            error.to_string(),
            findings,
        );
    }
    let mut found = BTreeMap::new();
    for (path, leaf) in &leaves {
        // A tile is only what its root makes of it.
        let proved = places
            .get(&leaf_hash(leaf))
            .ok_or_else(|| format!("none of its {} leaves", ledger.checkpoint().size))
            .and_then(|index| {
                let proof = ledger.prove(*index).map_err(|error| error.to_string())?;
                let verified = proof.verify(leaf, trust);
                verified.map(|_| *index).map_err(|error| error.to_string())
            });
        match proved {
            Ok(index) => {
                found.insert(*path, index);
            }
            Err(why) => wrong(
                path,
                "the bundle does not stand in the ledger",
                format!(
                    "leaf {} in {}",
                    leaf_hash(leaf).to_hex(),
                    ledger.checkpoint().origin
                ),
                why,
                findings,
            ),
        }
    }
    found
}

/// Whether the ledger goes on where the one of the plan's proof ended.
fn continues<F: Files>(proof: &[u8], ledger: &Reader<F>, trust: &Trust, findings: &mut Findings) {
    let held = || -> Result<Checkpoint, String> {
        let proof = TlogProof::parse(proof).map_err(|error| error.to_string())?;
        let verified = Checkpoint::verify(&proof.checkpoint, trust);
        Ok(verified.map_err(|error| error.to_string())?.checkpoint)
    };
    let size = ledger.checkpoint().size;
    let (expected, found) = match held() {
        Ok(held) if size < held.size => {
            return wrong(
                layout::PLAN_PROOF,
                "the ledger is older than the plan",
                format!("at least {} leaves", held.size),
                format!("{size} leaves"),
                findings,
            );
        }
        Ok(held) => match ledger.root(held.size) {
            Ok(root) if root == held.root => return,
            Ok(root) => (
                format!("root {} over the first {} leaves", held.root, held.size),
                format!("root {root}"),
            ),
            Err(error) => (
                format!("root {} over the first {} leaves", held.root, held.size),
                error.to_string(),
            ),
        },
        Err(error) => ("a checkpoint of this ledger".to_owned(), error),
    };
    findings.error(Problem {
        code: codes::LEDGER_DIVERGED,
        path: layout::PLAN_PROOF,
        message: "the ledger does not continue the one the plan was sealed in".to_owned(),
        expected,
        found,
        help: "keep the record and the ledger: together they prove that one log was given two histories, or was set back",
    });
}

fn wrong(path: &str, message: &str, expected: String, found: String, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::LEDGER_PROOF,
        path,
        message: message.to_owned(),
        expected,
        found,
        help: "bring the ledger up to date (`caws ledger sync`), and ask whoever keeps it why the record is not there",
    });
}
