//! A project: its documents, read and checked, and the machine it is on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_attest::PublicKey;
use caws_evidence::{Finding, Severity, codes, sha256_hex};
use caws_policy::{DocumentRef, TierPolicy, TierRules, WaiverRules};
use caws_spec::parse::{MAX_BYTES, too_large};
use caws_spec::{
    Document, Schema, WorkingSpec, dialect, missing_paths, parse, validate_schema, validate_spec,
};
use jiff::Timestamp;

use crate::components::{self, Component};
use crate::config::{self, Config};
use crate::error::ConfigError;
use crate::files;
use crate::host::Host;

/// A project that may be planned and run.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its root, absolute.
    pub root: PathBuf,
    /// The machine.
    pub host: Host,
    /// `.caws.yml`.
    pub config: Config,
    /// `.caws.yml` as it stands: the part of a gate decides what the gate does.
    pub config_value: serde_json::Value,
    /// The working spec.
    pub spec: WorkingSpec,
    /// The tier policy.
    pub policy: TierPolicy,
    /// What tier, spec and configuration ask together.
    pub rules: TierRules,
    /// Components that are held to targets of their own, in the order of their specs' paths.
    pub components: Vec<Component>,
    /// What waivers are held against.
    pub waiver_rules: WaiverRules,
    /// The keys of those who may approve one.
    pub approvers: Vec<PublicKey>,
    /// Warnings and notes of the documents; with an error there is no project.
    pub findings: Vec<Finding>,
    /// `.caws.yml` by content.
    pub config_ref: DocumentRef,
    /// The working spec by content.
    pub spec_ref: DocumentRef,
    /// The tier policy by content.
    pub policy_ref: DocumentRef,
}

/// What a person asks of a run beyond the project's documents.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Gates to run; all where empty.
    pub gates: Vec<String>,
    /// Revision a change is compared with.
    pub base: Option<String>,
    /// Whether to measure again what the cache knows.
    pub no_cache: bool,
    /// Whether to install nothing.
    pub offline: bool,
    /// Cores to use; all of the machine's where absent.
    pub jobs: Option<usize>,
    /// How long sampling gates may take, in place of the configuration's.
    pub time_budget: Option<Duration>,
    /// Whether sampling gates try everything.
    pub no_sample: bool,
    /// Where the record goes; `artifacts` in the root where absent.
    pub artifacts: Option<PathBuf>,
    /// When the run begins; the clock's time where absent.
    pub now: Option<Timestamp>,
    /// Whether waivers are left aside: every gate is said to be what it is.
    pub no_waivers: bool,
}

impl Options {
    /// The revision a change is compared with: the person's word before the project's.
    pub(crate) fn base_or<'o>(&'o self, configured: Option<&'o String>) -> Option<&'o str> {
        self.base.as_ref().or(configured).map(String::as_str)
    }

    /// Where everything goes that is no record of a run: benchmark files.
    #[must_use]
    pub fn whole(&self, root: &Path) -> PathBuf {
        self.artifacts
            .clone()
            .map_or_else(|| root.join("artifacts"), |dir| root.join(dir))
    }

    /// Where the record goes. A run of some gates is no record of the project and goes to a place
    /// of its own.
    #[must_use]
    pub fn artifacts(&self, root: &Path) -> PathBuf {
        let whole = self.whole(root);
        if self.gates.is_empty() {
            whole
        } else {
            whole.join("partial")
        }
    }
}

impl Project {
    /// Opens the project in `dir` on this machine.
    ///
    /// # Errors
    /// [`ConfigError`] when a document is missing or invalid.
    pub fn open(dir: &Path) -> Result<Self, ConfigError> {
        Self::open_on(dir, Host::current())
    }

    /// Opens the project in `dir` on a machine described by `host`.
    ///
    /// # Errors
    /// [`ConfigError`] when a document is missing or invalid.
    pub fn open_on(dir: &Path, host: Host) -> Result<Self, ConfigError> {
        let root = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let (document, config_ref) = read(
            &root,
            "configuration",
            config::FILE,
            "write one (`cargo caws explain config` documents it), or change to the project's root with -C",
        )?;
        let mut findings = Vec::new();
        let config = read_config(&document, &mut findings);
        let Some(config) = config else {
            return Err(ConfigError::Invalid(findings));
        };
        let (spec_document, spec_ref) = read(
            &root,
            "working spec",
            &config.spec,
            "write it, or name its place as `spec` in .caws.yml",
        )?;
        let (policy_document, policy_ref) = read(
            &root,
            "tier policy",
            &config.policy,
            "write it, or name its place as `policy` in .caws.yml",
        )?;
        let report = validate_spec(&spec_document);
        findings.extend(report.findings);
        if report.spec.is_none() {
            findings.extend(dialect::note(&spec_document));
        }
        if let Some(spec) = &report.spec {
            findings.extend(missing_paths(&spec_document, spec, |path| {
                root.join(path).exists()
            }));
        }
        let policy = TierPolicy::from_document(&policy_document)
            .map_err(|faults| findings.extend(faults))
            .ok();
        let components = policy.as_ref().map_or_else(Vec::new, |policy| {
            let folders = &config.components;
            let (found, faults) = components::read(&root, folders, &document, policy, host.cores);
            findings.extend(faults);
            found
        });
        let rules = policy
            .as_ref()
            .zip(report.spec.as_ref())
            .and_then(|(policy, spec)| policy.rules(spec.risk_tier, spec.profile));
        let (Some(spec), Some(policy), Some(mut rules)) = (report.spec, policy, rules) else {
            return Err(ConfigError::Invalid(findings));
        };
        findings.extend(policy.findings());
        findings.extend(
            crate::rivals::conflicts(&root, &config.policy, &rules)
                .iter()
                .map(caws_policy::tier::Conflict::finding),
        );
        findings.extend(rules.tighten_by(&spec_document, &spec));
        findings.extend(tighten_by_config(&mut rules, &document, &config));
        findings.extend(crate::gates::loosened_budgets(&document, &config, &spec));
        let (waiver_rules, approvers) =
            crate::waivers::rules(&root, &document, &config, &mut findings);
        if findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
        {
            return Err(ConfigError::Invalid(findings));
        }
        let config_value = document.value().clone();
        Ok(Self {
            root,
            host,
            config,
            config_value,
            spec,
            policy,
            rules,
            components,
            waiver_rules,
            approvers,
            findings,
            config_ref,
            spec_ref,
            policy_ref,
        })
    }

