use std::time::Duration;

use super::*;
use crate::engine::Cancel;
use crate::espeak;
use crate::testing::{fixture, segment};

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
fn without_the_pronouncer_it_opens_and_is_ready() {
    let kokoro = Kokoro::open(
        &fixture("tiny-v1.0.onnx"),
        Some(&fixture("tiny-voices.npz")),
        PathBuf::from("/no/such/program"),
        None,
    )
    .unwrap();
    assert!(kokoro.ready().is_ok());
    assert!(!spoken(&kokoro, "hello", 0, "en-US", 1.0).is_empty());
}

#[test]
fn symbols_the_model_does_not_know_are_left_out_and_counted() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_eq!(kokoro.unknown_symbols(), 0);
    let voiced = kokoro.voiced("aʘbʘ", "af_heart", 1.0, &control()).unwrap();
    assert_eq!(voiced.samples.len(), length(2));
    assert_eq!(kokoro.unknown_symbols(), 2);
    // A piece of nothing else is silent.
    assert_eq!(
        kokoro.voiced("ʘ", "af_heart", 1.0, &control()).unwrap(),
        Voiced::default()
    );
    assert_eq!(kokoro.unknown_symbols(), 3);
}

#[test]
fn debugging_shows_no_rows() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let text = format!("{kokoro:?}");
    assert!(
        text.contains("bf_emma") && text.len() < 4_000,
        "{}",
        text.len()
    );
}

#[test]
fn blends_are_spoken() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let said = |voice: &str| {
        kokoro
            .voiced("hɛl", voice, 1.0, &control())
            .unwrap()
            .samples
    };
    assert_eq!(said("af_heart(1)"), said("af_heart"));
    assert_eq!(said("af_heart,am_michael").len(), length(3));
    assert_ne!(said("af_heart,am_michael"), said("af_heart"));
    let error = kokoro
        .voiced("hɛl", "af_heart+x", 1.0, &control())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown voice `x`; `kokoro voices` lists those there are"
    );
}

#[test]
fn every_symbol_has_its_time_where_the_model_tells() {
    let long = format!("{}  {}", "a".repeat(PHONEMES_PER_RUN), "❓b ");
    let count = long.chars().count();
    let kokoro = open("tiny-timestamped.onnx", Some("tiny-voices.npz")).unwrap();
    let voiced = kokoro.voiced(&long, "af_heart", 1.0, &control()).unwrap();
    assert_eq!(voiced.spans.len(), count);
    // Two runs, each with padding of three frames at its ends, of which two in front are cut off; frames of 25 ms.
    let frames = 3 * (PHONEMES_PER_RUN + 2) - 2 + 3 * 3 - 2;
    assert_eq!(voiced.samples.len(), frames * 600);
    // In frames.
    let at = |index: usize| {
        let (from, to): (f32, f32) = voiced.spans[index];
        ((from * 40.0).round(), (to * 40.0).round())
    };
    let end = (3 * (PHONEMES_PER_RUN + 2) - 2) as f32;
    assert_eq!(at(0), (1.0, 4.0));
    assert_eq!(at(PHONEMES_PER_RUN), (end, end));
    assert_eq!(at(PHONEMES_PER_RUN + 3), (end + 1.0, end + 4.0));
    assert_eq!(at(count - 1), (end + 4.0, end + 4.0));
    assert!(
        voiced
            .spans
            .windows(2)
            .all(|pair| pair[0].1 <= pair[1].0 + 1e-4)
    );
    // Without durations, no times.
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_eq!(
        kokoro
            .voiced(&long, "af_heart", 1.0, &control())
            .unwrap()
            .spans,
        []
    );
}

#[test]
fn a_stretched_voice_is_timed_as_it_is_heard() {
    let kokoro = open("tiny-zh.onnx", Some("tiny-voices.npz")).unwrap();
    let voiced = kokoro.voiced("ab", "af_heart", 2.0, &control()).unwrap();
    assert_eq!(voiced.samples.len(), 10 * 600 / 2);
    let ends: Vec<f32> = voiced.spans.iter().map(|(_, end)| *end).collect();
    assert_eq!(ends.len(), 2);
    assert!(
        (ends[0] - 0.05).abs() < 1e-4 && (ends[1] - 0.0875).abs() < 1e-4,
        "{ends:?}"
    );
}

#[test]
fn speakers_of_the_models_metadata_name_the_rows_of_one_file() {
    let kokoro = open("tiny-sherpa-v0.19.onnx", Some("two-speakers.bin")).unwrap();
    let ids: Vec<&str> = kokoro
        .voices()
        .iter()
        .map(|voice| voice.id.as_str())
        .collect();
    assert_eq!(ids, ["af", "bf_emma"]);
    // A voice called `af` is one of the first model's, whose table spells the diphthong in two.
    assert_eq!(
        kokoro
            .voiced("A", "af", 1.0, &control())
            .unwrap()
            .samples
            .len(),
        length(2)
    );
}

#[test]
fn where_it_computes_is_told() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    assert_eq!(
        (kokoro.execution_provider(), kokoro.execution_fallback()),
        ("cpu", None)
    );
    let config = EngineConfig {
        execution: crate::engine::ExecutionChoice::Cuda,
        backend: crate::engine::BackendChoice::Rten,
        voices: Some(fixture("tiny-voices.npz")),
        ..EngineConfig::default()
    };
    let error = Kokoro::configured(
        &fixture("tiny-v1.0.onnx"),
        &config,
        espeak::program(None, None),
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("an accelerator was asked for, which the back end rten does not use"),
        "{error}"
    );
}

#[test]
fn a_run_takes_its_threads_and_memory_by_the_size_of_the_file() {
    let kokoro = open("tiny-v1.0.onnx", Some("tiny-voices.npz")).unwrap();
    let size = std::fs::metadata(fixture("tiny-v1.0.onnx")).unwrap().len();
    let expected = crate::provider::Footprint {
        threads: 1,
        memory: 2 * size,
    };
    assert_eq!(kokoro.footprint(), expected);
}
