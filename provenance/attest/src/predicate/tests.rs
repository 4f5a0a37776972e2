use serde_json::{Value, json};

use caws_evidence::{Evidence, Manifest, Verdict};

use super::slsa::Provenance;
use super::summary::{SimpleResult, Summary};
use super::test_result::{Outcome, TestResult};
use super::{GATE_EVIDENCE_V1, Predicate, PredicateError, is_uri};
use crate::statement::{ResourceDescriptor, Statement};

fn subject() -> Vec<ResourceDescriptor> {
    vec![ResourceDescriptor::digested("a", "sha256", "00")]
}

fn evidence() -> Value {
    json!({
        "schema_version": 1, "gate": "coverage", "verdict": "fail",
        "measurements": [
            { "name": "branch_coverage", "value": 0.7, "unit": "ratio", "ratio": { "numerator": 7, "denominator": 10 },
              "basis": "reported", "comparator": ">=", "threshold": 0.9, "met": false },
            { "name": "regions", "value": 0.95, "unit": "ratio", "basis": "reported", "comparator": ">=",
              "threshold": 0.9, "met": true },
            { "name": "p95", "value": 1.5, "unit": "seconds", "sample_size": 3, "basis": "observed",
              "interval": { "low": 1.0, "high": 2.0, "confidence": 0.95, "method": "order-statistics" },
              "comparator": "<=", "threshold": 1.6 },
            { "name": "lines", "value": 12.0, "unit": "count", "basis": "inferred" }
        ],
        "findings": [{ "code": "threshold-missed", "severity": "error", "message": "m",
                       "place": { "path": "a.rs", "line": 1, "column": 2 }, "expected": "e", "found": "f", "help": "h" }],
        "scope": { "included": ["**"], "excluded": ["tests: not production"] },
        "tool": { "name": "llvm-cov", "version": "22", "sha256": "11".repeat(32) },
        "tools": [{ "name": "llvm-cov", "version": "22", "sha256": "11".repeat(32) }],
        "command": ["cargo", "llvm-cov"], "exit_code": 0, "key_output": "ok",
        "steps": [{ "name": "run", "command": ["cargo"], "started": "2026-01-01T00:00:00Z",
                    "finished": "2026-01-01T00:00:01Z", "exit_code": null, "key_output": "" }],
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "commit": "0".repeat(40),
        "environment": { "os": "linux" }, "inputs": [{ "path": "Cargo.lock", "sha256": "22".repeat(32) }],
        "outputs": [{ "role": "coverage", "path": "raw/c.gz", "sha256": "33".repeat(32), "content_sha256": "44".repeat(32),
                      "media_type": "application/json" }],
        "plan_sha256": "55".repeat(32), "waivers": ["W-1"]
    })
}

fn read(value: Value) -> Evidence {
    serde_json::from_value(value).unwrap()
}

fn provenance() -> Value {
    json!({
        "buildDefinition": {
            "buildType": "https://kokoro-tts.com/caws/build/cargo/v1",
            "externalParameters": { "package": "caws", "locked": true },
            "internalParameters": { "target": "x86_64-unknown-linux-gnu" },
            "resolvedDependencies": [{ "uri": "git+file:///caws", "digest": { "gitCommit": "0".repeat(40) } }]
        },
        "runDetails": {
            "builder": { "id": "https://kokoro-tts.com/caws/builder/local/v1", "version": { "caws": "0.1.0" },
                         "builderDependencies": [{ "name": "rustc", "digest": { "sha256": "00".repeat(32) } }] },
            "metadata": { "invocationId": "1", "startedOn": "2026-01-01T00:00:00Z", "finishedOn": "2026-01-01T00:01:00Z" },
            "byproducts": [{ "name": "log", "digest": { "sha256": "11".repeat(32) } }]
        }
    })
}

fn summary() -> Value {
    json!({
        "verifier": { "id": "https://kokoro-tts.com/caws/verify", "version": { "caws": "0.1.0" } },
        "timeVerified": "2026-01-01T00:00:00Z",
        "resourceUri": "git+file:///caws",
        "policy": { "uri": "file:.caws/policy/tier-policy.json", "digest": { "sha256": "00".repeat(32) } },
        "inputAttestations": [{ "uri": "file:a", "digest": { "sha256": "11".repeat(32) } }],
        "verificationResult": "PASSED",
        "verifiedLevels": ["SLSA_BUILD_LEVEL_1"],
        "dependencyLevels": { "SLSA_BUILD_LEVEL_0": 3 },
        "slsaVersion": "1.0"
    })
}

