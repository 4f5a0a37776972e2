//! Words to Kokoro's symbols: a dictionary that knows parts of speech, and a ladder for the words it does not have.

mod lexicon;
mod phonemes;
mod spell;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use misaki_rs::{G2P, Language, MToken};

pub use lexicon::{Lexicon, LexiconError};
pub use phonemes::{Phonemes, Span};

use crate::ipa::Accent;
use crate::normalise::plain_letters;
use crate::vocab::token_id;
use crate::word::{Word, WordKind};
use lexicon::Entry;
use spell::spelled;

/// Longest word, in characters, that the dictionary is asked for; none in it is half as long.
const LONGEST: usize = 60;

/// Pronounces by rule words that no dictionary has.
pub trait Outside: Sync {
    /// Kokoro's symbols for a word, `None` when it cannot be said. The word has letters, apostrophes and hyphens only.
    fn pronounce(&self, word: &str, accent: Accent) -> Option<String>;
}

/// Nobody: every unknown word is spelled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Outside for Nobody {
    fn pronounce(&self, _word: &str, _accent: Accent) -> Option<String> {
        None
    }
}

/// Pronounces English. Dictionaries are loaded when first needed, one per accent, and shared by all threads.
#[derive(Default)]
pub struct G2p {
    american: OnceLock<G2P>,
    british: OnceLock<G2P>,
}

impl std::fmt::Debug for G2p {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("G2p")
            .field("american", &self.american.get().is_some())
            .field("british", &self.british.get().is_some())
            .finish()
    }
}

/// What was found for a word before the dictionary is asked.
type Given = HashMap<usize, String>;

impl G2p {
    /// The one of this process: a second would cost 100 MB more.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<G2p> = OnceLock::new();
        SHARED.get_or_init(Self::default)
    }

    /// Loads the dictionary of an accent now, which takes some 0.2 s, so that the first words need not wait for it.
    pub fn load(&self, accent: Accent) {
        let _ = self.dictionary(accent);
    }

    fn dictionary(&self, accent: Accent) -> &G2P {
        match accent {
            Accent::American => self.american.get_or_init(|| G2P::new(Language::EnglishUS)),
            Accent::British => self.british.get_or_init(|| G2P::new(Language::EnglishGB)),
        }
    }

    /// How words sound, one after the other. For each: the phonemes its writer gave, else the user's lexicon, else the
    /// dictionary, with what the sentence says about its part of speech; else `outside`; else its letters.
    #[must_use]
    pub fn phonemes(
        &self,
        words: &[Word],
        accent: Accent,
        lexicon: &Lexicon,
        outside: &dyn Outside,
    ) -> Phonemes {
        let mut counts = Phonemes::default();
        let mut given = Given::new();
        for (at, word) in words.iter().enumerate() {
            let symbols = self.before_dictionary(word, accent, lexicon, outside, &mut counts);
            if let Some(symbols) = symbols {
                given.insert(at, symbols);
            }
        }
        let (mut found, apart) = self.look_up(words, accent, &given, false);
        if apart {
            found = self.look_up(words, accent, &given, true).0;
        }
        let mut unknown = false;
        for (at, word) in words.iter().enumerate() {
            if word.kind == WordKind::Mark || found.get(at).is_some_and(Option::is_some) {
                continue;
            }
            unknown = true;
            if let Some(symbols) = after_dictionary(word, accent, outside, &mut counts) {
                given.insert(at, symbols);
            }
        }
        if unknown {
            // Again, because how `the` and `to` sound hangs on the sound after them.
            found = self.look_up(words, accent, &given, apart).0;
        }
        joined(words, &found, counts)
    }

    fn before_dictionary(
        &self,
        word: &Word,
        accent: Accent,
        lexicon: &Lexicon,
        outside: &dyn Outside,
        counts: &mut Phonemes,
    ) -> Option<String> {
        if word.kind == WordKind::Mark {
            return None;
        }
        if let Some(symbols) = &word.phonemes {
            return Some(symbols.clone());
        }
        if let Some(entry) = lexicon.find(&word.spoken, accent) {
            counts.from_lexicon += 1;
            return Some(match entry {
                Entry::Symbols(symbols) => symbols.clone(),
                Entry::Words(words) => {
                    let words: Vec<Word> = words
                        .iter()
                        .map(|said| Word::spoken(said, word.source.clone()))
                        .collect();
                    self.phonemes(&words, accent, &Lexicon::default(), outside)
                        .symbols
                }
            });
        }
        if word.kind == WordKind::Letters {
            return Some(spelled(&word.spoken, accent));
        }
        match Lexicon::corrections().find(&word.spoken, accent) {
            Some(Entry::Symbols(symbols)) => Some(symbols.clone()),
            _ => None,
        }
    }

    /// What the dictionary has for each word, `None` where it has nothing, and whether it took several words for one.
    /// With `apart`, marks are set apart from words, so that it cannot.
    fn look_up(
        &self,
        words: &[Word],
        accent: Accent,
        given: &Given,
        apart: bool,
    ) -> (Vec<Option<String>>, bool) {
        let sheet = Sheet::of(words, given, apart);
        let tokens = self
            .dictionary(accent)
            .g2p(&sheet.marked)
            .map(|(_, tokens)| tokens)
            .unwrap_or_default();
        sheet.read(&tokens, words, given)
    }
}

