use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, offline, planned, value};
use crate::{Options, RunOutcome};

const CONFIG: &str = "
schema_version: 1
gates:
  flakes:
    adapter: reports
    reports:
      - { format: junit, path: reports/one.xml }
      - { format: junit, path: reports/two.xml }
  acceptance:
    reports: []
";

fn junit(names: &[&str]) -> String {
    let cases: String = names
        .iter()
        .map(|name| format!("<testcase name=\"{name}\"/>"))
        .collect();
    format!("<testsuite>{cases}</testsuite>")
}

/// A spec with the criteria A1 and A2, and two reports that cite what is given.
fn lab(config: &str, names: &[&str]) -> Lab {
    let lab = Lab::new(config);
    let path = lab.root().join(".caws/working-spec.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once("acceptance:\n").unwrap();
    let end: usize = rest
        .lines()
        .take_while(|line| line.starts_with(' '))
        .map(|line| line.len() + 1)
        .sum();
    let criteria = "  - { id: A1, given: one thing, when: another, then: a third }\n  - { id: A2, given: one thing, when: another, then: a third }\n";
    let spec = format!("{head}acceptance:\n{criteria}{}", &rest[end..]);
    lab.file(".caws/working-spec.yaml", &spec);
    lab.file("reports/one.xml", &junit(names));
    lab.file("reports/two.xml", &junit(names));
    lab
}

fn of(outcome: &RunOutcome) -> (Verdict, Option<f64>) {
    (
        evidence(outcome, "acceptance").verdict,
        value(outcome, "acceptance", "criteria_proved"),
    )
}

#[test]
fn m8_the_results_of_the_same_run_prove_the_criteria() {
    let lab = lab(CONFIG, &["a1_counts", "test_a2", "a10_other"]);
    let outcome = lab.run();
    assert_eq!(of(&outcome), (Verdict::Pass, Some(1.0)));
    let found = evidence(&outcome, "acceptance");
    assert_eq!(found.scope.included, ["A1: a1_counts", "A2: test_a2"]);
    let roles: Vec<&str> = found
        .outputs
        .iter()
        .map(|output| output.role.as_str())
        .collect();
    assert_eq!(roles, ["junit/flakes.run-1", "junit/flakes.run-2"]);
    // The very bytes the other gate recorded.
    let theirs: Vec<&String> = evidence(&outcome, "flakes")
        .outputs
        .iter()
        .map(|output| &output.content_sha256)
        .collect();
    let ours: Vec<&String> = found
        .outputs
        .iter()
        .map(|output| &output.content_sha256)
        .collect();
    assert_eq!(ours, theirs);
    // A stranger draws the same map from the record alone.
    let options = caws_verify::Options {
        allow_unsigned: true,
        ..Default::default()
    };
    let report = caws_verify::verify_artifacts(&outcome.artifacts, &options);
    assert!(report.ok, "{report:#?}");
    let mut gates = report.gates.iter();
    let again = gates.find(|gate| gate.gate == "acceptance").unwrap();
    assert_eq!(again.reproduced, caws_verify::Reproduced::Yes);
    let criteria = &planned(&outcome, "acceptance").params["criteria"];
    assert_eq!(criteria[0]["id"], "A1");
    assert!(criteria[0]["line"].is_u64());
}

#[test]
fn a_criterion_without_a_test_is_named_at_its_place() {
    let lab = lab(CONFIG, &["a1_counts", "a20_other"]);
    let outcome = lab.run();
    assert_eq!(of(&outcome), (Verdict::Fail, Some(0.5)));
    let found = evidence(&outcome, "acceptance");
    assert_eq!(
        codes_of(&outcome, "acceptance"),
        ["criterion-unproved", "threshold-missed"]
    );
    let place = found.findings[0].place.as_ref().unwrap();
    assert_eq!(place.path, ".caws/working-spec.yaml");
    let spec = std::fs::read_to_string(lab.root().join(&place.path)).unwrap();
    let line = usize::try_from(place.line.unwrap()).unwrap();
    assert!(spec.lines().nth(line - 1).unwrap().contains("id: A2"));
    assert_eq!(found.scope.excluded, ["A2: not proved"]);
}

#[test]
fn cached_results_count_and_the_map_itself_is_made_anew() {
    let lab = lab(CONFIG, &["a1_counts", "a2_counts"]);
    let cached = |outcome: &RunOutcome| -> Vec<(String, bool)> {
        let gates = outcome.manifest.caws.gates.iter();
        gates
            .filter(|entry| matches!(entry.gate.as_str(), "flakes" | "acceptance"))
            .map(|entry| (entry.gate.clone(), entry.cached))
            .collect()
    };
    let is = |flakes, acceptance| {
        vec![
            ("flakes".to_owned(), flakes),
            ("acceptance".to_owned(), acceptance),
        ]
    };
    let outcome = lab.run();
    assert_eq!(cached(&outcome), is(false, false));
    let outcome = lab.run();
    assert_eq!(cached(&outcome), is(true, false));
    assert_eq!(of(&outcome), (Verdict::Pass, Some(1.0)));
    // Another outcome of the other gate is seen at once.
    lab.file(
        "reports/two.xml",
        &junit(&["a1_counts"]).replace("/>", "><failure/></testcase>"),
    );
    assert_eq!(of(&lab.run()).0, Verdict::Fail);
}

#[test]
fn m8_a_budget_the_benchmarks_of_the_run_met_proves_what_it_cites() {
    let gate = "  performance:
    runs:
      - { role: short, command: [bench], output: short.json }
    budgets:
      - { name: A2 no failed trial, measurement: short.failed_trials, at_most: 0, unit: count }
";
    let config = CONFIG.replace("  acceptance:\n", &format!("{gate}  acceptance:\n"));
    let lab = lab(&config, &["a1_counts"]);
    let bench = |ok: bool, failed: u8| {
        let body = format!(
            r#"echo '{{"failed_trials": {failed}, "trials": [{{"ok": {ok}}}]}}' > short.json"#
        );
        lab.versioned("bench", "1.0.0", &body);
    };
    bench(true, 0);
    let outcome = lab.run();
    let found = evidence(&outcome, "acceptance");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(
        found.scope.included,
        ["A1: a1_counts", "A2: budget A2 no failed trial"]
    );
    assert_eq!(found.outputs[2].role, "bench/short");
    assert_eq!(
        planned(&outcome, "acceptance").params["budgets"],
        serde_json::json!([
            { "name": "A2 no failed trial", "measurement": "short.failed_trials", "at_most": 0.0 },
        ])
    );
    bench(false, 1);
    let outcome = lab.run();
    let found = evidence(&outcome, "acceptance").findings.first().unwrap();
    assert_eq!(
        (found.code.as_str(), found.found.as_deref()),
        (
            "criterion-unproved",
            Some("failed: budget A2 no failed trial")
        )
    );
}

#[test]
fn alone_it_has_only_what_the_project_names() {
    let alone = |lab: &Lab| {
        lab.run_with(&Options {
            gates: vec!["acceptance".to_owned()],
            ..offline()
        })
    };
    let without = lab(CONFIG, &["a1_counts", "a2_counts"]);
    // What an earlier run left is not this run's.
    without.run();
    assert_eq!(of(&alone(&without)), (Verdict::Unmeasured, None));
    let config = CONFIG.replace(
        "    reports: []",
        "    reports:\n      - { format: go-test-json, path: reports/go.json }",
    );
    let with = lab(&config, &[]);
    with.file(
        "reports/go.json",
        "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestA1\"}\n{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestA2\"}\n{\"Action\":\"pass\",\"Package\":\"p\"}\n",
    );
    assert_eq!(of(&alone(&with)), (Verdict::Pass, Some(1.0)));
    with.remove("reports/go.json");
    let outcome = alone(&with);
    assert_eq!(of(&outcome).0, Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "acceptance")[0], "number-missing");
}

#[test]
fn it_is_asked_for_where_it_is_configured() {
    let outcome = lab("schema_version: 1\ngates: { spec: {} }", &[]).run();
    assert!(
        outcome
            .plan
            .gates
            .iter()
            .all(|gate| gate.gate != "acceptance")
    );
}
