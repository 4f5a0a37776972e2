//! A run as every renderer sees it.

use caws_evidence::manifest::{GateEntry, layout};
use caws_evidence::{Evidence, Finding, Manifest, Measurement, Severity, Verdict};
use caws_policy::waiver::unmatched;
use caws_policy::{GatePlan, Plan, TermScore, TrustScore, Waiver};

use crate::number;

/// Whether the record is signed. Whether the signature is *valid* is for `caws verify` to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// Nobody vouches for the record.
    Unsigned {
        /// Why, and what to do, where the run says.
        why: Option<String>,
    },
    /// The manifest's bundle is there.
    Signed {
        /// The signing key's id, where the bundle says.
        key: String,
        /// Fingerprints of further keys whose bundles lie beside it, in their order.
        cosigners: Vec<String>,
    },
}

/// Everything a report is made of.
#[derive(Debug, Clone)]
pub struct RunView {
    /// What was to be measured, and what would pass.
    pub plan: Plan,
    /// What was measured.
    pub evidence: Vec<Evidence>,
    /// The record of the run.
    pub manifest: Manifest,
    /// The score with its terms.
    pub score: TrustScore,
    /// Who vouches.
    pub seal: Seal,
    /// Where the artifacts lie, as the user would type it.
    pub artifacts: String,
    /// Whether only some gates were asked for; such a run has no trust score.
    pub partial: bool,
}

/// What became of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It was judged.
    Judged(Verdict),
    /// It does not apply, for this reason.
    NotApplicable(&'a str),
    /// It applies and was not part of this run.
    NotRun,
}

impl Outcome<'_> {
    /// A mark that is legible without colour.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Judged(Verdict::Pass) => "✓",
            Self::Judged(Verdict::Fail) => "✗",
            Self::Judged(Verdict::Waived) => "~",
            Self::Judged(Verdict::Vacuous) => "○",
            Self::Judged(Verdict::Unmeasured) => "?",
            Self::Judged(Verdict::Error) => "!",
            Self::NotApplicable(_) => "-",
            Self::NotRun => "·",
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict_word(verdict),
            Self::NotApplicable(_) => "not applicable",
            Self::NotRun => "not run",
        }
    }
}

/// The verdict's word, as it stands in the records.
#[must_use]
pub const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Waived => "waived",
        Verdict::Vacuous => "vacuous",
        Verdict::Unmeasured => "unmeasured",
        Verdict::Error => "error",
    }
}

/// The severity's word.
#[must_use]
pub const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// One gate of the plan with what was found.
#[derive(Debug, Clone, Copy)]
pub struct GateRow<'a> {
    /// Its plan.
    pub plan: &'a GatePlan,
    /// Its evidence.
    pub evidence: Option<&'a Evidence>,
    /// Its entry in the manifest.
    pub entry: Option<&'a GateEntry>,
}

