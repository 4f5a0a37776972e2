//! `sarif`: results of a static analyser, from SARIF 2.1.0 (OASIS).
//!
//! Raw output `report`: the log file. Results that are suppressed, absent (`baselineState`) or no
//! failure (`kind`) do not count; suppressed ones are reported as a number. A run whose tool says
//! it did not finish gives no number. Examined: the rules of each run, at least one for a run.

use serde::Deserialize;

use super::{MeasureError, Raw, Reading, common};
use crate::{
    codes,
    model::{Basis, Finding, Place, Severity},
};

const EXPECTED: &str = "SARIF 2.1.0 log";
/// Results named in findings.
const MAX_FINDINGS: usize = 100;

#[derive(Debug, Deserialize)]
struct Log {
    version: String,
    runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
struct Run {
    tool: Tool,
    /// Absent when the tool did not get so far as to look.
    results: Option<Vec<SarifResult>>,
    #[serde(default)]
    invocations: Vec<Invocation>,
}

#[derive(Debug, Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

#[derive(Debug, Deserialize)]
struct Component {
    name: String,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    default_configuration: Configuration,
}

#[derive(Debug, Default, Deserialize)]
struct Configuration {
    level: Option<Level>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: Option<String>,
    level: Option<Level>,
    kind: Option<String>,
    message: Message,
    #[serde(default)]
    locations: Vec<Location>,
    #[serde(default)]
    suppressions: Vec<Suppression>,
    baseline_state: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    None,
    Note,
    Warning,
    Error,
}

#[derive(Debug, Deserialize)]
struct Message {
    text: Option<String>,
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Debug, Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<u64>,
    start_column: Option<u64>,
}

#[derive(Debug, Default)]
struct Counts {
    errors: u64,
    warnings: u64,
    notes: u64,
    suppressed: u64,
}

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let raw = common::raw(raws, "report")?;
    let log: Log = common::json(raw, EXPECTED)?;
    if log.version != "2.1.0" {
        return Err(common::malformed(
            raw,
            EXPECTED,
            format!("version {}, not 2.1.0", log.version),
        ));
    }
    let mut counts = Counts::default();
    let mut findings = Vec::new();
    let mut examined = 0_u64;
    for run in &log.runs {
        let unfinished = run
            .invocations
            .iter()
            .any(|invocation| !invocation.execution_successful);
        let Some(results) = run.results.as_ref().filter(|_| !unfinished) else {
            return Err(common::missing(
                format!("the results of {}", run.tool.driver.name),
                "its report says that it did not finish; read its log, mend it and run the gate again",
            ));
        };
        examined = examined.saturating_add(
            run.rules()
                .fold(0_u64, |sum, _| sum.saturating_add(1))
                .max(1),
        );
        for result in results {
            count(result, run, &mut counts, &mut findings);
        }
    }
    // The most serious first; within a severity in the order of the report.
    findings.sort_by_key(|finding| finding.severity);
    findings.truncate(MAX_FINDINGS);
    let observations = [
        ("errors", counts.errors),
        ("warnings", counts.warnings),
        ("notes", counts.notes),
        ("suppressed", counts.suppressed),
    ];
    Ok(Reading {
        observations: observations
            .into_iter()
            .map(|(name, number)| common::count(name, number, Basis::Reported))
            .collect(),
        examined,
        findings,
    })
}

impl Run {
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        std::iter::once(&self.tool.driver)
            .chain(&self.tool.extensions)
            .flat_map(|part| &part.rules)
    }

    /// The level of a result: its own, else its rule's, else `warning` (SARIF 2.1.0, 3.27.10).
    fn level(&self, result: &SarifResult) -> Level {
        let of_rule = || {
            let id = result.rule_id.as_deref()?;
            self.rules()
                .find(|rule| rule.id == id)?
                .default_configuration
                .level
        };
        result.level.or_else(of_rule).unwrap_or(Level::Warning)
    }
}

impl SarifResult {
    /// Suppressed, unless someone still thinks about it or refused it (3.27.23, 3.35.3).
    fn is_suppressed(&self) -> bool {
        !self.suppressions.is_empty()
            && self
                .suppressions
                .iter()
                .all(|suppression| matches!(suppression.status.as_deref(), None | Some("accepted")))
    }

    fn is_open(&self) -> bool {
        self.baseline_state.as_deref() != Some("absent")
            && matches!(
                self.kind.as_deref(),
                None | Some("fail" | "open" | "review")
            )
    }

    fn place(&self) -> Option<Place> {
        let physical = self
            .locations
            .iter()
            .find_map(|location| location.physical_location.as_ref())?;
        let uri = physical.artifact_location.as_ref()?.uri.as_deref()?;
        let at = |number: fn(&Region) -> Option<u64>| {
            physical
                .region
                .as_ref()
                .and_then(number)
                .and_then(common::position)
        };
        Some(Place {
            path: uri.to_owned(),
            line: at(|region| region.start_line),
            column: at(|region| region.start_column),
        })
    }
}

fn count(result: &SarifResult, run: &Run, counts: &mut Counts, findings: &mut Vec<Finding>) {
    if !result.is_open() {
        return;
    }
    if result.is_suppressed() {
        counts.suppressed += 1;
        return;
    }
    let severity = match run.level(result) {
        Level::None => return,
        Level::Note => Severity::Note,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    };
    *match severity {
        Severity::Error => &mut counts.errors,
        Severity::Warning => &mut counts.warnings,
        Severity::Note => &mut counts.notes,
    } += 1;
    let text = result.message.text.as_ref().or(result.message.id.as_ref());
    let rule = result
        .rule_id
        .as_deref()
        .map_or(String::new(), |id| format!(" {id}"));
    findings.push(Finding {
        code: codes::SARIF_RESULT.to_owned(),
        severity,
        message: format!(
            "{}{rule}: {}",
            run.tool.driver.name,
            common::quote(text.map_or("no message", String::as_str))
        ),
        place: result.place(),
        expected: None,
        found: None,
        help: None,
    });
}

#[cfg(test)]
mod tests;
