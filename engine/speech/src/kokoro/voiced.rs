//! A run's sound and when each symbol is heard in it.

#[cfg(test)]
mod tests;

use super::vocabulary::Tokens;
use crate::backend::Output;
use crate::engine::SAMPLE_RATE;

/// The sound of a phoneme string.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Voiced {
    /// Mono, 24 kHz.
    pub(crate) samples: Vec<f32>,
    /// When each symbol of the phoneme string starts and ends, in seconds; empty when the model does not tell. A symbol the model has no
    /// token for takes no time.
    pub(crate) spans: Vec<(f32, f32)>,
}

impl Voiced {
    /// The same with a span for each of so many symbols: the last may have had no token.
    pub(crate) fn reaching(mut self, symbols: usize) -> Self {
        if let Some((_, end)) = self.spans.last().copied() {
            self.spans.resize(symbols, (end, end));
        }
        self
    }

    /// Adds what comes next: `gap` symbols that have no sound, then the other.
    pub(crate) fn append(&mut self, gap: usize, next: Voiced) {
        let start = seconds(self.samples.len());
        if !next.spans.is_empty() {
            self.spans.extend(std::iter::repeat_n((start, start), gap));
            self.spans.extend(
                next.spans
                    .iter()
                    .map(|(from, to)| (start + from, start + to)),
            );
        }
        self.samples.extend(next.samples);
    }

    /// The same at another pace, already stretched: `speed` times as fast.
    pub(crate) fn paced(self, samples: Vec<f32>, speed: f32) -> Self {
        Self {
            samples,
            spans: self
                .spans
                .iter()
                .map(|(from, to)| (from / speed, to / speed))
                .collect(),
        }
    }
}

fn seconds(samples: usize) -> f32 {
    samples as f32 / SAMPLE_RATE as f32
}

/// Seconds of the padding in front that are kept: one frame of Kokoro's exports.
const KEPT: f32 = 0.025;

/// Puts the frames of each token to its symbol, and takes off the sound of the padding in front but for its last 25 ms: at low
/// speeds it is long enough to be heard as a vowel nobody asked for. How long a frame lasts follows from the samples: 600 in Kokoro's
/// exports, 240 in Hedgerow.
pub(super) fn voiced(tokens: &Tokens, output: Output) -> Voiced {
    let Output {
        mut samples,
        durations,
    } = output;
    let frames: f32 = durations.iter().sum();
    let told = durations.len() == tokens.ids.len()
        && durations.iter().all(|frames| *frames >= 0.0)
        && frames >= 1.0
        && !samples.is_empty();
    if !told {
        return Voiced {
            samples,
            spans: Vec::new(),
        };
    }
    let frame = seconds(samples.len()) / frames;
    let padding = durations.first().copied().unwrap_or_default() * frame;
    let cut = (padding - KEPT).max(0.0);
    samples.drain(..count(cut).min(samples.len()));
    let symbols = tokens.symbols.last().map_or(0, |last| last + 1);
    let mut spans = Vec::with_capacity(symbols);
    let mut at = padding - cut;
    for (symbol, frames) in tokens.symbols.iter().zip(durations.iter().skip(1)) {
        while spans.len() <= *symbol {
            spans.push((at, at));
        }
        at += frames * frame;
        if let Some(span) = spans.last_mut() {
            span.1 = at;
        }
    }
    Voiced { samples, spans }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length within the run's own, never negative"
)]
fn count(seconds: f32) -> usize {
    (seconds * SAMPLE_RATE as f32).round() as usize
}
