//! The whole record, from the manifest inwards.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use caws_attest::predicate::MANIFEST_V1;
use caws_attest::seal::{
    cosigner_of, evidence_bundle_path, evidence_path, is_gate_name, manifest_subjects,
};
use caws_evidence::manifest::{MANIFEST_SCHEMA_VERSION, layout};
use caws_evidence::model::EVIDENCE_SCHEMA_VERSION;
use caws_evidence::{Evidence, Manifest, Severity, codes, parallel, sha256_hex};
use caws_policy::Plan;
use caws_policy::plan::PLAN_SCHEMA_VERSION;

use crate::bundles::{self, About};
use crate::cosigned;
use crate::document::{self, Versioned};
use crate::gate::{self, digest_is, file_missing};
use crate::logged;
use crate::options::Options;
use crate::package::{Package, PackageError};
use crate::rebuild;
use crate::report::{
    Findings, GateReport, Problem, REPORT_SCHEMA_VERSION, Report, Score, SignatureState,
};
use crate::store::{Kind, Store};
use crate::trust::Signs;
use crate::waivers;

impl Versioned for Manifest {
    const VERSION: u32 = MANIFEST_SCHEMA_VERSION;
    fn version(&self) -> u32 {
        self.caws.schema_version
    }
}

impl Versioned for Plan {
    const VERSION: u32 = PLAN_SCHEMA_VERSION;
    fn version(&self) -> u32 {
        self.schema_version
    }
}

impl Versioned for Evidence {
    const VERSION: u32 = EVIDENCE_SCHEMA_VERSION;
    fn version(&self) -> u32 {
        self.schema_version
    }
}

/// Verifies an artifacts directory: signatures, digests, and every number computed again.
///
/// Reads `evidence/` and `provenance/` under `root` and nothing else; links are not followed.
/// Whatever is wrong with them is a finding of the report, so there is no error to return: a
/// directory that does not exist is a record without a manifest.
#[must_use]
pub fn verify_artifacts(root: &Path, options: &Options) -> Report {
    verify_store(&Store::open(root, options.limits.entries), options)
}

/// Verifies an audit package as [`verify_artifacts`] verifies the directory it was made from.
///
/// The page for people is no part of the record: whoever can render it compares it.
#[must_use]
pub fn verify_package(package: &Package, options: &Options) -> Report {
    verify_store(&Store::of(package), options)
}

/// The report on a package whose container is refused: nothing in it was looked at. `name` is what
/// to call the package where the error is about no entry of it.
#[must_use]
pub fn refused_package(name: &str, error: &PackageError) -> Report {
    let mut findings = Findings::default();
    findings.error(Problem {
        code: error.code(),
        path: error.path().unwrap_or(name),
        message: "the audit package is not accepted, and nothing in it was looked at".to_owned(),
        expected: "a package as `caws gates` writes it".to_owned(),
        found: error.to_string(),
        help: "get the package again from where it was made; do not unpack this one",
    });
    Report {
        findings: findings.into_list(),
        ..empty()
    }
}

fn empty() -> Report {
    Report {
        schema_version: REPORT_SCHEMA_VERSION,
        ok: false,
        signature: SignatureState::Missing,
        key: None,
        signers: Vec::new(),
        commit: None,
        dirty: None,
        files: 0,
        score: None,
        gates: Vec::new(),
        ledger: None,
        findings: Vec::new(),
    }
}

fn verify_store(store: &Store, options: &Options) -> Report {
    let mut findings = Findings::default();
    let mut report = empty();
    match store.read(layout::MANIFEST, options.limits.document) {
        Ok(bytes) => record(store, &bytes, options, &mut report, &mut findings),
        Err(error) => file_missing(layout::MANIFEST, &error.to_string(), &mut findings),
    }
    for (path, why) in &store.unread {
        findings.error(Problem {
            code: codes::RECORD_FILE_UNLISTED,
            path,
            message: "the directory cannot be looked through".to_owned(),
            expected: "files with readable names, within the verifier's bounds".to_owned(),
            found: why.clone(),
            help: "get the artifacts again, or raise the bound",
        });
    }
    for why in options.trust.iter().flat_map(|trust| trust.ignored()) {
        findings.add(
            Severity::Warning,
            Problem {
                code: codes::KEY_RECORD_IGNORED,
                path: "key records",
                message: "a key record changes nothing".to_owned(),
                expected: "a record by the keys it takes".to_owned(),
                found: why,
                help: "see docs/keys.md for who has to sign which record",
            },
        );
    }
    report.ok = !findings.any_error();
    report.findings = findings.into_list();
    report
}

