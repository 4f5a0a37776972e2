use super::*;

#[test]
fn double_stars_cross_folders() {
    for path in ["tests.rs", "src/tests.rs", "a/b/c/tests.rs"] {
        assert!(matches("**/tests.rs", path), "{path}");
    }
    for path in ["src/mytests.rs", "tests.rs/x", "src/tests_rs", ""] {
        assert!(!matches("**/tests.rs", path), "{path}");
    }
    assert!(matches("**/tests/**", "gates/x/tests/y.rs"));
    assert!(matches("**/tests/**", "tests/a/b.rs"));
    assert!(!matches("**/tests/**", "gates/x/src/tests.rs"));
    assert!(matches("engine/**", "engine/a/b"));
    assert!(!matches("engine/**", "engines/a"));
    assert!(matches("**", "anything/at/all"));
}

#[test]
fn single_stars_and_question_marks_stay_in_a_folder() {
    assert!(matches("src/*.rs", "src/a.rs"));
    assert!(matches("src/*.rs", "src/.rs"));
    assert!(!matches("src/*.rs", "src/a/b.rs"));
    assert!(!matches("src/*.rs", "src/a.rst"));
    assert!(matches("a?c", "abc"));
    assert!(matches("a?c", "aéc"));
    assert!(!matches("a?c", "ac"));
    assert!(!matches("a?c", "a/c"));
    assert!(matches("a*b*c", "axxbyyc"));
    assert!(!matches("a*b*c", "axxcyyb"));
    assert!(matches("exact/path.rs", "exact/path.rs"));
    assert!(!matches("exact/path.rs", "exact/path.r"));
}

#[test]
fn hostile_patterns_end_quickly() {
    let pattern = format!("{}b", "*a".repeat(200));
    assert!(!matches(&pattern, &"a".repeat(400)));
}
