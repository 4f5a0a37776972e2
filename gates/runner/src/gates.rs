//! The gates: each says what it will measure, then measures it. One gate, one file.

mod acceptance;
mod accessibility;
mod audio;
mod context;
mod contracts;
mod coverage;
mod flakes;
mod integrity;
mod mutation;
mod nextest;
mod performance;
mod policy;
pub(crate) mod report;
mod scope;
mod service_run;
mod spec;
mod static_checks;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use context::{Context, Found, Stop, finding, now, stamp};
pub(crate) use performance::loosened_budgets;

use caws_policy::{Requirement, Term};
use serde_json::Value;

use crate::project::{Options, Project};
use crate::schedule::Needs;

/// What a gate wants in the plan, before its inputs and tools are looked up.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: &'static str,
    pub(crate) reason_not: Option<String>,
    pub(crate) term: Option<Term>,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) params: Value,
    pub(crate) inputs: Vec<String>,
    /// Files that are inputs even where git ignores them: reports somebody else wrote.
    pub(crate) reports: Vec<String>,
    pub(crate) uses: Vec<String>,
    /// `Some(None)` is the default Rust toolchain.
    pub(crate) toolchain: Option<Option<String>>,
    /// Programs named in commands, to be identified where they are there.
    pub(crate) programs: Vec<String>,
    /// Whether `.caws.yml` says how to measure it.
    pub(crate) configured: bool,
}

impl Draft {
    /// A gate of this method that asks for nothing yet.
    pub(crate) fn new(method: &'static str) -> Self {
        Self {
            method,
            reason_not: None,
            term: None,
            requirements: Vec::new(),
            params: Value::Object(serde_json::Map::new()),
            inputs: Vec::new(),
            reports: Vec::new(),
            uses: Vec::new(),
            toolchain: None,
            programs: Vec::new(),
            configured: true,
        }
    }

    /// A gate that does not apply here.
    pub(crate) fn not_applicable(
        method: &'static str,
        term: Option<Term>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            reason_not: Some(reason.into()),
            term,
            configured: false,
            ..Self::new(method)
        }
    }

    /// A gate that applies and that nobody has said how to measure.
    pub(crate) fn not_configured(method: &'static str, term: Option<Term>) -> Self {
        Self {
            term,
            configured: false,
            ..Self::new(method)
        }
    }
}

/// A gate.
pub(crate) trait Gate: Sync {
    /// Its id, as it stands in `.caws.yml`, in the plan and in the artifacts.
    fn id(&self) -> &'static str;

    /// Version of its code: raised when the same inputs would be measured otherwise.
    fn version(&self) -> u32;

    /// Whether it reads what the other gates of the same run left: then it comes last, and no cache answers it.
    fn reads_other_gates(&self) -> bool {
        false
    }

    /// What it asks of the machine.
    fn needs(&self, project: &Project) -> Needs;

    /// What it will measure and what would pass; `None` where nobody asks for it.
    fn draft(&self, project: &Project, options: &Options) -> Option<Draft>;

    /// Measures: leaves steps and raw outputs in the context.
    ///
    /// # Errors
    /// What stopped it; what it left until then is kept.
    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop>;
}

/// All gates, in the order they are reported.
pub(crate) const ALL: &[&dyn Gate] = &[
    &spec::Spec,
    &static_checks::Static,
    &coverage::Coverage,
    &mutation::Mutation,
    &contracts::Contracts,
    &accessibility::Accessibility,
    &performance::Performance,
    &audio::Audio,
    &flakes::Flakes,
    &integrity::Integrity,
    &policy::Policy,
    &scope::Scope,
    &acceptance::Acceptance,
];

/// Ids of all gates, in the order they are reported.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    ALL.iter().map(|gate| gate.id()).collect()
}

#[cfg(test)]
mod tests;
