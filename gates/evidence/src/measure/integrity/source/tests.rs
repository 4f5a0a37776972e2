use super::*;

/// Tests, assertions, ignores and suppressions.
fn of(path: &str, text: &str) -> (u64, u64, usize, usize) {
    let counts = count(path, text);
    (
        counts.tests,
        counts.assertions,
        counts.ignores.len(),
        counts.suppressions.len(),
    )
}

#[test]
fn each_language_has_its_idioms() {
    let rust = "#[tokio::test]\nasync fn a() { assert_eq!(1, 1); assert_eq!(2, 2); }\n// assert!(no)\n#[ignore]\n#[expect(x)]\n";
    assert_eq!(of("a.rs", rust), (1, 2, 1, 1));
    let python = "def test_a():\n    assert x\n    self.assertEqual(1, 1)\n@pytest.mark.skip\ndef helper(): pass  # noqa\n# assert no\n";
    assert_eq!(of("a.py", python), (1, 2, 1, 1));
    let js =
        "it('a', () => { expect(1); expect(2) })\ntest.skip('b', x)\n// eslint-disable-next-line\n";
    assert_eq!(of("a.ts", js), (1, 2, 1, 1));
    let go = "func TestA(t *testing.T) {\n\tt.Fatal(1)\n\tt.Skip()\n\tx() //nolint\n}\n";
    assert_eq!(of("a.go", go), (1, 1, 1, 1));
    let java = "@Test\nvoid a() { assertEquals(1, 1); }\n@Disabled\n@SuppressWarnings(\"x\")\n";
    assert_eq!(of("A.java", java), (1, 1, 1, 1));
    assert_eq!(of("a.txt", rust), (0, 0, 0, 0));
}

#[test]
fn a_test_is_known_by_its_place_or_name() {
    for path in [
        "x/tests/a.rs",
        "src/tests.rs",
        "src/testing.rs",
        "a/test_b.py",
        "a/b.test.ts",
        "a/b_test.go",
        "src/test/java/A.java",
        "AppTest.java",
    ] {
        assert!(is_test(path), "{path}");
    }
    for path in [
        "src/lib.rs",
        "src/attest.rs",
        "src/latest.py",
        "a/contest.go",
    ] {
        assert!(!is_test(path), "{path}");
    }
}
