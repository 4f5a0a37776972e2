//! A run with one gate of every outcome, and one where all is well.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;

use caws_evidence::manifest::{Attestations, GateEntry, Record, TrustClaim};
use caws_evidence::{
    Basis, Comparator, Evidence, FileDigest, Finding, Interval, Manifest, Measurement, Observation,
    Output, Place, Ratio, Scope, Severity, Step, ToolIdentity, Verdict,
};
use caws_policy::{
    DocumentRef, GatePlan, Plan, Requirement, SpecRef, Subject, Term, TermPolicy, TermScore,
    TrustPolicy, TrustScore,
};
use caws_report::{RunView, Seal};

pub(crate) fn observation(name: &str, value: f64, unit: &str) -> Observation {
    Observation {
        name: name.into(),
        value,
        unit: unit.into(),
        ratio: None,
        sample_size: None,
        interval: None,
        basis: Basis::Observed,
    }
}

pub(crate) fn ratio(name: &str, numerator: u64, denominator: u64) -> Observation {
    Observation {
        ratio: Some(Ratio {
            numerator,
            denominator,
        }),
        basis: Basis::Reported,
        ..observation(name, numerator as f64 / denominator as f64, "ratio")
    }
}

pub(crate) fn asked(
    observation: Observation,
    comparator: Comparator,
    threshold: f64,
    met: Option<bool>,
) -> Measurement {
    Measurement {
        observation,
        comparator: Some(comparator),
        threshold: Some(threshold),
        met,
    }
}

pub(crate) fn finding(code: &str, severity: Severity, message: &str) -> Finding {
    Finding {
        code: code.into(),
        severity,
        message: message.into(),
        place: None,
        expected: None,
        found: None,
        help: None,
    }
}

pub(crate) fn digest(letter: char) -> String {
    letter.to_string().repeat(64)
}

pub(crate) fn gate_plan(gate: &str, term: Option<Term>) -> GatePlan {
    GatePlan {
        gate: gate.into(),
        version: 1,
        method: gate.into(),
        applies: true,
        reason: None,
        term,
        requirements: Vec::new(),
        params: serde_json::Value::Null,
        inputs: vec!["src/**".into()],
        inputs_sha256: digest('1'),
        tools: Vec::new(),
    }
}

