//! Carries a plan out: tools, cache, gates, evidence, manifest, seal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use caws_attest::seal::{cosigner_of, evidence_path};
use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Manifest, Verdict, canonical_json, codes, measure, sha256_hex};
use caws_policy::record::{Run, gate_plan_sha256, manifest};
use caws_policy::waiver::waive;
use caws_policy::{GatePlan, Plan, TrustScore, judge, trust_score};

use crate::cache::Cache;
use crate::commit::{self, Logged};
use crate::error::RunError;
use crate::exit::ExitCode;
use crate::gates::{self, Context, Gate, Stop};
use crate::interrupt::Interrupt;
use crate::observer::Observer;
use crate::plan::{Planned, Prepared, environment, not_configured, plan};
use crate::project::{Options, Project};
use crate::seal::{self, Seal};
use crate::{record, schedule, tools};

/// What a run left.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// What was to be measured.
    pub plan: Plan,
    /// One record per gate of the plan that applies, in plan order.
    pub evidence: Vec<Evidence>,
    /// The record of the run.
    pub manifest: Manifest,
    /// The trust score.
    pub score: TrustScore,
    /// Whether it is signed.
    pub seal: Seal,
    /// Whether it is in the ledger.
    pub logged: Logged,
    /// Where it lies.
    pub artifacts: PathBuf,
    /// Whether only some of the gates were asked for.
    pub partial: bool,
    /// What the process should exit with.
    pub exit: ExitCode,
}