impl RunView {
    /// The gates in plan order.
    pub fn rows(&self) -> impl Iterator<Item = GateRow<'_>> {
        self.plan.gates.iter().map(|plan| GateRow {
            plan,
            evidence: self
                .evidence
                .iter()
                .find(|evidence| evidence.gate == plan.gate),
            entry: self
                .manifest
                .caws
                .gates
                .iter()
                .find(|entry| entry.gate == plan.gate),
        })
    }

    /// One gate by id.
    #[must_use]
    pub fn row(&self, gate: &str) -> Option<GateRow<'_>> {
        self.rows().find(|row| row.plan.gate == gate)
    }

    /// Whether the run passed: the score's own word, or, for a run of some gates, that every one of
    /// them passed or is waived.
    #[must_use]
    pub fn passed(&self) -> bool {
        if self.partial {
            self.blocking().is_empty()
        } else {
            self.score.passed
        }
    }

    /// Gates that keep the run from passing.
    #[must_use]
    pub fn blocking(&self) -> Vec<&str> {
        if !self.partial {
            return self.score.blocking.iter().map(String::as_str).collect();
        }
        self.rows()
            .filter(|row| match row.outcome() {
                Outcome::Judged(verdict) => !matches!(verdict, Verdict::Pass | Verdict::Waived),
                Outcome::NotApplicable(_) => false,
                Outcome::NotRun => true,
            })
            .map(|row| row.plan.gate.as_str())
            .collect()
    }

    /// `passed` or `did not pass`.
    #[must_use]
    pub fn conclusion(&self) -> &'static str {
        if self.passed() {
            "passed"
        } else {
            "did not pass"
        }
    }

    /// What the conclusion rests on: the score, or the gates that were asked for.
    #[must_use]
    pub fn ground(&self) -> String {
        let blocking = self.blocking();
        let blocked = if blocking.is_empty() {
            String::new()
        } else {
            format!("; blocked by {}", blocking.join(", "))
        };
        if self.partial {
            return format!("a run of some gates, which has no trust score{blocked}");
        }
        let (score, threshold) = (self.score.score, self.score.threshold);
        format!("trust score {score} of 100, {threshold} needed{blocked}")
    }

    /// Why nobody vouches for the record, and what to do; `None` where it is signed.
    #[must_use]
    pub fn unsigned(&self) -> Option<&str> {
        match &self.seal {
            Seal::Signed { .. } => None,
            Seal::Unsigned { why } => Some(why.as_deref().unwrap_or(
                "nobody vouches for this record yet; `caws provenance keys new` makes a key, `caws provenance sign` signs",
            )),
        }
    }

    /// The commit in short, and whether the tree differed from it.
    #[must_use]
    pub fn subject(&self) -> String {
        let name = match &self.plan.subject.commit {
            Some(commit) => format!("commit {}", commit.chars().take(12).collect::<String>()),
            None => "uncommitted files".to_owned(),
        };
        if self.plan.subject.dirty {
            format!("{name} with uncommitted changes")
        } else {
            name
        }
    }

    /// The waivers that hold for the run, and the gates each waives.
    pub fn waivers(&self) -> impl Iterator<Item = (&Waiver, Vec<&str>)> {
        let active = self.plan.waivers.iter().flat_map(|waivers| &waivers.active);
        active.map(move |active| {
            let waived = self
                .evidence
                .iter()
                .filter(|evidence| evidence.waivers.contains(&active.waiver.id))
                .map(|evidence| evidence.gate.as_str());
            (&active.waiver, waived.collect())
        })
    }

    /// Waivers that waive nothing.
    #[must_use]
    pub fn unmatched(&self) -> Vec<Finding> {
        unmatched(&self.plan, &self.evidence)
    }

    /// Why the score is no higher, where it is capped.
    #[must_use]
    pub fn cap(&self) -> Option<String> {
        let cap = self.score.cap?;
        let active: Vec<String> = self
            .waivers()
            .map(|(waiver, _)| {
                format!(
                    "{} (`{}`, until {})",
                    waiver.id, waiver.gate, waiver.expires
                )
            })
            .collect();
        let which = if active.is_empty() {
            String::new()
        } else {
            format!(": {}", active.join(", "))
        };
        Some(format!("capped at {cap} while a waiver is active{which}"))
    }

    /// Points of 100 a term is worth, and how many it could be. `None` for a term in no sum.
    #[must_use]
    pub fn points(&self, term: &TermScore) -> Option<(f64, f64)> {
        if term.not_applicable.is_some() {
            return None;
        }
        let total: u32 = self
            .score
            .terms
            .iter()
            .filter(|t| t.not_applicable.is_none())
            .map(|t| t.weight)
            .sum();
        let most = 100.0 * f64::from(term.weight) / f64::from(total.max(1));
        Some((most * number::quotient(term.worth).unwrap_or(0.0), most))
    }
}

