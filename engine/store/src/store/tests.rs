use super::*;
use crate::Silent;
use crate::pull::Request;
use crate::testing::{Told, bytes, catalogue, request, said, sha256, store};

/// A store with `small` and its voices in it.
fn filled(folder: &Path) -> Store {
    let source = folder.join("source");
    std::fs::create_dir_all(&source).unwrap();
    for (name, length) in [
        ("small.onnx", 100_000),
        ("other.onnx", 100_001),
        ("sounds.bin", 10_000),
    ] {
        std::fs::write(source.join(name), bytes(length, 1)).unwrap();
    }
    let store = store(&folder.join("models"));
    let local = Request {
        from: Some(source),
        ..request(None)
    };
    store.pull("small", &local, &Silent).unwrap();
    store
}

fn states(store: &Store) -> Vec<State> {
    store
        .list()
        .unwrap()
        .into_iter()
        .map(|listed| listed.state)
        .collect()
}

#[test]
fn the_users_folder_is_the_one_named_or_in_the_data_folder() {
    let named = Store::of_user(Some("/tmp/models".into())).unwrap();
    assert_eq!(named.root(), Path::new("/tmp/models"));
    assert_eq!(named.catalogue(), &Catalogue::published().unwrap());
    if let Some(data) = dirs::data_dir() {
        for unset in [None, Some(OsString::new())] {
            assert_eq!(
                Store::of_user(unset).unwrap().root(),
                data.join("kokoro").join("models")
            );
        }
    }
}

#[test]
fn a_list_says_how_it_stands_with_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let empty = store(&folder.path().join("nothing"));
    assert_eq!(states(&empty), vec![State::Available; 3]);
    assert_eq!(empty.installed().unwrap(), []);

    let store = filled(folder.path());
    assert_eq!(
        states(&store),
        [State::Installed, State::Available, State::Installed]
    );
    let listed = store.list().unwrap();
    assert_eq!(listed[0].path, store.root().join("small.onnx"));
    assert_eq!(
        listed[0].known.as_ref().unwrap().sha256,
        sha256(&bytes(100_000, 1))
    );
    assert_eq!(listed[1].known, None);

    std::fs::write(store.root().join("other.onnx"), "x").unwrap();
    std::fs::write(store.root().join("sounds.bin"), "changed").unwrap();
    assert_eq!(
        states(&store),
        [
            State::Installed,
            State::Unverified,
            State::Damaged {
                found: "expected 10000 bytes, found 7".to_owned()
            }
        ]
    );
    std::fs::remove_file(store.root().join("other.onnx")).unwrap();
    std::fs::create_dir(store.root().join("other.onnx")).unwrap();
    std::fs::write(store.root().join(".part-other.onnx"), "four").unwrap();
    assert_eq!(states(&store)[1], State::Partial { bytes: 4 });
}

#[test]
fn a_model_is_found_by_name_with_its_voices() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let small = Located {
        name: "small".to_owned(),
        model: store.root().join("small.onnx"),
        voices: store.root().join("sounds.bin"),
    };
    assert_eq!(store.resolve("small").unwrap(), small);
    assert_eq!(store.resolve("small.onnx").unwrap(), small);
    assert_eq!(store.installed().unwrap(), [small]);
    assert_eq!(
        store.path("sounds").unwrap(),
        store.root().join("sounds.bin")
    );
    assert!(said(store.resolve("sounds")).contains("no `sounds`; perhaps `small`"));
    let error = said(store.resolve("other"));
    assert!(
        error.starts_with("`other` is not installed: expected ")
            && error.ends_with("get it with `kokoro model pull other`"),
        "{error}"
    );
    assert!(said(store.path("nobody")).contains("no `nobody`"));
}

#[test]
fn what_was_not_compared_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    std::fs::write(store.root().join("other.onnx"), "x").unwrap();
    assert!(
        said(store.resolve("other")).contains(
            "nobody compared it with a digest; get it again with `kokoro model pull other`"
        )
    );
    assert_eq!(store.installed().unwrap().len(), 1);
    std::fs::write(store.root().join("sounds.bin"), "changed").unwrap();
    assert_eq!(store.installed().unwrap(), []);
    assert!(said(store.resolve("small")).contains("expected 10000 bytes, found 7"));
    // And it is mended by another pull.
    let local = Request {
        from: Some(folder.path().join("source")),
        ..request(None)
    };
    for name in ["small", "other"] {
        store.pull(name, &local, &Silent).unwrap();
    }
    let names: Vec<String> = store
        .installed()
        .unwrap()
        .into_iter()
        .map(|located| located.name)
        .collect();
    assert_eq!(names, ["small", "other"]);
}

#[test]
fn everything_there_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let told = Told::default();
    let verified = store.verify(None, &told).unwrap();
    let names: Vec<&str> = verified.iter().map(|each| each.name.as_str()).collect();
    assert_eq!(names, ["small", "sounds"]);
    for each in &verified {
        assert_eq!(
            each.verdict,
            Verdict::Verified {
                basis: Basis::FirstUse
            }
        );
    }
    assert_eq!(told.begun.borrow().len(), 2);
    assert_eq!(*told.at.borrow(), 10_000);

    // One bit, same size: the list does not see it, reading does.
    let path = store.root().join("small.onnx");
    let mut changed = std::fs::read(&path).unwrap();
    changed[50_000] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    std::fs::write(store.root().join("other.onnx"), "x").unwrap();
    assert_eq!(states(&store)[0], State::Installed);
    let verified = store.verify(None, &Silent).unwrap();
    assert_eq!(
        verified[0].verdict,
        Verdict::Mismatch {
            basis: Basis::FirstUse,
            expected: sha256(&bytes(100_000, 1))
        }
    );
    assert_eq!(verified[0].sha256, sha256(&changed));
    assert_eq!(
        (
            verified[1].name.as_str(),
            verified[1].size,
            &verified[1].verdict
        ),
        ("other", 1, &Verdict::Unknown)
    );
    assert_eq!(store.verify(Some("sounds"), &Silent).unwrap().len(), 1);
}

#[test]
fn a_published_digest_counts_even_for_what_somebody_else_put_there() {
    let folder = tempfile::tempdir().unwrap();
    let text = serde_json::to_string(&catalogue()).unwrap().replacen(
        "\"sha256\":null",
        &format!("\"sha256\":\"{}\"", sha256(b"x")),
        1,
    );
    let store = Store::new(
        folder.path().to_path_buf(),
        Catalogue::parse(&text).unwrap(),
    );
    std::fs::write(folder.path().join("small.onnx"), "x").unwrap();
    let verified = store.verify(Some("small"), &Silent).unwrap();
    assert_eq!(
        verified[0].verdict,
        Verdict::Verified {
            basis: Basis::Catalogue
        }
    );
}

#[test]
fn verifying_what_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert_eq!(store.verify(None, &Silent).unwrap(), []);
    assert!(said(store.verify(Some("small"), &Silent)).starts_with("`small` is not installed"));
    assert!(said(store.verify(Some("x"), &Silent)).starts_with("the catalogue has no `x`"));
    std::fs::create_dir(folder.path().join("small.onnx")).unwrap();
    assert!(said(store.verify(Some("small"), &Silent)).starts_with("cannot read "));
}
