//! Speaking over HTTP: whole, or streamed while it is synthesised.

mod body;
pub(crate) mod captions;
mod pump;
mod totals;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kokoro_speech::{Cancel, Engine, SAMPLE_RATE, SpeechError, encode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tracing::Span;

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::limits::Limits;
use crate::observe::{Context, Spoken};
use crate::request::{self, Dialect, SpeechRequest};
use crate::spans;
use totals::{Totals, server_timing, set};

/// How much of a body that is too large is read and thrown away, so that its sender gets to see the answer.
const DRAINED_BYTES: u64 = 16 * 1024 * 1024;

/// Stops the synthesis of a request whose handler or body is dropped: its client is gone.
#[derive(Debug)]
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// POST /v1/audio/speech, /v1/tts and /dev/captioned_speech
pub(crate) async fn speak(
    State(app): State<Arc<App>>,
    Extension(context): Extension<Context>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let dialect = Dialect::of(parts.uri.path());
    request::check_content_type(&parts.headers)?;
    let body = read_body(&app.limits, &parts.headers, body).await?;
    let request = request::parse(&body, dialect)?;
    let engine = app.ready()?;
    engine.check(&request.utterance)?;
    let deadline = app.limits.request_deadline;
    let job = Job {
        app: Arc::clone(&app),
        engine,
        context,
        synthesis: Span::none(),
        trailers: takes_trailers(&parts.headers),
        request,
    };
    timeout(deadline, job.run()).await.unwrap_or_else(|_| {
        app.metrics.broken();
        Err(late(deadline))
    })
}

/// Whether a client reads what comes after a body.
fn takes_trailers(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::TE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("trailers"))
}

fn late(deadline: Duration) -> ApiError {
    ApiError::new(
        Code::DeadlineExceeded,
        format!(
            "no audio within {} s; try a shorter text",
            deadline.as_secs()
        ),
    )
}

/// Reads a body within its limits of size and time.
async fn read_body(limits: &Limits, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, ApiError> {
    let too_large = || {
        ApiError::new(
            Code::BodyTooLarge,
            format!(
                "the body is too large; at most {} bytes are accepted",
                limits.body_bytes
            ),
        )
    };
    let announced = body.size_hint().lower();
    let is_announced_too_large = announced > u64::try_from(limits.body_bytes).unwrap_or(u64::MAX);
    if is_announced_too_large && (announced > DRAINED_BYTES || headers.contains_key(header::EXPECT))
    {
        return Err(too_large());
    }
    match timeout(limits.body_timeout, collect(body, limits.body_bytes)).await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(too_large()),
        // Nobody will read the answer to a connection that broke off.
        Ok(Err(_)) => Err(ApiError::new(Code::BodyTimeout, "the body broke off")),
        Err(_) => Err(ApiError::new(
            Code::BodyTimeout,
            format!(
                "the body did not arrive within {} s",
                limits.body_timeout.as_secs()
            ),
        )),
    }
}

/// The bytes of a body; none if there are more than `limit`.
async fn collect(mut body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut kept = Vec::new();
    let mut total = 0_u64;
    while let Some(frame) =
        std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await
    {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        total += u64::try_from(data.len()).unwrap_or(u64::MAX);
        if kept.len() + data.len() <= limit {
            kept.extend_from_slice(&data);
        }
        if total > DRAINED_BYTES {
            break;
        }
    }
    Ok((total == u64::try_from(kept.len()).unwrap_or(u64::MAX)).then_some(kept))
}

/// What is known of an answer once its first audio exists.
struct Opening {
    provider: String,
    voice: String,
    dropped_characters: usize,
}

/// A request that may be spoken.
struct Job {
    app: Arc<App>,
    engine: Arc<Engine>,
    context: Context,
    /// The span of the synthesis, once that may begin.
    synthesis: Span,
    request: SpeechRequest,
    /// Whether the client reads trailers.
    trailers: bool,
}

/// Leave to synthesise, and how long it was waited for.
struct Admitted {
    permit: OwnedSemaphorePermit,
    queued: Duration,
}

impl Job {
    async fn run(mut self) -> Result<Response, ApiError> {
        let asked = Instant::now();
        let waiting = spans::queue(&self.context.span);
        let permit = self.app.admit().await?;
        drop(waiting);
        let queued = asked.elapsed();
        self.app.queued(Instant::now(), queued);
        let admitted = Admitted { permit, queued };
        self.synthesis = spans::synthesis(&self.context.span, &self.request);
        let (app, synthesis) = (Arc::clone(&self.app), self.synthesis.clone());
        let result = if self.request.stream {
            pump::streamed(self, admitted).await
        } else {
            self.whole(admitted).await
        };
        result.map_err(|error| {
            app.metrics.broken();
            spans::failed(&synthesis, Code::from(&error).name());
            ApiError::from(error)
        })
    }

