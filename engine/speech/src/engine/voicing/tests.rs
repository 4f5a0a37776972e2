use std::sync::Arc;
use std::time::Duration;

use kokoro_text::Boundary;

use super::*;
use crate::engine::Cancel;
use crate::provider::Sound;
use crate::testing::{Fake, read, segment, tone, voice};

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

fn job(text: &str) -> Job {
    Job {
        text: Arc::from(text),
        script: Arc::new(read(text)),
        voice: voice("first", "en-US", "female", &[]),
        language: "en-US".to_owned(),
        speed: 2.0,
    }
}

fn ending(text: &str, ends: Boundary) -> ScriptSegment {
    ScriptSegment {
        ends,
        ..segment(text)
    }
}

/// Half a second of sound, but for what is called silent.
fn seat() -> Seat {
    let fake = Fake::new("fake", |request, _| {
        Ok(if request.segment.text().contains("silent") {
            vec![0.0; 5_000]
        } else {
            tone(12_000)
        })
    });
    Seat::new(Arc::new(fake), Some(1))
}

#[test]
fn segments_are_joined_by_what_ends_them() {
    let (seat, job) = (seat(), job("x"));
    let mut voicing = Voicing::new(&seat, &job);
    let mut speak = |text: &str, ends| {
        let voiced = voicing.speak(&ending(text, ends), &control()).unwrap();
        voiced.samples.len()
    };
    assert_eq!(speak("silent", Boundary::Paragraph), 0);
    assert_eq!(speak("a", Boundary::Sentence), 12_000);
    assert_eq!(speak("silent", Boundary::Comma), 0);
    // At twice the speed a pause is half as long.
    assert_eq!(speak("b", Boundary::Word), 4_200 + 12_000 - 240);
    assert_eq!(speak("c", Boundary::Hard), 12_000 - 240);
    assert_eq!(speak("silent", Boundary::Paragraph), 0);
    assert_eq!(speak("d", Boundary::Sentence), 240 + 7_200 + 12_000);
    assert_eq!(voicing.finish().unwrap().len(), 0);
}

#[test]
fn pauses_and_rates_of_markup_are_honoured() {
    let fake = Arc::new(Fake::new("fake", |_, _| Ok(tone(12_000))));
    let seat = Seat::new(fake.clone(), Some(1));
    let mut job = job("x");
    Arc::make_mut(&mut job.script).lead = 0.5;
    let mut voicing = Voicing::new(&seat, &job);
    for (rate, pause) in [(0.5, Some(0.25)), (0.01, None), (9.0, Some(1.0))] {
        let asked = ScriptSegment {
            rate,
            pause,
            ..segment("a")
        };
        voicing.speak(&asked, &control()).unwrap();
    }
    let speeds: Vec<f32> = fake
        .asked
        .lock()
        .unwrap()
        .iter()
        .map(|(.., s)| *s)
        .collect();
    assert_eq!(speeds, [1.0, 0.25, 4.0]);
    // Half a second before, a quarter, a natural pause at a quarter of the speed, and a second behind.
    let rest = voicing.finish().unwrap();
    assert_eq!(rest.len(), 24_000);
    let mut voicing = Voicing::new(&seat, &job);
    let first = voicing
        .speak(
            &ScriptSegment {
                pause: Some(0.25),
                ..segment("a")
            },
            &control(),
        )
        .unwrap();
    assert_eq!(first.samples.len(), 12_000 + 12_000);
    assert_eq!(
        voicing
            .speak(&segment("b"), &control())
            .unwrap()
            .samples
            .len(),
        6_000 + 12_000
    );
}

#[test]
fn a_request_that_is_over_asks_for_nothing_more() {
    let (seat, job) = (seat(), job("x"));
    let cancel = Cancel::new();
    cancel.cancel();
    let outcome = Voicing::new(&seat, &job)
        .speak(&segment("a"), &Control::new(cancel, Duration::from_secs(9)));
    assert!(matches!(outcome, Err(SpeechError::Cancelled)));
}

#[test]
fn silence_alone_is_an_error_that_names_who_gave_it() {
    let (seat, job) = (seat(), job("x"));
    let mut voicing = Voicing::new(&seat, &job);
    assert_eq!(
        voicing.speak(&segment("silent"), &control()).unwrap(),
        Voiced::default()
    );
    assert_eq!(
        voicing.finish().unwrap_err().to_string(),
        "synthesis failed: fake gave nothing but silence"
    );
}

fn time(source: Range<usize>, start: f32, end: f32) -> WordTime {
    WordTime { source, start, end }
}

fn word(bytes: Range<usize>, chars: Range<usize>, start: f64, end: f64) -> SpokenWord {
    SpokenWord {
        bytes,
        chars,
        start,
        end,
    }
}

#[test]
fn words_that_stand_for_one_of_the_users_are_one() {
    // "$5" is spoken as two words.
    let mut places = Places::new("é $5 now");
    let found = places.words(
        &[
            time(0..2, 0.0, 0.25),
            time(3..5, 0.25, 0.5),
            time(3..5, 0.5, 1.0),
            time(6..9, 1.0, 1.5),
        ],
        24_000,
    );
    assert_eq!(
        found,
        [
            word(0..2, 0..1, 1.0, 1.25),
            word(3..5, 2..4, 1.25, 2.0),
            word(6..9, 5..8, 2.0, 2.5),
        ]
    );
}

#[test]
fn times_before_the_first_sample_are_its_own() {
    let mut places = Places::new("one two");
    let found = places.words(&[time(0..3, 0.25, 0.4), time(4..7, 0.4, 0.75)], -12_000);
    assert_eq!(
        found,
        [word(0..3, 0..3, 0.0, 0.0), word(4..7, 4..7, 0.0, 0.25)]
    );
    // An end before its start is none.
    let found = places.words(&[time(0..3, 0.5, 0.25)], 0);
    assert_eq!(found, [word(0..3, 0..3, 0.5, 0.5)]);
}

#[test]
fn places_that_are_none_are_left_out() {
    let mut places = Places::new("é x");
    assert_eq!(places.words(&[time(1..2, 0.0, 1.0)], 0), []);
    assert_eq!(places.words(&[time(0..9, 0.0, 1.0)], 0), []);
    assert_eq!(places.words(&[time(7..9, 0.0, 1.0)], 0), []);
    // And do not disturb those that follow, even before them.
    assert_eq!(places.chars(&(3..4)), Some(2..3));
    assert_eq!(places.chars(&(0..2)), Some(0..1));
}

#[test]
fn words_of_a_segment_without_sound_are_not_told() {
    let fake = Fake::timed("fake", |_, _| {
        Ok(Sound {
            samples: vec![0.0; 100],
            words: vec![time(0..1, 0.0, 0.1)],
            spelled: 0,
        })
    });
    let (seat, job) = (Seat::new(Arc::new(fake), Some(1)), job("x"));
    let voiced = Voicing::new(&seat, &job).speak(&segment("x"), &control());
    assert_eq!(voiced.unwrap(), Voiced::default());
}

#[test]
fn seconds_and_samples() {
    assert_eq!(signed_seconds(-12_000), -0.5);
    assert_eq!(signed_seconds(36_000), 1.5);
    assert_eq!(sample_at(0.5), 12_000);
    assert_eq!(sample_at(0.0), 0);
}
