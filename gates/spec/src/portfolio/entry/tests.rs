use super::super::Portfolio;
use super::super::tests::{component, lines, read, spec};
use super::{Effort, PathsFrom};

#[test]
fn effort_is_counted_in_quarters_of_a_day() {
    let table: [(f64, Option<u32>, &str); 9] = [
        (0.0, Some(0), "0"),
        (0.25, Some(1), "0.25"),
        (7.5, Some(30), "7.5"),
        (10.0, Some(40), "10"),
        (10_000.0, Some(40_000), "10000"),
        (10_000.25, None, ""),
        (0.3, None, ""),
        (-1.0, None, ""),
        (f64::NAN, None, ""),
    ];
    for (days, quarters, text) in table {
        let effort = Effort::from_days(days);
        assert_eq!(effort.map(|effort| effort.0), quarters, "{days}");
        if let Some(effort) = effort {
            assert_eq!((effort.days(), effort.to_string().as_str()), (days, text));
        }
    }
}

#[test]
fn facts_are_read_from_specs_with_faults_too() {
    let text = "id: 7\nrisk_tier: '2'\nprofile: daemon\nthreats: [One, { threat: Two, mitigation: ' ' }]\n\
                acceptance: [a, b, c]\ncomponent: { effort_days: 0.3, paths: [1, x] }\n";
    let portfolio = read(&[("a.yaml", text.to_owned())]);
    let entry = &portfolio.entries[0];
    assert_eq!((entry.id.as_deref(), entry.name()), (None, "a.yaml"));
    assert_eq!(
        (entry.tier, entry.profile, entry.valid),
        (Some(2), None, false)
    );
    assert_eq!((entry.scenarios, entry.threats, entry.mitigated), (3, 2, 0));
    assert_eq!(
        (entry.effort, entry.paths.as_slice()),
        (None, &["x".to_owned()][..])
    );
    for (tier, expected) in [
        ("1", Some(1)),
        ("3.0", Some(3)),
        ("0", None),
        ("4", None),
        ("1.5", None),
        ("[]", None),
    ] {
        let portfolio = read(&[("a.yaml", format!("risk_tier: {tier}\n"))]);
        assert_eq!(portfolio.entries[0].tier, expected, "{tier}");
    }
}

#[test]
fn paths_are_the_components_own_or_those_of_the_scope() {
    let of = |more: &str| {
        let portfolio = read(&[("a.yaml", spec("A-1", more))]);
        let entry = &portfolio.entries[0];
        (entry.paths.join(" "), entry.paths_from)
    };
    assert_eq!(of(""), ("src/".to_owned(), PathsFrom::Scope));
    assert_eq!(
        of("component: { paths: [] }\n"),
        (String::new(), PathsFrom::Component)
    );
    assert_eq!(
        of("component: { paths: [lib/, 'bin/*.rs'] }\n"),
        ("lib/ bin/*.rs".to_owned(), PathsFrom::Component)
    );
}

#[test]
fn what_a_spec_asks_beyond_its_tier_is_known_with_its_place() {
    let portfolio = read(&[("a.yaml", spec("A-1", "targets: { coverage: 0.95 }\n"))]);
    let coverage = portfolio.entries[0].coverage.as_ref().expect("a target");
    assert_eq!((coverage.value, coverage.place.line), (0.95, Some(23)));
    assert_eq!(portfolio.entries[0].mutation, None);
}

#[test]
fn threats_without_mitigation_are_found_and_block_in_tier_1() {
    let of = |tier: &str, threat: &str| {
        let text = spec("A-1", &component("1", ""))
            .replace("risk_tier: 2", tier)
            .replace(
                "threat: It breaks, likelihood: low, impact: low, mitigation: Tests",
                threat,
            );
        let portfolio = read(&[("a.yaml", text)]);
        let found = lines(&portfolio.findings)
            .into_iter()
            .find(|line| line.contains("portfolio-threat"));
        (portfolio.entries[0].mitigated, found)
    };
    let line = |severity: &str| {
        Some(format!(
            "a.yaml:10:5 {severity} portfolio-threat nothing is said to be done about the threat \"It breaks\""
        ))
    };
    assert_eq!(
        of("risk_tier: 2", "threat: It breaks, mitigation: Tests"),
        (1, None)
    );
    assert_eq!(
        of("risk_tier: 2", "threat: It breaks"),
        (0, line("warning"))
    );
    assert_eq!(
        of("risk_tier: 1", "threat: It breaks, mitigation: ''"),
        (0, line("error"))
    );
}

#[test]
fn code_that_is_not_there_is_an_error() {
    let text = spec("A-1", "component: { paths: [lib/, src/, 'x/*.rs'] }\n");
    let files = [("a.yaml".to_owned(), text.into_bytes())];
    let portfolio = Portfolio::read(&files, |path| path == "src/", 1);
    assert_eq!(
        lines(&portfolio.findings),
        ["a.yaml:23:22 error spec-path-missing the component's code `lib/` does not exist"]
    );
}
