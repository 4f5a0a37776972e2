//! Strictness, evaluation, tests of policies, bundles, and the policies this repository ships.

mod bundle;
mod shipped;

use serde_json::{Value, json};

use crate::{Fault, FaultKind, Level, Policies, Report, Source, TestState, evaluate, run_tests};

fn nothing() -> Value {
    json!({})
}

fn one(text: &str) -> Vec<Source> {
    vec![Source::new("p.rego", text)]
}

fn compile(text: &str) -> Result<Policies, Vec<Fault>> {
    Policies::compile(&one(text), &nothing(), None)
}

fn fault(text: &str) -> Fault {
    compile(text).unwrap_err().remove(0)
}

fn said(text: &str, input: &Value) -> Report {
    evaluate(&compile(text).unwrap(), input).unwrap()
}

#[test]
fn a_file_that_does_not_parse_is_a_fault_at_its_place() {
    let found = fault("package p\n\ndeny contains msg if {\n\tmsg := \n}\n");
    assert_eq!(found.kind, FaultKind::Syntax);
    let place = found.location.clone().unwrap();
    assert_eq!(place.path, "p.rego");
    assert!(
        place.line.is_some_and(|line| (4..=5).contains(&line)),
        "{found}"
    );
    assert!(!found.message.contains('\n'), "{found}");
}

#[test]
fn every_file_that_does_not_parse_is_named() {
    let sources = [
        Source::new("a.rego", "package"),
        Source::new("b.rego", "no rego"),
    ];
    let faults = Policies::compile(&sources, &nothing(), None).unwrap_err();
    let paths: Vec<String> = faults
        .iter()
        .map(|one| one.location.clone().unwrap().path)
        .collect();
    assert_eq!(paths, ["a.rego", "b.rego"]);
}

#[test]
fn what_no_person_writes_is_a_fault_and_costs_little() {
    let policy = |term: &str| format!("package p\n\ndeny contains \"x\" if {term} == 1\n");
    let chain = |before: &str, times: usize, after: &str| {
        policy(&format!("{}1{}", before.repeat(times), after.repeat(times)))
    };
    assert!(compile(&policy("((((1))))")).is_ok());
    assert!(compile(&chain("1 +\n", 100, "")).is_ok());
    for (kind, text) in [
        (FaultKind::TooDeep, chain("(\n", 5_000, ")\n")),
        (FaultKind::TooDeep, chain("[\n", 5_000, "]\n")),
        (FaultKind::TooDeep, chain("[", 25, "]")),
        (FaultKind::TooDeep, chain("{1:\n", 5_000, "}\n")),
        (FaultKind::TooDeep, chain("1 +\n", 15_000, "")),
        (FaultKind::TooDeep, chain("-", 500, "")),
        (FaultKind::TooDeep, chain("", 15_000, "\n| 1")),
        (FaultKind::TooDeep, chain("", 15_000, "\n== 1")),
        (FaultKind::TooDeep, "(".repeat(1 << 20)),
        (FaultKind::Syntax, chain("not\n", 5_000, "")),
        (FaultKind::Syntax, policy(&"a".repeat(2_000))),
        (
            FaultKind::Syntax,
            format!("{}#{}\n", policy("1"), "x".repeat(2 << 20)),
        ),
        (
            FaultKind::Syntax,
            format!("{}{}", policy("1"), "\n".repeat(100_000)),
        ),
    ] {
        let found = fault(&text);
        assert_eq!(found.kind, kind, "{found}");
        assert!(found.message.len() < 1_000, "{found}");
    }
}

#[test]
fn rego_of_version_0_is_a_fault() {
    assert_eq!(
        fault("package p\ndeny[msg] { msg := \"x\" }").kind,
        FaultKind::Syntax
    );
}

#[test]
fn no_policy_is_a_fault() {
    let faults = Policies::compile(&[], &nothing(), None).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::Empty);
    let tests = [Source::new("p_test.rego", "package p_test\ntest_a if true")];
    let faults = Policies::compile(&tests, &nothing(), None).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::Empty);
}

