//! The text in characters that the rules know, each with its place in the original.

mod spaced;
#[cfg(test)]
mod tests;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose};

use super::emoji;
use super::markdown::{self, Markup};
use super::symbol;

/// A text of letters (Latin, Greek), ASCII digits and marks, and symbols that have names; where each character comes from.
#[derive(Debug, Default)]
pub(super) struct Clean {
    pub(super) text: String,
    /// Start of each character in `text`, and its bytes in the original.
    places: Vec<(usize, Range<usize>)>,
    /// Characters of the original that no rule can say.
    pub(super) dropped: usize,
}

impl Clean {
    /// The bytes of the original that a range of the text comes from.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let after = self.places.partition_point(|(at, _)| *at < range.end);
        let first = self.places.partition_point(|(at, _)| *at < range.start);
        let start = self.places.get(first).map_or(0, |(_, r)| r.start);
        let end = after
            .checked_sub(1)
            .and_then(|last| self.places.get(last))
            .map_or(start, |(_, r)| r.end);
        start..end.max(start)
    }

    fn push(&mut self, c: char, source: Range<usize>) {
        self.places.push((self.text.len(), source));
        self.text.push(c);
    }

    fn push_all(&mut self, chars: impl Iterator<Item = char>, source: &Range<usize>) {
        chars.for_each(|c| self.push(c, source.clone()));
    }

    /// Joins a mark to the letter before it.
    fn mark(&mut self, mark: char, end: usize) {
        let Some(last) = self.text.chars().last().filter(|c| c.is_alphabetic()) else {
            return;
        };
        if let Some(joined) = compose(last, mark) {
            self.text.pop();
            self.text.push(joined);
        }
        if let Some((_, source)) = self.places.last_mut() {
            source.end = end;
        }
    }
}

/// Cleans a text. Control characters and what has no English name become blanks and are counted; invisible
/// characters go; emoji become their names.
pub(super) fn clean(text: &str) -> Clean {
    let mut out = Clean::default();
    let mut until = 0;
    let mut link = None;
    let mut last_emoji: Option<(&'static str, usize)> = None;
    let mut quoted_low = false;
    // Where the number ends whose thousands blanks part.
    let mut spaced_until = 0;
    for (at, c) in text.char_indices() {
        if at < until {
            continue;
        }
        until = at + c.len_utf8();
        if let Some((emoji, length)) = text.get(at..).and_then(emoji::at_start) {
            until = at + length;
            let source = at..until;
            // A row of one emoji is said once; its place is that of the first.
            if last_emoji != Some((emoji, out.text.len())) {
                out.push(' ', source.clone());
                out.push_all(emoji::name(emoji).chars(), &source);
                out.push(' ', source);
            }
            last_emoji = Some((emoji, out.text.len()));
            continue;
        }
        match markdown::markup(text, at, &mut link) {
            Some(Markup::Skip(length)) => {
                until = at + length;
                continue;
            }
            Some(Markup::Is(c, length)) => {
                until = at + length;
                out.push(c, at..until);
                continue;
            }
            None => {}
        }
        let source = at..until;
        if c.is_ascii_digit()
            && at >= spaced_until
            && let Some(length) = text.get(at..).and_then(|t| spaced::length(t, &out.text))
        {
            spaced_until = at + length;
        }
        match c {
            _ if at < spaced_until && c.is_whitespace() => out.push(',', source),
            ',' if at == spaced_until
                && at > 0
                && text.get(at..).is_some_and(spaced::has_decimal_comma) =>
            {
                out.push('.', source);
            }
            '“' | '”' | '„' | '«' | '»' => {
                let next = text.get(until..).and_then(|rest| rest.chars().next());
                let mark = quotation(c, out.text.chars().next_back(), next, &mut quoted_low);
                out.push(mark, source);
            }
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{0B}' | '\u{0C}' => {
                out.push('\n', source);
            }
            ' '..='~' => out.push(c, source),
            _ if c.is_whitespace() => out.push(' ', source),
            _ if is_invisible(c) => {}
            _ if canonical_combining_class(c) != 0 => out.mark(c, until),
            _ => other(c, &source, &mut out),
        }
    }
    out
}

/// Which way a quotation mark opens. English and French marks look to what they enclose; German and Polish ones open low
/// („so“, „tak”), and German guillemets point inwards (»so«).
fn quotation(c: char, before: Option<char>, next: Option<char>, low: &mut bool) -> char {
    let opens = match c {
        '„' => true,
        '“' => !*low,
        '«' => before.is_none_or(|b| b.is_whitespace() || matches!(b, '(' | '[' | '—' | '“')),
        '»' => {
            before.is_none_or(|b| b.is_whitespace() || b == '(')
                && next.is_some_and(char::is_alphanumeric)
        }
        _ => false,
    };
    if matches!(c, '„' | '“' | '”') {
        *low = c == '„';
    }
    if opens { '“' } else { '”' }
}

