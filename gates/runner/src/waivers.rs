//! The project's waivers: read, and held against the rules, the clock, the keys and git.

mod history;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use caws_attest::predicate::WAIVER_V1;
use caws_attest::seal::waiver_subjects;
use caws_attest::{Keyring, PublicKey, key_status, verify_strict};
use caws_evidence::{Finding, Severity, canonical_json, codes, sha256_hex};
use caws_policy::waiver::{
    ActiveWaiver, Approver, Circumstances, Entry, Fault, Lineage, List, PATHS, Revocation,
    Signature, faults, too_many,
};
use caws_policy::{Waiver, WaiverRules, Waivers};
use caws_spec::{Document, parse};
use jiff::Timestamp;

use crate::config::Config;
use crate::error::RunError;
use crate::exit::ExitCode;
use crate::gates;
use crate::git;
use crate::project::{Options, Project};

/// Where the signatures lie, relative to the project's root.
pub const DIRECTORY: &str = ".caws/waivers";
/// What was said of keys, relative to the project's root.
const KEY_RECORDS: &str = ".caws/keys/records.jsonl";
/// Largest file of waivers, or signature of one, that is read.
const LIMIT: u64 = 1 << 20;

/// A waiver, and what it is worth.
#[derive(Debug, Clone)]
pub struct Held {
    /// What it says.
    pub waiver: Waiver,
    /// That it is over.
    pub revoked: Option<Revocation>,
    /// Fingerprint of who signed it.
    pub signed_by: Option<String>,
    /// What keeps it from holding; of one that is over nothing is asked.
    pub findings: Vec<Finding>,
    bundle: Vec<u8>,
    lineage: Option<Lineage>,
}

impl Held {
    /// Whether it holds.
    #[must_use]
    pub fn active(&self) -> bool {
        self.revoked.is_none() && self.findings.is_empty()
    }

    /// `active`, `revoked`, or why not.
    #[must_use]
    pub fn state(&self) -> &str {
        match (&self.revoked, self.findings.first()) {
            (Some(_), _) => "revoked",
            (None, None) => "active",
            (None, Some(finding)) => finding
                .code
                .strip_prefix("waiver-")
                .unwrap_or(&finding.code),
        }
    }
}

/// The project's waivers at a time.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The file, where there is one.
    pub path: Option<&'static str>,
    /// Its waivers.
    pub waivers: Vec<Held>,
    /// What is wrong with the file, or with its waivers together.
    pub findings: Vec<Finding>,
}

impl Standing {
    /// Everything that is wrong.
    #[must_use]
    pub fn all_findings(&self) -> Vec<Finding> {
        let of_each = self.waivers.iter().flat_map(|held| &held.findings);
        self.findings.iter().chain(of_each).cloned().collect()
    }
}

