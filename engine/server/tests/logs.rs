//! A3: no log line and no span holds the text that a user sent, whatever becomes of the request.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

#[allow(
    dead_code,
    reason = "shared with the tests of http.rs, which use all of it"
)]
mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::Running;
use kokoro_server::Limits;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn a3_no_log_line_and_no_span_holds_the_text() {
    let captured = Captured::default();
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(captured.clone())
        .init();
    let server = Running::start(Limits::default());
    let secret = "Zanzibar confidential";
    let bodies = [
        json!({ "text": secret }),
        json!({ "text": secret, "stream": true }),
        json!({ "input": secret, "speed": 99 }),
        json!({ "text": secret, "voice": "nobody" }),
        json!({ "text": secret, "input": secret }),
        json!({ "text": secret.repeat(400) }),
        json!({ "text": secret.repeat(9000) }),
        json!([secret]),
    ];
    let mut statuses: Vec<u16> = bodies
        .iter()
        .map(|body| server.post("/v1/tts", body.to_string().as_bytes()).status)
        .collect();
    statuses.push(
        server
            .post("/v1/tts", format!("{{\"text\":\"{secret}").as_bytes())
            .status,
    );
    statuses.push(
        server
            .post(
                "/v1/tts",
                [b"{\"text\":\"\xff", secret.as_bytes()].concat().as_slice(),
            )
            .status,
    );
    statuses.push(server.get("/Zanzibar/confidential?text=Zanzibar").0);
    assert_eq!(
        statuses,
        [200, 200, 400, 400, 422, 400, 413, 422, 422, 422, 404]
    );
    server.result().unwrap();

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(!log.to_lowercase().contains("zanzibar"), "{log}");
    assert!(!log.to_lowercase().contains("confidential"), "{log}");
    // Not because nothing was logged.
    let answers: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| {
            line["fields"]["message"] == "answered" && line["fields"]["route"] != "/readyz"
        })
        .collect();
    assert_eq!(answers.len(), statuses.len());
    let first = &answers[0]["fields"];
    assert_eq!(
        (&first["route"], &first["status"], &first["characters"]),
        (&json!("/v1/tts"), &json!(200), &json!(21))
    );
    assert!(
        first["ttfa_ms"].as_f64().unwrap() > 0.0 && first["duration_ms"].as_f64().unwrap() > 0.0
    );
    assert!(first["request_id"].as_str().unwrap().starts_with("req_"));
    assert_eq!(answers[2]["fields"]["code"], "INVALID_SPEED");
    assert_eq!(answers[10]["fields"]["route"], "unmatched");
    let ended = |name: &str| {
        log.lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|line| line["target"] == kokoro_server::TRACE_TARGET)
            .filter(|line| line["span"]["name"] == name)
            .count()
    };
    assert!(ended("request") > statuses.len());
    let spoken = [ended("queue"), ended("synthesis"), ended("encoding")];
    assert_eq!((spoken, ended("first segment")), ([2, 2, 2], 1));
}
