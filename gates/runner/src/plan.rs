//! The plan: what will be measured and what would pass, fixed before anything runs.

use std::collections::BTreeMap;

use caws_evidence::{FileDigest, Finding, ToolIdentity};
use caws_policy::plan::PLAN_SCHEMA_VERSION;
use serde_json::{Value, json};

use caws_policy::{Feed, GatePlan, Plan, SpecRef, Subject, Term};

use crate::cache::Cache;
use crate::error::RunError;
use crate::gates::{self, Draft, Found, Gate};
use crate::git;
use crate::inputs::{self, Digests};
use crate::project::{Options, Project};
use crate::tools::{self, Absent, toolchain};
use crate::waivers;

/// A gate the cache answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedGate {
    /// Its id.
    pub gate: String,
    /// When it was measured, RFC 3339 UTC.
    pub measured: String,
}

/// A plan, and what is known about carrying it out.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Gates the cache answers.
    pub cached: Vec<CachedGate>,
    /// Tools that are not there, by the gates that need them.
    pub missing: Vec<(String, Absent)>,
    /// Gates that apply and that nobody has said how to measure.
    pub unconfigured: Vec<String>,
    pub(crate) prepared: BTreeMap<String, Prepared>,
    /// What shows that waivers hold, by path under the artifacts directory.
    pub(crate) waiver_files: BTreeMap<String, Vec<u8>>,
}

/// What a gate needs to run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prepared {
    pub(crate) found: Found,
    pub(crate) inputs: Vec<FileDigest>,
    pub(crate) key: String,
    pub(crate) configured: bool,
}

/// The machine, as far as it decides what is measured.
pub(crate) fn environment(project: &Project, options: &Options) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("os".to_owned(), std::env::consts::OS.to_owned()),
        ("arch".to_owned(), std::env::consts::ARCH.to_owned()),
        ("cores".to_owned(), project.cores(options).to_string()),
    ])
}

/// Plans a run. Runs nothing but version questions, and installs nothing.
///
/// # Errors
/// When a gate asked for is not there, or a waiver does not hold.
pub fn plan(project: &Project, options: &Options) -> Result<Planned, RunError> {
    let asked = asked(options)?;
    let in_force = waivers::in_force(project, options)?;
    let mut files = inputs::list(&project.root, &project.host);
    let drafts = drafts(project, options, &files);
    let found = Lookup::of(project, &drafts);
    let subject = git::subject(&project.root, &project.host);
    files.extend(
        drafts
            .iter()
            .flat_map(|(_, draft)| draft.reports.iter().cloned()),
    );
    files.sort_unstable();
    files.dedup();
    let wanted: Vec<String> = drafts
        .iter()
        .flat_map(|(_, draft)| {
            draft
                .inputs
                .iter()
                .cloned()
                .chain(draft.reports.iter().map(|path| globset::escape(path)))
        })
        .collect();
    // Patterns were checked when the project was opened.
    let union = inputs::patterns(&wanted).unwrap_or_default();
    files.retain(|file| union.is_match(file));
    let digests = Digests::read(&project.root, &files, project.host.cores);

    let environment = environment(project, options);
    let cache = Cache::of(&project.host, &project.root);
    // A branch moves while its name stays: what counts is where it is now.
    let base = options
        .base
        .as_ref()
        .map(|base| git::commit_of(&project.root, &project.host, base))
        .transpose()?;
    let mut planned = Vec::new();
    let mut prepared = BTreeMap::new();
    let mut cached = Vec::new();
    let mut missing = Vec::new();
    let mut unconfigured = Vec::new();
    for (gate, draft) in &drafts {
        let id = gate.id();
        let selected = asked.is_empty() || asked.contains(&id);
        let (entry, preparation) = gate_plan(
            *gate,
            draft,
            &found,
            &digests,
            &settings(project, id, base.as_deref()),
            &environment,
        )?;
        if entry.applies && selected {
            if !draft.configured {
                unconfigured.push(id.to_owned());
            }
            missing.extend(
                preparation
                    .found
                    .missing
                    .iter()
                    .map(|absent| (id.to_owned(), absent.clone())),
            );
            if !options.no_cache
                && !gate.reads_other_gates()
                && let Some(evidence) = cache.find(&preparation.key)
            {
                cached.push(CachedGate {
                    gate: id.to_owned(),
                    measured: evidence.finished,
                });
            }
        }
        if selected {
            prepared.insert(id.to_owned(), preparation);
            planned.push(entry);
        }
    }
    let trust = project.rules.trust_policy(|term| feed(term, &drafts));
    let subject = subject.unwrap_or_else(|| Subject {
        commit: None,
        tree: tree_of(&planned),
        dirty: false,
    });
    let spec = &project.spec;
    let plan = Plan {
        schema_version: PLAN_SCHEMA_VERSION,
        subject,
        spec: SpecRef {
            path: project.spec_ref.path.clone(),
            sha256: project.spec_ref.sha256.clone(),
            id: spec.id.clone(),
            title: spec.title.clone(),
            risk_tier: spec.risk_tier,
            profile: spec.profile.as_str().to_owned(),
            acceptance: spec
                .acceptance
                .iter()
                .map(|criterion| criterion.id.clone())
                .collect(),
        },
        policy: project.policy_ref.clone(),
        config: project.config_ref.clone(),
        trust,
        gates: planned,
        waivers: in_force.waivers,
    };
    Ok(Planned {
        plan,
        cached,
        missing,
        unconfigured,
        prepared,
        waiver_files: in_force.files,
    })
}

