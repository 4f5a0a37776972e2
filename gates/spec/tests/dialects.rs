//! Specs of every generation: recognised, judged by their own rules, migrated without a loss.
//!
//! The fixtures are in our words and have the shapes and faults of published files. Where `CAWS_CORPUS` names
//! a directory with published specs and schemas, the same is asked of those.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stop the test"
)]

use std::path::{Path, PathBuf};

use caws_evidence::Severity;
use caws_spec::{
    Dialect, Document, Migration, Schema, examine, fix, migrate, parse, recognise, validate_schema,
};
use serde_json::{Value, json};

/// Fixture, its generation, and how many errors it has by the rules of its generation.
const FIXTURES: [(&str, Dialect, usize); 8] = [
    ("v1.0.yaml", Dialect::V1, 0),
    ("cli-3.yaml", Dialect::Cli3, 0),
    ("cli-5.yaml", Dialect::Cli5, 0),
    ("cli-5-created.yaml", Dialect::Cli5, 0),
    ("cli-5-waiver.yaml", Dialect::Cli5, 0),
    // That generation's schema refuses a tier with a letter.
    ("cli-9.yaml", Dialect::Cli9, 1),
    ("spec-v1.yaml", Dialect::SpecV1, 0),
    ("legacy.yaml", Dialect::Legacy, 0),
];

/// Hardening fixtures, and how many lines of each are no YAML.
const HARDENING: [(&str, usize); 3] = [
    ("hardening-tier-1.yaml", 4),
    ("hardening-tier-2.yaml", 4),
    ("hardening-server.yaml", 2),
];

fn fixture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/dialects")
        .join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()))
}

fn document(name: &str, text: &str) -> Document {
    parse(name, text.as_bytes()).unwrap_or_else(|findings| panic!("{name}: {findings:#?}"))
}

fn errors(findings: &[caws_evidence::Finding]) -> Vec<&caws_evidence::Finding> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect()
}

/// Every scalar and every empty collection, with its pointer.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, at: String, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (key, value) in members {
                    let step = key.replace('~', "~0").replace('/', "~1");
                    walk(value, format!("{at}/{step}"), found);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, format!("{at}/{index}"), found);
                }
            }
            leaf => found.push((at, leaf.clone())),
        }
    }
    let mut found = Vec::new();
    walk(value, String::new(), &mut found);
    found
}

