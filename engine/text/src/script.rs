//! A text as a voice reads it: words with their places, in segments with their pauses.

mod cut;
mod map;
mod words;

#[cfg(test)]
mod tests;

use crate::ipa::Accent;
use crate::sanitise::{NothingToSpeak, says_nothing};
use crate::segment::{Boundary, Limits};
use crate::word::{Word, WordKind, plain_text};
use map::Mapped;

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

/// Words between two places where markup or a blank line asks for a pause or another speed.
#[derive(Debug, Clone, PartialEq)]
struct Passage {
    words: Vec<Word>,
    ends: Boundary,
    pause: Option<f32>,
    rate: f32,
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
}

/// A part of a text as markup divides it.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// Text to read, at a rate.
    Text(Mapped, f32),
}

/// Reads a text: markup, words, segments.
///
/// # Errors
/// [`ScriptError`] when nothing is left to say, or SSML is not well-formed.
pub fn script(text: &str, options: &ScriptOptions) -> Result<Script, ScriptError> {
    let pieces = vec![Piece::Text(Mapped::whole(text), 1.0)];
    let mut reader = Reader {
        accent: options.accent,
        passages: Vec::new(),
        open: Vec::new(),
        dropped: 0,
    };
    for piece in &pieces {
        match piece {
            Piece::Text(mapped, rate) => reader.text(mapped, *rate),
        }
    }
    reader.close(Boundary::Sentence, 1.0);
    let passages = reader.passages;
    let said = |word: &Word| word.kind != WordKind::Mark;
    if !passages.iter().any(|p| p.words.iter().any(said)) {
        return Err(nothing(text).into());
    }
    Ok(Script {
        segments: cut::segments(&passages, &options.limits),
        lead: 0.0,
        dropped: reader.dropped,
        ignored: 0,
        passages,
    })
}

fn nothing(text: &str) -> NothingToSpeak {
    if text.chars().all(|c| c.is_whitespace()) {
        NothingToSpeak::Blank
    } else {
        NothingToSpeak::Unspeakable
    }
}

/// Collects passages.
struct Reader {
    accent: Accent,
    passages: Vec<Passage>,
    open: Vec<Word>,
    dropped: usize,
}

impl Reader {
    fn text(&mut self, mapped: &Mapped, rate: f32) {
        let text = mapped.text();
        let mut from = 0;
        for (at, paragraph) in paragraphs(text).into_iter().enumerate() {
            if at > 0 {
                self.close(Boundary::Paragraph, rate);
            }
            let words = words::words(paragraph.1, self.accent);
            from = paragraph.0.max(from);
            self.dropped += left_out(paragraph.1, &words);
            self.open.extend(words.into_iter().map(|mut word| {
                word.source = mapped.source(word.source.start + from..word.source.end + from);
                word
            }));
        }
    }

    fn close(&mut self, ends: Boundary, rate: f32) {
        let words = std::mem::take(&mut self.open);
        if !words.is_empty() {
            self.passages.push(Passage {
                words,
                ends,
                pause: None,
                rate,
            });
        }
    }
}

/// The paragraphs of a text with their places: what blank lines part.
fn paragraphs(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut blanks: Option<(usize, usize)> = None;
    for (at, c) in text.char_indices() {
        if !c.is_whitespace() {
            if let Some((from, _)) = blanks.take().filter(|(_, lines)| *lines > 1) {
                found.push((start, text.get(start..from).unwrap_or_default()));
                start = at;
            }
            continue;
        }
        let lines = match c {
            '\n' | '\u{2028}' => 1,
            '\u{2029}' => 2,
            _ => 0,
        };
        let (from, before) = blanks.unwrap_or((at, 0));
        blanks = Some((from, before + lines));
    }
    found.push((start, text.get(start..).unwrap_or_default()));
    found
}

/// Characters no word stands for and no voice has a sound for.
fn left_out(text: &str, words: &[Word]) -> usize {
    let mut words = words.iter().peekable();
    text.char_indices()
        .filter(|(at, c)| {
            while words.next_if(|word| word.source.end <= *at).is_some() {}
            says_nothing(*c) && words.peek().is_none_or(|word| word.source.start > *at)
        })
        .count()
}
