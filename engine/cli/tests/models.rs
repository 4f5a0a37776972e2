//! `kokoro model` as people run it, against a server on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::Value;

/// A file of the engine's tests.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../speech/tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

/// A folder with a catalogue of `tiny`, whose model is `model`, and its voices.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new(size: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = format!(
            r#"{{"schema_version": 1, "files": [
            {{"name": "tiny", "kind": "model", "file": "tiny.onnx", "about": "", "precision": "fp32", "voices": "tiny-voices",
              "size_about": {size}, "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/tiny.onnx"]}},
            {{"name": "tiny-voices", "kind": "voices", "file": "tiny.npz", "about": "", "size_about": 17398,
              "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/tiny.npz"]}}]}}"#
        );
        std::fs::write(folder.path().join("catalogue.json"), catalogue).unwrap();
        Self { folder }
    }

    fn models(&self) -> PathBuf {
        self.folder.path().join("models")
    }

    fn kokoro(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kokoro"));
        for name in [
            "KOKORO_MODEL",
            "KOKORO_VOICES",
            "KOKORO_BACKEND",
            "KOKORO_PROVIDER",
            "KOKORO_ESPEAK",
            "KOKORO_MIRROR",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "SSL_CERT_FILE",
        ] {
            command.env_remove(name);
        }
        command
            .env("KOKORO_MODELS", self.models())
            .env(
                "KOKORO_CATALOGUE",
                self.folder.path().join("catalogue.json"),
            )
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.kokoro(arguments).output().unwrap();
        (
            status.code().unwrap(),
            String::from_utf8(stdout).unwrap(),
            String::from_utf8(stderr).unwrap(),
        )
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (code, stdout, stderr) = self.run(arguments);
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str(&stdout).unwrap()
    }
}

/// Serves `model` and the voices. Of the model it sends only so many bytes in answer to each request that `stalls` names, tells that it
/// did, and then holds the connection.
fn serve(model: Vec<u8>, stalls: Vec<usize>) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        let mut stalls = stalls.into_iter();
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let (path, first) = asked(&stream);
            match path.as_str() {
                "/tiny.onnx" => {
                    let _ = send(&stream, &model, first, stalls.next(), &sender);
                }
                "/tiny.npz" => {
                    let _ = send(&stream, &fixture("tiny-voices.npz"), first, None, &sender);
                }
                _ => {
                    let _ = (&stream).write_all(
                        b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    );
                }
            }
            held.push(stream);
        }
    });
    (url, receiver)
}

/// The path, and the first byte asked for.
fn asked(stream: &TcpStream) -> (String, usize) {
    let (mut path, mut first) = (String::new(), 0);
    for (at, line) in BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .enumerate()
    {
        if line.is_empty() {
            break;
        }
        if at == 0 {
            path = line.split(' ').nth(1).unwrap().to_owned();
        } else if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            first = range.trim_end_matches('-').parse().unwrap();
        }
    }
    (path, first)
}

fn send(
    mut stream: &TcpStream,
    body: &[u8],
    first: usize,
    stall: Option<usize>,
    sent: &Sender<usize>,
) -> std::io::Result<()> {
    let rest = &body[first..];
    let status = if first == 0 {
        "200 OK"
    } else {
        "206 Partial Content"
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nETag: \"x\"\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{}\r\nConnection: close\r\n\r\n",
        rest.len(),
        body.len() - 1,
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&rest[..stall.unwrap_or(rest.len()).min(rest.len())])?;
    stream.flush()?;
    if stall.is_some() {
        let _ = sent.send(first);
    }
    Ok(())
}

