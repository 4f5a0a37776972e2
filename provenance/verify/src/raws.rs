//! The raw outputs of a gate: what lies there, inflated, and what it has to be.

use std::collections::{BTreeMap, BTreeSet};

use caws_evidence::manifest::layout;
use caws_evidence::{Evidence, Output, Raw, codes, parallel, sha256_hex};

use crate::gate::{Context, HELP_DIGEST, digest_is, file_missing};
use crate::inflate::{Budget, InflateError, inflate};
use crate::report::{Findings, Problem};
use crate::store::ReadError;

/// An output the evidence names.
struct Named<'a> {
    output: &'a Output,
    /// Relative to the artifacts directory.
    path: String,
    /// Whether it was named before.
    again: bool,
}

/// What lies at its path.
struct Opened {
    sha256: String,
    /// Content and its digest; `None` where other bytes lie there than were recorded.
    content: Option<Result<(Vec<u8>, String), InflateError>>,
}

/// The raw outputs, inflated; `None` where one of them is not what the evidence says. `digests` takes
/// what was hashed.
pub(crate) fn read(
    context: &Context<'_>,
    evidence: &Evidence,
    digests: &mut BTreeMap<String, String>,
    findings: &mut Findings,
) -> Option<Vec<Raw>> {
    let named = named(evidence);
    let mut raws = Vec::with_capacity(named.len());
    let mut complete = true;
    for (named, opened) in named.iter().zip(open(context, &named)) {
        let (output, path) = (named.output, named.path.as_str());
        let opened = match opened {
            None => {
                listed_twice(path, findings);
                complete = false;
                continue;
            }
            Some(Err(error)) => {
                file_missing(path, &error.to_string(), findings);
                complete = false;
                continue;
            }
            Some(Ok(opened)) => opened,
        };
        complete &= digest_is(path, &output.sha256, &opened.sha256, findings);
        digests.insert(path.to_owned(), opened.sha256);
        match opened.content {
            // The digest has said it.
            None => {}
            Some(Ok((bytes, found))) => {
                complete &= digest_is(path, &output.content_sha256, &found, findings);
                raws.push(Raw {
                    role: output.role.clone(),
                    name: output.path.clone(),
                    bytes,
                });
            }
            Some(Err(error)) => {
                not_inflated(path, &output.content_sha256, &error, findings);
                complete = false;
            }
        }
    }
    complete.then_some(raws)
}

fn named(evidence: &Evidence) -> Vec<Named<'_>> {
    let mut paths = BTreeSet::new();
    evidence
        .outputs
        .iter()
        .map(|output| Named {
            output,
            path: format!("{}/{}/{}", layout::EVIDENCE_DIR, evidence.gate, output.path),
            again: !paths.insert(&output.path),
        })
        .collect()
}

/// Opens each output once; `None` for one that was named before.
fn open(context: &Context<'_>, named: &[Named<'_>]) -> Vec<Option<Result<Opened, ReadError>>> {
    let limits = context.options.limits;
    let budget = Budget::of(limits.content);
    let one = |named: &Named<'_>, budget: &Budget| -> Result<Opened, ReadError> {
        let stored = context.store.read(&named.path, limits.stored)?;
        let sha256 = sha256_hex(&stored);
        let content = (sha256 == named.output.sha256).then(|| {
            let content = inflate(&stored, budget)?;
            let digest = sha256_hex(&content);
            Ok((content, digest))
        });
        Ok(Opened { sha256, content })
    };
    let opened = parallel::map(named, |named| (!named.again).then(|| one(named, &budget)));
    let over = |opened: &Option<Result<Opened, ReadError>>| {
        matches!(
            opened,
            Some(Ok(Opened {
                content: Some(Err(InflateError::TooLarge(_))),
                ..
            }))
        )
    };
    if !opened.iter().any(over) {
        return opened;
    }
    // Which of them is too much must depend on their order alone.
    drop(opened);
    let budget = Budget::of(limits.content);
    named
        .iter()
        .map(|named| (!named.again).then(|| one(named, &budget)))
        .collect()
}

fn listed_twice(path: &str, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::RECORD_INCONSISTENT,
        path,
        message: "the evidence names a raw output twice".to_owned(),
        expected: "every raw output once".to_owned(),
        found: "the same path again".to_owned(),
        help: "the record was not written by caws; do not rely on it",
    });
}

fn not_inflated(path: &str, expected: &str, error: &InflateError, findings: &mut Findings) {
    findings.error(Problem {
        code: codes::DIGEST_MISMATCH,
        path,
        message: "the raw output does not inflate to what was recorded".to_owned(),
        expected: format!("content with sha256 {expected}"),
        found: error.to_string(),
        help: HELP_DIGEST,
    });
}
