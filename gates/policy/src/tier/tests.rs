use caws_evidence::{Comparator, Finding, Place};
use caws_spec::spec::Profile;
use caws_spec::{Document, parse, validate_spec};
use serde_json::{Value, json};

use super::{
    By, CoverageMetric, Feed, Stated, Subject, TierPolicy, TierRules, Tightening, tighten,
};
use crate::plan::{Requirement, Term, TermPolicy};

/// The published form: no `trust`.
fn published() -> Value {
    json!({
        "1": {
            "coverage_metric": "branch", "min_coverage": 0.9, "min_mutation": 0.7, "requires_contracts": true,
            "requires_manual_review": true, "profiles": {"library": {"requires_contracts": false}}
        },
        "2": {
            "coverage_metric": "branch", "min_coverage": 0.8, "min_mutation": 0.5, "requires_contracts": true,
            "profiles": {
                "library": {"requires_contracts": false},
                "cli": {"coverage_metric": "line", "min_coverage": 0.85, "min_mutation": 0.55, "requires_manual_review": true},
                "backend-api": {"perf_budgets": "k6"}
            }
        },
        "3": {"coverage_metric": "line", "min_coverage": 0.7, "min_mutation": 0.3, "requires_contracts": false}
    })
}

fn with_trust(trust: Value) -> Value {
    let mut policy = published();
    policy["trust"] = trust;
    policy
}

fn document(policy: &Value) -> Document {
    parse(
        "p.json",
        serde_json::to_string_pretty(policy)
            .expect("it serialises")
            .as_bytes(),
    )
    .expect("it parses")
}

fn read(policy: &Value) -> Result<TierPolicy, Vec<Finding>> {
    TierPolicy::from_document(&document(policy))
}

fn rules(policy: &Value, tier: u8, profile: Profile) -> TierRules {
    read(policy)
        .expect("a policy")
        .rules(tier, profile)
        .expect("a tier")
}

fn stated(text: &str, value: f64, source: &str) -> Stated {
    Stated {
        text: text.to_owned(),
        value,
        source: source.to_owned(),
    }
}

fn place() -> Place {
    Place {
        path: "s.yaml".to_owned(),
        line: Some(3),
        column: Some(4),
    }
}

#[test]
fn a_tier_asks_what_its_file_says() {
    let rules = rules(&published(), 2, Profile::BackendApi);
    assert_eq!(
        (rules.tier, rules.profile, rules.coverage_metric),
        (2, Profile::BackendApi, CoverageMetric::Branch)
    );
    assert_eq!(rules.min_coverage, stated("0.8", 0.8, "tier 2"));
    assert_eq!(rules.min_mutation, stated("0.5", 0.5, "tier 2"));
    assert!(rules.requires_contracts);
    assert!(!rules.requires_manual_review);
    assert_eq!(rules.trust_threshold, 80);
}

#[test]
fn tiers_differ() {
    let first = rules(&published(), 1, Profile::WebUi);
    assert_eq!(
        (
            first.min_coverage.text.as_str(),
            first.min_mutation.text.as_str()
        ),
        ("0.9", "0.7")
    );
    assert_eq!(
        (first.requires_manual_review, first.trust_threshold),
        (true, 85)
    );
    let third = rules(&published(), 3, Profile::WebUi);
    assert_eq!(
        (
            third.coverage_metric,
            third.requires_contracts,
            third.trust_threshold
        ),
        (CoverageMetric::Line, false, 80)
    );
    assert_eq!(third.min_coverage, stated("0.7", 0.7, "tier 3"));
    for tier in [0, 4] {
        assert_eq!(
            read(&published())
                .expect("a policy")
                .rules(tier, Profile::Cli),
            None
        );
    }
}

#[test]
fn a_profile_may_differ_from_its_tier() {
    let library = rules(&published(), 2, Profile::Library);
    assert!(!library.requires_contracts);
    assert_eq!(library.min_coverage.source, "tier 2");
    let cli = rules(&published(), 2, Profile::Cli);
    assert_eq!(cli.coverage_metric, CoverageMetric::Line);
    assert_eq!(
        cli.min_coverage,
        stated("0.85", 0.85, "tier 2, profile cli")
    );
    assert_eq!(
        cli.min_mutation,
        stated("0.55", 0.55, "tier 2, profile cli")
    );
    assert!(cli.requires_manual_review);
    assert!(cli.requires_contracts);
}

