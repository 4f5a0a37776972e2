//! The body of a speech request: bytes in, a checked request or the exact reason why not out. Pure.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use kokoro_speech::encode::{Format, check_rate};
use kokoro_speech::{SAMPLE_RATE, Utterance, is_spoken};

use serde_json::{Map, Value};

use crate::app::{CAPTIONED_ROUTE, OPENAI_ROUTE};
use crate::error::{ApiError, Code, Detail};
use crate::limits::{MAX_CHARACTERS, MAX_SPEED, MIN_SPEED};

/// A request in good shape. Its voice and language are the engine's to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpeechRequest {
    pub(crate) utterance: Utterance,
    pub(crate) stream: bool,
    /// Whether the audio travels in events.
    pub(crate) events: bool,
    /// Whether the answer says when words are spoken.
    pub(crate) timestamps: bool,
    /// Keys that were understood and have no effect.
    pub(crate) ignored: Vec<&'static str>,
    pub(crate) format: Format,
    /// Samples per second, one of those the encoders know.
    pub(crate) sample_rate: u32,
    /// Characters of the text: all that logs may know of it.
    pub(crate) characters: usize,
}

/// Whether files of a format say how long they are, so that a stream of it is less than the whole.
pub(crate) fn says_its_length(format: Format) -> bool {
    match format {
        Format::Wav | Format::Flac => true,
        Format::Pcm | Format::Mp3 | Format::Opus => false,
    }
}

/// Says whether a body of these headers is JSON.
///
/// # Errors
/// 415 when it is not said to be `application/json` in UTF-8.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let found = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = found
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts
        .next()
        .is_some_and(|media_type| media_type == "application/json");
    let is_utf8 = parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => charset.trim_matches('"') == "utf-8",
        None => true,
    });
    if is_json && is_utf8 {
        Ok(())
    } else {
        Err(ApiError::new(
            Code::UnsupportedMediaType,
            "expected a body of JSON; send it with the header `Content-Type: application/json`",
        ))
    }
}

/// Whose clients ask: what they leave out means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Ours.
    Own,
    /// OpenAI's.
    OpenAi,
    /// Kokoro-FastAPI's, for the times of words.
    Captioned,
}

impl Dialect {
    /// The dialect of a route.
    pub(crate) fn of(path: &str) -> Self {
        match path {
            OPENAI_ROUTE => Self::OpenAi,
            CAPTIONED_ROUTE => Self::Captioned,
            _ => Self::Own,
        }
    }

    /// The format of an answer when a request names none.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Own => Format::Pcm,
            Self::OpenAi | Self::Captioned => Format::Mp3,
        }
    }

    /// Whether audio of a format streams when a request does not say.
    fn streams(self, format: Format) -> bool {
        match self {
            Self::Own => false,
            // OpenAI's clients have no word for a stream: they read what comes as it comes.
            Self::OpenAi => !says_its_length(format),
            Self::Captioned => true,
        }
    }
}

/// Reads the body. What is left out depends on whose clients ask.
///
/// # Errors
/// 422 when its shape is wrong, naming every place; 400 when a value cannot be spoken.
pub(crate) fn parse(body: &[u8], dialect: Dialect) -> Result<SpeechRequest, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let place = error.valid_up_to();
        invalid(Detail::of_body(
            "utf8_invalid",
            format!("expected UTF-8; the byte at offset {place} does not belong there"),
        ))
    })?;
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(Detail::of_body(
            "json_invalid",
            format!("expected JSON; it breaks at line {line}, column {column}"),
        ))
    })?;
    let Value::Object(object) = value else {
        let found = kind(&value);
        return Err(invalid(Detail::of_body(
            "type_error",
            format!("expected a JSON object; found {found}"),
        )));
    };
    read(&object, dialect)
}

fn invalid(detail: Detail) -> ApiError {
    ApiError::invalid(vec![detail])
}

