//! The engine: providers, loudness and streaming behind one door.

mod check;
mod pace;
mod runs;
mod seat;
mod speaker;
mod stream;
mod voicing;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::SpeechError;
use crate::espeak::{self, Espeak};
use crate::kokoro::Kokoro;
use crate::provider::{Control, Provider};
pub use check::{MAX_SPEED, MIN_SPEED};
pub use runs::available_memory;
use speaker::Speaker;
pub use stream::SpeechStream;

/// Samples per second of all audio inside the engine: mono f32, -1.0..=1.0.
pub const SAMPLE_RATE: u32 = 24_000;

/// Which provider is asked to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProviderChoice {
    /// Kokoro when a model is given, else Hedgerow.
    #[default]
    Auto,
    /// The Kokoro ONNX model; an error when it cannot be loaded.
    Kokoro,
    /// Hedgerow, the small voice that is in the program.
    Hedgerow,
    /// The `espeak-ng` program.
    Espeak,
}

/// Which runtime executes the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BackendChoice {
    /// The embedded one.
    #[default]
    Auto,
    /// rten, embedded.
    Rten,
    /// ONNX Runtime, a shared library loaded at run time; an error when there is none.
    Ort,
}

/// On what the model is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecutionChoice {
    /// The processor.
    #[default]
    Cpu,
    /// Apple's CoreML, by ONNX Runtime; what it cannot do, or all where it is absent, falls to the processor.
    CoreMl,
    /// NVIDIA's CUDA, by ONNX Runtime; what it cannot do, or all where it is absent, falls to the processor.
    Cuda,
}

/// Which table of phoneme symbols a model was trained with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VocabularyChoice {
    /// The one in the model's metadata; else v0.19's when the voices are v0.19's (511 rows, or one called `af`); else v1.0's.
    #[default]
    Auto,
    /// Kokoro v0.19's 178 symbols.
    V0_19,
    /// Kokoro v1.0's 114 symbols.
    V1_0,
}

/// How to open an engine.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Which provider.
    pub provider: ProviderChoice,
    /// A Kokoro ONNX file.
    pub model: Option<PathBuf>,
    /// A voices file: npz, JSON, raw rows, or a folder of raw rows.
    pub voices: Option<PathBuf>,
    /// Which runtime.
    pub backend: BackendChoice,
    /// On what the model is computed; other than the processor only by ONNX Runtime.
    pub execution: ExecutionChoice,
    /// ONNX Runtime's shared library; `None` looks where it is usually found.
    pub ort_library: Option<PathBuf>,
    /// The model's phoneme symbols.
    pub vocabulary: VocabularyChoice,
    /// Threads per model run; `None` picks by the machine.
    pub threads: Option<usize>,
    /// The `espeak-ng` program; `None` looks on the PATH.
    pub espeak: Option<PathBuf>,
    /// A file of the user's own pronunciations ([`kokoro_text::Lexicon`]), for a provider that has a model.
    pub lexicon: Option<PathBuf>,
    /// How long one request may take.
    pub deadline: Duration,
    /// Longest text, in characters.
    pub max_characters: usize,
    /// Time in which a stream's sound is to start: the first segment is as long as this machine has time for.
    pub first_audio: Duration,
    /// Most segments synthesised at once; `None` picks by cores and memory.
    pub concurrent_runs: Option<usize>,
    /// Whether [`Engine::open`] measures what speaking costs here. Who speaks once and ends is heard sooner without.
    pub warm_up: bool,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            provider: ProviderChoice::Auto,
            model: None,
            voices: None,
            backend: BackendChoice::Auto,
            execution: ExecutionChoice::Cpu,
            ort_library: None,
            vocabulary: VocabularyChoice::Auto,
            threads: None,
            espeak: None,
            lexicon: None,
            deadline: Duration::from_secs(120),
            max_characters: 4500,
            first_audio: Duration::from_millis(300),
            concurrent_runs: None,
            warm_up: true,
        }
    }
}

