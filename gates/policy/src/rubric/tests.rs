use std::collections::BTreeMap;

use caws_evidence::{
    Basis, Comparator, Evidence, Finding, Measurement, Observation, Ratio, Scope, Severity, Verdict,
};
use serde_json::{Value, json};

use super::{Answer, AnswerError, Answers, Conclusion, Outcome, Review, Row, review};
use crate::plan::{
    DocumentRef, GatePlan, PLAN_SCHEMA_VERSION, Plan, Requirement, SpecRef, Subject, TrustPolicy,
};

const GATES: [&str; 6] = [
    "spec",
    "coverage",
    "mutation",
    "contracts",
    "accessibility",
    "performance",
];

fn gate(name: &str) -> GatePlan {
    GatePlan {
        gate: name.to_owned(),
        version: 1,
        method: "m".to_owned(),
        applies: true,
        reason: None,
        term: None,
        requirements: vec![Requirement {
            measurement: "mutation_score".to_owned(),
            comparator: Comparator::AtLeast,
            threshold: 0.5,
            source: "tier 2".to_owned(),
        }],
        params: Value::Null,
        inputs: Vec::new(),
        inputs_sha256: String::new(),
        tools: Vec::new(),
    }
}

fn document() -> DocumentRef {
    DocumentRef {
        path: "p".to_owned(),
        sha256: String::new(),
    }
}

fn plan(profile: &str, tier: u8) -> Plan {
    Plan {
        schema_version: PLAN_SCHEMA_VERSION,
        subject: Subject {
            commit: None,
            tree: "t".to_owned(),
            dirty: false,
        },
        spec: SpecRef {
            path: "s".to_owned(),
            sha256: String::new(),
            id: "A-1".to_owned(),
            title: "A title".to_owned(),
            risk_tier: tier,
            profile: profile.to_owned(),
            acceptance: Vec::new(),
        },
        policy: document(),
        config: document(),
        trust: TrustPolicy {
            threshold: 80,
            terms: Vec::new(),
        },
        gates: GATES.into_iter().map(gate).collect(),
        waivers: None,
    }
}

/// Name, value, and counts behind it.
type Given<'n> = (&'n str, f64, Option<(u64, u64)>);

