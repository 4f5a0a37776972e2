//! The spans of a request, for whoever collects traces; `docs/observability.md` names their attributes. One that nobody
//! collects costs a comparison. Never in a span: the text, nor a path or a header that a client made up.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Version};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tracing::field::Empty;
use tracing::{Span, debug_span};

use crate::error::Code;
use crate::observe::UNMATCHED;
use crate::request::SpeechRequest;

/// The target of the spans: what a collector of traces asks for, at the level `DEBUG`.
pub const TARGET: &str = "kokoro::trace";

/// Joins the span of a request to the trace that its caller has begun, and tells the id of that trace; none where the span is
/// not collected.
pub type Join = fn(&Span, &HeaderMap) -> Option<String>;

/// The address of this end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local(pub(crate) SocketAddr);

/// The span of a request: from its arrival until its answer has been sent. A trace of its own, until it is joined to another.
pub(crate) fn request(request: &Request, route: &'static str, id: &str) -> Span {
    let method = method(request.method());
    let path = request.uri().path();
    let local = request.extensions().get::<Local>();
    debug_span!(
        target: TARGET,
        parent: None,
        "request",
        otel.name = name(method, route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.response.status_code = Empty,
        http.route = (route != UNMATCHED).then_some(route),
        network.protocol.version = version(request.version()),
        server.address = local.map(|Local(address)| address.ip().to_string()),
        server.port = local.map(|Local(address)| i64::from(address.port())),
        // A path that is no route of ours, or a part of one, may be anything.
        url.path = (path == route).then_some(path),
        url.scheme = "http",
        request_id = id,
        "error.type" = Empty,
        tts.error_code = Empty,
        tts.client_left = Empty,
    )
}

/// How a request was answered.
pub(crate) fn answered(span: &Span, status: u16, code: Option<Code>) {
    span.record("http.response.status_code", i64::from(status));
    if let Some(code) = code {
        span.record("tts.error_code", code.name());
        if code.status().is_server_error() {
            failed(span, code.name());
        }
    }
}

/// What a span stands for did not come to its end.
pub(crate) fn failed(span: &Span, kind: &'static str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

/// The time a request waits for leave to synthesise.
pub(crate) fn queue(parent: &Span) -> Span {
    debug_span!(target: TARGET, parent: parent, "queue")
}

/// The work on a text, from leave to its last audio.
pub(crate) fn synthesis(parent: &Span, request: &SpeechRequest) -> Span {
    debug_span!(
        target: TARGET,
        parent: parent,
        "synthesis",
        otel.status_code = Empty,
        "error.type" = Empty,
        tts.characters = whole(request.characters),
        tts.format = request.format.name(),
        tts.sample_rate = i64::from(request.sample_rate),
        tts.speed = f64::from(request.utterance.speed),
        tts.stream = request.stream,
        tts.voice = Empty,
        tts.provider = Empty,
        tts.backend = Empty,
        tts.ttfa_seconds = Empty,
        tts.synthesis_seconds = Empty,
        tts.audio_seconds = Empty,
        tts.rtf = Empty,
        tts.segments = Empty,
        tts.underruns = Empty,
        tts.dropped_characters = Empty,
        tts.spelled_words = Empty,
    )
}

/// The part of a streamed synthesis before its first audio.
pub(crate) fn first_segment(parent: &Span) -> Span {
    debug_span!(target: TARGET, parent: parent, "first segment")
}

/// From the first sample an encoder gets to the last byte it gives.
pub(crate) fn encoding(parent: &Span) -> Span {
    debug_span!(target: TARGET, parent: parent, "encoding", tts.busy_seconds = Empty)
}

/// Ends the span of an encoder that has worked for so long; in a stream it waits for sound most of the time.
pub(crate) fn encoded(span: &Span, busy: Duration) {
    span.record("tts.busy_seconds", busy.as_secs_f64());
}

/// A count, as attributes have it.
pub(crate) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn name(method: &str, route: &str) -> String {
    if route == UNMATCHED {
        method.to_owned()
    } else {
        format!("{method} {route}")
    }
}

/// The method of a request: a known one, never what a client made up.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("_OTHER")
}

fn version(version: Version) -> &'static str {
    if version == Version::HTTP_10 {
        "1.0"
    } else {
        "1.1"
    }
}

/// A request whose answer has not been sent yet: keeps its span open, and notices a client that leaves before.
#[derive(Debug)]
pub(crate) struct Unsent {
    span: Span,
    is_sent: bool,
}

impl Unsent {
    pub(crate) fn new(span: &Span) -> Self {
        Self {
            span: span.clone(),
            is_sent: false,
        }
    }

    /// The body of the answer, which ends the span when it has been sent. What answers `HEAD` is never read.
    pub(crate) fn until_sent(mut self, body: Body, is_head: bool) -> Body {
        if self.span.is_disabled() || is_head || body.is_end_stream() {
            self.is_sent = true;
            return body;
        }
        Body::new(Sending { body, unsent: self })
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if !self.is_sent {
            self.span.record("tts.client_left", true);
        }
    }
}

/// A body on its way.
struct Sending {
    body: Body,
    unsent: Unsent,
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            // Who knows that it was the last one does not ask again.
            Some(Ok(frame)) => {
                self.unsent.is_sent = frame.is_trailers() || self.body.is_end_stream();
            }
            Some(Err(_)) => {
                failed(&self.unsent.span, "STREAM_BROKEN");
                self.unsent.is_sent = true;
            }
            None => self.unsent.is_sent = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