/// A request to speak.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// What to say, as the user wrote it.
    pub text: String,
    /// Voice id; `None` is the provider's default.
    pub voice: Option<String>,
    /// 0.25..=4.0; 1.0 is the voice's own pace.
    pub speed: f32,
    /// Language, such as `en-us`; `None` is the voice's.
    pub lang: Option<String>,
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Id, as requests name it.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// BCP 47 tag, such as `en-US`.
    pub language: String,
    /// `male`, `female` or `neutral`.
    pub gender: &'static str,
    /// Other names it answers to.
    pub aliases: Vec<String>,
}

/// What really speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// `kokoro`, `hedgerow` or `espeak`.
    pub provider: String,
    /// Runtime and version: `rten 0.27`, `onnxruntime 1.31.1`, `espeak-ng 1.51`.
    pub backend: String,
    /// Where it runs: `cpu`, `cuda` or `coreml`.
    pub execution_provider: String,
    /// Why it does not run where it was asked to; `None` when it does.
    pub execution_fallback: Option<String>,
    /// SHA-256 of the model file, where there is a model.
    pub model_sha256: Option<String>,
    /// How often another provider had to speak, or another processor to compute, instead.
    pub fallback_count: u64,
}

/// Stops the work of a request from any thread.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A fresh token.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A piece of streamed audio, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioChunk {
    /// Position in the stream, from 0.
    pub index: u64,
    /// Mono, 24 kHz, -1.0..=1.0.
    pub samples: Vec<f32>,
    /// Words whose sound begins in this chunk; empty where the provider does not know.
    pub words: Vec<SpokenWord>,
}

/// When a word of the user's own text is spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenWord {
    /// The word, in bytes of the text as the user wrote it.
    pub bytes: Range<usize>,
    /// The same in characters (Unicode scalar values).
    pub chars: Range<usize>,
    /// Seconds from the first sample of the audio.
    pub start: f64,
    /// Seconds from the first sample of the audio; not before `start`.
    pub end: f64,
}

/// Whole audio.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Mono, 24 kHz, -1.0..=1.0.
    pub samples: Vec<f32>,
    /// Voice that really spoke.
    pub voice: String,
    /// Provider that really spoke: `kokoro`, `hedgerow` or `espeak`.
    pub provider: String,
    /// Characters of the text that could not be spoken and were left out.
    pub dropped_characters: usize,
    /// Words that nobody knew how to say, and that were spelled letter by letter.
    pub spelled_words: usize,
    /// Segments the text was cut into.
    pub segments: usize,
    /// Tags and attributes of markup that were not understood and had no effect.
    pub ignored_markup: usize,
    /// When the words of the text are spoken, in order; empty where the provider does not know.
    pub words: Vec<SpokenWord>,
}

/// The provider that speaks, and the one that stands in when that breaks.
pub type Providers = (Arc<dyn Provider>, Option<Arc<dyn Provider>>);

/// eSpeak NG where it is installed. Without it there is nobody to stand in, and that is said.
fn stand_in(program: PathBuf) -> Option<Arc<dyn Provider>> {
    match Espeak::open(program) {
        Ok(espeak) => Some(Arc::new(espeak)),
        Err(reason) => {
            tracing::warn!(%reason, "no provider can stand in when the first breaks");
            None
        }
    }
}

/// The same, looked for while something else loads: it is a program that has to be started.
fn looked_for(program: PathBuf) -> impl FnOnce() -> Option<Arc<dyn Provider>> {
    let thread = std::thread::spawn(move || stand_in(program));
    move || thread.join().ok().flatten()
}

/// The engine. Cheap to share: every method takes `&self`.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    speaker: Arc<Speaker>,
}

impl Engine {
    /// Opens the providers the configuration asks for.
    ///
    /// # Errors
    /// When the provider asked for cannot speak.
    pub fn open(config: EngineConfig) -> Result<Self, SpeechError> {
        let (first, second) = Self::providers(&config)?;
        let engine = Self::with_providers(config, first, second);
        if engine.config.warm_up {
            engine.warm_up()?;
        }
        Ok(engine)
    }