/// What is in force for a run.
#[derive(Debug, Default)]
pub(crate) struct InForce {
    pub(crate) waivers: Option<Waivers>,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// The exit code that findings about waivers stand for: a file that cannot be read is no refusal.
#[must_use]
pub fn exit(findings: &[Finding]) -> ExitCode {
    let refused = findings
        .iter()
        .any(|finding| finding.code.starts_with("waiver-"));
    if refused {
        ExitCode::Waiver
    } else {
        ExitCode::Invalid
    }
}

/// What the configuration allows, and the keys of those who may approve.
pub(crate) fn rules(
    root: &Path,
    document: &Document,
    config: &Config,
    findings: &mut Vec<Finding>,
) -> (WaiverRules, Vec<PublicKey>) {
    let asked = &config.waivers;
    let mut rules = WaiverRules {
        never: asked.never.clone(),
        ..WaiverRules::default()
    };
    rules.max_active = asked.max_active.unwrap_or(rules.max_active);
    rules.max_days = asked.max_days.unwrap_or(rules.max_days);
    let mut keys = Vec::new();
    for (index, approver) in asked.approvers.iter().enumerate() {
        let read = std::fs::read_to_string(root.join(&approver.key))
            .map_err(|error| error.to_string())
            .and_then(|pem| PublicKey::from_pem(&pem).map_err(|error| error.to_string()));
        match read {
            Ok(key) => {
                rules.approvers.push(Approver {
                    name: approver.name.clone(),
                    key: key.fingerprint(),
                });
                keys.push(key);
            }
            Err(why) => findings.push(Finding {
                code: codes::DOCUMENT_SCHEMA.to_owned(),
                severity: Severity::Error,
                message: format!("the key of the approver `{}` cannot be read", approver.name),
                place: Some(document.place_of(&format!("/waivers/approvers/{index}/key"))),
                expected: Some(
                    "a file with a public key (PEM), such as .caws/keys/NAME.pub".to_owned(),
                ),
                found: Some(format!("{}: {why}", approver.key)),
                help: Some("`caws provenance keys new` makes one".to_owned()),
            }),
        }
    }
    (rules, keys)
}

/// The file of waivers; `None` where there is none.
///
/// # Errors
/// What is wrong with it.
pub fn document(root: &Path) -> Result<Option<(&'static str, Document)>, Vec<Finding>> {
    let there: Vec<&'static str> = PATHS
        .into_iter()
        .filter(|path| root.join(path).exists())
        .collect();
    let path = match there.as_slice() {
        [] => return Ok(None),
        [path] => *path,
        [path, other, ..] => {
            let found = format!("{path} and {other}");
            let message = "there are two files of waivers".to_owned();
            return Err(vec![of_file(path, message, "one file", found)]);
        }
    };
    let bytes = limited(&root.join(path)).map_err(|why| {
        let message = "the waivers cannot be read".to_owned();
        vec![of_file(path, message, "a file of at most 1 MiB", why)]
    })?;
    parse(path, &bytes).map(|document| Some((path, document)))
}

fn of_file(path: &str, message: String, expected: &str, found: String) -> Finding {
    let mut finding = gates::finding(codes::DOCUMENT_SYNTAX, message);
    finding.place = Some(caws_evidence::Place {
        path: path.to_owned(),
        line: None,
        column: None,
    });
    finding.expected = Some(expected.to_owned());
    finding.found = Some(found);
    finding.help = Some("keep .caws/waivers.yaml".to_owned());
    finding
}

fn limited(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("more than {LIMIT} bytes"));
    }
    Ok(bytes)
}

/// What the project's waivers are worth at a time.
#[must_use]
pub fn standing(project: &Project, now: Timestamp) -> Standing {
    let (path, document) = match document(&project.root) {
        Ok(None) => return Standing::default(),
        Ok(Some(found)) => found,
        Err(findings) => {
            return Standing {
                findings,
                ..Standing::default()
            };
        }
    };
    let List { entries } = match caws_policy::waiver::read(&document) {
        Ok(list) => list,
        Err(findings) => {
            return Standing {
                path: Some(path),
                findings,
                ..Standing::default()
            };
        }
    };
    let commit = git::subject(&project.root, &project.host).and_then(|subject| subject.commit);
    let waivers: Vec<Held> = entries
        .into_iter()
        .map(|entry| held(project, &document, entry, commit.as_deref(), now))
        .collect();
    // One that is refused for itself is no reason to refuse the others.
    let active = waivers.iter().filter(|held| held.active()).count();
    let mut findings = Vec::new();
    if let Some(fault) = too_many(active, &project.waiver_rules) {
        findings.push(of_fault(&document, "/waivers", fault));
    }
    Standing {
        path: Some(path),
        waivers,
        findings,
    }
}

fn held(
    project: &Project,
    document: &Document,
    entry: Entry,
    commit: Option<&str>,
    now: Timestamp,
) -> Held {
    let Entry {
        waiver,
        revoked,
        pointer,
    } = entry;
    let path = project.root.join(bundle_path(&waiver.id));
    let bundle = match limited(&path) {
        Ok(bytes) => Some(Ok(bytes)),
        Err(_) if !path.exists() => None,
        Err(why) => Some(Err(why)),
    };
    let mut held = Held {
        bundle: bundle.clone().and_then(Result::ok).unwrap_or_default(),
        waiver,
        revoked,
        signed_by: None,
        findings: Vec::new(),
        lineage: None,
    };
    let signature = match bundle {
        None => Signature::Missing,
        Some(Err(why)) => Signature::Broken(why),
        Some(Ok(bytes)) => signature(project, &held.waiver, &bytes, now),
    };
    if let Signature::By(key) = &signature {
        held.signed_by = Some(key.clone());
    }
    if held.revoked.is_some() {
        return held;
    }
    let lineage = history::lineage(&project.root, &project.host, &held.waiver.commits, commit);
    let range = lineage.as_ref().map(|_| ()).map_err(Clone::clone);
    held.lineage = lineage.ok();
    held.findings = judged(project, &held.waiver, &signature, &range, now)
        .into_iter()
        .map(|fault| of_fault(document, &pointer, fault))
        .collect();
    held
}

