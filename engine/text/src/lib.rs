//! Text to segments, phonemes and tokens; pure.
//!
//! In: text as a user wrote it, with or without markup, or a phoneme string. Out: spoken words with their places in the text, a count of what was
//! left out, segments that cover it in order, Kokoro's phoneme symbols and its token ids.
//! Never: files, child processes, clocks, models or audio. Nothing here can fail on any Unicode
//! input but by the errors it names, and no error carries the text.

pub mod g2p;
pub mod ipa;
pub mod normalise;
pub mod script;
pub mod segment;
pub mod spoken;
pub mod vocab;
pub mod word;

pub use g2p::{G2p, Lexicon, LexiconError, Nobody, Outside, Phonemes, Span};
pub use ipa::{Accent, NoEnglishSound, kokoro_symbols, written};
pub use normalise::{Normalised, normalise, normalised};
pub use script::{
    Cutter, Markup, NothingToSpeak, Script, ScriptError, ScriptOptions, ScriptSegment, script,
};
pub use segment::{Boundary, Limits};
pub use spoken::{SPOKEN, is_spoken};
pub use vocab::{MAX_PHONEMES, Tokens, TooManyPhonemes, phoneme_batches, token_id, tokenise};
pub use word::{Word, WordKind};
