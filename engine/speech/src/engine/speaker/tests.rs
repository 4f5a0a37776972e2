use std::time::Duration;

use super::*;
use crate::dsp::loudness::loudness;
use crate::engine::Cancel;
use crate::provider::{Sound, WordTime};
use crate::testing::{Fake, read, tone, voice};

fn job(text: &str) -> Job {
    let mut script = read(text);
    script.dropped = 3;
    script.ignored = 2;
    Job {
        text: Arc::from(text),
        script: Arc::new(script),
        voice: voice("first", "en-US", "female", &[]),
        language: "en-GB".to_owned(),
        speed: 1.0,
    }
}

/// A speaker with time enough.
fn speaking(first: Arc<Fake>, second: Option<Arc<Fake>>) -> Speaker {
    let second = second.map(|second| second as Arc<dyn Provider>);
    let config = EngineConfig {
        concurrent_runs: Some(1),
        ..EngineConfig::default()
    };
    Speaker::new(first, second, &config)
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
    let speaker = speaking(fake.clone(), None);
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
    assert_eq!(
        (rendered.dropped_characters, rendered.ignored_markup),
        (3, 2)
    );
    assert_eq!(rendered.words, []);
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
fn nothing_but_silence_is_an_error() {
    let speaker = speaking(
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
    let speaker = speaking(fake.clone(), Some(good("other")));
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
        let speaker = speaking(bad("kokoro", error), Some(good("espeak")));
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
        if request.segment.text() == "bad" {
            Err(broken())
        } else {
            Ok(tone(12_000))
        }
    }));
    let speaker = speaking(first, Some(good("espeak")));
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
        let speaker = speaking(bad("kokoro", error), Some(second.clone()));
        let found = speaker.render(&job("x"), &control()).unwrap_err();
        assert_eq!(found.to_string(), error().to_string());
        assert_eq!(second.asked.lock().unwrap().len(), 0);
        assert_eq!(speaker.info().fallback_count, 0);
        assert_eq!(speaker.info().provider, "kokoro");
    }
}

