//! `caws verify --recompute`: the gates again, on a checkout of the record's commit.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::process::{Command, Output};

use common::{Project, assert_caws, shown};
use serde_json::Value;

fn git(project: &Project, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.email=a@example.org", "-c", "user.name=A"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(project.root())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        // The same files are the same commit.
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", shown(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// `caws` that finds git and no other program.
fn caws(project: &Project, args: &[&str]) -> Command {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|dir| dir.join("git"))
        .find(|git| git.is_file())
        .unwrap();
    let mut command = project.caws(args);
    command.env("PATH", found.parent().unwrap());
    command
}

/// A project in git, and the record of its gates.
fn recorded() -> Project {
    let project = Project::new();
    project.write(".gitignore", "artifacts/\n");
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-q", "-m", "all"]);
    let run = caws(&project, &["gates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", shown(&run));
    project
}

const AGAIN: [&str; 4] = ["verify", "artifacts", "--allow-unsigned", "--recompute"];

fn again(project: &Project, more: &[&str]) -> Output {
    let args: Vec<&str> = AGAIN.iter().chain(more).copied().collect();
    caws(project, &args).output().unwrap()
}

fn json(project: &Project, more: &[&str]) -> (i32, Value) {
    let more: Vec<&str> = ["--format", "json"].iter().chain(more).copied().collect();
    let output = again(project, &more);
    let value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| Value::from(shown(&output)));
    (output.status.code().unwrap(), value)
}

/// What was said of a gate.
fn answer<'a>(report: &'a Value, gate: &str) -> &'a Value {
    let gates = report.get("gates").and_then(Value::as_array).unwrap();
    let found = gates
        .iter()
        .find(|entry| entry.get("gate").unwrap() == gate);
    found.unwrap().get("rerun").unwrap()
}

#[test]
fn a_record_of_a_commit_is_the_same_again() {
    let project = recorded();
    // What the tree looks like now is nobody's business.
    project.write("src/greet.py", "broken(");
    assert_caws!("recompute_same", project, caws(&project, &AGAIN));
    let (code, report) = json(&project, &["--gate", "static", "--into", "second"]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(answer(&report, "static"), "same");
    let other = answer(&report, "coverage");
    assert_eq!(other.get("not_attempted").unwrap(), "it was not run again");
    assert!(
        project
            .path("second/partial/provenance/plan.json")
            .is_file()
    );
    assert_eq!(git(&project, &["worktree", "list"]).lines().count(), 1);
}

#[test]
fn a_record_of_other_files_than_the_commit_has_is_found() {
    let project = recorded();
    // The gates looked at a file that git was told to take for unchanged.
    git(
        &project,
        &["update-index", "--assume-unchanged", "reports/coverage.xml"],
    );
    let better = project.read("reports/coverage.xml");
    let better = better.replacen("<coverage ", "<!-- better --><coverage ", 1);
    project.write("reports/coverage.xml", &better);
    let run = caws(&project, &["gates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", shown(&run));
    let (code, report) = json(&project, &[]);
    assert_eq!(code, 4, "{report}");
    assert_eq!(answer(&report, "coverage"), "differs");
    assert_eq!(answer(&report, "static"), "same");
    let findings = report.get("findings").and_then(Value::as_array).unwrap();
    let differs = |finding: &&Value| finding.get("code").unwrap() == "rerun-differs";
    let finding = findings.iter().find(differs).unwrap();
    assert_eq!(
        finding.pointer("/place/path").unwrap(),
        "evidence/coverage/evidence.json"
    );
    let expected = finding.get("expected").and_then(Value::as_str).unwrap();
    assert!(
        expected.starts_with("reports/coverage.xml sha256 "),
        "{expected}"
    );
}

#[test]
fn what_cannot_be_run_again_is_said() {
    let project = recorded();
    // A report that is in no commit.
    git(&project, &["rm", "-q", "--cached", "reports/mutation.json"]);
    project.write(".gitignore", "artifacts/\nreports/mutation.json\n");
    git(&project, &["add", "."]);
    git(&project, &["commit", "-q", "-m", "reports are made"]);
    let run = caws(&project, &["gates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", shown(&run));
    let (code, report) = json(&project, &[]);
    assert_eq!(code, 3, "{report}");
    let why = answer(&report, "mutation").get("not_attempted").unwrap();
    assert!(
        why.as_str().unwrap().starts_with("not measured here: "),
        "{why}"
    );
    assert_eq!(answer(&report, "coverage"), "same");
    assert_eq!(json(&project, &["--gate", "coverage"]).0, 0);

    let output = again(&project, &["--gate", "performance"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("the record has no gate `performance`"),
        "{said}"
    );

    // A record of what is in no commit, and one that does not hold.
    project.write("src/greet.py", "def greet():\n    return 1\n");
    let run = caws(&project, &["gates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", shown(&run));
    let (code, report) = json(&project, &[]);
    assert_eq!(code, 3, "{report}");
    let why = answer(&report, "static").get("not_attempted").unwrap();
    assert_eq!(why, "the record is of changes that are in no commit");
    project.flip("artifacts/provenance/plan.json");
    let (code, report) = json(&project, &[]);
    assert_eq!(code, 4, "{report}");
}

#[test]
fn a_clone_without_the_commit_says_so() {
    let project = recorded();
    let other = Project::new();
    git(&other, &["init", "-q"]);
    git(&other, &["add", "."]);
    git(&other, &["commit", "-q", "-m", "another history"]);
    let artifacts = project.path("artifacts");
    let args = [
        "verify",
        artifacts.to_str().unwrap(),
        "--allow-unsigned",
        "--recompute",
    ];
    let output = caws(&other, &args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("does not have commit"), "{said}");
    assert!(said.contains("in a clone of the project"), "{said}");
}