fn simple() -> Value {
    json!({
        "verifier": { "id": "https://kokoro-tts.com/caws/verify", "policies": [] },
        "timeCreated": "2026-01-01T00:00:00Z",
        "properties": ["CAWS_TIER_2"]
    })
}

/// Reads `value` as the predicate of a statement, after `change`.
fn as_predicate<P: Predicate>(
    mut value: Value,
    change: impl FnOnce(&mut Value),
) -> Result<P, PredicateError> {
    change(&mut value);
    Statement::new(P::TYPE, subject(), value).predicate_as::<P>()
}

fn refusal<P: Predicate + std::fmt::Debug>(
    value: Value,
    change: impl FnOnce(&mut Value),
) -> String {
    match as_predicate::<P>(value, change).unwrap_err() {
        PredicateError::Content { expected, found } => {
            assert_eq!(expected, P::TYPE);
            found
        }
        PredicateError::Type { .. } => panic!("the type is right"),
    }
}

/// A predicate comes back as it went in, with an unknown field or without.
fn round<P: Predicate>(value: &Value) {
    let predicate = as_predicate::<P>(value.clone(), |v| v["x_later"] = json!([1]))
        .unwrap_or_else(|e| panic!("{e}"));
    let statement = Statement::of(subject(), &predicate).unwrap();
    assert_eq!(statement.predicate_type, P::TYPE);
    assert_eq!(statement.predicate, *value);
}

#[test]
fn every_predicate_survives_and_ignores_what_it_does_not_know() {
    round::<Evidence>(&evidence());
    round::<Provenance>(&provenance());
    round::<Summary>(&summary());
    round::<SimpleResult>(&simple());
    round::<TestResult>(&serde_json::to_value(TestResult::of(&read(evidence()))).unwrap());
    let manifest = as_predicate::<Manifest>(json!({}), |_| ()).unwrap_err();
    assert!(
        manifest.to_string().contains("missing field `agent`"),
        "{manifest}"
    );
}

#[test]
fn another_type_is_not_taken_for_it() {
    let statement = Statement::new("p", subject(), evidence());
    assert_eq!(
        statement.predicate_as::<Evidence>().unwrap_err(),
        PredicateError::Type {
            expected: GATE_EVIDENCE_V1,
            found: "p".to_owned()
        }
    );
}

#[test]
fn a_gate_is_a_test_result_too() {
    let result = TestResult::of(&read(evidence()));
    assert_eq!(result.result, Outcome::Failed);
    assert_eq!(result.passed_tests, ["regions"]);
    assert_eq!(
        result.failed_tests,
        ["branch_coverage", "p95"],
        "undecided is not passed"
    );
    assert_eq!(result.warned_tests, [""; 0]);
    assert_eq!(
        serde_json::to_value(&result.configuration).unwrap(),
        json!([{ "name": "plan", "digest": { "sha256": "55".repeat(32) } },
               { "name": "Cargo.lock", "digest": { "sha256": "22".repeat(32) } }])
    );
    for (verdict, outcome) in [
        (Verdict::Pass, Outcome::Passed),
        (Verdict::Fail, Outcome::Failed),
        (Verdict::Waived, Outcome::Warned),
        (Verdict::Vacuous, Outcome::Failed),
        (Verdict::Unmeasured, Outcome::Failed),
        (Verdict::Error, Outcome::Failed),
    ] {
        let mut other = read(evidence());
        other.verdict = verdict;
        let result = TestResult::of(&other);
        assert_eq!(result.result, outcome);
        let (failed, warned) = (result.failed_tests.len(), result.warned_tests.len());
        let expected = if verdict == Verdict::Waived {
            (0, 2)
        } else {
            (2, 0)
        };
        assert_eq!((failed, warned), expected);
    }
}

#[test]
fn a_test_result_does_not_contradict_itself() {
    let value = || serde_json::to_value(TestResult::of(&read(evidence()))).unwrap();
    let error = refusal::<TestResult>(value(), |v| v["result"] = json!("PASSED"));
    assert_eq!(error, "PASSED with 2 failed tests");
    let error = refusal::<TestResult>(value(), |v| v["result"] = json!("WARNED"));
    assert_eq!(error, "Warned for the verdict Fail");
    let plain = json!({ "result": "PASSED", "configuration": [] });
    assert!(as_predicate::<TestResult>(plain, |_| ()).is_ok());
    let error = refusal::<TestResult>(value(), |v| v["result"] = json!("ok"));
    assert!(error.contains("unknown variant"), "{error}");
}

