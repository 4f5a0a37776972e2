//! Plans and runs gates: tools, cache, scheduler.
//!
//! In: a project directory with `.caws.yml`, a working spec and a tier policy.
//! Out: a plan, then evidence, a trust score and a manifest under the artifacts directory.
//! Never: a verdict of its own (the numbers come from `caws-evidence`, the judgement from
//! `caws-policy`, so a stranger reaches the same ones), a line on the terminal, or knowledge of
//! any one project.

pub mod applies;
pub mod cache;
pub mod checkout;
pub mod command;
pub mod commit;
pub mod components;
pub mod config;
pub mod duration;
pub mod error;
pub mod exit;
pub mod files;
pub mod gates;
pub mod git;
pub mod host;
pub mod init;
pub mod inputs;
pub mod interrupt;
// With the tests always, so that gates without the feature measure it.
#[cfg(any(feature = "keyless", test))]
pub mod keyless;
pub mod ledger;
pub mod mask;
pub mod observer;
pub mod plan;
pub mod policy;
pub mod process;
pub mod project;
pub mod record;
mod rivals;
pub mod run;
pub mod schedule;
pub mod seal;
pub mod service;
pub mod tools;
pub mod waivers;

pub use error::{ConfigError, RunError};
pub use exit::ExitCode;
pub use host::Host;
pub use interrupt::Interrupt;
pub use observer::{Observer, Silent};
pub use plan::{CachedGate, Planned, plan};
pub use project::{Options, Project};
pub use run::{RunOutcome, run};
pub use seal::Seal;
pub use tools::{ToolStatus, doctor, setup};
