//! What waivers do to a gate: they turn a verdict, and nothing else.

use caws_evidence::paths::is_within;
use caws_evidence::{Evidence, Finding, Severity, Verdict, codes};

use super::Waiver;
use crate::plan::Plan;

/// Gates name so many places at most, some of them: with as many, there may be more elsewhere.
const MANY: usize = 20;

/// Ids of the plan's waivers that cover a gate with this verdict and these findings, in the plan's order.
///
/// Only what failed or could not be measured is covered: a gate that broke or examined nothing says nothing
/// that somebody could answer for. A waiver for some paths covers a gate whose placed findings all lie within
/// them, where there is at least one and fewer than [`MANY`].
#[must_use]
pub fn covering<'p>(
    plan: &'p Plan,
    gate: &str,
    verdict: Verdict,
    findings: &[Finding],
) -> Vec<&'p str> {
    if !matches!(verdict, Verdict::Fail | Verdict::Unmeasured) {
        return Vec::new();
    }
    plan.waivers
        .iter()
        .flat_map(|waivers| &waivers.active)
        .map(|active| &active.waiver)
        .filter(|waiver| waiver.gate == gate && reaches(waiver, findings))
        .map(|waiver| waiver.id.as_str())
        .collect()
}

/// Gives a gate that waivers cover the verdict `waived`, and names them.
pub fn waive(plan: &Plan, evidence: &mut Evidence) {
    let ids = covering(plan, &evidence.gate, evidence.verdict, &evidence.findings);
    if !ids.is_empty() {
        evidence.waivers = ids.into_iter().map(str::to_owned).collect();
        evidence.verdict = Verdict::Waived;
    }
}

fn reaches(waiver: &Waiver, findings: &[Finding]) -> bool {
    let areas: Vec<&str> = waiver.areas().collect();
    if areas.is_empty() {
        return true;
    }
    let placed: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding.place.as_ref())
        .map(|place| place.path.as_str())
        .collect();
    (1..MANY).contains(&placed.len())
        && placed.iter().all(|path| {
            areas
                .iter()
                .any(|area| is_within(path, area.trim_end_matches('/')))
        })
}

/// A warning for each active waiver of the plan that waives nothing of this evidence: its gate ran, and no
/// record names it.
#[must_use]
pub fn unmatched(plan: &Plan, evidence: &[Evidence]) -> Vec<Finding> {
    plan.waivers
        .iter()
        .flat_map(|waivers| &waivers.active)
        .map(|active| &active.waiver)
        .filter_map(|waiver| {
            let record = evidence.iter().find(|record| record.gate == waiver.gate)?;
            let used = record.waivers.contains(&waiver.id);
            (!used).then(|| unused(waiver, record.verdict))
        })
        .collect()
}

fn unused(waiver: &Waiver, verdict: Verdict) -> Finding {
    let (found, help) = match verdict {
        Verdict::Pass => (
            "it passed",
            "revoke it with `caws waiver revoke`: while it is active the score ends at 79",
        ),
        Verdict::Vacuous | Verdict::Error => (
            "it examined nothing or broke, which no waiver covers",
            "mend the gate first",
        ),
        Verdict::Fail | Verdict::Unmeasured | Verdict::Waived => (
            "what it found lies outside the waiver's paths, or has no place",
            "mend what it found; a waiver for some paths covers nothing else",
        ),
    };
    Finding {
        code: codes::WAIVER_UNMATCHED.to_owned(),
        severity: Severity::Warning,
        message: format!(
            "the waiver {} for the gate `{}` waives nothing",
            waiver.id, waiver.gate
        ),
        place: None,
        expected: Some(format!(
            "a gate `{}` that failed within its scope",
            waiver.gate
        )),
        found: Some(found.to_owned()),
        help: Some(help.to_owned()),
    }
}
