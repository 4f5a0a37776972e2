use std::path::PathBuf;

use super::{Dependency, Metadata, Package, digests};
use crate::gates::testing::temp;
use crate::inputs::{Digests, patterns};

fn package(root: &str, dir: &str, dependencies: &[&str]) -> Package {
    Package {
        name: dir.rsplit('/').next().unwrap().to_owned(),
        manifest_path: PathBuf::from(root).join(dir).join("Cargo.toml"),
        dependencies: dependencies
            .iter()
            .map(|one| Dependency {
                path: Some(PathBuf::from(root).join(one)),
            })
            .collect(),
    }
}

/// Digests of `a`, `b` (which depends on `a`) and `c` after writing `file`.
fn after(file: &str) -> [String; 3] {
    let dir = temp();
    let mut files: Vec<String> = [
        "a/src/lib.rs",
        "b/src/lib.rs",
        "c/src/lib.rs",
        "shared/data",
        "README.md",
        "ab/x",
    ]
    .map(str::to_owned)
    .to_vec();
    for name in &files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "1").unwrap();
    }
    if !file.is_empty() {
        std::fs::create_dir_all(dir.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(dir.path().join(file), "2").unwrap();
        files.push(file.to_owned());
        files.sort();
        files.dedup();
    }
    let mut packages = vec![
        package("/w", "a", &[]),
        package("/w", "b", &["a"]),
        package("/w", "c", &["b", "../outside"]),
    ];
    // A cycle through development dependencies must end.
    packages[0].dependencies.push(Dependency {
        path: Some(PathBuf::from("/w/a")),
    });
    packages[0].dependencies.push(Dependency { path: None });
    let metadata = Metadata {
        packages,
        workspace_root: PathBuf::from("/w"),
    };
    let known = Digests::read(dir.path(), &files, 1);
    let found = digests(
        &metadata,
        &files,
        &known,
        &patterns(&["shared/**".to_owned()]).unwrap(),
    );
    ["a", "b", "c"].map(|name| found[name].clone())
}

#[test]
fn a_package_changes_with_its_files_and_those_of_what_it_depends_on() {
    let base = after("");
    assert_eq!(base, after(""));
    let changed = |file: &str| {
        let now = after(file);
        [0, 1, 2].map(|index| now[index] != base[index])
    };
    assert_eq!(changed("a/src/lib.rs"), [true, true, true]);
    assert_eq!(changed("b/src/lib.rs"), [false, true, true]);
    assert_eq!(changed("c/new.rs"), [false, false, true]);
    assert_eq!(
        changed("shared/data"),
        [true, true, true],
        "a declared input outside of packages"
    );
    assert_eq!(changed("README.md"), [false, false, false], "no input");
    assert_eq!(
        changed("ab/x"),
        [false, false, false],
        "a folder that only begins like a package"
    );
}

#[test]
fn a_package_at_the_root_owns_what_no_other_does() {
    let dir = temp();
    std::fs::create_dir_all(dir.path().join("member/src")).unwrap();
    std::fs::write(dir.path().join("member/src/lib.rs"), "1").unwrap();
    std::fs::write(dir.path().join("lib.rs"), "1").unwrap();
    let files = ["lib.rs", "member/src/lib.rs"].map(str::to_owned).to_vec();
    let metadata = |_: ()| Metadata {
        packages: vec![
            Package {
                name: "root".to_owned(),
                manifest_path: "/w/Cargo.toml".into(),
                dependencies: Vec::new(),
            },
            package("/w", "member", &[]),
        ],
        workspace_root: PathBuf::from("/w"),
    };
    let none = patterns(&[]).unwrap();
    let before = digests(
        &metadata(()),
        &files,
        &Digests::read(dir.path(), &files, 1),
        &none,
    );
    std::fs::write(dir.path().join("lib.rs"), "2").unwrap();
    let after = digests(
        &metadata(()),
        &files,
        &Digests::read(dir.path(), &files, 1),
        &none,
    );
    assert_ne!(before["root"], after["root"]);
    assert_eq!(before["member"], after["member"]);
}
