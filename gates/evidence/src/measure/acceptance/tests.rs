use proptest::prelude::*;
use serde_json::json;

use super::*;

const SPEC: &str = "KOKORO-001";

fn params(criteria: &[&str]) -> Value {
    let criteria: Vec<Value> = (10..)
        .zip(criteria)
        .map(|(line, id)| json!({ "id": id, "line": line }))
        .collect();
    json!({ "spec": ".caws/working-spec.yaml", "id": SPEC, "criteria": criteria })
}

fn raw(role: &str, content: &str) -> Raw {
    Raw {
        role: role.to_owned(),
        name: role.replace('/', "-"),
        bytes: content.as_bytes().to_vec(),
    }
}

/// How each of A1, A2, ... stands, as a word.
fn standings(count: usize, raws: &[Raw]) -> Vec<Standing> {
    let ids: Vec<String> = (1..=count).map(|n| format!("A{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    proofs(&params(&ids), raws)
        .unwrap()
        .into_iter()
        .map(|proof| proof.standing)
        .collect()
}

fn all(text: &str) -> Vec<String> {
    cited(text, SPEC).collect()
}

#[test]
fn m8_a_citation_is_a_word_of_its_own() {
    let table: [(&str, &[&str]); 38] = [
        // Rust, Python.
        ("a1_short_text_starts", &["A1"]),
        ("tests::a1_short", &["A1"]),
        ("test_a1", &["A1"]),
        ("test_a1_and_a2", &["A1", "A2"]),
        ("tests/test_start.py::test_start[A1]", &["A1"]),
        ("a10_is_another", &["A10"]),
        ("a1", &["A1"]),
        ("A1", &["A1"]),
        ("a100", &["A100"]),
        // TypeScript.
        ("speech › A1: starts early", &["A1"]),
        ("starts early (A1, A3)", &["A1", "A3"]),
        ("[A1][A2] both", &["A1", "A2"]),
        ("A1-A3", &["A1", "A3"]),
        ("#A1", &["A1"]),
        // Go, Java.
        ("TestA1StartsEarly", &["A1"]),
        ("TestA1", &["A1"]),
        ("TestA10", &["A10"]),
        ("TestStart/A1_empty", &["A1"]),
        ("TestA1_A2", &["A1", "A2"]),
        ("A1StartsEarlyTest", &["A1"]),
        ("testA1StartsEarly()", &["A1"]),
        ("startsEarlyA1", &["A1"]),
        // Nothing is cited.
        ("", &[]),
        ("a_1", &[]),
        ("sha1_of_nothing", &[]),
        ("SHA1", &[]),
        ("data1", &[]),
        ("a11y_of_the_page", &[]),
        ("a1b", &[]),
        ("A1B2C3", &[]),
        ("a1Short", &["A1"]),
        ("xa1", &[]),
        ("7a1", &[]),
        ("ÄA1", &[]),
        // Another spec's.
        ("OTHER-002/A1", &[]),
        ("OTHER-002:A1 and A2", &["A2"]),
        ("KOKORO-001#A1", &["A1"]),
        ("kokoro-server::a1_starts", &["A1"]),
    ];
    for (text, expected) in table {
        assert_eq!(all(text), expected, "{text}");
    }
}

#[test]
fn m8_a_criterion_counts_only_where_its_test_ran_and_passed() {
    let junit = raw(
        "junit/coverage.tests",
        r#"<testsuite>
          <testcase name="a1_passes"/>
          <testcase name="a2_fails"><failure/></testcase>
          <testcase name="a3_skipped"><skipped/></testcase>
          <testcase name="a4_one_passes"/><testcase name="a4_one_fails"><error/></testcase>
          <testcase name="a5_one_passes"/><testcase name="a5_one_skipped"><skipped/></testcase>
          <testcase name="a10_is_not_a_one"/>
        </testsuite>"#,
    );
    let params = params(&["A1", "A2", "A3", "A4", "A5", "A6", "A10"]);
    let reading = read(&params, std::slice::from_ref(&junit)).unwrap();
    let numbers: Vec<(&str, f64)> = reading
        .observations
        .iter()
        .skip(1)
        .map(|one| (one.name.as_str(), one.value))
        .collect();
    let expected = [
        ("criteria_failed", 2.0),
        ("criteria_not_run", 1.0),
        ("criteria_uncited", 1.0),
        ("tests_citing", 8.0),
        ("tests_run", 6.0),
    ];
    assert_eq!(numbers, expected);
    let proved = reading.observations[0].ratio.unwrap();
    assert_eq!((proved.numerator, proved.denominator), (3, 7));
    assert_eq!(reading.examined, 6);
    let told: Vec<(&str, &str, Option<u32>)> = reading
        .findings
        .iter()
        .map(|finding| {
            let line = finding.place.as_ref().unwrap().line;
            (
                finding.message.as_str(),
                finding.found.as_deref().unwrap(),
                line,
            )
        })
        .collect();
    let expected = [
        (
            "a test of the acceptance criterion A2 failed",
            "failed: a2_fails",
            Some(11),
        ),
        (
            "no test of the acceptance criterion A3 ran",
            "skipped: a3_skipped",
            Some(12),
        ),
        (
            "a test of the acceptance criterion A4 failed",
            "failed: a4_one_fails",
            Some(13),
        ),
        (
            "no test cites the acceptance criterion A6",
            "none",
            Some(15),
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn m8_the_test_of_a_tenth_criterion_does_not_prove_the_first() {
    let tests = raw(
        "junit/1",
        r#"<testsuite><testcase name="a10_x"/></testsuite>"#,
    );
    let mut expected = vec![Standing::Uncited; 9];
    expected.push(Standing::Proved);
    assert_eq!(standings(10, &[tests]), expected);
}

#[test]
fn m8_five_languages_results_are_read() {
    use Standing::{Failed, NotRun, Proved, Uncited};
    // Rust: libtest, as `cargo test` prints it between what the build says.
    let rust = r#"   Compiling x
{ "type": "suite", "event": "started", "test_count": 4 }
{ "type": "test", "event": "started", "name": "tests::a1_x" }
{ "type": "test", "name": "tests::a1_x", "event": "ok" }
{ "type": "test", "name": "tests::a2_x", "event": "failed", "stdout": "thread panicked" }
{ "type": "test", "name": "tests::a3_x", "event": "ignored" }
{ "type": "bench", "name": "a4_bench", "median": 1, "deviation": 0 }
{ "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1, "measured": 1, "filtered_out": 0, "exec_time": 0.1 }
{ "type": "suite", "event": "started", "test_count": 0 }
{ "type": "suite", "event": "ok", "passed": 0, "failed": 0, "ignored": 0, "measured": 0, "filtered_out": 0, "exec_time": 0 }
"#;
    // nextest: `crate::binary$test`.
    let nextest = r#"{"type":"suite","event":"started","test_count":1,"nextest":{"crate":"x","test_binary":"x","kind":"lib"}}
{"type":"test","event":"started","name":"x::x$tests::a4_x"}
{"type":"test","event":"ok","name":"x::x$tests::a4_x","exec_time":0.1}
{"type":"suite","event":"ok","passed":1,"failed":0,"ignored":0,"measured":0,"filtered_out":0,"exec_time":0.1}
"#;
    let raws = [raw("libtest-json/1", rust), raw("libtest-json/2", nextest)];
    assert_eq!(
        standings(5, &raws),
        [Proved, Failed, NotRun, Proved, Uncited]
    );
    // Python: pytest-json-report, and pytest's own JUnit with `record_property`.
    let pytest = json!({
        "exitcode": 1,
        "summary": { "total": 5, "collected": 5 },
        "tests": [
            { "nodeid": "tests/test_x.py::test_a1", "outcome": "passed" },
            { "nodeid": "tests/test_x.py::test_a2[1]", "outcome": "error" },
            { "nodeid": "tests/test_x.py::test_a3", "outcome": "xfailed" },
            { "nodeid": "tests/test_x.py::test_x", "outcome": "passed",
              "user_properties": [{ "criterion": "A4" }, { "browser": "A5" }] },
            { "nodeid": "tests/test_x.py::test_y", "outcome": "xpassed",
              "user_properties": [["acceptance", "A6"], 7] },
        ],
    });
    let raws = [raw("pytest-json/1", &pytest.to_string())];
    assert_eq!(
        standings(6, &raws),
        [Proved, Failed, NotRun, Proved, Uncited, Proved]
    );
    let own = r#"<testsuites><testsuite name="pytest" tests="1"><testcase classname="tests.test_x" name="test_x">
        <properties><property name="criterion" value="A1"/></properties></testcase></testsuite></testsuites>"#;
    assert_eq!(standings(1, &[raw("junit/1", own)]), [Proved]);
    // TypeScript: vitest and jest write the names of `describe` and `it` into one.
    let vitest = r#"<testsuites name="vitest tests" tests="2"><testsuite name="src/speech.test.ts" tests="2">
        <testcase classname="src/speech.test.ts" name="speech &gt; A1: starts early"/>
        <testcase classname="src/speech.test.ts" name="speech &gt; a2 stops"><skipped/></testcase></testsuite></testsuites>"#;
    assert_eq!(standings(2, &[raw("junit/1", vitest)]), [Proved, NotRun]);
    // Go: test2json; a test that never ended broke its program.
    let go = r#"{"Action":"start","Package":"example.org/x"}
{"Action":"run","Package":"example.org/x","Test":"TestA1Start"}
{"Action":"output","Package":"example.org/x","Test":"TestA1Start","Output":"ok\n"}
{"Action":"pass","Package":"example.org/x","Test":"TestA1Start","Elapsed":0}
{"Action":"run","Package":"example.org/x","Test":"TestX/A2_empty"}
{"Action":"skip","Package":"example.org/x","Test":"TestX/A2_empty"}
{"Action":"run","Package":"example.org/x","Test":"TestA3"}
{"Action":"fail","Package":"example.org/x","Elapsed":0}
"#;
    let raws = [raw("go-test-json/1", go)];
    assert_eq!(standings(4, &raws), [Proved, NotRun, Failed, Uncited]);
    // `-count=2` runs a test twice, and passing once is not passing; `t.Attr` annotates.
    let go = r#"{"Action":"run","Package":"a1/a5","Test":"TestA1"}
{"Action":"fail","Package":"a1/a5","Test":"TestA1"}
{"Action":"run","Package":"a1/a5","Test":"TestA1"}
{"Action":"pass","Package":"a1/a5","Test":"TestA1"}
{"Action":"run","Package":"a1/a5","Test":"TestX"}
{"Action":"attr","Package":"a1/a5","Test":"TestX","Key":"criterion","Value":"A2"}
{"Action":"attr","Package":"a1/a5","Test":"TestX","Key":"issue","Value":"A3"}
{"Action":"pass","Package":"a1/a5","Test":"TestX"}
{"Action":"run","Package":"a1/a5","Test":"TestY"}
{"Action":"attr","Package":"a1/a5","Test":"TestY","Key":"criterion","Value":"A4"}
{"Action":"fail","Package":"a1/a5"}
"#;
    let raws = [raw("go-test-json/1", go)];
    assert_eq!(
        standings(5, &raws),
        [Failed, Proved, Uncited, Failed, Uncited]
    );
    // Java: Surefire.
    let surefire = r#"<testsuite name="org.example.StartTest" tests="2" errors="0" skipped="0" failures="1">
        <properties><property name="java.version" value="21"/></properties>
        <testcase name="testA1StartsEarly" classname="org.example.StartTest" time="0.01"/>
        <testcase name="A2: stops" classname="org.example.StartTest"><failure type="x">at x</failure></testcase></testsuite>"#;
    assert_eq!(standings(2, &[raw("junit/1", surefire)]), [Proved, Failed]);
}

#[test]
fn several_results_of_one_run_count_together() {
    let passed = r#"<testsuite><testcase name="a1_x"/></testsuite>"#;
    let failed = r#"<testsuite><testcase name="a1_x"><failure/></testcase></testsuite>"#;
    let raws = [
        raw("junit/flakes.run-1", passed),
        raw("junit/flakes.run-2", failed),
    ];
    assert_eq!(standings(1, &raws), [Standing::Failed]);
    assert_eq!(standings(1, &raws[..1]), [Standing::Proved]);
    let twice = [raw("junit/1", passed), raw("junit/1", passed)];
    let error = proofs(&params(&["A1"]), &twice).unwrap_err();
    assert!(
        error.to_string().contains("a second file has the role"),
        "{error}"
    );
}

/// Result of a benchmark whose trials took these times to first audio, all the same; `None` failed.
fn bench(times: &[Option<f64>]) -> String {
    let trials: Vec<Value> = times
        .iter()
        .map(|time| json!({ "ok": time.is_some(), "ttfa_s": time }))
        .collect();
    let failed = times.iter().filter(|time| time.is_none()).count();
    let stated = times.iter().flatten().next();
    json!({ "ttfa_p95": stated, "rtf_p95": null, "failed_trials": failed, "trials": trials })
        .to_string()
}

#[test]
fn m8_a_budget_that_a_benchmark_of_the_run_met_proves_what_it_cites() {
    use Standing::{Failed, NotRun, Proved, Uncited};
    let mut params = params(&["A1", "A2", "A3", "A4"]);
    params["budgets"] = json!([
        { "name": "A1 first audio", "measurement": "short.ttfa_p95", "at_most": 0.5 },
        { "name": "A1 no failed trial", "measurement": "short.failed_trials", "at_most": 0.0 },
        { "name": "A2 no failed trial", "measurement": "long.failed_trials", "at_most": 0.0 },
        { "name": "a number nobody asked for", "measurement": "short.failed_trials", "at_most": 9.0 },
    ]);
    let standings = |raws: &[Raw]| -> Vec<Standing> {
        let proofs = proofs(&params, raws).unwrap();
        proofs.into_iter().map(|proof| proof.standing).collect()
    };
    let tests = raw(
        "junit/1",
        r#"<testsuite><testcase name="a3_x"/></testsuite>"#,
    );
    let quick = [Some(0.1); 100];
    let of = |run: &str, times: &[Option<f64>]| raw(&format!("bench/{run}"), &bench(times));
    // Benchmarks that did not run prove nothing.
    assert_eq!(
        standings(std::slice::from_ref(&tests)),
        [NotRun, NotRun, Proved, Uncited]
    );
    let both = [tests, of("short", &quick), of("long", &quick)];
    assert_eq!(standings(&both), [Proved, Proved, Proved, Uncited]);
    let found = proofs(&params, &both).unwrap();
    let named: Vec<&String> = found[0].passed.iter().collect();
    assert_eq!(
        named,
        ["budget A1 first audio", "budget A1 no failed trial"]
    );
    // One of its budgets is missed.
    let mut slow = quick;
    slow[99] = None;
    assert_eq!(
        standings(&[of("short", &slow), of("long", &quick)])[..2],
        [Failed, Proved]
    );
    // A run that left no result has no number, and neither have so few trials as cannot tell.
    assert_eq!(standings(&[of("short", &quick)])[..2], [Proved, Failed]);
    let few = [Some(0.1); 3];
    assert_eq!(
        standings(&[of("short", &few), of("long", &few)])[..2],
        [Failed, Proved]
    );
    let slow = [Some(0.6); 100];
    assert_eq!(
        standings(&[of("short", &slow), of("long", &quick)])[..2],
        [Failed, Proved]
    );
    let reading = read(&params, &both).unwrap();
    assert_eq!(reading.examined, 5, "a test and four budgets");
    let broken = raw("bench/short", "{}");
    assert!(matches!(
        proofs(&params, &[broken]).unwrap_err(),
        MeasureError::Malformed { .. }
    ));
}

#[test]
fn no_results_are_missing_and_no_tests_are_nothing_examined() {
    let missing = read(&params(&["A1"]), &[]).unwrap_err();
    assert!(matches!(missing, MeasureError::Missing { .. }));
    let empty = read(&params(&["A1"]), &[raw("junit/1", "<testsuite/>")]).unwrap();
    assert_eq!(empty.examined, 0);
    let skipped = r#"<testsuite><testcase name="a1"><skipped/></testcase></testsuite>"#;
    assert_eq!(
        read(&params(&["A1"]), &[raw("junit/1", skipped)])
            .unwrap()
            .examined,
        0
    );
}

#[test]
fn results_that_were_cut_off_are_refused() {
    let table = [
        ("libtest-json", "", "no suite in it"),
        (
            "libtest-json",
            "{\"type\":\"suite\",\"event\":\"started\"}\n",
            "its last suite does not end",
        ),
        (
            "libtest-json",
            "{\"type\":\"suite\",\"event\":\"started\"}\n{\"type\":\"suite\",\"event\":\"started\"}\n",
            "line 2: a suite begins before the last one ended",
        ),
        (
            "libtest-json",
            "{\"type\":\"suite\",\"event\":\"ok\",\"passed\":0}\n",
            "line 1: a suite ends that never began",
        ),
        (
            "libtest-json",
            "{\"type\":\"suite\",\"event\":\"started\"}\n{\"type\":\"suite\",\"event\":\"ok\",\"passed\":1}\n",
            "line 2: the suite claims 1 tests and lists 0",
        ),
        ("libtest-json", "{\"type\":", "line 1: "),
        ("pytest-json", "{}", "missing field `tests`"),
        (
            "pytest-json",
            r#"{"tests": [], "summary": {"total": 1}}"#,
            "claims 1 tests and it lists 0",
        ),
        (
            "pytest-json",
            r#"{"tests": [{"nodeid": "n", "outcome": "maybe"}]}"#,
            "`n` has the outcome `maybe`",
        ),
        ("go-test-json", "", "no package in it"),
        (
            "go-test-json",
            r#"{"Action":"pass","Package":"p","Test":"TestA1"}"#,
            "the tests of `p` do not end",
        ),
        ("junit", "<testsuite>", "ends before its root does"),
        ("tap", "ok 1", "the format `tap`"),
    ];
    for (format, content, expected) in table {
        let error = proofs(&params(&["A1"]), &[raw(&format!("{format}/1"), content)])
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{format} {content}: {error}");
    }
}

#[test]
fn many_failing_tests_are_counted_and_some_are_named() {
    let cases: String = (1..=7)
        .map(|n| format!("<testcase name=\"a1_case_{n}\"><failure/></testcase>"))
        .collect();
    let reading = read(
        &params(&["A1"]),
        &[raw("junit/1", &format!("<testsuite>{cases}</testsuite>"))],
    )
    .unwrap();
    assert_eq!(
        reading.findings[0].found.as_deref(),
        Some("failed: a1_case_1, a1_case_2, a1_case_3, a1_case_4, a1_case_5 and 2 more")
    );
}

proptest! {
    #[test]
    fn a_criterion_is_cited_by_its_own_number_only(number in 0_u32..2000, other in 0_u32..2000) {
        let name = format!("a{number}_does_something");
        let found: Vec<String> = cited(&name, SPEC).collect();
        prop_assert_eq!(found.contains(&format!("A{other}")), number == other);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[aA1·/:#-]{0,12}|\\PC{0,20}") {
        let _ = cited(&text, SPEC).count();
        for format in ["junit", "libtest-json", "pytest-json", "go-test-json", "bench"] {
            let _ = proofs(&params(&["A1"]), &[raw(&format!("{format}/1"), &text)]);
        }
    }
}
