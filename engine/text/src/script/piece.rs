//! A text as markup divides it.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::map::Mapped;
use crate::segment::Boundary;
use crate::word::Word;

/// Longest pause markup may ask for at once, in seconds.
pub(super) const MAX_PAUSE: f32 = 10.0;
/// Longest all pauses of a text may be together, in seconds: silence is audio too, and audio takes memory.
const MAX_SILENCE: f32 = 120.0;
/// The speeds markup may ask for, as factors.
const RATES: (f32, f32) = (0.25, 4.0);

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Text to read.
    Text(Mapped),
    /// Words whose sound is known.
    Words(Vec<Word>),
    /// Seconds of silence.
    Pause(f32),
    /// A paragraph or sentence ends.
    End(Boundary),
    /// From here on, speed is this factor of the request's.
    Rate(f32),
}

/// Collects the parts of a text.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    done: Vec<Piece>,
    text: Mapped,
    silence: f32,
    /// Tags and attributes without effect.
    pub(super) ignored: usize,
}

impl Pieces {
    /// Text that stands at `from` in the source.
    pub(super) fn copy(&mut self, text: &str, from: usize) {
        self.text.copy(text, from);
    }

    /// Text said for these bytes of the source.
    pub(super) fn instead(&mut self, text: &str, source: Range<usize>) {
        self.text.instead(text, source);
    }

    /// Text with its places.
    pub(super) fn append(&mut self, text: &Mapped) {
        self.text.append(text);
    }

    pub(super) fn words(&mut self, words: Vec<Word>) {
        if !words.is_empty() {
            self.add(Piece::Words(words));
        }
    }

    pub(super) fn end(&mut self, boundary: Boundary) {
        self.add(Piece::End(boundary));
    }

    /// Silence, as much as is allowed; what goes beyond is counted as ignored.
    pub(super) fn pause(&mut self, seconds: f32) {
        let left = MAX_SILENCE - self.silence;
        let allowed = seconds.min(MAX_PAUSE).min(left);
        if allowed < seconds {
            self.ignored += 1;
        }
        if allowed > 0.0 {
            self.silence += allowed;
            self.add(Piece::Pause(allowed));
        }
    }

    /// A speed; beyond what a voice can do it is the fastest or slowest there is.
    pub(super) fn rate(&mut self, rate: f32) {
        self.add(Piece::Rate(rate.clamp(RATES.0, RATES.1)));
    }

    fn add(&mut self, piece: Piece) {
        let text = std::mem::take(&mut self.text);
        if !text.text().is_empty() {
            self.done.push(Piece::Text(text));
        }
        self.done.push(piece);
    }

    pub(super) fn finish(mut self) -> (Vec<Piece>, usize) {
        if !self.text.text().is_empty() {
            self.done.push(Piece::Text(self.text));
        }
        (self.done, self.ignored)
    }
}

/// Seconds of a time as SSML writes it: `0.8s`, `800ms`, `.5s`.
pub(super) fn seconds(text: &str) -> Option<f32> {
    let text = text.trim();
    let (number, factor) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s')?, 1.0),
    };
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    let number = number.trim_end();
    if number.is_empty() || !number.chars().all(plain) {
        return None;
    }
    number.parse::<f32>().ok().map(|value| value * factor)
}

/// Words that stand together for bytes of the source, with the sounds given for them: each its own where there are as many,
/// else one word with all of them.
pub(super) fn sounding(text: &str, symbols: &str, source: &Range<usize>) -> Vec<Word> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let sounds: Vec<&str> = symbols.split(' ').collect();
    let word = |said: &str, sound: &str| {
        let mut word = Word::spoken(said, source.clone());
        word.phonemes = Some(sound.to_owned());
        word
    };
    if words.len() == sounds.len() {
        return words.iter().zip(sounds).map(|(w, s)| word(w, s)).collect();
    }
    vec![word(&words.join("-"), symbols)]
}
