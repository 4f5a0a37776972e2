use std::path::Path;

use super::*;

/// The committed contract is what the code says. `UPDATE_CONTRACT=1` writes it anew.
#[test]
fn the_committed_contract_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/kokoro-tts-api.yaml");
    let generated = contract_yaml().unwrap();
    if std::env::var_os("UPDATE_CONTRACT").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == generated,
        "run this test with UPDATE_CONTRACT=1, review the change, and note it in contracts/CHANGELOG.md"
    );
}

#[test]
fn the_pattern_of_the_text_is_what_the_server_speaks() {
    let pattern = spoken();
    assert!(pattern.starts_with("[0-9A-Za-z¢-") && pattern.ends_with(']'));
    let inside: Vec<char> = pattern[1..pattern.len() - 1].chars().collect();
    // Nothing in it means anything but itself in any dialect of patterns.
    assert!(
        !inside
            .iter()
            .any(|c| matches!(c, '^' | '[' | ']' | '\\' | '&'))
    );
    let document = document(&built_in_voices());
    for name in [
        "SpeechRequest",
        "OpenAiSpeechRequest",
        "CaptionedSpeechRequest",
    ] {
        for key in ["text", "input"] {
            let found = format!("/components/schemas/{name}/properties/{key}/pattern");
            assert_eq!(document.pointer(&found).unwrap(), &pattern);
        }
    }
}

#[test]
fn json_and_yaml_say_the_same() {
    let document = document(&built_in_voices());
    let yaml: Value = yaml_serde::from_str(&to_yaml(&document).unwrap()).unwrap();
    assert_eq!(yaml, document);
    assert_eq!(
        serde_json::from_str::<Value>(&to_json(&document)).unwrap(),
        document
    );
    assert!(to_json(&document).ends_with("}\n"));
}

#[test]
fn every_reference_is_defined() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(
                    object
                        .get("$ref")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                );
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(array) => array.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document(&built_in_voices());
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(
            document
                .pointer(reference.strip_prefix('#').unwrap())
                .is_some(),
            "{reference}"
        );
    }
}

#[test]
fn voices_and_languages_are_those_of_the_server_each_once() {
    let voice = |id: &str, language: &str, aliases: &[&str]| Voice {
        id: id.to_owned(),
        name: id.to_owned(),
        language: language.to_owned(),
        gender: "neutral",
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    };
    let voices = [
        voice("b", "en-GB", &["x", "a"]),
        voice("a", "en-US", &["x"]),
        voice("c", "en-GB", &[]),
    ];
    let request = speech_request(&voices, Dialect::Own);
    assert_eq!(
        request["properties"]["voice"]["oneOf"][0]["anyOf"][0]["enum"],
        json!(["b", "a", "c", "x"])
    );
    assert_eq!(
        request["properties"]["voice"]["oneOf"][1]["properties"]["id"],
        request["properties"]["voice"]["oneOf"][0]
    );
    assert_eq!(request["properties"]["format"]["default"], "pcm");
    assert_eq!(
        speech_request(&voices, Dialect::OpenAi)["properties"]["response_format"]["default"],
        "mp3"
    );
    assert_eq!(request["properties"]["voice"]["default"], "b");
    assert_eq!(
        request["properties"]["lang"]["enum"],
        json!(["en-gb", "en-us"])
    );
}

#[test]
fn voices_that_can_be_blended_may_be() {
    let own = names(&built_in_voices());
    let pattern = own["anyOf"][1]["pattern"].as_str().unwrap();
    let part = r"(af_fern|am_flint|bf_hazel|bm_rowan)(:(0\.[1-9]|[1-9][0-9]?))?";
    assert_eq!(pattern, format!("^{part}([,+]{part}){{1,7}}$"));
    let espeaks = names(&kokoro_speech::espeak::Espeak::all_voices());
    assert_eq!(espeaks["anyOf"].as_array().unwrap().len(), 1);
}

#[test]
fn the_built_in_voices_speak_english() {
    let voices = built_in_voices();
    assert_eq!(voices[0].id, "af_fern");
    let names = voice_names(&voices);
    for name in ["am_flint", "en-us-f", "en-gb", "alloy", "af_heart"] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn whatever_may_ask_for_a_key_says_so_and_nothing_else_does() {
    let document = document(&built_in_voices());
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let refuses = operation["responses"].get("401").is_some();
            assert_eq!(refuses, !crate::access::is_open(path), "{path}");
        }
    }
}
