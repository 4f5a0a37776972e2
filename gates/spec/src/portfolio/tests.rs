use std::num::NonZeroUsize;

use caws_evidence::{Finding, Severity};

use super::Portfolio;

/// A component spec without a fault; `more` is put at its end.
pub(super) fn spec(id: &str, more: &str) -> String {
    format!(
        "id: {id}
title: A component of the tree
risk_tier: 2
profile: library
mode: feature
rationale: Because it is worth doing.
change_budget: {{ max_files: 5, max_loc: 100 }}
blast_radius: {{ modules: [src/], data_migration: false }}
threats:
  - {{ threat: It breaks, likelihood: low, impact: low, mitigation: Tests }}
scope: {{ in: [src/], out: [] }}
invariants: [It stays as it is]
acceptance:
  - {{ id: A1, given: a, when: b, then: c }}
  - {{ id: A2, given: a, when: b, then: c }}
non_functional: {{ perf: {{ api_p95_ms: 5 }} }}
contracts: []
observability: {{ logs: [one] }}
rollback: [The version before]
ai_assessment: {{ confidence_level: 0.5 }}
testing_strategy: {{ unit_tests: {{ focus_areas: [limits] }} }}
hardening_checklist: ['[ ] Reviewed']
{more}"
    )
}

/// `component` with an effort and dependencies.
pub(super) fn component(days: &str, depends_on: &str) -> String {
    format!("component: {{ paths: [], effort_days: {days}, depends_on: [{depends_on}] }}\n")
}

pub(super) fn read(specs: &[(&str, String)]) -> Portfolio {
    let files: Vec<_> = specs
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    Portfolio::read(&files, |_| true, 1)
}

/// `path:line:column severity code message` of each finding.
pub(super) fn lines(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().expect("a place");
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            format!(
                "{}:{}:{} {severity} {} {}",
                place.path,
                place.line.unwrap_or(0),
                place.column.unwrap_or(0),
                finding.code,
                finding.message
            )
        })
        .collect()
}

#[test]
fn specs_without_fault_are_counted_in_the_order_of_their_paths() {
    let tier_1 = spec("B-1", &component("1.5", "A-1"))
        .replace("risk_tier: 2", "risk_tier: 1")
        .replace("perf: {", "security: [safe], perf: {")
        .replace(
            "contracts: []",
            "contracts: [{ type: openapi, path: c.yaml, role: provider }]",
        );
    let portfolio = read(&[
        ("b.yaml", tier_1),
        ("a.yaml", spec("A-1", &component("2", ""))),
    ]);
    let findings = lines(&portfolio.findings);
    assert_eq!(
        findings,
        [
            "b.yaml:13:1 warning spec-tier-rule a library of tier 1 has fewer than 5 acceptance criteria"
        ]
    );
    assert!(portfolio.is_valid());
    let names: Vec<&str> = portfolio.entries.iter().map(|entry| entry.name()).collect();
    assert_eq!(names, ["A-1", "B-1"]);
    assert_eq!(
        (portfolio.needs(0), portfolio.needs(1)),
        (&[][..], &[0][..])
    );
    let statistics = portfolio.statistics();
    let all = statistics.all;
    assert_eq!(
        (
            all.components,
            all.scenarios,
            all.threats,
            all.mitigated,
            all.sections
        ),
        (2, 4, 2, 2, 28)
    );
    assert_eq!((all.estimated, all.days()), (2, 3.5));
    let tiers: Vec<_> = statistics
        .tiers
        .iter()
        .map(|(tier, totals)| (*tier, totals.components, totals.days()))
        .collect();
    assert_eq!(tiers, [(Some(1), 1, 1.5), (Some(2), 1, 2.0)]);
}

