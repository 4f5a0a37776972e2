use caws_evidence::{Basis, Interval, Observation, Ratio};
use caws_spec::{Portfolio, parse};

use super::*;

const POLICY: &str = include_str!("../../../../.caws/policy/tier-policy.json");

fn policy() -> TierPolicy {
    let document = parse("tier-policy.json", POLICY.as_bytes()).unwrap();
    TierPolicy::from_document(&document).unwrap()
}

/// The entry of a spec with these lines.
fn entry(lines: &str) -> Entry {
    let text = format!("id: PART-1\ntitle: A component of the tree\n{lines}\n");
    let files = [("part.yaml".to_owned(), text.into_bytes())];
    let mut portfolio = Portfolio::read(&files, |_| true, 1);
    portfolio.entries.remove(0)
}

fn ratio(
    name: &str,
    numerator: u64,
    denominator: u64,
    interval: Option<(f64, f64)>,
) -> PartReading {
    PartReading {
        examined: denominator,
        observations: vec![Observation {
            name: name.to_owned(),
            value: numerator as f64 / denominator as f64,
            unit: "ratio".to_owned(),
            ratio: Some(Ratio {
                numerator,
                denominator,
            }),
            sample_size: Some(denominator),
            interval: interval.map(|(low, high)| Interval {
                low,
                high,
                confidence: 0.95,
                method: "wilson".to_owned(),
            }),
            basis: Basis::Reported,
        }],
    }
}

#[test]
fn a_component_is_asked_for_what_its_tier_asks_and_what_it_asks_itself() {
    let table: [(&str, &str, &str); 6] = [
        (
            "risk_tier: 1\nprofile: library",
            "branch_coverage 0.9 tier 1",
            "mutation_score 0.7 tier 1",
        ),
        (
            "risk_tier: 2\nprofile: library",
            "branch_coverage 0.8 tier 2",
            "mutation_score 0.5 tier 2",
        ),
        (
            "risk_tier: 3\nprofile: cli",
            "line_coverage 0.7 tier 3",
            "mutation_score 0.3 tier 3",
        ),
        (
            "risk_tier: 1\nprofile: library\ntargets: { coverage: 0.95, mutation: 0.8 }",
            "branch_coverage 0.95 PART-1 targets.coverage",
            "mutation_score 0.8 PART-1 targets.mutation",
        ),
        (
            "risk_tier: 2\nprofile: library\ntargets: { mutation: 0.5 }",
            "branch_coverage 0.8 tier 2",
            "mutation_score 0.5 PART-1 targets.mutation",
        ),
        ("risk_tier: 4\nprofile: library", "", ""),
    ];
    for (lines, coverage, mutation) in table {
        let (asked, findings) = asked(&policy(), &entry(lines));
        let shown = |requirement: &Requirement| {
            format!(
                "{} {} {}",
                requirement.measurement, requirement.threshold, requirement.source
            )
        };
        let asked = asked.map(|asked| (shown(&asked.coverage), shown(&asked.mutation)));
        let expected = (!coverage.is_empty()).then(|| (coverage.to_owned(), mutation.to_owned()));
        assert_eq!(asked, expected, "{lines}");
        assert_eq!(findings, []);
    }
}

#[test]
fn a_component_may_not_ask_for_less_than_its_tier() {
    let entry = entry("risk_tier: 1\nprofile: library\ntargets: { coverage: 0.8, mutation: 0.6 }");
    let (asked, findings) = asked(&policy(), &entry);
    assert_eq!(asked.unwrap().coverage.threshold, 0.9);
    let shown: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.code.as_str(),
                finding.place.as_ref().and_then(|place| place.line),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("threshold-loosened", Some(5)),
            ("threshold-loosened", Some(5))
        ]
    );
    assert_eq!(
        findings[0].message,
        "PART-1 targets.coverage asks for less than tier 1 does"
    );
}