    /// The providers a configuration asks for: the one that speaks, and the one that stands in when that breaks.
    ///
    /// # Errors
    /// When the provider asked for cannot be opened.
    pub fn providers(config: &EngineConfig) -> Result<Providers, SpeechError> {
        let program = espeak::program(config.espeak.as_deref(), std::env::var_os("KOKORO_ESPEAK"));
        match (config.provider, config.model.as_deref()) {
            (ProviderChoice::Espeak, _) if config.lexicon.is_some() => {
                Err(SpeechError::ProviderUnavailable {
                    provider: "espeak".to_owned(),
                    reason: "a lexicon is named, which it does not read; leave it out, or let a model speak".to_owned(),
                })
            }
            (ProviderChoice::Espeak, _) => Ok((Arc::new(Espeak::open(program)?), None)),
            (ProviderChoice::Hedgerow, _) => {
                Ok((Arc::new(Kokoro::hedgerow(config, program)?), None))
            }
            (ProviderChoice::Auto, None) => {
                let second = looked_for(program.clone());
                Ok((Arc::new(Kokoro::hedgerow(config, program)?), second()))
            }
            (ProviderChoice::Kokoro, None) => Err(SpeechError::ProviderUnavailable {
                provider: "kokoro".to_owned(),
                reason: "expected a model file, but none is named; name a Kokoro ONNX file and its voices file, or let `hedgerow` speak"
                    .to_owned(),
            }),
            (choice, Some(model)) => {
                // Who names the provider wants that one or an error.
                let second =
                    (choice == ProviderChoice::Auto).then(|| looked_for(program.clone()));
                let kokoro = Kokoro::configured(model, config, program)?;
                Ok((Arc::new(kokoro), second.and_then(|second| second())))
            }
        }
    }

    /// Measures what speaking costs on this machine and how loud the default voice is. [`Self::open`] has done it, unless told not to.
    ///
    /// # Errors
    /// When the first provider cannot speak.
    pub fn warm_up(&self) -> Result<(), SpeechError> {
        let control = Control::new(Cancel::new(), self.config.deadline);
        self.speaker.warm_up(&control)
    }

    /// An engine of given providers: the first speaks, the second stands in when the first breaks.
    #[must_use]
    pub fn with_providers(
        config: EngineConfig,
        first: Arc<dyn Provider>,
        second: Option<Arc<dyn Provider>>,
    ) -> Self {
        let speaker = Speaker::new(first, second, &config);
        Self {
            config,
            speaker: Arc::new(speaker),
        }
    }

    /// The voices that can speak now, the default first.
    #[must_use]
    pub fn voices(&self) -> Vec<Voice> {
        self.speaker.voices().to_vec()
    }

    /// Whether the engine can speak now: what a readiness probe asks.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub fn ready(&self) -> Result<(), SpeechError> {
        self.speaker.ready()
    }

    /// What really speaks: after a fallback, the provider that spoke last.
    #[must_use]
    pub fn info(&self) -> EngineInfo {
        self.speaker.info()
    }

    /// Checks a request without speaking it: the answer a server gives before it queues anything.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn check(&self, utterance: &Utterance) -> Result<(), SpeechError> {
        check::checked(utterance, self.speaker.voices(), self.config.max_characters).map(|_| ())
    }

    /// Speaks, chunk by chunk, as soon as audio exists.
    ///
    /// # Errors
    /// What is wrong with the request; what goes wrong later comes as the stream's last item.
    pub fn stream(
        &self,
        utterance: &Utterance,
        cancel: &Cancel,
    ) -> Result<SpeechStream, SpeechError> {
        let job = check::checked(utterance, self.speaker.voices(), self.config.max_characters)?;
        stream::start(Arc::clone(&self.speaker), job, cancel, self.config.deadline)
    }

    /// Speaks whole: loudness is exact.
    ///
    /// # Errors
    /// What is wrong with the request or with synthesis.
    pub fn render(&self, utterance: &Utterance, cancel: &Cancel) -> Result<Rendered, SpeechError> {
        let job = check::checked(utterance, self.speaker.voices(), self.config.max_characters)?;
        self.speaker
            .render(&job, &Control::new(cancel.clone(), self.config.deadline))
    }
}
