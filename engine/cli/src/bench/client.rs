//! The HTTP client: sends one request and notes when which bytes came.

use std::io::Read as _;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::order::Envelope;
use super::playback::{Arrival, add, seconds_of};

/// How long one request may take: longer than the server's own deadline.
const TIMEOUT: Duration = Duration::from_secs(180);

/// What the bench wants to know of `/status`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Status {
    pub(crate) provider: Option<String>,
    pub(crate) backend: Option<String>,
    #[serde(default)]
    pub(crate) providers: Vec<String>,
    pub(crate) model_sha256: Option<String>,
    pub(crate) version: String,
    pub(crate) process: Process,
}

/// The server as a process.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Process {
    pub(crate) rss_bytes: Option<u64>,
}

/// What the server is doing, as `/metrics` says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Activity {
    /// Syntheses running.
    running: f64,
    /// Requests that wait for one to end.
    waiting: f64,
    /// Seconds of processor time since it started; none where the system does not say.
    pub(crate) cpu_s: Option<f64>,
}

impl Activity {
    fn of(page: &str) -> Option<Self> {
        let value = |name: &str| {
            page.lines()
                .filter_map(|line| line.split_once(' '))
                .find(|(key, _)| *key == name)
                .and_then(|(_, value)| value.parse().ok())
        };
        Some(Self {
            running: value("tts_active_requests")?,
            waiting: value("tts_queue_depth")?,
            cpu_s: value("process_cpu_seconds_total"),
        })
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.running + self.waiting == 0.0
    }
}

/// What a server that is too busy asks for; none for any other answer.
fn refusal(answer: &ureq::http::Response<ureq::Body>) -> Option<Duration> {
    let seconds = answer.headers().get("retry-after")?.to_str().ok()?;
    matches!(answer.status().as_u16(), 429 | 503)
        .then(|| seconds.parse().ok().map(Duration::from_secs))
        .flatten()
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) text: &'a str,
    pub(crate) voice: Option<&'a str>,
    pub(crate) stream: bool,
}

impl Ask<'_> {
    /// The body of the request.
    pub(crate) fn body(&self) -> serde_json::Value {
        let mut body = json!({ "text": self.text, "stream": self.stream, "format": "pcm" });
        if let (Some(body), Some(voice)) = (body.as_object_mut(), self.voice) {
            body.insert("voice".to_owned(), voice.into());
        }
        body
    }
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Heard {
    /// HTTP status, when there was an answer.
    pub(crate) status: Option<u16>,
    /// Arrivals of audio.
    pub(crate) chunks: Vec<Arrival>,
    /// Seconds until the first byte of audio.
    pub(crate) ttfa_s: Option<f64>,
    /// Seconds until the last byte.
    pub(crate) wall_s: f64,
    pub(crate) envelope: Envelope,
    /// SHA-256 of the audio, when all of it came.
    pub(crate) sha256: Option<[u8; 32]>,
    /// After what time a server that is too busy asks to be asked again: 429 or 503 with `Retry-After`.
    pub(crate) refused: Option<Duration>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

impl Heard {
    /// Seconds of audio that came.
    pub(crate) fn audio_s(&self) -> f64 {
        seconds_of(self.envelope.bytes())
    }
}

/// A client of one server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            url: url.trim_end_matches('/').to_owned(),
        }
    }

    /// Reads `/status`.
    ///
    /// # Errors
    /// What was expected and what came instead.
    pub(crate) fn status(&self) -> Result<Status, String> {
        let url = &self.url;
        let mut answer = self.agent.get(format!("{url}/status")).call().map_err(|error| {
            format!("expected a kokoro server at {url}; found none: {error}; start one with `kokoro serve`")
        })?;
        answer
            .body_mut()
            .read_json()
            .map_err(|error| format!("expected the status of a kokoro server at {url}/status; found something else: {error}"))
    }

    /// Resident memory of the server now; none if it does not say.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        self.status().ok()?.process.rss_bytes
    }

    /// Reads `/metrics`.
    pub(crate) fn activity(&self) -> Option<Activity> {
        let answer = self.agent.get(format!("{}/metrics", self.url)).call();
        Activity::of(&answer.ok()?.body_mut().read_to_string().ok()?)
    }

    /// Where the server is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request and hears it out. Times count from `sent`.
    pub(crate) fn speak(&self, ask: &Ask<'_>, sent: Instant) -> Heard {
        let mut heard = Heard::default();
        if let Err(error) = self.hear(ask, sent, &mut heard) {
            heard.error = Some(error);
        }
        heard.wall_s = sent.elapsed().as_secs_f64();
        heard.envelope.finish();
        heard
    }

    fn hear(&self, ask: &Ask<'_>, sent: Instant, heard: &mut Heard) -> Result<(), String> {
        let url = format!("{}/v1/audio/speech", self.url);
        let mut answer = self
            .agent
            .post(url)
            .send_json(ask.body())
            .map_err(|error| format!("no answer: {error}"))?;
        heard.status = Some(answer.status().as_u16());
        if answer.status() != 200 {
            heard.refused = refusal(&answer);
            let text = answer.body_mut().read_to_string().unwrap_or_default();
            return Err(format!(
                "expected status 200; found {}: {text}",
                answer.status().as_u16()
            ));
        }
        let mut reader = answer.into_body().into_reader();
        let mut digest = Sha256::new();
        let mut buffer = [0; 64 * 1024];
        // Bounded by the agent's timeout.
        loop {
            let length = reader
                .read(&mut buffer)
                .map_err(|error| format!("the audio broke off: {error}"))?;
            let Some(bytes @ [_, ..]) = buffer.get(..length) else {
                break;
            };
            let time = sent.elapsed().as_secs_f64();
            heard.ttfa_s.get_or_insert(time);
            add(
                &mut heard.chunks,
                (time, u64::try_from(length).unwrap_or_default()),
            );
            heard.envelope.add(bytes);
            digest.update(bytes);
        }
        heard.sha256 = Some(digest.finalize().into());
        match heard.envelope.bytes() {
            0 => Err("expected audio; found an empty body".to_owned()),
            bytes if bytes % 2 == 1 => Err(format!(
                "expected 16-bit samples; found an odd number of bytes, {bytes}"
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
