//! A model with Kokoro's interface in a runtime, its voices, and eSpeak NG's pronunciation.

pub(crate) mod flavour;
#[cfg(fuzzing)]
pub mod fuzzing;
mod g2p;
mod model;
pub(crate) mod onnx;
pub(crate) mod source;
mod vocabulary;
mod voiced;
mod voices;
mod zip;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use kokoro_text::{Accent, G2p, Lexicon, Limits, phoneme_batches};

use crate::backend;
use crate::dsp::stretch::stretch;
use crate::engine::{EngineConfig, Voice};
use crate::error::SpeechError;
use crate::hedgerow::{self, HEDGEROW};
use crate::provider::{Control, Footprint, Provider, Request, Sound};
use g2p::{Pronouncer, word_times};
pub(crate) use model::{Inspected, STYLE, invalid};
use model::{Model, unreadable};
use source::Source;
use vocabulary::Tokens;
pub(crate) use vocabulary::Vocabulary;
pub(crate) use voiced::Voiced;
pub(crate) use voices::{Speakers, Voices, blend, names, names::nearest};

/// Most phonemes of one run: at 13 to a second it makes 8 s of audio and keeps the runtime's memory below 800 MB.
const PHONEMES_PER_RUN: usize = 100;

/// What a run of [`PHONEMES_PER_RUN`] takes in memory, as a multiple of the model's file: measured 0.9 for fp32 and 1.8 for int8.
const RUN_TO_FILE: u64 = 2;

/// Files that voices are looked for in, beside the model, when none is named.
const VOICES_BESIDE: [&str; 4] = ["voices-v1.0.bin", "voices.npz", "voices.bin", "voices"];

/// Speaks with a model that has Kokoro's interface: Kokoro, or the small voice that is in the program.
#[derive(Debug)]
pub struct Kokoro {
    model: Model,
    packs: Voices,
    voices: Vec<Voice>,
    pronouncer: Pronouncer,
    footprint: Footprint,
    unknown_symbols: AtomicU64,
}

impl Kokoro {
    /// Loads model and voices. `espeak` is the program that pronounces words no dictionary has; it may be absent; `threads` those of one model run.
    ///
    /// # Errors
    /// [`SpeechError::InvalidModel`] for a file that is none, [`SpeechError::ProviderUnavailable`] for what is absent.
    pub fn open(
        model: &Path,
        voices: Option<&Path>,
        espeak: PathBuf,
        threads: Option<usize>,
    ) -> Result<Self, SpeechError> {
        let config = EngineConfig {
            voices: voices.map(Path::to_path_buf),
            threads,
            ..EngineConfig::default()
        };
        Self::configured(model, &config, espeak)
    }

    /// Loads a model, and voices, runtime, threads and symbols as configured. `espeak` is the program that pronounces words no
    /// dictionary has; it may be absent.
    ///
    /// # Errors
    /// [`SpeechError::InvalidModel`] for a file that is none, [`SpeechError::ProviderUnavailable`] for what is absent.
    pub fn configured(
        model: &Path,
        config: &EngineConfig,
        espeak: PathBuf,
    ) -> Result<Self, SpeechError> {
        load_dictionary();
        let inspected = Inspected::read(model)?;
        let voices = voices_path(model, config.voices.as_deref())?;
        Self::assembled(inspected, [model.into(), (&voices).into()], config, espeak)
    }

    /// Loads the small voice that is in the program.
    ///
    /// # Errors
    /// When the runtime that is asked for is absent or cannot load it, or when a voices file is named: it would be for another model.
    pub fn hedgerow(config: &EngineConfig, espeak: PathBuf) -> Result<Self, SpeechError> {
        if let (None, Some(voices)) = (&config.model, &config.voices) {
            return Err(SpeechError::ProviderUnavailable {
                provider: HEDGEROW.to_owned(),
                reason: format!(
                    "expected a model for the voices `{}`, but none is named; name it, or leave the voices out",
                    voices.display()
                ),
            });
        }
        load_dictionary();
        let inspected = Inspected::read(hedgerow::MODEL)?;
        let sources = [hedgerow::MODEL, hedgerow::STYLES];
        Self::assembled(inspected, sources, config, espeak)
    }

    fn assembled(
        inspected: Inspected,
        [model, voices]: [Source<'_>; 2],
        config: &EngineConfig,
        espeak: PathBuf,
    ) -> Result<Self, SpeechError> {
        let pronouncer = Pronouncer::new(espeak, lexicon(config.lexicon.as_deref())?);
        let packs = Voices::open(voices, &inspected.speakers())?;
        let footprint = Footprint {
            threads: backend::threads(config),
            memory: model.length().map_or(0, |length| length * RUN_TO_FILE),
        };
        let model = inspected.load(model, &packs, config)?;
        let mut voices = packs.described()?;
        if model.name() == HEDGEROW {
            hedgerow::answer(&mut voices);
        }
        Ok(Self {
            model,
            packs,
            voices,
            pronouncer,
            footprint,
            unknown_symbols: AtomicU64::new(0),
        })
    }
}

/// The user's own pronunciations.
fn lexicon(path: Option<&Path>) -> Result<Lexicon, SpeechError> {
    let Some(path) = path else {
        return Ok(Lexicon::default());
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Lexicon::parse(&text).map_err(|error| SpeechError::InvalidModel {
        path: path.display().to_string(),
        expected: "lexicon",
        found: error.to_string(),
    })
}

/// The dictionary takes as long to load as a model, so both load at once.
fn load_dictionary() {
    std::thread::spawn(|| G2p::shared().load(Accent::American));
}

fn voices_path(model: &Path, named: Option<&Path>) -> Result<PathBuf, SpeechError> {
    if let Some(path) = named {
        return Ok(path.to_path_buf());
    }
    let folder = model.parent().unwrap_or(Path::new(""));
    VOICES_BESIDE.iter().map(|name| folder.join(name)).find(|path| path.exists()).ok_or_else(|| {
        SpeechError::ProviderUnavailable {
            provider: "kokoro".to_owned(),
            reason: format!(
                "expected a voices file, but none is named and none of {} lies beside the model; name one",
                VOICES_BESIDE.join(", ")
            ),
        }
    })
}

impl Provider for Kokoro {
    fn name(&self) -> &'static str {
        self.model.name()
    }

    fn backend(&self) -> String {
        self.model.backend().describe()
    }

    fn execution_provider(&self) -> &'static str {
        self.model.backend().execution()
    }

