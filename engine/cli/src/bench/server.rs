//! The server to measure: one that is there, or one of our own in a process of its own, so that
//! its memory is its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::args::EngineArguments;
use crate::exit::CliError;
use crate::serve::LISTENING;

/// How long our own server may take until it speaks.
const START: Duration = Duration::from_secs(60);

/// What is measured.
#[derive(Debug)]
pub(crate) struct Target {
    url: String,
    own: Option<Own>,
}

/// Our own server; stopped when dropped.
#[derive(Debug)]
struct Own(Child);

impl Drop for Own {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Target {
    /// The server at a URL, or a new one.
    pub(crate) fn of(url: Option<&str>, engine: &EngineArguments) -> Result<Self, CliError> {
        let target = match url {
            Some(url) => Self {
                url: url.to_owned(),
                own: None,
            },
            None => Self::start(engine)?,
        };
        Ok(target)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn start(engine: &EngineArguments) -> Result<Self, CliError> {
        let failed = |error: std::io::Error| {
            CliError::Internal(format!("cannot start a server to measure: {error}"))
        };
        let program = std::env::current_exe().map_err(failed)?;
        let mut child = Command::new(program)
            .args(["serve", "--port", "0"])
            .args(engine.to_arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stderr = child.stderr.take();
        let mut target = Self {
            url: String::new(),
            own: Some(Own(child)),
        };
        let mut lines = stderr
            .map(BufReader::new)
            .into_iter()
            .flat_map(|reader| reader.lines().map_while(Result::ok));
        let mut said = Vec::new();
        for line in lines.by_ref() {
            if let Some(address) = line.strip_prefix(LISTENING) {
                target.url = format!("http://{address}");
                break;
            }
            said.push(line);
        }
        // A full pipe would stop the server's log, and with it the server.
        let rest = std::thread::spawn(move || {
            lines
                .filter(|line| line.starts_with("kokoro: "))
                .collect::<Vec<_>>()
        });
        if target.url.is_empty() {
            return Err(CliError::Unavailable(format!(
                "the server to measure did not start: {}",
                said.join(" ")
            )));
        }
        target.wait_until_ready().map_err(|()| {
            drop(target.own.take());
            let said = rest.join().unwrap_or_default();
            CliError::Unavailable(format!(
                "the server to measure does not speak: {}",
                said.join(" ")
            ))
        })?;
        Ok(target)
    }

    fn wait_until_ready(&mut self) -> Result<(), ()> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .http_status_as_error(false)
            .build();
        let agent: ureq::Agent = config.into();
        let begun = Instant::now();
        while begun.elapsed() < START {
            match agent.get(format!("{}/readyz", self.url)).call() {
                Ok(answer) if answer.status() == 200 => return Ok(()),
                _ if self.has_ended() => return Err(()),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Err(())
    }

    fn has_ended(&mut self) -> bool {
        self.own
            .as_mut()
            .is_some_and(|own| !matches!(own.0.try_wait(), Ok(None)))
    }
}

#[cfg(test)]
mod tests;