    async fn whole(self, admitted: Admitted) -> Result<Response, SpeechError> {
        let Admitted { permit, queued } = admitted;
        let cancel = Cancel::new();
        let _guard = CancelOnDrop(cancel.clone());
        let engine = Arc::clone(&self.engine);
        let utterance = self.request.utterance.clone();
        let format = self.request.format;
        let sample_rate = self.request.sample_rate;
        let timestamps = self.request.timestamps;
        let began = Instant::now();
        let (synthesis, log) = (self.synthesis.clone(), self.context.log.clone());
        let task = tokio::task::spawn_blocking(move || {
            let _log = log.entered();
            // The slot is taken until the work ends, even when nobody waits for it any more.
            let _permit = permit;
            let rendered = engine.render(&utterance, &cancel)?;
            let (encoding, since) = (spans::encoding(&synthesis), Instant::now());
            let mut bytes = encode::encode(format, sample_rate, &rendered.samples)?;
            spans::encoded(&encoding, since.elapsed());
            drop(encoding);
            if timestamps {
                let words = captions::captions(&utterance.text, &rendered.words);
                bytes = captions::whole(&bytes, format.media_type(), &words);
            }
            let opening = Opening {
                provider: rendered.provider,
                voice: rendered.voice,
                dropped_characters: rendered.dropped_characters,
            };
            let audio_seconds = seconds_of(rendered.samples.len());
            let counts = (rendered.segments, rendered.spelled_words);
            Ok((bytes, audio_seconds, counts, opening))
        });
        let (bytes, audio_seconds, (segments, spelled_words), opening) = task
            .await
            .map_err(|_| SpeechError::Synthesis("the synthesis thread died".to_owned()))??;
        let totals = Totals {
            total: self.context.started.elapsed(),
            synthesis_seconds: began.elapsed().as_secs_f64(),
            audio_seconds,
            underruns: 0,
            segments,
            spelled_words,
        };
        totals.count(&self.app.metrics);
        totals.tell(&self.synthesis);
        Ok(self.answer(&opening, queued, Some(&totals), Body::from(bytes)))
    }

    /// The answer, at the moment its first audio exists; with totals when that is all of it.
    fn answer(
        &self,
        opening: &Opening,
        queued: Duration,
        totals: Option<&Totals>,
        body: Body,
    ) -> Response {
        let ttfa = self.context.started.elapsed();
        self.synthesis
            .record("tts.ttfa_seconds", ttfa.as_secs_f64());
        self.app.metrics.first_audio(ttfa.as_secs_f64());
        self.app
            .metrics
            .accepted(self.request.characters, opening.dropped_characters);
        let mut response = body.into_response();
        let headers = response.headers_mut();
        self.name_speaker(opening, headers);
        if self.request.events {
            // A proxy that gathers events before it passes them on would make them pointless.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        let media_type = self.media_type();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let mut timing = vec![("queue", queued), ("ttfa", ttfa)];
        match totals {
            Some(totals) => {
                timing.push(("total", totals.total));
                totals.describe(headers);
            }
            None if self.takes_bare_audio() => {
                set(headers, "trailer", Totals::TRAILERS);
            }
            None => {}
        }
        set(headers, "server-timing", &server_timing(&timing));
        set(headers, "x-ttfa", &format!("{:.6}", ttfa.as_secs_f64()));
        set(
            headers,
            "x-dropped-characters",
            &opening.dropped_characters.to_string(),
        );
        if !self.request.ignored.is_empty() {
            set(headers, "x-ignored", &self.request.ignored.join(", "));
        }
        response.extensions_mut().insert(Spoken {
            characters: self.request.characters,
            ttfa,
        });
        response
    }

    fn media_type(&self) -> &'static str {
        let SpeechRequest {
            events,
            timestamps,
            stream,
            format,
            ..
        } = &self.request;
        match (events, timestamps, stream) {
            (true, ..) => "text/event-stream",
            (false, true, true) => "application/x-ndjson",
            (false, true, false) => "application/json",
            (false, false, _) => format.media_type(),
        }
    }

    /// Whether the client gets a stream of nothing but audio, and reads trailers.
    fn takes_bare_audio(&self) -> bool {
        self.trailers && !self.request.events && !self.request.timestamps
    }

    /// Says who spoke, and through what.
    fn name_speaker(&self, opening: &Opening, headers: &mut HeaderMap) {
        self.synthesis.record("tts.voice", &*opening.voice);
        self.synthesis.record("tts.provider", &*opening.provider);
        self.synthesis.record(
            "tts.dropped_characters",
            spans::whole(opening.dropped_characters),
        );
        set(headers, "x-provider", &opening.provider);
        set(headers, "x-tts-engine", &opening.provider);
        set(headers, "x-voice", &opening.voice);
        let info = self.engine.info();
        if info.provider == opening.provider {
            self.synthesis.record("tts.backend", &*info.backend);
            set(headers, "x-backend", &info.backend);
            set(headers, "x-execution-provider", &info.execution_provider);
            if let Some(digest) = &info.model_sha256 {
                set(headers, "x-model-digest", &format!("sha256:{digest}"));
            }
        } else {
            // After a fallback elsewhere the engine names another; then the provider's name has to do.
            set(headers, "x-backend", &opening.provider);
        }
    }
}

/// Seconds of that many samples.
#[expect(
    clippy::cast_precision_loss,
    reason = "audio of 2^53 samples does not happen"
)]
fn seconds_of(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests;
