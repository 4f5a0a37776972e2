//! `caws verify` of Sigstore bundles that others wrote, and of our own.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{Project, assert_caws, shown};
use serde_json::Value;

const IDENTITY: [&str; 6] = [
    "--identity",
    "https://example.org/caws/.github/workflows/release.yml@refs/tags/v1",
    "--issuer",
    "https://token.example.org",
    "--at",
    "2026-01-01T00:05:00Z",
];

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../provenance/attest/tests/vectors")
        .join(name)
}

/// A project with the bundle, its authorities and the artifact it is about.
fn with(bundle: &str) -> Project {
    let project = Project::new();
    for (from, to) in [
        (bundle, "bundle.json"),
        ("sigstore/authorities.pem", "authorities.pem"),
    ] {
        project.write(to, &std::fs::read_to_string(vector(from)).unwrap());
    }
    project.write("artifact", "artifact");
    project
}

/// Exit code and document of `verify bundle.json`.
fn verified(project: &Project, more: &[&str]) -> (i32, Value) {
    let args = ["verify", "bundle.json", "--format", "json"];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    let output = project.caws(args).output().unwrap();
    let document = serde_json::from_slice(&output.stdout);
    let document = document.unwrap_or_else(|_| Value::from(shown(&output)));
    (output.status.code().unwrap(), document)
}

fn certified<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let authority = ["--authority", "authorities.pem"];
    let all = authority.iter().chain(&IDENTITY).chain(more);
    all.copied().collect()
}

#[test]
fn a_workflows_statement_is_believed_for_its_identity() {
    let project = with("sigstore/github.sigstore.json");
    let args = certified(&["--subject", "artifact"]);
    let command = ["verify", "bundle.json"];
    assert_caws!(
        "bundle_github",
        project,
        project.caws(command.iter().chain(&args))
    );
    let (code, document) = verified(&project, &args);
    assert_eq!(code, 0, "{document}");
    assert_eq!(document["predicate_type"], "https://slsa.dev/provenance/v1");
    assert_eq!(document["held_against"][0], "artifact");
    assert_eq!(
        document["signer"]["certificate"]["names"][0],
        "https://example.org/caws/.github/workflows/release.yml@refs/tags/v1"
    );
    // An older one with its intermediate beside it.
    let project = with("sigstore/npm-chain.sigstore.json");
    assert_eq!(verified(&project, &args).0, 0);
}

#[test]
fn who_when_and_what_decide() {
    let project = with("sigstore/github.sigstore.json");
    project.write("other", "another artifact");
    for (at, value, said) in [
        (3, "somebody", "expected a certificate for `somebody`"),
        (5, "https://token.example.com", "expected a certificate for"),
        (7, "2026-01-01T00:10:01Z", "is valid from"),
        (9, "other", "among the subjects"),
    ] {
        let mut args = certified(&["--subject", "artifact"]);
        *args.get_mut(at).unwrap() = value;
        let (code, document) = verified(&project, &args);
        assert_eq!((code, &document["ok"]), (4, &false.into()), "{document}");
        let why = document["why"].as_str().unwrap();
        assert!(why.contains(said), "{why}");
    }
    let text = project.read("bundle.json");
    let at = text.find("\"payload\"").unwrap() + 20;
    let mut broken = text.into_bytes();
    let byte = broken.get_mut(at).unwrap();
    *byte = if *byte == b'A' { b'B' } else { b'A' };
    project.write("bundle.json", &String::from_utf8(broken).unwrap());
    let (code, document) = verified(&project, &certified(&[]));
    assert_eq!(code, 4, "{document}");
}

#[test]
fn a_blob_is_held_against_its_file() {
    let project = with("sigstore/cosign-blob.sigstore.json");
    project.write("other", "another artifact");
    assert_eq!(
        verified(&project, &certified(&["--subject", "artifact"])).0,
        0
    );
    assert_eq!(verified(&project, &certified(&["--subject", "other"])).0, 4);
    let (code, said) = verified(&project, &certified(&[]));
    assert_eq!(code, 2);
    assert!(said.to_string().contains("--subject FILE"), "{said}");
}

