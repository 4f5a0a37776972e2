//! Commit, run, reveal: the plan was signed and logged first, evidence cites it, the record stands behind it.

use caws_attest::predicate::PLAN_V1;
use caws_attest::seal::{evidence_path, plan_subjects};
use caws_evidence::manifest::{LoggedPlan, layout};
use caws_evidence::{Evidence, Manifest, Severity, codes, sha256_hex};
use caws_ledger::tree::verify_consistency;
use caws_ledger::{Checkpoint, Entry, Hash, TlogProof, Trust, leaf_hash};
use caws_policy::Plan;

use crate::bundles::{self, About};
use crate::gate::file_missing;
use crate::options::Options;
use crate::report::{Findings, Problem};
use crate::store::{ReadError, Store};
use crate::trust::Signs;

/// Whether the manifest says that the plan was logged.
pub(crate) fn is_logged(manifest: &Manifest) -> bool {
    let commitment = manifest.caws.commitment.as_ref();
    commitment.is_some_and(|commitment| commitment.logged.is_some())
}

/// Checks what the manifest says about the signed plan and its place in the ledger.
pub(crate) fn check(
    store: &Store,
    manifest: &Manifest,
    plan: Option<&Plan>,
    evidence: &[Evidence],
    options: &Options,
    findings: &mut Findings,
) {
    let commitment = manifest.caws.commitment.as_ref();
    let logged = commitment.and_then(|commitment| commitment.logged.as_ref());
    cited(manifest, logged, evidence, findings);
    let Some(commitment) = commitment else { return };
    if let (Some(plan), Ok(bytes)) = (plan, store.read(layout::PLAN, options.limits.document)) {
        let subject = &plan.subject;
        let digest = sha256_hex(&bytes);
        let about = About {
            bundle: layout::PLAN_BUNDLE,
            document: layout::PLAN,
            bytes: &bytes,
            predicate_type: PLAN_V1,
            subjects: Some(plan_subjects(
                subject.commit.as_deref(),
                &subject.tree,
                &digest,
            )),
            // Whoever may sign the manifest of a run may sign what it begins with.
            signs: Signs::Manifest,
            gate: None,
            at: &manifest.caws.started,
            missing: Some(Severity::Error),
        };
        bundles::check(&about, store, options, findings);
    }
    let Some(logged) = logged else {
        let why = commitment.not_logged.clone().unwrap_or_default();
        return not_logged(layout::PLAN_BUNDLE, why, findings);
    };
    let place = Place {
        store,
        manifest,
        logged,
        options,
    };
    let Some(first) = place.plan(findings) else {
        return;
    };
    place.manifest(&first, findings);
}

/// Evidence of this run cites the leaf of its plan; what the cache answered cites an earlier one.
fn cited(
    manifest: &Manifest,
    logged: Option<&LoggedPlan>,
    evidence: &[Evidence],
    findings: &mut Findings,
) {
    let expected = logged.map(|logged| &logged.leaf);
    for (entry, record) in manifest.caws.gates.iter().zip(evidence) {
        if entry.cached || record.plan_leaf.as_ref() == expected {
            continue;
        }
        let said = |leaf: Option<&String>| {
            leaf.map_or("no leaf".to_owned(), |leaf| format!("leaf {leaf}"))
        };
        findings.error(Problem {
            code: codes::PLAN_MISMATCH,
            path: &evidence_path(&record.gate),
            message: format!(
                "gate `{}` cites another logged plan than the run's",
                record.gate
            ),
            expected: said(expected),
            found: said(record.plan_leaf.as_ref()),
            help: "the gate was not measured after this plan was logged; do not rely on its order",
        });
    }
}

fn not_logged(path: &str, why: String, findings: &mut Findings) {
    findings.add(
        Severity::Warning,
        Problem {
            code: codes::PLAN_NOT_LOGGED,
            path,
            message: "nothing shows that the plan stood before the measurements".to_owned(),
            expected: "the plan in a ledger before the run, and the record behind it".to_owned(),
            found: why,
            help: "give the run a key for checkpoints (CAWS_LEDGER_KEY); `caws ledger append` logs a record later",
        },
    );
}

struct Place<'a> {
    store: &'a Store<'a>,
    manifest: &'a Manifest,
    logged: &'a LoggedPlan,
    options: &'a Options,
}

