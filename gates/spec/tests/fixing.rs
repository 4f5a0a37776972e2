//! What holds of every repair.

use caws_spec::{fix, parse};
use proptest::prelude::*;
use serde_json::json;

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("- "),
        Just("[ ] "),
        Just("[x] done"),
        Just("key: "),
        Just("key"),
        Just("other: "),
        Just(": "),
        Just("\n"),
        Just("\n"),
        Just("  "),
        Just("\t"),
        Just("\r\n"),
        Just(">95% of it"),
        Just("|"),
        Just(">-\n"),
        Just("'"),
        Just("\""),
        Just("\u{201c}"),
        Just("\u{201d}"),
        Just("[]"),
        Just("{}"),
        Just(","),
        Just(" # c"),
        Just("@"),
        Just("`"),
        Just("%"),
        Just("*a"),
        Just("&a "),
        Just("!x "),
        Just("ä😀"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_parses_is_left_alone_and_what_is_mended_parses_further(text in soup()) {
        let before = parse("f.yaml", text.as_bytes());
        match fix("f.yaml", &text) {
            None => {}
            Some(fixed) => {
                prop_assert!(before.is_err(), "{text:?} parses and was changed");
                prop_assert_ne!(&fixed.text, &text);
                prop_assert!(!fixed.repairs.is_empty());
                let after = parse("f.yaml", fixed.text.as_bytes());
                prop_assert_eq!(after.err().unwrap_or_default(), fixed.rest.clone());
                // Mending again finds nothing more.
                prop_assert_eq!(fix("f.yaml", &fixed.text), None);
            }
        }
    }

    #[test]
    fn a_document_that_parses_is_left_alone(
        lines in proptest::collection::vec("[a-z]{1,8}", 1..6),
        values in proptest::collection::vec("\\PC{0,30}", 1..6),
    ) {
        let members: serde_json::Map<_, _> =
            lines.into_iter().zip(values).map(|(key, value)| (key, json!(value))).collect();
        let text = serde_json::Value::Object(members).to_string();
        prop_assert!(parse("f.yaml", text.as_bytes()).is_ok(), "{text}");
        prop_assert_eq!(fix("f.yaml", &text), None);
    }

    #[test]
    fn a_checklist_says_what_it_said(items in proptest::collection::vec("[A-Za-z0-9][A-Za-z0-9 %<>=+()/:'\",-]{0,30}[A-Za-z0-9)]", 1..6), ticked in any::<bool>()) {
        let tick = if ticked { 'x' } else { ' ' };
        let list: String = items.iter().map(|item| format!("  - [{tick}] {item}\n")).collect();
        let text = format!("title: a\nhardening_checklist:\n{list}");
        let fixed = fix("f.yaml", &text).expect("it is mended");
        prop_assert_eq!(&fixed.rest, &[]);
        let document = parse("f.yaml", fixed.text.as_bytes()).expect("it parses");
        let expected: Vec<_> = items.iter().map(|item| format!("[{tick}] {item}")).collect();
        prop_assert_eq!(document.value(), &json!({"title": "a", "hardening_checklist": expected}));
    }

    #[test]
    fn a_value_that_begins_with_a_sign_says_what_it_said(
        sign in prop_oneof![Just(">"), Just("|"), Just("@"), Just("`"), Just("%")],
        rest in "[A-Za-z0-9%][A-Za-z0-9 %<>=+()/',-]{0,30}[A-Za-z0-9)]",
    ) {
        let value = format!("{sign}{rest}");
        let text = format!("acceptance:\n  - id: A1\n    then: {value}\nnext: 1\n");
        if parse("f.yaml", text.as_bytes()).is_ok() {
            prop_assert_eq!(fix("f.yaml", &text), None);
        } else {
            let fixed = fix("f.yaml", &text).expect("it is mended");
            prop_assert_eq!(&fixed.rest, &[]);
            let document = parse("f.yaml", fixed.text.as_bytes()).expect("it parses");
            prop_assert_eq!(document.value(), &json!({"acceptance": [{"id": "A1", "then": value}], "next": 1}));
        }
    }
}
