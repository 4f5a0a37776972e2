use super::*;

const OWN: Limits = Limits {
    first: 160,
    max: 320,
    growth: 2,
};

const LONGEST: Duration = Duration::from_millis(800);

fn call(characters: usize, seconds: f64, audio: f64) -> Call {
    Call {
        characters,
        speed: 1.0,
        took: Duration::from_secs_f64(seconds),
        audio,
    }
}

/// Fixed 50 ms, 5 ms and 60 ms of audio a character.
fn calibrated() -> Pace {
    let pace = Pace::default();
    pace.calibrate(call(10, 0.1, 0.6), call(60, 0.35, 3.6));
    pace
}

/// The longest first segment, and the longest of all.
fn limits(pace: &Pace, target: f64, speed: f32) -> (usize, usize) {
    let schedule = pace.schedule(OWN, Duration::from_secs_f64(target), LONGEST, speed);
    (schedule.next(), schedule.max())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn before_anything_is_measured_the_providers_own_limits_hold() {
    let pace = Pace::default();
    assert_eq!(limits(&pace, 0.3, 1.0), (160, 320));
    pace.note(call(10, 9.0, 1.0));
    assert_eq!(limits(&pace, 0.3, 1.0), (160, 320));
    assert_eq!(pace.cost(10, 1.0), None);
}

#[test]
fn costs_are_a_fixed_one_and_one_for_each_character() {
    let pace = calibrated();
    let costs = pace.state().costs.unwrap();
    assert!(near(costs.fixed, 0.05) && near(costs.each, 0.005) && near(costs.audio, 0.06));
    assert!(near(pace.cost(30, 1.0).unwrap(), 0.2));
    assert!(near(pace.cost(30, 2.0).unwrap(), 0.125));
}

#[test]
fn a_disturbed_short_call_is_not_taken_at_its_word() {
    let pace = Pace::default();
    pace.calibrate(call(10, 0.5, 0.6), call(60, 0.36, 3.6));
    let costs = pace.state().costs.unwrap();
    assert!(
        near(costs.each, 0.003) && near(costs.fixed, 0.18),
        "{costs:?}"
    );
}

#[test]
fn calls_that_say_nothing_are_not_learnt_from() {
    let pace = Pace::default();
    pace.calibrate(call(10, 0.1, 0.6), call(10, 0.2, 0.6));
    pace.calibrate(call(10, 0.1, 0.6), call(60, 0.35, 0.0));
    assert_eq!(pace.state().costs, None);
    let pace = calibrated();
    pace.note(call(10, 0.0, 0.6));
    assert_eq!(pace.state().load, 0.0);
}

#[test]
fn the_first_segment_is_as_long_as_the_target_has_time_for() {
    let pace = calibrated();
    // 0.3 s * 0.75 = 225 ms = 50 ms + 35 characters.
    assert_eq!(limits(&pace, 0.3, 1.0).0, 32);
    // 0.28 s: 210 ms = 50 ms + 32 characters, just so; 0.279 s is not enough.
    assert_eq!(limits(&pace, 0.281, 1.0).0, 32);
    assert_eq!(limits(&pace, 0.279, 1.0).0, 24);
    // Twice the speed makes half the audio of a character.
    assert_eq!(limits(&pace, 0.3, 2.0).0, 64);
    assert_eq!(limits(&pace, 0.3, 0.5).0, 16);
    // However little time there is, something must be said.
    assert_eq!(limits(&pace, 0.001, 1.0).0, 12);
}

#[test]
fn no_call_takes_longer_than_a_gone_listener_may_cost() {
    let pace = calibrated();
    // 0.8 s = 50 ms + 150 characters.
    assert_eq!(limits(&pace, 5.0, 1.0), (130, 130));
    assert_eq!(limits(&pace, 0.3, 4.0), (130, 320));
    let slow = Pace::default();
    slow.calibrate(call(10, 5.0, 0.6), call(60, 30.0, 3.6));
    assert_eq!(limits(&slow, 0.3, 1.0), (12, 12));
}

#[test]
fn a_providers_own_limits_are_never_exceeded() {
    let own = Limits {
        first: 8,
        max: 20,
        growth: 1,
    };
    let found = calibrated().schedule(own, Duration::from_secs(1), LONGEST, 1.0);
    assert_eq!((found.next(), found.max()), (20, 20));
}

#[test]
fn segments_grow_with_the_audio_ahead_and_shrink_with_the_load() {
    let pace = calibrated();
    let after_a_second = |pace: &Pace| {
        let mut schedule = pace.schedule(OWN, Duration::from_millis(300), LONGEST, 1.0);
        schedule.spoke(24, 1.0);
        schedule.next()
    };
    // (1 s - 0.1 s) * 0.55 = 50 ms + 89 characters.
    assert_eq!(after_a_second(&pace), 80);
    for _ in 0..60 {
        pace.note(call(30, 0.45, 1.8));
    }
    // Two steps of 1.5: 0.495 s = 113 ms + 34 characters.
    assert_eq!(pace.state().step, 2);
    assert_eq!(after_a_second(&pace), 32);
}

#[test]
fn a_busy_machine_gets_shorter_segments_but_not_at_once() {
    let pace = calibrated();
    pace.note(call(30, 0.8, 1.8));
    assert_eq!(limits(&pace, 0.3, 1.0).0, 32);
    // Four times slower for long: between three and four steps of 1.5, so three.
    for _ in 0..60 {
        pace.note(call(30, 0.8, 1.8));
    }
    let state = *pace.state();
    assert_eq!(state.step, 3);
    assert!((state.load - 4.0_f64.ln()).abs() < 0.01);
    assert_eq!(limits(&pace, 0.3, 1.0).0, 12);
    assert!(near(pace.cost(30, 1.0).unwrap(), 0.2));
    for _ in 0..60 {
        pace.note(call(30, 0.2, 1.8));
    }
    assert_eq!(limits(&pace, 0.3, 1.0).0, 32);
}

#[test]
fn small_changes_of_load_change_nothing() {
    let pace = calibrated();
    // 1.5 to the power of 0.8 is 1.383: inside it nothing moves, outside it does.
    for _ in 0..80 {
        pace.note(call(30, 0.2 * 1.37, 1.8));
    }
    assert_eq!(pace.state().step, 0);
    for _ in 0..80 {
        pace.note(call(30, 0.2 * 1.40, 1.8));
    }
    assert_eq!(pace.state().step, 1);
    for _ in 0..80 {
        pace.note(call(30, 0.2 * 1.1, 1.8));
    }
    assert_eq!(pace.state().step, 1);
    for _ in 0..80 {
        pace.note(call(30, 0.2, 1.8));
    }
    assert_eq!(pace.state().step, 0);
}

#[test]
fn one_wild_call_counts_as_four_times_at_most() {
    let pace = calibrated();
    pace.note(call(30, 2_000.0, 1.8));
    assert!(near(pace.state().load, WEIGHT * 4.0_f64.ln()));
    let pace = calibrated();
    pace.note(call(30, 0.000_1, 1.8));
    assert!(near(pace.state().load, -WEIGHT * 4.0_f64.ln()));
}

#[test]
fn calibrating_again_forgets_the_load() {
    let pace = calibrated();
    for _ in 0..60 {
        pace.note(call(30, 0.8, 1.8));
    }
    pace.calibrate(call(10, 0.1, 0.6), call(60, 0.35, 3.6));
    let state = *pace.state();
    assert_eq!((state.step, state.load), (0, 0.0));
}

#[test]
fn a_whole_text_is_cut_the_same_way_however_busy_the_machine_is() {
    let pace = calibrated();
    let found = pace.steady(OWN, LONGEST, 1.0);
    assert_eq!((found.first, found.max, found.growth), (130, 130, 1));
    for _ in 0..60 {
        pace.note(call(30, 0.8, 1.8));
    }
    assert_eq!(pace.steady(OWN, LONGEST, 1.0), found);
    assert_ne!(limits(&pace, 0.3, 1.0).1, found.max);
    let unmeasured = Pace::default().steady(OWN, LONGEST, 1.0);
    assert_eq!((unmeasured.first, unmeasured.max), (320, 320));
}
