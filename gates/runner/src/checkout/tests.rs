use std::path::Path;

use super::Checkout;
use crate::gates::testing::{host, temp};
use crate::git::{git, subject};

/// A repository with two commits of `inner/a.txt`; gives the first.
fn repository(dir: &Path) -> String {
    let here = host(dir);
    for args in [
        ["init", "-q", "-b", "main"].as_slice(),
        &["config", "user.email", "a@example.org"],
        &["config", "user.name", "A"],
        &["config", "commit.gpgsign", "false"],
    ] {
        git(dir, &here, args).unwrap();
    }
    std::fs::create_dir_all(dir.join("inner")).unwrap();
    let mut first = None;
    for text in ["one", "two"] {
        std::fs::write(dir.join("inner/a.txt"), text).unwrap();
        git(dir, &here, &["add", "."]).unwrap();
        git(dir, &here, &["commit", "-q", "-m", text]).unwrap();
        first = first.or(subject(dir, &here).unwrap().commit);
    }
    first.unwrap()
}

#[test]
fn a_checkout_has_the_files_of_its_commit_and_leaves_nothing() {
    let dir = temp();
    let first = repository(dir.path());
    let here = host(dir.path());
    // What is not committed stays out of it.
    std::fs::write(dir.path().join("inner/a.txt"), "three").unwrap();
    let checkout = Checkout::of(dir.path(), &here, &first).unwrap();
    let root = checkout.root().to_owned();
    assert_eq!(
        std::fs::read_to_string(root.join("inner/a.txt")).unwrap(),
        "one"
    );
    let found = subject(&root, &here).unwrap();
    assert_eq!(found.commit.as_deref(), Some(first.as_str()));
    assert!(!found.dirty);
    // Twice at a time, from a folder of the repository: the project is that folder.
    let inner = Checkout::of(&dir.path().join("inner"), &here, &first).unwrap();
    assert_eq!(
        std::fs::read_to_string(inner.root().join("a.txt")).unwrap(),
        "one"
    );
    drop((checkout, inner));
    assert!(!root.exists());
    let left = git(dir.path(), &here, &["worktree", "list", "--porcelain"]).unwrap();
    let left = String::from_utf8(left).unwrap();
    assert_eq!(left.matches("worktree ").count(), 1, "{left}");
}

#[test]
fn a_commit_that_is_not_there_is_named() {
    let dir = temp();
    repository(dir.path());
    let here = host(dir.path());
    let unknown = "0123456789abcdef0123456789abcdef01234567";
    let said = Checkout::of(dir.path(), &here, unknown).unwrap_err();
    assert!(
        said.contains("does not have commit 0123456789abcdef"),
        "{said}"
    );
    assert!(said.contains("-C DIR"), "{said}");
    for name in ["main", "--help", "", "HEAD"] {
        let said = Checkout::of(dir.path(), &here, name).unwrap_err();
        assert!(said.contains("is no commit id"), "{said}");
    }
}
