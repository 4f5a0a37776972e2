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
fn marks_stay_on_letters_only() {
    assert_eq!(clean("1\u{301} \u{301}e\u{301}").text, "1 é");
}
