use std::path::Path;

use super::{as_new_file, diff, files, git, subject};
use crate::gates::testing::{host, temp};

fn repository(dir: &Path) {
    let here = host(dir);
    for args in [
        vec!["init", "-q", "-b", "main"],
        vec!["config", "user.email", "a@example.org"],
        vec!["config", "user.name", "A"],
        vec!["config", "commit.gpgsign", "false"],
    ] {
        git(dir, &here, &args).unwrap();
    }
}

fn commit(dir: &Path) {
    let here = host(dir);
    git(dir, &here, &["add", "."]).unwrap();
    git(dir, &here, &["commit", "-q", "-m", "work"]).unwrap();
}

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_clean_repository_has_commit_and_tree() {
    let dir = temp();
    repository(dir.path());
    write(dir.path(), "a.txt", "a");
    commit(dir.path());
    let found = subject(dir.path(), &host(dir.path())).unwrap();
    assert_eq!(found.commit.unwrap().len(), 40);
    assert_eq!(found.tree.len(), 40);
    assert!(!found.dirty);
    write(dir.path(), "b.txt", "b");
    assert!(subject(dir.path(), &host(dir.path())).unwrap().dirty);
}

#[test]
fn a_folder_of_a_repository_is_its_own_subject() {
    let dir = temp();
    repository(dir.path());
    write(dir.path(), "inner/a.txt", "a");
    write(dir.path(), "b.txt", "b");
    commit(dir.path());
    let inner = dir.path().join("inner");
    write(dir.path(), "b.txt", "changed");
    let found = subject(&inner, &host(dir.path())).unwrap();
    assert!(!found.dirty, "what changes outside is not this project's");
    assert_ne!(
        Some(found.tree),
        subject(dir.path(), &host(dir.path())).map(|subject| subject.tree)
    );
    assert_eq!(files(&inner, &host(dir.path())).unwrap(), ["a.txt"]);
}

#[test]
fn without_a_commit_or_a_repository_there_is_no_subject() {
    let dir = temp();
    assert_eq!(subject(dir.path(), &host(dir.path())), None);
    assert_eq!(files(dir.path(), &host(dir.path())), None);
    repository(dir.path());
    assert_eq!(subject(dir.path(), &host(dir.path())), None);
}

#[test]
fn ignored_and_deleted_files_are_not_listed_untracked_ones_are() {
    let dir = temp();
    repository(dir.path());
    write(dir.path(), ".gitignore", "/out\n");
    write(dir.path(), "gone.txt", "x");
    write(dir.path(), "kept.txt", "x");
    commit(dir.path());
    std::fs::remove_file(dir.path().join("gone.txt")).unwrap();
    write(dir.path(), "out/made.txt", "x");
    write(dir.path(), "new é.txt", "x");
    assert_eq!(
        files(dir.path(), &host(dir.path())).unwrap(),
        [".gitignore", "kept.txt", "new é.txt"]
    );
}

#[test]
fn git_says_why_it_cannot() {
    let dir = temp();
    let error = git(dir.path(), &host(dir.path()), &["rev-parse", "HEAD"]).unwrap_err();
    assert!(error.contains("not a git repository"), "{error}");
    let mut bare = host(dir.path());
    bare.path.clear();
    assert_eq!(
        git(dir.path(), &bare, &["status"]).unwrap_err(),
        "git is not on the PATH"
    );
}

#[test]
fn the_diff_is_against_the_point_where_the_work_began_and_holds_new_files() {
    let dir = temp();
    let here = host(dir.path());
    repository(dir.path());
    write(dir.path(), "a.txt", "one\n");
    commit(dir.path());
    git(dir.path(), &here, &["checkout", "-q", "-b", "work"]).unwrap();
    write(dir.path(), "a.txt", "two\n");
    commit(dir.path());
    write(dir.path(), "new.txt", "n1\nn2\n");
    git(dir.path(), &here, &["branch", "-q", "other", "main"]).unwrap();
    let text = String::from_utf8(diff(dir.path(), &here, "main").unwrap()).unwrap();
    assert!(text.contains("-one\n+two\n"), "{text}");
    assert!(
        text.contains("+++ b/new.txt\n@@ -0,0 +1,2 @@\n+n1\n+n2\n"),
        "{text}"
    );
    let error = diff(dir.path(), &here, "nowhere").unwrap_err();
    assert_eq!(
        error,
        "no common ancestor of `nowhere` and HEAD; fetch it, or name another revision"
    );
}

#[test]
fn an_empty_new_file_has_no_hunk() {
    assert_eq!(
        as_new_file("e", ""),
        "diff --git a/e b/e\nnew file mode 100644\n--- /dev/null\n+++ b/e\n"
    );
}
