//! `.caws.yml`: what runs in a repository. The schema beside the other schemas documents each key;
//! these types are what is left once it holds.

mod gates;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;

pub use gates::{
    AcceptanceGate, AtMost, AudioGate, BenchRun, Budget, Check, Contract, ContractAdapter,
    ContractsGate, CoverageAdapter, CoverageGate, Exclusion, FlakesAdapter, FlakesGate,
    GatesConfig, IntegrityGate, Loudness, MutationAdapter, MutationGate, PerformanceGate,
    PolicyGate, Report, ScopeGate, SpecGate, StaticGate,
};

/// Name of the file in the project's root.
pub const FILE: &str = ".caws.yml";
/// Version of the file this caws reads.
pub const SCHEMA_VERSION: u64 = 1;
/// The published schema of the file.
pub const SCHEMA: &str = include_str!("../../../.caws/schemas/caws-config.schema.json");

/// The file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u64,
    /// The working spec, relative to the root.
    #[serde(default = "default_spec")]
    pub spec: String,
    /// The tier policy, relative to the root.
    #[serde(default = "default_policy")]
    pub policy: String,
    /// Folders whose component specs are held to their targets, relative to the root.
    #[serde(default)]
    pub components: Vec<String>,
    /// Pinned programs by name.
    #[serde(default)]
    pub tools: BTreeMap<String, ToolPin>,
    /// Servers gates need, by name.
    #[serde(default)]
    pub services: BTreeMap<String, ServiceConfig>,
    /// The gates.
    #[serde(default)]
    pub gates: GatesConfig,
    /// What waivers may do here.
    #[serde(default)]
    pub waivers: WaiversConfig,
}

/// What waivers may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiversConfig {
    /// Most that may be active at once.
    pub max_active: Option<u32>,
    /// Longest one may last, in days.
    pub max_days: Option<u32>,
    /// Gates that may not be waived.
    #[serde(default)]
    pub never: Vec<String>,
    /// Who may allow one.
    #[serde(default)]
    pub approvers: Vec<ApproverConfig>,
}

/// Somebody who may allow a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproverConfig {
    /// What people call them.
    pub name: String,
    /// Their public key, relative to the root.
    pub key: String,
}

fn default_spec() -> String {
    ".caws/working-spec.yaml".to_owned()
}

fn default_policy() -> String {
    ".caws/policy/tier-policy.json".to_owned()
}

/// A pinned program, by the ecosystem it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase", deny_unknown_fields)]
pub enum ToolPin {
    /// `cargo install`.
    Cargo {
        /// Exact version.
        version: String,
        /// Package, where it is not named like the tool.
        #[serde(default)]
        package: Option<String>,
        /// Executable, where it is not named like the tool.
        #[serde(default)]
        program: Option<String>,
    },
    /// `pip install` into an environment of its own.
    Pip {
        /// Exact version.
        version: String,
        /// Package, where it is not named like the tool.
        #[serde(default)]
        package: Option<String>,
        /// Executable, where it is not named like the tool.
        #[serde(default)]
        program: Option<String>,
    },
    /// `npm install` into a folder of its own.
    Npm {
        /// Exact version.
        version: String,
        /// Package, where it is not named like the tool.
        #[serde(default)]
        package: Option<String>,
        /// Executable, where it is not named like the tool.
        #[serde(default)]
        program: Option<String>,
    },
    /// The system's package manager.
    System {
        /// Exact version; any where absent.
        #[serde(default)]
        version: Option<String>,
        /// Package by manager: `apt`, `brew`.
        #[serde(default)]
        packages: BTreeMap<String, String>,
        /// Executable, where it is not named like the tool.
        #[serde(default)]
        program: Option<String>,
    },
}

impl ToolPin {
    /// The version pinned, if one is.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Cargo { version, .. } | Self::Pip { version, .. } | Self::Npm { version, .. } => {
                Some(version)
            }
            Self::System { version, .. } => version.as_deref(),
        }
    }

    /// The executable's name, where it differs from the tool's.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        match self {
            Self::Cargo { program, .. }
            | Self::Pip { program, .. }
            | Self::Npm { program, .. }
            | Self::System { program, .. } => program.as_deref(),
        }
    }

    /// The package's name, where it differs from the tool's.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        match self {
            Self::Cargo { package, .. } | Self::Pip { package, .. } | Self::Npm { package, .. } => {
                package.as_deref()
            }
            Self::System { .. } => None,
        }
    }
}

/// A server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// Builds it first.
    #[serde(default)]
    pub build: Vec<String>,
    /// Starts it; `{port}` becomes a free port of 127.0.0.1.
    pub command: Vec<String>,
    /// Path that answers 200 once it is ready.
    pub ready: String,
    /// How long it may take.
    #[serde(
        default = "half_a_minute",
        deserialize_with = "crate::duration::deserialize"
    )]
    pub ready_within: Duration,
    /// Tools it needs.
    #[serde(default)]
    pub uses: Vec<String>,
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

