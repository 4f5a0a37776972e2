//! The waivers of a plan, judged again: what they say, who signed them, and when and for which commits.
//!
//! The time is that of the run, as the manifest says; the range is followed over the commits in the record.

use std::collections::{BTreeMap, BTreeSet};

use caws_attest::predicate::WAIVER_V1;
use caws_attest::seal::{is_gate_name, waiver_subjects};
use caws_evidence::manifest::layout;
use caws_evidence::{Manifest, Severity, canonical_json, codes, sha256_hex};
use caws_policy::Plan;
use caws_policy::waiver::{
    ActiveWaiver, Circumstances, Fault, LINEAGE_SCHEMA_VERSION, Lineage, Signature, Waivers,
    faults, in_range, too_many,
};
use jiff::Timestamp;

use crate::bundles::{self, About};
use crate::document::{self, Versioned};
use crate::gate::{digest_is, file_missing};
use crate::options::Options;
use crate::report::{Findings, Problem};
use crate::store::Store;
use crate::trust::Signs;

impl Versioned for Lineage {
    const VERSION: u32 = LINEAGE_SCHEMA_VERSION;
    fn version(&self) -> u32 {
        self.schema_version
    }
}

/// Checks every waiver of the plan. `digests` takes what was hashed.
pub(crate) fn check(
    store: &Store<'_>,
    manifest: &Manifest,
    plan: &Plan,
    options: &Options,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) {
    let Some(waivers) = &plan.waivers else { return };
    if let Some(fault) = too_many(waivers.active.len(), &waivers.rules) {
        say(layout::PLAN, fault, findings);
    }
    let mut ids = BTreeSet::new();
    for active in &waivers.active {
        let id = &active.waiver.id;
        if !is_gate_name(id) || !ids.insert(id) {
            findings.error(Problem {
                code: codes::RECORD_INCONSISTENT,
                path: layout::PLAN,
                message: "a waiver's id cannot be the name of its files, or is there twice"
                    .to_owned(),
                expected: "letters, digits and `-`, each id once".to_owned(),
                found: format!("{id:?}"),
                help: "the plan was not written by caws; do not rely on it",
            });
            continue;
        }
        let of_run = OfRun {
            store,
            manifest,
            plan,
            waivers,
            options,
        };
        of_run.check(active, digests, findings);
    }
}

/// The run a waiver is used in.
struct OfRun<'a> {
    store: &'a Store<'a>,
    manifest: &'a Manifest,
    plan: &'a Plan,
    waivers: &'a Waivers,
    options: &'a Options,
}

impl OfRun<'_> {
    fn check(
        &self,
        active: &ActiveWaiver,
        digests: &mut BTreeMap<String, String>,
        findings: &mut Findings,
    ) {
        let waiver = &active.waiver;
        let path = waiver.bundle_path();
        let signature = self.signature(active, digests, findings);
        let range = self
            .lineage(active, digests, findings)
            .ok_or_else(|| "no commits that show it".to_owned())
            .and_then(|lineage| {
                let commit = self.plan.subject.commit.as_deref();
                in_range(commit, &waiver.commits, &lineage)
            });
        let Ok(now) = self.manifest.caws.started.parse::<Timestamp>() else {
            findings.error(Problem {
                code: codes::RECORD_INCONSISTENT,
                path: layout::MANIFEST,
                message: "when the run began cannot be read".to_owned(),
                expected: "a time, RFC 3339".to_owned(),
                found: format!("{:?}", self.manifest.caws.started),
                help: "the manifest was not written by caws; do not rely on it",
            });
            return;
        };
        let circumstances = Circumstances {
            now,
            spec: &self.plan.spec.id,
            rules: &self.waivers.rules,
            gates: None,
        };
        for fault in faults(waiver, &signature, &range, &circumstances) {
            say(&path, fault, findings);
        }
    }

    /// Who signed it; what is wrong with the signature is said here.
    fn signature(
        &self,
        active: &ActiveWaiver,
        digests: &mut BTreeMap<String, String>,
        findings: &mut Findings,
    ) -> Signature {
        let waiver = &active.waiver;
        let path = waiver.bundle_path();
        if let Ok(bytes) = self.store.read(&path, self.options.limits.document) {
            let found = sha256_hex(&bytes);
            digest_is(&path, &active.bundle_sha256, &found, findings);
            digests.insert(path.clone(), found);
        }
        let bytes = canonical_json(waiver).unwrap_or_default();
        let about = About {
            bundle: &path,
            document: &path,
            bytes: &bytes,
            predicate_type: WAIVER_V1,
            subjects: Some(waiver_subjects(
                &waiver.id,
                &waiver.commits.from,
                &sha256_hex(&bytes),
            )),
            signs: Signs::Waiver,
            gate: Some(&waiver.gate),
            at: &self.manifest.caws.started,
            missing: Some(Severity::Error),
        };
        match bundles::check(&about, self.store, self.options, findings) {
            (_, Some(key)) => Signature::By(key),
            (_, None) => Signature::Broken("a signature that does not count".to_owned()),
        }
    }

    fn lineage(
        &self,
        active: &ActiveWaiver,
        digests: &mut BTreeMap<String, String>,
        findings: &mut Findings,
    ) -> Option<Lineage> {
        let path = active.waiver.lineage_path();
        let bytes = match self.store.read(&path, self.options.limits.document) {
            Ok(bytes) => bytes,
            Err(error) => {
                file_missing(&path, &error.to_string(), findings);
                return None;
            }
        };
        let found = sha256_hex(&bytes);
        let same = digest_is(&path, &active.lineage_sha256, &found, findings);
        digests.insert(path.clone(), found);
        document::read(&path, &bytes, findings).filter(|_| same)
    }
}

fn say(path: &str, fault: Fault, findings: &mut Findings) {
    findings.error(Problem {
        code: fault.code,
        path,
        message: fault.message,
        expected: fault.expected,
        found: fault.found,
        help: "the run let a gate pass that it may not; do not rely on its verdict",
    });
}
