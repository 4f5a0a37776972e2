//! The manifest of a run, from its plan and its evidence.
//!
//! Nothing in a manifest comes from anywhere else but four facts about the run ([`Run`]), so the
//! verifier builds it again and compares.

use std::collections::{BTreeMap, BTreeSet};

use caws_evidence::manifest::{
    Attestations, Commitment, GateEntry, MANIFEST_SCHEMA_VERSION, Record, TrustClaim, layout,
};
use caws_evidence::{
    Evidence, FileDigest, Manifest, Measurement, Verdict, canonical_json, sha256_hex,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::plan::{GatePlan, Plan, Term};
use crate::score::{counts, trust_score};

pub use caws_evidence::manifest::UNCOMMITTED;

/// What a manifest says of its run that neither plan nor evidence holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Who produced it: `caws VERSION`.
    pub agent: String,
    /// When the run began, RFC 3339 UTC.
    pub started: String,
    /// When it ended, RFC 3339 UTC.
    pub finished: String,
    /// Gates the cache answered.
    pub cached: BTreeSet<String>,
    /// The plan as it was signed and logged before the run.
    pub commitment: Option<Commitment>,
}

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A gate that applies left nothing, or more than one record.
    #[error("expected one evidence record of gate `{gate}`, found {found}")]
    Evidence {
        /// The gate.
        gate: String,
        /// How many records there are.
        found: usize,
    },
    /// A record of a gate the plan does not run.
    #[error("expected evidence of gates of the plan only, found a record of `{0}`")]
    NotPlanned(String),
    /// Something does not serialise.
    #[error("the record cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// SHA-256 of the canonical JSON of a gate's plan, which its evidence cites.
///
/// # Errors
/// When the plan does not serialise.
pub fn gate_plan_sha256(plan: &GatePlan) -> serde_json::Result<String> {
    digest_of(plan)
}

/// Builds the manifest of a run.
///
/// # Errors
/// [`RecordError`] when plan and evidence do not belong together.
pub fn manifest(plan: &Plan, evidence: &[Evidence], run: &Run) -> Result<Manifest, RecordError> {
    let ordered = in_plan_order(plan, evidence)?;
    let mut gates = Vec::with_capacity(ordered.len());
    let mut files = BTreeMap::from([(layout::PLAN.to_owned(), digest_of(plan)?)]);
    if let Some(commitment) = &run.commitment {
        files.insert(
            layout::PLAN_BUNDLE.to_owned(),
            commitment.bundle_sha256.clone(),
        );
        if let Some(logged) = &commitment.logged {
            files.insert(layout::PLAN_PROOF.to_owned(), logged.proof_sha256.clone());
        }
    }
    for active in plan.waivers.iter().flat_map(|waivers| &waivers.active) {
        let (bundle, lineage) = (&active.bundle_sha256, &active.lineage_sha256);
        files.insert(active.waiver.bundle_path(), bundle.clone());
        files.insert(active.waiver.lineage_path(), lineage.clone());
    }
    for record in &ordered {
        let sha256 = digest_of(record)?;
        let directory = format!("{}/{}", layout::EVIDENCE_DIR, record.gate);
        files.insert(
            format!("{directory}/{}", layout::EVIDENCE_FILE),
            sha256.clone(),
        );
        for output in &record.outputs {
            files.insert(
                format!("{directory}/{}", output.path),
                output.sha256.clone(),
            );
        }
        gates.push(GateEntry {
            gate: record.gate.clone(),
            verdict: record.verdict,
            evidence_sha256: sha256,
            measured: record.finished.clone(),
            cached: run.cached.contains(&record.gate),
        });
    }
    let files: Vec<FileDigest> = files
        .into_iter()
        .map(|(path, sha256)| FileDigest { path, sha256 })
        .collect();
    let inputs: BTreeMap<&str, &[FileDigest]> = ordered
        .iter()
        .map(|record| (record.gate.as_str(), record.inputs.as_slice()))
        .collect();
    let trust = trust_score(plan, evidence);
    Ok(Manifest {
        agent: run.agent.clone(),
        model: "deterministic".to_owned(),
        commit: plan
            .subject
            .commit
            .clone()
            .unwrap_or_else(|| UNCOMMITTED.to_owned()),
        artifacts: files.iter().map(|file| file.path.clone()).collect(),
        results: results(plan, evidence),
        approvals: Vec::new(),
        attestations: Attestations {
            inputs_sha256: digest_of(&inputs)?,
            artifacts_sha256: digest_of(&files)?,
        },
        caws: Record {
            schema_version: MANIFEST_SCHEMA_VERSION,
            tree: plan.subject.tree.clone(),
            dirty: plan.subject.dirty,
            started: run.started.clone(),
            finished: run.finished.clone(),
            plan_sha256: digest_of(plan)?,
            commitment: run.commitment.clone(),
            gates,
            files,
            trust: TrustClaim {
                score: trust.score,
                threshold: trust.threshold,
                passed: trust.passed,
            },
        },
    })
}

