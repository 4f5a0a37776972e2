use super::*;

#[test]
fn what_is_published_can_be_read_and_every_model_has_its_voices() {
    let catalogue = Catalogue::published().unwrap();
    for file in catalogue.files() {
        assert_eq!(file.licence, "Apache-2.0");
        assert_eq!(catalogue.get(&file.file).unwrap(), file);
        match file.kind {
            Kind::Voices => assert_eq!(
                (catalogue.voices_of(file), &file.precision),
                (None, &None),
                "{}",
                file.name
            ),
            Kind::Model => {
                assert_eq!(catalogue.voices_of(file).unwrap().kind, Kind::Voices);
                let precision = file.precision.as_deref().unwrap();
                assert!(["fp32", "fp16", "int8"].contains(&precision));
                assert_eq!(precision != "fp32", file.name.ends_with(precision));
                // 81.8 million parameters of 4, 2, and for the larger part 1 byte.
                let bytes = match precision {
                    "fp32" => 320_000_000..335_000_000,
                    "fp16" => 160_000_000..180_000_000,
                    _ => 90_000_000..120_000_000,
                };
                assert!(bytes.contains(&file.size_about), "{}", file.name);
            }
        }
    }
    assert_eq!(catalogue.files()[0].name, "kokoro-v1.0");
    let voices: Vec<&str> = catalogue
        .files()
        .iter()
        .filter(|file| file.kind == Kind::Voices)
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(voices, ["voices-v1.0", "voices-v1.1-zh", "voices-v0.19"]);
}

#[test]
fn a_wrong_name_gets_the_nearest_right_one() {
    let error = Catalogue::published()
        .unwrap()
        .get("kokoro-1.0-fp16")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no `kokoro-1.0-fp16`; perhaps `kokoro-v1.0-fp16`;"),
        "{error}"
    );
    let empty = Catalogue::parse(r#"{"schema_version": 1, "files": []}"#).unwrap();
    assert!(
        empty
            .get("a")
            .unwrap_err()
            .to_string()
            .contains("perhaps ``")
    );
}

#[test]
fn sizes_may_differ_by_a_tenth() {
    let catalogue = Catalogue::published().unwrap();
    let file = &catalogue.files()[0];
    for (size, may) in [
        (326_000_000, true),
        (293_400_000, true),
        (358_600_000, true),
        (293_399_999, false),
        (358_600_001, false),
        (0, false),
    ] {
        assert_eq!(file.may_have(size), may, "{size}");
    }
}

#[test]
fn faults_of_a_catalogue_are_named() {
    let with = |from: &str, to: &str| {
        let text = PUBLISHED.replacen(from, to, 1);
        assert_ne!(text, PUBLISHED, "{from}");
        Catalogue::parse(&text).map(|_| ()).unwrap_err().to_string()
    };
    let digest = "ab".repeat(32);
    for (from, to, expected) in [
        (
            "\"schema_version\": 1",
            "\"schema_version\": 2",
            "expected schema_version 1, found 2",
        ),
        ("\"licence\"", "\"license\"", "unknown field `license`"),
        (
            "\"kokoro-v1.0-fp16\"",
            "\"kokoro-v1.0\"",
            "`kokoro-v1.0`: another entry has its name",
        ),
        (
            "\"kokoro-v1.0.fp16.onnx\"",
            "\"kokoro-v1.0.onnx\"",
            "another entry has its name or its file",
        ),
        ("\"kokoro-v1.0.onnx\"", "\"../x\"", "names are of letters"),
        ("\"kokoro-v1.0.onnx\"", "\".x\"", "names are of letters"),
        ("\"kokoro-v1.0.onnx\"", "\"\"", "names are of letters"),
        (
            "\"name\": \"kokoro-v1.0\"",
            "\"name\": \"a/b\"",
            "`a/b`: names are of letters",
        ),
        (
            "\"sha256\": null",
            "\"sha256\": \"AB\"",
            "expected 64 lower-case hex digits as sha256, found `AB`",
        ),
        ("\"https://", "\"http://", "all of them https"),
        (
            "\"voices\": \"voices-v1.0\"",
            "\"voices\": \"voices-v9\"",
            "expected `voices` to name a voices file",
        ),
        (
            "\"voices\": \"voices-v1.0\"",
            "\"voices\": \"kokoro-v0.19\"",
            "expected `voices` to name a voices file",
        ),
        (
            "\"voices\": \"voices-v1.0\",",
            "",
            "expected `voices` to name a voices file",
        ),
        (
            "\"kind\": \"model\"",
            "\"kind\": \"voices\"",
            "voices have no voices",
        ),
    ] {
        let error = with(from, to);
        assert!(
            error.starts_with("the catalogue is malformed: ") && error.contains(expected),
            "{error}"
        );
    }
    let text = PUBLISHED.replacen("\"sha256\": null", &format!("\"sha256\": \"{digest}\""), 1);
    assert_eq!(
        Catalogue::parse(&text).unwrap().files()[0].sha256,
        Some(digest)
    );
    let none = r#"{"schema_version": 1, "files": [{"name": "v", "kind": "voices", "file": "v", "about": "", "size_about": 1,
        "licence": "MIT", "sha256": null, "sources": []}]}"#;
    assert!(
        Catalogue::parse(none)
            .unwrap_err()
            .to_string()
            .contains("at least one source")
    );
}
