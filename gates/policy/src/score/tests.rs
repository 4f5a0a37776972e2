mod properties;

use caws_evidence::{Basis, Comparator, Evidence, Measurement, Observation, Ratio, Scope, Verdict};
use serde_json::Value;

use super::{TrustScore, trust_score};
use crate::plan::{
    DocumentRef, GatePlan, PLAN_SCHEMA_VERSION, Plan, Requirement, SpecRef, Subject, Term,
    TermPolicy, TrustPolicy,
};

/// What a term's gate left behind.
#[derive(Debug, Clone, Copy)]
enum Left {
    /// The term does not apply.
    NotApplicable,
    /// No evidence at all.
    Nothing,
    /// A bare number.
    Value(f64),
    /// Counts; for performance, budgets met and stated.
    Counts(u64, u64),
    /// Counts, under a waiver.
    Waived(u64, u64),
    /// Full counts under a verdict that takes them back.
    Void(Verdict),
}
use Left::{Counts, NotApplicable, Nothing, Value as Bare, Void, Waived};

const GATES: [(&str, Term, u32, &str); 6] = [
    ("coverage", Term::Coverage, 25, "branch_coverage"),
    ("mutation", Term::Mutation, 25, "mutation_score"),
    ("contracts", Term::Contracts, 20, "contracts_passed"),
    ("accessibility", Term::Accessibility, 10, "pages_passed"),
    ("performance", Term::Performance, 10, "budgets_met"),
    ("flakes", Term::Flakes, 10, "flake_rate"),
];

const TIER_1: (&str, &str, u32) = ("0.9", "0.7", 85);
const TIER_2: (&str, &str, u32) = ("0.8", "0.5", 80);
const TIER_3: (&str, &str, u32) = ("0.7", "0.3", 80);

fn requirement(name: String) -> Requirement {
    Requirement {
        measurement: name,
        comparator: Comparator::AtMost,
        threshold: 1.0,
        source: "config".to_owned(),
    }
}

fn gate(name: &str, applies: bool, requirements: Vec<Requirement>) -> GatePlan {
    GatePlan {
        gate: name.to_owned(),
        version: 1,
        method: "m".to_owned(),
        applies,
        reason: None,
        term: None,
        requirements,
        params: Value::Null,
        inputs: Vec::new(),
        inputs_sha256: String::new(),
        tools: Vec::new(),
    }
}

fn measurement(name: &str, value: f64, ratio: Option<Ratio>) -> Measurement {
    Measurement {
        observation: Observation {
            name: name.to_owned(),
            value,
            unit: "ratio".to_owned(),
            ratio,
            sample_size: None,
            interval: None,
            basis: Basis::Reported,
        },
        comparator: None,
        threshold: None,
        met: None,
    }
}