    fn execution_fallback(&self) -> Option<&str> {
        self.model.backend().fallback()
    }

    fn model_sha256(&self) -> Option<String> {
        self.model.sha256().map(str::to_owned)
    }

    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn limits(&self) -> Limits {
        // Half a second of work on one core of 2026 makes about 16 phonemes, two to four words; each later segment
        // may take about as long as the one before it plays.
        Limits {
            first: 20,
            max: 160,
            growth: 2,
        }
    }

    fn footprint(&self) -> Footprint {
        self.footprint
    }

    fn stops_early(&self) -> bool {
        self.model.backend().stops_early()
    }

    fn ready(&self) -> Result<(), SpeechError> {
        // A dictionary and a model are all it takes, and both are in memory. Without eSpeak NG rare words are spelled.
        Ok(())
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let words = &request.segment.words;
        let phonemes = self
            .pronouncer
            .said(words, accent(request.language), control)?;
        let voiced = self.voiced(&phonemes.symbols, &request.voice.id, request.speed, control)?;
        Ok(Sound {
            words: word_times(words, &phonemes, &voiced.spans),
            spelled: phonemes.spelled,
            samples: voiced.samples,
        })
    }
}

/// What the model is given in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRun {
    /// Token ids, padding included.
    pub tokens: Vec<i64>,
    /// The voice's row for this length: 256 values.
    pub style: Vec<f32>,
    /// 1.0 is natural.
    pub speed: f32,
}

fn accent(language: &str) -> Accent {
    if language == "en-GB" {
        Accent::British
    } else {
        Accent::American
    }
}

impl Kokoro {
    /// The runs that a request takes, as a model of any speed is given them: what the model alone costs can be measured with them.
    ///
    /// # Errors
    /// Cancelled, out of time, or an unknown voice.
    pub fn runs(
        &self,
        request: &Request<'_>,
        control: &Control,
    ) -> Result<Vec<ModelRun>, SpeechError> {
        let words = &request.segment.words;
        let phonemes = self
            .pronouncer
            .said(words, accent(request.language), control)?;
        let mut runs = Vec::new();
        for batch in phoneme_batches(&phonemes.symbols, PHONEMES_PER_RUN) {
            let tokens = self.model.tokens(&batch)?;
            if !tokens.symbols.is_empty() {
                runs.push(ModelRun {
                    style: self.packs.style(&request.voice.id, tokens.symbols.len())?,
                    tokens: tokens.ids,
                    speed: request.speed,
                });
            }
        }
        Ok(runs)
    }

    /// Phoneme symbols so far that the model has no token for, and words without any sound, left out.
    #[must_use]
    pub fn unknown_symbols(&self) -> u64 {
        self.unknown_symbols.load(Ordering::Relaxed) + self.pronouncer.dropped()
    }

    /// The sound of a phoneme string in Kokoro v1.0's symbols, in as many runs as it takes, and when each symbol is heard. `voice` is one
    /// voice's id or a blend.
    ///
    /// # Errors
    /// Cancelled, out of time, an unknown voice, or broken.
    pub(crate) fn voiced(
        &self,
        phonemes: &str,
        voice: &str,
        speed: f32,
        control: &Control,
    ) -> Result<Voiced, SpeechError> {
        let mut voiced = Voiced::default();
        let mut rest = phonemes;
        // Symbols since the last sound: blanks between two pieces, and pieces that have no token.
        let mut silent = 0;
        for batch in phoneme_batches(phonemes, PHONEMES_PER_RUN) {
            control.check()?;
            let bare = rest.trim_start_matches(' ');
            silent += rest.chars().count() - bare.chars().count();
            rest = bare.strip_prefix(batch.as_str()).unwrap_or_default();
            let tokens = self.model.tokens(&batch)?;
            let dropped = u64::try_from(tokens.dropped).unwrap_or(u64::MAX);
            self.unknown_symbols.fetch_add(dropped, Ordering::Relaxed);
            let symbols = batch.chars().count();
            if tokens.symbols.is_empty() {
                silent += symbols;
                continue;
            }
            let style = self.packs.style(voice, tokens.symbols.len())?;
            voiced.append(silent, self.run(&tokens, symbols, &style, speed, control)?);
            silent = 0;
        }
        Ok(voiced.reaching(phonemes.chars().count()))
    }

    fn run(
        &self,
        tokens: &Tokens,
        symbols: usize,
        style: &[f32],
        speed: f32,
        control: &Control,
    ) -> Result<Voiced, SpeechError> {
        if self.model.takes_any_speed() {
            return Ok(self
                .model
                .run(tokens, style, speed, control)?
                .reaching(symbols));
        }
        // A model with a whole-number speed would turn 1.5 into 1 and 0.5 into 0.
        let natural = self
            .model
            .run(tokens, style, 1.0, control)?
            .reaching(symbols);
        let stretched = stretch(&natural.samples, f64::from(speed));
        Ok(natural.paced(stretched, speed))
    }
}
