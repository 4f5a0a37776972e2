//! Measurement and evidence types, and readers of other tools' report formats.
//!
//! In: bytes of reports that tools wrote (llvm-cov JSON, cargo-mutants outcomes, JUnit, Cobertura,
//! Stryker, SARIF, bench results, PCM audio) and the parameters a plan fixed beforehand.
//! Out: observations, and the evidence record that carries them.
//! Never: files, processes, clocks, or a judgement. Whether a number is good enough is decided in
//! `caws-policy`; where the bytes come from is decided by the runner or the verifier, and both
//! call the same [`measure::measure`], so a recorded number can be computed again by a stranger.

pub mod codes;
pub mod command;
pub mod digest;
pub mod interval;
pub mod manifest;
pub mod measure;
pub mod model;
pub mod parallel;
pub mod paths;

pub use command::CommandRecord;
pub use digest::{Sha256Stream, canonical_json, hex, sha256_hex};
pub use manifest::Manifest;
pub use measure::{MeasureError, Part, PartReading, Raw, Reading, measure, measure_parts};
pub use model::{
    Basis, Comparator, Evidence, FileDigest, Finding, Interval, Measurement, Observation, Output,
    Place, Ratio, Scope, Severity, Step, ToolIdentity, Verdict,
};