#[test]
fn a_package_that_decides_nothing_is_a_fault() {
    assert_eq!(fault("package p\nallow if input.x").kind, FaultKind::NoRule);
    // A misspelt rule is no rule.
    assert_eq!(
        fault("package p\ndenny contains \"x\" if input.x").kind,
        FaultKind::NoRule
    );
}

#[test]
fn a_package_that_a_policy_uses_needs_no_rule_of_its_own() {
    let sources = [
        Source::new("lib.rego", "package lib\nbad(x) if x == 1"),
        Source::new(
            "p.rego",
            "package p\nimport data.lib\ndeny contains \"x\" if lib.bad(input.x)",
        ),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    assert_eq!(policies.packages(), ["p"]);
    assert_eq!(
        evaluate(&policies, &json!({ "x": 1 }))
            .unwrap()
            .outcomes
            .len(),
        1
    );
}

#[test]
fn a_rule_that_is_no_set_is_a_fault() {
    for text in [
        "package p\ndeny := \"x\" if input.x",
        "package p\ndeny if input.x",
        "package p\nwarn = [] if input.x",
        "package p\ndefault deny := false\ndeny := true if input.x",
    ] {
        assert_eq!(fault(text).kind, FaultKind::NoSet, "{text}");
    }
}

#[test]
fn a_function_nobody_knows_is_a_fault_even_where_it_is_never_reached() {
    let found = fault("package p\ndeny contains \"x\" if {\n\tfalse\n\tno_such(input.x)\n}");
    assert_eq!(found.kind, FaultKind::UnknownFunction);
    assert_eq!(found.location.unwrap().line, Some(4));
}

#[test]
fn functions_that_read_more_than_the_input_are_unknown() {
    for call in [
        "time.now_ns() > 0",
        "http.send({\"method\": \"get\", \"url\": \"http://127.0.0.1\"}).status_code == 200",
        "rand.intn(\"x\", 9) == 1",
        "uuid.rfc4122(\"x\") != \"\"",
        "opa.runtime().env.HOME != \"\"",
    ] {
        let text = format!("package p\ndeny contains \"x\" if {{ {call} }}");
        assert_eq!(fault(&text).kind, FaultKind::UnknownFunction, "{call}");
    }
}

#[test]
fn functions_of_its_own_and_of_imports_are_known() {
    let sources = [
        Source::new("a.rego", "package lib.a\nf(x) := x"),
        Source::new(
            "p.rego",
            "package p\nimport data.lib.a as other\nimport data.lib.a.f\ng(x) := x\ndeny contains \"x\" if {\n\tother.f(1) == g(1)\n\tf(2) == data.lib.a.f(2)\n\tcount({1}) == count(set()) + 1\n\tnot (1 == 2)\n}",
        ),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    assert_eq!(evaluate(&policies, &nothing()).unwrap().outcomes.len(), 1);
}

#[test]
fn a_part_of_the_input_that_its_schema_does_not_have_is_a_fault() {
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "spec": { "type": "object" },
            "tier": { "$ref": "#/$defs/tier" },
        },
        "$defs": { "tier": { "additionalProperties": false, "properties": { "manual_review": {} } } },
    });
    let compile = |part: &str| {
        let text = format!("package p\n# input.never\ndeny contains \"input.never\" if {part}");
        Policies::compile(&one(&text), &nothing(), Some(&schema))
    };
    for good in [
        "input.spec.anything",
        "input.tier.manual_review",
        "input[\"other\"]",
        "input == {}",
    ] {
        assert!(compile(good).is_ok(), "{good}");
    }
    for bad in ["input.specs", "input.tier.review", "not input.tierr"] {
        let faults = compile(bad).unwrap_err();
        assert_eq!(faults[0].kind, FaultKind::UnknownInput, "{bad}");
    }
}

#[test]
fn an_evaluation_that_breaks_off_is_a_fault_never_silence() {
    let policies = compile("package p\ndeny contains \"x\" if to_number(input.x) == 7").unwrap();
    assert_eq!(
        evaluate(&policies, &json!({ "x": "7" }))
            .unwrap()
            .outcomes
            .len(),
        1
    );
    let faults = evaluate(&policies, &json!({ "x": "seven" })).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::Evaluation);
}

