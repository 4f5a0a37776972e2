//! Collects spoken words.

use std::ops::Range;

use crate::word::{Word, WordKind};

use super::clean::{Clean, fold};

/// Spoken words so far, and the place in the clean text that the next ones stand for.
#[derive(Debug)]
pub(super) struct Speaker<'c> {
    clean: &'c Clean,
    at: Range<usize>,
    words: Vec<Word>,
    /// Whether a single quotation mark is open.
    pub(super) quoted: bool,
}

impl<'c> Speaker<'c> {
    pub(super) fn new(clean: &'c Clean) -> Self {
        Self {
            clean,
            at: 0..0,
            words: Vec::new(),
            quoted: false,
        }
    }

    /// What is said from now on stands for these bytes of the clean text.
    pub(super) fn at(&mut self, range: Range<usize>) -> &mut Self {
        self.at = range;
        self
    }

    /// Says words with blanks between them; what is all in upper case is named letter by letter.
    pub(super) fn say(&mut self, words: &str) {
        for word in words.split(' ').filter(|w| !w.is_empty()) {
            let bare = word.strip_suffix("'s").unwrap_or(word);
            if bare.chars().all(|c| c.is_ascii_uppercase()) {
                self.push(word.to_owned(), WordKind::Letters);
            } else {
                self.push(word.to_owned(), WordKind::Spoken);
            }
        }
    }

    /// Says each of these.
    pub(super) fn say_all(&mut self, words: &[&str]) {
        words.iter().for_each(|w| self.say(w));
    }

    /// Says one word as it is written, but for accents.
    pub(super) fn word(&mut self, word: &str) {
        let said = fold(word);
        if !said.is_empty() {
            self.push(said, WordKind::Spoken);
        }
    }

    /// Names letters one by one; a `'s` at the end is said with the last of them.
    pub(super) fn letters(&mut self, letters: &str, plural: bool) {
        let mut said: String = fold(letters)
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect();
        said.make_ascii_uppercase();
        if said.is_empty() {
            return;
        }
        if plural {
            said.push_str("'s");
        }
        self.push(said, WordKind::Letters);
    }

    /// One of Kokoro's marks.
    pub(super) fn mark(&mut self, mark: char) {
        self.push(mark.to_string(), WordKind::Mark);
    }

    fn push(&mut self, spoken: String, kind: WordKind) {
        let source = self.clean.source(&self.at);
        self.words.push(Word {
            spoken,
            source,
            kind,
            phonemes: None,
        });
    }

    /// The words, with places that never overlap but where they are the same.
    pub(super) fn finish(mut self) -> Vec<Word> {
        let mut last: Range<usize> = 0..0;
        for word in &mut self.words {
            if word.source.start < last.end && word.source != last {
                word.source = if word.source.end <= last.end {
                    last.clone()
                } else {
                    last.end..word.source.end
                };
            }
            last = word.source.clone();
        }
        self.words
    }
}
