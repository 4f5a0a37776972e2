//! A Kokoro model: its file, what kind of export it is, its symbols, and a runtime that has it loaded.

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::flavour::Flavour;
use super::onnx::Onnx;
use super::source::Source;
use super::vocabulary::{Tokens, Vocabulary};
use super::voiced::{Voiced, voiced};
use super::voices::{Speakers, Voices};
use crate::backend::{self, Backend, Feed, Input, Prepared};
use crate::engine::EngineConfig;
use crate::error::SpeechError;
use crate::hedgerow::HEDGEROW;
use crate::provider::Control;

const EXPECTED: &str = "Kokoro ONNX model";
/// Values of one row of a voice.
pub(crate) const STYLE: usize = 256;
/// Rows of one voice, where the model's metadata does not say.
const ROWS: usize = 510;

/// A model file that was looked at and not yet loaded.
#[derive(Debug)]
pub(crate) struct Inspected {
    onnx: Onnx,
    flavour: Flavour,
    noise: Vec<Feed>,
}

impl Inspected {
    /// Looks at a file, or at the bytes of one.
    ///
    /// # Errors
    /// [`SpeechError::InvalidModel`]: what was expected and what was found.
    pub(crate) fn read<'a>(source: impl Into<Source<'a>>) -> Result<Self, SpeechError> {
        let source = source.into();
        let path = source.place();
        let mut onnx = Onnx::read(source).map_err(|error| match error {
            super::onnx::OnnxError::Io(error) => unreadable(path, &error),
            other => invalid(path, other.to_string()),
        })?;
        let flavour = Flavour::of(&onnx).map_err(|found| invalid(path, found))?;
        let noise = onnx
            .feed_noise()
            .map_err(|error| invalid(path, error.to_string()))?
            .iter()
            .map(|noise| Feed {
                name: noise.name,
                values: noise.values(),
            })
            .collect();
        Ok(Self {
            onnx,
            flavour,
            noise,
        })
    }

    /// The voices the model's metadata names, in order.
    pub(crate) fn speakers(&self) -> Speakers {
        let names = self.onnx.metadata("speaker_names").unwrap_or_default();
        Speakers {
            names: names
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            rows: self
                .onnx
                .metadata("style_dim")
                .and_then(|axes| axes.split(',').next()?.trim().parse().ok())
                .unwrap_or(ROWS),
        }
    }

    /// The file without its weights.
    pub(crate) fn onnx(&self) -> &Onnx {
        &self.onnx
    }

    /// What kind of export it is.
    pub(crate) fn flavour(&self) -> &Flavour {
        &self.flavour
    }

    /// Whether it draws noise.
    pub(crate) fn draws_noise(&self) -> bool {
        !self.noise.is_empty()
    }

    /// Loads the model.
    ///
    /// # Errors
    /// When the runtime is absent or cannot load it.
    pub(super) fn load(
        self,
        source: Source<'_>,
        voices: &Voices,
        config: &EngineConfig,
    ) -> Result<Model, SpeechError> {
        let path = source.place();
        let sha256 = FileDigest::begin(source);
        let vocabulary = Vocabulary::of(config.vocabulary, &self.onnx, voices.are_old())
            .map_err(|found| invalid(path, found))?;
        let prepared = Prepared {
            source,
            onnx: &self.onnx,
            flavour: &self.flavour,
            noise: &self.noise,
        };
        let backend = backend::load(prepared, config)?;
        let model = Model {
            sha256,
            name: name_of(&self.onnx),
            backend,
            flavour: self.flavour,
            vocabulary,
        };
        tracing::info!(
            model = model.name,
            backend = model.backend.describe(),
            execution = model.backend.execution(),
            vocabulary = model.vocabulary.name(),
            durations = model.flavour.durations.is_some(),
            "model loaded"
        );
        Ok(model)
    }
}

/// A loaded model; any number of threads may run it at once.
#[derive(Debug)]
pub(super) struct Model {
    backend: Box<dyn Backend>,
    flavour: Flavour,
    vocabulary: Vocabulary,
    sha256: FileDigest,
    name: &'static str,
}

impl Model {
    /// `None` where the file could not be read again.
    pub(super) fn sha256(&self) -> Option<&str> {
        self.sha256.0.as_deref()
    }

    /// `hedgerow` where the file says so of itself, else `kokoro`.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn backend(&self) -> &dyn Backend {
        self.backend.as_ref()
    }

    /// Whether speeds between whole numbers are understood.
    pub(super) fn takes_any_speed(&self) -> bool {
        self.flavour.takes_any_speed()
    }

    /// The tokens of a phoneme string.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] for more than the model takes at once.
    pub(super) fn tokens(&self, phonemes: &str) -> Result<Tokens, SpeechError> {
        self.vocabulary.tokens(phonemes).ok_or_else(|| {
            SpeechError::Synthesis(format!(
                "{} phonemes in one piece",
                phonemes.chars().count()
            ))
        })
    }

    /// Audio of a token sequence, padding included. A model with whole-number speeds takes 1.0 only.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] when the run breaks; cancelled or late.
    pub(super) fn run(
        &self,
        tokens: &Tokens,
        style: &[f32],
        speed: f32,
        control: &Control,
    ) -> Result<Voiced, SpeechError> {
        let input = Input {
            tokens: &tokens.ids,
            style,
            speed,
        };
        let output = self.backend.run(&input, control)?;
        Ok(voiced(tokens, output))
    }
}

/// What a model is called: our own small voice has Kokoro's interface and is not Kokoro.
fn name_of(onnx: &Onnx) -> &'static str {
    match onnx.metadata("name") {
        Some(HEDGEROW) => HEDGEROW,
        _ => "kokoro",
    }
}

type Awaited = Box<dyn FnOnce() -> Option<String> + Send>;

/// SHA-256 of a model, in hex, computed on a thread of its own while the model loads: whoever asks first waits for the rest.
#[derive(Debug)]
struct FileDigest(LazyLock<Option<String>, Awaited>);

impl FileDigest {
    fn begin(source: Source<'_>) -> Self {
        let thread = match source {
            Source::File(path) => {
                let path = PathBuf::from(path);
                std::thread::spawn(move || digest(Source::File(&path)))
            }
            Source::Embedded(name, bytes) => {
                std::thread::spawn(move || digest(Source::Embedded(name, bytes)))
            }
        };
        Self(LazyLock::new(Box::new(move || thread.join().ok()?.ok())))
    }
}

/// Read piece by piece: models are large.
fn digest(source: Source<'_>) -> std::io::Result<String> {
    let mut file = source.open()?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece)?;
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

/// The error for a file that is no Kokoro model.
pub(crate) fn invalid(path: &Path, found: String) -> SpeechError {
    SpeechError::InvalidModel {
        path: path.display().to_string(),
        expected: EXPECTED,
        found,
    }
}
