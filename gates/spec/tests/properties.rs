//! What holds for every input: the parser never panics, places lie in the file, specs round-trip.

use caws_spec::{Document, Span, parse, validate_spec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Pieces YAML means something by, in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("- "),
        Just("? "),
        Just(": "),
        Just("key"),
        Just("\n"),
        Just("  "),
        Just("\t"),
        Just("\r\n"),
        Just("&a "),
        Just("*a"),
        Just("!!str "),
        Just("!x "),
        Just("|"),
        Just(">-\n"),
        Just("'"),
        Just("\""),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(","),
        Just("#"),
        Just("---\n"),
        Just("...\n"),
        Just("%YAML 1.2\n"),
        Just("\\x"),
        Just("1.5"),
        Just("~"),
        Just("ä😀"),
        Just("\u{feff}"),
        Just("\u{0}"),
        Just("<<"),
        Just("@"),
        Just("\u{2028}"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |float| float.is_finite())
            .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("\\PC{0,8}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// 500 and 500.0 are the same number of milliseconds.
fn floats(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.into_iter().map(floats).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, member)| (key, floats(member)))
            .collect(),
        other => other,
    }
}

fn inside(text: &str, span: Span) -> bool {
    // The line after the last line break exists, too; a column may stand just behind the last character.
    let lines: Vec<&str> = text.split('\n').collect();
    lines
        .get(span.line as usize - 1)
        .is_some_and(|line| span.column as usize <= line.chars().count() + 1)
}

fn every_place_is_inside(document: &Document, text: &str) -> Result<(), TestCaseError> {
    for (pointer, node) in document.spans() {
        prop_assert!(
            document.value().pointer(pointer).is_some(),
            "{pointer} is no part"
        );
        for span in node.key.into_iter().chain([node.value]) {
            prop_assert!(inside(text, span), "{pointer} at {span:?} of {text:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_document_or_findings(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for path in ["f.yaml", "f.json"] {
            if let Err(findings) = parse(path, &bytes) {
                prop_assert!(!findings.is_empty());
            }
        }
    }

    #[test]
    fn anything_like_yaml_gives_a_document_or_findings_with_places_inside(text in soup()) {
        let stripped = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let normal = stripped.replace("\r\n", " \n");
        match parse("f.yaml", text.as_bytes()) {
            Ok(document) => every_place_is_inside(&document, &normal)?,
            Err(findings) => {
                prop_assert!(!findings.is_empty());
                for finding in findings {
                    let place = finding.place.expect("a place");
                    if let (Some(line), Some(column)) = (place.line, place.column) {
                        prop_assert!(inside(&normal, Span { line, column }), "{line}:{column} of {text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn json_read_as_json_is_what_was_written(value in value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("it serialises")] {
            let document = parse("f.json", text.as_bytes()).expect("it parses");
            prop_assert_eq!(document.value(), &value);
            every_place_is_inside(&document, &text)?;
        }
    }

    #[test]
    fn a_valid_spec_loses_nothing_when_read_and_written(
        lines in proptest::collection::vec("[ -~]{10,30}", 1..4),
        extra in "x_[a-z]{1,8}",
        perf in proptest::option::of(1_u32..10_000),
        tier in 1_u8..=3,
        optional in any::<bool>(),
    ) {
        let mut spec = json!({
            "id": "P-1", "title": "A title of a spec", "risk_tier": tier, "profile": "cli",
            "rationale": "Because it is worth doing.",
            "scope": {"in": ["src/"], "out": [], extra.clone(): 1.5},
            "invariants": lines,
            "acceptance": [{"id": "A1", "given": "a", "when": "b", "then": "c", extra.clone(): [lines.clone()]}],
            "non_functional": {}, "contracts": []
        });
        if let Some(perf) = perf {
            spec["non_functional"]["perf"] = json!({"api_p95_ms": perf, "rtf_p95": 0.25});
        }
        if optional {
            spec["rollback"] = json!([]);
            spec["observability"] = json!({"logs": lines, extra: null});
            spec["targets"] = json!({"coverage": 0.9});
        }
        let document = parse("s.json", spec.to_string().as_bytes()).expect("it parses");
        let report = validate_spec(&document);
        let typed = report.spec.expect("a spec");
        let written = serde_json::to_value(&typed).expect("it serialises");
        prop_assert_eq!(floats(written), floats(document.value().clone()));
    }
}
