use super::*;
use crate::word::WordKind;

const LIMITS: Limits = Limits {
    first: 40,
    max: 160,
    growth: 2,
};

fn read(text: &str) -> Script {
    script(text, &ScriptOptions::new(Accent::American, LIMITS)).unwrap()
}

fn error(text: &str) -> ScriptError {
    script(text, &ScriptOptions::new(Accent::American, LIMITS)).unwrap_err()
}

#[test]
fn words_lead_back_to_the_text() {
    let text = "Hello, big  world.";
    let script = read(text);
    assert_eq!(script.segments.len(), 1);
    let places: Vec<&str> = script.segments[0]
        .words
        .iter()
        .filter(|word| word.kind == WordKind::Spoken)
        .map(|word| &text[word.source.clone()])
        .collect();
    assert_eq!(places.len(), 3);
    assert_eq!(places[1], "big");
    assert_eq!(script.segments[0].text(), "Hello, big world.");
    assert_eq!((script.lead, script.dropped, script.ignored), (0.0, 0, 0));
}

#[test]
fn a_blank_line_ends_a_paragraph_and_a_line_does_not() {
    let script = read("One\ntwo\n \nthree");
    let found: Vec<_> = script.segments.iter().map(|s| (s.text(), s.ends)).collect();
    assert_eq!(
        found,
        [
            ("One two".to_owned(), Boundary::Paragraph),
            ("three".to_owned(), Boundary::Sentence)
        ]
    );
    assert_eq!(script.segments[1].words[0].source, 10..15);
}

#[test]
fn nothing_to_say_is_told_from_blank() {
    assert_eq!(error(" \n"), ScriptError::Nothing(NothingToSpeak::Blank));
    assert_eq!(error(""), ScriptError::Nothing(NothingToSpeak::Blank));
    for text in ["漢字", "...", "\u{1}", "- ! ?", "漢 ."] {
        assert_eq!(
            error(text),
            ScriptError::Nothing(NothingToSpeak::Unspeakable),
            "{text:?}"
        );
    }
    assert_eq!(NothingToSpeak::Blank.reason(), "it is empty or blank");
    assert!(NothingToSpeak::Unspeakable.reason().contains("emoji"));
}

#[test]
fn one_letter_digit_symbol_or_emoji_is_enough() {
    for (text, said) in [
        ("7", "seven"),
        ("...a", "…a"),
        ("½", "one half"),
        ("🎉", "party popper"),
        ("🎉🎉 😀", "party popper grinning face"),
    ] {
        let script = read(text);
        assert_eq!(script.segments[0].text(), said);
        assert_eq!(script.dropped, 0);
    }
}

#[test]
fn paragraphs_are_parted_by_blank_lines_and_their_like() {
    for parted in ["a\u{2029}b", "a\n\nb", "a\n \u{2028}\nb", "a\r\n\r\n\r\nb"] {
        let ends: Vec<_> = read(parted).segments.iter().map(|s| s.ends).collect();
        assert_eq!(
            ends,
            [Boundary::Paragraph, Boundary::Sentence],
            "{parted:?}"
        );
    }
    assert_eq!(read("a\u{2028}b\nc").segments.len(), 1);
}

#[test]
fn what_is_left_out_is_counted() {
    assert_eq!(read("one 漢字 two \u{7}").dropped, 3);
}

#[test]
fn other_limits_cut_the_same_words() {
    let script = read("One two three four five six.");
    let recut = script.recut(&Limits {
        first: 8,
        max: 8,
        growth: 1,
    });
    let words = |script: &Script| -> Vec<Word> {
        script
            .segments
            .iter()
            .flat_map(|s| s.words.clone())
            .collect()
    };
    assert_eq!(words(&script), words(&recut));
    assert_eq!((script.segments.len(), recut.segments.len()), (1, 4));
}
