use std::time::Duration;

use super::*;
use crate::engine::Cancel;
use crate::espeak;
use crate::testing::{fixture, segment, stand_in};

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

fn open(model: &str, voices: Option<&str>) -> Result<Kokoro, SpeechError> {
    let program = espeak::program(None, None);
    Kokoro::open(
        &fixture(model),
        voices.map(fixture).as_deref(),
        program,
        Some(1),
    )
}

fn spoken(kokoro: &Kokoro, text: &str, voice: usize, language: &str, speed: f32) -> Vec<f32> {
    let request = Request {
        segment: &segment(text),
        voice: &kokoro.voices()[voice],
        language,
        speed,
    };
    kokoro.synthesise(&request, &control()).unwrap().samples
}

/// Samples of audio the tiny models make of so many phonemes: three frames each, padding included.
fn length(phonemes: usize) -> usize {
    (phonemes + 2) * 1_800
}

#[test]
fn it_says_what_it_is() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_eq!(
        (kokoro.name(), kokoro.backend().as_str()),
        ("kokoro", "rten 0.27")
    );
    assert_eq!(
        kokoro.limits(),
        Limits {
            first: 20,
            max: 160,
            growth: 2
        }
    );
    assert_eq!(kokoro.model_sha256().unwrap().len(), 64);
    assert!(kokoro.ready().is_ok());
    let ids: Vec<&str> = kokoro
        .voices()
        .iter()
        .map(|voice| voice.id.as_str())
        .collect();
    assert_eq!(ids, ["af_heart", "am_michael", "bf_emma"]);
}

#[test]
fn a_text_becomes_as_many_frames_as_it_has_phonemes() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    // h ə l ˈ O
    assert_eq!(spoken(&kokoro, "hello", 0, "en-US", 1.0).len(), length(5));
    // The comma and the full stop are phonemes of their own, and the blank.
    assert_eq!(
        spoken(&kokoro, "hello, hello.", 0, "en-US", 1.0).len(),
        length(13)
    );
    assert_eq!(
        spoken(&kokoro, "hello", 0, "en-US", 2.0).len(),
        length(5).div_ceil(2).next_multiple_of(600)
    );
}

#[test]
fn language_decides_the_accent() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    // American `kˈɑɹ`, British `kˈɑː`: the same length; `bird` is `bˈɜɹd` and `bˈɜːd`. `new`: `nˈu` and `njˈuː`.
    assert_eq!(spoken(&kokoro, "new", 0, "en-US", 1.0).len(), length(3));
    assert_eq!(spoken(&kokoro, "new", 0, "en-GB", 1.0).len(), length(5));
}

#[test]
fn the_style_row_is_that_of_the_length() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let loudest = |text: &str| {
        spoken(&kokoro, text, 0, "en-US", 1.0)
            .iter()
            .fold(0.0_f32, |peak, s| peak.max(*s))
    };
    // Rows of the fixture are 0.1, 0.2, 0.3, 0.4 loud; the last serves all longer texts. `new` has three phonemes.
    assert!((loudest("new") - 0.3).abs() < 0.01, "{}", loudest("new"));
    assert!((loudest("hello there") - 0.4).abs() < 0.01);
}

#[test]
fn voices_sound_different() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_ne!(
        spoken(&kokoro, "hello", 0, "en-US", 1.0),
        spoken(&kokoro, "hello", 1, "en-US", 1.0)
    );
}

#[test]
fn a_model_with_whole_number_speed_is_stretched_instead() {
    let kokoro = open("tiny-integer-speed.onnx", Some("tiny-voices.npz")).unwrap();
    for (speed, expected) in [
        (1.0, length(5)),
        (2.0, length(5) / 2),
        (0.5, length(5) * 2),
        (1.5, length(5) * 2 / 3),
    ] {
        assert_eq!(
            spoken(&kokoro, "hello", 0, "en-US", speed).len(),
            expected,
            "{speed}"
        );
    }
}

#[test]
fn a_text_too_long_for_one_run_takes_several() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let digits = "1234567890 ".repeat(20);
    let samples = spoken(&kokoro, digits.trim(), 0, "en-US", 1.0);
    assert!(
        samples.len() > length(3 * PHONEMES_PER_RUN),
        "{}",
        samples.len()
    );
}

#[test]
fn what_has_no_phonemes_has_no_sound() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_eq!(spoken(&kokoro, "_", 0, "en-US", 1.0), Vec::<f32>::new());
}

#[test]
fn a_cancelled_request_is_not_run() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let cancel = Cancel::new();
    cancel.cancel();
    let request = Request {
        segment: &segment("hello"),
        voice: &kokoro.voices()[0],
        language: "en-US",
        speed: 1.0,
    };
    let outcome = kokoro.synthesise(&request, &Control::new(cancel, Duration::from_secs(9)));
    assert!(matches!(outcome, Err(SpeechError::Cancelled)));
}

#[test]
fn voices_are_found_beside_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.onnx");
    std::fs::copy(fixture("tiny-v1.0.onnx"), &model).unwrap();
    let program = espeak::program(None, None);
    let error = Kokoro::open(&model, None, program.clone(), Some(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "kokoro cannot speak: expected a voices file, but none is named and none of voices-v1.0.bin, voices.npz, \
         voices.bin, voices lies beside the model; name one"
    );
    std::fs::copy(
        fixture("tiny-voices.npz"),
        folder.path().join("voices-v1.0.bin"),
    )
    .unwrap();
    assert!(Kokoro::open(&model, None, program, Some(1)).is_ok());
}

#[test]
fn without_the_pronouncer_it_does_not_open() {
    let program = PathBuf::from("/no/such/program");
    let error = Kokoro::open(
        &fixture("tiny-v1.0.onnx"),
        Some(&fixture("tiny-voices.npz")),
        program,
        None,
    )
    .unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with(
            "kokoro cannot speak: expected the eSpeak NG program at `/no/such/program`"
        ),
        "{error}"
    );
}

#[test]
fn it_is_not_ready_when_the_pronouncer_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), "speaks");
    let kokoro = Kokoro::open(
        &fixture("tiny-v1.0.onnx"),
        Some(&fixture("tiny-voices.npz")),
        program.clone(),
        None,
    )
    .unwrap();
    std::fs::remove_file(program).unwrap();
    assert!(matches!(
        kokoro.ready(),
        Err(SpeechError::ProviderUnavailable { .. })
    ));
}

#[test]
fn symbols_the_model_does_not_know_are_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "aʘbʘ\n").unwrap();
    let kokoro = Kokoro::open(
        &fixture("tiny-v1.0.onnx"),
        Some(&fixture("tiny-voices.npz")),
        stand_in(folder.path(), "speaks"),
        Some(1),
    )
    .unwrap();
    assert_eq!(kokoro.unknown_symbols(), 0);
    assert_eq!(spoken(&kokoro, "x", 0, "en-US", 1.0).len(), length(2));
    assert_eq!(kokoro.unknown_symbols(), 2);
}
