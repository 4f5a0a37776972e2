use std::thread;

use super::*;
use crate::engine::Cancel;
use crate::testing::{Fake, segment, tone, voice};

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

/// A provider that takes 2 ms and gives 50 ms of audio for each character.
fn steady() -> Arc<Fake> {
    Arc::new(Fake::new("steady", |request, _| {
        let length = request.segment.text().len();
        thread::sleep(Duration::from_millis(2).saturating_mul(u32::try_from(length).unwrap()));
        Ok(tone(length * 1_200))
    }))
}

fn ask<T>(text: &str, then: impl FnOnce(&Request<'_>) -> T) -> T {
    then(&Request {
        segment: &segment(text),
        voice: &voice("first", "en-US", "female", &[]),
        language: "en-US",
        speed: 1.0,
    })
}

const LONG: &str = "one two three four five six seven eight.";

#[test]
fn what_calls_cost_is_learnt_from_two_after_one_to_warm_up() {
    let fake = steady();
    let seat = Seat::new(fake.clone(), Some(1));
    assert_eq!(seat.cost(&segment(LONG), 1.0), None);
    let schedule = seat.schedule(Duration::from_secs(1), 1.0);
    assert_eq!(
        (schedule.next(), schedule.max()),
        (fake.limits.first, fake.limits.max)
    );
    let sound = ask("yes.", |short| {
        ask(LONG, |long| seat.calibrate(short, long, &control()))
    })
    .unwrap();
    assert_eq!(sound.samples.len(), LONG.len() * 1_200);
    let said: Vec<String> = fake
        .asked
        .lock()
        .unwrap()
        .iter()
        .map(|(text, ..)| text.clone())
        .collect();
    assert_eq!(said, ["yes.", LONG, "yes."]);
    let cost = seat.cost(&segment(LONG), 1.0).unwrap();
    assert!((0.08..0.4).contains(&cost), "{cost}");
    let schedule = seat.schedule(Duration::from_millis(30), 1.0);
    assert!(
        schedule.next() < fake.limits.first && schedule.max() == fake.limits.max,
        "{schedule:?}"
    );
}

#[test]
fn calls_wait_for_their_turn_and_stop_waiting_when_told() {
    let seat = Arc::new(Seat::new(
        Arc::new(Fake::new("slow", |_, _| {
            thread::sleep(Duration::from_millis(300));
            Ok(tone(100))
        })),
        Some(1),
    ));
    let first = {
        let seat = Arc::clone(&seat);
        thread::spawn(move || ask("one", |request| seat.call(request, &control()).is_ok()))
    };
    thread::sleep(Duration::from_millis(100));
    let short = Control::new(Cancel::new(), Duration::from_millis(20));
    let outcome = ask("two", |request| seat.call(request, &short));
    assert!(matches!(outcome, Err(SpeechError::Deadline { .. })));
    assert!(first.join().unwrap());
    assert!(ask("three", |request| seat.call(request, &control())).is_ok());
}

#[test]
fn samples_are_seconds_at_the_engines_rate() {
    assert_eq!(seconds(36_000), 1.5);
    assert_eq!(seconds(0), 0.0);
}