#[test]
fn a_bundle_with_a_key_takes_keys() {
    let project = with("p256.sigstore.json");
    let key = vector("p256.pub");
    let key = ["--key", key.to_str().unwrap()];
    let (code, document) = verified(&project, &key);
    assert_eq!(code, 0, "{document}");
    let fingerprint = document["signer"]["key"].as_str().unwrap();
    assert_eq!(fingerprint.len(), 64);
    let other = vector("ed25519.pub");
    assert_eq!(verified(&project, &["--key", other.to_str().unwrap()]).0, 4);
    // Nobody was named, or for another kind of signer.
    let (code, said) = verified(&project, &[]);
    assert_eq!(code, 2);
    assert!(said.to_string().contains("no key is trusted"), "{said}");
    let (code, document) = verified(&project, &certified(&[]));
    assert_eq!(code, 4);
    let why = document["why"].as_str().unwrap();
    assert!(why.contains("signed with"), "{why}");
    let project = with("sigstore/github.sigstore.json");
    let (code, said) = verified(&project, &key);
    assert_eq!(code, 2);
    assert!(said.to_string().contains("say whom to believe"), "{said}");
}

#[test]
fn what_is_for_something_else_is_said() {
    let project = with("p256.sigstore.json");
    let key = vector("p256.pub");
    let key = key.to_str().unwrap();
    let (code, said) = verified(&project, &["--key", key, "--recompute"]);
    assert_eq!(code, 2);
    assert!(said.to_string().contains("for records of runs"), "{said}");
    // `--subject` of a record, a bundle that is none, and an authority without the rest.
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    let record = ["verify", "artifacts", "--allow-unsigned"];
    assert_eq!(project.code(record), 0);
    let more = record.iter().chain(&["--subject", "artifact"]);
    assert_eq!(project.code(more), 2);
    project.write("bundle.json", "{}");
    let (code, document) = verified(&project, &["--key", key]);
    assert_eq!((code, &document["ok"]), (4, &false.into()), "{document}");
    assert_eq!(verified(&project, &["--authority", "authorities.pem"]).0, 2);
    let at = certified(&[]).len() - 1;
    let mut args = certified(&[]);
    *args.get_mut(at).unwrap() = "yesterday";
    assert_eq!(verified(&project, &args).0, 2);
    let project = with("sigstore/github.sigstore.json");
    project.write("authorities.pem", "no certificate");
    assert_eq!(verified(&project, &certified(&[])).0, 2);
}

#[test]
fn people_are_told_who_signed_and_why_it_is_not_believed() {
    let project = with("p256.sigstore.json");
    let (key, other) = (vector("p256.pub"), vector("ed25519.pub"));
    let (key, other) = (key.to_str().unwrap(), other.to_str().unwrap());
    let said = |more: &[&str]| {
        let head = ["verify", "bundle.json"].iter();
        let output = project.caws(head.chain(more)).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (code, text) = said(&["--key", key]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("bundle      "), "{text}");
    assert!(text.contains("\nkey         "), "{text}");
    assert!(text.contains("\nnot checked 0 log entries"), "{text}");
    let held = "✓ verified: the signature holds, by somebody who is believed here\n";
    assert!(text.ends_with(held), "{text}");
    assert_eq!(said(&["--key", key, "--quiet"]), (0, held.to_owned()));
    let (code, text) = said(&["--key", other, "--quiet"]);
    assert_eq!(code, 4);
    assert!(text.starts_with("✗ not verified: "), "{text}");
    assert_eq!(said(&["--key", key, "--format", "sarif"]).0, 2);
    // Longer than any bundle is.
    let long = std::fs::File::create(project.path("bundle.json")).unwrap();
    std::io::Write::write_all(&mut &long, b"{").unwrap();
    long.set_len((16 << 20) + 1).unwrap();
    assert_eq!(said(&["--key", key]).0, 2);
}
