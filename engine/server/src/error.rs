//! Every answer that is not the one asked for, in one body shape; where OpenAI's clients ask, with
//! the object they read in it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kokoro_speech::SpeechError;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    EmptyText,
    TextTooLong,
    InvalidSpeed,
    UnknownVoice,
    UnknownLanguage,
    UnsupportedFormat,
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    BodyTimeout,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationError,
    RateLimited,
    InternalError,
    ModelNotLoaded,
    QueueFull,
    DeadlineExceeded,
}

impl Code {
    /// Every code, in the order of their status.
    pub(crate) const ALL: [Self; 18] = [
        Self::EmptyText,
        Self::TextTooLong,
        Self::InvalidSpeed,
        Self::UnknownVoice,
        Self::UnknownLanguage,
        Self::UnsupportedFormat,
        Self::Unauthorized,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTimeout,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationError,
        Self::RateLimited,
        Self::InternalError,
        Self::ModelNotLoaded,
        Self::QueueFull,
        Self::DeadlineExceeded,
    ];

    /// The code as it is written in bodies, metrics and logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EmptyText => "EMPTY_TEXT",
            Self::TextTooLong => "TEXT_TOO_LONG",
            Self::InvalidSpeed => "INVALID_SPEED",
            Self::UnknownVoice => "UNKNOWN_VOICE",
            Self::UnknownLanguage => "UNKNOWN_LANGUAGE",
            Self::UnsupportedFormat => "UNSUPPORTED_FORMAT",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::NotFound => "NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::BodyTimeout => "BODY_TIMEOUT",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::ValidationError => "VALIDATION_ERROR",
            Self::RateLimited => "RATE_LIMITED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::ModelNotLoaded => "MODEL_NOT_LOADED",
            Self::QueueFull => "QUEUE_FULL",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
        }
    }

    /// The HTTP status that carries it.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::EmptyText
            | Self::TextTooLong
            | Self::InvalidSpeed
            | Self::UnknownVoice
            | Self::UnknownLanguage
            | Self::UnsupportedFormat => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationError => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ModelNotLoaded | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// Seconds after which trying again makes sense, where it does and nothing better is known.
    pub(crate) fn retry_after(self) -> Option<u32> {
        match self {
            Self::ModelNotLoaded => Some(2),
            Self::QueueFull | Self::RateLimited => Some(1),
            _ => None,
        }
    }

    /// The kind of error, in OpenAI's words.
    fn openai_type(self) -> &'static str {
        match self {
            Self::Unauthorized => "authentication_error",
            Self::RateLimited => "rate_limit_error",
            code if code.status().is_server_error() => "server_error",
            _ => "invalid_request_error",
        }
    }

    /// The key of the request it is about, where there is one.
    fn param(self) -> Option<&'static str> {
        match self {
            Self::EmptyText | Self::TextTooLong => Some("input"),
            Self::InvalidSpeed => Some("speed"),
            Self::UnknownVoice => Some("voice"),
            Self::UnknownLanguage => Some("lang"),
            Self::UnsupportedFormat => Some("response_format"),
            _ => None,
        }
    }
}

/// One thing that is wrong with a request's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Detail {
    /// Where: `["body", "speed"]`.
    pub(crate) loc: Vec<String>,
    /// What was expected and what was found, for people.
    pub(crate) msg: String,
    /// What kind of error, for programs: `missing`, `type_error`, `json_invalid`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

impl Detail {
    /// Something wrong with a key of the body.
    pub(crate) fn of_key(key: &str, kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec!["body".to_owned(), key.to_owned()],
            msg: msg.into(),
            kind,
        }
    }

    /// Something wrong with the body as such.
    pub(crate) fn of_body(kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec!["body".to_owned()],
            msg: msg.into(),
            kind,
        }
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorResponse)]
pub(crate) struct ErrorResponse<'a> {
    /// What was expected, what was found and what to do, for people.
    error: &'a str,
    /// What went wrong, for programs.
    code: Code,
    /// The id this request has in the logs; the header `X-Request-ID` has it, too.
    request_id: &'a str,
}

/// The body of an error in the shape of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ValidationError)]
pub(crate) struct ValidationError<'a> {
    /// Everything that is wrong.
    detail: &'a [Detail],
    #[serde(flatten)]
    #[schema(inline)]
    head: ErrorResponse<'a>,
}

/// The body of an error where OpenAI's clients ask: `error` is the object they read, the rest is as everywhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenAiErrorResponse)]
pub(crate) struct OpenAiErrorResponse<'a> {
    error: OpenAiError<'a>,
    /// What went wrong, for programs.
    code: Code,
    /// The id this request has in the logs; the header `X-Request-ID` has it, too.
    request_id: &'a str,
}

/// An error as OpenAI's clients read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenAiError)]
pub(crate) struct OpenAiError<'a> {
    /// What was expected, what was found and what to do, for people.
    message: &'a str,
    /// What kind of error.
    #[serde(rename = "type")]
    #[schema(pattern = "^(invalid_request|authentication|rate_limit|server)_error$")]
    kind: &'static str,
    /// The key of the request it is about; null when it is about none or several.
    #[schema(required)]
    param: Option<&'a str>,
    /// What went wrong, for programs.
    code: Code,
}

