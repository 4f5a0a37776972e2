//! Commit, run, reveal: the plan is signed and logged before anything runs, the record behind it.

use std::path::Path;

use caws_attest::seal::{evidence_bundle_path, seal_plan};
use caws_attest::{PublicKey, SecretKey};
use caws_evidence::manifest::{Commitment, LoggedPlan, layout};
use caws_evidence::{Manifest, sha256_hex};
use caws_ledger::{Checkpoint, Entry, Note, TlogProof, leaf_hash};
use caws_policy::Plan;

use crate::error::RunError;
use crate::host::Host;
use crate::ledger::{self, LedgerError, Log};
use crate::project::{Options, Project};
use crate::record;
use crate::seal::Signer;

/// Whether a run is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// Nobody signed, so there is nothing to log.
    Unsigned,
    /// The plan stood there before anything ran, and the record stands behind it.
    Yes {
        /// Which ledger.
        origin: String,
        /// Index of the plan.
        plan: u64,
        /// Index of the manifest.
        manifest: u64,
    },
    /// Something of it is not there.
    No {
        /// What, why, and what to do.
        why: String,
    },
}

/// A plan that was signed, and the log it went into.
pub(crate) struct Committed {
    pub(crate) commitment: Option<Commitment>,
    log: Option<(Log, Vec<PublicKey>)>,
}

impl Committed {
    /// The leaf that evidence cites.
    pub(crate) fn leaf(&self) -> Option<String> {
        let logged = self.commitment.as_ref()?.logged.as_ref()?;
        Some(logged.leaf.clone())
    }

    /// Logs the signed record behind the plan. What fails here costs the run nothing but this proof.
    pub(crate) fn finish(
        &self,
        project: &Project,
        options: &Options,
        artifacts: &Path,
        manifest: &Manifest,
    ) -> Logged {
        let Some(commitment) = &self.commitment else {
            return Logged::Unsigned;
        };
        let (Some(logged), Some((log, keys))) = (&commitment.logged, &self.log) else {
            let why = commitment.not_logged.clone().unwrap_or_default();
            return Logged::No {
                why: format!("the plan was not logged before the run: {why}"),
            };
        };
        match behind(log, keys, project, options, artifacts, manifest) {
            Ok(index) => Logged::Yes {
                origin: logged.origin.clone(),
                plan: logged.index,
                manifest: index,
            },
            Err(why) => Logged::No {
                why: format!(
                    "the plan is leaf {} of {}, and the record behind it was not logged: {why}; `caws ledger append` tries again",
                    logged.index, logged.origin
                ),
            },
        }
    }
}

fn behind(
    log: &Log,
    keys: &[PublicKey],
    project: &Project,
    options: &Options,
    artifacts: &Path,
    manifest: &Manifest,
) -> Result<u64, String> {
    let gates = manifest.caws.gates.iter();
    let bundles = gates.map(|entry| evidence_bundle_path(&entry.gate));
    let mut leaves = Vec::new();
    for path in bundles.chain([layout::MANIFEST_BUNDLE.to_owned()]) {
        let bytes = std::fs::read(artifacts.join(&path)).map_err(|e| format!("{path}: {e}"))?;
        let entry =
            Entry::of_bundle(&bytes, keys, manifest.commit_id()).map_err(|e| e.to_string())?;
        leaves.push(entry.to_leaf().map_err(|e| e.to_string())?);
    }
    let said = |error: LedgerError| error.to_string();
    let appended = log
        .append(&leaves, &project.root, &project.host, options.offline)
        .map_err(said)?;
    let index = *appended.indexes.last().ok_or("nothing was appended")?;
    follow(log, artifacts, index).map_err(said)?;
    Ok(index)
}

/// Writes the proof that the manifest, leaf `index`, stands behind the plan, in a log that continues the one of the plan's proof.
///
/// # Errors
/// [`LedgerError`]: the plan's proof cannot be read, the log does not continue it, or the file cannot be written.
pub fn follow(log: &Log, artifacts: &Path, index: u64) -> Result<(), LedgerError> {
    let path = artifacts.join(layout::PLAN_PROOF);
    let bytes = std::fs::read(&path).map_err(|error| LedgerError::File {
        path: path.clone(),
        error,
    })?;
    let size = size_of(&bytes).map_err(|why| LedgerError::Proof { path, why })?;
    let proof = log.prove(index, Some(size))?;
    let path = artifacts.join(layout::MANIFEST_PROOF);
    record::keep(&path, &proof.to_bytes()).map_err(|error| LedgerError::Proof {
        path,
        why: error.to_string(),
    })
}

