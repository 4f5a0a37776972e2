//! What leaves the engine is at target, by a meter that is not part of the chain's own code.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use ebur128::{EbuR128, Mode};
use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice, Utterance};

const TEXTS: [&str; 3] = [
    "The sun was going down behind the hills when the last train left the station, and nobody waved.",
    "Yes. No! Why not? Because I said so; that is why. Now please be quiet, all of you.",
    "Version 2.5 ships on 3/14/2025 for $1,234.56, and over 10,000 people have asked for it already.",
];

fn engine() -> Engine {
    Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    })
    .unwrap()
}

fn measured(samples: &[f32]) -> (f64, f64) {
    let mut meter = EbuR128::new(1, 24_000, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(samples).unwrap();
    (
        meter.loudness_global().unwrap(),
        20.0 * meter.true_peak(0).unwrap().log10(),
    )
}

fn utterance(text: &str, voice: &str, speed: f32) -> Utterance {
    Utterance {
        text: text.to_owned(),
        voice: Some(voice.to_owned()),
        speed,
        lang: None,
    }
}

fn streamed(engine: &Engine, utterance: &Utterance) -> Vec<f32> {
    engine
        .stream(utterance, &Cancel::new())
        .unwrap()
        .flat_map(|chunk| chunk.unwrap().samples)
        .collect()
}

#[test]
fn streams_are_at_target_for_every_voice_and_speed() {
    let engine = engine();
    let mut worst = (0.0_f64, f64::NEG_INFINITY);
    for (row, voice) in engine.voices().iter().enumerate() {
        for (column, speed) in [0.5, 1.0, 2.0].into_iter().enumerate() {
            // A Latin square: each text is spoken by every voice or at every speed.
            let text = TEXTS[(row + column) % TEXTS.len()];
            let samples = streamed(&engine, &utterance(text, &voice.id, speed));
            let (lufs, peak) = measured(&samples);
            worst = (worst.0.max((lufs + 16.0).abs()), worst.1.max(peak));
        }
    }
    assert!(worst.0 <= 1.0, "loudness is off by {:.2} LU", worst.0);
    assert!(worst.1 <= -1.0, "true peak {:.2} dBTP", worst.1);
}

#[test]
fn whole_texts_are_exact() {
    let engine = engine();
    for voice in engine.voices() {
        for speed in [0.7, 2.0] {
            let text = TEXTS[1];
            let samples = engine
                .render(&utterance(text, &voice.id, speed), &Cancel::new())
                .unwrap()
                .samples;
            let (lufs, peak) = measured(&samples);
            assert!(
                (lufs + 16.0).abs() <= 0.3,
                "{} at {speed}: {lufs:.2} LUFS",
                voice.id
            );
            assert!(peak <= -1.0, "{} at {speed}: {peak:.2} dBTP", voice.id);
        }
    }
}
