//! `caws verify --ledger`: a record held against a copy of the ledger.

use std::path::Path;

use caws_attest::seal::evidence_bundle_path;
use caws_evidence::Manifest;
use caws_evidence::manifest::layout;
use caws_ledger::Reader;
use caws_ledger::files::Disk;
use caws_policy::record::UNCOMMITTED;
use caws_runner::ledger::{self, LedgerError};
use caws_verify::held::{Logged, check as held};
use caws_verify::{Options, Report};

use crate::artifacts::{self, Artifacts};
use crate::error::CliError;

/// Writes into `report` what the ledger in `dir` says of the record; nothing where the record itself does not hold.
pub(super) fn check(
    artifacts: &Path,
    dir: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<(), CliError> {
    if !report.ok {
        return Ok(());
    }
    let from = Artifacts::open(artifacts)?;
    let manifest: Manifest = artifacts::document(&from, layout::MANIFEST, "manifest")?;
    let Some(origin) = ledger::origin(dir)? else {
        return Err(CliError::usage(
            format!("there is no ledger in {}", dir.display()),
            "name the directory of a log: artifacts/ledger of a clone, or what `caws ledger export` wrote",
        ));
    };
    let trust = ledger::trust(&origin, &options.sealing(&manifest.caws.finished))?;
    let reader = Reader::open(Disk::at(dir), &trust).map_err(LedgerError::from)?;
    let commitment = manifest.caws.commitment.as_ref();
    let gates = manifest.caws.gates.iter();
    let paths = commitment
        .map(|_| layout::PLAN_BUNDLE.to_owned())
        .into_iter()
        .chain(gates.map(|gate| evidence_bundle_path(&gate.gate)))
        .chain([layout::MANIFEST_BUNDLE.to_owned()]);
    let mut bundles = Vec::new();
    for path in paths {
        if let Some(bytes) = from.find(&path)? {
            bundles.push((path, bytes));
        }
    }
    if bundles.is_empty() {
        return Err(CliError::usage(
            "the record is not signed, and a ledger holds signed bundles".to_owned(),
            "sign it with `caws provenance sign`, and log it with `caws ledger append`",
        ));
    }
    let logged = Logged {
        bundles,
        commitment,
        plan_proof: from.find(layout::PLAN_PROOF)?,
        commit: (manifest.commit != UNCOMMITTED).then_some(manifest.commit.as_str()),
    };
    held(report, &logged, &reader, &trust, &options.keys);
    Ok(())
}