#[test]
fn thresholds_are_the_policys_where_it_states_them() {
    let threshold =
        |trust: Value, tier| rules(&with_trust(trust), tier, Profile::Cli).trust_threshold;
    assert_eq!(threshold(json!({}), 1), 85);
    assert_eq!(threshold(json!({"threshold": 90}), 1), 90);
    assert_eq!(
        threshold(json!({"threshold": 90, "tiers": {"1": 95}}), 1),
        95
    );
    assert_eq!(
        threshold(json!({"threshold": 90, "tiers": {"1": 95}}), 2),
        90
    );
    assert_eq!(threshold(json!({"tiers": {"1": 88, "3": 70}}), 1), 88);
    assert_eq!(threshold(json!({"tiers": {"3": 70}}), 3), 70);
    assert_eq!(threshold(json!({"tiers": {"3": 70}}), 1), 85);
}

#[test]
fn a_policy_that_breaks_its_schema_is_refused() {
    let mut policy = published();
    policy["2"]["min_coverage"] = json!(80);
    let findings = read(&policy).expect_err("80 is no share");
    assert_eq!(findings[0].code, "document-schema");
    assert_eq!(findings[0].message, "`2.min_coverage` is 80, not at most 1");
}

#[test]
fn weights_make_one_in_hundredths() {
    let weights = |coverage: Value, mutation: Value| json!({"weights": {"coverage": coverage, "mutation": mutation, "contracts": 0.2, "accessibility": 0.1, "performance": 0.1, "flakes": 0.1}});
    let policy = rules(
        &with_trust(weights(json!(0.3), json!(0.2))),
        2,
        Profile::Cli,
    )
    .trust_policy(|_| Feed::Gates(Vec::new()));
    let read_weights: Vec<_> = policy.terms.iter().map(|term| term.weight).collect();
    assert_eq!(read_weights, [30, 20, 20, 10, 10, 10]);
    for (coverage, found) in [
        (json!(0.26), "they make 1.01"),
        (json!(0.24), "they make 0.99"),
        (json!(0.255), "0.255, which is no step of 0.01"),
    ] {
        let findings =
            read(&with_trust(weights(coverage, json!(0.25)))).expect_err("a contradiction");
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].code.as_str(), findings[0].found.as_deref()),
            ("policy-rule", Some(found))
        );
        assert_eq!(
            findings[0].message,
            "the weights of the trust score do not make 1"
        );
        let place = findings[0].place.as_ref().expect("a place");
        assert!(place.line.is_some_and(|line| line > 10), "{place:?}");
    }
}

#[test]
fn a_higher_flake_rate_is_not_worth_more() {
    let flakes = |full: f64, half: f64| json!({"flakes": {"full": full, "half": half}});
    assert!(read(&with_trust(flakes(0.01, 0.01))).is_ok());
    let findings = read(&with_trust(flakes(0.02, 0.01))).expect_err("a contradiction");
    assert_eq!(findings[0].code, "policy-rule");
    assert_eq!(findings[0].found.as_deref(), Some("0.02 above 0.01"));
}

#[test]
fn all_contradictions_come_in_one_run() {
    let trust = json!({
        "flakes": {"full": 0.02, "half": 0.01},
        "weights": {"coverage": 1, "mutation": 1, "contracts": 0, "accessibility": 0, "performance": 0, "flakes": 0}
    });
    assert_eq!(
        read(&with_trust(trust)).expect_err("contradictions").len(),
        2
    );
}

fn term(terms: &[TermPolicy], wanted: Term) -> &TermPolicy {
    terms
        .iter()
        .find(|policy| policy.term == wanted)
        .expect("each term")
}