/// What keeps a waiver from holding in a project at a time.
#[must_use]
pub fn judged(
    project: &Project,
    waiver: &Waiver,
    signature: &Signature,
    range: &Result<(), String>,
    now: Timestamp,
) -> Vec<Fault> {
    let ids = gates::ids();
    let circumstances = Circumstances {
        now,
        spec: &project.spec.id,
        rules: &project.waiver_rules,
        gates: Some(&ids),
    };
    faults(waiver, signature, range, &circumstances)
}

/// Whether the commit here is in the range of a waiver.
///
/// # Errors
/// What was found.
pub fn in_range(project: &Project, waiver: &Waiver) -> Result<(), String> {
    let commit = git::subject(&project.root, &project.host).and_then(|subject| subject.commit);
    let commit = commit.as_deref();
    history::lineage(&project.root, &project.host, &waiver.commits, commit).map(drop)
}

/// Path of a waiver's signature, relative to the project's root.
#[must_use]
pub fn bundle_path(id: &str) -> String {
    format!("{DIRECTORY}/{id}.sigstore.json")
}

/// Who signed a waiver, among those who may approve one.
fn signature(project: &Project, waiver: &Waiver, bundle: &[u8], now: Timestamp) -> Signature {
    let signed = || -> Result<String, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let keys = &project.approvers;
        let verified = verify_strict(bundle, keys).map_err(|error| said(&error))?;
        let waiver_bytes = canonical_json(waiver).map_err(|error| said(&error))?;
        let statement = &verified.statement;
        let subjects =
            waiver_subjects(&waiver.id, &waiver.commits.from, &sha256_hex(&waiver_bytes));
        let predicate = canonical_json(&statement.predicate).map_err(|error| said(&error))?;
        if statement.predicate_type != WAIVER_V1
            || predicate != waiver_bytes
            || statement.subject != subjects
        {
            return Err("a signature of something else than the waiver as it stands".to_owned());
        }
        let records = std::fs::read(project.root.join(KEY_RECORDS)).unwrap_or_default();
        let ring = Keyring::read(keys, &records).map_err(|error| said(&error))?;
        let status = key_status(&verified.fingerprint, now, &ring);
        if !status.is_valid() {
            return Err(format!(
                "a signature by key {}, which does not count: {status:?}",
                verified.fingerprint
            ));
        }
        Ok(verified.fingerprint)
    };
    match signed() {
        Ok(key) => Signature::By(key),
        Err(why) => Signature::Broken(why),
    }
}

/// A fault at its place in the file.
#[must_use]
pub fn of_fault(document: &Document, pointer: &str, fault: Fault) -> Finding {
    Finding {
        code: fault.code.to_owned(),
        severity: Severity::Error,
        message: fault.message,
        place: Some(document.place_of(&format!("{pointer}{}", fault.field))),
        expected: Some(fault.expected),
        found: Some(fault.found),
        help: Some(fault.help.to_owned()),
    }
}

/// The waivers that hold for a run, and what shows it. Any that does not blocks the run.
pub(crate) fn in_force(project: &Project, options: &Options) -> Result<InForce, RunError> {
    if options.no_waivers {
        return Ok(InForce::default());
    }
    let now = options.now.unwrap_or_else(Timestamp::now);
    let standing = standing(project, now);
    let findings = standing.all_findings();
    if !findings.is_empty() {
        return Err(RunError::Waivers(findings));
    }
    let mut active = Vec::new();
    let mut files = BTreeMap::new();
    for held in standing.waivers.into_iter().filter(Held::active) {
        let Some(lineage) = held.lineage else {
            continue;
        };
        let lineage = canonical_json(&lineage)?;
        active.push(ActiveWaiver {
            bundle_sha256: sha256_hex(&held.bundle),
            lineage_sha256: sha256_hex(&lineage),
            waiver: held.waiver.clone(),
        });
        files.insert(held.waiver.bundle_path(), held.bundle);
        files.insert(held.waiver.lineage_path(), lineage);
    }
    active.sort_by(|one, other| one.waiver.id.cmp(&other.waiver.id));
    let waivers = (!active.is_empty()).then(|| Waivers {
        rules: project.waiver_rules.clone(),
        active,
    });
    Ok(InForce { waivers, files })
}
