//! What a tier asks of one spec.

use caws_evidence::{Comparator, Finding, Place, Severity, codes};
use caws_spec::spec::Profile;
use caws_spec::{Document, WorkingSpec};

use super::{By, CoverageMetric, Layer, Layers, Stated, Subject, Tightening, Trust, tighten};
use crate::plan::{Requirement, Term, TermPolicy, TrustPolicy};

/// What a tier and profile ask, and what a spec asks beyond it.
#[derive(Debug, Clone, PartialEq)]
pub struct TierRules {
    /// 1, 2 or 3.
    pub tier: u8,
    /// Kind of software.
    pub profile: Profile,
    /// What coverage counts.
    pub coverage_metric: CoverageMetric,
    /// Least coverage, 0..1.
    pub min_coverage: Stated,
    /// Least coverage of lines beside it, 0..1, where the policy asks for both.
    pub min_line_coverage: Option<Stated>,
    /// Least mutation score, 0..1.
    pub min_mutation: Stated,
    /// Whether interfaces must be declared and tested.
    pub requires_contracts: bool,
    /// Whether a person must approve.
    pub requires_manual_review: bool,
    /// Most files a change may touch.
    pub max_files: Option<Stated>,
    /// Most lines a change may add and remove.
    pub max_loc: Option<Stated>,
    /// Score a run must reach, 0..=100.
    pub trust_threshold: u32,
    /// Who says what, the one in force last.
    pub layers: Layers,
    pub(super) trust: Trust,
}

/// What feeds a term of the trust score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// Gates by id; none means that the term applies and nothing measures it, so it is worth 0.
    Gates(Vec<String>),
    /// The term leaves the score, for this reason.
    NotApplicable(String),
}

/// All terms, in the order of [`Term`].
const TERMS: [Term; 6] = [
    Term::Coverage,
    Term::Mutation,
    Term::Contracts,
    Term::Accessibility,
    Term::Performance,
    Term::Flakes,
];

impl TierRules {
    /// Raises the rules by what a spec asks for: its `targets`, and a smaller `change_budget`.
    ///
    /// What asks for less than the tier gives a finding `threshold-loosened` and changes nothing.
    pub fn tighten_by(&mut self, document: &Document, spec: &WorkingSpec) -> Vec<Finding> {
        let place = |pointer: &str| document.place_of(pointer);
        let targets = spec.targets.unwrap_or_default();
        let mut all: Vec<Result<(), Box<Finding>>> = Vec::new();
        if let Some(wanted) = targets.coverage {
            let place = place("/targets/coverage");
            all.push(self.tighten_coverage(wanted, "spec targets.coverage", place));
        }
        if let Some(wanted) = targets.mutation {
            let place = place("/targets/mutation");
            all.push(self.tighten_mutation(wanted, "spec targets.mutation", place));
        }
        if let Some(wanted) = targets.trust {
            let place = place("/targets/trust");
            all.push(self.tighten_trust(wanted, "spec targets.trust", place));
        }
        if let Some(wanted) = targets.contracts {
            let place = place("/targets/contracts");
            all.push(self.demand(Subject::Contracts, wanted, "spec targets.contracts", place));
        }
        if let Some(wanted) = targets.manual_review {
            let place = place("/targets/manual_review");
            all.push(self.demand(Subject::Review, wanted, "spec targets.manual_review", place));
        }
        let budget = spec.change_budget.clone().unwrap_or_default();
        for (subject, wanted, key) in [
            (Subject::MaxFiles, budget.max_files, "max_files"),
            (Subject::MaxLoc, budget.max_loc, "max_loc"),
        ] {
            if let Some(wanted) = wanted {
                let place = place(&format!("/change_budget/{key}"));
                let source = format!("spec change_budget.{key}");
                all.push(self.tighten_budget(subject, wanted, &source, place));
            }
        }
        all.into_iter()
            .filter_map(|heard| heard.err().map(|fault| *fault))
            .collect()
    }

