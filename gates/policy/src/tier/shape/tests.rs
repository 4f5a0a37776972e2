mod properties;

use caws_evidence::{Finding, Severity};
use caws_spec::spec::Profile;
use caws_spec::{Document, parse};

use super::{Shape, number_of, recognise};
use crate::plan::Term;
use crate::tier::{By, CoverageMetric, Feed, Subject, TierPolicy, TierRules, examine};

const MIN_BRANCH: &str = r#"{
  "1": { "min_branch": 0.90, "min_mutation": 0.70, "requires_contracts": true, "requires_manual_review": true,
         "max_files": 40, "max_loc": 1500, "allowed_modes": ["feature"] },
  "2": { "min_branch": 0.80, "min_coverage": 0.80, "min_mutation": 0.50, "requires_contracts": true },
  "3": { "min_branch": 0.70, "min_mutation": 0.30, "requires_contracts": false }
}"#;

const WRAPPED: &str = r#"{
  "description": "what each tier asks",
  "tiers": {
    "1": { "name": "core", "min_branch": 0.95, "min_mutation": 0.8, "requires_contracts": true, "packages": ["packages/core"] },
    "3": { "min_branch": 0.6, "packages": ["docs", "apps/*"] }
  },
  "budgets": { "render_ms": { "p95": 16 } }
}"#;

const ONE_TIER: &str =
    "tier_2:\n  min_coverage: 0.8\n  min_mutation: 0.5\n  requires_contracts: true\n";

const QUALITY_GATES: &str = "\
tiers:
  tier_2:
    name: features
    quality_gates:
      coverage: { branch: 80, line: 72.5, required: true }
      mutation: { score: 55, required: true }
      contracts: { required: true, types: [openapi] }
      performance:
        budgets:
          - ttfa_ms: 500
          - api_p95_ms: 1000
    change_budget: { max_files: 25, max_loc: 1000, max_days: 3 }
    trust_score:
      target: 82
      calculation:
        coverage_weight: 0.3
        mutation_weight: 0.2
        contracts_weight: 0.20
        a11y_weight: 0.10
        performance_weight: 0.10
        flake_rate_weight: 0.10
";

const NESTED: &str = "\
policy:
  version: '1.0'
  tiers:
    tier_1:
      modules: [training/, models/a.py]
      quality_gates:
        test_coverage: { line: 85, branch: 90 }
        mutation_score: 70
      contracts: required
      review: manual_required
    tier_3:
      quality_gates:
        test_coverage: { line: 60 }
      contracts: optional
      review: optional
";

const RISK_TIERS: &str = "\
version: 1
risk_tiers:
  '1': { max_files: 10, max_loc: 250, coverage_threshold: 90, mutation_threshold: 70, contracts_required: true, manual_review_required: true }
  '2': { max_files: 100, max_loc: 10000, coverage_threshold: 80, mutation_threshold: 50, contracts_required: true, manual_review_required: false }
  '3': { max_files: 500, max_loc: 40000, coverage_threshold: 70, mutation_threshold: 30, contracts_required: false }
edit_rules: { policy_and_code_same_pr: false, min_approvers_for_budget_raise: 2 }
waiver_approval: { required_approvers: 1 }
gates: { budget_limit: { enabled: true } }
";

const POLICY_V1: &str = "\
version: 1
risk_tiers:
  '1': { max_files: 5, max_loc: 200 }
  '2': { max_files: 15, max_loc: 600 }
  '3': { max_files: 30, max_loc: 1500 }
gates:
  budget_limit: { enabled: true, mode: block }
non_governed_zones: []
";

fn document(text: &str) -> Document {
    parse("p.yaml", text.as_bytes()).expect("it parses")
}

fn policy(text: &str) -> TierPolicy {
    TierPolicy::from_document(&document(text)).expect("a policy")
}

fn rules(text: &str, tier: u8, profile: Profile) -> TierRules {
    policy(text).rules(tier, profile).expect("a tier")
}

fn shape(text: &str) -> Option<Shape> {
    recognise(&document(text)).map(|seen| seen.shape)
}

fn codes(findings: &[Finding]) -> Vec<(&str, Severity)> {
    findings
        .iter()
        .map(|finding| (finding.code.as_str(), finding.severity))
        .collect()
}

