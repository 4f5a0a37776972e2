//! How servers are asked.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::{Broken, Patience};
use crate::error::{StoreError, failed};

/// An agent for a URL. From https it is never led to anything less. Certificates are checked against Mozilla's list, or against the
/// file the user names, as a network that reads what passes through it needs.
pub(super) fn agent(
    url: &str,
    patience: &Patience,
    certificates: Option<OsString>,
) -> Result<Agent, StoreError> {
    let roots = match certificates.filter(|path| !path.is_empty()) {
        None => RootCerts::WebPki,
        Some(path) => RootCerts::Specific(Arc::new(trusted(&PathBuf::from(path))?)),
    };
    Ok(Agent::config_builder()
        .http_status_as_error(false)
        .https_only(url.starts_with("https:"))
        .user_agent(concat!("kokoro/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(patience.connect))
        .timeout_recv_response(Some(patience.read))
        .timeout_per_read(Some(patience.read))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build()
        .into())
}

fn trusted(path: &Path) -> Result<Vec<Certificate<'static>>, StoreError> {
    let wrong = |reason: String| StoreError::Certificates {
        path: path.to_path_buf(),
        reason,
    };
    let pem = std::fs::read(path).map_err(failed("read", path))?;
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

/// What it means that a request had no answer: a network may come back, a wrong address or certificate will not mend itself.
pub(super) fn unreachable(url: &str, error: &ureq::Error) -> Broken {
    let reason = match error {
        ureq::Error::HostNotFound => "there is no such host, or no network".to_owned(),
        other => other.to_string(),
    };
    let network = StoreError::Network {
        url: url.to_owned(),
        reason,
    };
    match error {
        ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => {
            Broken::Again(network)
        }
        _ => Broken::Final(network),
    }
}