/// What holds for every migration.
fn nothing_is_lost(name: &str, text: &str) -> Migration {
    let before = document(name, text);
    let migration = migrate(&before, text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let after = document(name, &migration.text);
    assert_eq!(after.value(), migration.document.value(), "{name}");
    for (pointer, value) in leaves(before.value()) {
        let rewrite = migration
            .rewrites
            .iter()
            .find(|rewrite| rewrite.at == pointer);
        let expected = rewrite.map_or(&value, |rewrite| {
            assert_eq!(rewrite.was, value, "{name}: {pointer}");
            &rewrite.now
        });
        assert_eq!(
            after.value().pointer(&migration.place(&pointer)),
            Some(expected),
            "{name}: {pointer}"
        );
    }
    assert_eq!(&migration.restore(after.value()), before.value(), "{name}");
    // Comments stay, and in their order.
    let comments = |text: &str| -> Vec<String> {
        text.lines()
            .filter_map(|line| Some(line.split_once('#')?.1.to_owned()))
            .collect()
    };
    assert_eq!(comments(text), comments(&migration.text), "{name}");
    // Keys that are still there come in the order they had.
    let order = |value: &Value| -> Vec<String> {
        leaves(value)
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect()
    };
    let kept: Vec<String> = order(before.value())
        .iter()
        .map(|pointer| migration.place(pointer))
        .collect();
    let found: Vec<String> = order(after.value())
        .into_iter()
        .filter(|pointer| kept.contains(pointer))
        .collect();
    assert_eq!(found, kept, "{name}");
    // What is not renamed is listed as open, unmapped or added; the result is a spec of ours.
    assert_eq!(
        errors(&migration.findings),
        [] as [&caws_evidence::Finding; 0],
        "{name}"
    );
    assert!(recognise(&after).dialect.is_current(), "{name}");
    let again = migrate(&after, &migration.text).expect("it migrates again");
    assert_eq!(again.text, migration.text, "{name}: twice is once");
    migration
}

#[test]
fn every_generation_is_recognised_and_judged_by_its_own_rules() {
    for (name, dialect, faults) in FIXTURES {
        let document = document(name, &fixture(name));
        let (recognition, findings) = examine(&document);
        assert_eq!(recognition.dialect, dialect, "{name}: {recognition:?}");
        assert!(!recognition.because.is_empty(), "{name}");
        assert_eq!(errors(&findings).len(), faults, "{name}: {findings:#?}");
        assert_eq!(findings[0].code, "spec-dialect", "{name}");
        assert!(
            findings[0]
                .message
                .starts_with(&format!("recognised as {dialect} because it")),
            "{}",
            findings[0].message
        );
        let ours = findings.iter().any(|finding| {
            finding.severity == Severity::Warning
                && finding.message.starts_with("for the current dialect: ")
        });
        assert_eq!(ours, !dialect.is_current(), "{name}");
    }
}

#[test]
fn the_signs_are_named_with_their_lines() {
    let document = document("s.yaml", &fixture("spec-v1.yaml"));
    let (_, findings) = examine(&document);
    assert_eq!(
        findings[0].message,
        "recognised as spec.v1 because it has a `lifecycle_state` (line 5), its scope has `support` (line 14), \
         its `observability` is a list (line 32), its `non_functional.reliability` is a list (line 25), \
         its contracts have a `name` (line 30)"
    );
    assert_eq!(
        findings[0].help.as_deref(),
        Some("`caws migrate s.yaml` shows it in the current dialect")
    );
}

#[test]
fn our_own_spec_is_of_no_other_generation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.caws/working-spec.yaml");
    let text = std::fs::read_to_string(path).expect("our spec");
    let document = document("working-spec.yaml", &text);
    assert!(recognise(&document).dialect.is_current());
    let migration = migrate(&document, &text).expect("it migrates");
    assert_eq!(migration.text, text);
}

#[test]
fn what_nothing_speaks_for_is_judged_as_current() {
    let document = document("n.yaml", "notes: [a]\n");
    let (recognition, findings) = examine(&document);
    assert_eq!(recognition.dialect, Dialect::Current);
    assert_eq!(recognition.because, []);
    assert!(errors(&findings).len() > 5);
}

#[test]
fn a_version_1_0_spec_with_more_than_that_is_current() {
    let text = fixture("v1.0.yaml").replace("mode: feature", "mode: chore");
    let (recognition, findings) = examine(&document("s.yaml", &text));
    assert_eq!(recognition.dialect, Dialect::Current);
    assert_eq!(findings, []);
}

#[test]
fn breaches_of_its_own_rules_are_errors_and_those_of_ours_are_not() {
    let text = fixture("cli-3.yaml").replace("FEAT-0042", "LAMP-42");
    let (recognition, findings) = examine(&document("s.yaml", &text));
    assert_eq!(recognition.dialect, Dialect::Cli3);
    let found = errors(&findings);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0].place.as_ref().and_then(|place| place.line),
        Some(2)
    );
    assert!(
        found[0]
            .expected
            .as_deref()
            .is_some_and(|wanted| wanted.contains("PROJ|FEAT|FIX|ARCH")),
        "{found:#?}"
    );
    // In tier 1 the CLI 5.x asks for a way back.
    let text = fixture("cli-5-waiver.yaml").replace("rollback:", "way_back:");
    let (_, findings) = examine(&document("s.yaml", &text));
    assert!(
        errors(&findings)[0].message.contains("has no `rollback`"),
        "{findings:#?}"
    );
    // And spec.v1 for contracts in tier 2.
    let text = fixture("spec-v1.yaml")
        .replace("risk_tier: 3", "risk_tier: 2")
        .replace(
            "contracts:\n  - name: orders\n    type: behavior\n",
            "contracts: []\n",
        );
    let (recognition, findings) = examine(&document("s.yaml", &text));
    assert_eq!(recognition.dialect, Dialect::SpecV1);
    assert_eq!(
        errors(&findings)[0].message,
        "`contracts` has too few entries"
    );
}

