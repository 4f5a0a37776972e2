use std::f32::consts::TAU;

use super::*;
use crate::dsp::loudness::true_peak;
use crate::dsp::resample::{Resampler, to_engine_rate};

/// A voice of pulses, whose peaks are 20 dB above its mean, with a hiss above 4 kHz every now and then, at -16 LUFS and -1.2 dBTP.
fn pulsed(seconds: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let sound: Vec<f32> = (0..seconds * 24_000)
        .map(|n| {
            let t = n as f32 / 24_000.0;
            let since = (t * 110.0).fract() / 110.0;
            let syllable = 0.55 - 0.45 * (TAU * 3.7 * t).cos();
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / 8_388_608.0 - 1.0;
            let hiss = if (t * 1.3).fract() < 0.15 { 0.2 } else { 0.0 };
            syllable * (-since * 900.0).exp() * (TAU * 1_700.0 * since).cos()
                + hiss * noise * (TAU * 7_000.0 * t).sin()
        })
        .collect();
    crate::dsp::loudness::normalise(&sound).samples
}

/// A codec whose decoders give 24 kHz.
fn limits(rate: u32, ceiling: f64) -> Limits {
    Limits {
        rate,
        played: 24_000,
        ceiling,
    }
}

fn streamed(sound: &[f32], rate: u32, ceiling: f64, piece: usize) -> Vec<f32> {
    let mut resampler = Resampler::from_engine_rate(rate).unwrap().stream();
    let mut levels = Levels::new(limits(rate, ceiling)).unwrap();
    let mut out = Vec::new();
    for piece in sound.chunks(piece) {
        out.extend(levels.push(piece, &resampler.push(piece)).unwrap());
    }
    out.extend(levels.push(&[], &resampler.finish()).unwrap());
    out.extend(levels.finish());
    out
}

fn lufs(samples: &[f32], rate: u32) -> f64 {
    loudness(&to_engine_rate(samples, rate)).unwrap()
}

#[test]
fn a_whole_sound_is_as_loud_as_it_was_whatever_its_rate_and_ceiling_take() {
    let sound = pulsed(4);
    for (rate, ceiling) in [
        (8_000, -2.5),
        (16_000, -2.3),
        (24_000, -4.0),
        (48_000, -2.2),
    ] {
        let resampled = Resampler::from_engine_rate(rate).unwrap().process(&sound);
        let found = levelled(&sound, &resampled, limits(rate, ceiling));
        assert_eq!(found.len(), resampled.len());
        let loud = lufs(&found, rate);
        assert!((loud + 16.0).abs() < 0.15, "{rate}: {loud} LUFS");
        let peak = true_peak(&to_engine_rate(&found, rate)).unwrap();
        assert!(peak < ceiling + 0.3, "{rate}: {peak} dBTP");
    }
}

#[test]
fn a_stream_comes_to_the_loudness_it_had() {
    for (rate, ceiling) in [
        (8_000, -2.5),
        (16_000, -2.5),
        (24_000, -2.3),
        (44_100, -2.2),
    ] {
        for (seconds, tolerance) in [(3, 0.5), (12, 0.2)] {
            let found = streamed(&pulsed(seconds), rate, ceiling, 2_400);
            let loud = lufs(&found, rate);
            assert!(
                (loud + 16.0).abs() < tolerance,
                "{rate}, {seconds} s: {loud} LUFS"
            );
        }
    }
}

#[test]
fn a_stream_is_the_same_whatever_its_pieces() {
    let sound = pulsed(2);
    let one = streamed(&sound, 11_025, -2.2, sound.len());
    assert_eq!(one.len(), 22_050);
    for piece in [7, 999, 2_400] {
        assert_eq!(streamed(&sound, 11_025, -2.2, piece), one, "{piece}");
    }
}

#[test]
fn a_gain_moves_slowly_and_evenly() {
    let mut levels = Levels::new(limits(8_000, -2.5)).unwrap();
    (levels.before, levels.gain) = (0.0, 6.0);
    let found = levels.ridden(&[1.0; 800]);
    assert!((found[399] - 1.4125).abs() < 0.001, "{}", found[399]);
    assert!((found[799] - 1.9953).abs() < 0.001, "{}", found[799]);
    levels.left = 400;
    assert_eq!(levels.ridden(&[1.0; 400]), found[400..]);

    let mut levels = Levels::new(limits(8_000, -2.5)).unwrap();
    let sound = pulsed(6);
    let resampled = Resampler::from_engine_rate(8_000).unwrap().process(&sound);
    levels.waiting = sound;
    for step in resampled.chunks(800) {
        levels.push(&[], step).unwrap();
        assert!((levels.gain - levels.before).abs() < 1.5, "{}", levels.gain);
    }
}

#[test]
fn a_gain_never_turns_down_and_has_a_limit() {
    // Nothing of this is above a low rate's band, and nothing of that below it.
    let tone = |hertz: f32| -> Vec<f32> {
        (0..240_000)
            .map(|n| 0.1 * (TAU * hertz * n as f32 / 24_000.0).sin())
            .collect()
    };
    let gain = |sound: &[f32]| {
        let mut levels = Levels::new(limits(8_000, -2.5)).unwrap();
        let resampled = Resampler::from_engine_rate(8_000).unwrap().process(sound);
        levels.push(sound, &resampled).unwrap();
        levels.gain
    };
    assert!(
        (gain(&tone(500.0)) - 0.0).abs() < 0.2,
        "{}",
        gain(&tone(500.0))
    );
    let both: Vec<f32> = tone(500.0)
        .iter()
        .zip(tone(6_000.0))
        .map(|(a, b)| a * 0.2 + b)
        .collect();
    assert_eq!(gain(&both), MOST);
}

#[test]
fn silence_has_no_loudness_to_keep() {
    assert_eq!(
        levelled(&[0.0; 300], &[0.0; 100], limits(8_000, -2.5)),
        [0.0; 100]
    );
    assert_eq!(levelled(&[], &[], limits(8_000, -2.5)), Vec::<f32>::new());
    let found = streamed(&[0.0; 48_000], 8_000, -2.5, 2_400);
    assert_eq!(found, [0.0; 16_000]);
    let mut levels = Levels::new(limits(8_000, -2.5)).unwrap();
    levels.push(&[0.0; 48_000], &[0.0; 16_000]).unwrap();
    assert_eq!(levels.gain, levels.usual);
}

#[test]
fn what_speech_needs_as_a_rule() {
    let close = |found: f64, meant: f64| (found - meant).abs() < 1e-9;
    assert!(close(usual(24_000, CEILING), 0.0));
    assert!(close(usual(16_001, CEILING), 0.0));
    assert!(close(usual(16_000, CEILING), 0.2));
    assert!(close(usual(8_001, CEILING), 0.2));
    assert!(close(usual(8_000, CEILING), 0.8));
    assert!(close(usual(24_000, CEILING - 1.0), 0.7));
}
