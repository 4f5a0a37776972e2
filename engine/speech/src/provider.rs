//! What the engine asks of whatever turns text into sound.

#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kokoro_text::{Limits, ScriptSegment};

use crate::engine::{Cancel, Voice};
use crate::error::SpeechError;

/// How long work may go on, and whether it still should. Copies share one deadline.
#[derive(Debug, Clone)]
pub struct Control {
    cancel: Cancel,
    until: Instant,
    allowed: Duration,
    /// Nanoseconds by which the deadline was put off.
    put_off: Arc<AtomicU64>,
}

impl Control {
    /// Work that starts now.
    #[must_use]
    pub fn new(cancel: Cancel, allowed: Duration) -> Self {
        let now = Instant::now();
        // A deadline beyond what the clock can hold is none: a day stands in for it.
        let until = now
            .checked_add(allowed)
            .unwrap_or(now + Duration::from_secs(86_400));
        Self {
            cancel,
            until,
            allowed,
            put_off: Arc::default(),
        }
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// [`SpeechError::Cancelled`] or [`SpeechError::Deadline`].
    pub fn check(&self) -> Result<(), SpeechError> {
        if self.cancel.is_cancelled() {
            Err(SpeechError::Cancelled)
        } else if self.remaining().is_zero() {
            Err(SpeechError::Deadline {
                seconds: self.allowed.as_secs(),
            })
        } else {
            Ok(())
        }
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Time left; zero when it is over.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let put_off = Duration::from_nanos(self.put_off.load(Ordering::Acquire));
        (self.until + put_off).saturating_duration_since(Instant::now())
    }

    /// Puts the deadline off by time the work did not use: a listener who does not fetch the audio.
    pub fn extend(&self, waited: Duration) {
        // Five centuries of waiting fit.
        let waited = u64::try_from(waited.as_nanos()).unwrap_or_default();
        self.put_off.fetch_add(waited, Ordering::AcqRel);
    }
}

/// One piece of text to speak.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What to say. Its pause is the engine's business, and its rate is part of `speed` already.
    pub segment: &'a ScriptSegment,
    /// One of the provider's voices.
    pub voice: &'a Voice,
    /// `en-US` or `en-GB`: whose pronunciation, where the voice leaves a choice.
    pub language: &'a str,
    /// 0.25..=4.0.
    pub speed: f32,
}

/// When a word is spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct WordTime {
    /// The word's [`source`](kokoro_text::Word::source).
    pub source: Range<usize>,
    /// Seconds from the first sample of the sound.
    pub start: f32,
    /// Seconds from the first sample of the sound.
    pub end: f32,
}

/// The sound of one segment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sound {
    /// Mono, 24 kHz, about -1.0..=1.0, as loud as it comes.
    pub samples: Vec<f32>,
    /// When its words are spoken, in order; empty where that is not known.
    pub words: Vec<WordTime>,
    /// Words that nobody knew how to say, and that were spelled letter by letter.
    pub spelled: usize,
}

impl From<Vec<f32>> for Sound {
    /// Sound of which nothing more is known.
    fn from(samples: Vec<f32>) -> Self {
        Self {
            samples,
            ..Self::default()
        }
    }
}

/// What one call of [`Provider::synthesise`] takes of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Threads that compute.
    pub threads: usize,
    /// Bytes beyond what the provider holds anyway.
    pub memory: u64,
}

/// Turns text into sound, blocking. Shared by all requests, so every method takes `&self`.
pub trait Provider: Debug + Send + Sync {
    /// `kokoro`, `hedgerow` or `espeak`.
    fn name(&self) -> &'static str;

    /// Runtime and version.
    fn backend(&self) -> String;

    /// Where it runs: `cpu`, `cuda` or `coreml`.
    fn execution_provider(&self) -> &'static str {
        "cpu"
    }

    /// Why it does not run where it was asked to; `None` when it does.
    fn execution_fallback(&self) -> Option<&str> {
        None
    }

    /// SHA-256 of the model file, in hex, where there is a model.
    fn model_sha256(&self) -> Option<String> {
        None
    }

    /// The voices, the default first. Never empty.
    fn voices(&self) -> &[Voice];

    /// How long segments should be.
    fn limits(&self) -> Limits;

    /// Whether it can speak now.
    ///
    /// # Errors
    /// Why not, and what to do.
    fn ready(&self) -> Result<(), SpeechError>;

    /// Whether a call ends well before its time when its listener has gone: else calls have to be short.
    fn stops_early(&self) -> bool {
        false
    }

    /// What one call of [`Self::synthesise`] takes: how many may go on at once follows from it.
    fn footprint(&self) -> Footprint {
        Footprint {
            threads: 1,
            memory: 16 << 20,
        }
    }

    /// The sound of one segment. Empty where it has none, such as a lone dash.
    ///
    /// # Errors
    /// Cancelled, out of time, or broken.
    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError>;
}
