//! Kokoro: an ONNX model in the embedded runtime, its voices, and eSpeak NG's pronunciation.

mod g2p;
mod model;
mod voices;
mod zip;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use kokoro_text::{Accent, Limits, phoneme_batches, tokenise};

use crate::dsp::stretch::stretch;
use crate::engine::Voice;
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request, Sound};
use g2p::Pronouncer;
use model::{Model, STYLE};
use voices::{Speakers, Voices};
pub(crate) use voices::{blend, names::nearest};

/// Most phonemes of one run: at 13 to a second it makes 8 s of audio and keeps the runtime's memory below 800 MB.
const PHONEMES_PER_RUN: usize = 100;

/// Files that voices are looked for in, beside the model, when none is named.
const VOICES_BESIDE: [&str; 4] = ["voices-v1.0.bin", "voices.npz", "voices.bin", "voices"];

/// The Kokoro provider.
#[derive(Debug)]
pub struct Kokoro {
    model: Model,
    packs: Voices,
    voices: Vec<Voice>,
    pronouncer: Pronouncer,
    unknown_symbols: AtomicU64,
}

impl Kokoro {
    /// Loads model and voices. `espeak` is the program that pronounces; `threads` those of one model run.
    ///
    /// # Errors
    /// [`SpeechError::InvalidModel`] for a file that is none, [`SpeechError::ProviderUnavailable`] for what is absent.
    pub fn open(
        model: &Path,
        voices: Option<&Path>,
        espeak: PathBuf,
        threads: Option<usize>,
    ) -> Result<Self, SpeechError> {
        let pronouncer = Pronouncer::open(espeak)?;
        let packs = Voices::open(&voices_path(model, voices)?, &Speakers::default())?;
        let model = Model::open(model, threads)?;
        let voices = packs.described()?;
        Ok(Self {
            model,
            packs,
            voices,
            pronouncer,
            unknown_symbols: AtomicU64::new(0),
        })
    }
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
        "kokoro"
    }

    fn backend(&self) -> String {
        "rten 0.27".to_owned()
    }

    fn model_sha256(&self) -> Option<String> {
        Some(self.model.sha256().to_owned())
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

    fn ready(&self) -> Result<(), SpeechError> {
        self.pronouncer.ready()
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let accent = if request.language == "en-GB" {
            Accent::British
        } else {
            Accent::American
        };
        let phonemes = self
            .pronouncer
            .phonemes(&request.segment.text(), accent, control)?;
        let mut samples = Vec::new();
        for batch in phoneme_batches(&phonemes, PHONEMES_PER_RUN) {
            control.check()?;
            let tokens = tokenise(&batch).map_err(|over| {
                SpeechError::Synthesis(format!("{} phonemes in one piece", over.found))
            })?;
            let dropped = u64::try_from(tokens.dropped).unwrap_or(u64::MAX);
            self.unknown_symbols.fetch_add(dropped, Ordering::Relaxed);
            if tokens.phonemes() > 0 {
                let style = self.packs.style(&request.voice.id, tokens.phonemes())?;
                samples.extend(self.run(&tokens.ids, style, request.speed)?);
            }
        }
        Ok(samples.into())
    }
}

impl Kokoro {
    /// Phoneme symbols so far that the model has no token for, and that were left out.
    #[must_use]
    pub fn unknown_symbols(&self) -> u64 {
        self.unknown_symbols.load(Ordering::Relaxed)
    }

    fn run(&self, tokens: &[i64], style: Vec<f32>, speed: f32) -> Result<Vec<f32>, SpeechError> {
        if self.model.takes_any_speed() {
            return self.model.run(tokens, style, speed);
        }
        // A model with a whole-number speed would turn 1.5 into 1 and 0.5 into 0.
        let natural = self.model.run(tokens, style, 1.0)?;
        Ok(stretch(&natural, f64::from(speed)))
    }
}
