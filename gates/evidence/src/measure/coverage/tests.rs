use serde_json::json;

use super::*;

fn params(value: serde_json::Value) -> Params {
    common::params(&value).unwrap()
}

fn tests(content: &str) -> Raw {
    Raw {
        role: "tests".into(),
        name: "junit.xml".into(),
        bytes: content.as_bytes().to_vec(),
    }
}

const TWO_TESTS: &str = r#"<testsuite tests="2"><testcase name="a"/><testcase name="b"><failure
    message="no"/></testcase></testsuite>"#;

fn file(branches: (u64, u64), unreached: &[u64]) -> FileCoverage {
    FileCoverage {
        branches: Tally {
            reached: branches.0,
            all: branches.1,
        },
        lines: Tally { reached: 3, all: 4 },
        regions: Tally { reached: 5, all: 8 },
        unreached: unreached.to_vec(),
    }
}

fn files(list: &[(&str, FileCoverage)]) -> BTreeMap<String, FileCoverage> {
    list.iter()
        .map(|(path, file)| ((*path).to_owned(), file.clone()))
        .collect()
}

#[test]
fn paths_are_made_relative_and_excluded() {
    let all = Params::default();
    assert_eq!(all.counted("src/a.rs").as_deref(), Some("src/a.rs"));
    assert_eq!(all.counted("./src/a.rs").as_deref(), Some("src/a.rs"));
    assert_eq!(all.counted("src\\a.rs").as_deref(), Some("src/a.rs"));
    let some = params(json!({
        "root": "/home/x/",
        "exclude": [{"path": "**/tests.rs", "reason": "tests"}]
    }));
    assert_eq!(
        some.counted("/home/x/src/a.rs").as_deref(),
        Some("src/a.rs")
    );
    assert_eq!(
        some.counted("/home/xy/src/a.rs").as_deref(),
        Some("/home/xy/src/a.rs")
    );
    assert_eq!(some.counted("/home/x/tests.rs"), None);
    assert_eq!(some.counted("src/tests.rs"), None);
    let windows = params(json!({"root": "C:\\x"}));
    assert_eq!(windows.counted("C:\\x\\a.rs").as_deref(), Some("a.rs"));
}

#[test]
fn an_exclusion_needs_a_reason() {
    assert!(common::params::<Params>(&json!({"exclude": [{"path": "a"}]})).is_err());
    assert!(common::params::<Params>(&json!({"excludes": []})).is_err());
}

#[test]
fn numbers_are_summed_over_files() {
    let files = files(&[
        ("a.rs", file((1, 4), &[7, 7, 9])),
        ("b.rs", file((4, 4), &[])),
    ]);
    let reading = reading(&files, &[tests(TWO_TESTS)], None).unwrap();
    assert_eq!(reading.examined, 2);
    let numbers: Vec<_> = reading
        .observations
        .iter()
        .map(|o| (o.name.as_str(), o.value))
        .collect();
    assert_eq!(
        numbers,
        [
            ("tests_run", 2.0),
            ("tests_failed", 1.0),
            ("branch_coverage", 5.0 / 8.0),
            ("region_coverage", 10.0 / 16.0),
            ("line_coverage", 6.0 / 8.0),
        ]
    );
    let [failed, note] = reading.findings.as_slice() else {
        panic!("two findings")
    };
    assert_eq!(failed.code, codes::TEST_FAILED);
    assert_eq!(note.code, codes::BRANCH_UNREACHED);
    assert_eq!(note.severity, Severity::Note);
    assert!(note.help.is_some());
    assert_eq!(
        note.message,
        "3 of 4 branch outcomes of a.rs never happened"
    );
    assert_eq!(
        note.place,
        Some(Place {
            path: "a.rs".into(),
            line: Some(7),
            column: None
        })
    );
    assert_eq!(
        note.found.as_deref(),
        Some("unreached outcomes on lines 7, 9")
    );
}

#[test]
fn the_worst_files_are_named_first_and_the_rest_not() {
    let list: Vec<_> = (0..25)
        .map(|i| {
            (
                format!("f{i:02}.rs"),
                file((0, i), &(1..=30).collect::<Vec<_>>()),
            )
        })
        .collect();
    let files = list.into_iter().collect();
    let findings = unreached(&files);
    assert_eq!(findings.len(), 20);
    assert_eq!(findings[0].place.as_ref().unwrap().path, "f24.rs");
    assert_eq!(findings[19].place.as_ref().unwrap().path, "f05.rs");
    let found = findings[0].found.as_deref().unwrap();
    assert!(found.ends_with("19, 20 and 10 more"), "{found}");
}

#[test]
fn no_files_or_no_tests_examine_nothing() {
    let files = files(&[("a.rs", file((0, 0), &[]))]);
    let none = reading(&BTreeMap::new(), &[tests(TWO_TESTS)], None).unwrap();
    assert_eq!((none.examined, none.observations.len()), (0, 2));
    let missing = Some(common::missing("x", "y"));
    let untested = reading(&files, &[tests("<testsuite/>")], missing).unwrap();
    assert_eq!((untested.examined, untested.observations.len()), (0, 2));
    assert!(matches!(
        reading(&files, &[], None),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn a_report_without_branches_is_missing_or_silent() {
    let files = files(&[("a.rs", file((0, 0), &[]))]);
    let error = common::missing("branch coverage", "stable");
    let raws = [tests(TWO_TESTS)];
    assert_eq!(reading(&files, &raws, Some(error.clone())), Err(error));
    let silent = reading(&files, &raws, None).unwrap();
    assert!(
        silent
            .observations
            .iter()
            .all(|o| o.name != "branch_coverage")
    );
    assert_eq!(silent.observations.len(), 4);
}

#[test]
fn tallies_do_not_overflow() {
    let mut tally = Tally {
        reached: 1,
        all: u64::MAX,
    };
    tally.add(u64::MAX, 1);
    assert_eq!(
        tally,
        Tally {
            reached: u64::MAX,
            all: u64::MAX
        }
    );
}
