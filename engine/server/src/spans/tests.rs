use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::Response;
use serde_json::{Value, json};
use tracing_subscriber::fmt::format::FmtSpan;

use super::*;
use crate::tests::{Act, Scripted, app, ask, bytes, get, send, tight};

/// What was logged, and the spans that ended.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Collected {
    /// Collects what this thread does, as long as the guard lives: not what the thread of a stream does, of which
    /// `tests/logs.rs` sees the spans.
    fn here() -> (Self, tracing::subscriber::DefaultGuard) {
        let collected = Self::default();
        let writer = collected.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::DEBUG)
            .with_span_events(FmtSpan::CLOSE)
            .with_writer(move || writer.clone())
            .finish();
        (collected, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The fields of the spans of a trace that ended, by name.
    fn spans(&self, name: &str) -> Vec<Value> {
        self.lines()
            .into_iter()
            .filter(|line| line["fields"]["message"] == "close" && line["target"] == TARGET)
            .map(|line| line["span"].clone())
            .filter(|span| span["name"] == name)
            .collect()
    }
}

fn missing(span: &Value, names: &[&str]) {
    for name in names {
        assert!(span.get(name).is_none(), "{name} of {span}");
    }
}

#[tokio::test]
async fn a_request_is_one_span_from_its_arrival_to_the_end_of_its_answer() {
    let (collected, _guard) = Collected::here();
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let mut request = ask(r#"{"text":"Zanzibar"}"#);
    let local: SocketAddr = "127.0.0.1:8880".parse().unwrap();
    request.extensions_mut().insert(Local(local));
    let response = send(&app, request).await;
    assert_eq!(collected.spans("request"), Vec::<Value>::new());
    assert_eq!(collected.spans("queue").len(), 1);
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    bytes(response).await;

    let span = &collected.spans("request")[0];
    for (name, expected) in [
        ("otel.name", json!("POST /v1/tts")),
        ("otel.kind", json!("server")),
        ("http.request.method", json!("POST")),
        ("http.response.status_code", json!(200)),
        ("http.route", json!("/v1/tts")),
        ("network.protocol.version", json!("1.1")),
        ("server.address", json!("127.0.0.1")),
        ("server.port", json!(8880)),
        ("url.path", json!("/v1/tts")),
        ("url.scheme", json!("http")),
        ("request_id", json!(id)),
    ] {
        assert_eq!(span[name], expected, "{name} of {span}");
    }
    missing(
        span,
        &[
            "otel.status_code",
            "error.type",
            "tts.error_code",
            "tts.client_left",
        ],
    );

    let span = &collected.spans("synthesis")[0];
    for (name, expected) in [
        ("tts.characters", json!(8)),
        ("tts.format", json!("pcm")),
        ("tts.sample_rate", json!(24_000)),
        ("tts.speed", json!(1.0)),
        ("tts.stream", json!(false)),
        ("tts.voice", json!("tone")),
        ("tts.provider", json!("scripted")),
        ("tts.backend", json!("script 1")),
        ("tts.segments", json!(1)),
        ("tts.underruns", json!(0)),
        ("tts.dropped_characters", json!(0)),
        ("tts.spelled_words", json!(0)),
    ] {
        assert_eq!(span[name], expected, "{name} of {span}");
    }
    let number = |name: &str| span[name].as_f64().unwrap();
    assert!(number("tts.ttfa_seconds") > 0.0);
    let rtf = number("tts.synthesis_seconds") / number("tts.audio_seconds");
    assert!((number("tts.rtf") - rtf).abs() < 1e-9);
    missing(span, &["otel.status_code", "error.type"]);
}

#[tokio::test]
async fn what_a_client_made_up_is_in_no_span() {
    let (collected, _guard) = Collected::here();
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.1)]));
    for path in ["/Zanzibar?text=Zanzibar", "/v1/models/Zanzibar"] {
        send(&app, get(path)).await;
    }
    let mut odd = get("/healthz");
    *odd.method_mut() = Method::from_bytes(b"ZANZIBAR").unwrap();
    *odd.version_mut() = Version::HTTP_10;
    send(&app, odd).await;
    let spans = collected.spans("request");
    let names: Vec<_> = spans.iter().map(|span| &span["otel.name"]).collect();
    assert_eq!(names, ["GET", "GET /v1/models/{model}", "_OTHER /healthz"]);
    missing(&spans[0], &["http.route", "url.path"]);
    missing(&spans[1], &["url.path"]);
    assert_eq!(
        (&spans[2]["http.request.method"], &spans[2]["url.path"]),
        (&json!("_OTHER"), &json!("/healthz"))
    );
    assert_eq!(spans[2]["network.protocol.version"], "1.0");
    let all = serde_json::to_string(&collected.lines()).unwrap();
    assert!(!all.to_lowercase().contains("zanzibar"), "{all}");
}

