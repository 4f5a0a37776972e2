//! What a collector gets from a real server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: what fails here fails the test"
)]

mod common;

use std::time::Duration;

use common::{Collector, Log, Running};
use kokoro_telemetry::{Settings, Traces};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message as _;

const SECRET: &str = "Zanzibar confidential";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn value<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    attributes
        .iter()
        .find(|attribute| attribute.key == name)?
        .value
        .as_ref()?
        .value
        .as_ref()
}

/// An attribute, in words.
fn text(span: &Span, name: &str) -> Option<String> {
    Some(match value(&span.attributes, name)? {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(is) => is.to_string(),
        other => format!("{other:?}"),
    })
}

fn number(span: &Span, name: &str) -> f64 {
    match value(&span.attributes, name) {
        Some(Value::DoubleValue(number)) => *number,
        other => panic!("{name}: {other:?}"),
    }
}

fn expect(span: &Span, attributes: &[(&str, &str)]) {
    for (name, expected) in attributes {
        assert_eq!(text(span, name).as_deref(), Some(*expected), "{name}");
    }
}

/// All spans, by the batches they came in.
struct Exported(Vec<ExportTraceServiceRequest>);

impl Exported {
    fn spans(&self) -> impl Iterator<Item = &Span> {
        self.0
            .iter()
            .flat_map(|batch| &batch.resource_spans)
            .flat_map(|resource| &resource.scope_spans)
            .flat_map(|scope| &scope.spans)
    }

    /// The span of the request with this id.
    fn request(&self, id: &str) -> &Span {
        self.spans()
            .find(|span| text(span, "request_id").as_deref() == Some(id))
            .unwrap()
    }

    fn children(&self, parent: &Span) -> Vec<&Span> {
        let mut children: Vec<_> = self
            .spans()
            .filter(|span| span.parent_span_id == parent.span_id)
            .collect();
        children.sort_by_key(|span| span.start_time_unix_nano);
        for child in &children {
            assert_eq!(child.trace_id, parent.trace_id, "{}", child.name);
            assert!(child.start_time_unix_nano >= parent.start_time_unix_nano);
            assert!(child.end_time_unix_nano <= parent.end_time_unix_nano);
        }
        children
    }

    fn child(&self, parent: &Span, name: &str) -> &Span {
        let found: Vec<_> = self
            .children(parent)
            .into_iter()
            .filter(|span| span.name == name)
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0]
    }
}

fn status(span: &Span) -> StatusCode {
    span.status
        .as_ref()
        .map_or(StatusCode::Unset, |status| status.code())
}

