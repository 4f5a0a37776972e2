use serde_json::json;

use super::*;

const POLICY: &str = ".caws/policy/tier-policy.json";
const SPEC: &str = ".caws/working-spec.yaml";
const CONFIG: &str = ".caws.yml";

fn document(value: Value) -> Option<Content> {
    Some(Content::Document(value))
}

fn text(text: &str) -> Option<Content> {
    Some(Content::Text(text.to_owned()))
}

fn file(path: &str, before: Option<Content>, after: Option<Content>) -> ChangedFile {
    ChangedFile {
        path: path.to_owned(),
        before,
        after,
    }
}

fn measured(tier: u8, files: Vec<ChangedFile>) -> Reading {
    let params = json!({
        "tier": tier, "policy": POLICY, "spec": SPEC, "config": CONFIG, "base": "b".repeat(40), "packages": ["", "one", "two"],
    });
    let changes = Changes {
        base: "b".repeat(40),
        guards: 3,
        files,
    };
    let raw = Raw {
        role: "changes".to_owned(),
        name: "changes.json".to_owned(),
        bytes: serde_json::to_vec(&changes).unwrap(),
    };
    read(&params, &[raw]).unwrap()
}

/// Names of the counts that are not 0, with them.
fn counts(reading: &Reading) -> Vec<(&str, f64)> {
    reading
        .observations
        .iter()
        .filter(|observation| observation.value > 0.0)
        .map(|observation| (observation.name.as_str(), observation.value))
        .collect()
}

/// What changing one document is called: `""` where it is nothing.
fn of_document(path: &str, before: &Value, after: &Value) -> String {
    let reading = measured(
        2,
        vec![file(
            path,
            document(before.clone()),
            document(after.clone()),
        )],
    );
    let counted: Vec<String> = counts(&reading)
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    counted.join(", ")
}

fn changed(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => {
            if key == "-" {
                list.push(value);
            } else {
                let index: usize = key.parse().unwrap();
                if value.is_null() {
                    list.remove(index);
                } else {
                    list[index] = value;
                }
            }
        }
        Value::Object(map) => {
            if value.is_null() {
                map.remove(key);
            } else {
                map.insert(key.to_owned(), value);
            }
        }
        other => panic!("{other}"),
    }
    document
}

const LOOSER: &str = "guards_loosened 1";
const UNJUDGED: &str = "guards_unjudged 1";

#[test]
fn every_number_of_the_policy_has_a_side_that_asks_for_less() {
    let policy = json!({
        "1": { "coverage_metric": "branch", "min_coverage": 0.9, "min_mutation": 0.7, "requires_contracts": true,
               "profiles": { "library": { "requires_contracts": false } } },
        "2": { "coverage_metric": "branch", "min_coverage": 0.8, "min_mutation": 0.5, "requires_contracts": true,
               "min_line_coverage": 0.7, "change_budget": { "max_files": 25, "max_loc": 1000 } },
        "trust": { "threshold": 80, "tiers": { "1": 85 }, "weights": { "coverage": 0.25 }, "targets": { "coverage": 0.95 },
                   "flakes": { "full": 0.005, "half": 0.05 } }
    });
    let cases = [
        ("/1/min_coverage", json!(0.85), LOOSER),
        ("/1/min_coverage", json!(0.95), ""),
        ("/2/min_mutation", json!(null), LOOSER),
        ("/2/min_mutation", json!("half"), UNJUDGED),
        ("/1/coverage_metric", json!("line"), LOOSER),
        ("/1/requires_contracts", json!(false), LOOSER),
        ("/1/requires_manual_review", json!(true), ""),
        ("/1/profiles/cli", json!({ "min_coverage": 0.1 }), LOOSER),
        (
            "/1/profiles/library",
            json!({ "requires_contracts": true }),
            "",
        ),
        ("/2/profiles", json!({ "cli": { "min_coverage": 0.9 } }), ""),
        ("/trust/threshold", json!(79), LOOSER),
        ("/trust/tiers/1", json!(80), LOOSER),
        ("/trust/tiers/1", json!(null), LOOSER),
        ("/trust/targets/coverage", json!(0.9), LOOSER),
        ("/trust/flakes/half", json!(0.06), LOOSER),
        ("/trust/flakes/full", json!(0.001), ""),
        ("/trust/weights/coverage", json!(0.2), UNJUDGED),
        ("/2/min_line_coverage", json!(0.6), LOOSER),
        (
            "/2/change_budget",
            json!({ "max_files": 26, "max_loc": 1000 }),
            LOOSER,
        ),
        (
            "/2/change_budget",
            json!({ "max_files": 24, "max_loc": 900 }),
            "",
        ),
        ("/2/change_budget", json!({ "max_files": 25 }), LOOSER),
        // What other shapes of policies say, nobody compares by meaning.
        ("/2/min_branch", json!(0.1), UNJUDGED),
        ("/other", json!(1), UNJUDGED),
        ("/$schema", json!("elsewhere"), ""),
    ];
    for (pointer, value, expected) in cases {
        let found = of_document(
            POLICY,
            &policy,
            &changed(policy.clone(), pointer, value.clone()),
        );
        assert_eq!(found, expected, "{pointer} = {value}");
    }
}

