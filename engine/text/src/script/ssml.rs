//! The part of SSML that people ask for: `speak`, `p`, `s`, `break`, `say-as`, `phoneme`, `prosody rate`, `sub`.

#[cfg(test)]
mod tests;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::ScriptError;
use super::map::Mapped;
use super::piece::{Piece, Pieces, seconds, sounding};
use super::say_as::SayAs;
use crate::ipa::{Accent, written};
use crate::segment::Boundary;

/// Tags inside each other, at most.
const DEEPEST: usize = 64;

const UNCLOSED: &str = "a tag, comment or section that is closed";

/// Whether a text is SSML: its first tag, after an XML declaration, comments and the like, is `speak`.
pub(super) fn is_ssml(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            rest.find("?>").map(|at| at + 2)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<!") {
            rest.find('>').map(|at| at + 1)
        } else {
            break;
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(after) => rest = after.trim_start(),
            None => return false,
        }
    }
    rest.strip_prefix("<speak").is_some_and(|after| {
        after.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
    })
}

/// What an open tag asks of the text in it.
enum Taking {
    SayAs(SayAs),
    /// Kokoro's symbols.
    Phoneme(String),
    /// Other words.
    Sub(String),
}

/// An open tag.
struct Open {
    /// The speed outside it, where it changed that.
    rate_before: Option<f32>,
    /// What ends where it ends.
    ends: Option<Boundary>,
    /// Whether the text taken is its.
    takes: bool,
}

struct Parser {
    accent: Accent,
    pieces: Pieces,
    open: Vec<Open>,
    rate: f32,
    taking: Option<(Taking, Mapped)>,
    /// Whether the outermost tag was closed.
    over: bool,
}

/// The parts of an SSML text, and how many tags and attributes had no effect.
///
/// # Errors
/// [`ScriptError::Ssml`] where it is not well-formed.
pub(super) fn pieces(text: &str, accent: Accent) -> Result<(Vec<Piece>, usize), ScriptError> {
    let mut reader = Reader::from_str(text);
    let mut parser = Parser {
        accent,
        pieces: Pieces::default(),
        open: Vec::new(),
        rate: 1.0,
        taking: None,
        over: false,
    };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = reader.read_event();
        let done = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let fault = |at: usize, expected| fault(text, at, expected);
        let result = match event {
            Ok(Event::Start(tag)) => parser.start(&tag),
            Ok(Event::Empty(tag)) => parser.start(&tag).and_then(|()| parser.end()),
            Ok(Event::End(_)) => parser.end(),
            Ok(Event::Text(words)) => parser.text(&words.into_inner(), at),
            Ok(Event::CData(words)) => parser.text(&words.into_inner(), at + "<![CDATA[".len()),
            Ok(Event::GeneralRef(name)) => parser.reference(&name, at..done),
            Ok(Event::Eof) if parser.over => return Ok(parser.pieces.finish()),
            Ok(Event::Eof) => return Err(fault(text.len(), "`</speak>` at the end")),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_)) => Ok(()),
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(at);
                return Err(fault(at, expected(&error)));
            }
        };
        result.map_err(|expected| fault(at, expected))?;
    }
}

/// What would have been right in the place of an error.
fn expected(error: &quick_xml::Error) -> &'static str {
    match error {
        quick_xml::Error::Syntax(_) => UNCLOSED,
        quick_xml::Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference) => {
            "`&amp;` for an ampersand"
        }
        _ => "end tags that match the tags they close",
    }
}

fn fault(text: &str, at: usize, expected: &'static str) -> ScriptError {
    let before = text.get(..text.floor_char_boundary(at)).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    ScriptError::Ssml {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        expected,
    }
}

