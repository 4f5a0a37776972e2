//! From raw outputs to observations: one pure function for the runner and for the verifier.

mod cargo_mutants;
mod checks;
mod cobertura;
mod common;
mod contracts;
mod coverage;
mod documents;
mod flakes;
mod glob;
mod junit;
mod lcov;
mod llvm_cov;
mod mutation;
mod mutmut;
mod sarif;
mod stryker;
mod xml;

use serde_json::Value;

use crate::model::{Finding, Observation, Step};

/// A raw output in memory.
#[derive(Debug, Clone)]
pub struct Raw {
    /// What it is to the method.
    pub role: String,
    /// File name it had or has, for messages.
    pub name: String,
    /// Content, uncompressed.
    pub bytes: Vec<u8>,
}

/// What a method found in the raw outputs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The numbers.
    pub observations: Vec<Observation>,
    /// How many things were examined (tests, mutants, cases, trials); 0 makes the gate vacuous.
    pub examined: u64,
    /// What a person should know: failing tests, surviving mutants, violations, with places.
    pub findings: Vec<Finding>,
}

/// Why there is no reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// A required raw output or number does not exist: the gate is unmeasured.
    #[error("{what} does not exist: {why}")]
    Missing {
        /// What is missing.
        what: String,
        /// Why, and what to do.
        why: String,
    },
    /// A raw output is not what it should be: the gate is in error.
    #[error("{name} is not a valid {expected}: {found}")]
    Malformed {
        /// The raw output.
        name: String,
        /// What it should be.
        expected: String,
        /// What was found, and where.
        found: String,
    },
    /// The plan names a method this version does not know: the gate is in error.
    #[error("unknown measuring method `{0}`")]
    UnknownMethod(String),
}

/// Reads the raw outputs of a gate by its method.
///
/// `params` are the plan's settings for the gate, fixed before it ran; `steps` are the commands
/// the runner recorded, whose exit statuses are themselves measurements.
///
/// # Errors
/// [`MeasureError`] says whether the number is missing or the report is broken.
pub fn measure(
    method: &str,
    params: &Value,
    raw: &[Raw],
    steps: &[Step],
) -> Result<Reading, MeasureError> {
    match method {
        "cargo-mutants" => cargo_mutants::read(raw),
        "checks" => checks::read(params, steps),
        "cobertura" => cobertura::read(params, raw),
        "contracts" => contracts::read(params, raw),
        "documents" => documents::read(params, raw),
        "flakes" => flakes::read(raw),
        "lcov" => lcov::read(params, raw),
        "llvm-cov" => llvm_cov::read(params, raw),
        "mutmut" => mutmut::read(raw),
        "sarif" => sarif::read(raw),
        "stryker" => stryker::read(raw),
        _ => Err(MeasureError::UnknownMethod(method.to_owned())),
    }
}
