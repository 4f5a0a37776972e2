use std::f32::consts::TAU;

use super::*;

/// A voice-like tone with overtones.
fn tone(frequency: f32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| {
            let t = n as f32 / 24_000.0;
            (1..5)
                .map(|k| (TAU * frequency * k as f32 * t).sin() / (2 * k) as f32)
                .sum()
        })
        .collect()
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

/// The pitch by autocorrelation, in Hz, looked for below one and a half expected periods.
fn pitch(samples: &[f32], expected: f32) -> f32 {
    let piece = &samples[2_000..4_400];
    let longest = (24_000.0 / expected * 1.5) as usize;
    let lag = (60..longest)
        .max_by(|a, b| {
            let at = |lag: usize| -> f32 {
                piece
                    .iter()
                    .zip(&samples[2_000 + lag..])
                    .map(|(x, y)| x * y)
                    .sum()
            };
            at(*a).total_cmp(&at(*b))
        })
        .unwrap();
    24_000.0 / lag as f32
}

#[test]
fn the_length_is_divided_by_the_factor() {
    let sound = tone(120.0, 24_000);
    for (factor, length) in [
        (2.0, 12_000),
        (0.5, 48_000),
        (1.25, 19_200),
        (2.67, 8_989),
        (0.4375, 54_857),
    ] {
        assert_eq!(stretch(&sound, factor).len(), length, "{factor}");
    }
    assert_eq!(stretch(&[0.5], 2.0).len(), 1);
    assert_eq!(stretch(&[0.5], 4.0).len(), 0);
}

#[test]
fn pitch_and_level_stay() {
    for frequency in [100.0, 150.0, 240.0] {
        let sound = tone(frequency, 24_000);
        for factor in [0.5, 0.8, 1.3, 2.0, 2.7] {
            let stretched = stretch(&sound, factor);
            let found = pitch(&stretched, frequency);
            assert!(
                (found / frequency - 1.0).abs() < 0.03,
                "{frequency} Hz at {factor}: {found} Hz"
            );
            let level = rms(&stretched[1_000..stretched.len() - 1_000]) / rms(&sound);
            assert!(
                (0.9..1.1).contains(&level),
                "{frequency} Hz at {factor}: {level}"
            );
        }
    }
}

#[test]
fn the_beginning_starts_at_once() {
    let sound = tone(120.0, 12_000);
    for factor in [0.5, 2.0] {
        let stretched = stretch(&sound, factor);
        for n in 0..200 {
            assert!(
                (stretched[n] - sound[n]).abs() < 0.02,
                "{factor} at {n}: {} {}",
                stretched[n],
                sound[n]
            );
        }
    }
}

#[test]
fn events_stay_in_order_and_proportion() {
    // A tone, silence, a tone: the silence stays in the middle.
    let mut sound = tone(150.0, 9_000);
    sound.extend(vec![0.0; 6_000]);
    sound.extend(tone(150.0, 9_000));
    let stretched = stretch(&sound, 1.5);
    assert!(rms(&stretched[1_000..5_000]) > 0.1);
    assert!(rms(&stretched[7_000..9_000]) < 0.01);
    assert!(rms(&stretched[11_000..15_000]) > 0.1);
}

#[test]
fn nothing_to_do_changes_nothing() {
    let sound = tone(120.0, 100);
    for factor in [1.0, 1.0 + 1e-7, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(stretch(&sound, factor), sound, "{factor}");
    }
    assert_eq!(stretch(&[], 2.0), Vec::<f32>::new());
    assert_ne!(stretch(&sound, 1.1), sound);
}

#[test]
fn silence_stays_silence() {
    assert!(stretch(&[0.0; 5_000], 0.7).iter().all(|s| *s == 0.0));
}

#[test]
fn likeness_is_high_for_equals_and_low_for_opposites() {
    let a = tone(200.0, 720);
    let b: Vec<f32> = a.iter().map(|s| -s).collect();
    assert!(likeness(&a, &a) > 0.0);
    assert!((likeness(&a, &a) + likeness(&a, &b)).abs() < 1e-3);
    // Twice as loud is not more alike.
    let loud: Vec<f32> = a.iter().map(|s| 2.0 * s).collect();
    assert!((likeness(&a, &a) - likeness(&a, &loud)).abs() < 1e-3);
}

#[test]
fn the_best_match_is_the_same_place_in_another_period() {
    let sound = tone(100.0, 5_000);
    // A period is 240 samples.
    for ideal in [2_000, 2_100, 2_555] {
        let found = best_match(&sound, 1_000, ideal);
        assert_eq!((found - 1_000) % 240, 0, "{found}");
        assert!(found.abs_diff(ideal) <= SEARCH, "{found}");
    }
    // In silence the ideal place is as good as any.
    assert_eq!(best_match(&[0.0; 5_000], 1_000, 2_000), 2_000);
    // With nothing to compare there is only the ideal place.
    assert_eq!(best_match(&sound, 4_900, 2_000), 2_000);
}
