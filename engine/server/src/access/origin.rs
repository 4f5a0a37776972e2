//! Pages of other origins (CORS).

use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// An origin whose pages may use the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Every one.
    Any,
    /// `https://example.org`, `http://127.0.0.1:3000`.
    One(HeaderValue),
}

/// What is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an origin such as `https://example.org` or `http://127.0.0.1:3000`, without a path, or `*`; found `{0}`"
)]
pub struct OriginError(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .unwrap_or_default();
        // Browsers send the origin in lower case, and compare it as it stands.
        let is_host = !host.is_empty()
            && host.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte)
            });
        match HeaderValue::from_str(text) {
            Ok(value) if is_host => Ok(Self::One(value)),
            _ => Err(OriginError(text.to_owned())),
        }
    }
}

/// What lets those pages in; none when there are none.
pub(crate) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    let mut named = Vec::new();
    let mut any = false;
    for origin in origins {
        match origin {
            Origin::Any => any = true,
            Origin::One(value) => named.push(value.clone()),
        }
    }
    let allowed = match (any, named.is_empty()) {
        (true, _) => AllowOrigin::any(),
        (false, false) => AllowOrigin::list(named),
        (false, true) => return None,
    };
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST])
            // OpenAI's client names a dozen headers of its own.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED.map(HeaderName::from_static))
            .max_age(Duration::from_secs(3600)),
    )
}

/// Headers of an answer that a page may read.
const EXPOSED: [&str; 15] = [
    "retry-after",
    "server-timing",
    "x-audio-seconds",
    "x-backend",
    "x-dropped-characters",
    "x-execution-provider",
    "x-ignored",
    "x-model-digest",
    "x-provider",
    "x-request-id",
    "x-rtf",
    "x-spelled-words",
    "x-tts-engine",
    "x-ttfa",
    "x-voice",
];

#[cfg(test)]
mod tests;
