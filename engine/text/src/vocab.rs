//! Kokoro v1.0's symbols and token ids.

#[cfg(test)]
mod tests;

/// Most phonemes one run of the model takes: its text encoder has 512 positions, two of them padding.
pub const MAX_PHONEMES: usize = 510;

/// Token at both ends.
const PAD: i64 = 0;

/// Symbol and id, ordered by id. Source: `config.json` of Kokoro-82M v1.0, which uses 114 of 178 slots.
const VOCABULARY: [(char, i64); 114] = [
    (';', 1),
    (':', 2),
    (',', 3),
    ('.', 4),
    ('!', 5),
    ('?', 6),
    ('—', 9),
    ('…', 10),
    ('"', 11),
    ('(', 12),
    (')', 13),
    ('“', 14),
    ('”', 15),
    (' ', 16),
    ('\u{0303}', 17),
    ('ʣ', 18),
    ('ʥ', 19),
    ('ʦ', 20),
    ('ʨ', 21),
    ('ᵝ', 22),
    ('ꭧ', 23),
    ('A', 24),
    ('I', 25),
    ('O', 31),
    ('Q', 33),
    ('S', 35),
    ('T', 36),
    ('W', 39),
    ('Y', 41),
    ('ᵊ', 42),
    ('a', 43),
    ('b', 44),
    ('c', 45),
    ('d', 46),
    ('e', 47),
    ('f', 48),
    ('h', 50),
    ('i', 51),
    ('j', 52),
    ('k', 53),
    ('l', 54),
    ('m', 55),
    ('n', 56),
    ('o', 57),
    ('p', 58),
    ('q', 59),
    ('r', 60),
    ('s', 61),
    ('t', 62),
    ('u', 63),
    ('v', 64),
    ('w', 65),
    ('x', 66),
    ('y', 67),
    ('z', 68),
    ('ɑ', 69),
    ('ɐ', 70),
    ('ɒ', 71),
    ('æ', 72),
    ('β', 75),
    ('ɔ', 76),
    ('ɕ', 77),
    ('ç', 78),
    ('ɖ', 80),
    ('ð', 81),
    ('ʤ', 82),
    ('ə', 83),
    ('ɚ', 85),
    ('ɛ', 86),
    ('ɜ', 87),
    ('ɟ', 90),
    ('ɡ', 92),
    ('ɥ', 99),
    ('ɨ', 101),
    ('ɪ', 102),
    ('ʝ', 103),
    ('ɯ', 110),
    ('ɰ', 111),
    ('ŋ', 112),
    ('ɳ', 113),
    ('ɲ', 114),
    ('ɴ', 115),
    ('ø', 116),
    ('ɸ', 118),
    ('θ', 119),
    ('œ', 120),
    ('ɹ', 123),
    ('ɾ', 125),
    ('ɻ', 126),
    ('ʁ', 128),
    ('ɽ', 129),
    ('ʂ', 130),
    ('ʃ', 131),
    ('ʈ', 132),
    ('ʧ', 133),
    ('ʊ', 135),
    ('ʋ', 136),
    ('ʌ', 138),
    ('ɣ', 139),
    ('ɤ', 140),
    ('χ', 142),
    ('ʎ', 143),
    ('ʒ', 147),
    ('ʔ', 148),
    ('ˈ', 156),
    ('ˌ', 157),
    ('ː', 158),
    ('ʰ', 162),
    ('ʲ', 164),
    ('↓', 169),
    ('→', 171),
    ('↗', 172),
    ('↘', 173),
    ('ᵻ', 177),
];

/// The token id of a symbol.
#[must_use]
pub fn token_id(symbol: char) -> Option<i64> {
    VOCABULARY
        .iter()
        .find(|(known, _)| *known == symbol)
        .map(|(_, id)| *id)
}

/// What the model reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Ids with padding at both ends.
    pub ids: Vec<i64>,
    /// Symbols the vocabulary does not have, left out.
    pub dropped: usize,
}

impl Tokens {
    /// Phonemes among the ids: all but the padding.
    #[must_use]
    pub fn phonemes(&self) -> usize {
        self.ids.len().saturating_sub(2)
    }
}

/// More phonemes than the model takes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyPhonemes {
    /// Phonemes found.
    pub found: usize,
}

/// The tokens of a phoneme string.
///
/// # Errors
/// [`TooManyPhonemes`] above [`MAX_PHONEMES`]; [`phoneme_batches`] cuts a longer string first.
pub fn tokenise(phonemes: &str) -> Result<Tokens, TooManyPhonemes> {
    let mut ids = vec![PAD];
    let mut dropped = 0;
    for symbol in phonemes.chars() {
        match token_id(symbol) {
            Some(id) => ids.push(id),
            None => dropped += 1,
        }
    }
    let found = ids.len() - 1;
    if found > MAX_PHONEMES {
        return Err(TooManyPhonemes { found });
    }
    ids.push(PAD);
    Ok(Tokens { ids, dropped })
}

/// Cuts a phoneme string into pieces of at most `limit` symbols, in order and without loss but for
/// the blanks at the cuts: after punctuation where that leaves at least half a piece, else between words, else anywhere.
#[must_use]
pub fn phoneme_batches(phonemes: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(1);
    let chars: Vec<char> = phonemes.chars().collect();
    let mut pieces = Vec::new();
    let mut rest = chars.as_slice();
    for _ in 0..chars.len() {
        let blanks = rest.iter().take_while(|c| **c == ' ').count();
        rest = rest.split_at(blanks).1;
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(piece_length(rest, limit));
        let piece: String = piece.iter().collect();
        pieces.push(piece.trim_end().to_owned());
        rest = after;
    }
    pieces
}

/// How many symbols the next piece takes. `rest` starts with no blank.
pub(crate) fn piece_length(rest: &[char], limit: usize) -> usize {
    let Some(window) = rest.get(..limit).filter(|_| rest.len() > limit) else {
        return rest.len();
    };
    let pause = window
        .iter()
        .rposition(|c| matches!(c, ';' | ':' | ',' | '.' | '!' | '?' | '—' | '…'));
    if let Some(at) = pause.filter(|at| (at + 1) * 2 >= limit) {
        return at + 1;
    }
    // A blank right after the window is as good as one in it.
    rest.iter()
        .take(limit + 1)
        .rposition(|c| *c == ' ')
        .unwrap_or(limit)
}
