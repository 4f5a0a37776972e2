//! Requests checked before any work is done.

#[cfg(test)]
mod tests;

use kokoro_text::{NothingToSpeak, sanitise};

use crate::engine::{Utterance, Voice};
use crate::error::SpeechError;
use crate::kokoro::{blend, nearest};

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
        (Some(name), _) => named(voices, name)?,
        (None, None) => default_voice(voices)?.clone(),
        (None, Some(tag)) => match voices.iter().find(|voice| voice.language == tag) {
            Some(voice) => voice.clone(),
            None => default_voice(voices)?.clone(),
        },
    };
    let speakable = sanitise(&utterance.text)
        .map_err(|why: NothingToSpeak| SpeechError::NothingToSpeak(why.reason()))?;
    Ok(Job {
        text: speakable.text,
        language: language.map_or_else(|| voice.language.clone(), str::to_owned),
        voice,
        speed: utterance.speed,
        dropped: speakable.dropped,
    })
}

fn default_voice(voices: &[Voice]) -> Result<&Voice, SpeechError> {
    voices.first().ok_or_else(|| SpeechError::UnknownVoice {
        name: "default".to_owned(),
        hint: None,
    })
}

/// A voice by id or alias, or a blend of several.
fn named(voices: &[Voice], name: &str) -> Result<Voice, SpeechError> {
    if let Some(voice) = find(voices, name) {
        return Ok(voice.clone());
    }
    if blend::is_blend(name) {
        return blend::voice(name, voices, find);
    }
    let names = voices
        .iter()
        .flat_map(|voice| std::iter::once(&voice.id).chain(&voice.aliases));
    Err(SpeechError::UnknownVoice {
        name: name.to_owned(),
        hint: nearest(name, names.map(String::as_str))
            .map(|nearest| format!("did you mean `{nearest}`?")),
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