/// The rungs below the dictionary.
fn after_dictionary(
    word: &Word,
    accent: Accent,
    outside: &dyn Outside,
    counts: &mut Phonemes,
) -> Option<String> {
    let plain = fold_word(&word.spoken);
    if let Some(Entry::Symbols(symbols)) = Lexicon::additions().find(&plain, accent) {
        return Some(symbols.clone());
    }
    if let Some(owner) = plain.strip_suffix("'s")
        && let Some(Entry::Symbols(symbols)) = Lexicon::additions().find(owner, accent)
    {
        return Some(symbols.clone() + spell::ending(symbols, accent));
    }
    let said: String = word
        .spoken
        .chars()
        .filter(|c| c.is_alphabetic() || matches!(c, '\'' | '-'))
        .collect();
    let symbols = outside
        .pronounce(&said, accent)
        .filter(|_| said.contains(char::is_alphabetic))
        .map(|symbols| known_symbols(&symbols).0)
        .filter(|symbols| symbols.chars().any(char::is_alphabetic));
    if symbols.is_some() {
        counts.from_outside += 1;
        return symbols;
    }
    let symbols = spelled(&word.spoken, accent);
    if symbols.is_empty() {
        return None;
    }
    counts.spelled += 1;
    Some(symbols)
}

/// The symbols of a word that the model has tokens for and that are no punctuation, and how many others there were.
fn known_symbols(symbols: &str) -> (String, usize) {
    let mut known = String::with_capacity(symbols.len());
    let mut others = 0;
    for c in symbols.trim().chars() {
        if token_id(c).is_some() && (c.is_alphabetic() || matches!(c, ' ' | 'ˈ' | 'ˌ' | 'ː')) {
            known.push(c);
        } else {
            others += 1;
        }
    }
    (known, others)
}

/// One string of all that was found.
fn joined(words: &[Word], found: &[Option<String>], counts: Phonemes) -> Phonemes {
    let mut phonemes = counts;
    let mut before: Option<&Word> = None;
    for (at, word) in words.iter().enumerate() {
        let symbols = found.get(at).and_then(Option::as_deref).unwrap_or_default();
        let symbols = if word.kind == WordKind::Mark {
            symbols.to_owned()
        } else {
            let (known, others) = known_symbols(symbols);
            phonemes.dropped += others + usize::from(known.is_empty());
            known
        };
        if symbols.is_empty() {
            continue;
        }
        let blank = before.is_some_and(|before| before.blank_before(word));
        phonemes.push(at, &symbols, blank);
        before = Some(word);
    }
    phonemes
}

/// The words as the dictionary reads them.
struct Sheet {
    /// With the sounds that are given: `[word](/sounds/)`.
    marked: String,
    /// Where each word stands in the text without them. Empty for a word it is not asked for.
    places: Vec<Range<usize>>,
}