#[test]
fn what_a_spec_promises_and_no_longer_does_is_told() {
    let spec = json!({
        "id": "A-1", "risk_tier": 2, "profile": "cli",
        "change_budget": { "max_files": 10, "max_loc": 100 },
        "scope": { "in": ["a/"], "out": ["b/"] },
        "invariants": ["x", "y"], "threats": ["t"],
        "contracts": [{ "path": "c.yaml", "role": "provider" }],
        "acceptance": [{ "id": "A1", "then": "well" }, { "id": "A2", "then": "good" }],
        "non_functional": { "perf": { "p95_ms": 100 }, "a11y": { "contrast_min": 4.5, "axe_rules": ["r"] }, "offline": true, "note": "n" },
        "targets": { "coverage": 0.8 }
    });
    let cases = [
        ("/risk_tier", json!(3), LOOSER),
        ("/risk_tier", json!(1), ""),
        ("/profile", json!("library"), UNJUDGED),
        ("/change_budget/max_files", json!(20), LOOSER),
        ("/change_budget/max_loc", json!(50), ""),
        ("/scope/in/-", json!("c/"), UNJUDGED),
        ("/scope/out/0", json!(null), LOOSER),
        ("/invariants/0", json!(null), LOOSER),
        ("/invariants/-", json!("z"), ""),
        ("/threats/0", json!("another"), LOOSER),
        ("/contracts/0", json!(null), LOOSER),
        ("/acceptance/1", json!(null), LOOSER),
        (
            "/acceptance/0",
            json!({ "id": "A1", "then": "so so" }),
            UNJUDGED,
        ),
        ("/non_functional/perf/p95_ms", json!(200), LOOSER),
        ("/non_functional/perf/p95_ms", json!(50), ""),
        ("/non_functional/perf", json!(null), LOOSER),
        ("/non_functional/a11y/contrast_min", json!(3), LOOSER),
        ("/non_functional/a11y/axe_rules/0", json!(null), LOOSER),
        ("/non_functional/offline", json!(false), LOOSER),
        ("/non_functional/note", json!("m"), UNJUDGED),
        ("/targets/coverage", json!(0.7), LOOSER),
        ("/targets/coverage", json!(0.9), ""),
        ("/title", json!("new"), ""),
        ("/id", json!("A-2"), UNJUDGED),
    ];
    for (pointer, value, expected) in cases {
        let found = of_document(SPEC, &spec, &changed(spec.clone(), pointer, value.clone()));
        assert_eq!(found, expected, "{pointer} = {value}");
    }
}

