use caws_evidence::Verdict;

use super::seed;
use crate::gates::testing::{Lab, codes_of, evidence, planned, server, value, verdict};

const CONFIG: &str = "
schema_version: 1
tools:
  schemathesis: { from: pip, version: '4.32.5' }
services:
  api: { build: [make-it], command: [server, '{port}'], ready: /ready, ready_within: 20s }
gates:
  contracts:
    inputs: ['src/**']
    contracts:
      - { name: api, path: contracts/summary.schema.json, role: provider, adapter: schemathesis, service: api, uses: [schemathesis], examples: 7 }
";

const OPENAPI: &str = r#"{"openapi":"3.1.0","paths":{"/a":{"get":{},"post":{},"parameters":[]},"/b":{"delete":{},"summary":"x"}}}"#;

fn schemathesis(cases: u32, failures: u32, exit: u8) -> String {
    let mut text = String::new();
    for number in 0..cases {
        let inner = if number < failures {
            "<failure message='wrong status'/>"
        } else {
            ""
        };
        text.push_str(&format!(
            "<testcase name='op {number}' classname='c'>{inner}</testcase>"
        ));
    }
    format!(
        "pwd > \"$0.pwd\"; for word; do case \"$last\" in --report-junit-path) out=\"$word\";; esac; last=\"$word\"; done
cat > \"$out\" <<X\n<testsuites><testsuite name='c'>{text}</testsuite></testsuites>\nX\nexit {exit}"
    )
}

fn lab(cases: u32, failures: u32, exit: u8) -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("contracts/summary.schema.json", OPENAPI);
    lab.tool("make-it", "exit 0");
    lab.versioned(
        "schemathesis",
        "4.32.5",
        &schemathesis(cases, failures, exit),
    );
    server::install(&lab, "ok");
    lab
}

#[test]
fn a_running_server_is_held_against_its_contract() {
    let lab = lab(3, 0, 0);
    let outcome = lab.run();
    let found = evidence(&outcome, "contracts");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(value(&outcome, "contracts", "contracts_passed"), Some(1.0));
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["build-api", "test-api", "serve-api"]);
    assert_eq!(
        found.tool.as_ref().map(|tool| tool.name.as_str()),
        Some("schemathesis")
    );
    assert_eq!(found.exit_code, Some(0));
    let plan = planned(&outcome, "contracts");
    let expected = serde_json::json!({ "name": "api", "path": "contracts/summary.schema.json", "role": "provider", "operations": 3 });
    assert_eq!(plan.params["contracts"], serde_json::json!([expected]));
    let step = found.steps[1].command.join(" ");
    let seed = seed(&plan.inputs_sha256, "api");
    let begin = "schemathesis run contracts/summary.schema.json --url http://127.0.0.1:";
    assert!(step.starts_with(begin), "{step}");
    assert!(
        step.contains(&format!("--max-examples 7 --seed {seed} ")),
        "{step}"
    );
    // It stands in a folder that goes with the gate, and reads the project's own configuration.
    let stood = std::fs::read_to_string(lab.root().join("../bin/schemathesis.pwd")).unwrap();
    assert!(
        !stood.starts_with(&*lab.root().to_string_lossy()),
        "{stood}"
    );
    lab.file("schemathesis.toml", "");
    let again = crate::Options {
        no_cache: true,
        ..crate::gates::testing::offline()
    };
    let outcome = lab.run_with(&again);
    let step = evidence(&outcome, "contracts").steps[1].command.join(" ");
    assert!(
        step.starts_with("schemathesis --config-file schemathesis.toml run "),
        "{step}"
    );
}

#[test]
fn a_violation_fails_and_operations_left_out_do_too() {
    let outcome = lab(3, 1, 1).run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Fail);
    assert!(codes_of(&outcome, "contracts").contains(&"contract-violation"));
    assert_eq!(outcome.exit, crate::ExitCode::GateFailed);
    let outcome = lab(2, 0, 0).run();
    assert_eq!(
        verdict(&outcome, "contracts"),
        Verdict::Fail,
        "two cases for three operations"
    );
}

#[test]
fn a_tester_that_breaks_is_no_measurement() {
    let outcome = lab(3, 0, 2).run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "contracts"), ["tool-failed"]);
}

#[test]
fn a_build_that_breaks_and_a_server_that_is_not_there_are_named() {
    let lab = lab(3, 0, 0);
    lab.tool("make-it", "echo 'no compiler'; exit 1");
    let outcome = lab.run();
    let finding = &evidence(&outcome, "contracts").findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.message.as_str()),
        ("tool-failed", "`make-it` ended with exit status 1")
    );
    assert_eq!(finding.found.as_deref(), Some("no compiler"));
    lab.tool(
        "make-it",
        "rm \"$0/../server\" 2>/dev/null; rm -f \"$(dirname $0)/server\"",
    );
    let outcome = lab.run();
    let finding = &evidence(&outcome, "contracts").findings[0];
    assert_eq!(
        finding.message,
        "the service `api` cannot be started: `server` is not there"
    );
}

