//! Hedgerow: the small voice that is in the program, so that it speaks with nothing installed.
//!
//! It has Kokoro's interface and is not Kokoro: `engine/voices/README.md` says how it is made and what it measures.

#[cfg(test)]
mod tests;

use crate::engine::Voice;
use crate::kokoro::names::{alias, answer_for, described, kokoro};
use crate::kokoro::source::Source;

/// Its name, wherever a model is named.
pub(crate) const HEDGEROW: &str = "hedgerow";
/// The model.
pub(crate) const MODEL: Source<'static> = Source::Embedded(
    "hedgerow.onnx",
    include_bytes!("../../voices/hedgerow.onnx"),
);
/// Its voices' styles.
pub(crate) const STYLES: Source<'static> = Source::Embedded(
    "hedgerow-voices.bin",
    include_bytes!("../../voices/hedgerow-voices.bin"),
);
/// Its voices, the default first.
pub(crate) const VOICES: [&str; 4] = ["af_fern", "am_flint", "bf_hazel", "bm_rowan"];

/// Its voices, the default first, with all the names they answer to.
#[must_use]
pub fn voices() -> Vec<Voice> {
    let mut voices: Vec<Voice> = VOICES.iter().filter_map(|id| described(id)).collect();
    alias(&mut voices);
    answer(&mut voices);
    voices
}

/// Gives its voices the names of those that they stand in for besides OpenAI's: Kokoro's and eSpeak NG's.
pub(crate) fn answer(voices: &mut [Voice]) {
    answer_for(voices, kokoro());
    answer_for(voices, crate::espeak::bare_voices().into_iter());
}
