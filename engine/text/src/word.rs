//! Words as they are spoken, each with its place in the text it stands for.

#[cfg(test)]
mod tests;

use std::ops::Range;

/// How a word is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordKind {
    /// A word to pronounce: letters, with apostrophes and hyphens inside it. Upper case is kept where it tells a name.
    Spoken,
    /// Letters to name one by one, in upper case: `USB`. A `'s` may follow them.
    Letters,
    /// One of the marks Kokoro reads: `; : , . ! ? — … " ( ) “ ”`.
    Mark,
}

/// One spoken word or one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is said; never empty and without blanks.
    pub spoken: String,
    /// The bytes of the text it stands for. Words made from one token of the text ("$5": "five", "dollars") all have that
    /// token's range; ranges never go back from one word to the next.
    pub source: Range<usize>,
    /// How it is said.
    pub kind: WordKind,
    /// Kokoro's symbols for it, where the writer gave them; else the pronouncer finds them.
    pub phonemes: Option<String>,
}

impl Word {
    /// A word to pronounce.
    #[must_use]
    pub fn spoken(word: impl Into<String>, source: Range<usize>) -> Self {
        Self::of(word.into(), source, WordKind::Spoken)
    }

    /// Letters to name one by one; made upper case.
    #[must_use]
    pub fn letters(letters: &str, source: Range<usize>) -> Self {
        Self::of(letters.to_uppercase(), source, WordKind::Letters)
    }

    /// A mark.
    #[must_use]
    pub fn mark(mark: char, source: Range<usize>) -> Self {
        Self::of(mark.to_string(), source, WordKind::Mark)
    }

    fn of(spoken: String, source: Range<usize>, kind: WordKind) -> Self {
        Self {
            spoken,
            source,
            kind,
            phonemes: None,
        }
    }

    /// The mark, if it is one.
    #[must_use]
    pub fn as_mark(&self) -> Option<char> {
        self.spoken
            .chars()
            .next()
            .filter(|_| self.kind == WordKind::Mark)
    }

    /// Whether a blank parts this word from the one after it: always between two words; beside a mark only
    /// where the text has one, and never before a mark that closes.
    #[must_use]
    pub fn blank_before(&self, next: &Self) -> bool {
        match (self.as_mark(), next.as_mark()) {
            (None, None) => true,
            (_, Some(';' | ':' | ',' | '.' | '!' | '?' | '…' | ')' | '”')) => false,
            (Some('(' | '“'), _) => false,
            _ => self.source.end < next.source.start,
        }
    }
}

/// The words as a text, with blanks and marks where a reader expects them; letters to be named stand apart.
#[must_use]
pub fn plain_text(words: &[Word]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        if at
            .checked_sub(1)
            .and_then(|before| words.get(before))
            .is_some_and(|before| before.blank_before(word))
        {
            text.push(' ');
        }
        if word.kind == WordKind::Letters {
            for (nth, letter) in word.spoken.chars().enumerate() {
                // What follows the letters, the `'s` of `CPU's`, is no letter to name.
                if nth > 0 && letter.is_uppercase() {
                    text.push(' ');
                }
                text.push(letter);
            }
        } else {
            text.push_str(&word.spoken);
        }
    }
    text
}
