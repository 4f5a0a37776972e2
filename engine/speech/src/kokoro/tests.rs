use super::*;
use crate::engine::{Cancel, Engine, EngineConfig, Utterance};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

#[test]
fn a_model_speaks() {
    for model in ["tiny-v1.0.onnx", "tiny-integer-speed.onnx"] {
        let engine = Engine::open(EngineConfig {
            model: Some(fixture(model)),
            voices: Some(fixture("tiny-voices.npz")),
            ..EngineConfig::default()
        })
        .unwrap();
        let rendered = engine
            .render(
                &Utterance {
                    text: "Hello there, reader.".to_owned(),
                    voice: None,
                    speed: 1.0,
                    lang: None,
                },
                &Cancel::new(),
            )
            .unwrap();
        assert_eq!(rendered.voice, "af_heart");
        assert_eq!(rendered.provider, "kokoro");
        println!("{} {:?}", rendered.samples.len(), engine.info());
    }
}
