//! The program as people run it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};

fn kokoro(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kokoro"));
    for name in [
        "KOKORO_MODEL",
        "KOKORO_VOICES",
        "KOKORO_BACKEND",
        "KOKORO_EXECUTION",
        "KOKORO_LEXICON",
        "KOKORO_PROVIDER",
        "KOKORO_ESPEAK",
        "KOKORO_LOG",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ] {
        command.env_remove(name);
    }
    // Whatever this machine's user has installed is not what is tested.
    command
        .env("KOKORO_MODELS", "/nowhere/models")
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    kokoro(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn speak_writes_a_wav_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/out.wav");
    let output = run(&["speak", "Hello, world.", "-o", path.to_str().unwrap()]);
    assert_eq!(
        (code(&output), stdout(&output), stderr(&output)),
        (0, String::new(), String::new())
    );
    let wav = std::fs::read(&path).unwrap();
    assert_eq!(&wav[..4], b"RIFF");
    assert!(wav.len() > 20_000);
    assert_eq!(
        usize::try_from(u32::from_le_bytes(wav[40..44].try_into().unwrap())).unwrap(),
        wav.len() - 44
    );
}

#[test]
fn speak_sends_audio_to_stdout_when_it_is_no_terminal() {
    let wav = run(&["speak", "Hello, world."]);
    assert_eq!((code(&wav), &wav.stdout[..4]), (0, b"RIFF".as_slice()));
    let pcm = run(&["speak", "Hello, world.", "--format", "pcm", "-o", "-"]);
    assert_eq!(code(&pcm), 0);
    assert!((wav.stdout.len() - 44).abs_diff(pcm.stdout.len()) < 4800);
}

#[test]
fn speak_writes_the_format_of_the_files_name_at_the_rate_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (name, begins) in [("a.wav", b"RIFF"), ("a.flac", b"fLaC"), ("a.ogg", b"OggS")] {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let output = run(&["speak", "Hello.", "-o", path, "--sample-rate", "16000"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(&bytes[..4], begins);
        if name == "a.wav" {
            assert_eq!(bytes[24..28], 16_000_u32.to_le_bytes());
        }
    }
    let mp3 = run(&["speak", "Hello.", "--format", "mp3"]);
    assert_eq!((code(&mp3), &mp3.stdout[..2]), (0, [0xFF, 0xF3].as_slice()));
    let refused = run(&["speak", "Hello.", "--sample-rate", "96000"]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("found 96000"));
}

#[test]
fn speak_reads_stdin_and_says_what_it_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.pcm");
    let mut child = kokoro(&[
        "speak",
        "-",
        "-o",
        path.to_str().unwrap(),
        "--voice",
        "en-gb",
        "--speed",
        "2",
    ])
    .env("KOKORO_ESPEAK", "/nowhere/espeak-ng")
    .stdin(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("Hello 世 blorvant world".as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (code(&output), stderr(&output).as_str()),
        (
            0,
            "kokoro: characters that cannot be spoken and were left out: 1\n\
             kokoro: words that nobody knew how to say and that were spelled letter by letter: 1; install eSpeak NG, or name them in a lexicon (`--lexicon`)\n"
        )
    );
    let pcm = std::fs::read(&path).unwrap();
    assert!(pcm.len() > 4800 && !pcm.starts_with(b"RIFF"));
}

#[test]
fn blends_lexicons_and_ssml_are_heard() {
    let folder = tempfile::tempdir().unwrap();
    let lexicon = folder.path().join("words.txt");
    std::fs::write(&lexicon, "SQL = sequel").unwrap();
    let lexicon = lexicon.to_str().unwrap();
    // Without eSpeak NG: nothing here needs it.
    let said = |text: &str, options: &[&str]| {
        let output = run(&[&["speak", text, "--espeak", "/nowhere/espeak-ng"], options].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        output.stdout
    };
    let plain = said("SQL.", &[]);
    let blend = said("SQL.", &["--voice", "af_fern:0.3,bm_rowan:0.7"]);
    assert_ne!(plain, blend);
    assert_eq!(
        said("SQL.", &["--lexicon", lexicon]),
        said("sequel.", &["--voice", "af_fern"])
    );
    let paused = said(
        "<speak>SQL<break time=\"1s\"/> SQL.</speak>",
        &["--lexicon", lexicon],
    );
    assert!(paused.len() > 48_000 + plain.len());
}

#[test]
fn mistakes_exit_2_and_say_what_to_do() {
    let cases: [(&[&str], &str); 6] = [
        (&["speak", ""], "kokoro: the text has nothing to speak"),
        (
            &["speak", "a", "--voice", "nobody"],
            "kokoro: unknown voice `nobody`; `kokoro voices` lists those there are",
        ),
        (
            &["speak", "a", "--speed", "9"],
            "kokoro: speed must be between 0.25 and 4",
        ),
        (
            &["speak", "a", "--lang", "tlh"],
            "kokoro: unknown language `tlh`",
        ),
        (
            &["speak", "a", "-o", "/proc/nowhere/a.wav"],
            "kokoro: cannot write /proc/nowhere/a.wav: ",
        ),
        (
            &["serve", "--port", "x"],
            "error: invalid value 'x' for '--port <PORT>'",
        ),
    ];
    for (arguments, message) in cases {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).starts_with(message), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn without_a_provider_the_exit_code_is_3() {
    for arguments in [
        &["speak", "a"][..],
        &["voices"],
        &["serve", "--port", "0"],
        &["doctor"],
        &["bench", "--trials", "1"],
    ] {
        let without = ["--provider", "espeak", "--espeak", "/nowhere/espeak-ng"];
        let output = run(&[arguments, &without].concat());
        assert_eq!(code(&output), 3, "{arguments:?} {}", stderr(&output));
        assert!(stderr(&output).contains("kokoro: "), "{}", stderr(&output));
    }
}

#[test]
fn voices_are_listed_for_people_and_programs() {
    let output = run(&["voices"]);
    assert!(
        stdout(&output).starts_with("af_fern "),
        "{}",
        stdout(&output)
    );
    let list: serde_json::Value =
        serde_json::from_slice(&run(&["voices", "--json"]).stdout).unwrap();
    assert_eq!(list[0]["id"], "af_fern");
}

#[test]
fn the_contract_is_printed_in_both_notations() {
    let yaml = run(&["openapi"]);
    assert_eq!(code(&yaml), 0);
    assert_eq!(
        stdout(&yaml),
        kokoro_server::openapi::contract_yaml().unwrap()
    );
    let json: serde_json::Value =
        serde_json::from_slice(&run(&["openapi", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["openapi"], "3.1.0");
}

#[test]
fn the_doctor_finds_all_well() {
    let output = run(&["doctor"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(
        stdout(&output).contains("\nok    espeak-ng: espeak-ng "),
        "{}",
        stdout(&output)
    );
    let report: serde_json::Value =
        serde_json::from_slice(&run(&["doctor", "--json"]).stdout).unwrap();
    assert_eq!(report["schema_version"], 2);
    let checks = report["checks"].as_array().unwrap();
    let names: Vec<&str> = checks
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    let expected = [
        "processor",
        "memory",
        "rten",
        "onnx runtime",
        "espeak-ng",
        "models folder",
        "model",
        "speech",
    ];
    assert_eq!(names, expected);
    assert_eq!(checks[7]["status"], "ok");
}

#[test]
fn the_doctor_says_what_was_asked_for_and_is_not_there() {
    let output = run(&["doctor", "--model", "kokoro-v1.0"]);
    assert_eq!(code(&output), 3);
    let text = stdout(&output);
    assert!(
        text.contains("\nFAIL  model: `kokoro-v1.0` is not installed: expected /nowhere/models/kokoro-v1.0.onnx"),
        "{text}"
    );
    assert!(stderr(&output).ends_with("kokoro: model does not work\n"));
}

/// A server; stopped when dropped.
struct Server {
    child: Child,
    url: String,
    rest: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(variables: &[(&str, &str)]) -> Self {
        let mut child = kokoro(&["serve", "--port", "0"])
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("kokoro: listening on ")
            .unwrap()
            .to_owned();
        let rest = std::thread::spawn(move || {
            let mut rest = String::new();
            reader.read_to_string(&mut rest).unwrap();
            rest
        });
        Self {
            child,
            url: address,
            rest: Some(rest),
        }
    }

    /// Waits until it can speak.
    fn ready(self) -> Self {
        for _ in 0..500 {
            if ureq::get(format!("{}/readyz", self.url)).call().is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        self
    }

    /// Stops it in good order; its exit code and its log.
    fn stop(mut self) -> (i32, String) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        (
            self.child.wait().unwrap().code().unwrap(),
            self.rest.take().unwrap().join().unwrap(),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already needs no more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_is_measured_and_stops_in_good_order() {
    let server = Server::start().ready();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b.json");
    let output = run(&[
        "bench",
        "--preset",
        "short",
        "--stream",
        "--trials",
        "4",
        "--url",
        &server.url,
        "--output",
        path.to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).is_empty());
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        (&file["provider"], &file["failed_trials"]),
        (&"hedgerow".into(), &0.into()),
        "{file}"
    );
    assert_eq!(file["trials"].as_array().unwrap().len(), 4);
    let first = &file["trials"][0];
    assert!(
        first["ttfa_s"].as_f64().unwrap() > 0.0 && first["audio_s"].as_f64().unwrap() > 5.0,
        "{first}"
    );
    assert!(first["rss_bytes"].as_array().unwrap().len() >= 2);
    assert_eq!(
        (&first["out_of_order"], &first["error"]),
        (&0.into(), &serde_json::Value::Null)
    );

    let (exit, log) = server.stop();
    assert_eq!(exit, 0);
    assert!(log.contains("\"message\":\"answered\""), "{log}");
    assert!(!log.contains("quick brown fox"), "{log}");
}

#[test]
fn a_bench_starts_and_stops_its_own_server() {
    let output = run(&[
        "bench",
        "--preset",
        "load",
        "--concurrent",
        "3",
        "--trials",
        "3",
        "--whole",
        "--provider",
        "espeak",
    ]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let file: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (
            &file["preset"],
            &file["config"]["stream"],
            &file["failed_trials"]
        ),
        (&"load".into(), &false.into(), &0.into())
    );
    assert!(
        stderr(&output).contains("time to first audio"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_bench_of_nothing_says_so() {
    let output = run(&["bench", "--trials", "1", "--url", "http://127.0.0.1:9"]);
    assert_eq!(code(&output), 3);
    assert!(
        stderr(&output)
            .starts_with("kokoro: expected a kokoro server at http://127.0.0.1:9; found none: "),
        "{}",
        stderr(&output)
    );
}

#[cfg(not(feature = "otlp"))]
#[test]
fn a_build_that_exports_no_traces_says_so_when_it_is_asked_to() {
    let server = Server::start_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]);
    let (exit, log) = server.ready().stop();
    assert_eq!(exit, 0);
    let line = log.lines().find(|line| line.contains("--features otlp"));
    let line: serde_json::Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(
        (&line["level"], &line["variable"]),
        (&"WARN".into(), &"OTEL_EXPORTER_OTLP_ENDPOINT".into())
    );
    let (_, quiet) = Server::start().ready().stop();
    assert!(!quiet.contains("otlp"), "{quiet}");
}
