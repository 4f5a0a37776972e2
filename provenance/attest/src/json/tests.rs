use serde_json::{Value, json};

use super::{DEPTH_LIMIT, JsonError, read, read_within};

fn why(text: &str) -> String {
    read::<Value>(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_kind_of_value_is_read() {
    let text = r#"{"a": [null, true, -1, 18446744073709551615, 0.5, "x"], "b": {"a": 1}}"#;
    assert_eq!(
        read::<Value>(text.as_bytes()).unwrap(),
        json!({ "a": [null, true, -1, 18_446_744_073_709_551_615_u64, 0.5, "x"], "b": { "a": 1 } })
    );
}

#[test]
fn a_key_twice_is_found_wherever_it_is() {
    for text in [
        r#"{"k": 1, "k": 1}"#,
        r#"[{"x": {"k": 1, "j": 2, "k": 3}}]"#,
        r#"{"k": 1, "\u006b": 2}"#,
    ] {
        assert!(why(text).contains("key `k` twice"), "{}", why(text));
    }
}

#[test]
fn depth_is_bounded_exactly() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read::<Value>(nested(DEPTH_LIMIT).as_bytes()).is_ok());
    let error = why(&nested(DEPTH_LIMIT + 1));
    assert!(error.contains("nested deeper than 64"), "{error}");
    let objects = r#"{"a":"#.repeat(DEPTH_LIMIT + 1) + "1" + &"}".repeat(DEPTH_LIMIT + 1);
    assert!(why(&objects).contains("nested deeper than 64"));
    // Far deeper than a stack has room for.
    assert!(why(&"[".repeat(1_000_000)).contains("nested deeper"));
}

#[test]
fn size_is_bounded_exactly() {
    assert_eq!(read_within::<Value>(b"[1]", 3), Ok(json!([1])));
    assert_eq!(
        read_within::<Value>(b"[1] ", 3),
        Err(JsonError::Size { limit: 3, found: 4 })
    );
}

#[test]
fn what_follows_or_is_cut_off_is_found() {
    assert!(why("{} x").contains("trailing characters"));
    assert!(why("{").contains("EOF"));
    assert!(why("").contains("EOF"));
    assert!(read::<Value>(b"\"\xff\"").is_err());
    let other = read::<Vec<u8>>(b"{}").unwrap_err().to_string();
    assert!(other.contains("invalid type"), "{other}");
}
