use proptest::prelude::*;
use serde_json::json;

use super::*;

const METHODS: [&str; 15] = [
    "acceptance",
    "audio",
    "cargo-mutants",
    "checks",
    "cobertura",
    "contracts",
    "documents",
    "flakes",
    "lcov",
    "llvm-cov",
    "mutmut",
    "performance",
    "sarif",
    "scope",
    "stryker",
];

fn raw(role: &str, content: &str) -> Raw {
    Raw {
        role: role.to_owned(),
        name: role.to_owned(),
        bytes: content.as_bytes().to_vec(),
    }
}

#[test]
fn an_unknown_method_is_named() {
    let error = measure("guess", &Value::Null, &[], &[]).unwrap_err();
    assert_eq!(error, MeasureError::UnknownMethod("guess".to_owned()));
    assert_eq!(error.to_string(), "unknown measuring method `guess`");
}

#[test]
fn every_method_reaches_its_reader() {
    let suite = r#"<testsuite><testcase name="t"/></testsuite>"#;
    let cobertura =
        r#"<coverage><class filename="a"><line number="1" hits="1"/></class></coverage>"#;
    let mutants = r#"{"schema_version": 1, "population": 0, "planned": [], "outcomes": [], "sample": null,
        "stopped_by": "complete"}"#;
    let mutmut = r#"{"killed": 0, "survived": 0, "total": 0, "no_tests": 0, "skipped": 0, "suspicious": 0,
        "timeout": 0, "check_was_interrupted_by_user": 0, "segfault": 0}"#;
    let llvm = r#"{"type": "llvm.coverage.json.export", "data": [{"files": [{"filename": "a",
        "branches": [[1, 1, 1, 2, 1, 1]]}]}]}"#;
    let bench = r#"{"failed_trials": 1, "trials": [{"ok": false}]}"#;
    let tests = raw("tests", suite);
    let coverage = |content| vec![raw("coverage", content), tests.clone()];
    let criteria = json!({"spec": "s", "id": "S-1", "criteria": [{"id": "A1", "line": 1}]});
    let scope = json!({"spec": "s", "base": "b", "scope": {"in": ["."]}, "agreed": null, "budget": {}, "submodules": []});
    let cases = [
        (
            "acceptance",
            criteria,
            vec![raw("junit/1", suite)],
            "criteria_uncited",
        ),
        (
            "audio",
            json!({"clips": [], "target": -16, "tolerance": 1}),
            vec![],
            "clips_silent",
        ),
        (
            "cargo-mutants",
            Value::Null,
            vec![raw("mutants", mutants)],
            "population",
        ),
        ("checks", Value::Null, vec![], "checks_failed"),
        (
            "cobertura",
            Value::Null,
            coverage(cobertura),
            "line_coverage",
        ),
        (
            "contracts",
            json!({"contracts": []}),
            vec![],
            "contract_cases",
        ),
        (
            "documents",
            json!({"documents": 1}),
            vec![raw("diagnostics", "[]")],
            "warnings",
        ),
        (
            "flakes",
            Value::Null,
            vec![raw("run-1", suite), raw("run-2", suite)],
            "flake_rate",
        ),
        (
            "lcov",
            Value::Null,
            coverage("SF:a\nDA:1,1\nend_of_record\n"),
            "line_coverage",
        ),
        ("llvm-cov", Value::Null, coverage(llvm), "branch_coverage"),
        (
            "mutmut",
            Value::Null,
            vec![raw("report", mutmut)],
            "segfault",
        ),
        (
            "performance",
            Value::Null,
            vec![raw("short", bench)],
            "short.failed_trials",
        ),
        (
            "sarif",
            Value::Null,
            vec![raw("report", r#"{"version": "2.1.0", "runs": []}"#)],
            "suppressed",
        ),
        (
            "scope",
            scope,
            vec![raw("changes", r#"{"base": "b", "files": []}"#)],
            "files_changed",
        ),
        (
            "stryker",
            Value::Null,
            vec![raw("report", r#"{"schemaVersion": "2", "files": {}}"#)],
            "no_coverage",
        ),
    ];
    assert_eq!(cases.iter().map(|case| case.0).collect::<Vec<_>>(), METHODS);
    for (method, params, raws, observation) in cases {
        let reading = measure(method, &params, &raws, &[]).unwrap();
        assert!(
            reading.observations.iter().any(|o| o.name == observation),
            "{method}: {reading:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_any_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let roles = ["mutants", "coverage", "tests", "diagnostics", "report", "run-1", "run-2", "clip-000"];
        let raws: Vec<_> = roles
            .map(|role| Raw { role: role.to_owned(), name: role.to_owned(), bytes: bytes.clone() })
            .into();
        let clip = json!({"role": "clip-000", "encoding": "wav", "text_index": 0, "voice": "v", "speed": 1, "streamed": false});
        let contract = json!({"name": "tests", "path": "p", "role": "provider"});
        for method in METHODS {
            let params = match method {
                "audio" => json!({"clips": [clip], "target": -16, "tolerance": 1}),
                "contracts" => json!({"contracts": [contract]}),
                "documents" => json!({"documents": 1}),
                _ => Value::Null,
            };
            let _ = measure(method, &params, &raws, &[]);
        }
    }
}
