//! `caws policy test`: the tests of policies.

use caws_evidence::{Finding, Place, Severity, codes};
use caws_rego::{TestCase, TestReport, TestState, run_tests};
use caws_report::terminal::Detail;
use caws_report::{json, junit};
use caws_runner::ExitCode;
use serde::Serialize;

use super::{Asked, human, invalid};
use crate::args::{Format, PolicyTest};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    passed: bool,
    #[serde(flatten)]
    report: &'a TestReport,
    /// Lines reached and lines there are; null where a file's lines are not known.
    coverage: Option<(usize, usize)>,
}

pub(super) fn run(args: &PolicyTest, output: &Output) -> Result<ExitCode, CliError> {
    let policies = Asked::read(&args.policies)?.compile()?;
    let report = run_tests(&policies).map_err(|faults| invalid(&faults))?;
    let coverage = report.coverage();
    let enough = args.min_coverage.is_none_or(|least| {
        coverage.is_some_and(|(covered, all)| covered * 100 >= all * usize::from(least))
    });
    let findings: Vec<Finding> = report.cases.iter().filter_map(finding).collect();
    let code = if report.cases.is_empty() {
        ExitCode::NotMeasured
    } else if report.passed() && enough {
        ExitCode::Pass
    } else {
        ExitCode::GateFailed
    };
    let text = match output.format {
        Format::Human => {
            let mut text = human(&findings, output);
            if !output.quiet() {
                text += &files(&report, output);
            }
            text + &summary(&report, args.min_coverage, code)
        }
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "policy-test",
            passed: code == ExitCode::Pass,
            report: &report,
            coverage,
        })?,
        Format::Junit => junit::findings("policy test", &findings),
        Format::Sarif | Format::Markdown => return Err(output.unsupported("policy test")),
    };
    print(&text)?;
    Ok(code)
}

fn finding(case: &TestCase) -> Option<Finding> {
    let why = match &case.state {
        TestState::Passed => return None,
        TestState::Failed(why) | TestState::Error(why) => why,
    };
    Some(Finding {
        code: codes::POLICY_TEST_FAILED.to_owned(),
        severity: Severity::Error,
        message: format!("{}.{}: {why}", case.package, case.name),
        place: Some(Place {
            path: case.location.path.clone(),
            line: case.location.line,
            column: case.location.column,
        }),
        expected: Some("true".to_owned()),
        found: None,
        help: None,
    })
}

/// What the tests reach of each policy file.
fn files(report: &TestReport, output: &Output) -> String {
    let mut text = String::new();
    for file in &report.files {
        if file.untouched {
            text += &format!("  {}: no test asks anything of it\n", file.path);
            continue;
        }
        let all = file.covered.len() + file.missed.len();
        text += &format!("  {}: {} of {all} lines\n", file.path, file.covered.len());
        if output.detail == Detail::Verbose && !file.missed.is_empty() {
            let lines: Vec<String> = file.missed.iter().map(u32::to_string).collect();
            text += &format!("    not reached: {}\n", lines.join(", "));
        }
    }
    text
}

fn summary(report: &TestReport, least: Option<u8>, code: ExitCode) -> String {
    if report.cases.is_empty() {
        return "✗ there is no test: write rules `test_NAME` in files `*_test.rego`\n".to_owned();
    }
    let passed = report
        .cases
        .iter()
        .filter(|case| case.state == TestState::Passed);
    let reached = match report.coverage() {
        Some((covered, all)) => format!("{covered} of {all} lines reached"),
        None => "lines reached are not known of every file".to_owned(),
    };
    let asked = least.map_or_else(String::new, |least| format!(", at least {least} % asked"));
    format!(
        "{} {} of {} tests passed, {reached}{asked}\n",
        if code == ExitCode::Pass { "✓" } else { "✗" },
        passed.count(),
        report.cases.len(),
    )
}
