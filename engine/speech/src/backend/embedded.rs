//! rten: pure Rust, in the program. One loaded model serves any number of threads.
//!
//! It knows no way to stop a run, so a run of a large model is made of several, each of which goes on with the values that the
//! one before has left.

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rten::{ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};

use super::{Backend, Input, Output, Prepared, broken, finite};
use crate::engine::Cancel;
use crate::error::SpeechError;
use crate::kokoro::onnx::{Element, Onnx, WEIGHTS};
use crate::kokoro::source::Source;
use crate::kokoro::{STYLE, invalid};
use crate::provider::Control;

/// The runtime and its version.
pub(crate) const VERSION: &str = "rten 0.27";
/// Files up to this size are loaded from memory; larger ones keep their weights on disk until each is read once.
const IN_MEMORY: u64 = 32 << 20;

/// A model in rten.
pub(crate) struct Embedded {
    model: rten::Model,
    tokens: NodeId,
    style: NodeId,
    speed: NodeId,
    whole_speed: bool,
    outputs: Vec<NodeId>,
    noise: Vec<(NodeId, Value)>,
    /// Values that reach over each place where a run can stop.
    stages: Vec<Vec<NodeId>>,
    pool: Arc<ThreadPool>,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded")
            .field("graph", &self.model)
            .finish_non_exhaustive()
    }
}

impl Embedded {
    /// Loads a model; `threads` are those of one run.
    ///
    /// # Errors
    /// [`SpeechError::InvalidModel`] when rten cannot load it.
    pub(crate) fn open(prepared: Prepared<'_>, threads: usize) -> Result<Self, SpeechError> {
        let unloadable = |error: &dyn std::fmt::Display| {
            invalid(
                prepared.source.place(),
                format!("the runtime cannot load it: {error}"),
            )
        };
        let model = load(prepared, IN_MEMORY).map_err(|error| unloadable(&error))?;
        let node = |name: &str| model.node_id(name).map_err(|error| unloadable(&error));
        let flavour = prepared.flavour;
        let mut outputs = vec![node(&flavour.audio.name)?];
        if let Some(durations) = &flavour.durations {
            outputs.push(node(&durations.name)?);
        }
        let noise = prepared
            .noise
            .iter()
            .map(|feed| {
                let values =
                    Value::from_shape([feed.values.len()], feed.values.clone()).map_err(broken)?;
                Ok((node(feed.name)?, values))
            })
            .collect::<Result<_, SpeechError>>()?;
        let stages = prepared
            .onnx
            .stages()
            .iter()
            .map(|names| names.iter().map(|name| node(name)).collect())
            // What rten has made one of several nodes ends no stage.
            .filter_map(Result::ok)
            .collect();
        let mut embedded = Self {
            tokens: node(&flavour.tokens.name)?,
            style: node(&flavour.style.name)?,
            speed: node(&flavour.speed.name)?,
            whole_speed: matches!(flavour.speed.element, Element::I32 | Element::I64),
            outputs,
            noise,
            stages,
            pool: Arc::new(ThreadPool::with_num_threads(threads)),
            model,
        };
        embedded.try_stages();
        Ok(embedded)
    }

    /// Runs a few tokens in stages, as a value that is there need not be one that can be had or given: without stages then.
    fn try_stages(&mut self) {
        let input = Input {
            tokens: &[0; 3],
            style: &[0.0; STYLE],
            speed: 1.0,
        };
        if !self.stages.is_empty()
            && let Err(error) = self.outputs(&input, &Control::new(Cancel::new(), Duration::MAX))
        {
            tracing::warn!(%error, "runs of this model cannot be stopped");
            self.stages.clear();
        }
    }

