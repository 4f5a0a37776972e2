use std::collections::HashMap;

use caws_evidence::{Finding, Severity};

use super::{covering, foreign, missing_paths, plain};
use crate::{Document, SpecReport, parse, validate_policy, validate_spec};

const SPEC: &str = "\
id: T-1
title: A title of a spec
risk_tier: 3
profile: library
rationale: Because it is worth doing.
scope:
  in: [src/, 'docs/*.md']
  out: [target/]
invariants:
  - It stays as it is
acceptance:
  - { id: A1, given: a, when: b, then: c }
  - { id: A7, given: a, when: b, then: c }
non_functional: {}
contracts:
  - { type: openapi, path: c.yaml, role: provider }
";

fn document(text: &str) -> Document {
    parse("s.yaml", text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn report(from: &str, to: &str) -> SpecReport {
    assert!(SPEC.contains(from), "{from}");
    validate_spec(&document(&SPEC.replace(from, to)))
}

/// `line:column severity code message` of each finding.
fn lines(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().expect("a place");
            let severity = if finding.severity == Severity::Error {
                "error"
            } else {
                "warning"
            };
            format!(
                "{}:{} {severity} {} {}",
                place.line.unwrap_or(0),
                place.column.unwrap_or(0),
                finding.code,
                finding.message
            )
        })
        .collect()
}

#[test]
fn a_good_spec_becomes_a_struct() {
    let report = validate_spec(&document(SPEC));
    assert_eq!(lines(&report.findings), [""; 0]);
    assert!(report.is_valid());
    let spec = report.spec.expect("a spec");
    assert_eq!(
        (spec.id.as_str(), spec.risk_tier, spec.profile.as_str()),
        ("T-1", 3, "library")
    );
    assert_eq!(spec.scope.without, ["target/"]);
    assert_eq!(spec.contracts[0].kind, "openapi");
}

#[test]
fn a_spec_that_breaks_the_schema_is_no_spec() {
    let report = report("risk_tier: 3", "risk_tier: 4");
    assert_eq!(report.spec, None);
    assert!(!report.is_valid());
    assert_eq!(
        lines(&report.findings),
        ["3:12 error document-schema `risk_tier` is 4, which is none of the values allowed"]
    );
}

#[test]
fn an_integer_may_be_written_with_a_point() {
    assert_eq!(
        report("risk_tier: 3", "risk_tier: 3.0")
            .spec
            .map(|spec| spec.risk_tier),
        Some(3)
    );
}

#[test]
fn warnings_do_not_make_a_spec_invalid() {
    let report = report(
        "then: c }\n  - { id: A7",
        "then: c, than: d }\n  - { id: A7",
    );
    assert_eq!(
        lines(&report.findings),
        ["12:43 warning document-unknown-key nothing reads the key `than`"]
    );
    assert_eq!(
        report.findings[0].help.as_deref(),
        Some("did you mean `then`?")
    );
    assert_eq!(
        report.findings[0].expected.as_deref(),
        Some("one of id, given, when, then")
    );
    assert!(report.is_valid());
}

#[test]
fn a_faulty_rule_makes_a_spec_invalid() {
    let report = report("It stays as it is", "It stays");
    assert!(report.spec.is_some());
    assert!(!report.is_valid());
}

#[test]
fn an_id_that_stands_twice_is_found_and_the_next_free_one_named() {
    let report = report("id: A1,", "id: A7,");
    assert_eq!(
        lines(&report.findings),
        ["13:11 error spec-duplicate-id the acceptance criterion A7 stands here twice"]
    );
    assert_eq!(
        report.findings[0].found.as_deref(),
        Some("A7 first in line 12")
    );
    assert_eq!(
        report.findings[0].help.as_deref(),
        Some("call it A8, the next free number")
    );
}

#[test]
fn steps_of_a_scenario_say_something() {
    let report = report(
        "id: A1, given: a, when: b, then: c",
        "id: A1, given: '', when: ' ', then: \"\\n\"",
    );
    assert_eq!(
        lines(&report.findings),
        [
            "12:22 error spec-rule `given` of A1 is empty",
            "12:32 error spec-rule `when` of A1 is empty",
            "12:43 error spec-rule `then` of A1 is empty",
        ]
    );
}

#[test]
fn an_invariant_has_ten_characters() {
    assert_eq!(
        lines(&report("It stays as it is", "ten_chäräc").findings),
        [""; 0]
    );
    let nine = report("It stays as it is", "' nine_chär '");
    assert_eq!(
        lines(&nine.findings),
        ["10:5 error spec-rule the invariant \"nine_chär\" says too little"]
    );
    assert_eq!(nine.findings[0].found.as_deref(), Some("9"));
}

#[test]
fn paths_of_the_scope_lie_in_the_project() {
    let report = report("out: [target/]", "out: [/abs, '..', '']");
    assert_eq!(
        lines(&report.findings),
        [
            "8:9 error spec-rule the scope's path \"/abs\" is absolute",
            "8:15 error spec-rule the scope's path \"..\" leads out of the project",
            "8:21 error spec-rule the scope's path \"\" is empty",
        ]
    );
}

