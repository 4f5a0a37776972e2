//! What a verifier concluded: SLSA's verification summary (VSA) v1 and in-toto's simple verification
//! result (SVR) v0.2.
//!
//! Sources: <https://slsa.dev/spec/v1.0/verification_summary>;
//! <https://github.com/in-toto/attestation>, `spec/predicates/svr.md`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Predicate;
use crate::statement::ResourceDescriptor;

/// Level of a summary that found against the artifact.
pub const FAILED_LEVEL: &str = "FAILED";

/// VSA v1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Who verified.
    pub verifier: Verifier,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_verified: Option<Timestamp>,
    /// What is meant by the subject, as a URI.
    pub resource_uri: String,
    /// What it was held against.
    pub policy: ResourceDescriptor,
    /// Every attestation that was looked at, by digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input_attestations: Vec<ResourceDescriptor>,
    /// What came of it.
    pub verification_result: Conclusion,
    /// What holds: levels of SLSA, or of others. `["FAILED"]` where nothing does.
    pub verified_levels: Vec<String>,
    /// How many dependencies have which level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dependency_levels: BTreeMap<String, u64>,
    /// Version of SLSA the levels are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slsa_version: Option<String>,
}

/// Who verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verifier {
    /// URI; accept a summary only from pairs of verifier and signer that belong together.
    pub id: String,
    /// Versions of its parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub version: BTreeMap<String, String>,
}

/// What came of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Conclusion {
    /// The policy is met.
    Passed,
    /// It is not.
    Failed,
}

impl Predicate for Summary {
    const TYPE: &'static str = "https://slsa.dev/verification_summary/v1";

    fn check(&self) -> Result<(), String> {
        for (name, uri) in [
            ("verifier.id", &self.verifier.id),
            ("resourceUri", &self.resource_uri),
        ] {
            if !super::is_uri(uri) {
                return Err(format!("`{uri}` in {name}, where a URI belongs"));
            }
        }
        if self.policy.uri.is_none() {
            return Err("no `uri` in policy".to_owned());
        }
        let undigested = self
            .input_attestations
            .iter()
            .position(|i| i.digest.is_empty());
        if let Some(index) = undigested {
            return Err(format!("no digest on inputAttestations[{index}]"));
        }
        let failed = self.verified_levels.iter().any(|l| l == FAILED_LEVEL);
        match self.verification_result {
            Conclusion::Passed if failed => Err("PASSED with the level FAILED".to_owned()),
            Conclusion::Passed if self.verified_levels.is_empty() => {
                Err("PASSED with no level".to_owned())
            }
            Conclusion::Failed if self.verified_levels != [FAILED_LEVEL] => {
                Err(format!("FAILED with the levels {:?}", self.verified_levels))
            }
            _ => Ok(()),
        }
    }
}

/// SVR v0.2: properties that were found to hold. What is not listed was not found to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SimpleResult {
    /// Who verified, against what.
    pub verifier: PolicyVerifier,
    /// When.
    pub time_created: Timestamp,
    /// What holds, such as `CAWS_TIER_2`.
    pub properties: Vec<String>,
}

/// Who verified, against what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyVerifier {
    /// URI.
    pub id: String,
    /// Policies, by URI and digest; may be empty, may not be missing.
    pub policies: Vec<ResourceDescriptor>,
}

impl Predicate for SimpleResult {
    const TYPE: &'static str = "https://in-toto.io/attestation/svr/v0.2";

    fn check(&self) -> Result<(), String> {
        if !super::is_uri(&self.verifier.id) {
            return Err(format!(
                "`{}` in verifier.id, where a URI belongs",
                self.verifier.id
            ));
        }
        match self.properties.iter().find(|name| name.is_empty()) {
            Some(_) => Err("a property without a name".to_owned()),
            None => Ok(()),
        }
    }
}
