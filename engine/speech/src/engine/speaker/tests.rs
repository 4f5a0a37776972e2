use std::time::Duration;

use kokoro_text::Boundary;

use super::*;
use crate::dsp::loudness::loudness;
use crate::engine::Cancel;
use crate::testing::{Fake, tone, voice};

fn job(text: &str) -> Job {
    Job {
        text: text.to_owned(),
        voice: voice("first", "en-US", "female", &[]),
        language: "en-GB".to_owned(),
        speed: 1.0,
        dropped: 3,
    }
}

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

fn good(name: &'static str) -> Arc<Fake> {
    Arc::new(Fake::new(name, |_, _| Ok(tone(12_000))))
}

fn bad(name: &'static str, error: fn() -> SpeechError) -> Arc<Fake> {
    Arc::new(Fake::new(name, move |_, _| Err(error())))
}

fn broken() -> SpeechError {
    SpeechError::Synthesis("broken".to_owned())
}

#[test]
fn a_whole_text_is_its_segments_with_pauses_at_target_loudness() {
    let fake = good("fake");
    let speaker = Speaker::new(fake.clone(), None);
    let rendered = speaker
        .render(
            &job("One two three four. Five six, seven eight nine ten."),
            &control(),
        )
        .unwrap();
    // Two segments of half a second, 350 ms between them, none after the last.
    assert_eq!(rendered.samples.len(), 12_000 + 8_400 + 12_000);
    assert!((loudness(&rendered.samples).unwrap() + 16.0).abs() < 0.1);
    assert!(rendered.samples[12_000..20_400].iter().all(|s| *s == 0.0));
    assert_eq!(
        (rendered.voice.as_str(), rendered.provider.as_str()),
        ("first", "fake")
    );
    assert_eq!(rendered.dropped_characters, 3);
    let asked = fake.asked.lock().unwrap();
    assert_eq!(
        asked[0],
        (
            "One two three four.".to_owned(),
            "first".to_owned(),
            "en-GB".to_owned(),
            1.0
        )
    );
    assert_eq!(asked.len(), 2);
}

#[test]
fn segments_without_sound_leave_one_pause_the_longest() {
    let fake = Arc::new(Fake::new("fake", |request, _| {
        Ok(if request.text.contains("silent") {
            vec![0.0; 5_000]
        } else {
            tone(12_000)
        })
    }));
    let speaker = Speaker::new(fake, None);
    let turn = speaker.turn(speaker.first.as_ref(), job("x"));
    let mut voicing = turn.voicing();
    let mut speak = |text: &str, ends| {
        voicing
            .speak(
                &Segment {
                    text: text.to_owned(),
                    ends,
                },
                &control(),
            )
            .unwrap()
            .len()
    };
    assert_eq!(speak("silent", Boundary::Paragraph), 0);
    assert_eq!(speak("a", Boundary::Sentence), 12_000);
    assert_eq!(speak("silent", Boundary::Comma), 0);
    assert_eq!(speak("b", Boundary::Hard), 12_000 + 8_400);
    assert_eq!(speak("c", Boundary::Word), 12_000);
    assert_eq!(speak("silent", Boundary::Paragraph), 0);
    assert_eq!(speak("d", Boundary::Word), 12_000 + 14_400);
}

#[test]
fn nothing_but_silence_is_an_error() {
    let speaker = Speaker::new(
        Arc::new(Fake::new("mute", |_, _| Ok(vec![0.0; 9_000]))),
        None,
    );
    let error = speaker
        .render(&job("x"), &control())
        .unwrap_err()
        .to_string();
    assert_eq!(error, "synthesis failed: mute gave nothing but silence");
}

#[test]
fn a_cancelled_request_is_not_begun() {
    let fake = good("fake");
    let cancel = Cancel::new();
    cancel.cancel();
    let speaker = Speaker::new(fake.clone(), Some(good("other")));
    let outcome = speaker.render(&job("x"), &Control::new(cancel, Duration::from_secs(9)));
    assert!(matches!(outcome, Err(SpeechError::Cancelled)));
    assert_eq!(fake.asked.lock().unwrap().len(), 0);
    assert_eq!(speaker.info().fallback_count, 0);
}

#[test]
fn another_speaks_when_the_first_breaks_and_that_is_counted_and_shown() {
    for error in [
        broken as fn() -> SpeechError,
        || SpeechError::ProviderUnavailable {
            provider: "a".to_owned(),
            reason: "b".to_owned(),
        },
        || SpeechError::InvalidModel {
            path: "a".to_owned(),
            expected: "b",
            found: "c".to_owned(),
        },
    ] {
        let speaker = Speaker::new(bad("kokoro", error), Some(good("espeak")));
        assert_eq!(speaker.info().provider, "kokoro");
        assert_eq!(speaker.info().backend, "kokoro 1.0");
        for count in 1..=2 {
            let rendered = speaker.render(&job("x"), &control()).unwrap();
            assert_eq!(rendered.provider, "espeak");
            let info = speaker.info();
            assert_eq!(
                (info.provider.as_str(), info.backend.as_str()),
                ("espeak", "espeak 1.0")
            );
            assert_eq!(info.fallback_count, count);
            assert_eq!(info.execution_provider, "cpu");
            assert_eq!(info.model_sha256, None);
        }
    }
}