impl<'a> GateRow<'a> {
    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'a> {
        match self.evidence {
            Some(evidence) => Outcome::Judged(evidence.verdict),
            None if !self.plan.applies => {
                Outcome::NotApplicable(self.plan.reason.as_deref().unwrap_or("no reason recorded"))
            }
            None => Outcome::NotRun,
        }
    }

    /// The number the verdict hangs on: one that missed, else the one its term reads, else the
    /// first that something is asked of.
    #[must_use]
    pub fn key_measurement(&self, terms: &[caws_policy::TermPolicy]) -> Option<&'a Measurement> {
        let measurements = &self.evidence?.measurements;
        let term = self
            .plan
            .term
            .and_then(|term| terms.iter().find(|policy| policy.term == term));
        measurements
            .iter()
            .find(|m| m.met == Some(false))
            .or_else(|| {
                measurements
                    .iter()
                    .find(|m| m.threshold.is_some() && m.met.is_none())
            })
            .or_else(|| {
                measurements
                    .iter()
                    .find(|m| term.is_some_and(|t| t.measurement == m.observation.name))
            })
            .or_else(|| measurements.iter().find(|m| m.threshold.is_some()))
            .or_else(|| measurements.first())
    }

    /// The key number against its threshold, and how many thresholds there are besides; the
    /// reason where there is no number.
    #[must_use]
    pub fn key_text(&self, terms: &[caws_policy::TermPolicy]) -> String {
        if let Outcome::NotApplicable(reason) = self.outcome() {
            return reason.to_owned();
        }
        let Some(evidence) = self.evidence else {
            return "not part of this run".to_owned();
        };
        let Some(key) = self.key_measurement(terms) else {
            return evidence
                .findings
                .iter()
                .min_by_key(|finding| finding.severity)
                .map_or_else(|| "no number".to_owned(), |finding| finding.message.clone());
        };
        let asked = evidence
            .measurements
            .iter()
            .filter(|m| m.threshold.is_some())
            .count();
        let met = evidence
            .measurements
            .iter()
            .filter(|m| m.met == Some(true))
            .count();
        let text = number::measurement(key);
        if asked > 1 {
            format!("{text}; {met} of {asked} met")
        } else {
            text
        }
    }

    /// Seconds the gate took when it was measured.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        let evidence = self.evidence?;
        let started: jiff::Timestamp = evidence.started.parse().ok()?;
        let finished: jiff::Timestamp = evidence.finished.parse().ok()?;
        Some(finished.duration_since(started).as_secs_f64().max(0.0))
    }

    /// When it was measured, where the cache answered.
    #[must_use]
    pub fn cached(&self) -> Option<&'a str> {
        self.entry
            .filter(|entry| entry.cached)
            .map(|entry| entry.measured.as_str())
    }

    /// Its findings, the serious first, else in the order recorded.
    #[must_use]
    pub fn findings(&self) -> Vec<&'a Finding> {
        let mut findings: Vec<_> = self
            .evidence
            .map(|e| e.findings.iter().collect())
            .unwrap_or_default();
        findings.sort_by_key(|finding: &&Finding| finding.severity);
        findings
    }

    /// The record, relative to the artifacts directory.
    #[must_use]
    pub fn evidence_path(&self) -> String {
        format!(
            "{}/{}/{}",
            layout::EVIDENCE_DIR,
            self.plan.gate,
            layout::EVIDENCE_FILE
        )
    }
}

/// `path:line:column`, as far as it is known.
#[must_use]
pub fn place_text(place: &caws_evidence::Place) -> String {
    match (place.line, place.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", place.path),
        (Some(line), None) => format!("{}:{line}", place.path),
        (None, _) => place.path.clone(),
    }
}

/// A score term's name, as it stands in the records.
#[must_use]
pub const fn term_word(term: caws_policy::Term) -> &'static str {
    match term {
        caws_policy::Term::Coverage => "coverage",
        caws_policy::Term::Mutation => "mutation",
        caws_policy::Term::Contracts => "contracts",
        caws_policy::Term::Accessibility => "accessibility",
        caws_policy::Term::Performance => "performance",
        caws_policy::Term::Flakes => "flakes",
    }
}
