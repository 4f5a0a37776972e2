//! What the environment asks for. Pure: how a variable is read is given.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use opentelemetry_sdk::trace::Sampler;
use ureq::http::{HeaderName, HeaderValue, Uri};

use crate::TelemetryError;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// How spans are exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where they are sent: the whole URL.
    pub endpoint: String,
    /// Longest time that a batch may take, with all that is tried again.
    pub timeout: Duration,
    /// The certificates that are trusted, and the variable that names them; none for Mozilla's list.
    pub certificates: Option<(&'static str, PathBuf)>,
    /// Which traces are exported.
    pub sampling: Sampling,
    /// Spans that wait at most; one more is lost.
    pub queue: usize,
    /// Spans sent at once, at most.
    pub batch: usize,
    /// Time between two batches that are not full.
    pub delay: Duration,
    /// Whether the environment says what the service is called.
    pub names_service: bool,
}

/// Which traces are exported. Those that a caller has begun: as the caller decided, unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// The share of the traces that begin here, from 0 to 1.
    pub share: f64,
    /// Whether the caller's decision comes first.
    pub follows_caller: bool,
}

impl Sampling {
    /// All traces, except those that their callers do not want.
    pub const ALL: Self = Self {
        share: 1.0,
        follows_caller: true,
    };

    pub(crate) fn sampler(self) -> Sampler {
        let own = Sampler::TraceIdRatioBased(self.share);
        if self.follows_caller {
            Sampler::ParentBased(Box::new(own))
        } else {
            own
        }
    }
}

