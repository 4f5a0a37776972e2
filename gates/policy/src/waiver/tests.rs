mod file;
mod judge;
mod lineage;
mod properties;
mod shape;

use caws_evidence::{Evidence, Finding, Place, Severity, Verdict, codes};

use super::*;
use crate::plan::Plan;
use crate::score::tests::{empty_evidence, empty_plan};

const NOW: &str = "2026-11-20T12:00:00Z";
const FROM: &str = "0123456789abcdef0123456789abcdef01234567";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(letter: char) -> String {
    letter.to_string().repeat(64)
}

fn waiver() -> Waiver {
    Waiver {
        id: "WV-1".to_owned(),
        gate: "coverage".to_owned(),
        reason: "the parser is being replaced".to_owned(),
        owner: Person {
            name: "Olga".to_owned(),
            key: None,
        },
        approver: "Anna".to_owned(),
        created: time("2026-11-14T12:00:00Z"),
        expires: time("2026-11-28T12:00:00Z"),
        compensating_control: "the old parser's tests run beside it".to_owned(),
        scope: Scope {
            spec: "X-001".to_owned(),
            component: None,
            paths: Vec::new(),
        },
        commits: Commits {
            from: FROM.to_owned(),
            to: None,
        },
        ticket: None,
    }
}

fn rules() -> WaiverRules {
    let approver = |name: &str, letter| Approver {
        name: name.to_owned(),
        key: key(letter),
    };
    WaiverRules {
        never: vec!["static".to_owned()],
        approvers: vec![approver("Anna", 'a'), approver("Bert", 'b')],
        ..WaiverRules::default()
    }
}

fn planned(waivers: &[Waiver]) -> Plan {
    Plan {
        waivers: Some(Waivers {
            rules: rules(),
            active: waivers
                .iter()
                .map(|waiver| ActiveWaiver {
                    waiver: waiver.clone(),
                    bundle_sha256: String::new(),
                    lineage_sha256: String::new(),
                })
                .collect(),
        }),
        ..empty_plan()
    }
}

fn finding(path: Option<&str>, severity: Severity) -> Finding {
    Finding {
        code: codes::BRANCH_UNREACHED.to_owned(),
        severity,
        message: String::new(),
        place: path.map(|path| Place {
            path: path.to_owned(),
            line: Some(1),
            column: None,
        }),
        expected: None,
        found: None,
        help: None,
    }
}

fn left(verdict: Verdict, findings: Vec<Finding>) -> Evidence {
    Evidence {
        findings,
        ..empty_evidence("coverage", verdict)
    }
}

fn waived(waivers: &[Waiver], verdict: Verdict, findings: Vec<Finding>) -> (Verdict, Vec<String>) {
    let mut evidence = left(verdict, findings);
    waive(&planned(waivers), &mut evidence);
    (evidence.verdict, evidence.waivers)
}

#[test]
fn only_what_failed_or_was_not_measured_is_waived() {
    for verdict in [Verdict::Fail, Verdict::Unmeasured] {
        let expected = (Verdict::Waived, vec!["WV-1".to_owned()]);
        assert_eq!(waived(&[waiver()], verdict, Vec::new()), expected);
    }
    for verdict in [Verdict::Pass, Verdict::Vacuous, Verdict::Error] {
        assert_eq!(
            waived(&[waiver()], verdict, Vec::new()),
            (verdict, Vec::new())
        );
    }
    let other = Waiver {
        gate: "mutation".to_owned(),
        ..waiver()
    };
    let none = (Verdict::Fail, Vec::new());
    assert_eq!(waived(&[other], Verdict::Fail, Vec::new()), none);
    assert_eq!(waived(&[], Verdict::Fail, Vec::new()), none);
}

#[test]
fn a_waiver_for_some_paths_covers_only_what_lies_in_them() {
    let mut some = waiver();
    some.scope.paths = vec!["src/a".to_owned(), "src/lib.rs".to_owned()];
    some.scope.component = Some("crates/one/".to_owned());
    let covers = |findings: &[(Option<&str>, Severity)]| {
        let findings = findings
            .iter()
            .map(|(path, severity)| finding(*path, *severity))
            .collect();
        waived(&[some.clone()], Verdict::Fail, findings).0 == Verdict::Waived
    };
    use Severity::{Error, Note, Warning};
    for (findings, expected) in [
        (vec![(Some("src/a/x.rs"), Error)], true),
        (vec![(Some("src/a"), Warning)], true),
        (vec![(Some("crates/one/src/lib.rs"), Error)], true),
        // The threshold itself has no place.
        (vec![(None, Error), (Some("src/lib.rs"), Warning)], true),
        (vec![(Some("src/ab/x.rs"), Error)], false),
        (
            vec![(Some("src/a/x.rs"), Error), (Some("src/b.rs"), Warning)],
            false,
        ),
        // A branch that was never taken is a note.
        (vec![(None, Error), (Some("src/a/x.rs"), Note)], true),
        (
            vec![
                (None, Error),
                (Some("src/a/x.rs"), Note),
                (Some("src/b.rs"), Note),
            ],
            false,
        ),
        (vec![(None, Error)], false),
        (vec![(Some("src/a/x.rs"), Error); 19], true),
        // The list may have been cut.
        (vec![(Some("src/a/x.rs"), Error); 20], false),
        (vec![], false),
    ] {
        assert_eq!(covers(&findings), expected, "{findings:?}");
    }
}

#[test]
fn a_waiver_that_waives_nothing_is_said() {
    let plan = planned(&[waiver()]);
    let mut covered = left(Verdict::Fail, Vec::new());
    waive(&plan, &mut covered);
    assert_eq!(unmatched(&plan, &[covered]), []);
    for (verdict, found) in [
        (Verdict::Pass, "it passed"),
        (
            Verdict::Error,
            "it examined nothing or broke, which no waiver covers",
        ),
    ] {
        let said = unmatched(&plan, &[left(verdict, Vec::new())]);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].code, codes::WAIVER_UNMATCHED);
        assert_eq!(said[0].severity, Severity::Warning);
        assert_eq!(said[0].found.as_deref(), Some(found));
    }
    // Its gate was no part of the run.
    assert_eq!(unmatched(&plan, &[]), []);
}

#[test]
fn an_active_waiver_caps_the_score_also_where_it_waives_nothing() {
    let evidence = [left(Verdict::Pass, Vec::new())];
    let score = crate::trust_score(&planned(&[waiver()]), &evidence);
    assert_eq!(score.cap, Some(79));
    let score = crate::trust_score(&planned(&[]), &evidence);
    assert_eq!(score.cap, None);
}