    /// Asks for more coverage; `source` names who does, `place` where.
    ///
    /// # Errors
    /// A finding where it is less than what is in force.
    pub fn tighten_coverage(
        &mut self,
        wanted: f64,
        source: &str,
        place: Place,
    ) -> Result<(), Box<Finding>> {
        raise(&mut self.min_coverage, wanted, source, place.clone())?;
        self.heard(Subject::Coverage, wanted.to_string(), source, place);
        Ok(())
    }

    /// Asks for a higher mutation score; `source` names who does, `place` where.
    ///
    /// # Errors
    /// A finding where it is less than what is in force.
    pub fn tighten_mutation(
        &mut self,
        wanted: f64,
        source: &str,
        place: Place,
    ) -> Result<(), Box<Finding>> {
        raise(&mut self.min_mutation, wanted, source, place.clone())?;
        self.heard(Subject::Mutation, wanted.to_string(), source, place);
        Ok(())
    }

    /// Asks for a higher trust score; `source` names who does, `place` where.
    ///
    /// # Errors
    /// A finding where it is less than what is in force.
    pub fn tighten_trust(
        &mut self,
        wanted: u32,
        source: &str,
        place: Place,
    ) -> Result<(), Box<Finding>> {
        tighten(Tightening {
            what: source,
            comparator: Comparator::AtLeast,
            floor: f64::from(self.trust_threshold),
            floor_source: "the policy's trust threshold",
            wanted: f64::from(wanted),
            place: place.clone(),
        })?;
        self.trust_threshold = wanted;
        self.heard(Subject::Trust, wanted.to_string(), source, place);
        Ok(())
    }

    /// Asks for a smaller change; where the policy sets no limit, any limit is one.
    fn tighten_budget(
        &mut self,
        subject: Subject,
        wanted: u64,
        source: &str,
        place: Place,
    ) -> Result<(), Box<Finding>> {
        let limit = match subject {
            Subject::MaxFiles => &mut self.max_files,
            _ => &mut self.max_loc,
        };
        // Exact up to 2^53, far beyond any change.
        let value = wanted as f64;
        if let Some(floor) = limit {
            tighten(Tightening {
                what: source,
                comparator: Comparator::AtMost,
                floor: floor.value,
                floor_source: &floor.source,
                wanted: value,
                place: place.clone(),
            })?;
        }
        *limit = Some(Stated {
            text: wanted.to_string(),
            value,
            source: source.to_owned(),
        });
        self.heard(subject, wanted.to_string(), source, place);
        Ok(())
    }

    /// Asks for contracts or for review where the tier does not; to take either back is to ask for less.
    fn demand(
        &mut self,
        subject: Subject,
        wanted: bool,
        source: &str,
        place: Place,
    ) -> Result<(), Box<Finding>> {
        let asked = match subject {
            Subject::Contracts => &mut self.requires_contracts,
            _ => &mut self.requires_manual_review,
        };
        if *asked && !wanted {
            let by = self
                .layers
                .get(&subject)
                .and_then(|layers| layers.last())
                .map_or_else(|| format!("tier {}", self.tier), |layer| layer.who.clone());
            return Err(Box::new(Finding {
                code: codes::THRESHOLD_LOOSENED.to_owned(),
                severity: Severity::Error,
                message: format!("{source} asks for less than {by} does"),
                place: Some(place),
                expected: Some(format!("true ({by})")),
                found: Some("false".to_owned()),
                help: Some(format!(
                    "write true, or remove the line: {by} is in force anyway"
                )),
            }));
        }
        *asked = wanted;
        self.heard(subject, wanted.to_string(), source, place);
        Ok(())
    }

    /// Notes who had the last word.
    fn heard(&mut self, subject: Subject, value: String, source: &str, place: Place) {
        self.layers.entry(subject).or_default().push(Layer {
            by: By::Override,
            who: source.to_owned(),
            value,
            place: Some(place),
        });
    }

    /// What the tier asks of coverage beyond what the term reads: lines, where the policy asks for both.
    #[must_use]
    pub fn line_requirement(&self) -> Option<Requirement> {
        let lines = self.min_line_coverage.as_ref()?;
        (self.coverage_metric != CoverageMetric::Line).then(|| Requirement {
            measurement: CoverageMetric::Line.measurement().to_owned(),
            comparator: Comparator::AtLeast,
            threshold: lines.value,
            source: lines.source.clone(),
        })
    }

