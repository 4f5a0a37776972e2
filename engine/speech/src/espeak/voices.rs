//! eSpeak NG's voices under names that requests use.

use crate::engine::Voice;

/// One of our voices.
struct Row {
    id: &'static str,
    name: &'static str,
    language: &'static str,
    gender: &'static str,
    /// The program's own name.
    program: &'static str,
    /// Other engines' voices it stands in for.
    aliases: &'static [&'static str],
}

/// The program ignores a variant behind `en-gb` (measured with 1.51), but heeds one behind the voice file's name `gmw/en`.
const TABLE: [Row; 4] = [
    Row {
        id: "en-us",
        name: "American English, male",
        language: "en-US",
        gender: "male",
        program: "en-us",
        aliases: &[
            "ash",
            "ballad",
            "cedar",
            "echo",
            "onyx",
            "verse",
            "am_adam",
            "am_echo",
            "am_eric",
            "am_fenrir",
            "am_liam",
            "am_michael",
            "am_onyx",
            "am_puck",
            "am_santa",
        ],
    },
    Row {
        id: "en-us-f",
        name: "American English, female",
        language: "en-US",
        gender: "female",
        program: "en-us+f3",
        aliases: &[
            "alloy",
            "coral",
            "marin",
            "nova",
            "sage",
            "shimmer",
            "af_alloy",
            "af_aoede",
            "af_bella",
            "af_heart",
            "af_jessica",
            "af_kore",
            "af_nicole",
            "af_nova",
            "af_river",
            "af_sarah",
            "af_sky",
        ],
    },
    Row {
        id: "en-gb",
        name: "British English, male",
        language: "en-GB",
        gender: "male",
        program: "gmw/en",
        aliases: &["bm_daniel", "bm_fable", "bm_george", "bm_lewis"],
    },
    Row {
        id: "en-gb-f",
        name: "British English, female",
        language: "en-GB",
        gender: "female",
        program: "gmw/en+f3",
        aliases: &["fable", "bf_alice", "bf_emma", "bf_isabella", "bf_lily"],
    },
];

/// All of them, the default first.
pub(super) fn all() -> Vec<Voice> {
    TABLE
        .iter()
        .map(|row| Voice {
            id: row.id.to_owned(),
            name: row.name.to_owned(),
            language: row.language.to_owned(),
            gender: row.gender,
            aliases: row
                .aliases
                .iter()
                .map(|alias| (*alias).to_owned())
                .collect(),
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
