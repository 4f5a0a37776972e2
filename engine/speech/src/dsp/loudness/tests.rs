use std::f32::consts::TAU;

use super::*;

fn sine(frequency: f32, level: f32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| level * (TAU * frequency * n as f32 / 24_000.0).sin())
        .collect()
}

/// Noise that is the same on every run.
fn noise(level: f32, length: usize) -> Vec<f32> {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            level * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
        })
        .collect()
}

#[test]
fn the_standards_reference_tone_reads_as_the_standard_says() {
    // BS.1770: 997 Hz at full scale in one channel reads -3.01 LUFS.
    let found = loudness(&sine(997.0, 1.0, 48_000)).unwrap();
    assert!((found + 3.01).abs() < 0.05, "{found}");
    let quiet = loudness(&sine(997.0, 0.1, 48_000)).unwrap();
    assert!((quiet + 23.01).abs() < 0.05, "{quiet}");
}

#[test]
fn short_sound_is_measured_as_one_block() {
    for length in [9_599, 4_800, 2_400] {
        let found = energy(&sine(997.0, 0.1, length));
        assert_eq!(found.blocks, 1.0);
        let found = found.loudness().unwrap();
        assert!((found + 23.01).abs() < 0.4, "{length}: {found}");
    }
    // From one whole block on, the standard's own gating counts.
    assert_eq!(energy(&sine(997.0, 0.1, 9_600)).blocks, 1.0);
    assert_eq!(energy(&sine(997.0, 0.1, 12_000)).blocks, 2.0);
    assert_eq!(energy(&sine(997.0, 0.1, 24_000)).blocks, 7.0);
}

#[test]
fn sound_below_the_gate_is_measured_by_its_last_block() {
    // -80 LUFS: the absolute gate of -70 shuts out every block.
    let found = loudness(&sine(997.0, 0.000_141, 24_000)).unwrap();
    assert!((found + 80.0).abs() < 0.3, "{found}");
}

#[test]
fn silence_has_no_loudness_and_no_peak() {
    assert_eq!(loudness(&[]), None);
    assert_eq!(loudness(&[0.0; 24_000]), None);
    assert_eq!(true_peak(&[0.0; 2_400]), None);
    assert_eq!(true_peak(&[]), None);
    assert_eq!(Energy::default().loudness(), None);
    assert_eq!(
        Energy {
            blocks: 0.0,
            sum: 1.0
        }
        .loudness(),
        None
    );
    assert_eq!(
        Energy {
            blocks: 1.0,
            sum: 0.0
        }
        .loudness(),
        None
    );
    assert_eq!(
        Energy {
            blocks: 1.0,
            sum: -1.0
        }
        .loudness(),
        None
    );
}

#[test]
fn energy_and_loudness_are_inverse() {
    for (loudness, blocks) in [(-16.0, 1.0), (-23.0, 7.0), (-0.691, 3.0)] {
        let found = Energy::at(loudness, blocks);
        assert_eq!(found.blocks, blocks);
        assert!((found.loudness().unwrap() - loudness).abs() < 1e-9);
    }
    assert!((Energy::at(-0.691, 3.0).sum - 3.0).abs() < 1e-12);
}

#[test]
fn the_true_peak_lies_between_samples() {
    let sound: Vec<f32> = (0..4_800)
        .map(|n| (TAU * n as f32 / 4.0 + TAU / 8.0).sin() * 0.5)
        .collect();
    let found = true_peak(&sound[..]).unwrap();
    assert!(found > -6.6, "{found}: the samples alone read -9");
}

#[test]
fn gain_is_in_decibels() {
    let found = amplified(&[0.1, -0.2], 20.0);
    assert!((found[0] - 1.0).abs() < 1e-6 && (found[1] + 2.0).abs() < 1e-6);
    assert_eq!(amplified(&[0.5], 0.0), [0.5]);
}

#[test]
fn any_level_comes_to_target() {
    for level in [0.001, 0.05, 0.5, 1.0] {
        let sound = noise(level, 48_000);
        let found = normalise(&sound);
        assert_eq!(found.samples.len(), sound.len());
        let after = loudness(&found.samples).unwrap();
        assert!((after - TARGET_LUFS).abs() <= 0.06, "{level}: {after}");
        assert!(true_peak(&found.samples).unwrap() <= MAX_TRUE_PEAK);
    }
}