fn evidence(gate: &str, verdict: Verdict, measurements: Vec<Measurement>) -> Evidence {
    Evidence {
        schema_version: 1,
        gate: gate.to_owned(),
        verdict,
        measurements,
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
        environment: Default::default(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        plan_sha256: String::new(),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

fn counted(name: &str, numerator: u64, denominator: u64) -> Vec<Measurement> {
    let value = numerator as f64 / denominator as f64;
    if name != "budgets_met" {
        return vec![measurement(
            name,
            value,
            Some(Ratio {
                numerator,
                denominator,
            }),
        )];
    }
    (0..denominator)
        .map(|index| Measurement {
            comparator: Some(Comparator::AtMost),
            threshold: Some(1.0),
            met: Some(index < numerator),
            ..measurement(&format!("budget{index}"), 0.0, None)
        })
        .collect()
}

/// A plan of one gate for each term, and what the gates left behind.
fn run(
    (coverage, mutation, threshold): (&str, &str, u32),
    left: [Left; 6],
) -> (Plan, Vec<Evidence>) {
    let mut terms = Vec::new();
    let mut gates = Vec::new();
    let mut records = Vec::new();
    for ((name, term, weight, observation), left) in GATES.into_iter().zip(left) {
        let applies = !matches!(left, NotApplicable);
        let (minimum, target) = match term {
            Term::Coverage => (Some(coverage.to_owned()), Some("0.95".to_owned())),
            Term::Mutation => (Some(mutation.to_owned()), Some("0.9".to_owned())),
            _ => (None, None),
        };
        terms.push(TermPolicy {
            term,
            weight,
            measurement: observation.to_owned(),
            minimum,
            target,
            gates: vec![name.to_owned()],
            not_applicable: (!applies).then(|| "no pages".to_owned()),
        });
        let stated = match left {
            Counts(_, stated) | Waived(_, stated) => stated,
            _ => 9,
        };
        let stated = if term == Term::Performance { stated } else { 0 };
        let budgets = (0..stated)
            .map(|index| requirement(format!("budget{index}")))
            .collect();
        gates.push(gate(name, applies, budgets));
        records.extend(match left {
            NotApplicable | Nothing => None,
            Bare(value) => Some(evidence(
                name,
                Verdict::Pass,
                vec![measurement(observation, value, None)],
            )),
            Counts(met, of) => Some(evidence(name, Verdict::Pass, counted(observation, met, of))),
            Waived(met, of) => Some(evidence(
                name,
                Verdict::Waived,
                counted(observation, met, of),
            )),
            Void(verdict) => Some(evidence(name, verdict, counted(observation, 9, 9))),
        });
    }
    let plan = Plan {
        schema_version: PLAN_SCHEMA_VERSION,
        subject: Subject {
            commit: None,
            tree: String::new(),
            dirty: false,
        },
        spec: SpecRef {
            path: String::new(),
            sha256: String::new(),
            id: "T-1".to_owned(),
            title: String::new(),
            risk_tier: 2,
            profile: "backend-api".to_owned(),
            acceptance: Vec::new(),
        },
        policy: DocumentRef {
            path: String::new(),
            sha256: String::new(),
        },
        config: DocumentRef {
            path: String::new(),
            sha256: String::new(),
        },
        trust: TrustPolicy { threshold, terms },
        gates,
        waivers: None,
    };
    (plan, records)
}

/// A plan that asks nothing.
pub(crate) fn empty_plan() -> Plan {
    let (mut plan, _) = run(TIER_2, [NA; 6]);
    plan.gates = vec![gate("coverage", true, Vec::new())];
    plan
}

/// The record of a gate that left nothing but a verdict.
pub(crate) fn empty_evidence(gate: &str, verdict: Verdict) -> Evidence {
    evidence(gate, verdict, Vec::new())
}

/// Coverage and mutation of so many twentieths, at least half asked; where the second is false, the sample could
/// not decide.
pub(crate) fn measured(values: &[(u64, bool)]) -> (Plan, Vec<Evidence>) {
    let (mut plan, mut records) = run(TIER_2, [Counts(0, 20), Counts(0, 20), NA, NA, NA, NA]);
    for (index, (value, decided)) in values.iter().enumerate() {
        let name = GATES[index].3;
        let mut found = measurement(name, *value as f64 / 20.0, Some(ratio(*value, 20)));
        found.comparator = Some(Comparator::AtLeast);
        found.threshold = Some(0.5);
        found.met = decided.then_some(*value >= 10);
        plan.gates[index].requirements = vec![Requirement {
            comparator: Comparator::AtLeast,
            threshold: 0.5,
            ..requirement(name.to_owned())
        }];
        records[index].verdict = match found.met {
            Some(true) => Verdict::Pass,
            Some(false) => Verdict::Fail,
            None => Verdict::Unmeasured,
        };
        records[index].measurements = vec![found];
    }
    (plan, records)
}

fn score_of(tier: (&str, &str, u32), left: [Left; 6]) -> TrustScore {
    let (plan, records) = run(tier, left);
    trust_score(&plan, &records)
}

fn ratio(numerator: u64, denominator: u64) -> Ratio {
    Ratio {
        numerator,
        denominator,
    }
}

const ONE: Left = Counts(1, 1);
const NONE: Left = Counts(0, 1);
const NA: Left = NotApplicable;

/// Each line by hand: weights 25 25 20 10 10 10; coverage, mutation, contracts, pages, budgets, flakes.
#[test]
fn p1_scores_computed_by_hand() {
    let lost = |verdict| Void(verdict);
    for (number, (tier, left, score)) in [
        // Everything at its best; the published sum of floats gave 0.9999999999999999 and printed 99.
        (TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE], 100),
        // No evidence at all, for which the published program printed 99.
        (
            TIER_2,
            [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing],
            0,
        ),
        (TIER_1, [Nothing, Nothing, Nothing, NA, Nothing, Nothing], 0),
        // Targets reached: 95 of 100 and 9 of 10.
        (
            TIER_2,
            [Counts(95, 100), Counts(9, 10), ONE, ONE, ONE, NONE],
            100,
        ),
        // Tier 2's minima, 0.8 and 0.5: 25*0.8 + 25*0.8 + 50 = 90.
        (
            TIER_2,
            [Counts(80, 100), Counts(1, 2), ONE, ONE, ONE, NONE],
            90,
        ),
        // The same as floats.
        (TIER_2, [Bare(0.8), Bare(0.5), ONE, ONE, ONE, Bare(0.0)], 90),
        // The same without pages: (20 + 20 + 40) / 90 = 88.9.
        (
            TIER_2,
            [Counts(80, 100), Counts(1, 2), ONE, NA, ONE, NONE],
            89,
        ),
        // Half of the minimum is worth 0.4: (10 + 65) / 90 = 83.3.
        (TIER_2, [Counts(40, 100), ONE, ONE, NA, ONE, NONE], 83),
        // Half of the way to the target is worth 0.9, twice: (22.5 + 22.5 + 40) / 90 = 94.4.
        (
            TIER_2,
            [Counts(875, 1000), Counts(7, 10), ONE, NA, ONE, NONE],
            94,
        ),
        // 0.65 of mutants: 0.8 + 0.2 * 0.15 / 0.4 = 0.875; (25 + 21.875 + 40) / 90 = 96.5.
        (TIER_2, [ONE, Counts(65, 100), ONE, NA, ONE, NONE], 97),
        // One contract of two: (50 + 10 + 20) / 90 = 88.9.
        (TIER_2, [ONE, ONE, Counts(1, 2), NA, ONE, NONE], 89),
        // Eight budgets of nine: (70 + 80/9 + 10) / 90 = 98.8.
        (TIER_2, [ONE, ONE, ONE, NA, Counts(8, 9), NONE], 99),
        // No budget met: 80 / 90 = 88.9.
        (TIER_2, [ONE, ONE, ONE, NA, Counts(0, 9), NONE], 89),
        // Flake rates at and beyond both limits: 90, 85, 85, 80 of 90.
        (TIER_2, [ONE, ONE, ONE, NA, ONE, Counts(5, 1000)], 100),
        (TIER_2, [ONE, ONE, ONE, NA, ONE, Counts(6, 1000)], 94),
        (TIER_2, [ONE, ONE, ONE, NA, ONE, Bare(0.05)], 94),
        (TIER_2, [ONE, ONE, ONE, NA, ONE, Bare(0.051)], 89),
        // A number that does not exist is worth nothing: 65, 65, 70 of 90.
        (
            TIER_2,
            [lost(Verdict::Unmeasured), ONE, ONE, NA, ONE, NONE],
            72,
        ),
        (
            TIER_2,
            [ONE, lost(Verdict::Vacuous), ONE, NA, ONE, NONE],
            72,
        ),
        (TIER_2, [ONE, ONE, lost(Verdict::Error), NA, ONE, NONE], 78),
        (
            TIER_2,
            [ONE, ONE, ONE, NA, lost(Verdict::Unmeasured), NONE],
            89,
        ),
        (TIER_2, [ONE, ONE, ONE, NA, ONE, lost(Verdict::Error)], 89),
        (TIER_2, [ONE, Nothing, ONE, NA, ONE, NONE], 72),
        // Failing is worth what was measured.
        (TIER_2, [Void(Verdict::Fail), ONE, ONE, ONE, ONE, NONE], 100),
        // Pages: half of them, none of them.
        (TIER_2, [ONE, ONE, ONE, Counts(1, 2), ONE, NONE], 95),
        (TIER_2, [ONE, ONE, ONE, Counts(0, 3), ONE, NONE], 90),
        // Halves are rounded up: 80 + 20 * 3/8 = 87.5; 80 + 20 * 1/8 = 82.5; and just below.
        (TIER_2, [ONE, ONE, Counts(3, 8), ONE, ONE, NONE], 88),
        (TIER_2, [ONE, ONE, Counts(1, 8), ONE, ONE, NONE], 83),
        (
            TIER_2,
            [ONE, ONE, Counts(37_499, 100_000), ONE, ONE, NONE],
            87,
        ),
        // The figures of the published manifest: coverage 0.2301, flake rate 0.14: 5.7525 + 65 = 70.75.
        (TIER_2, [Bare(0.2301), ONE, ONE, ONE, ONE, Bare(0.14)], 71),
        // A third is exact: 25 / 3 + 75 = 83.33.
        (TIER_2, [Counts(1, 3), ONE, ONE, ONE, ONE, NONE], 83),
        // Tier 1's minima: 20 + 20 + 50.
        (
            TIER_1,
            [Counts(9, 10), Counts(7, 10), ONE, ONE, ONE, NONE],
            90,
        ),
        // Below them: 25*0.8*0.85/0.9 + 25*0.8*0.6/0.7 + 50 = 18.89 + 17.14 + 50 = 86.03.
        (
            TIER_1,
            [Counts(85, 100), Counts(6, 10), ONE, ONE, ONE, NONE],
            86,
        ),
        // A library of tier 3: (25*0.8*0.6/0.7 + 20 + 10) / 60 = 78.57.
        (TIER_3, [Counts(6, 10), Counts(3, 10), NA, NA, NA, NONE], 79),
        // What applies alone is all there is.
        (TIER_3, [NA, NA, NA, NA, NA, Counts(1, 100)], 50),
        (TIER_3, [NA, NA, NA, NA, NA, NA], 0),
        // 10 + 25 + 50 = 85, and no more than 79 under a waiver; a lower score stays.
        (TIER_2, [ONE, Waived(1, 4), ONE, ONE, ONE, NONE], 79),
        (TIER_2, [NONE, Waived(0, 4), ONE, ONE, ONE, NONE], 50),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(score_of(tier, left).score, score, "line {number}: {left:?}");
    }
}

#[test]
fn a_run_passes_at_its_threshold_and_not_below() {
    // 25*0.4 + 25*0.8 + 50 = 80.
    let at = score_of(TIER_2, [Counts(40, 100), Counts(1, 2), ONE, ONE, ONE, NONE]);
    assert_eq!(
        (at.score, at.threshold, at.passed, at.blocking.len()),
        (80, 80, true, 0)
    );
    let below = score_of(TIER_2, [Counts(37, 100), Counts(1, 2), ONE, ONE, ONE, NONE]);
    assert_eq!((below.score, below.passed), (79, false));
    let tier_1 = score_of(
        TIER_1,
        [Counts(45, 100), Counts(7, 10), ONE, ONE, ONE, NONE],
    );
    assert_eq!(
        (tier_1.score, tier_1.threshold, tier_1.passed),
        (80, 85, false)
    );
}

#[test]
fn a_gate_blocks_unless_it_passed_or_is_waived() {
    for verdict in [
        Verdict::Fail,
        Verdict::Vacuous,
        Verdict::Unmeasured,
        Verdict::Error,
    ] {
        let score = score_of(TIER_2, [ONE, ONE, ONE, ONE, ONE, Void(verdict)]);
        assert_eq!(score.blocking, ["flakes"], "{verdict:?}");
        assert!(!score.passed);
        assert!(score.score >= 80, "the score alone would pass");
    }
    let score = score_of(TIER_2, [Nothing, ONE, ONE, ONE, ONE, Nothing]);
    assert_eq!(score.blocking, ["coverage", "flakes"]);
    let score = score_of(TIER_2, [ONE, ONE, ONE, NA, ONE, NONE]);
    assert_eq!((score.blocking.len(), score.passed), (0, true));
}

#[test]
fn a_waiver_caps_and_does_not_block() {
    let score = score_of(TIER_2, [ONE, ONE, ONE, ONE, ONE, Waived(0, 1)]);
    assert_eq!(
        (score.score, score.cap, score.blocking.len(), score.passed),
        (79, Some(79), 0, false)
    );
    let (mut plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    assert_eq!(trust_score(&plan, &records).cap, None);
    records[0].waivers.push("W-1".to_owned());
    assert_eq!(trust_score(&plan, &records).cap, Some(79));
    plan.trust.threshold = 79;
    assert!(trust_score(&plan, &records).passed);
    // A record of a gate that does not apply waives nothing.
    plan.gates[0].applies = false;
    assert_eq!(trust_score(&plan, &records).cap, None);
}

#[test]
fn a_gate_outside_the_terms_blocks_without_a_score() {
    let (mut plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    plan.gates.push(gate("static", true, Vec::new()));
    let score = trust_score(&plan, &records);
    assert_eq!((score.score, score.passed), (100, false));
    assert_eq!(score.blocking, ["static"]);
    records.push(evidence("static", Verdict::Pass, Vec::new()));
    assert!(trust_score(&plan, &records).passed);
}

#[test]
fn two_records_of_a_gate_are_none() {
    let (plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    records.push(records[0].clone());
    let score = trust_score(&plan, &records);
    assert_eq!(
        (score.score, score.blocking.as_slice()),
        (75, ["coverage".to_owned()].as_slice())
    );
    assert_eq!(
        score.terms[0].note,
        "not measured: `coverage` left no evidence, or more than one record"
    );
}

#[test]
fn each_term_says_how_it_came_about() {
    let score = score_of(
        TIER_2,
        [
            Counts(40, 100),
            Counts(7, 10),
            Counts(1, 2),
            NA,
            Counts(8, 9),
            Counts(6, 1000),
        ],
    );
    let told: Vec<_> = score
        .terms
        .iter()
        .map(|term| {
            (
                term.term,
                term.weight,
                term.value,
                term.worth,
                term.gates.join(" "),
                term.note.as_str(),
            )
        })
        .collect();
    let gates = |name: &str| name.to_owned();
    assert_eq!(
        told,
        [
            (
                Term::Coverage,
                25,
                Some(ratio(2, 5)),
                ratio(2, 5),
                gates("coverage"),
                "0.8 * v / m"
            ),
            (
                Term::Mutation,
                25,
                Some(ratio(7, 10)),
                ratio(9, 10),
                gates("mutation"),
                "0.8 + 0.2 * (v - m) / (t - m)"
            ),
            (
                Term::Contracts,
                20,
                Some(ratio(1, 2)),
                ratio(1, 2),
                gates("contracts"),
                "passed / declared"
            ),
            (
                Term::Accessibility,
                10,
                None,
                ratio(0, 1),
                gates(""),
                "not applicable: no pages"
            ),
            (
                Term::Performance,
                10,
                Some(ratio(8, 9)),
                ratio(8, 9),
                gates("performance"),
                "8 of 9 budgets met"
            ),
            (
                Term::Flakes,
                10,
                Some(ratio(3, 500)),
                ratio(1, 2),
                gates("flakes"),
                "rate <= 0.05"
            ),
        ]
    );
    assert_eq!(score.terms[3].not_applicable.as_deref(), Some("no pages"));
    let score = score_of(
        TIER_2,
        [
            ONE,
            Nothing,
            Void(Verdict::Error),
            Void(Verdict::Vacuous),
            Nothing,
            Bare(0.9),
        ],
    );
    let notes: Vec<_> = score.terms.iter().map(|term| term.note.as_str()).collect();
    assert_eq!(
        notes,
        [
            "v >= t",
            "not measured: `mutation` left no evidence, or more than one record",
            "not measured: `contracts` broke",
            "not measured: `accessibility` examined nothing",
            "0 of 9 budgets met",
            "rate > 0.05",
        ]
    );
    let score = score_of(
        TIER_2,
        [Void(Verdict::Unmeasured), ONE, ONE, ONE, ONE, Bare(0.005)],
    );
    assert_eq!(
        score.terms[0].note,
        "not measured: `coverage` has no number"
    );
    assert_eq!(score.terms[0].value, None);
    assert_eq!(score.terms[5].note, "rate <= 0.005");
}

#[test]
fn what_is_no_share_is_worth_nothing() {
    for (left, note) in [
        (
            Bare(1.5),
            "not measured: `branch_coverage` of `coverage` is no share between 0 and 1",
        ),
        (
            Bare(-0.1),
            "not measured: `branch_coverage` of `coverage` is no share between 0 and 1",
        ),
        (
            Counts(3, 2),
            "not measured: `branch_coverage` of `coverage` is no share between 0 and 1",
        ),
        (
            Counts(1, 0),
            "not measured: `coverage` has no `branch_coverage`",
        ),
        (
            Bare(f64::NAN),
            "not measured: `coverage` has no `branch_coverage`",
        ),
        (
            Bare(f64::INFINITY),
            "not measured: `coverage` has no `branch_coverage`",
        ),
    ] {
        let score = score_of(TIER_2, [left, ONE, ONE, ONE, ONE, NONE]);
        assert_eq!(
            (score.score, score.terms[0].note.as_str()),
            (75, note),
            "{left:?}"
        );
    }
    let (plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    records[0].measurements[0].observation.name = "line_coverage".to_owned();
    assert_eq!(trust_score(&plan, &records).score, 75);
}

#[test]
fn a_term_no_gate_feeds_is_worth_nothing() {
    let (mut plan, records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    plan.trust.terms[0].gates.clear();
    let score = trust_score(&plan, &records);
    assert_eq!(
        (score.score, score.terms[0].note.as_str()),
        (75, "not measured: no gate feeds this term")
    );
    // A gate that does not apply feeds nothing.
    let (mut plan, records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    plan.gates[1].applies = false;
    assert_eq!(trust_score(&plan, &records).score, 75);
}

#[test]
fn a_plan_without_a_minimum_or_a_target_is_worth_nothing() {
    for change in [
        |term: &mut TermPolicy| term.minimum = None,
        |term: &mut TermPolicy| term.target = None,
        |term: &mut TermPolicy| term.minimum = Some("low".to_owned()),
    ] {
        let (mut plan, records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
        change(&mut plan.trust.terms[0]);
        let score = trust_score(&plan, &records);
        assert_eq!(score.score, 75);
        assert_eq!(
            score.terms[0].note,
            "not measured: the plan states no minimum or no target"
        );
    }
}

#[test]
fn a_minimum_at_or_above_the_target_makes_reaching_it_everything() {
    let (mut plan, mut records) = run(TIER_2, [Counts(96, 100), ONE, ONE, ONE, ONE, NONE]);
    for minimum in ["0.95", "0.96"] {
        plan.trust.terms[0].minimum = Some(minimum.to_owned());
        assert_eq!(
            trust_score(&plan, &records).terms[0].worth,
            ratio(1, 1),
            "{minimum}"
        );
    }
    plan.trust.terms[0].minimum = Some("0.97".to_owned());
    assert_eq!(trust_score(&plan, &records).terms[0].worth, ratio(384, 485));
    // With a minimum of nothing the whole way counts.
    plan.trust.terms[0].minimum = Some("0".to_owned());
    records[0] = evidence("coverage", Verdict::Pass, counted("branch_coverage", 0, 10));
    assert_eq!(trust_score(&plan, &records).terms[0].worth, ratio(4, 5));
}

#[test]
fn the_plan_may_state_its_own_flake_limits() {
    let (mut plan, records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, Bare(0.01)]);
    plan.trust.terms[5].target = Some("0.01".to_owned());
    assert_eq!(trust_score(&plan, &records).score, 100);
    plan.trust.terms[5].target = Some("0.001".to_owned());
    plan.trust.terms[5].minimum = Some("0.009".to_owned());
    let score = trust_score(&plan, &records);
    assert_eq!(
        (score.score, score.terms[5].note.as_str()),
        (90, "rate > 0.009")
    );
    plan.trust.terms[5].minimum = Some("some".to_owned());
    assert_eq!(
        trust_score(&plan, &records).terms[5].note,
        "not measured: the plan's limit `some` is no number"
    );
}

/// A run whose contracts term is fed by two gates.
fn two_gates(term: usize, first: Left, second: Left) -> TrustScore {
    let (mut plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, ONE, NONE]);
    let (name, _, _, observation) = GATES[term];
    plan.trust.terms[term].gates.push("other".to_owned());
    plan.gates.push(gate(
        "other",
        true,
        (0..2)
            .map(|index| requirement(format!("budget{index}")))
            .collect(),
    ));
    plan.gates[term].requirements.truncate(1);
    records.retain(|record| record.gate != name);
    for (gate, left) in [(name, first), ("other", second)] {
        records.extend(match left {
            Counts(met, of) => Some(evidence(gate, Verdict::Pass, counted(observation, met, of))),
            Bare(value) => Some(evidence(
                gate,
                Verdict::Pass,
                vec![measurement(observation, value, None)],
            )),
            Void(verdict) => Some(evidence(gate, verdict, counted(observation, 2, 2))),
            _ => None,
        });
    }
    trust_score(&plan, &records)
}

#[test]
fn several_gates_of_a_ratio_count_by_the_weakest() {
    for (first, second) in [(ONE, Counts(40, 100)), (Counts(40, 100), ONE)] {
        let score = two_gates(0, first, second);
        assert_eq!(
            (score.terms[0].worth, score.terms[0].value),
            (ratio(2, 5), Some(ratio(2, 5)))
        );
        assert_eq!(score.terms[0].gates, ["coverage", "other"]);
    }
    assert_eq!(two_gates(0, ONE, Nothing).terms[0].worth, ratio(0, 1));
    assert_eq!(
        two_gates(5, NONE, Counts(1, 100)).terms[5].worth,
        ratio(1, 2)
    );
}

#[test]
fn several_gates_of_contracts_count_together() {
    assert_eq!(
        two_gates(2, Counts(1, 1), Counts(1, 3)).terms[2].worth,
        ratio(1, 2)
    );
    // Bare shares cannot be added; the lowest speaks for all.
    assert_eq!(
        two_gates(2, Counts(1, 1), Bare(0.25)).terms[2].worth,
        ratio(1, 4)
    );
    assert_eq!(
        two_gates(2, Bare(0.5), Counts(1, 1)).terms[2].worth,
        ratio(1, 2)
    );
    assert_eq!(
        two_gates(2, Counts(1, 1), Void(Verdict::Error)).terms[2].worth,
        ratio(0, 1)
    );
    assert_eq!(
        two_gates(2, Counts(1, 1), Nothing).terms[2].note,
        "not measured: `other` left no evidence, or more than one record"
    );
}

#[test]
fn several_gates_of_budgets_count_together() {
    assert_eq!(
        two_gates(4, Counts(1, 1), Counts(1, 2)).terms[4].worth,
        ratio(2, 3)
    );
    assert_eq!(
        two_gates(4, Counts(1, 1), Void(Verdict::Vacuous)).terms[4].worth,
        ratio(1, 3)
    );
    assert_eq!(
        two_gates(4, Counts(1, 1), Void(Verdict::Fail)).terms[4].worth,
        ratio(1, 1)
    );
}

#[test]
fn a_budget_is_met_only_as_the_plan_states_it() {
    for change in [
        |measurement: &mut Measurement| measurement.met = Some(false),
        |measurement: &mut Measurement| measurement.met = None,
        |measurement: &mut Measurement| measurement.threshold = Some(2.0),
        |measurement: &mut Measurement| measurement.threshold = None,
        |measurement: &mut Measurement| measurement.comparator = Some(Comparator::AtLeast),
        |measurement: &mut Measurement| measurement.observation.name = "other".to_owned(),
    ] {
        let (plan, mut records) = run(TIER_2, [ONE, ONE, ONE, ONE, Counts(2, 2), NONE]);
        change(&mut records[4].measurements[0]);
        assert_eq!(trust_score(&plan, &records).terms[4].worth, ratio(1, 2));
    }
    let (mut plan, records) = run(TIER_2, [ONE, ONE, ONE, ONE, Counts(2, 2), NONE]);
    plan.gates[4].requirements.clear();
    let score = trust_score(&plan, &records);
    assert_eq!(
        (score.terms[4].worth, score.terms[4].note.as_str()),
        (ratio(0, 1), "not measured: the plan states no budget")
    );
}

#[test]
fn very_large_counts_are_exact() {
    let most = u64::MAX;
    let score = score_of(
        TIER_2,
        [
            Counts(most, most),
            Counts(most - 1, most),
            ONE,
            ONE,
            ONE,
            NONE,
        ],
    );
    assert_eq!((score.score, score.terms[1].worth), (100, ratio(1, 1)));
    let score = score_of(TIER_2, [Counts(most / 2, most), ONE, ONE, ONE, ONE, NONE]);
    assert_eq!(score.score, 87, "25 * 0.49999... + 75 = 87.499...");
}