#[test]
fn what_a_rule_gives_must_be_readable() {
    for (value, why) in [
        ("7", "neither"),
        ("{\"message\": \"x\"}", "msg"),
        ("{\"msg\": 7}", "msg"),
        ("\"  \"", "empty"),
        ("{\"msg\": \"x\", \"place\": \"file:1\"}", "place"),
        (
            "{\"msg\": \"x\", \"place\": {\"path\": \"f\", \"line\": 0}}",
            "place",
        ),
    ] {
        let policies = compile(&format!("package p\ndeny contains {value} if true")).unwrap();
        let faults = evaluate(&policies, &nothing()).unwrap_err();
        assert_eq!(faults[0].kind, FaultKind::Result, "{value}");
        assert!(faults[0].message.contains(why), "{value}: {}", faults[0]);
    }
}

#[test]
fn results_are_read_with_code_place_and_help() {
    let found = said(
        "package p\nviolation_x contains {\"msg\": \"m\", \"code\": \"c\", \"help\": \"h\", \"place\": {\"path\": \"f\", \"line\": 3}} if true\nwarn contains {\"msg\": \"w\", \"_loc\": {\"file\": \"g\", \"line\": 4}, \"owner\": \"us\"} if true",
        &nothing(),
    );
    assert_eq!(found.rules, 2);
    let deny = found.standing(Level::Deny).next().unwrap();
    assert_eq!(
        (deny.rule.as_str(), deny.message.as_str()),
        ("violation_x", "m")
    );
    assert_eq!(
        (deny.code.as_deref(), deny.help.as_deref()),
        (Some("c"), Some("h"))
    );
    assert_eq!(deny.place.as_ref().unwrap().to_string(), "f:3");
    let warn = found.standing(Level::Warn).next().unwrap();
    assert_eq!(warn.place.as_ref().unwrap().to_string(), "g:4");
}

