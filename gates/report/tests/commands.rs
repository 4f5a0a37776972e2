//! What `verify`, `plan` and `validate` print.

mod common;

use caws_evidence::{Comparator, Finding, Place, Severity, ToolIdentity, Verdict};
use caws_policy::Requirement;
use caws_report::plan::{MissingTool, Outlook};
use caws_report::{Palette, junit, plan, verification};
use caws_verify::{GateReport, Held, Report, Reproduced, Rerun, Score, SignatureState};
use common::{digest, finding, mixed};

fn gate(
    name: &str,
    signature: SignatureState,
    consistent: bool,
    reproduced: Reproduced,
) -> GateReport {
    GateReport {
        gate: name.into(),
        verdict: (name != "gone").then_some(Verdict::Pass),
        measured: "2026-08-01T10:00:00Z".into(),
        cached: false,
        signature,
        consistent,
        reproduced,
        rerun: None,
    }
}

fn report() -> Report {
    let mut found = finding(
        "digest-mismatch",
        Severity::Error,
        "a file is not what the record says",
    );
    found.place = Some(Place {
        path: "evidence/coverage/raw/x.gz".into(),
        line: None,
        column: None,
    });
    Report {
        schema_version: 1,
        ok: false,
        signature: SignatureState::Valid,
        key: Some(digest('k')),
        signers: vec![digest('k')],
        commit: Some("0123456789ab".into()),
        dirty: Some(true),
        files: 7,
        score: Some(Score {
            claimed: 91,
            recomputed: None,
            threshold: 80,
            passed: true,
        }),
        gates: vec![
            gate("spec", SignatureState::Valid, true, Reproduced::Yes),
            gate(
                "coverage",
                SignatureState::Invalid,
                false,
                Reproduced::NotAttempted("raw output missing".into()),
            ),
            gate("gone", SignatureState::Missing, false, Reproduced::No),
        ],
        ledger: None,
        findings: vec![found],
    }
}

#[test]
fn verification_prints_three_answers_per_gate() {
    insta::assert_snapshot!(verification::run(&report(), Palette::plain(), false));
    insta::assert_snapshot!("verification_markdown", verification::markdown(&report()));
}

#[test]
fn verification_prints_what_a_second_run_gave() {
    let mut report = report();
    let answers = [
        Rerun::Same,
        Rerun::Agrees,
        Rerun::NotAttempted("not measured here: cargo-mutants is missing".into()),
    ];
    for (gate, answer) in report.gates.iter_mut().zip(answers) {
        gate.rerun = Some(answer);
    }
    insta::assert_snapshot!(verification::run(&report, Palette::plain(), false));
    insta::assert_snapshot!(
        "verification_again_markdown",
        verification::markdown(&report)
    );
    if let Some(gate) = report.gates.first_mut() {
        gate.rerun = Some(Rerun::Differs);
    }
    let shown = verification::run(&report, Palette::plain(), false);
    assert!(shown.contains("✗ differs"), "{shown}");
}

#[test]
fn verification_says_what_the_ledger_says() {
    let mut report = report();
    report.ledger = Some(Held {
        origin: "caws/A-001".into(),
        size: 42,
        root: "AAAA".into(),
        found: 3,
        bundles: 5,
    });
    let line = "ledger caws/A-001, 42 leaves, root AAAA: 3 of 5 bundles stand in it\n\n";
    let shown = verification::run(&report, Palette::plain(), false);
    assert!(shown.contains(line), "{shown}");
    let shown = verification::markdown(&report);
    assert!(shown.contains("3 of 5 bundles stand in it\n\n"), "{shown}");
}

#[test]
fn verification_quiet_is_one_line() {
    assert_eq!(
        verification::run(&report(), Palette::plain(), true),
        "✗ not verified: 7 files checked; trust score 91 claimed, not computed again\n",
    );
}

#[test]
fn verification_says_signed_only_where_it_is() {
    let mut report = Report {
        ok: true,
        findings: Vec::new(),
        dirty: Some(false),
        ..report()
    };
    report.score = Some(Score {
        claimed: 91,
        recomputed: Some(91),
        threshold: 80,
        passed: true,
    });
    let signed = verification::run(&report, Palette::plain(), false);
    assert!(signed.ends_with(
        "✓ verified: 7 files checked, signature valid; trust score 91 computed again, 91 claimed\n"
    ));
    assert!(
        signed.starts_with("record of 0123456789ab\nsignature of the manifest: valid, key kkkk"),
        "{signed}"
    );
    assert!(!verification::markdown(&report).contains("Findings"));
    for (state, word) in [
        (SignatureState::Missing, "missing"),
        (SignatureState::Invalid, "invalid"),
    ] {
        report.signature = state;
        report.key = None;
        report.commit = None;
        report.score = None;
        let shown = verification::run(&report, Palette::plain(), false);
        assert!(
            shown.starts_with(&format!("signature of the manifest: {word}\n")),
            "{shown}"
        );
        assert!(
            shown.ends_with("✓ consistent and reproduced, but not signed: 7 files checked\n"),
            "{shown}"
        );
    }
}