#[test]
fn a_model_is_pulled_listed_verified_found_and_speaks() {
    let home = Home::new(1009);
    let (url, _) = serve(fixture("tiny-v1.0.onnx"), Vec::new());
    let (code, stdout, stderr) = home.run(&["model", "path", "tiny"]);
    assert_eq!((code, stdout.as_str()), (3, ""));
    assert!(
        stderr.contains("get it with `kokoro model pull tiny`"),
        "{stderr}"
    );

    let (code, stdout, stderr) = home.run(&["model", "pull", "tiny", "--mirror", &url]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        stdout.contains(
            "tiny: installed; nobody publishes its digest, so it is trusted on first use"
        ),
        "{stdout}"
    );
    let pulled = home.json(&["model", "pull", "tiny", "--json"]);
    assert_eq!(pulled["files"][0]["source"], Value::Null);

    let list = home.json(&["model", "list", "--json"]);
    assert_eq!(
        (&list["default"], &list["files"][0]["state"]),
        (&"tiny".into(), &"installed".into())
    );
    let (code, path, _) = home.run(&["model", "path", "tiny"]);
    assert_eq!(
        (code, PathBuf::from(path.trim())),
        (0, home.models().join("tiny.onnx"))
    );
    let verified = home.json(&["model", "verify", "--json"]);
    assert_eq!(verified["files"][1]["verdict"], "verified");

    // By name, and when none is named.
    let wav = home.folder.path().join("a.wav");
    let wav = wav.to_str().unwrap();
    for named in [&["--model", "tiny"][..], &[]] {
        let (code, _, stderr) = home.run(&[&["speak", "Hello.", "-o", wav][..], named].concat());
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(&std::fs::read(wav).unwrap()[..4], b"RIFF");
        let voices = home.run(&[&["voices"][..], named].concat()).1;
        assert!(!voices.contains("en-us-f"), "{voices}");
    }
    let (code, _, stderr) = home.run(&["speak", "Hello.", "-o", wav, "--model", "tinny"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("no `tinny`; perhaps `tiny`"), "{stderr}");

    std::fs::write(home.models().join("tiny.npz"), "x").unwrap();
    let (code, stdout, stderr) = home.run(&["model", "verify"]);
    assert_eq!(code, 4, "{stderr}");
    assert!(
        stdout.contains("tiny-voices: MISMATCH, expected sha256 "),
        "{stdout}"
    );
    let (code, _, stderr) = home.run(&["speak", "Hello.", "-o", wav, "--model", "tiny"]);
    assert_eq!(code, 4);
    assert!(
        stderr.contains("expected 17398 bytes, found 1; get it again"),
        "{stderr}"
    );
}

#[test]
fn what_cannot_be_had_or_trusted_is_said_with_its_code() {
    let home = Home::new(1009);
    let (url, _) = serve(fixture("other.onnx"), Vec::new());
    for (arguments, expected, message) in [
        (
            vec!["model", "pull", "nobody"],
            2,
            "the catalogue has no `nobody`",
        ),
        (
            vec!["model", "pull", "tiny", "--from", "/nowhere/tiny.onnx"],
            2,
            "cannot read /nowhere/tiny.onnx",
        ),
        (
            vec!["model", "pull", "tiny", "--mirror", &url],
            4,
            "has 90 bytes; expected about 1009",
        ),
        (vec!["model", "verify"], 3, "so nothing was verified"),
        (
            vec!["model", "verify", "tiny"],
            3,
            "`tiny` is not installed",
        ),
    ] {
        let (code, stdout, stderr) = home.run(&arguments);
        assert_eq!(
            (code, stdout.as_str()),
            (expected, ""),
            "{arguments:?} {stderr}"
        );
        assert!(stderr.contains(message), "{stderr}");
    }
    let gone = format!("{url}/elsewhere");
    let (code, _, stderr) = home.run(&["model", "pull", "tiny", "--quiet", "--mirror", &gone]);
    assert_eq!(code, 3);
    assert!(
        stderr.contains("/elsewhere/tiny.onnx; the server answered 404"),
        "{stderr}"
    );
    let (large, _) = serve([fixture("other.onnx"), vec![0; 920]].concat(), Vec::new());
    let (code, _, stderr) = home.run(&["model", "pull", "tiny", "--mirror", &large]);
    assert_eq!(code, 4);
    assert!(
        stderr.contains("was not kept: ") && stderr.contains("is not a Kokoro ONNX model"),
        "{stderr}"
    );
    let left: Vec<_> = std::fs::read_dir(home.models())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [".lock"]);
}

/// Killed wherever it may be, a pull leaves nothing under a final name, and the next one continues or begins anew, and ends well.
#[test]
fn a_killed_pull_leaves_no_file_and_the_next_one_ends_well() {
    // A model of 20 MB: the small one, with a long description (field 6 of ModelProto).
    const LONG: usize = 20 << 20;
    let mut model = fixture("tiny-v1.0.onnx");
    model.extend([0x32, 0x80, 0x80, 0x80, 0x0A]);
    model.extend(std::iter::repeat_n(b'x', LONG));
    let home = Home::new(model.len());
    let kills = [0, 1, 700_000, 9 << 20, 4 << 20, 2 << 20];
    let (url, stalled) = serve(model.clone(), kills.to_vec());
    let mut firsts = Vec::new();
    for _ in kills {
        let mut child = home
            .kokoro(&["model", "pull", "tiny", "--quiet", "--mirror", &url])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        firsts.push(stalled.recv().unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        let there: Vec<String> = std::fs::read_dir(home.models())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        assert_eq!(there, Vec::<String>::new());
        let state = home.json(&["model", "list", "--json"])["files"][0]["state"].clone();
        assert!(state == "partial" || state == "available", "{state}");
    }
    assert_eq!(firsts[..4], [0, 0, 0, 0]);
    let (code, _, stderr) = home.run(&["model", "pull", "tiny", "--mirror", &url]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(
        std::fs::read(home.models().join("tiny.onnx")).unwrap(),
        model
    );
    assert_eq!(home.run(&["model", "verify"]).0, 0);
}