#[test]
fn every_generation_migrates_without_a_loss() {
    for (name, dialect, _) in FIXTURES {
        let text = fixture(name);
        let migration = nothing_is_lost(name, &text);
        if dialect == Dialect::V1 {
            assert_eq!(migration.text, text);
            continue;
        }
        let open: Vec<&str> = migration.open.iter().map(|(at, _)| at.as_str()).collect();
        assert!(
            open.contains(&"/profile") && open.contains(&"/rationale"),
            "{name}: {open:?}"
        );
    }
}

#[test]
fn a_migration_says_what_it_did() {
    let migration = nothing_is_lost("cli-3.yaml", &fixture("cli-3.yaml"));
    let renames: Vec<(&str, &str)> = migration
        .renames
        .iter()
        .map(|rename| (rename.from.as_str(), rename.to.as_str()))
        .collect();
    assert_eq!(
        renames,
        [
            ("/non_functional/a11y", "/non_functional/accessibility"),
            ("/experiment_mode", "/x-experiment_mode"),
            ("/human_override", "/x-human_override"),
            ("/timeboxed_hours", "/x-timeboxed_hours"),
        ]
    );
    let rewrites: Vec<_> = migration
        .rewrites
        .iter()
        .map(|rewrite| (rewrite.at.as_str(), &rewrite.was, &rewrite.now))
        .collect();
    assert_eq!(
        rewrites,
        [
            ("/risk_tier", &json!("2"), &json!(2)),
            ("/ai_assessment/confidence_level", &json!(7), &json!(0.7)),
        ]
    );
    let open: Vec<&str> = migration.open.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(open, ["/contracts/0/role", "/profile", "/rationale"]);
    assert_eq!(
        migration.unmapped,
        [
            "/x-experiment_mode",
            "/x-timeboxed_hours",
            "/x-human_override"
        ]
    );
    assert!(
        migration.text.contains("risk_tier: 2   # a text\n"),
        "{}",
        migration.text
    );
    assert!(
        migration.text.ends_with(
            "open_questions:\n  \
             - at: \"/contracts/0/role\"\n    ask: \"Does this project offer the interface, use it, or both: provider, consumer or both?\"\n  \
             - at: \"/profile\"\n    ask: \"Which kind of software is it: web-ui, backend-api, library or cli?\"\n  \
             - at: \"/rationale\"\n    ask: \"Why is the work worth doing, and why has it this tier?\"\n"
        ),
        "{}",
        migration.text
    );
}

/// The statements of a hardening file as its author wrote them: its lines without keys, dashes and quotes.
fn every_statement(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim_start_matches([' ', '-']).to_owned())
        .filter(|line| !line.is_empty())
        .map(|line| match line.split_once(": ") {
            Some((key, value)) if !key.contains(' ') => value.to_owned(),
            _ => line,
        })
        .filter(|statement| !statement.ends_with(':'))
        .collect()
}

