//! Reads the record of a run back into a view.

use std::path::Path;

use caws_attest::Bundle;
use caws_evidence::Evidence;
use caws_evidence::Manifest;
use caws_evidence::manifest::layout;
use caws_policy::{Plan, trust_score};
use caws_report::{RunView, Seal};
use serde::de::DeserializeOwned;

use crate::error::CliError;

/// The view of the run under `dir`. The score is computed again from plan and evidence.
///
/// # Errors
/// When there is no record, or a file of it does not parse.
pub(crate) fn load(dir: &Path) -> Result<RunView, CliError> {
    let manifest: Manifest = document(dir, layout::MANIFEST, "manifest")?;
    let plan: Plan = document(dir, layout::PLAN, "plan")?;
    let mut evidence = Vec::new();
    for entry in &manifest.caws.gates {
        // The name is foreign, and becomes a path.
        if !caws_attest::seal::is_gate_name(&entry.gate) {
            return Err(CliError::Record {
                path: dir.join(layout::MANIFEST),
                expected: "manifest",
                found: format!("`{}` cannot be a gate's name", entry.gate),
            });
        }
        let path = format!(
            "{}/{}/{}",
            layout::EVIDENCE_DIR,
            entry.gate,
            layout::EVIDENCE_FILE
        );
        evidence.push(document::<Evidence>(dir, &path, "evidence record")?);
    }
    let score = trust_score(&plan, &evidence);
    // A plan without a gate that its own score rests on is the plan of a run of some gates.
    let planned = |gate: &String| plan.gates.iter().any(|entry| entry.gate == *gate);
    let partial = !plan
        .trust
        .terms
        .iter()
        .flat_map(|term| &term.gates)
        .all(planned);
    Ok(RunView {
        partial,
        score,
        seal: seal(dir)?,
        artifacts: dir.display().to_string(),
        plan,
        evidence,
        manifest,
    })
}

/// A JSON document of the record.
pub(crate) fn document<T: DeserializeOwned>(
    dir: &Path,
    path: &str,
    expected: &'static str,
) -> Result<T, CliError> {
    let at = dir.join(path);
    let bytes = match std::fs::read(&at) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(CliError::NoRecord {
                dir: dir.to_owned(),
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(CliError::file("read", &at)(error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| CliError::Record {
        path: at,
        expected,
        found: error.to_string(),
    })
}

/// Whether the manifest's bundle is there, and which key it names.
fn seal(dir: &Path) -> Result<Seal, CliError> {
    let at = dir.join(layout::MANIFEST_BUNDLE);
    let bytes = match std::fs::read(&at) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Seal::Unsigned { why: None });
        }
        Err(error) => return Err(CliError::file("read", &at)(error)),
    };
    let bundle = Bundle::parse(&bytes).map_err(|error| CliError::Record {
        path: at,
        expected: "Sigstore bundle",
        found: error.to_string(),
    })?;
    let named = bundle
        .envelope
        .signatures
        .first()
        .map(|signature| signature.keyid.clone());
    Ok(Seal::Signed {
        key: named.filter(|id| !id.is_empty()).unwrap_or(bundle.hint),
    })
}
