//! Speed is honoured: audio at speed s lasts about 1/s as long as at 1.

use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice, Utterance};

const TEXTS: [&str; 3] = [
    "The quick brown fox jumps over the lazy dog. Nobody knows why.",
    "Please call me at half past ten tomorrow.",
    "Hello.",
];

#[test]
fn audio_at_twice_the_speed_takes_half_the_time() {
    let engine = Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    })
    .unwrap();
    let seconds = |text: &str, voice: &str, speed: f32| {
        let utterance = Utterance {
            text: text.to_owned(),
            voice: Some(voice.to_owned()),
            speed,
            lang: None,
        };
        engine
            .render(&utterance, &Cancel::new())
            .unwrap()
            .samples
            .len() as f32
            / 24_000.0
    };
    for voice in ["en-us", "en-gb-f"] {
        for text in TEXTS {
            let natural = seconds(text, voice, 1.0);
            for speed in [0.25, 0.7, 1.5, 4.0] {
                let share = seconds(text, voice, speed) * speed / natural;

                assert!(
                    (0.9..1.1).contains(&share),
                    "{voice} at {speed}: {share:.3} of {natural:.2} s"
                );
            }
        }
    }
}