fn record(
    store: &Store,
    bytes: &[u8],
    options: &Options,
    report: &mut Report,
    findings: &mut Findings,
) {
    let manifest: Option<Manifest> = document::read(layout::MANIFEST, bytes, findings);
    let sha256 = sha256_hex(bytes);
    let about = About {
        bundle: layout::MANIFEST_BUNDLE,
        document: layout::MANIFEST,
        bytes,
        predicate_type: MANIFEST_V1,
        subjects: manifest
            .as_ref()
            .map(|manifest| manifest_subjects(manifest, &sha256)),
        signs: Signs::Manifest,
        gate: None,
        at: manifest
            .as_ref()
            .map_or("", |manifest| &manifest.caws.finished),
        missing: Some(if options.allow_unsigned {
            Severity::Warning
        } else {
            Severity::Error
        }),
    };
    (report.signature, report.key) = bundles::check(&about, store, options, findings);
    let Some(manifest) = manifest else { return };
    report.signers = cosigned::check(&manifest, report.key.as_deref(), store, options, findings);
    report.commit = Some(manifest.commit.clone());
    report.dirty = Some(manifest.caws.dirty);
    let mut digests = BTreeMap::new();
    let plan = plan(store, &manifest, options, &mut digests, findings);
    let evidence;
    (report.gates, evidence) = gates(
        store,
        &manifest,
        plan.as_ref(),
        options,
        &mut digests,
        findings,
    );
    if let Some(plan) = &plan {
        waivers::check(store, &manifest, plan, options, &mut digests, findings);
    }
    logged::check(
        store,
        &manifest,
        plan.as_ref(),
        evidence.as_deref().unwrap_or_default(),
        options,
        findings,
    );
    report.files = files(store, &manifest, options, &mut digests, findings);
    unlisted(store, &manifest, findings);
    let trust = &manifest.caws.trust;
    // What a changed plan or record gives is no news about the manifest.
    let unchanged = intact(&manifest, findings);
    let recomputed = match (&plan, &evidence) {
        (Some(plan), Some(evidence)) if unchanged => {
            rebuild::check(&manifest, plan, evidence, findings)
        }
        _ => None,
    };
    report.score = Some(Score {
        claimed: trust.score,
        recomputed,
        threshold: trust.threshold,
        passed: trust.passed,
    });
}

/// Whether plan and evidence records are those the manifest was made from.
fn intact(manifest: &Manifest, findings: &Findings) -> bool {
    let records = manifest
        .caws
        .gates
        .iter()
        .map(|entry| evidence_path(&entry.gate));
    records
        .chain([layout::PLAN.to_owned()])
        .all(|path| !findings.has(codes::DIGEST_MISMATCH, &path))
}