#[test]
fn plan_says_what_would_run_and_what_would_pass() {
    let mut view = mixed();
    view.plan.gates[1].tools = vec![ToolIdentity {
        name: "cargo-llvm-cov".into(),
        version: "0.9.1".into(),
        sha256: digest('a'),
    }];
    view.plan.gates[4].requirements = vec![Requirement {
        measurement: "pages_passed".into(),
        comparator: Comparator::Equal,
        threshold: 1.0,
        source: "tier 2".into(),
    }];
    view.plan.gates[5].requirements = vec![
        Requirement {
            measurement: "a".into(),
            comparator: Comparator::AtMost,
            threshold: 0.5,
            source: "config".into(),
        },
        Requirement {
            measurement: "b".into(),
            comparator: Comparator::Equal,
            threshold: 0.0,
            source: "config".into(),
        },
    ];
    let outlook = Outlook {
        cached: [("spec".to_owned(), "2026-08-01T10:00:00Z".to_owned())].into(),
        missing: vec![MissingTool {
            gate: "mutation".into(),
            tool: "cargo-mutants".into(),
            wanted: "27.1.0".into(),
            mend: "cargo install --locked cargo-mutants --version 27.1.0".into(),
        }],
        unconfigured: vec!["audio".into()],
    };
    insta::assert_snapshot!(plan::run(&view.plan, &outlook, Palette::plain()));
    insta::assert_snapshot!("plan_markdown", plan::markdown(&view.plan, &outlook));
    let document: serde_json::Value =
        serde_json::from_str(&plan::json(&view.plan, &outlook).unwrap()).unwrap();
    assert_eq!(
        (&document["schema_version"], &document["kind"]),
        (&1.into(), &"plan".into())
    );
    assert_eq!(document["cached"]["spec"], "2026-08-01T10:00:00Z");
    assert_eq!(document["missing"][0]["tool"], "cargo-mutants");
    assert_eq!(document["plan"]["gates"][1]["gate"], "coverage");
}

#[test]
fn a_plan_names_the_waivers_that_hold() {
    let mut view = mixed();
    view.plan.waivers = Some(
        serde_json::from_value(serde_json::json!({
            "rules": { "max_active": 1, "max_days": 30, "never": [], "approvers": [] },
            "active": [{
                "waiver": {
                    "id": "WV-0001", "gate": "flakes", "reason": "a tool that is being replaced",
                    "owner": { "name": "Ada" }, "approver": "Grace",
                    "created": "2026-01-01T00:00:00Z", "expires": "2026-01-10T00:00:00Z",
                    "compensating_control": "run twice", "scope": { "spec": "A-1" },
                    "commits": { "from": "0123456789012345678901234567890123456789" }
                },
                "bundle_sha256": "00", "lineage_sha256": "11"
            }]
        }))
        .unwrap(),
    );
    let outlook = Outlook::default();
    let told = plan::run(&view.plan, &outlook, Palette::plain());
    let line =
        "waiver WV-0001: `flakes` may fail until 2026-01-10T00:00:00Z; the score ends at 79\n";
    assert!(told.ends_with(line), "{told}");
    let table = plan::markdown(&view.plan, &outlook);
    let item = "|\n\n- waiver WV-0001: \\`flakes\\` may fail until 2026-01-10T00:00:00Z; the score ends at 79\n";
    assert!(table.ends_with(item), "{table}");
}

#[test]
fn junit_of_findings_fails_for_errors_alone() {
    let mut error = Finding {
        found: Some("<none>".into()),
        ..finding("document-schema", Severity::Error, "no title")
    };
    error.place = Some(Place {
        path: "spec.yaml".into(),
        line: Some(3),
        column: None,
    });
    let warning = finding("spec-path-missing", Severity::Warning, "nothing there");
    insta::assert_snapshot!(junit::findings("validate", &[error, warning]));
    insta::assert_snapshot!("junit_no_findings", junit::findings("validate", &[]));
}
