use super::*;
use crate::testing::{Fake, fixture, stand_in, tone};

fn utterance(text: &str) -> Utterance {
    Utterance {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
        lang: None,
    }
}

fn faked(config: EngineConfig) -> Engine {
    Engine::with_providers(
        config,
        Arc::new(Fake::new("fake", |_, _| Ok(tone(4_800)))),
        None,
    )
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    let config = EngineConfig::default();
    assert_eq!(config.provider, ProviderChoice::Auto);
    assert_eq!(config.backend, BackendChoice::Auto);
    assert_eq!(config.deadline, Duration::from_secs(120));
    assert_eq!(config.max_characters, 4_500);
    assert!(
        config.model.is_none()
            && config.voices.is_none()
            && config.espeak.is_none()
            && config.threads.is_none()
    );
}

#[test]
fn cancelling_is_seen_by_every_copy() {
    let cancel = Cancel::new();
    let copy = cancel.clone();
    assert!(!copy.is_cancelled());
    cancel.cancel();
    assert!(copy.is_cancelled());
    assert!(!Cancel::new().is_cancelled());
}

#[test]
fn an_engine_shows_its_provider() {
    let engine = faked(EngineConfig::default());
    assert_eq!(
        engine
            .voices()
            .iter()
            .map(|voice| voice.id.as_str())
            .collect::<Vec<_>>(),
        ["first", "second"]
    );
    let expected = EngineInfo {
        provider: "fake".to_owned(),
        backend: "fake 1.0".to_owned(),
        execution_provider: "cpu".to_owned(),
        execution_fallback: None,
        model_sha256: None,
        fallback_count: 0,
    };
    assert_eq!(engine.info(), expected);
    assert!(engine.ready().is_ok());
    let broken = Engine::with_providers(
        EngineConfig::default(),
        Arc::new(Fake::new("broken", |_, _| Ok(Vec::new()))),
        None,
    );
    assert!(broken.ready().is_err());
}

#[test]
fn requests_are_checked_against_the_configuration() {
    let engine = faked(EngineConfig {
        max_characters: 5,
        ..EngineConfig::default()
    });
    assert!(engine.check(&utterance("12345")).is_ok());
    let long = utterance("123456");
    assert!(matches!(
        engine.check(&long),
        Err(SpeechError::TextTooLong { found: 6, limit: 5 })
    ));
    assert!(matches!(
        engine.render(&long, &Cancel::new()),
        Err(SpeechError::TextTooLong { .. })
    ));
    assert!(matches!(
        engine.stream(&long, &Cancel::new()),
        Err(SpeechError::TextTooLong { .. })
    ));
}

#[test]
fn whole_and_streamed_audio_come_from_the_provider() {
    let engine = faked(EngineConfig::default());
    let whole = engine.render(&utterance("Hi."), &Cancel::new()).unwrap();
    assert_eq!(
        (
            whole.samples.len(),
            whole.voice.as_str(),
            whole.provider.as_str()
        ),
        (4_800, "first", "fake")
    );
    let stream = engine.stream(&utterance("Hi."), &Cancel::new()).unwrap();
    assert_eq!(
        stream
            .map(|chunk| chunk.unwrap().samples.len())
            .sum::<usize>(),
        4_800
    );
}

#[test]
fn the_deadline_is_that_of_the_configuration() {
    let engine = faked(EngineConfig {
        deadline: Duration::ZERO,
        ..EngineConfig::default()
    });
    assert!(matches!(
        engine.render(&utterance("Hi."), &Cancel::new()),
        Err(SpeechError::Deadline { seconds: 0 })
    ));
    let mut stream = engine.stream(&utterance("Hi."), &Cancel::new()).unwrap();
    assert!(matches!(
        stream.next(),
        Some(Err(SpeechError::Deadline { seconds: 0 }))
    ));
    assert!(stream.next().is_none());
}

#[test]
fn espeak_speaks_by_default() {
    let engine = Engine::open(EngineConfig::default()).unwrap();
    let info = engine.info();
    assert_eq!(info.provider, "espeak");
    assert!(info.backend.starts_with("espeak-ng 1."), "{}", info.backend);
    assert_eq!(engine.voices()[0].id, "en-us");
    let spoken = Utterance {
        voice: Some("af_heart".to_owned()),
        ..utterance("Hello there. This is a test.")
    };
    let rendered = engine.render(&spoken, &Cancel::new()).unwrap();
    assert_eq!(
        (rendered.voice.as_str(), rendered.provider.as_str()),
        ("en-us-f", "espeak")
    );
    assert!(
        (36_000..96_000).contains(&rendered.samples.len()),
        "{}",
        rendered.samples.len()
    );
}

#[test]
fn without_the_program_the_engine_does_not_open() {
    for provider in [ProviderChoice::Auto, ProviderChoice::Espeak] {
        let config = EngineConfig {
            provider,
            espeak: Some("/no/such/program".into()),
            ..EngineConfig::default()
        };
        let error = Engine::open(config).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("espeak cannot speak: expected the eSpeak NG program at"),
            "{error}"
        );
    }
}

#[test]
fn a_program_that_cannot_speak_is_found_out_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let espeak = Some(stand_in(folder.path(), "breaks"));
    let error = Engine::open(EngineConfig {
        espeak,
        ..EngineConfig::default()
    })
    .unwrap_err();
    assert!(
        error.to_string().ends_with("it ended with exit status: 3"),
        "{error}"
    );
}

#[test]
fn kokoro_without_a_model_says_what_to_name() {
    let config = EngineConfig {
        provider: ProviderChoice::Kokoro,
        ..EngineConfig::default()
    };
    assert_eq!(
        Engine::open(config).unwrap_err().to_string(),
        "kokoro cannot speak: expected a model file, but none is named; name a Kokoro ONNX file and its voices file"
    );
}

fn modelled(provider: ProviderChoice) -> EngineConfig {
    EngineConfig {
        provider,
        model: Some(fixture("tiny-v1.0.onnx")),
        voices: Some(fixture("tiny-voices.npz")),
        ..EngineConfig::default()
    }
}

#[test]
fn a_model_speaks_when_there_is_one() {
    for (provider, expected) in [
        (ProviderChoice::Auto, "kokoro"),
        (ProviderChoice::Kokoro, "kokoro"),
        (ProviderChoice::Espeak, "espeak"),
    ] {
        let engine = Engine::open(modelled(provider)).unwrap();
        assert_eq!(engine.info().provider, expected);
        assert_eq!(engine.info().model_sha256.is_some(), expected == "kokoro");
        let rendered = engine
            .render(&utterance("Hello, reader."), &Cancel::new())
            .unwrap();
        assert_eq!(rendered.provider, expected);
        assert_eq!(engine.info().fallback_count, 0);
    }
}

#[test]
fn a_file_that_is_no_model_is_an_error_and_no_reason_to_speak_otherwise() {
    let config = EngineConfig {
        model: Some(fixture("other.onnx")),
        ..modelled(ProviderChoice::Auto)
    };
    assert!(matches!(
        Engine::open(config),
        Err(SpeechError::InvalidModel { .. })
    ));
}
