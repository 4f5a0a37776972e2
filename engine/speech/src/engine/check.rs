//! Requests checked before any work is done.

#[cfg(test)]
mod tests;

use kokoro_text::{NothingToSpeak, sanitise};

use crate::engine::{Utterance, Voice};
use crate::error::SpeechError;

/// Slowest speed accepted.
pub const MIN_SPEED: f32 = 0.25;
/// Fastest speed accepted.
pub const MAX_SPEED: f32 = 4.0;

/// A request that can be spoken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Job {
    /// Sanitised.
    pub(super) text: String,
    pub(super) voice: Voice,
    /// `en-US` or `en-GB`.
    pub(super) language: String,
    pub(super) speed: f32,
    pub(super) dropped: usize,
}

/// Checks a request against the voices there are (at least one, the default first).
pub(super) fn checked(
    utterance: &Utterance,
    voices: &[Voice],
    limit: usize,
) -> Result<Job, SpeechError> {
    let found = utterance.text.chars().count();
    if found > limit {
        return Err(SpeechError::TextTooLong { found, limit });
    }
    if !(MIN_SPEED..=MAX_SPEED).contains(&utterance.speed) {
        return Err(SpeechError::InvalidSpeed {
            min: MIN_SPEED,
            max: MAX_SPEED,
        });
    }
    let language = utterance.lang.as_deref().map(language).transpose()?;
    let voice = match (&utterance.voice, language) {
        (Some(name), _) => {
            find(voices, name).ok_or_else(|| SpeechError::UnknownVoice { name: name.clone() })?
        }
        (None, None) => default_voice(voices)?,
        (None, Some(tag)) => match voices.iter().find(|voice| voice.language == tag) {
            Some(voice) => voice,
            None => default_voice(voices)?,
        },
    };
    let speakable = sanitise(&utterance.text)
        .map_err(|why: NothingToSpeak| SpeechError::NothingToSpeak(why.reason()))?;
    Ok(Job {
        text: speakable.text,
        language: language.map_or_else(|| voice.language.clone(), str::to_owned),
        voice: voice.clone(),
        speed: utterance.speed,
        dropped: speakable.dropped,
    })
}

fn default_voice(voices: &[Voice]) -> Result<&Voice, SpeechError> {
    voices.first().ok_or_else(|| SpeechError::UnknownVoice {
        name: "default".to_owned(),
    })
}

/// A voice by id or alias, whatever the case.
pub(super) fn find<'a>(voices: &'a [Voice], name: &str) -> Option<&'a Voice> {
    voices
        .iter()
        .find(|voice| voice.id.eq_ignore_ascii_case(name))
        .or_else(|| {
            voices.iter().find(|voice| {
                voice
                    .aliases
                    .iter()
                    .any(|alias| alias.eq_ignore_ascii_case(name))
            })
        })
}

/// The BCP 47 tag of a language we speak. `en` is American.
fn language(name: &str) -> Result<&'static str, SpeechError> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "en" | "en-us" => Ok("en-US"),
        "en-gb" => Ok("en-GB"),
        _ => Err(SpeechError::UnknownLanguage(name.to_owned())),
    }
}