#[test]
fn a_collector_gets_the_spans_of_every_request_and_never_the_text() {
    let collector = Collector::start();
    let settings = Settings {
        delay: Duration::from_millis(200),
        ..Settings::new(format!("http://{}/v1/traces", collector.address))
    };
    let traces = Traces::begin(&settings, "kokoro").unwrap();
    let log = Log::start(&traces);
    let server = Running::start();

    let caller = format!("00-{TRACE}-{CALLER}-01");
    let body = |rest: &str| format!(r#"{{"text":"{SECRET}."{rest}}}"#);
    let (streamed, joined, _) = server.speak(
        &body(r#","stream":true,"format":"flac","voice":"bf_hazel""#),
        &[("traceparent", &caller), ("tracestate", "vendor=1")],
    );
    let (whole, alone, _) = server.speak(&body(""), &[]);
    let (refused, mistaken, _) = server.speak(&body(r#","speed":99"#), &[]);
    let unwanted = format!("00-{}-{CALLER}-00", TRACE.replace('4', "5"));
    let (unsampled, hidden, _) = server.speak(&body(""), &[("traceparent", &unwanted)]);
    let lost = server.get("/Zanzibar/confidential?text=Zanzibar", &[]);
    assert_eq!(
        (streamed, whole, refused, unsampled, lost),
        (200, 200, 400, 200, 404)
    );
    let address = server.address;
    server.stop();
    traces.end();

    let received = collector.received();
    for request in &received {
        assert!(
            request.head.starts_with("post /v1/traces http/1.1"),
            "{}",
            request.head
        );
        assert!(
            request
                .head
                .contains("content-type: application/x-protobuf")
        );
        let body = String::from_utf8_lossy(&request.body).to_lowercase();
        assert!(
            !body.contains("zanzibar") && !body.contains("confidential"),
            "{body}"
        );
    }
    let exported = Exported(
        received
            .iter()
            .map(|request| ExportTraceServiceRequest::decode(request.body.as_slice()).unwrap())
            .collect(),
    );
    let resource = exported.0[0].resource_spans[0].resource.as_ref().unwrap();
    assert_eq!(
        value(&resource.attributes, "service.name"),
        Some(&Value::StringValue("kokoro".to_owned()))
    );

    // Streamed, in the trace of its caller.
    let request = exported.request(&joined);
    assert_eq!(
        (hex(&request.trace_id), hex(&request.parent_span_id)),
        (TRACE.to_owned(), CALLER.to_owned())
    );
    assert_eq!(
        (
            request.name.as_str(),
            request.kind(),
            request.trace_state.as_str()
        ),
        ("POST /v1/tts", SpanKind::Server, "vendor=1")
    );
    assert_eq!(status(request), StatusCode::Unset);
    expect(
        request,
        &[
            ("http.request.method", "POST"),
            ("http.route", "/v1/tts"),
            ("http.response.status_code", "200"),
            ("url.path", "/v1/tts"),
            ("url.scheme", "http"),
            ("network.protocol.version", "1.1"),
            ("server.address", "127.0.0.1"),
            ("server.port", &address.port().to_string()),
        ],
    );
    let names: Vec<_> = exported
        .children(request)
        .iter()
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(names, ["queue", "synthesis"]);
    let synthesis = exported.child(request, "synthesis");
    expect(
        synthesis,
        &[
            ("tts.characters", "22"),
            ("tts.format", "flac"),
            ("tts.sample_rate", "24000"),
            ("tts.stream", "true"),
            ("tts.voice", "bf_hazel"),
            ("tts.provider", "hedgerow"),
            ("tts.dropped_characters", "0"),
            ("tts.underruns", "0"),
        ],
    );
    assert!(text(synthesis, "tts.backend").unwrap().starts_with("rten "));
    assert!(
        text(synthesis, "tts.segments")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    assert!(number(synthesis, "tts.ttfa_seconds") > 0.0);
    let audio = number(synthesis, "tts.audio_seconds");
    assert!(audio > 0.8, "{audio}");
    let rtf = number(synthesis, "tts.synthesis_seconds") / audio;
    assert!((number(synthesis, "tts.rtf") - rtf).abs() < 1e-9);
    let first = exported.child(synthesis, "first segment");
    let encoding = exported.child(synthesis, "encoding");
    assert!(first.end_time_unix_nano <= encoding.start_time_unix_nano);
    assert!(number(encoding, "tts.busy_seconds") > 0.0);

    // Whole, a trace of its own; its log line names it.
    let request = exported.request(&alone);
    assert_eq!(
        (request.parent_span_id.len(), request.trace_id.len()),
        (0, 16)
    );
    let synthesis = exported.child(request, "synthesis");
    expect(synthesis, &[("tts.stream", "false"), ("tts.format", "pcm")]);
    let parts: Vec<_> = exported
        .children(synthesis)
        .iter()
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(parts, ["encoding"]);
    let lines = log.lines();
    let line = lines
        .iter()
        .find(|line| line["fields"]["request_id"] == alone)
        .unwrap();
    assert_eq!(line["fields"]["trace_id"], hex(&request.trace_id));

    // Refused: the client's mistake is no error of the server.
    let request = exported.request(&mistaken);
    expect(
        request,
        &[
            ("http.response.status_code", "400"),
            ("tts.error_code", "INVALID_SPEED"),
        ],
    );
    assert_eq!(text(request, "error.type"), None);
    assert_eq!(status(request), StatusCode::Unset);
    assert_eq!(exported.children(request).len(), 0);

    // What its caller does not want is not exported.
    let is_hidden = |span: &Span| text(span, "request_id").as_deref() == Some(&hidden);
    assert!(!exported.spans().any(is_hidden));

    // A path that a client made up is in no span.
    let unmatched: Vec<_> = exported.spans().filter(|span| span.name == "GET").collect();
    assert_eq!(unmatched.len(), 1);
    assert_eq!(text(unmatched[0], "url.path"), None);
    assert_eq!(log.warnings(), Vec::<serde_json::Value>::new());
}
