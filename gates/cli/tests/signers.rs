//! Several signers: a signature more, and a policy that asks for it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Project, assert_caws};
use serde_json::{Value, json};

const PACKAGE: &str = "artifacts/audit/uncommitted.caws";

/// A run that `release` signed, and the keys of `release` and `review`.
fn signed() -> (Project, PathBuf, PathBuf) {
    let project = Project::new();
    let (release, review) = (project.key("release"), project.key("review"));
    let mut gates = with(&project, &release, &["gates", "--quiet"]);
    assert!(gates.status().unwrap().success());
    policy(&project, 2);
    (project, release, review)
}

fn with(project: &Project, key: &Path, args: &[&str]) -> Command {
    let mut command = project.caws(args);
    command.env("CAWS_SIGNING_KEY", key);
    command
}

fn add(project: &Project, key: &Path, artifact: &str) -> Output {
    with(project, key, &["provenance", "sign", "--add", artifact])
        .output()
        .unwrap()
}

/// A policy that asks for so many of the two keys.
fn policy(project: &Project, signers: usize) {
    let grant = |name: &str| {
        let pem = project.read(&format!(".caws/keys/{name}.pub"));
        json!({ "name": name, "public_key": pem, "signs": ["manifest", "evidence"] })
    };
    let policy = json!({
        "schema_version": 1,
        "keys": [grant("release"), grant("review")],
        "thresholds": [{ "signs": "manifest", "signers": signers }],
    });
    project.write("trust.json", &policy.to_string());
}

const TRUST: [&str; 2] = ["--trust", "trust.json"];

/// Exit code of the verification under the policy, and its report.
fn verified(project: &Project, artifact: &str) -> (i32, Value) {
    let args = [
        "verify",
        artifact,
        "--trust",
        "trust.json",
        "--format",
        "json",
    ];
    let output = project.caws(args).output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), report)
}

/// Files of the record that cosign it.
fn cosignatures(project: &Project) -> Vec<PathBuf> {
    let dir = project.path("artifacts/provenance");
    let entries = std::fs::read_dir(dir).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("manifest.") && name.len() > 64
        })
        .collect()
}

#[test]
fn a_second_signer_is_asked_for_added_and_counted() {
    let (project, _, review) = signed();
    let verify = |name| {
        let args = ["verify", "artifacts"].into_iter().chain(TRUST);
        assert_caws!(name, project, project.caws(args));
    };
    verify("signers_too_few");
    assert_caws!(
        "signers_add",
        project,
        with(&project, &review, &["provenance", "sign", "--add"])
    );
    verify("signers_enough");
    // The directory, the package made of it, and anybody who pinned the first key alone.
    let (code, report) = verified(&project, PACKAGE);
    assert_eq!(code, 0);
    assert_eq!(
        report
            .get("signers")
            .and_then(Value::as_array)
            .unwrap()
            .len(),
        2
    );
    let first = [".caws/keys/release.pub", ".caws/keys/review.pub"];
    assert_eq!(project.code(["verify", PACKAGE, "--key", first[0]]), 0);
    // The one who only added a name did not sign the evidence.
    assert_eq!(project.code(["verify", PACKAGE, "--key", first[1]]), 4);
}

#[test]
fn a_package_takes_a_signature_without_the_directory_it_was_made_from() {
    let (project, release, review) = signed();
    let alone = project.home().join("alone.caws");
    let path = alone.to_str().unwrap();
    std::fs::copy(project.path(PACKAGE), &alone).unwrap();
    let before = std::fs::read(&alone).unwrap();
    assert_eq!(verified(&project, path).0, 4);
    assert!(add(&project, &review, path).status.success());
    assert_eq!(verified(&project, path).0, 0);
    assert!(before == std::fs::read(project.path(PACKAGE)).unwrap());
    // Added to the directory, it gives the very same package.
    assert!(add(&project, &review, "artifacts").status.success());
    let (of_directory, of_package) = (
        std::fs::read(project.path(PACKAGE)).unwrap(),
        std::fs::read(&alone).unwrap(),
    );
    assert!(of_directory == of_package);
    // Its page says who signed, and is the one the record gives.
    assert_eq!(project.code(["report", path]), 0);
    let page = std::fs::read_to_string(alone.with_extension("html")).unwrap();
    let cosigner = cosignatures(&project).remove(0);
    let name = cosigner.file_name().unwrap().to_str().unwrap();
    let fingerprint = name.split('.').nth(1).unwrap();
    let said = format!(", cosigned with key <code>{fingerprint}</code>");
    assert!(page.contains(&said), "{said}");
    assert!(String::from_utf8_lossy(&of_package).contains(&said));
    // A key signs once, be it the first or a later one.
    for key in [&release, &review] {
        assert_eq!(add(&project, key, path).status.code(), Some(2));
    }
    assert_caws!(
        "signers_twice",
        project,
        with(&project, &review, &["provenance", "sign", "--add"])
    );
    assert!(of_package == std::fs::read(&alone).unwrap());
}

