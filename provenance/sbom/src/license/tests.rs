use serde_json::json;

use super::licenses;

#[test]
fn expressions_are_told_from_other_words() {
    for (text, expression) in [
        ("MIT", "MIT"),
        (" MIT ", "MIT"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        (
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ),
        (
            "GPL-2.0+ WITH Classpath-exception-2.0",
            "GPL-2.0+ WITH Classpath-exception-2.0",
        ),
        ("((MIT))", "((MIT))"),
        ("LicenseRef-x:y", "LicenseRef-x:y"),
    ] {
        assert_eq!(
            licenses(text),
            json!([{ "expression": expression }]),
            "{text}"
        );
    }
    for name in [
        "SEE LICENSE IN LICENSE.md",
        "",
        "MIT AND",
        "OR MIT",
        "(MIT",
        "MIT)",
        "MIT ()",
        "MIT (ISC)",
        "()",
        "AND",
        "BSD 3-Clause",
        "Apache, 2.0",
        ")MIT(",
    ] {
        assert_eq!(
            licenses(name),
            json!([{ "license": { "name": name } }]),
            "{name}"
        );
    }
}
