//! Which runtimes there are: what `kokoro doctor` asks.

#[cfg(test)]
mod tests;

use std::path::Path;

use super::library::Library;
use super::{embedded, library, onnxruntime};
use crate::error::SpeechError;

/// ONNX Runtime, loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnnxRuntime {
    /// The library, with the version it has.
    pub library: Library,
    /// What it can compute on: `cpu`, `cuda`, `coreml`.
    pub providers: Vec<&'static str>,
}

/// The embedded runtime and its version.
#[must_use]
pub fn embedded() -> &'static str {
    embedded::VERSION
}

/// Where ONNX Runtime's library is looked for, in order, and the newest that lies there.
#[must_use]
pub fn searched(named: Option<&Path>) -> Vec<(String, Option<Library>)> {
    library::searched(named)
}

/// Loads ONNX Runtime. A process loads it once.
///
/// # Errors
/// [`SpeechError::ProviderUnavailable`] when there is none or it cannot be loaded.
pub fn onnx_runtime(named: Option<&Path>) -> Result<OnnxRuntime, SpeechError> {
    let (library, providers) = onnxruntime::probe(named)?;
    Ok(OnnxRuntime { library, providers })
}
