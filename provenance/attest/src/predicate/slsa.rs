//! SLSA provenance v1: how an artifact was built.
//!
//! Source: <https://slsa.dev/spec/v1.0/provenance>. The predicate claims no level. What a key on
//! somebody's machine signs is Build L1: the provenance exists. More takes a builder that its own users
//! cannot reach into, and is said by whoever verified that, in a [`super::summary::Summary`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Predicate;
use crate::statement::ResourceDescriptor;

/// The predicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// What happened.
    pub run_details: RunDetails,
}

/// What went in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// URI that says how to read the parameters.
    pub build_type: String,
    /// What whoever asked for the build chose: untrusted, to be checked by a verifier.
    pub external_parameters: Map<String, Value>,
    /// What the builder itself chose.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub internal_parameters: Map<String, Value>,
    /// Sources, toolchain, locked dependencies: whatever was fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved_dependencies: Vec<ResourceDescriptor>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunDetails {
    /// Who built.
    pub builder: Builder,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BuildMetadata>,
    /// What came out beside the subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub byproducts: Vec<ResourceDescriptor>,
}

/// Who built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Builder {
    /// URI of the platform; what it is trusted with is the verifier's business.
    pub id: String,
    /// What the builder itself is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builder_dependencies: Vec<ResourceDescriptor>,
    /// Versions of its parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub version: BTreeMap<String, String>,
}

/// When it was built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildMetadata {
    /// Names this one run of the builder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation_id: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<Timestamp>,
}

impl Predicate for Provenance {
    const TYPE: &'static str = "https://slsa.dev/provenance/v1";

    fn check(&self) -> Result<(), String> {
        for (name, uri) in [
            (
                "buildDefinition.buildType",
                &self.build_definition.build_type,
            ),
            ("runDetails.builder.id", &self.run_details.builder.id),
        ] {
            if !super::is_uri(uri) {
                return Err(format!("`{uri}` in {name}, where a URI belongs"));
            }
        }
        let metadata = self.run_details.metadata.as_ref();
        let times = metadata.and_then(|m| m.started_on.zip(m.finished_on));
        match times {
            Some((started, finished)) if finished < started => {
                Err(format!("a build from {started} to {finished}"))
            }
            _ => Ok(()),
        }
    }
}
