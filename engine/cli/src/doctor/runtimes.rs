//! The runtimes a model can be executed by.

#[cfg(test)]
mod tests;

use kokoro_speech::backend::library::Library;
use kokoro_speech::backend::runtimes::{self, OnnxRuntime};
use kokoro_speech::{BackendChoice, EngineConfig, ExecutionChoice, SpeechError};

use super::{Check, Status};

/// The embedded one, and ONNX Runtime.
pub(super) fn checks(config: &EngineConfig) -> Vec<Check> {
    let named = config.ort_library.as_deref();
    let searched = runtimes::searched(named);
    let there = searched.iter().any(|(_, found)| found.is_some());
    let needed = config.backend == BackendChoice::Ort || config.execution != ExecutionChoice::Cpu;
    vec![
        Check {
            name: "rten".to_owned(),
            status: Status::Ok,
            found: format!("{}, part of this program", runtimes::embedded()),
            why: "it executes the model",
            mend: None,
        },
        onnx_runtime(
            &searched,
            there.then(|| runtimes::onnx_runtime(named)),
            needed,
        ),
    ]
}

/// `loaded` is what came of loading it, where one was found.
fn onnx_runtime(
    searched: &[(String, Option<Library>)],
    loaded: Option<Result<OnnxRuntime, SpeechError>>,
    needed: bool,
) -> Check {
    let places: Vec<String> = searched
        .iter()
        .map(|(place, found)| match found {
            Some(library) => format!("{place}: {}", library.path.display()),
            None => format!("{place}: none"),
        })
        .collect();
    let places = format!("looked in order at {}", places.join("; "));
    let missing = if needed { Status::Fail } else { Status::Warn };
    let (status, found) = match loaded {
        Some(Ok(runtime)) => (
            Status::Ok,
            format!(
                "{} at {}, computes on {}; {places}",
                runtime.library.version,
                runtime.library.path.display(),
                runtime.providers.join(", ")
            ),
        ),
        Some(Err(error)) => (missing, format!("{error}; {places}")),
        // Nobody misses it who did not ask for it.
        None if !needed => (Status::Ok, format!("none, and none is needed; {places}")),
        None => (Status::Fail, format!("none; {places}")),
    };
    Check {
        name: "onnx runtime".to_owned(),
        status,
        found,
        why: "it executes the model on CoreML and CUDA",
        mend: (status != Status::Ok)
            .then(|| "pip install onnxruntime, or name its library with ORT_DYLIB_PATH".to_owned()),
    }
}
