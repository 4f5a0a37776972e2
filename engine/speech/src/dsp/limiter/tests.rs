use std::f32::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::dsp::loudness::true_peak;

fn limited(samples: &[f32], ceiling: f64) -> Vec<f32> {
    let mut limiter = Limiter::new(ceiling);
    let mut out = limiter.process(samples);
    out.extend(limiter.flush());
    out
}

fn sine(frequency: f32, phase: f32, level: f32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| level * (TAU * frequency * n as f32 / 24_000.0 + phase).sin())
        .collect()
}

#[test]
fn quiet_sound_passes_untouched() {
    let sound = sine(300.0, 0.0, 0.5, 3_000);
    assert_eq!(limited(&sound, -1.0), sound);
    // Just below the ceiling as well: -1 dBTP is 0.891.
    let sound = sine(300.0, 0.0, 0.89, 3_000);
    assert_eq!(limited(&sound, -1.0), sound);
}

#[test]
fn a_sample_leaves_128_samples_after_it_came() {
    let mut limiter = Limiter::new(-1.0);
    assert_eq!(limiter.process(&[0.25; 128]), Vec::<f32>::new());
    assert_eq!(limiter.process(&[0.125; 2]), [0.25; 2]);
    assert_eq!(limiter.flush(), [vec![0.25; 126], vec![0.125; 2]].concat());
    assert_eq!(Limiter::new(-1.0).flush(), Vec::<f32>::new());
}

#[test]
fn after_a_flush_a_new_signal_begins() {
    let mut limiter = Limiter::new(-1.0);
    limiter.process(&[0.25; 10]);
    limiter.flush();
    assert_eq!(limiter.process(&[0.5; 128]), Vec::<f32>::new());
    assert_eq!(limiter.process(&[0.0; 1]), [0.5]);
}

#[test]
fn loud_sound_stays_below_the_ceiling() {
    for (frequency, phase) in [
        (100.0, 0.0),
        (1_000.0, 0.3),
        (3_000.0, 1.0),
        (6_000.0, TAU / 8.0),
        (7_900.0, 0.1),
    ] {
        let mut sound = vec![0.0; 500];
        sound.extend(sine(frequency, phase, 4.0, 6_000));
        sound.extend(vec![0.0; 500]);
        let out = limited(&sound, -1.0);
        assert_eq!(out.len(), sound.len());
        let peak = true_peak(&out).unwrap();
        assert!(peak < -0.85, "{frequency} Hz: {peak:.2} dBTP");
        assert!(
            peak > -2.0,
            "{frequency} Hz is limited too far: {peak:.2} dBTP"
        );
    }
}

#[test]
fn peaks_between_samples_count() {
    // All samples at 0.707 of the wave's crest: a sample-peak limiter would let it pass.
    let sound = sine(6_000.0, TAU / 8.0, 1.2, 4_000);
    assert!(sound.iter().all(|s| s.abs() < 0.86));
    let out = limited(&sound, -1.0);
    let peak = true_peak(&out).unwrap();
    assert!(peak < -0.8, "{peak}");
}

#[test]
fn the_gain_is_down_before_the_peak_and_never_steps() {
    let mut sound = vec![0.2; 4_000];
    sound[2_000] = 3.0;
    let out = limited(&sound, -1.0);
    assert!(out[2_000] <= 0.9, "{}", out[2_000]);
    let gains: Vec<f32> = out.iter().zip(&sound).map(|(o, s)| o / s).collect();
    assert!(gains[1_999] < 0.31 && gains[2_001] < 0.31);
    assert!(
        gains
            .windows(2)
            .all(|pair| (pair[0] - pair[1]).abs() < 0.02)
    );
    // 5 ms before it nothing has happened yet.
    assert!(gains[..1_860].iter().all(|g| (g - 1.0).abs() < 1e-6));
    assert!(gains[1_900] < 0.999);
}

#[test]
fn the_gain_recovers_slowly_and_fully() {
    let mut sound = vec![0.2; 40_000];
    sound[2_000] = 3.0;
    let out = limited(&sound, -1.0);
    let gain = |n: usize| out[n] / sound[n];
    // 63 % of the way back after 80 ms.
    let away = 1.0 - 0.297;
    assert!(
        (gain(2_000 + 1_920 + 120) - (1.0 - away * 0.368)).abs() < 0.03,
        "{}",
        gain(4_040)
    );
    assert!(gain(30_000) > 0.9999);
}

#[test]
fn pieces_give_what_the_whole_gives() {
    let sound = sine(440.0, 0.0, 2.0, 5_000);
    let mut limiter = Limiter::new(-3.0);
    let mut out: Vec<f32> = sound
        .chunks(77)
        .flat_map(|piece| limiter.process(piece))
        .collect();
    out.extend(limiter.flush());
    assert_eq!(out, limited(&sound, -3.0));
}

#[test]
fn the_ceiling_is_in_decibels() {
    let out = limited(&sine(200.0, 0.0, 2.0, 10_000), -6.0);
    let peak = true_peak(&out).unwrap();
    assert!((-6.6..=-5.95).contains(&peak), "{peak}");
}

#[test]
fn the_sliding_minimum_forgets_after_the_look_ahead() {
    let mut lowest = SlidingMinimum::default();
    assert_eq!(lowest.push(0.5), 0.5);
    for n in 1..=LOOK_AHEAD {
        assert_eq!(lowest.push(1.0), 0.5, "{n}");
    }
    assert_eq!(lowest.push(1.0), 1.0);
    assert_eq!(lowest.push(0.7), 0.7);
    assert_eq!(lowest.push(0.8), 0.7);
    assert_eq!(lowest.push(0.6), 0.6);
}

#[test]
fn the_running_mean_is_over_its_window() {
    let mut mean = RunningMean::new();
    assert_eq!(mean.push(1.0), 1.0);
    for _ in 0..30 {
        mean.push(0.0);
    }
    assert!((mean.push(0.0) - 29.0 / 60.0).abs() < 1e-12);
    for _ in 0..60 {
        mean.push(0.25);
    }
    assert!((mean.push(0.25) - 0.25).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_comes_no_peak_is_above_the_ceiling(
        bursts in prop::collection::vec((0_usize..400, -8.0_f32..8.0), 1..30),
    ) {
        let sound: Vec<f32> = bursts
            .iter()
            .flat_map(|(length, level)| {
                let wave = sine(50.0 + 40.0 * *length as f32 / 4.0, 0.0, *level, *length + 20);
                wave.into_iter()
            })
            .collect();
        let out = limited(&sound, -1.2);
        prop_assert_eq!(out.len(), sound.len());
        let peak = out.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        prop_assert!(peak <= 0.8710, "{}", peak);
    }
}
