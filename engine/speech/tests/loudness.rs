//! What leaves the engine is at target, by a meter that is not part of the chain's own code, after the 16 bits that
//! players get.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod common;

use std::sync::Arc;

use common::{Made, Voicebox, espeak, measured, played, streamed, utterance};
use kokoro_speech::{Cancel, Engine, EngineConfig};

const TEXTS: [&str; 3] = [
    "The sun was going down behind the hills when the last train left the station, and nobody waved.",
    "Yes. No! Why not? Because I said so; that is why. Now please be quiet, all of you.",
    "Version 2.5 ships on 3/14/2025 for $1,234.56, and over 10,000 people have asked for it already.",
];

/// Long enough to last three seconds at twice the speed.
fn text(which: usize) -> String {
    let two: Vec<&str> = TEXTS.iter().copied().cycle().skip(which).take(2).collect();
    two.join(" ")
}

/// The worst of many streams: how far from -16 LUFS, the highest true peak, and where.
#[derive(Debug, Default)]
struct Worst {
    error: (f64, String),
    peak: Option<(f64, String)>,
}

impl Worst {
    fn add(&mut self, samples: &[f32], what: String) {
        assert!(samples.len() > 3 * 24_000, "{what} is too short to tell");
        let (lufs, peak) = measured(&played(samples));
        if (lufs + 16.0).abs() > self.error.0 {
            self.error = ((lufs + 16.0).abs(), what.clone());
        }
        if self.peak.as_ref().is_none_or(|(worst, _)| peak > *worst) {
            self.peak = Some((peak, what));
        }
    }

    fn is_within(&self, tolerance: f64) {
        let (peak, _) = self.peak.as_ref().unwrap();
        assert!(self.error.0 <= tolerance && *peak <= -1.0, "{self:?}");
    }
}

fn every_voice_streams_at_target(engine: &Engine) {
    let mut worst = Worst::default();
    for (row, voice) in engine.voices().iter().enumerate() {
        for (column, speed) in [0.5, 1.0, 2.0].into_iter().enumerate() {
            // A Latin square: each text is spoken by every voice or at every speed.
            let text = text(row + column);
            let samples = streamed(engine, &utterance(&text, &voice.id, speed));
            worst.add(&samples, format!("{} at {speed}", voice.id));
        }
    }
    worst.is_within(1.0);
}

#[test]
fn a5_espeaks_streams_are_at_target_for_every_voice_and_speed() {
    every_voice_streams_at_target(&espeak());
}

#[test]
fn a5_the_default_voices_streams_are_at_target_for_every_voice_and_speed() {
    every_voice_streams_at_target(&Engine::open(EngineConfig::default()).unwrap());
}

#[test]
fn a5_whole_texts_are_exact() {
    for engine in [espeak(), Engine::open(EngineConfig::default()).unwrap()] {
        let mut worst = Worst::default();
        for voice in engine.voices() {
            for speed in [0.7, 1.9] {
                let wanted = utterance(&text(0), &voice.id, speed);
                let samples = engine.render(&wanted, &Cancel::new()).unwrap().samples;
                worst.add(&samples, format!("{} at {speed}", voice.id));
            }
        }
        worst.is_within(0.2);
    }
}

#[test]
fn voices_of_any_level_and_crest_stream_at_target() {
    for made in [Made::Smooth, Made::Pulsed] {
        for level_db in [-45.0, -20.0, 6.0] {
            for longest in [20, 320] {
                let provider = Arc::new(Voicebox::new(made, level_db, longest));
                let engine = Engine::with_providers(EngineConfig::default(), provider, None);
                let mut worst = Worst::default();
                for text in [text(0), text(1)] {
                    for speed in [0.5, 1.0, 1.5] {
                        let samples = streamed(&engine, &utterance(&text, "any", speed));
                        worst.add(
                            &samples,
                            format!("{made:?}, {level_db} dB, {longest} characters, {speed}"),
                        );
                    }
                }
                worst.is_within(1.0);
            }
        }
    }
}
