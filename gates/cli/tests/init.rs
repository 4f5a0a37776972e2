//! `caws init`: five repositories, each judged by `caws validate` right after.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{Project, assert_caws};
use serde_json::Value;

const LANGUAGES: [&str; 5] = ["rust", "python", "typescript", "go", "java"];

/// A copy of a fixture beside the project, whose environment it shares.
fn fixture(project: &Project, language: &str) -> PathBuf {
    let to = project.home().join(language);
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/init")
        .join(language);
    common::copy(&from, &to);
    to
}

/// Exit code and stdout of `caws` in a folder.
fn caws(project: &Project, dir: &Path, args: &[&str]) -> (i32, String) {
    let output = project.caws(args).current_dir(dir).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text)
}

fn json(project: &Project, dir: &Path, args: &[&str]) -> (i32, Value) {
    let all: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    let (code, text) = caws(project, dir, &all);
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (code, value)
}

#[test]
fn what_init_writes_is_valid_with_its_open_questions_listed() {
    let project = Project::new();
    for language in LANGUAGES {
        let dir = fixture(&project, language);
        let (code, written) = json(&project, &dir, &["init"]);
        assert_eq!((code, &written["kind"]), (0, &"init".into()), "{language}");
        assert_eq!(
            written["languages"].as_array().unwrap().len(),
            1,
            "{language}"
        );
        let mut asked: Vec<String> = written["open_questions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|question| question["ask"].as_str().unwrap().to_owned())
            .collect();
        assert!(asked.len() >= 8, "{language}: {asked:?}");
        let (code, report) = json(&project, &dir, &["validate"]);
        assert_eq!(
            (code, &report["passed"]),
            (0, &true.into()),
            "{language}: {report}"
        );
        let mut open: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["code"] == "spec-open-question")
            .map(|finding| {
                let message = finding["message"].as_str().unwrap();
                message.strip_prefix("open question: ").unwrap().to_owned()
            })
            .collect();
        asked.sort_unstable();
        open.sort_unstable();
        assert_eq!(open, asked, "{language}");
        // No gate runs on a spec that is not finished.
        assert_eq!(
            caws(&project, &dir, &["gates", "--offline"]).0,
            2,
            "{language}"
        );
    }
}

#[test]
fn every_tier_and_profile_leaves_a_spec_that_is_valid_and_not_finished() {
    let project = Project::new();
    for (number, (tier, profile)) in ["1", "2", "3"]
        .iter()
        .flat_map(|tier| {
            ["web-ui", "backend-api", "library", "cli"].map(|profile| (*tier, profile))
        })
        .enumerate()
    {
        let dir = project.home().join(format!("{number}"));
        std::fs::create_dir_all(&dir).unwrap();
        let args = ["init", "--tier", tier, "--profile", profile];
        assert_eq!(caws(&project, &dir, &args).0, 0);
        let (code, report) = json(&project, &dir, &["validate"]);
        assert_eq!(code, 0, "{tier} {profile}: {report}");
    }
}

#[test]
fn people_read_what_was_found_written_kept_asked_and_what_comes_next() {
    let project = Project::new();
    let dir = fixture(&project, "go");
    std::fs::write(dir.join(".caws.yml"), "schema_version: 1\n").unwrap();
    let (code, text) = caws(&project, &dir, &["init", "--dry-run", "--tier", "3"]);
    assert_eq!(code, 0);
    assert!(!dir.join(".caws").exists());
    assert!(
        text.contains("  would write .caws/working-spec.yaml"),
        "{text}"
    );
    let args = ["init", "--tier", "3", "--profile", "cli"];
    assert_caws!("init", project, project.caws(args).current_dir(&dir));
    let config = std::fs::read_to_string(dir.join(".caws.yml")).unwrap();
    assert_eq!(config, "schema_version: 1\n");
    // Whoever runs it again is told that everything is there.
    let (code, text) = caws(&project, &dir, &["init"]);
    assert_eq!(code, 0);
    assert!(
        !text.contains("wrote") && !text.contains("Open questions"),
        "{text}"
    );
    assert!(text.contains("  1. run `caws validate`"), "{text}");
}

#[test]
fn wrong_words_are_refused() {
    let project = Project::new();
    let dir = fixture(&project, "java");
    for args in [
        ["init", "--tier", "4"],
        ["init", "--profile", "desktop"],
        ["init", "--format", "sarif"],
    ] {
        assert_eq!(caws(&project, &dir, &args).0, 2, "{args:?}");
    }
    assert!(!dir.join(".caws").exists());
}

#[test]
fn a_place_that_cannot_be_written_is_no_defect_of_caws() {
    let project = Project::new();
    let dir = fixture(&project, "rust");
    std::fs::write(dir.join(".caws"), "a file").unwrap();
    assert_eq!(caws(&project, &dir, &["init"]).0, 2);
}
