use super::{Digests, digest, list, patterns};
use crate::gates::testing::{host, temp};

fn globs(globs: &[&str]) -> globset::GlobSet {
    patterns(
        &globs
            .iter()
            .map(|glob| (*glob).to_owned())
            .collect::<Vec<_>>(),
    )
    .unwrap()
}

#[test]
fn without_git_everything_but_build_output_is_listed() {
    let dir = temp();
    for name in [
        "b.rs",
        "a/c.rs",
        "target/x",
        "node_modules/y/z",
        ".git/config",
        "artifacts/r",
        ".caws.yml",
    ] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
    let mut here = host(dir.path());
    here.path.clear();
    assert_eq!(list(dir.path(), &here), [".caws.yml", "a/c.rs", "b.rs"]);
}

#[test]
fn a_star_stays_in_its_folder_and_two_do_not() {
    let set = globs(&["src/*.rs", "engine/**", "**/Cargo.toml", "one.txt"]);
    for yes in [
        "src/a.rs",
        "engine/a/b.c",
        "Cargo.toml",
        "x/y/Cargo.toml",
        "one.txt",
    ] {
        assert!(set.is_match(yes), "{yes}");
    }
    for no in ["src/a/b.rs", "engines/a", "two.txt", "x/one.txt"] {
        assert!(!set.is_match(no), "{no}");
    }
    assert!(patterns(&["a[".to_owned()]).unwrap_err().contains("a["));
}

#[test]
fn files_are_known_by_content_and_missing_ones_are_no_input() {
    let dir = temp();
    std::fs::write(dir.path().join("a"), "abc").unwrap();
    std::fs::write(dir.path().join("b"), "").unwrap();
    let files = ["b", "a", "gone"].map(str::to_owned);
    for threads in [0, 1, 4] {
        let digests = Digests::read(dir.path(), &files, threads);
        let found = digests.matching(&globs(&["*"]));
        let paths: Vec<&str> = found.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a", "b"]);
        // FIPS 180-4, the digest of "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digests.of("a"), Some(abc));
        assert_eq!(digests.of("gone"), None);
        assert_eq!(digests.matching(&globs(&["b"])).len(), 1);
    }
    assert!(
        Digests::read(dir.path(), &[], 2)
            .matching(&globs(&["*"]))
            .is_empty()
    );
}

#[test]
fn the_digest_of_the_inputs_changes_with_path_and_content() {
    let file = |path: &str, sha: &str| caws_evidence::FileDigest {
        path: path.to_owned(),
        sha256: sha.to_owned(),
    };
    let base = digest(&[file("a", "1")]);
    assert_eq!(base.len(), 64);
    assert_eq!(base, digest(&[file("a", "1")]));
    assert_ne!(base, digest(&[file("b", "1")]));
    assert_ne!(base, digest(&[file("a", "2")]));
    assert_ne!(base, digest(&[]));
}