fn hardened(name: &str, text: &str, faults: Option<usize>) {
    let findings = parse(name, text.as_bytes()).expect_err("as published it is no YAML");
    let place = findings[0].place.as_ref().expect("a place");
    assert!(place.line.is_some() && place.column.is_some(), "{name}");
    assert!(
        findings[0]
            .help
            .as_deref()
            .is_some_and(|help| help.contains("quote")),
        "{findings:#?}"
    );
    let fixed = fix(name, text).unwrap_or_else(|| panic!("{name} is not mended"));
    assert_eq!(fixed.rest, [], "{name}");
    if let Some(faults) = faults {
        assert_eq!(fixed.repairs.len(), faults, "{name}: {:?}", fixed.repairs);
    }
    assert_eq!(fixed.text.lines().count(), text.lines().count(), "{name}");
    // Nothing but quotes was added.
    let (recognition, findings) = examine(&document(name, &fixed.text));
    assert_eq!(recognition.dialect, Dialect::Hardening, "{name}");
    assert_eq!(
        errors(&findings),
        [] as [&caws_evidence::Finding; 0],
        "{name}"
    );
    let migration = nothing_is_lost(name, &fixed.text);
    let said: Vec<String> = leaves(migration.document.value())
        .into_iter()
        .map(|(pointer, leaf)| match leaf {
            Value::String(text) => {
                // A labelled line has its label in the pointer.
                let label = pointer
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .replace("~1", "/");
                if label.contains(' ') {
                    format!("{label}: {text}")
                } else {
                    text
                }
            }
            other => other.to_string(),
        })
        .collect();
    for statement in every_statement(text) {
        let number = statement.parse::<f64>().ok();
        assert!(
            said.iter()
                .any(|said| *said == statement
                    || number.is_some() && said.parse::<f64>().ok() == number),
            "{name} lost: {statement}"
        );
    }
    assert_eq!(migration.added, ["targets", "open_questions"], "{name}");
    let strategy = |key: &str| {
        migration
            .document
            .value()
            .pointer(&format!("/testing_strategy/unit_tests/{key}"))
            .and_then(Value::as_f64)
            .map(|percent| percent / 100.0)
    };
    let target = |key: &str| {
        migration
            .document
            .value()
            .pointer(&format!("/targets/{key}"))
            .and_then(Value::as_f64)
    };
    assert_eq!(target("coverage"), strategy("target_coverage"), "{name}");
    assert_eq!(
        target("mutation"),
        strategy("target_mutation_score"),
        "{name}"
    );
}

#[test]
fn hardening_specs_are_mended_and_migrated_with_every_statement() {
    for (name, faults) in HARDENING {
        hardened(name, &fixture(name), Some(faults));
    }
}

#[test]
fn the_first_fault_of_a_hardening_spec_is_found_where_it_is() {
    for (name, line, column, found) in [
        ("hardening-tier-2.yaml", 34, 11, "then: >95%"),
        ("hardening-server.yaml", 93, 9, "- [ ] Protocol"),
    ] {
        let findings = parse(name, fixture(name).as_bytes()).expect_err("no YAML");
        let place = findings[0].place.as_ref().expect("a place");
        assert_eq!(
            (place.line, place.column),
            (Some(line), Some(column)),
            "{findings:#?}"
        );
        assert!(
            findings[0]
                .found
                .as_deref()
                .is_some_and(|text| text.contains(found)),
            "{findings:#?}"
        );
    }
}

/// The directory of published files, or a word that they were not tried.
fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("CAWS_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        println!("NOT TESTED on published files: CAWS_CORPUS names no directory");
    }
    corpus
}