impl Config {
    /// The gates that are configured, with the tools each uses, services included.
    #[must_use]
    pub fn uses(&self) -> Vec<(&'static str, Vec<String>)> {
        let of_service = |name: &Option<String>| {
            name.as_ref()
                .and_then(|name| self.services.get(name))
                .map(|service| service.uses.clone())
                .unwrap_or_default()
        };
        let gates = &self.gates;
        let mut all: Vec<(&'static str, Vec<String>)> = Vec::new();
        if gates.spec.is_some() {
            all.push(("spec", Vec::new()));
        }
        if let Some(gate) = &gates.static_checks {
            all.push(("static", gate.uses.clone()));
        }
        if let Some(gate) = &gates.coverage {
            all.push(("coverage", gate.uses.clone()));
        }
        if let Some(gate) = &gates.mutation {
            all.push(("mutation", gate.uses.clone()));
        }
        if let Some(gate) = &gates.contracts {
            let mut tools = gate.uses.clone();
            for contract in &gate.contracts {
                tools.extend(contract.uses.iter().cloned());
                tools.extend(of_service(&contract.service));
            }
            all.push(("contracts", tools));
        }
        if let Some(gate) = &gates.performance {
            all.push((
                "performance",
                [gate.uses.clone(), of_service(&gate.service)].concat(),
            ));
        }
        if let Some(gate) = &gates.audio {
            all.push((
                "audio",
                [gate.uses.clone(), of_service(&Some(gate.service.clone()))].concat(),
            ));
        }
        if let Some(gate) = &gates.flakes {
            all.push(("flakes", gate.uses.clone()));
        }
        if gates.policy.is_some() {
            all.push(("policy", Vec::new()));
        }
        if let Some(gate) = &gates.acceptance {
            all.push(("acceptance", gate.uses.clone()));
        }
        for (_, tools) in &mut all {
            tools.sort_unstable();
            tools.dedup();
        }
        all
    }

    /// The gates that use a tool.
    #[must_use]
    pub fn users_of(&self, tool: &str) -> Vec<String> {
        self.uses()
            .into_iter()
            .filter(|(_, tools)| tools.iter().any(|name| name == tool))
            .map(|(gate, _)| gate.to_owned())
            .collect()
    }

    /// The Rust toolchains gates need (`None` is the default one), each with its gates.
    #[must_use]
    pub fn toolchains(&self) -> BTreeMap<Option<String>, Vec<&'static str>> {
        let mut needed: BTreeMap<Option<String>, Vec<&'static str>> = BTreeMap::new();
        let gates = &self.gates;
        if let Some(gate) = &gates.coverage
            && gate.adapter == Some(CoverageAdapter::CargoLlvmCov)
        {
            needed
                .entry(gate.toolchain.clone())
                .or_default()
                .push("coverage");
        }
        if gates
            .mutation
            .as_ref()
            .is_some_and(|gate| gate.adapter == Some(MutationAdapter::CargoMutants))
        {
            needed.entry(None).or_default().push("mutation");
        }
        if gates
            .flakes
            .as_ref()
            .is_some_and(|gate| gate.adapter == FlakesAdapter::Nextest)
        {
            needed.entry(None).or_default().push("flakes");
        }
        if gates.static_checks.as_ref().is_some_and(|gate| {
            gate.checks
                .iter()
                .any(|check| check.program() == Some("cargo"))
        }) {
            needed.entry(None).or_default().push("static");
        }
        needed
    }

    /// Names that are used and not defined: `(what, name, where)`.
    #[must_use]
    pub fn dangling(&self) -> BTreeSet<(&'static str, String, String)> {
        let mut missing = BTreeSet::new();
        for (gate, tools) in self.uses() {
            for tool in tools
                .into_iter()
                .filter(|tool| !self.tools.contains_key(tool))
            {
                missing.insert(("tool", tool, format!("gates.{gate}")));
            }
        }
        let mut service = |name: Option<&String>, place: String| {
            if let Some(name) = name.filter(|name| !self.services.contains_key(*name)) {
                missing.insert(("service", name.clone(), place));
            }
        };
        let gates = &self.gates;
        for contract in gates.contracts.iter().flat_map(|gate| &gate.contracts) {
            service(contract.service.as_ref(), "gates.contracts".to_owned());
        }
        service(
            gates
                .performance
                .as_ref()
                .and_then(|gate| gate.service.as_ref()),
            "gates.performance".to_owned(),
        );
        service(
            gates.audio.as_ref().map(|gate| &gate.service),
            "gates.audio".to_owned(),
        );
        missing
    }
}

#[cfg(test)]
mod tests;
