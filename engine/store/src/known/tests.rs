use super::*;

fn known(digit: &str) -> Known {
    Known {
        sha256: digit.repeat(64),
        size: 7,
        source: "https://one.invalid/a".to_owned(),
        first_seen: 1_795_000_000,
    }
}

#[test]
fn what_is_noted_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut list = List::read(root).unwrap();
    assert_eq!(list.get("a"), None);
    list.set(root, "a", known("1")).unwrap();
    list.set(root, "b", known("2")).unwrap();
    list.set(root, "a", known("3")).unwrap();
    let again = List::read(root).unwrap();
    assert_eq!(again, list);
    assert_eq!(again.get("a").unwrap().sha256, "3".repeat(64));
    assert_eq!(again.get("b"), Some(&known("2")));
    let names: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [LIST]);
}

#[test]
fn a_list_that_is_none_is_refused_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(LIST);
    for (text, reason) in [
        ("{", "EOF while parsing"),
        (
            r#"{"schema_version": 2, "files": {}}"#,
            "expected schema_version 1, found 2",
        ),
        (
            r#"{"schema_version": 1, "files": {"a": {"sha256": "x", "size": 1, "source": "", "first_seen": 0}}}"#,
            "`a` has no sha256",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = List::read(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains(reason) && error.contains("is not the store's list of digests"),
            "{error}"
        );
    }
    let mut list: serde_json::Value = serde_json::json!({ "schema_version": 0, "files": {} });
    list["files"]["a"] = serde_json::to_value(known("1")).unwrap();
    std::fs::write(&path, list.to_string()).unwrap();
    assert!(List::read(folder.path()).is_err());
}

#[test]
fn what_cannot_be_read_or_written_says_where() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(LIST)).unwrap();
    let error = List::read(folder.path()).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read ") && error.contains(LIST),
        "{error}"
    );
    let gone = folder.path().join("gone");
    let error = List::default()
        .set(&gone, "a", known("1"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("cannot write "), "{error}");
}
