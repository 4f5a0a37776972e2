//! Records as a run leaves them.

mod common;

use caws_evidence::Verdict;
use caws_verify::{Limits, Options, Reproduced, Score, SignatureState};
use common::{options, public, said, verify, whole};

#[test]
fn a_sealed_record_is_verified_gate_by_gate() {
    let report = verify(&whole().sealed(1), &options());
    assert_eq!(said(&report), []);
    assert!(report.ok);
    assert_eq!(report.schema_version, 1);
    assert_eq!(report.signature, SignatureState::Valid);
    assert_eq!(
        report.key.as_deref(),
        Some(public(1).fingerprint().as_str())
    );
    assert_eq!(report.commit.as_deref(), Some(common::COMMIT));
    assert_eq!(report.dirty, Some(false));
    assert_eq!(report.files, 7, "plan, three records, three raw outputs");
    // 50 of 50 weights: coverage .8 + .2 * (.9 - .8) / .15, mutation full marks.
    let score = Score {
        claimed: 97,
        recomputed: Some(97),
        threshold: 80,
        passed: true,
    };
    assert_eq!(report.score, Some(score));
    let names: Vec<_> = report.gates.iter().map(|gate| gate.gate.as_str()).collect();
    assert_eq!(names, ["static", "coverage", "mutation"]);
    for gate in &report.gates {
        assert_eq!(gate.verdict, Some(Verdict::Pass), "{}", gate.gate);
        assert_eq!(gate.signature, SignatureState::Valid);
        assert!(gate.consistent);
        assert_eq!(gate.reproduced, Reproduced::Yes);
        assert_eq!(gate.measured, "2026-11-20T10:00:01Z");
        assert!(!gate.cached);
    }
}

#[test]
fn the_default_bounds_are_what_a_large_run_needs() {
    let limits = Limits {
        document: 67_108_864,
        stored: 536_870_912,
        content: 536_870_912,
        entries: 100_000,
        package: 1_073_741_824,
    };
    assert_eq!(Limits::default(), limits);
    let options = Options::default();
    assert_eq!(options.limits, limits);
    assert!(options.keys.is_empty());
    assert!(!options.allow_unsigned);
}
