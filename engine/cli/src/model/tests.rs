use clap::Parser as _;
use kokoro_store::{Basis, Pulled, Silent, Verified};
use serde_json::Value;

use super::*;

/// A catalogue of the small model the engine's tests have, and a folder to take it from.
const OWN: &str = r#"{"schema_version": 1, "files": [
    {"name": "tiny", "kind": "model", "file": "tiny-v1.0.onnx", "about": "for tests", "precision": "fp32", "voices": "tiny-voices",
     "size_about": 1009, "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/tiny.onnx"]},
    {"name": "tiny-voices", "kind": "voices", "file": "tiny-voices.npz", "about": "for tests", "size_about": 17398,
     "licence": "Apache-2.0", "sha256": null, "sources": ["https://one.invalid/voices.npz"]}
]}"#;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../speech/tests/fixtures")
}

struct Own {
    folder: tempfile::TempDir,
}

impl Own {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("catalogue.json"), OWN).unwrap();
        Self { folder }
    }

    fn models(&self) -> Option<OsString> {
        Some(self.folder.path().join("models").into())
    }

    fn catalogue(&self) -> Option<OsString> {
        Some(self.folder.path().join("catalogue.json").into())
    }

    fn store(&self) -> Store {
        store(self.models(), self.catalogue()).unwrap()
    }

    fn pull(&self) -> Vec<Pulled> {
        let request = Request {
            mirror: None,
            from: Some(fixtures()),
            accept_changed: false,
            check: &looked_at,
            patience: Patience::default(),
        };
        self.store().pull("tiny", &request, &Silent).unwrap()
    }

    fn chosen(&self, config: EngineConfig) -> Result<EngineConfig, String> {
        chosen(config, self.models(), self.catalogue()).map_err(|error| error.to_string())
    }
}

fn named(model: Option<&str>, voices: Option<&str>) -> EngineConfig {
    EngineConfig {
        model: model.map(PathBuf::from),
        voices: voices.map(PathBuf::from),
        ..EngineConfig::default()
    }
}

#[test]
fn an_installed_model_speaks_when_none_is_named() {
    let own = Own::new();
    let none = own.chosen(named(None, None)).unwrap();
    assert_eq!((none.model, none.voices), (None, None));
    own.pull();
    let root = own.folder.path().join("models");
    let found = own.chosen(named(None, None)).unwrap();
    assert_eq!(
        (found.model, found.voices),
        (
            Some(root.join("tiny-v1.0.onnx")),
            Some(root.join("tiny-voices.npz"))
        )
    );
    let espeak = EngineConfig {
        provider: ProviderChoice::Espeak,
        ..named(None, None)
    };
    assert_eq!(own.chosen(espeak).unwrap().model, None);
    // Voices without their model say nothing about which model is meant.
    let voices = own.chosen(named(None, Some("v.npz"))).unwrap();
    assert_eq!((voices.model, voices.voices), (None, Some("v.npz".into())));
}

#[test]
fn a_model_is_named_by_name_or_by_path() {
    let own = Own::new();
    let error = own.chosen(named(Some("tiny"), None)).unwrap_err();
    assert!(error.starts_with("`tiny` is not installed: "), "{error}");
    own.pull();
    let root = own.folder.path().join("models");
    let found = own.chosen(named(Some("tiny"), None)).unwrap();
    assert_eq!(found.model, Some(root.join("tiny-v1.0.onnx")));
    assert_eq!(found.voices, Some(root.join("tiny-voices.npz")));
    let found = own.chosen(named(Some("tiny"), Some("mine.npz"))).unwrap();
    assert_eq!(found.voices, Some("mine.npz".into()));
    let error = own.chosen(named(Some("tinny"), None)).unwrap_err();
    assert!(error.contains("no `tinny`; perhaps `tiny`"), "{error}");
    // Paths stay as they are, there or not.
    let there = fixtures().join("tiny-v1.0.onnx");
    for path in [
        there.to_str().unwrap(),
        "gone.onnx",
        "folder/gone",
        "./tiny",
    ] {
        let found = own.chosen(named(Some(path), None)).unwrap();
        assert_eq!((found.model, found.voices), (Some(path.into()), None));
    }
    // A file of the working folder goes before a name.
    assert!(!is_name(Path::new("Cargo.toml")));
    assert!(is_name(Path::new("kokoro-v1.0")));
}

