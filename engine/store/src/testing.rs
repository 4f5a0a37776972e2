//! What tests share: a server on loopback that misbehaves as told, and a small catalogue.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::catalogue::{Catalogue, File};
use crate::fetch::Patience;
use crate::pull::Request;
use crate::store::Store;
use crate::{Progress, StoreError};

/// What a server was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) range: Option<String>,
    pub(crate) if_range: Option<String>,
}

impl Asked {
    /// The first byte asked for.
    pub(crate) fn first(&self) -> usize {
        self.range.as_deref().map_or(0, |range| {
            range
                .trim_start_matches("bytes=")
                .trim_end_matches('-')
                .parse()
                .unwrap()
        })
    }
}

/// What it answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Claims this length instead of the body's; none at all for `Some(None)`.
    pub(crate) claims: Option<Option<usize>>,
    /// Keeps the connection open after the body, without a word.
    pub(crate) stalls: bool,
}

/// A whole file.
pub(crate) fn whole(body: &[u8], etag: &str) -> Answer {
    Answer {
        status: 200,
        headers: vec![("ETag", etag.to_owned())],
        body: body.to_vec(),
        ..Answer::default()
    }
}

/// What was asked for of a file, as a good server gives it.
pub(crate) fn ranged(asked: &Asked, body: &[u8], etag: &str) -> Answer {
    if asked.if_range.as_deref().is_none_or(|known| known != etag) {
        return whole(body, etag);
    }
    let first = asked.first();
    Answer {
        status: 206,
        headers: vec![
            ("ETag", etag.to_owned()),
            (
                "Content-Range",
                format!("bytes {first}-{}/{}", body.len() - 1, body.len()),
            ),
        ],
        body: body[first..].to_vec(),
        ..Answer::default()
    }
}

impl Answer {
    /// The same, cut off after so many bytes of its body.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.claims = Some(Some(self.body.len()));
        self.body.truncate(after);
        self
    }
}

/// A server; it ends with the test's process.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server that answers the n-th request, from 0, as told.
    pub(crate) fn new(answer: impl Fn(usize, &Asked) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut stalled = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let Some(request) = read(&stream) else {
                    continue;
                };
                let count = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len() - 1
                };
                let answer = answer(count, &request);
                // A client may go before it has all.
                let _ = send(&stream, &answer);
                if answer.stalls {
                    stalled.push(stream);
                }
            }
        });
        Self { url, asked }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut asked = Asked::default();
    for (at, line) in BufReader::new(stream).lines().enumerate() {
        let line = line.ok()?;
        if line.is_empty() {
            return Some(asked);
        }
        if at == 0 {
            asked.path = line.split(' ').nth(1)?.to_owned();
        } else if let Some((name, value)) = line.split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "range" => asked.range = Some(value.to_owned()),
                "if-range" => asked.if_range = Some(value.to_owned()),
                "accept-encoding" => assert_eq!(value, "identity"),
                "user-agent" => assert!(value.starts_with("kokoro/")),
                _ => {}
            }
        }
    }
    None
}

fn send(mut stream: &TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} As told\r\nConnection: close\r\n",
        answer.status
    );
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if let Some(length) = answer.claims.unwrap_or(Some(answer.body.len())) {
        head += &format!("Content-Length: {length}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}

/// No waiting between tries.
pub(crate) fn hasty() -> Patience {
    Patience {
        connect: Duration::from_secs(60),
        read: Duration::from_secs(60),
        tries: 3,
        pause: Duration::ZERO,
    }
}

/// Bytes that repeat nowhere soon.
pub(crate) fn bytes(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            state.to_be_bytes()[0]
        })
        .collect()
}

/// Digest of bytes, by the crate itself and not by the code under test.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A model `small` of about 100 kB with voices `sounds` of about 10 kB, and a second model `other` with the same voices.
pub(crate) fn catalogue() -> Catalogue {
    Catalogue::parse(
        r#"{"schema_version": 1, "files": [
            {"name": "small", "kind": "model", "file": "small.onnx", "about": "", "precision": "fp32", "voices": "sounds",
             "size_about": 100000, "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/model.onnx"]},
            {"name": "other", "kind": "model", "file": "other.onnx", "about": "", "precision": "int8", "voices": "sounds",
             "size_about": 100000, "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/other.onnx"]},
            {"name": "sounds", "kind": "voices", "file": "sounds.bin", "about": "", "size_about": 10000, "licence": "Apache-2.0",
             "sha256": null, "sources": ["https://one.invalid/voices.bin", "https://two.invalid/sounds.bin"]}
        ]}"#,
    )
    .unwrap()
}

/// A store of [`catalogue`].
pub(crate) fn store(root: &Path) -> Store {
    Store::new(root.to_path_buf(), catalogue())
}

/// A request to a mirror that takes every file for what it is called.
pub(crate) fn request(mirror: Option<&str>) -> Request<'static> {
    fn any(_: &File, _: &Path) -> Result<(), String> {
        Ok(())
    }
    Request {
        mirror: mirror.map(str::to_owned),
        from: None,
        accept_changed: false,
        check: &any,
        patience: hasty(),
    }
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) notes: RefCell<Vec<String>>,
    pub(crate) begun: RefCell<Vec<(String, u64, Option<u64>)>>,
    pub(crate) at: RefCell<u64>,
}

impl Progress for Told {
    fn begin(&self, file: &str, already: u64, total: Option<u64>) {
        self.begun
            .borrow_mut()
            .push((file.to_owned(), already, total));
        *self.at.borrow_mut() = already;
    }
    fn at(&self, bytes: u64) {
        assert!(bytes >= *self.at.borrow());
        *self.at.borrow_mut() = bytes;
    }
    fn note(&self, text: &str) {
        self.notes.borrow_mut().push(text.to_owned());
    }
}

/// The text of an error.
pub(crate) fn said<T>(result: Result<T, StoreError>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}
