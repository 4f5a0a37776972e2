use super::*;

fn row(first: &str) -> String {
    format!("[{first}{}]", ",0".repeat(255))
}

fn first(rows: &[u8]) -> f32 {
    f32::from_le_bytes(rows[..4].try_into().unwrap())
}

#[test]
fn voices_are_read_however_their_rows_are_nested() {
    let text = format!(
        "{{\"af\": [[{}], [{}]], \"am\": [{}], \"bf\": {}}}",
        row("0.5"),
        row("1"),
        row("-2"),
        row("3")
    );
    let found = voices(text.as_bytes()).unwrap();
    let told: Vec<(&str, usize, f32)> = found
        .iter()
        .map(|(name, rows)| (name.as_str(), rows.len(), first(rows)))
        .collect();
    assert_eq!(
        told,
        [("af", 2 * ROW, 0.5), ("am", ROW, -2.0), ("bf", ROW, 3.0)]
    );
    assert_eq!(first(&found[0].1[ROW..]), 1.0);
    assert_eq!(voices(b"{}").unwrap(), []);
}

#[test]
fn what_is_no_object_of_voices_says_what_it_is() {
    let told = |text: &str| voices(text.as_bytes()).unwrap_err();
    for (text, found) in [
        ("[]", "invalid type: sequence, expected an object of voices"),
        ("{\"af\": []}", "`af` does not have rows of 256 numbers"),
        ("{\"af\": [1, 2]}", "`af` does not have rows of 256 numbers"),
        ("{\"af\": \"x\"}", "expected numbers, or arrays of them"),
        ("{\"af\"", "EOF while parsing"),
        ("{} x", "trailing characters"),
    ] {
        let error = told(text);
        assert!(
            error.starts_with("it is not an object of voices: ") && error.contains(found),
            "{error}"
        );
    }
}

#[test]
fn a_file_is_bounded() {
    let most = format!("{{\"af\": [{}]}}", vec!["0"; MOST_VALUES].join(","));
    assert_eq!(voices(most.as_bytes()).unwrap()[0].1.len(), MOST_VALUES * 4);
    let more = most.replacen("0,", "0,0,", 1);
    assert!(
        voices(more.as_bytes())
            .unwrap_err()
            .contains("more than 262144 numbers in one voice")
    );
    let row = row("1");
    let many = |count: usize| {
        let entries: Vec<String> = (0..count).map(|n| format!("\"v{n}\":{row}")).collect();
        voices(format!("{{{}}}", entries.join(",")).as_bytes())
    };
    assert_eq!(many(MOST_VOICES).unwrap().len(), MOST_VOICES);
    assert!(
        many(MOST_VOICES + 1)
            .unwrap_err()
            .contains("more than 1024 voices")
    );
    // Nesting is bounded by the reader.
    let deep = format!("{{\"af\": {}", "[".repeat(10_000));
    assert!(
        voices(deep.as_bytes())
            .unwrap_err()
            .contains("recursion limit")
    );
}
