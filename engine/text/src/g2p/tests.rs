use super::*;

/// Words of a text whose marks stand by themselves; `USB~` is letters.
fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in text.split(' ') {
        let range = at..at + token.len();
        at = range.end + 1;
        let mut chars = token.chars();
        found.push(match (chars.next(), chars.next()) {
            (Some(mark), None) if ";:,.!?—…\"()".contains(mark) => Word::mark(mark, range),
            _ => match token.strip_suffix('~') {
                Some(letters) => Word::letters(letters, range),
                None => Word::spoken(token, range),
            },
        });
    }
    found
}

fn said(text: &str, accent: Accent) -> Phonemes {
    G2p::shared().phonemes(&words(text), accent, &Lexicon::default(), &Nobody)
}

fn american(text: &str) -> String {
    said(text, Accent::American).symbols
}

/// Says every word it is asked for the same way, and marks that no voice has.
struct Somebody;

impl Outside for Somebody {
    fn pronounce(&self, word: &str, accent: Accent) -> Option<String> {
        match (word, accent) {
            ("Xqzt", Accent::American) => Some("ˈɛks❓t.".to_owned()),
            ("Xqzt", Accent::British) => Some("❓".to_owned()),
            _ => None,
        }
    }
}

#[test]
fn words_have_the_dictionarys_sounds() {
    assert_eq!(american("Hello , world ."), "həlˈO, wˈɜɹld.");
    assert_eq!(
        said("Hello , world .", Accent::British).symbols,
        "həlˈQ, wˈɜːld."
    );
}

#[test]
fn a_word_sounds_as_its_sentence_asks() {
    assert_eq!(
        american("I want to record a record ."),
        "ˌI wˈɑnt tə ɹəkˈɔɹd ɐ ɹˈɛkəɹd."
    );
    assert_eq!(american("the apple , the pear"), "ði ˈæpᵊl, ðə pˈɛɹ");
}

#[test]
fn letters_are_named() {
    assert_eq!(american("the USB~ port"), "ðə jˌuˌɛsbˈi pˈɔɹt");
    assert_eq!(american("the FBI~"), "ði ˌɛfbˌiˈI");
}

#[test]
fn an_unknown_word_is_asked_outside_then_spelled() {
    let ask = |accent| {
        G2p::shared().phonemes(&words("the Xqzt ."), accent, &Lexicon::default(), &Somebody)
    };
    let found = ask(Accent::American);
    assert_eq!(found.symbols, "ði ˈɛkst.");
    assert_eq!(
        (found.from_outside, found.spelled, found.dropped),
        (1, 0, 0)
    );
    let found = ask(Accent::British);
    assert_eq!(found.symbols, "ði ˌɛkskjˌuːzˌɛdtˈiː.");
    assert_eq!(
        (found.from_outside, found.spelled, found.dropped),
        (0, 1, 0)
    );
}

#[test]
fn marks_of_letters_do_not_hide_a_word_from_the_dictionary() {
    let found = said("naïve café", Accent::American);
    assert_eq!(found.symbols, "nɑˈiv kæfˈA");
    assert_eq!(found.spelled, 0);
}

#[test]
fn names_the_dictionary_lacks_are_added() {
    let found = said("Paul saw Zoë 's", Accent::American);
    assert_eq!(found.symbols, "pˈɔl sˈɔ zˈOi s");
    assert_eq!(american("Kevin's and Bruce's"), "kˈɛvɪnz ænd bɹˈusᵻz");
    assert_eq!(said("Paul", Accent::British).symbols, "pˈɔːl");
    assert_eq!((found.spelled, found.from_outside), (0, 0));
}

#[test]
fn an_apostrophe_that_opens_a_word_is_no_quotation_mark() {
    assert_eq!(american("'tis true"), "tˈɪz tɹˈu");
    assert_eq!(said("'tis true", Accent::American).dropped, 0);
}

#[test]
fn the_users_lexicon_comes_first() {
    let lexicon = Lexicon::parse("hello = /hˈI/\nSQL = sequel\npear = /ˈɪt/").unwrap();
    let found = G2p::shared().phonemes(
        &words("Hello SQL the pear"),
        Accent::American,
        &lexicon,
        &Nobody,
    );
    assert_eq!(found.symbols, "hˈI sˈikwəl ði ˈɪt");
    assert_eq!(found.from_lexicon, 3);
}

#[test]
fn sounds_the_writer_gave_are_kept() {
    let mut words = words("my Łódź !");
    words[1].phonemes = Some("wˈʊʧ".to_owned());
    let found = G2p::shared().phonemes(&words, Accent::American, &Lexicon::default(), &Nobody);
    assert_eq!(found.symbols, "mI wˈʊʧ!");
    assert_eq!(
        (found.spelled, found.from_lexicon, found.from_outside),
        (0, 0, 0)
    );
}

#[test]
fn every_word_knows_its_symbols() {
    let found = said("Well-known , naïve Xqzt ( or not ) .", Accent::American);
    let symbols: Vec<char> = found.symbols.chars().collect();
    let of_words: Vec<(usize, String)> = found
        .spans
        .iter()
        .map(|span| (span.word, symbols[span.symbols.clone()].iter().collect()))
        .collect();
    assert_eq!(
        of_words.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
        (0..9).collect::<Vec<_>>()
    );
    assert_eq!(of_words[2].1, "nɑˈiv");
    assert_eq!(of_words[3].1, "ˌɛkskjˌuzˌitˈi");
    assert_eq!(found.symbols, "wˌɛlnˈOn, nɑˈiv ˌɛkskjˌuzˌitˈi (ɔɹ nˌɑt).");
}

#[test]
fn what_has_no_sound_is_counted() {
    let found = said("漢字 ok ''", Accent::American);
    assert_eq!(found.symbols, "ˌOkˈA");
    assert_eq!(found.dropped, 2);
    let none = said("漢字", Accent::American);
    assert!(none.is_empty());
    assert_eq!(none.dropped, 1);
    let nothing = G2p::shared().phonemes(&[], Accent::American, &Lexicon::default(), &Nobody);
    assert_eq!(nothing, Phonemes::default());
}

#[test]
fn a_word_too_long_for_any_dictionary_is_spelled() {
    let long = "a".repeat(LONGEST + 1);
    assert_eq!(said(&long, Accent::American).spelled, 1);
    assert_eq!(
        shown(&Word::spoken("a".repeat(LONGEST), 0..1), false).len(),
        LONGEST
    );
}

#[test]
fn quotation_marks_open_and_close() {
    let words = [
        Word::mark('"', 0..1),
        Word::spoken("yes", 1..4),
        Word::mark('"', 4..5),
        Word::spoken("she", 6..9),
        Word::spoken("said", 10..14),
        Word::mark('—', 14..17),
        Word::spoken("or", 17..19),
        Word::mark('…', 19..22),
    ];
    let found = G2p::shared().phonemes(&words, Accent::American, &Lexicon::default(), &Nobody);
    assert_eq!(found.symbols, "“jˈɛs” ʃi sˈɛd—ɔɹ…");
}

#[test]
fn dictionaries_are_loaded_when_needed() {
    let g2p = G2p::default();
    assert_eq!(
        format!("{g2p:?}"),
        "G2p { american: false, british: false }"
    );
    g2p.load(Accent::British);
    assert_eq!(format!("{g2p:?}"), "G2p { american: false, british: true }");
    fn shareable<T: Send + Sync>(_: &T) {}
    shareable(&g2p);
}
