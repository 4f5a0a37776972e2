use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;

use super::*;

/// Answers one request with these bytes; its address.
fn answering(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        assert!(request[..length].starts_with(b"POST /v1/traces"));
        stream.write_all(&answer).unwrap();
    });
    format!("http://{address}/v1/traces")
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The status of an answer or why there is none, and the spans it says are lost.
fn asked(answer: Vec<u8>) -> (Result<u16, String>, u64) {
    let settings = Settings::new(answering(answer));
    let losses = Arc::new(Losses::default());
    let collector = Collector::new(&settings, Arc::clone(&losses)).unwrap();
    let request = Request::post(&settings.endpoint)
        .body(Bytes::from_static(b"spans"))
        .unwrap();
    let answer = collector.ask(request);
    let status = answer.map(|answer| answer.status().as_u16());
    (status.map_err(|error| error.to_string()), losses.lost())
}

fn partial(rejected_spans: i64) -> Vec<u8> {
    let partial_success = Some(ExportTracePartialSuccess {
        rejected_spans,
        error_message: String::new(),
    });
    ExportTraceServiceResponse { partial_success }.encode_to_vec()
}

#[test]
fn spans_that_a_collector_rejects_are_lost() {
    assert_eq!(asked(http("200 OK", b"")), (Ok(200), 0));
    assert_eq!(asked(http("200 OK", &partial(0))), (Ok(200), 0));
    assert_eq!(asked(http("200 OK", &partial(7))), (Ok(200), 7));
    // What an error says is the exporter's to judge.
    assert_eq!(asked(http("503 No", &partial(7))), (Ok(503), 0));
    assert_eq!(asked(http("200 OK", b"\xff\xff")), (Ok(200), 0));
}

#[test]
fn an_endless_answer_is_not_read() {
    let (answer, _) = asked(http("200 OK", &vec![0; 100_000]));
    assert_eq!(answer, Err(ResponseBodyTooLarge::new().to_string()));
}

#[test]
fn who_does_not_answer_is_no_answer() {
    let (answer, lost) = asked(b"nonsense\r\n\r\n".to_vec());
    assert!(answer.is_err());
    assert_eq!(lost, 0);
}

#[test]
fn certificates_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let refused = |path: &Path| {
        let settings = Settings {
            certificates: Some(("SSL_CERT_FILE", path.to_path_buf())),
            ..Settings::new("https://localhost/v1/traces".to_owned())
        };
        Collector::new(&settings, Arc::default())
            .unwrap_err()
            .to_string()
    };
    std::fs::write(&file, "no certificate").unwrap();
    let error = refused(&file);
    assert!(error.starts_with("SSL_CERT_FILE: expected a file of certificates in PEM at "));
    assert!(error.ends_with(": it holds none; name another, or none for Mozilla's list"));
    assert!(refused(&folder.path().join("gone.pem")).contains("No such file"));
}
