//! Every answer that is not the one asked for, in one body shape.

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
    NotFound,
    MethodNotAllowed,
    BodyTimeout,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationError,
    InternalError,
    ModelNotLoaded,
    QueueFull,
    DeadlineExceeded,
}

impl Code {
    /// Every code, in the order of their status.
    pub(crate) const ALL: [Self; 16] = [
        Self::EmptyText,
        Self::TextTooLong,
        Self::InvalidSpeed,
        Self::UnknownVoice,
        Self::UnknownLanguage,
        Self::UnsupportedFormat,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTimeout,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationError,
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
            Self::NotFound => "NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::BodyTimeout => "BODY_TIMEOUT",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::ValidationError => "VALIDATION_ERROR",
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
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationError => StatusCode::UNPROCESSABLE_ENTITY,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ModelNotLoaded | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// Seconds after which trying again makes sense, where it does.
    pub(crate) fn retry_after(self) -> Option<u32> {
        match self {
            Self::ModelNotLoaded => Some(2),
            Self::QueueFull => Some(1),
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

/// An error on its way to the client. [`crate::observe`] gives it its request id and its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.name())]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) detail: Vec<Detail>,
}

impl ApiError {
    /// An error with a message for people. The message never holds the text to speak.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: Vec::new(),
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
    pub(crate) fn body(&self, request_id: &str) -> Vec<u8> {
        let head = ErrorResponse {
            error: &self.message,
            code: self.code,
            request_id,
        };
        let body = if self.code == Code::ValidationError {
            serde_json::to_vec(&ValidationError {
                detail: &self.detail,
                head,
            })
        } else {
            serde_json::to_vec(&head)
        };
        // Strings and vectors of strings always serialise.
        body.unwrap_or_default()
    }
}

impl From<SpeechError> for ApiError {
    fn from(error: SpeechError) -> Self {
        let code = match &error {
            SpeechError::NothingToSpeak(_) => Code::EmptyText,
            SpeechError::TextTooLong { .. } => Code::TextTooLong,
            SpeechError::UnknownVoice { .. } => Code::UnknownVoice,
            SpeechError::InvalidSpeed { .. } => Code::InvalidSpeed,
            SpeechError::UnknownLanguage(_) => Code::UnknownLanguage,
            SpeechError::ProviderUnavailable { .. } => Code::ModelNotLoaded,
            SpeechError::Deadline { .. } => Code::DeadlineExceeded,
            SpeechError::InvalidModel { .. }
            | SpeechError::Cancelled
            | SpeechError::Synthesis(_) => Code::InternalError,
        };
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
        if let Some(seconds) = self.code.retry_after() {
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
