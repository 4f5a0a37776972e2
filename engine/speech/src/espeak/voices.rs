//! eSpeak NG's voices under names that requests use.

use crate::engine::Voice;
use crate::hedgerow;
use crate::kokoro::names::{alias, answer_for, described, kokoro};

/// One of our voices.
struct Row {
    id: &'static str,
    name: &'static str,
    language: &'static str,
    gender: &'static str,
    /// The program's own name.
    program: &'static str,
}

/// The program ignores a variant behind `en-gb` (measured with 1.51), but heeds one behind the voice file's name `gmw/en`.
const TABLE: [Row; 4] = [
    Row {
        id: "en-us",
        name: "American English, male",
        language: "en-US",
        gender: "male",
        program: "en-us",
    },
    Row {
        id: "en-us-f",
        name: "American English, female",
        language: "en-US",
        gender: "female",
        program: "en-us+f3",
    },
    Row {
        id: "en-gb",
        name: "British English, male",
        language: "en-GB",
        gender: "male",
        program: "gmw/en",
    },
    Row {
        id: "en-gb-f",
        name: "British English, female",
        language: "en-GB",
        gender: "female",
        program: "gmw/en+f3",
    },
];

/// All of them, the default first, with the names of the voices they stand in for.
pub(super) fn all() -> Vec<Voice> {
    let mut voices = bare();
    alias(&mut voices);
    answer_for(&mut voices, kokoro());
    answer_for(
        &mut voices,
        hedgerow::VOICES.iter().filter_map(|id| described(id)),
    );
    voices
}

/// The same without any other name.
pub(super) fn bare() -> Vec<Voice> {
    TABLE
        .iter()
        .map(|row| Voice {
            id: row.id.to_owned(),
            name: row.name.to_owned(),
            language: row.language.to_owned(),
            gender: row.gender,
            aliases: Vec::new(),
        })
        .collect()
}

/// What the program calls one of our voices.
pub(super) fn program_name(id: &str) -> &'static str {
    TABLE
        .iter()
        .find(|row| row.id == id)
        .map_or("en-us", |row| row.program)
}
