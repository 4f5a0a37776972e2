use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Commits of git itself: `git cat-file commit`, made with fixed names and times.
const ROOT_SHA1: &str = "789185271971ef425b7fde9e00f86895812bb22c";
const ROOT_SHA256: &str = "611ca89bc5bd63a0b59503f76084a6af7bdba991d1462538597bc3372d64edfc";
const ROOT: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.org> 1767225600 +0000\ncommitter A <a@example.org> 1767225600 +0000\n\nfirst\n";

fn commit(parents: &[&str], message: &str) -> String {
    let mut text = String::from("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");
    for parent in parents {
        text.push_str(&format!("parent {parent}\n"));
    }
    text.push_str("author A <a@example.org> 1767225600 +0000\ncommitter A <a@example.org> 1767225600 +0000\n\n");
    text + message
}

fn id(content: &str) -> String {
    super::super::lineage::commit_id(content.as_bytes(), 40)
}

fn encoded(contents: &[&String]) -> Vec<String> {
    contents
        .iter()
        .map(|content| STANDARD.encode(content))
        .collect()
}

#[test]
fn a_commit_has_the_name_git_gives_it() {
    assert_eq!(id(ROOT), ROOT_SHA1);
    assert_eq!(
        super::super::lineage::commit_id(ROOT.as_bytes(), 64),
        ROOT_SHA256
    );
}

#[test]
fn a_chain_of_commits_leads_back_or_does_not() {
    let root = ROOT.to_owned();
    let second = commit(&[&id(&root)], "second\n");
    let aside = commit(&[], "aside\n");
    let merge = commit(&[&id(&aside), &id(&second)], "merge\n");
    let (first, last) = (id(&root), id(&merge));
    assert_eq!(descends(&first, &first, &[]), Ok(()));
    assert_eq!(descends(&last, &id(&second), &encoded(&[&merge])), Ok(()));
    assert_eq!(descends(&last, &id(&aside), &encoded(&[&merge])), Ok(()));
    let whole = encoded(&[&merge, &second]);
    assert_eq!(descends(&last, &first, &whole), Ok(()));
    let broken = |chain: &[String]| descends(&last, &first, chain).unwrap_err();
    assert_eq!(broken(&[]), format!("commit {last}"));
    assert!(broken(&encoded(&[&merge])).contains("does not lead to"));
    assert!(broken(&encoded(&[&second])).contains("no parent"));
    assert!(broken(&encoded(&[&merge, &aside])).contains("does not lead to"));
    assert!(broken(&["%".to_owned()]).contains("no base64"));
    // A parent in the message is no parent.
    let liar = commit(&[], &format!("parent {first}\n"));
    assert!(descends(&id(&liar), &first, &encoded(&[&liar])).is_err());
}

#[test]
fn a_range_has_a_beginning_and_perhaps_an_end() {
    let root = ROOT.to_owned();
    let second = commit(&[&id(&root)], "second\n");
    let third = commit(&[&id(&second)], "third\n");
    let lineage = |since: &[&String], until: &[&String]| Lineage {
        schema_version: LINEAGE_SCHEMA_VERSION,
        since: encoded(since),
        until: encoded(until),
    };
    let range = |to: Option<&String>| Commits {
        from: id(&root),
        to: to.map(|to| id(to)),
    };
    let at = id(&second);
    let inside = |commits: &Commits, lineage: &Lineage| in_range(Some(&at), commits, lineage);
    assert_eq!(inside(&range(None), &lineage(&[&second], &[])), Ok(()));
    let to_third = lineage(&[&second], &[&third]);
    assert_eq!(inside(&range(Some(&third)), &to_third), Ok(()));
    assert_eq!(
        inside(&range(Some(&second)), &lineage(&[&second], &[])),
        Ok(())
    );
    assert!(inside(&range(Some(&root)), &lineage(&[&second], &[])).is_err());
    assert!(inside(&range(None), &to_third).is_err());
    assert!(in_range(None, &range(None), &lineage(&[], &[])).is_err());
    let other = Lineage {
        schema_version: 2,
        ..lineage(&[&second], &[])
    };
    assert!(inside(&range(None), &other).is_err());
}