/// Plans, measures and records. Nothing runs before the plan is on disk.
///
/// # Errors
/// [`RunError`] when the record cannot be written or the key not used; what a gate could not do is
/// in its evidence, not here.
pub fn run(
    project: &Project,
    options: &Options,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<RunOutcome, RunError> {
    let began = options.now.unwrap_or_else(jiff::Timestamp::now);
    let options = &Options {
        now: Some(began),
        ..options.clone()
    };
    let started = gates::stamp(began);
    let signer = seal::signer(&project.host)?;
    let mut planned = plan(project, options)?;
    if !options.offline
        && !planned.missing.is_empty()
        && provide(project, &planned, interrupt, observer)
    {
        planned = plan(project, options)?;
    }
    let artifacts = options.artifacts(&project.root);
    let plan_bytes = canonical_json(&planned.plan)?;
    record::keep(&artifacts.join(layout::PLAN), &plan_bytes)?;
    clear(&artifacts, &planned.plan)?;
    for (path, bytes) in &planned.waiver_files {
        record::keep(&artifacts.join(path), bytes)?;
    }
    let committed = commit::plan(
        project,
        options,
        &artifacts,
        &planned.plan,
        &plan_bytes,
        &signer,
    )?;

    let applying: Vec<&GatePlan> = planned
        .plan
        .gates
        .iter()
        .filter(|gate| gate.applies)
        .collect();
    for gate in &applying {
        observer.gate_queued(&gate.gate);
    }
    let runner = Runner {
        project,
        options,
        observer,
        interrupt,
        planned: &planned,
        artifacts: &artifacts,
        plan_leaf: committed.leaf(),
    };
    let results = runner.all(&applying);
    let mut evidence = Vec::new();
    let mut cached = BTreeSet::new();
    for (gate, result) in applying.iter().zip(results) {
        let (mut found, from_cache) = result.ok_or_else(|| lost(&artifacts, gate))??;
        // The cache keeps what was measured; a waiver is of this run.
        waive(&planned.plan, &mut found);
        if found.verdict == Verdict::Waived {
            let path = artifacts.join(evidence_path(&gate.gate));
            record::keep(&path, &canonical_json(&found)?)?;
        }
        if from_cache {
            cached.insert(gate.gate.clone());
        }
        evidence.push(found);
    }
    let facts = Run {
        agent: format!("caws {}", env!("CARGO_PKG_VERSION")),
        started,
        finished: gates::now(),
        cached,
        commitment: committed.commitment.clone(),
    };
    let manifest = manifest(&planned.plan, &evidence, &facts)
        .map_err(|error| RunError::Record(error.to_string()))?;
    record::keep(
        &artifacts.join(layout::MANIFEST),
        &canonical_json(&manifest)?,
    )?;
    let seal = seal::apply(&artifacts, &manifest, &signer)?;
    let logged = committed.finish(project, options, &artifacts, &manifest);
    let score = trust_score(&planned.plan, &evidence);
    let partial = !options.gates.is_empty();
    let verdicts: Vec<Verdict> = evidence.iter().map(|one| one.verdict).collect();
    // The score of some of the gates is no statement about the project.
    let exit = ExitCode::of_run(&verdicts, partial || score.score >= score.threshold);
    Ok(RunOutcome {
        plan: planned.plan,
        evidence,
        manifest,
        score,
        seal,
        logged,
        artifacts,
        partial,
        exit,
    })
}

/// A gate whose thread ended without a result: a defect of ours.
fn lost(artifacts: &Path, gate: &GatePlan) -> RunError {
    let path = artifacts.join(layout::EVIDENCE_DIR).join(&gate.gate);
    RunError::File {
        action: "finish",
        path,
        source: std::io::Error::other("the gate's thread ended without a result"),
    }
}

/// Installs what is missing and can be installed; says whether anything was tried.
fn provide(
    project: &Project,
    planned: &Planned,
    interrupt: &Interrupt,
    observer: &dyn Observer,
) -> bool {
    let mut tried = BTreeSet::new();
    for (_, absent) in &planned.missing {
        if let Some(pin) = project.config.tools.get(&absent.name)
            && !interrupt.is_raised()
            && tried.insert(absent.name.clone())
        {
            // A tool that cannot be had is named by the gate that needs it.
            let _ = tools::install::install(&project.host, &absent.name, pin, interrupt, observer);
        }
    }
    !tried.is_empty()
}

/// Takes away what an earlier run left under the record's names and this one will not write.
fn clear(artifacts: &Path, plan: &Plan) -> Result<(), RunError> {
    for path in [
        layout::MANIFEST,
        layout::MANIFEST_BUNDLE,
        layout::MANIFEST_PROOF,
        layout::PLAN_BUNDLE,
        layout::PLAN_PROOF,
    ] {
        let _ = std::fs::remove_file(artifacts.join(path));
    }
    cosignatures(artifacts)?;
    let waivers = artifacts.join(caws_policy::waiver::DIRECTORY);
    if waivers.exists() {
        std::fs::remove_dir_all(&waivers).map_err(RunError::file("remove", &waivers))?;
    }
    let dir = artifacts.join(layout::EVIDENCE_DIR);
    let Ok(entries) = std::fs::read_dir(&dir) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !plan
            .gates
            .iter()
            .any(|gate| gate.applies && gate.gate == name)
        {
            let path = entry.path();
            let removed = if path.is_dir() {
                std::fs::remove_dir_all(&path)
            } else {
                std::fs::remove_file(&path)
            };
            removed.map_err(RunError::file("remove", &path))?;
        }
    }
    Ok(())
}

/// Takes away what others signed: it speaks of another manifest than the one to come.
fn cosignatures(artifacts: &Path) -> Result<(), RunError> {
    let Some((dir, _)) = layout::MANIFEST.rsplit_once('/') else {
        return Ok(());
    };
    let Ok(entries) = std::fs::read_dir(artifacts.join(dir)) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if cosigner_of(&format!("{dir}/{name}")).is_some() {
            let path = entry.path();
            std::fs::remove_file(&path).map_err(RunError::file("remove", &path))?;
        }
    }
    Ok(())
}

type GateResult = Result<(Evidence, bool), RunError>;

struct Runner<'a> {
    project: &'a Project,
    options: &'a Options,
    observer: &'a dyn Observer,
    interrupt: &'a Interrupt,
    planned: &'a Planned,
    artifacts: &'a Path,
    plan_leaf: Option<String>,
}

