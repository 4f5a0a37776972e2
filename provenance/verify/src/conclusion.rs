//! What a verification concluded, for other systems: VSA v1 and SVR v0.2 from a [`Report`].
//!
//! Both are made from the report and the verified record alone; whoever signs them says nothing more.

use std::collections::BTreeMap;

use caws_attest::ResourceDescriptor;
use caws_attest::predicate::NAMESPACE;
use caws_attest::predicate::summary::{
    Conclusion, FAILED_LEVEL, PolicyVerifier, SimpleResult, Summary, Verifier,
};
use caws_evidence::manifest::layout;
use caws_evidence::{Manifest, codes, sha256_hex};
use caws_policy::Plan;
use jiff::Timestamp;

use crate::options::Limits;
use crate::package::Package;
use crate::report::{Report, Reproduced, SignatureState};
use crate::store::{Kind, Store};

/// `verifier.id` of what this crate concludes.
pub const VERIFIER: &str = "https://kokoro-tts.com/caws/verify";

/// What was verified.
#[derive(Debug, Clone, Copy)]
pub enum Verified<'a> {
    /// An artifacts directory.
    Directory(&'a std::path::Path),
    /// An audit package, with the name it goes by.
    Package {
        /// Its content.
        package: &'a Package,
        /// What people call it.
        name: &'a str,
    },
}

/// Everything a conclusion is drawn from.
#[derive(Debug, Clone)]
pub struct Grounds<'a> {
    /// What was verified.
    pub verified: Verified<'a>,
    /// What was found.
    pub report: &'a Report,
    /// Manifest and plan, where they can be read.
    pub record: Option<(&'a Manifest, &'a Plan)>,
    /// Whether the run was of some gates only, which says nothing about the project.
    pub partial: bool,
    /// The file it was held against, where the verifier had one: a trust policy, by name and digest.
    pub policy: Option<ResourceDescriptor>,
    /// Version of the program that verified.
    pub version: &'a str,
    /// Now.
    pub at: Timestamp,
}

