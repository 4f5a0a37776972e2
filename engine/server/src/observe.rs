//! Around every request: an id, a span, a log line, a count, and the body of an error. Neither span nor log
//! line has the text, a path a client made up, or a header.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, Span, info_span};

use crate::app::{App, OPENAI_ROUTE};
use crate::error::{ApiError, Code, Shape};
use crate::spans::{self, Unsent};

/// The header that carries the id of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The label of what no route of ours answers.
pub(crate) const UNMATCHED: &str = "unmatched";

/// What handlers know of their request.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) id: Arc<str>,
    pub(crate) started: Instant,
    /// The span of the request in a trace. It is never entered: it ends with its answer, not with its handler.
    pub(crate) span: Span,
    /// What log lines say of the request they belong to.
    pub(crate) log: Span,
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
    let started = Instant::now();
    let route = route_of(
        request
            .extensions()
            .get::<MatchedPath>()
            .map(MatchedPath::as_str),
    );
    let id: Arc<str> = new_id().into();
    let span = spans::request(&request, route, &id);
    let unsent = Unsent::new(&span);
    let trace = app
        .join
        .get()
        .and_then(|join| join(&span, request.headers()));
    let trace_id = trace.as_deref();
    let context = Context {
        started,
        log: info_span!("request", request_id = &*id, trace_id),
        id,
        span,
    };
    let is_head = request.method() == Method::HEAD;
    request.extensions_mut().insert(context.clone());

    let mut response = next.run(request).instrument(context.log.clone()).await;

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
    let code = error.as_ref().map(|error| error.code);
    spans::answered(&context.span, status, code);
    let code = code.map(Code::name);
    let spoken = response.extensions().get::<Spoken>().copied();
    app.metrics.answered(route, status, code);
    tracing::info!(
        request_id = &*context.id,
        trace_id,
        route,
        status,
        duration_ms = milliseconds(context.started.elapsed()),
        characters = spoken.map(|spoken| spoken.characters),
        ttfa_ms = spoken.map(|spoken| milliseconds(spoken.ttfa)),
        code,
        "answered"
    );
    response.map(|body| unsent.until_sent(body, is_head))
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
        .unwrap_or(UNMATCHED)
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
