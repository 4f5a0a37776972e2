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
    let check = espeak(&config, None, &search);
    assert_eq!(check.standing, Standing::Ok);
    assert!(
        check.found.starts_with("espeak-ng ") && check.found.contains(" at /"),
        "{}",
        check.found
    );
    assert_eq!(check.mend, None);
    let elsewhere = espeak(&config, None, OsStr::new(""));
    assert!(!elsewhere.found.contains(" at "), "{}", elsewhere.found);

    let check = speech(config);
    assert_eq!((check.standing, check.mend), (Standing::Ok, None));
    assert!(
        check.found.starts_with("hedgerow, voice af_fern: "),
        "{}",
        check.found
    );
}

#[test]
fn without_espeak_the_voice_in_the_program_speaks() {
    let check = espeak(&absent(), None, OsStr::new(""));
    assert_eq!(check.standing, Standing::Absent);
    assert_eq!(check.mend, Some(install_hint(std::env::consts::OS)));
    assert_eq!(speech(absent()).standing, Standing::Ok);
    let check = speech(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..absent()
    });
    assert_eq!(check.standing, Standing::Broken);
    assert_eq!(check.mend.as_deref(), Some("mend what is broken above"));
}

#[test]
fn with_a_model_espeak_is_only_missed() {
    let config = EngineConfig {
        model: Some("m".into()),
        ..absent()
    };
    assert_eq!(
        espeak(&config, None, OsStr::new("")).standing,
        Standing::Absent
    );
    let config = EngineConfig {
        provider: ProviderChoice::Espeak,
        ..config
    };
    assert_eq!(
        espeak(&config, None, OsStr::new("")).standing,
        Standing::Broken
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
    let (standing, found) = of(None, None);
    assert_eq!(standing, Standing::Absent);
    assert!(found.starts_with("none given: Hedgerow speaks"), "{found}");
    assert_eq!(
        of(Some(&file), None),
        (Standing::Broken, "a model without voices".to_owned())
    );
    assert_eq!(
        of(None, Some(&file)),
        (Standing::Broken, "voices without a model".to_owned())
    );
    assert_eq!(
        of(Some(&gone), Some(&file)),
        (Standing::Broken, format!("no file at {}", gone.display()))
    );
    assert_eq!(
        of(Some(&file), Some(&gone)),
        (Standing::Broken, format!("no file at {}", gone.display()))
    );
    assert_eq!(of(Some(&file), Some(&file)).0, Standing::Broken);
}

fn model_check(config: &EngineConfig) -> (Standing, String) {
    let check = model(config);
    assert!(check.mend.is_some());
    (check.standing, check.found)
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
fn people_read_why_and_what_to_do_only_where_something_is_wrong() {
    let check = |standing, mend: Option<&str>| Check {
        name: "thing",
        standing,
        found: "this".to_owned(),
        why: "it matters",
        mend: mend.map(str::to_owned),
    };
    let text = as_text(&[
        check(Standing::Ok, None),
        check(Standing::Absent, Some("do")),
        check(Standing::Broken, None),
    ]);
    let expected = "ok      thing: this\nabsent  thing: this\n        why it matters: it matters\n        to mend it: do\n\
                    BROKEN  thing: this\n        why it matters: it matters\n";
    assert_eq!(text, expected);
    let json: serde_json::Value =
        serde_json::from_str(&as_json(&[check(Standing::Absent, None)])).unwrap();
    let expected = serde_json::json!({ "name": "thing", "standing": "absent", "found": "this", "why": "it matters", "mend": null });
    assert_eq!(
        json,
        serde_json::json!({ "schema_version": 1, "checks": [expected] })
    );
}

#[test]
fn lengths_are_in_seconds() {
    assert_eq!(duration(36_000), 1.5);
}
