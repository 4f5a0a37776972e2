use std::path::Path;

use super::{progress, toml_string};

#[test]
fn progress_is_read_from_the_lines_of_tests() {
    assert_eq!(
        progress("        PASS [   0.010s] (1/2) toy tests::zero"),
        Some((1, 2))
    );
    assert_eq!(
        progress("        PASS [   0.010s] ( 12/340) toy tests::zero"),
        Some((12, 340))
    );
    assert_eq!(progress("   Compiling toy v0.1.0 (/somewhere/toy)"), None);
    assert_eq!(progress("Summary"), None);
    assert_eq!(progress("(1/x)"), None);
}

#[test]
fn paths_are_toml_strings() {
    assert_eq!(toml_string(Path::new("/a \"b\"\\c")), r#""/a \"b\"\\c""#);
}
