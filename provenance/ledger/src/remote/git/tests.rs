#![allow(
    clippy::disallowed_types,
    reason = "the program that the crate itself does not start"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::tests::{leaves, race, sync_at, wait_for_sync};
use super::*;
use crate::files::Disk;
use crate::store::check;
use crate::testing::trust;

/// The program, in a repository.
struct Program(PathBuf);

impl Git for Program {
    fn run(&mut self, arguments: &[&str], input: &[u8]) -> Result<GitOutput, String> {
        let mut child = Command::new("git")
            .current_dir(&self.0)
            .args(arguments)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        Ok(GitOutput {
            success: output.status.success(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Program(directory.to_owned()).run(arguments, b"").unwrap();
    assert!(output.success, "git {arguments:?}: {}", output.stderr);
    String::from_utf8(output.stdout).unwrap()
}

/// A bare repository `shared.git`.
fn bare(base: &Path) -> String {
    git(base, &["init", "--quiet", "--bare", "shared.git"]);
    base.join("shared.git").display().to_string()
}

/// A remote seen from a repository of its own at `PATH.git`.
fn remote(path: &Path, url: &str) -> GitRemote<Program> {
    let repository = path.with_extension("git");
    if !repository.exists() {
        std::fs::create_dir_all(&repository).unwrap();
        git(&repository, &["init", "--quiet"]);
    }
    GitRemote::new(Program(repository), url)
}

#[test]
fn p6_two_clones_that_sync_over_git_at_once_lose_and_double_nothing() {
    let base = tempfile::tempdir().unwrap();
    let url = bare(base.path());
    let rounds = std::env::var("CAWS_LEDGER_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok());
    let history = race(base.path(), rounds.unwrap_or(4), |path| remote(path, &url));
    let shared = base.path().join("shared.git");
    let commits = git(&shared, &["rev-list", "--count", REF]);
    assert_eq!(
        commits.trim(),
        history.len().to_string(),
        "one commit for each sync that sealed"
    );
    assert_eq!(
        git(&shared, &["for-each-ref", "--format=%(refname)"]).trim(),
        REF
    );
    // What is shared is a whole log by itself.
    let checked_out = base.path().join("out");
    std::fs::create_dir(&checked_out).unwrap();
    let work_tree = format!("--work-tree={}", checked_out.display());
    git(
        &shared,
        &[&work_tree, "checkout", "--quiet", REF, "--", "."],
    );
    let report = check(&Disk::at(&checked_out), &trust());
    assert_eq!(
        (report.findings.as_slice(), report.leaves),
        (&[][..], 2 * u64::from(rounds.unwrap_or(4)))
    );
}

#[test]
fn nothing_of_a_sync_stays_in_the_clone_but_objects() {
    let base = tempfile::tempdir().unwrap();
    let url = bare(base.path());
    let here = base.path().join("here");
    wait_for_sync(&here, "one");
    let mut at = remote(&here, &url);
    sync_at(&here, &mut at).unwrap();
    let clone = here.with_extension("git");
    assert_eq!(git(&clone, &["for-each-ref"]), "");
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
    assert_eq!(leaves(&here), ["one"]);
    assert_eq!(at.name(), format!("refs/caws/ledger of git remote {url}"));
    let head = at.head().unwrap().unwrap();
    assert_eq!(
        at.list(&head, "tile").unwrap(),
        ["tile/0/000.p/1", "tile/entries/000.p/1"]
    );
    assert_eq!(at.read(&head, "none").unwrap(), None);
    assert!(at.read(&head, "tile").is_err(), "a tree is no file");
}

#[test]
fn a_state_that_is_no_longer_there_is_not_replaced() {
    let base = tempfile::tempdir().unwrap();
    let url = bare(base.path());
    let mut at = remote(&base.path().join("here"), &url);
    assert_eq!(at.head().unwrap(), None);
    let file = |text: &str| vec![("file".to_owned(), text.as_bytes().to_vec())];
    assert_eq!(
        at.publish(None, file("1"), b"one").unwrap(),
        Published::Done
    );
    assert_eq!(
        at.publish(None, file("2"), b"two").unwrap(),
        Published::Moved
    );
    let one = at.head().unwrap();
    assert_eq!(
        at.publish(one.as_ref(), file("2"), b"two").unwrap(),
        Published::Done
    );
    assert_eq!(
        at.publish(one.as_ref(), file("3"), b"three").unwrap(),
        Published::Moved
    );
    let two = at.head().unwrap().unwrap();
    assert_eq!(two.checkpoint, b"two");
    assert_eq!(at.read(&two, "file").unwrap().unwrap(), b"2");
}

#[test]
fn what_git_says_is_handed_on() {
    let base = tempfile::tempdir().unwrap();
    let missing = base.path().join("missing.git").display().to_string();
    let mut at = remote(&base.path().join("here"), &missing);
    let error = at.head().unwrap_err().to_string();
    assert!(error.contains("git ls-remote failed"), "{error}");

    let url = bare(base.path());
    let hooks = base.path().join("shared.git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    let mut at = remote(&base.path().join("here"), &url);
    git(
        &base.path().join("shared.git"),
        &["config", "receive.denyDeletes", "true"],
    );
    assert_eq!(
        at.publish(None, Vec::new(), b"one").unwrap(),
        Published::Done
    );

    struct Nowhere;
    impl Git for Nowhere {
        fn run(&mut self, _: &[&str], _: &[u8]) -> Result<GitOutput, String> {
            Err("no such program".to_owned())
        }
    }
    let error = GitRemote::new(Nowhere, "origin").head().unwrap_err();
    assert_eq!(
        error.to_string(),
        "refs/caws/ledger of git remote origin: git does not run: no such program"
    );
}
