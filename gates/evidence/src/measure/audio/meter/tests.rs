#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "test tones are short and within -1.0..=1.0"
)]

use super::*;

/// A sine of 997 Hz, which no sample rate divides.
fn sine(amplitude: f64, seconds: f64, channels: u32) -> Audio {
    let rate = 48_000;
    let frames = (seconds * f64::from(rate)).round() as usize;
    let samples = (0..frames)
        .flat_map(|i| {
            let phase = 2.0 * std::f64::consts::PI * 997.0 * i as f64 / f64::from(rate);
            std::iter::repeat_n((amplitude * phase.sin()) as f32, channels as usize)
        })
        .collect();
    Audio {
        channels,
        rate,
        samples,
    }
}

fn near(left: f64, right: f64, tolerance: f64) {
    assert!((left - right).abs() <= tolerance, "{left} is not {right}");
}

#[test]
fn a_sine_reads_what_the_standard_says() {
    // BS.1770: a 997 Hz sine at 0 dBFS in one channel reads -3.01 LUFS.
    let full = level(&sine(1.0, 3.0, 1)).unwrap().unwrap();
    near(full.loudness, -3.01, 0.05);
    near(full.true_peak, 0.0, 0.05);
    let quieter = level(&sine(0.1, 3.0, 1)).unwrap().unwrap();
    near(quieter.loudness, -23.01, 0.05);
    near(quieter.true_peak, -20.0, 0.05);
    let both = level(&sine(0.1, 3.0, 2)).unwrap().unwrap();
    near(both.loudness, -20.0, 0.05);
}

#[test]
fn the_louder_channel_has_the_peak() {
    let mut audio = sine(0.1, 1.0, 2);
    audio.samples[24_001] = 0.9;
    let level = level(&audio).unwrap().unwrap();
    assert!(level.true_peak > -1.0, "{level:?}");
}

#[test]
fn a_peak_between_samples_is_seen() {
    // A quarter of the sample rate at 45 degrees: samples at 0.707, peaks at 1.
    let samples = [0.5_f32, 0.5, -0.5, -0.5].repeat(12_000);
    let level = level(&Audio {
        channels: 1,
        rate: 48_000,
        samples,
    })
    .unwrap()
    .unwrap();
    near(
        level.true_peak,
        20.0 * (0.5_f64 * std::f64::consts::SQRT_2).log10(),
        0.3,
    );
}

#[test]
fn the_last_samples_count_for_the_peak() {
    let mut audio = sine(0.01, 1.0, 1);
    let last = audio.samples.len() - 1;
    // Two equal samples: the peak lies between them.
    audio.samples[last] = 0.5;
    audio.samples[last - 1] = 0.5;
    let level = level(&audio).unwrap().unwrap();
    assert!(level.true_peak > -5.5, "{level:?}");
}

#[test]
fn silence_and_short_sounds_have_no_level() {
    let silence = Audio {
        channels: 1,
        rate: 24_000,
        samples: vec![0.0; 48_000],
    };
    assert_eq!(level(&silence), Ok(None));
    assert_eq!(level(&sine(0.000_05, 2.0, 1)), Ok(None));
    assert_eq!(level(&sine(0.5, 0.399, 1)), Ok(None));
    assert!(level(&sine(0.5, 0.4, 1)).unwrap().is_some());
    assert_eq!(
        level(&Audio {
            channels: 1,
            rate: 24_000,
            samples: vec![]
        }),
        Ok(None)
    );
}

#[test]
fn what_cannot_be_metered_is_said() {
    let odd = Audio {
        channels: 0,
        rate: 24_000,
        samples: vec![0.5; 48_000],
    };
    assert!(
        level(&odd)
            .unwrap_err()
            .starts_with("audio that cannot be metered")
    );
}