fn asked(options: &Options) -> Result<Vec<&'static str>, RunError> {
    let known = gates::ids();
    options
        .gates
        .iter()
        .map(|name| {
            known
                .iter()
                .copied()
                .find(|id| id == name)
                .ok_or_else(|| RunError::UnknownGate {
                    name: name.clone(),
                    known: known.join(", "),
                })
        })
        .collect()
}

fn gate_plan(
    gate: &dyn Gate,
    draft: &Draft,
    lookup: &Lookup,
    digests: &Digests,
    settings: &Value,
    environment: &BTreeMap<String, String>,
) -> Result<(GatePlan, Prepared), RunError> {
    let reports = draft.reports.iter().map(|path| globset::escape(path));
    let patterns: Vec<String> = draft.inputs.iter().cloned().chain(reports).collect();
    let matched = digests.matching(&inputs::patterns(&patterns).unwrap_or_default());
    let (found, identities) = lookup.for_gate(draft);
    let applies = draft.reason_not.is_none();
    let entry = GatePlan {
        gate: gate.id().to_owned(),
        version: gate.version(),
        method: draft.method.to_owned(),
        applies,
        reason: draft.reason_not.clone(),
        term: draft.term,
        requirements: draft.requirements.clone(),
        params: draft.params.clone(),
        inputs: patterns,
        inputs_sha256: inputs::digest(&matched),
        tools: identities,
    };
    let key = Cache::key(&entry, settings, environment)?;
    Ok((
        entry,
        Prepared {
            found,
            inputs: matched,
            key,
            configured: draft.configured,
        },
    ))
}

/// What every gate wants in the plan; `files` are the project's.
pub(crate) fn drafts(
    project: &Project,
    options: &Options,
    files: &[String],
) -> Vec<(&'static dyn Gate, Draft)> {
    let drafts = gates::ALL.iter().filter_map(|gate| {
        let mut draft = gate.draft(project, options)?;
        draft.inputs.extend(scripts(project, gate.id(), files));
        Some((*gate, draft))
    });
    drafts.collect()
}

/// Files of the project that the commands of a gate and of its services name, as patterns: what a script says decides
/// what is measured, whether somebody lists it as an input or not.
fn scripts(project: &Project, gate: &str, files: &[String]) -> Vec<String> {
    let part = |of: &str, name: &str| project.config_value.get(of)?.get(name);
    let mut words = Vec::new();
    if let Some(gate) = part("gates", gate) {
        texts(gate, "command", &mut words);
        let mut services = Vec::new();
        texts(gate, "service", &mut services);
        for service in services.iter().filter_map(|name| part("services", name)) {
            texts(service, "command", &mut words);
        }
    }
    let mut found: Vec<String> = words
        .into_iter()
        .map(|word| word.trim_start_matches("./"))
        .filter(|word| files.iter().any(|file| file == word))
        .map(globset::escape)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Every text under a key, at any depth.
fn texts<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == key {
                    let list = member
                        .as_array()
                        .map_or(std::slice::from_ref(member), Vec::as_slice);
                    found.extend(list.iter().filter_map(Value::as_str));
                }
                texts(member, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, found)),
        _ => {}
    }
}

/// What says how a gate is carried out: its part of the configuration, the services, the base.
fn settings(project: &Project, gate: &str, base: Option<&str>) -> Value {
    let part = |pointer: &str| {
        project
            .config_value
            .pointer(pointer)
            .cloned()
            .unwrap_or_default()
    };
    json!({ "gate": part(&format!("/gates/{gate}")), "services": part("/services"), "base": base })
}