impl Sheet {
    fn of(words: &[Word], given: &Given, apart: bool) -> Self {
        let mut sheet = Self {
            marked: String::new(),
            places: Vec::with_capacity(words.len()),
        };
        let mut end = 0;
        let mut before: Option<&Word> = None;
        for (at, word) in words.iter().enumerate() {
            let shown = shown(word, given.contains_key(&at));
            if shown.is_empty() {
                sheet.places.push(end..end);
                continue;
            }
            if before.is_some_and(|before| apart || before.blank_before(word)) {
                sheet.marked.push(' ');
                end += 1;
            }
            before = Some(word);
            sheet.places.push(end..end + shown.len());
            end += shown.len();
            match given.get(&at).filter(|symbols| !symbols.is_empty()) {
                Some(symbols) => {
                    // A blank would part the sounds of one word among several.
                    let symbols = symbols.replace(' ', "_");
                    sheet.marked.push_str(&format!("[{shown}](/{symbols}/)"));
                }
                None => sheet.marked.push_str(&shown),
            }
        }
        sheet
    }

    /// What the dictionary's tokens say of each word.
    fn read(
        &self,
        tokens: &[MToken],
        words: &[Word],
        given: &Given,
    ) -> (Vec<Option<String>>, bool) {
        let mut several = false;
        let mut found: Vec<Option<String>> = vec![None; words.len()];
        let mut unknown = vec![false; words.len()];
        let mut at = 0;
        let mut word = 0;
        for token in tokens {
            while self
                .places
                .get(word)
                .is_some_and(|place| place.end <= at || place.is_empty())
            {
                word += 1;
            }
            several |= self
                .places
                .get(word)
                .is_some_and(|place| at + token.text.len() > place.end);
            match (token.phonemes.as_deref(), found.get_mut(word)) {
                (Some(symbols), Some(slot)) if !symbols.contains('❓') => {
                    // An apostrophe that opens a word can be taken for a quotation mark.
                    let is_mark = words.get(word).is_some_and(|w| w.kind == WordKind::Mark);
                    let sounds = symbols.trim_matches(|c| !is_mark && matches!(c, '“' | '”'));
                    slot.get_or_insert_default().push_str(sounds);
                }
                (_, Some(_)) => unknown
                    .iter_mut()
                    .skip(word)
                    .take(1)
                    .for_each(|u| *u = true),
                _ => {}
            }
            at += token.text.len() + token.whitespace.len();
        }
        for (at, word) in words.iter().enumerate() {
            let Some(slot) = found.get_mut(at) else { break };
            if let Some(mark) = word.as_mark() {
                let symbols = slot.as_deref().and_then(|s| s.chars().next());
                // Which way a quotation mark opens is what the dictionary is good for; the others are what they are.
                let quote = symbols.filter(|c| mark == '"' && matches!(c, '“' | '”'));
                *slot = token_id(mark).map(|_| quote.unwrap_or(mark).to_string());
            } else if let Some(symbols) = given.get(&at) {
                *slot = Some(symbols.clone());
            } else if unknown.get(at) == Some(&true)
                || slot
                    .as_deref()
                    .is_some_and(|s| !s.chars().any(char::is_alphabetic))
            {
                *slot = None;
            }
        }
        (found, several)
    }
}

/// How a word is shown to the dictionary: in letters it has entries for. Empty when it is not to be asked.
fn shown(word: &Word, given: bool) -> String {
    if word.kind == WordKind::Mark {
        return word.spoken.clone();
    }
    let mut shown = fold_word(&word.spoken);
    if shown.chars().count() > LONGEST || !shown.contains(char::is_alphanumeric) {
        shown.clear();
    }
    if shown.is_empty() && given {
        // Something must stand for it, or its neighbours would be taken for each other's.
        shown.push('x');
    }
    shown
}

/// A word in the letters dictionaries are written in: marks of letters go, and all that is neither letter, digit, apostrophe nor hyphen.
fn fold_word(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '\'' | '-') {
            plain.push(c);
        } else if c.is_alphabetic() {
            plain.push_str(&plain_letters(c.encode_utf8(&mut [0; 4])));
        }
    }
    plain
}
