//! A user's own pronunciations.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::ipa::{Accent, written};

/// Most words of a lexicon; more would be a dictionary, which this is not made for.
const MAX_WORDS: usize = 100_000;

/// What a user wants a word to sound like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// Kokoro's symbols.
    Symbols(String),
    /// Words to say in its stead.
    Words(Vec<String>),
}

/// Words and how a user wants them to sound.
///
/// One word a line: `Kubernetes = /ˌkuːbərˈnɛtiːz/` gives its sounds in IPA or in Kokoro's symbols, `SQL = sequel` words
/// to say instead. `[en-US]` and `[en-GB]` on lines of their own say whose English the lines after them are for, `[en]` that
/// they are for both, as are lines before any of these. Blank lines and lines that start with `#` are skipped. A
/// word in lower case also stands for itself with capitals; of two lines for a word the later holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lexicon {
    american: HashMap<String, Entry>,
    british: HashMap<String, Entry>,
}

/// A line of a lexicon that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexiconError {
    /// Line, from 1.
    pub line: usize,
    /// What was expected there; holds nothing of the text.
    pub expected: &'static str,
}

impl std::fmt::Display for LexiconError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: expected {}", self.line, self.expected)
    }
}

impl std::error::Error for LexiconError {}

impl Lexicon {
    /// Reads a lexicon.
    ///
    /// # Errors
    /// [`LexiconError`] at the first line that is neither blank, comment, section nor `word = pronunciation`.
    pub fn parse(text: &str) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        let mut accents: &[Accent] = &[Accent::American, Accent::British];
        for (at, line) in text.lines().enumerate() {
            let fault = |expected| LexiconError {
                line: at + 1,
                expected,
            };
            let line = line.trim().trim_start_matches('\u{FEFF}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(section) = line.strip_prefix('[') {
                accents = match section {
                    "en]" => &[Accent::American, Accent::British],
                    "en-US]" => &[Accent::American],
                    "en-GB]" => &[Accent::British],
                    _ => return Err(fault("one of [en], [en-US], [en-GB]")),
                };
                continue;
            }
            let (word, value) = line
                .split_once('=')
                .ok_or(fault("`word = /phonemes/` or `word = other words`"))?;
            let (word, value) = (word.trim(), value.trim());
            if word.is_empty() || word.contains(char::is_whitespace) {
                return Err(fault("one word before the `=`"));
            }
            if !word.contains(char::is_alphanumeric) {
                return Err(fault("a word with a letter before the `=`"));
            }
            for accent in accents {
                let entry = entry(value, *accent).map_err(fault)?;
                let table = lexicon.table(*accent);
                if table.len() >= MAX_WORDS {
                    return Err(fault("at most 100,000 words"));
                }
                table.insert(word.to_owned(), entry);
            }
        }
        Ok(lexicon)
    }

    /// Common words and names that the dictionary does not have.
    pub(super) fn additions() -> &'static Self {
        static ADDITIONS: OnceLock<Lexicon> = OnceLock::new();
        ADDITIONS.get_or_init(|| Self::columns(include_str!("additions.txt")))
    }

    /// Words that the dictionary has otherwise than people say them.
    pub(super) fn corrections() -> &'static Self {
        static CORRECTIONS: OnceLock<Lexicon> = OnceLock::new();
        CORRECTIONS.get_or_init(|| Self::columns(include_str!("corrections.txt")))
    }

    /// Lines of a word, its American and its British symbols; all others are comments.
    fn columns(lines: &str) -> Self {
        let mut lexicon = Self::default();
        for line in lines.lines() {
            let mut columns = line.split(' ');
            if let (Some(word), Some(american), Some(british), None) = (
                columns.next(),
                columns.next(),
                columns.next(),
                columns.next(),
            ) {
                let entry = |symbols: &str| Entry::Symbols(symbols.to_owned());
                lexicon.american.insert(word.to_owned(), entry(american));
                lexicon.british.insert(word.to_owned(), entry(british));
            }
        }
        lexicon
    }

    /// Words for either accent, those for both counted once for each.
    #[must_use]
    pub fn len(&self) -> usize {
        self.american.len() + self.british.len()
    }

    /// Whether it has no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn table(&mut self, accent: Accent) -> &mut HashMap<String, Entry> {
        match accent {
            Accent::American => &mut self.american,
            Accent::British => &mut self.british,
        }
    }

    pub(super) fn find(&self, word: &str, accent: Accent) -> Option<&Entry> {
        let table = match accent {
            Accent::American => &self.american,
            Accent::British => &self.british,
        };
        if table.is_empty() {
            return None;
        }
        table.get(word).or_else(|| table.get(&word.to_lowercase()))
    }
}

fn entry(value: &str, accent: Accent) -> Result<Entry, &'static str> {
    if let Some(inside) = value.strip_prefix('/') {
        let ipa = inside
            .strip_suffix('/')
            .ok_or("a `/` at the end of the phonemes")?;
        let symbols =
            written(ipa, accent).map_err(|_| "phonemes of English between the slashes")?;
        return Ok(Entry::Symbols(symbols));
    }
    let words: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
    if !value.contains(char::is_alphabetic) {
        return Err("/phonemes/ or words after the `=`");
    }
    Ok(Entry::Words(words))
}