#[test]
fn the_score_is_put_together_as_published() {
    let policy = rules(&published(), 2, Profile::BackendApi).trust_policy(|term| match term {
        Term::Accessibility => Feed::NotApplicable("no pages".to_owned()),
        Term::Coverage => Feed::Gates(vec!["coverage".to_owned()]),
        _ => Feed::Gates(Vec::new()),
    });
    assert_eq!(policy.threshold, 80);
    let told: Vec<_> = policy
        .terms
        .iter()
        .map(|term| {
            (
                term.term,
                term.weight,
                term.measurement.as_str(),
                term.minimum.as_deref(),
                term.target.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                Term::Coverage,
                25,
                "branch_coverage",
                Some("0.8"),
                Some("0.95")
            ),
            (
                Term::Mutation,
                25,
                "mutation_score",
                Some("0.5"),
                Some("0.9")
            ),
            (Term::Contracts, 20, "contracts_passed", None, None),
            (Term::Accessibility, 10, "pages_passed", None, None),
            (Term::Performance, 10, "budgets_met", None, None),
            (Term::Flakes, 10, "flake_rate", Some("0.05"), Some("0.005")),
        ]
    );
    assert_eq!(term(&policy.terms, Term::Coverage).gates, ["coverage"]);
    assert_eq!(term(&policy.terms, Term::Coverage).not_applicable, None);
    assert_eq!(
        term(&policy.terms, Term::Accessibility)
            .not_applicable
            .as_deref(),
        Some("no pages")
    );
    assert!(term(&policy.terms, Term::Accessibility).gates.is_empty());
    assert_eq!(
        term(&policy.terms, Term::Mutation).not_applicable,
        None,
        "no gate is not the same as not applicable"
    );
}

#[test]
fn targets_and_limits_of_the_policy_reach_the_plan() {
    let trust = json!({"targets": {"coverage": 0.97, "mutation": 0.85}, "flakes": {"full": 0.001, "half": 0.01}});
    let rules = rules(&with_trust(trust), 3, Profile::Cli);
    let policy = rules.trust_policy(|_| Feed::Gates(Vec::new()));
    assert_eq!(
        term(&policy.terms, Term::Coverage).target.as_deref(),
        Some("0.97")
    );
    assert_eq!(
        term(&policy.terms, Term::Coverage).measurement,
        "line_coverage"
    );
    assert_eq!(
        term(&policy.terms, Term::Mutation).target.as_deref(),
        Some("0.85")
    );
    assert_eq!(
        term(&policy.terms, Term::Flakes).minimum.as_deref(),
        Some("0.01")
    );
    assert_eq!(
        term(&policy.terms, Term::Flakes).target.as_deref(),
        Some("0.001")
    );
    assert_eq!(
        rules
            .requirement(Term::Flakes)
            .map(|asked| (asked.threshold, asked.source)),
        Some((0.01, "policy trust.flakes".to_owned()))
    );
}

#[test]
fn what_a_tier_asks_of_each_term() {
    let rules = rules(&published(), 2, Profile::BackendApi);
    let asked = |measurement: &str, comparator, threshold, source: &str| {
        Some(Requirement {
            measurement: measurement.to_owned(),
            comparator,
            threshold,
            source: source.to_owned(),
        })
    };
    assert_eq!(
        rules.requirement(Term::Coverage),
        asked("branch_coverage", Comparator::AtLeast, 0.8, "tier 2")
    );
    assert_eq!(
        rules.requirement(Term::Mutation),
        asked("mutation_score", Comparator::AtLeast, 0.5, "tier 2")
    );
    assert_eq!(
        rules.requirement(Term::Contracts),
        asked("contracts_passed", Comparator::AtLeast, 1.0, "tier 2")
    );
    assert_eq!(
        rules.requirement(Term::Accessibility),
        asked("pages_passed", Comparator::AtLeast, 1.0, "tier 2")
    );
    assert_eq!(
        rules.requirement(Term::Flakes),
        asked("flake_rate", Comparator::AtMost, 0.05, "published default")
    );
    assert_eq!(rules.requirement(Term::Performance), None);
}

#[test]
fn what_applies_to_whom() {
    let reason = |tier, profile, term, declared| {
        rules(&published(), tier, profile).not_applicable(term, declared)
    };
    for term in [Term::Coverage, Term::Mutation, Term::Flakes] {
        for tier in 1..=3 {
            for profile in Profile::ALL {
                assert_eq!(reason(tier, profile, term, false), None);
            }
        }
    }
    for term in [Term::Contracts, Term::Accessibility, Term::Performance] {
        assert_eq!(
            reason(3, Profile::Library, term, true),
            None,
            "what is declared applies"
        );
    }
    assert_eq!(reason(2, Profile::BackendApi, Term::Contracts, false), None);
    assert_eq!(
        reason(2, Profile::Library, Term::Contracts, false).as_deref(),
        Some("tier 2 asks no contract of the profile library, and none is configured")
    );
    assert_eq!(reason(3, Profile::WebUi, Term::Accessibility, false), None);
    assert_eq!(
        reason(2, Profile::BackendApi, Term::Accessibility, false).as_deref(),
        Some("tier 2 asks no page of the profile backend-api, and none is configured")
    );
    for profile in [Profile::WebUi, Profile::BackendApi] {
        assert_eq!(reason(1, profile, Term::Performance, false), None);
        assert_eq!(reason(2, profile, Term::Performance, false), None);
        assert!(reason(3, profile, Term::Performance, false).is_some());
    }
    assert_eq!(
        reason(1, Profile::Cli, Term::Performance, false).as_deref(),
        Some("tier 1 asks no performance budget of the profile cli, and none is configured")
    );
}

