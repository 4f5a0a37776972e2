//! Traces for a collector of OpenTelemetry.
//!
//! In: OpenTelemetry's environment variables, spans of `tracing`. Out: spans by OTLP over HTTP, in batches, from a thread of its
//! own; log lines that say when spans are lost, and how many were.
//! Never: a span sent anywhere unless the environment names a collector; work that waits for the collector; a queue
//! without a bound.

mod collector;
mod losses;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{TraceContextExt as _, TraceId, TracerProvider as _};
use opentelemetry::{Context, InstrumentationScope, propagation::TextMapPropagator as _};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tracing::{Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Layer, Registry};
use ureq::http::HeaderMap;

use collector::Collector;
use losses::{Bounded, Counted, Losses};
pub use settings::{Sampling, Settings};

/// What collects spans beside the log.
pub type TraceLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Longest wait for the last spans to be taken.
const LONGEST_END: Duration = Duration::from_secs(5);

/// Why traces cannot be exported as the environment asks.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A variable says what nobody can do.
    #[error("{variable}: expected {expected}, found {found}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What it can say.
        expected: String,
        /// What it says; never a secret.
        found: String,
    },
    /// A file of certificates that holds none.
    #[error(
        "{variable}: expected a file of certificates in PEM at {path}: {reason}; name another, or none for Mozilla's list"
    )]
    Certificates {
        /// The variable that names it.
        variable: &'static str,
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The exporter refuses its configuration.
    #[error("traces cannot be exported: {0}")]
    Exporter(String),
}

/// Traces on their way to a collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    losses: Arc<Losses>,
    patience: Duration,
    collector: String,
}

impl Traces {
    /// Begins to export what the environment asks for; none when it names no collector.
    ///
    /// # Errors
    /// When a variable says what nobody can do.
    pub fn from_environment(service: &'static str) -> Result<Option<Self>, TelemetryError> {
        Settings::read(std::env::var_os)?
            .map(|settings| Self::begin(&settings, service))
            .transpose()
    }

    /// Begins to export spans; headers, compression, the size of a batch and attributes of the resource still come from the environment.
    ///
    /// # Errors
    /// When there are no certificates where the settings say, or the exporter refuses its configuration.
    pub fn begin(settings: &Settings, service: &'static str) -> Result<Self, TelemetryError> {
        let refused = |error: &dyn std::fmt::Display| TelemetryError::Exporter(error.to_string());
        let losses = Arc::new(Losses::default());
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(settings, Arc::clone(&losses))?)
            .with_endpoint(&settings.endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(settings.timeout)
            .build()
            .map_err(|error| refused(&error))?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(settings.queue)
            .with_max_export_batch_size(settings.batch)
            .with_scheduled_delay(settings.delay)
            .build();
        let processor =
            BatchSpanProcessor::new(Counted::new(exporter, Arc::clone(&losses)), batches);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(settings, service))
            .with_sampler(settings.sampling.sampler())
            .with_span_processor(Bounded::new(processor, Arc::clone(&losses), settings.queue))
            .build();
        Ok(Self {
            provider,
            losses,
            patience: settings.timeout.min(LONGEST_END),
            collector: settings.collector(),
        })
    }

    /// The collector, by host and port: safe to say.
    #[must_use]
    pub fn collector(&self) -> &str {
        &self.collector
    }

    /// Collects the spans of a target.
    #[must_use]
    pub fn layer(&self, target: &'static str) -> TraceLayer {
        let scope = InstrumentationScope::builder(target)
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        // What is left out says nothing of a request: source lines, threads, and how often a span was entered.
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer_with_scope(scope))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(Targets::new().with_target(target, Level::DEBUG))
            .boxed()
    }

    /// Exports what is left, and says what was lost. Waits for five seconds at most.
    pub fn end(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(self.patience) {
            tracing::warn!(%error, "the last spans may not have reached the collector of traces");
        }
        self.losses.say();
    }
}

/// Joins a span to the trace that the caller has begun (W3C Trace Context), and tells the id of its trace; none where
/// the span is not collected.
#[must_use]
pub fn join(span: &Span, headers: &HeaderMap) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let caller = TraceContextPropagator::new()
        .extract_with_context(&Context::new(), &HeaderExtractor(headers));
    if caller.span().span_context().is_valid() {
        // A span that no layer of ours collects has no trace to join; then there is no id, either.
        let _ = span.set_parent(caller);
    }
    let trace = span.context().span().span_context().trace_id();
    (trace != TraceId::INVALID).then(|| trace.to_string())
}

/// What the spans come from.
fn resource(settings: &Settings, service: &'static str) -> Resource {
    let resource = Resource::builder();
    if settings.names_service {
        resource.build()
    } else {
        resource.with_service_name(service).build()
    }
}

#[cfg(test)]
mod tests;
