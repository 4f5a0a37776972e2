use super::*;

#[test]
fn blanks_stand_between_words_and_where_the_text_has_them_beside_marks() {
    // "So (five) went."
    let words = [
        Word::spoken("So", 0..2),
        Word::mark('(', 3..4),
        Word::spoken("five", 4..8),
        Word::mark(')', 8..9),
        Word::spoken("went", 10..14),
        Word::mark('.', 14..15),
    ];
    assert_eq!(plain_text(&words), "So (five) went.");
}

#[test]
fn words_of_one_token_are_apart_and_the_mark_after_them_is_not() {
    let words = [
        Word::mark('"', 0..1),
        Word::spoken("five", 1..3),
        Word::spoken("dollars", 1..3),
        Word::mark('"', 3..4),
        Word::mark('—', 4..7),
        Word::spoken("no", 7..9),
        Word::mark('—', 10..13),
        Word::spoken("yes", 14..17),
    ];
    assert_eq!(plain_text(&words), "\"five dollars\"—no — yes");
}

#[test]
fn a_closing_mark_keeps_to_its_word_whatever_lies_between() {
    let words = [
        Word::spoken("end", 0..3),
        Word::mark('.', 12..13),
        Word::mark('“', 14..17),
        Word::spoken("so", 20..22),
    ];
    assert_eq!(plain_text(&words), "end. “so");
}

#[test]
fn letters_are_named_apart_and_upper_case() {
    let words = [Word::letters("usb", 0..3), Word::spoken("port", 4..8)];
    assert_eq!(words[0].spoken, "USB");
    assert_eq!(plain_text(&words), "U S B port");
    let mut owner = Word::letters("pc", 0..4);
    owner.spoken.push_str("'s");
    assert_eq!(plain_text(&[owner]), "P C's");
}

#[test]
fn only_marks_are_marks() {
    assert_eq!(Word::mark('?', 0..1).as_mark(), Some('?'));
    assert_eq!(Word::spoken("?", 0..1).as_mark(), None);
    assert_eq!(plain_text(&[]), "");
}
