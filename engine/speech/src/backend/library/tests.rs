use super::*;
use crate::testing::stand_in;

fn touch(folder: &Path, names: &[&str]) {
    std::fs::create_dir_all(folder).unwrap();
    for name in names {
        std::fs::write(folder.join(name), "").unwrap();
    }
}

fn found(places: &Places) -> Option<Library> {
    find_in(None, places).ok()
}

#[test]
fn the_one_named_comes_first_and_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    touch(folder.path(), &["libonnxruntime.so.1.20.0", "mine.so"]);
    let mine = folder.path().join("mine.so");
    let places = Places {
        variable: Some(folder.path().join("libonnxruntime.so.1.20.0").into()),
        ..Places::default()
    };
    assert_eq!(
        find_in(Some(&mine), &places).unwrap(),
        Library {
            path: mine.clone(),
            version: String::new()
        }
    );
    assert_eq!(found(&places).unwrap().version, "1.20.0");
    let missing = folder.path().join("missing.so");
    let error = find_in(Some(&missing), &places).unwrap_err().to_string();
    assert!(
        error.contains("missing.so`, but it cannot be loaded: there is no such file"),
        "{error}"
    );
    let named = Places {
        variable: Some(missing.into()),
        folders: vec![folder.path().to_path_buf()],
        ..Places::default()
    };
    assert!(find_in(None, &named).is_err());
    // A variable set to nothing is none.
    let empty = Places {
        variable: Some(OsString::new()),
        ..named
    };
    assert_eq!(found(&empty).unwrap().version, "1.20.0");
}

#[test]
fn folders_come_in_order_and_the_newest_library_of_one_counts() {
    let root = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| root.path().join(name));
    touch(
        &first,
        &[
            "libonnxruntime.so.1.9.2",
            "libonnxruntime.so.1.31.1",
            "libonnxruntime.so",
            "libonnxruntime_providers_shared.so",
        ],
    );
    touch(&second, &["onnxruntime.dll"]);
    let places = |folders: &[&PathBuf], system: &[&PathBuf]| Places {
        folders: folders.iter().map(|folder| (*folder).clone()).collect(),
        system: system.iter().map(|folder| (*folder).clone()).collect(),
        ..Places::default()
    };
    let absent = root.path().join("absent");
    assert_eq!(
        found(&places(&[&absent, &first, &second], &[]))
            .unwrap()
            .path,
        first.join("libonnxruntime.so.1.31.1")
    );
    assert_eq!(
        found(&places(&[&second, &first], &[])).unwrap().path,
        second.join("onnxruntime.dll")
    );
    assert_eq!(
        found(&places(&[&absent], &[&second, &first])).unwrap().path,
        second.join("onnxruntime.dll")
    );
    assert_eq!(
        found(&places(&[&first], &[&second])).unwrap().path,
        first.join("libonnxruntime.so.1.31.1")
    );
    let error = find_in(None, &places(&[&absent], &[]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`pip install onnxruntime` brings one"),
        "{error}"
    );
}

#[test]
fn pythons_package_is_asked_for_between_the_folders() {
    let root = tempfile::tempdir().unwrap();
    let package = root.path().join("onnxruntime");
    let system = root.path().join("system");
    touch(&package.join("capi"), &["libonnxruntime.so.1.31.1"]);
    touch(&system, &["libonnxruntime.so.1.17.0"]);
    std::fs::write(root.path().join("out"), format!("{}\n", package.display())).unwrap();
    let python = stand_in(root.path(), "speaks");
    let places = Places {
        python: Some(python),
        system: vec![system.clone()],
        ..Places::default()
    };
    assert_eq!(
        found(&places).unwrap().path,
        package.join("capi").join("libonnxruntime.so.1.31.1")
    );
    // No such package, no such Python.
    std::fs::write(root.path().join("out"), "\n").unwrap();
    assert_eq!(found(&places).unwrap().version, "1.17.0");
    let without = Places {
        python: Some(root.path().join("no-python")),
        ..places
    };
    assert_eq!(
        found(&without).unwrap().path,
        system.join("libonnxruntime.so.1.17.0")
    );
}

#[test]
fn libraries_are_known_by_name_and_version() {
    for (name, version) in [
        ("libonnxruntime.so", ""),
        ("libonnxruntime.so.1", "1"),
        ("libonnxruntime.so.1.31.1", "1.31.1"),
        ("libonnxruntime.1.31.1.dylib", "1.31.1"),
        ("libonnxruntime.dylib", ""),
        ("onnxruntime.dll", ""),
    ] {
        assert!(is_library(name), "{name}");
        assert_eq!(
            library(PathBuf::from("/x").join(name)).version,
            version,
            "{name}"
        );
    }
    for name in [
        "libonnxruntime_providers_cuda.so",
        "onnxruntime.so",
        "libonnxruntime.txt",
        "xlibonnxruntime.so",
    ] {
        assert!(!is_library(name), "{name}");
    }
    assert!(numbers("1.31.1") > numbers("1.9.2"));
    assert_eq!(numbers("1.x"), Vec::<u32>::new());
}

#[test]
fn every_place_is_listed_with_what_lies_there() {
    let root = tempfile::tempdir().unwrap();
    let [first, second, absent] = ["first", "second", "absent"].map(|name| root.path().join(name));
    touch(&first, &["other.so"]);
    touch(
        &second,
        &["libonnxruntime.so.1.9.2", "libonnxruntime.so.1.31.1"],
    );
    let places = Places {
        folders: vec![first.clone(), absent.clone()],
        python: Some("/nowhere/python3".into()),
        system: vec![second.clone()],
        ..Places::default()
    };
    let found = searched_in(None, &places);
    let names: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    let expected = [
        first.to_str().unwrap(),
        absent.to_str().unwrap(),
        "the package onnxruntime of /nowhere/python3",
        second.to_str().unwrap(),
    ];
    assert_eq!(names, expected);
    let versions: Vec<Option<&str>> = found
        .iter()
        .map(|(_, library)| library.as_ref().map(|library| library.version.as_str()))
        .collect();
    assert_eq!(versions, [None, None, None, Some("1.31.1")]);
    // What is looked at is what is taken.
    assert_eq!(found[3].1.as_ref(), Some(&find_in(None, &places).unwrap()));
}
