//! `caws`: quality gates with a record an auditor can recompute.
//!
//! In: arguments, a project directory, a terminal. Out: text on stdout, progress on stderr, files
//! under the artifacts directory, and one of seven exit codes.
//! Never: a measurement, a judgement or a format of its own; those live in the libraries.

mod app;
mod args;
mod artifacts;
mod commands;
mod error;
mod keys;
mod output;
mod package;
mod progress;
mod sources;

fn main() -> std::process::ExitCode {
    app::main().into()
}