fn plan(
    store: &Store,
    manifest: &Manifest,
    options: &Options,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> Option<Plan> {
    let bytes = match store.read(layout::PLAN, options.limits.document) {
        Ok(bytes) => bytes,
        Err(error) => {
            file_missing(layout::PLAN, &error.to_string(), findings);
            return None;
        }
    };
    let sha256 = sha256_hex(&bytes);
    digest_is(layout::PLAN, &manifest.caws.plan_sha256, &sha256, findings);
    digests.insert(layout::PLAN.to_owned(), sha256);
    document::read(layout::PLAN, &bytes, findings)
}

/// Checks every gate of the manifest; gives all evidence, or `None` where some cannot be read.
fn gates(
    store: &Store,
    manifest: &Manifest,
    plan: Option<&Plan>,
    options: &Options,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> (Vec<GateReport>, Option<Vec<Evidence>>) {
    let context = gate::Context {
        store,
        options,
        signed: store.has(layout::MANIFEST_BUNDLE),
        manifest,
        plan,
    };
    // Gates have nothing to do with each other, and most of the work is in them.
    let checked = parallel::map(&manifest.caws.gates, |entry| {
        let (mut digests, mut findings) = (BTreeMap::new(), Findings::default());
        let checked = is_directory_name(&entry.gate, &mut findings).then(|| {
            let gate_plan = plan.and_then(|plan| plan.gates.iter().find(|g| g.gate == entry.gate));
            gate::check(&context, entry, gate_plan, &mut digests, &mut findings)
        });
        (checked, digests, findings)
    });
    let (mut reports, mut evidence) = (Vec::new(), Vec::new());
    let mut complete = true;
    for (checked, of_gate, found) in checked {
        digests.extend(of_gate);
        findings.append(found);
        let (report, record) = checked.unzip();
        reports.extend(report);
        match record.flatten() {
            Some(record) => evidence.push(record),
            None => complete = false,
        }
    }
    for gate in plan
        .iter()
        .flat_map(|plan| &plan.gates)
        .filter(|gate| gate.applies)
    {
        if manifest
            .caws
            .gates
            .iter()
            .all(|entry| entry.gate != gate.gate)
        {
            findings.error(Problem {
                code: codes::EVIDENCE_MISSING,
                path: layout::MANIFEST,
                message: format!("gate `{}` of the plan has no evidence", gate.gate),
                expected: "an entry for every gate of the plan that applies".to_owned(),
                found: "none".to_owned(),
                help: "the run left out a gate it had planned; do not rely on its verdict",
            });
            complete = false;
        }
    }
    (reports, complete.then_some(evidence))
}

/// Whether a gate's name can be the name of its directory; says so where it cannot.
fn is_directory_name(gate: &str, findings: &mut Findings) -> bool {
    let fits = is_gate_name(gate);
    if !fits {
        findings.error(Problem {
            code: codes::RECORD_INCONSISTENT,
            path: layout::MANIFEST,
            message: "a gate's name cannot be the name of its directory".to_owned(),
            expected: "letters, digits, `-`, `_` and `.`".to_owned(),
            found: format!("{gate:?}"),
            help: "the manifest was not written by caws; do not rely on it",
        });
    }
    fits
}

/// Holds every file of the manifest against its digest; gives how many there are.
fn files(
    store: &Store,
    manifest: &Manifest,
    options: &Options,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> usize {
    for file in &manifest.caws.files {
        if let Some(found) = digests.get(&file.path) {
            digest_is(&file.path, &file.sha256, found, findings);
            continue;
        }
        if findings.has(codes::RECORD_FILE_MISSING, &file.path) {
            continue;
        }
        match store.read(&file.path, options.limits.stored) {
            Ok(bytes) => {
                let found = sha256_hex(&bytes);
                digest_is(&file.path, &file.sha256, &found, findings);
                digests.insert(file.path.clone(), found);
            }
            Err(error) => file_missing(&file.path, &error.to_string(), findings),
        }
    }
    digests.len()
}

/// Files nobody vouches for: they could be taken for part of the record.
fn unlisted(store: &Store, manifest: &Manifest, findings: &mut Findings) {
    let bundles: BTreeSet<String> = manifest
        .caws
        .gates
        .iter()
        .map(|entry| evidence_bundle_path(&entry.gate))
        .collect();
    let listed: BTreeSet<&str> = manifest
        .caws
        .files
        .iter()
        .map(|file| file.path.as_str())
        .chain(bundles.iter().map(String::as_str))
        .chain([layout::MANIFEST, layout::MANIFEST_BUNDLE])
        .chain(logged::is_logged(manifest).then_some(layout::MANIFEST_PROOF))
        .collect();
    for (path, kind) in store.paths() {
        if kind == Kind::File && (listed.contains(path) || cosigner_of(path).is_some()) {
            continue;
        }
        let what = match kind {
            Kind::File => "a file the manifest does not list",
            Kind::Other => "a link or device",
        };
        findings.error(Problem {
            code: codes::RECORD_FILE_UNLISTED,
            path,
            message: "something lies among the evidence that the record does not cover".to_owned(),
            expected: "only files the manifest lists, and their bundles".to_owned(),
            found: what.to_owned(),
            help: "remove it, or run the gates again into a clean artifacts directory",
        });
    }
}
