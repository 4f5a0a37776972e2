//! From a checked request to audio, through whichever provider can.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kokoro_text::{Boundary, Cutter, ScriptSegment, Word};

use super::check::{Job, find};
use super::pace::Schedule;
use super::seat::Seat;
use super::voicing::Voicing;
use super::{EngineConfig, EngineInfo, Rendered, Voice};
use crate::dsp::join::trimmed;
use crate::dsp::level::Leveller;
use crate::dsp::loudness::normalise;
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request};

/// What every voice says to have its loudness measured: all the vowels, loud and soft consonants, three seconds.
const CALIBRATION: &str = "The quick brown fox jumps over the lazy dog near the shore.";
/// What the default voice says besides, to tell what a call costs from what its length costs.
const SHORT: &str = "Yes.";
/// Seconds that measuring a voice may hold a listener up. Where it takes longer, the default voice's gain has to do, and
/// the stream finds its level as it goes.
const CHEAP: f64 = 0.1;
/// Gain, in dB, that a voice is taken to need when it is not measured: models' voices are at -20 to -25 LUFS.
const UNMEASURED: f64 = 6.0;

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
    first: Seat,
    second: Option<Seat>,
    /// Time in which sound is to start.
    target: Duration,
    /// Whether voices are measured before they stream.
    measures: bool,
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
    /// Providers that start to sound in the time configured where they can, and of which as many calls go on at once as
    /// is configured; as many as the machine has room for where that is not said.
    pub(super) fn new(
        first: Arc<dyn Provider>,
        second: Option<Arc<dyn Provider>>,
        config: &EngineConfig,
    ) -> Self {
        let runs = config.concurrent_runs;
        Self {
            first: Seat::new(first, runs),
            second: second.map(|second| Seat::new(second, runs)),
            target: config.first_audio,
            measures: config.warm_up,
            fallbacks: AtomicU64::new(0),
            standing_in: AtomicBool::new(false),
            gains: Mutex::default(),
        }
    }

    pub(super) fn voices(&self) -> &[Voice] {
        self.first.provider.voices()
    }

    pub(super) fn first_name(&self) -> &'static str {
        self.first.provider.name()
    }

    pub(super) fn ready(&self) -> Result<(), SpeechError> {
        self.first.provider.ready()
    }

    pub(super) fn info(&self) -> EngineInfo {
        let standing_in = self.standing_in.load(Ordering::Acquire);
        let provider = &self
            .second
            .as_ref()
            .filter(|_| standing_in)
            .unwrap_or(&self.first)
            .provider;
        EngineInfo {
            provider: provider.name().to_owned(),
            backend: provider.backend(),
            execution_provider: provider.execution_provider().to_owned(),
            execution_fallback: provider.execution_fallback().map(str::to_owned),
            model_sha256: provider.model_sha256(),
            fallback_count: self.fallbacks.load(Ordering::Acquire)
                + u64::from(provider.execution_fallback().is_some()),
        }
    }

    /// Measures what the first provider costs and how loud its default voice is, so that the first request need not.
    pub(super) fn warm_up(&self, control: &Control) -> Result<(), SpeechError> {
        let Some(voice) = self.voices().first() else {
            return Ok(());
        };
        let (short, long) = (sentence(SHORT), sentence(CALIBRATION));
        let request = |segment| Request {
            segment,
            voice,
            language: &voice.language,
            speed: 1.0,
        };
        let sound = self
            .first
            .calibrate(&request(&short), &request(&long), control)?;
        let gain = normalise(&trimmed(&sound.samples)).gain_db;
        self.gains()
            .insert(key(self.first.provider.as_ref(), voice, 1.0), gain);
        Ok(())
    }

    fn gains(&self) -> std::sync::MutexGuard<'_, HashMap<GainKey, f64>> {
        // The map is whole whatever a thread that held it died of.
        self.gains.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the first provider speak, and when it breaks before anything was heard, the second.
    pub(super) fn perform<T>(
        &self,
        job: &Job,
        mut attempt: impl FnMut(&Turn<'_>) -> Result<T, Failure>,
    ) -> Result<T, SpeechError> {
        let failure = match attempt(&self.turn(&self.first, job.clone())) {
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
            from = self.first_name(),
            to = second.provider.name(),
            reason = %failure.error,
            "another provider speaks instead"
        );
        let mut job = job.clone();
        job.voice = stand_in(second.provider.voices(), &job.voice);
        attempt(&self.turn(second, job)).map_err(|failure| failure.error)
    }

    pub(super) fn render(&self, job: &Job, control: &Control) -> Result<Rendered, SpeechError> {
        self.perform(job, |turn| {
            let mut rendered = turn.whole(control).map_err(|error| Failure {
                error,
                heard: false,
            })?;
            rendered.samples = normalise(&rendered.samples).samples;
            Ok(rendered)
        })
    }

    fn turn<'a>(&'a self, seat: &'a Seat, job: Job) -> Turn<'a> {
        Turn {
            speaker: self,
            seat,
            job,
        }
    }
}

