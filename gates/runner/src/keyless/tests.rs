use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use caws_attest::sigstore::keyless::{ANSWER_LIMIT, Services as _};

use super::{DEADLINE, Remote, SetupError, Source};
use crate::gates::testing::{host, temp};
use crate::host::Host;

/// A token of nobody: its claims say `iss`, `sub`, `exp`.
const TOKEN: &str = "e30.eyJpc3MiOiJpIiwic3ViIjoicyIsImV4cCI6MX0.c2lnbmF0dXJlLW9mLW5vYm9keQ";

/// Answers one request with `answer`, and hands on what it was asked; none, and the connection stays open.
fn server(answer: Option<Vec<u8>>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        tell.send(format!("{head}\n{}", String::from_utf8_lossy(&body)))
            .unwrap();
        match answer {
            // The caller may have had enough before the end.
            Some(answer) => drop(stream.write_all(&answer)),
            None => drop(reader.read_line(&mut head)),
        }
    });
    (address, asked)
}

fn http(status: &str, more: &str, body: &str) -> Option<Vec<u8>> {
    let length = body.len();
    Some(
        format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{more}\r\n{body}"
        )
        .into_bytes(),
    )
}

fn with(vars: &[(&str, &str)]) -> Host {
    let mut host = host(temp().path());
    for (name, value) in vars {
        host.vars.insert(name.into(), value.into());
    }
    host
}

fn github(url: &str) -> Host {
    with(&[
        ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer-secret"),
    ])
}

#[test]
fn requests_go_to_the_two_services_as_they_expect_them() {
    let (fulcio, of_fulcio) = server(http("200 OK", "", "certificates"));
    let (rekor, of_rekor) = server(http("201 Created", "", "entry"));
    let mut remote = Remote::new(&format!("{fulcio}/"), &rekor, DEADLINE).unwrap();
    assert_eq!(remote.certificate(b"{\"a\":1}").unwrap(), b"certificates");
    assert_eq!(remote.log_entry(b"{}").unwrap(), b"entry");
    let asked = of_fulcio.recv().unwrap();
    assert!(
        asked.starts_with("POST /api/v2/signingCert HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(asked.contains("content-type: application/json"), "{asked}");
    assert!(asked.ends_with("\n{\"a\":1}"), "{asked}");
    let asked = of_rekor.recv().unwrap();
    assert!(
        asked.starts_with("POST /api/v1/log/entries HTTP/1.1\r\n"),
        "{asked}"
    );
}

#[test]
fn an_answer_that_is_none_is_said() {
    let long = "x".repeat(ANSWER_LIMIT + 1);
    let words = "word ".repeat(200);
    for (answer, expected) in [
        (
            http(
                "400 Bad Request",
                "",
                r#"{"code":3,"message":"no such issuer"}"#,
            ),
            "status 400: no such issuer (",
        ),
        (
            http("502 Bad Gateway", "", "<html>\n bad  gateway"),
            "status 502: <html> bad gateway (",
        ),
        (http("500 Oops", "", &words), "word ... ("),
        (http("200 OK", "", &long), "more than 1048576 bytes"),
        // The token would go along.
        (
            http(
                "307 Temporary Redirect",
                "location: http://127.0.0.1:1/\r\n",
                "",
            ),
            "status 307: ",
        ),
        (Some(Vec::new()), ""),
    ] {
        let (address, _asked) = server(answer);
        let mut remote = Remote::new(&address, &address, DEADLINE).unwrap();
        let error = remote.certificate(b"{}").unwrap_err();
        assert!(error.contains(expected), "{error}, not {expected}");
        assert!(error.contains("/api/v2/signingCert)"), "{error}");
    }
    let (address, _asked) = server(None);
    let mut remote = Remote::new(&address, &address, Duration::from_millis(200)).unwrap();
    let error = remote.log_entry(b"{}").unwrap_err();
    assert!(error.contains("timeout"), "{error}");
    // Nobody listens.
    let mut remote = Remote::new("http://127.0.0.1:1", "http://127.0.0.1:1", DEADLINE).unwrap();
    assert!(remote.certificate(b"{}").is_err());
}

#[test]
fn no_secret_goes_over_the_network_in_the_clear() {
    let good = "https://example.org";
    for found in [
        "http://example.org",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "example.org",
        "https://",
        "https://user@example.org",
        "https://:secret@example.org",
        "",
    ] {
        for (fulcio, rekor) in [(found, good), (good, found)] {
            let error = Remote::new(fulcio, rekor, DEADLINE).unwrap_err();
            assert!(matches!(error, SetupError::Address { .. }), "{found}");
        }
        if !found.is_empty() {
            assert!(Source::of(&github(found)).is_err(), "{found}");
        }
    }
    for local in [
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://localhost:1",
        good,
    ] {
        assert!(Remote::new(local, good, DEADLINE).is_ok(), "{local}");
    }
}

#[test]
fn a_token_comes_from_the_environment_or_from_github() {
    let given = with(&[("SIGSTORE_ID_TOKEN", &format!(" {TOKEN}\n"))]);
    let source = Source::of(&given).unwrap();
    assert_eq!(format!("{source:?}"), "Source(given)");
    assert_eq!(source.token(DEADLINE).unwrap().subject(), "s");
    assert!(given.secrets().iter().any(|secret| secret.contains(TOKEN)));
    let (address, asked) = server(http(
        "200 OK",
        "",
        &format!("{{\"count\":1,\"value\":\"{TOKEN}\"}}"),
    ));
    let source = Source::of(&github(&format!("{address}/token?api-version=2.0"))).unwrap();
    assert_eq!(format!("{source:?}"), "Source(GitHub)");
    assert_eq!(source.token(DEADLINE).unwrap().issuer(), "i");
    let asked = asked.recv().unwrap();
    assert!(
        asked.starts_with("GET /token?api-version=2.0&audience=sigstore HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(
        asked.contains("authorization: Bearer bearer-secret\r\n"),
        "{asked}"
    );
}

#[test]
fn without_a_token_it_is_said_what_to_set() {
    for vars in [
        &[][..],
        &[("SIGSTORE_ID_TOKEN", "")],
        &[("ACTIONS_ID_TOKEN_REQUEST_URL", "https://example.org")],
    ] {
        let error = Source::of(&with(vars)).unwrap_err();
        assert!(error.to_string().contains("id-token: write"), "{error}");
    }
    let source = Source::of(&with(&[("SIGSTORE_ID_TOKEN", "secret word")])).unwrap();
    let error = source.token(DEADLINE).unwrap_err();
    assert!(matches!(error, SetupError::Token(_)), "{error}");
    assert!(!error.to_string().contains("secret word"), "{error}");
    for (answer, expected) in [
        (
            http("403 Forbidden", "", "no bearer-secret here"),
            "status 403: no *** here",
        ),
        (
            http("200 OK", "", &format!("\"{TOKEN}\"")),
            "no JSON with `value`",
        ),
        (
            http("200 OK", "", "{\"value\":\"none\"}"),
            "another number of parts",
        ),
    ] {
        let (address, _asked) = server(answer);
        let error = Source::of(&github(&address))
            .unwrap()
            .token(DEADLINE)
            .unwrap_err();
        let shown = error.to_string();
        assert!(
            shown.contains(expected) && !shown.contains(TOKEN),
            "{shown}"
        );
    }
}
