use std::cell::Cell;

use super::*;
use crate::Silent;
use crate::catalogue::Catalogue;
use crate::testing::{
    Answer, Server, Told, bytes, catalogue, ranged, request, said, sha256, store, whole,
};

const MODEL: usize = 100_000;
const VOICES: usize = 10_000;

/// A mirror with both files; `seed` decides what is in them.
fn mirror(seed: u32) -> Server {
    Server::new(move |_, asked| {
        let body = match asked.path.as_str() {
            "/sounds.bin" => bytes(VOICES, seed),
            _ => bytes(MODEL, seed),
        };
        ranged(asked, &body, &format!("\"{seed}\""))
    })
}

/// Names in a store's folder, without the lock.
fn names(store: &Store) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(store.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".lock")
        .collect();
    names.sort();
    names
}

#[test]
fn a_model_comes_with_its_voices_and_their_digests_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("deep/models"));
    let server = mirror(1);
    let url = format!("{}/", server.url);
    let pulled = store.pull("small", &request(Some(&url)), &Silent).unwrap();
    let model = &pulled[0];
    assert_eq!((model.name.as_str(), model.size), ("small", 100_000));
    assert_eq!(model.sha256, sha256(&bytes(MODEL, 1)));
    assert_eq!(model.compared, None);
    assert_eq!(model.from, Some(format!("{}/small.onnx", server.url)));
    assert_eq!(std::fs::read(&model.path).unwrap(), bytes(MODEL, 1));
    assert_eq!((pulled.len(), pulled[1].name.as_str()), (2, "sounds"));
    assert_eq!(names(&store), ["digests.json", "small.onnx", "sounds.bin"]);
    let list = List::read(store.root()).unwrap();
    let known = list.get("small.onnx").unwrap();
    assert_eq!((&known.sha256, known.size), (&model.sha256, model.size));
    assert_eq!(Some(&known.source), model.from.as_ref());
    assert!(known.first_seen > 1_795_000_000);

    // Again: nothing is asked.
    let again = store.pull("small", &request(Some(&url)), &Silent).unwrap();
    assert_eq!(server.asked().len(), 2);
    assert_eq!(
        (&again[0].from, again[0].compared),
        (&None, Some(Basis::FirstUse))
    );
    assert_eq!(again[0].sha256, model.sha256);
    // Another model with the same voices.
    store.pull("other", &request(Some(&url)), &Silent).unwrap();
    assert_eq!(server.asked().len(), 3);
    // Voices alone.
    assert_eq!(
        store.pull("sounds", &request(None), &Silent).unwrap().len(),
        1
    );
}

#[test]
fn a_digest_seen_once_holds_ever_after() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (first, second) = (mirror(1), mirror(2));
    let old = store
        .pull("sounds", &request(Some(&first.url)), &Silent)
        .unwrap();
    std::fs::remove_file(&old[0].path).unwrap();
    let error = said(store.pull("sounds", &request(Some(&second.url)), &Silent));
    let expected = format!(
        "sounds.bin from {}/sounds.bin has another digest: expected sha256 {} (as first seen here), found {}; it was not kept; if its publisher",
        second.url,
        sha256(&bytes(VOICES, 1)),
        sha256(&bytes(VOICES, 2))
    );
    assert!(error.starts_with(&expected), "{error}");
    assert_eq!(names(&store), ["digests.json"]);
    // The same bytes are welcome, and their first time stays.
    let before = List::read(store.root()).unwrap();
    let again = store
        .pull("sounds", &request(Some(&first.url)), &Silent)
        .unwrap();
    assert_eq!(again[0].compared, Some(Basis::FirstUse));
    assert_eq!(List::read(store.root()).unwrap(), before);
    // Others only when asked for.
    std::fs::remove_file(&old[0].path).unwrap();
    let accepting = Request {
        accept_changed: true,
        ..request(Some(&second.url))
    };
    let new = store.pull("sounds", &accepting, &Silent).unwrap();
    assert_eq!(new[0].compared, None);
    let list = List::read(store.root()).unwrap();
    assert_eq!(list.get("sounds.bin").unwrap().sha256, new[0].sha256);
}