    /// What the tier itself asks of the observation a term reads; `None` where spec or configuration say.
    #[must_use]
    pub fn requirement(&self, term: Term) -> Option<Requirement> {
        let (comparator, stated) = match term {
            Term::Coverage => (Comparator::AtLeast, &self.min_coverage),
            Term::Mutation => (Comparator::AtLeast, &self.min_mutation),
            Term::Flakes => (Comparator::AtMost, &self.trust.flakes_half),
            Term::Contracts | Term::Accessibility => {
                return Some(Requirement {
                    measurement: self.measurement(term).to_owned(),
                    comparator: Comparator::AtLeast,
                    threshold: 1.0,
                    source: format!("tier {}", self.tier),
                });
            }
            Term::Performance => return None,
        };
        Some(Requirement {
            measurement: self.measurement(term).to_owned(),
            comparator,
            threshold: stated.value,
            source: stated.source.clone(),
        })
    }

    /// The observation a term reads.
    #[must_use]
    pub fn measurement(&self, term: Term) -> &'static str {
        match term {
            Term::Coverage => self.coverage_metric.measurement(),
            Term::Mutation => "mutation_score",
            Term::Contracts => "contracts_passed",
            Term::Accessibility => "pages_passed",
            // The term counts requirements; no single observation holds it.
            Term::Performance => "budgets_met",
            Term::Flakes => "flake_rate",
        }
    }

    /// Why a term does not apply to this tier and profile; `None` where it does.
    ///
    /// `declared` says whether the project declares something for the term (a contract, a page, a
    /// budget): what is declared applies even where nothing asks for it.
    #[must_use]
    pub fn not_applicable(&self, term: Term, declared: bool) -> Option<String> {
        let (tier, profile) = (self.tier, self.profile);
        let serves = matches!(profile, Profile::WebUi | Profile::BackendApi);
        let (asked, what) = match term {
            Term::Coverage | Term::Mutation | Term::Flakes => return None,
            Term::Contracts => (self.requires_contracts, "contract"),
            Term::Accessibility => (profile == Profile::WebUi, "page"),
            Term::Performance => (serves && tier <= 2, "performance budget"),
        };
        (!asked && !declared).then(|| {
            format!("tier {tier} asks no {what} of the profile {profile}, and none is configured")
        })
    }

    /// The score's side of a plan.
    ///
    /// A term `feed` says nothing else of applies and has no gate: it is worth 0.
    pub fn trust_policy(&self, feed: impl Fn(Term) -> Feed) -> TrustPolicy {
        let trust = &self.trust;
        let terms = TERMS
            .into_iter()
            .zip(trust.weights)
            .map(|(term, weight)| {
                let (minimum, target) = match term {
                    Term::Coverage => (
                        Some(self.min_coverage.text.clone()),
                        Some(trust.coverage_target.clone()),
                    ),
                    Term::Mutation => (
                        Some(self.min_mutation.text.clone()),
                        Some(trust.mutation_target.clone()),
                    ),
                    Term::Flakes => (
                        Some(trust.flakes_half.text.clone()),
                        Some(trust.flakes_full.text.clone()),
                    ),
                    Term::Contracts | Term::Accessibility | Term::Performance => (None, None),
                };
                let (gates, not_applicable) = match feed(term) {
                    Feed::Gates(gates) => (gates, None),
                    Feed::NotApplicable(reason) => (Vec::new(), Some(reason)),
                };
                TermPolicy {
                    term,
                    weight,
                    measurement: self.measurement(term).to_owned(),
                    minimum,
                    target,
                    gates,
                    not_applicable,
                }
            })
            .collect();
        TrustPolicy {
            threshold: self.trust_threshold,
            terms,
        }
    }
}

fn raise(stated: &mut Stated, wanted: f64, source: &str, place: Place) -> Result<(), Box<Finding>> {
    let value = tighten(Tightening {
        what: source,
        comparator: Comparator::AtLeast,
        floor: stated.value,
        floor_source: &stated.source,
        wanted,
        place,
    })?;
    *stated = Stated {
        text: value.to_string(),
        value,
        source: source.to_owned(),
    };
    Ok(())
}
