//! A Kokoro ONNX file in the rten runtime.
//!
//! Exports differ in the names and types of their inputs and outputs and say nowhere which they are, so names and types
//! decide, never a version.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rten::{DataType, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueType};
use sha2::{Digest, Sha256};

use crate::error::SpeechError;

const EXPECTED: &str = "Kokoro ONNX model";
const TOKENS: [&str; 2] = ["tokens", "input_ids"];
const AUDIO: [&str; 3] = ["audio", "waveform", "waveforms"];
/// Values of one row of a voice.
pub(super) const STYLE: usize = 256;
/// More threads than this gain nothing on sequences this short.
const MOST_THREADS: usize = 4;

/// A loaded model; any number of threads may run it at once.
pub(super) struct Model {
    model: rten::Model,
    tokens: NodeId,
    style: NodeId,
    speed: NodeId,
    whole_speed: bool,
    audio: NodeId,
    pool: Arc<ThreadPool>,
    sha256: String,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("graph", &self.model)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl Model {
    pub(super) fn open(path: &Path, threads: Option<usize>) -> Result<Self, SpeechError> {
        let sha256 = digest(path)?;
        let model = ModelOptions::with_all_ops()
            .load_file(path)
            .map_err(|error| invalid(path, format!("the runtime cannot load it: {error}")))?;
        let inputs = named(&model, model.input_ids());
        let outputs = named(&model, model.output_ids());
        let find = |nodes: &[Node], names: &[&str], types: &[DataType]| {
            nodes
                .iter()
                .find(|node| {
                    names.contains(&node.name.as_str())
                        && node.dtype.is_none_or(|t| types.contains(&t))
                })
                .map(|node| (node.id, node.dtype))
        };
        // The runtime reads 64-bit integers as 32-bit ones.
        let found = (
            find(&inputs, &TOKENS, &[DataType::Int32]),
            find(&inputs, &["style"], &[DataType::Float]),
            find(&inputs, &["speed"], &[DataType::Float, DataType::Int32]),
            find(&outputs, &AUDIO, &[DataType::Float]),
        );
        let (Some((tokens, _)), Some((style, _)), Some((speed, speed_type)), Some((audio, _))) =
            found
        else {
            return Err(invalid(
                path,
                format!(
                    "expected inputs `tokens` or `input_ids` (integers), `style` (floats), `speed` and an output \
                     `audio` or `waveform` (floats), found inputs {} and outputs {}",
                    listed(&inputs),
                    listed(&outputs)
                ),
            ));
        };
        let threads = threads.unwrap_or_else(default_threads).max(1);
        Ok(Self {
            model,
            tokens,
            style,
            speed,
            whole_speed: speed_type == Some(DataType::Int32),
            audio,
            pool: Arc::new(ThreadPool::with_num_threads(threads)),
            sha256,
        })
    }

    pub(super) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether speeds between whole numbers are understood.
    pub(super) fn takes_any_speed(&self) -> bool {
        !self.whole_speed
    }

    /// Audio of a token sequence, padding included. A model with whole-number speeds takes 1.0 only.
    pub(super) fn run(
        &self,
        tokens: &[i64],
        style: Vec<f32>,
        speed: f32,
    ) -> Result<Vec<f32>, SpeechError> {
        let ids: Vec<i32> = tokens
            .iter()
            .filter_map(|id| i32::try_from(*id).ok())
            .collect();
        let count = ids.len();
        let speed = if self.whole_speed {
            Value::from_shape([1], vec![1_i32]).map_err(broken)?
        } else {
            Value::from_shape([1], vec![speed]).map_err(broken)?
        };
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (
                self.tokens,
                Value::from_shape([1, count], ids).map_err(broken)?.into(),
            ),
            (
                self.style,
                Value::from_shape([1, STYLE], style).map_err(broken)?.into(),
            ),
            (self.speed, speed.into()),
        ];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [audio] = self
            .model
            .run_n(inputs, [self.audio], Some(options))
            .map_err(broken)?;
        let samples = audio
            .into_tensor::<f32>()
            .ok_or_else(|| {
                SpeechError::Synthesis("the model's audio is not made of floats".to_owned())
            })?
            .into_data();
        if samples.iter().all(|sample| sample.is_finite()) {
            Ok(samples)
        } else {
            Err(SpeechError::Synthesis(
                "the model's audio holds values that are no numbers".to_owned(),
            ))
        }
    }
}

/// An input or output.
struct Node {
    id: NodeId,
    name: String,
    dtype: Option<DataType>,
}

fn named(model: &rten::Model, ids: &[NodeId]) -> Vec<Node> {
    ids.iter()
        .filter_map(|id| model.node_info(*id).map(|info| (*id, info)))
        .map(|(id, info)| Node {
            id,
            name: info.name().unwrap_or_default().to_owned(),
            dtype: info.dtype().and_then(|dtype| match dtype {
                ValueType::Tensor(dtype) => Some(dtype),
                _ => None,
            }),
        })
        .collect()
}

fn listed(nodes: &[Node]) -> String {
    let names: Vec<String> = nodes
        .iter()
        .map(|node| {
            format!(
                "`{}` ({})",
                node.name,
                node.dtype
                    .map_or("any".to_owned(), |dtype| dtype.to_string())
            )
        })
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn default_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MOST_THREADS)
}

/// SHA-256 of a file, in hex, read piece by piece: models are large.
fn digest(path: &Path) -> Result<String, SpeechError> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file
            .read(&mut piece)
            .map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            break;
        }
        hasher.update(piece.get(..read).unwrap_or_default());
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> SpeechError {
    SpeechError::ProviderUnavailable {
        provider: "kokoro".to_owned(),
        reason: format!(
            "expected a file at `{}`, but it cannot be read: {error}; name another",
            path.display()
        ),
    }
}

fn invalid(path: &Path, found: String) -> SpeechError {
    SpeechError::InvalidModel {
        path: path.display().to_string(),
        expected: EXPECTED,
        found,
    }
}

fn broken(error: impl std::error::Error) -> SpeechError {
    SpeechError::Synthesis(format!("the model's run failed: {error}"))
}
