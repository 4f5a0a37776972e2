//! Fulcio and Rekor over HTTPS, and where an identity token comes from: the network part of
//! [`caws_attest::sigstore::keyless`].
//!
//! The token goes to the certificate authority alone: over HTTPS (plain HTTP on this machine's loopback only), and no
//! redirect is followed.

use std::ffi::OsStr;
use std::io::Read as _;
use std::time::Duration;

use caws_attest::keys::Zeroizing;
use caws_attest::sigstore::keyless::{ANSWER_LIMIT, IdentityToken, Services, TokenError};
use serde::Deserialize;
use url::{Host as UrlHost, Url};

use crate::host::Host;

/// The certificate authority of the public instance.
pub const FULCIO: &str = "https://fulcio.sigstore.dev";
/// The transparency log of the public instance.
pub const REKOR: &str = "https://rekor.sigstore.dev";
/// How long one request may take.
pub const DEADLINE: Duration = Duration::from_secs(60);
/// Most characters of what a service says of an error.
const SAID: usize = 300;
/// For whom a token of GitHub has to be.
const AUDIENCE: &str = "sigstore";

const TOKEN: &str = "SIGSTORE_ID_TOKEN";
const REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// Why there is no token, or nobody to send it to.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Not where a secret may be sent.
    #[error(
        "expected an https:// address of {what} (http:// only on this machine), found `{found}`"
    )]
    Address {
        /// Whose.
        what: &'static str,
        /// What was given.
        found: String,
    },
    /// Nobody says who we are.
    #[error(
        "expected an identity token in {TOKEN}, or {REQUEST_URL} and {REQUEST_TOKEN} as GitHub Actions sets them with `permissions: id-token: write`, found neither"
    )]
    NoToken,
    /// GitHub gave none.
    #[error("expected an identity token from GitHub's {REQUEST_URL}, found: {0}")]
    GitHub(String),
    /// What stands there is none.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Where a token comes from.
pub struct Source(Kind);

enum Kind {
    Given(Zeroizing<String>),
    GitHub { url: Url, bearer: Zeroizing<String> },
}

impl std::fmt::Debug for Source {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Given(_) => "Source(given)",
            Kind::GitHub { .. } => "Source(GitHub)",
        })
    }
}

impl Source {
    /// What the environment offers: `SIGSTORE_ID_TOKEN`, else GitHub's.
    ///
    /// # Errors
    /// When it offers nothing, or an address that no secret may be sent to.
    pub fn of(host: &Host) -> Result<Self, SetupError> {
        let set = |name: &str| {
            let value = host.vars.get(OsStr::new(name))?.to_str()?.trim();
            (!value.is_empty()).then(|| Zeroizing::new(value.to_owned()))
        };
        if let Some(token) = set(TOKEN) {
            return Ok(Self(Kind::Given(token)));
        }
        let (Some(url), Some(bearer)) = (set(REQUEST_URL), set(REQUEST_TOKEN)) else {
            return Err(SetupError::NoToken);
        };
        let mut url = address(REQUEST_URL, &url)?;
        url.query_pairs_mut().append_pair("audience", AUDIENCE);
        Ok(Self(Kind::GitHub { url, bearer }))
    }

    /// A token. GitHub's counts for some minutes, so it is asked for when it is needed.
    ///
    /// # Errors
    /// When GitHub gives none, or it is no token.
    pub fn token(self, within: Duration) -> Result<IdentityToken, SetupError> {
        #[derive(Deserialize)]
        struct Answer {
            value: String,
        }
        let (url, bearer) = match self.0 {
            Kind::Given(token) => return Ok(IdentityToken::new(token)?),
            Kind::GitHub { url, bearer } => (url, bearer),
        };
        let header = Zeroizing::new(format!("Bearer {}", *bearer));
        let sent = agent(&url, within)
            .get(url.as_str())
            .header("authorization", header.as_str())
            .call();
        let masked = |said: String| SetupError::GitHub(said.replace(bearer.as_str(), "***"));
        let body = Zeroizing::new(answer(sent).map_err(masked)?);
        let parsed: Result<Answer, _> = serde_json::from_slice(&body);
        // What stands there may be the token in another place: none of it is shown.
        let answer = parsed
            .map_err(|_| SetupError::GitHub("an answer that is no JSON with `value`".to_owned()))?;
        Ok(IdentityToken::new(Zeroizing::new(answer.value))?)
    }
}

/// A certificate authority and a transparency log, by their addresses.
#[derive(Debug)]
pub struct Remote {
    fulcio: Url,
    rekor: Url,
    within: Duration,
}

impl Remote {
    /// Those at these addresses; each request ends `within` a time, [`DEADLINE`] in a program.
    ///
    /// # Errors
    /// An address that is none, or of another scheme.
    pub fn new(fulcio: &str, rekor: &str, within: Duration) -> Result<Self, SetupError> {
        Ok(Self {
            fulcio: address("the certificate authority (--fulcio-url)", fulcio)?,
            rekor: address("the transparency log (--rekor-url)", rekor)?,
            within,
        })
    }

    fn post(&self, base: &Url, path: &str, body: &[u8]) -> Result<Vec<u8>, String> {
        let address = format!("{}{path}", base.as_str().trim_end_matches('/'));
        let sent = agent(base, self.within)
            .post(&address)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .send(body);
        answer(sent).map_err(|why| format!("{why} ({address})"))
    }
}

impl Services for Remote {
    fn certificate(&mut self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.post(&self.fulcio, "/api/v2/signingCert", request)
    }

    fn log_entry(&mut self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.post(&self.rekor, "/api/v1/log/entries", request)
    }
}

/// An address that a secret may be sent to.
fn address(what: &'static str, text: &str) -> Result<Url, SetupError> {
    let wrong = || SetupError::Address {
        what,
        found: text.to_owned(),
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if plain && url.host().is_some() && (url.scheme() == "https" || is_local(&url)) {
        return Ok(url);
    }
    Err(wrong())
}

fn is_local(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(UrlHost::Ipv4(address)) => address.is_loopback(),
            Some(UrlHost::Ipv6(address)) => address.is_loopback(),
            Some(UrlHost::Domain(name)) => name == "localhost",
            None => false,
        }
}

fn agent(url: &Url, within: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(within))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false);
    // A proxy of the environment would see what goes to this machine in the clear.
    let config = if is_local(url) {
        config.proxy(None)
    } else {
        config
    };
    config.build().into()
}

/// The body of an answer of success; else what the service says.
fn answer(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, String> {
    let mut response = sent.map_err(|error| error.to_string())?;
    let status = response.status();
    let limit = u64::try_from(ANSWER_LIMIT).unwrap_or(u64::MAX);
    let mut body = Vec::new();
    let mut reader = response.body_mut().as_reader().take(limit + 1);
    reader
        .read_to_end(&mut body)
        .map_err(|error| error.to_string())?;
    if body.len() > ANSWER_LIMIT {
        return Err(format!("more than {ANSWER_LIMIT} bytes"));
    }
    if status.is_success() {
        return Ok(body);
    }
    Err(format!("status {}: {}", status.as_u16(), said(&body)))
}

/// What a service says of an error: its `message`, else the beginning of the text, in one line.
fn said(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Problem {
        message: String,
    }
    let text = match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => problem.message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    // Cut after the secret could have been taken out, a part of one would be left: nothing that long is cut within.
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut short = String::new();
    for word in words {
        if short.len() + word.len() > SAID.max(word.len()) {
            short.push_str("...");
            break;
        }
        short.push_str(word);
        short.push(' ');
    }
    short.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
