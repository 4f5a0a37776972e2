use proptest::prelude::*;
use serde_json::json;

use super::*;

fn raw(value: &Value) -> Raw {
    bytes(value.to_string().into_bytes())
}

fn bytes(bytes: Vec<u8>) -> Raw {
    Raw {
        role: "coverage".into(),
        name: "cov.json".into(),
        bytes,
    }
}

fn tests() -> Raw {
    let content = br#"<testsuite><testcase name="t"/></testsuite>"#.to_vec();
    Raw {
        role: "tests".into(),
        name: "junit.xml".into(),
        bytes: content,
    }
}

fn export(files: Value, functions: Value) -> Value {
    json!({"type": TYPE, "version": "3.1.0", "cargo_llvm_cov": {"version": "0.9.1"},
           "data": [{"files": files, "functions": functions, "totals": {"branches": {"count": 2}}}]})
}

fn files(value: &Value) -> BTreeMap<String, FileCoverage> {
    recompute(&raw(value), &Params::default()).unwrap()
}

fn numbers(reading: &Reading) -> Vec<(&str, u64, u64)> {
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
fn branches_merge_by_span_over_instantiations() {
    // Two instantiations of one branch, one side each; a second branch on the same line; one never run.
    let value = export(
        json!([{"filename": "src/a.rs", "segments": [], "branches": [
            [3, 8, 3, 13, 4, 0, 0, 0, 4],
            [3, 20, 3, 25, 1, 0, 0, 0, 4],
            [9, 5, 9, 9, 0, 0, 0, 0, 4],
            [3, 8, 3, 13, 0, 2, 0, 0, 4]
        ]}]),
        json!([]),
    );
    let file = &files(&value)["src/a.rs"];
    assert_eq!(file.branches, Tally { reached: 3, all: 6 });
    assert_eq!(file.unreached, [3, 9]);
}

#[test]
fn every_corner_of_a_span_tells_branches_apart() {
    let value = export(
        json!([{"filename": "a", "branches": [
            [1, 1, 2, 2, 1, 1], [2, 1, 2, 2, 1, 1], [1, 2, 2, 2, 1, 1], [1, 1, 3, 2, 1, 1], [1, 1, 2, 3, 1, 1]
        ]}]),
        json!([]),
    );
    assert_eq!(
        files(&value)["a"].branches,
        Tally {
            reached: 10,
            all: 10
        }
    );
}

#[test]
fn regions_merge_by_file_and_span_and_only_code_counts() {
    let value = export(
        json!([{"filename": "a.rs"}, {"filename": "b.rs"}]),
        json!([
            {"name": "f::<u8>", "count": 1, "filenames": ["a.rs", "b.rs"], "regions": [
                [1, 1, 2, 2, 0, 0, 0, 0], [3, 1, 4, 2, 0, 0, 0, 0], [1, 1, 2, 2, 5, 1, 0, 0],
                [5, 1, 6, 1, 9, 0, 0, 3], [7, 1, 7, 9, 9, 0, 1, 1]]},
            {"name": "f::<u16>", "count": 1, "filenames": ["a.rs"], "regions": [[1, 1, 2, 2, 1, 0, 0, 0]]},
            {"name": "g", "count": 0, "filenames": ["elsewhere.rs"], "regions": [[1, 1, 2, 2, 0, 0, 0, 0]]}
        ]),
    );
    let files = files(&value);
    assert_eq!(files["a.rs"].regions, Tally { reached: 1, all: 2 });
    assert_eq!(files["b.rs"].regions, Tally { reached: 1, all: 1 });
    assert_eq!(files.len(), 2);
}

#[test]
fn lines_follow_the_segments() {
    // Code on 1-3 (reached), 4-6 (not reached), a gap region from 7, code again on 9, end on 10.
    let value = export(
        json!([{"filename": "a", "segments": [
            [1, 1, 7, true, true, false],
            [4, 5, 0, true, true, false],
            [7, 2, 0, true, true, true],
            [9, 1, 3, true, true, false],
            [10, 2, 0, false, false, false],
            [14, 1, 0, false, true, false],
            [15, 1, 2, true, true]
        ]}]),
        json!([]),
    );
    // Reached: 1, 2, 3; 4, by the counter that holds where the line begins; 9; 10; 15.
    // Not reached: 5, 6, 7, 8.
    assert_eq!(
        files(&value)["a"].lines,
        Tally {
            reached: 7,
            all: 11
        }
    );
}

#[test]
fn skipped_and_absurdly_long_stretches_of_lines() {
    let skipped = export(
        json!([{"filename": "a", "segments": [
            [1, 1, 1, true, true, false], [2, 1, 0, false, true, false], [3, 1, 0, false, false, false]
        ]}]),
        json!([]),
    );
    assert_eq!(files(&skipped)["a"].lines, Tally { reached: 1, all: 1 });
    let long = export(
        json!([{"filename": "a", "segments": [
            [1, 1, 1, true, true, false], [u64::MAX, 1, 0, true, true, false], [1, 1, 0, true, true, false]
        ]}]),
        json!([]),
    );
    let lines = files(&long)["a"].lines;
    assert_eq!(lines.all, u64::MAX);
}

#[test]
fn the_whole_reading() {
    let value = export(
        json!([
            {"filename": "/p/src/a.rs", "segments": [[1, 1, 1, true, true, false]], "branches": [[1, 1, 1, 2, 1, 0]]},
            {"filename": "/p/src/tests.rs", "segments": [[1, 1, 0, true, true, false]], "branches": [[1, 1, 1, 2, 0, 0]]}
        ]),
        json!([{"name": "f", "filenames": ["/p/src/a.rs", "/p/src/tests.rs"], "regions": [
            [1, 1, 1, 9, 1, 0, 0, 0], [1, 1, 1, 9, 0, 1, 0, 0]]}]),
    );
    let params = json!({"root": "/p", "exclude": [{"path": "**/tests.rs", "reason": "tests"}]});
    let reading = read(&params, &[raw(&value), tests()]).unwrap();
    assert_eq!(reading.examined, 1);
    assert_eq!(
        numbers(&reading),
        [
            ("branch_coverage", 1, 2),
            ("region_coverage", 1, 1),
            ("line_coverage", 1, 1)
        ]
    );
    assert_eq!(reading.findings[0].place.as_ref().unwrap().path, "src/a.rs");
}

#[test]
fn stable_toolchains_measure_no_branches() {
    let value = export(json!([{"filename": "a.rs", "branches": []}]), json!([]));
    let error = read(&Value::Null, &[raw(&value), tests()])
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("branch coverage does not exist: "),
        "{error}"
    );
    assert!(
        error.contains("cargo +nightly llvm-cov --branch"),
        "{error}"
    );
}

