use super::*;
use crate::Silent;
use crate::testing::{bytes, catalogue, said};

#[test]
fn a_folder_is_searched_by_both_names() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue();
    let file = catalogue.get("sounds").unwrap();
    let error = said(offered(file, folder.path()));
    assert!(
        error.starts_with("expected sounds.bin or voices.bin in "),
        "{error}"
    );
    let theirs = folder.path().join("voices.bin");
    std::fs::write(&theirs, "").unwrap();
    assert_eq!(offered(file, folder.path()).unwrap(), theirs);
    let ours = folder.path().join("sounds.bin");
    std::fs::write(&ours, "").unwrap();
    assert_eq!(offered(file, folder.path()).unwrap(), ours);
    assert_eq!(
        offered(file, Path::new("any.bin")).unwrap(),
        Path::new("any.bin")
    );
}

#[test]
fn a_copy_is_the_same_and_takes_nothing_from_an_earlier_part() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    let body = bytes(300_000, 1);
    std::fs::write(&from, &body).unwrap();
    let part = Part::of(folder.path(), "file");
    std::fs::write(&part.path, bytes(400_000, 2)).unwrap();
    copy(&from, "file", &part, &Silent).unwrap();
    assert_eq!(std::fs::read(&part.path).unwrap(), body);
    assert!(from.exists());
    let error = said(copy(&folder.path().join("gone"), "file", &part, &Silent));
    assert!(
        error.starts_with("cannot read ") && error.contains("gone"),
        "{error}"
    );
    assert!(said(copy(folder.path(), "file", &part, &Silent)).starts_with("cannot read "));
}
