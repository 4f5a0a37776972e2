//! The manifest, built again from plan and evidence.

use std::collections::BTreeSet;

use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Manifest, codes};
use caws_policy::Plan;
use caws_policy::record::{self, Run};
use serde_json::{Map, Value};

use crate::report::{Findings, Problem};

/// Most differences that are listed; after that it is simply another manifest.
const LISTED: usize = 20;

/// Compares the manifest with what plan and evidence give; gives the score computed again.
///
/// What only the run knew is taken from the manifest: who wrote it, when, what the cache answered,
/// who approved.
pub(crate) fn check(
    manifest: &Manifest,
    plan: &Plan,
    evidence: &[Evidence],
    findings: &mut Findings,
) -> Option<u32> {
    let entries = manifest.caws.gates.iter();
    let run = Run {
        agent: manifest.agent.clone(),
        started: manifest.caws.started.clone(),
        finished: manifest.caws.finished.clone(),
        commitment: manifest.caws.commitment.clone(),
        cached: entries
            .filter(|e| e.cached)
            .map(|e| e.gate.clone())
            .collect::<BTreeSet<_>>(),
    };
    let mut rebuilt = match record::manifest(plan, evidence, &run) {
        Ok(rebuilt) => rebuilt,
        Err(error) => {
            findings.error(Problem {
                code: codes::RECORD_INCONSISTENT,
                path: layout::MANIFEST,
                message: "plan and evidence do not belong together".to_owned(),
                expected: "one record for each gate of the plan that applies".to_owned(),
                found: error.to_string(),
                help: HELP,
            });
            return None;
        }
    };
    rebuilt.approvals.clone_from(&manifest.approvals);
    let score = rebuilt.caws.trust.score;
    let (Ok(expected), Ok(found)) = (
        serde_json::to_value(&rebuilt),
        serde_json::to_value(manifest),
    ) else {
        return Some(score);
    };
    let mut differences = Vec::new();
    compare(
        String::new(),
        Some(&expected),
        Some(&found),
        &mut differences,
    );
    for difference in differences {
        findings.error(Problem {
            code: code_of(&difference.at),
            path: layout::MANIFEST,
            message: format!("`{}` is not what plan and evidence give", difference.at),
            expected: difference.expected,
            found: difference.found,
            help: HELP,
        });
    }
    Some(score)
}

const HELP: &str = "the manifest was not written by the run it describes; do not rely on it";

fn code_of(at: &str) -> &'static str {
    if at.starts_with("caws.trust") || at.starts_with("results") {
        codes::SCORE_DIFFERS
    } else {
        codes::RECORD_INCONSISTENT
    }
}

struct Difference {
    at: String,
    expected: String,
    found: String,
}

/// Leaves that differ, by their dotted path.
fn compare(
    at: String,
    expected: Option<&Value>,
    found: Option<&Value>,
    differences: &mut Vec<Difference>,
) {
    if expected == found || differences.len() >= LISTED {
        return;
    }
    let below = |key: &str| {
        if at.is_empty() {
            key.to_owned()
        } else {
            format!("{at}.{key}")
        }
    };
    match (expected, found) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in keys(a, b) {
                compare(below(key), a.get(key), b.get(key), differences);
            }
        }
        // With one left out or added, all that follow would differ as well.
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() != b.len() => {
            let entries = |list: &[Value]| format!("{} entries", list.len());
            differences.push(Difference {
                expected: entries(a),
                found: entries(b),
                at,
            });
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(format!("{at}[{index}]"), Some(a), Some(b), differences);
            }
        }
        _ => {
            let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
            differences.push(Difference {
                expected: show(expected),
                found: show(found),
                at,
            });
        }
    }
}

fn keys<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> BTreeSet<&'a String> {
    a.keys().chain(b.keys()).collect()
}

#[cfg(test)]
mod tests;
