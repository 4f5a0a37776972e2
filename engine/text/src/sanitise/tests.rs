use proptest::prelude::*;

use super::fold::{compose, fold_latin};
use super::*;

fn text(of: &str) -> String {
    sanitise(of).unwrap().text
}

fn dropped(of: &str) -> usize {
    sanitise(of).unwrap().dropped
}

#[test]
fn plain_english_stays_as_it_is() {
    let plain = "Hello, world! It's 5 o'clock (10:30); \"fine\" - 50% of $3.50 & more?";
    assert_eq!(
        sanitise(plain),
        Ok(Speakable {
            text: plain.to_owned(),
            dropped: 0
        })
    );
}

#[test]
fn every_printable_ascii_character_is_kept() {
    let all: String = ('!'..='~').collect();
    assert_eq!(text(&all), all);
    assert_eq!(dropped(&all), 0);
}

#[test]
fn curly_quotes_become_straight() {
    assert_eq!(
        text("don\u{2019}t \u{2018}a\u{201A} \u{201B}b\u{2032} \u{02BC}c\u{00B4}"),
        "don't 'a' 'b' 'c'"
    );
    assert_eq!(
        text("\u{201C}a\u{201D} \u{201E}b\u{201F} \u{00AB}c\u{00BB} d\u{2033}"),
        "\"a\" \"b\" \"c\" d\""
    );
}

#[test]
fn dashes_become_hyphen_or_long_dash() {
    assert_eq!(text("a\u{2010}b\u{2011}c\u{2212}d"), "a-b-c-d");
    assert_eq!(
        text("a\u{2012}b\u{2013}c\u{2015}d\u{2014}e\u{2026}"),
        "a—b—c—d—e…"
    );
}

#[test]
fn ideographic_stops_become_english_ones() {
    assert_eq!(text("a\u{3002}b\u{3001}c"), "a.b,c");
}

#[test]
fn full_width_letters_become_ascii() {
    assert_eq!(text("Ｈｉ！１２～"), "Hi!12~");
}

#[test]
fn blanks_collapse_and_edges_go() {
    assert_eq!(text("  a \t\u{00A0}\u{3000} b\nc  "), "a b c");
    assert_eq!(dropped("  a \t\u{00A0} b\nc  "), 0);
}

#[test]
fn a_blank_line_stays_one_line_break() {
    assert_eq!(text("a\n\nb\r\n\r\n\r\nc\u{2029}d\n \ne"), "a\nb\nc\nd\ne");
    assert_eq!(text("a\u{2028}b\nc"), "a b c");
    assert_eq!(text("\n\na\n\n"), "a");
}

#[test]
fn control_characters_are_counted_blanks() {
    assert_eq!(
        sanitise("a\u{0}b\u{7}\u{1b}c\u{9f}"),
        Ok(Speakable {
            text: "a b c".to_owned(),
            dropped: 4
        })
    );
}

#[test]
fn symbols_no_voice_can_say_are_counted_and_part_words() {
    assert_eq!(
        sanitise("red🍎green"),
        Ok(Speakable {
            text: "red green".to_owned(),
            dropped: 1
        })
    );
    assert_eq!(
        sanitise("a ✓ → b"),
        Ok(Speakable {
            text: "a b".to_owned(),
            dropped: 2
        })
    );
    assert_eq!(
        sanitise("hi 你好 Привет"),
        Ok(Speakable {
            text: "hi".to_owned(),
            dropped: 8
        })
    );
}

#[test]
fn invisible_characters_go_without_being_counted() {
    let hidden =
        "a\u{200B}b\u{200D}\u{FEFF}c\u{00AD}d\u{202E}e\u{2060}f\u{FE0F}g\u{E0101}h\u{180E}";
    assert_eq!(
        sanitise(hidden),
        Ok(Speakable {
            text: "abcdefgh".to_owned(),
            dropped: 0
        })
    );
}

#[test]
fn symbols_with_english_names_are_kept() {
    let named = "5 € £ ¥ ¢ § © ® ™ ° ± ² ³ ¹ µ ¼ ½ ¾ № ≤ ≥ ≠ ≈ × ÷";
    assert_eq!(
        sanitise(named),
        Ok(Speakable {
            text: named.to_owned(),
            dropped: 0
        })
    );
}

#[test]
fn accented_and_greek_letters_are_kept() {
    assert_eq!(text("café naïve ÀÿÑ π Σ Α ω"), "café naïve ÀÿÑ π Σ Α ω");
    assert_eq!(sanitise("a \u{03A2}\u{03CA}").unwrap().dropped, 2);
}

#[test]
fn letters_of_other_latin_spellings_are_folded() {
    assert_eq!(
        text("Łódź Čapek Dvořák œuvre ﬁn Nguyễn"),
        "Lódz Capek Dvorák oeuvre fin Nguyen"
    );
}