#[test]
fn when_the_first_speaks_again_it_is_shown_again() {
    let first = Arc::new(Fake::new("kokoro", |request, _| {
        if request.text == "bad" {
            Err(broken())
        } else {
            Ok(tone(12_000))
        }
    }));
    let speaker = Speaker::new(first, Some(good("espeak")));
    speaker.render(&job("bad"), &control()).unwrap();
    assert_eq!(speaker.info().provider, "espeak");
    assert_eq!(
        speaker.render(&job("good"), &control()).unwrap().provider,
        "kokoro"
    );
    assert_eq!(speaker.info().provider, "kokoro");
    assert_eq!(speaker.info().fallback_count, 1);
}

#[test]
fn time_and_cancel_are_no_reason_for_another_provider() {
    for error in [
        (|| SpeechError::Deadline { seconds: 1 }) as fn() -> SpeechError,
        || SpeechError::Cancelled,
    ] {
        let second = good("espeak");
        let speaker = Speaker::new(bad("kokoro", error), Some(second.clone()));
        let found = speaker.render(&job("x"), &control()).unwrap_err();
        assert_eq!(found.to_string(), error().to_string());
        assert_eq!(second.asked.lock().unwrap().len(), 0);
        assert_eq!(speaker.info().fallback_count, 0);
        assert_eq!(speaker.info().provider, "kokoro");
    }
}

#[test]
fn without_another_the_error_is_the_firsts_and_with_a_broken_one_the_seconds() {
    let speaker = Speaker::new(bad("kokoro", broken), None);
    assert_eq!(
        speaker
            .render(&job("x"), &control())
            .unwrap_err()
            .to_string(),
        "synthesis failed: broken"
    );
    let second = bad("espeak", || SpeechError::Synthesis("too".to_owned()));
    let speaker = Speaker::new(bad("kokoro", broken), Some(second));
    assert_eq!(
        speaker
            .render(&job("x"), &control())
            .unwrap_err()
            .to_string(),
        "synthesis failed: too"
    );
}

#[test]
fn what_was_heard_is_not_said_again_by_another() {
    let speaker = Speaker::new(good("kokoro"), Some(good("espeak")));
    let mut attempts = 0;
    let outcome: Result<(), SpeechError> = speaker.perform(&job("x"), |_| {
        attempts += 1;
        Err(Failure {
            error: broken(),
            heard: true,
        })
    });
    assert!(outcome.is_err());
    assert_eq!(attempts, 1);
    assert_eq!(speaker.info().fallback_count, 0);
}

#[test]
fn the_voice_that_stands_in_is_the_most_alike() {
    let voices = [
        voice("a", "en-US", "male", &["x"]),
        voice("b", "en-GB", "male", &[]),
        voice("c", "en-GB", "female", &[]),
    ];
    let chosen = |id, language, gender| stand_in(&voices, &voice(id, language, gender, &[])).id;
    assert_eq!(chosen("c", "en-US", "male"), "c");
    assert_eq!(chosen("x", "en-GB", "female"), "a");
    assert_eq!(chosen("z", "en-GB", "female"), "c");
    assert_eq!(chosen("z", "en-GB", "neutral"), "b");
    assert_eq!(chosen("z", "en-US", "female"), "a");
    assert_eq!(chosen("z", "fr-FR", "female"), "a");
    assert_eq!(stand_in(&[], &voice("z", "fr-FR", "male", &[])).id, "z");
}

#[test]
fn a_voices_gain_is_measured_once_for_each_pace() {
    let fake = good("fake");
    let speaker = Speaker::new(fake.clone(), None);
    let gain = |speed: f32| {
        let job = Job { speed, ..job("x") };
        speaker
            .turn(speaker.first.as_ref(), job)
            .calibrated_gain(&control())
            .unwrap()
    };
    let first = gain(1.0);
    assert!(first > 1.0 && first < 20.0, "{first}");
    assert_eq!(gain(1.1), first);
    assert_eq!(fake.count(CALIBRATION), 1);
    gain(1.5);
    gain(0.25);
    gain(4.0);
    assert_eq!(fake.count(CALIBRATION), 4);
    let asked = fake.asked.lock().unwrap();
    let speeds: Vec<f32> = asked.iter().map(|(.., speed)| *speed).collect();
    assert_eq!(speeds, [1.0, 2.0_f32.sqrt(), 0.25, 4.0]);
    // In the voice's own language, whatever the request's.
    assert!(
        asked
            .iter()
            .all(|(_, voice, language, _)| voice == "first" && language == "en-US")
    );
}

#[test]
fn half_octaves_round_to_the_nearest() {
    for (speed, expected) in [
        (0.25, -4),
        (0.5, -2),
        (1.0, 0),
        (1.18, 0),
        (1.2, 1),
        (2.0, 2),
        (4.0, 4),
    ] {
        assert_eq!(half_octaves(speed), expected, "{speed}");
    }
}

#[test]
fn warming_up_measures_the_default_voice() {
    let fake = good("fake");
    let speaker = Speaker::new(fake.clone(), None);
    speaker.warm_up(&control()).unwrap();
    speaker.warm_up(&control()).unwrap();
    assert_eq!(fake.count(CALIBRATION), 1);
    assert!(
        Speaker::new(bad("fake", broken), None)
            .warm_up(&control())
            .is_err()
    );
    let mut mute = Fake::new("fake", |_, _| Err(broken()));
    mute.voices.clear();
    assert!(
        Speaker::new(Arc::new(mute), None)
            .warm_up(&control())
            .is_ok()
    );
}
