use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, value, verdict};

const CONFIG: &str = "schema_version: 1\ngates: { policy: { settings: { forbidden: push } } }";
const POLICY: &str = "package p\n\ndeny contains {\"msg\": \"forbidden\", \"code\": \"trigger\", \"place\": {\"path\": workflow.path}} if {\n\tsome workflow in input.workflows\n\tinput.settings.forbidden in workflow.triggers\n}\n";

fn workflow(trigger: &str) -> String {
    format!("on: {trigger}\njobs:\n  main:\n    runs-on: x\n    steps:\n      - run: make\n")
}

fn lab(policy: &str, trigger: &str) -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("policy/p.rego", policy);
    lab.file(
        "policy/p_test.rego",
        "package p_test\n\ntest_nothing if true\n",
    );
    lab.file(".github/workflows/ci.yml", &workflow(trigger));
    lab
}

#[test]
fn what_a_policy_denies_fails_the_gate_at_its_place() {
    let outcome = lab(POLICY, "push").run();
    let found = evidence(&outcome, "policy");
    assert_eq!(found.verdict, Verdict::Fail);
    assert_eq!(value(&outcome, "policy", "denied"), Some(1.0));
    assert_eq!(
        codes_of(&outcome, "policy"),
        ["policy-denied", "threshold-missed"]
    );
    assert_eq!(
        found.findings[0].place.as_ref().unwrap().path,
        ".github/workflows/ci.yml"
    );
    assert_eq!(found.scope.included, ["policy/p.rego"]);
    let roles: Vec<&str> = found
        .outputs
        .iter()
        .map(|output| output.role.as_str())
        .collect();
    assert_eq!(roles, ["policy/p.rego", "input"]);
}

#[test]
fn a_policy_that_denies_nothing_passes() {
    let outcome = lab(POLICY, "pull_request").run();
    assert_eq!(verdict(&outcome, "policy"), Verdict::Pass);
}

#[test]
fn a_policy_that_does_not_parse_is_an_error() {
    let outcome = lab("package p\n\ndeny contains x if {", "pull_request").run();
    assert_eq!(verdict(&outcome, "policy"), Verdict::Error);
}

#[test]
fn no_policy_is_an_error() {
    let outcome = Lab::new(CONFIG).run();
    assert_eq!(verdict(&outcome, "policy"), Verdict::Error);
    let found = evidence(&outcome, "policy");
    assert!(
        found.findings[0]
            .found
            .as_ref()
            .unwrap()
            .contains("no policy file"),
        "{found:#?}"
    );
}

#[test]
fn data_that_is_not_there_says_so() {
    let lab = lab(POLICY, "push");
    lab.file(
        ".caws.yml",
        "schema_version: 1\ngates: { policy: { data: policy/data.json } }",
    );
    let outcome = lab.run();
    assert_ne!(verdict(&outcome, "policy"), Verdict::Pass);
    assert_eq!(codes_of(&outcome, "policy")[0], "policy-invalid");
}

#[test]
fn a_changed_workflow_is_judged_again() {
    let lab = lab(POLICY, "pull_request");
    assert_eq!(verdict(&lab.run(), "policy"), Verdict::Pass);
    lab.file(".github/workflows/ci.yml", &workflow("push"));
    assert_eq!(verdict(&lab.run(), "policy"), Verdict::Fail);
}

#[test]
fn the_input_fits_its_published_schema() {
    let lab = lab(POLICY, "push");
    lab.file("CODEOWNERS", "* @a\n");
    lab.commit();
    let project = lab.open();
    let settings = crate::policy::settings(&project);
    let document = crate::policy::input(&project, &settings, Some("HEAD")).unwrap();
    let schema = caws_spec::Schema::compile(caws_evidence::measure::rego::INPUT_SCHEMA).unwrap();
    let bytes = serde_json::to_vec(&document).unwrap();
    let parsed = caws_spec::parse("input.json", &bytes).unwrap();
    assert_eq!(caws_spec::validate_schema(&parsed, &schema), []);
    assert_eq!(document["codeowners"]["rules"][0]["owners"][0], "@a");
}
