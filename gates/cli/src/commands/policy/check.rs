//! `caws policy check`: what policies say.

use caws_evidence::measure::rego::finding;
use caws_evidence::{Finding, Severity, codes};
use caws_rego::{Level, Outcome, Report, Unused, evaluate};
use caws_report::{json, junit, markdown, sarif};
use caws_runner::project::document_bytes;
use caws_runner::{ConfigError, ExitCode};
use caws_spec::parse;
use serde::Serialize;
use serde_json::Value;

use super::{Asked, document, human, invalid};
use crate::args::{Format, PolicyCheck};
use crate::commands::open;
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    passed: bool,
    rules: u64,
    outcomes: &'a [Outcome],
    unused_exceptions: &'a [Unused],
}

pub(super) fn run(args: &PolicyCheck, output: &Output) -> Result<ExitCode, CliError> {
    let mut asked = Asked::read(&args.policies)?;
    let input = match &args.input {
        None => {
            let project = open()?;
            asked.schema = caws_evidence::measure::rego::input_schema();
            document(&project, args.base.as_ref())?
        }
        Some(path) => {
            // A document of another kind than the project's has parts the schema knows nothing of.
            asked.schema = None;
            let label = path.to_string_lossy();
            let bytes = document_bytes(path, &label, CliError::file("read", path))?;
            let document = parse(&label, &bytes).map_err(ConfigError::Invalid)?;
            document.value().clone()
        }
    };
    let report = said(&asked, &input)?;
    let passed = report.standing(Level::Deny).next().is_none();
    let findings = findings(&report);
    let text = match output.format {
        Format::Human => human(&findings, output) + &summary(&report, passed),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "policy-check",
            passed,
            rules: report.rules,
            outcomes: &report.outcomes,
            unused_exceptions: &report.unused,
        })?,
        Format::Markdown => markdown::findings("caws policy check", &findings),
        Format::Junit => junit::findings("policy check", &findings),
        Format::Sarif => {
            let findings: Vec<_> = findings.iter().map(|one| ("policy", one)).collect();
            json::document(&sarif::document(&findings))?
        }
    };
    print(&text)?;
    Ok(if passed {
        ExitCode::Pass
    } else {
        ExitCode::GateFailed
    })
}

fn said(asked: &Asked, input: &Value) -> Result<Report, CliError> {
    evaluate(&asked.compile()?, input).map_err(|faults| invalid(&faults))
}

fn findings(report: &Report) -> Vec<Finding> {
    let mut findings: Vec<Finding> = report.outcomes.iter().map(finding).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings.extend(report.unused.iter().map(|unused| Finding {
        code: codes::POLICY_EXCEPTION_UNUSED.to_owned(),
        severity: Severity::Warning,
        message: format!(
            "the exception `{}` of {} excepts nothing",
            unused.exception, unused.package
        ),
        place: None,
        expected: None,
        found: None,
        help: Some("take it away: what it was for is gone".to_owned()),
    }));
    findings
}

fn summary(report: &Report, passed: bool) -> String {
    let count = |level| report.standing(level).count();
    let excepted = report.outcomes.iter().filter(|one| one.excepted.is_some());
    format!(
        "{} {} rule{}: {} denied, {} warned, {} excepted\n",
        if passed { "✓" } else { "✗" },
        report.rules,
        if report.rules == 1 { "" } else { "s" },
        count(Level::Deny),
        count(Level::Warn),
        excepted.count(),
    )
}