    /// Cores gates may use together.
    #[must_use]
    pub fn cores(&self, options: &Options) -> usize {
        options.jobs.unwrap_or(self.host.cores).max(1)
    }
}

/// A document of a project, and what it is known by. `help` says what to do where it cannot be read.
pub(crate) fn read(
    root: &Path,
    what: &'static str,
    path: &str,
    help: &str,
) -> Result<(Document, DocumentRef), ConfigError> {
    let at = root.join(path);
    let bytes = document_bytes(&at, path, |source| ConfigError::Unreadable {
        what,
        path: at.clone(),
        source,
        help: help.to_owned(),
    })?;
    let document = parse(path, &bytes).map_err(ConfigError::Invalid)?;
    Ok((
        document,
        DocumentRef {
            path: path.to_owned(),
            sha256: sha256_hex(&bytes),
        },
    ))
}

/// The bytes of a file that should be a document; what is larger than a document can be is not read.
///
/// # Errors
/// A finding for a file that is too large, and what `unreadable` makes of every other reason.
pub fn document_bytes<E: From<ConfigError>>(
    at: &Path,
    label: &str,
    unreadable: impl FnOnce(std::io::Error) -> E,
) -> Result<Vec<u8>, E> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    files::read(at, limit).map_err(|error| {
        if error.kind() == std::io::ErrorKind::FileTooLarge {
            let size = std::fs::metadata(at).map_or(limit, |file| file.len());
            let size = size.max(limit.saturating_add(1));
            ConfigError::Invalid(vec![too_large(label, size)]).into()
        } else {
            unreadable(error)
        }
    })
}

/// Holds the configuration against its schema, then reads it.
fn read_config(document: &Document, findings: &mut Vec<Finding>) -> Option<Config> {
    match Schema::compile(config::SCHEMA) {
        Ok(schema) => findings.extend(validate_schema(document, &schema)),
        Err(broken) => {
            findings.push(document.error("", codes::DOCUMENT_SCHEMA, broken.to_string()))
        }
    }
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return None;
    }
    let config: Config = document
        .to_struct()
        .map_err(|fault| findings.push(*fault))
        .ok()?;
    for (what, name, place) in config.dangling() {
        let pointer = format!("/{}", place.replace('.', "/"));
        let mut finding = document.error(
            &pointer,
            codes::DOCUMENT_SCHEMA,
            format!("{place} uses the {what} `{name}`, which is not declared"),
        );
        finding.help = Some(format!(
            "declare it under `{what}s`, or take it out of `{place}`"
        ));
        findings.push(finding);
    }
    for (pointer, glob) in patterns(&config) {
        if let Err(why) = crate::inputs::patterns(std::slice::from_ref(&glob)) {
            findings.push(document.error(
                &pointer,
                codes::DOCUMENT_SCHEMA,
                format!("`{glob}` is no pattern: {why}"),
            ));
        }
    }
    Some(config)
}

/// Every pattern of files, with the pointer to where it stands.
fn patterns(config: &Config) -> Vec<(String, String)> {
    let gates = &config.gates;
    let lists: [(&str, Option<&Vec<String>>); 11] = [
        ("spec/inputs", gates.spec.as_ref().map(|gate| &gate.inputs)),
        (
            "static/inputs",
            gates.static_checks.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "coverage/inputs",
            gates.coverage.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "mutation/inputs",
            gates.mutation.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "contracts/inputs",
            gates.contracts.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "performance/inputs",
            gates.performance.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "audio/inputs",
            gates.audio.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "flakes/inputs",
            gates.flakes.as_ref().map(|gate| &gate.inputs),
        ),
        (
            "policy/policies",
            gates.policy.as_ref().map(|gate| &gate.policies),
        ),
        (
            "policy/locks",
            gates.policy.as_ref().map(|gate| &gate.locks),
        ),
        (
            "acceptance/inputs",
            gates.acceptance.as_ref().map(|gate| &gate.inputs),
        ),
    ];
    lists
        .into_iter()
        .flat_map(|(list, globs)| {
            let globs = globs.into_iter().flatten().enumerate();
            globs.map(move |(index, glob)| (format!("/gates/{list}/{index}"), glob.clone()))
        })
        .collect()
}

fn tighten_by_config(rules: &mut TierRules, document: &Document, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(minimum) = config.gates.coverage.as_ref().and_then(|gate| gate.minimum) {
        let place = document.place_of("/gates/coverage/minimum");
        findings.extend(
            rules
                .tighten_coverage(minimum, "config gates.coverage.minimum", place)
                .err()
                .map(|fault| *fault),
        );
    }
    if let Some(minimum) = config.gates.mutation.as_ref().and_then(|gate| gate.minimum) {
        let place = document.place_of("/gates/mutation/minimum");
        findings.extend(
            rules
                .tighten_mutation(minimum, "config gates.mutation.minimum", place)
                .err()
                .map(|fault| *fault),
        );
    }
    findings
}

#[cfg(test)]
mod tests;