#[tokio::test]
async fn errors_of_clients_have_a_code_and_errors_of_the_server_a_type_as_well() {
    let (collected, _guard) = Collected::here();
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    for body in [r#"{"text":""}"#, r#"{"text":"Hi"}"#] {
        bytes(send(&app, ask(body)).await).await;
    }
    let [theirs, ours] = collected.spans("request").try_into().unwrap();
    let of = |span: &Value| {
        ["tts.error_code", "error.type", "otel.status_code"].map(|name| span[name].clone())
    };
    assert_eq!(of(&theirs), [json!("EMPTY_TEXT"), Value::Null, Value::Null]);
    let internal = json!("INTERNAL_ERROR");
    assert_eq!(
        of(&ours),
        [internal.clone(), internal.clone(), json!("ERROR")]
    );
    let [synthesis] = collected.spans("synthesis").try_into().unwrap();
    assert_eq!(of(&synthesis), [Value::Null, internal, json!("ERROR")]);
    // The line that says why has the id that the client was told.
    let why = collected
        .lines()
        .into_iter()
        .find(|line| line["fields"]["message"] == "synthesis failed")
        .unwrap();
    assert_eq!(why["span"]["request_id"], ours["request_id"]);
}

#[tokio::test]
async fn log_lines_name_the_trace_that_a_request_was_joined_to() {
    let (collected, _guard) = Collected::here();
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    let join: Join = |_, headers| Some(headers.get("traceparent")?.to_str().ok()?.to_owned());
    app.join.set(join).unwrap();
    let mut request = ask(r#"{"text":"Hi"}"#);
    request
        .headers_mut()
        .insert("traceparent", "abc".parse().unwrap());
    send(&app, request).await;
    send(&app, get("/healthz")).await;
    let lines = collected.lines();
    let of = |message: &str| -> Vec<&Value> {
        lines
            .iter()
            .filter(|line| line["fields"]["message"] == message)
            .collect()
    };
    assert_eq!(of("synthesis failed")[0]["span"]["trace_id"], "abc");
    assert_eq!(of("answered")[0]["fields"]["trace_id"], "abc");
    assert!(of("answered")[1]["fields"].get("trace_id").is_none());
}

/// A body of two pieces; the second may be an error.
fn two(second: Result<&'static str, &'static str>) -> Body {
    struct Two(Vec<Result<&'static str, &'static str>>);
    impl http_body::Body for Two {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            Poll::Ready(self.0.pop().map(|piece| {
                piece
                    .map(|text| Frame::data(Bytes::from_static(text.as_bytes())))
                    .map_err(std::io::Error::other)
            }))
        }
    }
    Body::new(Two(vec![second, Ok("one")]))
}

/// The span of a body that is read so often; a whole one until its end.
async fn read(body: Body, is_head: bool, times: usize) -> Value {
    let (collected, _guard) = Collected::here();
    let span = request(&get("/"), "/", "req_0");
    let mut body = Unsent::new(&span).until_sent(body, is_head);
    drop(span);
    for _ in 0..times {
        std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    }
    drop(body);
    collected.spans("request")[0].clone()
}

#[tokio::test]
async fn a_client_that_leaves_before_the_end_is_noticed() {
    let left = |span: Value| span.get("tts.client_left").cloned();
    let yes = Some(json!(true));
    assert_eq!(left(read(two(Ok("two")), false, 0).await), yes);
    assert_eq!(left(read(two(Ok("two")), false, 2).await), yes);
    assert_eq!(left(read(two(Ok("two")), false, 3).await), None);
    assert_eq!(left(read(two(Ok("two")), true, 0).await), None);
    // A length that is known is not read beyond.
    assert_eq!(left(read(Body::from("one"), false, 0).await), yes);
    assert_eq!(left(read(Body::from("one"), false, 1).await), None);
    assert_eq!(left(read(Body::empty(), false, 0).await), None);

    let broken = read(two(Err("string")), false, 2).await;
    assert_eq!(
        (&broken["error.type"], &broken["otel.status_code"]),
        (&json!("STREAM_BROKEN"), &json!("ERROR"))
    );
    assert_eq!(left(broken), None);
}

#[tokio::test]
async fn a_body_is_the_same_whether_or_not_its_span_is_collected() {
    let send = |body: Body, span: &Span| {
        let body = Unsent::new(span).until_sent(body, false);
        (body.size_hint().exact(), body.is_end_stream(), body)
    };
    let (collected, guard) = Collected::here();
    let span = request(&get("/"), "/", "req_0");
    let (length, is_over, body) = send(Body::from("one"), &span);
    assert_eq!((length, is_over), (Some(3), false));
    assert_eq!(bytes(Response::new(body)).await, b"one");
    drop(span);
    assert_eq!(collected.spans("request").len(), 1);
    drop(guard);
    let (length, is_over, body) = send(Body::from("one"), &Span::none());
    assert_eq!((length, is_over), (Some(3), false));
    assert_eq!(bytes(Response::new(body)).await, b"one");
}
