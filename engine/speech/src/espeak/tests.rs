use super::*;
use kokoro_text::ScriptSegment;

use crate::testing::{segment, stand_in, tone, unread};

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(20))
}

fn request<'a>(segment: &'a ScriptSegment, voice: &'a Voice, speed: f32) -> Request<'a> {
    Request {
        segment,
        voice,
        language: "en-US",
        speed,
    }
}

/// A provider whose program writes a WAV of ours and remembers what it was given.
fn recorded(output: &[u8]) -> (tempfile::TempDir, Espeak) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), output).unwrap();
    let espeak = Espeak::open(stand_in(folder.path(), "speaks")).unwrap();
    (folder, espeak)
}

#[test]
fn the_program_is_that_of_the_configuration_then_the_environment_then_the_path() {
    let configured = Path::new("/a/espeak");
    assert_eq!(
        program(Some(configured), Some("/b/espeak".into())),
        PathBuf::from("/a/espeak")
    );
    assert_eq!(
        program(None, Some("/b/espeak".into())),
        PathBuf::from("/b/espeak")
    );
    assert_eq!(program(None, Some("".into())), PathBuf::from("espeak-ng"));
    assert_eq!(program(None, None), PathBuf::from("espeak-ng"));
}

#[test]
fn an_absent_program_says_what_to_do() {
    let error = Espeak::open(PathBuf::from("/no/such/espeak-ng")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "espeak cannot speak: expected the eSpeak NG program at `/no/such/espeak-ng`, but it cannot be started: there \
         is no such program; install the package `espeak-ng` (apt, dnf, brew) or set KOKORO_ESPEAK to its program"
    );
    assert!(matches!(error, SpeechError::ProviderUnavailable { .. }));
}

#[test]
fn another_program_is_not_taken_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), "other");
    let error = Espeak::open(program).unwrap_err().to_string();
    assert!(
        error.starts_with("espeak cannot speak: expected `") && error.contains("to name eSpeak NG"),
        "{error}"
    );
}

#[test]
fn it_says_which_program_it_is() {
    let (folder, espeak) = recorded(b"");
    assert_eq!(espeak.name(), "espeak");
    assert_eq!(espeak.backend(), "espeak-ng 9.9");
    assert_eq!(espeak.model_sha256(), None);
    assert_eq!(
        espeak.limits(),
        Limits {
            first: 160,
            max: 320,
            growth: 2
        }
    );
    assert!(espeak.ready().is_ok());
    std::fs::remove_file(folder.path().join("speaks")).unwrap();
    assert!(matches!(
        espeak.ready(),
        Err(SpeechError::ProviderUnavailable { .. })
    ));
}

#[test]
fn the_text_goes_in_by_standard_input_and_never_as_an_argument() {
    let (folder, espeak) = recorded(&wav::wav_bytes(&tone(2_400)));
    let voice = &espeak.voices()[1];
    let samples = espeak
        .synthesise(
            &request(&unread("--help [[x]] secret"), voice, 1.0),
            &control(),
        )
        .unwrap()
        .samples;
    assert_eq!(samples.len(), 2_400);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("text"), "--help ((x)) secret");
    assert_eq!(
        read("args"),
        "--stdin\n--stdout\n-b\n1\n-z\n-s\n175\n-v\nen-us+f3\n"
    );
}

#[test]
fn rates_beyond_the_programs_own_are_stretched() {
    let (folder, espeak) = recorded(&wav::wav_bytes(&tone(24_000)));
    let voice = &espeak.voices()[0];
    for (speed, rate, length) in [
        (0.25, "100", 54_857),
        (0.5, "100", 27_429),
        (0.572, "100", 23_976),
        (0.6, "105", 24_000),
        (1.0, "175", 24_000),
        (1.4, "245", 24_000),
        (1.5, "262", 23_954),
        (2.0, "262", 17_966),
        (4.0, "262", 8_983),
    ] {
        let samples = espeak
            .synthesise(&request(&segment("x"), voice, speed), &control())
            .unwrap()
            .samples;
        assert!(
            samples.len().abs_diff(length) <= 1,
            "{speed}: {}",
            samples.len()
        );
        let args = std::fs::read_to_string(folder.path().join("args")).unwrap();
        assert!(args.contains(&format!("-s\n{rate}\n")), "{speed}: {args}");
    }
}