#[test]
fn a_junit_report_is_enough() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  contracts:
    contracts:
      - { name: one, path: contracts/summary.schema.json, role: consumer, report: { format: junit, path: out/1.xml } }
      - { name: two, path: contracts/two.json, role: provider, report: { format: junit, path: out/2.xml } }
",
    );
    let text = "<testsuites><testsuite name='t'><testcase name='a' classname='t'/></testsuite></testsuites>";
    lab.file("out/1.xml", text);
    lab.file("out/2.xml", text);
    let outcome = lab.run();
    assert_eq!(
        verdict(&outcome, "contracts"),
        Verdict::Pass,
        "{:?}",
        evidence(&outcome, "contracts").findings
    );
    lab.remove("out/1.xml");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    assert_eq!(
        evidence(&outcome, "contracts").outputs.len(),
        1,
        "the other one is kept all the same"
    );
}

const CLIENT: &str = "
schema_version: 1
services:
  api: { command: [server, '{port}'], ready: /ready, ready_within: 20s }
gates:
  contracts:
    inputs: ['src/**']
    contracts:
      - { name: mine, path: contracts/summary.schema.json, role: consumer, adapter: client, service: api, command: [client, '{url}', '{report}'] }
";

fn client(body: &str) -> Lab {
    let lab = Lab::new(CLIENT);
    lab.tool("client", body);
    server::install(&lab, "ok");
    lab
}

#[test]
fn a_client_asks_the_server_and_its_report_counts() {
    let report = "<testsuite name='s'><testcase name='asks'/></testsuite>";
    let lab = client(&format!(
        "case \"$1\" in http://127.0.0.1:*) echo \"{report}\" > \"$2\";; esac"
    ));
    let outcome = lab.run();
    let found = evidence(&outcome, "contracts");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(value(&outcome, "contracts", "contracts_passed"), Some(1.0));
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["test-mine", "serve-api"]);
    let plan = planned(&outcome, "contracts");
    let expected = serde_json::json!({ "name": "mine", "path": "contracts/summary.schema.json", "role": "consumer" });
    assert_eq!(plan.params["contracts"], serde_json::json!([expected]));
}

#[test]
fn a_client_that_fails_fails_the_contract_whatever_its_report_says() {
    let failing =
        "<testsuite name='s'><testcase name='asks'><failure message='no'/></testcase></testsuite>";
    let outcome = client(&format!("echo \"{failing}\" > \"$2\"; exit 1")).run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Fail);
    let passing = "<testsuite name='s'><testcase name='asks'/></testsuite>";
    let outcome = client(&format!("echo \"{passing}\" > \"$2\"; exit 7")).run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Fail);
    let finding = &evidence(&outcome, "contracts").findings[0];
    assert_eq!(finding.found.as_deref(), Some("exit status 7"));
}

#[test]
fn a_client_without_a_report_is_no_measurement() {
    let outcome = client("echo 'no module named openai' >&2; exit 1").run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "contracts").findings[0];
    assert_eq!(finding.code, "tool-failed");
    assert_eq!(
        finding.message,
        "the client of `mine` ended with exit status 1 and left no report"
    );
    assert_eq!(finding.found.as_deref(), Some("no module named openai"));
    let lab = Lab::new(&CLIENT.replace(", '{report}'", ""));
    lab.tool("client", "exit 0");
    server::install(&lab, "ok");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "contracts").findings[0];
    assert_eq!(finding.code, "gate-not-configured");
    assert_eq!(finding.found.as_deref(), Some("client {url}"));
}

#[test]
fn a_contract_of_the_spec_that_nobody_tests_is_not_forgotten() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  contracts:
    contracts:
      - { name: two, path: contracts/two.json, role: provider, report: { format: junit, path: out/2.xml } }
",
    );
    lab.file("out/2.xml", "<testsuites><testsuite name='t'><testcase name='a' classname='t'/></testsuite></testsuites>");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    let plan = planned(&outcome, "contracts");
    assert_eq!(
        plan.params["contracts"][1]["path"],
        "contracts/summary.schema.json"
    );
}

#[test]
fn required_and_not_configured_is_unmeasured_and_not_required_does_not_apply() {
    let bare = "schema_version: 1\ngates: {}";
    let lab = Lab::new(bare);
    let plan = lab.run().plan;
    assert!(
        !plan
            .gates
            .iter()
            .find(|gate| gate.gate == "contracts")
            .unwrap()
            .applies
    );
    let lab = Lab::new(bare);
    lab.spec("profile: library", "profile: backend-api");
    lab.spec("risk_tier: 3", "risk_tier: 2");
    lab.spec(
        "non_functional:\n",
        "non_functional:\n  perf: { api_p95_ms: 100 }\n",
    );
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "contracts"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "contracts"), ["gate-not-configured"]);
}

#[test]
fn a_seed_is_of_the_content_and_positive() {
    assert_eq!(seed("a", "b"), seed("a", "b"));
    assert_ne!(seed("a", "b"), seed("a", "c"));
    assert_ne!(seed("a", "b"), seed("b", "b"));
    for number in 0..50 {
        let seed = seed(&number.to_string(), "x");
        assert!(seed > 0 && i32::try_from(seed).is_ok());
    }
}
