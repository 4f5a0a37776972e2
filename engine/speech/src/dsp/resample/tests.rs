use std::f64::consts::TAU;

use super::*;

fn sine(frequency: f32, rate: f32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| (TAU * f64::from(frequency) * n as f64 / f64::from(rate)).sin() as f32)
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
    let mut stream = Resampler::new(24_000, 24_000).stream();
    assert_eq!(stream.push(&samples), samples);
    assert_eq!(stream.finish(), Vec::<f32>::new());
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
    assert!((kaiser(0.0, 8.0) - 1.0).abs() < 1e-12);
    assert!((kaiser(1.0, 8.0) - 1.0 / bessel_i0(8.0)).abs() < 1e-12);
    assert!(
        (kaiser(0.5, 8.0) - 0.368_973).abs() < 1e-6,
        "{}",
        kaiser(0.5, 8.0)
    );
    assert_eq!(kaiser(1.001, 8.0), 0.0);
    assert_eq!(sinc(0.0), 1.0);
    assert!((sinc(0.5) - std::f64::consts::FRAC_2_PI).abs() < 1e-12);
}

#[test]
fn greatest_common_divisors() {
    assert_eq!(gcd(22_050, 24_000), 150);
    assert_eq!(gcd(24_000, 22_050), 150);
    assert_eq!(gcd(7, 0), 7);
}

#[test]
fn every_output_rate_has_its_resampler_and_no_other_rate_has_one() {
    for rate in OUTPUT_RATES {
        let kept = Resampler::from_engine_rate(rate).unwrap();
        let made = Resampler::new(SAMPLE_RATE, rate);
        assert_eq!(
            (kept.up, kept.down, &kept.phases),
            (made.up, made.down, &made.phases)
        );
        assert_eq!(kept.length(24_000), rate as usize);
    }
    assert!(Resampler::from_engine_rate(96_000).is_none());
}

#[test]
fn the_filter_is_as_long_as_the_slower_rate_needs() {
    let half_width = |from, to| Resampler::new(from, to).half_width;
    assert_eq!(half_width(24_000, 48_000), 64);
    assert_eq!(half_width(24_000, 24_000), 64);
    assert_eq!(half_width(24_000, 8_000), 192);
    assert_eq!(half_width(24_000, 22_050), 70);
}

#[test]
fn a_stream_gives_the_samples_of_the_whole_whatever_its_pieces() {
    let sound = sine(700.0, 24_000.0, 3_001);
    for rate in OUTPUT_RATES {
        let resampler = Resampler::from_engine_rate(rate).unwrap();
        let whole = resampler.process(&sound);
        assert_eq!(whole.len(), resampler.length(3_001), "{rate}");
        for piece in [1, 7, 100, 2_999] {
            let mut stream = resampler.stream();
            let mut found: Vec<f32> = sound.chunks(piece).flat_map(|p| stream.push(p)).collect();
            found.extend(stream.finish());
            assert_eq!(found, whole, "{rate} in pieces of {piece}");
            assert_eq!(
                stream.push(&sound).len() + stream.finish().len(),
                whole.len()
            );
        }
    }
}

#[test]
fn a_stream_is_late_by_the_filters_half_and_no_more() {
    for (rate, ready) in [
        (48_000, 2 * (1_000 - 64)),
        (8_000, (1_000 - 192_usize).div_ceil(3)),
    ] {
        let mut stream = Resampler::from_engine_rate(rate).unwrap().stream();
        assert_eq!(stream.push(&[0.5; 1_000]).len(), ready, "{rate}");
    }
}

#[test]
fn nothing_comes_of_nothing() {
    for rate in OUTPUT_RATES {
        let mut stream = Resampler::from_engine_rate(rate).unwrap().stream();
        assert_eq!(stream.push(&[]), Vec::<f32>::new());
        assert_eq!(stream.finish(), Vec::<f32>::new());
    }
}

#[test]
fn what_the_new_rate_holds_passes_and_what_it_does_not_is_100_db_down() {
    for rate in OUTPUT_RATES {
        let nyquist = rate.min(SAMPLE_RATE) as f32 / 2.0;
        let through = |share: f32| {
            let found =
                Resampler::new(SAMPLE_RATE, rate).process(&sine(nyquist * share, 24_000.0, 24_000));
            let middle = &found[found.len() / 4..3 * found.len() / 4];
            let power = middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
            10.0 * (2.0 * power / middle.len() as f64).log10()
        };
        assert!(through(0.89).abs() < 0.01, "{rate}: {} dB", through(0.89));
        if rate < SAMPLE_RATE {
            assert!(through(1.02) < -95.0, "{rate}: {} dB", through(1.02));
        }
    }
}

#[test]
fn images_of_an_upsampled_tone_are_gone() {
    let found = Resampler::new(24_000, 48_000).process(&sine(10_000.0, 24_000.0, 9_600));
    let expected = sine(10_000.0, 48_000.0, found.len());
    let error = error_db(&found[200..19_000], &expected[200..19_000]);
    assert!(error < -90.0, "{error} dB");
}

#[test]
fn products_are_summed_whatever_their_number() {
    for length in 0..20_usize {
        let numbers: Vec<f32> = (0..length).map(|n| n as f32).collect();
        let expected: f32 = numbers.iter().map(|n| n * n).sum();
        assert_eq!(dot(&numbers, &numbers), expected, "{length}");
    }
}