#[test]
fn the_configuration_may_not_look_at_less() {
    let config = json!({
        "spec": "s.yaml", "policy": "p.json",
        "tools": { "t": { "version": "1" } },
        "services": { "s": { "command": ["x"] } },
        "gates": {
            "static": { "checks": [{ "name": "lint", "command": ["a"] }] },
            "coverage": { "adapter": "x", "inputs": ["a/**"], "exclude": [{ "path": "t", "reason": "r" }], "minimum": 0.8 },
            "mutation": { "time_budget": "12m" },
            "contracts": { "contracts": [{ "name": "c", "path": "c.yaml", "role": "provider", "examples": 25 }] },
            "performance": { "runs": [{ "role": "short", "command": ["b"] }], "budgets": [{ "name": "n", "measurement": "m", "at_most": 1.0 }] },
            "audio": { "texts": ["one", "two"], "voices": ["v"], "speeds": [1.0], "loudness": { "target": -16, "tolerance": 1 }, "true_peak": { "at_most": -1 } },
            "flakes": { "repeats": 3 },
            "integrity": { "base": "main" }
        }
    });
    let cases = [
        ("/spec", json!("other.yaml"), UNJUDGED),
        ("/tools/t/version", json!("2"), UNJUDGED),
        ("/tools/u", json!({}), ""),
        ("/services/s/command/0", json!("y"), UNJUDGED),
        ("/gates/flakes", json!(null), LOOSER),
        ("/gates/static/checks/0", json!(null), LOOSER),
        ("/gates/static/checks/0/command/0", json!("b"), UNJUDGED),
        ("/gates/coverage/inputs/0", json!(null), LOOSER),
        ("/gates/coverage/inputs/-", json!("b/**"), ""),
        (
            "/gates/coverage/exclude/-",
            json!({ "path": "u", "reason": "r" }),
            LOOSER,
        ),
        ("/gates/coverage/exclude/0", json!(null), ""),
        ("/gates/coverage/minimum", json!(0.7), LOOSER),
        ("/gates/coverage/adapter", json!("y"), UNJUDGED),
        ("/gates/mutation/time_budget", json!("90s"), LOOSER),
        ("/gates/mutation/time_budget", json!("1h"), ""),
        ("/gates/mutation/time_budget", json!("soon"), UNJUDGED),
        ("/gates/contracts/contracts/0", json!(null), LOOSER),
        ("/gates/contracts/contracts/0/examples", json!(5), LOOSER),
        (
            "/gates/contracts/contracts/0/role",
            json!("consumer"),
            UNJUDGED,
        ),
        ("/gates/performance/runs/0", json!(null), LOOSER),
        ("/gates/performance/runs/0/command/0", json!("c"), UNJUDGED),
        ("/gates/performance/budgets/0", json!(null), LOOSER),
        ("/gates/performance/budgets/0/at_most", json!(2.0), LOOSER),
        ("/gates/performance/budgets/0/at_most", json!(0.5), ""),
        ("/gates/audio/texts/1", json!(null), LOOSER),
        ("/gates/audio/voices/-", json!("w"), ""),
        ("/gates/audio/loudness/tolerance", json!(2), LOOSER),
        ("/gates/audio/loudness/target", json!(-20), UNJUDGED),
        ("/gates/audio/true_peak/at_most", json!(0), LOOSER),
        ("/gates/flakes/repeats", json!(1), LOOSER),
        ("/gates/integrity/base", json!("HEAD"), UNJUDGED),
    ];
    for (pointer, value, expected) in cases {
        let found = of_document(
            CONFIG,
            &config,
            &changed(config.clone(), pointer, value.clone()),
        );
        assert_eq!(found, expected, "{pointer} = {value}");
    }
}

#[test]
fn waivers_and_keys_let_more_pass_when_they_come() {
    let waivers = json!({ "waivers": [{ "id": "W1", "until": "2026-01-01" }] });
    let more = json!({ "waivers": [{ "id": "W1", "until": "2026-01-01" }, { "id": "W2" }] });
    let longer = json!({ "waivers": [{ "id": "W1", "until": "2027-01-01" }] });
    let path = ".caws/waivers.yaml";
    assert_eq!(of_document(path, &waivers, &more), LOOSER);
    assert_eq!(of_document(path, &more, &waivers), "");
    assert_eq!(of_document(path, &waivers, &longer), UNJUDGED);
    let ended = json!({ "waivers": [{ "id": "W1", "until": "2026-01-01", "revoked": { "reason": "mended" } }] });
    assert_eq!(of_document(path, &waivers, &ended), "");
    assert_eq!(of_document(path, &ended, &waivers), UNJUDGED);
    let one = |before, after| {
        let reading = measured(2, vec![file(".caws/keys/k.pub", before, after)]);
        counts(&reading).first().map(|(name, _)| name.to_string())
    };
    assert_eq!(one(None, text("key")).as_deref(), Some("guards_loosened"));
    assert_eq!(one(text("key"), None).as_deref(), Some("guards_unjudged"));
}

#[test]
fn a_checker_that_goes_is_looser_and_one_that_changes_is_for_a_person() {
    let cases = [
        (
            ".github/workflows/ci.yml",
            text("a"),
            None,
            "guards_loosened",
        ),
        (
            ".github/workflows/ci.yml",
            text("a"),
            text("b"),
            "guards_unjudged",
        ),
        ("deep/clippy.toml", text("a"), text("b"), "guards_unjudged"),
        (".eslintrc.json", None, text("b"), "guards_unjudged"),
        ("x/Cargo.toml", None, text("b"), "guards_unjudged"),
    ];
    for (path, before, after, expected) in cases {
        let reading = measured(3, vec![file(path, before, after)]);
        assert_eq!(counts(&reading), [(expected, 1.0)], "{path}");
    }
    assert!(
        counts(&measured(
            3,
            vec![file("src/notes.txt", text("a"), text("b"))]
        ))
        .is_empty()
    );
}

