//! `kokoro voices`

use std::fmt::Write as _;

use kokoro_speech::{Engine, Voice};
use serde_json::json;

use crate::args::VoicesArguments;
use crate::exit::CliError;

/// Lists the voices, the default first.
pub(crate) fn run(arguments: &VoicesArguments) -> Result<(), CliError> {
    let voices = Engine::open(crate::model::configured(&arguments.engine)?)?.voices();
    crate::print(&if arguments.json {
        as_json(&voices)
    } else {
        as_table(&voices)
    })
}

fn as_json(voices: &[Voice]) -> String {
    let list: Vec<_> = voices
        .iter()
        .map(|voice| {
            json!({
                "id": voice.id,
                "name": voice.name,
                "language": voice.language,
                "gender": voice.gender,
                "aliases": voice.aliases,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(list))
}

fn as_table(voices: &[Voice]) -> String {
    let width = voices
        .iter()
        .map(|voice| voice.id.len())
        .max()
        .unwrap_or_default();
    let mut table = String::new();
    for voice in voices {
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "{:width$}  {}  {:7}  {}",
            voice.id, voice.language, voice.gender, voice.name
        );
        if !voice.aliases.is_empty() {
            let _ = writeln!(table, "{:width$}    also: {}", "", voice.aliases.join(", "));
        }
    }
    table
}

#[cfg(test)]
mod tests;
