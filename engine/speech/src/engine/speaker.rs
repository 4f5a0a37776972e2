//! From a checked request to audio, through whichever provider can.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kokoro_text::{Segment, segments};

use super::check::{Job, find};
use super::{EngineInfo, Rendered, Voice};
use crate::dsp::join::{pause, trimmed};
use crate::dsp::loudness::normalise;
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request};

/// What every voice says to have its loudness measured: all the vowels, loud and soft consonants, three seconds.
const CALIBRATION: &str = "The quick brown fox jumps over the lazy dog near the shore.";

/// Who spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) provider: &'static str,
    pub(super) voice: String,
}

/// Provider, voice id, speed in half octaves.
type GainKey = (&'static str, String, i8);

/// The providers and what is known about them.
#[derive(Debug)]
pub(super) struct Speaker {
    first: Arc<dyn Provider>,
    second: Option<Arc<dyn Provider>>,
    fallbacks: AtomicU64,
    /// Whether the second spoke last.
    standing_in: AtomicBool,
    gains: Mutex<HashMap<GainKey, f64>>,
}

/// An attempt to speak that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: SpeechError,
    /// Whether audio has reached the listener.
    pub(super) heard: bool,
}

impl Speaker {
    pub(super) fn new(first: Arc<dyn Provider>, second: Option<Arc<dyn Provider>>) -> Self {
        Self {
            first,
            second,
            fallbacks: AtomicU64::new(0),
            standing_in: AtomicBool::new(false),
            gains: Mutex::default(),
        }
    }

    pub(super) fn voices(&self) -> &[Voice] {
        self.first.voices()
    }

    pub(super) fn first_name(&self) -> &'static str {
        self.first.name()
    }

    pub(super) fn ready(&self) -> Result<(), SpeechError> {
        self.first.ready()
    }

    pub(super) fn info(&self) -> EngineInfo {
        let standing_in = self.standing_in.load(Ordering::Acquire);
        let provider = self
            .second
            .as_ref()
            .filter(|_| standing_in)
            .unwrap_or(&self.first);
        EngineInfo {
            provider: provider.name().to_owned(),
            backend: provider.backend(),
            execution_provider: "cpu".to_owned(),
            model_sha256: provider.model_sha256(),
            fallback_count: self.fallbacks.load(Ordering::Acquire),
        }
    }

    /// Measures the default voice's loudness, so that the first request need not.
    pub(super) fn warm_up(&self, control: &Control) -> Result<(), SpeechError> {
        let Some(voice) = self.voices().first() else {
            return Ok(());
        };
        let job = Job {
            text: CALIBRATION.to_owned(),
            voice: voice.clone(),
            language: voice.language.clone(),
            speed: 1.0,
            dropped: 0,
        };
        self.turn(self.first.as_ref(), job)
            .calibrated_gain(control)
            .map(|_| ())
    }

    /// Lets the first provider speak, and when it breaks before anything was heard, the second.
    pub(super) fn perform<T>(
        &self,
        job: &Job,
        mut attempt: impl FnMut(&Turn<'_>) -> Result<T, Failure>,
    ) -> Result<T, SpeechError> {
        let failure = match attempt(&self.turn(self.first.as_ref(), job.clone())) {
            Ok(done) => {
                self.standing_in.store(false, Ordering::Release);
                return Ok(done);
            }
            Err(failure) => failure,
        };
        let Some(second) = self
            .second
            .as_ref()
            .filter(|_| !failure.heard && is_broken(&failure.error))
        else {
            return Err(failure.error);
        };
        self.fallbacks.fetch_add(1, Ordering::AcqRel);
        self.standing_in.store(true, Ordering::Release);
        tracing::warn!(
            from = self.first.name(),
            to = second.name(),
            reason = %failure.error,
            "another provider speaks instead"
        );
        let mut job = job.clone();
        job.voice = stand_in(second.voices(), &job.voice);
        attempt(&self.turn(second.as_ref(), job)).map_err(|failure| failure.error)
    }

    pub(super) fn render(&self, job: &Job, control: &Control) -> Result<Rendered, SpeechError> {
        self.perform(job, |turn| {
            let samples = turn.whole(control).map_err(|error| Failure {
                error,
                heard: false,
            })?;
            let spoken = turn.spoken();
            Ok(Rendered {
                samples: normalise(&samples).samples,
                voice: spoken.voice,
                provider: spoken.provider.to_owned(),
                dropped_characters: job.dropped,
            })
        })
    }

    fn turn<'a>(&'a self, provider: &'a dyn Provider, job: Job) -> Turn<'a> {
        Turn {
            speaker: self,
            provider,
            job,
        }
    }
}

