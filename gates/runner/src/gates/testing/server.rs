//! A small HTTP server in a process of its own: this very test program, asked to be one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::Lab;

/// Puts a program `server` on the search path; its first argument is the port. `mode` says how it
/// behaves: see [`answer`].
pub(crate) fn install(lab: &Lab, mode: &str) {
    let exe = std::env::current_exe().unwrap();
    let body = format!(
        "echo starting >&2\nCAWS_TEST_PORT=\"$1\" CAWS_TEST_MODE={mode} exec '{}' --exact gates::testing::server::serves_when_asked --nocapture",
        exe.display()
    );
    lab.tool("server", &body);
}

/// Is a server when it is started as one, and nothing otherwise.
#[test]
fn serves_when_asked() {
    let (Ok(port), Ok(mode)) = (
        std::env::var("CAWS_TEST_PORT"),
        std::env::var("CAWS_TEST_MODE"),
    ) else {
        return;
    };
    if mode == "dies" {
        eprintln!("cannot find my model");
        std::process::exit(3);
    }
    let listener = TcpListener::bind(("127.0.0.1", port.parse().unwrap())).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    for stream in listener.incoming() {
        if Instant::now() > until {
            break;
        }
        if let Ok(stream) = stream {
            let _ = handle(stream, &mode);
        }
    }
}

fn handle(mut stream: TcpStream, mode: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    for _ in 0..100 {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = request.split(' ').nth(1).unwrap_or("");
    let (status, content) = answer(path, &body, mode);
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    )?;
    stream.write_all(&content)?;
    if mode == "dies-when-asked" && path != "/ready" {
        eprintln!("out of memory");
        std::process::exit(9);
    }
    Ok(())
}

/// `/ready` is 503 in mode `never`. `/speak` is a tone at -16 LUFS; in the modes `silent`, `loud` and
/// `broken` it is nothing, a full-scale tone, and an error.
fn answer(path: &str, body: &[u8], mode: &str) -> (u16, Vec<u8>) {
    match (path, mode) {
        ("/ready", "never") => (503, Vec::new()),
        ("/ready", _) => (200, Vec::new()),
        ("/speak", "broken") => (500, b"no voice".to_vec()),
        ("/speak", _) => {
            let request: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            // A sine of amplitude A has about 20 log10(A) - 3 LUFS at 1 kHz (ITU-R BS.1770-4).
            let amplitude = match mode {
                "silent" => 0.0,
                "loud" => 1.0,
                _ => 0.224,
            };
            let samples: Vec<u8> = (0..24_000_i32)
                .flat_map(|index| {
                    let tone = (f64::from(index) * std::f64::consts::TAU * 1000.0 / 24_000.0).sin()
                        * amplitude;
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "within the range of 16 bits"
                    )]
                    let sample = (tone * 32_767.0) as i16;
                    sample.to_le_bytes()
                })
                .collect();
            (
                200,
                if request["format"] == "wav" {
                    wav(&samples)
                } else {
                    samples
                },
            )
        }
        _ => (404, Vec::new()),
    }
}

fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(24_000_u32.to_le_bytes());
    file.extend(48_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(samples);
    file
}
