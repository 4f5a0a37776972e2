use super::*;

/// A run of tests: `a` passes, `!a` fails, `-a` is skipped, `?a` passes on a second try.
fn run(number: usize, cases: &str) -> Raw {
    let cases: String = cases
        .split_whitespace()
        .map(|case| {
            let (inner, name) = match case.split_at(1) {
                ("!", name) => ("<failure/>", name),
                ("-", name) => ("<skipped/>", name),
                ("?", name) => ("<flakyFailure/>", name),
                _ => ("", case),
            };
            format!(r#"<testcase name="{name}">{inner}</testcase>"#)
        })
        .collect();
    let bytes = format!("<testsuite>{cases}</testsuite>").into_bytes();
    Raw {
        role: format!("run-{number}"),
        name: format!("run-{number}.xml"),
        bytes,
    }
}

fn of(runs: &[&str]) -> Reading {
    let raws: Vec<_> = (1..)
        .zip(runs)
        .map(|(number, cases)| run(number, cases))
        .collect();
    read(&raws).unwrap()
}

fn numbers(reading: &Reading) -> Vec<(&str, f64)> {
    reading
        .observations
        .iter()
        .map(|o| (o.name.as_str(), o.value))
        .collect()
}

#[test]
fn steady_tests_are_not_flaky() {
    let reading = of(&["a b -c", "a b -c", "a b -c"]);
    assert_eq!(
        numbers(&reading),
        [
            ("flake_rate", 0.0),
            ("tests_always_failing", 0.0),
            ("tests_run", 2.0)
        ]
    );
    assert_eq!((reading.examined, reading.findings.len()), (2, 0));
}

#[test]
fn every_kind_of_change_is_flaky() {
    let reading = of(&["a b c d e", "a !b -c ?d"]);
    let ratio = reading.observations[0].ratio.unwrap();
    assert_eq!((ratio.numerator, ratio.denominator), (4, 5));
    let said: Vec<_> = reading
        .findings
        .iter()
        .map(|finding| {
            (
                finding.message.split('`').nth(1).unwrap(),
                finding.found.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                "b",
                "passed 1, failed 1, skipped 0, absent from 0 of 2 runs"
            ),
            (
                "c",
                "passed 1, failed 0, skipped 1, absent from 0 of 2 runs"
            ),
            (
                "d",
                "passed 2, failed 0, skipped 0, absent from 0 of 2 runs, retried by the runner"
            ),
            (
                "e",
                "passed 1, failed 0, skipped 0, absent from 1 of 2 runs"
            ),
        ]
    );
    assert!(
        reading
            .findings
            .iter()
            .all(|finding| finding.code == codes::TEST_FLAKY)
    );
}

#[test]
fn flaky_findings_say_what_to_do() {
    let finding = &of(&["a", "!a"]).findings[0];
    assert_eq!(finding.code, codes::TEST_FLAKY);
    assert!(finding.expected.is_some() && finding.help.is_some());
}

#[test]
fn a_change_in_a_later_run_is_seen() {
    assert_eq!(of(&["a", "a", "!a"]).observations[0].value, 1.0);
}

#[test]
fn tests_that_always_fail_are_broken_and_not_flaky() {
    let reading = of(&["!a b", "!a b"]);
    assert_eq!(
        numbers(&reading),
        [
            ("flake_rate", 0.0),
            ("tests_always_failing", 1.0),
            ("tests_run", 2.0)
        ]
    );
    assert_eq!(reading.findings[0].code, codes::TEST_FAILED);
    assert!(reading.findings[0].help.is_some());
    assert_eq!(
        reading.findings[0].message,
        "the test `a` fails in every run"
    );
}

#[test]
fn cases_of_the_same_name_are_compared_together() {
    assert_eq!(of(&["a !a", "a !a"]).observations[0].value, 0.0);
    assert_eq!(of(&["a !a", "a a"]).observations[0].value, 1.0);
}

#[test]
fn one_run_compares_nothing_and_no_tests_examine_nothing() {
    for raws in [vec![], vec![run(1, "a")]] {
        let error = read(&raws).unwrap_err();
        assert!(matches!(&error, MeasureError::Missing { what, .. } if what == "the flake rate"));
        assert!(
            error
                .to_string()
                .contains(&format!("{} of at least 2 runs", raws.len())),
            "{error}"
        );
    }
    let reading = of(&["-a", "-a"]);
    assert_eq!(
        numbers(&reading),
        [("tests_always_failing", 0.0), ("tests_run", 0.0)]
    );
    assert_eq!(reading.examined, 0);
}

#[test]
fn the_same_run_twice_is_refused_and_other_roles_are_not_runs() {
    let error = read(&[run(1, "a"), run(1, "a")]).unwrap_err().to_string();
    assert!(
        error.contains("a second file has the role `run-1`"),
        "{error}"
    );
    let mut other = run(2, "a");
    other.role = "log".to_owned();
    assert!(matches!(
        read(&[run(1, "a"), other]),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn only_the_first_findings_are_kept() {
    let names: String = (0..60).map(|i| format!("t{i} ")).collect();
    assert_eq!(of(&[&names, ""]).findings.len(), 50);
}
