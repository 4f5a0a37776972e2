//! From observations to a verdict.
//!
//! Every requirement is looked at, so that one run tells all there is to mend. Where they disagree,
//! the verdict is the one that says least about the code: error, then vacuous, then unmeasured, then
//! fail, then pass. A run with a number missing has not shown what the rest of the numbers would be
//! worth, so the missing number comes before the missed one; the missed one is still a finding.

mod message;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use caws_evidence::{
    Comparator, Finding, Interval, MeasureError, Measurement, Observation, Reading, Verdict,
};

use crate::plan::{GatePlan, Requirement};

/// What a gate's reading is worth under its plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Every observation, with what was asked of it: once for each requirement, or once without.
    pub measurements: Vec<Measurement>,
    /// The reading's findings, and one for each threshold missed or number missing.
    pub findings: Vec<Finding>,
}

/// How an observation stands to a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Met,
    Missed,
    /// The interval straddles the threshold.
    Undecided,
    /// It rests on no sample at all.
    Empty,
    /// There is no usable number; the text says why.
    Missing(&'static str),
}

/// Judges a gate.
///
/// - A requirement without an observation, or with one that is no finite number: `unmeasured`.
/// - Nothing examined, nothing asked, or a number that rests on no sample: `vacuous`.
/// - An interval that straddles its threshold: `unmeasured`, and how many more samples would decide.
/// - A reading that could not be made: `unmeasured` where something is missing, `error` where it is broken.
#[must_use]
pub fn judge(plan: &GatePlan, reading: Result<Reading, MeasureError>) -> Judgement {
    let Reading {
        observations,
        examined,
        mut findings,
    } = match reading {
        Ok(reading) => reading,
        Err(fault) => {
            let verdict = match &fault {
                MeasureError::Missing { .. } => Verdict::Unmeasured,
                MeasureError::Malformed { .. } | MeasureError::UnknownMethod(_) => Verdict::Error,
            };
            return Judgement {
                verdict,
                measurements: Vec::new(),
                findings: vec![message::unread(&plan.gate, &fault)],
            };
        }
    };
    let mut verdicts = vec![Verdict::Pass];
    let vacuous = examined == 0 || plan.requirements.is_empty();
    if vacuous {
        verdicts.push(Verdict::Vacuous);
        findings.push(if examined == 0 {
            message::nothing_examined(&plan.gate)
        } else {
            message::nothing_asked(&plan.gate)
        });
    }
    let mut names = BTreeSet::new();
    for observation in &observations {
        if !names.insert(observation.name.as_str()) {
            verdicts.push(Verdict::Error);
            findings.push(message::ambiguous(&plan.gate, &observation.name));
        }
    }
    for requirement in &plan.requirements {
        let observation = observations
            .iter()
            .find(|observation| observation.name == requirement.measurement);
        let standing = observation
            .map_or(Standing::Missing("nothing measured it"), |observation| {
                stand(observation, requirement)
            });
        match standing {
            Standing::Met => {}
            // What was computed from nothing is not worth a finding of its own.
            _ if examined == 0 => {}
            Standing::Missed => {
                verdicts.push(Verdict::Fail);
                findings.extend(
                    observation.map(|observation| message::missed(observation, requirement)),
                );
            }
            Standing::Undecided => {
                verdicts.push(Verdict::Unmeasured);
                findings.extend(
                    observation.map(|observation| message::undecided(observation, requirement)),
                );
            }
            Standing::Empty => {
                verdicts.push(Verdict::Vacuous);
                findings.push(message::no_samples(requirement));
            }
            Standing::Missing(why) => {
                verdicts.push(Verdict::Unmeasured);
                findings.push(message::missing(requirement, why));
            }
        }
    }
    let measurements = measurements(plan, observations, vacuous);
    let verdict = verdicts
        .into_iter()
        .max_by_key(|verdict| rank(*verdict))
        .unwrap_or(Verdict::Error);
    Judgement {
        verdict,
        measurements,
        findings,
    }
}

/// How one number stands to one requirement: whether it meets it (`None` where it cannot be told), and what to
/// say where it does not.
pub(crate) fn judge_one(
    observation: &Observation,
    requirement: &Requirement,
) -> (Option<bool>, Option<Finding>) {
    match stand(observation, requirement) {
        Standing::Met => (Some(true), None),
        Standing::Missed => (Some(false), Some(message::missed(observation, requirement))),
        Standing::Undecided => (None, Some(message::undecided(observation, requirement))),
        Standing::Empty => (None, Some(message::no_samples(requirement))),
        Standing::Missing(why) => (None, Some(message::missing(requirement, why))),
    }
}

/// The order in which verdicts outweigh each other within a gate.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Waived => 1,
        Verdict::Fail => 2,
        Verdict::Unmeasured => 3,
        Verdict::Vacuous => 4,
        Verdict::Error => 5,
    }
}

fn measurements(
    plan: &GatePlan,
    observations: Vec<Observation>,
    vacuous: bool,
) -> Vec<Measurement> {
    let mut measurements = Vec::with_capacity(observations.len());
    for observation in observations {
        let mut asked = false;
        for requirement in plan
            .requirements
            .iter()
            .filter(|requirement| requirement.measurement == observation.name)
        {
            asked = true;
            let met = match stand(&observation, requirement) {
                Standing::Met if !vacuous => Some(true),
                Standing::Missed if !vacuous => Some(false),
                _ => None,
            };
            measurements.push(Measurement {
                observation: observation.clone(),
                comparator: Some(requirement.comparator),
                threshold: Some(requirement.threshold),
                met,
            });
        }
        if !asked {
            measurements.push(Measurement {
                observation,
                comparator: None,
                threshold: None,
                met: None,
            });
        }
    }
    measurements
}

fn stand(observation: &Observation, requirement: &Requirement) -> Standing {
    let threshold = requirement.threshold;
    if observation.sample_size == Some(0) {
        return Standing::Empty;
    }
    if !observation.value.is_finite() {
        return Standing::Missing("its value is no finite number");
    }
    if !threshold.is_finite() {
        return Standing::Missing("its threshold is no finite number");
    }
    let (low, high) = match &observation.interval {
        None => (observation.value, observation.value),
        Some(Interval { low, high, .. }) if low.is_finite() && high.is_finite() && low <= high => {
            (*low, *high)
        }
        Some(_) => return Standing::Missing("its interval is no interval"),
    };
    let (met, missed) = match requirement.comparator {
        Comparator::AtLeast => (low >= threshold, high < threshold),
        Comparator::AtMost => (high <= threshold, low > threshold),
        Comparator::Equal => (
            low >= threshold && high <= threshold,
            high < threshold || low > threshold,
        ),
    };
    match (met, missed) {
        (true, _) => Standing::Met,
        (false, true) => Standing::Missed,
        (false, false) => Standing::Undecided,
    }
}