    /// Audio, and durations where the model tells them.
    fn outputs(&self, input: &Input<'_>, control: &Control) -> Result<Vec<Value>, SpeechError> {
        // rten has 32-bit whole numbers only; ids are below 200.
        let ids: Vec<i32> = input
            .tokens
            .iter()
            .filter_map(|id| i32::try_from(*id).ok())
            .collect();
        let speed = if self.whole_speed {
            Value::from_shape([1], vec![1_i32]).map_err(broken)?
        } else {
            Value::from_shape([1], vec![input.speed]).map_err(broken)?
        };
        let tokens = Value::from_shape([1, ids.len()], ids).map_err(broken)?;
        let style = Value::from_shape([1, STYLE], input.style.to_vec()).map_err(broken)?;
        let mut given = vec![
            (self.tokens, tokens),
            (self.style, style),
            (self.speed, speed),
        ];
        let inputs = given.len();
        for stage in &self.stages {
            let missing: Vec<NodeId> = stage
                .iter()
                .filter(|node| given.iter().all(|(given, _)| given != *node))
                .copied()
                .collect();
            let values = self.run_graph(&given, &missing)?;
            control.check()?;
            // What no later stage reads need not be kept.
            let mut index = 0;
            given.retain(|(node, _)| {
                index += 1;
                index <= inputs || stage.contains(node)
            });
            given.extend(missing.into_iter().zip(values));
        }
        self.run_graph(&given, &self.outputs)
    }

    /// Runs the graph from what is `given` to what is wanted.
    fn run_graph(
        &self,
        given: &[(NodeId, Value)],
        wanted: &[NodeId],
    ) -> Result<Vec<Value>, SpeechError> {
        let inputs = self
            .noise
            .iter()
            .chain(given)
            .map(|(node, value)| (*node, ValueOrView::from(value)))
            .collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        self.model
            .run(inputs, wanted, Some(options))
            .map_err(broken)
    }
}

impl Backend for Embedded {
    fn describe(&self) -> String {
        VERSION.to_owned()
    }

    fn stops_early(&self) -> bool {
        !self.stages.is_empty()
    }

    fn run(&self, input: &Input<'_>, control: &Control) -> Result<Output, SpeechError> {
        let mut outputs = self.outputs(input, control)?.into_iter();
        let samples = outputs
            .next()
            .and_then(|audio| audio.into_tensor::<f32>())
            .ok_or_else(|| {
                SpeechError::Synthesis("the model's audio is not made of floats".to_owned())
            })?;
        Ok(Output {
            samples: finite(samples.into_data())?,
            durations: outputs.next().map(frames).unwrap_or_default(),
        })
    }
}

fn frames(durations: Value) -> Vec<f32> {
    match durations {
        Value::Int32Tensor(whole) => whole
            .into_data()
            .into_iter()
            .map(|frames| frames as f32)
            .collect(),
        other => other
            .into_tensor::<f32>()
            .map(|floats| floats.into_data())
            .unwrap_or_default(),
    }
}

/// Loads a model whose file has changed in memory only.
fn load(prepared: Prepared<'_>, in_memory: u64) -> Result<rten::Model, Box<dyn std::error::Error>> {
    let Prepared { source, onnx, .. } = prepared;
    let options = ModelOptions::with_all_ops();
    match source {
        // Nothing was changed, and the bytes outlive the model: it needs no copy of them.
        Source::Embedded(_, bytes) if prepared.noise.is_empty() => {
            return Ok(options.load_static_slice(bytes)?);
        }
        Source::File(path) if source.length()? > in_memory => {
            if let Some(model) = linked(path, onnx, &options)? {
                return Ok(model);
            }
        }
        _ => {}
    }
    let mut bytes = Vec::new();
    onnx.write(&mut source.open()?, &mut bytes)?;
    Ok(options.load(bytes)?)
}

/// Loads the changed graph from a folder of its own, where a link leads to the weights: no second copy of them, in memory or
/// on disk. `None` where links cannot be made.
fn linked(
    path: &Path,
    onnx: &Onnx,
    options: &ModelOptions,
) -> Result<Option<rten::Model>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let graph = folder.path().join("model.onnx");
    std::fs::write(&graph, onnx.skeleton())?;
    if link(&path.canonicalize()?, &folder.path().join(WEIGHTS)).is_err() {
        return Ok(None);
    }
    Ok(Some(options.load_file(&graph)?))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    // Symbolic links need rights that most people on Windows do not have.
    std::fs::hard_link(from, to)
}
