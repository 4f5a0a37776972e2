use std::path::PathBuf;

use kokoro_store::{Catalogue, File, Patience, Request};

use super::*;

const OWN: &str = r#"{"schema_version": 1, "files": [
    {"name": "tiny", "kind": "model", "file": "tiny-zh.onnx", "about": "", "precision": "fp32", "voices": "tiny-voices",
     "size_about": 1948, "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/tiny.onnx"]},
    {"name": "tiny-voices", "kind": "voices", "file": "tiny-voices.npz", "about": "", "size_about": 17398,
     "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/voices.npz"]}
]}"#;

fn store(root: PathBuf) -> Store {
    Store::new(root, Catalogue::parse(OWN).unwrap())
}

fn pulled(root: PathBuf) -> Store {
    let store = store(root);
    let request = Request {
        mirror: None,
        from: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../speech/tests/fixtures")),
        accept_changed: false,
        check: &|_: &File, _: &Path| Ok(()),
        patience: Patience::default(),
    };
    store.pull("tiny", &request, &Silent).unwrap();
    store
}

#[test]
fn an_empty_store_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let checks = checks(Ok(store(folder.path().join("not/there/yet"))));
    assert_eq!(checks.len(), 1);
    assert_eq!((checks[0].status, &checks[0].mend), (Status::Ok, &None));
    assert!(
        checks[0].found.ends_with("not/there/yet can be written"),
        "{}",
        checks[0].found
    );
}

#[test]
fn installed_files_are_described_by_what_is_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = pulled(folder.path().to_path_buf());
    let checks = checks(Ok(store));
    let found: Vec<(&str, Status)> = checks
        .iter()
        .map(|check| (check.name.as_str(), check.status))
        .collect();
    assert_eq!(
        found,
        [
            ("models folder", Status::Ok),
            ("tiny", Status::Ok),
            ("tiny-voices", Status::Ok)
        ]
    );
    let model = &checks[1].found;
    assert!(
        model.starts_with("takes input_ids i64, style f32, speed i32; gives waveform f32"),
        "{model}"
    );
    assert!(
        model.contains("; symbols of v1.0; tells durations; speeds by stretching; sha256 "),
        "{model}"
    );
    assert!(model.ends_with(", as first seen here"), "{model}");
    assert!(
        checks[2].found.contains(" voices; sha256 "),
        "{}",
        checks[2].found
    );
    std::fs::remove_file(folder.path().join("tiny-voices.npz")).unwrap();
    let checks = super::checks(Ok(super::tests::store(folder.path().to_path_buf())));
    assert!(
        checks[1].found.contains("; its voices are not installed; "),
        "{}",
        checks[1].found
    );
}

#[test]
fn files_that_are_not_whole_or_changed_are_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let store = pulled(root.to_path_buf());
    let path = root.join("tiny-zh.onnx");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let of = || checks(Ok(store.clone()))[1].clone();
    let check = of();
    assert_eq!(check.status, Status::Fail);
    assert!(
        check.found.starts_with("expected sha256 ")
            && check.found.contains(" (as first seen here), found "),
        "{}",
        check.found
    );
    assert_eq!(check.mend.as_deref(), Some("kokoro model pull tiny"));
    std::fs::write(&path, "x").unwrap();
    let check = of();
    assert_eq!(
        (check.status, check.found.as_str()),
        (Status::Warn, "expected 1948 bytes, found 1")
    );
    std::fs::remove_file(&path).unwrap();
    std::fs::write(root.join(".part-tiny-zh.onnx"), "abc").unwrap();
    let check = of();
    assert_eq!(
        (check.status, check.found.as_str()),
        (Status::Warn, "3 bytes came, then it broke off")
    );
    std::fs::remove_file(root.join("digests.json")).unwrap();
    std::fs::write(&path, "x").unwrap();
    let check = of();
    assert_eq!(check.status, Status::Warn);
    assert_eq!(
        check.mend,
        Some(format!("kokoro model pull tiny --from {}", path.display()))
    );
    std::fs::write(root.join("digests.json"), "{").unwrap();
    let checks = checks(Ok(store.clone()));
    assert_eq!((checks.len(), checks[0].status), (1, Status::Warn));
    assert!(
        checks[0]
            .found
            .contains("is not the store's list of digests")
    );
}

#[test]
fn a_file_that_is_no_model_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path().to_path_buf());
    let from = folder.path().join("from");
    std::fs::create_dir(&from).unwrap();
    std::fs::write(from.join("tiny-zh.onnx"), vec![0; 1948]).unwrap();
    std::fs::write(from.join("tiny-voices.npz"), vec![b'P'; 17398]).unwrap();
    let request = Request {
        mirror: None,
        from: Some(from),
        accept_changed: false,
        check: &|_: &File, _: &Path| Ok(()),
        patience: Patience::default(),
    };
    store.pull("tiny", &request, &Silent).unwrap();
    let checks = checks(Ok(store));
    assert_eq!(
        (checks[1].status, checks[2].status),
        (Status::Fail, Status::Fail)
    );
    assert!(
        checks[1].found.contains("is not a Kokoro ONNX model"),
        "{}",
        checks[1].found
    );
    assert!(
        checks[2].found.contains("is not a Kokoro voices file"),
        "{}",
        checks[2].found
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let check = folder(Path::new("/proc/nowhere/models"));
    assert_eq!(check.status, Status::Warn);
    assert!(
        check
            .found
            .starts_with("/proc/nowhere/models cannot be written: "),
        "{}",
        check.found
    );
    assert!(check.mend.is_some());
}
