use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, value, verdict};

const TWO: &str = "
schema_version: 1
gates:
  static:
    inputs: ['textstats/**']
    checks:
      - { name: good, command: [good, now] }
      - { name: other, command: [other], help: mend it }
";

fn requires(lab: &Lab) {
    lab.tool("good", "echo fine");
}

#[test]
fn checks_that_exit_0_pass_and_are_recorded() {
    let lab = Lab::new(TWO);
    requires(&lab);
    lab.tool("other", "exit 0");
    let outcome = lab.run();
    let found = evidence(&outcome, "static");
    assert_eq!(found.verdict, Verdict::Pass);
    assert_eq!(value(&outcome, "static", "checks_failed"), Some(0.0));
    assert_eq!(found.scope.included, ["good now", "other"]);
    let steps: Vec<_> = found
        .steps
        .iter()
        .map(|step| (step.name.as_str(), step.exit_code))
        .collect();
    assert_eq!(steps, [("good", Some(0)), ("other", Some(0))]);
    assert_eq!(found.steps[0].command, ["good", "now"]);
    assert_eq!(found.steps[0].key_output, "fine");
    assert_eq!(found.inputs.len(), 1);
    assert_eq!(found.inputs[0].path, "textstats/a.py");
}

#[test]
fn a_failing_check_fails_the_gate_with_its_output_and_mend_and_the_others_run() {
    let lab = Lab::new(TWO);
    lab.tool("good", "echo broken; exit 3");
    lab.tool("other", "exit 1");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Fail);
    assert_eq!(value(&outcome, "static", "checks_failed"), Some(2.0));
    let finding = &evidence(&outcome, "static").findings[1];
    assert_eq!(finding.code, "check-failed");
    assert_eq!(finding.help.as_deref(), Some("mend it"));
    assert_eq!(outcome.exit, crate::ExitCode::GateFailed);
}

#[test]
fn a7_a_check_that_cannot_start_makes_the_gate_unmeasured() {
    let lab = Lab::new(TWO);
    requires(&lab);
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Unmeasured);
    let step = &evidence(&outcome, "static").steps[1];
    assert_eq!(
        (step.exit_code, step.key_output.as_str()),
        (None, "[not started: it is not there]")
    );
    assert!(codes_of(&outcome, "static").contains(&"tool-failed"));
}

#[test]
fn a_missing_tool_leaves_its_check_without_an_answer_and_the_others_run() {
    let config = "
schema_version: 1
tools:
  cargo-unused: { from: cargo, version: '1.0.0' }
gates:
  static:
    uses: [cargo-unused]
    checks:
      - { name: unused, command: [cargo, unused] }
      - { name: format, command: [cargo, fmt] }
";
    let lab = Lab::new(config);
    lab.rust();
    lab.tool("cargo", "exit 0");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Unmeasured);
    let steps = &evidence(&outcome, "static").steps;
    assert_eq!(
        steps[0].key_output,
        "[not started: `cargo-unused` is not to be had]"
    );
    assert_eq!((steps[0].exit_code, steps[1].exit_code), (None, Some(0)));
    let finding = &evidence(&outcome, "static").findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.help.as_deref()),
        ("tool-missing", Some("cargo caws setup"))
    );
    assert_eq!(outcome.exit, crate::ExitCode::NotMeasured);
    // With the tool there, the same project passes.
    lab.versioned("cargo-unused", "1.0.0", "exit 0");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Pass);
    let names: Vec<&str> = evidence(&outcome, "static")
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(names, ["cargo", "cargo-unused", "rustc"]);
}

#[test]
fn a_script_may_call_a_missing_tool_so_it_does_not_run_either() {
    let config = "
schema_version: 1
tools:
  linter: { from: pip, version: '2.0.0' }
gates:
  static:
    uses: [linter]
    checks: [{ name: script, command: [./lint.sh] }]
";
    let lab = Lab::new(config);
    crate::gates::testing::script(&lab.root(), "lint.sh", "exit 0");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Unmeasured);
    lab.versioned("linter", "2.0.0", "exit 0");
    assert_eq!(verdict(&lab.run(), "static"), Verdict::Pass);
}

#[test]
fn a_sarif_report_is_made_by_its_command_and_read() {
    let config = "
schema_version: 1
gates:
  static:
    report: { format: sarif, path: out/lint.sarif, command: [lint] }
";
    let sarif = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"l","rules":[{"id":"R"}]}},"results":[]}]}"#;
    let lab = Lab::new(config);
    // What was there before must not be taken for what the command writes.
    lab.file("out/lint.sarif", "stale");
    lab.tool(
        "lint",
        &format!("cat > out/lint.sarif <<'X'\n{sarif}\nX\nexit 2"),
    );
    let outcome = lab.run();
    assert_eq!(
        verdict(&outcome, "static"),
        Verdict::Pass,
        "{:?}",
        evidence(&outcome, "static").findings
    );
    assert_eq!(evidence(&outcome, "static").outputs[0].role, "report");
    assert_eq!(
        evidence(&outcome, "static").outputs[0].path,
        "raw/lint.sarif.gz"
    );
    lab.tool("lint", "exit 0");
    let again = crate::Options {
        no_cache: true,
        ..crate::gates::testing::offline()
    };
    let outcome = lab.run_with(&again);
    assert_eq!(verdict(&outcome, "static"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "static").findings[0];
    assert_eq!(
        finding.help.as_deref(),
        Some("run `lint` by hand; it must write out/lint.sarif")
    );
}
