use super::super::tests::{component, lines, read, spec};
use super::SECTIONS;

#[test]
fn a_whole_spec_has_every_section() {
    let portfolio = read(&[("a.yaml", spec("A-1", &component("1", "")))]);
    assert_eq!(portfolio.findings, []);
    let sections = &portfolio.entries[0].sections;
    assert_eq!(sections.len(), SECTIONS.len());
    assert!(sections.iter().all(super::SectionState::is_complete));
}

#[test]
fn each_section_can_be_missing_and_is_named_with_its_keys() {
    let table: [(&str, &str, &str, Option<&str>); 17] = [
        ("mode: feature\n", "", "metadata", Some("`mode`")),
        (
            ", max_loc: 100",
            "",
            "change budget",
            Some("`change_budget.max_loc`"),
        ),
        (
            "change_budget: { max_files: 5, max_loc: 100 }\n",
            "",
            "change budget",
            Some("`change_budget.max_files`, `change_budget.max_loc`"),
        ),
        (
            "modules: [src/]",
            "modules: []",
            "blast radius",
            Some("`blast_radius.modules`"),
        ),
        (
            "threats:\n  - { threat: It breaks, likelihood: low, impact: low, mitigation: Tests }\n",
            "threats: []\n",
            "threats",
            Some("`threats`"),
        ),
        (
            "perf: { api_p95_ms: 5 }",
            "perf: {}",
            "non-functional",
            Some("`non_functional`"),
        ),
        (
            "logs: [one]",
            "logs: ['']",
            "observability",
            Some("`observability`"),
        ),
        (
            "rollback: [The version before]\n",
            "",
            "rollback",
            Some("`rollback`"),
        ),
        (
            "rollback: [The version before]",
            "rollback: [' ']",
            "rollback",
            Some("`rollback`"),
        ),
        (
            "ai_assessment: { confidence_level: 0.5 }\n",
            "",
            "assessment",
            Some("`ai_assessment`"),
        ),
        (
            "testing_strategy: { unit_tests: { focus_areas: [limits] } }\n",
            "",
            "testing strategy",
            Some("`testing_strategy`"),
        ),
        (
            "hardening_checklist: ['[ ] Reviewed']\n",
            "",
            "hardening checklist",
            Some("`hardening_checklist`"),
        ),
        ("contracts: []\n", "", "contracts", Some("`contracts`")),
        (
            "invariants: [It stays as it is]\n",
            "",
            "invariants",
            Some("`invariants`"),
        ),
        (
            "scope: { in: [src/], out: [] }",
            "scope: { in: [src/] }",
            "scope",
            Some("`scope.out`"),
        ),
        // What may be empty and is: nothing is missing.
        ("out: []", "out: [x/]", "scope", None),
        (
            "data_migration: false",
            "data_migration: true",
            "blast radius",
            None,
        ),
    ];
    for (from, to, name, expected) in table {
        let text = spec("A-1", &component("1", ""));
        assert!(text.contains(from), "{from}");
        let portfolio = read(&[("a.yaml", text.replace(from, to))]);
        let found: Vec<_> = portfolio
            .findings
            .iter()
            .filter(|finding| finding.code == "portfolio-section")
            .collect();
        assert_eq!(
            found.len(),
            usize::from(expected.is_some()),
            "{from:?} {found:?}"
        );
        if let Some(finding) = found.first() {
            assert_eq!(finding.message, format!("the component spec has no {name}"));
            assert_eq!(finding.expected.as_deref(), expected, "{from:?}");
            assert!(finding.help.is_some());
        }
    }
}

#[test]
fn in_tier_1_a_missing_section_blocks() {
    let of = |tier: &str| {
        let text = spec("A-1", &component("1", ""))
            .replace("risk_tier: 2", tier)
            .replace("hardening_checklist: ['[ ] Reviewed']\n", "");
        let portfolio = read(&[("a.yaml", text)]);
        lines(&portfolio.findings)
            .into_iter()
            .find(|line| line.ends_with("has no hardening checklist"))
    };
    let line = |severity: &str| {
        Some(format!(
            "a.yaml:1:1 {severity} portfolio-section the component spec has no hardening checklist"
        ))
    };
    assert_eq!(of("risk_tier: 1"), line("error"));
    assert_eq!(of("risk_tier: '1'"), line("error"));
    for tier in [
        "risk_tier: 2",
        "risk_tier: 3",
        "risk_tier: none",
        "x-tier: 2",
    ] {
        assert_eq!(of(tier), line("warning"), "{tier}");
    }
}
