//! Requests checked before any work is done.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use kokoro_text::{Accent, Limits, Script, ScriptError, ScriptOptions, script};

use crate::dsp::join::MAX_PAUSE;
use crate::engine::{Utterance, Voice};
use crate::error::SpeechError;
use crate::kokoro::{blend, nearest};

/// Slowest speed accepted.
pub const MIN_SPEED: f32 = 0.25;
/// Fastest speed accepted.
pub const MAX_SPEED: f32 = 4.0;

/// Most silence that markup may ask for in one request, in seconds: it costs the asker nothing and us memory.
const MAX_SILENCE: u64 = 60;

/// A request that can be spoken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Job {
    /// As the user wrote it.
    pub(super) text: Arc<str>,
    /// The text as it is read, not yet cut to anybody's limits.
    pub(super) script: Arc<Script>,
    pub(super) voice: Voice,
    /// `en-US` or `en-GB`.
    pub(super) language: String,
    pub(super) speed: f32,
}

/// Longer than any text: whoever speaks cuts it again to its own limits.
const UNCUT: Limits = Limits {
    first: 1 << 30,
    max: 1 << 30,
    growth: 1,
};

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
    let language = language.map_or_else(|| voice.language.clone(), str::to_owned);
    Ok(Job {
        text: Arc::from(utterance.text.as_str()),
        script: Arc::new(read(&utterance.text, &language)?),
        language,
        voice,
        speed: utterance.speed,
    })
}

fn read(text: &str, language: &str) -> Result<Script, SpeechError> {
    let options = ScriptOptions::new(accent(language), UNCUT);
    let read = script(text, &options).map_err(|error| match error {
        ScriptError::Nothing(why) => SpeechError::NothingToSpeak(why.reason()),
        ScriptError::Ssml {
            line,
            column,
            expected,
        } => SpeechError::InvalidMarkup {
            line,
            column,
            expected,
        },
    })?;
    silent_enough(&read)?;
    Ok(read)
}

fn silent_enough(script: &Script) -> Result<(), SpeechError> {
    let asked: f32 = script
        .segments
        .iter()
        .filter_map(|segment| segment.pause)
        .chain([script.lead])
        .map(|seconds| seconds.clamp(0.0, MAX_PAUSE))
        .sum();
    let found = whole_seconds(asked);
    if found > MAX_SILENCE {
        return Err(SpeechError::TooMuchSilence {
            found,
            limit: MAX_SILENCE,
        });
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of pauses: never negative, and a few thousand at most"
)]
fn whole_seconds(seconds: f32) -> u64 {
    seconds.ceil() as u64
}

/// Whose English a language is.
pub(super) fn accent(language: &str) -> Accent {
    if language == "en-GB" {
        Accent::British
    } else {
        Accent::American
    }
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
