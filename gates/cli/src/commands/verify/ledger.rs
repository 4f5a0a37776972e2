//! `caws verify --ledger`: a record held against a copy of the ledger.

use std::path::Path;

use caws_attest::seal::evidence_bundle_path;
use caws_evidence::manifest::layout;
use caws_ledger::Reader;
use caws_ledger::files::Disk;
use caws_runner::ledger::{self, LedgerError};
use caws_verify::held::{Logged, check as held};
use caws_verify::{Options, Report};

use crate::artifacts::Opened;
use crate::error::CliError;

/// Writes into `report` what the ledger in `dir` says of a record that holds.
pub(super) fn check(
    record: &Opened,
    dir: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<(), CliError> {
    let from = record.artifacts();
    let manifest = &record.view()?.manifest;
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
        commit: manifest.commit_id(),
    };
    held(report, &logged, &reader, &trust, &options.keys);
    Ok(())
}
