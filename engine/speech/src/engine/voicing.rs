//! The segments of one request, one after the other, as one utterance.

#[cfg(test)]
mod tests;

use std::ops::Range;

use kokoro_text::ScriptSegment;

use super::check::Job;
use super::seat::{Seat, seconds};
use super::{MAX_SPEED, MIN_SPEED, SAMPLE_RATE, SpokenWord};
use crate::dsp::join::{Gap, Joiner, silence};
use crate::error::SpeechError;
use crate::provider::{Control, Request, WordTime};

/// Speaks segments in order.
#[derive(Debug)]
pub(super) struct Voicing<'a> {
    seat: &'a Seat,
    job: &'a Job,
    joiner: Joiner,
    places: Places<'a>,
}

/// What a segment adds to the utterance.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Voiced {
    pub(super) samples: Vec<f32>,
    pub(super) words: Vec<SpokenWord>,
    /// Words of it that were spelled letter by letter.
    pub(super) spelled: usize,
}

impl<'a> Voicing<'a> {
    pub(super) fn new(seat: &'a Seat, job: &'a Job) -> Self {
        Self {
            seat,
            job,
            joiner: Joiner::new(silence(job.script.lead)),
            places: Places::new(&job.text),
        }
    }

    /// A segment's audio with the pause before it. Empty where a segment has no sound, such as a lone dash.
    pub(super) fn speak(
        &mut self,
        segment: &ScriptSegment,
        control: &Control,
    ) -> Result<Voiced, SpeechError> {
        control.check()?;
        let speed = (self.job.speed * segment.rate).clamp(MIN_SPEED, MAX_SPEED);
        let request = Request {
            segment,
            voice: &self.job.voice,
            language: &self.job.language,
            speed,
        };
        let sound = self.seat.call(&request, control)?;
        let joined = self.joiner.push(
            &sound.samples,
            Gap::after(segment.ends, segment.pause, speed),
        );
        let words = if joined.samples.is_empty() {
            Vec::new()
        } else {
            self.places.words(&sound.words, joined.origin)
        };
        Ok(Voiced {
            samples: joined.samples,
            words,
            spelled: sound.spelled,
        })
    }

    /// What is left of the last segment.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] when there was no sound at all: silence is no answer to a text with words in it.
    pub(super) fn finish(&mut self) -> Result<Vec<f32>, SpeechError> {
        if self.joiner.started() {
            Ok(self.joiner.finish())
        } else {
            Err(SpeechError::Synthesis(format!(
                "{} gave nothing but silence",
                self.seat.provider.name()
            )))
        }
    }
}

/// Where words stand in the user's text, in characters as well as in bytes.
#[derive(Debug)]
struct Places<'a> {
    text: &'a str,
    /// A place whose characters were counted already: words come in order, so the text is gone through once.
    known: (usize, usize),
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            known: (0, 0),
        }
    }

    /// The words of a sound whose first sample lies at `origin`. What stands for one word of the user's is one word.
    fn words(&mut self, times: &[WordTime], origin: i64) -> Vec<SpokenWord> {
        let mut found: Vec<SpokenWord> = Vec::new();
        let origin = signed_seconds(origin);
        for time in times {
            let start = (origin + f64::from(time.start)).max(0.0);
            let end = (origin + f64::from(time.end)).max(start);
            if let Some(last) = found.last_mut().filter(|last| last.bytes == time.source) {
                last.end = end;
                continue;
            }
            let Some(chars) = self.chars(&time.source) else {
                continue;
            };
            found.push(SpokenWord {
                bytes: time.source.clone(),
                chars,
                start,
                end,
            });
        }
        found
    }

    fn chars(&mut self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let start = self.count(bytes.start)?;
        let length = self.text.get(bytes.clone())?.chars().count();
        Some(start..start + length)
    }

    fn count(&mut self, byte: usize) -> Option<usize> {
        if byte < self.known.0 {
            self.known = (0, 0);
        }
        let (from, before) = self.known;
        let count = before + self.text.get(from..byte)?.chars().count();
        self.known = (byte, count);
        Some(count)
    }
}

fn signed_seconds(samples: i64) -> f64 {
    let magnitude = seconds(usize::try_from(samples.unsigned_abs()).unwrap_or(usize::MAX));
    if samples < 0 { -magnitude } else { magnitude }
}

/// Samples at a time in seconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times in an utterance: not negative, far below 2^52 samples"
)]
pub(super) fn sample_at(seconds: f64) -> usize {
    (seconds * f64::from(SAMPLE_RATE)) as usize
}