#[test]
fn a_published_digest_cannot_be_waived() {
    let folder = tempfile::tempdir().unwrap();
    let digest = sha256(&bytes(VOICES, 1));
    let text = serde_json::to_string(&catalogue()).unwrap();
    let (head, tail) = text.rsplit_once("\"sha256\":null").unwrap();
    let text = format!("{head}\"sha256\":\"{digest}\"{tail}");
    let store = Store::new(
        folder.path().to_path_buf(),
        Catalogue::parse(&text).unwrap(),
    );
    let (good, bad) = (mirror(1), mirror(2));
    let accepting = Request {
        accept_changed: true,
        ..request(Some(&bad.url))
    };
    let error = said(store.pull("sounds", &accepting, &Silent));
    assert!(
        error.contains("(as published)") && error.ends_with("--from PATH"),
        "{error}"
    );
    assert!(names(&store).is_empty());
    let pulled = store
        .pull("sounds", &request(Some(&good.url)), &Silent)
        .unwrap();
    assert_eq!(pulled[0].compared, Some(Basis::Catalogue));
    assert_eq!(names(&store), ["digests.json", "sounds.bin"]);
    let again = store.pull("sounds", &accepting, &Silent).unwrap();
    assert_eq!(again[0].compared, Some(Basis::Catalogue));
}

#[test]
fn a_file_of_another_size_or_kind_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let login = Server::new(|_, _| whole(b"<html>Please log in</html>", "\"a\""));
    let error = said(store.pull("small", &request(Some(&login.url)), &Silent));
    assert!(
        error.contains("has 26 bytes; expected about 100000; it was not kept"),
        "{error}"
    );
    assert!(names(&store).is_empty());
    let server = mirror(1);
    let looked = Cell::new(0);
    let check = |file: &File, path: &Path| {
        looked.set(looked.get() + 1);
        assert_eq!(std::fs::read(path).unwrap(), bytes(MODEL, 1));
        Err(format!("{} is no model", file.name))
    };
    let picky = Request {
        check: &check,
        ..request(Some(&server.url))
    };
    let error = said(store.pull("small", &picky, &Silent));
    assert!(
        error.ends_with("was not kept: small is no model"),
        "{error}"
    );
    assert_eq!((looked.get(), names(&store).len()), (1, 0));
}

#[test]
fn a_file_whose_digest_is_known_may_have_any_size() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut list = List::read(folder.path()).unwrap();
    let known = Known {
        sha256: sha256(&bytes(MODEL, 3)),
        size: 100_000,
        source: String::new(),
        first_seen: 0,
    };
    list.set(folder.path(), "sounds.bin", known).unwrap();
    let from = folder.path().join("from");
    std::fs::write(&from, bytes(MODEL, 3)).unwrap();
    let local = Request {
        from: Some(from),
        ..request(None)
    };
    assert_eq!(
        store.pull("sounds", &local, &Silent).unwrap()[0].size,
        100_000
    );
}

#[test]
fn local_files_are_copied_from_a_file_or_a_folder() {
    let source = tempfile::tempdir().unwrap();
    let model = source.path().join("model.onnx");
    std::fs::write(&model, bytes(MODEL, 1)).unwrap();
    let voices = source.path().join("sounds.bin");
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let from = |path: &Path| Request {
        from: Some(path.to_path_buf()),
        ..request(None)
    };
    // The model is kept even if its voices are missing.
    let error = said(store.pull("small", &from(&model), &Silent));
    assert!(
        error.starts_with("expected sounds.bin or voices.bin in "),
        "{error}"
    );
    assert_eq!(names(&store), ["digests.json", "small.onnx"]);
    std::fs::write(&voices, bytes(VOICES, 1)).unwrap();
    let pulled = store.pull("small", &from(&model), &Silent).unwrap();
    assert_eq!(
        (&pulled[0].from, &pulled[1].from),
        (&None, &Some(voices.display().to_string()))
    );
    for pulled in &pulled {
        std::fs::remove_file(&pulled.path).unwrap();
    }
    let pulled = store.pull("small", &from(source.path()), &Silent).unwrap();
    assert_eq!(pulled[0].from, Some(model.display().to_string()));
    assert_eq!(pulled[0].compared, Some(Basis::FirstUse));
    assert!(model.exists() && voices.exists());
    assert!(
        said(store.pull("other", &from(Path::new("nowhere.onnx")), &Silent))
            .starts_with("cannot read nowhere.onnx")
    );
}

#[test]
fn publishers_are_asked_one_after_another() {
    let (gone, good) = (
        Server::new(|_, _| Answer {
            status: 404,
            ..Answer::default()
        }),
        mirror(1),
    );
    let folder = tempfile::tempdir().unwrap();
    let part = Part::of(folder.path(), "sounds.bin");
    let mut file = catalogue().get("sounds").unwrap().clone();
    file.sources = vec![
        format!("{}/sounds.bin", gone.url),
        format!("{}/sounds.bin", good.url),
    ];
    let from = fetched(&file, &part, &request(None), &Silent).unwrap();
    assert_eq!(from, file.sources[1]);
    part.remove().unwrap();
    file.sources.truncate(1);
    assert!(said(fetched(&file, &part, &request(None), &Silent)).contains("answered 404"));
    file.sources.clear();
    assert!(
        said(fetched(&file, &part, &request(None), &Silent)).contains("`sounds` has no source")
    );
    std::fs::create_dir(&part.path).unwrap();
    file.sources = vec![
        format!("{}/sounds.bin", good.url),
        "http://127.0.0.1:9/".to_owned(),
    ];
    assert!(said(fetched(&file, &part, &request(None), &Silent)).starts_with("cannot write "));
}

