//! Policies written in Rego: compiled strictly, evaluated, tested, bundled for OPA.
//!
//! In: policy files as text, a data document, an input document. Out: what the policies deny, warn of and
//! except; results of their tests with coverage; the files of an OPA bundle and what is to be signed of it.
//! Never: files, processes, sockets, clocks, chance. The built-in functions that would bring those in are
//! left out of the engine, so the same input gives the same answers, here and in any other Rego engine.
//!
//! What other engines take for "nothing to say" is a fault here: a file that does not parse, a package
//! without a rule, a rule that is no set, a function nobody knows, a built-in that fails.

pub mod bundle;
mod engine;
mod evaluate;
mod fault;
mod lexis;
mod model;
mod nesting;
mod policies;
mod schema;
mod testing;

pub use evaluate::evaluate;
pub use fault::{Fault, FaultKind};
pub use model::{Kind, Level, Location, Outcome, Report, Rule, Source, Unused};
pub use policies::Policies;
pub use testing::{FileCoverage, TestCase, TestReport, TestState, run_tests};

/// Ending of the names of files that hold tests; their rules are no policy.
pub const TEST_SUFFIX: &str = "_test.rego";

#[cfg(test)]
mod tests;
