//! Phoneme symbols to a model's token ids.
//!
//! Which table is right cannot be seen in the weights, and no export says its version in a way all others do. So: what the user
//! names; else the table in the model's own metadata; else v0.19's when the voices are those of v0.19 (packs of 511 rows, or one
//! called `af`); else v1.0's.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use kokoro_text::{MAX_PHONEMES, token_id};

use crate::engine::VocabularyChoice;
use crate::kokoro::onnx::Onnx;

/// Token at both ends.
const PAD: i64 = 0;
/// Runs of v0.19's table: the first id, and the symbols from there on. Source: the symbol list of StyleTTS 2, which v0.19
/// was trained with; it has the apostrophe at 174 and 176, and the later one counts.
const V0_19: [(i64, &str); 4] = [
    (1, ";:,.!?¡¿—…\"«»“” "),
    (17, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    (
        69,
        "ɑɐɒæɓʙβɔɕçɗɖðʤəɘɚɛɜɝɞɟʄɡɠɢʛɦɧħɥʜɨɪʝɭɬɫɮʟɱɯɰŋɳɲɴøɵɸθœɶʘɹɺɾɻʀʁɽʂʃʈʧʉʊʋⱱʌɣɤʍχʎʏʑʐʒʔʡʕʢǀǁǂǃˈˌːˑʼʴʰʱʲʷˠˤ˞↓↑→↗↘",
    ),
    (175, "\u{0329}'ᵻ"),
];

/// Symbols of v1.0 that stand for several of v0.19: its diphthongs, affricates and the small schwa.
const SPELLED: [(char, &str); 10] = [
    ('A', "eɪ"),
    ('I', "aɪ"),
    ('O', "oʊ"),
    ('Q', "əʊ"),
    ('T', "ɾ"),
    ('W', "aʊ"),
    ('Y', "ɔɪ"),
    ('ʤ', "dʒ"),
    ('ʧ', "tʃ"),
    ('ᵊ', "ə"),
];

/// A table of symbols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Kokoro v1.0's.
    V1_0,
    /// Kokoro v0.19's.
    V0_19(HashMap<char, i64>),
    /// The model's own.
    Own(HashMap<char, i64>),
}

/// What the model reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Ids with padding at both ends.
    pub(crate) ids: Vec<i64>,
    /// Of each id but the padding, which symbol of the text it comes from.
    pub(crate) symbols: Vec<usize>,
    /// Symbols the table does not have, left out.
    pub(crate) dropped: usize,
}

impl Vocabulary {
    /// The table of a model.
    ///
    /// # Errors
    /// What is wrong with the table in the model's metadata.
    pub(crate) fn of(
        choice: VocabularyChoice,
        onnx: &Onnx,
        old_voices: bool,
    ) -> Result<Self, String> {
        Ok(match choice {
            VocabularyChoice::V1_0 => Self::V1_0,
            VocabularyChoice::V0_19 => Self::v0_19(),
            VocabularyChoice::Auto => match own(onnx)? {
                Some(table) => Self::Own(table),
                None if old_voices => Self::v0_19(),
                None => Self::V1_0,
            },
        })
    }

    fn v0_19() -> Self {
        let table = V0_19
            .iter()
            .flat_map(|(first, symbols)| symbols.chars().zip(*first..))
            .collect();
        Self::V0_19(table)
    }

    /// `v1.0`, `v0.19` or `the model's`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::V1_0 => "v1.0",
            Self::V0_19(_) => "v0.19",
            Self::Own(_) => "the model's",
        }
    }

    /// The tokens of a phoneme string in Kokoro v1.0's symbols; `None` when there are more than the model takes.
    pub(crate) fn tokens(&self, phonemes: &str) -> Option<Tokens> {
        let mut tokens = Tokens {
            ids: vec![PAD],
            ..Tokens::default()
        };
        for (at, symbol) in phonemes.chars().enumerate() {
            let before = tokens.ids.len();
            match self {
                Self::V1_0 => tokens.ids.extend(token_id(symbol)),
                Self::Own(table) => tokens.ids.extend(table.get(&symbol)),
                Self::V0_19(table) => match SPELLED.iter().find(|(short, _)| *short == symbol) {
                    Some((_, long)) => tokens
                        .ids
                        .extend(long.chars().filter_map(|part| table.get(&part))),
                    None => tokens.ids.extend(table.get(&symbol)),
                },
            }
            let added = tokens.ids.len() - before;
            tokens.symbols.extend(std::iter::repeat_n(at, added));
            tokens.dropped += usize::from(added == 0);
        }
        tokens.ids.push(PAD);
        (tokens.symbols.len() <= MAX_PHONEMES).then_some(tokens)
    }
}

/// The table in the metadata: an object `vocab` of symbols and ids, in an entry of that name or in a configuration. Symbols of
/// several characters are left out: our pronunciations have none.
fn own(onnx: &Onnx) -> Result<Option<HashMap<char, i64>>, String> {
    for key in ["vocab", "config", "config.json"] {
        let Some(written) = onnx.metadata(key) else {
            continue;
        };
        let parsed: serde_json::Value = serde_json::from_str(written)
            .map_err(|error| format!("its metadata `{key}` is no JSON: {error}"))?;
        let Some(table) = parsed
            .get("vocab")
            .or(Some(&parsed).filter(|_| key == "vocab"))
        else {
            continue;
        };
        let table: HashMap<char, i64> = table
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(symbol, id)| {
                let mut letters = symbol.chars();
                let symbol = letters.next().filter(|_| letters.as_str().is_empty())?;
                Some((symbol, id.as_i64().filter(|id| *id >= 0)?))
            })
            .collect();
        if table.is_empty() {
            return Err(format!(
                "the vocabulary in its metadata `{key}` has no symbol with an id"
            ));
        }
        return Ok(Some(table));
    }
    Ok(None)
}
