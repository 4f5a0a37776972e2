use std::time::Duration;

use super::*;
use crate::engine::Cancel;
use crate::kokoro::vocabulary::Vocabulary;
use crate::testing::{FLAVOURS, fixture};

fn opened(name: &str) -> Model {
    let path = fixture(name);
    let inspected = Inspected::read(&path).unwrap();
    let voices = Voices::open(&fixture("tiny-voices.npz"), &inspected.speakers()).unwrap();
    let config = EngineConfig {
        threads: Some(1),
        ..EngineConfig::default()
    };
    inspected
        .load(Source::from(&path), &voices, &config)
        .unwrap()
}

fn control() -> Control {
    Control::new(Cancel::new(), Duration::MAX)
}

fn tokens(ids: &[i64]) -> Tokens {
    Tokens {
        ids: ids.to_vec(),
        symbols: (0..ids.len() - 2).collect(),
        dropped: 0,
    }
}

fn style(loud: f32, high: f32) -> Vec<f32> {
    let mut style = vec![0.0; STYLE];
    style[0] = loud;
    style[1] = high;
    style
}

#[test]
fn both_kinds_of_export_run_and_agree() {
    let plain = opened("tiny-v1.0.onnx");
    let whole = opened("tiny-integer-speed.onnx");
    assert!(plain.takes_any_speed());
    assert!(!whole.takes_any_speed());
    let tokens = tokens(&[0, 50, 83, 0]);
    let samples = plain
        .run(&tokens, &style(0.5, 0.01), 1.0, &control())
        .unwrap()
        .samples;
    assert_eq!(samples.len(), 4 * 1_800);
    // The padding is silent, the tokens sound as their ids say.
    assert!(
        samples[..1_800]
            .iter()
            .chain(&samples[5_400..])
            .all(|s| *s == 0.0)
    );
    assert!((samples[1_801] - 0.5 * (50.0_f32 * 0.01 * 1_801.0).sin()).abs() < 1e-3);
    assert_eq!(
        whole
            .run(&tokens, &style(0.5, 0.01), 1.0, &control())
            .unwrap()
            .samples,
        samples
    );
}

#[test]
fn speed_goes_into_the_model() {
    let tokens = tokens(&[0, 50, 0]);
    let plain = opened("tiny-v1.0.onnx");
    let length = |model: &Model, speed| {
        model
            .run(&tokens, &style(0.5, 0.01), speed, &control())
            .unwrap()
            .samples
            .len()
    };
    assert_eq!(length(&plain, 2.0), 5 * 600);
    assert_eq!(length(&plain, 0.5), 18 * 600);
    // Whole numbers only: whatever is asked for, it is 1.
    assert_eq!(length(&opened("tiny-integer-speed.onnx"), 2.0), 9 * 600);
}

#[test]
fn every_flavour_speaks_and_tells_times_where_it_can() {
    for name in FLAVOURS {
        let model = opened(name);
        let voiced = model
            .run(&tokens(&[0, 50, 83, 0]), &style(0.5, 0.01), 1.0, &control())
            .unwrap();
        if model.flavour.durations.is_some() {
            // Two of the three frames of padding in front are cut off.
            assert_eq!(voiced.samples.len(), 12 * 600 - 1_200, "{name}");
            let ends: Vec<f32> = voiced
                .spans
                .iter()
                .map(|(_, end)| (end * 1000.0).round())
                .collect();
            assert_eq!(ends, [100.0, 175.0], "{name}");
        } else {
            assert_eq!(
                (voiced.samples.len(), voiced.spans.len()),
                (12 * 600, 0),
                "{name}"
            );
        }
        assert!(
            voiced.samples.iter().any(|sample| sample.abs() > 0.1),
            "{name}"
        );
    }
}

#[test]
fn a_style_of_another_size_is_an_error() {
    let error = opened("tiny-v1.0.onnx")
        .run(&tokens(&[0, 50, 0]), &[0.0; 5], 1.0, &control())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("synthesis failed: the model's run failed: "),
        "{error}"
    );
}

#[test]
fn sound_that_is_no_number_is_an_error() {
    let error = opened("tiny-v1.0.onnx")
        .run(
            &tokens(&[0, 50, 0]),
            &style(f32::NAN, 0.01),
            1.0,
            &control(),
        )
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "synthesis failed: the model's audio holds values that are no numbers"
    );
}

#[test]
fn another_model_is_named_by_what_it_has() {
    let error = Inspected::read(&fixture("other.onnx")).unwrap_err();
    let SpeechError::InvalidModel {
        path,
        expected,
        found,
    } = error
    else {
        panic!("{error}")
    };
    assert!(path.ends_with("other.onnx"));
    assert_eq!(expected, "Kokoro ONNX model");
    assert!(
        found.ends_with("found inputs `pixels` (f32) and outputs `label` (f32)"),
        "{found}"
    );
}

#[test]
fn what_is_no_model_at_all_is_said_so() {
    let error = Inspected::read(&fixture("make_tiny.py")).unwrap_err();
    let SpeechError::InvalidModel { found, .. } = error else {
        panic!("{error}")
    };
    assert!(
        found.starts_with("it is damaged or no ONNX file"),
        "{found}"
    );
    let error = Inspected::read(Path::new("/no/such/model.onnx"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "kokoro cannot speak: expected a file at `/no/such/model.onnx`, but it cannot be read: "
        ),
        "{error}"
    );
    let error = Inspected::read(&fixture("")).unwrap_err();
    assert!(
        matches!(error, SpeechError::ProviderUnavailable { .. }),
        "{error}"
    );
}

#[test]
fn the_digest_is_that_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "abc").unwrap();
    assert_eq!(
        digest(Source::from(&file)).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    // Longer than one piece.
    std::fs::write(&file, vec![b'a'; 1_000_000]).unwrap();
    assert_eq!(
        digest(Source::from(&file)).unwrap(),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

#[test]
fn speakers_are_those_of_the_metadata() {
    let of = |name: &str| Inspected::read(&fixture(name)).unwrap().speakers();
    let told = of("tiny-sherpa-v0.19.onnx");
    assert_eq!(
        (told.names, told.rows),
        (vec!["af".to_owned(), "bf_emma".to_owned()], 4)
    );
    let none = of("tiny-v1.0.onnx");
    assert_eq!((none.names.len(), none.rows), (0, 510));
}

#[test]
fn symbols_are_those_the_model_was_trained_with() {
    assert_eq!(opened("tiny-v1.0.onnx").vocabulary, Vocabulary::V1_0);
    assert_eq!(
        opened("tiny-v1.1-fp16.onnx").tokens("ha").unwrap().ids,
        [0, 9, 7, 0]
    );
    let error = opened("tiny-v1.0.onnx")
        .tokens(&"a".repeat(511))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "synthesis failed: 511 phonemes in one piece"
    );
}

#[test]
fn debugging_shows_graph_and_digest() {
    let text = format!("{:?}", opened("tiny-v1.0.onnx"));
    assert!(text.contains("tokens") && text.contains("sha256"), "{text}");
}
