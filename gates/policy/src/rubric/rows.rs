//! How evidence gives a row its score.
//!
//! 2: the gate passed. 1: it measured, and part of what is asked is there; each row says which part. 0: anything less,
//! what was not measured included.

use caws_evidence::{Evidence, Observation, Severity, Verdict};
use caws_spec::spec::Profile;
use serde_json::Value;

use super::{Outcome, Row, RowReview};
use crate::plan::{GatePlan, Plan};

/// What was found for a row.
struct Found {
    outcome: Outcome,
    why: String,
    gates: Vec<String>,
}

pub(super) fn row(row: Row, plan: &Plan, evidence: &[Evidence], spec: Option<&Value>) -> RowReview {
    let gate = |id: &str, partial: Partial, asks: &str| by_gate(plan, evidence, id, partial, asks);
    let found = match row {
        Row::Spec => gate(
            "spec",
            no_part,
            "Is the spec complete, and says one what is meant?",
        ),
        Row::Contracts => gate(
            "contracts",
            some_kept,
            "Are the interfaces declared, and does a test hold each of them?",
        ),
        Row::Unit => gate(
            "coverage",
            no_test_fails,
            "Do unit tests reach the code, branches and faults included?",
        ),
        Row::Mutation => gate(
            "mutation",
            half_of_asked,
            "Do the tests notice it when the code is wrong?",
        ),
        Row::Accessibility => gate(
            "accessibility",
            some_kept,
            "Can everybody use the pages, by keyboard and with a screen reader?",
        ),
        Row::Performance => gate(
            "performance",
            some_budget_met,
            "Are the budgets of time and memory met on the machines of users?",
        ),
        Row::Integration => open(
            plan,
            &["contracts", "performance"],
            "Were the parts tested together, with nothing of the project's own replaced? 0 no, 1 some, 2 all",
        ),
        Row::EndToEnd => end_to_end(plan),
        Row::Observability => observability(plan, spec),
        Row::Migration => migration(plan, spec),
        Row::Docs => open(
            plan,
            &["static"],
            "Do the documents tell users, operators and those who work on it what changed? 0 no, 1 some, 2 all",
        ),
    };
    // A spec that passed with a warning is worth less than one without.
    let found = if row == Row::Spec {
        warned(evidence, found)
    } else {
        found
    };
    RowReview {
        row,
        weight: row.weight(),
        outcome: found.outcome,
        why: found.why,
        gates: found.gates,
    }
}

/// Whether evidence of a gate that missed shows part of what is asked, and which.
type Partial = fn(&GatePlan, &Evidence) -> Option<String>;

fn scored(score: u8) -> Outcome {
    Outcome::Scored {
        score,
        by: "evidence".to_owned(),
    }
}

fn by_gate(plan: &Plan, evidence: &[Evidence], id: &str, partial: Partial, asks: &str) -> Found {
    let Some(gate) = plan.gates.iter().find(|gate| gate.gate == id) else {
        return Found {
            why: format!("the run planned no gate `{id}`"),
            ..open(plan, &[], &format!("{asks} 0 no, 1 in part, 2 yes"))
        };
    };
    if !gate.applies {
        return Found {
            outcome: Outcome::NotApplicable,
            why: gate.reason.clone().unwrap_or_default(),
            gates: Vec::new(),
        };
    }
    let mut records = evidence.iter().filter(|record| record.gate == id);
    let (score, why) = match (records.next(), records.next()) {
        (Some(record), None) => judged(gate, record, partial),
        _ => (0, format!("the gate `{id}` applies and left no evidence")),
    };
    Found {
        outcome: scored(score),
        why,
        gates: vec![id.to_owned()],
    }
}

fn judged(gate: &GatePlan, record: &Evidence, partial: Partial) -> (u8, String) {
    let id = &gate.gate;
    match record.verdict {
        Verdict::Pass => (2, format!("the gate `{id}` passed")),
        // A waiver lets a change pass; it shows nothing that was not measured.
        Verdict::Fail | Verdict::Waived => match partial(gate, record) {
            Some(part) => (1, format!("the gate `{id}` did not pass; {part}")),
            None => (0, format!("the gate `{id}` did not pass")),
        },
        Verdict::Vacuous => (0, format!("the gate `{id}` examined nothing")),
        Verdict::Unmeasured => (0, format!("the gate `{id}` could not measure")),
        Verdict::Error => (0, format!("the gate `{id}` broke")),
    }
}

/// A row only a person can score; the evidence of these gates helps.
fn open(plan: &Plan, helps: &[&str], asks: &str) -> Found {
    let planned = |id: &&&str| {
        plan.gates
            .iter()
            .any(|gate| gate.applies && gate.gate == ***id)
    };
    Found {
        outcome: Outcome::Open {
            asks: asks.to_owned(),
        },
        why: "no gate can see it".to_owned(),
        gates: helps
            .iter()
            .filter(planned)
            .map(|id| (*id).to_owned())
            .collect(),
    }
}