#[test]
fn every_ligature_and_extra_letter_has_its_spelling() {
    let pairs = [
        ('Ĳ', "IJ"),
        ('ĳ', "ij"),
        ('Œ', "OE"),
        ('œ', "oe"),
        ('Ə', "A"),
        ('ə', "a"),
        ('ƒ', "f"),
        ('Ơ', "O"),
        ('ơ', "o"),
        ('Ư', "U"),
        ('ư', "u"),
        ('Ș', "S"),
        ('ș', "s"),
        ('Ț', "T"),
        ('ț', "t"),
        ('ﬀ', "ff"),
        ('ﬁ', "fi"),
        ('ﬂ', "fl"),
        ('ﬃ', "ffi"),
        ('ﬄ', "ffl"),
        ('Ā', "A"),
        ('ſ', "s"),
        ('Ḁ', "A"),
        ('ỹ', "y"),
        ('ŉ', "n"),
        ('Ŋ', "N"),
        ('ẞ', "_"),
        ('Ạ', "A"),
    ];
    for (letter, spelling) in pairs {
        let expected = Some(spelling).filter(|s| *s != "_");
        assert_eq!(fold_latin(letter), expected, "{letter}");
    }
    assert_eq!(fold_latin('ÿ'), None);
    assert_eq!(fold_latin('\u{0180}'), None);
}

#[test]
fn combining_marks_join_where_latin_1_has_the_letter() {
    assert_eq!(text("cafe\u{301}"), "café");
    assert_eq!(
        text("n\u{303} u\u{308} a\u{30A} C\u{327} o\u{302} i\u{300}"),
        "ñ ü å Ç ô ì"
    );
    // No such letter, or nothing to join: the mark goes and nothing is counted.
    assert_eq!(
        sanitise("x\u{301} \u{301}y"),
        Ok(Speakable {
            text: "x y".to_owned(),
            dropped: 0
        })
    );
    assert_eq!(
        sanitise("\u{301}y"),
        Ok(Speakable {
            text: "y".to_owned(),
            dropped: 0
        })
    );
}

#[test]
fn joining_knows_exactly_the_letters_of_latin_1() {
    let rows = [
        ('\u{300}', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
        ('\u{301}', "AEIOUaeiouYy", "ÁÉÍÓÚáéíóúÝý"),
        ('\u{302}', "AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
        ('\u{303}', "ANOano", "ÃÑÕãñõ"),
        ('\u{308}', "AEIOUaeiouy", "ÄËÏÖÜäëïöüÿ"),
        ('\u{30A}', "Aa", "Åå"),
        ('\u{327}', "Cc", "Çç"),
    ];
    for (mark, bases, joined) in rows {
        for (base, expected) in bases.chars().zip(joined.chars()) {
            assert_eq!(compose(base, mark), Some(expected));
        }
        assert_eq!(compose('q', mark), None);
        assert_eq!(compose('Y', mark), (mark == '\u{301}').then_some('Ý'));
    }
    assert_eq!(compose('a', '\u{304}'), None);
}

#[test]
fn blank_text_is_told_from_unspeakable_text() {
    for blank in ["", " ", "\n\t \u{3000}", "\u{200B}\u{FEFF}"] {
        assert_eq!(sanitise(blank), Err(NothingToSpeak::Blank), "{blank:?}");
    }
    for unspeakable in ["...", "🍎🍏", "\u{1}", "你好", "- ! ?", "🍎 ."] {
        assert_eq!(
            sanitise(unspeakable),
            Err(NothingToSpeak::Unspeakable),
            "{unspeakable:?}"
        );
    }
    assert_eq!(NothingToSpeak::Blank.reason(), "it is empty or blank");
    assert_eq!(
        NothingToSpeak::Unspeakable.reason(),
        "it has no letter or digit that an English voice can say"
    );
}

#[test]
fn one_letter_or_digit_is_enough() {
    assert_eq!(text("7"), "7");
    assert_eq!(text("...a"), "...a");
    assert_eq!(text("½"), "½");
}

#[test]
fn paragraphs_are_parted_by_one_line_break() {
    for parted in ["0\u{2029}0", "0\n\n0", "0\n \u{2028}\n0"] {
        assert_eq!(text(parted), "0\n0", "{parted:?}");
    }
    assert_eq!(text("0\n0"), "0 0");
}

proptest! {
    #[test]
    fn what_is_left_is_always_speakable(input in any::<String>()) {
        if let Ok(Speakable { text, dropped }) = sanitise(&input) {
            prop_assert!(dropped <= input.chars().count());
            prop_assert!(text.chars().any(char::is_alphanumeric));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(text.trim(), text.as_str());
            prop_assert!(!text.contains("  ") && !text.contains("\n ") && !text.contains(" \n"));
            // What is clean stays as it is; a paragraph, one line break in what comes out, is a blank line in what goes in.
            prop_assert_eq!(sanitise(&text.replace('\n', "\n\n")), Ok(Speakable { text: text.clone(), dropped: 0 }));
        }
    }
}
