use std::io::{Read, Write};
use std::net::TcpListener;

use super::*;

/// An answer to `/status`.
pub(crate) const STATUS: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"provider\":\"p\",\"backend\":\"b\",\"providers\":[\"cpu\"],\"model_sha256\":null,\"version\":\"1\",\"process\":{\"rss_bytes\":4096}}";

/// A server that gives the same answers in turn, whatever it is asked.
pub(crate) struct Stub(String);

impl Stub {
    pub(crate) fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for (stream, answer) in listener.incoming().zip(answers.iter().cycle()) {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                for (index, part) in answer.split("<pause>").enumerate() {
                    if index > 0 {
                        std::thread::sleep(Duration::from_millis(250));
                    }
                    let _ = stream.write_all(part.as_bytes());
                }
            }
        });
        Self(format!("http://{address}/"))
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.0)
    }
}

const ASK: Ask<'_> = Ask {
    text: "a",
    voice: None,
    stream: true,
};

fn hear(answer: &str) -> Heard {
    Stub::answering(&[answer])
        .client()
        .speak(&ASK, Instant::now())
}

#[test]
fn the_status_is_read() {
    let stub = Stub::answering(&[STATUS]);
    let status = stub.client().status().unwrap();
    let expected = Status {
        provider: Some("p".to_owned()),
        backend: Some("b".to_owned()),
        providers: vec!["cpu".to_owned()],
        model_sha256: None,
        version: "1".to_owned(),
        process: Process {
            rss_bytes: Some(4096),
        },
    };
    assert_eq!(status, expected);
    assert_eq!(stub.client().resident_bytes(), Some(4096));
}

#[test]
fn what_is_no_kokoro_server_is_said() {
    let client = Stub::answering(&["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}"]).client();
    let error = client.status().unwrap_err();
    assert!(
        error.starts_with(&format!(
            "expected the status of a kokoro server at {}/status; found something else: ",
            client.url
        )),
        "{error}"
    );
    assert_eq!(client.resident_bytes(), None);
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = Client::new(&format!("http://{closed}"))
        .status()
        .unwrap_err();
    assert!(
        error.starts_with(&format!(
            "expected a kokoro server at http://{closed}; found none: "
        )),
        "{error}"
    );
    assert!(
        error.ends_with("; start one with `kokoro serve`"),
        "{error}"
    );
}

#[test]
fn arrivals_are_noted_as_they_come() {
    let heard = hear("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<pause>abcd<pause>efghij");
    assert_eq!((heard.status, heard.error.as_deref()), (Some(200), None));
    assert_eq!(
        heard.chunks.iter().map(|chunk| chunk.1).collect::<Vec<_>>(),
        [4, 6]
    );
    let first = heard.chunks[0].0;
    assert_eq!(heard.ttfa_s, Some(first));
    assert!(
        first >= 0.24 && heard.chunks[1].0 >= first + 0.1 && heard.wall_s >= heard.chunks[1].0,
        "{heard:?}"
    );
    assert!(heard.wall_s < 5.0);
    assert_eq!(heard.audio_s(), 10.0 / 48_000.0);
}

#[test]
fn failures_are_kept_with_their_reason() {
    let heard = hear("HTTP/1.1 503 Busy\r\nconnection: close\r\n\r\n{\"code\":\"QUEUE_FULL\"}");
    assert_eq!(heard.status, Some(503));
    assert_eq!(
        heard.error.as_deref(),
        Some("expected status 200; found 503: {\"code\":\"QUEUE_FULL\"}")
    );
    assert_eq!((heard.ttfa_s, heard.chunks.len()), (None, 0));
    assert_eq!((heard.refused, heard.sha256), (None, None));

    let heard = hear("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
    assert_eq!(
        heard.error.as_deref(),
        Some("expected audio; found an empty body")
    );
    let heard = hear("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc");
    assert_eq!(
        heard.error.as_deref(),
        Some("expected 16-bit samples; found an odd number of bytes, 3")
    );
    let heard = hear("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabcd");
    assert!(
        heard
            .error
            .as_deref()
            .unwrap()
            .starts_with("the audio broke off: "),
        "{heard:?}"
    );
    assert_eq!(heard.envelope.bytes(), 4);
    let heard = hear("nonsense");
    assert!(
        heard.error.as_deref().unwrap().starts_with("no answer: "),
        "{heard:?}"
    );
    assert_eq!(heard.status, None);
}

#[test]
fn the_request_is_what_was_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.ends_with(b"}") {
            let length = stream.read(&mut buffer).unwrap();
            assert!(length > 0);
            request.extend_from_slice(&buffer[..length]);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nab")
            .unwrap();
        String::from_utf8(request).unwrap()
    });
    Client::new(&url).speak(
        &Ask {
            text: "Hi",
            voice: Some("nova"),
            stream: false,
        },
        Instant::now(),
    );
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("POST /v1/audio/speech HTTP/1.1\r\n"),
        "{asked}"
    );
    let body: serde_json::Value =
        serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        body,
        json!({ "text": "Hi", "stream": false, "format": "pcm", "voice": "nova" })
    );
}

#[test]
fn a_busy_server_says_when_to_come_again() {
    for (line, refused) in [
        ("429 Many\r\nretry-after: 7", Some(Duration::from_secs(7))),
        ("503 Busy\r\nretry-after: 2", Some(Duration::from_secs(2))),
        ("503 Busy\r\nretry-after: soon", None),
        ("500 Broken\r\nretry-after: 2", None),
        ("503 Busy", None),
    ] {
        let heard = hear(&format!("HTTP/1.1 {line}\r\nconnection: close\r\n\r\n{{}}"));
        assert_eq!(heard.refused, refused, "{line}");
        assert!(heard.error.is_some());
    }
}

#[test]
fn audio_is_known_by_its_digest() {
    let heard = hear("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<pause>ab<pause>cd");
    let expected: [u8; 32] = Sha256::digest(b"abcd").into();
    assert_eq!(heard.sha256, Some(expected));
}

#[test]
fn what_the_server_does_is_read_from_its_metrics() {
    let page = "# TYPE tts_active_requests gauge\ntts_active_requests 2\ntts_queue_depth 1\nprocess_cpu_seconds_total 1.25\n";
    let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{page}");
    let activity = Stub::answering(&[&answer]).client().activity().unwrap();
    assert_eq!(
        activity,
        Activity {
            running: 2.0,
            waiting: 1.0,
            cpu_s: Some(1.25)
        }
    );
    let idle = |page: &str| Activity::of(page).unwrap().is_idle();
    assert!(idle("tts_active_requests 0\ntts_queue_depth 0\n"));
    assert!(!idle("tts_active_requests 1\ntts_queue_depth 0\n"));
    assert!(!idle("tts_active_requests 0\ntts_queue_depth 1\n"));
    assert_eq!(Activity::of("tts_queue_depth 0\n"), None);
    assert_eq!(Activity::of("tts_active_requests 0\n"), None);
}
