use caws_evidence::Verdict;
use caws_policy::Requirement;

use super::today;
use crate::gates::testing::{Lab, codes_of, evidence, offline, server, value, verdict};
use crate::{ConfigError, Options, Project};

const CONFIG: &str = "
schema_version: 1
services:
  tts: { command: [server, '{port}'], ready: /ready, ready_within: 20s }
gates:
  performance:
    service: tts
    runs:
      - { role: short, command: [bench, '{url}', '{artifacts}/bench/{date}/short.json'], output: '{artifacts}/bench/{date}/short.json' }
      - { role: long, command: [bench, '{url}', '{artifacts}/bench/{date}/long.json'], output: '{artifacts}/bench/{date}/long.json' }
    budgets:
      - { name: first audio, measurement: short.ttfa_p95, at_most: 0.5, unit: seconds }
      - { name: no failed trial, measurement: long.failed_trials, at_most: 0, unit: count }
";

fn lab(bench: &str) -> Lab {
    let lab = Lab::new(CONFIG);
    server::install(&lab, "ok");
    lab.tool("bench", bench);
    lab
}

fn requirements(lab: &Lab) -> Vec<Requirement> {
    let plan = crate::plan(&lab.open(), &offline()).unwrap().plan;
    plan.gates
        .into_iter()
        .find(|gate| gate.gate == "performance")
        .unwrap()
        .requirements
}

#[test]
fn each_run_gets_the_address_and_its_file_is_kept() {
    let lab = lab("case \"$1\" in http://127.0.0.1:*) ;; *) exit 9;; esac; echo '{}' > \"$2\"");
    let outcome = lab.run();
    let found = evidence(&outcome, "performance");
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["bench-short", "bench-long", "serve-tts"]);
    let file = format!("artifacts/bench/{}/short.json", today());
    assert!(lab.root().join(&file).is_file());
    assert_eq!(found.steps[0].command[2], file, "relative to the root");
    let outputs: Vec<(&str, &str)> = found
        .outputs
        .iter()
        .map(|one| (one.role.as_str(), one.path.as_str()))
        .collect();
    assert_eq!(
        outputs,
        [("short", "raw/short.json.gz"), ("long", "raw/long.json.gz")]
    );
    // An empty object is no benchmark result.
    assert_eq!(found.verdict, Verdict::Error);
}

#[test]
fn a_run_that_leaves_no_file_is_unmeasured_and_the_others_are_kept() {
    let lab = lab("case \"$2\" in *short*) echo broken; exit 1;; esac; echo '{}' > \"$2\"");
    let date = today();
    lab.file(
        &format!("artifacts/bench/{date}/short.json"),
        "of an earlier run",
    );
    let outcome = lab.run();
    assert!(codes_of(&outcome, "performance").contains(&"number-missing"));
    assert_eq!(evidence(&outcome, "performance").outputs.len(), 1);
    assert!(
        !lab.root()
            .join(format!("artifacts/bench/{date}/short.json"))
            .exists()
    );
}

#[test]
fn a_partial_run_leaves_its_benchmark_files_where_they_are_looked_for() {
    let lab = lab("echo '{}' > \"$2\"");
    let outcome = lab.run_with(&Options {
        gates: vec!["performance".to_owned()],
        ..offline()
    });
    assert!(
        lab.root()
            .join(format!("artifacts/bench/{}/long.json", today()))
            .is_file()
    );
    assert_eq!(outcome.artifacts, lab.open().root.join("artifacts/partial"));
}

#[test]
fn budgets_come_from_the_configuration_and_the_spec() {
    let lab = lab("exit 0");
    let found = requirements(&lab);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].measurement.as_str(), found[0].threshold),
        ("short.ttfa_p95", 0.5)
    );
    assert_eq!(found[0].source, "config: first audio");
    lab.spec(
        "non_functional:\n",
        "non_functional:\n  perf: { ttfa_p95_ms: 600, rtf_p95: 0.6 }\n",
    );
    let found = requirements(&lab);
    assert_eq!(found.len(), 3);
    assert_eq!(
        (found[0].measurement.as_str(), found[0].threshold),
        ("short.ttfa_p95", 0.5),
        "the stricter one"
    );
    assert_eq!(
        (found[2].measurement.as_str(), found[2].threshold),
        ("long.rtf_p95", 0.6)
    );
    assert_eq!(found[2].source, "spec non_functional.perf.rtf_p95");
}

#[test]
fn what_the_spec_states_and_no_run_measures_is_not_asked_here() {
    let lab = Lab::new(&CONFIG.replace("role: long", "role: other"));
    lab.spec(
        "non_functional:\n",
        "non_functional:\n  perf: { rtf_p95: 0.6 }\n",
    );
    assert_eq!(requirements(&lab).len(), 2);
}

#[test]
fn a_budget_looser_than_the_spec_is_refused_at_its_place() {
    let lab = lab("exit 0");
    let open = |limit: &str| {
        lab.spec(
            "non_functional:\n",
            &format!("non_functional:\n  perf: {{ ttfa_p95_ms: {limit} }}\n"),
        );
        let result = Project::open_on(&lab.root(), lab.host());
        lab.spec(&format!("  perf: {{ ttfa_p95_ms: {limit} }}\n"), "");
        result
    };
    assert!(open("500").is_ok());
    let Err(ConfigError::Invalid(findings)) = open("499") else {
        panic!("499 ms is less than 0.5 s")
    };
    assert_eq!(findings[0].code, "threshold-loosened");
    let place = findings[0].place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line), (".caws.yml", Some(12)));
}

#[test]
fn without_a_service_the_commands_run_alone() {
    let lab = Lab::new(&CONFIG.replace("    service: tts\n", ""));
    lab.tool("bench", "[ -z \"$1\" ] || exit 9; echo '{}' > \"$2\"");
    let outcome = lab.run();
    assert_eq!(
        evidence(&outcome, "performance").steps[0].exit_code,
        Some(0)
    );
    assert_eq!(value(&outcome, "performance", "short.ttfa_p95"), None);
}

#[test]
fn asked_for_and_not_configured_is_unmeasured() {
    let lab = Lab::new("schema_version: 1\ngates: {}");
    assert!(
        !lab.run()
            .plan
            .gates
            .iter()
            .find(|gate| gate.gate == "performance")
            .unwrap()
            .applies
    );
    lab.spec("profile: library", "profile: backend-api");
    lab.spec("risk_tier: 3", "risk_tier: 2");
    lab.spec(
        "non_functional:\n",
        "non_functional:\n  perf: { api_p95_ms: 100 }\n",
    );
    assert_eq!(verdict(&lab.run(), "performance"), Verdict::Unmeasured);
}
