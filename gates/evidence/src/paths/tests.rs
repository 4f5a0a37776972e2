use proptest::prelude::*;

use super::*;

#[test]
fn an_entry_stands_for_itself_and_what_is_below_it() {
    let table = [
        ("src/a", "src/a/x.rs", true),
        ("src/a/", "src/a/x.rs", true),
        ("./src/a", "src/a/b/x.rs", true),
        ("src/a", "src/ab/x.rs", false),
        ("src/a", "src/a", true),
        ("src/a", "src", false),
        ("src/a/x.rs", "src/a/x.rs", true),
        ("src/a/x.rs", "src/a/x.rs.bak", false),
        (".", "src/a/x.rs", true),
        ("./", "x", true),
        ("", "src/a/x.rs", false),
        ("/", "src/a/x.rs", false),
        ("src/*", "src/a/x.rs", true),
        ("src/*.rs", "src/a/x.rs", false),
        ("src/*.rs", "src/x.rs/y", true),
        ("**/x.rs", "src/a/x.rs", true),
        ("**", "src/a/x.rs", true),
        ("src/?/x.rs", "src/a/x.rs", true),
        ("src/?", "src/ab/x.rs", false),
    ];
    for (entry, path, covered) in table {
        assert_eq!(covers(entry, path), covered, "{entry:?} and {path:?}");
    }
}

proptest! {
    #[test]
    fn an_entry_without_signs_stands_for_itself_and_what_is_below(
        entry in "[a-c]{1,3}(/[a-c]{1,3}){0,3}", rest in "[a-c/]{0,6}"
    ) {
        let path = format!("{entry}{rest}");
        let below = rest.is_empty() || rest.starts_with('/');
        prop_assert_eq!(is_within(&path, &entry), below);
        prop_assert_eq!(covers(&entry, &path), below);
        let with_slash = format!("{entry}/");
        prop_assert_eq!(covers(&with_slash, &path), below);
    }
}