#[test]
fn nobody_is_added_to_what_is_not_true_or_not_signed() {
    let (project, _, review) = signed();
    let record = "artifacts/provenance/manifest.json";
    let whole = project.read(record);
    project.replace(record, "\"score\":96", "\"score\":99");
    assert_eq!(add(&project, &review, "artifacts").status.code(), Some(4));
    assert!(cosignatures(&project).is_empty());
    project.write(record, &whole);
    // A package whose page says something else than its record.
    let path = project.path(PACKAGE);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = bytes
        .windows(15)
        .position(|some| some.eq_ignore_ascii_case(b"<!doctype html>"))
        .unwrap();
    *bytes.get_mut(page + 300).unwrap() ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(add(&project, &review, PACKAGE).status.code(), Some(4));
    assert!(bytes == std::fs::read(&path).unwrap());
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_caws!(
        "signers_unsigned",
        project,
        with(&project, &review, &["provenance", "sign", "--add"])
    );
    assert_caws!(
        "signers_of_a_package",
        project,
        with(&project, &review, &["provenance", "sign", PACKAGE])
    );
    let sarif = ["provenance", "sign", "--add", "--format", "sarif"];
    assert_eq!(
        with(&project, &review, &sarif).status().unwrap().code(),
        Some(2)
    );
}

#[test]
fn a_new_run_takes_older_cosignatures_away() {
    let (project, release, review) = signed();
    assert!(add(&project, &review, "artifacts").status.success());
    assert_eq!(cosignatures(&project).len(), 1);
    // Signing the same run again leaves them: they are over the same manifest.
    let sign = ["provenance", "sign"];
    assert!(with(&project, &release, &sign).status().unwrap().success());
    assert_eq!(verified(&project, "artifacts").0, 0);
    let mut gates = with(&project, &release, &["gates", "--quiet"]);
    assert!(gates.status().unwrap().success());
    assert!(cosignatures(&project).is_empty());
    let (code, report) = verified(&project, "artifacts");
    assert_eq!(code, 4);
    let finding = report.pointer("/findings/0/code").and_then(Value::as_str);
    assert_eq!(finding, Some("signer-threshold"));
}

#[test]
fn a_logged_record_keeps_its_proof_when_somebody_cosigns_it() {
    let project = Project::new();
    let out = project.home().join("release.pem");
    let new = [
        "provenance",
        "keys",
        "new",
        "--no-passphrase",
        "--algorithm",
    ];
    let how = [
        "ed25519",
        "--name",
        "release",
        "--out",
        out.to_str().unwrap(),
    ];
    assert_eq!(project.code(new.into_iter().chain(how)), 0);
    let review = project.key("review");
    let mut gates = with(&project, &out, &["gates", "--quiet"]);
    assert!(gates.status().unwrap().success());
    assert!(
        project
            .path("artifacts/provenance/manifest.tlog-proof")
            .is_file()
    );
    assert!(add(&project, &review, "artifacts").status.success());
    assert_eq!(project.code(["verify"]), 0);
    // Also by somebody who does not know the first signer.
    let elsewhere = Project::new();
    let package = elsewhere.home().join("x.caws");
    std::fs::create_dir_all(elsewhere.home()).unwrap();
    let mut gates = with(&project, &out, &["gates", "--quiet"]);
    assert!(gates.status().unwrap().success());
    std::fs::copy(project.path(PACKAGE), &package).unwrap();
    let stranger = add(&elsewhere, &review, package.to_str().unwrap());
    assert!(stranger.status.success(), "{}", common::shown(&stranger));
    // A cosignature can be logged as any bundle can.
    let path = package.to_str().unwrap();
    assert_eq!(project.code(["verify", path]), 0);
}
