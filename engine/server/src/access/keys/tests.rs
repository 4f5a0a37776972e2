use super::*;

#[test]
fn keys_stand_one_a_line_between_remarks_and_empty_lines() {
    let keys = Keys::parse("# ours\n\n  first-key \nsecond\n").unwrap();
    assert_eq!(keys.find(b"first-key"), Some(0));
    assert_eq!(keys.find(b"second"), Some(1));
    for other in [
        b"".as_slice(),
        b"first",
        b"first-key ",
        b"# ours",
        b"seconD",
    ] {
        assert_eq!(keys.find(other), None);
    }
    assert!(!keys.is_empty());
    assert!(Keys::default().is_empty());
    assert_eq!(Keys::default().find(b""), None);
}

#[test]
fn what_is_no_key_is_named_by_its_line_only() {
    let long = "k".repeat(257);
    for (text, line) in [
        ("good\nsecret key", 2),
        ("schlüssel", 1),
        (long.as_str(), 1),
    ] {
        let error = Keys::parse(text).unwrap_err();
        assert_eq!(error, KeyError::Malformed { line });
        assert_eq!(
            error.to_string(),
            format!(
                "line {line}: expected a key of 1 to 256 visible ASCII characters without blanks; write one key a line"
            )
        );
    }
    assert!(Keys::parse(&"k".repeat(256)).is_ok());
    for text in ["", "\n# only a remark\n"] {
        assert_eq!(Keys::parse(text).unwrap_err(), KeyError::Empty);
    }
}

#[test]
fn keys_are_never_printed() {
    let keys = Keys::parse("secret\nother").unwrap();
    assert_eq!(format!("{keys:?}"), "Keys(2)");
}
