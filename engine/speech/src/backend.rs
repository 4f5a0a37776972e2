//! Runtimes that execute a model: rten, embedded, and ONNX Runtime, loaded from a shared library when there is one.

pub(crate) mod embedded;
pub mod library;
pub(crate) mod onnxruntime;
pub mod runtimes;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use crate::engine::{BackendChoice, EngineConfig, ExecutionChoice};
use crate::error::SpeechError;
use crate::kokoro::flavour::Flavour;
use crate::kokoro::onnx::Onnx;
use crate::kokoro::source::Source;
use crate::provider::Control;

/// More threads than this gain nothing on sequences this short.
const MOST_THREADS: usize = 4;

/// A model file, looked at and ready to be loaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prepared<'a> {
    /// The file, or its bytes.
    pub(crate) source: Source<'a>,
    /// What is in it, with the noise made inputs.
    pub(crate) onnx: &'a Onnx,
    /// Its names and types.
    pub(crate) flavour: &'a Flavour,
    /// The noise.
    pub(crate) noise: &'a [Feed],
}

/// An input that is the same in every run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feed {
    /// Its name.
    pub(crate) name: &'static str,
    /// A vector.
    pub(crate) values: Vec<f32>,
}

/// What one run is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    /// Padding at both ends.
    pub(crate) tokens: &'a [i64],
    /// 256 values.
    pub(crate) style: &'a [f32],
    /// 1.0 for a model with whole-number speeds.
    pub(crate) speed: f32,
}

/// What one run gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Output {
    /// Mono, 24 kHz.
    pub(crate) samples: Vec<f32>,
    /// Frames of each token; empty when the model does not tell.
    pub(crate) durations: Vec<f32>,
}

/// A loaded model.
pub(crate) trait Backend: Debug + Send + Sync {
    /// Runtime and version.
    fn describe(&self) -> String;

    /// Where it runs: `cpu`, `cuda`, `coreml`.
    fn execution(&self) -> &'static str {
        "cpu"
    }

    /// Why it does not run where it was asked to; `None` when it does.
    fn fallback(&self) -> Option<&str> {
        None
    }

    /// Whether a run ends well before its time when it is no longer wanted.
    fn stops_early(&self) -> bool {
        false
    }

    /// Runs the model. Any number of threads may ask at once.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] when the run breaks; where it [stops early](Self::stops_early), cancelled or late.
    fn run(&self, input: &Input<'_>, control: &Control) -> Result<Output, SpeechError>;
}

/// Loads a model into the runtime the configuration asks for. `auto` is rten, which takes less memory than ONNX Runtime, can be
/// stopped, and shares one loaded model between requests (ADR 0004); an accelerator needs ONNX Runtime.
///
/// # Errors
/// When the runtime is absent or cannot load the model.
pub(crate) fn load(
    prepared: Prepared<'_>,
    config: &EngineConfig,
) -> Result<Box<dyn Backend>, SpeechError> {
    let threads = threads(config);
    match chosen(config) {
        BackendChoice::Ort => Ok(Box::new(onnxruntime::OnnxRuntime::open(
            prepared, config, threads,
        )?)),
        BackendChoice::Auto | BackendChoice::Rten => {
            if config.execution != ExecutionChoice::Cpu {
                return Err(SpeechError::ProviderUnavailable {
                    provider: "kokoro".to_owned(),
                    reason: "an accelerator was asked for, which the back end rten does not use; take the back end `ort`, or the processor"
                        .to_owned(),
                });
            }
            Ok(Box::new(embedded::Embedded::open(prepared, threads)?))
        }
    }
}

/// Threads of one run. Of both runtimes two threads on two cores take less than two thirds of one's time (docs/performance.md).
pub(crate) fn threads(config: &EngineConfig) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    config.threads.unwrap_or_else(|| usual(cores)).max(1)
}

fn chosen(config: &EngineConfig) -> BackendChoice {
    match (config.backend, config.execution) {
        (BackendChoice::Auto, ExecutionChoice::Cpu) => BackendChoice::Rten,
        (BackendChoice::Auto, _) => BackendChoice::Ort,
        (named, _) => named,
    }
}

fn usual(cores: usize) -> usize {
    cores.clamp(1, MOST_THREADS)
}

/// Samples, if all are numbers.
fn finite(samples: Vec<f32>) -> Result<Vec<f32>, SpeechError> {
    if samples.iter().all(|sample| sample.is_finite()) {
        Ok(samples)
    } else {
        Err(SpeechError::Synthesis(
            "the model's audio holds values that are no numbers".to_owned(),
        ))
    }
}

fn broken(error: impl std::fmt::Display) -> SpeechError {
    SpeechError::Synthesis(format!("the model's run failed: {error}"))
}
