use super::*;

#[test]
fn the_embedded_runtime_says_its_version() {
    assert_eq!(embedded(), "rten 0.27");
}

#[test]
fn a_named_library_is_the_only_place_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libonnxruntime.so.1.20.0");
    let place = path.display().to_string();
    assert_eq!(searched(Some(&path)), [(place.clone(), None)]);
    std::fs::write(&path, "").unwrap();
    let found = Library {
        path: path.clone(),
        version: "1.20.0".to_owned(),
    };
    assert_eq!(searched(Some(&path)), [(place, Some(found))]);
}
