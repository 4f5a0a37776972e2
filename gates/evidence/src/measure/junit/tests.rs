use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Report, MeasureError> {
    read(&Raw {
        role: "tests".into(),
        name: "junit.xml".into(),
        bytes: text.as_bytes().to_vec(),
    })
    .map(|mut report| {
        // What a test says of itself has a test of its own.
        report.cases.iter_mut().for_each(|case| case.says.clear());
        report
    })
}

fn case(id: &str, outcome: Outcome, flaky: bool, message: Option<&str>) -> Case {
    Case {
        id: id.to_owned(),
        outcome,
        flaky,
        message: message.map(str::to_owned),
        says: Vec::new(),
    }
}

#[test]
fn a_test_says_what_it_proves_in_its_class_its_name_and_its_annotations() {
    let text = r#"<testsuite name="A9">
      <properties><property name="criterion" value="A8"/></properties>
      <testcase classname="pkg.StartTest" name="a1 starts">
        <properties>
          <property name="criterion" value="A2"/><property name="Tags" value="A3 slow"/>
          <property name="browser" value="A4"/><property name="criterion"/>
        </properties>
        <system-out>A5</system-out>
      </testcase>
      <testcase name="bare"/>
    </testsuite>"#;
    let raw = Raw {
        role: "tests".into(),
        name: "junit.xml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let says: Vec<Vec<String>> = read(&raw)
        .unwrap()
        .cases
        .into_iter()
        .map(|case| case.says)
        .collect();
    assert_eq!(
        says,
        [
            vec!["pkg.StartTest", "a1 starts", "A2", "A3 slow"],
            vec!["", "bare"]
        ]
    );
}

#[test]
fn every_outcome_is_told_apart() {
    let report = parse(
        r#"<testsuites name="run" tests="8">
          <testsuite name="crate" tests="8">
            <properties><property name="testcase" value="1"/></properties>
            <testcase name="passes" classname="crate"><system-out>failure</system-out></testcase>
            <testcase name="fails" classname="crate::mod"><failure message="left &lt; right">trace</failure></testcase>
            <testcase name="breaks"><error>
               first line
               second</error></testcase>
            <testcase name="skips"><skipped message="not here"/></testcase>
            <testcase name="flaky"><flakyFailure message="once">x</flakyFailure></testcase>
            <testcase name="flaky2"><flakyError/></testcase>
            <testcase name="fails again"><failure message=""/><rerunFailure>two</rerunFailure><skipped/></testcase>
            <testcase name="two"><failure>one</failure><failure message="two"/></testcase>
          </testsuite>
        </testsuites>"#,
    )
    .unwrap();
    use Outcome::{Failed, Passed, Skipped};
    assert_eq!(
        report.cases,
        [
            case("crate::passes", Passed, false, None),
            case(
                "crate::crate::mod::fails",
                Failed,
                false,
                Some("left < right")
            ),
            case("crate::breaks", Failed, false, Some("first line second")),
            case("crate::skips", Skipped, false, None),
            case("crate::flaky", Passed, true, None),
            case("crate::flaky2", Passed, true, None),
            case("crate::fails again", Failed, false, None),
            case("crate::two", Failed, false, Some("one")),
        ]
    );
    assert_eq!((report.run(), report.failed()), (7, 4));
    assert_eq!(report.failures().count(), 4);
}

#[test]
fn a_failure_counts_wherever_it_stands_in_its_case() {
    let report = parse(
        r#"<testsuite><testcase name="t"><properties><property/></properties><system-out>a</system-out>
           <failure><stack/>late</failure></testcase><testcase name="u"/></testsuite>"#,
    )
    .unwrap();
    assert_eq!(
        report.cases,
        [
            case("t", Outcome::Failed, false, Some("late")),
            case("u", Outcome::Passed, false, None)
        ]
    );
}

#[test]
fn findings_name_the_test_and_what_it_said() {
    let report =
        parse(r#"<testsuite><testcase name="t"><failure message="m"/></testcase></testsuite>"#);
    let findings = report.unwrap().findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, codes::TEST_FAILED);
    assert_eq!(findings[0].severity, Severity::Error);
    assert_eq!(findings[0].message, "the test `t` failed");
    assert_eq!(findings[0].found.as_deref(), Some("m"));
    assert!(findings[0].help.is_some());
    let many = format!(
        "<testsuite>{}</testsuite>",
        r#"<testcase name="t"><error/></testcase>"#.repeat(60)
    );
    assert_eq!(parse(&many).unwrap().findings().len(), 50);
}

#[test]
fn a_suite_that_claims_another_number_is_malformed() {
    let of =
        |tests: &str| format!(r#"<testsuite name="s" {tests}><testcase name="t"/></testsuite>"#);
    assert!(parse(&of("")).is_ok());
    assert!(parse(&of(r#"tests="1""#)).is_ok());
    let error = parse(&of(r#"tests="2""#)).unwrap_err().to_string();
    assert!(
        error.contains("<testsuite name=\"s\"> claims 2 tests and lists 1"),
        "{error}"
    );
    assert!(parse(&of(r#"tests="x""#)).is_err());
    let outer = r#"<testsuites tests="3"><testsuite tests="1"><testcase name="t"/></testsuite>
        <testsuite tests="1"><testcase name="t"/></testsuite></testsuites>"#;
    assert!(
        parse(outer)
            .unwrap_err()
            .to_string()
            .contains("claims 3 tests and lists 2")
    );
    let nested = r#"<testsuite tests="2"><testcase name="t"/><testsuite tests="1"><testcase
        name="t"/></testsuite></testsuite>"#;
    assert_eq!(parse(nested).unwrap().run(), 2);
}

#[test]
fn what_is_no_junit_is_malformed() {
    for text in [
        "",
        "{}",
        "<html/>",
        "<testsuite>",
        "<testsuite><testcase/></testsuite>",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert_eq!(parse("<testsuites/>").unwrap().run(), 0);
}

#[test]
fn the_role_must_be_there() {
    assert!(matches!(
        of_role(&[], "tests"),
        Err(MeasureError::Missing { .. })
    ));
    let raw = Raw {
        role: "tests".into(),
        name: "j".into(),
        bytes: b"<testsuite/>".to_vec(),
    };
    assert_eq!(of_role(&[raw], "tests"), Ok(Report::default()));
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(
        text in "(<testsuite>|</testsuite>|<testcase name=\"a\">|</testcase>|<failure>|</failure>|<skipped/>|x){0,30}"
    ) {
        let _ = parse(&text);
        let _ = parse(&format!("<testsuite>{text}</testsuite>"));
    }
}

#[test]
fn a_report_larger_than_any_is_refused_unread() {
    let raw = Raw {
        role: "tests".into(),
        name: "junit.xml".into(),
        bytes: vec![b' '; MAX_BYTES + 1],
    };
    assert_eq!(
        read(&raw).unwrap_err().to_string(),
        "junit.xml is not a valid JUnit report: 67108865 bytes, more than 67108864"
    );
}

#[test]
fn a_long_name_is_cut_in_messages() {
    let refused = parse(&format!(
        r#"<testsuite name="{}" tests="2"></testsuite>"#,
        "s".repeat(1 << 20)
    ));
    assert!(refused.unwrap_err().to_string().len() < 2_000);
}

#[test]
fn the_name_of_a_suite_is_not_repeated_for_ever() {
    let suite = "s".repeat(1 << 20);
    let cases = r#"<testcase name="a"/>"#.repeat(MAX_NAMES >> 20);
    let refused = parse(&format!(r#"<testsuite name="{suite}">{cases}</testsuite>"#));
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("the names of its cases have more than 134217728 bytes together"),
        "{message}"
    );
}
