//! A text as words to pronounce and marks that stand for themselves.

#[cfg(test)]
mod tests;

use crate::segment::ends_abbreviation;

/// A part of a text, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words for a pronouncer: at least one letter, digit or symbol, no blanks at the ends.
    Words(String),
    /// Punctuation that is a symbol of Kokoro's, or a blank beside one.
    Mark(char),
}

/// Takes the punctuation out of a text that Kokoro reads as symbols, because a pronouncer would drop it. What is
/// inside a word stays there: the point of `3.5`, the colon of `10:30`, the full stop of `Dr. Who`.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut words = String::new();
    for (at, c) in chars.iter().enumerate() {
        if is_mark(&chars, at) {
            flush(&mut words, &mut found);
            found.push(Part::Mark(*c));
        } else {
            words.push(*c);
        }
    }
    flush(&mut words, &mut found);
    found
}

/// Moves the words collected so far to what was found, the blanks at their ends as marks.
fn flush(words: &mut String, found: &mut Vec<Part>) {
    let taken = std::mem::take(words);
    let bare = taken.trim();
    let blank = |found: &mut Vec<Part>| {
        if !found.is_empty() && found.last() != Some(&Part::Mark(' ')) {
            found.push(Part::Mark(' '));
        }
    };
    if taken.starts_with(char::is_whitespace) {
        blank(found);
    }
    if !bare.is_empty() {
        found.push(Part::Words(bare.to_owned()));
        if taken.ends_with(char::is_whitespace) {
            blank(found);
        }
    }
}

fn is_mark(chars: &[char], at: usize) -> bool {
    let next = chars.get(at + 1);
    let open = next
        .is_none_or(|c| c.is_whitespace() || matches!(c, '"' | ')' | '\'' | '.' | ',' | '?' | '!'));
    match chars.get(at) {
        Some('"' | '(' | ')' | '\u{2014}' | '\u{2026}' | ';' | '!' | '?') => true,
        Some(',' | ':') => open,
        Some('.') => {
            open && chars
                .get(..at)
                .is_none_or(|before| !ends_abbreviation(before))
        }
        _ => false,
    }
}
