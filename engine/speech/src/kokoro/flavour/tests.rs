use super::*;
use crate::testing::{FLAVOURS, fixture};

fn of(name: &str) -> Result<Flavour, String> {
    Flavour::of(&Onnx::read(&fixture(name)).unwrap())
}

#[test]
fn every_published_export_is_known_by_its_names_and_types() {
    for (name, tokens, audio, durations, any_speed) in [
        ("tiny-v1.0.onnx", "tokens", "audio", None, true),
        (
            "tiny-integer-speed.onnx",
            "input_ids",
            "waveform",
            None,
            false,
        ),
        ("tiny-noise.onnx", "tokens", "audio", None, true),
        (
            "tiny-zh.onnx",
            "input_ids",
            "waveform",
            Some(("duration", Element::I64)),
            false,
        ),
        (
            "tiny-v1.1-fp16.onnx",
            "input_ids",
            "waveform",
            Some(("duration", Element::I64)),
            true,
        ),
        ("tiny-hf-int8.onnx", "input_ids", "waveform", None, true),
        (
            "tiny-timestamped.onnx",
            "input_ids",
            "waveforms",
            Some(("durations", Element::F32)),
            true,
        ),
        ("tiny-sherpa-v0.19.onnx", "tokens", "audio", None, true),
    ] {
        assert!(FLAVOURS.contains(&name));
        let flavour = of(name).unwrap();
        assert_eq!(
            (flavour.tokens.name.as_str(), flavour.audio.name.as_str()),
            (tokens, audio),
            "{name}"
        );
        let told = flavour
            .durations
            .as_ref()
            .map(|port| (port.name.as_str(), port.element));
        assert_eq!(
            (told, flavour.takes_any_speed()),
            (durations, any_speed),
            "{name}"
        );
    }
}

#[test]
fn another_model_is_named_by_what_it_has() {
    assert_eq!(
        of("other.onnx").unwrap_err(),
        "expected inputs `tokens` or `input_ids` (integers), `style` (floats), `speed`, no others, and an output `audio` or \
         `waveform` (floats), found inputs `pixels` (f32) and outputs `label` (f32)"
    );
    // An input that nobody would feed: the noise, once it is one.
    let mut onnx = Onnx::read(&fixture("tiny-noise.onnx")).unwrap();
    onnx.feed_noise().unwrap();
    let error = Flavour::of(&onnx).unwrap_err();
    assert!(
        error.contains("`kokoro_noise_normal` (f32) and outputs `audio` (f32)"),
        "{error}"
    );
}

#[test]
fn ports_are_listed_or_said_to_be_none() {
    assert_eq!(listed(&[]), "none");
}