fn end_to_end(plan: &Plan) -> Found {
    if plan.spec.profile == Profile::WebUi.as_str() {
        return open(
            plan,
            &["accessibility"],
            "Were the tasks of a person tried in a real browser from end to end? 0 no, 1 some, 2 all",
        );
    }
    Found {
        outcome: Outcome::NotApplicable,
        why: format!("asked of web-ui alone, and this is {}", plan.spec.profile),
        gates: Vec::new(),
    }
}

fn observability(plan: &Plan, spec: Option<&Value>) -> Found {
    let stated = spec.and_then(|spec| spec.get("observability"));
    let silent = spec.is_some() && stated.is_none_or(is_blank);
    if silent && plan.spec.risk_tier == 1 {
        return Found {
            outcome: scored(0),
            why: "the spec is of tier 1 and names no log, metric or trace".to_owned(),
            gates: vec!["spec".to_owned()],
        };
    }
    let mut found = open(
        plan,
        &["spec"],
        "Is everything the spec names logged, counted and traced, and was it seen? 0 no, 1 some, 2 all",
    );
    if silent {
        found.why = "the spec names no log, metric or trace; whether one is needed no gate can see"
            .to_owned();
    }
    found
}

fn migration(plan: &Plan, spec: Option<&Value>) -> Found {
    let at = |pointer: &str| spec.and_then(|spec| spec.pointer(pointer));
    let migrates = at("/blast_radius/data_migration").and_then(Value::as_bool) == Some(true);
    if migrates && at("/migrations").is_none_or(is_blank) {
        return Found {
            outcome: scored(0),
            why: "stored data changes its form, and the spec names no step of it".to_owned(),
            gates: vec!["spec".to_owned()],
        };
    }
    open(
        plan,
        &["spec"],
        "Was the way forward and the way back tried on data like that in operation? 0 no, 1 one of them, 2 both",
    )
}

/// Whether nothing is said: null, empty, or a collection of nothing but such.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn warned(evidence: &[Evidence], found: Found) -> Found {
    let warnings = evidence
        .iter()
        .filter(|record| record.gate == "spec")
        .flat_map(|record| &record.findings)
        .filter(|finding| finding.severity == Severity::Warning)
        .count();
    if found.outcome == scored(2) && warnings > 0 {
        return Found {
            outcome: scored(1),
            why: match warnings {
                1 => "the gate `spec` passed with a warning".to_owned(),
                count => format!("the gate `spec` passed with {count} warnings"),
            },
            ..found
        };
    }
    found
}

fn observed<'e>(record: &'e Evidence, name: &str) -> Option<&'e Observation> {
    record
        .measurements
        .iter()
        .map(|measurement| &measurement.observation)
        .find(|observation| observation.name == name)
}

fn no_part(_: &GatePlan, _: &Evidence) -> Option<String> {
    None
}

/// Some of the contracts, or pages, are in order.
fn some_kept(_: &GatePlan, record: &Evidence) -> Option<String> {
    let ratio = ["contracts_passed", "pages_passed"]
        .iter()
        .find_map(|name| observed(record, name)?.ratio)?;
    (ratio.numerator > 0)
        .then(|| format!("{} of {} are in order", ratio.numerator, ratio.denominator))
}

/// Tests ran and none failed; what they reach is too little.
fn no_test_fails(_: &GatePlan, record: &Evidence) -> Option<String> {
    let ran = observed(record, "tests_run").is_some_and(|tests| tests.value > 0.0);
    let failed = observed(record, "tests_failed")?.value;
    (ran && failed == 0.0)
        .then(|| "tests ran and none failed, and they reach too little".to_owned())
}

/// At least half of the mutation score that is asked for.
fn half_of_asked(gate: &GatePlan, record: &Evidence) -> Option<String> {
    let score = observed(record, "mutation_score")?.value;
    let asked = gate
        .requirements
        .iter()
        .find(|requirement| requirement.measurement == "mutation_score")?
        .threshold;
    (score >= asked / 2.0)
        .then(|| format!("the mutation score is at least half of the {asked} asked for"))
}

fn some_budget_met(_: &GatePlan, record: &Evidence) -> Option<String> {
    let held = record.measurements.iter().filter_map(|one| one.met);
    let (met, all) = held.fold((0_usize, 0_usize), |(met, all), one| {
        (met + usize::from(one), all + 1)
    });
    (met > 0).then(|| format!("{met} of {all} budgets are met"))
}
