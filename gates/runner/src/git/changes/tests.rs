use super::*;

fn text(path: &str, status: Status, lines: Option<(u64, u64)>) -> Change {
    Change {
        path: path.to_owned(),
        from: None,
        status,
        kind: Kind::Text,
        lines: lines.map(|(added, removed)| Lines { added, removed }),
        generated: None,
    }
}

#[test]
fn gits_own_list_is_read_field_by_field() {
    // What git 2.47 printed of such a change, with shorter digests.
    let printed = ":100644 100644 4f62 0000 M\0gen.rs\0:000000 120000 0000 c1b0 A\0link\0\
        :000000 100644 0000 8ba3 A\0new \u{fc}nt.txt\0:100644 000000 286c 0000 D\0src/a/gone.rs\0\
        :100644 100644 8352 0000 M\0src/a/pic.png\0:100644 100644 b414 d054 R071\0src/a/x.rs\0src/ab/y.rs\0\
        :160000 160000 ef62 0000 M\0vendor/lib\0:100644 120000 4f62 0000 T\0:odd\tname\0\
        1\t1\tgen.rs\0\x31\t0\tlink\0\x31\t0\tnew \u{fc}nt.txt\0\x30\t1\tsrc/a/gone.rs\0-\t-\tsrc/a/pic.png\0\
        1\t1\t\0src/a/x.rs\0src/ab/y.rs\0\x31\t1\tvendor/lib\0\x31\t2\t:odd\tname\0";
    let expected = [
        text("gen.rs", Status::Modified, Some((1, 1))),
        text("link", Status::Added, Some((1, 0))),
        text("new \u{fc}nt.txt", Status::Added, Some((1, 0))),
        text("src/a/gone.rs", Status::Deleted, Some((0, 1))),
        Change {
            kind: Kind::Binary,
            ..text("src/a/pic.png", Status::Modified, None)
        },
        Change {
            from: Some("src/a/x.rs".to_owned()),
            ..text("src/ab/y.rs", Status::Renamed, Some((1, 1)))
        },
        Change {
            kind: Kind::Submodule,
            ..text("vendor/lib", Status::Modified, None)
        },
        text(":odd\tname", Status::TypeChanged, Some((1, 2))),
    ];
    assert_eq!(parse(printed.as_bytes()).unwrap(), expected);
    assert_eq!(parse(b"").unwrap(), []);
}

#[test]
fn a_list_git_would_not_write_is_refused() {
    let refused = |printed: &str| parse(printed.as_bytes()).unwrap_err();
    assert_eq!(
        refused(":100644 100644 1 2 U\0a\0"),
        "`a` has a merge conflict; resolve it first"
    );
    for printed in [
        ":100644 100644 1 2 X\0a\0",
        ":100644\0a\0",
        ":100644 100644 1 2 R100\0a\0",
        ":100644 100644 1 2 M\0",
        "1\t1\ta\0",
        ":100644 100644 1 2 M\0a\0one\t1\ta\0",
        ":100644 100644 1 2 M\0a\0\x31\ta\0",
        ":100644 100644 1 2 M\0a\0\x31\t-\ta\0",
        ":100644 100644 1 2 R100\0a\0b\0\x31\t1\t\0a\0",
    ] {
        assert!(refused(printed).contains("git's"), "{printed:?}");
    }
}

#[test]
fn the_copy_of_an_index_is_as_old_as_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let (index, to) = (folder.path().join("index"), folder.path().join("copy"));
    std::fs::write(&index, "DIRC").unwrap();
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 5_000);
    let file = std::fs::File::options().write(true).open(&index).unwrap();
    file.set_modified(then).unwrap();
    copy(&index, &to).unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), b"DIRC");
    assert_eq!(std::fs::metadata(&to).unwrap().modified().unwrap(), then);
}