#[test]
fn numbers_are_held_against_what_is_asked() {
    let code = "risk_tier: 2\nprofile: library\ncomponent: { paths: [src/] }";
    let none = "risk_tier: 2\nprofile: library\ncomponent: { paths: [] }";
    let unknown = "profile: library\ncomponent: { paths: [src/] }";
    let name = "branch_coverage";
    type Case<'a> = (
        &'a str,
        Result<PartReading, &'a str>,
        Option<bool>,
        &'a str,
        &'a str,
    );
    let table: [Case<'_>; 9] = [
        (code, Ok(ratio(name, 8, 10, None)), Some(true), "", ""),
        (
            code,
            Ok(ratio(name, 7, 10, None)),
            Some(false),
            "",
            "threshold-missed",
        ),
        (
            code,
            Ok(ratio(name, 9, 10, Some((0.6, 0.98)))),
            None,
            "",
            "sample-too-small",
        ),
        (
            code,
            Ok(ratio(name, 99, 100, Some((0.94, 0.998)))),
            Some(true),
            "",
            "",
        ),
        (
            code,
            Ok(PartReading::default()),
            None,
            "the run measured nothing in its paths",
            "",
        ),
        (
            code,
            Ok(ratio("line_coverage", 8, 10, None)),
            None,
            "what the run measured in its paths gives no branch_coverage",
            "",
        ),
        (
            code,
            Err("there is no record of a run"),
            None,
            "there is no record of a run",
            "",
        ),
        (
            none,
            Ok(ratio(name, 8, 10, None)),
            None,
            "the component has no code yet",
            "",
        ),
        (
            unknown,
            Ok(ratio(name, 8, 10, None)),
            None,
            "no tier policy says what is counted for its tier and profile",
            "",
        ),
    ];
    for (lines, reading, met, why, code) in table {
        let entry = entry(lines);
        let (asked, _) = asked(&policy(), &entry);
        let (held, finding) = hold(
            &entry,
            asked.map(|asked| asked.coverage),
            reading.as_ref().map_err(|why| *why),
        );
        assert_eq!(held.met, met, "{reading:?}");
        assert_eq!(held.not_measured.as_deref().unwrap_or_default(), why);
        assert_eq!(held.observation.is_some(), why.is_empty());
        let found = finding.as_ref().map_or("", |finding| finding.code.as_str());
        assert_eq!(found, code, "{reading:?}");
    }
}

#[test]
fn a_missed_target_is_an_error_at_the_target_and_a_small_sample_a_warning() {
    let entry = entry(
        "risk_tier: 2\nprofile: library\ntargets: { mutation: 0.6 }\ncomponent: { paths: [src/, lib/] }",
    );
    let asked = asked(&policy(), &entry).0.unwrap();
    let name = "mutation_score";
    let find = |reading: &PartReading| {
        hold(&entry, Some(asked.mutation.clone()), Ok(reading))
            .1
            .unwrap()
    };
    let missed = find(&ratio(name, 5, 10, None));
    assert_eq!(missed.severity, Severity::Error);
    assert_eq!(
        missed.message,
        "PART-1: `mutation_score` misses its threshold"
    );
    assert_eq!(
        missed.expected.as_deref(),
        Some("at least 0.6 (PART-1 targets.mutation)")
    );
    assert_eq!(
        missed.help.as_deref(),
        Some("add tests for the code in src/, lib/")
    );
    assert_eq!(missed.place.unwrap().line, Some(5));
    let small = find(&ratio(name, 5, 10, Some((0.2, 0.8))));
    assert_eq!(small.severity, Severity::Warning);
    let coverage = hold(
        &entry,
        Some(asked.coverage),
        Ok(&ratio("branch_coverage", 1, 2, None)),
    );
    let place = coverage.1.unwrap().place.unwrap();
    assert_eq!((place.path.as_str(), place.line), ("part.yaml", None));
}