fn wish(comparator: Comparator, floor: f64, wanted: f64) -> Result<f64, Box<Finding>> {
    tighten(Tightening {
        what: "the budget",
        comparator,
        floor,
        floor_source: "tier 2",
        wanted,
        place: place(),
    })
}

#[test]
fn as_much_or_more_is_granted_and_less_is_not() {
    for (comparator, floor, wanted, granted) in [
        (Comparator::AtLeast, 0.8, 0.8, true),
        (Comparator::AtLeast, 0.8, 0.81, true),
        (Comparator::AtLeast, 0.8, 0.79, false),
        (Comparator::AtLeast, 0.8, f64::INFINITY, false),
        (Comparator::AtLeast, 0.8, f64::NAN, false),
        (Comparator::AtMost, 0.5, 0.5, true),
        (Comparator::AtMost, 0.5, 0.4, true),
        (Comparator::AtMost, 0.5, 0.6, false),
        (Comparator::AtMost, 0.5, f64::NEG_INFINITY, false),
        (Comparator::Equal, 1.0, 1.0, true),
        (Comparator::Equal, 1.0, 2.0, false),
    ] {
        let answer = wish(comparator, floor, wanted);
        assert_eq!(answer.is_ok(), granted, "{comparator:?} {floor} {wanted}");
        if let Ok(value) = answer {
            assert_eq!(value, wanted);
        }
    }
}

#[test]
fn a_refusal_says_what_is_in_force_and_where_the_wish_stands() {
    let finding = wish(Comparator::AtMost, 0.5, 0.6).expect_err("it is refused");
    assert_eq!(finding.code, "threshold-loosened");
    assert_eq!(finding.message, "the budget asks for less than tier 2 does");
    assert_eq!(finding.expected.as_deref(), Some("at most 0.5 (tier 2)"));
    assert_eq!(finding.found.as_deref(), Some("0.6"));
    assert_eq!(
        finding.help.as_deref(),
        Some("write at most 0.5, or remove the line: tier 2 is in force anyway")
    );
    assert_eq!(finding.place, Some(place()));
    let finding = wish(Comparator::AtLeast, 0.5, 0.4).expect_err("it is refused");
    assert_eq!(finding.expected.as_deref(), Some("at least 0.5 (tier 2)"));
    let finding = wish(Comparator::Equal, 0.0, 1.0).expect_err("it is refused");
    assert_eq!(finding.expected.as_deref(), Some("0 (tier 2)"));
}

fn spec(targets: &str) -> (Document, caws_spec::WorkingSpec) {
    let text = format!(
        "id: T-1\ntitle: A title of a spec\nrisk_tier: 2\nprofile: library\nrationale: Because it is worth doing.\n\
         scope: {{ in: [src/], out: [] }}\ninvariants: [It stays as it is]\n\
         acceptance: [{{ id: A1, given: a, when: b, then: c }}]\nnon_functional: {{}}\ncontracts: []\n{targets}"
    );
    let document = parse("s.yaml", text.as_bytes()).expect("it parses");
    let spec = validate_spec(&document).spec.expect("a spec");
    (document, spec)
}

#[test]
fn a_spec_may_ask_for_more() {
    let mut rules = rules(&published(), 2, Profile::Library);
    let (document, spec) = spec("targets: { coverage: 0.95, mutation: 0.8, trust: 90 }\n");
    assert_eq!(rules.tighten_by(&document, &spec), []);
    assert_eq!(
        rules.min_coverage,
        stated("0.95", 0.95, "spec targets.coverage")
    );
    assert_eq!(
        rules.min_mutation,
        stated("0.8", 0.8, "spec targets.mutation")
    );
    assert_eq!(rules.trust_threshold, 90);
    assert_eq!(
        rules.trust_policy(|_| Feed::Gates(Vec::new())).threshold,
        90
    );
    let refused = rules
        .tighten_coverage(0.9, "config", place())
        .expect_err("the spec asks for more");
    assert_eq!(
        refused.message,
        "config asks for less than spec targets.coverage does"
    );
}

