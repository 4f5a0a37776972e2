use serde_json::{Value, json};

use super::{LISTED, code_of, compare};

fn differences(expected: &Value, found: &Value) -> Vec<(String, String, String)> {
    let mut list = Vec::new();
    compare(String::new(), Some(expected), Some(found), &mut list);
    list.into_iter()
        .map(|d| (d.at, d.expected, d.found))
        .collect()
}

fn one(at: &str, expected: &str, found: &str) -> (String, String, String) {
    (at.to_owned(), expected.to_owned(), found.to_owned())
}

#[test]
fn leaves_that_differ_are_named_by_their_path() {
    let expected = json!({ "a": { "b": [1, { "c": "x" }] }, "d": 1, "e": true, "h": [1] });
    assert_eq!(differences(&expected, &expected), []);
    let found = json!({ "a": { "b": [2, { "c": "y" }] }, "d": { "f": 1 }, "g": null, "h": [1, 2] });
    assert_eq!(
        differences(&expected, &found),
        [
            one("a.b[0]", "1", "2"),
            one("a.b[1].c", "\"x\"", "\"y\""),
            one("d", "1", "{\"f\":1}"),
            one("e", "true", "nothing"),
            one("g", "nothing", "null"),
            one("h", "1 entries", "2 entries"),
        ]
    );
}

#[test]
fn a_wholly_other_document_is_not_listed_to_the_end() {
    let expected: Vec<u32> = (0..100).collect();
    let found: Vec<u32> = (1000..1100).collect();
    assert_eq!(differences(&json!(expected), &json!(found)).len(), LISTED);
}

#[test]
fn what_feeds_the_score_differs_as_the_score() {
    assert_eq!(code_of("caws.trust.score"), "score-differs");
    assert_eq!(code_of("results.coverage.value"), "score-differs");
    assert_eq!(code_of("caws.files[0].sha256"), "record-inconsistent");
    assert_eq!(code_of("commit"), "record-inconsistent");
}
