//! Health, readiness, status and metrics.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::ApiError;

/// Whether the server can speak.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Online,
    Initializing,
}

/// Answer of `/health`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `online` once the engine can speak.
    status: Phase,
}

/// Answer of `/healthz`: the process lives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `ok`.
    status: &'static str,
    /// Name of the service.
    service: &'static str,
}

/// Answer of `/readyz`: the engine can speak.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Always true; a server that is not ready answers 503.
    ready: bool,
}

/// Answer of `/status`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    /// Whether the engine can speak.
    model_loaded: bool,
    /// Where synthesis can run, the one in use first; empty while loading.
    providers: Vec<String>,
    /// What really speaks: `kokoro`, `hedgerow` or `espeak`; null while loading.
    #[schema(required)]
    provider: Option<String>,
    /// Runtime and version that executes it; null while loading.
    #[schema(required)]
    backend: Option<String>,
    /// SHA-256 of the model file; null where there is no model.
    #[schema(required)]
    model_sha256: Option<String>,
    performance_stats: PerformanceStats,
    hardware_acceleration: HardwareAcceleration,
    process: Process,
    /// Version of the engine.
    version: &'static str,
    /// Seconds since the server started.
    #[schema(minimum = 0)]
    uptime: f64,
}

/// How the server did since it started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PerformanceStats {
    /// Mean time of a synthesis, in milliseconds; null before the first.
    #[schema(required, minimum = 0)]
    avg_inference_time_ms: Option<f64>,
    /// Requests to speak, of any outcome.
    #[schema(minimum = 0)]
    total_requests: u64,
    /// Texts spoken to their end, of those that were begun; null before the first.
    #[schema(required, minimum = 0, maximum = 1)]
    success_rate: Option<f64>,
}

/// Which accelerators are there and in use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HardwareAcceleration {
    /// Whether CoreML is there.
    coreml_available: bool,
    /// Whether CoreML executes the model.
    coreml_enabled: bool,
    /// How often another provider had to speak instead.
    #[schema(minimum = 0)]
    fallback_count: u64,
}

/// The server as a process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Process {
    /// Process id.
    #[schema(minimum = 1)]
    pid: u32,
    /// Resident memory, in bytes; null where the system does not say.
    #[schema(required, minimum = 0)]
    rss_bytes: Option<u64>,
}

/// Resident memory of this process, where the system says it.
pub(crate) fn resident_bytes() -> Option<u64> {
    memory_stats::memory_stats().and_then(|stats| u64::try_from(stats.physical_mem).ok())
}

/// Processor time of this process, user and system, in seconds; where the system says it.
pub(crate) fn cpu_seconds() -> Option<f64> {
    cpu_seconds_of(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// The fields `utime` and `stime` of Linux' `/proc/PID/stat` (proc_pid_stat(5)), in ticks of a hundredth of a second on every machine.
fn cpu_seconds_of(stat: &str) -> Option<f64> {
    // The name before them is in parentheses and may hold blanks.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_ascii_whitespace().skip(11).map(str::parse);
    let (user, system): (u32, u32) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some((f64::from(user) + f64::from(system)) / 100.0)
}

/// GET /health
pub(crate) async fn health(State(app): State<Arc<App>>) -> Json<Health> {
    let status = if app.engine().is_some() {
        Phase::Online
    } else {
        Phase::Initializing
    };
    Json(Health { status })
}

/// GET /healthz
pub(crate) async fn healthz() -> Json<Liveness> {
    Json(Liveness {
        status: "ok",
        service: "kokoro",
    })
}

/// GET /readyz
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Readiness>, ApiError> {
    app.ready()?;
    Ok(Json(Readiness { ready: true }))
}

/// GET /status
pub(crate) async fn status(State(app): State<Arc<App>>) -> Json<Status> {
    let summary = app.metrics.summary();
    let info = app.engine().map(|engine| engine.info());
    let fallback_count = info.as_ref().map_or(0, |info| info.fallback_count);
    let coreml = info
        .as_ref()
        .is_some_and(|info| info.execution_provider == "coreml");
    let (providers, provider, backend, model_sha256) = match info {
        Some(info) => (
            vec![info.execution_provider],
            Some(info.provider),
            Some(info.backend),
            info.model_sha256,
        ),
        None => (Vec::new(), None, None, None),
    };
    Json(Status {
        model_loaded: app.engine().is_some(),
        providers,
        provider,
        backend,
        model_sha256,
        performance_stats: PerformanceStats {
            avg_inference_time_ms: summary.mean_synthesis_ms,
            total_requests: summary.speech_requests,
            success_rate: summary.success_rate,
        },
        hardware_acceleration: HardwareAcceleration {
            coreml_available: coreml,
            coreml_enabled: coreml,
            fallback_count,
        },
        process: Process {
            pid: std::process::id(),
            rss_bytes: resident_bytes(),
        },
        version: env!("CARGO_PKG_VERSION"),
        uptime: app.started.elapsed().as_secs_f64(),
    })
}

/// GET /metrics
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        app.metrics.exposition(app.gauges()),
    )
}

#[cfg(test)]
mod tests;