#[test]
fn a_broken_catalogue_is_said_and_not_passed_over() {
    let own = Own::new();
    std::fs::write(own.folder.path().join("catalogue.json"), "{").unwrap();
    let error = own.chosen(named(None, None)).unwrap_err();
    assert!(error.starts_with("the catalogue is malformed: "), "{error}");
    let gone = chosen(
        named(None, None),
        own.models(),
        Some("/nowhere/c.json".into()),
    );
    let gone = gone.unwrap_err();
    assert_eq!(gone.code(), 2);
    assert!(
        gone.to_string()
            .starts_with("cannot read /nowhere/c.json: ")
    );
    let published = store(own.models(), Some(OsString::new())).unwrap();
    assert!(published.catalogue().find("kokoro-v1.0").is_some());
}

#[test]
fn people_see_what_is_there_and_what_speaks() {
    let own = Own::new();
    let text = report::list(&own.store(), false).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[1].starts_with("tiny                   available "),
        "{text}"
    );
    assert!(lines[1].ends_with("Apache-2.0  not known"), "{text}");
    assert!(
        text.ends_with("none is installed; `kokoro model pull NAME` gets one\n"),
        "{text}"
    );
    own.pull();
    let text = report::list(&own.store(), false).unwrap();
    assert!(text.contains("tiny-voices            installed "), "{text}");
    assert!(text.contains(" as first seen here\n"), "{text}");
    assert!(
        text.ends_with("speaks when no --model is named: tiny\n"),
        "{text}"
    );
}

