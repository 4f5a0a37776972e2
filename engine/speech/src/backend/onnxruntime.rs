//! ONNX Runtime, from a shared library that is found when the program runs.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::ep::{self, ExecutionProvider as _};
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::{Tensor, TensorRef};

use super::library::{self, Library};
use super::{Backend, Feed, Input, Output, Prepared, broken, finite};
use crate::engine::{EngineConfig, ExecutionChoice};
use crate::error::SpeechError;
use crate::kokoro::flavour::Flavour;
use crate::kokoro::onnx::Element;
use crate::kokoro::source::Source;
use crate::kokoro::{STYLE, invalid};
use crate::provider::Control;

/// A process loads the library once: it cannot be exchanged.
static LOADED: Mutex<Option<(Library, Environment)>> = Mutex::new(None);

/// A model in ONNX Runtime. A session runs one request at a time, the others wait: each further session would take the
/// model's memory again.
#[derive(Debug)]
pub(crate) struct OnnxRuntime {
    session: Mutex<Session>,
    flavour: Flavour,
    noise: Vec<Feed>,
    version: String,
    execution: &'static str,
    fallback: Option<String>,
}

impl OnnxRuntime {
    /// Loads the library and the model; `threads` are those of one run.
    ///
    /// # Errors
    /// [`SpeechError::ProviderUnavailable`] without a library, [`SpeechError::InvalidModel`] for a model it cannot load.
    pub(crate) fn open(
        prepared: Prepared<'_>,
        config: &EngineConfig,
        threads: usize,
    ) -> Result<Self, SpeechError> {
        let flavour = prepared.flavour;
        let ports = [
            Some(&flavour.style),
            Some(&flavour.speed),
            Some(&flavour.audio),
            flavour.durations.as_ref(),
        ];
        if ports
            .into_iter()
            .flatten()
            .any(|port| port.element == Element::F16)
        {
            return Err(invalid(
                prepared.source.place(),
                "it takes or gives 16-bit floats, which only the back end rten is fed; take that"
                    .to_owned(),
            ));
        }
        let (library, environment) = loaded(config.ort_library.as_deref())?;
        let unloadable = |error: String| {
            invalid(
                prepared.source.place(),
                format!("ONNX Runtime cannot load it: {error}"),
            )
        };
        let graph = Graph::of(&prepared).map_err(|error| unloadable(error.to_string()))?;
        let (wanted, provider) = match config.execution {
            ExecutionChoice::Cpu => ("cpu", None),
            ExecutionChoice::CoreMl => (
                "coreml",
                Some(ep::CoreML::default().build().error_on_failure()),
            ),
            ExecutionChoice::Cuda => ("cuda", Some(ep::CUDA::default().build().error_on_failure())),
        };
        let session =
            |provider: Option<&ep::ExecutionProviderDispatch>| -> Result<Session, String> {
                let mut builder = Session::builder(&environment)
                    .map_err(|error| error.to_string())?
                    .with_intra_threads(threads)
                    .map_err(|error| error.to_string())?
                    .with_intra_op_spinning(false)
                    .map_err(|error| error.to_string())?;
                if let Some(provider) = provider {
                    builder = builder
                        .with_execution_providers([provider.clone()])
                        .map_err(|error| error.to_string())?;
                }
                match &graph {
                    Graph::Bytes(bytes) => builder.commit_from_memory(bytes),
                    Graph::File(file) => builder.commit_from_file(file.path()),
                }
                .map_err(|error| error.to_string())
            };
        let (session, execution, fallback) = match provider
            .as_ref()
            .map(|provider| session(Some(provider)))
        {
            Some(Ok(session)) => (session, wanted, None),
            Some(Err(reason)) => {
                tracing::warn!(wanted, %reason, "the accelerator cannot be used; the processor computes");
                (
                    session(None).map_err(unloadable)?,
                    "cpu",
                    Some(format!("{wanted} cannot be used: {reason}")),
                )
            }
            None => (session(None).map_err(unloadable)?, wanted, None),
        };
        Ok(Self {
            session: Mutex::new(session),
            flavour: flavour.clone(),
            noise: prepared.noise.to_vec(),
            version: library.version,
            execution,
            fallback,
        })
    }

    fn inputs<'a>(
        &'a self,
        input: &Input<'a>,
    ) -> ort::Result<Vec<(Cow<'a, str>, SessionInputValue<'a>)>> {
        let name = |name: &'a str| Cow::Borrowed(name);
        let flavour = &self.flavour;
        let tokens: SessionInputValue<'a> = if flavour.tokens.element == Element::I32 {
            let ids: Vec<i32> = input
                .tokens
                .iter()
                .filter_map(|id| i32::try_from(*id).ok())
                .collect();
            Tensor::from_array(([1, ids.len()], ids))?.into()
        } else {
            TensorRef::from_array_view(([1, input.tokens.len()], input.tokens))?.into()
        };
        let speed: SessionInputValue<'a> = match flavour.speed.element {
            Element::I32 => Tensor::from_array(([1_usize], vec![1_i32]))?.into(),
            Element::I64 => Tensor::from_array(([1_usize], vec![1_i64]))?.into(),
            _ => Tensor::from_array(([1_usize], vec![input.speed]))?.into(),
        };
        let style = TensorRef::from_array_view(([1, STYLE], input.style))?;
        let mut inputs = vec![
            (name(&flavour.tokens.name), tokens),
            (name(&flavour.style.name), style.into()),
            (name(&flavour.speed.name), speed),
        ];
        for feed in &self.noise {
            let values = TensorRef::from_array_view(([feed.values.len()], feed.values.as_slice()))?;
            inputs.push((name(feed.name), values.into()));
        }
        Ok(inputs)
    }
}

