//! Test results in the formats of five languages' runners, in one form.
//!
//! A result that was cut off is no result: where a format says how many tests there are, they are counted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::junit::{self, Case, Outcome};
use super::super::{MeasureError, Raw, common};

/// Names of annotations that say what a test proves.
const ANNOTATIONS: [&str; 6] = ["acceptance", "caws", "criteria", "criterion", "tag", "tags"];

/// Reads the cases of a test result.
///
/// # Errors
/// `Malformed` where it is not of its format, or says less than it should.
pub(super) fn read(format: &str, raw: &Raw) -> Result<Vec<Case>, MeasureError> {
    match format {
        "junit" => Ok(junit::read(raw)?.cases),
        "libtest-json" => libtest(raw),
        "pytest-json" => pytest(raw),
        "go-test-json" => go(raw),
        other => Err(common::malformed(
            raw,
            "test result",
            format!(
                "the format `{other}`; known are junit, libtest-json, pytest-json and go-test-json"
            ),
        )),
    }
}

/// A case, named as its runner names it.
pub(super) fn case(id: String, outcome: Outcome, annotations: Vec<String>) -> Case {
    let mut says = vec![id.clone()];
    says.extend(annotations);
    Case {
        id,
        outcome,
        flaky: false,
        message: None,
        says,
    }
}

/// The JSON objects of a result with one on each line; what else a build prints between them is left out.
fn lines<'r, T: Deserialize<'r>>(
    raw: &'r Raw,
    expected: &str,
) -> Result<Vec<(usize, T)>, MeasureError> {
    let text =
        std::str::from_utf8(&raw.bytes).map_err(|error| common::malformed(raw, expected, error))?;
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.starts_with('{'))
        .map(|(number, line)| {
            serde_json::from_str(line)
                .map(|value| (number, value))
                .map_err(|error| {
                    common::malformed(raw, expected, format!("line {number}: {error}"))
                })
        })
        .collect()
}

/// A line of libtest's JSON, as `cargo test` and nextest print it.
#[derive(Deserialize)]
struct Libtest {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    passed: u64,
    #[serde(default)]
    failed: u64,
    #[serde(default)]
    ignored: u64,
    #[serde(default)]
    measured: u64,
}

fn libtest(raw: &Raw) -> Result<Vec<Case>, MeasureError> {
    const EXPECTED: &str = "libtest JSON result";
    let mut cases = Vec::new();
    // Tests of the open suite so far; `None` between suites.
    let mut open: Option<u64> = None;
    let mut suites = 0_u64;
    for (number, line) in lines::<Libtest>(raw, EXPECTED)? {
        let wrong =
            |found: String| common::malformed(raw, EXPECTED, format!("line {number}: {found}"));
        match (line.kind.as_str(), line.event.as_str()) {
            ("suite", "started") => {
                if open.is_some() {
                    return Err(wrong("a suite begins before the last one ended".to_owned()));
                }
                open = Some(0);
            }
            ("suite", _) => {
                let claimed = [line.passed, line.failed, line.ignored, line.measured]
                    .iter()
                    .fold(0_u64, |sum, count| sum.saturating_add(*count));
                match open.take() {
                    Some(listed) if listed == claimed => suites = suites.saturating_add(1),
                    Some(listed) => {
                        return Err(wrong(format!(
                            "the suite claims {claimed} tests and lists {listed}"
                        )));
                    }
                    None => return Err(wrong("a suite ends that never began".to_owned())),
                }
            }
            ("test", "ok" | "failed" | "ignored") => {
                let outcome = match line.event.as_str() {
                    "ok" => Outcome::Passed,
                    "failed" => Outcome::Failed,
                    _ => Outcome::Skipped,
                };
                open = open.map(|listed| listed.saturating_add(1));
                cases.push(case(line.name, outcome, Vec::new()));
            }
            ("bench", _) => open = open.map(|listed| listed.saturating_add(1)),
            _ => {}
        }
    }
    if open.is_some() || suites == 0 {
        let found = if open.is_some() {
            "its last suite does not end"
        } else {
            "no suite in it"
        };
        return Err(common::malformed(raw, EXPECTED, found));
    }
    Ok(cases)
}

/// The document of pytest-json-report.
#[derive(Deserialize)]
struct Pytest {
    tests: Vec<PytestCase>,
    #[serde(default)]
    summary: Option<PytestSummary>,
}