impl Runner<'_> {
    /// Runs all gates as the machine allows; results in the order of `plans`.
    fn all(&self, plans: &[&GatePlan]) -> Vec<Option<GateResult>> {
        let results: Mutex<BTreeMap<usize, GateResult>> = Mutex::new(BTreeMap::new());
        let put = |index: usize, result: GateResult| {
            if let Ok(mut results) = results.lock() {
                results.insert(index, result);
            }
        };
        self.stage(plans, false, &put);
        // What other gates left is complete only now.
        self.stage(plans, true, &put);
        let mut results = results.into_inner().unwrap_or_default();
        (0..plans.len())
            .map(|index| results.remove(&index))
            .collect()
    }

    /// Runs those gates that read what others left, or those that do not.
    fn stage(
        &self,
        plans: &[&GatePlan],
        reads_other_gates: bool,
        put: &(dyn Fn(usize, GateResult) + Sync),
    ) {
        let mut jobs = Vec::new();
        let mut waiting = Vec::new();
        for (index, plan) in plans.iter().enumerate() {
            let gate = gates::ALL.iter().find(|gate| gate.id() == plan.gate);
            let Some(gate) = gate.filter(|gate| gate.reads_other_gates() == reads_other_gates)
            else {
                continue;
            };
            let cached = if reads_other_gates {
                None
            } else {
                self.answered_by_cache(plan)
            };
            match cached {
                Some(result) => put(index, result),
                None => {
                    jobs.push(gate.needs(self.project));
                    waiting.push((index, *plan, *gate));
                }
            }
        }
        schedule::run(&jobs, self.project.cores(self.options), &|job, cores| {
            if let Some((index, plan, gate)) = waiting.get(job) {
                put(
                    *index,
                    self.measured(plan, *gate, cores)
                        .map(|evidence| (evidence, false)),
                );
            }
        });
    }

    fn prepared(&self, gate: &str) -> Prepared {
        self.planned.prepared.get(gate).cloned().unwrap_or_default()
    }

    fn place(&self, gate: &str) -> PathBuf {
        self.artifacts.join(layout::EVIDENCE_DIR).join(gate)
    }

    fn answered_by_cache(&self, plan: &GatePlan) -> Option<GateResult> {
        if self.options.no_cache {
            return None;
        }
        let key = self.prepared(&plan.gate).key;
        let cache = Cache::of(&self.project.host, &self.project.root);
        let evidence = cache.find(&key)?;
        // An entry that vanished since is no reason to fail: the gate runs.
        cache.restore(&key, &self.place(&plan.gate)).ok()?;
        self.observer
            .gate_finished(&plan.gate, evidence.verdict, 0.0, Some(&evidence.finished));
        Some(Ok((evidence, true)))
    }

    /// Runs one gate and writes its evidence.
    fn measured(
        &self,
        plan: &GatePlan,
        gate: &dyn Gate,
        cores: usize,
    ) -> Result<Evidence, RunError> {
        let began = Instant::now();
        self.observer.gate_started(&plan.gate);
        let prepared = self.prepared(&plan.gate);
        let scratch = tempfile::Builder::new()
            .prefix("caws-")
            .tempdir()
            .map_err(RunError::file("create", Path::new("a temporary folder")))?;
        // Tools print the resolved path of what they were given.
        let scratch_path = scratch
            .path()
            .canonicalize()
            .unwrap_or_else(|_| scratch.path().to_owned());
        let started = gates::now();
        let evidence_dir = self.artifacts.join(layout::EVIDENCE_DIR);
        let mut context = Context {
            gate: gate.id(),
            project: self.project,
            options: self.options,
            plan,
            found: &prepared.found,
            cores,
            interrupt: self.interrupt,
            observer: self.observer,
            scratch: &scratch_path,
            evidence: &evidence_dir,
            steps: Vec::new(),
            raws: Vec::new(),
            findings: Vec::new(),
            scope: caws_evidence::Scope::default(),
            main_tool: None,
        };
        self.carry_out(gate, plan, &prepared, &mut context);
        let evidence = self.record(plan, &prepared, context, started)?;
        self.observer.gate_finished(
            &plan.gate,
            evidence.verdict,
            began.elapsed().as_secs_f64(),
            None,
        );
        Ok(evidence)
    }

    fn carry_out(
        &self,
        gate: &dyn Gate,
        plan: &GatePlan,
        prepared: &Prepared,
        context: &mut Context<'_>,
    ) {
        if self.interrupt.is_raised() {
            context.findings.push(*Stop::interrupted().0);
            return;
        }
        if !prepared.configured {
            context.findings.push(not_configured(&plan.gate));
            return;
        }
        let missing = context.missing_tools();
        context.findings.extend(missing.iter().cloned());
        // Checks are independent of each other: those whose tool is there still say something.
        if !missing.is_empty() && plan.method != "checks" {
            return;
        }
        if let Err(Stop(finding)) = gate.run(context) {
            context.findings.push(*finding);
        }
    }

    /// Measures what the gate left, judges it, and puts the record into its place.
    fn record(
        &self,
        plan: &GatePlan,
        prepared: &Prepared,
        context: Context<'_>,
        started: String,
    ) -> Result<Evidence, RunError> {
        let reading = measure(&plan.method, &plan.params, &context.raws, &context.steps);
        let judgement = judge(plan, reading);
        let mut findings = context.findings;
        let stopped = !findings.is_empty();
        // "The tool wrote no report" says nothing new beside the reason why.
        let echo = |code: &str| stopped && code == codes::NUMBER_MISSING && context.raws.is_empty();
        findings.extend(
            judgement
                .findings
                .into_iter()
                .filter(|finding| !echo(&finding.code)),
        );
        let deciding = context.main_tool.as_deref();
        let step = context
            .steps
            .iter()
            .rev()
            .find(|step| {
                deciding
                    .is_some_and(|tool| step.command.first().is_some_and(|program| program == tool))
            })
            .or(context.steps.last())
            .cloned();
        let place = self.place(&plan.gate);
        let parent = self.artifacts.join(layout::EVIDENCE_DIR);
        std::fs::create_dir_all(&parent).map_err(RunError::file("create", &parent))?;
        let staged = tempfile::Builder::new()
            .prefix(".staging-")
            .tempdir_in(&parent)
            .map_err(RunError::file("create", &parent))?;
        let outputs = record::keep_raw(staged.path(), &context.raws)?;
        let evidence = Evidence {
            schema_version: caws_evidence::model::EVIDENCE_SCHEMA_VERSION,
            gate: plan.gate.clone(),
            verdict: judgement.verdict,
            measurements: judgement.measurements,
            findings,
            scope: context.scope,
            tool: deciding
                .and_then(|name| plan.tools.iter().find(|tool| tool.name == name).cloned()),
            tools: plan.tools.clone(),
            command: step
                .as_ref()
                .map(|step| step.command.clone())
                .unwrap_or_default(),
            exit_code: step.as_ref().and_then(|step| step.exit_code),
            key_output: step.map(|step| step.key_output).unwrap_or_default(),
            steps: context.steps,
            started,
            finished: gates::now(),
            commit: self.planned.plan.subject.commit.clone(),
            environment: environment(self.project, self.options),
            inputs: prepared.inputs.clone(),
            outputs,
            plan_sha256: gate_plan_sha256(plan)?,
            plan_leaf: self.plan_leaf.clone(),
            waivers: Vec::new(),
        };
        // A plan and evidence that do not fit each other would never verify.
        debug_assert_eq!(evidence.plan_sha256, sha256_hex(&canonical_json(plan)?));
        record::keep(
            &staged.path().join(layout::EVIDENCE_FILE),
            &canonical_json(&evidence)?,
        )?;
        record::replace_dir(&staged.keep(), &place)?;
        let again = gates::ALL
            .iter()
            .any(|gate| gate.id() == plan.gate && gate.reads_other_gates());
        if !self.interrupt.is_raised() && !again {
            // A cache that cannot be written costs time, nothing else.
            let _ = Cache::of(&self.project.host, &self.project.root).keep(
                &prepared.key,
                &evidence,
                &place,
            );
        }
        Ok(evidence)
    }
}

#[cfg(test)]
mod tests;