/// The body of an error in the shape of the request, where OpenAI's clients ask.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenAiValidationError)]
pub(crate) struct OpenAiValidationError<'a> {
    /// Everything that is wrong.
    detail: &'a [Detail],
    #[serde(flatten)]
    #[schema(inline)]
    head: OpenAiErrorResponse<'a>,
}

/// Whose clients read the body of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `error` is a sentence.
    Plain,
    /// `error` is OpenAI's object.
    OpenAi,
}

/// An error on its way to the client. [`crate::observe`] gives it its request id and its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.name())]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) detail: Vec<Detail>,
    /// Seconds after which trying again makes sense.
    pub(crate) retry: Option<u32>,
    /// The key of the request it is about, where the code does not say it.
    pub(crate) param: Option<&'static str>,
}

impl ApiError {
    /// An error with a message for people. The message never holds the text to speak.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: Vec::new(),
            retry: code.retry_after(),
            param: code.param(),
        }
    }

    /// The same, with a time to come again that is known.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self {
            retry: Some(seconds),
            ..self
        }
    }

    /// The same, about another key of the request than its code says.
    pub(crate) fn about(self, key: &'static str) -> Self {
        Self {
            param: Some(key),
            ..self
        }
    }

    /// A request whose shape is wrong.
    pub(crate) fn invalid(detail: Vec<Detail>) -> Self {
        let message = match detail.as_slice() {
            [only] => only.msg.clone(),
            several => format!(
                "{} things are wrong with the request; see `detail`",
                several.len()
            ),
        };
        Self {
            code: Code::ValidationError,
            message,
            detail,
            retry: None,
            param: None,
        }
    }

    /// The engine is still loading.
    pub(crate) fn not_loaded() -> Self {
        Self::new(
            Code::ModelNotLoaded,
            "the speech engine is still loading; try again in a moment",
        )
    }

    /// The body, for the request of that id.
    pub(crate) fn body(&self, request_id: &str, shape: Shape) -> Vec<u8> {
        let body = match (shape, self.code == Code::ValidationError) {
            (Shape::Plain, false) => serde_json::to_vec(&self.plain(request_id)),
            (Shape::Plain, true) => serde_json::to_vec(&ValidationError {
                detail: &self.detail,
                head: self.plain(request_id),
            }),
            (Shape::OpenAi, false) => serde_json::to_vec(&self.openai(request_id)),
            (Shape::OpenAi, true) => serde_json::to_vec(&OpenAiValidationError {
                detail: &self.detail,
                head: self.openai(request_id),
            }),
        };
        // Strings and vectors of strings always serialise.
        body.unwrap_or_default()
    }

    fn plain<'a>(&'a self, request_id: &'a str) -> ErrorResponse<'a> {
        ErrorResponse {
            error: &self.message,
            code: self.code,
            request_id,
        }
    }

    fn openai<'a>(&'a self, request_id: &'a str) -> OpenAiErrorResponse<'a> {
        OpenAiErrorResponse {
            error: self.openai_error(),
            code: self.code,
            request_id,
        }
    }

    /// What OpenAI's clients read of it.
    pub(crate) fn openai_error(&self) -> OpenAiError<'_> {
        let param = match self.detail.as_slice() {
            [only] => only.loc.get(1).map(String::as_str),
            _ => self.param,
        };
        OpenAiError {
            message: &self.message,
            kind: self.code.openai_type(),
            param,
            code: self.code,
        }
    }
}

impl From<&SpeechError> for Code {
    fn from(error: &SpeechError) -> Self {
        match error {
            SpeechError::NothingToSpeak(_) => Self::EmptyText,
            SpeechError::TextTooLong { .. } => Self::TextTooLong,
            SpeechError::UnknownVoice { .. } => Self::UnknownVoice,
            SpeechError::InvalidSpeed { .. } => Self::InvalidSpeed,
            SpeechError::UnknownLanguage(_) => Self::UnknownLanguage,
            SpeechError::InvalidMarkup { .. } | SpeechError::TooMuchSilence { .. } => {
                Self::ValidationError
            }
            SpeechError::ProviderUnavailable { .. } => Self::ModelNotLoaded,
            SpeechError::Deadline { .. } => Self::DeadlineExceeded,
            SpeechError::InvalidModel { .. }
            | SpeechError::Cancelled
            | SpeechError::Synthesis(_) => Self::InternalError,
        }
    }
}

impl From<SpeechError> for ApiError {
    fn from(error: SpeechError) -> Self {
        let code = Code::from(&error);
        if code == Code::ValidationError {
            return Self::invalid(vec![Detail::of_body("markup_invalid", error.to_string())]);
        }
        let message = match code {
            // Paths and programs of the server are for its log, not for its clients.
            Code::InternalError => "an internal error stopped the synthesis; the server's log has it under this request id".to_owned(),
            Code::ModelNotLoaded => "no provider can speak now; try again in a moment".to_owned(),
            _ => error.to_string(),
        };
        if code.status().is_server_error() {
            tracing::error!(code = code.name(), reason = %error, "synthesis failed");
        }
        Self::new(code, message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if self.code == Code::Unauthorized {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
