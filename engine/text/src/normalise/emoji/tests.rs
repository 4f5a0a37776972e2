use super::*;

#[test]
fn the_longest_emoji_wins_and_its_bytes_are_counted() {
    for (text, found, length) in [
        ("👍 x", "thumbs up", 4),
        ("👍🏽x", "thumbs up", 8),
        ("👩\u{200D}💻!", "woman technologist", 11),
        ("👩\u{200D}x", "woman", 4),
        ("🇯🇵🇫🇷", "flag of Japan", 8),
        ("❤\u{FE0F}", "red heart", 6),
        ("🥇", "1st place medal", 4),
    ] {
        let (emoji, bytes) = at_start(text).unwrap();
        assert_eq!((name(emoji).as_str(), bytes), (found, length), "{text}");
    }
}

#[test]
fn letters_digits_and_signs_are_no_emoji() {
    for text in ["", "a", "1", "#", "©", "™", "好", "→", "↔", "\u{1F1EF}"] {
        assert_eq!(at_start(text), None, "{text}");
    }
}

#[test]
fn hair_is_said_and_skin_is_not() {
    assert_eq!(name("👩🏽\u{200D}🦰"), "woman red hair");
}

#[test]
fn every_emoji_has_a_name_of_letters() {
    for emoji in emojis::iter() {
        let said = name(emoji.as_str());
        assert!(
            !said.trim().is_empty() && !said.contains([':', '“', '”', '’']),
            "{said}"
        );
    }
}
