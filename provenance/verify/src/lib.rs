//! Recomputes a run from its artifacts: signatures, digests, measurements, verdicts, score.
//!
//! In: an artifacts directory, or an audit package, and the public keys somebody trusts. Out: a [`Report`] that says for
//! every gate whether its signature is valid, its record consistent and its verdict reproduced,
//! and a finding with code, place, expected and found for each thing that is not as it should be.
//! Never: the run that made the artifacts, a process, a network, a write. Whatever lies in the
//! directory is foreign input: sizes, depth and counts are bounded, and nothing in it panics.

mod bundles;
pub mod checkpoints;
mod compare;
pub mod conclusion;
mod cosigned;
mod document;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gate;
pub mod held;
mod inflate;
mod logged;
mod of_run;
mod options;
pub mod package;
mod raws;
pub mod reading;
mod rebuild;
mod report;
pub mod rerun;
mod store;
pub mod trust;
mod verify;
mod waivers;

pub use held::Held;
pub use options::{Limits, Options};
pub use package::{Package, PackageError};
pub use reading::{GateRecord, GateRecordError, gate_record, gate_record_of_package};
pub use report::{GateReport, REPORT_SCHEMA_VERSION, Report, Reproduced, Score, SignatureState};
pub use rerun::Rerun;
pub use trust::{Threshold, Trust, TrustError, TrustPolicy};
pub use verify::{refused_package, verify_artifacts, verify_package};
