//! The HTTP API of a real server that speaks with the model that is in the program.

mod common;

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use common::Running;
use kokoro_server::access::{Keys, Rate};
use kokoro_server::{Access, Limits, Server, ServerConfig, ServerError};
use kokoro_speech::{EngineConfig, ProviderChoice};
use serde_json::json;

const HELLO: &str = "Hello, world! This is a test of speech.";

fn ask(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[test]
fn both_routes_speak_whole_and_streamed() {
    let server = Running::start(Limits::default());
    let mut lengths = Vec::new();
    for path in ["/v1/audio/speech", "/v1/tts"] {
        for stream in [false, true] {
            let pcm = server.post(
                path,
                &ask(&json!({ "text": HELLO, "stream": stream, "format": "pcm" })),
            );
            assert_eq!(
                (pcm.status, pcm.header("content-type")),
                (200, "audio/pcm"),
                "{path} {stream}"
            );
            assert_eq!(pcm.header("x-provider"), "hedgerow");
            assert!(
                pcm.header("x-backend").starts_with("rten "),
                "{}",
                pcm.header("x-backend")
            );
            assert!(pcm.header("x-model-digest").starts_with("sha256:"));
            assert_eq!(
                (pcm.header("x-voice"), pcm.header("x-dropped-characters")),
                ("af_fern", "0")
            );
            assert!(pcm.header("x-ttfa").parse::<f64>().unwrap() > 0.0);
            assert!(pcm.header("x-request-id").starts_with("req_"));
            assert_eq!(pcm.header("content-length").is_empty(), stream);
            lengths.push(pcm.body.len());

            let wav = server.post(
                path,
                &ask(&json!({ "input": HELLO, "response_format": "wav", "stream": stream })),
            );
            assert_eq!((wav.status, wav.header("content-type")), (200, "audio/wav"));
            let size = u32::from_le_bytes(wav.body[40..44].try_into().unwrap());
            let expected = if stream {
                u32::MAX
            } else {
                u32::try_from(wav.body.len() - 44).unwrap()
            };
            assert_eq!((&wav.body[..4], size), (b"RIFF".as_slice(), expected));
            lengths.push(wav.body.len() - 44);
        }
    }
    let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
    // A stream is cut as the machine has time for, and so its pauses differ a little from a whole text's.
    assert!(*least > 48_000 && most - least < 24_000, "{lengths:?}");
}

#[test]
fn a3_every_documented_mistake_has_its_answer() {
    let server = Running::start(Limits::default());
    let long = "a".repeat(4501);
    let cases = [
        (json!({ "text": "" }), 400, "EMPTY_TEXT"),
        (json!({ "text": "  \n\t " }), 400, "EMPTY_TEXT"),
        (json!({ "text": "\u{0}\u{1b}\u{7f}" }), 400, "EMPTY_TEXT"),
        (json!({ "text": "日本語" }), 400, "EMPTY_TEXT"),
        (json!({ "text": "..." }), 400, "EMPTY_TEXT"),
        (json!({ "text": long }), 400, "TEXT_TOO_LONG"),
        (json!({ "text": "a", "speed": 0 }), 400, "INVALID_SPEED"),
        (json!({ "text": "a", "speed": 1e9 }), 400, "INVALID_SPEED"),
        (
            json!({ "text": "a", "voice": "nobody" }),
            400,
            "UNKNOWN_VOICE",
        ),
        (
            json!({ "text": "a", "lang": "tlh" }),
            400,
            "UNKNOWN_LANGUAGE",
        ),
        (
            json!({ "text": "a", "format": "aac" }),
            400,
            "UNSUPPORTED_FORMAT",
        ),
        (json!({}), 422, "VALIDATION_ERROR"),
        (json!({ "text": 5 }), 422, "VALIDATION_ERROR"),
        (
            json!({ "text": "a", "input": "a" }),
            422,
            "VALIDATION_ERROR",
        ),
        (
            json!({ "text": "a", "format": "wav", "response_format": "pcm" }),
            422,
            "VALIDATION_ERROR",
        ),
        (
            json!({ "text": "a", "speed": "fast" }),
            422,
            "VALIDATION_ERROR",
        ),
        (
            json!({ "text": "a", "stream": null }),
            422,
            "VALIDATION_ERROR",
        ),
        (json!(["text"]), 422, "VALIDATION_ERROR"),
    ];
    for path in ["/v1/audio/speech", "/v1/tts"] {
        for (body, status, code) in &cases {
            assert_eq!(
                server.post(path, &ask(body)).error(),
                (*status, (*code).to_owned()),
                "{code}"
            );
        }
        for body in [
            b"{\"text\":\"a\xff\"}".as_slice(),
            b"{\"text\":",
            b"",
            b"\x00",
        ] {
            assert_eq!(
                server.post(path, body).error(),
                (422, "VALIDATION_ERROR".to_owned())
            );
        }
        let megabyte = ask(&json!({ "text": "a".repeat(1 << 20) }));
        assert_eq!(
            server.post(path, &megabyte).error(),
            (413, "BODY_TOO_LARGE".to_owned())
        );
        let answer = server.raw(format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").as_bytes());
        assert!(
            answer.starts_with("HTTP/1.1 415 ") && answer.contains("\"UNSUPPORTED_MEDIA_TYPE\""),
            "{answer}"
        );
        let answer = server.raw(
            format!("DELETE {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
        );
        assert!(
            answer.starts_with("HTTP/1.1 405 ") && answer.contains("\r\nallow: POST\r\n"),
            "{answer}"
        );
        assert!(answer.contains("\"METHOD_NOT_ALLOWED\""), "{answer}");
    }
    let (status, body) = server.get("/v2/nothing");
    assert_eq!(status, 404);
    assert!(body.contains("\"NOT_FOUND\""), "{body}");
    // After all that it speaks.
    assert_eq!(
        server
            .post("/v1/tts", &ask(&json!({ "text": HELLO })))
            .status,
        200
    );
}

#[test]
fn what_cannot_be_spoken_in_speakable_text_is_left_out_and_counted() {
    let server = Running::start(Limits::default());
    let plain = server.post("/v1/tts", &ask(&json!({ "text": "One two" })));
    let dirty = server.post("/v1/tts", &ask(&json!({ "text": "One\u{7} \u{0}two 日" })));
    assert_eq!((plain.status, dirty.status), (200, 200));
    assert_eq!(plain.header("x-dropped-characters"), "0");
    assert_eq!(dirty.header("x-dropped-characters"), "3");
    assert!(plain.body.len().abs_diff(dirty.body.len()) < 4800);
}

#[test]
fn speed_and_voice_are_heard() {
    let server = Running::start(Limits::default());
    let length = |body| server.post("/v1/tts", &ask(&body)).body.len() as f64;
    let normal = length(json!({ "text": HELLO }));
    assert!(length(json!({ "text": HELLO, "speed": 2.0 })) < normal * 0.7);
    assert!(length(json!({ "text": HELLO, "speed": 0.5 })) > normal * 1.5);
    let british = server.post(
        "/v1/tts",
        &ask(&json!({ "text": HELLO, "voice": "bm_fable" })),
    );
    assert_eq!(british.header("x-voice"), "bm_rowan");
    let blend = |voice| server.post("/v1/tts", &ask(&json!({ "text": HELLO, "voice": voice })));
    let blended = blend("af_fern:0.3,bm_rowan:0.7");
    assert_eq!(
        (blended.status, blended.header("x-voice")),
        (200, "af_fern:0.3+bm_rowan:0.7")
    );
    assert_ne!(blended.body, blend("bm_rowan").body);
    assert_eq!(
        blend("af_fern:0").error(),
        (400, "UNKNOWN_VOICE".to_owned())
    );
}

/// The answer, head and body as they came, to a request for a stream by this head line.
fn streamed(server: &Running, head: &str) -> String {
    let body = json!({ "text": "Hello.", "stream": true, "format": "pcm" }).to_string();
    let request = format!(
        "POST /v1/tts HTTP/1.1\r\nhost: x\r\nconnection: close{head}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    server.raw(request.as_bytes())
}

#[test]
fn trailers_follow_a_stream_on_the_wire_for_who_takes_them() {
    let server = Running::start(Limits::default());
    let answer = streamed(&server, ", te\r\nte: trailers");
    assert!(
        answer.contains(
            "trailer: server-timing, x-rtf, x-audio-seconds, x-spelled-words, x-underruns\r\n"
        ),
        "{answer}"
    );
    let (_, end) = answer.rsplit_once("\r\n0\r\n").unwrap();
    for name in [
        "server-timing: total;dur=",
        "x-rtf: ",
        "x-audio-seconds: ",
        "x-spelled-words: 0",
        "x-underruns: 0",
    ] {
        assert!(end.contains(name), "{name} is not in {end}");
    }
    assert!(streamed(&server, "").ends_with("\r\n0\r\n\r\n"));
}

#[test]
fn who_has_no_key_or_asks_too_often_is_told_so() {
    let access = Access {
        keys: Keys::parse("alpha").unwrap(),
        per_address: Some(Rate::per_minute(std::num::NonZeroU32::new(2).unwrap())),
        ..Access::default()
    };
    let server = Running::start_guarded(Limits::default(), access);
    let body = ask(&json!({ "text": "Hello." }));
    assert_eq!(
        server.post("/v1/tts", &body).error(),
        (401, "UNAUTHORIZED".to_owned())
    );
    let raw = |path: &str| {
        server.raw(
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer alpha\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
            )
            .as_bytes(),
        )
    };
    assert!(raw("/v1/tts").starts_with("HTTP/1.1 422 "));
    let refused = raw("/v1/audio/speech");
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    assert!(refused.contains("\r\nretry-after: "), "{refused}");
    assert!(
        refused.contains("\"type\":\"rate_limit_error\""),
        "{refused}"
    );
}

#[test]
fn two_hundred_silent_connections_do_not_stop_it() {
    let limits = Limits {
        header_timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = Running::start(limits);
    let mut silent: Vec<_> = (0..200).map(|_| server.connect()).collect();
    // Some begin, and do not go on.
    for stream in silent.iter_mut().take(50) {
        stream.write_all(b"POST /v1/tts HTTP/1.1\r\nhost").unwrap();
    }
    assert_eq!(
        server
            .post("/v1/tts", &ask(&json!({ "text": HELLO })))
            .status,
        200
    );
    // In the end they are closed: a read gives the end, or an answer and then the end.
    let begun = Instant::now();
    for stream in &mut silent {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn connections_beyond_the_limit_wait_for_one_to_close() {
    let limits = Limits {
        connections: 2,
        header_timeout: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = Running::start(limits);
    let _silent: Vec<_> = (0..6).map(|_| server.connect()).collect();
    assert_eq!(server.get("/healthz").0, 200);
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    let limits = Limits {
        body_timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Running::start(limits);
    let answer = server.raw(
        b"POST /v1/tts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 20\r\n\r\n{",
    );
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"BODY_TIMEOUT\""), "{answer}");
}

#[test]
fn a_listener_that_takes_nothing_is_let_go() {
    let limits = Limits {
        write_timeout: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = Running::start(limits);
    let text = "This is a sentence of some length. ".repeat(120);
    let body = json!({ "text": text, "speed": 0.25, "stream": true }).to_string();
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/tts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    for _ in 0..600 {
        if server
            .get("/metrics")
            .1
            .contains("\ntts_active_requests 0\n")
        {
            // Given up, not finished.
            let status: serde_json::Value = serde_json::from_str(&server.get("/status").1).unwrap();
            assert_eq!(status["performance_stats"]["success_rate"], json!(null));
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the synthesis goes on");
}

#[test]
fn stopping_lets_a_stream_finish_and_refuses_new_connections() {
    let mut server = Running::start(Limits::default());
    let body = json!({ "text": HELLO.repeat(20), "stream": true }).to_string();
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/tts HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).unwrap();
    server.ask_to_stop();
    stream.read_to_end(&mut answer).unwrap();
    // Chunked, to its end.
    assert!(answer.ends_with(b"\r\n0\r\n\r\n"));
    assert!(answer.len() > 48_000 * 20, "{}", answer.len());
    let address = server.address;
    server.result().unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn stopping_does_not_wait_for_ever() {
    let limits = Limits {
        shutdown_grace: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Running::start(limits);
    let mut stream = server.connect();
    stream.write_all(b"POST /v1/tts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    server.result().unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
}

fn config(address: std::net::SocketAddr, espeak: Option<&str>) -> ServerConfig {
    let engine = EngineConfig {
        provider: ProviderChoice::Espeak,
        espeak: espeak.map(Into::into),
        ..EngineConfig::default()
    };
    ServerConfig {
        address,
        limits: Limits::default(),
        engine,
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = Server::bind(config(address, None)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("cannot listen on {address}: ")),
        "{text}"
    );
    assert!(
        text.ends_with("choose another with --host and --port (0 takes a free port)"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_whose_engine_cannot_speak_ends() {
    let server = Server::bind(config(
        "127.0.0.1:0".parse().unwrap(),
        Some("/nowhere/espeak-ng"),
    ))
    .await
    .unwrap();
    let result = tokio::time::timeout(Duration::from_secs(20), server.run(std::future::pending()))
        .await
        .unwrap();
    assert!(matches!(result, Err(ServerError::Engine(_))), "{result:?}");
}
