//! The audit package: one file that stands for the directory.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::PathBuf;

use common::{Project, assert_caws};

const PACKAGE: &str = "artifacts/audit/uncommitted.caws";
const KEY: &str = ".caws/keys/release.pub";

/// A run that was signed while it ran.
fn signed() -> Project {
    let project = Project::new();
    run(&project, project.key("release"));
    project
}

fn run(project: &Project, key: PathBuf) {
    let mut command = project.caws(["gates", "--quiet"]);
    let status = command.env("CAWS_SIGNING_KEY", key).status().unwrap();
    assert!(status.success());
}

fn bytes(project: &Project) -> Vec<u8> {
    std::fs::read(project.path(PACKAGE)).unwrap()
}

/// The exit code of `verify` on the package with these bytes, and what it prints.
fn verified(project: &Project, bytes: &[u8]) -> (Option<i32>, String) {
    std::fs::write(project.path("other.caws"), bytes).unwrap();
    let output = project
        .caws(["verify", "other.caws", "--key", KEY])
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn a_package_is_verified_as_the_directory_it_was_made_from() {
    let project = signed();
    assert_caws!(
        "package_verify",
        project,
        project.caws(["verify", PACKAGE, "--key", KEY])
    );
    let directory = project.json(["verify", "artifacts", "--key", KEY, "--format", "json"]);
    let package = project.json(["verify", PACKAGE, "--key", KEY, "--format", "json"]);
    assert_eq!(directory, package);
    // It needs nothing beside it.
    let alone = project.home().join("alone.caws");
    std::fs::copy(project.path(PACKAGE), &alone).unwrap();
    let key = project.path(KEY);
    let args = [
        "-C",
        "/",
        "verify",
        alone.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
    ];
    assert_eq!(project.code(args), 0);
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let project = signed();
    let first = bytes(&project);
    let mut sign = project.caws(["provenance", "sign"]);
    assert_caws!(
        "package_sign",
        project,
        sign.env("CAWS_SIGNING_KEY", project.home().join("release.pem"))
    );
    assert!(first == bytes(&project));
    // A run without a key vouches for nothing, and leaves the last package that does.
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert!(first == bytes(&project));
}

#[test]
fn a_run_without_a_key_makes_no_package() {
    let project = Project::new();
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert!(!project.path("artifacts/audit").exists());
}

#[test]
fn the_page_and_the_score_come_from_a_package_too() {
    let project = signed();
    assert_caws!("package_report", project, project.caws(["report", PACKAGE]));
    let page = project.read("artifacts/audit/uncommitted.html");
    let packed = bytes(&project);
    let title = page.lines().next().unwrap();
    assert!(String::from_utf8_lossy(&packed).contains(title.get(..200).unwrap()));
    let score = |from: &str| project.json(["trust", from, "--format", "json"]);
    assert_eq!(score("artifacts"), score(PACKAGE));
    assert_eq!(project.code(["provenance", "show", PACKAGE]), 0);
}

#[test]
fn a_package_that_was_touched_exits_4_and_says_where() {
    let project = signed();
    let whole = bytes(&project);
    assert_eq!(verified(&project, &whole).0, Some(0));
    // A byte of a raw output, of the page, of a header, and the end.
    let text = String::from_utf8_lossy(&whole).into_owned();
    let raw = whole
        .windows(2)
        .position(|two| two == [0x1f, 0x8b])
        .unwrap();
    let page = whole
        .windows(15)
        .position(|some| some.eq_ignore_ascii_case(b"<!doctype html>"))
        .unwrap();
    assert!(text.contains("ustar"));
    for (at, code) in [
        (raw + 20, "digest-mismatch"),
        (page + 300, "report-differs"),
        (120, "package-"),
        (whole.len() - 1, "package-not-canonical"),
    ] {
        let mut changed = whole.clone();
        *changed.get_mut(at).unwrap() ^= 1;
        let (exit, said) = verified(&project, &changed);
        assert_eq!(exit, Some(4), "{at}: {said}");
        assert!(said.contains(code), "{at}: {said}");
    }
    let (exit, said) = verified(&project, whole.get(..whole.len() / 2).unwrap());
    assert_eq!(exit, Some(4));
    assert!(said.contains("package-malformed"), "{said}");
    assert_caws!(
        "package_none",
        project,
        project.caws(["verify", KEY, "--key", KEY])
    );
    for command in ["report", "trust"] {
        assert_eq!(project.code([command, KEY]), 4, "{command}");
    }
    for format in ["json", "sarif", "junit", "markdown"] {
        let args = ["verify", KEY, "--key", KEY, "--format", format];
        assert_eq!(project.code(args), 4, "{format}");
    }
}

#[test]
fn a_link_among_the_evidence_is_not_packed() {
    let project = signed();
    let link = project.path("artifacts/evidence/coverage/raw/link");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", link).unwrap();
    #[cfg(unix)]
    assert_eq!(
        project
            .caws(["provenance", "sign"])
            .env("CAWS_SIGNING_KEY", project.home().join("release.pem"))
            .status()
            .unwrap()
            .code(),
        Some(4)
    );
}

#[test]
fn a_trust_policy_decides_which_key_may_sign_what() {
    let project = signed();
    let policy = |signs: &[&str]| {
        let key = serde_json::json!({ "name": "release", "public_key": project.read(KEY), "signs": signs });
        let policy = serde_json::json!({ "schema_version": 1, "keys": [key] });
        project.write("trust.json", &policy.to_string());
    };
    policy(&["manifest", "evidence"]);
    assert_eq!(
        project.code(["verify", PACKAGE, "--trust", "trust.json"]),
        0
    );
    project.write("records.jsonl", "");
    for args in [["--key", KEY], ["--trust", "trust.json"]] {
        let records = ["--key-records", "records.jsonl"];
        assert_eq!(
            project.code(["verify"].into_iter().chain(args).chain(records)),
            0
        );
    }
    policy(&["manifest"]);
    assert_caws!(
        "trust_not_allowed",
        project,
        project.caws(["verify", PACKAGE, "--trust", "trust.json"])
    );
    project.write("trust.json", "{}");
    assert_caws!(
        "trust_unreadable",
        project,
        project.caws(["verify", PACKAGE, "--trust", "trust.json"])
    );
    project.write("records.jsonl", "no record\n");
    assert_eq!(
        project.code(["verify", "--key-records", "records.jsonl"]),
        2
    );
    assert_eq!(project.code(["verify", "--trust", "nothing.json"]), 2);
    assert_eq!(
        project.code(["verify", "--trust", "trust.json", "--key", KEY]),
        2
    );
}
