//! A collector that takes connections and never answers.

mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::{Log, Running};
use kokoro_telemetry::{Settings, Traces};

#[test]
fn a_collector_that_hangs_slows_no_request_and_loses_what_finds_no_place() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = Settings {
        queue: 8,
        batch: 4,
        delay: Duration::from_millis(20),
        timeout: Duration::from_secs(1),
        ..Settings::new(format!(
            "http://{}/v1/traces",
            listener.local_addr().unwrap()
        ))
    };
    let traces = Traces::begin(&settings, "kokoro").unwrap();
    let log = Log::start(&traces);
    let server = Running::start();
    for _ in 0..200 {
        let since = Instant::now();
        assert_eq!(server.get("/healthz", &[]), 200);
        // The collector's is the only wait of a second there is.
        assert!(since.elapsed() < settings.timeout, "{:?}", since.elapsed());
    }
    server.stop();
    let since = Instant::now();
    traces.end();
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );

    let warnings = log.warnings();
    let full: Vec<_> = warnings
        .iter()
        .filter(|line| line["fields"]["waiting"] == 8 && line["fields"].get("lost").is_none())
        .collect();
    assert_eq!(full.len(), 1, "{warnings:?}");
    let lost = |line: &serde_json::Value| line["fields"]["lost"].as_u64();
    let most = warnings.iter().filter_map(lost).max().unwrap();
    assert!(most > 150, "{warnings:?}");
}
