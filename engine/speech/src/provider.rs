//! What the engine asks of whatever turns text into sound.

#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::time::{Duration, Instant};

use kokoro_text::Limits;

use crate::engine::{Cancel, Voice};
use crate::error::SpeechError;

/// How long work may go on, and whether it still should.
#[derive(Debug, Clone)]
pub struct Control {
    cancel: Cancel,
    until: Instant,
    allowed: Duration,
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
        self.until.saturating_duration_since(Instant::now())
    }

    /// Puts the deadline off by time the work did not use: a listener who does not fetch the audio.
    pub fn extend(&mut self, waited: Duration) {
        self.until += waited;
    }
}

/// One piece of text to speak.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What to say; sanitised.
    pub text: &'a str,
    /// One of the provider's voices.
    pub voice: &'a Voice,
    /// `en-US` or `en-GB`: whose pronunciation, where the voice leaves a choice.
    pub language: &'a str,
    /// 0.25..=4.0.
    pub speed: f32,
}

/// Turns text into sound, blocking. Shared by all requests, so every method takes `&self`.
pub trait Provider: Debug + Send + Sync {
    /// `kokoro` or `espeak`.
    fn name(&self) -> &'static str;

    /// Runtime and version.
    fn backend(&self) -> String;

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

    /// The sound of one segment: mono, 24 kHz, about -1.0..=1.0, as loud as it comes.
    ///
    /// # Errors
    /// Cancelled, out of time, or broken.
    fn synthesise(&self, request: &Request<'_>, control: &Control)
    -> Result<Vec<f32>, SpeechError>;
}
