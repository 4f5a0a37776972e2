//! A text as a voice reads it: words with their places, in segments with their pauses.

mod cut;
mod inline;
mod map;
mod passage;
mod piece;
mod say_as;
mod ssml;

#[cfg(test)]
mod tests;

use crate::ipa::Accent;
use crate::segment::{Boundary, Limits};
use crate::word::{Word, plain_text};
pub use cut::Cutter;
use map::Mapped;
use passage::{Passage, Passages};
use piece::Piece;

/// What to make of markup in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Markup {
    /// A text whose first tag is `<speak>` is SSML; in any other, inline markup is read.
    #[default]
    Auto,
    /// Every character is to be spoken.
    None,
}

/// How to read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptOptions {
    /// Whose English: dates and some words are read differently.
    pub accent: Accent,
    /// How long segments may be, in characters of spoken text.
    pub limits: Limits,
    /// What to make of markup.
    pub markup: Markup,
}

impl ScriptOptions {
    /// Options that read markup.
    #[must_use]
    pub fn new(accent: Accent, limits: Limits) -> Self {
        Self {
            accent,
            limits,
            markup: Markup::Auto,
        }
    }
}

/// The text holds nothing a voice can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NothingToSpeak {
    /// Empty, or blanks only.
    Blank,
    /// Characters, but none that an English voice can say.
    Unspeakable,
}

impl NothingToSpeak {
    /// The reason in words for a person.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Blank => "it is empty or blank",
            Self::Unspeakable => "it has no letter, digit or emoji that an English voice can say",
        }
    }
}

/// Why a text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptError {
    /// No word to say is in it.
    Nothing(NothingToSpeak),
    /// It begins as SSML but is not well-formed.
    Ssml {
        /// Line of the fault, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What was expected; holds nothing of the text.
        expected: &'static str,
    },
}

impl From<NothingToSpeak> for ScriptError {
    fn from(why: NothingToSpeak) -> Self {
        Self::Nothing(why)
    }
}

/// A piece of a text to speak at once.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptSegment {
    /// What to say, in order; holds at least one word that is no mark, but for a segment of stray marks.
    pub words: Vec<Word>,
    /// What ends it, and so how long the natural pause after it is.
    pub ends: Boundary,
    /// Seconds of silence after it that markup asks for, instead of the natural pause.
    pub pause: Option<f32>,
    /// Speed that markup asks for, as a factor of the request's; 1 where it asks for none.
    pub rate: f32,
}

impl ScriptSegment {
    /// Plain text of the segment, for a voice that reads text.
    #[must_use]
    pub fn text(&self) -> String {
        plain_text(&self.words)
    }
}

/// A text ready to be spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What to say, in order. Never empty.
    pub segments: Vec<ScriptSegment>,
    /// Seconds of silence that markup asks for before the first segment.
    pub lead: f32,
    /// Characters of the text for which nothing is said: other scripts, symbols without a spoken name, control
    /// characters. Blanks, punctuation and invisible joiners are not counted.
    pub dropped: usize,
    /// Tags and attributes of markup that were not understood and had no effect.
    pub ignored: usize,
    passages: Vec<Passage>,
}

impl Script {
    /// The same text in segments of other lengths.
    #[must_use]
    pub fn recut(&self, limits: &Limits) -> Self {
        Self {
            segments: cut::segments(&self.passages, limits),
            ..self.clone()
        }
    }

    /// The same text, to be cut piece by piece into segments of at most `max` characters.
    #[must_use]
    pub fn cutter(&self, max: usize) -> Cutter<'_> {
        Cutter::new(&self.passages, max)
    }
}

/// Reads a text: markup, words, segments.
///
/// # Errors
/// [`ScriptError`] when nothing is left to say, or SSML is not well-formed.
pub fn script(text: &str, options: &ScriptOptions) -> Result<Script, ScriptError> {
    let (pieces, ignored) = match options.markup {
        Markup::None => (vec![Piece::Text(Mapped::whole(text))], 0),
        Markup::Auto if ssml::is_ssml(text) => ssml::pieces(text, options.accent)?,
        Markup::Auto => inline::pieces(text, options.accent),
    };
    let mut collected = Passages::new(options.accent);
    for piece in &pieces {
        collected.add(piece);
    }
    let (lead, dropped) = (collected.lead, collected.dropped);
    let passages = collected.finish();
    if passages.is_empty() {
        let why = if dropped == 0 && text.chars().all(char::is_whitespace) {
            NothingToSpeak::Blank
        } else {
            NothingToSpeak::Unspeakable
        };
        return Err(why.into());
    }
    Ok(Script {
        segments: cut::segments(&passages, &options.limits),
        lead,
        dropped,
        ignored,
        passages,
    })
}
