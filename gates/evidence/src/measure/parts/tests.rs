use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::measure::measure;

const JUNIT: &str = r#"<testsuite tests="1"><testcase name="a"/></testsuite>"#;
const LCOV: &str = "SF:src/a/x.rs\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,0\nend_of_record\n\
                    SF:src/ab/y.rs\nDA:1,1\nBRDA:1,0,0,1\nBRDA:1,0,1,2\nend_of_record\n\
                    SF:src/z.rs\nDA:1,0\nend_of_record\n";

fn raw(role: &str, content: &str) -> Raw {
    Raw {
        role: role.to_owned(),
        name: role.to_owned(),
        bytes: content.as_bytes().to_vec(),
    }
}

fn part(paths: &[&str]) -> Part {
    Part {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

/// `name=numerator/denominator` of each number, `~` behind those with an interval.
fn shown(reading: &PartReading) -> String {
    let numbers: Vec<String> = reading
        .observations
        .iter()
        .map(|observation| {
            let ratio = observation.ratio.expect("a ratio");
            let sampled = if observation.interval.is_some() {
                "~"
            } else {
                ""
            };
            format!(
                "{}={}/{}{sampled}",
                observation.name, ratio.numerator, ratio.denominator
            )
        })
        .collect();
    format!("{} {}", reading.examined, numbers.join(" "))
}

#[test]
fn a_part_holds_what_one_of_its_paths_stands_for() {
    let two = part(&["src/a", "src/*.c"]);
    assert!(two.holds("src/a/x.rs") && two.holds("src/x.c"));
    assert!(!two.holds("src/ab/x.rs") && !two.holds("src/b/x.c"));
    assert!(!part(&[]).holds("src/a"));
}

#[test]
fn coverage_is_counted_for_the_files_of_each_part() {
    let raws = [raw("coverage", LCOV), raw("tests", JUNIT)];
    let parts = [
        part(&["src/a"]),
        part(&["src/ab", "src/z.rs"]),
        part(&["src/z.rs"]),
        part(&["elsewhere"]),
        part(&["."]),
    ];
    let readings = measure_parts("lcov", &Value::Null, &raws, &parts).unwrap();
    let lines: Vec<String> = readings.iter().map(shown).collect();
    assert_eq!(
        lines,
        [
            "1 branch_coverage=1/2 line_coverage=1/2",
            "2 branch_coverage=2/2 line_coverage=1/2",
            "1 line_coverage=0/1",
            "0 ",
            "3 branch_coverage=3/4 line_coverage=2/4",
        ]
    );
}

#[test]
fn the_part_that_is_everything_has_the_numbers_of_the_whole() {
    let raws = [raw("coverage", LCOV), raw("tests", JUNIT)];
    let whole = measure("lcov", &Value::Null, &raws, &[]).unwrap();
    let part = measure_parts("lcov", &Value::Null, &raws, &[part(&["."])]).unwrap();
    for observation in &part[0].observations {
        assert!(whole.observations.contains(observation), "{observation:?}");
    }
}

#[test]
fn what_is_excluded_from_the_whole_is_in_no_part() {
    let raws = [raw("coverage", LCOV), raw("tests", JUNIT)];
    let params = json!({"exclude": [{"path": "src/a/**", "reason": "generated"}]});
    let readings = measure_parts("lcov", &params, &raws, &[part(&["src/a"])]).unwrap();
    assert_eq!(shown(&readings[0]), "0 ");
}

#[test]
fn coverage_without_a_test_is_missing() {
    let raws = [
        raw("coverage", LCOV),
        raw("tests", "<testsuite tests=\"0\"/>"),
    ];
    let error = measure_parts("lcov", &Value::Null, &raws, &[]).unwrap_err();
    assert!(
        matches!(&error, MeasureError::Missing { what, .. } if what == "coverage"),
        "{error}"
    );
}

/// Mutants in the files `x` and `y` with these outcomes; `-` has none.
fn mutants(x: &str, y: &str, sampled: bool, stopped_by: &str) -> Raw {
    let (mut planned, mut outcomes) = (Vec::new(), Vec::new());
    for (file, letters) in [("x/a.rs", x), ("y/b.rs", y)] {
        for (index, letter) in letters.chars().enumerate() {
            let id = format!("{file}:{index}");
            planned.push(
                json!({"id": id, "name": "n", "file": file, "line": 1, "column": 1,
                                "function": null, "replacement": "0"}),
            );
            let summary = match letter {
                'c' => "CaughtMutant",
                'm' => "MissedMutant",
                't' => "Timeout",
                'u' => "Unviable",
                'f' => "Failure",
                _ => continue,
            };
            outcomes.push(json!({"id": id, "summary": summary}));
        }
    }
    let selected = planned.len();
    let population = if sampled { selected * 10 } else { selected };
    let sample = if sampled {
        json!({"selected": selected})
    } else {
        Value::Null
    };
    let record = json!({"schema_version": 1, "population": population, "planned": planned,
                        "outcomes": outcomes, "sample": sample, "stopped_by": stopped_by});
    raw("mutants", &record.to_string())
}

#[test]
fn mutants_are_counted_by_their_file_and_a_sample_has_its_interval() {
    let parts = [part(&["x"]), part(&["y"]), part(&["z"])];
    let table: [(&str, &str, bool, [&str; 3]); 4] = [
        (
            "ccmtu",
            "cc",
            false,
            ["4 mutation_score=2/4", "2 mutation_score=2/2", "0 "],
        ),
        (
            "ccmtu",
            "cc",
            true,
            ["4 mutation_score=2/4~", "2 mutation_score=2/2~", "0 "],
        ),
        ("cccccc", "uu", false, ["6 mutation_score=6/6", "0 ", "0 "]),
        // A tenth of the whole may end without a verdict, but not of a part.
        (
            "cccccccccccccccccccc",
            "cff",
            false,
            ["20 mutation_score=20/20", "1 ", "0 "],
        ),
    ];
    for (x, y, sampled, expected) in table {
        let raws = [mutants(x, y, sampled, "complete")];
        let readings = measure_parts("cargo-mutants", &Value::Null, &raws, &parts).unwrap();
        let lines: Vec<String> = readings.iter().map(shown).collect();
        assert_eq!(lines, expected, "{x} {y} {sampled}");
    }
}

#[test]
fn a_sample_that_ran_out_of_time_is_still_a_sample() {
    let raws = [mutants("cm--", "c-", true, "time_budget")];
    let readings = measure_parts("cargo-mutants", &Value::Null, &raws, &[part(&["x"])]).unwrap();
    assert_eq!(shown(&readings[0]), "2 mutation_score=1/2~");
}

#[test]
fn mutants_of_changed_lines_say_nothing_about_a_part() {
    let raws = [mutants("cc", "", false, "complete")];
    let params = json!({"sample": {"mode": "diff", "base": "main"}});
    let error = measure_parts("cargo-mutants", &params, &raws, &[part(&["x"])]).unwrap_err();
    assert!(error.to_string().contains("changed lines"), "{error}");
    let params = json!({"sample": {"mode": "all"}});
    assert!(measure_parts("cargo-mutants", &params, &raws, &[]).is_ok());
}

#[test]
fn a_report_of_the_mutation_testing_schema_is_counted_by_its_files() {
    let of = |statuses: &[&str]| {
        let mutants: Vec<Value> = statuses
            .iter()
            .map(|status| {
                json!({"id": "1", "mutatorName": "m", "status": status,
                       "location": {"start": {"line": 1, "column": 1}}})
            })
            .collect();
        json!({ "mutants": mutants })
    };
    let report = json!({"schemaVersion": "2.0", "files": {
        "x/a.js": of(&["Killed", "Survived", "NoCoverage", "Timeout", "Ignored", "CompileError"]),
        "y/b.js": of(&["Killed"]),
    }});
    let raws = [raw("report", &report.to_string())];
    let parts = [part(&["x"]), part(&["y"])];
    let readings = measure_parts("stryker", &Value::Null, &raws, &parts).unwrap();
    let lines: Vec<String> = readings.iter().map(shown).collect();
    assert_eq!(lines, ["4 mutation_score=1/4", "1 mutation_score=1/1"]);
    let pending = report.to_string().replace("\"Killed\"", "\"Pending\"");
    assert!(measure_parts("stryker", &Value::Null, &[raw("report", &pending)], &parts).is_err());
}

#[test]
fn components_of_the_plan_have_numbers_under_their_ids() {
    let raws = [raw("coverage", LCOV), raw("tests", JUNIT)];
    let params = json!({"components": [
        {"id": "A-1", "paths": ["src/a"]},
        {"id": "Z-1", "paths": ["src/z.rs"]},
        {"id": "N-1", "paths": []},
    ]});
    let names = |method: &str, params: &Value, raws: &[Raw]| -> Vec<String> {
        let reading = measure(method, params, raws, &[]).unwrap();
        let numbers = reading.observations.into_iter();
        numbers
            .filter(|number| number.name.contains('.'))
            .map(|number| {
                format!(
                    "{} {:?}",
                    number.name,
                    number.ratio.map(|r| (r.numerator, r.denominator))
                )
            })
            .collect()
    };
    assert_eq!(
        names("lcov", &params, &raws),
        [
            "A-1.branch_coverage Some((1, 2))",
            "A-1.line_coverage Some((1, 2))",
            "Z-1.line_coverage Some((0, 1))",
        ]
    );
    assert_eq!(names("lcov", &json!({"exclude": []}), &raws), [""; 0]);
    let tried = [mutants("ccm", "c", false, "complete")];
    let params = json!({"sample": {"mode": "all"}, "components": [{"id": "X-1", "paths": ["x"]}]});
    assert_eq!(
        names("cargo-mutants", &params, &tried),
        ["X-1.mutation_score Some((2, 3))"]
    );
    // A plan that says something else about a component was written by nobody here.
    let unknown = json!({"components": [{"id": "A-1", "path": "src"}]});
    assert!(measure("lcov", &unknown, &raws, &[]).is_err());
    assert!(measure("cargo-mutants", &unknown, &tried, &[]).is_err());
}

#[test]
fn nothing_examined_gives_no_numbers_of_components() {
    let raws = [
        raw("coverage", LCOV),
        raw("tests", "<testsuite tests=\"0\"/>"),
    ];
    let params = json!({"components": [{"id": "A-1", "paths": ["src/a"]}]});
    let reading = measure("lcov", &params, &raws, &[]).unwrap();
    assert_eq!(reading.examined, 0);
    assert!(
        reading
            .observations
            .iter()
            .all(|number| !number.name.contains('.'))
    );
}

#[test]
fn what_names_no_files_and_what_is_no_method_is_an_error() {
    let message = |method: &str| {
        measure_parts(method, &Value::Null, &[], &[])
            .unwrap_err()
            .to_string()
    };
    assert!(message("mutmut").contains("name no files"));
    assert_eq!(message("audio"), "unknown measuring method `audio`");
    assert!(message("lcov").contains("the raw output `coverage` does not exist"));
}

proptest! {
    #[test]
    fn parts_that_share_no_file_add_up_to_the_whole(x in "[cmtu]{0,20}", y in "[cmtu]{0,20}") {
        let raws = [mutants(&x, &y, false, "complete")];
        let parts = [part(&["x"]), part(&["y"]), part(&["."])];
        // Where no mutant was decided there is no score of the whole, and so none of a part.
        if let Ok(readings) = measure_parts("cargo-mutants", &Value::Null, &raws, &parts) {
            let sum = readings[0].examined + readings[1].examined;
            prop_assert_eq!(sum, readings[2].examined);
            let caught = |reading: &PartReading| reading.observations.iter()
                .filter_map(|observation| observation.ratio).map(|ratio| ratio.numerator).sum::<u64>();
            prop_assert_eq!(caught(&readings[0]) + caught(&readings[1]), caught(&readings[2]));
        }
    }
}
