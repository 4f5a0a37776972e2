use std::f32::consts::TAU;

use super::*;
use crate::dsp::loudness::{loudness, true_peak};

/// A second at a level in dB below full scale, with the pause before it.
fn word(level_db: f32, seconds: f32) -> Vec<f32> {
    let level = 10_f32.powf(level_db / 20.0);
    let length = (0..96_000)
        .take_while(|n| *n as f32 / 24_000.0 < seconds)
        .count();
    let mut samples = vec![0.0; 2_400];
    samples.extend((0..length).map(|n| level * (TAU * 997.0 * n as f32 / 24_000.0).sin()));
    samples
}

/// The whole stream and the gain each segment got.
fn levelled(calibrated: f64, words: &[Vec<f32>]) -> (Vec<f32>, Vec<f64>) {
    let mut leveller = Leveller::new(calibrated);
    let mut out = Vec::new();
    let mut gains = Vec::new();
    for word in words {
        out.extend(leveller.push(word));
        gains.push(leveller.before.unwrap());
    }
    out.extend(leveller.finish());
    (out, gains)
}

#[test]
fn nothing_is_added_or_lost() {
    let words = [word(-20.0, 1.0), word(-22.0, 0.5)];
    let (out, _) = levelled(5.0, &words);
    assert_eq!(out.len(), words.iter().map(Vec::len).sum::<usize>());
    assert_eq!(levelled(5.0, &[]).0, Vec::<f32>::new());
}

#[test]
fn a_voice_near_its_calibration_comes_to_target() {
    // A tone 20 dB below full scale reads -23 LUFS, so 7 dB are needed; the calibration says 5.
    let (out, gains) = levelled(5.0, &[word(-20.0, 2.0), word(-20.0, 2.0)]);
    let found = loudness(&out).unwrap();
    assert!((found - TARGET_LUFS).abs() < 0.1, "{found}");
    assert!((gains[0] - 7.0).abs() < 0.2, "{gains:?}");
}

#[test]
fn the_whole_stream_counts_not_the_segment() {
    // The second is held back by the step, so it stays loud, and the third makes up for it.
    let (out, gains) = levelled(7.0, &[word(-20.0, 2.0), word(-14.0, 2.0), word(-20.0, 2.0)]);
    assert!((gains[0] - 7.0).abs() < 0.2, "{gains:?}");
    assert!((gains[1] - (gains[0] - STEP)).abs() < 0.01, "{gains:?}");
    assert!(gains[2] < 6.0, "{gains:?}");
    assert!((loudness(&out).unwrap() - TARGET_LUFS).abs() < 0.6);
}

#[test]
fn no_segment_leaves_the_voices_range() {
    let (_, gains) = levelled(7.0, &[word(-40.0, 1.0), word(-40.0, 1.0), word(-40.0, 1.0)]);
    assert!(
        (gains[0] - 13.0).abs() < 0.01 && (gains[1] - 13.0).abs() < 0.01,
        "{gains:?}"
    );
    assert!((gains[2] - 13.0).abs() < 0.01, "{gains:?}");
    let (_, gains) = levelled(7.0, &[word(-6.0, 1.0), word(-6.0, 1.0), word(-6.0, 1.0)]);
    assert!(
        (gains[0] - 1.0).abs() < 0.01 && (gains[1] - 1.0).abs() < 0.01,
        "{gains:?}"
    );
    assert!((gains[2] - 1.0).abs() < 0.01, "{gains:?}");
}

#[test]
fn silence_changes_no_gain() {
    let (out, gains) = levelled(7.0, &[vec![0.0; 4_800], word(-20.0, 1.0), vec![0.0; 4_800]]);
    assert_eq!(gains[0], 7.0);
    assert_eq!(gains[1], gains[2]);
    assert!(out[..4_800].iter().all(|s| *s == 0.0));
}

#[test]
fn peaks_are_held_and_made_up_for() {
    let bursts: Vec<f32> = word(-3.0, 3.0)
        .iter()
        .enumerate()
        .map(|(n, s)| if n % 4_800 < 300 { *s } else { s * 0.1 })
        .collect();
    let (out, _) = levelled(4.0, &[bursts.clone(), bursts]);
    assert!(true_peak(&out).unwrap() <= -1.0);
    assert!((loudness(&out).unwrap() - TARGET_LUFS).abs() < 0.5);
}

#[test]
fn a_gain_comes_gradually_out_of_the_one_before() {
    let mut leveller = Leveller::new(0.0);
    leveller.before = Some(-6.0);
    let out = leveller.ridden(&[1.0; 1_000], 0.0);
    assert_eq!(out.len(), 1_000);
    assert!((out[0] - 0.502).abs() < 0.001, "{}", out[0]);
    assert!((out[239] - 0.708).abs() < 0.001, "{}", out[239]);
    assert!(out[479..].iter().all(|s| *s == 1.0));
    assert!(out[..480].windows(2).all(|pair| pair[0] < pair[1]));
    // Shorter than the ramp: it gets no further.
    assert_eq!(leveller.ridden(&[1.0; 240], 0.0), out[..240]);
    // The first segment has nothing to come from.
    assert_eq!(Leveller::new(0.0).ridden(&[1.0; 3], 0.0), [1.0; 3]);
}

#[test]
fn a_voice_nothing_is_known_of_may_be_far_from_its_anchor() {
    let mut leveller = Leveller::near(0.0);
    leveller.push(&word(-24.0, 2.0));
    assert!(
        (leveller.before.unwrap() - 11.0).abs() < 0.1,
        "{leveller:?}"
    );
    let mut leveller = Leveller::near(0.0);
    leveller.push(&word(-30.0, 2.0));
    assert_eq!(leveller.before, Some(12.0));
    let mut leveller = Leveller::near(20.0);
    leveller.push(&word(-20.0, 2.0));
    assert_eq!(leveller.before, Some(8.0));
}

#[test]
fn a_voices_range_and_its_steps_are_of_loudness_not_of_gain() {
    let mut leveller = Leveller::new(4.0);
    assert_eq!(leveller.bounds(1.0), (-2.0, 10.0));
    assert_eq!(leveller.bounds(0.5), (-8.0, 16.0));
    leveller.before = Some(5.0);
    assert_eq!(leveller.bounds(1.0), (2.0, 8.0));
    assert_eq!(leveller.bounds(0.5), (-1.0, 11.0));
    // Where another slope has led beyond the range, there is a way back and none further out.
    leveller.before = Some(12.0);
    assert_eq!(leveller.bounds(1.0), (9.0, 12.0));
    leveller.before = Some(-4.0);
    assert_eq!(leveller.bounds(1.0), (-4.0, -1.0));
}

#[test]
fn a_voice_of_high_peaks_gets_what_its_loudness_needs() {
    // A pulse for each period that rings out soon: 20 dB from mean to peak.
    let pulses: Vec<f32> = (0..72_000)
        .map(|n| {
            let since = (n as f32 / 24_000.0 * 110.0).fract() / 110.0;
            0.5 * (-since * 900.0).exp() * (TAU * 1_700.0 * since).cos()
        })
        .collect();
    let needed = crate::dsp::loudness::normalise(&pulses).gain_db;
    for calibrated in [needed, needed - 4.0] {
        let (out, gains) = levelled(calibrated, &[pulses.clone(), pulses.clone()]);
        let found = loudness(&out).unwrap();
        assert!((found - TARGET_LUFS).abs() < 0.2, "{found}, {gains:?}");
        assert!(true_peak(&out).unwrap() <= -1.0);
    }
}