#[test]
fn rules_spread_over_files_of_one_package_count_once() {
    let sources = [
        Source::new("a.rego", "package p\ndeny contains \"a\" if true"),
        Source::new("b.rego", "package p\ndeny contains \"b\" if true"),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    let report = evaluate(&policies, &nothing()).unwrap();
    assert_eq!((report.rules, report.outcomes.len()), (1, 2));
}

#[test]
fn an_exception_takes_back_by_rule_or_by_code_within_its_package() {
    let rules = "package p\ndeny_a contains {\"msg\": \"m\", \"code\": \"c\", \"place\": {\"path\": \"f\"}} if true\ndeny_b contains \"n\" if true\n";
    let standing = |exception: &str| {
        let report = said(
            &format!("{rules}exception contains {exception} if true"),
            &nothing(),
        );
        (report.standing(Level::Deny).count(), report.unused.len())
    };
    assert_eq!(standing("[\"a\"]"), (1, 0));
    assert_eq!(standing("[\"a\", \"b\"]"), (0, 0));
    assert_eq!(standing("[\"other\"]"), (2, 1));
    assert_eq!(standing("{\"code\": \"c\", \"reason\": \"r\"}"), (1, 0));
    assert_eq!(
        standing("{\"code\": \"c\", \"reason\": \"r\", \"path\": \"f\"}"),
        (1, 0)
    );
    assert_eq!(
        standing("{\"code\": \"c\", \"reason\": \"r\", \"path\": \"g\"}"),
        (2, 1)
    );
}

#[test]
fn an_exception_without_a_reason_is_a_fault() {
    for exception in [
        "{\"code\": \"c\"}",
        "{\"code\": \"c\", \"reason\": \" \"}",
        "[]",
        "\"a\"",
        "true",
    ] {
        let text = format!(
            "package p\ndeny contains \"n\" if true\nexception contains {exception} if true"
        );
        let faults = evaluate(&compile(&text).unwrap(), &nothing()).unwrap_err();
        assert_eq!(faults[0].kind, FaultKind::Result, "{exception}");
    }
}

#[test]
fn an_exception_of_one_package_leaves_another_alone() {
    let sources = [
        Source::new(
            "a.rego",
            "package a\ndeny contains {\"msg\": \"m\", \"code\": \"c\"} if true",
        ),
        Source::new(
            "b.rego",
            "package b\nwarn contains \"w\" if false\nexception contains {\"code\": \"c\", \"reason\": \"r\"} if true",
        ),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    let report = evaluate(&policies, &nothing()).unwrap();
    assert_eq!(
        (report.standing(Level::Deny).count(), report.unused.len()),
        (1, 1)
    );
}

#[test]
fn patterns_have_their_classes() {
    let text = "package p\ndeny contains \"x\" if regex.match(`^\\s\\d\\w\\pL(?i)K$`, input.x)";
    assert_eq!(said(text, &json!({ "x": " 1aük" })).outcomes.len(), 1);
}

#[test]
fn data_is_there_and_must_be_an_object() {
    let text = "package p\ndeny contains \"x\" if input.x in data.forbidden";
    let policies = Policies::compile(&one(text), &json!({ "forbidden": [1] }), None).unwrap();
    assert_eq!(
        evaluate(&policies, &json!({ "x": 1 }))
            .unwrap()
            .outcomes
            .len(),
        1
    );
    let faults = Policies::compile(&one(text), &json!([1]), None).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::Data);
}

#[test]
fn the_same_input_gives_the_same_report() {
    let text = "package p\ndeny contains sprintf(\"%d\", [x]) if some x in input.all";
    let input = json!({ "all": [9, 3, 7, 1] });
    let first = said(text, &input);
    assert_eq!(first, said(text, &input));
    let messages: Vec<&str> = first
        .outcomes
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(messages, ["1", "3", "7", "9"]);
}

#[test]
fn tests_pass_fail_and_break_off() {
    let sources = [
        Source::new(
            "p.rego",
            "package p\ndeny contains \"x\" if input.x == 1\ndeny contains \"y\" if {\n\tinput.y == 1\n\tinput.z == 1\n}",
        ),
        Source::new(
            "p_test.rego",
            "package p_test\nimport data.p\ntest_good if p.deny == {\"x\"} with input as {\"x\": 1}\ntest_bad if p.deny == set() with input as {\"x\": 1}\ntest_false := false\ntest_broken if to_number(\"x\") == 1\nhelper := 1",
        ),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    let report = run_tests(&policies).unwrap();
    let states: Vec<(&str, bool)> = report
        .cases
        .iter()
        .map(|case| (case.name.as_str(), case.state == TestState::Passed))
        .collect();
    assert_eq!(
        states,
        [
            ("test_bad", false),
            ("test_broken", false),
            ("test_false", false),
            ("test_good", true)
        ]
    );
    assert!(matches!(report.cases[1].state, TestState::Error(_)));
    assert!(!report.passed());
    let file = &report.files[0];
    assert_eq!(file.path, "p.rego");
    assert!(file.covered.contains(&2), "{file:?}");
    assert!(file.missed.contains(&5), "{file:?}");
    let (covered, all) = report.coverage().unwrap();
    assert!(0 < covered && covered < all, "{covered} of {all}");
}

#[test]
fn a_file_no_test_touches_leaves_the_coverage_unknown() {
    let sources = [
        Source::new("p.rego", "package p\ndeny contains \"x\" if input.x == 1"),
        Source::new("q.rego", "package q\ndeny contains \"x\" if input.x == 1"),
        Source::new(
            "p_test.rego",
            "package p_test\nimport data.p\ntest_good if p.deny == {\"x\"} with input as {\"x\": 1}",
        ),
    ];
    let policies = Policies::compile(&sources, &nothing(), None).unwrap();
    let report = run_tests(&policies).unwrap();
    assert!(report.passed());
    assert!(report.files[1].untouched || report.files[1].covered.is_empty());
}

#[test]
fn without_tests_nothing_passed() {
    let report = run_tests(&compile("package p\ndeny contains \"x\" if input.x").unwrap()).unwrap();
    assert!(!report.passed() && report.cases.is_empty());
}