fn read(object: &Map<String, Value>, dialect: Dialect) -> Result<SpeechRequest, ApiError> {
    let mut fields = Fields {
        object,
        detail: Vec::new(),
    };
    let text = fields.string("text");
    let input = fields.string("input");
    let voice = fields.voice();
    let lang = fields.string("lang");
    let format = fields.string("format");
    let response_format = fields.string("response_format");
    fields.string("model");
    let speed = fields.number("speed");
    let sample_rate = fields.count("sample_rate");
    let stream = fields.boolean("stream");
    let stream_format = fields.string("stream_format");
    let timestamps = fields.boolean("timestamps");
    let instructions = fields.string("instructions");

    if object.contains_key("text") && object.contains_key("input") {
        fields.fail(
            "input",
            "conflict",
            "expected one of `text` and `input`; found both",
        );
    } else if !object.contains_key("text") && !object.contains_key("input") {
        fields.fail("text", "missing", "expected what to say in `text` (or, as OpenAI's clients do, in `input`); found neither");
    }
    if let (Some(one), Some(other)) = (format, response_format)
        && one != other
    {
        fields.fail(
            "response_format",
            "conflict",
            "`format` and `response_format` say different things; send one of them",
        );
    }
    if stream == Some(false) && stream_format == Some("sse") {
        fields.fail(
            "stream",
            "conflict",
            "events are a stream; leave `stream` out, or ask for `stream_format` `audio`",
        );
    }
    if !fields.detail.is_empty() {
        return Err(ApiError::invalid(fields.detail));
    }

    let text = text.or(input).unwrap_or_default();
    let characters = check_text(text)?;
    let events = check_stream_format(stream_format)?;
    let format = match format.or(response_format) {
        Some(name) => check_format(name)?,
        None => dialect.format(),
    };
    let streams_unasked = stream_format.is_some() || dialect.streams(format);
    Ok(SpeechRequest {
        utterance: Utterance {
            text: text.to_owned(),
            voice: voice.map(str::to_owned),
            speed: check_speed(speed.unwrap_or(1.0))?,
            lang: lang.map(str::to_owned),
        },
        stream: stream.unwrap_or(streams_unasked),
        events,
        timestamps: timestamps.unwrap_or(dialect == Dialect::Captioned),
        ignored: instructions
            .filter(|text| !text.is_empty())
            .map(|_| "instructions")
            .into_iter()
            .collect(),
        format,
        sample_rate: check_sample_rate(sample_rate)?,
        characters,
    })
}

/// Length of the text in characters, when it may be spoken.
fn check_text(text: &str) -> Result<usize, ApiError> {
    let found = text.chars().count();
    if found > MAX_CHARACTERS {
        return Err(ApiError::new(
            Code::TextTooLong,
            format!(
                "the text has {found} characters; at most {MAX_CHARACTERS} are accepted: send it in parts"
            ),
        ));
    }
    if !text.chars().any(is_spoken) {
        return Err(ApiError::new(
            Code::EmptyText,
            "the text has nothing to speak: expected at least one letter of Latin or Greek, digit, emoji, or sign that has a name, such as € or ½; found none",
        ));
    }
    Ok(found)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a value between 0.25 and 4 loses nothing that could be heard"
)]
fn check_speed(speed: f64) -> Result<f32, ApiError> {
    if (MIN_SPEED..=MAX_SPEED).contains(&speed) {
        Ok(speed as f32)
    } else {
        Err(ApiError::new(
            Code::InvalidSpeed,
            format!("speed must be between {MIN_SPEED} and {MAX_SPEED:.1}"),
        ))
    }
}

/// Whether the audio is to travel in events.
fn check_stream_format(name: Option<&str>) -> Result<bool, ApiError> {
    match name {
        None | Some("audio") => Ok(false),
        Some("sse") => Ok(true),
        Some(_) => Err(ApiError::new(
            Code::UnsupportedFormat,
            "unsupported `stream_format`; `audio` and `sse` are there",
        )
        .about("stream_format")),
    }
}

fn check_format(name: &str) -> Result<Format, ApiError> {
    Format::parse(name).map_err(|error| ApiError::new(Code::UnsupportedFormat, error.to_string()))
}

fn check_sample_rate(rate: Option<u64>) -> Result<u32, ApiError> {
    let Some(rate) = rate else {
        return Ok(SAMPLE_RATE);
    };
    check_rate(u32::try_from(rate).unwrap_or(u32::MAX)).map_err(|error| {
        ApiError::new(Code::UnsupportedFormat, error.to_string()).about("sample_rate")
    })
}

/// The keys of a body, and what is wrong with them so far.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    detail: Vec<Detail>,
}

impl<'a> Fields<'a> {
    fn fail(&mut self, key: &str, kind: &'static str, message: &str) {
        self.detail.push(Detail::of_key(key, kind, message));
    }

    /// The value of a key, if it is there and `read` can use it.
    fn field<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: fn(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.object.get(key)?;
        let result = read(value);
        if result.is_none() {
            self.fail(
                key,
                "type_error",
                &format!("expected {expected} in `{key}`; found {}", kind(value)),
            );
        }
        result
    }

    fn string(&mut self, key: &str) -> Option<&'a str> {
        self.field(key, "a string", Value::as_str)
    }

    /// A voice by its name, or as the object that newer clients of OpenAI send.
    fn voice(&mut self) -> Option<&'a str> {
        self.field("voice", "a string, or an object with an `id`", |value| {
            value
                .as_str()
                .or_else(|| value.as_object()?.get("id")?.as_str())
        })
    }

    fn number(&mut self, key: &str) -> Option<f64> {
        self.field(key, "a number", Value::as_f64)
    }

    fn count(&mut self, key: &str) -> Option<u64> {
        self.field(key, "a whole number", Value::as_u64)
    }

    fn boolean(&mut self, key: &str) -> Option<bool> {
        self.field(key, "true or false", Value::as_bool)
    }
}

/// What kind of JSON value it is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