#[test]
fn a_spec_may_not_ask_for_less() {
    let mut rules = rules(&published(), 2, Profile::Library);
    let before = rules.clone();
    let (document, spec) = spec("targets: { coverage: 0.5, mutation: 0.1, trust: 79 }\n");
    let findings = rules.tighten_by(&document, &spec);
    let told: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding.message.as_str(),
                finding
                    .place
                    .as_ref()
                    .map(|place| (place.line, place.column)),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "spec targets.coverage asks for less than tier 2 does",
                Some((Some(11), Some(22)))
            ),
            (
                "spec targets.mutation asks for less than tier 2 does",
                Some((Some(11), Some(37)))
            ),
            (
                "spec targets.trust asks for less than the policy's trust threshold does",
                Some((Some(11), Some(49)))
            ),
        ]
    );
    assert_eq!(rules, before);
}

#[test]
fn a_spec_without_targets_changes_nothing() {
    let mut rules = rules(&published(), 2, Profile::Library);
    let before = rules.clone();
    let (document, spec) = spec("");
    assert_eq!(rules.tighten_by(&document, &spec), []);
    let (document, spec) = self::spec("targets: {}\n");
    assert_eq!(rules.tighten_by(&document, &spec), []);
    assert_eq!(rules, before);
}

#[test]
fn our_own_policy_is_the_published_one_with_its_trust_written_out() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.caws/policy/tier-policy.json"
    );
    let bytes = std::fs::read(file).expect("the file");
    let own = TierPolicy::from_document(&parse("tier-policy.json", &bytes).expect("it parses"))
        .expect("a policy");
    let rules = own.rules(2, Profile::BackendApi).expect("tier 2");
    assert_eq!(
        (
            rules.min_coverage.text.as_str(),
            rules.min_mutation.text.as_str()
        ),
        ("0.8", "0.5")
    );
    let published = read(&published())
        .expect("a policy")
        .rules(2, Profile::BackendApi)
        .expect("tier 2");
    let feed = |_| Feed::Gates(Vec::new());
    assert_eq!(rules.trust_policy(feed), published.trust_policy(feed));
    assert_eq!(
        own.rules(1, Profile::Cli).expect("tier 1").trust_threshold,
        85
    );
}

#[test]
fn a_budget_of_the_tier_may_be_lowered_and_not_raised() {
    let mut policy = published();
    policy["2"]["change_budget"] = json!({"max_files": 25, "max_loc": 1000});
    policy["2"]["profiles"]["cli"]["change_budget"] = json!({"max_files": 10});
    let cli = rules(&policy, 2, Profile::Cli);
    assert_eq!(
        cli.max_files,
        Some(stated("10", 10.0, "tier 2, profile cli"))
    );
    assert_eq!(cli.max_loc, Some(stated("1000", 1000.0, "tier 2")));
    let before = rules(&policy, 2, Profile::Library);
    let mut lowered = before.clone();
    let (document, spec) = spec("change_budget: { max_files: 25, max_loc: 999 }\n");
    assert_eq!(lowered.tighten_by(&document, &spec), []);
    assert_eq!(
        lowered.max_loc,
        Some(stated("999", 999.0, "spec change_budget.max_loc"))
    );
    let mut refused = before.clone();
    let (document, spec) = self::spec("change_budget: { max_files: 26 }\n");
    let findings = refused.tighten_by(&document, &spec);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (
            findings[0].code.as_str(),
            findings[0].message.as_str(),
            findings[0].expected.as_deref(),
            findings[0].found.as_deref()
        ),
        (
            "threshold-loosened",
            "spec change_budget.max_files asks for less than tier 2 does",
            Some("at most 25 (tier 2)"),
            Some("26")
        )
    );
    assert_eq!(refused, before);
    // Where the tier sets no limit, any limit is more than none.
    let mut free = rules(&published(), 2, Profile::Library);
    assert_eq!(free.max_files, None);
    assert_eq!(free.tighten_by(&document, &spec), []);
    assert_eq!(
        free.max_files.map(|files| files.text),
        Some("26".to_owned())
    );
}