impl Grounds<'_> {
    /// Whether the record is true and says that the whole run passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        let run = self
            .record
            .is_some_and(|(manifest, _)| manifest.caws.trust.passed);
        let signed = self.report.signature == SignatureState::Valid;
        self.report.ok && signed && run && !self.partial
    }

    /// What the conclusion is about: the file or manifest that was verified, and the commit where the record is true
    /// and about exactly that. Empty where there is neither.
    #[must_use]
    pub fn subjects(&self) -> Vec<ResourceDescriptor> {
        let mut subjects = Vec::new();
        // What a record that is not true says about a commit is no ground to speak of that commit.
        if self.report.ok
            && let Some((manifest, _)) = self.record
            && !manifest.caws.dirty
            && manifest.commit_id().is_some()
        {
            let commit = ResourceDescriptor::digested("commit", "gitCommit", &manifest.commit);
            subjects.push(commit);
        }
        match self.verified {
            Verified::Package { package, name } => {
                let digest = package.sha256();
                subjects.push(ResourceDescriptor::digested(name, "sha256", &digest));
            }
            Verified::Directory(_) => {
                if let Ok(bytes) = self
                    .store()
                    .read(layout::MANIFEST, Limits::default().document)
                {
                    let digest = sha256_hex(&bytes);
                    subjects.push(ResourceDescriptor::digested(
                        layout::MANIFEST,
                        "sha256",
                        &digest,
                    ));
                }
            }
        }
        subjects
    }

    /// Every signed attestation of the record, by digest, in path order.
    #[must_use]
    pub fn inputs(&self) -> Vec<ResourceDescriptor> {
        let store = self.store();
        let bundles = store
            .paths()
            .filter(|(path, kind)| *kind == Kind::File && path.ends_with(".sigstore.json"));
        bundles
            .filter_map(|(path, _)| {
                let bytes = store.read(path, Limits::default().document).ok()?;
                let digest = sha256_hex(&bytes);
                Some(ResourceDescriptor::digested(path, "sha256", &digest))
            })
            .collect()
    }

    fn store(&self) -> Store<'_> {
        match self.verified {
            Verified::Directory(root) => Store::open(root, Limits::default().entries),
            Verified::Package { package, .. } => Store::of(package),
        }
    }

    /// What it was held against: the verifier's own policy first, then the one of the run.
    fn policies(&self) -> Vec<ResourceDescriptor> {
        let own = self.policy.clone().map(|policy| ResourceDescriptor {
            uri: policy
                .uri
                .clone()
                .or_else(|| Some(format!("{NAMESPACE}trust-policy/v1"))),
            ..policy
        });
        let of_run = self.record.map(|(_, plan)| ResourceDescriptor {
            uri: Some(format!("{NAMESPACE}tier-policy/v1")),
            ..ResourceDescriptor::digested(&plan.policy.path, "sha256", &plan.policy.sha256)
        });
        own.into_iter().chain(of_run).collect()
    }

    fn tier(&self) -> Option<String> {
        let (_, plan) = self.record?;
        Some(format!("CAWS_TIER_{}", plan.spec.risk_tier))
    }

    /// The summary: `PASSED` with the tier whose policy the run met, else `FAILED`. It claims no level of SLSA.
    #[must_use]
    pub fn summary(&self, resource_uri: &str) -> Summary {
        let tier = self.tier().filter(|_| self.passed());
        let (verification_result, level) = match tier {
            Some(tier) => (Conclusion::Passed, tier),
            None => (Conclusion::Failed, FAILED_LEVEL.to_owned()),
        };
        let unknown = || ResourceDescriptor {
            uri: Some(format!("{NAMESPACE}tier-policy/v1")),
            ..ResourceDescriptor::default()
        };
        Summary {
            verifier: Verifier {
                id: VERIFIER.to_owned(),
                version: BTreeMap::from([("caws".to_owned(), self.version.to_owned())]),
            },
            time_verified: Some(self.at),
            resource_uri: resource_uri.to_owned(),
            policy: self.policies().into_iter().next().unwrap_or_else(unknown),
            input_attestations: self.inputs(),
            verification_result,
            verified_levels: vec![level],
            dependency_levels: BTreeMap::new(),
            slsa_version: None,
        }
    }

    /// The properties that were found to hold, and no other.
    #[must_use]
    pub fn simple_result(&self) -> SimpleResult {
        SimpleResult {
            verifier: PolicyVerifier {
                id: VERIFIER.to_owned(),
                policies: self.policies(),
            },
            time_created: self.at,
            properties: self.properties(),
        }
    }

    fn properties(&self) -> Vec<String> {
        let report = self.report;
        if !report.ok {
            return Vec::new();
        }
        let reproduced = !report.gates.is_empty()
            && report
                .gates
                .iter()
                .all(|gate| gate.reproduced == Reproduced::Yes);
        let logged = self.record.is_some_and(|(manifest, _)| {
            let commitment = manifest.caws.commitment.as_ref();
            commitment.is_some_and(|commitment| commitment.logged.is_some())
        }) && report
            .findings
            .iter()
            .all(|finding| finding.code != codes::PLAN_NOT_LOGGED);
        let holds = [
            (true, "CAWS_CONSISTENT".to_owned()),
            (
                report.signature == SignatureState::Valid,
                "CAWS_SIGNED".to_owned(),
            ),
            (report.signers.len() > 1, "CAWS_COSIGNED".to_owned()),
            (reproduced, "CAWS_REPRODUCED".to_owned()),
            (logged, "CAWS_PLAN_LOGGED_FIRST".to_owned()),
        ];
        let tier = self.tier().filter(|_| self.passed());
        holds
            .into_iter()
            .filter_map(|(holds, name)| holds.then_some(name))
            .chain(tier)
            .collect()
    }
}
