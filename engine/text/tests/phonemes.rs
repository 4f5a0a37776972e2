//! The table of what each case of the normaliser's must sound like, without any help from outside the crate.
//!
//! `phonemes.tsv` has a line for a case and accent: accent, text, Kokoro's symbols. After a change that is meant,
//! `KOKORO_WRITE_TABLES=1 cargo test -p kokoro-text --test phonemes` writes what is said now; read the difference before it is
//! committed.

#![expect(clippy::indexing_slicing, reason = "a test fails where it panics")]

use std::collections::HashSet;
use std::sync::OnceLock;

use kokoro_text::{Accent, G2p, Lexicon, Nobody, Phonemes, normalise, token_id};

const CASES: &str = include_str!("normalise.tsv");
const TABLE: &str = include_str!("phonemes.tsv");

const HEAD: &str =
    "# What each case of normalise.tsv must sound like: accent, text, Kokoro's symbols.\n";

fn said(text: &str, accent: Accent) -> Phonemes {
    let words = normalise(text, accent);
    G2p::shared().phonemes(&words, accent, &Lexicon::default(), &Nobody)
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

fn accent(name: &str) -> Accent {
    if name == "gb" {
        Accent::British
    } else {
        Accent::American
    }
}

/// Accent and text of every case of the normaliser's table.
fn cases() -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for columns in rows(CASES) {
        let accents: &[&str] = match columns[1] {
            "both" => &["us", "gb"],
            "us" => &["us"],
            _ => &["gb"],
        };
        found.extend(accents.iter().map(|accent| (*accent, columns[2])));
    }
    found
}

/// The lines of the table and what each sounds like; said once for all tests, since that takes a while.
fn lines() -> &'static [(Vec<&'static str>, Phonemes)] {
    static SAID: OnceLock<Vec<(Vec<&'static str>, Phonemes)>> = OnceLock::new();
    SAID.get_or_init(|| {
        rows(TABLE)
            .map(|columns| {
                let said = said(columns[1], accent(columns[0]));
                (columns, said)
            })
            .collect()
    })
}

#[test]
fn every_case_sounds_as_the_table_says() {
    if std::env::var_os("KOKORO_WRITE_TABLES").is_some() {
        let mut table = HEAD.to_owned();
        for (name, text) in cases() {
            table += &format!("{name}\t{text}\t{}\n", said(text, accent(name)).symbols);
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/phonemes.tsv");
        std::fs::write(path, table).unwrap();
        return;
    }
    let wrong: Vec<String> = lines()
        .iter()
        .filter(|(columns, said)| columns[2] != said.symbols)
        .map(|(columns, said)| format!("{columns:?}\n  found {}", said.symbols))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hardly_any_case_of_the_normaliser_is_without_a_line() {
    let lines: HashSet<(&str, &str)> = rows(TABLE).map(|c| (c[0], c[1])).collect();
    let cases = cases();
    let missing: Vec<_> = cases.iter().filter(|case| !lines.contains(*case)).collect();
    assert!(
        lines.len() >= 800 && missing.len() * 20 <= cases.len(),
        "{missing:#?}"
    );
}

#[test]
fn no_case_has_a_symbol_the_model_does_not_know() {
    for (columns, said) in lines() {
        assert!(!said.is_empty() && said.dropped == 0, "{columns:?}");
        for symbol in said.symbols.chars() {
            assert!(symbol != '❓' && token_id(symbol).is_some(), "{columns:?}");
        }
    }
}

#[test]
fn hardly_any_word_of_the_cases_has_to_be_spelled() {
    let spelled: Vec<_> = lines()
        .iter()
        .filter(|(_, said)| said.spelled > 0)
        .map(|(columns, _)| columns)
        .collect();
    assert!(spelled.len() <= 30, "{} {spelled:#?}", spelled.len());
}