impl Settings {
    /// To a collector, with the defaults of the specification.
    #[must_use]
    pub fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            timeout: Duration::from_secs(10),
            certificates: None,
            sampling: Sampling::ALL,
            queue: 2048,
            batch: 512,
            delay: Duration::from_secs(5),
            names_service: false,
        }
    }

    /// What the environment asks for; none when it names no collector, or wants no traces.
    ///
    /// # Errors
    /// When a variable says what nobody can do.
    pub fn read(
        variable: impl Fn(&'static str) -> Option<OsString>,
    ) -> Result<Option<Self>, TelemetryError> {
        let environment = Environment(variable);
        if environment.is_off()? {
            return Ok(None);
        }
        let Some(endpoint) = environment.endpoint()? else {
            return Ok(None);
        };
        environment.check_protocol()?;
        environment.check_compression()?;
        environment.check_headers()?;
        let default = Self::new(endpoint);
        let queue = environment
            .count("OTEL_BSP_MAX_QUEUE_SIZE")?
            .unwrap_or(default.queue);
        let batch = environment
            .count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")?
            .unwrap_or(default.batch);
        let timeout = environment.milliseconds(&[
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
            "OTEL_EXPORTER_OTLP_TIMEOUT",
        ])?;
        Ok(Some(Self {
            timeout: timeout.unwrap_or(default.timeout),
            certificates: environment.certificates()?,
            sampling: environment.sampling()?,
            queue,
            batch: batch.min(queue),
            delay: environment
                .milliseconds(&["OTEL_BSP_SCHEDULE_DELAY"])?
                .unwrap_or(default.delay),
            names_service: environment.names_service()?,
            ..default
        }))
    }

    /// The collector, by host and port: what an address holds besides may be a secret.
    #[must_use]
    pub fn collector(&self) -> String {
        let Ok(address) = self.endpoint.parse::<Uri>() else {
            return "an address that is none".to_owned();
        };
        let host = address.host().unwrap_or_default();
        match address.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// Variables, as the specification reads them: an empty one is none.
struct Environment<F>(F);

impl<F: Fn(&'static str) -> Option<OsString>> Environment<F> {
    fn text(&self, name: &'static str) -> Result<Option<String>, TelemetryError> {
        match self.0(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => {
                let text = text.trim();
                Ok((!text.is_empty()).then(|| text.to_owned()))
            }
            Some(Err(_)) => Err(wrong(name, "text in UTF-8", "bytes that are none")),
        }
    }

    /// The first of these that is set, and its name.
    fn first(
        &self,
        names: &[&'static str],
    ) -> Result<Option<(&'static str, String)>, TelemetryError> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some((name, text)));
            }
        }
        Ok(None)
    }

    /// Whether traces are not wanted, whatever else is set.
    fn is_off(&self) -> Result<bool, TelemetryError> {
        let disabled = self.text("OTEL_SDK_DISABLED")?;
        if disabled.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Ok(true);
        }
        const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
        match self.text(EXPORTER)?.as_deref() {
            None | Some("otlp") => Ok(false),
            Some("none") => Ok(true),
            Some(other) => Err(wrong(EXPORTER, "otlp or none", &quoted(other))),
        }
    }

    fn endpoint(&self) -> Result<Option<String>, TelemetryError> {
        let Some((name, text)) = self.first(&[TRACES_ENDPOINT, ENDPOINT])? else {
            return Ok(None);
        };
        let address: Option<Uri> = text.parse().ok();
        let is_usable = address.is_some_and(|address| {
            matches!(address.scheme_str(), Some("http" | "https"))
                && address.host().is_some_and(|host| !host.is_empty())
        });
        if !is_usable {
            return Err(wrong(
                name,
                "an address such as http://localhost:4318",
                "one that is none",
            ));
        }
        Ok(Some(if name == ENDPOINT {
            format!("{}/v1/traces", text.trim_end_matches('/'))
        } else {
            text
        }))
    }

    fn check_protocol(&self) -> Result<(), TelemetryError> {
        let found = self.first(&[
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
        ])?;
        match found {
            Some((name, text)) if text != "http/protobuf" => Err(wrong(
                name,
                "http/protobuf (a collector has it on port 4318)",
                &quoted(&text),
            )),
            _ => Ok(()),
        }
    }

    fn check_compression(&self) -> Result<(), TelemetryError> {
        let found = self.first(&[
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "OTEL_EXPORTER_OTLP_COMPRESSION",
        ])?;
        match found {
            Some((name, text)) if !["gzip", "none"].contains(&text.as_str()) => {
                Err(wrong(name, "gzip or none", &quoted(&text)))
            }
            _ => Ok(()),
        }
    }

    /// What the exporter would leave out without a word.
    fn check_headers(&self) -> Result<(), TelemetryError> {
        let found = self.first(&[
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
            "OTEL_EXPORTER_OTLP_HEADERS",
        ])?;
        let Some((name, text)) = found else {
            return Ok(());
        };
        let is_header = |entry: &str| {
            entry.split_once('=').is_some_and(|(key, value)| {
                HeaderName::try_from(key.trim()).is_ok()
                    && !value.trim().is_empty()
                    && HeaderValue::try_from(value.trim()).is_ok()
            })
        };
        match text
            .split_terminator(',')
            .position(|entry| !is_header(entry))
        {
            // The entry itself may be a key.
            Some(index) => Err(wrong(
                name,
                "NAME=VALUE,NAME=VALUE of headers",
                &format!("something else in place {}", index + 1),
            )),
            None => Ok(()),
        }
    }

    fn certificates(&self) -> Result<Option<(&'static str, PathBuf)>, TelemetryError> {
        let found = self.first(&[
            "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_CERTIFICATE",
            "SSL_CERT_FILE",
        ])?;
        Ok(found.map(|(name, path)| (name, path.into())))
    }

    fn sampling(&self) -> Result<Sampling, TelemetryError> {
        const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
        let Some(sampler) = self.text(SAMPLER)? else {
            return Ok(Sampling::ALL);
        };
        let follows_caller = sampler.starts_with("parentbased_");
        let share = match sampler.trim_start_matches("parentbased_") {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => self.share()?,
            _ => {
                return Err(wrong(
                    SAMPLER,
                    "always_on, always_off or traceidratio, or one of them behind parentbased_",
                    &quoted(&sampler),
                ));
            }
        };
        Ok(Sampling {
            share,
            follows_caller,
        })
    }

    fn share(&self) -> Result<f64, TelemetryError> {
        const SHARE: &str = "OTEL_TRACES_SAMPLER_ARG";
        let Some(text) = self.text(SHARE)? else {
            return Ok(1.0);
        };
        text.parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| wrong(SHARE, "a number from 0 to 1", &quoted(&text)))
    }

    fn count(&self, name: &'static str) -> Result<Option<usize>, TelemetryError> {
        const MOST: usize = 1 << 20;
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(count) if (1..=MOST).contains(&count) => Ok(Some(count)),
            _ => Err(wrong(
                name,
                &format!("a number from 1 to {MOST}"),
                &quoted(&text),
            )),
        }
    }

    fn milliseconds(&self, names: &[&'static str]) -> Result<Option<Duration>, TelemetryError> {
        const LONGEST: u64 = 3_600_000;
        let Some((name, text)) = self.first(names)? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if (1..=LONGEST).contains(&number) => {
                Ok(Some(Duration::from_millis(number)))
            }
            _ => Err(wrong(
                name,
                &format!("milliseconds from 1 to {LONGEST}"),
                &quoted(&text),
            )),
        }
    }

    fn names_service(&self) -> Result<bool, TelemetryError> {
        let attributes = self.text("OTEL_RESOURCE_ATTRIBUTES")?.unwrap_or_default();
        let is_attribute = attributes
            .split(',')
            .filter_map(|entry| entry.split_once('='))
            .any(|(key, _)| key.trim() == "service.name");
        Ok(is_attribute || self.text("OTEL_SERVICE_NAME")?.is_some())
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", text.escape_debug())
}

fn wrong(variable: &'static str, expected: &str, found: &str) -> TelemetryError {
    TelemetryError::Variable {
        variable,
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

#[cfg(test)]
mod tests;
