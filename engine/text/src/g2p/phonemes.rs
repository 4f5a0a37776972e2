//! A phoneme string, and which of its symbols belong to which word.

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::vocab::piece_length;

/// The symbols of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Index of the word among those that were pronounced.
    pub word: usize,
    /// Its symbols, counted in symbols from the start of the string.
    pub symbols: Range<usize>,
}

/// How words sound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phonemes {
    /// Kokoro's symbols, each of which has a token; no blank at the ends.
    pub symbols: String,
    /// The words and marks that have symbols, in order. What lies between two spans is a blank.
    pub spans: Vec<Span>,
    /// Words found in the user's lexicon.
    pub from_lexicon: usize,
    /// Words no dictionary has, pronounced by rule.
    pub from_outside: usize,
    /// Words no dictionary has and no rule could say, spelled letter by letter.
    pub spelled: usize,
    /// Symbols the model has no token for and words without any sound, left out.
    pub dropped: usize,
}

impl Phonemes {
    /// Symbols in the string.
    #[must_use]
    pub fn len(&self) -> usize {
        self.symbols.chars().count()
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// Adds a word's symbols, after a blank where one is asked for.
    pub(super) fn push(&mut self, word: usize, symbols: &str, blank: bool) {
        if symbols.is_empty() {
            return;
        }
        if blank && !self.symbols.is_empty() {
            self.symbols.push(' ');
        }
        let start = self.len_so_far();
        self.symbols.push_str(symbols);
        let end = start + symbols.chars().count();
        self.spans.push(Span {
            word,
            symbols: start..end,
        });
    }

    fn len_so_far(&self) -> usize {
        let end = self.spans.last().map_or(0, |span| span.symbols.end);
        end + usize::from(self.symbols.ends_with(' '))
    }

    /// The string in pieces of at most `limit` symbols (at least 1), in order and without loss but for blanks at the
    /// cuts: after punctuation where that leaves at least half a piece, else between words, else inside a word. The
    /// counts stay with the first piece.
    #[must_use]
    pub fn pieces(&self, limit: usize) -> Vec<Self> {
        let limit = limit.max(1);
        let symbols: Vec<char> = self.symbols.chars().collect();
        let mut found = Vec::new();
        let mut from = 0;
        let mut next_span = 0;
        // Every round takes at least one symbol, so there are at most as many rounds as symbols.
        for _ in 0..symbols.len() {
            let rest = symbols.get(from..).unwrap_or_default();
            let blanks = rest.iter().take_while(|c| **c == ' ').count();
            from += blanks;
            let rest = rest.get(blanks..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let taken = piece_length(rest, limit);
            let piece: String = rest.iter().take(taken).collect();
            let range = from..from + taken;
            found.push(Self {
                symbols: piece.trim_end().to_owned(),
                spans: self.spans_in(&range, &mut next_span),
                ..Self::default()
            });
            from += taken;
        }
        if let Some(first) = found.first_mut() {
            first.from_lexicon = self.from_lexicon;
            first.from_outside = self.from_outside;
            first.spelled = self.spelled;
            first.dropped = self.dropped;
        }
        found
    }

    /// The spans that reach into a range, counted from its start. `next` is the first span that may.
    fn spans_in(&self, range: &Range<usize>, next: &mut usize) -> Vec<Span> {
        let mut found = Vec::new();
        while let Some(span) = self.spans.get(*next) {
            if span.symbols.start >= range.end {
                break;
            }
            found.push(Span {
                word: span.word,
                symbols: span.symbols.start.max(range.start) - range.start
                    ..span.symbols.end.min(range.end) - range.start,
            });
            if span.symbols.end > range.end {
                // The rest of this word is the next piece's.
                break;
            }
            *next += 1;
        }
        found
    }
}