#[test]
fn a_path_is_on_one_side_of_the_scope() {
    let report = report("in: [src/, 'docs/*.md']", "in: [./src, target/x, targets]");
    assert_eq!(
        lines(&report.findings),
        ["7:15 error spec-rule \"target/x\" is in the scope and, by \"target/\", out of it"]
    );
}

#[test]
fn what_paths_are_foreign() {
    assert_eq!(foreign("src/a b.rs"), None);
    assert_eq!(foreign("a..b/c..d"), None);
    assert_eq!(foreign(" "), Some("is empty"));
    assert_eq!(foreign("/x"), Some("is absolute"));
    assert_eq!(foreign("C:/x"), Some("is absolute"));
    assert_eq!(foreign("src\\x"), Some("is written with backslashes"));
    assert_eq!(foreign("src/../../x"), Some("leads out of the project"));
    assert_eq!(
        foreign(&"a/".repeat(2049)),
        Some("is longer than any system takes")
    );
}

#[test]
fn a_directory_covers_what_lies_below_it() {
    let covers = |outer: &str, inner: &str| {
        covering(&HashMap::from([(plain(outer), "it")]), inner).is_some()
    };
    assert!(covers("src", "src/"));
    assert!(covers("./src/", "src/a/b"));
    assert!(!covers("src/a", "src/ab"));
    assert!(!covers("src/a", "src"));
    assert!(!covers("", "src"));
}

#[test]
fn every_open_object_is_searched_for_keys_nobody_reads() {
    let text = format!(
        "{}change_budget: {{ max_file: 1 }}\nblast_radius: {{ module: [a] }}\nobservability: {{ log: [a] }}\n\
         ai_assessment: {{ confidence: 1 }}\n",
        SPEC.replace("out: [target/]", "out: [target/]\n  zone: x")
            .replace("role: provider", "role: provider, revision: 1")
            .replace(
                "non_functional: {}",
                "non_functional: { i18n: { locale: [de] }, security_policy: { sast: low } }"
            )
    );
    let report = validate_spec(&document(&text));
    assert!(report.is_valid());
    assert_eq!(
        lines(&report.findings),
        [
            "9:3 warning document-unknown-key nothing reads the key `zone`",
            "15:27 warning document-unknown-key nothing reads the key `locale`",
            "15:62 warning document-unknown-key nothing reads the key `sast`",
            "17:52 warning document-unknown-key nothing reads the key `revision`",
            "18:18 warning document-unknown-key nothing reads the key `max_file`",
            "19:17 warning document-unknown-key nothing reads the key `module`",
            "20:18 warning document-unknown-key nothing reads the key `log`",
            "21:18 warning document-unknown-key nothing reads the key `confidence`",
        ]
    );
    let helps: Vec<_> = report
        .findings
        .iter()
        .filter_map(|finding| finding.help.as_deref())
        .collect();
    assert_eq!(helps[0], "remove it, or put what it says where it is read");
    assert_eq!(helps[1], "did you mean `locales`?");
    assert_eq!(helps[2], "did you mean `sast_max_severity`?");
    assert_eq!(helps[7], "did you mean `confidence_level`?");
}

#[test]
fn paths_that_are_not_there_are_named() {
    let document = document(&SPEC.replace("src/", "src/, lib/"));
    let spec = validate_spec(&document).spec.expect("a spec");
    let asked = std::cell::RefCell::new(Vec::new());
    let findings = missing_paths(&document, &spec, |path| {
        asked.borrow_mut().push(path.to_owned());
        path == "src/"
    });
    assert_eq!(
        lines(&findings),
        [
            "16:28 error spec-path-missing the contract `c.yaml` does not exist",
            "7:14 warning spec-path-missing the scope names `lib/`, which does not exist",
        ]
    );
    assert_eq!(
        asked.into_inner(),
        ["c.yaml", "src/", "lib/"],
        "patterns are not asked for"
    );
    assert_eq!(missing_paths(&document, &spec, |_| true), []);
}

#[test]
fn a_policy_is_held_against_its_schema() {
    let tier = "{\"coverage_metric\": \"branch\", \"min_coverage\": 0.8, \"min_mutation\": 0.5, \"requires_contracts\": true}";
    let good = format!("{{\"1\": {tier},\n\"2\": {tier},\n\"3\": {tier}}}");
    assert_eq!(
        validate_policy(&parse("p.json", good.as_bytes()).expect("it parses")),
        []
    );
    let bad = good.replacen("0.8", "1.8", 2);
    let findings = validate_policy(&parse("p.json", bad.as_bytes()).expect("it parses"));
    assert_eq!(
        lines(&findings),
        [
            "1:53 error document-schema `1.min_coverage` is 1.8, not at most 1",
            "2:52 error document-schema `2.min_coverage` is 1.8, not at most 1",
        ]
    );
}