impl Place<'_> {
    /// The plan's proof; gives the checkpoint it was sealed under.
    fn plan(&self, findings: &mut Findings) -> Option<Checkpoint> {
        let proof = match self
            .store
            .read(layout::PLAN_PROOF, self.options.limits.document)
        {
            Ok(bytes) => bytes,
            Err(error) => {
                file_missing(layout::PLAN_PROOF, &error.to_string(), findings);
                return None;
            }
        };
        let held = self
            .leaf(layout::PLAN_BUNDLE)
            .and_then(|leaf| Ok((self.proved(&proof, &leaf)?, leaf)))
            .and_then(|((proof, checkpoint), leaf)| {
                let found = (proof.index, leaf_hash(&leaf).to_hex());
                let expected = (self.logged.index, self.logged.leaf.clone());
                if found == expected && proof.extra.is_none() {
                    return Ok(checkpoint);
                }
                Err(format!("leaf {} at {}", found.1, found.0))
            });
        let expected = format!("leaf {} at {}", self.logged.leaf, self.logged.index);
        held.map_err(|found| wrong(layout::PLAN_PROOF, expected, found, findings))
            .ok()
    }

    /// The manifest's proof: behind the plan, in a log that continues the one the plan was sealed in.
    fn manifest(&self, first: &Checkpoint, findings: &mut Findings) {
        let bytes = match self
            .store
            .read(layout::MANIFEST_PROOF, self.options.limits.document)
        {
            Ok(bytes) => bytes,
            Err(ReadError::Missing) => {
                let found = "the plan alone is in the ledger".to_owned();
                return not_logged(layout::MANIFEST_PROOF, found, findings);
            }
            Err(error) => {
                return file_missing(layout::MANIFEST_PROOF, &error.to_string(), findings);
            }
        };
        let held = self
            .leaf(layout::MANIFEST_BUNDLE)
            .and_then(|leaf| self.proved(&bytes, &leaf))
            .and_then(|(proof, last)| {
                if proof.index <= self.logged.index {
                    return Err(format!("the manifest at {}", proof.index));
                }
                let extra = proof.extra.unwrap_or_default();
                let (hashes, rest) = extra.as_chunks::<32>();
                if !rest.is_empty() {
                    return Err("extra bytes that are no hashes".to_owned());
                }
                let hashes: Vec<Hash> = hashes.iter().copied().map(Hash).collect();
                verify_consistency(first.size, &first.root, last.size, &last.root, &hashes)
                    .map_err(|error| error.to_string())
            });
        if let Err(found) = held {
            let expected = format!(
                "the manifest behind leaf {}, in a log that continues the first {} leaves",
                self.logged.index, first.size
            );
            wrong(layout::MANIFEST_PROOF, expected, found, findings);
        }
    }

    /// The leaf that a bundle of the record is.
    fn leaf(&self, path: &str) -> Result<Vec<u8>, String> {
        let bytes = self
            .store
            .read(path, self.options.limits.document)
            .map_err(|error| format!("{path}: {error}"))?;
        Entry::of_bundle(&bytes, &self.options.keys, self.manifest.commit_id())
            .map_err(|error| format!("{path}: {error}"))?
            .to_leaf()
            .map_err(|error| error.to_string())
    }

    fn proved(&self, bytes: &[u8], leaf: &[u8]) -> Result<(TlogProof, Checkpoint), String> {
        let proof = TlogProof::parse(bytes).map_err(|error| error.to_string())?;
        let trust = self.trust()?;
        let verified = proof
            .verify(leaf, &trust)
            .map_err(|error| error.to_string())?;
        Ok((proof, verified.checkpoint))
    }

    /// The Ed25519 keys that may sign checkpoints, as keys of that log.
    fn trust(&self) -> Result<Trust, String> {
        let keys = self.options.sealing(&self.manifest.caws.finished);
        Trust::of_keys(&self.logged.origin, &keys).map_err(|error| error.to_string())
    }
}

fn wrong(path: &str, expected: String, found: String, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::LEDGER_PROOF,
        path,
        message: "the proof does not show what the record says of the ledger".to_owned(),
        expected,
        found,
        help: "ask the ledger itself (`caws ledger prove`); without a proof nothing shows the order",
    });
}
