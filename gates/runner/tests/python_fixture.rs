//! The Python fixture: gated through reports alone, with no Rust anywhere.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use caws_evidence::Verdict;
use caws_runner::{ExitCode, Host, Interrupt, Options, Project, RunOutcome, Silent, plan, run};

/// A copy of the fixture, so that its record lies in a place of the test's own.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/python-textstats");
    copy_into(&from, &dir.path().join("project"));
    dir
}

fn copy_into(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            if entry.file_name() != "artifacts" {
                copy_into(&entry.path(), &target);
            }
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn open(dir: &tempfile::TempDir) -> Project {
    let mut host = Host::from_vars(BTreeMap::new(), 2);
    host.cache = dir.path().join("cache");
    host.keys = None;
    host.path = vec![PathBuf::from("/usr/bin"), PathBuf::from("/bin")];
    Project::open_on(&dir.path().join("project"), host).unwrap()
}

fn gates(project: &Project) -> RunOutcome {
    run(project, &Options::default(), &Silent, &Interrupt::new()).unwrap()
}

fn verdict(outcome: &RunOutcome, gate: &str) -> Verdict {
    outcome
        .evidence
        .iter()
        .find(|one| one.gate == gate)
        .unwrap()
        .verdict
}

#[test]
fn reports_alone_give_a_score() {
    let dir = copy();
    let outcome = gates(&open(&dir));
    for gate in ["spec", "static", "coverage", "mutation", "acceptance"] {
        assert_eq!(
            verdict(&outcome, gate),
            Verdict::Pass,
            "{gate}: {:#?}",
            outcome.evidence
        );
    }
    assert_eq!(outcome.exit, ExitCode::Pass);
    assert!(
        outcome.score.passed && outcome.score.score >= 80,
        "{:#?}",
        outcome.score
    );
    let not_applicable: Vec<&str> = outcome
        .plan
        .gates
        .iter()
        .filter(|gate| !gate.applies)
        .map(|gate| gate.gate.as_str())
        .collect();
    assert_eq!(
        not_applicable,
        [
            "contracts",
            "accessibility",
            "performance",
            "flakes",
            "integrity",
            "scope"
        ]
    );
}

#[test]
fn a8_the_second_run_is_answered_from_the_cache_with_the_time_of_the_first() {
    let dir = copy();
    let project = open(&dir);
    let first = gates(&project);
    let second = gates(&project);
    assert!(first.manifest.caws.gates.iter().all(|gate| !gate.cached));
    // What reads the other gates' results is made anew each time.
    let anew = |gate: &str| gate == "acceptance";
    let gates = &second.manifest.caws.gates;
    assert!(gates.iter().all(|gate| gate.cached != anew(&gate.gate)));
    let cached = |outcome: &RunOutcome| -> Vec<_> {
        let evidence = outcome.evidence.iter();
        evidence.filter(|one| !anew(&one.gate)).cloned().collect()
    };
    assert_eq!(cached(&first), cached(&second));
    let planned = plan(&project, &Options::default()).unwrap();
    assert_eq!(planned.cached.len(), 4);
    assert_eq!(planned.cached[0].measured, first.evidence[0].finished);
}

#[test]
fn a8_a_run_that_nothing_changed_for_takes_less_than_a_second() {
    let dir = copy();
    let project = open(&dir);
    gates(&project);
    // The quickest of three: what else the machine does is no part of it.
    let took = |_| {
        let began = Instant::now();
        gates(&project);
        began.elapsed()
    };
    let quickest = (0..3).map(took).min().unwrap();
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
}

#[test]
fn a7_a_deleted_report_makes_its_gate_unmeasured() {
    let dir = copy();
    std::fs::remove_file(dir.path().join("project/reports/mutmut.json")).unwrap();
    let outcome = gates(&open(&dir));
    assert_eq!(verdict(&outcome, "mutation"), Verdict::Unmeasured);
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Pass);
    assert_eq!(outcome.exit, ExitCode::NotMeasured);
    let mutation = outcome
        .evidence
        .iter()
        .find(|one| one.gate == "mutation")
        .unwrap();
    assert!(
        mutation.findings[0].message.contains("reports/mutmut.json"),
        "{:?}",
        mutation.findings
    );
}