impl Backend for OnnxRuntime {
    fn describe(&self) -> String {
        format!("onnxruntime {}", self.version)
    }

    fn execution(&self) -> &'static str {
        self.execution
    }

    fn fallback(&self) -> Option<&str> {
        self.fallback.as_deref()
    }

    fn run(&self, input: &Input<'_>, _control: &Control) -> Result<Output, SpeechError> {
        let inputs = self.inputs(input).map_err(broken)?;
        // A run that died left the session as it was.
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(broken)?;
        let audio = outputs
            .get(&self.flavour.audio.name)
            .ok_or_else(|| broken("it gave no audio"))?;
        let (_, samples) = audio.try_extract_tensor::<f32>().map_err(broken)?;
        Ok(Output {
            samples: finite(samples.to_vec())?,
            durations: self.frames(&outputs).map_err(broken)?,
        })
    }
}

impl OnnxRuntime {
    fn frames(&self, outputs: &SessionOutputs<'_>) -> ort::Result<Vec<f32>> {
        let Some((port, value)) = self
            .flavour
            .durations
            .as_ref()
            .and_then(|port| Some((port, outputs.get(&port.name)?)))
        else {
            return Ok(Vec::new());
        };
        Ok(match port.element {
            Element::I64 => value
                .try_extract_tensor::<i64>()?
                .1
                .iter()
                .map(|frames| *frames as f32)
                .collect(),
            Element::I32 => value
                .try_extract_tensor::<i32>()?
                .1
                .iter()
                .map(|frames| *frames as f32)
                .collect(),
            _ => value.try_extract_tensor::<f32>()?.1.to_vec(),
        })
    }
}

/// A model as the library is given it.
enum Graph {
    /// In memory, where it is already.
    Bytes(Cow<'static, [u8]>),
    /// In a file that goes when it is dropped: the library maps it while it loads it, and nothing is left on disk.
    File(tempfile::NamedTempFile),
}

impl Graph {
    fn of(prepared: &Prepared<'_>) -> std::io::Result<Self> {
        let Prepared { source, onnx, .. } = prepared;
        match source {
            Source::Embedded(_, bytes) if prepared.noise.is_empty() => {
                Ok(Self::Bytes(Cow::Borrowed(bytes)))
            }
            Source::Embedded(..) => {
                let mut bytes = Vec::new();
                onnx.write(&mut source.open()?, &mut bytes)?;
                Ok(Self::Bytes(Cow::Owned(bytes)))
            }
            Source::File(_) => {
                let file = tempfile::NamedTempFile::new()?;
                let mut out = BufWriter::new(file.as_file());
                onnx.write(&mut source.open()?, &mut out)?;
                out.flush()?;
                drop(out);
                Ok(Self::File(file))
            }
        }
    }
}

/// The library, loaded: the one that is loaded already, or the first that is found.
fn loaded(named: Option<&Path>) -> Result<(Library, Environment), SpeechError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((library, environment)) = &*loaded {
        return Ok((library.clone(), environment.clone()));
    }
    let library = library::find(named)?;
    let environment =
        environment(&library.path).map_err(|reason| library::unusable(&library.path, &reason))?;
    let library = Library {
        version: version(&library, ort::info()),
        ..library
    };
    *loaded = Some((library.clone(), environment.clone()));
    Ok((library, environment))
}

/// The library, and what it can compute on.
///
/// # Errors
/// [`SpeechError::ProviderUnavailable`] when there is none or it cannot be loaded.
pub(crate) fn probe(named: Option<&Path>) -> Result<(Library, Vec<&'static str>), SpeechError> {
    let (library, _) = loaded(named)?;
    let mut providers = vec!["cpu"];
    let available = [
        ("cuda", ep::CUDA::is_available()),
        ("coreml", ep::CoreML::is_available()),
    ];
    for (name, available) in available {
        if available.unwrap_or(false) {
            providers.push(name);
        }
    }
    Ok((library, providers))
}

fn environment(path: &Path) -> Result<Environment, String> {
    ort::init_from(PathBuf::from(path))
        .map_err(|error| error.to_string())?
        .with_telemetry(false)
        .build()
        .map_err(|error| error.to_string())
}

/// The version in the file's name, or the branch the library says it was built from.
fn version(library: &Library, build: &str) -> String {
    if !library.version.is_empty() {
        return library.version.clone();
    }
    build
        .split_once("git-branch=")
        .and_then(|(_, rest)| rest.split(',').next())
        .map_or_else(
            || "of unknown version".to_owned(),
            |branch| branch.trim_start_matches("rel-").to_owned(),
        )
}
