//! A collector that keeps what it gets, a log that keeps what it is told, and a real server with the real engine.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: what fails here fails the test, and no test needs all of them"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use kokoro_server::{Limits, Server, ServerConfig, ServerError, TRACE_TARGET};
use kokoro_speech::EngineConfig;
use kokoro_telemetry::Traces;
use tokio::sync::oneshot;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A request that reached the collector.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// An OTLP collector on the loopback address.
#[derive(Debug, Clone)]
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let collector = Self {
            address: listener.local_addr().unwrap(),
            received: Arc::default(),
        };
        let received = Arc::clone(&collector.received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let received = Arc::clone(&received);
                std::thread::spawn(move || serve(stream.unwrap(), &received));
            }
        });
        collector
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// Answers requests until the connection is closed.
fn serve(stream: TcpStream, received: &Mutex<Vec<Received>>) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let head = head.to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        received.lock().unwrap().push(Received { head, body });
        writer
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }
}

/// The log lines of this process.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Logs this process as `kokoro serve` does, and traces it. Once in a process.
    pub(crate) fn start(traces: &Traces) -> Self {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .with_writer(move || writer.clone())
            .with_filter(LevelFilter::INFO);
        tracing_subscriber::registry()
            .with(traces.layer(TRACE_TARGET))
            .with(lines)
            .init();
        log
    }

    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What was said of spans that are lost.
    pub(crate) fn warnings(&self) -> Vec<serde_json::Value> {
        let mut lines = self.lines();
        lines.retain(|line| {
            let target = line["target"].as_str().unwrap();
            line["level"] == "WARN" && target.starts_with("kokoro_telemetry")
        });
        lines
    }
}

/// A server in a thread.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServerError>>,
}

impl Running {
    /// Serves, has the engine loaded, and joins requests to the traces of their callers.
    pub(crate) fn start() -> Self {
        let config = ServerConfig {
            address: "127.0.0.1:0".parse().unwrap(),
            limits: Limits::default(),
            engine: EngineConfig::default(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::bind(config).await?.traced(kokoro_telemetry::join);
                tell.send(server.address()).unwrap();
                server
                    .run(async {
                        // A dropped sender stops it as well.
                        let _ = stopped.await;
                    })
                    .await
            })
        });
        let running = Self {
            address: told.recv().unwrap(),
            stop,
            thread,
        };
        for _ in 0..500 {
            if running.get("/readyz", &[]) == 200 {
                return running;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the engine did not load");
    }

    /// Waits until it has stopped.
    pub(crate) fn stop(self) {
        drop(self.stop);
        self.thread.join().unwrap().unwrap();
    }

    /// The status of a GET.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = agent().get(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().unwrap().status().as_u16()
    }

    /// Status, id and length of the answer to a request to speak.
    pub(crate) fn speak(&self, body: &str, headers: &[(&str, &str)]) -> (u16, String, usize) {
        let mut request = agent()
            .post(format!("http://{}/v1/tts", self.address))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.send(body).unwrap();
        let id = answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let sound = answer.body_mut().read_to_vec().unwrap();
        (answer.status().as_u16(), id, sound.len())
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}
