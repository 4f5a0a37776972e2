//! From raw outputs to observations: one pure function for the runner and for the verifier.
//!
//! A method is a name, a reader (one file each) and a contract: which raw outputs it wants by role,
//! which parameters, which observations it gives. The first lines of each reader say so; parameters
//! are refused when they hold a key the method does not know. An observation that the raw outputs
//! do not support is absent: never zero, never a default.

pub mod acceptance;
mod audio;
mod cargo_mutants;
mod checks;
mod cobertura;
mod common;
mod contracts;
mod coverage;
mod documents;
mod flakes;
pub(crate) mod glob;
pub mod integrity;
mod junit;
mod lcov;
mod llvm_cov;
mod mutation;
mod mutmut;
mod parts;
mod performance;
pub mod rego;
mod sarif;
pub mod scope;
mod stryker;
mod xml;

use serde_json::Value;

pub use parts::{Part, PartReading, measure_parts};

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
/// | method | raw outputs (roles) | parameters | observations |
/// |---|---|---|---|
/// | `acceptance` | test results, `FORMAT/NAME`; results of benchmarks, `bench/RUN` | `spec`, `id`, `criteria`, `budgets` | `criteria_proved`, `criteria_failed`, `criteria_not_run`, `criteria_uncited`, `tests_citing`, `tests_run` |
/// | `checks` | none; the steps | `help {step: text}` | `checks_failed` |
/// | `documents` | `diagnostics` | `documents` | `errors`, `warnings` |
/// | `llvm-cov`, `cobertura`, `lcov` | `coverage`, `tests` | `exclude [{path, reason}]`, `root`, `components [{id, paths}]` | `branch_coverage`, `region_coverage` (llvm-cov), `line_coverage`, `tests_run`, `tests_failed` |
/// | `cargo-mutants` | `mutants` | `components [{id, paths}]` | `mutation_score`, `caught`, `missed`, `timeout`, `unviable`, `failures`, `population` |
/// | `stryker`, `mutmut` | `report` | `components [{id, paths}]` (`stryker`) | `mutation_score`, `caught`, `missed`, `timeout`, ..., `population` |
/// | `contracts` | one JUnit per contract, by name | `contracts [{name, path, role, operations}]` | `contracts_passed`, `contract_cases`, `contract_failures` |
/// | `performance` | one result per run, by name | none | `RUN.ttfa_p95`, `.rtf_p95`, `.failed_trials`, `.underruns`, `.out_of_order`, `.memory_envelope`, `.drift` |
/// | `audio` | one per clip | `clips`, `target`, `tolerance`, `true_peak` | `loudness_deviation_max`, `true_peak_max`, `clips_silent`, `clips`, `CLIP.loudness`, `CLIP.true_peak` |
/// | `flakes` | `run-1`, `run-2`, ... | none | `flake_rate`, `tests_always_failing`, `tests_run` |
/// | `integrity` | `changes` | `tier`, `policy`, `spec`, `config`, `base`, `packages` | `guards_loosened`, `guards_unjudged`, `tests_removed`, `tests_ignored`, `assertions_lost`, `suppressions_added`, `guards_unread` |
/// | `rego` | `input`, `data`, each policy by its path | `policies [{path, sha256}]`, `data` | `denied`, `warned`, `excepted`, `rules` |
/// | `scope` | `changes` | `spec`, `base`, `scope`, `agreed`, `budget`, `submodules` | `files_out_of_scope`, `files_newly_in_scope`, `files_changed`, `lines_changed`, ... |
/// | `sarif` | `report` | none | `errors`, `warnings`, `notes`, `suppressed` |
///
/// Where `components` are named, each number is also counted for the files of each of them, as `ID.NAME`; what there is
/// nothing of in its files is absent.
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
    let mut reading = match method {
        "acceptance" => acceptance::read(params, raw),
        "audio" => audio::read(params, raw),
        "cargo-mutants" => cargo_mutants::read(raw),
        "checks" => checks::read(params, steps),
        "cobertura" => cobertura::read(params, raw),
        "contracts" => contracts::read(params, raw, steps),
        "documents" => documents::read(params, raw),
        "flakes" => flakes::read(raw),
        "integrity" => integrity::read(params, raw),
        "lcov" => lcov::read(params, raw),
        "llvm-cov" => llvm_cov::read(params, raw),
        "mutmut" => mutmut::read(raw),
        "performance" => performance::read(raw),
        "rego" => rego::read(params, raw),
        "sarif" => sarif::read(raw),
        "scope" => scope::read(params, raw),
        "stryker" => stryker::read(raw),
        _ => Err(MeasureError::UnknownMethod(method.to_owned())),
    }?;
    if reading.examined > 0 {
        let components = parts::mutation_of_components(method, params, raw)?;
        reading.observations.extend(components);
    }
    Ok(reading)
}

#[cfg(test)]
mod tests;
