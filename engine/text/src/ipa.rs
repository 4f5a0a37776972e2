//! eSpeak NG's IPA to the symbols Kokoro was trained on.

#[cfg(test)]
mod tests;

/// Whose English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accent {
    /// American.
    American,
    /// British.
    British,
}

/// Sounds both accents write alike. Within a table the longest match wins.
const COMMON: [(&str, &str); 27] = [
    ("ʔˌn\u{0329}", "tn"),
    ("ʔn\u{0329}", "tn"),
    ("ʔn", "tn"),
    ("ʔ", "t"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("dʒ", "ʤ"),
    ("eɪ", "A"),
    ("e", "A"),
    ("tʃ", "ʧ"),
    ("ɔɪ", "Y"),
    ("l\u{0329}", "ᵊl"),
    ("m\u{0329}", "ᵊm"),
    ("n\u{0329}", "ᵊn"),
    ("ʲo", "jɔ"),
    ("ʲə", "jə"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("g", "ɡ"),
    ("\u{0303}", ""),
    ("\u{0329}", ""),
    ("o", "ɔ"),
];

/// What American English writes its own way.
const AMERICAN: [(&str, &str); 7] = [
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɪə", "iə"),
    ("ɾ", "T"),
    ("ː", ""),
];

/// What British English writes its own way.
const BRITISH: [(&str, &str); 5] = [
    ("eə", "ɛː"),
    ("iə", "ɪə"),
    ("əʊ", "Q"),
    ("oʊ", "Q"),
    ("ɾ", "ɹ"),
];

/// Kokoro's symbols for a phoneme string of `espeak-ng --ipa --tie=^` (other ties do as well): diphthongs and affricates become
/// single letters, marks the model does not know go, blanks collapse to one space.
#[must_use]
pub fn kokoro_symbols(ipa: &str, accent: Accent) -> String {
    let mut plain = String::with_capacity(ipa.len());
    for c in ipa.chars() {
        match c {
            '\u{0361}' | '\u{200D}' => plain.push('^'),
            '\u{200B}' | '\u{200C}' | '\u{2060}' | '_' => {}
            _ if !c.is_whitespace() => plain.push(c),
            _ if plain.is_empty() || plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    // A tie tells the syllabic l of `little` from the schwa and l of `hello`. Whatever else is tied, the tables know
    // without.
    let plain = plain.replace("ə^l", "ᵊl").replace('^', "");
    let mut rest = plain.trim_end();
    let mut out = String::with_capacity(rest.len());
    let own: &[(&str, &str)] = match accent {
        Accent::American => &AMERICAN,
        Accent::British => &BRITISH,
    };
    for _ in 0..plain.len() {
        let longest = own
            .iter()
            .chain(&COMMON)
            .filter(|(from, _)| rest.starts_with(from))
            .max_by_key(|(from, _)| from.len());
        let taken = if let Some((from, to)) = longest {
            out.push_str(to);
            from.len()
        } else if let Some(c) = rest.chars().next() {
            out.push(c);
            c.len_utf8()
        } else {
            break;
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// A phoneme string without any sound an English voice knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEnglishSound;

/// Vowels, as Kokoro writes them.
const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻᵊ";

/// Kokoro's symbols for phonemes as people write them: IPA with the stress before the syllable, with or without dots
/// between syllables, in ASCII where a keyboard has no better (`'`, `,`, `:`, `g`), or Kokoro's own symbols.
///
/// # Errors
/// [`NoEnglishSound`] when a character is none of these, or no sound is left.
pub fn written(phonemes: &str, accent: Accent) -> Result<String, NoEnglishSound> {
    let mut plain = String::with_capacity(phonemes.len());
    for c in phonemes.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{02BC}' => plain.push('ˈ'),
            ',' => plain.push('ˌ'),
            ':' => plain.push('ː'),
            '.' | '-' | '\u{203F}' | '(' | ')' => {}
            'ɝ' => plain.push_str("ɜːɹ"),
            _ => plain.push(c),
        }
    }
    let symbols = stress_before_vowels(&kokoro_symbols(&plain, accent));
    let known = |c: char| {
        matches!(c, ' ' | 'ˈ' | 'ˌ' | 'ː')
            || c.is_alphabetic() && crate::vocab::token_id(c).is_some()
    };
    let sounds = symbols
        .chars()
        .any(|c| c.is_alphabetic() && !matches!(c, 'ˈ' | 'ˌ' | 'ː'));
    if sounds && symbols.chars().all(known) {
        Ok(symbols)
    } else {
        Err(NoEnglishSound)
    }
}

/// Moves each stress to the vowel after it, where Kokoro expects it; one without a vowel goes.
fn stress_before_vowels(symbols: &str) -> String {
    let mut out = String::with_capacity(symbols.len());
    let mut waiting = None;
    for c in symbols.chars() {
        match c {
            'ˈ' | 'ˌ' => waiting = Some(c),
            ' ' => {
                waiting = None;
                out.push(c);
            }
            _ => {
                if VOWELS.contains(c) {
                    out.extend(waiting.take());
                }
                out.push(c);
            }
        }
    }
    out
}