#[test]
fn what_cannot_be_compared_is_counted_apart() {
    let unread = Some(Content::Unreadable("not YAML".to_owned()));
    let reading = measured(2, vec![file(SPEC, document(json!({})), unread)]);
    assert_eq!(
        counts(&reading),
        [("guards_unjudged", 1.0), ("guards_unread", 1.0)]
    );
    assert_eq!(reading.findings[0].found.as_deref(), Some("not YAML"));
    assert_eq!(reading.examined, 4);
}

#[test]
fn lint_levels_are_compared_and_the_rest_of_a_manifest_is_not() {
    let before = "[dependencies]\nserde = \"1\"\n[lints.clippy]\nunwrap_used = \"deny\"\npanic = \"warn\"\npedantic = { level = \"deny\", priority = -1 }\n# no = \"deny\"\n";
    let cases = [
        (before.replace("serde = \"1\"", "serde = \"2\""), vec![]),
        (
            before.replace("unwrap_used = \"deny\"", "unwrap_used = \"warn\""),
            vec![("guards_loosened", 1.0)],
        ),
        (
            before.replace("panic = \"warn\"", "panic = \"forbid\""),
            vec![],
        ),
        (
            before.replace("panic = \"warn\"\n", ""),
            vec![("guards_loosened", 1.0)],
        ),
        (
            before.replace("priority = -1", "priority = 0"),
            vec![("guards_unjudged", 1.0)],
        ),
        (
            format!("{before}todo = \"allow\"\n"),
            vec![("guards_loosened", 1.0)],
        ),
        (format!("{before}todo = \"deny\"\n"), vec![]),
    ];
    for (after, expected) in cases {
        let reading = measured(2, vec![file("Cargo.toml", text(before), text(&after))]);
        assert_eq!(counts(&reading), expected, "{after}");
    }
    // A level that only allowed is no loss.
    let allowed = "[workspace.lints.rust]\nx = \"allow\"\n";
    assert!(
        counts(&measured(
            2,
            vec![file("Cargo.toml", text(allowed), text(""))]
        ))
        .is_empty()
    );
    let reading = measured(
        2,
        vec![file(
            "Cargo.toml",
            text(before),
            text(&before.replace("\"deny\"\np", "\"warn\"\np")),
        )],
    );
    assert_eq!(
        reading.findings[0].place.as_ref().and_then(|it| it.line),
        Some(4)
    );
}

const SUITE: &str = "#[test]\nfn a() {\n    assert_eq!(1, 1);\n    assert!(true);\n}\n#[test]\nfn b() {\n    assert!(true);\n}\n";

#[test]
fn tests_and_assertions_are_counted_by_package() {
    let shorter = SUITE.replace("#[test]\nfn b() {\n    assert!(true);\n}\n", "");
    let fewer = SUITE.replace("    assert!(true);\n}\n#", "}\n#");
    let code = || file("one/src/lib.rs", text("fn x() {}"), text("fn y() {}"));
    let suite = |after: &str| file("one/tests/all.rs", text(SUITE), text(after));
    // A test gone, with its assertion; without a change of the code the assertions are not asked for.
    let reading = measured(2, vec![suite(&shorter)]);
    assert_eq!(counts(&reading), [("tests_removed", 1.0)]);
    assert_eq!(
        reading.findings[0].message,
        "one has 1 tests fewer than before"
    );
    let reading = measured(2, vec![suite(&fewer), code()]);
    assert_eq!(counts(&reading), [("assertions_lost", 1.0)]);
    assert_eq!(
        reading.findings[0].place.as_ref().unwrap().path,
        "one/tests/all.rs"
    );
    assert!(counts(&measured(2, vec![suite(&fewer)])).is_empty());
    // What moves within a package is not lost; what moves to another is.
    let moved = |to: &str| {
        vec![
            file("one/tests/all.rs", text(SUITE), None),
            file(to, None, text(SUITE)),
            code(),
        ]
    };
    assert!(counts(&measured(2, moved("one/tests/other.rs"))).is_empty());
    assert_eq!(
        counts(&measured(2, moved("two/tests/all.rs"))),
        [("tests_removed", 2.0), ("assertions_lost", 3.0)]
    );
    let reading = measured(2, vec![file("tests/top.rs", text(SUITE), None)]);
    assert_eq!(
        reading.findings[0].message,
        "the project has 2 tests fewer than before"
    );
}

