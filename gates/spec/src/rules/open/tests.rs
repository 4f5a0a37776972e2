use caws_evidence::Severity;

use crate::{SpecReport, parse, validate_spec};

const SPEC: &str = "\
id: T-1
title: A title of a spec
risk_tier: 1
scope:
  in: [src/]
  out: []
invariants:
  - It stays as it is
acceptance:
  - { id: A1, given: a, when: b, then: c }
non_functional: {}
contracts:
  - { type: openapi, path: c.yaml }
";

fn report(questions: &str) -> SpecReport {
    let text = format!("{SPEC}{questions}");
    let document =
        parse("s.yaml", text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"));
    validate_spec(&document)
}

fn messages(report: &SpecReport) -> Vec<(Severity, u32, &str)> {
    report
        .findings
        .iter()
        .map(|finding| {
            let line = finding.place.as_ref().and_then(|place| place.line);
            (
                finding.severity,
                line.unwrap_or(0),
                finding.message.as_str(),
            )
        })
        .collect()
}

const QUESTIONS: &str = "\
open_questions:
  - { at: /profile, ask: Which? }
  - { at: /rationale, ask: Why? }
  - { at: /contracts/0/role, ask: Whose? }
";

#[test]
fn what_is_asked_for_may_be_missing_and_there_is_no_spec_yet() {
    let report = report(QUESTIONS);
    assert_eq!(
        messages(&report),
        [
            (Severity::Warning, 15, "open question: Which?"),
            (Severity::Warning, 16, "open question: Why?"),
            (Severity::Warning, 17, "open question: Whose?"),
        ]
    );
    assert!(report.is_valid());
    assert_eq!(report.spec, None);
    let first = &report.findings[0];
    assert_eq!(first.code, "spec-open-question");
    assert_eq!(first.expected.as_deref(), Some("an answer at `/profile`"));
}

#[test]
fn what_is_not_asked_for_is_missing() {
    let report = report("open_questions: [{ at: /profile, ask: Which? }]\n");
    assert_eq!(
        messages(&report),
        [
            (Severity::Error, 1, "the document has no `rationale`"),
            (Severity::Error, 13, "`contracts[0]` has no `role`"),
        ]
    );
    assert!(!report.is_valid());
}

#[test]
fn rules_hold_for_what_is_there() {
    let report = report(&QUESTIONS.replace("open_questions", "threats: ['']\nopen_questions"));
    assert!(report.is_valid());
    let text = format!("{SPEC}{QUESTIONS}").replace("It stays as it is", "short");
    let document = parse("s.yaml", text.as_bytes()).expect("it parses");
    let report = validate_spec(&document);
    assert_eq!(
        messages(&report).first(),
        Some(&(
            Severity::Error,
            8,
            "the invariant \"short\" says too little"
        ))
    );
}

#[test]
fn a_tier_asks_once_the_profile_is_answered() {
    let answered = QUESTIONS.replace("  - { at: /profile, ask: Which? }\n", "");
    let report = report(&format!("profile: library\n{answered}"));
    let blocks: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.code == "spec-tier-rule")
        .collect();
    assert!(!blocks.is_empty(), "{:#?}", report.findings);
    assert_eq!(report.spec, None);
}

#[test]
fn what_a_tier_asks_is_put_off_by_a_question_until_the_spec_is_finished() {
    let blocking = |questions: &str| -> Vec<String> {
        let report = report(questions);
        let findings = report.findings.iter();
        findings
            .filter(|finding| {
                finding.code == "spec-tier-rule" && finding.severity == Severity::Error
            })
            .map(|finding| finding.message.clone())
            .collect()
    };
    let answered = QUESTIONS.replace("  - { at: /profile, ask: Which? }\n", "");
    let open = format!("profile: library\n{answered}");
    assert_eq!(
        blocking(&open).len(),
        3,
        "security, observability, rollback"
    );
    let asked = format!(
        "{open}  - {{ at: /observability, ask: What? }}\n  - {{ at: /non_functional, ask: Which? }}\n"
    );
    assert_eq!(blocking(&asked), ["a library of tier 1 names no way back"]);
    // A question about what is not required keeps no rule away from a spec that is finished.
    let finished = SPEC.replace("path: c.yaml", "path: c.yaml, role: both");
    let text = format!(
        "{finished}profile: library\nrationale: Because it is worth doing.\nopen_questions:\n  - {{ at: /rollback, ask: How? }}\n"
    );
    let report = validate_spec(&parse("s.yaml", text.as_bytes()).expect("it parses"));
    assert!(report.spec.is_some());
    assert!(!report.is_valid());
}

#[test]
fn an_answered_question_is_to_be_removed_and_a_free_one_may_stay() {
    let report = report(
        "profile: library\nrationale: Because it is worth doing.\nopen_questions:\n  \
         - { at: /profile, ask: Which? }\n  - { at: /threats, ask: None? }\n  - { at: /contracts/0/role, ask: Whose? }\n",
    );
    let said: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.code == "spec-open-question")
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "the question about `/profile` is answered",
            "open question: None?",
            "open question: Whose?"
        ]
    );
}

#[test]
fn a_free_question_keeps_no_spec_from_being_one() {
    let text = "id: T-1\ntitle: A title of a spec\nrisk_tier: 3\nprofile: library\nrationale: Because it is worth doing.\n\
                scope: { in: [src/], out: [] }\ninvariants: [It stays as it is]\n\
                acceptance: [{ id: A1, given: a, when: b, then: c }]\nnon_functional: {}\ncontracts: []\n\
                open_questions: [{ at: /threats, ask: None? }]\n";
    let report = validate_spec(&parse("s.yaml", text.as_bytes()).expect("it parses"));
    assert!(report.spec.is_some());
    assert_eq!(
        messages(&report),
        [(Severity::Warning, 11, "open question: None?")]
    );
}