#[test]
fn sound_at_another_rate_is_resampled() {
    let mut bytes = wav::wav_bytes(&tone(22_050));
    bytes[24..28].copy_from_slice(&22_050_u32.to_le_bytes());
    let (_folder, espeak) = recorded(&bytes);
    let samples = espeak
        .synthesise(
            &request(&segment("x"), &espeak.voices()[0], 1.0),
            &control(),
        )
        .unwrap()
        .samples;
    assert_eq!(samples.len(), 24_000);
}

#[test]
fn what_is_no_sound_is_an_error() {
    let (_folder, espeak) = recorded(b"nonsense");
    let error = espeak
        .synthesise(
            &request(&segment("secret"), &espeak.voices()[0], 1.0),
            &control(),
        )
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("wrote no usable audio: expected a RIFF/WAVE file, found 8 bytes"),
        "{error}"
    );
}

#[test]
fn failures_never_hold_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let espeak = Espeak::open(stand_in(folder.path(), "breaks")).unwrap();
    let error = espeak
        .synthesise(
            &request(&segment("secret"), &espeak.voices()[0], 1.0),
            &control(),
        )
        .unwrap_err();
    assert!(matches!(error, SpeechError::Synthesis(_)));
    let error = error.to_string();
    assert!(
        error.ends_with("it ended with exit status: 3") && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn a_program_that_is_gone_is_unavailable() {
    let (folder, espeak) = recorded(b"");
    std::fs::remove_file(folder.path().join("speaks")).unwrap();
    let outcome = espeak.synthesise(
        &request(&segment("x"), &espeak.voices()[0], 1.0),
        &control(),
    );
    assert!(matches!(
        outcome,
        Err(SpeechError::ProviderUnavailable { .. })
    ));
}

#[test]
fn a_program_that_hangs_meets_the_deadline_or_the_cancel() {
    let folder = tempfile::tempdir().unwrap();
    let espeak = Espeak::open(stand_in(folder.path(), "hangs")).unwrap();
    let short = Control::new(Cancel::new(), Duration::from_millis(200));
    let outcome = espeak.synthesise(&request(&segment("x"), &espeak.voices()[0], 1.0), &short);
    assert!(matches!(outcome, Err(SpeechError::Deadline { seconds: 0 })));
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = Control::new(cancel, Duration::from_secs(60));
    let outcome = espeak.synthesise(
        &request(&segment("x"), &espeak.voices()[0], 1.0),
        &cancelled,
    );
    assert!(matches!(outcome, Err(SpeechError::Cancelled)));
}

#[test]
fn every_voice_has_a_program_name_of_its_own() {
    let all = voices::all();
    let ids: Vec<&str> = all.iter().map(|voice| voice.id.as_str()).collect();
    assert_eq!(ids, ["en-us", "en-us-f", "en-gb", "en-gb-f"]);
    let names: Vec<&str> = ids.iter().map(|id| voices::program_name(id)).collect();
    assert_eq!(names, ["en-us", "en-us+f3", "gmw/en", "gmw/en+f3"]);
    assert_eq!(voices::program_name("other"), "en-us");
    for voice in &all {
        assert_eq!(
            voice.language,
            if voice.id.starts_with("en-us") {
                "en-US"
            } else {
                "en-GB"
            }
        );
        assert_eq!(
            voice.gender,
            if voice.id.ends_with("-f") {
                "female"
            } else {
                "male"
            }
        );
    }
    let openai = "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar";
    for name in openai
        .split(' ')
        .chain(["af_heart", "am_michael", "bf_emma", "bm_george"])
    {
        assert_eq!(
            all.iter()
                .filter(|v| v.aliases.iter().any(|a| a == name))
                .count(),
            1,
            "{name}"
        );
    }
    for voice in &all {
        for alias in voice.aliases.iter().filter(|alias| alias.contains('_')) {
            let language = if alias.starts_with('a') {
                "en-US"
            } else {
                "en-GB"
            };
            let gender = if alias[1..].starts_with('f') {
                "female"
            } else {
                "male"
            };
            assert_eq!(
                (voice.language.as_str(), voice.gender),
                (language, gender),
                "{alias}"
            );
        }
    }
}
