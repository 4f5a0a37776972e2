//! A server a gate needs: built, started on a free port, waited for, stopped.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::host::Host;
use crate::interrupt::Interrupt;
use crate::process::{self, Invocation};

/// How long a single question for readiness may take.
const ASK: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);
/// How much of the end of what a server logged is shown when it does not become ready.
const SHOWN: usize = 20;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No free port, no log file, no such program.
    #[error("{0}")]
    Start(String),
    /// It ended before it was ready.
    #[error("it ended with {status} before {ready} answered 200; its last lines: {log}")]
    Ended {
        /// How it ended.
        status: String,
        /// What was asked.
        ready: String,
        /// Its last lines.
        log: String,
    },
    /// It never became ready.
    #[error("{ready} did not answer 200 within {seconds} s ({last}); its last lines: {log}")]
    NotReady {
        /// What was asked.
        ready: String,
        /// How long.
        seconds: u64,
        /// The last answer.
        last: String,
        /// Its last lines.
        log: String,
    },
    /// The run was interrupted.
    #[error("interrupted while it started")]
    Interrupted,
}

/// A running server; dropping it stops it with all it started.
#[derive(Debug)]
pub struct Service {
    child: Child,
    log: PathBuf,
    /// Where it answers: `http://127.0.0.1:PORT`.
    pub url: String,
}

/// A port of the loopback interface nobody listens on.
///
/// # Errors
/// When the system has none.
pub fn free_port() -> std::io::Result<u16> {
    TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()
        .map(|address| address.port())
}

impl Service {
    /// Starts `invocation` (with its port filled in) and waits until `ready` answers 200.
    ///
    /// # Errors
    /// [`ServiceError`] says what it did instead.
    pub fn start(
        invocation: &Invocation,
        port: u16,
        ready: &str,
        within: Duration,
        log: &Path,
        host: &Host,
        interrupt: &Interrupt,
    ) -> Result<Self, ServiceError> {
        let start =
            |what: &str, error: std::io::Error| ServiceError::Start(format!("{what}: {error}"));
        let file = std::fs::File::create(log)
            .map_err(|error| start("its log cannot be written", error))?;
        let second = file
            .try_clone()
            .map_err(|error| start("its log cannot be written", error))?;
        let child = process::command(invocation, host)
            .stdout(Stdio::from(file))
            .stderr(Stdio::from(second))
            .spawn()
            .map_err(|error| {
                start(
                    &format!("`{}` cannot be started", invocation.program.display()),
                    error,
                )
            })?;
        let url = format!("http://127.0.0.1:{port}");
        let mut service = Self {
            child,
            log: log.to_owned(),
            url,
        };
        service.wait(ready, within, interrupt)?;
        Ok(service)
    }

    fn wait(
        &mut self,
        ready: &str,
        within: Duration,
        interrupt: &Interrupt,
    ) -> Result<(), ServiceError> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(ASK))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let until = Instant::now() + within;
        let address = format!("{}{ready}", self.url);
        let mut last = "no answer".to_owned();
        while Instant::now() < until {
            if interrupt.is_raised() {
                return Err(ServiceError::Interrupted);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(ServiceError::Ended {
                    status: status.to_string(),
                    ready: ready.to_owned(),
                    log: self.last_lines(),
                });
            }
            match agent.get(&address).call() {
                Ok(answer) if answer.status().as_u16() == 200 => return Ok(()),
                Ok(answer) => last = format!("the last answer was {}", answer.status().as_u16()),
                Err(error) => last = error.to_string(),
            }
            std::thread::sleep(PAUSE);
        }
        Err(ServiceError::NotReady {
            ready: ready.to_owned(),
            seconds: within.as_secs(),
            last,
            log: self.last_lines(),
        })
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of what it logged.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let text = std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines
            .get(lines.len().saturating_sub(SHOWN)..)
            .unwrap_or_default()
            .join("\n")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

#[cfg(test)]
mod tests;
