//! Audio with the times of its words, in JSON: whole, or a line for each piece of a stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kokoro_speech::SpokenWord;
use serde::Serialize;
use utoipa::ToSchema;

/// When a word is spoken.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Caption {
    /// The word as the text has it.
    word: String,
    /// Seconds from the beginning of the audio.
    #[schema(minimum = 0)]
    start_time: f64,
    /// Seconds from the beginning of the audio.
    #[schema(minimum = 0)]
    end_time: f64,
    /// Its first character in the text, counted in Unicode scalar values from 0.
    start_char: usize,
    /// The character after its last.
    end_char: usize,
}

/// Audio and its words: the whole answer, or a line of a stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaptionedSpeech)]
pub(crate) struct Captioned<'a> {
    /// The audio, or its next bytes, in base64.
    audio: String,
    /// Media type of the audio.
    audio_format: &'a str,
    /// The words that begin in it; null in a whole answer whose model does not say when words are spoken.
    #[schema(required)]
    timestamps: Option<&'a [Caption]>,
}

/// The words of a text, as they are written there.
pub(super) fn captions(text: &str, words: &[SpokenWord]) -> Vec<Caption> {
    words
        .iter()
        .filter_map(|word| {
            Some(Caption {
                word: text.get(word.bytes.clone())?.to_owned(),
                start_time: to_milliseconds(word.start),
                end_time: to_milliseconds(word.end),
                start_char: word.chars.start,
                end_char: word.chars.end,
            })
        })
        .collect()
}

/// Rounded to milliseconds: a model knows them by frames of 25.
fn to_milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// A whole answer. A text that is spoken has words: where there are none, they are not known.
pub(super) fn whole(audio: &[u8], media_type: &str, words: &[Caption]) -> Vec<u8> {
    json(audio, media_type, (!words.is_empty()).then_some(words))
}

/// A line of a stream.
pub(super) fn line(audio: &[u8], media_type: &str, words: &[Caption]) -> Bytes {
    let mut line = json(audio, media_type, Some(words));
    line.push(b'\n');
    Bytes::from(line)
}

fn json(audio: &[u8], audio_format: &str, timestamps: Option<&[Caption]>) -> Vec<u8> {
    let captioned = Captioned {
        audio: STANDARD.encode(audio),
        audio_format,
        timestamps,
    };
    // Strings and finite numbers always serialise.
    serde_json::to_vec(&captioned).unwrap_or_default()
}

#[cfg(test)]
mod tests;