/// A sentence without a place in any text.
fn sentence(text: &str) -> ScriptSegment {
    let bare = text.trim_end_matches('.');
    let mut words: Vec<Word> = bare
        .split(' ')
        .map(|word| Word::spoken(word, 0..0))
        .collect();
    words.push(Word::mark('.', 0..0));
    ScriptSegment {
        words,
        ends: Boundary::Sentence,
        pause: None,
        rate: 1.0,
    }
}

fn key(provider: &dyn Provider, voice: &Voice, speed: f32) -> GainKey {
    (provider.name(), voice.id.clone(), half_octaves(speed))
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
    seat: &'a Seat,
    job: Job,
}

impl Turn<'_> {
    /// How long the segments of a stream are to be.
    pub(super) fn schedule(&self) -> Schedule {
        self.seat.schedule(self.speaker.target, self.job.speed)
    }

    /// The text, to be cut into segments of at most `max` characters.
    pub(super) fn cutter(&self, max: usize) -> Cutter<'_> {
        self.job.script.cutter(max)
    }

    pub(super) fn spoken(&self) -> Spoken {
        Spoken {
            provider: self.seat.provider.name(),
            voice: self.job.voice.id.clone(),
        }
    }

    pub(super) fn voicing(&self) -> Voicing<'_> {
        Voicing::new(self.seat, &self.job)
    }

    /// All the audio, not levelled.
    fn whole(&self, control: &Control) -> Result<Rendered, SpeechError> {
        let mut voicing = self.voicing();
        let (mut samples, mut words) = (Vec::new(), Vec::new());
        let (mut spelled_words, mut segments) = (0, 0);
        let limits = self.seat.steady(self.job.speed);
        for segment in self.job.script.recut(&limits).segments {
            let voiced = voicing.speak(&segment, control)?;
            samples.extend(voiced.samples);
            words.extend(voiced.words);
            spelled_words += voiced.spelled;
            segments += 1;
        }
        samples.extend(voicing.finish()?);
        let spoken = self.spoken();
        Ok(Rendered {
            samples,
            words,
            voice: spoken.voice,
            provider: spoken.provider.to_owned(),
            dropped_characters: self.job.script.dropped,
            spelled_words,
            segments,
            ignored_markup: self.job.script.ignored,
        })
    }

    /// Levels a stream of this voice at this speed. The same voice and speed give the same gains, whatever was spoken before.
    pub(super) fn leveller(&self, control: &Control) -> Result<Leveller, SpeechError> {
        let provider = self.seat.provider.as_ref();
        let known = |voice: &Voice, speed: f32| {
            let key = key(provider, voice, speed);
            self.speaker.gains().get(&key).copied()
        };
        if let Some(gain) = known(&self.job.voice, self.job.speed) {
            return Ok(Leveller::new(gain));
        }
        if !self.speaker.measures {
            return Ok(Leveller::near(UNMEASURED));
        }
        let (calibration, pace) = (sentence(CALIBRATION), usual(self.job.speed));
        let is_cheap = self
            .seat
            .cost(&calibration, pace)
            .is_none_or(|seconds| seconds <= CHEAP);
        let anchor = provider
            .voices()
            .first()
            .and_then(|default| known(default, 1.0));
        if let (false, Some(anchor)) = (is_cheap, anchor) {
            return Ok(Leveller::near(anchor));
        }
        let request = Request {
            segment: &calibration,
            voice: &self.job.voice,
            language: &self.job.voice.language,
            speed: pace,
        };
        let sound = self.seat.call(&request, control)?;
        let gain = normalise(&trimmed(&sound.samples)).gain_db;
        self.speaker
            .gains()
            .insert(key(provider, &self.job.voice, self.job.speed), gain);
        Ok(Leveller::new(gain))
    }
}

/// The speed that stands for all those that are measured together with this one.
fn usual(speed: f32) -> f32 {
    (f32::from(half_octaves(speed)) / 2.0)
        .exp2()
        .clamp(super::MIN_SPEED, super::MAX_SPEED)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "between -4 and 4 for every speed accepted"
)]
fn half_octaves(speed: f32) -> i8 {
    (speed.log2() * 2.0).round() as i8
}
