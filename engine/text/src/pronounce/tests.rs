use proptest::prelude::*;

use super::*;

/// Words in angle brackets, marks as they are.
fn shown(text: &str) -> String {
    parts(text)
        .iter()
        .map(|part| match part {
            Part::Words(words) => format!("<{words}>"),
            Part::Mark(mark) => mark.to_string(),
        })
        .collect()
}

#[test]
fn punctuation_stands_between_words() {
    assert_eq!(shown("Hello, world."), "<Hello>, <world>.");
    assert_eq!(
        shown("He said: \"yes (no).\" Why?! Ah; so"),
        "<He said>: \"<yes> (<no>).\" <Why>?! <Ah>; <so>"
    );
    assert_eq!(shown("a — b… c"), "<a> — <b>… <c>");
    assert_eq!(shown("wait—what"), "<wait>—<what>");
    assert_eq!(shown("one  two"), "<one  two>");
}

#[test]
fn what_is_inside_a_word_stays() {
    assert_eq!(shown("3.5 at 10:30 for 1,234"), "<3.5 at 10:30 for 1,234>");
    assert_eq!(shown("Dr. Who met J. Doe."), "<Dr. Who met J. Doe>.");
    assert_eq!(shown("it's rock'n'roll - a_b"), "<it's rock'n'roll - a_b>");
}

#[test]
fn marks_before_closing_marks_are_marks() {
    assert_eq!(
        shown("\"a,\" (b.) 'c:' d.. e,. f.? g,!"),
        "\"<a>,\" (<b>.) <'c>:<' d>.. <e>,. <f>.? <g>,!"
    );
}

#[test]
fn blanks_at_the_edges_are_no_parts() {
    assert_eq!(shown("  a  "), "<a> ");
    assert_eq!(shown(""), "");
    assert_eq!(shown("   "), "");
    assert_eq!(shown(", ,"), ", ,");
    assert_eq!(shown("a , b"), "<a> , <b>");
}

proptest! {
    #[test]
    fn nothing_is_lost(input in any::<String>()) {
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let joined: String = parts(&input)
            .into_iter()
            .map(|part| match part { Part::Words(words) => words, Part::Mark(mark) => mark.to_string() })
            .collect();
        prop_assert_eq!(bare(&joined), bare(&input));
        prop_assert!(!joined.contains("  ") || input.contains("  ") || input.chars().any(char::is_whitespace));
    }
}