#[test]
fn published_specs_are_answered_as_their_rows_say() {
    let Some(corpus) = corpus() else { return };
    let read = |name: &str| {
        std::fs::read_to_string(corpus.join("specs").join(name))
            .unwrap_or_else(|fault| panic!("{name}: {fault}"))
    };
    for (name, dialect) in [
        ("KOKORO-001.yaml", Dialect::V1),
        ("ARBITER-007.legacy.yaml", Dialect::Legacy),
        ("PROJ-001.legacy.yaml", Dialect::Cli5),
        ("TTS-002.yaml", Dialect::Cli5),
        ("paths-v5.1.0.yaml", Dialect::Cli5),
        ("paths-head-AUTH-BINDING-BRIDGE-001.yaml", Dialect::SpecV1),
    ] {
        let text = read(name);
        let (recognition, findings) = examine(&document(name, &text));
        assert_eq!(recognition.dialect, dialect, "{name}: {recognition:?}");
        assert_eq!(
            errors(&findings),
            [] as [&caws_evidence::Finding; 0],
            "{name}"
        );
        nothing_is_lost(name, &text);
    }
    for (name, faults) in [
        ("ARBITER-013-HARDEN.yaml", 13),
        ("ARBITER-007-HARDEN.yaml", 11),
        ("INFRA-002-HARDEN.yaml", 11),
    ] {
        hardened(name, &read(name), Some(faults));
    }
    let findings =
        parse("a.yaml", read("ARBITER-007-HARDEN.yaml").as_bytes()).expect_err("no YAML");
    assert_eq!(
        findings[0].place.as_ref().and_then(|place| place.line),
        Some(53)
    );
}

/// A spec with one part changed, for each part and each of some values.
fn mutations(spec: &Value) -> Vec<Value> {
    fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    pointers(value, format!("{at}/{key}"), found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointers(item, format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
        found.push(at);
    }
    let mut places = Vec::new();
    pointers(spec, String::new(), &mut places);
    let mut mutants = Vec::new();
    for place in places {
        for value in [
            json!(null),
            json!(0),
            json!(1.5),
            json!(4),
            json!(true),
            json!(""),
            json!("1"),
            json!("A12"),
            json!("x".repeat(201)),
            json!([]),
            json!([1]),
            json!({}),
            json!({"else": 1}),
        ] {
            let mut mutant = spec.clone();
            if let Some(part) = mutant.pointer_mut(&place) {
                *part = value;
                mutants.push(mutant);
            }
        }
        let mut more = spec.clone();
        if let Some(Value::Object(members)) = more.pointer_mut(&place) {
            members.insert("else".to_owned(), json!(1));
            mutants.push(more);
        }
        if let Some((parent, key)) = place.rsplit_once('/') {
            let mut less = spec.clone();
            if let Some(Value::Object(members)) = less.pointer_mut(parent) {
                members.shift_remove(key);
                mutants.push(less);
            }
        }
    }
    mutants
}

#[test]
fn our_schemas_of_other_generations_accept_what_the_published_ones_accept() {
    let Some(corpus) = corpus() else { return };
    let schema = |name: &str| {
        let text = std::fs::read_to_string(corpus.join("schemas").join(name))
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        Schema::compile(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"))
    };
    let mut compared = 0;
    for (dialect, published, spec) in [
        (
            Dialect::V1,
            "working-spec.kokoro-62a4f38.schema.json",
            "v1.0.yaml",
        ),
        (
            Dialect::Cli3,
            "working-spec.caws-cli-3.3.schema.json",
            "cli-3.yaml",
        ),
        (
            Dialect::Cli9,
            "working-spec.paths-v9.2.0.schema.json",
            "cli-9.yaml",
        ),
        (Dialect::SpecV1, "spec.v1.json", "spec-v1.yaml"),
    ] {
        let published = schema(published);
        let spec = document(spec, &fixture(spec));
        for mutant in mutations(spec.value()) {
            // The rules by tier are none of the schema's.
            if dialect == Dialect::SpecV1 && mutant.get("risk_tier") != Some(&json!(3)) {
                continue;
            }
            let mutant = document("m.json", &mutant.to_string());
            let places = |findings: Vec<caws_evidence::Finding>| -> Vec<_> {
                let mut places: Vec<_> = findings
                    .into_iter()
                    .map(|finding| finding.place.map(|place| (place.line, place.column)))
                    .collect();
                places.sort();
                places.dedup();
                places
            };
            assert_eq!(
                places(dialect.faults(&mutant)),
                places(validate_schema(&mutant, &published)),
                "{dialect}: {}",
                mutant.value()
            );
            compared += 1;
        }
    }
    println!("compared {compared} mutations with the published schemas");
    assert!(compared > 500);
}
