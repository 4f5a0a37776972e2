//! `contracts`: declared contracts, and whether the tests of each one's role passed.
//!
//! Raw outputs: one JUnit report per contract, its role the contract's name. A contract passes when
//! at least one case ran, none failed, no declared operation went untested, and the tester's exit
//! status (step `test-NAME`, where there is one) says nothing else.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common, junit, junit::Report};
use crate::{
    codes,
    model::{Basis, Finding, Place, Severity, Step},
};

/// Failing cases named in findings.
const MAX_FINDINGS: usize = 20;

/// Parameters of `contracts`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The contracts declared, in order.
    contracts: Vec<Contract>,
}

/// A declared contract.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    /// Name, unique; the role of its JUnit report.
    name: String,
    /// The contract's file, relative to the project's root.
    path: String,
    /// Which side of it this project is on.
    role: Role,
    /// How many operations it declares; so many cases must have run at least.
    #[serde(default)]
    operations: Option<u64>,
}

/// Sides of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    /// This project serves it.
    Provider,
    /// This project calls it.
    Consumer,
    /// Both; counted once for each.
    Both,
}

impl Role {
    fn sides(self) -> u64 {
        match self {
            Role::Provider | Role::Consumer => 1,
            Role::Both => 2,
        }
    }
}

pub(super) fn read(params: &Value, raws: &[Raw], steps: &[Step]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let (mut declared, mut passed, mut cases, mut failures) = (0, 0, 0_u64, 0_u64);
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for contract in &params.contracts {
        if !names.insert(contract.name.as_str()) {
            return Err(MeasureError::Malformed {
                name: "the plan's parameters".to_owned(),
                expected: "set of parameters of this method".to_owned(),
                found: format!("two contracts are named `{}`", contract.name),
            });
        }
        let report = junit::of_role(raws, &contract.name)?;
        let sides = contract.role.sides();
        declared += sides;
        cases = cases.saturating_add(report.run());
        failures = failures.saturating_add(report.failed());
        let short = untested(contract, &report);
        let contradicted = contradicted(contract, &report, steps);
        if report.failed() == 0 && short.is_none() && contradicted.is_none() {
            passed += sides;
        }
        findings.extend(short);
        findings.extend(contradicted);
        findings.extend(report.failures().map(|case| violation(contract, case)));
    }
    findings.truncate(MAX_FINDINGS);
    let mut observations = Vec::new();
    observations.extend(common::ratio(
        "contracts_passed",
        passed,
        declared,
        Basis::Reported,
    ));
    observations.push(common::count("contract_cases", cases, Basis::Reported));
    observations.push(common::count(
        "contract_failures",
        failures,
        Basis::Reported,
    ));
    Ok(Reading {
        observations,
        examined: cases,
        findings,
    })
}

/// A finding when the report has no failure and its tester ended with one: a report cut short is no proof.
fn contradicted(contract: &Contract, report: &Report, steps: &[Step]) -> Option<Finding> {
    let name = format!("test-{}", contract.name);
    let step = steps.iter().find(|step| step.name == name)?;
    (report.failed() == 0 && step.exit_code != Some(0)).then(|| Finding {
        expected: Some("exit status 0, as no case of the report failed".to_owned()),
        found: Some(step.exit_code.map_or_else(
            || "no exit status: it was stopped".to_owned(),
            |code| format!("exit status {code}"),
        )),
        help: Some("read the tester's last lines: it stopped before its report was whole, or failed for a reason of its own".to_owned()),
        ..about(
            contract,
            format!(
                "the tester of the contract `{}` failed and its report does not say so",
                contract.name
            ),
        )
    })
}

/// A finding when fewer cases ran than the contract has operations, or none at all.
fn untested(contract: &Contract, report: &Report) -> Option<Finding> {
    let wanted = contract.operations.unwrap_or(1).max(1);
    (report.run() < wanted).then(|| Finding {
        expected: Some(format!("at least {wanted} cases")),
        found: Some(format!("{} cases", report.run())),
        help: Some("read the tester's log for what it left out".to_owned()),
        ..about(
            contract,
            format!(
                "the tests of the contract `{}` left operations out",
                contract.name
            ),
        )
    })
}

fn violation(contract: &Contract, case: &junit::Case) -> Finding {
    Finding {
        found: case.message.clone(),
        help: Some("mend the server, or the contract where the server is right".to_owned()),
        ..about(
            contract,
            format!("the contract `{}` is broken by {}", contract.name, case.id),
        )
    }
}

fn about(contract: &Contract, message: String) -> Finding {
    Finding {
        code: codes::CONTRACT_VIOLATION.to_owned(),
        severity: Severity::Error,
        message,
        place: Some(Place {
            path: contract.path.clone(),
            line: None,
            column: None,
        }),
        expected: None,
        found: None,
        help: None,
    }
}

#[cfg(test)]
mod tests;