#[derive(Deserialize)]
struct PytestSummary {
    total: u64,
}

#[derive(Deserialize)]
struct PytestCase {
    nodeid: String,
    outcome: String,
    #[serde(default)]
    user_properties: Vec<Value>,
}

fn pytest(raw: &Raw) -> Result<Vec<Case>, MeasureError> {
    const EXPECTED: &str = "pytest JSON report";
    let report: Pytest = common::json(raw, EXPECTED)?;
    let listed = common::len(&report.tests);
    if let Some(summary) = report.summary.filter(|summary| summary.total != listed) {
        let found = format!(
            "its summary claims {} tests and it lists {listed}",
            summary.total
        );
        return Err(common::malformed(raw, EXPECTED, found));
    }
    report
        .tests
        .into_iter()
        .map(|test| {
            let outcome = match test.outcome.as_str() {
                "passed" | "xpassed" => Outcome::Passed,
                "failed" | "error" => Outcome::Failed,
                "skipped" | "xfailed" => Outcome::Skipped,
                other => {
                    let found = format!("`{}` has the outcome `{other}`", test.nodeid);
                    return Err(common::malformed(raw, EXPECTED, found));
                }
            };
            let annotations = test.user_properties.iter().filter_map(property).collect();
            Ok(case(test.nodeid, outcome, annotations))
        })
        .collect()
}

/// The value of `{"criterion": "A1"}` or `["criterion", "A1"]`.
fn property(value: &Value) -> Option<String> {
    let (name, value) = match value {
        Value::Object(map) => map
            .iter()
            .next()
            .map(|(name, value)| (name.as_str(), value))?,
        Value::Array(pair) => (pair.first()?.as_str()?, pair.get(1)?),
        _ => return None,
    };
    let value = value.as_str()?;
    is_annotation(name).then(|| value.to_owned())
}

/// Whether an annotation of this name says what a test proves.
pub(in crate::measure) fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name.to_ascii_lowercase().as_str())
}

/// A line of `go test -json` (`go doc test2json`).
#[derive(Deserialize)]
struct Go {
    #[serde(rename = "Action")]
    action: String,
    #[serde(rename = "Package", default)]
    package: String,
    #[serde(rename = "Test", default)]
    test: String,
    /// Of an attribute (`T.Attr`, Go 1.25).
    #[serde(rename = "Key", default)]
    key: String,
    #[serde(rename = "Value", default)]
    value: String,
}

fn go(raw: &Raw) -> Result<Vec<Case>, MeasureError> {
    const EXPECTED: &str = "result of go test -json";
    let mut cases = Vec::new();
    // Tests that began, with the attributes that say what they prove.
    let mut open: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut packages: BTreeMap<String, bool> = BTreeMap::new();
    for (_, line) in lines::<Go>(raw, EXPECTED)? {
        let ends = matches!(line.action.as_str(), "pass" | "fail" | "skip");
        if line.test.is_empty() {
            let ended = packages.entry(line.package).or_default();
            *ended |= ends;
            continue;
        }
        packages.entry(line.package.clone()).or_default();
        let test = (line.package, line.test);
        let outcome = match line.action.as_str() {
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "skip" => Outcome::Skipped,
            "run" => {
                open.insert(test, Vec::new());
                continue;
            }
            "attr" if is_annotation(&line.key) => {
                open.entry(test).or_default().push(line.value);
                continue;
            }
            _ => continue,
        };
        let attributes = open.remove(&test).unwrap_or_default();
        cases.push(go_case(test, outcome, attributes));
    }
    packages.retain(|name, _| !name.is_empty());
    if let Some((package, _)) = packages.iter().find(|(_, ended)| !**ended) {
        let found = format!("the tests of `{package}` do not end");
        return Err(common::malformed(raw, EXPECTED, found));
    }
    if packages.is_empty() {
        return Err(common::malformed(raw, EXPECTED, "no package in it"));
    }
    // A test that began and never ended broke its program: it failed.
    cases.extend(
        open.into_iter()
            .map(|(test, attributes)| go_case(test, Outcome::Failed, attributes)),
    );
    Ok(cases)
}

/// The package is no place to cite: all of its tests would.
fn go_case((package, test): (String, String), outcome: Outcome, attributes: Vec<String>) -> Case {
    let id = format!("{package}::{test}");
    let says = std::iter::once(test).chain(attributes).collect();
    Case {
        says,
        ..case(id, outcome, Vec::new())
    }
}
