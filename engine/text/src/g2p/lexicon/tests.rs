use super::*;

fn symbols(text: &str) -> Option<Entry> {
    Some(Entry::Symbols(text.to_owned()))
}

#[test]
fn a_word_has_sounds_or_other_words() {
    let lexicon =
        Lexicon::parse("# mine\n\nKubernetes = /ˌkuːbəˈnɛtiːz/\n SQL=sequel server \n").unwrap();
    assert_eq!(
        lexicon.find("Kubernetes", Accent::British).cloned(),
        symbols("kˌuːbənˈɛtiːz")
    );
    assert_eq!(
        lexicon.find("Kubernetes", Accent::American).cloned(),
        symbols("kˌubənˈɛtiz")
    );
    assert_eq!(
        lexicon.find("SQL", Accent::American).cloned(),
        Some(Entry::Words(vec!["sequel".to_owned(), "server".to_owned()]))
    );
    assert_eq!((lexicon.len(), lexicon.is_empty()), (4, false));
    assert!(Lexicon::parse("").unwrap().is_empty());
}

#[test]
fn sections_are_for_an_accent() {
    let lexicon = Lexicon::parse(
        "[en-GB]\nlever = /lˈiːvə/\n[en-US]\nlever = /lˈɛvəɹ/\nonly = /ˈa/\n[en]\nboth = x\n",
    )
    .unwrap();
    assert_eq!(
        lexicon.find("lever", Accent::British).cloned(),
        symbols("lˈiːvə")
    );
    assert_eq!(
        lexicon.find("lever", Accent::American).cloned(),
        symbols("lˈɛvəɹ")
    );
    assert_eq!(lexicon.find("only", Accent::British), None);
    assert!(lexicon.find("both", Accent::British).is_some());
    assert!(lexicon.find("both", Accent::American).is_some());
}

#[test]
fn lower_case_stands_for_capitals_and_not_the_other_way_round() {
    let lexicon = Lexicon::parse("nginx = engine x\nPolish = /pˈQlɪʃ/\nnginx = engine ex").unwrap();
    let words = Entry::Words(vec!["engine".to_owned(), "ex".to_owned()]);
    assert_eq!(lexicon.find("NGINX", Accent::American), Some(&words));
    assert_eq!(lexicon.find("nginx", Accent::American), Some(&words));
    assert_eq!(lexicon.find("polish", Accent::British), None);
}

#[test]
fn a_line_that_is_none_is_named() {
    for (text, line, expected) in [
        (
            "a = b\nword",
            2,
            "`word = /phonemes/` or `word = other words`",
        ),
        ("= x", 1, "one word before the `=`"),
        ("two words = x", 1, "one word before the `=`"),
        ("-- = x", 1, "a word with a letter before the `=`"),
        ("a = /b", 1, "a `/` at the end of the phonemes"),
        ("a = //", 1, "phonemes of English between the slashes"),
        ("a = /漢/", 1, "phonemes of English between the slashes"),
        ("a =", 1, "/phonemes/ or words after the `=`"),
        ("a = 5", 1, "/phonemes/ or words after the `=`"),
        ("\n\n[fr]", 3, "one of [en], [en-US], [en-GB]"),
    ] {
        assert_eq!(
            Lexicon::parse(text),
            Err(LexiconError { line, expected }),
            "{text}"
        );
    }
    assert_eq!(
        Lexicon::parse("word").unwrap_err().to_string(),
        "line 1: expected `word = /phonemes/` or `word = other words`"
    );
}

#[test]
fn every_addition_and_correction_has_sounds_the_model_knows() {
    for (lexicon, lines) in [
        (Lexicon::additions(), include_str!("../additions.txt")),
        (Lexicon::corrections(), include_str!("../corrections.txt")),
    ] {
        let words = lines.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(
            (lexicon.american.len(), lexicon.british.len()),
            (words, words)
        );
        for entry in lexicon.american.values().chain(lexicon.british.values()) {
            let Entry::Symbols(symbols) = entry else {
                panic!("{entry:?}")
            };
            assert!(
                symbols.chars().all(|c| crate::vocab::token_id(c).is_some()),
                "{symbols}"
            );
            assert!(symbols.contains('ˈ'), "{symbols}");
        }
    }
    let additions = Lexicon::additions();
    assert_eq!(
        additions.find("Paul", Accent::British).cloned(),
        symbols("pˈɔːl")
    );
    assert_eq!(
        additions.find("Foo", Accent::American).cloned(),
        symbols("fˈu")
    );
}
