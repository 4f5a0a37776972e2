//! What all handlers share, and the table of routes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::{get, post};
use kokoro_speech::Engine;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::{self, Access, Guard};
use crate::error::{ApiError, Code};
use crate::limits::Limits;
use crate::metrics::{Gauges, Metrics};
use crate::spans::Join;
use crate::wait::QueueWait;
use crate::{answers, observe, pages, speech, system, voices};

/// The routes that speak.
pub(crate) const SPEECH_ROUTES: [&str; 3] = [OPENAI_ROUTE, "/v1/tts", CAPTIONED_ROUTE];

/// The route that clients of Kokoro-FastAPI ask for the times of words.
pub(crate) const CAPTIONED_ROUTE: &str = "/dev/captioned_speech";

/// The route that OpenAI's clients ask: its errors and defaults are theirs.
pub(crate) const OPENAI_ROUTE: &str = "/v1/audio/speech";

/// State of one server.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) guard: Guard,
    pub(crate) started: Instant,
    /// The same, in seconds since 1970.
    pub(crate) began: u64,
    /// Joins requests to the traces of their callers, where traces are collected.
    pub(crate) join: OnceLock<Join>,
    engine: OnceLock<Arc<Engine>>,
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    waits: QueueWait,
}

impl App {
    /// A server that is still loading, for everybody.
    #[cfg(test)]
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Self::guarded(limits, Access::default())
    }

    /// A server that is still loading.
    pub(crate) fn guarded(limits: Limits, access: Access) -> Arc<Self> {
        Arc::new(Self {
            guard: Guard::new(access),
            slots: Arc::new(Semaphore::new(limits.concurrency)),
            waiting: AtomicUsize::new(0),
            waits: QueueWait::default(),
            metrics: Metrics::default(),
            started: Instant::now(),
            // A clock before 1970 is no reason not to serve.
            began: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
            join: OnceLock::new(),
            engine: OnceLock::new(),
            limits,
        })
    }

    /// Loading is over. Only the first engine counts.
    pub(crate) fn loaded(&self, engine: Engine) {
        // A second engine would change voices under running requests.
        let _ = self.engine.set(Arc::new(engine));
    }

    /// The engine, once it is loaded.
    pub(crate) fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.get()
    }

    /// The engine, or the answer to a client that came too early.
    pub(crate) fn ready(&self) -> Result<Arc<Engine>, ApiError> {
        self.engine().cloned().ok_or_else(ApiError::not_loaded)
    }

    /// Waits for a free synthesis slot, in a queue of bounded length.
    ///
    /// # Errors
    /// 503 at once when the queue is full; it says to come again after what others have waited of late.
    pub(crate) async fn admit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(&self.waiting, self.limits.queue)
            .map_err(|full| full.retry_after(self.waits.retry_after(Instant::now())))?;
        Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|_| ApiError::new(Code::InternalError, "the server is stopping"))
    }

    /// A request was let in now, after so long in the queue.
    pub(crate) fn queued(&self, now: Instant, waited: Duration) {
        self.metrics.queued(waited.as_secs_f64());
        self.waits.observe(now, waited);
    }

    /// Gauges of this moment.
    pub(crate) fn gauges(&self) -> Gauges {
        Gauges {
            queue_depth: self.waiting.load(Ordering::Acquire),
            active_requests: self
                .limits
                .concurrency
                .saturating_sub(self.slots.available_permits()),
            rss_bytes: system::resident_bytes().unwrap_or_default(),
            cpu_seconds: system::cpu_seconds(),
            uptime_seconds: self.started.elapsed().as_secs_f64(),
            fallbacks: self
                .engine()
                .map_or(0, |engine| engine.info().fallback_count),
        }
    }
}

/// A place in the queue, given back when dropped.
#[derive(Debug)]
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, limit: usize) -> Result<Self, ApiError> {
        let taken = waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, |length| {
            (length < limit).then_some(length + 1)
        });
        match taken {
            Ok(_) => Ok(Self(waiting)),
            Err(length) => Err(ApiError::new(
                Code::QueueFull,
                format!("{length} requests are waiting already; try again in a moment"),
            )),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Every route of the server.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in SPEECH_ROUTES {
        router = router.route(route, post(speech::speak));
    }
    router = router
        .route("/", get(pages::speak))
        .route("/docs", get(pages::docs))
        .route("/docs/", get(pages::docs_folder))
        .route("/assets/{name}", get(pages::asset))
        .route("/health", get(system::health))
        .route("/healthz", get(system::healthz))
        .route("/readyz", get(system::readyz))
        .route("/status", get(system::status))
        .route("/metrics", get(system::metrics))
        .route("/voices", get(voices::list))
        .route("/v1/audio/voices", get(voices::openai))
        .route("/v1/audio/models", get(voices::audio_models))
        .route("/v1/models", get(voices::models))
        .route("/v1/models/{model}", get(voices::model))
        .route("/openapi.json", get(answers::openapi_json))
        .route("/openapi.yaml", get(answers::openapi_yaml))
        .fallback(answers::not_found)
        .method_not_allowed_fallback(answers::method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(app),
            access::guard,
        ));
    // Around the guard: a page has to be able to read a refusal.
    if let Some(cors) = access::layer(&app.guard.access.origins) {
        router = router.layer(cors);
    }
    router
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(app),
            observe::observe,
        ))
        .with_state(Arc::clone(app))
}

#[cfg(test)]
mod tests;