/// Whether another provider could do better: not when time is over or nobody listens.
fn is_broken(error: &SpeechError) -> bool {
    matches!(
        error,
        SpeechError::ProviderUnavailable { .. }
            | SpeechError::InvalidModel { .. }
            | SpeechError::Synthesis(_)
    )
}

/// The voice of another provider that is most like this one.
fn stand_in(voices: &[Voice], wanted: &Voice) -> Voice {
    let alike = |voice: &&Voice| voice.language == wanted.language && voice.gender == wanted.gender;
    find(voices, &wanted.id)
        .or_else(|| voices.iter().find(alike))
        .or_else(|| {
            voices
                .iter()
                .find(|voice| voice.language == wanted.language)
        })
        .or_else(|| voices.first())
        .unwrap_or(wanted)
        .clone()
}

/// One request in the hands of one provider.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    speaker: &'a Speaker,
    provider: &'a dyn Provider,
    job: Job,
}

impl Turn<'_> {
    pub(super) fn segments(&self) -> Vec<Segment> {
        segments(&self.job.text, &self.provider.limits())
    }

    pub(super) fn spoken(&self) -> Spoken {
        Spoken {
            provider: self.provider.name(),
            voice: self.job.voice.id.clone(),
        }
    }

    pub(super) fn voicing(&self) -> Voicing<'_> {
        Voicing {
            provider: self.provider,
            job: &self.job,
            owed: 0,
            started: false,
        }
    }

    /// All the audio, not levelled.
    fn whole(&self, control: &Control) -> Result<Vec<f32>, SpeechError> {
        let mut voicing = self.voicing();
        let mut samples = Vec::new();
        for segment in self.segments() {
            samples.extend(voicing.speak(&segment, control)?);
        }
        voicing.heard()?;
        Ok(samples)
    }

    /// The gain in dB that brings this voice at about this speed to target; measured once, then remembered.
    pub(super) fn calibrated_gain(&self, control: &Control) -> Result<f64, SpeechError> {
        let half_octaves = half_octaves(self.job.speed);
        let key = (
            self.provider.name(),
            self.job.voice.id.clone(),
            half_octaves,
        );
        if let Some(gain) = self.gains().get(&key) {
            return Ok(*gain);
        }
        let request = Request {
            text: CALIBRATION,
            voice: &self.job.voice,
            language: &self.job.voice.language,
            speed: (f32::from(half_octaves) / 2.0)
                .exp2()
                .clamp(super::MIN_SPEED, super::MAX_SPEED),
        };
        let gain = normalise(&trimmed(&self.provider.synthesise(&request, control)?)).gain_db;
        self.gains().insert(key, gain);
        Ok(gain)
    }

    fn gains(&self) -> std::sync::MutexGuard<'_, HashMap<GainKey, f64>> {
        // The map is whole whatever a thread that held it died of.
        self.speaker
            .gains
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "between -4 and 4 for every speed accepted"
)]
fn half_octaves(speed: f32) -> i8 {
    (speed.log2() * 2.0).round() as i8
}

/// The segments of one request, one after the other.
#[derive(Debug)]
pub(super) struct Voicing<'a> {
    provider: &'a dyn Provider,
    job: &'a Job,
    /// Samples of silence owed before the next segment.
    owed: usize,
    started: bool,
}

impl Voicing<'_> {
    /// Whether there was any sound: silence is no answer to a text with words in it.
    pub(super) fn heard(&self) -> Result<(), SpeechError> {
        if self.started {
            Ok(())
        } else {
            Err(SpeechError::Synthesis(format!(
                "{} gave nothing but silence",
                self.provider.name()
            )))
        }
    }

    /// A segment's audio with the pause before it. Empty where a segment has no sound, such as a lone dash.
    pub(super) fn speak(
        &mut self,
        segment: &Segment,
        control: &Control,
    ) -> Result<Vec<f32>, SpeechError> {
        control.check()?;
        let request = Request {
            text: &segment.text,
            voice: &self.job.voice,
            language: &self.job.language,
            speed: self.job.speed,
        };
        let sound = trimmed(&self.provider.synthesise(&request, control)?);
        let mut samples = Vec::new();
        if !sound.is_empty() {
            samples.resize(self.owed, 0.0);
            samples.extend(sound);
            self.owed = 0;
            self.started = true;
        }
        if self.started {
            self.owed = self.owed.max(pause(segment.ends, self.job.speed));
        }
        Ok(samples)
    }
}
