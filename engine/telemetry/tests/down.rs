//! A collector that is not there costs spans, never requests.

mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::{Log, Running};
use kokoro_telemetry::{Settings, Traces};

#[test]
fn a_collector_that_is_down_fails_no_request_and_is_said_once() {
    // A port that was free a moment ago: nobody listens on it.
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let settings = Settings {
        delay: Duration::from_millis(20),
        timeout: Duration::from_millis(100),
        ..Settings::new(format!("http://{address}/v1/traces"))
    };
    let traces = Traces::begin(&settings, "kokoro").unwrap();
    let log = Log::start(&traces);
    let server = Running::start();
    for _ in 0..10 {
        let (status, _, length) = server.speak(r#"{"text":"Hi.","stream":true}"#, &[]);
        assert_eq!(status, 200);
        assert!(length > 4800, "{length}");
        std::thread::sleep(Duration::from_millis(30));
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
    let [down, total] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    let said = |line: &serde_json::Value| line["fields"]["message"].as_str().unwrap().to_owned();
    assert!(said(down).starts_with("spans are lost: the collector of traces does not take them"));
    assert!(
        down["fields"]["reason"]
            .as_str()
            .unwrap()
            .contains("refused"),
        "{down}"
    );
    assert_eq!(
        said(total),
        "spans have not reached the collector of traces"
    );
    // Five of each text, and what asked whether the server is ready.
    let of = |name: &str| total["fields"][name].as_u64().unwrap();
    assert!(of("lost") + of("waiting") > 50, "{total}");
}
