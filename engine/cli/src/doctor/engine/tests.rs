use super::*;

fn absent() -> EngineConfig {
    EngineConfig {
        espeak: Some("/nowhere/espeak-ng".into()),
        ..EngineConfig::default()
    }
}

#[test]
fn what_speaks_is_found_with_its_version_and_place() {
    let config = EngineConfig::default();
    let search = std::env::var_os("PATH").unwrap();
    let check = espeak_at(&config, None, &search);
    assert_eq!(check.status, Status::Ok);
    assert!(
        check.found.starts_with("espeak-ng ") && check.found.contains(" at /"),
        "{}",
        check.found
    );
    assert_eq!(check.mend, None);
    let elsewhere = espeak_at(&config, None, OsStr::new(""));
    assert!(!elsewhere.found.contains(" at "), "{}", elsewhere.found);

    let check = speech(config);
    assert_eq!((check.status, check.mend), (Status::Ok, None));
    assert!(
        check.found.starts_with("hedgerow, voice af_fern: "),
        "{}",
        check.found
    );
}

#[test]
fn the_program_of_the_configuration_is_looked_at() {
    let check = espeak(&absent());
    assert_eq!(
        (check.name.as_str(), check.status),
        ("espeak-ng", Status::Warn)
    );
    assert!(
        check.found.contains("/nowhere/espeak-ng"),
        "{}",
        check.found
    );
}

#[test]
fn a_model_that_cannot_be_named_is_a_failure() {
    let check = unchosen(&CliError::Usage("no such name".to_owned()));
    assert_eq!(
        (check.status, check.found.as_str()),
        (Status::Fail, "no such name")
    );
}

#[test]
fn without_espeak_the_voice_in_the_program_speaks() {
    let check = espeak_at(&absent(), None, OsStr::new(""));
    assert_eq!(check.status, Status::Warn);
    assert_eq!(check.mend, Some(install_hint(std::env::consts::OS)));
    assert_eq!(speech(absent()).status, Status::Ok);
    let check = speech(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..absent()
    });
    assert_eq!(check.status, Status::Fail);
    assert_eq!(check.mend.as_deref(), Some("mend what is broken above"));
}

#[test]
fn with_a_model_espeak_is_only_missed() {
    let config = EngineConfig {
        model: Some("m".into()),
        ..absent()
    };
    assert_eq!(
        espeak_at(&config, None, OsStr::new("")).status,
        Status::Warn
    );
    let config = EngineConfig {
        provider: ProviderChoice::Espeak,
        ..config
    };
    assert_eq!(
        espeak_at(&config, None, OsStr::new("")).status,
        Status::Fail
    );
}

#[test]
fn every_system_has_its_hint() {
    assert_eq!(install_hint("macos"), "brew install espeak-ng");
    assert!(install_hint("linux").starts_with("sudo apt install espeak-ng"));
    assert!(install_hint("other").contains("KOKORO_ESPEAK"));
}

#[test]
fn programs_are_looked_for_in_every_folder() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("tool");
    std::fs::write(&program, "").unwrap();
    let search = std::env::join_paths([Path::new("/nowhere"), folder.path()]).unwrap();
    assert_eq!(on_path("tool", &search), Some(program));
    assert_eq!(on_path("other", &search), None);
}

#[test]
fn a_model_needs_its_voices_and_both_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no model").unwrap();
    let gone = folder.path().join("gone");
    let of = |model: Option<&PathBuf>, voices: Option<&PathBuf>| {
        model_check(&EngineConfig {
            model: model.cloned(),
            voices: voices.cloned(),
            ..EngineConfig::default()
        })
    };
    let (status, found) = of(None, None);
    assert_eq!(status, Status::Warn);
    assert!(found.starts_with("none given: Hedgerow speaks"), "{found}");
    assert_eq!(
        of(Some(&file), None),
        (Status::Fail, "a model without voices".to_owned())
    );
    assert_eq!(
        of(None, Some(&file)),
        (Status::Fail, "voices without a model".to_owned())
    );
    assert_eq!(
        of(Some(&gone), Some(&file)),
        (Status::Fail, format!("no file at {}", gone.display()))
    );
    assert_eq!(
        of(Some(&file), Some(&gone)),
        (Status::Fail, format!("no file at {}", gone.display()))
    );
    assert_eq!(of(Some(&file), Some(&file)).0, Status::Fail);
}

fn model_check(config: &EngineConfig) -> (Status, String) {
    let check = model(config);
    assert!(check.mend.is_some());
    (check.status, check.found)
}

#[test]
fn the_engine_is_described_by_what_it_has() {
    let engine = Engine::open(EngineConfig::default()).unwrap();
    let text = described(&engine);
    assert!(
        text.starts_with("rten ") && text.contains(" on cpu, 4 voices, sha256 "),
        "{text}"
    );
    let espeak = Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    })
    .unwrap();
    let text = described(&espeak);
    assert!(
        text.starts_with("espeak-ng ") && text.ends_with(" voices"),
        "{text}"
    );
}

#[test]
fn lengths_are_in_seconds() {
    assert_eq!(duration(36_000), 1.5);
}