/// Leaves of the log when a proof was made.
fn size_of(proof: &[u8]) -> Result<u64, String> {
    let proof = TlogProof::parse(proof).map_err(|error| error.to_string())?;
    let note = Note::parse(&proof.checkpoint).map_err(|error| error.to_string())?;
    let checkpoint = Checkpoint::parse_text(&note.text).map_err(|error| error.to_string())?;
    Ok(checkpoint.size)
}

/// Signs the plan and logs it, where there is a key. A log that does not take it is no reason not to
/// measure: the record says that it was not logged, and why.
pub(crate) fn plan(
    project: &Project,
    options: &Options,
    artifacts: &Path,
    plan: &Plan,
    bytes: &[u8],
    signer: &Signer,
) -> Result<Committed, RunError> {
    let Signer::Key(key) = signer else {
        return Ok(Committed {
            commitment: None,
            log: None,
        });
    };
    let subject = &plan.subject;
    let bundle = seal_plan(bytes, subject.commit.as_deref(), &subject.tree, key)
        .map_err(|error| RunError::Key(error.to_string()))?;
    record::keep(&artifacts.join(layout::PLAN_BUNDLE), &bundle)?;
    let mut commitment = Commitment {
        bundle_sha256: sha256_hex(&bundle),
        logged: None,
        not_logged: None,
    };
    let mut log = None;
    match logged(project, options, artifacts, plan, &bundle, key) {
        Ok((place, opened, keys)) => {
            commitment.logged = Some(place);
            log = Some((opened, keys));
        }
        Err(why) => commitment.not_logged = Some(why),
    }
    Ok(Committed {
        commitment: Some(commitment),
        log,
    })
}

fn logged(
    project: &Project,
    options: &Options,
    artifacts: &Path,
    plan: &Plan,
    bundle: &[u8],
    key: &SecretKey,
) -> Result<(LoggedPlan, Log, Vec<PublicKey>), String> {
    let said = |error: LedgerError| error.to_string();
    let host = &project.host;
    let id = || Ok(project.spec.id.clone());
    let (log, keys) = open(&project.root, host, artifacts, key, id)?;
    let origin = log.origin().to_owned();
    let entry = Entry::of_bundle(bundle, &keys, plan.subject.commit.as_deref())
        .map_err(|error| error.to_string())?;
    let leaf = entry.to_leaf().map_err(|error| error.to_string())?;
    let hash = leaf_hash(&leaf).to_hex();
    let appended = log
        .append(&[leaf], &project.root, host, options.offline)
        .map_err(said)?;
    let index = *appended.indexes.first().ok_or("nothing was appended")?;
    let proof = log.prove(index, None).map_err(said)?.to_bytes();
    record::keep(&artifacts.join(layout::PLAN_PROOF), &proof).map_err(|error| error.to_string())?;
    Ok((
        LoggedPlan {
            origin,
            index,
            leaf: hash,
            proof_sha256: sha256_hex(&proof),
        },
        log,
        keys,
    ))
}

/// The log of a project, to be written, and whose signatures may enter it; `spec_id` names one that is not there yet.
pub(crate) fn open(
    root: &Path,
    host: &Host,
    artifacts: &Path,
    key: &SecretKey,
    spec_id: impl FnOnce() -> Result<String, String>,
) -> Result<(Log, Vec<PublicKey>), String> {
    let said = |error: LedgerError| error.to_string();
    let sealing = ledger::key(host, Some(key)).map_err(said)?;
    let directory = artifacts.join(ledger::DIRECTORY);
    let origin = match ledger::origin(&directory).map_err(said)? {
        Some(origin) => origin,
        None => ledger::default_origin(&spec_id()?),
    };
    let mut keys = ledger::trusted(root)?;
    let log = Log::new(&directory, &origin, &sealing, &keys).map_err(said)?;
    keys.push(key.public().map_err(|error| error.to_string())?);
    Ok((log, keys))
}
