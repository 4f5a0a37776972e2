//! Passages: words between two places where markup or a blank line asks for a pause or another speed.

use super::cut::ending;
#[cfg(test)]
mod tests;

use super::piece::Piece;
use crate::ipa::Accent;
use crate::normalise::normalised;
use crate::script::map::Mapped;
use crate::segment::Boundary;
use crate::word::{Word, WordKind};

/// Words between two such places.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Passage {
    pub(super) words: Vec<Word>,
    pub(super) ends: Boundary,
    pub(super) pause: Option<f32>,
    pub(super) rate: f32,
}

/// Collects passages.
pub(super) struct Passages {
    accent: Accent,
    done: Vec<Passage>,
    open: Vec<Word>,
    rate: f32,
    /// Seconds of silence before the first passage.
    pub(super) lead: f32,
    /// Characters no word stands for.
    pub(super) dropped: usize,
}

impl Passages {
    pub(super) fn new(accent: Accent) -> Self {
        Self {
            accent,
            done: Vec::new(),
            open: Vec::new(),
            rate: 1.0,
            lead: 0.0,
            dropped: 0,
        }
    }

    pub(super) fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Words(words) => self.open.extend_from_slice(words),
            Piece::End(boundary) => self.close(*boundary),
            Piece::Pause(seconds) => {
                self.close(Boundary::Word);
                match self.done.last_mut() {
                    Some(passage) => *passage.pause.get_or_insert(0.0) += seconds,
                    None => self.lead += seconds,
                }
            }
            Piece::Rate(rate) => {
                self.close(Boundary::Word);
                self.rate = *rate;
            }
        }
    }

    fn text(&mut self, text: &Mapped) {
        for (at, (from, paragraph)) in paragraphs(text.text()).into_iter().enumerate() {
            if at > 0 {
                self.close(Boundary::Paragraph);
            }
            let read = normalised(paragraph, self.accent);
            self.dropped += read.dropped;
            self.open.extend(read.words.into_iter().map(|mut word| {
                word.source = text.source(from + word.source.start..from + word.source.end);
                word
            }));
        }
    }

    /// Ends a passage. Marks alone are none: they belong to the words before them, or else to those after.
    fn close(&mut self, ends: Boundary) {
        let says = self.open.iter().any(|word| word.kind != WordKind::Mark);
        if says {
            let words = std::mem::take(&mut self.open);
            self.done.push(Passage {
                ends: ends.max(ending(&words)),
                words,
                pause: None,
                rate: self.rate,
            });
        } else if let Some(before) = self.done.last_mut() {
            before.words.append(&mut self.open);
            before.ends = before.ends.max(ends);
        }
    }

    /// All passages; the last ends a sentence at least.
    pub(super) fn finish(mut self) -> Vec<Passage> {
        self.close(Boundary::Sentence);
        self.done
    }
}

/// The paragraphs of a text with their places: what blank lines part.
fn paragraphs(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    // Where a row of blanks began, and the line ends in it.
    let mut blanks: Option<(usize, usize)> = None;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            let lines = match c {
                '\n' | '\u{2028}' => 1,
                '\u{2029}' => 2,
                _ => 0,
            };
            let (from, before) = blanks.unwrap_or((at, 0));
            blanks = Some((from, before + lines));
        } else if let Some((from, lines)) = blanks.take()
            && lines > 1
        {
            if start < from {
                found.push((start, text.get(start..from).unwrap_or_default()));
            }
            start = at;
        }
    }
    found.push((start, text.get(start..).unwrap_or_default()));
    found
}
