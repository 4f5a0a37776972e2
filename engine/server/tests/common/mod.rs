//! A real server with the real engine on a free port of the loopback address.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use kokoro_server::{Access, Limits, Server, ServerConfig, ServerError};
use kokoro_speech::EngineConfig;
use tokio::sync::oneshot;

/// A server in a thread; stopped and waited for when dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServerError>>>,
}

impl Running {
    /// Serves, and has the engine loaded.
    pub(crate) fn start(limits: Limits) -> Self {
        Self::start_guarded(limits, Access::default())
    }

    /// The same, for those whom `access` lets in.
    pub(crate) fn start_guarded(limits: Limits, access: Access) -> Self {
        let config = ServerConfig {
            address: "127.0.0.1:0".parse().unwrap(),
            limits,
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
                let server = Server::bind(config).await?.guarded(access);
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
            stop: Some(stop),
            thread: Some(thread),
        };
        for _ in 0..500 {
            if running.get("/readyz").0 == 200 {
                return running;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the engine did not load");
    }

    /// Asks it to stop, without waiting.
    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has stopped.
    pub(crate) fn result(mut self) -> Result<(), ServerError> {
        self.ask_to_stop();
        self.thread.take().unwrap().join().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Status and body of a GET.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut answer = agent().get(self.url(path)).call().unwrap();
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_string().unwrap(),
        )
    }

    /// The answer to a POST of JSON.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        let answer = agent()
            .post(self.url(path))
            .header("content-type", "application/json")
            .send(body)
            .unwrap();
        Answer::of(answer)
    }

    /// What comes back on a connection of its own for these bytes, until the server closes it.
    pub(crate) fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        // Audio is no text; what stands around it is.
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ask_to_stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn of(answer: ureq::http::Response<ureq::Body>) -> Self {
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(200 << 20).read_to_vec().unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Status and code of an error, whose shape is checked.
    pub(crate) fn error(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/json");
        let body = self.json();
        let expected: &[&str] = if self.status == 422 {
            &["detail", "error", "code", "request_id"]
        } else {
            &["error", "code", "request_id"]
        };
        let keys: Vec<_> = body
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, expected);
        assert_eq!(body["request_id"], self.header("x-request-id"));
        let message = match &body["error"] {
            serde_json::Value::Object(error) => {
                let keys: Vec<_> = error.keys().map(String::as_str).collect();
                assert_eq!(keys, ["message", "type", "param", "code"]);
                assert_eq!(error["code"], body["code"]);
                &error["message"]
            }
            plain => plain,
        };
        assert!(!message.as_str().unwrap().is_empty());
        (self.status, body["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}
