//! What a synthesis took, as headers, trailers and the last event say it.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use tracing::Span;

use crate::metrics::Metrics;
use crate::spans::whole;

/// What is known once a text was spoken to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Totals {
    /// From the request's arrival to the end of its synthesis.
    pub(super) total: Duration,
    /// Time the synthesis itself took.
    pub(super) synthesis_seconds: f64,
    pub(super) audio_seconds: f64,
    /// Times the stream was behind real-time playback.
    pub(super) underruns: u64,
    /// Segments the text was cut into.
    pub(super) segments: usize,
    /// Words that were spelled letter by letter.
    pub(super) spelled_words: usize,
}

impl Totals {
    /// Synthesis time over audio time; none without audio.
    pub(super) fn rtf(&self) -> Option<f64> {
        (self.audio_seconds > 0.0).then(|| self.synthesis_seconds / self.audio_seconds)
    }

    /// Counts a text that was spoken to its end.
    pub(super) fn count(&self, metrics: &Metrics) {
        metrics.spoken(self.synthesis_seconds, self.audio_seconds, self.underruns);
        metrics.spelled(self.spelled_words);
    }

    /// Tells the span of the synthesis.
    pub(super) fn tell(&self, span: &Span) {
        span.record("tts.synthesis_seconds", self.synthesis_seconds);
        span.record("tts.audio_seconds", self.audio_seconds);
        span.record("tts.rtf", self.rtf());
        span.record("tts.segments", whole(self.segments));
        span.record(
            "tts.underruns",
            i64::try_from(self.underruns).unwrap_or(i64::MAX),
        );
        span.record("tts.spelled_words", whole(self.spelled_words));
    }

    /// Names of the trailers of a stream.
    pub(super) const TRAILERS: &'static str =
        "server-timing, x-rtf, x-audio-seconds, x-spelled-words, x-underruns";

    /// The trailers of a stream.
    pub(super) fn trailers(&self) -> HeaderMap {
        let mut trailers = HeaderMap::new();
        set(
            &mut trailers,
            "server-timing",
            &server_timing(&[("total", self.total)]),
        );
        self.describe(&mut trailers);
        set(&mut trailers, "x-underruns", &self.underruns.to_string());
        trailers
    }

    /// Adds how long the audio is, what it took, and how many words had to be spelled.
    pub(super) fn describe(&self, headers: &mut HeaderMap) {
        if let Some(rtf) = self.rtf() {
            set(headers, "x-rtf", &format!("{rtf:.4}"));
        }
        set(
            headers,
            "x-audio-seconds",
            &format!("{:.3}", self.audio_seconds),
        );
        set(headers, "x-spelled-words", &self.spelled_words.to_string());
    }
}

/// The value of a `Server-Timing` header; durations in milliseconds.
pub(super) fn server_timing(entries: &[(&str, Duration)]) -> String {
    entries
        .iter()
        .map(|(name, duration)| format!("{name};dur={:.3}", duration.as_secs_f64() * 1000.0))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Sets a header. A value that no header can hold is left out.
pub(super) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests;
