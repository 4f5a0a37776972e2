//! Where a voice may pause.

/// What ends a segment. Ordered from the least pause to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// Inside a word too long for any segment.
    Hard,
    /// Between words.
    Word,
    /// After a comma.
    Comma,
    /// After a semicolon, colon, dash, ellipsis or bracket.
    Clause,
    /// After a full stop, question mark or exclamation mark, or at the end of the text.
    Sentence,
    /// At a blank line.
    Paragraph,
}

/// Abbreviations whose full stop ends no sentence, in lower case.
const ABBREVIATIONS: [&str; 23] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "vol", "fig",
    "inc", "ltd", "co", "gen", "col", "sgt", "rev", "approx", "dept",
];

/// The boundary between `chars[taken - 1]` and what follows it, if a voice may pause there: only
/// before a blank or at the end, so that `3.5`, `10:30` and `1,234` stay whole.
pub(super) fn boundary_after(chars: &[char], taken: usize) -> Option<Boundary> {
    let (before, after) = chars.split_at_checked(taken)?;
    let last = before.last()?;
    match after.first() {
        Some('\n') => return Some(Boundary::Paragraph),
        Some(next) if !next.is_whitespace() => {
            return matches!(last, '\u{2014}' | '\u{2026}').then_some(Boundary::Clause);
        }
        _ => {}
    }
    let closing = before
        .iter()
        .rev()
        .take_while(|c| matches!(c, '"' | '\'' | ')'))
        .count();
    let bare = before.get(..before.len() - closing)?;
    Some(match bare.last() {
        Some('.')
            if bare
                .split_last()
                .is_some_and(|(_, before)| ends_abbreviation(before)) =>
        {
            Boundary::Word
        }
        Some('.' | '?' | '!') => Boundary::Sentence,
        Some(';' | ':' | '\u{2014}' | '\u{2026}') => Boundary::Clause,
        Some(',') => Boundary::Comma,
        _ if last == &')' => Boundary::Clause,
        _ => Boundary::Word,
    })
}

/// Whether a full stop after these characters would end an abbreviation or an initial, not a sentence.
pub(super) fn ends_abbreviation(before: &[char]) -> bool {
    let word: Vec<char> = before
        .iter()
        .rev()
        .take_while(|c| c.is_alphanumeric() || **c == '.')
        .copied()
        .collect();
    if let [initial] = word.as_slice() {
        return initial.is_uppercase() && *initial != 'I';
    }
    let word: String = word.iter().rev().flat_map(|c| c.to_lowercase()).collect();
    ABBREVIATIONS.contains(&word.as_str())
}
