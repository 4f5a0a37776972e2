use super::sync;
use crate::gates::testing::temp;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_copy_holds_what_is_wanted_and_nothing_else() {
    let dir = temp();
    let (root, tree) = (dir.path().join("root"), dir.path().join("tree"));
    for file in ["a", "b/c", "b/d", "e"] {
        std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        std::fs::write(root.join(file), file).unwrap();
    }
    sync(&root, &names(&["a", "b/c", "b/d"]), &tree).unwrap();
    assert_eq!(std::fs::read(tree.join("b/c")).unwrap(), b"b/c");
    assert!(!tree.join("e").exists());
    // Mutated, stray and unwanted files go; a folder that is empty goes with them.
    std::fs::write(tree.join("a"), "mutated").unwrap();
    std::fs::create_dir_all(tree.join("x/y")).unwrap();
    std::fs::write(tree.join("x/y/z"), "stray").unwrap();
    sync(&root, &names(&["a", "e"]), &tree).unwrap();
    assert_eq!(std::fs::read(tree.join("a")).unwrap(), b"a");
    assert!(tree.join("e").is_file());
    assert!(!tree.join("x").exists() && !tree.join("b").exists());
}

#[test]
fn what_is_the_same_keeps_its_time() {
    let dir = temp();
    let (root, tree) = (dir.path().join("root"), dir.path().join("tree"));
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("same"), "1").unwrap();
    std::fs::write(root.join("other"), "1").unwrap();
    let files = names(&["other", "same"]);
    sync(&root, &files, &tree).unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for file in ["same", "other"] {
        let handle = std::fs::File::options()
            .write(true)
            .open(tree.join(file))
            .unwrap();
        handle.set_modified(old).unwrap();
    }
    std::fs::write(root.join("other"), "2").unwrap();
    sync(&root, &files, &tree).unwrap();
    assert_eq!(
        tree.join("same").metadata().unwrap().modified().unwrap(),
        old
    );
    assert_ne!(
        tree.join("other").metadata().unwrap().modified().unwrap(),
        old
    );
}

#[test]
fn a_folder_that_became_a_file_is_replaced() {
    let dir = temp();
    let (root, tree) = (dir.path().join("root"), dir.path().join("tree"));
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("a"), "file").unwrap();
    std::fs::create_dir_all(tree.join("a")).unwrap();
    std::fs::write(tree.join("a/inner"), "x").unwrap();
    sync(&root, &names(&["a"]), &tree).unwrap();
    assert_eq!(std::fs::read(tree.join("a")).unwrap(), b"file");
    assert!(sync(&root, &names(&["gone"]), &tree).is_err());
}
