//! Whether evidence is of the run its manifest tells of: measured on its commit, in its time.
//!
//! What the cache answered was measured before the run, and perhaps on another commit: its inputs are the same.

use caws_attest::keyring::CLOCK_SKEW;
use caws_evidence::manifest::GateEntry;
use caws_evidence::{Evidence, Manifest, codes};
use caws_policy::record::UNCOMMITTED;
use jiff::Timestamp;

use crate::report::{Findings, Problem};

/// Checks the evidence of one gate, whose record lies at `path`.
pub(crate) fn check(
    manifest: &Manifest,
    entry: &GateEntry,
    evidence: &Evidence,
    path: &str,
    findings: &mut Findings,
) {
    let mut say = |message: &str, expected: String, found: String| {
        findings.error(Problem {
            code: codes::RECORD_INCONSISTENT,
            path,
            message: message.to_owned(),
            expected,
            found,
            help: "the evidence was not made by this run; measure again",
        });
    };
    let commit = evidence.commit.as_deref().unwrap_or(UNCOMMITTED);
    if !entry.cached && commit != manifest.commit {
        say(
            "the evidence is of another commit",
            format!("commit {}", manifest.commit),
            format!("commit {commit}"),
        );
    }
    let run = &manifest.caws;
    let (measured, expected) = if entry.cached {
        let expected = format!("from the cache, up to {}, when the run began", run.started);
        (before(&evidence.finished, &run.started), expected)
    } else {
        let within =
            before(&run.started, &evidence.started) && before(&evidence.finished, &run.finished);
        let expected = format!("from {} to {}, during the run", run.started, run.finished);
        (within, expected)
    };
    if !(measured && before(&evidence.started, &evidence.finished)) {
        say(
            "the evidence was not measured when the run says",
            expected,
            format!("from {} to {}", evidence.started, evidence.finished),
        );
    }
}

/// Whether `a` is not after `b`, as far as clocks agree; never for what is no time.
fn before(a: &str, b: &str) -> bool {
    let (Ok(a), Ok(b)) = (a.parse::<Timestamp>(), b.parse::<Timestamp>()) else {
        return false;
    };
    a <= b.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX)
}
