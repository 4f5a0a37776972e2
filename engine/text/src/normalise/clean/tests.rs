use super::*;

#[test]
fn every_character_knows_where_it_comes_from() {
    let clean = clean("a\u{301}ﬁ½ 好.");
    assert_eq!(clean.text, "áfi½  .");
    assert_eq!(clean.dropped, 1);
    assert_eq!(clean.source(&(0..2)), 0..3);
    assert_eq!(clean.source(&(2..3)), 3..6);
    assert_eq!(clean.source(&(2..4)), 3..6);
    assert_eq!(clean.source(&(4..6)), 6..8);
    assert_eq!(clean.source(&(7..9)), 9..13);
    assert_eq!(clean.source(&(0..0)), 0..0);
}

#[test]
fn folding_keeps_the_accents_that_make_a_word() {
    for (word, said) in [
        ("plain", "plain"),
        ("Zoë", "Zoe"),
        ("Résumé", "résumé"),
        ("Þór", "Thor"),
        ("œuvre", "oeuvre"),
        ("ŠŁĐ", "SLD"),
        ("Ħħŋ", "Hhng"),
    ] {
        assert_eq!(fold(word), said);
    }
}

#[test]
fn invisible_characters_are_no_loss() {
    let clean = clean("a\u{200B}\u{FEFF}b\u{FE0F}\u{E0020}");
    assert_eq!((clean.text.as_str(), clean.dropped), ("ab", 0));
}

#[test]
fn letters_of_several_keep_their_case() {
    for (word, said) in [
        ("Ærø", "Aero"),
        ("ÆRØ", "AERO"),
        ("Œuvre", "Oeuvre"),
        ("ŒUVRE", "OEUVRE"),
        ("Ĳssel", "Ijssel"),
        ("ŉ", "n"),
        ("Nguyễn", "Nguyen"),
    ] {
        assert_eq!(fold(word), said);
    }
    assert_eq!(plain_letters("Łódź-ﬁ7ﬀ π好"), "Lodzfi7ff");
}

#[test]
fn quotation_marks_of_other_countries_open_and_close() {
    for (text, same) in [
        ("„so“ “so”", "“so” “so”"),
        ("„tak” “so”", "“tak” “so”"),
        ("«oui» « oui »", "“oui” “ oui ”"),
        ("»ja« (»ja«)", "“ja” (“ja”)"),
        ("„a“, „b“", "“a”, “b”"),
    ] {
        assert_eq!(clean(text).text, same);
    }
}

#[test]
fn blanks_part_thousands_where_no_telephone_number_is_likelier() {
    for (text, same) in [
        ("1 000 000", "1,000,000"),
        ("12 345 678 people", "12,345,678 people"),
        ("10 000", "10,000"),
        ("1\u{202F}234", "1,234"),
        ("123\u{A0}456,5 %", "123,456.5 %"),
        ("$2 500 000.", "$2,500,000."),
        ("-5 000, or", "-5,000, or"),
        ("1 234 567,89 €", "1,234,567.89 €"),
        ("10 000–20 000", "10,000–20,000"),
        // Lists, telephone numbers, years.
        ("1 234", "1 234"),
        ("601 234 567", "601 234 567"),
        ("020 794 000", "020 794 000"),
        ("+44 20 794 000", "+44 20 794 000"),
        ("1 800 555 1234", "1 800 555 1234"),
        ("5 100m races", "5 100m races"),
        ("2024 000", "2024 000"),
        ("x1 000", "x1 000"),
        ("1 000-x", "1 000-x"),
        ("1 000 000,5,6", "1,000,000,5,6"),
    ] {
        assert_eq!(clean(text).text, same, "{text}");
    }
}

#[test]
fn marks_stay_on_letters_only() {
    assert_eq!(clean("1\u{301} \u{301}e\u{301}").text, "1 é");
}
