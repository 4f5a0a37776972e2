//! How the collector is asked. Blocking: the exporter has a thread of its own.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response, ResponseBodyTooLarge};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::losses::Losses;
use crate::{Settings, TelemetryError};

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// The collector at the other end.
#[derive(Debug)]
pub(crate) struct Collector {
    agent: Agent,
    losses: Arc<Losses>,
}

impl Collector {
    /// One that is asked as the settings say. From https it is never led to anything less.
    pub(crate) fn new(settings: &Settings, losses: Arc<Losses>) -> Result<Self, TelemetryError> {
        let roots = match &settings.certificates {
            None => RootCerts::WebPki,
            Some((variable, path)) => RootCerts::Specific(Arc::new(trusted(variable, path)?)),
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(settings.endpoint.starts_with("https:"))
            .timeout_global(Some(settings.timeout))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .into();
        Ok(Self { agent, losses })
    }

    fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(parts, &*body));
        let (parts, mut body) = answer
            .inspect_err(|error| self.losses.because(error.to_string()))?
            .into_parts();
        let bytes = match body
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_to_vec()
            .inspect_err(|error| self.losses.because(error.to_string()))
        {
            Err(ureq::Error::BodyExceedsLimit(_)) => return Err(ResponseBodyTooLarge::new().into()),
            read => read?,
        };
        if parts.status.is_success() {
            self.look(&bytes);
        }
        Ok(Response::from_parts(parts, bytes.into()))
    }

    /// A collector may take a batch and say which part of it not.
    fn look(&self, answer: &[u8]) {
        // An answer that is none says nothing about spans; the exporter looks at its status alone, too.
        let Ok(answer) = ExportTraceServiceResponse::decode(answer) else {
            return;
        };
        if let Some(partial) = answer.partial_success
            && (partial.rejected_spans > 0 || !partial.error_message.is_empty())
        {
            self.losses
                .rejected(partial.rejected_spans, &partial.error_message);
        }
    }
}

/// What `#[async_trait]` makes of an `async fn`.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Collector {
    fn send_bytes<'this, 'answer>(&'this self, request: Request<Bytes>) -> Answer<'answer>
    where
        'this: 'answer,
        Self: 'answer,
    {
        Box::pin(async move { self.ask(request) })
    }
}

fn trusted(
    variable: &'static str,
    path: &Path,
) -> Result<Vec<Certificate<'static>>, TelemetryError> {
    let wrong = |reason: String| TelemetryError::Certificates {
        variable,
        path: path.display().to_string(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let mut list = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            list.push(certificate);
        }
    }
    if list.is_empty() {
        return Err(wrong("it holds none".to_owned()));
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