fn evidence(gate: &str, verdict: Verdict, numbers: &[Given<'_>]) -> Evidence {
    Evidence {
        schema_version: 1,
        gate: gate.to_owned(),
        verdict,
        measurements: numbers
            .iter()
            .map(|(name, value, ratio)| Measurement {
                observation: Observation {
                    name: (*name).to_owned(),
                    value: *value,
                    unit: "ratio".to_owned(),
                    ratio: ratio.map(|(numerator, denominator)| Ratio {
                        numerator,
                        denominator,
                    }),
                    sample_size: None,
                    interval: None,
                    basis: Basis::Reported,
                },
                comparator: None,
                threshold: None,
                met: name.starts_with("budget").then_some(*value > 0.0),
            })
            .collect(),
        findings: Vec::new(),
        scope: Scope::default(),
        tool: None,
        tools: Vec::new(),
        command: Vec::new(),
        exit_code: None,
        key_output: String::new(),
        steps: Vec::new(),
        started: String::new(),
        finished: String::new(),
        commit: None,
        environment: BTreeMap::new(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        plan_sha256: String::new(),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

fn all(verdict: Verdict) -> Vec<Evidence> {
    GATES
        .into_iter()
        .map(|gate| evidence(gate, verdict, &[]))
        .collect()
}

fn reviewed(plan: &Plan, evidence: &[Evidence], spec: Option<&Value>) -> Review {
    review(plan, evidence, spec, &Answers::default()).expect("no answers")
}

fn outcome(review: &Review, row: Row) -> &Outcome {
    review
        .rows
        .iter()
        .find(|found| found.row == row)
        .map(|found| &found.outcome)
        .expect("each row")
}

fn score(review: &Review, row: Row) -> Option<u8> {
    match outcome(review, row) {
        Outcome::Scored { score, .. } => Some(*score),
        Outcome::Open { .. } | Outcome::NotApplicable => None,
    }
}

fn answer(row: Row, score: u8) -> Answer {
    Answer {
        row,
        score,
        by: "Ada".to_owned(),
        why: "I looked".to_owned(),
    }
}

#[test]
fn the_weights_make_41_and_the_maximum_is_82() {
    let weights: u32 = Row::ALL.into_iter().map(Row::weight).sum();
    assert_eq!(weights, 41);
    let review = reviewed(&plan("web-ui", 1), &all(Verdict::Pass), None);
    assert_eq!((review.whole, review.maximum), (82, 82));
    // Spec, contracts, unit, mutation, accessibility, performance passed: 25 of 41.
    assert_eq!((review.points, review.open_points), (50, 32));
    assert_eq!((review.at_least, review.at_most), (61, 100));
    assert_eq!(review.conclusion, Conclusion::Open);
}

#[test]
fn rows_no_gate_can_see_stay_open() {
    let review = reviewed(&plan("web-ui", 1), &all(Verdict::Pass), None);
    for row in [
        Row::Integration,
        Row::EndToEnd,
        Row::Observability,
        Row::Migration,
        Row::Docs,
    ] {
        assert!(
            matches!(outcome(&review, row), Outcome::Open { .. }),
            "{row:?}"
        );
    }
    let ids: Vec<&str> = review.rows.iter().map(|row| row.row.id()).collect();
    assert_eq!(ids, Row::ALL.map(Row::id));
}

#[test]
fn no_evidence_scores_nothing() {
    let review = reviewed(&plan("library", 2), &[], None);
    assert_eq!(review.points, 0);
    assert_eq!(score(&review, Row::Unit), Some(0));
    assert_eq!(review.at_least, 0);
    for verdict in [
        Verdict::Vacuous,
        Verdict::Unmeasured,
        Verdict::Error,
        Verdict::Fail,
    ] {
        let review = reviewed(&plan("library", 2), &all(verdict), None);
        assert_eq!(review.points, 0, "{verdict:?}");
    }
    // Two records of one gate are none.
    let twice = [all(Verdict::Pass), all(Verdict::Pass)].concat();
    assert_eq!(reviewed(&plan("library", 2), &twice, None).points, 0);
}

#[test]
fn part_of_what_is_asked_is_worth_one() {
    let parts = [
        (
            Row::Contracts,
            "contracts",
            vec![("contracts_passed", 0.5, Some((1, 2)))],
        ),
        (
            Row::Unit,
            "coverage",
            vec![("tests_run", 9.0, None), ("tests_failed", 0.0, None)],
        ),
        (
            Row::Mutation,
            "mutation",
            vec![("mutation_score", 0.25, Some((1, 4)))],
        ),
        (
            Row::Accessibility,
            "accessibility",
            vec![("pages_passed", 0.5, Some((1, 2)))],
        ),
        (
            Row::Performance,
            "performance",
            vec![("budget a", 1.0, None), ("budget b", 0.0, None)],
        ),
    ];
    for (row, gate, numbers) in parts {
        for (verdict, expected) in [
            (Verdict::Pass, 2),
            (Verdict::Fail, 1),
            (Verdict::Waived, 1),
            (Verdict::Error, 0),
        ] {
            let left = [evidence(gate, verdict, &numbers)];
            let review = reviewed(&plan("web-ui", 2), &left, None);
            assert_eq!(score(&review, row), Some(expected), "{gate} {verdict:?}");
        }
    }
    for (row, gate, numbers) in [
        (
            Row::Contracts,
            "contracts",
            vec![("contracts_passed", 0.0, Some((0, 2)))],
        ),
        (
            Row::Unit,
            "coverage",
            vec![("tests_run", 9.0, None), ("tests_failed", 1.0, None)],
        ),
        (
            Row::Unit,
            "coverage",
            vec![("tests_run", 0.0, None), ("tests_failed", 0.0, None)],
        ),
        (
            Row::Mutation,
            "mutation",
            vec![("mutation_score", 0.24, Some((24, 100)))],
        ),
        (
            Row::Performance,
            "performance",
            vec![("budget a", 0.0, None)],
        ),
    ] {
        let left = [evidence(gate, Verdict::Fail, &numbers)];
        let review = reviewed(&plan("web-ui", 2), &left, None);
        assert_eq!(score(&review, row), Some(0), "{gate} {numbers:?}");
    }
}

#[test]
fn a_spec_with_warnings_is_worth_one() {
    let mut spec = evidence("spec", Verdict::Pass, &[]);
    assert_eq!(
        score(&reviewed(&plan("cli", 2), &[spec.clone()], None), Row::Spec),
        Some(2)
    );
    spec.findings.push(Finding {
        code: "spec-unmeasured".to_owned(),
        severity: Severity::Warning,
        message: "m".to_owned(),
        place: None,
        expected: None,
        found: None,
        help: None,
    });
    let review = reviewed(&plan("cli", 2), &[spec], None);
    assert_eq!(score(&review, Row::Spec), Some(1));
    assert_eq!(review.rows[0].why, "the gate `spec` passed with a warning");
}

#[test]
fn what_does_not_apply_leaves_the_weights() {
    let mut plan = plan("library", 2);
    plan.gates[4].applies = false;
    plan.gates[4].reason = Some("no pages".to_owned());
    let review = reviewed(&plan, &all(Verdict::Pass), None);
    assert_eq!(
        outcome(&review, Row::Accessibility),
        &Outcome::NotApplicable
    );
    assert_eq!(outcome(&review, Row::EndToEnd), &Outcome::NotApplicable);
    assert_eq!((review.maximum, review.whole), (70, 82));
    // What nobody planned is a question, not a pass and not a nought.
    plan.gates.truncate(3);
    let review = reviewed(&plan, &all(Verdict::Pass), None);
    assert!(matches!(
        outcome(&review, Row::Performance),
        Outcome::Open { .. }
    ));
}

#[test]
fn what_the_spec_lacks_is_seen_in_the_evidence() {
    let silent = json!({"observability": {"logs": [], "metrics": [""]}, "blast_radius": {"data_migration": true}, "migrations": []});
    let first = reviewed(&plan("library", 1), &[], Some(&silent));
    assert_eq!(score(&first, Row::Observability), Some(0));
    assert_eq!(score(&first, Row::Migration), Some(0));
    let second = reviewed(&plan("library", 2), &[], Some(&silent));
    assert_eq!(score(&second, Row::Observability), None);
    let said = json!({"observability": {"logs": ["each request"]}, "blast_radius": {"data_migration": true}, "migrations": ["add a column"]});
    let first = reviewed(&plan("library", 1), &[], Some(&said));
    assert_eq!(score(&first, Row::Observability), None);
    assert_eq!(score(&first, Row::Migration), None);
}

#[test]
fn a_person_answers_what_is_open_and_nothing_else() {
    let plan = plan("library", 2);
    let passed = all(Verdict::Pass);
    let with = |answers: Vec<Answer>| review(&plan, &passed, None, &Answers { answers });
    let open = [
        Row::Integration,
        Row::Observability,
        Row::Migration,
        Row::Docs,
    ];
    let full = with(open.map(|row| answer(row, 2)).to_vec()).expect("open rows");
    assert_eq!((full.points, full.maximum, full.at_least), (76, 76, 100));
    assert_eq!(full.conclusion, Conclusion::Reached);
    assert_eq!(
        outcome(&full, Row::Docs),
        &Outcome::Scored {
            score: 2,
            by: "Ada".to_owned()
        }
    );
    let none = with(open.map(|row| answer(row, 0)).to_vec()).expect("open rows");
    assert_eq!((none.at_least, none.at_most), (66, 66));
    assert_eq!(none.conclusion, Conclusion::Missed);
    let refused = |answers: Vec<Answer>| with(answers).expect_err("refused").to_string();
    assert_eq!(
        refused(vec![answer(Row::Mutation, 0)]),
        "the row `mutation` is answered with 0, and evidence gives it 2 (the gate `mutation` passed); remove the answer, or mend what was measured"
    );
    assert!(refused(vec![answer(Row::EndToEnd, 2)]).contains("does not apply"));
    assert_eq!(
        with(vec![answer(Row::Docs, 1), answer(Row::Docs, 1)]),
        Err(AnswerError::Twice("docs"))
    );
    assert_eq!(
        refused(vec![answer(Row::Docs, 3)]),
        "the row `docs` is answered with 3; write 0, 1 or 2"
    );
    let blank = Answer {
        by: " ".to_owned(),
        ..answer(Row::Docs, 1)
    };
    assert_eq!(
        with(vec![blank]),
        Err(AnswerError::Blank {
            row: "docs",
            key: "by"
        })
    );
}

#[test]
fn a_review_reads_back_as_it_was_written() {
    let review = reviewed(&plan("web-ui", 2), &all(Verdict::Fail), None);
    let text = serde_json::to_string(&review).expect("it serialises");
    assert_eq!(
        serde_json::from_str::<Review>(&text).expect("it parses"),
        review
    );
}