#[test]
fn everything_excluded_examines_nothing() {
    let value = export(json!([{"filename": "a.rs"}]), json!([]));
    let params = json!({"exclude": [{"path": "**", "reason": "all"}]});
    assert_eq!(read(&params, &[raw(&value), tests()]).unwrap().examined, 0);
}

#[test]
fn what_is_no_export_is_malformed() {
    let said = |value: Value| {
        recompute(&raw(&value), &Params::default())
            .unwrap_err()
            .to_string()
    };
    let error = said(json!({"type": "x", "data": []}));
    assert_eq!(
        error,
        "cov.json is not a valid llvm-cov JSON export: its type is `x`, not `llvm.coverage.json.export`"
    );
    for data in [json!([]), json!([{"files": []}, {"files": []}])] {
        let error = said(json!({"type": TYPE, "data": data}));
        assert!(
            error.contains("`data` does not hold exactly one export"),
            "{error}"
        );
    }
    let error = said(export(
        json!([{"filename": "a"}, {"filename": "./a"}]),
        json!([]),
    ));
    assert!(error.contains("the file ./a is listed twice"), "{error}");
    let function = json!([{"filenames": ["a"], "regions": [[1, 1, 1, 1, 0, 1, 0, 0]]}]);
    let error = said(export(json!([]), function));
    assert!(error.contains("a region names file 1 of 1"), "{error}");
    for (branch, reason) in [
        (json!([1, 1, 1, 1, 0]), "at least 6 numbers"),
        (json!([1, 1, 1, 1, 0, -1]), "invalid value"),
        (json!({"a": 1}), "a branch record"),
    ] {
        let error = said(export(
            json!([{"filename": "a", "branches": [branch]}]),
            json!([]),
        ));
        assert!(error.contains(reason), "{error}");
    }
    let short = json!([{"filenames": ["a"], "regions": [[1, 1, 1, 1, 0, 0, 0]]}]);
    assert!(said(export(json!([]), short)).contains("a region record of at least 8 numbers"));
    let segment = json!([{"filename": "a", "segments": [[1, 1, 1, true]]}]);
    assert!(said(export(segment, json!([]))).contains("a segment record of at least 5 items"));
}

#[test]
fn later_versions_may_append_to_records() {
    let value = export(
        json!([{"filename": "a", "branches": [[1, 1, 1, 2, 1, 1, 0, 0, 4, "new", {}]],
                "segments": [[1, 1, 1, true, true, false, "new"]]}]),
        json!([{"filenames": ["a"], "regions": [[1, 1, 1, 2, 1, 0, 0, 0, []]]}]),
    );
    let file = &files(&value)["a"];
    assert_eq!(
        (file.branches.all, file.lines.all, file.regions.all),
        (2, 1, 1)
    );
}

#[test]
fn no_coverage_output_is_missing() {
    assert!(matches!(
        read(&Value::Null, &[tests()]),
        Err(MeasureError::Missing { .. })
    ));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&Value::Null, &[bytes(content), tests()]);
    }

    #[test]
    fn no_numbers_make_it_panic(records in proptest::collection::vec(any::<[u64; 8]>(), 0..8)) {
        let segments: Vec<_> = records.iter().map(|r| json!([r[0], r[1], r[2], r[3] % 2 == 0, r[4] % 2 == 0])).collect();
        let regions: Vec<_> = records.iter().map(|r| json!([r[0], r[1], r[2], r[3], r[4], 0, 0, 0])).collect();
        let value = export(
            json!([{"filename": "a", "branches": records, "segments": segments}]),
            json!([{"filenames": ["a"], "regions": regions}]),
        );
        let reading = read(&Value::Null, &[raw(&value), tests()]);
        if let Ok(reading) = reading {
            for observation in reading.observations {
                prop_assert!(observation.value.is_finite());
            }
        }
    }
}
