use super::*;

/// Fixed 50 ms, 5 ms a character; at most 100 characters.
fn measured() -> Schedule {
    Schedule {
        costs: Some(Costs {
            fixed: 0.05,
            each: 0.005,
            audio: 0.06,
        }),
        limits: Limits {
            first: 24,
            max: 100,
            growth: 2,
        },
        speed: 1.0,
        ahead: 0.0,
        spoken: 0,
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn the_first_segment_is_as_long_as_it_may_be() {
    assert_eq!((measured().next(), measured().max()), (24, 100));
}

#[test]
fn the_next_takes_no_longer_than_what_was_made_plays() {
    let mut schedule = measured();
    schedule.spoke(24, 0.6);
    // (0.6 s - 0.1 s) * 0.55 = 50 ms + 45 characters.
    assert!(near(schedule.ahead, 0.6));
    assert_eq!(schedule.next(), 40);
    // What was cut is shorter, and its audio longer than usual: 0.6 s - 0.3 s + 4 s.
    schedule.spoke(50, 4.0);
    assert!(near(schedule.ahead, 4.3));
    assert_eq!(schedule.next(), 100);
}

#[test]
fn little_audio_makes_the_next_segment_short() {
    let mut schedule = measured();
    schedule.spoke(24, 0.4);
    // (0.4 s - 0.1 s) * 0.55 = 50 ms + 23 characters.
    assert_eq!(schedule.next(), 20);
    schedule.spoke(20, 0.02);
    // (0.27 s - 0.1 s) * 0.55 = 50 ms + 8 characters: one word, in time.
    assert!(near(schedule.ahead, 0.4 - 0.15 + 0.02));
    assert_eq!(schedule.next(), 8);
    // 0.18 s: not enough with a reserve, but 50 ms + 6 characters take 0.08 s.
    schedule.spoke(8, 0.0);
    assert!(near(schedule.ahead, 0.18));
    assert_eq!(schedule.next(), 6);
    // Too little for any: a wait, and then not a second one.
    schedule.spoke(12, 0.0);
    assert!(near(schedule.ahead, 0.07));
    assert_eq!(schedule.next(), 12);
}

#[test]
fn a_listener_who_waited_is_not_owed_the_time_again() {
    let mut schedule = measured();
    schedule.spoke(24, 0.0);
    schedule.spoke(90, 0.7);
    assert!(near(schedule.ahead, 0.7));
}

#[test]
fn twice_the_speed_is_half_the_work() {
    let mut schedule = measured();
    schedule.speed = 2.0;
    schedule.spoke(24, 0.4);
    // 50 ms + 23 units, which are 46 characters.
    assert_eq!(schedule.next(), 40);
    schedule.spoke(40, 0.3);
    assert!(near(schedule.ahead, 0.4 - 0.15 + 0.3));
}

#[test]
fn while_nothing_was_measured_the_providers_own_limits_hold() {
    let mut schedule = Schedule {
        costs: None,
        ..measured()
    };
    assert_eq!(schedule.next(), 24);
    schedule.spoke(24, 9.0);
    assert_eq!(schedule.next(), 48);
    schedule.spoke(48, 9.0);
    schedule.spoke(48, 9.0);
    assert_eq!(schedule.next(), 100);
    assert!(near(schedule.ahead, 27.0));
}
