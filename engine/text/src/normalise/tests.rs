use super::*;
use crate::WordKind;

/// Spoken words with the part of the text each stands for.
fn places(text: &str) -> Vec<(String, &str)> {
    normalise(text, Accent::American)
        .into_iter()
        .map(|w| (w.spoken, text.get(w.source).unwrap()))
        .collect()
}

fn pairs<'a>(pairs: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    pairs.iter().map(|(s, t)| ((*s).to_owned(), *t)).collect()
}

#[test]
fn a_word_keeps_its_place() {
    let words = normalise("It costs $5.", Accent::American);
    let said: Vec<(&str, std::ops::Range<usize>)> = words
        .iter()
        .map(|w| (w.spoken.as_str(), w.source.clone()))
        .collect();
    assert_eq!(
        said,
        [
            ("It", 0..2),
            ("costs", 3..8),
            ("five", 9..11),
            ("dollars", 9..11),
            (".", 11..12)
        ]
    );
}

#[test]
fn parts_of_a_compound_stand_for_themselves_and_a_quantity_for_the_whole() {
    assert_eq!(
        places("(well-known 3.5%)"),
        pairs(&[
            ("(", "("),
            ("well", "well"),
            ("known", "known"),
            ("three", "3.5%"),
            ("point", "3.5%"),
            ("five", "3.5%"),
            ("percent", "3.5%"),
            (")", ")"),
        ])
    );
}

#[test]
fn what_is_said_together_stands_for_all_its_tokens() {
    assert_eq!(
        places("$5 million now"),
        pairs(&[
            ("five", "$5 million"),
            ("million", "$5 million"),
            ("dollars", "$5 million"),
            ("now", "now"),
        ])
    );
}

#[test]
fn an_emoji_stands_for_all_its_characters_and_a_row_for_its_first() {
    assert_eq!(
        places("ok👍🏽👍🏽!"),
        pairs(&[("ok", "ok"), ("thumbs", "👍🏽"), ("up", "👍🏽"), ("!", "!")])
    );
}

#[test]
fn joined_and_folded_letters_keep_all_their_bytes() {
    assert_eq!(
        places("cafe\u{301} ﬁne"),
        pairs(&[("cafe", "cafe\u{301}"), ("fine", "ﬁne")])
    );
}

#[test]
fn letters_to_be_named_are_one_word_of_their_kind() {
    let words = normalise("GPUs, e.g. USB", Accent::American);
    let said: Vec<(&str, WordKind)> = words.iter().map(|w| (w.spoken.as_str(), w.kind)).collect();
    assert_eq!(
        said,
        [
            ("GPU's", WordKind::Letters),
            (",", WordKind::Mark),
            ("for", WordKind::Spoken),
            ("example", WordKind::Spoken),
            ("USB", WordKind::Letters),
        ]
    );
}

#[test]
fn nothing_gives_no_word() {
    for text in ["", " \n\t", "\u{200B}", "***", "- ", "|---|"] {
        assert_eq!(normalise(text, Accent::British), [], "{text:?}");
    }
}

#[test]
fn ornaments_are_not_counted_as_left_out() {
    assert_eq!(normalised("• one ★", Accent::American).dropped, 0);
    assert_eq!(normalised("один 一 two\u{1}", Accent::American).dropped, 6);
}

#[test]
fn lines_begin_sentences_and_lists() {
    let said = |text| {
        normalise(text, Accent::American)
            .iter()
            .map(|w| w.spoken.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(said("# Title\n- one\n- two"), "Title one two");
    assert_eq!(said("at 5 p.m.\nThen"), "at five PM . Then");
    assert_eq!(said("a - b"), "a — B");
}

#[test]
fn marks_books_and_stones_are_read_as_people_read_them() {
    for (text, expected) in [
        ("4.5/5 stars", "four point five out of five stars"),
        ("9in, 12st 4lb", "nine inches , twelve stone four pounds"),
        ("the 21st of Dec", "the twenty first of December"),
        (
            "978-3-16-148410-0",
            "nine seven eight three one six one four eight four one zero zero",
        ),
        ("4-4-2", "four four two"),
        ("omega-3s", "omega threes"),
        ("mid-30s", "mid thirties"),
    ] {
        let words = normalise(text, Accent::American);
        let said: Vec<&str> = words.iter().map(|w| w.spoken.as_str()).collect();
        assert_eq!(said.join(" "), expected);
    }
}
