use super::*;
use crate::normalise::token::tokens;

fn found(text: &str) -> Option<(usize, Vec<&str>)> {
    let tokens = tokens(text);
    groups(text, &tokens, 0).map(|(taken, groups)| {
        (
            taken,
            groups.into_iter().map(|g| text.get(g).unwrap()).collect(),
        )
    })
}

#[test]
fn numbers_are_known_by_their_groups() {
    for (text, taken, groups) in [
        ("555-1234", 1, vec!["555", "1234"]),
        ("(555) 123-4567 x", 2, vec!["555", "123", "4567"]),
        ("555.123.4567", 1, vec!["555", "123", "4567"]),
        ("020 7946 0958", 3, vec!["020", "7946", "0958"]),
        ("+44 20 7946 0958", 4, vec!["44", "20", "7946", "0958"]),
        ("+442079460958", 1, vec!["442079460958"]),
        ("123-45-6789", 1, vec!["123", "45", "6789"]),
    ] {
        assert_eq!(found(text), Some((taken, groups)), "{text}");
    }
}

#[test]
fn other_numbers_are_no_telephones() {
    for text in [
        "555 1234",
        "5-10",
        "(555)",
        "+5",
        "+1234567",
        "123-4567-89",
        "1.234.5678",
        "12",
        "abc",
        "555\n123\n4567",
        "0.1234567890",
        "02 79460958",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}
