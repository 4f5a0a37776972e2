use std::f32::consts::TAU;

use super::*;

fn sine(frequency: f32, rate: f32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| (TAU * frequency * n as f32 / rate).sin())
        .collect()
}

/// Power of what differs, relative to the expected power, in dB; edges left out.
fn error_db(found: &[f32], expected: &[f32]) -> f32 {
    let middle = 100..found.len() - 100;
    let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|s| s * s).sum::<f32>();
    let error = power(&mut middle.clone().map(|n| found[n] - expected[n]));
    let whole = power(&mut middle.map(|n| expected[n]));
    10.0 * (error / whole).log10()
}

#[test]
fn equal_rates_change_nothing() {
    let samples = [0.1, -0.2, 0.3];
    assert_eq!(Resampler::new(24_000, 24_000).process(&samples), samples);
    assert_eq!(to_engine_rate(&samples, 24_000), samples);
}

#[test]
fn the_length_is_that_of_the_same_time() {
    let resampler = Resampler::new(22_050, 24_000);
    for (from, to) in [(0, 0), (1, 2), (147, 160), (148, 162), (22_050, 24_000)] {
        assert_eq!(resampler.process(&vec![0.0; from]).len(), to, "{from}");
    }
    assert_eq!(
        Resampler::new(48_000, 24_000).process(&[0.0; 101]).len(),
        51
    );
}

#[test]
fn a_tone_keeps_pitch_phase_and_level() {
    for (rate, frequency) in [
        (22_050, 440.0),
        (22_050, 5_000.0),
        (16_000, 1_000.0),
        (48_000, 7_000.0),
        (44_100, 300.0),
    ] {
        let found = to_engine_rate(&sine(frequency, rate as f32, rate as usize / 5), rate);
        let expected = sine(frequency, 24_000.0, found.len());
        let error = error_db(&found, &expected);
        assert!(error < -60.0, "{frequency} Hz at {rate}: {error} dB");
    }
}

#[test]
fn a_tone_the_new_rate_cannot_hold_is_gone() {
    let found = to_engine_rate(&sine(15_000.0, 48_000.0, 9_600), 48_000);
    let loudest = found[100..found.len() - 100]
        .iter()
        .fold(0.0_f32, |peak, s| peak.max(s.abs()));
    assert!(loudest < 0.001, "{loudest}");
}

#[test]
fn a_constant_stays_constant() {
    let found = to_engine_rate(&[0.5; 2_000], 22_050);
    assert!(
        found[100..found.len() - 100]
            .iter()
            .all(|s| (s - 0.5).abs() < 1e-5)
    );
}

#[test]
fn the_kept_filter_is_that_of_its_rate() {
    let sound = sine(700.0, 22_050.0, 1_000);
    assert_eq!(
        to_engine_rate(&sound, 22_050),
        Resampler::new(22_050, SAMPLE_RATE).process(&sound)
    );
}

#[test]
fn bessel_and_kaiser_have_their_known_values() {
    assert!((bessel_i0(0.0) - 1.0).abs() < 1e-12);
    assert!((bessel_i0(1.0) - 1.266_065_877_752_008).abs() < 1e-12);
    assert!((bessel_i0(8.0) - 427.564_115_721_804_8).abs() < 1e-9);
    assert!((kaiser(0.0) - 1.0).abs() < 1e-12);
    assert!((kaiser(1.0) - 1.0 / bessel_i0(8.0)).abs() < 1e-12);
    assert!((kaiser(0.5) - 0.368_973).abs() < 1e-6, "{}", kaiser(0.5));
    assert_eq!(kaiser(1.001), 0.0);
    assert_eq!(sinc(0.0), 1.0);
    assert!((sinc(0.5) - std::f64::consts::FRAC_2_PI).abs() < 1e-12);
}

#[test]
fn greatest_common_divisors() {
    assert_eq!(gcd(22_050, 24_000), 150);
    assert_eq!(gcd(24_000, 22_050), 150);
    assert_eq!(gcd(7, 0), 7);
}
