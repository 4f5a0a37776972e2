//! Clients that go in the middle of their audio, and how soon the server has nothing left to do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::client::{Ask, Client};

/// How long the first client may wait for its audio.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long they go on listening after one of them hears something.
const LISTENING: Duration = Duration::from_millis(300);
/// Time between two looks at the server.
const PERIOD: Duration = Duration::from_millis(10);
/// When the server must be idle, and for how long it is watched from then on.
const SECOND: Duration = Duration::from_secs(1);
/// How long the server is watched for work that does not end.
const WATCHED: Duration = Duration::from_secs(30);

/// What they left behind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Left {
    /// How many went, all at once.
    pub(crate) clients: usize,
    /// Those of them that had heard something; the others were waiting for their turn.
    pub(crate) hearing: usize,
    /// Seconds until nothing ran and nobody waited; null when that took more than 30.
    pub(crate) idle_after_s: Option<f64>,
    /// Processor time of the server from one second after they went to the next, in seconds; null where it does not say.
    pub(crate) cpu_s: Option<f64>,
}

/// Lets so many clients ask for a long text, and go.
///
/// # Errors
/// When the server has other work already, or speaks to none of them.
pub(crate) fn measure(client: &Client, ask: &Ask<'_>, clients: usize) -> Result<Left, String> {
    let activity = client
        .activity()
        .ok_or("expected the metrics of a kokoro server; found none")?;
    if !activity.is_idle() {
        return Err("expected a server without other work; others use it now".to_owned());
    }
    let (go, hearing) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| listen(client.url(), ask, &go, &hearing));
        }
        wait(PATIENCE, || hearing.load(Ordering::Acquire) > 0);
        sleep(LISTENING);
        go.store(true, Ordering::Release);
    });
    let gone = Instant::now();
    let hearing = hearing.into_inner();
    if hearing == 0 {
        return Err("expected audio for one of the clients that go; found none".to_owned());
    }
    let is_idle = || client.activity().is_some_and(|now| now.is_idle());
    let idle_after_s = wait(WATCHED, is_idle).then(|| gone.elapsed().as_secs_f64());
    let cpu = || client.activity()?.cpu_s;
    sleep(SECOND.saturating_sub(gone.elapsed()));
    let before = cpu();
    sleep(SECOND);
    Ok(Left {
        clients,
        hearing,
        idle_after_s,
        cpu_s: cpu().zip(before).map(|(after, before)| after - before),
    })
}

/// Whether something holds before the time is over.
fn wait(most: Duration, holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if holds() {
            return true;
        }
        sleep(PERIOD);
    }
    false
}

/// Asks, reads what comes, and closes the connection when it is time to go. Whoever hears something counts itself.
fn listen(url: &str, ask: &Ask<'_>, go: &AtomicBool, hearing: &AtomicUsize) {
    let Ok(mut stream) = connected(url, ask) else {
        // It never was a client: it is not counted among those that hear.
        return;
    };
    let mut buffer = [0; 64 * 1024];
    let mut heard = 0;
    let mut counted = false;
    while !go.load(Ordering::Acquire) {
        // Nothing within the time is no reason to go.
        heard += stream.read(&mut buffer).unwrap_or_default();
        // More than a head, and more than a refusal.
        if heard > 8192 && !counted {
            counted = true;
            hearing.fetch_add(1, Ordering::AcqRel);
        }
    }
}

fn connected(url: &str, ask: &Ask<'_>) -> Result<TcpStream, Box<dyn std::error::Error>> {
    let url: ureq::http::Uri = url.parse()?;
    let authority = url.authority().ok_or("no address")?;
    let port = authority.port_u16().unwrap_or(80);
    let mut stream = TcpStream::connect(format!("{}:{port}", authority.host()))?;
    stream.set_read_timeout(Some(PERIOD))?;
    let body = ask.body().to_string();
    write!(
        stream,
        "POST /v1/audio/speech HTTP/1.1\r\nhost: {authority}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