/// The letter of a regional indicator, which is said where it is no part of a flag.
fn indicated(c: char) -> Option<char> {
    let nth = u32::from(c).checked_sub(u32::from('\u{1F1E6}'))?;
    char::from_u32(u32::from('A').checked_add(nth)?).filter(char::is_ascii_uppercase)
}

fn other(c: char, source: &Range<usize>, out: &mut Clean) {
    if let Some(letter) = indicated(c) {
        out.push(letter, source.clone());
        return;
    }
    let same = match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{02BC}' | '\u{00B4}'
        | '\u{2039}' | '\u{203A}' => '\'',
        '‟' => '”',
        '\u{2010}' | '\u{2011}' | '\u{2043}' => '-',
        '\u{2012}' | '–' => '–',
        '—' | '\u{2015}' => '—',
        '。' => '.',
        '、' => ',',
        '\u{2215}' | '\u{2044}' => '/',
        '…' | '−' | '¿' | '¡' => c,
        '²'
        | '³'
        | '¹'
        | 'ª'
        | 'º'
        | '½'
        | '¼'
        | '¾'
        | '⅓'
        | '⅔'
        | '⅛'
        | '⅜'
        | '⅝'
        | '⅞'
        | '⅕'
        | '⅖'
        | '⅗'
        | '⅘'
        | '⅙'
        | '⅚'
        | '⁰'
        | '⁴'..='⁹'
        | '⁻'
        | 'ⁿ' => c,
        _ if symbol::name(c).is_some() => c,
        _ => {
            compatible(c, source, out);
            return;
        }
    };
    out.push(same, source.clone());
}

/// A character by its compatibility form, where that is one the rules know.
fn compatible(c: char, source: &Range<usize>, out: &mut Clean) {
    let known = |c: char| matches!(c, ' '..='~' | '°' | '⁄' | '−') || is_letter(c);
    let form: Vec<char> = std::iter::once(c).nfkc().take(20).collect();
    if form.iter().all(|c| known(*c)) {
        out.push_all(
            form.into_iter().map(|c| if c == '⁄' { '/' } else { c }),
            source,
        );
    } else {
        out.dropped += 1;
        out.push(' ', source.clone());
    }
}

/// Whether an English voice can say a letter: Latin of any kind, or Greek.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{0391}'..='\u{03C9}' | '\u{0370}'..='\u{0390}' | '\u{1F00}'..='\u{1FFF}')
        && c.is_alphabetic()
        || c.is_alphabetic() && fold_letter(c).is_some()
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{FEFF}' | '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{20E3}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}'
        | '\u{1F3FB}'..='\u{1F3FF}')
}

/// The ASCII letters of a Latin letter.
fn fold_letter(c: char) -> Option<String> {
    let special = match c {
        'a'..='z' | 'A'..='Z' => return Some(c.to_string()),
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' | 'ǽ' => "ae",
        'Æ' | 'Ǽ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' | 'ǿ' => "o",
        'Ø' | 'Ǿ' => "O",
        'ð' | 'đ' => "d",
        'Ð' | 'Đ' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ŋ' => "ng",
        'Ŋ' => "Ng",
        'ƒ' => "f",
        'ə' => "a",
        'Ə' => "A",
        'ĸ' => "k",
        _ => "",
    };
    if !special.is_empty() {
        return Some(special.to_owned());
    }
    let plain: String = std::iter::once(c)
        .nfkd()
        .filter(char::is_ascii_alphabetic)
        .collect();
    (!plain.is_empty()).then_some(plain)
}

/// A word in ASCII letters and digits: letters with marks lose them, letters English does not have become those it would use,
/// and everything else goes.
pub(crate) fn plain_letters(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii_alphanumeric() {
            plain.push(c);
        } else if c.is_alphabetic() {
            plain.push_str(&fold_letter(c).unwrap_or_default());
        }
    }
    plain
}

/// Words that keep their accents, because without them they are other words. A pronouncer that knows no accents must look elsewhere for these.
const ACCENTED: [&str; 9] = [
    "résumé",
    "résumés",
    "exposé",
    "exposés",
    "rosé",
    "pâté",
    "lamé",
    "maté",
    "touché",
];

/// A word in ASCII letters, but for the few that need their accents.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    if ACCENTED.contains(&lower.as_str()) {
        return lower;
    }
    let mut plain = String::with_capacity(word.len());
    let mut rest = word.chars();
    while let Some(c) = rest.next() {
        match fold_letter(c) {
            // `Æ` before small letters is `Ae`.
            Some(several) if several.len() > 1 && rest.as_str().starts_with(char::is_lowercase) => {
                let mut letters = several.chars();
                plain.extend(letters.next());
                plain.push_str(&letters.as_str().to_lowercase());
            }
            Some(letters) => plain.push_str(&letters),
            None => plain.push(c),
        }
    }
    plain
}