#[test]
fn what_is_silenced_anew_is_told_with_its_line() {
    let before = "#[allow(dead_code)]\nfn x() {}\n";
    let after = "fn y() {}\n#[allow(dead_code)]\nfn x() {}\n#[allow(unused)]\nfn z() {}\n#[ignore = \"slow\"]\n#[test]\nfn t() {}\n";
    let reading = measured(1, vec![file("one/src/lib.rs", text(before), text(after))]);
    assert_eq!(
        counts(&reading),
        [("tests_ignored", 1.0), ("suppressions_added", 1.0)]
    );
    let lines: Vec<(&str, Option<u32>, Severity)> = reading
        .findings
        .iter()
        .map(|finding| {
            (
                finding.code.as_str(),
                finding.place.as_ref().unwrap().line,
                finding.severity,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("test-ignored", Some(6), Severity::Error),
            ("check-suppressed", Some(4), Severity::Error)
        ]
    );
}

#[test]
fn in_tiers_two_and_three_it_is_advice() {
    for (tier, severity) in [
        (1, Severity::Error),
        (2, Severity::Warning),
        (3, Severity::Warning),
    ] {
        let reading = measured(tier, vec![file("deny.toml", text("a"), None)]);
        assert_eq!(reading.findings[0].severity, severity);
    }
}

#[test]
fn only_so_many_findings_are_told_and_all_are_counted() {
    let many: String = (0..80).map(|n| format!("#[allow(x{n})]\n")).collect();
    let reading = measured(2, vec![file("one/src/lib.rs", text(""), text(&many))]);
    assert_eq!(counts(&reading), [("suppressions_added", 80.0)]);
    assert_eq!(reading.findings.len(), MAX_FINDINGS);
}

#[test]
fn a_comparison_with_another_commit_is_none() {
    let params = json!({ "tier": 2, "policy": "p", "spec": "s", "config": "c", "base": "x", "packages": [] });
    let changes = Changes {
        base: "y".to_owned(),
        guards: 1,
        files: Vec::new(),
    };
    let raw = Raw {
        role: "changes".to_owned(),
        name: "changes.json".to_owned(),
        bytes: serde_json::to_vec(&changes).unwrap(),
    };
    let error = read(&params, &[raw]).unwrap_err();
    assert!(error.to_string().contains("a comparison with y"), "{error}");
    let missing = read(&params, &[]).unwrap_err();
    assert!(matches!(missing, MeasureError::Missing { .. }));
}

#[test]
fn components_are_guarded_by_their_specs_and_by_the_configuration() {
    let name = "provenance/ledger/.caws/working-spec.yaml";
    assert_eq!(guard(name, POLICY, SPEC, CONFIG), Some(Guard::Spec));
    assert_eq!(guard("a/.caws/other.yaml", POLICY, SPEC, CONFIG), None);
    assert_eq!(
        guard("a.caws/working-spec.yaml", POLICY, SPEC, CONFIG),
        None
    );
    let spec = |coverage: f64| json!({ "id": "A-1", "targets": { "coverage": coverage } });
    assert_eq!(
        of_document(name, &spec(0.9), &spec(0.8)),
        "guards_loosened 1"
    );
    assert_eq!(of_document(name, &spec(0.8), &spec(0.9)), "");
    let paths = |paths: Value| json!({ "id": "A-1", "component": { "paths": paths } });
    let (more, fewer) = (json!(["a/", "b/"]), json!(["a/"]));
    assert_eq!(
        of_document(name, &paths(more.clone()), &paths(fewer.clone())),
        "guards_loosened 1"
    );
    assert_eq!(of_document(name, &paths(fewer), &paths(more)), "");
    let config = |folders: Value| json!({ "components": folders });
    let (both, one) = (json!(["a/", "b/"]), json!(["a/"]));
    assert_eq!(
        of_document(CONFIG, &config(both.clone()), &config(one.clone())),
        "guards_loosened 1"
    );
    assert_eq!(of_document(CONFIG, &config(one), &config(both.clone())), "");
    assert_eq!(
        of_document(CONFIG, &config(both), &json!({})),
        "guards_loosened 2"
    );
}
