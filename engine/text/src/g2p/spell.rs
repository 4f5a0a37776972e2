//! Names of letters and digits.

#[cfg(test)]
mod tests;

use crate::ipa::Accent;
use crate::normalise::plain_letters;

/// Names of A to Z, then of 0 to 9, in American English.
const AMERICAN: [&str; 36] = [
    "ˈA",
    "bˈi",
    "sˈi",
    "dˈi",
    "ˈi",
    "ˈɛf",
    "ʤˈi",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈO",
    "pˈi",
    "kjˈu",
    "ˈɑɹ",
    "ˈɛs",
    "tˈi",
    "jˈu",
    "vˈi",
    "dˈʌbᵊlju",
    "ˈɛks",
    "wˈI",
    "zˈi",
    "zˈɪɹO",
    "wˈʌn",
    "tˈu",
    "θɹˈi",
    "fˈɔɹ",
    "fˈIv",
    "sˈɪks",
    "sˈɛvən",
    "ˈAt",
    "nˈIn",
];

/// The same in British English.
const BRITISH: [&str; 36] = [
    "ˈA",
    "bˈiː",
    "sˈiː",
    "dˈiː",
    "ˈiː",
    "ˈɛf",
    "ʤˈiː",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈQ",
    "pˈiː",
    "kjˈuː",
    "ˈɑː",
    "ˈɛs",
    "tˈiː",
    "jˈuː",
    "vˈiː",
    "dˈʌbᵊljuː",
    "ˈɛks",
    "wˈI",
    "zˈɛd",
    "zˈɪəɹQ",
    "wˈʌn",
    "tˈuː",
    "θɹˈiː",
    "fˈɔː",
    "fˈIv",
    "sˈɪks",
    "sˈɛvən",
    "ˈAt",
    "nˈIn",
];

/// Letters in a row that are said as one word; after these comes a blank.
const BREATH: usize = 4;

/// A word letter by letter, in Kokoro's symbols; the last letter of a group has the main stress. Marks of letters
/// go; characters that are no letter or digit are left out. A `'s` at the end is said, not named. Empty where no
/// letter is.
pub(super) fn spelled(word: &str, accent: Accent) -> String {
    let (word, ending) = match word.strip_suffix("'s") {
        Some(owner) => (owner, true),
        None => (word, false),
    };
    let names = match accent {
        Accent::American => &AMERICAN,
        Accent::British => &BRITISH,
    };
    let said: Vec<&str> = plain_letters(word)
        .chars()
        .filter_map(|letter| names.get(place(letter)?).copied())
        .collect();
    let mut symbols = String::new();
    for group in said.chunks(BREATH) {
        if !symbols.is_empty() {
            symbols.push(' ');
        }
        if let Some((last, before)) = group.split_last() {
            for name in before {
                symbols.push_str(&name.replace('ˈ', "ˌ"));
            }
            symbols.push_str(last);
        }
    }
    if ending {
        let said = self::ending(&symbols, accent);
        symbols.push_str(said);
    }
    symbols
}

/// How a `'s` sounds after these symbols.
pub(super) fn ending(symbols: &str, accent: Accent) -> &'static str {
    match symbols.chars().last() {
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') if accent == Accent::American => "ᵻz",
        Some('s' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ') => "ɪz",
        Some('f' | 'k' | 'p' | 't' | 'θ') => "s",
        Some(_) => "z",
        None => "",
    }
}

/// Where a letter's or digit's name stands.
fn place(letter: char) -> Option<usize> {
    // Digits come after the ten that a base of 36 puts first.
    let value = usize::try_from(letter.to_digit(36)?).ok()?;
    Some(if value < 10 { value + 26 } else { value - 10 })
}
