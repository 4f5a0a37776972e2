//! Traces for a collector of OpenTelemetry, in a build that has the feature `otlp`; in any other a word that it has not.

use kokoro_server::Server;
use tracing_subscriber::{Layer, Registry};

use crate::exit::CliError;

/// What collects spans beside the log.
pub(super) type TraceLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Traces on their way to the collector that the environment names, if it names one.
#[cfg(feature = "otlp")]
pub(super) struct Export(Option<kokoro_telemetry::Traces>);

#[cfg(feature = "otlp")]
impl Export {
    pub(super) fn from_environment() -> Result<Self, CliError> {
        kokoro_telemetry::Traces::from_environment("kokoro")
            .map(Self)
            .map_err(|error| CliError::Usage(error.to_string()))
    }

    pub(super) fn layer(&self) -> Option<TraceLayer> {
        self.0
            .as_ref()
            .map(|traces| traces.layer(kokoro_server::TRACE_TARGET))
    }

    /// The server, whose requests join the traces of their callers.
    pub(super) fn join(&self, server: Server) -> Server {
        if self.0.is_some() {
            server.traced(kokoro_telemetry::join)
        } else {
            server
        }
    }

    /// Says where traces go.
    pub(super) fn say(&self) {
        if let Some(traces) = &self.0 {
            tracing::info!(collector = traces.collector(), "traces are exported");
        }
    }

    /// Exports what is left.
    pub(super) fn end(self) {
        if let Some(traces) = self.0 {
            traces.end();
        }
    }
}

/// Nothing, and the variable that asks for more.
#[cfg(not(feature = "otlp"))]
pub(super) struct Export(Option<&'static str>);

#[cfg(not(feature = "otlp"))]
impl Export {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a build with the feature can find a variable it cannot follow"
    )]
    pub(super) fn from_environment() -> Result<Self, CliError> {
        Ok(Self(unheard(|name| std::env::var_os(name))))
    }

    #[expect(clippy::unused_self, reason = "a build with the feature has one")]
    pub(super) fn layer(&self) -> Option<TraceLayer> {
        None
    }

    #[expect(clippy::unused_self, reason = "a build with the feature needs it")]
    pub(super) fn join(&self, server: Server) -> Server {
        server
    }

    /// Says what is asked for and not done.
    pub(super) fn say(&self) {
        if let Some(variable) = self.0 {
            tracing::warn!(
                variable,
                "a collector of traces is named, and this build exports none; build it with `--features otlp`, or unset the variable"
            );
        }
    }

    pub(super) fn end(self) {}
}

/// The variable that names a collector this build does not know what to do with.
#[cfg(not(feature = "otlp"))]
fn unheard(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<&'static str> {
    let is = |name: &str, text: &str| {
        variable(name).is_some_and(|value| value.eq_ignore_ascii_case(text))
    };
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return None;
    }
    [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]
    .into_iter()
    .find(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(all(test, not(feature = "otlp")))]
mod tests;