fn digest_of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    Ok(sha256_hex(&canonical_json(value)?))
}

/// One record for each gate that applies, in plan order.
fn in_plan_order<'e>(
    plan: &Plan,
    evidence: &'e [Evidence],
) -> Result<Vec<&'e Evidence>, RecordError> {
    let applying = || plan.gates.iter().filter(|gate| gate.applies);
    if let Some(stray) = evidence
        .iter()
        .find(|e| applying().all(|gate| gate.gate != e.gate))
    {
        return Err(RecordError::NotPlanned(stray.gate.clone()));
    }
    applying()
        .map(|gate| {
            let found: Vec<&Evidence> = evidence.iter().filter(|e| e.gate == gate.gate).collect();
            match found.as_slice() {
                [one] => Ok(*one),
                _ => Err(RecordError::Evidence {
                    gate: gate.gate.clone(),
                    found: found.len(),
                }),
            }
        })
        .collect()
}

/// The result fields of the published provenance schema.
///
/// A number counts only from a gate that passed, failed, or failed and is waived; of a gate that is vacuous,
/// unmeasured or in error, and of a gate that does not apply, the fields are absent.
#[must_use]
pub fn results(plan: &Plan, evidence: &[Evidence]) -> Map<String, Value> {
    let mut results = Map::new();
    let of_plan = |e: &&Evidence| plan.gates.iter().find(|gate| gate.gate == e.gate);
    let measured: Vec<&Evidence> = evidence
        .iter()
        .filter(|e| of_plan(e).is_some_and(|gate| counts(gate, e)))
        .collect();
    for name in ["branch_coverage", "line_coverage"] {
        if let Some(found) = of_term(plan, &measured, Term::Coverage, name) {
            let metric = name.trim_end_matches("_coverage");
            let mut coverage = json!({ "metric": metric, "value": found.observation.value });
            if let (Some(ratio), Some(map)) = (found.observation.ratio, coverage.as_object_mut()) {
                map.insert("covered".to_owned(), ratio.numerator.into());
                map.insert("total".to_owned(), ratio.denominator.into());
            }
            results.insert("coverage".to_owned(), coverage);
            break;
        }
    }
    if let Some(found) = of_term(plan, &measured, Term::Mutation, "mutation_score") {
        results.insert("mutation_score".to_owned(), json!(found.observation.value));
    }
    if let Some(count) = tests_passed(&measured) {
        results.insert("tests_passed".to_owned(), count.into());
    }
    let contracts = contracts(plan, &measured);
    if !contracts.is_empty() {
        results.insert("contracts".to_owned(), Value::Object(contracts));
    }
    if let Some(pass) = of_gates(plan, &measured, Term::Accessibility)
        .map(passed)
        .reduce(all)
    {
        results.insert("a11y".to_owned(), if pass { "pass" } else { "fail" }.into());
    }
    if let Some(pass) = of_gates(plan, &measured, Term::Performance)
        .map(passed)
        .reduce(all)
    {
        let mut perf = Map::from_iter([("overall_success".to_owned(), pass.into())]);
        for record in of_gates(plan, &measured, Term::Performance) {
            for found in record.measurements.iter().filter(|m| m.threshold.is_some()) {
                perf.insert(
                    found.observation.name.clone(),
                    json!(found.observation.value),
                );
            }
        }
        results.insert("perf".to_owned(), Value::Object(perf));
    }
    if let Some(found) = of_term(plan, &measured, Term::Flakes, "flake_rate") {
        results.insert("flake_rate".to_owned(), json!(found.observation.value));
    }
    let verdicts: Map<String, Value> = evidence
        .iter()
        .map(|e| (e.gate.clone(), json!(e.verdict)))
        .collect();
    results.insert("verdicts".to_owned(), Value::Object(verdicts));
    results.insert(
        "trust_score".to_owned(),
        trust_score(plan, evidence).score.into(),
    );
    results
}

