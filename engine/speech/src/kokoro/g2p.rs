//! Pronunciation: the dictionary's, and the `espeak-ng` program's for words no dictionary has.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use kokoro_text::{Accent, G2p, Lexicon, Outside, Phonemes, Word, WordKind, kokoro_symbols};

use crate::error::SpeechError;
use crate::espeak::child::Command;
use crate::provider::{Control, WordTime};

/// More than the phonemes of any word can take.
const MAX_OUTPUT: usize = 1 << 16;
/// Most words whose pronunciation is remembered; then all are forgotten.
const REMEMBERED: usize = 4096;

/// Knows how words sound.
#[derive(Debug)]
pub(super) struct Pronouncer {
    program: PathBuf,
    lexicon: Lexicon,
    known: Mutex<HashMap<(Accent, String), String>>,
    dropped: AtomicU64,
}

impl Pronouncer {
    /// With the eSpeak NG program, which need not be there: then words no dictionary has are spelled.
    pub(super) fn new(program: PathBuf, lexicon: Lexicon) -> Self {
        Self {
            program,
            lexicon,
            known: Mutex::default(),
            dropped: AtomicU64::new(0),
        }
    }

    /// How words sound, with the marks the model reads.
    ///
    /// # Errors
    /// Cancelled or out of time.
    pub(super) fn said(
        &self,
        words: &[Word],
        accent: Accent,
        control: &Control,
    ) -> Result<Phonemes, SpeechError> {
        let asked = Asked {
            pronouncer: self,
            control,
        };
        let phonemes = G2p::shared().phonemes(words, accent, &self.lexicon, &asked);
        // A program that was stopped says nothing, and what it would have said must not be spelled.
        control.check()?;
        let dropped = u64::try_from(phonemes.dropped).unwrap_or(u64::MAX);
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
        Ok(phonemes)
    }

    /// Sounds and words so far that no symbol of the model stands for.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn ask(&self, word: &str, accent: Accent, control: &Control) -> Option<String> {
        let key = (accent, word.to_owned());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(symbols) = known().get(&key) {
            return Some(symbols.clone());
        }
        let symbols = kokoro_symbols(&ipa(&self.program, word, accent, control)?, accent);
        let mut known = known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, symbols.clone());
        Some(symbols)
    }
}

/// What the program says of a word; `None` when it is absent, fails or is stopped.
fn ipa(program: &Path, word: &str, accent: Accent, control: &Control) -> Option<String> {
    let voice = match accent {
        Accent::American => "en-us",
        Accent::British => "en-gb",
    };
    let output = Command {
        program,
        args: &["--stdin", "-q", "--ipa", "--tie=^", "-b", "1", "-v", voice],
        input: word,
        max_output: MAX_OUTPUT,
    }
    .run(control)
    .ok()?;
    Some(without_languages(&String::from_utf8_lossy(&output)))
}

/// Without the names of languages that the program puts in brackets where it changes to another: `(fr)`.
fn without_languages(ipa: &str) -> String {
    let mut inside = false;
    ipa.chars()
        .filter(|c| {
            let shown = !inside && *c != '(';
            inside = (inside || *c == '(') && *c != ')';
            shown
        })
        .collect()
}

/// The program, while a request lasts.
struct Asked<'a> {
    pronouncer: &'a Pronouncer,
    control: &'a Control,
}

impl Outside for Asked<'_> {
    fn pronounce(&self, word: &str, accent: Accent) -> Option<String> {
        self.pronouncer.ask(word, accent, self.control)
    }
}

/// When words are heard, from when each symbol is (start and end in seconds; empty when that is not known). Words made from one
/// token of the text are one.
pub(super) fn word_times(
    words: &[Word],
    phonemes: &Phonemes,
    symbols: &[(f32, f32)],
) -> Vec<WordTime> {
    let mut times: Vec<WordTime> = Vec::new();
    for span in &phonemes.spans {
        let Some(word) = words
            .get(span.word)
            .filter(|word| word.kind != WordKind::Mark)
        else {
            continue;
        };
        let (Some((start, _)), Some((_, end))) = (
            symbols.get(span.symbols.start),
            symbols.get(span.symbols.end.saturating_sub(1)),
        ) else {
            continue;
        };
        match times.last_mut().filter(|last| last.source == word.source) {
            Some(last) => last.end = *end,
            None => times.push(WordTime {
                source: word.source.clone(),
                start: *start,
                end: *end,
            }),
        }
    }
    times
}
