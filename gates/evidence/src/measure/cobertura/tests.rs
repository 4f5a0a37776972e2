use proptest::prelude::*;
use serde_json::json;

use super::*;

fn raws(coverage: &str) -> [Raw; 2] {
    [
        Raw {
            role: "coverage".into(),
            name: "coverage.xml".into(),
            bytes: coverage.as_bytes().to_vec(),
        },
        Raw {
            role: "tests".into(),
            name: "junit.xml".into(),
            bytes: br#"<testsuite><testcase name="t"/></testsuite>"#.to_vec(),
        },
    ]
}

fn report(classes: &str) -> String {
    format!(
        r#"<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM "http://example.org/coverage-04.dtd">
        <coverage line-rate="1" branch-rate="1"><sources><source>/p</source></sources><packages>
        <package name="a"><classes>{classes}</classes></package></packages></coverage>"#
    )
}

fn ratios(reading: &Reading) -> Vec<(&str, u64, u64)> {
    reading
        .observations
        .iter()
        .filter_map(|o| {
            o.ratio
                .map(|r| (o.name.as_str(), r.numerator, r.denominator))
        })
        .collect()
}

#[test]
fn lines_and_conditions_merge_by_file_and_line() {
    let coverage = report(
        r#"<class name="A" filename="a.py"><methods><method name="m"><lines>
             <line number="2" hits="0" branch="true" condition-coverage="0% (0/2)"/></lines></method></methods>
           <lines><line number="1" hits="1"/>
             <line number="2" hits="3" branch="true" condition-coverage="50% (1/2)" missing-branches="exit"/>
             <line number="3" hits="0" branch="false"/></lines></class>
           <class name="B" filename="a.py"><lines><line number="1" hits="0"/></lines></class>
           <class name="T" filename="tests/t.py"><lines><line number="1" hits="1"/></lines></class>"#,
    );
    let params = json!({"exclude": [{"path": "tests/**", "reason": "tests"}]});
    let reading = read(&params, &raws(&coverage)).unwrap();
    assert_eq!(
        ratios(&reading),
        [("branch_coverage", 1, 2), ("line_coverage", 2, 3)]
    );
    assert_eq!(reading.examined, 1);
    assert_eq!(reading.findings[0].place.as_ref().unwrap().line, Some(2));
}

#[test]
fn without_branches_there_is_no_branch_coverage() {
    let coverage =
        report(r#"<class filename="a.py"><lines><line number="1" hits="1"/></lines></class>"#);
    let reading = read(&Value::Null, &raws(&coverage)).unwrap();
    assert_eq!(ratios(&reading), [("line_coverage", 1, 1)]);
    let empty = read(&Value::Null, &raws(&report(""))).unwrap();
    assert_eq!(empty.examined, 0);
}

#[test]
fn conditions_are_read_exactly() {
    assert_eq!(conditions("50% (1/2)"), Ok(Tally { reached: 1, all: 2 }));
    assert_eq!(
        conditions("100% ( 4 / 4 ) "),
        Ok(Tally { reached: 4, all: 4 })
    );
    for text in ["50%", "50% (3/2)", "(1/2", "(a/2)", "(1/b)", "(12)", ""] {
        assert_eq!(
            conditions(text),
            Err(format!(
                "condition-coverage=\"{text}\" where `50% (1/2)` belongs"
            ))
        );
    }
}

#[test]
fn what_is_no_cobertura_is_malformed() {
    for (class, reason) in [
        ("<class/>", "<class> has no attribute `filename`"),
        (
            r#"<class filename="a"><lines><line hits="1"/></lines></class>"#,
            "<line> has no attribute `number`",
        ),
        (
            r#"<class filename="a"><lines><line number="1"/></lines></class>"#,
            "<line> has no attribute `hits`",
        ),
        (
            r#"<class filename="a"><lines><line number="1" hits="-2"/></lines></class>"#,
            "where a whole number",
        ),
        (
            r#"<class filename="a"><lines><line number="1" hits="1" branch="True"/></lines></class>"#,
            "<line> has no attribute `condition-coverage`",
        ),
    ] {
        let error = read(&Value::Null, &raws(&report(class)))
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert!(read(&Value::Null, &raws("<testsuite/>")).is_err());
    assert!(matches!(
        read(&Value::Null, &[]),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn lines_outside_counted_classes_do_not_count() {
    let coverage = r#"<coverage><class filename="a"/><line number="x"/></coverage>"#;
    let reading = read(&Value::Null, &raws(coverage)).unwrap();
    assert_eq!(ratios(&reading), []);
}

proptest! {
    #[test]
    fn no_numbers_make_it_panic(number in any::<u64>(), hits in any::<u64>(), reached in any::<u64>(), all in any::<u64>()) {
        let line = format!(
            r#"<line number="{number}" hits="{hits}" branch="true" condition-coverage="1% ({reached}/{all})"/>"#
        );
        let class = |name: &str| format!(r#"<class filename="{name}"><lines>{line}</lines></class>"#);
        let _ = read(&Value::Null, &raws(&report(&(class("a") + &class("b")))));
    }
}
