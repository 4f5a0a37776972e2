//! `kokoro serve` of a build with the feature `otlp`: configured by the environment, and done with its spans when it stops.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

const TEXT: &str = "Zanzibar confidential.";

fn serve(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kokoro"));
    for (name, _) in std::env::vars() {
        if name.starts_with("KOKORO_") || name.starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command
        .env("KOKORO_MODELS", "/nowhere/models")
        .envs(variables.iter().copied())
        .args(["serve", "--port", "0"])
        .stdin(Stdio::null());
    command
}

/// Takes one request after the other, and passes on their heads and bodies.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            take(stream.unwrap(), &sender);
        }
    });
    (address, receiver)
}

fn take(stream: TcpStream, sender: &Sender<(String, Vec<u8>)>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap() == 0 {
            return;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    sender.send((head, body)).unwrap();
    let mut writer = stream;
    writer
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .unwrap();
}

/// A server, its address, and what it writes to stderr after that.
fn started(variables: &[(&str, &str)]) -> (Child, String, BufReader<std::process::ChildStderr>) {
    let mut child = serve(variables).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("kokoro: listening on ").unwrap();
    (child, url.to_owned(), reader)
}

fn stopped(mut child: Child, mut rest: BufReader<std::process::ChildStderr>) -> (i32, String) {
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    let mut log = String::new();
    rest.read_to_string(&mut log).unwrap();
    (child.wait().unwrap().code().unwrap(), log)
}

fn speak(url: &str) -> u16 {
    for _ in 0..500 {
        if ureq::get(format!("{url}/readyz")).call().is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let body = format!(r#"{{"text":"{TEXT}"}}"#);
    let mut answer = ureq::post(format!("{url}/v1/tts"))
        .header("content-type", "application/json")
        .send(body)
        .unwrap();
    answer.body_mut().read_to_vec().unwrap();
    answer.status().as_u16()
}

#[test]
fn spans_reach_the_collector_of_the_environment_before_the_server_ends() {
    let (endpoint, received) = collector();
    let (child, url, rest) = started(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=the%20voice"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=attic",
        ),
        // Longer than this test: what comes, comes at the end.
        ("OTEL_BSP_SCHEDULE_DELAY", "600000"),
    ]);
    assert_eq!(speak(&url), 200);
    let (exit, log) = stopped(child, rest);
    assert_eq!(exit, 0, "{log}");
    let (head, body) = received.try_recv().unwrap();
    assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nx-tenant: the voice\r\n"), "{head}");
    let body = String::from_utf8_lossy(&body);
    for part in [
        "POST /v1/tts",
        "synthesis",
        "service.name",
        "kokoro",
        "attic",
    ] {
        assert!(body.contains(part), "{part}");
    }
    for everything in [&*body, &log] {
        assert!(!everything.contains("Zanzibar") && !everything.contains("confidential"));
    }
    assert!(log.contains("\"message\":\"traces are exported\""), "{log}");
    assert!(log.contains("\"trace_id\":\""), "{log}");
    assert!(!log.contains("spans"), "{log}");
}

#[test]
fn batches_can_be_compressed() {
    let (endpoint, received) = collector();
    let (child, url, rest) = started(&[
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            &format!("{endpoint}/in"),
        ),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ]);
    assert_eq!(speak(&url), 200);
    let (exit, log) = stopped(child, rest);
    assert_eq!(exit, 0, "{log}");
    let (head, body) = received.try_recv().unwrap();
    assert!(head.starts_with("post /in http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-encoding: gzip\r\n"), "{head}");
    assert_eq!(&body[..2], b"\x1f\x8b");
}

#[test]
fn without_a_collector_nothing_is_exported_and_nothing_said() {
    let (child, url, rest) = started(&[]);
    assert_eq!(speak(&url), 200);
    let (exit, log) = stopped(child, rest);
    assert_eq!(exit, 0);
    assert!(log.contains("\"message\":\"answered\""), "{log}");
    assert!(!log.contains("trace"), "{log}");
}

#[test]
fn a_variable_that_nobody_can_follow_is_a_wrong_command() {
    let output: Output = serve(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "kokoro: OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf (a collector has it on port 4318), found `grpc`\n"
    );
}