#[test]
fn a_spec_may_demand_contracts_and_review_and_not_drop_them() {
    let mut library = rules(&published(), 2, Profile::Library);
    assert!(!library.requires_contracts && !library.requires_manual_review);
    let (document, spec) = spec("targets: { contracts: true, manual_review: true }\n");
    assert_eq!(library.tighten_by(&document, &spec), []);
    assert!(library.requires_contracts && library.requires_manual_review);
    let words: Vec<&str> = library.layers[&Subject::Contracts]
        .iter()
        .map(|layer| layer.who.as_str())
        .collect();
    assert_eq!(
        words,
        [
            "tier 2",
            "tier 2, profile library",
            "spec targets.contracts"
        ]
    );

    let before = rules(&published(), 1, Profile::BackendApi);
    let mut first = before.clone();
    let (document, spec) = self::spec("targets: { contracts: false, manual_review: false }\n");
    let findings = first.tighten_by(&document, &spec);
    let told: Vec<(&str, Option<&str>)> = findings
        .iter()
        .map(|finding| (finding.message.as_str(), finding.expected.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "spec targets.contracts asks for less than tier 1 does",
                Some("true (tier 1)")
            ),
            (
                "spec targets.manual_review asks for less than tier 1 does",
                Some("true (tier 1)")
            ),
        ]
    );
    assert_eq!(first, before);
}

#[test]
fn every_number_knows_who_speaks_of_it_and_where() {
    let mut rules = rules(&published(), 2, Profile::Cli);
    let (document, spec) = spec("targets: { coverage: 0.95 }\n");
    assert_eq!(rules.tighten_by(&document, &spec), []);
    let words: Vec<(By, &str, &str, bool)> = rules.layers[&Subject::Coverage]
        .iter()
        .map(|layer| {
            (
                layer.by,
                layer.who.as_str(),
                layer.value.as_str(),
                layer.place.is_some(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            (By::Policy, "tier 2", "0.8", true),
            (By::Profile, "tier 2, profile cli", "0.85", true),
            (By::Override, "spec targets.coverage", "0.95", true),
        ]
    );
    let trust = &rules.layers[&Subject::Trust];
    assert_eq!(
        (trust.len(), trust[0].by, trust[0].value.as_str()),
        (1, By::Default, "80")
    );
    let stated = self::rules(
        &with_trust(json!({"threshold": 90, "tiers": {"1": 95}})),
        1,
        Profile::Cli,
    );
    let words: Vec<&str> = stated.layers[&Subject::Trust]
        .iter()
        .map(|layer| layer.value.as_str())
        .collect();
    assert_eq!(words, ["90", "95"]);
    let third = self::rules(&published(), 3, Profile::Cli);
    assert_eq!(third.layers[&Subject::Review][0].by, By::Default);
}

#[test]
fn our_own_shape_is_said_nothing_of() {
    let own = with_trust(json!({}));
    assert_eq!(super::examine(&document(&own)), []);
}

proptest::proptest! {
    #[test]
    fn no_wish_of_a_spec_loosens_anything(coverage in 0.0..1.0_f64, mutation in 0.0..1.0_f64, trust in 0..=100_u32, files in 1..50_u64, review: bool) {
        let mut policy = published();
        policy["1"]["change_budget"] = json!({"max_files": 25});
        let before = rules(&policy, 1, Profile::BackendApi);
        let mut after = before.clone();
        let (document, spec) = spec(&format!(
            "targets: {{ coverage: {coverage}, mutation: {mutation}, trust: {trust}, manual_review: {review} }}\nchange_budget: {{ max_files: {files} }}\n"
        ));
        let refused = after.tighten_by(&document, &spec).len();
        proptest::prop_assert!(after.min_coverage.value >= before.min_coverage.value);
        proptest::prop_assert!(after.min_mutation.value >= before.min_mutation.value);
        proptest::prop_assert!(after.trust_threshold >= before.trust_threshold);
        proptest::prop_assert!(after.requires_manual_review);
        proptest::prop_assert!(after.max_files.as_ref().is_some_and(|limit| limit.value <= 25.0));
        let loosens = [coverage < 0.9, mutation < 0.7, trust < 85, files > 25, !review];
        proptest::prop_assert_eq!(refused, loosens.into_iter().filter(|one| *one).count());
    }
}
