use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, Response};
use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::tests::{Act, Scripted, app, ask, bytes, eventually, get, json, send, tight};

/// Two segments of 20 characters at most.
const TWO: &str = r#"{"text":"One two three. Four five six."}"#;
const TWO_STREAMED: &str = r#"{"text":"One two three. Four five six.","stream":true}"#;

async fn code(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = json(response).await;
    assert_eq!(body["request_id"], id);
    (status, body["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_whole_answer_has_its_length_and_says_who_spoke() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let response = send(
        &app,
        ask(r#"{"text":"Hi \u0007there","format":"wav","voice":"beep"}"#),
    )
    .await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    assert_eq!(headers[CONTENT_TYPE], "audio/wav");
    for (name, value) in [
        ("x-provider", "scripted"),
        ("x-backend", "script 1"),
        ("x-tts-engine", "scripted"),
        ("x-execution-provider", "cpu"),
        ("x-voice", "tone"),
        ("x-dropped-characters", "1"),
        ("x-spelled-words", "0"),
    ] {
        assert_eq!(headers[name], value);
    }
    let ttfa: f64 = headers["x-ttfa"].to_str().unwrap().parse().unwrap();
    assert!(ttfa > 0.0 && ttfa < 20.0);
    for absent in ["x-model-digest", "x-ignored", "trailer", "cache-control"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    let timing = headers["server-timing"].to_str().unwrap();
    let names: Vec<_> = timing
        .split(", ")
        .map(|entry| entry.split(';').next().unwrap())
        .collect();
    assert_eq!(names, ["queue", "ttfa", "total"]);
    let number = |name: &str| headers[name].to_str().unwrap().parse::<f64>().unwrap();
    assert!(number("x-rtf") > 0.0);
    let audio_seconds = number("x-audio-seconds");
    let spoken = *response.extensions().get::<Spoken>().unwrap();
    assert_eq!(spoken.characters, 9);
    let body = bytes(response).await;
    assert_eq!(
        u32::from_le_bytes(body[40..44].try_into().unwrap()) as usize,
        body.len() - 44
    );
    assert!(body.len() > 10_000);
    assert!((audio_seconds - (body.len() - 44) as f64 / 48_000.0).abs() < 1e-3);
    let summary = app.metrics.summary();
    assert_eq!(
        (summary.speech_requests, summary.success_rate),
        (1, Some(1.0))
    );
    assert!(
        app.metrics
            .exposition(app.gauges())
            .contains("tts_ttfa_seconds_count 1\n")
    );
}

#[tokio::test]
async fn a_stream_is_the_same_audio_behind_a_header_of_unknown_size() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let response = send(
        &app,
        ask(r#"{"text":"One two three. Four five six.","stream":true,"format":"wav"}"#),
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "audio/wav");
    assert_eq!(response.headers()["x-provider"], "scripted");
    assert_eq!(response.headers()["x-voice"], "tone");
    assert!(!response.headers().contains_key(CONTENT_LENGTH));
    let wav = bytes(response).await;
    assert_eq!(&wav[..4], b"RIFF");
    assert_eq!(&wav[40..44], [0xff; 4]);

    let whole = bytes(send(&app, ask(TWO)).await).await;
    let streamed = bytes(send(&app, ask(TWO_STREAMED)).await).await;
    assert_eq!(streamed.len(), wav.len() - 44);
    assert!(
        streamed.len().abs_diff(whole.len()) < 4800,
        "{} {}",
        streamed.len(),
        whole.len()
    );
    eventually("the stream is counted", || {
        app.metrics.summary().success_rate == Some(1.0)
    })
    .await;
    eventually("the slot is free", || app.gauges().active_requests == 0).await;
}

#[tokio::test]
async fn a_server_that_loads_says_so_and_when_to_come_again() {
    let app = App::new(tight());
    let response = send(&app, ask(TWO)).await;
    assert_eq!(response.headers()[RETRY_AFTER], "2");
    assert_eq!(code(response).await, (503, "MODEL_NOT_LOADED".to_owned()));
    let response = send(&app, get("/readyz")).await;
    assert_eq!(code(response).await, (503, "MODEL_NOT_LOADED".to_owned()));
    assert_eq!(
        json(send(&app, get("/health")).await).await,
        json!({ "status": "initializing" })
    );
    let status = json(send(&app, get("/status")).await).await;
    assert_eq!(
        (
            &status["model_loaded"],
            &status["provider"],
            &status["providers"]
        ),
        (&json!(false), &json!(null), &json!([]))
    );
    assert_eq!(
        json(send(&app, get("/v1/models")).await).await["data"],
        json!([])
    );
    assert_eq!(
        json(send(&app, get("/v1/audio/models")).await).await,
        json!({ "models": [] })
    );
    assert_eq!(
        code(send(&app, get("/v1/models/scripted")).await).await,
        (503, "MODEL_NOT_LOADED".to_owned())
    );
    // A bad request is bad however far loading is.
    assert_eq!(
        code(send(&app, ask("{}")).await).await,
        (422, "VALIDATION_ERROR".to_owned())
    );
}

#[tokio::test]
async fn a_loaded_server_says_what_speaks() {
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    assert_eq!(
        json(send(&app, get("/health")).await).await,
        json!({ "status": "online" })
    );
    assert_eq!(
        json(send(&app, get("/healthz")).await).await,
        json!({ "status": "ok", "service": "kokoro" })
    );
    assert_eq!(
        json(send(&app, get("/readyz")).await).await,
        json!({ "ready": true })
    );
    let mut status = json(send(&app, get("/status")).await).await;
    assert!(status["process"]["rss_bytes"].as_u64().unwrap() > 1_000_000);
    assert_eq!(status["process"]["pid"], std::process::id());
    assert!(status["uptime"].as_f64().unwrap() > 0.0);
    for key in ["process", "uptime"] {
        status.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(
        status,
        json!({
            "model_loaded": true, "providers": ["cpu"], "provider": "scripted", "backend": "script 1", "model_sha256": null,
            "performance_stats": { "avg_inference_time_ms": null, "total_requests": 0, "success_rate": null },
            "hardware_acceleration": { "coreml_available": false, "coreml_enabled": false, "fallback_count": 0 },
            "version": env!("CARGO_PKG_VERSION"),
        })
    );
    let voices = json(send(&app, get("/voices")).await).await;
    assert_eq!(
        voices,
        json!([{ "id": "tone", "name": "A tone", "language": "en-US", "gender": "neutral", "aliases": ["beep"] }])
    );
    assert_eq!(
        json(send(&app, get("/v1/audio/voices")).await).await,
        json!({ "voices": [{ "id": "tone", "name": "A tone" }] })
    );
    let models = json(send(&app, get("/v1/models")).await).await;
    let model =
        json!({ "id": "scripted", "object": "model", "created": app.began, "owned_by": "kokoro" });
    assert_eq!(models, json!({ "object": "list", "data": [model] }));
    assert!(app.began > 1_700_000_000);
    assert_eq!(
        json(send(&app, get("/v1/models/scripted")).await).await,
        model
    );
    for path in ["/v1/models/other", "/v1/models/%ff"] {
        assert_eq!(
            code(send(&app, get(path)).await).await,
            (404, "NOT_FOUND".to_owned())
        );
    }
    assert_eq!(
        json(send(&app, get("/v1/audio/models")).await).await,
        json!({ "models": [{ "id": "scripted", "name": "scripted" }] })
    );
    let contract = json(send(&app, get("/openapi.json")).await).await;
    assert_eq!(
        contract["components"]["schemas"]["SpeechRequest"]["properties"]["voice"]["oneOf"][0]["anyOf"]
            [0]["enum"],
        json!(["tone", "beep"])
    );
    let yaml = send(&app, get("/openapi.yaml")).await;
    assert_eq!(yaml.headers()[CONTENT_TYPE], "application/yaml");
    assert!(bytes(yaml).await.starts_with(b"openapi: 3.1.0\n"));
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    send(&app, get("/made/up")).await;
    let response = send(&app, get("/metrics")).await;
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let page = String::from_utf8(bytes(response).await).unwrap();
    assert!(page.contains("tts_requests_total{route=\"unmatched\",status=\"404\"} 1\n"));
    assert!(page.contains("tts_errors_total{code=\"NOT_FOUND\"} 1\n"));
}

#[tokio::test]
async fn unknown_routes_and_methods_have_the_one_shape() {
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    assert_eq!(
        code(send(&app, get("/nowhere")).await).await,
        (404, "NOT_FOUND".to_owned())
    );
    let response = send(&app, get("/v1/tts")).await;
    assert_eq!(response.headers()[ALLOW], "POST");
    assert_eq!(code(response).await, (405, "METHOD_NOT_ALLOWED".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_spoken_is_refused_before_it_waits() {
    let provider = Scripted::new(&[Act::Break]);
    let app = app(tight(), &provider);
    let _slot = app.admit().await.unwrap();
    for (body, expected) in [
        (r#"{"text":"a","voice":"nobody"}"#, "UNKNOWN_VOICE"),
        (r#"{"text":"a","lang":"xx"}"#, "UNKNOWN_LANGUAGE"),
        (r#"{"text":"a","speed":9}"#, "INVALID_SPEED"),
    ] {
        assert_eq!(
            code(send(&app, ask(body)).await).await,
            (400, expected.to_owned())
        );
    }
    assert_eq!(provider.calls(), 0);
    let wrong_type = Request::post("/v1/tts").body(Body::from(TWO)).unwrap();
    assert_eq!(
        code(send(&app, wrong_type).await).await,
        (415, "UNSUPPORTED_MEDIA_TYPE".to_owned())
    );
}

#[tokio::test]
async fn a_full_queue_answers_503() {
    let app = app(
        Limits {
            queue: 0,
            ..tight()
        },
        &Scripted::new(&[Act::Tone(0.1)]),
    );
    let slot = app.admit().await.unwrap();
    let response = send(&app, ask(TWO)).await;
    assert_eq!(response.headers()[RETRY_AFTER], "1");
    assert_eq!(code(response).await, (503, "QUEUE_FULL".to_owned()));
    app.queued(Instant::now(), Duration::from_millis(6500));
    let response = send(&app, ask(TWO)).await;
    assert_eq!(response.headers()[RETRY_AFTER], "7");
    drop(slot);
    assert_eq!(send(&app, ask(TWO)).await.status(), 200);
}

#[tokio::test]
async fn a_synthesis_that_breaks_is_an_internal_error_whole_and_streamed() {
    for body in [TWO, TWO_STREAMED] {
        let app = app(tight(), &Scripted::new(&[Act::Break]));
        assert_eq!(
            code(send(&app, ask(body)).await).await,
            (500, "INTERNAL_ERROR".to_owned())
        );
        assert_eq!(app.metrics.summary().success_rate, Some(0.0));
        eventually("the slot is free", || app.gauges().active_requests == 0).await;
    }
}

#[tokio::test]
async fn no_audio_within_the_deadline_is_504_and_the_work_stops() {
    for body in [TWO, TWO_STREAMED] {
        let provider = Scripted::new(&[Act::Hang]);
        let limits = Limits {
            request_deadline: Duration::from_millis(50),
            ..tight()
        };
        let app = app(limits, &provider);
        let response = send(&app, ask(body)).await;
        assert_eq!(code(response).await, (504, "DEADLINE_EXCEEDED".to_owned()));
        assert_eq!(app.metrics.summary().success_rate, Some(0.0));
        eventually("the slot is free", || app.gauges().active_requests == 0).await;
        assert!(!provider.ends.lock().unwrap().contains(&"forgotten"));
    }
    assert_eq!(
        late(Duration::from_secs(7)).message,
        "no audio within 7 s; try a shorter text"
    );
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_work() {
    for body in [TWO, TWO_STREAMED] {
        let provider = Scripted::new(&[Act::Hang]);
        let app = app(tight(), &provider);
        let client = tokio::spawn({
            let app = Arc::clone(&app);
            async move { send(&app, ask(body)).await }
        });
        eventually("the work begins", || provider.calls() == 1).await;
        client.abort();
        eventually("the work stops", || {
            *provider.ends.lock().unwrap() == ["cancelled"]
        })
        .await;
        eventually("the slot is free", || app.gauges().active_requests == 0).await;
    }
}

#[tokio::test]
async fn bodies_of_the_limit_are_read_and_larger_ones_are_not() {
    let app = app(
        Limits {
            body_bytes: 40,
            ..tight()
        },
        &Scripted::new(&[Act::Tone(0.1)]),
    );
    let body = |padding: usize| format!("{{\"text\":\"a\"{}}}", " ".repeat(padding));
    assert_eq!(body(28).len(), 40);
    assert_eq!(send(&app, ask(body(28))).await.status(), 200);
    let response = send(&app, ask(body(29))).await;
    let too_large = (413, "BODY_TOO_LARGE".to_owned());
    assert_eq!(code(response).await, too_large);

    // Without an announced length, in pieces.
    let pieces = Body::new(Pieces(vec![body(0), " ".repeat(20), " ".repeat(20)]));
    assert_eq!(code(send(&app, ask(pieces)).await).await, too_large);
    // Announced, to one who waits for permission.
    let mut waiting = ask(body(29));
    waiting
        .headers_mut()
        .insert("expect", HeaderValue::from_static("100-continue"));
    assert_eq!(code(send(&app, waiting).await).await, too_large);
}

#[tokio::test]
async fn bodies_beyond_any_patience_are_not_even_drained() {
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    let piece = " ".repeat(1 << 20);
    let body = Body::new(Pieces(vec![piece; 40]));
    assert_eq!(
        code(send(&app, ask(body)).await).await,
        (413, "BODY_TOO_LARGE".to_owned())
    );
    let limit = usize::try_from(DRAINED_BYTES).unwrap();
    let response = send(&app, ask(" ".repeat(limit + 1))).await;
    assert_eq!(code(response).await, (413, "BODY_TOO_LARGE".to_owned()));
}

#[tokio::test]
async fn bodies_that_stall_or_break_off_are_given_up() {
    let app = app(tight(), &Scripted::new(&[Act::Break]));
    let timed_out = (408, "BODY_TIMEOUT".to_owned());
    assert_eq!(
        code(send(&app, ask(Body::new(Silence))).await).await,
        timed_out
    );
    assert_eq!(
        code(send(&app, ask(Body::new(Broken))).await).await,
        timed_out
    );
}

/// A body in pieces, of a length nobody knows.
struct Pieces(Vec<String>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let next =
            (!self.0.is_empty()).then(|| Ok(http_body::Frame::data(Bytes::from(self.0.remove(0)))));
        std::task::Poll::Ready(next)
    }
}

/// A body that never comes.
struct Silence;

impl http_body::Body for Silence {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

/// A body whose connection breaks.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Err(std::io::Error::other("reset"))))
    }
}

/// A request of OpenAI's clients.
fn openai(body: &str) -> Request<Body> {
    let mut request = ask(body.to_owned());
    *request.uri_mut() = "/v1/audio/speech".parse().unwrap();
    request
}

#[tokio::test]
async fn openai_clients_get_their_defaults_and_their_errors() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let response = send(
        &app,
        openai(r#"{"model":"tts-1","input":"Hi","voice":{"id":"beep"},"instructions":"Softly","response_format":"wav"}"#),
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "audio/wav");
    assert_eq!(response.headers()["x-ignored"], "instructions");
    assert!(bytes(response).await.starts_with(b"RIFF"));

    let response = send(&app, openai(r#"{"input":"Hi","voice":"nobody"}"#)).await;
    assert_eq!(response.status(), 400);
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = json(response).await;
    assert_eq!(body["error"]["param"], "voice");
    assert_eq!(body["error"]["type"], "invalid_request_error");
    assert_eq!(body["error"]["code"], "UNKNOWN_VOICE");
    assert_eq!(
        (&body["code"], &body["request_id"]),
        (&json!("UNKNOWN_VOICE"), &json!(id))
    );
}

#[tokio::test]
async fn events_carry_the_audio_and_end_with_what_it_took() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let response = send(
        &app,
        openai(r#"{"input":"One two three. Four five six.","stream_format":"sse","response_format":"pcm"}"#),
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(response.headers()["x-provider"], "scripted");
    let text = String::from_utf8(bytes(response).await).unwrap();
    let events: Vec<serde_json::Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let (last, deltas) = events.split_last().unwrap();
    let mut audio = Vec::new();
    for delta in deltas {
        assert_eq!(delta["type"], "speech.audio.delta");
        let piece = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            delta["audio"].as_str().unwrap(),
        );
        audio.extend(piece.unwrap());
    }
    assert_eq!(last["type"], "speech.audio.done");
    assert_eq!(last["usage"]["input_tokens"], 29);
    let seconds = last["timing"]["audio_seconds"].as_f64().unwrap();
    assert!((seconds - audio.len() as f64 / 48_000.0).abs() < 1e-9);
    let streamed = bytes(send(&app, ask(TWO_STREAMED)).await).await;
    assert!(streamed == audio, "{} {}", streamed.len(), audio.len());
}

#[tokio::test]
async fn events_say_what_went_wrong_after_the_first_audio() {
    let app = app(
        tight(),
        &Scripted::new(&[Act::Tone(3.0), Act::Tone(3.0), Act::Tone(3.0), Act::Break]),
    );
    let text = "One two three four. ".repeat(10);
    let body = format!(r#"{{"text":"{text}","stream_format":"sse"}}"#);
    let response = send(&app, ask(body)).await;
    assert_eq!(response.status(), 200);
    let text = String::from_utf8(bytes(response).await).unwrap();
    let last = text.trim_end().rsplit("\n\n").next().unwrap();
    assert!(last.starts_with("event: error\n"), "{last}");
    assert!(last.contains("\"INTERNAL_ERROR\""), "{last}");
    assert!(!text.contains("speech.audio.done"));
}

#[tokio::test]
async fn a_stream_ends_with_trailers_for_who_takes_them() {
    use http_body::Body as _;
    let app = app(tight(), &Scripted::new(&[Act::Timed(0.5)]));
    for (te, taken) in [("gzip, Trailers", true), ("gzip", false)] {
        let mut request = ask(TWO_STREAMED);
        request
            .headers_mut()
            .insert("te", HeaderValue::from_static(te));
        let response = send(&app, request).await;
        assert_eq!(response.headers().contains_key("trailer"), taken);
        let timing = response.headers()["server-timing"].to_str().unwrap();
        assert!(timing.starts_with("queue;dur=") && !timing.contains("total"));
        let mut body = response.into_body();
        let mut audio = 0;
        let mut trailers = None;
        while let Some(frame) =
            std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await
        {
            match frame.unwrap().into_data() {
                Ok(data) => audio += data.len(),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        assert_eq!(trailers.is_some(), taken);
        if let Some(trailers) = trailers {
            let seconds: f64 = trailers["x-audio-seconds"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            assert!((seconds - audio as f64 / 48_000.0).abs() < 1e-3);
            assert_eq!(trailers["x-underruns"], "0");
            assert_eq!(trailers["x-spelled-words"], "2");
        }
    }
}

/// A request of Kokoro-FastAPI's clients.
fn captioned(body: &str) -> Request<Body> {
    let mut request = ask(body.to_owned());
    *request.uri_mut() = "/dev/captioned_speech".parse().unwrap();
    request
}

#[tokio::test]
async fn words_have_their_times_in_a_whole_answer() {
    let app = app(tight(), &Scripted::new(&[Act::Timed(0.5)]));
    let response = send(
        &app,
        captioned(r#"{"input":"Über, one two.","stream":false,"response_format":"wav"}"#),
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let body = json(response).await;
    assert_eq!(body["audio_format"], "audio/wav");
    // "RIFF" in base64.
    assert!(body["audio"].as_str().unwrap().starts_with("UklGR"));
    let word = &body["timestamps"][0];
    assert_eq!(
        (&word["word"], &word["start_char"], &word["end_char"]),
        (&json!("Über"), &json!(0), &json!(4))
    );
    assert!(word["start_time"].as_f64().unwrap() < word["end_time"].as_f64().unwrap());
}

#[tokio::test]
async fn times_that_are_not_known_are_null() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.5)]));
    let response = send(&app, ask(r#"{"text":"Hi","timestamps":true}"#)).await;
    let body = json(response).await;
    assert_eq!(
        (&body["audio_format"], &body["timestamps"]),
        (&json!("audio/pcm"), &json!(null))
    );
}

#[tokio::test]
async fn words_come_with_the_piece_of_the_stream_they_begin_in() {
    let app = app(tight(), &Scripted::new(&[Act::Timed(1.0)]));
    let text = "One two three four. One two three four.";
    let lines = captioned(&format!(r#"{{"input":"{text}","response_format":"pcm"}}"#));
    let response = send(&app, lines).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/x-ndjson");
    let body = String::from_utf8(bytes(response).await).unwrap();
    let lines: Vec<serde_json::Value> = body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() > 10, "{}", lines.len());
    let words: Vec<_> = lines
        .iter()
        .flat_map(|line| line["timestamps"].as_array().unwrap())
        .map(|word| (word["word"].clone(), word["start_char"].clone()))
        .collect();
    assert_eq!(words, [(json!("One"), json!(0)), (json!("One"), json!(20))]);

    let events = openai(&format!(
        r#"{{"input":"{text}","stream_format":"sse","timestamps":true}}"#
    ));
    let body = String::from_utf8(bytes(send(&app, events).await).await).unwrap();
    assert_eq!(body.matches(r#""word":"One""#).count(), 2);
}

#[tokio::test]
async fn every_format_comes_whole_and_streamed_at_the_rate_asked_for() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(1.0)]));
    for (format, media_type, start) in [
        ("wav", "audio/wav", b"RIFF".as_slice()),
        ("flac", "audio/flac", b"fLaC"),
        ("mp3", "audio/mpeg", b""),
        ("opus", "audio/ogg", b"OggS"),
    ] {
        for stream in [false, true] {
            let body = json!({ "text": "Hello.", "format": format, "stream": stream, "sample_rate": 48000 });
            let response = send(&app, ask(body.to_string())).await;
            assert_eq!(response.status(), 200, "{format} {stream}");
            assert_eq!(response.headers()[CONTENT_TYPE], media_type);
            let audio = bytes(response).await;
            assert!(audio.starts_with(start), "{format} {stream}");
            assert!(audio.len() > 2000, "{format} {stream}: {}", audio.len());
        }
    }
    let pcm = |rate: u32| ask(json!({ "text": "Hello.", "sample_rate": rate }).to_string());
    let low = bytes(send(&app, pcm(8000)).await).await;
    let high = bytes(send(&app, pcm(48_000)).await).await;
    assert!(
        low.len().abs_diff(high.len() / 6) < 100,
        "{} {}",
        low.len(),
        high.len()
    );
}

#[tokio::test]
async fn a_sound_shorter_than_a_frame_comes_at_the_end_of_its_stream() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(0.02)]));
    for format in ["pcm", "wav", "mp3", "opus", "flac"] {
        let body =
            json!({ "text": "Hi.", "format": format, "stream_format": "sse", "timestamps": true });
        let response = send(&app, ask(body.to_string())).await;
        assert_eq!(response.status(), 200, "{format}");
        let text = String::from_utf8(bytes(response).await).unwrap();
        assert!(text.contains("\"audio\":\""), "{format}: {text}");
        assert!(
            text.contains("event: speech.audio.done\n"),
            "{format}: {text}"
        );
    }
}
