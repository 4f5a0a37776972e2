//! What one component is asked for, and how its numbers stand to it.
//!
//! A component is asked for what its tier asks, and for more where its spec says so. Its numbers are counted over
//! its own files; where there are none it is not measured, and nothing stands in.

#[cfg(test)]
mod tests;

use caws_evidence::{Finding, PartReading, Place, Severity, codes};
use caws_spec::portfolio::{Entry, Stated};

use crate::plan::{Requirement, Term};
use crate::tier::{TierPolicy, TierRules};

/// What a component must reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Coverage, in its tier's metric.
    pub coverage: Requirement,
    /// Mutation score.
    pub mutation: Requirement,
}

/// How a number stands to what is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What is asked; `None` where tier, profile or policy are unknown.
    pub requirement: Option<Requirement>,
    /// The number; `None` where it was not measured.
    pub observation: Option<caws_evidence::Observation>,
    /// Why not.
    pub not_measured: Option<String>,
    /// Whether it is reached; `None` where there is no number, nothing asked, or too small a sample to tell.
    pub met: Option<bool>,
}

/// What a component is asked for, and a finding for each target that asks for less than the tier does.
///
/// `None` where tier or profile are none the policy knows.
#[must_use]
pub fn asked(policy: &TierPolicy, entry: &Entry) -> (Option<Asked>, Vec<Finding>) {
    let rules = entry
        .tier
        .zip(entry.profile)
        .and_then(|(tier, profile)| policy.rules(tier, profile));
    let Some(mut rules) = rules else {
        return (None, Vec::new());
    };
    let mut findings = Vec::new();
    let mut raise = |stated: &Option<Stated>, key: &str, by: Raise| {
        if let Some(Stated { value, place }) = stated {
            let source = format!("{} targets.{key}", entry.name());
            findings.extend(
                by(&mut rules, *value, &source, place.clone())
                    .err()
                    .map(|fault| *fault),
            );
        }
    };
    raise(&entry.coverage, "coverage", TierRules::tighten_coverage);
    raise(&entry.mutation, "mutation", TierRules::tighten_mutation);
    let asked = rules
        .requirement(Term::Coverage)
        .zip(rules.requirement(Term::Mutation))
        .map(|(coverage, mutation)| Asked { coverage, mutation });
    (asked, findings)
}

type Raise = fn(&mut TierRules, f64, &str, Place) -> Result<(), Box<Finding>>;

/// Holds what was read of a component against what is asked of it.
///
/// `reading` is the reason where nothing was read. A number that misses what is asked gives an error, one whose sample
/// is too small a warning; one that was not measured gives no finding: the portfolio shows it as such.
#[must_use]
pub fn hold(
    entry: &Entry,
    requirement: Option<Requirement>,
    reading: Result<&PartReading, &str>,
) -> (Held, Option<Finding>) {
    let not_measured = |requirement: Option<Requirement>, why: String| {
        let held = Held {
            requirement,
            observation: None,
            not_measured: Some(why),
            met: None,
        };
        (held, None)
    };
    if entry.paths.is_empty() {
        return not_measured(requirement, "the component has no code yet".to_owned());
    }
    let reading = match reading {
        Ok(reading) => reading,
        Err(why) => return not_measured(requirement, why.to_owned()),
    };
    let Some(requirement) = requirement else {
        return not_measured(
            None,
            "no tier policy says what is counted for its tier and profile".to_owned(),
        );
    };
    let observation = reading
        .observations
        .iter()
        .find(|observation| observation.name == requirement.measurement);
    let Some(observation) = observation else {
        let why = if reading.examined == 0 {
            "the run measured nothing in its paths".to_owned()
        } else {
            format!(
                "what the run measured in its paths gives no {}",
                requirement.measurement
            )
        };
        return not_measured(Some(requirement), why);
    };
    let (met, finding) = crate::judge::judge_one(observation, &requirement);
    let finding = finding.map(|finding| about(entry, &requirement, finding));
    let held = Held {
        observation: Some(observation.clone()),
        requirement: Some(requirement),
        not_measured: None,
        met,
    };
    (held, finding)
}

/// The finding of a gate, as one of a component: at the target the spec states, else at its file.
fn about(entry: &Entry, requirement: &Requirement, mut finding: Finding) -> Finding {
    let stated = if requirement.measurement == "mutation_score" {
        &entry.mutation
    } else {
        &entry.coverage
    };
    finding.place = Some(stated.as_ref().map_or_else(
        || Place {
            path: entry.path.clone(),
            line: None,
            column: None,
        },
        |stated| stated.place.clone(),
    ));
    finding.message = format!("{}: {}", entry.name(), finding.message);
    if finding.code != codes::THRESHOLD_MISSED {
        finding.severity = Severity::Warning;
    }
    finding.help = Some(format!(
        "add tests for the code in {}",
        entry.paths.join(", ")
    ));
    finding
}
