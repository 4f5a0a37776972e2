//! Where each number of a tier's rules comes from: everybody who says something about it, the last word last.

use std::collections::BTreeMap;

use caws_evidence::Place;
use serde::Serialize;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// What coverage counts.
    CoverageMetric,
    /// Least coverage.
    Coverage,
    /// Least coverage of lines beside it.
    LineCoverage,
    /// Least mutation score.
    Mutation,
    /// Whether interfaces must be declared and tested.
    Contracts,
    /// Whether a person must approve.
    Review,
    /// Least trust score.
    Trust,
    /// Most files a change may touch.
    MaxFiles,
    /// Most lines a change may add and remove.
    MaxLoc,
}

impl Subject {
    /// All of them, with their keys in a tier of the current shape; the score stands elsewhere.
    pub(super) const KEYS: [(Self, &'static str); 8] = [
        (Self::CoverageMetric, "/coverage_metric"),
        (Self::Coverage, "/min_coverage"),
        (Self::LineCoverage, "/min_line_coverage"),
        (Self::Mutation, "/min_mutation"),
        (Self::Contracts, "/requires_contracts"),
        (Self::Review, "/requires_manual_review"),
        (Self::MaxFiles, "/change_budget/max_files"),
        (Self::MaxLoc, "/change_budget/max_loc"),
    ];

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::CoverageMetric => "what coverage counts",
            Self::Coverage => "least coverage",
            Self::LineCoverage => "least coverage of lines",
            Self::Mutation => "least mutation score",
            Self::Contracts => "contracts",
            Self::Review => "manual review",
            Self::Trust => "least trust score",
            Self::MaxFiles => "most files in a change",
            Self::MaxLoc => "most lines in a change",
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Nobody: what was published holds.
    Default,
    /// The tier policy.
    Policy,
    /// The tier policy, of one profile.
    Profile,
    /// A spec or the configuration, which may only ask for more.
    Override,
}

/// One word on a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Who speaks.
    pub by: By,
    /// The same in full: `tier 2, profile cli`, `spec targets.coverage`.
    pub who: String,
    /// What it says.
    pub value: String,
    /// Where; `None` for what stands in no file.
    pub place: Option<Place>,
}

/// Every word on every number, the one in force last.
pub type Layers = BTreeMap<Subject, Vec<Layer>>;