#[test]
fn each_shape_is_recognised_by_what_stands_in_it() {
    for (text, expected) in [
        (MIN_BRANCH, Shape::MinBranch),
        (WRAPPED, Shape::MinBranch),
        (ONE_TIER, Shape::NamedTiers),
        (QUALITY_GATES, Shape::QualityGates),
        (NESTED, Shape::QualityGates),
        (RISK_TIERS, Shape::RiskTiers),
        (POLICY_V1, Shape::PolicyV1),
        ("'1': { coverage_metric: line }", Shape::V1),
        ("'1': { coverage_metric: line }\ntrust: {}", Shape::Current),
        ("'2': { min_coverage: 0.8 }", Shape::MinBranch),
        ("'1': {}", Shape::Current),
    ] {
        assert_eq!(shape(text), Some(expected), "{text}");
    }
    for text in [
        "id: A-1",
        "gates: {}",
        "tiers: [1]",
        "risk_tiers: {}",
        "- a",
    ] {
        assert_eq!(shape(text), None, "{text}");
    }
}

#[test]
fn a_tier_is_named_in_many_ways() {
    for key in ["2", "tier_2", "tier-2", "Tier 2", "tier2", "T2", "t2"] {
        assert_eq!(number_of(key), Some(2), "{key}");
    }
    for key in ["4", "", "tier", "trust", "22", "2a", "critical"] {
        assert_eq!(number_of(key), None, "{key}");
    }
}

#[test]
fn it_is_said_which_shape_and_why() {
    let findings = examine(&document(ONE_TIER));
    assert_eq!(codes(&findings), [("policy-dialect", Severity::Note)]);
    assert_eq!(
        findings[0].message,
        "recognised as the shape with tiers called `tier_1` to `tier_3` because its tiers have names such as `tier_2` (line 1)"
    );
    let v1 = examine(&document(
        r#"{"1": {"coverage_metric": "branch", "min_coverage": 0.9, "min_mutation": 0.7, "requires_contracts": true},
            "2": {"coverage_metric": "branch", "min_coverage": 0.8, "min_mutation": 0.5, "requires_contracts": true},
            "3": {"coverage_metric": "line", "min_coverage": 0.7, "min_mutation": 0.3, "requires_contracts": false}}"#,
    ));
    assert_eq!(codes(&v1), [("policy-dialect", Severity::Note)]);
    assert!(
        v1[0]
            .message
            .starts_with("recognised as version 1.0 because")
    );
    // A policy that is broken is still recognised.
    let broken = examine(&document("tier_2: { min_coverage: 80 }"));
    assert_eq!(
        codes(&broken),
        [
            ("policy-dialect", Severity::Note),
            ("document-schema", Severity::Error)
        ]
    );
}

#[test]
fn numbers_of_every_shape_mean_the_same() {
    for (text, tier, coverage, mutation, files) in [
        (MIN_BRANCH, 1, "0.9", "0.7", Some("40")),
        (MIN_BRANCH, 2, "0.8", "0.5", None),
        (WRAPPED, 1, "0.95", "0.8", None),
        (ONE_TIER, 2, "0.8", "0.5", None),
        (QUALITY_GATES, 2, "0.8", "0.55", Some("25")),
        (NESTED, 1, "0.9", "0.7", None),
        (RISK_TIERS, 1, "0.9", "0.7", Some("10")),
        (RISK_TIERS, 3, "0.7", "0.3", Some("500")),
        (POLICY_V1, 2, "0.8", "0.5", Some("15")),
    ] {
        let rules = rules(text, tier, Profile::BackendApi);
        let found = (
            rules.min_coverage.text.as_str(),
            rules.min_mutation.text.as_str(),
            rules.max_files.as_ref().map(|files| files.text.as_str()),
        );
        assert_eq!(found, (coverage, mutation, files), "{text} {tier}");
    }
}

#[test]
fn what_a_policy_does_not_say_has_the_published_value_and_is_known_to() {
    let rules = rules(ONE_TIER, 1, Profile::Library);
    assert_eq!(rules.min_coverage.source, "published default, tier 1");
    assert_eq!(rules.coverage_metric, CoverageMetric::Branch);
    assert!(rules.requires_manual_review);
    assert!(!rules.requires_contracts, "as published for libraries");
    let word = &rules.layers[&Subject::Coverage][0];
    assert_eq!((word.by, word.place.clone()), (By::Default, None));
    let stated = self::rules(ONE_TIER, 2, Profile::Library);
    assert_eq!(stated.min_coverage.source, "tier 2");
    assert!(
        stated.requires_contracts,
        "the policy says so of every profile"
    );
    let word = &stated.layers[&Subject::Coverage][0];
    assert_eq!(word.by, By::Policy);
    assert_eq!(
        word.place.as_ref().map(|place| (place.line, place.column)),
        Some((Some(2), Some(17)))
    );
    assert_eq!(self::rules(ONE_TIER, 3, Profile::Cli).trust_threshold, 80);
}

