//! `checks`: commands whose exit status is the whole answer (formatters, linters).
//!
//! Raw outputs: none; the steps are the measurement. A step is a check that passes when its
//! exit status is 0.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Reading, common};
use crate::{
    codes,
    model::{Basis, Finding, Severity, Step},
};

/// Parameters of `checks`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// What to do about a failing check, by the name of its step.
    #[serde(default)]
    help: BTreeMap<String, String>,
}

pub(super) fn read(params: &Value, steps: &[Step]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let mut findings = Vec::new();
    for step in steps {
        match step.exit_code {
            Some(0) => {}
            Some(code) => findings.push(Finding {
                code: codes::CHECK_FAILED.to_owned(),
                severity: Severity::Error,
                message: format!(
                    "the check `{}` failed: {}",
                    step.name,
                    step.command.join(" ")
                ),
                place: None,
                expected: Some("exit status 0".to_owned()),
                found: Some(format!(
                    "exit status {code}; it printed:\n{}",
                    step.key_output.trim_end()
                )),
                help: params.help.get(&step.name).cloned(),
            }),
            None => {
                return Err(common::missing(
                    format!("the answer of the check `{}`", step.name),
                    "it was ended by a signal or its time limit before it answered; run the gate again",
                ));
            }
        }
    }
    Ok(Reading {
        observations: vec![common::count(
            "checks_failed",
            common::len(&findings),
            Basis::Observed,
        )],
        examined: common::len(steps),
        findings,
    })
}

#[cfg(test)]
mod tests;
