//! SLSA provenance v1: how an artifact was built.
//!
//! Source: <https://slsa.dev/spec/v1.0/provenance>. The predicate claims no level. What a key on
//! somebody's machine signs is Build L1: the provenance exists. More takes a builder that its own users
//! cannot reach into, and is said by whoever verified that, in a [`super::summary::Summary`].

use std::collections::BTreeMap;

use caws_evidence::CommandRecord;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Predicate;
use crate::seal::command_path;
use crate::statement::ResourceDescriptor;

/// `buildType` of what one recorded command built; `docs/attestations.md` says how to read its parameters.
pub const COMMAND_BUILD_V1: &str = "https://kokoro-tts.com/caws/build/command/v1";

/// `builder.id` of whatever machine the signer's key lies on: trusted with nothing.
pub const LOCAL_BUILDER_V1: &str = "https://kokoro-tts.com/caws/builder/local/v1";

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

/// What is said about a build beside its record.
#[derive(Debug, Clone)]
pub struct Build<'a> {
    /// Who built: [`LOCAL_BUILDER_V1`], or the URI of a platform that signs for itself.
    pub builder: &'a str,
    /// Where the commit can be had, as a URI.
    pub source: Option<&'a str>,
    /// Lock files and whatever else went in, by digest.
    pub dependencies: Vec<ResourceDescriptor>,
}

impl Provenance {
    /// What the record of a command shows about what it built. `record_sha256` is the record's digest.
    ///
    /// The commit is a dependency where the command ran on exactly that; a changed tree is not the commit.
    ///
    /// # Errors
    /// When a time of the record is none.
    pub fn of_command(
        record: &CommandRecord,
        record_sha256: &str,
        build: &Build<'_>,
    ) -> Result<Self, jiff::Error> {
        let mut resolved_dependencies = Vec::new();
        if let (Some(commit), Some(false)) = (&record.commit, record.dirty) {
            resolved_dependencies.push(ResourceDescriptor {
                uri: build.source.map(str::to_owned),
                ..ResourceDescriptor::digested("source", "gitCommit", commit)
            });
        }
        resolved_dependencies.extend(build.dependencies.iter().cloned());
        let environment = &record.environment;
        Ok(Self {
            build_definition: BuildDefinition {
                build_type: COMMAND_BUILD_V1.to_owned(),
                external_parameters: Map::from_iter([
                    ("command".to_owned(), json!(record.command)),
                    ("directory".to_owned(), json!(record.directory)),
                ]),
                internal_parameters: Map::from_iter([(
                    "environment".to_owned(),
                    json!({ "os": environment.os, "arch": environment.arch, "variables": environment.variables }),
                )]),
                resolved_dependencies,
            },
            run_details: RunDetails {
                builder: Builder {
                    id: build.builder.to_owned(),
                    builder_dependencies: Vec::new(),
                    version: BTreeMap::from([("caws".to_owned(), environment.caws.clone())]),
                },
                metadata: Some(BuildMetadata {
                    invocation_id: Some(format!("sha256:{record_sha256}")),
                    started_on: Some(record.started.parse()?),
                    finished_on: Some(record.finished.parse()?),
                }),
                byproducts: vec![ResourceDescriptor::digested(
                    &command_path(&record.name),
                    "sha256",
                    record_sha256,
                )],
            },
        })
    }
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
