use std::time::Duration;

use super::*;
use crate::engine::Cancel;
use crate::espeak::program;
use crate::testing::stand_in;

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

fn words(text: &str) -> Vec<Word> {
    kokoro_text::normalise(text, Accent::American)
}

fn said(pronouncer: &Pronouncer, text: &str, accent: Accent) -> String {
    pronouncer
        .said(&words(text), accent, &control())
        .unwrap()
        .symbols
}

fn heard(pronouncer: &Pronouncer, text: &str) -> Phonemes {
    pronouncer
        .said(&words(text), Accent::American, &control())
        .unwrap()
}

fn espeak() -> Pronouncer {
    Pronouncer::new(program(None, None), Lexicon::default())
}

#[test]
fn english_becomes_the_models_symbols() {
    let pronouncer = espeak();
    assert_eq!(said(&pronouncer, "Hello!", Accent::American), "həlˈO!");
    assert_eq!(said(&pronouncer, "Hello!", Accent::British), "həlˈQ!");
    assert_eq!(
        said(&pronouncer, "Yes, no. (Why?)", Accent::American),
        "jˈɛs, nˈO. (wˌI?)"
    );
    assert_eq!(pronouncer.dropped(), 0);
}

#[test]
fn a_word_no_dictionary_has_is_said_by_rule() {
    let found = heard(&espeak(), "blorvant");
    assert_eq!((found.symbols.as_str(), found.spelled), ("blˈɔɹvənt", 0));
}

#[test]
fn the_program_is_asked_once_for_a_word_and_not_by_argument() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "(fr)t^ˈɛst(en)\n").unwrap();
    let pronouncer = Pronouncer::new(stand_in(folder.path(), "speaks"), Lexicon::default());
    assert_eq!(said(&pronouncer, "blorvant", Accent::British), "tˈɛst");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("text"), "blorvant");
    assert_eq!(
        read("args"),
        "--stdin\n-q\n--ipa\n--tie=^\n-b\n1\n-v\nen-gb\n"
    );
    std::fs::write(folder.path().join("out"), "nˈO\n").unwrap();
    assert_eq!(said(&pronouncer, "blorvant", Accent::British), "tˈɛst");
    assert_eq!(said(&pronouncer, "blorvant", Accent::American), "nˈO");
    assert!(read("args").ends_with("-v\nen-us\n"));
}

#[test]
fn only_so_many_words_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "nˈO\n").unwrap();
    let pronouncer = Pronouncer::new(stand_in(folder.path(), "speaks"), Lexicon::default());
    let remembered = || pronouncer.known.lock().unwrap().len();
    for at in 0..REMEMBERED - 1 {
        let key = (Accent::American, at.to_string());
        pronouncer.known.lock().unwrap().insert(key, String::new());
    }
    pronouncer.ask("one", Accent::American, &control()).unwrap();
    assert_eq!(remembered(), REMEMBERED);
    pronouncer.ask("two", Accent::American, &control()).unwrap();
    assert_eq!(remembered(), 1);
}

#[test]
fn without_a_program_unknown_words_are_spelled() {
    let folder = tempfile::tempdir().unwrap();
    for program in [
        PathBuf::from("/no/such/program"),
        stand_in(folder.path(), "breaks"),
    ] {
        let pronouncer = Pronouncer::new(program, Lexicon::default());
        let found = heard(&pronouncer, "blorvant");
        assert_eq!(
            (found.symbols.as_str(), found.spelled),
            ("bˌiˌɛlˌOˈɑɹ vˌiˌAˌɛntˈi", 1)
        );
    }
}

#[test]
fn the_users_lexicon_comes_before_the_program() {
    let lexicon = Lexicon::parse("blorvant = /blˈɔɹvənt/").unwrap();
    let pronouncer = Pronouncer::new(PathBuf::from("/no/such/program"), lexicon);
    let found = heard(&pronouncer, "blorvant");
    assert_eq!((found.symbols.as_str(), found.spelled), ("blˈɔɹvənt", 0));
}

#[test]
fn a_request_that_is_cancelled_has_no_phonemes() {
    let cancel = Cancel::new();
    let control = Control::new(cancel.clone(), Duration::from_secs(60));
    cancel.cancel();
    assert!(matches!(
        espeak().said(&words("blorvant"), Accent::American, &control),
        Err(SpeechError::Cancelled)
    ));
}

#[test]
fn words_of_one_token_have_one_time_and_marks_none() {
    let words = [
        Word::spoken("five", 0..2),
        Word::spoken("dollars", 0..2),
        Word::mark(',', 2..3),
        Word::spoken("no", 4..6),
    ];
    let phonemes = espeak().said(&words, Accent::American, &control()).unwrap();
    assert_eq!(phonemes.symbols, "fˈIv dˈɑləɹz, nˈO");
    let symbols: Vec<(f32, f32)> = (0_u8..17)
        .map(|at| (f32::from(at), f32::from(at) + 1.0))
        .collect();
    let time = |source, start, end| WordTime { source, start, end };
    assert_eq!(
        word_times(&words, &phonemes, &symbols),
        [time(0..2, 0.0, 12.0), time(4..6, 14.0, 17.0)]
    );
    assert_eq!(
        word_times(&words, &phonemes, &symbols[..10]),
        [time(0..2, 0.0, 4.0)]
    );
    assert!(word_times(&words, &phonemes, &[]).is_empty());
}

#[test]
fn names_of_languages_are_no_sounds() {
    assert_eq!(without_languages("(fr)a(en) b)c"), "a b)c");
}