impl Parser {
    fn text(&mut self, words: &str, at: usize) -> Result<(), &'static str> {
        if self.open.is_empty() {
            let blank = words.chars().all(|c| c.is_whitespace() || c == '\u{FEFF}');
            return if blank {
                Ok(())
            } else {
                Err("no text outside of `<speak>`")
            };
        }
        // Lines have no meaning in SSML. A blank in the stead of each keeps every place.
        let words = words.replace(['\n', '\r'], " ");
        match &mut self.taking {
            Some((_, taken)) => taken.copy(&words, at),
            None => self.pieces.copy(&words, at),
        }
        Ok(())
    }

    fn reference(
        &mut self,
        name: &BytesRef<'_>,
        at: std::ops::Range<usize>,
    ) -> Result<(), &'static str> {
        const UNKNOWN: &str = "one of &amp; &lt; &gt; &quot; &apos; or a character's number";
        if self.open.is_empty() {
            return Err("no text outside of `<speak>`");
        }
        let character = name.resolve_char_ref().map_err(|_| UNKNOWN)?;
        let said = match character {
            Some(c) => c.to_string(),
            None => resolve_xml_entity(name).ok_or(UNKNOWN)?.to_owned(),
        };
        match &mut self.taking {
            Some((_, taken)) => taken.instead(&said, at),
            None => self.pieces.instead(&said, at),
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), &'static str> {
        if self.over {
            return Err("nothing after `</speak>`");
        }
        if self.open.len() >= DEEPEST {
            return Err("at most 64 tags inside each other");
        }
        if tag.contains('<') {
            return Err(UNCLOSED);
        }
        let local = tag.local_name();
        let name: &str = local.as_ref();
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| "attributes as name=\"value\", each once")?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| "`&amp;` for an ampersand")?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        let attribute = |name: &str| {
            attributes
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let mut open = Open {
            rate_before: None,
            ends: None,
            takes: false,
        };
        match name {
            "speak" if self.open.is_empty() => {}
            _ if self.open.is_empty() => return Err("`<speak>` around everything"),
            "p" | "paragraph" => open.ends = Some(Boundary::Paragraph),
            "s" | "sentence" => open.ends = Some(Boundary::Sentence),
            "break" => self.pause(attribute("time"), attribute("strength")),
            "prosody" => {
                let others = attributes.iter().filter(|(key, _)| key != "rate").count();
                self.pieces.ignored += others;
                if let Some(value) = attribute("rate") {
                    match rate(value) {
                        Some(factor) => {
                            open.rate_before = Some(self.rate);
                            self.rate *= factor;
                            self.pieces.rate(self.rate);
                        }
                        None => self.pieces.ignored += 1,
                    }
                }
            }
            "say-as" | "phoneme" | "sub" => match self.taken(name, attribute) {
                Some(taking) if self.taking.is_none() => {
                    open.takes = true;
                    self.taking = Some((taking, Mapped::default()));
                }
                _ => self.pieces.ignored += 1,
            },
            _ => self.pieces.ignored += 1,
        }
        if let Some(boundary) = open.ends {
            self.pieces.end(boundary);
        }
        self.open.push(open);
        Ok(())
    }

    fn taken<'v>(&self, name: &str, attribute: impl Fn(&str) -> Option<&'v str>) -> Option<Taking> {
        match name {
            "say-as" => {
                SayAs::named(attribute("interpret-as")?, attribute("format")).map(Taking::SayAs)
            }
            "phoneme" if attribute("alphabet").is_none_or(|a| a.eq_ignore_ascii_case("ipa")) => {
                written(attribute("ph")?, self.accent)
                    .ok()
                    .map(Taking::Phoneme)
            }
            "sub" => attribute("alias").map(|alias| Taking::Sub(alias.to_owned())),
            _ => None,
        }
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let Some(open) = self.open.pop() else {
            return Err("a tag that is open");
        };
        if open.takes
            && let Some((taking, text)) = self.taking.take()
        {
            self.give(taking, &text);
        }
        if let Some(rate) = open.rate_before {
            self.rate = rate;
            self.pieces.rate(rate);
        }
        if let Some(boundary) = open.ends {
            self.pieces.end(boundary);
        }
        self.over = self.open.is_empty();
        Ok(())
    }

    /// Says text the way its tag asks.
    fn give(&mut self, taking: Taking, text: &Mapped) {
        let source = text.whole_source();
        match taking {
            Taking::SayAs(how) => how.read(text, &mut self.pieces),
            Taking::Sub(alias) => self.pieces.instead(&alias, source),
            Taking::Phoneme(symbols) => {
                let shown = text.text().trim();
                let shown = if shown.is_empty() { "sound" } else { shown };
                self.pieces.words(sounding(shown, &symbols, &source));
            }
        }
    }

    fn pause(&mut self, time: Option<&str>, strength: Option<&str>) {
        if let Some(time) = time {
            match seconds(time) {
                Some(seconds) => return self.pieces.pause(seconds),
                None => self.pieces.ignored += 1,
            }
        }
        let seconds = match strength.unwrap_or("medium") {
            "none" => 0.0,
            "x-weak" => 0.1,
            "weak" => 0.2,
            "medium" => 0.4,
            "strong" => 0.7,
            "x-strong" => 1.2,
            _ => {
                self.pieces.ignored += 1;
                0.4
            }
        };
        self.pieces.pause(seconds);
    }
}

/// The factor of a `rate`: a word, `120%` of what it was, `+20%` or `-20%` more or less, or the factor itself.
fn rate(value: &str) -> Option<f32> {
    let value = value.trim();
    let factor = match value {
        "x-slow" => 0.5,
        "slow" => 0.8,
        "medium" | "default" => 1.0,
        "fast" => 1.25,
        "x-fast" => 1.6,
        _ => {
            let (number, percent) = match value.strip_suffix('%') {
                Some(number) => (number, true),
                None => (value, false),
            };
            let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
            if !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
                return None;
            }
            let amount: f32 = number.parse().ok()?;
            let relative = number.len() > digits.len();
            match (percent, relative) {
                (true, true) => 1.0 + amount / 100.0,
                (true, false) => amount / 100.0,
                (false, false) => amount,
                (false, true) => return None,
            }
        }
    };
    (factor > 0.0 && factor.is_finite()).then_some(factor)
}
