use std::time::Duration;

use super::*;
use crate::engine::Cancel;
use crate::espeak::program;
use crate::testing::stand_in;

fn phonemes(text: &str, accent: Accent) -> String {
    let control = Control::new(Cancel::new(), Duration::from_secs(60));
    Pronouncer::open(program(None, None))
        .unwrap()
        .phonemes(text, accent, &control)
        .unwrap()
}

#[test]
fn english_becomes_the_models_symbols() {
    assert_eq!(phonemes("hello", Accent::American), "həlˈO");
    assert_eq!(phonemes("hello", Accent::British), "həlˈQ");
    assert_eq!(phonemes("water", Accent::American), "wˈɔTəɹ");
    assert_eq!(phonemes("little people", Accent::American), "lˈɪTᵊl pˈipᵊl");
}

#[test]
fn punctuation_stays_where_it_was() {
    assert_eq!(
        phonemes("Yes, no. (Why?)", Accent::American),
        "jˈɛs, nˈO. (wˈI?)"
    );
}

#[test]
fn the_programs_own_notation_is_not_read() {
    assert_eq!(
        phonemes("[[h@l'oU]]", Accent::American)
            .chars()
            .filter(|c| *c == '(')
            .count(),
        0
    );
    assert_ne!(
        phonemes("[[h@l'oU]]", Accent::American),
        phonemes("hello", Accent::American)
    );
}

#[test]
fn the_text_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "tˈɛst\n").unwrap();
    let pronouncer = Pronouncer::open(stand_in(folder.path(), "speaks")).unwrap();
    let control = Control::new(Cancel::new(), Duration::from_secs(60));
    assert_eq!(
        pronouncer
            .phonemes("[x] secret", Accent::British, &control)
            .unwrap(),
        "tˈɛst"
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("text"), "(x) secret");
    assert_eq!(
        read("args"),
        "--stdin\n-q\n--ipa\n--tie=^\n-b\n1\n-v\nen-gb\n"
    );
    pronouncer
        .phonemes("x", Accent::American, &control)
        .unwrap();
    assert!(read("args").ends_with("-v\nen-us\n"));
}

#[test]
fn failures_are_told_without_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let pronouncer = Pronouncer::open(stand_in(folder.path(), "breaks")).unwrap();
    let control = Control::new(Cancel::new(), Duration::from_secs(60));
    let error = pronouncer
        .phonemes("secret", Accent::American, &control)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("it ended with exit status: 3") && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn an_absent_program_is_kokoros_trouble() {
    let error = Pronouncer::open(PathBuf::from("/no/such/program"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("kokoro cannot speak: expected the eSpeak NG program"),
        "{error}"
    );
}