#[test]
fn programs_see_the_same() {
    let own = Own::new();
    let list =
        || -> Value { serde_json::from_str(&report::list(&own.store(), true).unwrap()).unwrap() };
    let before = list();
    assert_eq!(
        (&before["default"], &before["schema_version"]),
        (&Value::Null, &1.into())
    );
    let file = &before["files"][0];
    for name in [
        "detail",
        "size",
        "sha256",
        "sha256_basis",
        "source",
        "first_seen",
    ] {
        assert_eq!(file.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(
        (&file["state"], &file["kind"]),
        (&"available".into(), &"model".into())
    );
    let pulled = own.pull();
    let after = list();
    assert_eq!(after["default"], "tiny");
    let file = &after["files"][1];
    assert_eq!(
        (&file["state"], &file["kind"], &file["precision"]),
        (&"installed".into(), &"voices".into(), &Value::Null)
    );
    assert_eq!(
        (&file["sha256"], &file["sha256_basis"]),
        (&pulled[1].sha256.clone().into(), &"first-use".into())
    );
    assert_eq!(file["size"], 17398);
    assert!(
        file["source"]
            .as_str()
            .unwrap()
            .ends_with("tiny-voices.npz")
    );

    std::fs::write(own.folder.path().join("models/tiny-v1.0.onnx"), "x").unwrap();
    let damaged = list();
    assert_eq!(damaged["files"][0]["state"], "damaged");
    assert_eq!(
        damaged["files"][0]["detail"],
        "expected 1009 bytes, found 1"
    );
    assert_eq!(damaged["default"], Value::Null);
    std::fs::remove_file(own.folder.path().join("models/digests.json")).unwrap();
    assert_eq!(list()["files"][0]["state"], "unverified");
    std::fs::remove_file(own.folder.path().join("models/tiny-v1.0.onnx")).unwrap();
    std::fs::write(own.folder.path().join("models/.part-tiny-v1.0.onnx"), "abc").unwrap();
    let partial = list();
    assert_eq!(
        (
            &partial["files"][0]["state"],
            &partial["files"][0]["detail"]
        ),
        (&"partial".into(), &"3 bytes".into())
    );
}

#[test]
fn a_published_digest_is_listed_before_anything_is_installed() {
    let own = Own::new();
    let digest = "0".repeat(64);
    let text = OWN.replacen("\"sha256\": null", &format!("\"sha256\": \"{digest}\""), 1);
    std::fs::write(own.folder.path().join("catalogue.json"), text).unwrap();
    let list: Value = serde_json::from_str(&report::list(&own.store(), true).unwrap()).unwrap();
    assert_eq!(
        (
            &list["files"][0]["sha256"],
            &list["files"][0]["sha256_basis"]
        ),
        (&digest.into(), &"catalogue".into())
    );
    assert!(
        report::list(&own.store(), false)
            .unwrap()
            .contains(" as published\n")
    );
}

#[test]
fn what_a_pull_brought_is_told() {
    let pulled = |compared, from: Option<&str>| Pulled {
        name: "tiny".to_owned(),
        path: "/m/tiny.onnx".into(),
        size: 5,
        sha256: "ab".to_owned(),
        compared,
        from: from.map(str::to_owned),
    };
    let cases = [
        (
            pulled(Some(Basis::FirstUse), None),
            "tiny: is installed already\n",
        ),
        (
            pulled(Some(Basis::Catalogue), Some("u")),
            "tiny: installed; its digest is as published\n",
        ),
        (
            pulled(Some(Basis::FirstUse), Some("u")),
            "tiny: installed; its digest is as first seen here\n",
        ),
        (
            pulled(None, Some("u")),
            "tiny: installed; nobody publishes its digest, so it is trusted on first use and compared ever after\n",
        ),
    ];
    for (file, expected) in cases {
        let text = report::pulled(&[file], false);
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.ends_with("  /m/tiny.onnx\n  5 bytes, sha256 ab\n"),
            "{text}"
        );
    }
    let json: Value =
        serde_json::from_str(&report::pulled(&[pulled(None, Some("u"))], true)).unwrap();
    let expected = serde_json::json!({ "schema_version": 1, "files": [{
        "name": "tiny", "path": "/m/tiny.onnx", "size": 5, "sha256": "ab", "compared_with": null, "source": "u",
    }] });
    assert_eq!(json, expected);
}

#[test]
fn what_reading_again_showed_is_told() {
    let verified = |verdict| Verified {
        name: "tiny".to_owned(),
        path: "/m/tiny.onnx".into(),
        size: 5,
        sha256: "ab".to_owned(),
        verdict,
    };
    let all = [
        verified(Verdict::Verified {
            basis: Basis::Catalogue,
        }),
        verified(Verdict::Mismatch {
            basis: Basis::FirstUse,
            expected: "cd".to_owned(),
        }),
        verified(Verdict::Unknown),
    ];
    let text = report::verified(&all, false);
    let place = "  /m/tiny.onnx\n  sha256 ab\n";
    let expected = format!(
        "tiny: ok, as published\n{place}tiny: MISMATCH, expected sha256 cd (as first seen here)\n{place}\
         tiny: UNKNOWN, nobody compared it; `kokoro model pull tiny --from FILE` takes it in\n{place}"
    );
    assert_eq!(text, expected);
    let json: Value = serde_json::from_str(&report::verified(&all, true)).unwrap();
    let column = |name: &str| -> Vec<Value> {
        json["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file[name].clone())
            .collect()
    };
    assert_eq!(column("verdict"), ["verified", "mismatch", "unknown"]);
    assert_eq!(
        column("compared_with"),
        ["catalogue".into(), "first-use".into(), Value::Null]
    );
    assert_eq!(column("expected"), ["ab".into(), "cd".into(), Value::Null]);
}

#[test]
fn verifying_fails_for_nothing_and_for_what_changed() {
    let own = Own::new();
    let nothing = verify(&own.store(), None, false, true).unwrap_err();
    assert_eq!(nothing.code(), 3);
    own.pull();
    assert!(verify(&own.store(), None, true, true).is_ok());
    let path = own.folder.path().join("models/tiny-voices.npz");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[9000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let changed = verify(&own.store(), None, false, false).unwrap_err();
    assert_eq!(changed.code(), 4);
    assert!(
        changed
            .to_string()
            .starts_with("1 of 2 files cannot be trusted"),
        "{changed}"
    );
    assert!(verify(&own.store(), Some("tiny"), false, true).is_ok());
}

#[test]
fn a_file_must_be_what_it_is_called() {
    let catalogue = Catalogue::parse(OWN).unwrap();
    let (model, voices) = (&catalogue.files()[0], &catalogue.files()[1]);
    let place = |name: &str| fixtures().join(name);
    assert_eq!(looked_at(model, &place("tiny-v1.0.onnx")), Ok(()));
    assert_eq!(looked_at(voices, &place("tiny-voices.npz")), Ok(()));
    assert!(
        looked_at(model, &place("tiny-voices.npz"))
            .unwrap_err()
            .contains("is not a Kokoro ONNX model")
    );
    assert!(
        looked_at(voices, &place("tiny-v1.0.onnx"))
            .unwrap_err()
            .contains("is not a Kokoro voices file")
    );
}

#[test]
fn the_command_line_is_understood() {
    let parse = |line: &str| {
        crate::args::Arguments::try_parse_from(line.split_whitespace())
            .map(|arguments| arguments.command)
    };
    let crate::args::Command::Model(arguments) =
        parse("kokoro model pull a --mirror http://m --from f --accept-changed --json --quiet")
            .unwrap()
    else {
        panic!("no model command")
    };
    let ModelCommand::Pull(pull) = arguments.command else {
        panic!("no pull")
    };
    assert_eq!(
        (pull.name.as_str(), pull.mirror.as_deref(), pull.from),
        ("a", Some("http://m"), Some("f".into()))
    );
    assert!(pull.accept_changed && pull.json && pull.quiet);
    for line in [
        "kokoro model",
        "kokoro model pull",
        "kokoro model path",
        "kokoro model list x",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
    assert!(
        parse("kokoro model verify").is_ok()
            && parse("kokoro model verify a --json --quiet").is_ok()
    );
}