pub(crate) fn evidence(gate: &str, verdict: Verdict) -> Evidence {
    Evidence {
        schema_version: 1,
        gate: gate.into(),
        verdict,
        measurements: Vec::new(),
        findings: Vec::new(),
        scope: Scope::default(),
        tool: None,
        tools: Vec::new(),
        command: Vec::new(),
        exit_code: None,
        key_output: String::new(),
        steps: Vec::new(),
        started: "2026-08-01T10:00:00Z".into(),
        finished: "2026-08-01T10:01:32.5Z".into(),
        commit: None,
        environment: BTreeMap::from([("os".into(), "linux".into()), ("cores".into(), "2".into())]),
        inputs: Vec::new(),
        outputs: Vec::new(),
        plan_sha256: digest('2'),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

fn term_policy(
    term: Term,
    weight: u32,
    measurement: &str,
    minimum: Option<&str>,
    target: Option<&str>,
    gate: &str,
) -> TermPolicy {
    TermPolicy {
        term,
        weight,
        measurement: measurement.into(),
        minimum: minimum.map(Into::into),
        target: target.map(Into::into),
        gates: vec![gate.into()],
        not_applicable: None,
    }
}

fn term_score(
    term: Term,
    weight: u32,
    value: Option<(u64, u64)>,
    worth: (u64, u64),
    gate: &str,
    note: &str,
) -> TermScore {
    let ratio = |(numerator, denominator)| Ratio {
        numerator,
        denominator,
    };
    TermScore {
        term,
        weight,
        not_applicable: None,
        value: value.map(ratio),
        worth: ratio(worth),
        gates: vec![gate.into()],
        note: note.into(),
    }
}

pub(crate) fn manifest(evidence: &[Evidence], cached: &[&str]) -> Manifest {
    let gates: Vec<GateEntry> = evidence
        .iter()
        .map(|e| GateEntry {
            gate: e.gate.clone(),
            verdict: e.verdict,
            evidence_sha256: digest('e'),
            measured: e.finished.clone(),
            cached: cached.contains(&e.gate.as_str()),
        })
        .collect();
    Manifest {
        agent: "caws 0.1.0".into(),
        model: "deterministic".into(),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
        artifacts: vec!["provenance/plan.json".into()],
        results: serde_json::Map::new(),
        approvals: Vec::new(),
        attestations: Attestations {
            inputs_sha256: digest('3'),
            artifacts_sha256: digest('4'),
        },
        caws: Record {
            schema_version: 1,
            tree: digest('5'),
            dirty: false,
            started: "2026-08-01T10:00:00Z".into(),
            finished: "2026-08-01T10:20:00Z".into(),
            plan_sha256: digest('6'),
            commitment: None,
            gates,
            files: vec![FileDigest {
                path: "provenance/plan.json".into(),
                sha256: digest('6'),
            }],
            trust: TrustClaim {
                score: 0,
                threshold: 80,
                passed: false,
            },
        },
    }
}

fn plan(gates: Vec<GatePlan>, terms: Vec<TermPolicy>) -> Plan {
    Plan {
        schema_version: 1,
        subject: Subject {
            commit: Some("0123456789abcdef0123456789abcdef01234567".into()),
            tree: digest('5'),
            dirty: false,
        },
        spec: SpecRef {
            path: ".caws/working-spec.yaml".into(),
            sha256: digest('7'),
            id: "DEMO-001".into(),
            title: "A small demonstration".into(),
            risk_tier: 2,
            profile: "backend-api".into(),
            acceptance: vec!["A1".into()],
        },
        policy: DocumentRef {
            path: ".caws/policy/tier-policy.json".into(),
            sha256: digest('8'),
        },
        config: DocumentRef {
            path: ".caws.yml".into(),
            sha256: digest('9'),
        },
        trust: TrustPolicy {
            threshold: 80,
            terms,
        },
        gates,
        waivers: None,
    }
}

/// One gate of every outcome.
pub(crate) fn mixed() -> RunView {
    let mut coverage_plan = gate_plan("coverage", Some(Term::Coverage));
    coverage_plan.requirements = vec![Requirement {
        measurement: "branch_coverage".into(),
        comparator: Comparator::AtLeast,
        threshold: 0.8,
        source: "tier 2".into(),
    }];
    let mut accessibility = gate_plan("accessibility", Some(Term::Accessibility));
    accessibility.applies = false;
    accessibility.reason = Some("profile backend-api has no pages".into());
    let gates = vec![
        gate_plan("spec", None),
        coverage_plan,
        gate_plan("mutation", Some(Term::Mutation)),
        gate_plan("contracts", Some(Term::Contracts)),
        accessibility,
        gate_plan("performance", Some(Term::Performance)),
        gate_plan("audio", None),
        gate_plan("flakes", Some(Term::Flakes)),
        gate_plan("static", None),
    ];
    let terms = vec![
        term_policy(
            Term::Coverage,
            25,
            "branch_coverage",
            Some("0.8"),
            Some("0.95"),
            "coverage",
        ),
        term_policy(
            Term::Mutation,
            25,
            "mutation_score",
            Some("0.5"),
            Some("0.9"),
            "mutation",
        ),
        term_policy(
            Term::Contracts,
            20,
            "contracts_passed",
            None,
            None,
            "contracts",
        ),
        term_policy(
            Term::Accessibility,
            10,
            "pages_passed",
            None,
            None,
            "accessibility",
        ),
        term_policy(Term::Performance, 10, "", None, None, "performance"),
        term_policy(Term::Flakes, 10, "flake_rate", None, None, "flakes"),
    ];
    let mut spec = evidence("spec", Verdict::Pass);
    spec.finished = "2026-08-01T10:00:00.04Z".into();
    spec.measurements = vec![asked(
        observation("errors", 0.0, "count"),
        Comparator::AtMost,
        0.0,
        Some(true),
    )];

    let mut coverage = evidence("coverage", Verdict::Fail);
    coverage.measurements = vec![
        Measurement {
            observation: ratio("region_coverage", 880, 1000),
            comparator: None,
            threshold: None,
            met: None,
        },
        asked(
            ratio("branch_coverage", 2399, 3000),
            Comparator::AtLeast,
            0.8,
            Some(false),
        ),
    ];
    coverage.findings = vec![
        Finding {
            place: Some(Place {
                path: "src/a b.rs".into(),
                line: Some(12),
                column: Some(5),
            }),
            help: Some("write a test that takes the branch".into()),
            ..finding(
                "branch-unreached",
                Severity::Note,
                "the false side of `if ready` was never taken",
            )
        },
        Finding {
            expected: Some("branch_coverage at least 80 %".into()),
            found: Some("79.97 %".into()),
            help: Some("cover one more branch".into()),
            ..finding(
                "threshold-missed",
                Severity::Error,
                "branch_coverage misses its threshold",
            )
        },
    ];
    coverage.tools = vec![ToolIdentity {
        name: "cargo-llvm-cov".into(),
        version: "0.9.1".into(),
        sha256: digest('a'),
    }];
    coverage.steps = vec![
        Step {
            name: "tests".into(),
            command: vec!["cargo".into(), "llvm-cov".into(), "nextest".into()],
            started: "2026-08-01T10:00:00Z".into(),
            finished: "2026-08-01T10:01:30Z".into(),
            exit_code: Some(0),
            key_output: "12 tests run: 12 passed\n\u{1b}[31mred\u{1b}[0m".into(),
        },
        Step {
            name: "export".into(),
            command: vec!["cargo".into(), "llvm-cov".into(), "report".into()],
            started: "2026-08-01T10:01:30Z".into(),
            finished: "2026-08-01T10:01:32.5Z".into(),
            exit_code: None,
            key_output: String::new(),
        },
    ];
    coverage.outputs = vec![Output {
        role: "coverage".into(),
        path: "raw/coverage.json.gz".into(),
        sha256: digest('b'),
        content_sha256: digest('c'),
        media_type: "application/json".into(),
    }];
    coverage.scope = Scope {
        included: vec!["src/**".into()],
        excluded: vec!["**/tests.rs: not the code under test".into()],
    };

    let mut mutation = evidence("mutation", Verdict::Unmeasured);
    let mut sampled = ratio("mutation_score", 27, 50);
    sampled.sample_size = Some(50);
    sampled.interval = Some(Interval {
        low: 0.404,
        high: 0.67,
        confidence: 0.95,
        method: "wilson".into(),
    });
    mutation.measurements = vec![asked(sampled, Comparator::AtLeast, 0.5, None)];
    mutation.findings = vec![Finding {
        help: Some("measure 120 more mutants, or run with --no-sample".into()),
        ..finding(
            "sample-too-small",
            Severity::Error,
            "50 mutants cannot decide whether the score is at least 50 %",
        )
    }];

    let mut contracts = evidence("contracts", Verdict::Error);
    contracts.findings = vec![finding(
        "report-malformed",
        Severity::Error,
        "junit.xml is not valid JUnit: it ends inside <testcase>",
    )];

    let mut performance = evidence("performance", Verdict::Waived);
    performance.waivers = vec!["WV-0001".into()];
    performance.measurements = vec![
        asked(
            observation("short.ttfa_p95", 0.4996, "seconds"),
            Comparator::AtMost,
            0.5,
            Some(true),
        ),
        asked(
            observation("long.rtf_p95", 0.75, "ratio"),
            Comparator::AtMost,
            0.6,
            Some(false),
        ),
        asked(
            observation("load.memory_envelope", 212.25, "MB"),
            Comparator::AtMost,
            300.0,
            Some(true),
        ),
    ];

    let audio = evidence("audio", Verdict::Vacuous);

    let mut flakes = evidence("flakes", Verdict::Pass);
    flakes.measurements = vec![asked(
        ratio("flake_rate", 0, 400),
        Comparator::AtMost,
        0.005,
        Some(true),
    )];

    let evidence = vec![
        spec,
        coverage,
        mutation,
        contracts,
        performance,
        audio,
        flakes,
    ];
    let mut not_applicable = term_score(Term::Accessibility, 10, None, (0, 1), "accessibility", "");
    not_applicable.not_applicable = Some("profile backend-api has no pages".into());
    not_applicable.gates.clear();
    RunView {
        plan: plan(gates, terms),
        manifest: manifest(&evidence, &["spec"]),
        evidence,
        score: TrustScore {
            score: 37,
            threshold: 80,
            cap: Some(79),
            passed: false,
            terms: vec![
                term_score(
                    Term::Coverage,
                    25,
                    Some((2399, 3000)),
                    (2399, 3000),
                    "coverage",
                    "0.8 * v / m",
                ),
                term_score(Term::Mutation, 25, None, (0, 1), "mutation", "not measured"),
                term_score(
                    Term::Contracts,
                    20,
                    None,
                    (0, 1),
                    "contracts",
                    "not measured",
                ),
                not_applicable,
                term_score(
                    Term::Performance,
                    10,
                    Some((2, 3)),
                    (2, 3),
                    "performance",
                    "2 of 3 budgets met",
                ),
                term_score(
                    Term::Flakes,
                    10,
                    Some((0, 400)),
                    (1, 1),
                    "flakes",
                    "rate 0 is at most 0.005",
                ),
            ],
            blocking: vec![
                "coverage".into(),
                "mutation".into(),
                "contracts".into(),
                "audio".into(),
                "static".into(),
            ],
        },
        seal: Seal::Unsigned { why: None },
        partial: false,
        artifacts: "artifacts".into(),
    }
}

/// Two gates, both passed; one term short of its target.
pub(crate) fn passed() -> RunView {
    let gates = vec![
        gate_plan("coverage", Some(Term::Coverage)),
        gate_plan("flakes", Some(Term::Flakes)),
    ];
    let terms = vec![
        term_policy(
            Term::Coverage,
            25,
            "branch_coverage",
            Some("0.8"),
            Some("0.95"),
            "coverage",
        ),
        term_policy(Term::Flakes, 10, "flake_rate", None, None, "flakes"),
    ];
    let mut coverage = evidence("coverage", Verdict::Pass);
    coverage.measurements = vec![asked(
        ratio("branch_coverage", 90, 100),
        Comparator::AtLeast,
        0.8,
        Some(true),
    )];
    let mut flakes = evidence("flakes", Verdict::Pass);
    flakes.measurements = vec![asked(
        ratio("flake_rate", 0, 400),
        Comparator::AtMost,
        0.005,
        Some(true),
    )];
    let evidence = vec![coverage, flakes];
    RunView {
        plan: plan(gates, terms),
        manifest: manifest(&evidence, &[]),
        evidence,
        score: TrustScore {
            score: 95,
            threshold: 80,
            cap: None,
            passed: true,
            terms: vec![
                term_score(
                    Term::Coverage,
                    25,
                    Some((90, 100)),
                    (14, 15),
                    "coverage",
                    "0.8 + 0.2 * (v - m) / (t - m)",
                ),
                term_score(
                    Term::Flakes,
                    10,
                    Some((0, 400)),
                    (1, 1),
                    "flakes",
                    "rate 0 is at most 0.005",
                ),
            ],
            blocking: Vec::new(),
        },
        seal: Seal::Signed {
            key: "ab12cd34".into(),
            cosigners: Vec::new(),
        },
        partial: false,
        artifacts: "out/artifacts".into(),
    }
}
