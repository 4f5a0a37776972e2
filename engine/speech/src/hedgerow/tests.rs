use std::io::Read as _;

use sha2::{Digest as _, Sha256};

use super::*;

/// The model card.
const CARD: &str = include_str!("../../../voices/README.md");

/// Size and SHA-256 that the card's table gives for a file.
fn told(file: &str) -> (usize, String) {
    let cells: Vec<&str> = CARD
        .lines()
        .map(|line| {
            line.split('|')
                .map(|cell| cell.trim().trim_matches('`'))
                .collect::<Vec<_>>()
        })
        .find(|cells| {
            cells.get(1) == Some(&file)
                && cells
                    .get(2)
                    .is_some_and(|size| size.parse::<usize>().is_ok())
        })
        .expect("a row for the file");
    (cells[2].parse().unwrap(), cells[3].to_owned())
}

#[test]
fn what_is_in_the_program_is_what_the_card_describes() {
    for source in [MODEL, STYLES] {
        let mut bytes = Vec::new();
        source.open().unwrap().read_to_end(&mut bytes).unwrap();
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = source.place().display().to_string();
        assert_eq!((bytes.len(), digest), told(&name), "{name}");
    }
}

#[test]
fn every_voice_is_on_the_card() {
    for voice in VOICES {
        assert!(CARD.contains(&format!("| `{voice}` |")), "{voice}");
    }
}

#[test]
fn its_voices_answer_to_the_names_of_others() {
    let voices = voices();
    let who = |name: &str| {
        voices
            .iter()
            .find(|voice| voice.aliases.iter().any(|alias| alias == name))
            .map(|voice| voice.id.as_str())
    };
    for (name, expected) in [
        ("alloy", "af_fern"),
        ("onyx", "am_flint"),
        ("fable", "bf_hazel"),
        ("af_heart", "af_fern"),
        ("am_michael", "am_flint"),
        ("bf_emma", "bf_hazel"),
        ("bm_george", "bm_rowan"),
        ("en-us", "am_flint"),
        ("en-us-f", "af_fern"),
        ("en-gb", "bm_rowan"),
        ("en-gb-f", "bf_hazel"),
    ] {
        assert_eq!(who(name), Some(expected), "{name}");
    }
    let mut names: Vec<&String> = voices.iter().flat_map(|voice| &voice.aliases).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), all), (13 + 28 + 4, all));
    let told: Vec<(&str, &str, &str, &str)> = voices
        .iter()
        .map(|voice| {
            (
                voice.id.as_str(),
                voice.name.as_str(),
                voice.language.as_str(),
                voice.gender,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("af_fern", "Fern", "en-US", "female"),
            ("am_flint", "Flint", "en-US", "male"),
            ("bf_hazel", "Hazel", "en-GB", "female"),
            ("bm_rowan", "Rowan", "en-GB", "male"),
        ]
    );
}
