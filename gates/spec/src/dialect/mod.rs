//! The generations of working specs in circulation: which one a document belongs to, by what stands in
//! it, and the rules of that generation.

mod clues;
#[cfg(test)]
mod tests;

use std::fmt;

use caws_evidence::{Finding, Severity, codes};

use crate::document::Document;
use crate::notice::{Details as _, warning};
use crate::rules::{against, validate_spec};
use crate::schema::{Embedded, WORKING_SPEC};

pub use clues::{Clue, Recognition, recognise};

/// A generation of working specs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Ours.
    Current,
    /// The published version 1.0, a part of the current one.
    V1,
    /// `spec.v1`, of the CLI 11 on.
    SpecV1,
    /// Specs with a hardening checklist.
    Hardening,
    /// The CLI 9.x.
    Cli9,
    /// The CLI 5.x.
    Cli5,
    /// The CLI 3.x.
    Cli3,
    /// What came before a schema was published.
    Legacy,
}

impl Dialect {
    /// All of them; of two with the same evidence the earlier one is meant.
    pub const ALL: [Self; 8] = [
        Self::Current,
        Self::V1,
        Self::SpecV1,
        Self::Hardening,
        Self::Cli9,
        Self::Cli5,
        Self::Cli3,
        Self::Legacy,
    ];

    /// Its name in documents for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::V1 => "v1.0",
            Self::SpecV1 => "spec.v1",
            Self::Hardening => "hardening",
            Self::Cli9 => "cli-9",
            Self::Cli5 => "cli-5",
            Self::Cli3 => "cli-3",
            Self::Legacy => "legacy",
        }
    }

    /// Whether the current schema takes every document of it.
    #[must_use]
    pub fn is_current(self) -> bool {
        matches!(self, Self::Current | Self::V1)
    }

    /// What it asks for.
    fn schemas(self) -> &'static [Embedded] {
        match self {
            Self::Current => std::slice::from_ref(&WORKING_SPEC),
            Self::V1 => std::slice::from_ref(&V1),
            Self::SpecV1 => &SPEC_V1,
            Self::Hardening => std::slice::from_ref(&HARDENING),
            Self::Cli9 => std::slice::from_ref(&CLI_9),
            Self::Cli5 => std::slice::from_ref(&CLI_5),
            Self::Cli3 => std::slice::from_ref(&CLI_3),
            Self::Legacy => std::slice::from_ref(&LEGACY),
        }
    }

    /// What a document lacks by the rules of this generation.
    #[must_use]
    pub fn faults(self, document: &Document) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .schemas()
            .iter()
            .flat_map(|schema| against(document, schema))
            .collect();
        findings.sort_by_key(place);
        findings.dedup();
        findings
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "the current dialect",
            Self::V1 => "version 1.0",
            Self::SpecV1 => "spec.v1",
            Self::Hardening => "the hardening dialect",
            Self::Cli9 => "the dialect of the CLI 9.x",
            Self::Cli5 => "the dialect of the CLI 5.x",
            Self::Cli3 => "the dialect of the CLI 3.x",
            Self::Legacy => "the oldest dialect",
        })
    }
}

static V1: Embedded = Embedded::new(include_str!("schemas/v1.0.json"));
static SPEC_V1: [Embedded; 2] = [
    Embedded::new(include_str!("schemas/spec-v1.json")),
    Embedded::new(include_str!("schemas/spec-v1-rules.json")),
];
static HARDENING: Embedded = Embedded::new(include_str!("schemas/hardening.json"));
static CLI_9: Embedded = Embedded::new(include_str!("schemas/cli-9.json"));
static CLI_5: Embedded = Embedded::new(include_str!("schemas/cli-5.json"));
static CLI_3: Embedded = Embedded::new(include_str!("schemas/cli-3.json"));
static LEGACY: Embedded = Embedded::new(include_str!("schemas/legacy.json"));

/// Judges a spec of any generation.
///
/// A document of the current dialect is held against it. Any other is held against the rules of its
/// own generation, whose breaches are errors; what keeps it from being a spec of the current dialect is
/// a warning. The first finding says which generation it is, and why.
#[must_use]
pub fn examine(document: &Document) -> (Recognition, Vec<Finding>) {
    let recognition = recognise(document);
    let dialect = recognition.dialect;
    if dialect == Dialect::Current {
        let findings = validate_spec(document).findings;
        return (recognition, findings);
    }
    let mut findings = vec![said(document, &recognition)];
    if dialect == Dialect::V1 {
        findings.extend(validate_spec(document).findings);
        return (recognition, findings);
    }
    let own = dialect.faults(document);
    let ours: Vec<Finding> = validate_spec(document)
        .findings
        .into_iter()
        .filter(|ours| {
            !own.iter()
                .any(|own| (place(own), &own.message) == (place(ours), &ours.message))
        })
        .map(|ours| Finding {
            severity: Severity::Warning,
            message: format!("for the current dialect: {}", ours.message),
            ..ours
        })
        .collect();
    let mut rest: Vec<Finding> = own.into_iter().chain(ours).collect();
    rest.sort_by_key(place);
    findings.extend(rest);
    (recognition, findings)
}

/// Says of which other generation a document is; nothing of one the current dialect takes.
#[must_use]
pub fn note(document: &Document) -> Option<Finding> {
    let recognition = recognise(document);
    (!recognition.dialect.is_current()).then(|| said(document, &recognition))
}

fn said(document: &Document, recognition: &Recognition) -> Finding {
    let dialect = recognition.dialect;
    let reasons: Vec<String> = recognition
        .because
        .iter()
        .map(|clue| clue.with_line(document))
        .collect();
    let finding = warning(
        codes::SPEC_DIALECT,
        document.place_of(""),
        format!("recognised as {dialect} because {}", reasons.join(", ")),
    );
    let finding = Finding {
        severity: Severity::Note,
        ..finding
    };
    if dialect == Dialect::V1 {
        finding
    } else {
        finding
            .expected("a spec of any generation; gates run on the current dialect")
            .found(dialect.to_string())
            .help(format!(
                "`caws migrate {}` shows it in the current dialect",
                document.path()
            ))
    }
}

fn place(finding: &Finding) -> (Option<u32>, Option<u32>) {
    finding
        .place
        .as_ref()
        .map_or((None, None), |place| (place.line, place.column))
}
