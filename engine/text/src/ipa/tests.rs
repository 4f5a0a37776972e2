use proptest::prelude::*;

use super::*;
use crate::vocab::token_id;

fn american(ipa: &str) -> String {
    kokoro_symbols(ipa, Accent::American)
}

fn british(ipa: &str) -> String {
    kokoro_symbols(ipa, Accent::British)
}

#[test]
fn diphthongs_and_affricates_are_single_symbols() {
    for (ipa, symbols) in [
        ("eɪ", "A"),
        ("aɪ", "I"),
        ("aʊ", "W"),
        ("ɔɪ", "Y"),
        ("tʃ", "ʧ"),
        ("dʒ", "ʤ"),
    ] {
        assert_eq!(american(ipa), symbols);
        assert_eq!(british(ipa), symbols);
    }
    assert_eq!(american("oʊ"), "O");
    assert_eq!(british("əʊ"), "Q");
    assert_eq!(british("oʊ"), "Q");
    assert_eq!(american("əʊ"), "O");
}

#[test]
fn accents_differ_where_the_model_does() {
    assert_eq!(american("ɜː"), "ɜɹ");
    assert_eq!(american("ɜːɹ"), "ɜɹ");
    assert_eq!(british("ɜː"), "ɜː");
    assert_eq!(american("ɑː"), "ɑ");
    assert_eq!(british("ɑː"), "ɑː");
    assert_eq!(american("wˈɔːɾɚ"), "wˈɔTəɹ");
    assert_eq!(british("ɾ"), "ɹ");
    assert_eq!(british("eə"), "ɛː");
    assert_eq!(british("iə"), "ɪə");
    assert_eq!(american("ɪə"), "iə");
}

#[test]
fn common_marks_are_rewritten_or_dropped() {
    for (ipa, symbols) in [
        ("ə^l", "ᵊl"),
        ("ə\u{361}l", "ᵊl"),
        ("ə\u{200D}l", "ᵊl"),
        ("əl", "əl"),
        ("l\u{329}", "ᵊl"),
        ("m\u{329}", "ᵊm"),
        ("n\u{329}", "ᵊn"),
        ("ʔn", "tn"),
        ("ʔn\u{329}", "tn"),
        ("ʔˌn\u{329}", "tn"),
        ("ʔ", "t"),
        ("ɚ", "əɹ"),
        ("r", "ɹ"),
        ("x", "k"),
        ("ç", "k"),
        ("ɐ", "ə"),
        ("ɬ", "l"),
        ("g", "ɡ"),
        ("e", "A"),
        ("o", "ɔ"),
        ("ʲo", "jɔ"),
        ("ʲə", "jə"),
        ("ʲ", ""),
        ("ɑ\u{303}", "ɑ"),
        ("s\u{329}", "s"),
        ("t\u{200D}ʃ", "ʧ"),
        ("t\u{361}ʃ", "ʧ"),
        ("t^ʃ", "ʧ"),
        ("t_ʃ\u{200B}\u{200C}\u{2060}", "ʧ"),
    ] {
        assert_eq!(american(ipa), symbols, "{ipa}");
        assert_eq!(british(ipa), symbols, "{ipa}");
    }
}

#[test]
fn whole_words_come_out_as_the_model_was_taught() {
    assert_eq!(american("həlˈoʊ wˈɜːld"), "həlˈO wˈɜɹld");
    assert_eq!(british("həlˈəʊ wˈɜːld"), "həlˈQ wˈɜːld");
    assert_eq!(
        american("dʒˈʌmps ˌoʊvɚ ðə lˈeɪzi dˈɑːɡ"),
        "ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɑɡ"
    );
}

#[test]
fn blanks_collapse_and_lines_join() {
    assert_eq!(american(" a\n\n b \n"), "a b");
    assert_eq!(american(""), "");
    assert_eq!(american(" \n"), "");
}

#[test]
fn every_symbol_written_is_one_the_model_knows() {
    for (_, to) in COMMON.iter().chain(&AMERICAN).chain(&BRITISH) {
        assert!(to.chars().all(|symbol| token_id(symbol).is_some()), "{to}");
    }
}

proptest! {
    #[test]
    fn any_input_ends(input in any::<String>()) {
        let out = american(&input);
        prop_assert!(!out.contains("  "));
        prop_assert!(out.chars().count() <= 2 * input.chars().count());
    }
}

#[test]
fn phonemes_as_people_write_them_are_read() {
    let american = |text| written(text, Accent::American);
    assert_eq!(american("ˈwɔːtɚ").as_deref(), Ok("wˈɔtəɹ"));
    assert_eq!(american("'wɔ:tə.rr").as_deref(), Ok("wˈɔtəɹɹ"));
    assert_eq!(american(",kuːbər'nɛtiːz").as_deref(), Ok("kˌubəɹnˈɛtiz"));
    assert_eq!(american("kˌubəɹnˈɛTiz").as_deref(), Ok("kˌubəɹnˈɛTiz"));
    assert_eq!(american("həˈloʊ").as_deref(), Ok("həlˈO"));
    assert_eq!(american("bɝd").as_deref(), Ok("bɜɹd"));
    assert_eq!(
        written("həˈləʊ ˈwɜːld", Accent::British).as_deref(),
        Ok("həlˈQ wˈɜːld")
    );
}

#[test]
fn a_stress_without_a_vowel_goes() {
    assert_eq!(written("ˈs ɪt", Accent::American).as_deref(), Ok("s ɪt"));
    assert_eq!(written("sɪtˈ", Accent::American).as_deref(), Ok("sɪt"));
}

#[test]
fn what_is_no_sound_of_english_is_refused() {
    for text in ["", " ", "ˈ", "ː", "漢", "aǂ", "ɪ5", "ɪ?", "❓"] {
        assert_eq!(
            written(text, Accent::American),
            Err(NoEnglishSound),
            "{text}"
        );
    }
}