#[test]
fn what_is_wrong_between_specs_is_found_at_its_place() {
    type Case = (&'static str, Vec<(&'static str, String)>, Vec<&'static str>);
    let table: [Case; 6] = [
        (
            "an id twice",
            vec![
                ("a.yaml", spec("A-1", &component("1", ""))),
                ("b.yaml", spec("A-1", &component("1", ""))),
            ],
            vec!["b.yaml:1:5 error spec-duplicate-id the id A-1 belongs to another spec"],
        ),
        (
            "an id nobody has",
            vec![("a.yaml", spec("A-1", &component("1", "A-2")))],
            vec![
                "a.yaml:23:54 error portfolio-dependency A-1 depends on A-2, which is no spec here",
            ],
        ),
        (
            "a service among the dependencies is no id",
            vec![("a.yaml", spec("A-1", "dependencies: [postgres, A-2]\n"))],
            vec![],
        ),
        (
            "one that waits for itself",
            vec![("a.yaml", spec("A-1", &component("1", "A-1")))],
            vec!["a.yaml:23:54 error portfolio-cycle A-1 waits for itself"],
        ),
        (
            "a circle over two kinds of dependency",
            vec![
                ("a.yaml", spec("A-1", &component("1", "A-2"))),
                ("b.yaml", spec("A-2", "dependencies: [A-1]\n")),
            ],
            vec!["a.yaml:23:54 error portfolio-cycle A-1 waits for itself"],
        ),
        (
            "a spec without an id",
            vec![("a.yaml", "title: A title of a spec\n".to_owned())],
            vec![],
        ),
    ];
    for (what, specs, expected) in table {
        let portfolio = read(&specs);
        let found: Vec<String> = lines(&portfolio.findings)
            .into_iter()
            .filter(|line| {
                [
                    "portfolio-dependency",
                    "portfolio-cycle",
                    "spec-duplicate-id",
                    "document-syntax",
                ]
                .iter()
                .any(|code| line.contains(code))
            })
            .collect();
        assert_eq!(found.len(), expected.len(), "{what}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{what}: {found}");
        }
    }
}

#[test]
fn findings_name_what_was_meant() {
    let near = read(&[
        ("a.yaml", spec("LEDGER-1", &component("1", ""))),
        ("b.yaml", spec("VERIFY-1", &component("1", "LEDGR-1"))),
    ]);
    assert_eq!(
        near.findings[0].help.as_deref(),
        Some("did you mean `LEDGER-1`?")
    );
    let far = read(&[("b.yaml", spec("VERIFY-1", &component("1", "ZZZZ-99")))]);
    assert_eq!(
        far.findings[0].help.as_deref(),
        Some("write that spec, or remove the line")
    );
    // Thousands of unknown ids are not each compared with thousands of known ones.
    let names: Vec<String> = (0..25).map(|number| format!("{number:02}.yaml")).collect();
    let many: Vec<(&str, String)> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let text = spec(&format!("PART-{number}"), &component("1", "PARTT-0"));
            (name.as_str(), text)
        })
        .collect();
    let unknown = read(&many).findings;
    let meant = unknown
        .iter()
        .filter(|finding| finding.help.as_deref() == Some("did you mean `PART-0`?"))
        .count();
    assert_eq!((unknown.len(), meant), (25, 20));
    let circle = read(&[
        ("a.yaml", spec("A-1", &component("1", "A-2"))),
        ("b.yaml", spec("A-2", &component("1", "A-3"))),
        ("c.yaml", spec("A-3", &component("1", "A-1"))),
    ]);
    assert_eq!(circle.findings.len(), 1);
    assert_eq!(
        circle.findings[0].found.as_deref(),
        Some("A-1 → A-2 → A-3 → A-1")
    );
    let twice = read(&[
        ("a.yaml", spec("A-1", &component("1", ""))),
        ("b.yaml", spec("A-1", &component("1", ""))),
    ]);
    assert_eq!(
        twice.findings[0].found.as_deref(),
        Some("A-1 first in a.yaml")
    );
}

#[test]
fn a_file_that_does_not_parse_is_named_and_the_others_are_counted() {
    let portfolio = read(&[
        ("a.yaml", "- [ ] not: a spec: at all\n  x".to_owned()),
        ("b.yaml", spec("A-1", &component("1", ""))),
    ]);
    assert_eq!(portfolio.unread, ["a.yaml"]);
    assert_eq!(portfolio.statistics().all.components, 1);
    assert!(!portfolio.is_valid());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files: Vec<_> = (0..50)
        .map(|number| {
            let text = spec(&format!("A-{}", number % 40), &component("1", "A-0, A-99"));
            (format!("{number:02}.yaml"), text.into_bytes())
        })
        .collect();
    let one = Portfolio::read(&files, |path| path == "src/", 1);
    assert_eq!(one.entries.len(), 50);
    for threads in [0, 2, 7, 100] {
        assert!(
            Portfolio::read(&files, |path| path == "src/", threads) == one,
            "{threads} threads"
        );
    }
    assert_eq!(one.plan(NonZeroUsize::MIN).assignments, []);
}

#[test]
fn nothing_is_an_empty_portfolio() {
    let portfolio = read(&[]);
    assert_eq!(portfolio, Portfolio::default());
    assert_eq!(portfolio.statistics().tiers.len(), 0);
    assert!(portfolio.is_valid());
}