#[test]
fn demands_are_read_in_their_own_words() {
    let first = rules(NESTED, 1, Profile::Library);
    assert!(first.requires_contracts && first.requires_manual_review);
    let third = rules(NESTED, 3, Profile::BackendApi);
    assert!(!third.requires_contracts && !third.requires_manual_review);
    assert_eq!(
        (third.coverage_metric, third.min_coverage.text.as_str()),
        (CoverageMetric::Line, "0.6"),
        "lines alone are what its coverage is of"
    );
    assert_eq!(third.line_requirement(), None);
}

#[test]
fn branches_and_lines_are_both_asked_for() {
    let rules = rules(QUALITY_GATES, 2, Profile::BackendApi);
    let asked = rules.line_requirement().expect("lines");
    assert_eq!(
        (
            asked.measurement.as_str(),
            asked.threshold,
            asked.source.as_str()
        ),
        ("line_coverage", 0.725, "tier 2")
    );
    assert_eq!(
        rules
            .requirement(Term::Coverage)
            .map(|asked| asked.measurement),
        Some("branch_coverage".to_owned())
    );
    assert_eq!(rules.trust_threshold, 82);
    let weights: Vec<u32> = rules
        .trust_policy(|_| Feed::Gates(Vec::new()))
        .terms
        .iter()
        .map(|term| term.weight)
        .collect();
    assert_eq!(weights, [30, 20, 20, 10, 10, 10]);
}

#[test]
fn what_nobody_checks_is_told() {
    let policy = policy(QUALITY_GATES);
    let keys: Vec<&str> = policy
        .unread()
        .iter()
        .map(|unread| unread.key.as_str())
        .collect();
    assert!(keys.contains(&"tiers.tier_2.quality_gates.performance.budgets.0.ttfa_ms"));
    assert!(keys.contains(&"tiers.tier_2.change_budget.max_days"));
    assert!(!keys.iter().any(|key| key.ends_with(".name")));
    assert!(!keys.iter().any(|key| key.ends_with("max_loc")));
    let finding = policy
        .findings()
        .into_iter()
        .find(|finding| finding.code == "policy-unread")
        .expect("a warning");
    assert_eq!(finding.severity, Severity::Warning);
    let count = policy.unread().len();
    assert_eq!(
        finding.message,
        format!("{count} statements of the policy are checked by nothing here")
    );
}

#[test]
fn files_of_a_tier_are_kept() {
    let policy = policy(WRAPPED);
    let paths: Vec<(u8, &str)> = policy
        .paths()
        .iter()
        .map(|entry| (entry.tier, entry.path.as_str()))
        .collect();
    assert_eq!(paths, [(1, "packages/core"), (3, "docs"), (3, "apps/*")]);
}

#[test]
fn of_two_statements_the_stricter_counts_and_both_are_named() {
    let text = "'2': { min_branch: 0.8, min_coverage: 0.85, max_files: 20, change_budget: { max_files: 30 } }\ntier_2: { requires_contracts: false, contracts_required: true }\n";
    let policy = policy(text);
    let told: Vec<(&str, &str, &str, &str)> = policy
        .conflicts()
        .iter()
        .map(|conflict| {
            (
                conflict.what.as_str(),
                conflict.won.value.as_str(),
                conflict.lost.value.as_str(),
                conflict.lost.who.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "`2.change_budget.max_files`",
                "20",
                "30",
                "`2.change_budget.max_files`"
            ),
            ("`2.min_coverage`", "0.85", "0.8", "`2.min_branch`"),
            (
                "`2.requires_contracts`",
                "true",
                "false",
                "`tier_2.requires_contracts`"
            ),
        ]
    );
    let finding = &policy.conflicts()[1].finding();
    assert_eq!(
        (finding.code.as_str(), finding.severity),
        ("policy-conflict", Severity::Warning)
    );
    assert_eq!(
        finding.message,
        "`2.min_coverage` is said twice, and the first counts: 0.85 (`2.min_coverage` at p.yaml:1:39), 0.8 (`2.min_branch` at p.yaml:1:20)"
    );
    assert_eq!(finding.found.as_deref(), Some("0.8"));
    let rules = policy.rules(2, Profile::Cli).expect("a tier");
    assert_eq!(rules.min_coverage.text, "0.85");
    assert_eq!(
        rules.max_files.map(|files| files.text),
        Some("20".to_owned())
    );
    assert!(rules.requires_contracts);
    assert_eq!(
        self::policy("'2': { min_branch: 0.8, min_coverage: 0.8 }").conflicts(),
        []
    );
}

