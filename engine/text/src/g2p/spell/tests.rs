use super::*;

#[test]
fn letters_have_their_names_and_the_last_has_the_stress() {
    assert_eq!(spelled("USB", Accent::American), "jˌuˌɛsbˈi");
    assert_eq!(spelled("usb", Accent::British), "jˌuːˌɛsbˈiː");
    assert_eq!(spelled("z", Accent::American), "zˈi");
    assert_eq!(spelled("Z", Accent::British), "zˈɛd");
    assert_eq!(spelled("A", Accent::American), "ˈA");
}

#[test]
fn digits_have_names_too() {
    assert_eq!(spelled("b2", Accent::American), "bˌitˈu");
    assert_eq!(spelled("0", Accent::American), "zˈɪɹO");
    assert_eq!(spelled("9", Accent::British), "nˈIn");
}

#[test]
fn a_long_word_has_breaks() {
    assert_eq!(spelled("abcd", Accent::American), "ˌAbˌisˌidˈi");
    assert_eq!(spelled("abcde", Accent::American), "ˌAbˌisˌidˈi ˈi");
}

#[test]
fn marks_of_letters_go_and_what_has_no_name_is_left_out() {
    assert_eq!(spelled("é", Accent::American), "ˈi");
    assert_eq!(spelled("a-b", Accent::American), "ˌAbˈi");
    assert_eq!(spelled("'", Accent::American), "");
}

#[test]
fn every_name_is_made_of_the_models_symbols() {
    for name in AMERICAN.iter().chain(&BRITISH) {
        for symbol in name.chars() {
            assert!(crate::vocab::token_id(symbol).is_some(), "{name}");
        }
    }
}

#[test]
fn an_s_after_an_apostrophe_is_said_as_after_any_word() {
    assert_eq!(spelled("CPU's", Accent::American), "sˌipˌijˈuz");
    assert_eq!(spelled("F's", Accent::American), "ˈɛfs");
    assert_eq!(spelled("S's", Accent::American), "ˈɛsᵻz");
    assert_eq!(spelled("H's", Accent::British), "ˈAʧɪz");
    assert_eq!(spelled("Z's", Accent::British), "zˈɛdz");
    assert_eq!(spelled("'s", Accent::British), "");
}
