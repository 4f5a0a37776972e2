//! `documents`: what a validator of specs, policies and configurations found.
//!
//! Raw output `diagnostics`: a JSON array of [`Finding`].

use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common};
use crate::model::{Basis, Finding, Severity};

/// Parameters of `documents`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// How many documents were examined.
    documents: u64,
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let raw = common::raw(raws, "diagnostics")?;
    let findings: Vec<Finding> = common::json(raw, "array of findings")?;
    let of = |severity: Severity| {
        findings.iter().fold(0, |sum, finding| {
            sum + u64::from(finding.severity == severity)
        })
    };
    Ok(Reading {
        observations: vec![
            common::count("errors", of(Severity::Error), Basis::Observed),
            common::count("warnings", of(Severity::Warning), Basis::Observed),
        ],
        examined: params.documents,
        findings,
    })
}

#[cfg(test)]
mod tests;