#[test]
fn the_gain_told_is_the_gain_applied() {
    // A tone at -16 LUFS is far from the limiter, so its gain is exact.
    let found = normalise(&sine(997.0, 0.1, 48_000));
    assert!((found.gain_db - 7.01).abs() < 0.1, "{}", found.gain_db);
    assert!((found.samples[24_006] / sine(997.0, 0.1, 48_000)[24_006] - 2.24).abs() < 0.03);
}

#[test]
fn what_the_limiter_takes_is_made_up_for() {
    // Short bursts far above the mean: at -16 LUFS their peaks would be above full scale.
    let sound: Vec<f32> = sine(400.0, 1.0, 72_000)
        .iter()
        .enumerate()
        .map(|(n, s)| if n % 4_800 < 240 { *s } else { s * 0.08 })
        .collect();
    let found = normalise(&sound);
    let after = loudness(&found.samples).unwrap();
    let peak = true_peak(&found.samples).unwrap();
    assert!((after - TARGET_LUFS).abs() <= 0.3, "{after}");
    assert!(peak <= MAX_TRUE_PEAK, "{peak}");
    assert!(
        found.gain_db > TARGET_LUFS - loudness(&sound).unwrap() + 0.5,
        "{}",
        found.gain_db
    );
}

#[test]
fn short_words_come_to_target_too() {
    for length in [2_400, 7_200, 9_599] {
        let found = normalise(&sine(500.0, 0.02, length));
        let after = loudness(&found.samples).unwrap();
        assert!((after - TARGET_LUFS).abs() <= 0.06, "{length}: {after}");
    }
}

#[test]
fn silence_and_near_silence_are_not_made_loud() {
    assert_eq!(
        normalise(&[0.0; 100]),
        Normalised {
            samples: vec![0.0; 100],
            gain_db: 0.0
        }
    );
    assert_eq!(normalise(&[]).samples, Vec::<f32>::new());
    let found = normalise(&sine(997.0, 0.000_01, 24_000));
    assert_eq!(found.gain_db, MAX_GAIN);
    assert!(found.samples.iter().all(|s| s.abs() < 0.011));
}

#[test]
fn a_decibel_of_gain_brings_at_most_one_of_loudness_and_never_nothing() {
    for (gain_db, lufs, brings) in [
        (2.0, 1.0, 0.5),
        (-2.0, -1.0, 0.5),
        (1.0, 2.0, 1.0),
        (1.0, 0.1, 0.15),
        (1.0, -3.0, 0.15),
    ] {
        assert_eq!(secant(gain_db, lufs), brings);
    }
}

#[test]
fn a_sound_that_is_still_coming_reads_as_it_does_whole() {
    let sound = noise(0.1, 60_000);
    let mut meter = Meter::new(SAMPLE_RATE).unwrap();
    assert_eq!(meter.energy(), Energy::default());
    for piece in sound.chunks(999) {
        meter.push(piece).unwrap();
    }
    let (found, meant) = (meter.energy(), energy(&sound));
    assert_eq!(found.blocks, meant.blocks);
    let apart = found.loudness().unwrap() - meant.loudness().unwrap();
    assert!(apart.abs() < 0.06, "{apart}");
    assert!(Meter::new(0).is_err());
}

#[test]
fn sound_is_as_loud_as_it_is_played() {
    let sound = noise(0.1, 16_000);
    let target = |played| Target {
        rate: 8_000,
        played,
        lufs: -20.0,
        ceiling: CEILING,
    };
    let up = Resampler::new(8_000, SAMPLE_RATE);
    let found = brought(&sound, &target(Some(up.clone()))).samples;
    let there = loudness(&up.process(&found)).unwrap();
    assert!((there + 20.0).abs() <= 0.06, "{there}");
    let here = brought(&sound, &target(None)).samples;
    let there = loudness(&up.process(&here)).unwrap();
    assert!(there < -20.06, "{there}: a meter at 8 kHz reads more");
}
