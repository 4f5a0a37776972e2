//! Around every request: an id, a log line, a count, and the body of an error. The log line has
//! no text, no path a client made up, no header.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::{App, OPENAI_ROUTE};
use crate::error::{ApiError, Shape};

/// The header that carries the id of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What handlers know of their request.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) id: Arc<str>,
    pub(crate) started: Instant,
}

/// What a handler tells the log line of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken {
    /// Characters of the text.
    pub(crate) characters: usize,
    /// Time to first audio.
    pub(crate) ttfa: Duration,
}

/// The middleware.
pub(crate) async fn observe(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let context = Context {
        id: new_id().into(),
        started: Instant::now(),
    };
    let route = route_of(
        request
            .extensions()
            .get::<MatchedPath>()
            .map(MatchedPath::as_str),
    );
    request.extensions_mut().insert(context.clone());

    let mut response = next.run(request).await;

    let error = response.extensions_mut().remove::<ApiError>();
    if let Some(error) = &error {
        *response.body_mut() = Body::from(error.body(&context.id, shape_of(route)));
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Ok(id) = HeaderValue::from_str(&context.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    let code = error.as_ref().map(|error| error.code.name());
    let spoken = response.extensions().get::<Spoken>().copied();
    app.metrics.answered(route, status, code);
    tracing::info!(
        request_id = &*context.id,
        route,
        status,
        duration_ms = milliseconds(context.started.elapsed()),
        characters = spoken.map(|spoken| spoken.characters),
        ttfa_ms = spoken.map(|spoken| milliseconds(spoken.ttfa)),
        code,
        "answered"
    );
    response
}

/// The body that the clients of a route read.
fn shape_of(route: &str) -> Shape {
    if route == OPENAI_ROUTE {
        Shape::OpenAi
    } else {
        Shape::Plain
    }
}

/// A duration in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The route as labels may hold it: one of ours, never what a client made up.
fn route_of(matched: Option<&str>) -> &'static str {
    const ROUTES: [&str; 19] = [
        "/",
        "/docs",
        "/docs/",
        "/assets/{name}",
        "/v1/audio/speech",
        "/v1/tts",
        "/dev/captioned_speech",
        "/health",
        "/healthz",
        "/readyz",
        "/status",
        "/metrics",
        "/voices",
        "/v1/audio/voices",
        "/v1/audio/models",
        "/v1/models",
        "/v1/models/{model}",
        "/openapi.json",
        "/openapi.yaml",
    ];
    ROUTES
        .into_iter()
        .find(|route| Some(*route) == matched)
        .unwrap_or("unmatched")
}

/// An id that no other request of this process has, and hardly one of another.
fn new_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static SEED: std::sync::OnceLock<RandomState> = std::sync::OnceLock::new();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // SipHash with a random key: unguessable enough for an id that protects nothing.
    format!(
        "req_{:016x}",
        SEED.get_or_init(RandomState::new).hash_one(number)
    )
}

#[cfg(test)]
mod tests;
