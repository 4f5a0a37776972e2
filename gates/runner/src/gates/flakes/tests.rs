use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, value, verdict};

const CONFIG: &str = "
schema_version: 1
tools:
  cargo-nextest: { from: cargo, version: '0.9.143' }
gates:
  flakes:
    adapter: nextest
    uses: [cargo-nextest]
    inputs: ['src/**']
    repeats: 2
";

fn nextest(body: &str) -> Lab {
    let lab = Lab::new(CONFIG);
    lab.rust();
    let find = "last=; for word; do case \"$last\" in --tool-config-file) config=\"${word#caws:}\";; esac; last=\"$word\"; done
path=$(sed -n 's/^path = \"\\(.*\\)\"$/\\1/p' \"$config\")";
    lab.versioned("cargo-nextest", "0.9.143", &format!("{find}\n{body}"));
    lab
}

fn junit(outcome: &str) -> String {
    format!(
        "echo \"<testsuites><testsuite name='t'><testcase name='a' classname='t'>{outcome}</testcase></testsuite></testsuites>\" > \"$path\""
    )
}

#[test]
fn the_suite_runs_as_often_as_asked() {
    let lab = nextest(&junit(""));
    let outcome = lab.run();
    assert_eq!(
        verdict(&outcome, "flakes"),
        Verdict::Pass,
        "{:?}",
        evidence(&outcome, "flakes").findings
    );
    assert_eq!(value(&outcome, "flakes", "flake_rate"), Some(0.0));
    let found = evidence(&outcome, "flakes");
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["run-1", "run-2"]);
    assert_eq!(
        found.steps[0].command[..5],
        ["cargo-nextest", "nextest", "run", "--workspace", "--locked"]
    );
    let roles: Vec<&str> = found
        .outputs
        .iter()
        .map(|output| output.role.as_str())
        .collect();
    assert_eq!(roles, ["run-1", "run-2"]);
}

#[test]
fn a_test_that_passes_once_and_fails_once_is_flaky() {
    let failing = junit("<failure message='no'/>");
    let lab = nextest(&format!(
        "case \"$path\" in *run-1*) {};; *) {failing}; exit 100;; esac",
        junit("")
    ));
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "flakes"), Verdict::Fail);
    assert_eq!(value(&outcome, "flakes", "flake_rate"), Some(1.0));
    assert!(codes_of(&outcome, "flakes").contains(&"test-flaky"));
}

#[test]
fn a_suite_that_does_not_build_is_unmeasured() {
    let outcome = nextest("echo broken; exit 101").run();
    assert_eq!(verdict(&outcome, "flakes"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "flakes"), ["tool-failed"]);
    assert_eq!(
        evidence(&outcome, "flakes").steps.len(),
        1,
        "the first failure ends it"
    );
}

#[test]
fn reports_of_runs_somebody_else_made_are_compared() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  flakes:
    adapter: reports
    reports:
      - { format: junit, path: out/1.xml }
      - { format: junit, path: out/2.xml }
",
    );
    let text = "<testsuites><testsuite name='t'><testcase name='a' classname='t'/></testsuite></testsuites>";
    lab.file("out/1.xml", text);
    lab.file("out/2.xml", text);
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "flakes"), Verdict::Pass);
    assert_eq!(evidence(&outcome, "flakes").outputs.len(), 2);
    lab.remove("out/2.xml");
    assert_eq!(verdict(&lab.run(), "flakes"), Verdict::Unmeasured);
}

#[test]
fn who_need_not_configure_it_is_told_why_it_does_not_apply() {
    let bare = "schema_version: 1\ngates: {}";
    let reason = |lab: &Lab| {
        let outcome = lab.run();
        outcome
            .plan
            .gates
            .iter()
            .find(|gate| gate.gate == "flakes")
            .and_then(|gate| gate.reason.clone())
    };
    let lab = Lab::new(bare);
    assert_eq!(
        reason(&lab).as_deref(),
        Some("not configured, and not asked of profile library in tier 3")
    );
    lab.spec("risk_tier: 3", "risk_tier: 2");
    assert_eq!(
        reason(&lab).as_deref(),
        Some("not configured, and not asked of profile library in tier 2")
    );
    let lab = Lab::new(bare);
    lab.spec("profile: library", "profile: backend-api");
    assert_eq!(
        reason(&lab).as_deref(),
        Some("not configured, and not asked of profile backend-api in tier 3")
    );
    lab.spec("risk_tier: 3", "risk_tier: 2");
    lab.spec(
        "non_functional:\n",
        "non_functional:\n  perf: { api_p95_ms: 100 }\n",
    );
    assert_eq!(reason(&lab), None);
    assert_eq!(verdict(&lab.run(), "flakes"), Verdict::Unmeasured);
}

#[test]
fn it_keeps_all_cores_busy_only_where_it_runs_tests() {
    use crate::gates::Gate as _;
    assert_eq!(super::Flakes.needs(&nextest("").open()).cores, usize::MAX);
    assert_eq!(
        super::Flakes
            .needs(&Lab::new("schema_version: 1\ngates: {}").open())
            .cores,
        1
    );
}