/// Gates that feed a term, or why it leaves the score.
fn feed(term: Term, drafts: &[(&'static dyn Gate, Draft)]) -> Feed {
    let of_term = || drafts.iter().filter(|(_, draft)| draft.term == Some(term));
    let gates: Vec<String> = of_term()
        .filter(|(_, draft)| draft.reason_not.is_none())
        .map(|(gate, _)| gate.id().to_owned())
        .collect();
    match of_term().find_map(|(_, draft)| draft.reason_not.clone()) {
        Some(reason) if gates.is_empty() => Feed::NotApplicable(reason),
        _ => Feed::Gates(gates),
    }
}

/// Outside of git, what the run is about is what its gates looked at.
fn tree_of(gates: &[GatePlan]) -> String {
    let all: Vec<FileDigest> = gates
        .iter()
        .map(|gate| FileDigest {
            path: gate.gate.clone(),
            sha256: gate.inputs_sha256.clone(),
        })
        .collect();
    inputs::digest(&all)
}

/// Tools and toolchains, each looked up once.
struct Lookup {
    tools: BTreeMap<String, Result<tools::Located, Absent>>,
    toolchains: BTreeMap<Option<String>, Result<toolchain::Toolchain, Absent>>,
    programs: BTreeMap<String, ToolIdentity>,
}

impl Lookup {
    fn of(project: &Project, drafts: &[(&'static dyn Gate, Draft)]) -> Self {
        let used = |pick: fn(&Draft) -> &Vec<String>| {
            let mut names: Vec<String> = drafts
                .iter()
                .flat_map(|(_, draft)| pick(draft).iter().cloned())
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let names = used(|draft| &draft.uses);
        let programs = used(|draft| &draft.programs);
        let mut channels: Vec<Option<String>> = drafts
            .iter()
            .filter_map(|(_, draft)| draft.toolchain.clone())
            .collect();
        channels.sort_unstable();
        channels.dedup();
        let host = &project.host;
        // Each question starts a program; together they take as long as the slowest.
        std::thread::scope(|scope| {
            let chains: Vec<_> = channels
                .into_iter()
                .map(|channel| {
                    scope.spawn(move || {
                        let found = toolchain::locate(host, &project.root, channel.as_deref());
                        (channel, found)
                    })
                })
                .collect();
            let tools: Vec<_> = names
                .into_iter()
                .filter_map(|name| project.config.tools.get(&name).map(|pin| (name, pin)))
                .map(|(name, pin)| {
                    scope.spawn(move || {
                        let found = tools::locate(host, &name, pin);
                        (name, found)
                    })
                })
                .collect();
            let programs: Vec<_> = programs
                .into_iter()
                .filter(|name| !project.config.tools.contains_key(name) && !name.contains('/'))
                .map(|name| {
                    scope.spawn(move || {
                        let identity = tools::identity::of_any(host, &name, &host.find(&name)?)?;
                        Some((name, identity))
                    })
                })
                .collect();
            Self {
                toolchains: chains
                    .into_iter()
                    .filter_map(|thread| thread.join().ok())
                    .collect(),
                tools: tools
                    .into_iter()
                    .filter_map(|thread| thread.join().ok())
                    .collect(),
                programs: programs
                    .into_iter()
                    .filter_map(|thread| thread.join().ok().flatten())
                    .collect(),
            }
        })
    }

    /// What a gate's tools are, and the identities that enter its plan.
    fn for_gate(&self, draft: &Draft) -> (Found, Vec<ToolIdentity>) {
        let mut found = Found {
            channel: draft.toolchain.clone().flatten(),
            ..Found::default()
        };
        let mut identities = Vec::new();
        if let Some(channel) = &draft.toolchain {
            match self.toolchains.get(channel) {
                Some(Ok(toolchain)) => {
                    identities.extend([toolchain.rustc.clone(), toolchain.cargo.clone()]);
                    found.toolchain = Some(toolchain.clone());
                }
                Some(Err(absent)) => found.missing.push(absent.clone()),
                None => {}
            }
        }
        for name in &draft.uses {
            match self.tools.get(name) {
                Some(Ok(located)) => {
                    identities.push(located.identity.clone());
                    found.tools.insert(name.clone(), located.clone());
                }
                Some(Err(absent)) => found.missing.push(absent.clone()),
                None => {}
            }
        }
        identities.extend(
            draft
                .programs
                .iter()
                .filter_map(|name| self.programs.get(name).cloned()),
        );
        identities.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        identities.dedup();
        (found, identities)
    }
}

/// A finding for a gate nobody has configured.
pub(crate) fn not_configured(gate: &str) -> Finding {
    let mut finding = gates::finding(
        caws_evidence::codes::GATE_NOT_CONFIGURED,
        format!(
            "tier and profile ask for the gate `{gate}`, and .caws.yml does not say how to measure it"
        ),
    );
    finding.expected = Some(format!("`gates.{gate}` in .caws.yml"));
    finding.found = Some("none".to_owned());
    finding.help = Some(format!(
        "configure `gates.{gate}`; `cargo caws explain config` documents it"
    ));
    finding
}

#[cfg(test)]
mod tests;