#[test]
fn provenance_names_builder_and_type_by_uri_and_ends_after_it_begins() {
    let error = refusal::<Provenance>(provenance(), |v| {
        v["runDetails"]["builder"]["id"] = json!("me");
    });
    assert_eq!(error, "`me` in runDetails.builder.id, where a URI belongs");
    let error = refusal::<Provenance>(provenance(), |v| {
        v["buildDefinition"]["buildType"] = json!("");
    });
    assert_eq!(
        error,
        "`` in buildDefinition.buildType, where a URI belongs"
    );
    let error = refusal::<Provenance>(provenance(), |v| {
        v["runDetails"]["metadata"]["finishedOn"] = json!("2025-12-31T23:59:59Z");
    });
    assert_eq!(
        error,
        "a build from 2026-01-01T00:00:00Z to 2025-12-31T23:59:59Z"
    );
    let instant = as_predicate::<Provenance>(provenance(), |v| {
        v["runDetails"]["metadata"]["finishedOn"] = json!("2026-01-01T00:00:00Z");
    });
    assert!(instant.is_ok());
    let timeless = as_predicate::<Provenance>(provenance(), |v| {
        v["runDetails"].as_object_mut().unwrap().remove("metadata");
    });
    assert!(timeless.is_ok());
}

#[test]
fn a_summary_passes_or_fails_and_not_both() {
    for (change, expected) in [
        (
            json!({ "verificationResult": "FAILED" }),
            r#"FAILED with the levels ["SLSA_BUILD_LEVEL_1"]"#,
        ),
        (
            json!({ "verifiedLevels": ["FAILED"] }),
            "PASSED with the level FAILED",
        ),
        (json!({ "verifiedLevels": [] }), "PASSED with no level"),
        (json!({ "policy": { "name": "p" } }), "no `uri` in policy"),
        (
            json!({ "inputAttestations": [{ "uri": "file:a" }] }),
            "no digest on inputAttestations[0]",
        ),
        (
            json!({ "verifier": { "id": ":x" } }),
            "`:x` in verifier.id, where a URI belongs",
        ),
        (
            json!({ "resourceUri": "caws" }),
            "`caws` in resourceUri, where a URI belongs",
        ),
    ] {
        let error = refusal::<Summary>(summary(), |v| {
            for (key, value) in change.as_object().unwrap() {
                v[key] = value.clone();
            }
        });
        assert_eq!(error, expected);
    }
    let failed = as_predicate::<Summary>(summary(), |v| {
        v["verificationResult"] = json!("FAILED");
        v["verifiedLevels"] = json!(["FAILED"]);
    });
    assert!(failed.is_ok());
}

#[test]
fn nothing_is_signed_that_breaks_the_rules() {
    let mut result: SimpleResult = serde_json::from_value(simple()).unwrap();
    result.properties.push(String::new());
    let error = Statement::of(subject(), &result).unwrap_err().to_string();
    assert!(
        error.ends_with("found: a property without a name"),
        "{error}"
    );
    let error = refusal::<SimpleResult>(simple(), |v| v["verifier"]["id"] = json!("x y:z"));
    assert_eq!(error, "`x y:z` in verifier.id, where a URI belongs");
    let error = refusal::<SimpleResult>(simple(), |v| {
        v["verifier"].as_object_mut().unwrap().remove("policies");
    });
    assert!(error.contains("missing field `policies`"), "{error}");
}

#[test]
fn uris_have_a_scheme_and_more() {
    for good in ["https://a", "urn:x", "git+ssh://h", "a-1.b:c"] {
        assert!(is_uri(good), "{good}");
    }
    for bad in ["", "a", ":", "a:", ":a", "1a:b", "a b:c", "ä:b"] {
        assert!(!is_uri(bad), "{bad}");
    }
}

