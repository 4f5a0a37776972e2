//! What several tests of the whole engine need.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "no test uses all of it, and each compiles it anew"
)]

use std::f32::consts::TAU;

use ebur128::{EbuR128, Mode};
use kokoro_speech::provider::{Control, Provider, Request, Sound};
use kokoro_speech::{
    Cancel, Engine, EngineConfig, ProviderChoice, SpeechError, Utterance, Voice, wav,
};
use kokoro_text::Limits;

/// An engine that speaks with eSpeak NG.
pub fn espeak() -> Engine {
    Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    })
    .unwrap()
}

pub fn utterance(text: &str, voice: &str, speed: f32) -> Utterance {
    Utterance {
        text: text.to_owned(),
        voice: Some(voice.to_owned()),
        speed,
        lang: None,
    }
}

/// A whole stream.
pub fn streamed(engine: &Engine, utterance: &Utterance) -> Vec<f32> {
    engine
        .stream(utterance, &Cancel::new())
        .unwrap()
        .flat_map(|chunk| chunk.unwrap().samples)
        .collect()
}

/// What a player gets: 16 bits, through a WAV file and back.
pub fn played(samples: &[f32]) -> Vec<f32> {
    wav::parse(&wav::wav_bytes(samples)).unwrap().samples
}

/// Integrated loudness in LUFS and true peak in dBTP.
pub fn measured(samples: &[f32]) -> (f64, f64) {
    let mut meter = EbuR128::new(1, 24_000, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(samples).unwrap();
    (
        meter.loudness_global().unwrap(),
        20.0 * meter.true_peak(0).unwrap().log10(),
    )
}

/// What a made voice is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A few steady harmonics: its peaks are 5 dB above its mean.
    Smooth,
    /// A click for each period that rings out soon: 20 dB, syllables included.
    Pulsed,
}

/// A made voice: syllables that rise and fall, each text at a level of its own.
#[derive(Debug)]
pub struct Voicebox {
    made: Made,
    level: f32,
    limits: Limits,
    voices: Vec<Voice>,
}

impl Voicebox {
    /// One at about so many dB, that speaks segments of at most so many characters.
    pub fn new(made: Made, level_db: f32, longest: usize) -> Self {
        Self {
            made,
            level: 10_f32.powf(level_db / 20.0),
            limits: Limits {
                first: longest.min(20),
                max: longest,
                growth: 2,
            },
            voices: vec![Voice {
                id: "any".to_owned(),
                name: "Any".to_owned(),
                language: "en-US".to_owned(),
                gender: "neutral",
                aliases: Vec::new(),
            }],
        }
    }
}

impl Provider for Voicebox {
    fn name(&self) -> &'static str {
        "voicebox"
    }

    fn backend(&self) -> String {
        "made".to_owned()
    }

    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn ready(&self) -> Result<(), SpeechError> {
        Ok(())
    }

    fn synthesise(&self, request: &Request<'_>, _: &Control) -> Result<Sound, SpeechError> {
        let text = request.segment.text();
        let seconds = text.chars().count() as f32 * 0.06 / request.speed;
        // Up to 1.5 dB louder or softer, as the text has it.
        let own = (text.bytes().map(u32::from).sum::<u32>() % 7) as f32 / 2.0 - 1.5;
        let level = self.level * 10_f32.powf(own / 20.0);
        let samples: Vec<f32> = (0..240_000_u32)
            .map(|n| n as f32 / 24_000.0)
            .take_while(|t| *t < seconds)
            .map(|t| {
                let syllable = 0.55 - 0.45 * (TAU * 3.7 * t).cos();
                level * syllable * self.made.at(t)
            })
            .collect();
        Ok(samples.into())
    }
}

impl Made {
    fn at(self, t: f32) -> f32 {
        let pitch = 110.0;
        match self {
            Self::Smooth => (1..4)
                .map(|k| (TAU * pitch * k as f32 * t).sin() / 3.0)
                .sum(),
            Self::Pulsed => {
                let since = (t * pitch).fract() / pitch;
                (-since * 900.0).exp() * (TAU * 1_700.0 * since).cos()
            }
        }
    }
}
