//! The gates' settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Gates by id; one that is absent is not configured.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatesConfig {
    /// Working spec, policy and configuration.
    pub spec: Option<SpecGate>,
    /// Format, lint and the like.
    #[serde(rename = "static")]
    pub static_checks: Option<StaticGate>,
    /// Branch coverage.
    pub coverage: Option<CoverageGate>,
    /// Mutation score.
    pub mutation: Option<MutationGate>,
    /// Contract tests.
    pub contracts: Option<ContractsGate>,
    /// Benchmarks against budgets.
    pub performance: Option<PerformanceGate>,
    /// Loudness and true peak of what a server speaks.
    pub audio: Option<AudioGate>,
    /// The suite, several times.
    pub flakes: Option<FlakesGate>,
    /// Whether a change loosens what judges it.
    pub integrity: Option<IntegrityGate>,
    /// What Rego policies say about the project.
    pub policy: Option<PolicyGate>,
    /// Whether a change stays within the spec's scope and budget.
    pub scope: Option<ScopeGate>,
    /// Whether tests prove the acceptance criteria.
    pub acceptance: Option<AcceptanceGate>,
}

/// A report another program writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Format, such as `cobertura`.
    pub format: String,
    /// The file, relative to the root.
    pub path: String,
    /// Writes the file; where absent, the file must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}

/// Something left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Pattern of paths.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Settings of `integrity`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrityGate {
    /// The branch work goes to, such as `origin/main`; `--base` comes before it.
    pub base: Option<String>,
}

/// Settings of `policy`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyGate {
    /// Patterns of the policy files, tests among them.
    pub policies: Vec<String>,
    /// A JSON document policies see as `data`.
    pub data: Option<String>,
    /// Patterns of the lock files that count.
    pub locks: Vec<String>,
    /// Software bills of materials.
    pub sboms: Vec<String>,
    /// What policies see as `input.settings`.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

impl Default for PolicyGate {
    fn default() -> Self {
        Self {
            policies: vec![crate::policy::DEFAULT.to_owned()],
            data: None,
            locks: crate::policy::LOCKS
                .iter()
                .map(|name| format!("**/{name}"))
                .collect(),
            sboms: Vec::new(),
            settings: serde_json::Map::new(),
        }
    }
}

/// Settings of `scope`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeGate {
    /// The branch work goes to, such as `origin/main`; `--base` comes before it.
    pub base: Option<String>,
}

/// Settings of `acceptance`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceGate {
    /// Tools its reports need.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Test results beyond those the other gates of a run leave.
    #[serde(default)]
    pub reports: Vec<Report>,
}

/// Settings of `spec`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecGate {
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
}

/// A command that must exit 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Short name.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// What to do when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Check {
    /// The program, if there is one.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        self.command.first().map(String::as_str)
    }
}

/// Settings of `static`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticGate {
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Commands that must exit 0.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// A SARIF report instead.
    pub report: Option<Report>,
}

/// Who measures coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageAdapter {
    /// `cargo llvm-cov` with branch coverage.
    CargoLlvmCov,
}

/// Settings of `coverage`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageGate {
    /// Who measures; or a report.
    pub adapter: Option<CoverageAdapter>,
    /// A report somebody else writes.
    pub report: Option<Report>,
    /// The test results behind it.
    pub tests: Option<Report>,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Rust toolchain that can measure branches.
    pub toolchain: Option<String>,
    /// What is not the code under test.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
    /// A minimum above the tier's.
    pub minimum: Option<f64>,
}

/// Who mutates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutationAdapter {
    /// `cargo mutants`.
    CargoMutants,
}

/// Settings of `mutation`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutationGate {
    /// Who mutates; or a report.
    pub adapter: Option<MutationAdapter>,
    /// A report somebody else writes.
    pub report: Option<Report>,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// How long the sample may take.
    #[serde(default, deserialize_with = "crate::duration::optional")]
    pub time_budget: Option<Duration>,
    /// How long one mutant's build, and its tests, may take.
    #[serde(default, deserialize_with = "crate::duration::optional")]
    pub mutant_timeout: Option<Duration>,
    /// A minimum above the tier's.
    pub minimum: Option<f64>,
}

/// Who tests a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContractAdapter {
    /// Schemathesis against a running server.
    Schemathesis,
    /// A client of the project's: a command that asks a running server and writes a JUnit report.
    Client,
}

/// One contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// The document.
    pub path: String,
    /// `provider`, `consumer` or `both`.
    pub role: String,
    /// Who tests it; or a JUnit report.
    pub adapter: Option<ContractAdapter>,
    /// The client: program and arguments; `{url}` and `{report}` are filled in.
    #[serde(default)]
    pub command: Vec<String>,
    /// A JUnit report somebody else writes.
    pub report: Option<Report>,
    /// The server it is held against.
    pub service: Option<String>,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Generated cases per operation.
    pub examples: Option<u32>,
}

/// Settings of `contracts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractsGate {
    /// Tools all of them run.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// The contracts.
    pub contracts: Vec<Contract>,
}

/// A benchmark that writes a result file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchRun {
    /// Prefix of its numbers: `short`.
    pub role: String,
    /// Program and arguments; `{url}`, `{artifacts}` and `{date}` are filled in.
    pub command: Vec<String>,
    /// The file it writes.
    pub output: String,
}

/// A limit on a number of a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Its name, for people.
    pub name: String,
    /// The number: `short.ttfa_p95`.
    pub measurement: String,
    /// Its limit.
    pub at_most: f64,
    /// Its unit.
    pub unit: String,
}

/// Settings of `performance`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerformanceGate {
    /// The server that is measured.
    pub service: Option<String>,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// The benchmarks.
    #[serde(default)]
    pub runs: Vec<BenchRun>,
    /// The limits.
    #[serde(default)]
    pub budgets: Vec<Budget>,
}

/// Integrated loudness asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loudness {
    /// LUFS.
    pub target: f64,
    /// LU above and below.
    pub tolerance: f64,
}

/// An upper limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtMost {
    /// The limit.
    pub at_most: f64,
}

/// Settings of `audio`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioGate {
    /// The server that speaks.
    pub service: String,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Path that speaks.
    pub endpoint: String,
    /// What it is to say.
    pub texts: Vec<String>,
    /// Who is to say it.
    pub voices: Vec<String>,
    /// How fast.
    pub speeds: Vec<f64>,
    /// How loud.
    pub loudness: Loudness,
    /// True peak, dBTP.
    pub true_peak: AtMost,
}

/// Who runs the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlakesAdapter {
    /// `cargo nextest`.
    Nextest,
    /// The `reports` are there already.
    Reports,
}

/// Settings of `flakes`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlakesGate {
    /// Who runs the suite.
    pub adapter: FlakesAdapter,
    /// Tools it runs.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Files the verdict depends on.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// How often.
    #[serde(default = "three")]
    pub repeats: u32,
    /// JUnit reports of several runs on the same code.
    #[serde(default)]
    pub reports: Vec<Report>,
}

fn three() -> u32 {
    3
}
