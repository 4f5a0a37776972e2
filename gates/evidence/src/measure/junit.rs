//! JUnit XML, as nextest, pytest, Schemathesis and their kin write it.

use super::{
    MeasureError, Raw, acceptance, common,
    common::quote,
    xml::{Element, Node, walk},
};
use crate::{
    codes,
    model::{Finding, Severity},
};

const EXPECTED: &str = "JUnit report";
/// Findings for failing tests; more than that nobody reads, and the raw report has them all.
const MAX_FINDINGS: usize = 50;
/// Reports of a hundred thousand tests have some 20 MB.
const MAX_BYTES: usize = 64 << 20;
/// What the names of all cases may have together, each with its suite's; a long name of a suite counts with every case.
const MAX_NAMES: usize = 128 << 20;

/// How a test case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It passed.
    Passed,
    /// It failed or broke.
    Failed,
    /// It did not run.
    Skipped,
}

/// A test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    /// Suite, class and name: what tells it from every other case.
    pub(super) id: String,
    /// How it ended.
    pub(super) outcome: Outcome,
    /// Whether it failed before it passed (`flakyFailure`, `flakyError`).
    pub(super) flaky: bool,
    /// What the first failure said.
    pub(super) message: Option<String>,
    /// Where it may say what it proves: its class, its name, and its annotations (`property`).
    pub(super) says: Vec<String>,
}

/// The cases of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// In the order of the report.
    pub(super) cases: Vec<Case>,
}

impl Report {
    /// Cases that ran.
    pub(super) fn run(&self) -> u64 {
        self.number(|case| case.outcome != Outcome::Skipped)
    }

    /// Cases that failed.
    pub(super) fn failed(&self) -> u64 {
        self.number(|case| case.outcome == Outcome::Failed)
    }

    /// The failing cases, in order.
    pub(super) fn failures(&self) -> impl Iterator<Item = &Case> {
        self.cases
            .iter()
            .filter(|case| case.outcome == Outcome::Failed)
    }

    /// One finding for each failing test, up to a readable number.
    pub(super) fn findings(&self) -> Vec<Finding> {
        self.failures()
            .take(MAX_FINDINGS)
            .map(|case| Finding {
                code: codes::TEST_FAILED.to_owned(),
                severity: Severity::Error,
                message: format!("the test `{}` failed", case.id),
                place: None,
                expected: None,
                found: case.message.clone(),
                help: Some(
                    "run this test alone, mend it or the code, and run the gate again".to_owned(),
                ),
            })
            .collect()
    }

    fn number(&self, which: impl Fn(&Case) -> bool) -> u64 {
        self.cases
            .iter()
            .fold(0, |sum, case| sum + u64::from(which(case)))
    }
}

/// Reads a JUnit report.
///
/// # Errors
/// `Malformed` when it is no well-formed JUnit, is too large to be one, or when a suite claims another number of tests
/// than it lists: such a report was cut or mended by hand.
pub(super) fn read(raw: &Raw) -> Result<Report, MeasureError> {
    if raw.bytes.len() > MAX_BYTES {
        let found = format!("{} bytes, more than {MAX_BYTES}", raw.bytes.len());
        return Err(common::malformed(raw, EXPECTED, found));
    }
    let mut reader = Reader::default();
    walk(raw, EXPECTED, &["testsuites", "testsuite"], |node| {
        reader.visit(node)
    })?;
    Ok(reader.report)
}

/// Reads the JUnit report of a role.
pub(super) fn of_role(raws: &[Raw], role: &str) -> Result<Report, MeasureError> {
    read(common::raw(raws, role)?)
}

/// A suite that is open.
struct Suite {
    name: String,
    claimed: Option<u64>,
    cases_before: u64,
}

#[derive(Default)]
struct Reader {
    report: Report,
    suites: Vec<Suite>,
    case: Option<Case>,
    /// Bytes of the names of all cases.
    names: usize,
    /// Depth below the open case, and whether the element there is a failure wanting its text.
    below_case: usize,
    in_failure: bool,
}

impl Reader {
    fn visit(&mut self, node: Node) -> Result<(), String> {
        match node {
            Node::Open(element) if self.case.is_some() => {
                self.below_case += 1;
                if self.below_case == 1 {
                    self.detail(&element);
                } else {
                    self.annotation(&element);
                }
            }
            Node::Open(element) => match element.name.as_str() {
                "testsuites" | "testsuite" => self.suites.push(Suite {
                    name: element.attribute("name").unwrap_or_default().to_owned(),
                    claimed: element.number("tests")?,
                    cases_before: common::len(&self.report.cases),
                }),
                "testcase" => {
                    let case = self.begin(&element)?;
                    self.names = self.names.saturating_add(case.id.len());
                    if self.names > MAX_NAMES {
                        return Err(format!(
                            "the names of its cases have more than {MAX_NAMES} bytes together"
                        ));
                    }
                    self.case = Some(case);
                    self.below_case = 0;
                }
                _ => {}
            },
            Node::Close(name) => self.close(&name)?,
            Node::Text(text) => self.text(&text),
        }
        Ok(())
    }

    fn begin(&self, element: &Element) -> Result<Case, String> {
        let name = element.required("name")?;
        let suite = self.suites.last().map_or("", |suite| suite.name.as_str());
        let class = element.attribute("classname").unwrap_or_default();
        let says = vec![class.to_owned(), name.to_owned()];
        let mut parts = vec![suite, class, name];
        parts.retain(|part| !part.is_empty());
        // nextest names suite and class alike.
        parts.dedup();
        Ok(Case {
            id: parts.join("::"),
            outcome: Outcome::Passed,
            flaky: false,
            message: None,
            says,
        })
    }

    /// An element right below a test case.
    fn detail(&mut self, element: &Element) {
        let Some(case) = &mut self.case else { return };
        self.in_failure = false;
        match element.name.as_str() {
            "failure" | "error" => {
                case.outcome = Outcome::Failed;
                self.in_failure = true;
                if let Some(message) = element.attribute("message").filter(|text| !text.is_empty())
                {
                    case.message.get_or_insert_with(|| quote(message));
                }
            }
            // A case that failed stays failed, whatever else is said about it.
            "skipped" if case.outcome == Outcome::Passed => case.outcome = Outcome::Skipped,
            "flakyFailure" | "flakyError" => case.flaky = true,
            _ => {}
        }
    }

    /// `<properties><property name="criterion" value="A1"/></properties>` below a test case.
    fn annotation(&mut self, element: &Element) {
        if let (Some(case), "property", Some(name), Some(value)) = (
            self.case.as_mut(),
            element.name.as_str(),
            element.attribute("name"),
            element.attribute("value"),
        ) && acceptance::is_annotation(name)
        {
            case.says.push(value.to_owned());
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(case) = self
            .case
            .as_mut()
            .filter(|_| self.in_failure && self.below_case == 1)
            && case.message.is_none()
            && !text.trim().is_empty()
        {
            case.message = Some(quote(text));
        }
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        if self.case.is_some() {
            if self.below_case > 0 {
                self.below_case -= 1;
            } else {
                self.report.cases.extend(self.case.take());
            }
            return Ok(());
        }
        if !matches!(name, "testsuites" | "testsuite") {
            return Ok(());
        }
        let Some(suite) = self.suites.pop() else {
            return Ok(());
        };
        let listed = common::len(&self.report.cases).saturating_sub(suite.cases_before);
        match suite.claimed {
            Some(claimed) if claimed != listed => Err(format!(
                "<{name} name=\"{}\"> claims {claimed} tests and lists {listed}",
                suite.name
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
