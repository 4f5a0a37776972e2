use serde::Deserialize;
use serde_json::json;

use super::{NodeSpan, Span, escape, whole_numbers};
use crate::parse;

const TEXT: &str = "a:\n  b: 1\n  'c/d~': [x, y]\n";

#[test]
fn every_part_knows_its_place() {
    let document = parse("f.yaml", TEXT.as_bytes()).expect("it parses");
    let node = |key: Option<(u32, u32)>, value: (u32, u32)| {
        let span = |(line, column)| Span { line, column };
        Some(NodeSpan {
            key: key.map(span),
            value: span(value),
        })
    };
    assert_eq!(document.path(), "f.yaml");
    assert_eq!(document.span_of(""), node(None, (1, 1)));
    assert_eq!(document.span_of("/a"), node(Some((1, 1)), (2, 3)));
    assert_eq!(document.span_of("/a/b"), node(Some((2, 3)), (2, 6)));
    assert_eq!(document.span_of("/a/c~1d~0"), node(Some((3, 3)), (3, 11)));
    assert_eq!(document.span_of("/a/c~1d~0/1"), node(None, (3, 15)));
    assert_eq!(document.span_of("/a/z"), None);
    assert_eq!(document.spans().count(), 6);
}

#[test]
fn a_part_without_a_place_has_that_of_what_surrounds_it() {
    let document = parse("f.yaml", TEXT.as_bytes()).expect("it parses");
    let place = document.place_of("/a/b/deeper/still");
    assert_eq!(
        (place.path.as_str(), place.line, place.column),
        ("f.yaml", Some(2), Some(6))
    );
    let place = document.key_place_of("/a/b/deeper/still");
    assert_eq!((place.line, place.column), (Some(2), Some(3)));
    let place = document.key_place_of("/a/c~1d~0/0");
    assert_eq!((place.line, place.column), (Some(3), Some(12)));
    let place = document.place_of("nonsense");
    assert_eq!((place.line, place.column), (None, None));
}

#[derive(Debug, PartialEq, Deserialize)]
struct Small {
    tier: u8,
}

#[test]
fn a_document_becomes_a_struct_of_the_callers() {
    let document = parse("f.yaml", b"tier: 2.0\n").expect("it parses");
    assert_eq!(document.to_struct::<Small>(), Ok(Small { tier: 2 }));
}

#[test]
fn a_document_that_is_no_such_struct_is_a_finding() {
    let document = parse("f.yaml", b"\ntier: two\n").expect("it parses");
    let finding = document.to_struct::<Small>().expect_err("two is no number");
    assert_eq!(finding.code, "document-schema");
    assert_eq!(finding.place.as_ref().and_then(|place| place.line), Some(2));
    assert!(
        finding
            .message
            .starts_with("the document cannot be read: invalid type"),
        "{}",
        finding.message
    );
}

#[test]
fn pointers_escape_what_separates_them() {
    assert_eq!(escape("a/b~c"), "a~1b~0c");
}

#[test]
fn whole_floats_are_integers_and_others_stay() {
    let before = json!({"a": [2.0, 2.5, -3.0, 7, 9_007_199_254_740_992.0, 1e300], "b": "2.0"});
    let after = json!({"a": [2, 2.5, -3, 7, 9_007_199_254_740_992_i64, 1e300], "b": "2.0"});
    assert_eq!(whole_numbers(before), after);
}
