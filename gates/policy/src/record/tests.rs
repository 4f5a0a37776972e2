use std::collections::{BTreeMap, BTreeSet};

use caws_evidence::{
    Basis, Comparator, Evidence, FileDigest, Measurement, Observation, Output, Ratio, Scope,
    Verdict, canonical_json, sha256_hex,
};
use serde_json::{Value, json};

use super::{RecordError, Run, gate_plan_sha256, manifest, results};
use crate::plan::{DocumentRef, GatePlan, Plan, SpecRef, Subject, Term, TermPolicy, TrustPolicy};
use crate::score::trust_score;

fn gate(name: &str, term: Option<Term>) -> GatePlan {
    GatePlan {
        gate: name.to_owned(),
        version: 1,
        method: "checks".to_owned(),
        applies: true,
        reason: None,
        term,
        requirements: Vec::new(),
        params: json!({}),
        inputs: Vec::new(),
        inputs_sha256: String::new(),
        tools: Vec::new(),
    }
}

fn plan(gates: Vec<GatePlan>) -> Plan {
    let document = || DocumentRef {
        path: String::new(),
        sha256: String::new(),
    };
    Plan {
        schema_version: 1,
        subject: Subject {
            commit: Some("c0ffee".to_owned()),
            tree: "tree".to_owned(),
            dirty: true,
        },
        spec: SpecRef {
            path: String::new(),
            sha256: String::new(),
            id: "X-001".to_owned(),
            title: String::new(),
            risk_tier: 2,
            profile: "cli".to_owned(),
            acceptance: Vec::new(),
        },
        policy: document(),
        config: document(),
        trust: TrustPolicy {
            threshold: 80,
            terms: vec![TermPolicy {
                term: Term::Coverage,
                weight: 25,
                measurement: "branch_coverage".to_owned(),
                minimum: Some("0.8".to_owned()),
                target: Some("0.95".to_owned()),
                gates: vec!["coverage".to_owned()],
                not_applicable: None,
            }],
        },
        gates,
        waivers: None,
    }
}

