//! Text as it is written to words as they are spoken, each with its place in the text.
//!
//! A text is cleaned (Unicode forms, quotation marks, dashes, emoji by name), cut at blanks into tokens, and every token
//! is tried against rules from the special to the general: telephone numbers, abbreviations, addresses, dates, times, money, numbers
//! with units, arithmetic, Roman numerals, acronyms, words. Each rule looks at one token and its neighbours, so the
//! time is linear in the length of the text.
//!
//! What is written for the eye is not said: the target of a Markdown link, `https://`, HTML tags of text, asterisks, bullets. Emoji are
//! said by their names, a row of the same once. Other scripts and nameless symbols are left out and counted.

mod abbreviation;
mod arithmetic;
pub(crate) mod calendar;
mod cardinal;
mod clean;
mod clock;
mod compound;
mod context;
mod either;
mod emoji;
mod letters;
mod markdown;
mod marks;
mod money;
mod named;
mod phone;
mod pieces;
mod quantity;
mod range;
mod roman;
mod rules;
mod shortened;
mod speaker;
mod symbol;
#[cfg(test)]
mod tests;
mod token;
mod unit;
mod web;

use crate::{Accent, Word};

pub(crate) use clean::plain_letters;
use context::Context;
use speaker::Speaker;

/// A text in spoken words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    /// Spoken words and marks, in order.
    pub words: Vec<Word>,
    /// Characters of the text that have no English name, left out: control characters, other scripts, rare symbols.
    /// Blanks, invisible joiners, and marks that only decorate (bullets, asterisks) are not counted.
    pub dropped: usize,
}

/// The words of a text as they are spoken in an accent. A word's `source` is the bytes of the token, or the part
/// of a compound, that it stands for; sources are in order and either the same or apart. Line breaks give no word:
/// whoever cuts the text finds them between the sources.
#[must_use]
pub fn normalise(text: &str, accent: Accent) -> Vec<Word> {
    normalised(text, accent).words
}

/// As [`normalise`], with a count of what was left out.
#[must_use]
pub fn normalised(text: &str, accent: Accent) -> Normalised {
    let clean = clean::clean(text);
    let tokens = token::tokens(&clean.text);
    let context = Context::new(&clean, &tokens, accent);
    let mut out = Speaker::new(&clean);
    let mut at = 0;
    while at < tokens.len() {
        // Every rule takes at least the token it was asked about.
        at += rules::token(&context, at, &mut out).max(1);
    }
    Normalised {
        words: out.finish(),
        dropped: clean.dropped,
    }
}