fn passed(record: &Evidence) -> bool {
    record.verdict == Verdict::Pass
}

fn all(left: bool, right: bool) -> bool {
    left && right
}

fn of_gates<'e>(
    plan: &Plan,
    evidence: &[&'e Evidence],
    term: Term,
) -> impl Iterator<Item = &'e Evidence> {
    evidence.iter().copied().filter(move |record| {
        plan.gates
            .iter()
            .any(|gate| gate.gate == record.gate && gate.term == Some(term))
    })
}

fn of_term<'e>(
    plan: &Plan,
    evidence: &[&'e Evidence],
    term: Term,
    name: &str,
) -> Option<&'e Measurement> {
    of_gates(plan, evidence, term)
        .flat_map(|record| &record.measurements)
        .find(|found| found.observation.name == name)
}

/// The most tests any gate saw pass: several gates run the same suite.
fn tests_passed(evidence: &[&Evidence]) -> Option<u64> {
    let passed = |record: &&Evidence| {
        count(record, "tests_run")?.checked_sub(count(record, "tests_failed")?)
    };
    evidence.iter().filter_map(passed).max()
}

/// A measured count, where it is a whole number.
fn count(record: &Evidence, name: &str) -> Option<u64> {
    // 2^53: up to here every whole number has an exact `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let found = record
        .measurements
        .iter()
        .find(|found| found.observation.name == name)?;
    let value = found.observation.value;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole, positive and exact"
    )]
    (value.fract() == 0.0 && (0.0..=EXACT).contains(&value)).then_some(value as u64)
}

/// Whether the contracts of each declared role were all kept.
///
/// The gate counts contracts, not roles. Where some are broken and both roles are declared, which
/// role it was is not measured, and neither is said to have failed.
fn contracts(plan: &Plan, evidence: &[&Evidence]) -> Map<String, Value> {
    let mut contracts = Map::new();
    let kept = of_term(plan, evidence, Term::Contracts, "contracts_passed")
        .and_then(|found| found.observation.ratio)
        .map(|ratio| ratio.numerator == ratio.denominator);
    let roles = roles(plan);
    match kept {
        Some(kept) if kept || roles.len() == 1 => {
            contracts.extend(roles.into_iter().map(|role| (role, Value::Bool(kept))));
        }
        _ => {}
    }
    contracts
}

/// Roles of the contracts the plan declares.
fn roles(plan: &Plan) -> BTreeSet<String> {
    let of_contract = |contract: &Value| match contract.get("role").and_then(Value::as_str) {
        Some("both") => vec!["consumer".to_owned(), "provider".to_owned()],
        Some(role) => vec![role.to_owned()],
        None => Vec::new(),
    };
    plan.gates
        .iter()
        .filter(|gate| gate.term == Some(Term::Contracts))
        .filter_map(|gate| gate.params.get("contracts").and_then(Value::as_array))
        .flatten()
        .flat_map(of_contract)
        .collect()
}

#[cfg(test)]
mod tests;