#[test]
fn without_another_the_error_is_the_firsts_and_with_a_broken_one_the_seconds() {
    let speaker = speaking(bad("kokoro", broken), None);
    assert_eq!(
        speaker
            .render(&job("x"), &control())
            .unwrap_err()
            .to_string(),
        "synthesis failed: broken"
    );
    let second = bad("espeak", || SpeechError::Synthesis("too".to_owned()));
    let speaker = speaking(bad("kokoro", broken), Some(second));
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
    let speaker = speaking(good("kokoro"), Some(good("espeak")));
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

/// The gain of a stream of this job.
fn gain(speaker: &Speaker, job: Job) -> Leveller {
    speaker
        .turn(&speaker.first, job)
        .leveller(&control())
        .unwrap()
}

fn at(speed: f32) -> Job {
    Job { speed, ..job("x") }
}

#[test]
fn a_voices_gain_is_measured_once_for_each_pace() {
    let fake = good("fake");
    let speaker = speaking(fake.clone(), None);
    let first = gain(&speaker, at(1.0));
    assert_ne!(format!("{first:?}"), format!("{:?}", Leveller::new(0.0)));
    assert_eq!(
        format!("{:?}", gain(&speaker, at(1.1))),
        format!("{first:?}")
    );
    assert_eq!(fake.count(CALIBRATION), 1);
    gain(&speaker, at(1.5));
    gain(&speaker, at(0.25));
    gain(&speaker, at(4.0));
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
fn where_measuring_a_voice_takes_long_the_defaults_gain_has_to_do() {
    let slow = Arc::new(Fake::new("slow", |request, _| {
        let length = request.segment.text().len();
        std::thread::sleep(Duration::from_millis(3).saturating_mul(u32::try_from(length).unwrap()));
        Ok(tone(length * 1_000))
    }));
    let speaker = speaking(slow.clone(), None);
    speaker.warm_up(&control()).unwrap();
    assert_eq!(slow.count(CALIBRATION), 1);
    let other = Job {
        voice: voice("second", "en-GB", "male", &[]),
        ..job("x")
    };
    let anchor = *speaker
        .gains()
        .get(&("slow", "first".to_owned(), 0))
        .unwrap();
    let near = format!("{:?}", Leveller::near(anchor));
    assert_eq!(format!("{:?}", gain(&speaker, other)), near);
    assert_eq!(format!("{:?}", gain(&speaker, at(0.5))), near);
    assert_eq!(slow.count(CALIBRATION), 1);
    // The default voice at its own speed is known.
    assert_eq!(
        format!("{:?}", gain(&speaker, at(1.0))),
        format!("{:?}", Leveller::new(anchor))
    );
}

#[test]
fn where_it_takes_no_time_every_voice_is_measured() {
    let fake = good("fake");
    let speaker = speaking(fake.clone(), None);
    speaker.warm_up(&control()).unwrap();
    let other = Job {
        voice: voice("second", "en-GB", "male", &[]),
        ..job("x")
    };
    gain(&speaker, other);
    assert_eq!(fake.count(CALIBRATION), 2);
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
    let speaker = speaking(fake.clone(), None);
    speaker.warm_up(&control()).unwrap();
    assert_eq!((fake.count(SHORT), fake.count(CALIBRATION)), (2, 1));
    gain(&speaker, at(1.0));
    assert_eq!(fake.count(CALIBRATION), 1);
    assert!(
        speaking(bad("fake", broken), None)
            .warm_up(&control())
            .is_err()
    );
    let mut mute = Fake::new("fake", |_, _| Err(broken()));
    mute.voices.clear();
    assert!(speaking(Arc::new(mute), None).warm_up(&control()).is_ok());
}

#[test]
fn what_is_said_to_measure_is_what_is_written() {
    assert_eq!(sentence(CALIBRATION).text(), CALIBRATION);
    assert_eq!(sentence(SHORT).text(), SHORT);
}

#[test]
fn the_text_is_cut_to_the_time_there_is() {
    let slow = Arc::new(Fake::new("slow", |request, _| {
        let length = request.segment.text().len();
        std::thread::sleep(
            Duration::from_millis(10).saturating_mul(u32::try_from(length).unwrap()),
        );
        Ok(tone(length * 1_000))
    }));
    let speaker = speaking(slow, None);
    let text = "One two three four five six seven eight nine ten eleven twelve thirteen.";
    let first = |speaker: &Speaker| {
        let turn = speaker.turn(&speaker.first, job(text));
        let schedule = turn.schedule();
        let segment = turn.cutter(schedule.max()).cut(schedule.next());
        segment.unwrap().text()
    };
    // The provider's own limits, as nothing was measured.
    assert_eq!(first(&speaker), "One two three four five six seven eight");
    speaker.warm_up(&control()).unwrap();
    // Some 10 ms a character: 20 at most in 225 ms.
    assert!(first(&speaker).len() <= 20, "{}", first(&speaker));
}

#[test]
fn a_whole_text_knows_when_its_words_are_spoken() {
    let fake = Arc::new(Fake::timed("fake", |request, _| {
        let mut samples = vec![0.0; 2_400];
        samples.extend(tone(12_000));
        let words = request.segment.words.iter();
        Ok(Sound {
            samples,
            words: words
                .filter(|word| word.as_mark().is_none())
                .map(|word| WordTime {
                    source: word.source.clone(),
                    start: 0.1,
                    end: 0.6,
                })
                .collect(),
            spelled: 2,
        })
    }));
    let text = "Seventeen d\u{e9}j\u{e0} vu characters are there. Five more.";
    let calls = Arc::clone(&fake);
    let rendered = speaking(fake, None).render(&job(text), &control()).unwrap();
    assert_eq!(
        rendered.spelled_words,
        2 * calls.asked.lock().unwrap().len()
    );
    assert_eq!(rendered.segments, calls.asked.lock().unwrap().len());
    let found: Vec<(&str, usize, f64)> = rendered
        .words
        .iter()
        .map(|word| {
            let chars: String = text.chars().collect::<Vec<_>>()[word.chars.clone()]
                .iter()
                .collect();
            assert_eq!(chars, text[word.bytes.clone()]);
            (
                &text[word.bytes.clone()],
                word.chars.start,
                (word.start * 1_000.0).round() / 1_000.0,
            )
        })
        .collect();
    // The first 85 ms of silence are trimmed away; 555 ms of speech and 350 ms of pause lie between the two.
    assert_eq!(
        found,
        [
            ("Seventeen", 0, 0.015),
            ("d\u{e9}j\u{e0}", 10, 0.015),
            ("vu", 15, 0.015),
            ("characters", 18, 0.015),
            ("are", 29, 0.015),
            ("there", 33, 0.015),
            ("Five", 40, 0.88),
            ("more", 45, 0.88),
        ]
    );
}
