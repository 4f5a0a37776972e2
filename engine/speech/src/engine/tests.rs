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

/// An engine for which there is no eSpeak NG.
fn without_program(provider: ProviderChoice) -> EngineConfig {
    EngineConfig {
        provider,
        espeak: Some("/no/such/program".into()),
        ..EngineConfig::default()
    }
}

#[test]
fn hedgerow_speaks_by_default_whatever_is_installed() {
    for provider in [ProviderChoice::Auto, ProviderChoice::Hedgerow] {
        let engine = Engine::open(without_program(provider)).unwrap();
        let info = engine.info();
        assert_eq!(
            (
                info.provider.as_str(),
                info.backend.as_str(),
                info.fallback_count
            ),
            ("hedgerow", "rten 0.27", 0)
        );
        assert_eq!(info.model_sha256.unwrap().len(), 64);
        assert_eq!(engine.voices(), crate::hedgerow::voices());
        let spoken = Utterance {
            voice: Some("am_michael".to_owned()),
            ..utterance("Hello there. This is a test.")
        };
        let rendered = engine.render(&spoken, &Cancel::new()).unwrap();
        assert_eq!(
            (rendered.voice.as_str(), rendered.provider.as_str()),
            ("am_flint", "hedgerow")
        );
        assert!(
            (24_000..96_000).contains(&rendered.samples.len()),
            "{}",
            rendered.samples.len()
        );
    }
}

#[test]
fn hedgerows_words_are_timed_in_its_own_frames() {
    let engine = Engine::open(without_program(ProviderChoice::Auto)).unwrap();
    let text = "One two three. Four five six.";
    let rendered = engine.render(&utterance(text), &Cancel::new()).unwrap();
    let said: Vec<&str> = rendered
        .words
        .iter()
        .map(|word| &text[word.bytes.clone()])
        .collect();
    assert_eq!(said, ["One", "two", "three", "Four", "five", "six"]);
    let whole = rendered.samples.len() as f64 / 24_000.0;
    for pair in rendered.words.windows(2) {
        assert!(pair[0].end <= pair[1].start + 1e-6 && pair[0].end - pair[0].start > 0.05);
    }
    let last = rendered.words.last().unwrap();
    assert!(
        last.end <= whole && whole - last.end < 0.5,
        "{} of {whole} s",
        last.end
    );
    // In a word it is loud, between the sentences it is not.
    let loud = |from: f64, to: f64| {
        let piece = &rendered.samples[voicing::sample_at(from)..voicing::sample_at(to)];
        (piece.iter().map(|s| s * s).sum::<f32>() / piece.len() as f32).sqrt()
    };
    let (three, four) = (&rendered.words[2], &rendered.words[3]);
    let gap = four.start - three.end;
    let (word, pause) = (
        loud(three.start, three.end),
        loud(three.end + gap * 0.4, four.start - gap * 0.3),
    );
    assert!(word > 0.03 && pause < word / 4.0, "{word} {pause}");
}

#[test]
fn hedgerows_voices_blend() {
    let engine = Engine::open(without_program(ProviderChoice::Hedgerow)).unwrap();
    let said = |voice: &str| {
        let utterance = Utterance {
            voice: Some(voice.to_owned()),
            ..utterance("Hello there.")
        };
        engine.render(&utterance, &Cancel::new()).unwrap()
    };
    let blend = said("af_fern:0.3,onyx:0.7");
    assert_eq!(blend.voice, "af_fern:0.3+am_flint:0.7");
    for voice in ["af_fern", "am_flint"] {
        assert_ne!(blend.samples, said(voice).samples);
    }
    assert_eq!(said("af_fern:2").samples, said("af_fern").samples);
}

#[test]
fn an_engine_that_measures_nothing_streams_at_target() {
    let engine = Engine::open(EngineConfig {
        warm_up: false,
        ..without_program(ProviderChoice::Auto)
    })
    .unwrap();
    let text = "The sun was going down behind the hills when the last train left the station. Nobody waved.";
    for voice in crate::hedgerow::VOICES {
        let wanted = Utterance {
            voice: Some(voice.to_owned()),
            ..utterance(text)
        };
        let stream = engine.stream(&wanted, &Cancel::new()).unwrap();
        let samples: Vec<f32> = stream.flat_map(|chunk| chunk.unwrap().samples).collect();
        let gain = crate::dsp::loudness::normalise(&samples).gain_db;
        assert!(gain.abs() < 1.0, "{voice}: {gain} dB from the target");
    }
}

#[test]
fn a_lexicon_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.txt");
    let samples = |lexicon: &str, text: &str| {
        std::fs::write(&path, lexicon).unwrap();
        let engine = Engine::open(EngineConfig {
            lexicon: Some(path.clone()),
            ..without_program(ProviderChoice::Auto)
        })?;
        engine
            .render(&utterance(text), &Cancel::new())
            .map(|rendered| rendered.samples)
    };
    let said = samples("SQL = sequel", "SQL").unwrap();
    assert_eq!(said, samples("", "sequel").unwrap());
    assert_ne!(said, samples("", "SQL").unwrap());
    let error = samples("# mine\nSQL", "SQL").unwrap_err().to_string();
    assert!(error.ends_with("words.txt is not a lexicon: line 2: expected `word = /phonemes/` or `word = other words`"), "{error}");
    let absent = EngineConfig {
        lexicon: Some("/no/such/lexicon".into()),
        ..EngineConfig::default()
    };
    let error = Engine::open(absent).unwrap_err().to_string();
    assert!(
        error.contains("expected a file at `/no/such/lexicon`"),
        "{error}"
    );
    let espeak = EngineConfig {
        lexicon: Some(path.clone()),
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    };
    let error = Engine::open(espeak).unwrap_err().to_string();
    assert!(
        error.contains("a lexicon is named, which it does not read"),
        "{error}"
    );
}

#[test]
fn without_its_program_espeak_does_not_open() {
    let error = Engine::open(without_program(ProviderChoice::Espeak)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("espeak cannot speak: expected the eSpeak NG program at"),
        "{error}"
    );
}

#[test]
fn voices_without_their_model_are_an_error() {
    let config = EngineConfig {
        voices: Some("voices.bin".into()),
        ..EngineConfig::default()
    };
    assert_eq!(
        Engine::open(config).unwrap_err().to_string(),
        "hedgerow cannot speak: expected a model for the voices `voices.bin`, but none is named; name it, or leave the voices out"
    );
}

#[test]
fn a_program_that_cannot_speak_is_found_out_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let espeak = Some(stand_in(folder.path(), "breaks"));
    let error = Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
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
        "kokoro cannot speak: expected a model file, but none is named; name a Kokoro ONNX file and its voices file, or let `hedgerow` speak"
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
