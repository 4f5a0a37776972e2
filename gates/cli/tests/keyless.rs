//! `--keyless` against a certificate authority and a log on this machine's loopback, and `caws verify` of what comes of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[allow(unused_macros, unused_imports, reason = "no snapshot here")]
mod common;

#[cfg(not(feature = "keyless"))]
#[test]
fn without_the_feature_it_is_said_how_to_build_with_it() {
    use common::Project;

    let project = Project::new();
    project.write("Cargo.lock", "version = 4\n");
    let args = ["provenance", "sbom", "--attest", "--keyless"];
    let output = project.caws(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = common::shown(&output);
    assert!(said.contains("--package caws --features keyless"), "{said}");
}

#[cfg(feature = "keyless")]
#[path = "../../../provenance/attest/tests/services/mod.rs"]
mod services;

#[cfg(feature = "keyless")]
mod with_the_feature {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::process::Output;
    use std::sync::{Arc, Mutex};

    use base64::Engine as _;
    use caws_attest::sigstore::keyless::Services as _;
    use jiff::{SignedDuration, Timestamp};
    use serde_json::Value;

    use super::common::{Project, shown};
    use super::services::{ISSUER, NAME, SIGNATURE, Services, claims, token};

    /// What is changed, and what is then said.
    type Bent = (fn(&mut Value), &'static str);

    /// The services behind one address.
    fn serve(services: &Arc<Mutex<Services>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let services = Arc::clone(services);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut first, mut length) = (String::new(), 0);
                reader.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let mut services = services.lock().unwrap();
                let answer = if first.starts_with("POST /api/v2/signingCert ") {
                    services.certificate(&body)
                } else {
                    assert!(first.starts_with("POST /api/v1/log/entries "), "{first}");
                    services.log_entry(&body)
                };
                let (status, body) = match answer {
                    Ok(body) => ("201 Created", body),
                    Err(why) => ("400 Bad Request", why.into_bytes()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                stream
                    .write_all(&[head.as_bytes(), &body].concat())
                    .unwrap();
            }
        });
        address
    }

    struct Set {
        project: Project,
        services: Arc<Mutex<Services>>,
        url: String,
        now: Timestamp,
    }

    fn set() -> Set {
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        let services = Services::new(now);
        let project = Project::new();
        project.write("requirements.txt", "a==1.0\n");
        project.write("authority.pem", &services.authority());
        project.write("log.pub", &services.log.public().unwrap().to_pem().unwrap());
        let services = Arc::new(Mutex::new(services));
        Set {
            url: serve(&services),
            project,
            services,
            now,
        }
    }

    impl Set {
        fn signed(&self, more: &[&str]) -> Output {
            let args = [
                "provenance",
                "sbom",
                "--attest",
                "--keyless",
                "--output",
                "a.json",
                "--fulcio-url",
                &self.url,
                "--rekor-url",
                &self.url,
            ];
            let mut command = self.project.caws(args.iter().chain(more));
            let until = self.now + SignedDuration::from_mins(10);
            command.env("SIGSTORE_ID_TOKEN", token(&claims(until)));
            let output = command.output().unwrap();
            assert!(!shown(&output).contains(SIGNATURE), "{}", shown(&output));
            output
        }

        fn verified(&self, more: &[&str]) -> (i32, Value) {
            let args = [
                "verify",
                "a.json",
                "--format",
                "json",
                "--authority",
                "authority.pem",
                "--identity",
                NAME,
                "--issuer",
                ISSUER,
            ];
            let output = self.project.caws(args.iter().chain(more)).output().unwrap();
            let document = serde_json::from_slice(&output.stdout);
            let document = document.unwrap_or_else(|_| Value::from(shown(&output)));
            (output.status.code().unwrap(), document)
        }

        /// The bundle after a change.
        fn change(&self, change: impl FnOnce(&mut Value)) {
            let mut bundle: Value = serde_json::from_str(&self.project.read("a.json")).unwrap();
            change(&mut bundle);
            self.project.write("a.json", &bundle.to_string());
        }
    }

    fn entry(bundle: &mut Value) -> &mut Value {
        bundle
            .pointer_mut("/verificationMaterial/tlogEntries/0")
            .unwrap()
    }

    #[test]
    fn an_attestation_is_signed_for_a_token_and_verified() {
        let set = set();
        let output = set.signed(&["--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["names"][0], NAME);
        assert_eq!(document["log_index"], 1006);
        assert_eq!(document.get("fingerprint"), None);
        assert!(!set.project.read("a.json").contains(SIGNATURE));
        let bundle: Value = serde_json::from_str(&set.project.read("a.json")).unwrap();
        let payload = bundle.pointer("/dsseEnvelope/payload").unwrap();
        let payload = base64::engine::general_purpose::STANDARD.decode(payload.as_str().unwrap());
        let statement: Value = serde_json::from_slice(&payload.unwrap()).unwrap();
        assert_eq!(
            statement.pointer("/subject/0/name").unwrap(),
            "requirements.txt"
        );
        let at = set.now.to_string();
        let (code, document) = set.verified(&["--at", &at, "--subject", "requirements.txt"]);
        assert_eq!(code, 0, "{document}");
        assert_eq!(document["log_entries_checked"], 1);
        assert_eq!(document["logged"], Value::Null);
        // The log says when, so that nobody else has to.
        let (code, document) = set.verified(&["--log-key", "log.pub"]);
        assert_eq!((code, &document["logged"]), (0, &at.into()), "{document}");
        let (code, said) = set.verified(&[]);
        assert_eq!(code, 2);
        assert!(said.to_string().contains("nobody says when"), "{said}");
        // People are told the same.
        let output = set.signed(&[]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(&format!("signed as {NAME}")), "{said}");
        let args = [
            "verify",
            "a.json",
            "--authority",
            "authority.pem",
            "--identity",
            NAME,
            "--issuer",
            ISSUER,
        ];
        for (more, expected) in [
            (
                ["--log-key", "log.pub"],
                "the log signed that it took the entry at",
            ),
            (
                ["--at", &set.now.to_string()],
                "is not checked without --log-key",
            ),
        ] {
            let output = set.project.caws(args.iter().chain(&more)).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(
                said.contains(expected) && said.contains("not checked 0 log entries"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_log_entry_that_does_not_hold_is_no_ground() {
        let set = set();
        let changes: [Bent; 4] = [
            (
                |b| entry(b)["inclusionProof"]["logIndex"] = "7".into(),
                "below the log's size 7",
            ),
            (
                |b| entry(b)["canonicalizedBody"] = "e30=".into(),
                "a body: ",
            ),
            (
                |b| entry(b)["logIndex"] = "7".into(),
                "inclusion promise does not verify",
            ),
            (
                |b| b["verificationMaterial"]["tlogEntries"] = Value::Array(Vec::new()),
                "found none",
            ),
        ];
        for (change, said) in changes {
            assert_eq!(set.signed(&[]).status.code(), Some(0));
            set.change(change);
            let (code, document) = set.verified(&["--log-key", "log.pub"]);
            let why = document["why"].as_str().unwrap_or_default();
            assert!(code == 4 && why.contains(said), "{document}");
        }
    }

    #[test]
    fn nothing_is_written_when_a_service_is_wrong_or_nobody_may_be_asked() {
        let set = set();
        let refused = |output: &Output, said: &str| {
            let shown = shown(output);
            assert_eq!(output.status.code(), Some(2), "{shown}");
            assert!(shown.contains(said), "{shown}");
            assert!(!set.project.path("a.json").exists());
        };
        refused(&set.signed(&["--offline"]), "--offline forbids");
        let mut command = set.project.caws(["provenance", "sbom", "--keyless"]);
        refused(&command.output().unwrap(), "without --attest");
        let mut command = set
            .project
            .caws(["provenance", "sbom", "--attest", "--keyless"]);
        for name in ["SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"] {
            command.env_remove(name);
        }
        refused(&command.output().unwrap(), "expected an identity token");
        set.services.lock().unwrap().issue =
            |issue| issue.name = "https://example.org/x".to_owned();
        refused(&set.signed(&[]), "as the identity token says");
        set.services.lock().unwrap().certificate = Some(Err("no such issuer".to_owned()));
        refused(&set.signed(&[]), "status 400: no such issuer");
    }
}