#[test]
fn a_number_on_another_scale_is_an_error_and_no_guess() {
    for (text, message) in [
        (
            "risk_tiers: { '2': { coverage_threshold: 0.8 } }",
            "`risk_tiers.2.coverage_threshold` is 0.8, not a percentage: 0, or more than 1 and at most 100, such as 80",
        ),
        (
            "risk_tiers: { '2': { mutation_threshold: 101 } }",
            "`risk_tiers.2.mutation_threshold` is 101, not a percentage: 0, or more than 1 and at most 100, such as 80",
        ),
        (
            "'2': { min_branch: 80 }",
            "`2.min_branch` is 80, not a share from 0 to 1, such as 0.8",
        ),
        (
            "tier_2: { max_files: 0 }",
            "`tier_2.max_files` is 0, not a whole number from 1",
        ),
        (
            "tier_2: { max_loc: 1.5 }",
            "`tier_2.max_loc` is 1.5, not a whole number from 1",
        ),
        (
            "tier_2: { review: perhaps }",
            "`tier_2.review` is perhaps, not true, false, required or optional",
        ),
        (
            "tier_2: { trust_score: { target: 800 } }",
            "`tier_2.trust_score.target` is 800, not a whole number from 0 to 100",
        ),
    ] {
        let faults = TierPolicy::from_document(&document(text)).expect_err(text);
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(faults[0].message, message);
        assert!(
            faults[0]
                .place
                .as_ref()
                .is_some_and(|place| place.column > Some(1))
        );
    }
    // 0 and 100 are percentages, whole numbers may be written with a point.
    let text =
        "risk_tiers: { '2': { coverage_threshold: 100, mutation_threshold: 0, max_files: 3.0 } }";
    let rules = rules(text, 2, Profile::Cli);
    assert_eq!(rules.min_coverage.value, 1.0);
    assert_eq!(rules.min_mutation.value, 0.0);
    assert_eq!(rules.max_files.map(|files| files.value), Some(3.0));
}

#[test]
fn weights_of_another_shape_are_held_to_the_same_rule() {
    let text = QUALITY_GATES.replace("coverage_weight: 0.3", "coverage_weight: 0.4");
    let faults = TierPolicy::from_document(&document(&text)).expect_err("they make 1.1");
    assert_eq!(codes(&faults), [("policy-rule", Severity::Error)]);
    assert_eq!(
        faults[0].place.as_ref().and_then(|place| place.line),
        Some(16)
    );
}

#[test]
fn a_stricter_tier_that_asks_for_less_is_told() {
    let text = MIN_BRANCH.replace("\"min_mutation\": 0.70", "\"min_mutation\": 0.40");
    let findings = policy(&text).findings();
    let finding = findings
        .iter()
        .find(|finding| finding.code == "policy-rule")
        .expect("a warning");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.message,
        "tier 1 asks for less than tier 2 does: `min_mutation`"
    );
    assert_eq!(
        (finding.expected.as_deref(), finding.found.as_deref()),
        (Some("at least 0.5 (tier 2)"), Some("0.4 (tier 1)"))
    );
}

/// The published files, where `CAWS_CORPUS` names their directory.
#[test]
fn every_published_policy_is_read() {
    let Some(corpus) = std::env::var_os("CAWS_CORPUS").map(std::path::PathBuf::from) else {
        eprintln!("NOT TESTED: CAWS_CORPUS names no directory with published policies");
        return;
    };
    for (name, shape, tier, coverage, mutation) in [
        (
            "policy.kokoro-head.yaml",
            Shape::QualityGates,
            2,
            "0.8",
            "0.5",
        ),
        (
            "policy.paths-v9.2.0.yaml",
            Shape::RiskTiers,
            1,
            "0.9",
            "0.7",
        ),
        ("tier-policy.62a4f38.json", Shape::V1, 3, "0.7", "0.3"),
        ("tier-policy.head.json", Shape::NamedTiers, 2, "0.8", "0.5"),
    ] {
        let text = std::fs::read_to_string(corpus.join("policy").join(name)).expect("the file");
        let policy = policy(&text);
        assert_eq!(
            policy.recognition().map(|seen| seen.shape),
            Some(shape),
            "{name}"
        );
        assert!(!policy.because().is_empty(), "{name}");
        let rules = policy.rules(tier, Profile::BackendApi).expect("a tier");
        assert_eq!(rules.min_coverage.text, coverage, "{name}");
        assert_eq!(rules.min_mutation.text, mutation, "{name}");
    }
}