/// Whatever a killed program leaves, the next one ends with a file that was compared.
#[test]
fn every_state_a_kill_can_leave_is_mended_by_the_next_pull() {
    let body = bytes(VOICES, 1);
    let server = mirror(1);
    // What a whole pull leaves, to be set back in steps.
    let done = tempfile::tempdir().unwrap();
    store(done.path())
        .pull("sounds", &request(Some(&server.url)), &Silent)
        .unwrap();
    let list = std::fs::read(done.path().join("digests.json")).unwrap();
    let note = serde_json::json!({ "url": format!("{}/sounds.bin", server.url), "etag": "\"1\"", "total": VOICES, "synced": 4000 });
    let whole_note = serde_json::json!({ "url": format!("{}/sounds.bin", server.url), "etag": "\"1\"", "total": VOICES, "synced": VOICES });
    type Files = Vec<(&'static str, Vec<u8>)>;
    let states: [(&str, Files); 8] = [
        (
            "nothing but a note",
            vec![(".note-sounds.bin", note.to_string().into())],
        ),
        (
            "a part without a note",
            vec![(".part-sounds.bin", body[..5000].to_vec())],
        ),
        (
            "half",
            vec![
                (".part-sounds.bin", body[..5000].to_vec()),
                (".note-sounds.bin", note.to_string().into()),
            ],
        ),
        (
            "half, with garbage after what is on the disk",
            vec![
                (".part-sounds.bin", [&body[..4000], &[0; 2000]].concat()),
                (".note-sounds.bin", note.to_string().into()),
            ],
        ),
        (
            "whole, not compared",
            vec![
                (".part-sounds.bin", body.clone()),
                (".note-sounds.bin", whole_note.to_string().into()),
            ],
        ),
        (
            "compared and noted, not renamed",
            vec![
                (".part-sounds.bin", body.clone()),
                (".note-sounds.bin", whole_note.to_string().into()),
                ("digests.json", list.clone()),
            ],
        ),
        (
            "renamed, its note left",
            vec![
                ("sounds.bin", body.clone()),
                (".note-sounds.bin", whole_note.to_string().into()),
                ("digests.json", list.clone()),
            ],
        ),
        (
            "a half-written list beside the list",
            vec![
                (".kokoro-x1", b"{".to_vec()),
                ("digests.json", list.clone()),
            ],
        ),
    ];
    for (name, files) in states {
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in &files {
            std::fs::write(folder.path().join(file), content).unwrap();
        }
        let store = store(folder.path());
        let before = store.path("sounds");
        assert_eq!(before.is_ok(), files[0].0 == "sounds.bin", "{name}");
        let pulled = store
            .pull("sounds", &request(Some(&server.url)), &Silent)
            .unwrap();
        assert_eq!(std::fs::read(&pulled[0].path).unwrap(), body, "{name}");
        assert_eq!(pulled[0].sha256, sha256(&body), "{name}");
        assert!(!folder.path().join(".part-sounds.bin").exists(), "{name}");
    }
}

#[test]
fn two_pulls_do_not_collide_and_the_second_finds_what_the_first_brought() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let server = mirror(1);
    let held = store.hold(&Silent).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let told = Told::default();
            // The note comes before the wait; the lock is let go only after it.
            struct Telling<'a>(&'a Told, std::sync::mpsc::Sender<()>);
            impl Progress for Telling<'_> {
                fn begin(&self, file: &str, already: u64, total: Option<u64>) {
                    self.0.begin(file, already, total);
                }
                fn at(&self, bytes: u64) {
                    self.0.at(bytes);
                }
                fn note(&self, text: &str) {
                    self.0.note(text);
                    self.1.send(()).unwrap();
                }
            }
            let telling = Telling(&told, sender);
            let pulled = store
                .pull("small", &request(Some(&server.url)), &telling)
                .unwrap();
            (pulled, told.notes.take())
        });
        receiver.recv().unwrap();
        assert!(server.asked().is_empty());
        drop(held);
        let (pulled, notes) = second.join().unwrap();
        assert_eq!(pulled.len(), 2);
        assert_eq!(notes, ["another program brings a model in; waiting for it"]);
    });
}

#[test]
fn a_wrong_name_or_a_place_that_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        said(store(folder.path()).pull("smal", &request(None), &Silent))
            .contains("perhaps `small`")
    );
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = said(store(&file).pull("small", &request(None), &Silent));
    assert!(
        error.starts_with("cannot create ") || error.starts_with("cannot open "),
        "{error}"
    );
}