fn schema(name: &str) -> Value {
    let path = format!(
        "{}/../../.caws/schemas/{name}.schema.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn accepts(name: &str, value: &Value) -> bool {
    jsonschema::validator_for(&schema(name))
        .unwrap()
        .is_valid(value)
}

#[test]
fn published_schemas_take_what_is_written_and_refuse_what_is_not() {
    let test_result = serde_json::to_value(TestResult::of(&read(evidence()))).unwrap();
    for (name, value) in [
        ("gate-evidence-v1", evidence()),
        ("test-result-v0.1", test_result),
        ("slsa-provenance-v1", provenance()),
        ("verification-summary-v1", summary()),
        ("simple-verification-result-v0.2", simple()),
    ] {
        let schema = schema(name);
        assert_eq!(
            schema["$id"],
            format!("https://kokoro-tts.com/caws/schemas/{name}.schema.json")
        );
        undescribed(&schema, name);
        assert!(accepts(name, &value), "{name}");
        let mut later = value.clone();
        later["x_later"] = json!(1);
        assert!(accepts(name, &later), "{name}: a later writer's field");
        for required in schema["required"].as_array().unwrap() {
            let mut without = value.clone();
            without
                .as_object_mut()
                .unwrap()
                .remove(required.as_str().unwrap());
            assert!(!accepts(name, &without), "{name} without {required}");
        }
    }
    let mut both = summary();
    both["verifiedLevels"] = json!(["FAILED"]);
    assert!(!accepts("verification-summary-v1", &both));
    let mut verdict = evidence();
    verdict["verdict"] = json!("ok");
    assert!(!accepts("gate-evidence-v1", &verdict));
}

/// Every property says what it is.
pub(crate) fn undescribed(schema: &Value, at: &str) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        assert!(property["description"].is_string(), "{at}/{key}");
        undescribed(property, &format!("{at}/{key}"));
    }
    if schema["items"].is_object() {
        undescribed(&schema["items"], &format!("{at}[]"));
    }
    for (key, definition) in schema["$defs"].as_object().into_iter().flatten() {
        undescribed(definition, &format!("{at}/$defs/{key}"));
    }
}

fn command(dirty: Option<bool>) -> caws_evidence::CommandRecord {
    serde_json::from_value(json!({
        "schema_version": 1, "name": "build", "command": ["cargo", "build", "--release"], "directory": ".",
        "commit": "0".repeat(40), "tree": "1".repeat(40), "dirty": dirty,
        "started": "2026-01-01T00:00:00.000Z", "finished": "2026-01-01T00:01:00.250Z", "duration_ms": 60250,
        "ended": "exited", "exit_code": 0, "key_output": [], "stdout": { "sha256": "22".repeat(32), "bytes": 0 },
        "environment": { "os": "linux", "arch": "x86_64", "caws": "0.1.0", "variables": { "RUSTFLAGS": null } },
        "masked": 0
    }))
    .unwrap()
}

#[test]
fn provenance_says_what_the_record_of_a_command_shows() {
    use super::slsa::{Build, COMMAND_BUILD_V1, LOCAL_BUILDER_V1};
    let lock = ResourceDescriptor::digested("Cargo.lock", "sha256", &"33".repeat(32));
    let of = |dirty| {
        let build = Build {
            builder: LOCAL_BUILDER_V1,
            source: Some("git+https://example.org/x"),
            dependencies: vec![lock.clone()],
        };
        Provenance::of_command(&command(dirty), "ab", &build).unwrap()
    };
    let provenance = of(Some(false));
    assert_eq!(provenance.check(), Ok(()));
    assert_eq!(
        serde_json::to_value(&provenance).unwrap(),
        json!({
            "buildDefinition": {
                "buildType": COMMAND_BUILD_V1,
                "externalParameters": { "command": ["cargo", "build", "--release"], "directory": "." },
                "internalParameters": {
                    "environment": { "os": "linux", "arch": "x86_64", "variables": { "RUSTFLAGS": null } }
                },
                "resolvedDependencies": [
                    { "name": "source", "uri": "git+https://example.org/x", "digest": { "gitCommit": "0".repeat(40) } },
                    { "name": "Cargo.lock", "digest": { "sha256": "33".repeat(32) } },
                ]
            },
            "runDetails": {
                "builder": { "id": LOCAL_BUILDER_V1, "version": { "caws": "0.1.0" } },
                "metadata": {
                    "invocationId": "sha256:ab", "startedOn": "2026-01-01T00:00:00Z", "finishedOn": "2026-01-01T00:01:00.25Z"
                },
                "byproducts": [{ "name": "commands/build.json", "digest": { "sha256": "ab" } }]
            }
        })
    );
    // A changed tree is not the commit, and neither is one that nobody looked at.
    for dirty in [Some(true), None] {
        let resolved = of(dirty).build_definition.resolved_dependencies;
        assert_eq!(resolved, std::slice::from_ref(&lock));
    }
    let mut bad = command(None);
    bad.started = "yesterday".to_owned();
    let build = Build {
        builder: LOCAL_BUILDER_V1,
        source: None,
        dependencies: Vec::new(),
    };
    assert!(Provenance::of_command(&bad, "ab", &build).is_err());
}