fn measurement(name: &str, value: f64, ratio: Option<(u64, u64)>) -> Measurement {
    Measurement {
        observation: Observation {
            name: name.to_owned(),
            value,
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
        started: "10:00".to_owned(),
        finished: format!("{gate} done"),
        commit: None,
        environment: BTreeMap::new(),
        inputs: vec![FileDigest {
            path: format!("{gate}.rs"),
            sha256: "00".to_owned(),
        }],
        outputs: Vec::new(),
        plan_sha256: String::new(),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

fn run() -> Run {
    Run {
        agent: "caws 1".to_owned(),
        started: "start".to_owned(),
        finished: "end".to_owned(),
        commitment: None,
        cached: BTreeSet::from(["coverage".to_owned()]),
    }
}

fn digest<T: serde::Serialize>(value: &T) -> String {
    sha256_hex(&canonical_json(value).unwrap())
}

#[test]
fn everything_in_a_manifest_comes_from_plan_and_evidence() {
    let mut off = gate("pages", None);
    off.applies = false;
    let plan = plan(vec![
        gate("static", None),
        gate("coverage", Some(Term::Coverage)),
        off,
    ]);
    let mut coverage = evidence(
        "coverage",
        Verdict::Pass,
        vec![measurement("branch_coverage", 0.9, Some((9, 10)))],
    );
    coverage.outputs.push(Output {
        role: "coverage".to_owned(),
        path: "raw/c.json.gz".to_owned(),
        sha256: "aa".to_owned(),
        content_sha256: "bb".to_owned(),
        media_type: "application/json".to_owned(),
    });
    // In another order than the plan's.
    let all = [
        coverage.clone(),
        evidence("static", Verdict::Fail, Vec::new()),
    ];
    let manifest = manifest(&plan, &all, &run()).unwrap();
    let trust = trust_score(&plan, &all);
    let files = json!([
        { "path": "evidence/coverage/evidence.json", "sha256": digest(&coverage) },
        { "path": "evidence/coverage/raw/c.json.gz", "sha256": "aa" },
        { "path": "evidence/static/evidence.json", "sha256": digest(&all[1]) },
        { "path": "provenance/plan.json", "sha256": digest(&plan) },
    ]);
    let paths: Vec<&Value> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["path"])
        .collect();
    let inputs = json!({
        "coverage": [{ "path": "coverage.rs", "sha256": "00" }],
        "static": [{ "path": "static.rs", "sha256": "00" }],
    });
    assert_eq!(
        serde_json::to_value(&manifest).unwrap(),
        json!({
            "agent": "caws 1",
            "model": "deterministic",
            "commit": "c0ffee",
            "artifacts": paths,
            "results": results(&plan, &all),
            "approvals": [],
            "attestations": { "inputs_sha256": digest(&inputs), "artifacts_sha256": digest(&files) },
            "caws": {
                "schema_version": 1,
                "tree": "tree",
                "dirty": true,
                "started": "start",
                "finished": "end",
                "plan_sha256": digest(&plan),
                "gates": [
                    { "gate": "static", "verdict": "fail", "evidence_sha256": digest(&all[1]),
                      "measured": "static done", "cached": false },
                    { "gate": "coverage", "verdict": "pass", "evidence_sha256": digest(&coverage),
                      "measured": "coverage done", "cached": true },
                ],
                "files": files,
                "trust": { "score": trust.score, "threshold": 80, "passed": false },
            },
        })
    );
    assert_eq!(
        gate_plan_sha256(&plan.gates[0]).unwrap(),
        digest(&plan.gates[0])
    );
}

#[test]
fn outside_git_the_commit_is_uncommitted() {
    let mut plan = plan(Vec::new());
    plan.subject.commit = None;
    assert_eq!(manifest(&plan, &[], &run()).unwrap().commit, "uncommitted");
}

#[test]
fn plan_and_evidence_must_belong_together() {
    let mut off = gate("pages", None);
    off.applies = false;
    let plan = plan(vec![gate("static", None), off]);
    let one = || evidence("static", Verdict::Pass, Vec::new());
    let error = |evidence: &[Evidence]| manifest(&plan, evidence, &run()).unwrap_err();
    assert_eq!(
        error(&[]).to_string(),
        "expected one evidence record of gate `static`, found 0"
    );
    assert!(matches!(
        error(&[one(), one()]),
        RecordError::Evidence { found: 2, .. }
    ));
    for stray in ["pages", "unknown"] {
        let stray_evidence = evidence(stray, Verdict::Pass, Vec::new());
        let error = error(&[one(), stray_evidence]);
        assert!(matches!(error, RecordError::NotPlanned(name) if name == stray));
    }
    assert!(manifest(&plan, &[one()], &run()).is_ok());
}

/// The results of one gate that feeds `term`, without the fields every run has.
fn of(term: Term, params: Value, verdict: Verdict, measurements: Vec<Measurement>) -> Value {
    let mut gate = gate("g", Some(term));
    gate.params = params;
    let mut results = results(&plan(vec![gate]), &[evidence("g", verdict, measurements)]);
    assert_eq!(results.remove("verdicts"), Some(json!({ "g": verdict })));
    assert!(results.remove("trust_score").is_some());
    Value::Object(results)
}

#[test]
fn coverage_says_which_metric_and_how_many() {
    let all = || {
        vec![
            measurement("line_coverage", 0.5, Some((1, 2))),
            measurement("branch_coverage", 0.75, Some((3, 4))),
        ]
    };
    let of = |measurements| of(Term::Coverage, json!({}), Verdict::Pass, measurements);
    let branch =
        json!({ "coverage": { "metric": "branch", "value": 0.75, "covered": 3, "total": 4 } });
    assert_eq!(of(all()), branch);
    let line = json!({ "coverage": { "metric": "line", "value": 0.5, "covered": 1, "total": 2 } });
    assert_eq!(of(all()[..1].to_vec()), line);
    let bare = vec![measurement("line_coverage", 0.5, None)];
    assert_eq!(
        of(bare),
        json!({ "coverage": { "metric": "line", "value": 0.5 } })
    );
}

#[test]
fn only_gates_that_measured_give_numbers() {
    let score = || vec![measurement("mutation_score", 0.5, None)];
    for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Waived] {
        let found = of(Term::Mutation, json!({}), verdict, score());
        assert_eq!(found, json!({ "mutation_score": 0.5 }));
    }
    for verdict in [Verdict::Vacuous, Verdict::Unmeasured, Verdict::Error] {
        assert_eq!(of(Term::Mutation, json!({}), verdict, score()), json!({}));
    }
    assert_eq!(
        of(Term::Coverage, json!({}), Verdict::Pass, score()),
        json!({}),
        "another term"
    );
    let rate = vec![measurement("flake_rate", 0.25, None)];
    assert_eq!(
        of(Term::Flakes, json!({}), Verdict::Pass, rate),
        json!({ "flake_rate": 0.25 })
    );
}

#[test]
fn tests_passed_are_those_run_and_not_failed() {
    let tests = |run: f64, failed: f64| {
        vec![
            measurement("tests_run", run, None),
            measurement("tests_failed", failed, None),
        ]
    };
    let passed = |run, failed| of(Term::Flakes, json!({}), Verdict::Pass, tests(run, failed));
    assert_eq!(passed(10.0, 3.0), json!({ "tests_passed": 7 }));
    assert_eq!(passed(3.0, 3.0), json!({ "tests_passed": 0 }));
    assert_eq!(
        passed(9_007_199_254_740_992.0, 0.0),
        json!({ "tests_passed": 9_007_199_254_740_992_u64 })
    );
    for (run, failed) in [
        (3.0, 4.0),
        (1.5, 0.0),
        (-1.0, 0.0),
        (1e300, 0.0),
        (f64::NAN, 0.0),
    ] {
        assert_eq!(passed(run, failed), json!({}), "{run} {failed}");
    }
    let alone = vec![measurement("tests_run", 3.0, None)];
    assert_eq!(of(Term::Flakes, json!({}), Verdict::Pass, alone), json!({}));
    // Two gates ran the same suite, one of them only part of it.
    let plan = plan(vec![gate("a", None), gate("b", None)]);
    let two = [
        evidence("a", Verdict::Pass, tests(5.0, 0.0)),
        evidence("b", Verdict::Pass, tests(9.0, 1.0)),
    ];
    assert_eq!(results(&plan, &two)["tests_passed"], 8);
}

#[test]
fn contracts_are_kept_by_role() {
    let kept_by = |roles: &[&str], ratio| {
        let contracts: Vec<Value> = roles
            .iter()
            .map(|role| json!({ "name": "n", "role": role }))
            .collect();
        let kept = vec![measurement("contracts_passed", 0.0, ratio)];
        of(
            Term::Contracts,
            json!({ "contracts": contracts }),
            Verdict::Pass,
            kept,
        )
    };
    assert_eq!(
        kept_by(&["provider"], Some((1, 1))),
        json!({ "contracts": { "provider": true } })
    );
    assert_eq!(
        kept_by(&["consumer"], Some((0, 1))),
        json!({ "contracts": { "consumer": false } })
    );
    let both = json!({ "contracts": { "consumer": true, "provider": true } });
    assert_eq!(kept_by(&["both"], Some((2, 2))), both);
    assert_eq!(kept_by(&["consumer", "provider"], Some((2, 2))), both);
    assert_eq!(
        kept_by(&["both"], Some((1, 2))),
        json!({}),
        "which role is not measured"
    );
    assert_eq!(kept_by(&["provider"], None), json!({}));
    assert_eq!(kept_by(&[], Some((1, 1))), json!({}));
    let unnamed = json!({ "contracts": [{ "name": "n" }] });
    let kept = vec![measurement("contracts_passed", 1.0, Some((1, 1)))];
    assert_eq!(of(Term::Contracts, unnamed, Verdict::Pass, kept), json!({}));
}

#[test]
fn pages_pass_or_fail() {
    let of = |verdict| of(Term::Accessibility, json!({}), verdict, Vec::new());
    assert_eq!(of(Verdict::Pass), json!({ "a11y": "pass" }));
    assert_eq!(of(Verdict::Fail), json!({ "a11y": "fail" }));
    assert_eq!(of(Verdict::Unmeasured), json!({}));
}

#[test]
fn performance_lists_what_has_a_budget() {
    let mut budget = measurement("short.ttfa_p95", 0.25, None);
    (budget.comparator, budget.threshold) = (Some(Comparator::AtMost), Some(0.5));
    let all = vec![budget, measurement("short.trials", 100.0, None)];
    let of = |verdict| of(Term::Performance, json!({}), verdict, all.clone());
    let perf =
        |success: bool| json!({ "perf": { "overall_success": success, "short.ttfa_p95": 0.25 } });
    assert_eq!(of(Verdict::Pass), perf(true));
    assert_eq!(of(Verdict::Fail), perf(false));
    assert_eq!(of(Verdict::Waived), perf(false));
    assert_eq!(of(Verdict::Error), json!({}));
    // Two gates: one that failed is enough.
    let plan = plan(vec![
        gate("a", Some(Term::Performance)),
        gate("b", Some(Term::Performance)),
    ]);
    let two = [
        evidence("a", Verdict::Pass, Vec::new()),
        evidence("b", Verdict::Fail, Vec::new()),
    ];
    assert_eq!(
        results(&plan, &two)["perf"],
        json!({ "overall_success": false })
    );
}
