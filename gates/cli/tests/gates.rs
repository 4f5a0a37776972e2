//! `caws gates`, and what reads its record: plan, trust, report.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Project, assert_caws};

#[test]
fn a_run_that_passes_exits_0_and_leaves_record_and_page() {
    let project = Project::new();
    assert_caws!("gates_pass", project, project.caws(["gates"]));
    for path in [
        "provenance/plan.json",
        "provenance/manifest.json",
        "evidence/coverage/evidence.json",
        "report/index.html",
    ] {
        assert!(project.path("artifacts").join(path).is_file(), "{path}");
    }
    assert!(
        !project
            .path("artifacts/provenance/manifest.sigstore.json")
            .exists()
    );
    assert!(
        project
            .read("artifacts/report/index.html")
            .contains("The run passed: trust score")
    );
    assert_caws!("gates_cached", project, project.caws(["gates"]));
    assert_caws!("gates_quiet", project, project.caws(["gates", "--quiet"]));
    let again = project.json(["gates", "--no-cache", "--format", "json"]);
    assert_eq!(again["gates"][0]["cached"], false);
}

#[test]
fn a_missed_threshold_exits_1_and_says_where() {
    let project = Project::new();
    project.replace(
        "reports/coverage.xml",
        "<line number=\"3\" hits=\"1\"/>",
        "<line number=\"3\" hits=\"0\"/>",
    );
    project.replace(
        "reports/coverage.xml",
        "<line number=\"4\" hits=\"1\"/>",
        "<line number=\"4\" hits=\"0\"/>",
    );
    assert_caws!("gates_fail", project, project.caws(["gates"]));
}

#[test]
fn a7_a_missing_report_exits_3_and_scores_nothing() {
    let project = Project::new();
    project.remove("reports/mutation.json");
    assert_caws!("gates_unmeasured", project, project.caws(["gates"]));
}

#[test]
fn an_invalid_spec_exits_2_before_anything_runs() {
    let project = Project::new();
    project.replace(".caws/working-spec.yaml", "risk_tier: 3", "risk_tier: low");
    assert_caws!("gates_invalid_spec", project, project.caws(["gates"]));
    assert!(!project.path("artifacts").exists());
    let document = project.json(["gates", "--format", "json"]);
    assert_eq!(
        (
            &document["schema_version"],
            &document["kind"],
            &document["exit_code"]
        ),
        (&1.into(), &"error".into(), &2.into())
    );
    assert_eq!(
        document["findings"][0]["place"]["path"],
        ".caws/working-spec.yaml"
    );
}

#[test]
fn an_unknown_gate_exits_2_with_the_known_ones() {
    let project = Project::new();
    assert_caws!("gates_unknown", project, project.caws(["gates", "covrage"]));
}

#[test]
fn a_directory_without_a_project_exits_2() {
    let project = Project::new();
    project.remove(".caws.yml");
    assert_eq!(project.code(["gates"]), 2);
    assert_eq!(project.code(["plan"]), 2);
    assert_eq!(project.code(["doctor"]), 2);
    assert_eq!(project.code(["-C", "nowhere", "gates"]), 2);
}

#[test]
fn some_gates_make_no_score_and_a_record_of_their_own() {
    let project = Project::new();
    assert_caws!(
        "gates_partial",
        project,
        project.caws(["gates", "coverage", "spec"])
    );
    assert!(!project.path("artifacts/provenance").exists());
    assert!(
        project
            .path("artifacts/partial/report/index.html")
            .is_file()
    );
    assert_caws!(
        "trust_partial",
        project,
        project.caws(["trust", "artifacts/partial"])
    );
    assert_eq!(project.code(["report", "artifacts/partial"]), 0);
    project.remove("reports/coverage.xml");
    assert_eq!(project.code(["gates", "coverage"]), 3);
}

#[test]
fn every_format_of_a_run_is_what_it_says() {
    let project = Project::new();
    let output = |format: &str| {
        let output = project
            .caws(["gates", "--quiet", "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert!(output.stderr.is_empty(), "{format}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&output("json")).unwrap();
    assert_eq!(
        (&json["schema_version"], &json["kind"], &json["passed"]),
        (&1.into(), &"run".into(), &true.into())
    );
    let sarif: serde_json::Value = serde_json::from_str(&output("sarif")).unwrap();
    assert_eq!(
        (
            &sarif["version"],
            &sarif["runs"][0]["tool"]["driver"]["name"]
        ),
        (&"2.1.0".into(), &"caws".into())
    );
    let junit = output("junit");
    assert!(
        junit.starts_with("<?xml") && junit.contains("<testsuite name=\"GREET-001\""),
        "{junit}"
    );
    assert!(output("markdown").starts_with("<!-- caws-report -->\n## ✓ caws passed: trust score"));
}

#[test]
fn colour_is_an_addition_that_can_be_asked_for() {
    let project = Project::new();
    let stdout = |when: &str| {
        let output = project.caws(["gates", "--color", when]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(stdout("always").contains("\u{1b}[1m\u{1b}[32m"));
    assert!(!stdout("auto").contains('\u{1b}'));
    assert!(!stdout("never").contains('\u{1b}'));
    project.replace(".caws/working-spec.yaml", "risk_tier: 3", "risk_tier: low");
    let stderr = |when: &str| {
        String::from_utf8(
            project
                .caws(["gates", "--color", when])
                .output()
                .unwrap()
                .stderr,
        )
        .unwrap()
    };
    assert!(stderr("always").contains('\u{1b}'));
    assert!(!stderr("auto").contains('\u{1b}'));
}

#[test]
fn verbose_prints_every_measurement() {
    let project = Project::new();
    let output = project.caws(["gates", "--verbose"]).output().unwrap();
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("      met: line_coverage 100 % (4 of 4), at least 70 %\n")
    );
}

#[test]
fn another_directory_is_entered_before_anything_is_read() {
    let project = Project::new();
    let root = project.root();
    let mut command = project.caws(["-C", "project", "validate"]);
    command.current_dir(root.parent().unwrap());
    assert_caws!("validate_in_directory", project, command);
}

#[test]
fn plan_runs_nothing() {
    let project = Project::new();
    assert_caws!("plan", project, project.caws(["plan"]));
    assert!(!project.path("artifacts").exists());
    assert_eq!(project.code(["gates"]), 0);
    let plan = project.json(["plan", "--format", "json"]);
    assert_eq!(
        (&plan["schema_version"], &plan["kind"]),
        (&1.into(), &"plan".into())
    );
    assert_eq!(plan["cached"].as_object().unwrap().len(), 4);
    let markdown = project
        .caws(["plan", "--format", "markdown"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(markdown.stdout)
            .unwrap()
            .contains("| coverage | cached, measured at ")
    );
    assert_eq!(project.code(["plan", "--format", "sarif"]), 2);
}

#[test]
fn trust_prints_the_score_term_by_term() {
    let project = Project::new();
    assert_caws!("trust_without_record", project, project.caws(["trust"]));
    assert_eq!(project.code(["gates"]), 0);
    assert_caws!("trust", project, project.caws(["trust"]));
    let quiet = project.caws(["trust", "--quiet"]).output().unwrap();
    assert_eq!(String::from_utf8(quiet.stdout).unwrap(), "96\n");
    let json = project.json(["trust", "--format", "json"]);
    assert_eq!(
        (
            &json["schema_version"],
            &json["kind"],
            &json["trust"]["score"]
        ),
        (&1.into(), &"trust".into(), &96.into())
    );
    assert_eq!(project.code(["trust", "--format", "markdown"]), 0);
    assert_eq!(project.code(["trust", "--format", "junit"]), 2);
}

#[test]
fn trust_of_a_run_that_failed_exits_as_the_run_did() {
    let project = Project::new();
    project.remove("reports/mutation.json");
    assert_eq!(project.code(["gates"]), 3);
    assert_eq!(project.code(["trust"]), 3);
}

#[test]
fn a_broken_record_exits_4() {
    let project = Project::new();
    assert_eq!(project.code(["gates"]), 0);
    project.replace(
        "artifacts/provenance/manifest.json",
        "\"gate\":\"spec\"",
        "\"gate\":\"../up\"",
    );
    assert_caws!("trust_gate_name", project, project.caws(["trust"]));
    project.write("artifacts/provenance/manifest.json", "[]");
    assert_eq!(project.code(["trust"]), 4);
    assert_eq!(project.code(["report"]), 4);
    assert_eq!(project.code(["provenance", "show"]), 4);
}

#[test]
fn report_writes_the_page_again() {
    let project = Project::new();
    assert_eq!(project.code(["report"]), 2);
    assert_eq!(project.code(["gates"]), 0);
    let first = project.read("artifacts/report/index.html");
    project.remove("artifacts/report/index.html");
    assert_caws!("report", project, project.caws(["report"]));
    // The run knows why nobody signed; the record does not.
    let body = |page: &str| page.split("Unsigned: ").next().unwrap().to_owned();
    assert_eq!(
        body(&project.read("artifacts/report/index.html")),
        body(&first)
    );
    assert_eq!(project.code(["report", "--html", "page.html"]), 0);
    assert!(project.path("page.html").is_file());
    let json = project.json(["report", "--format", "json"]);
    assert_eq!(json["kind"], "run");
    let quiet = project.caws(["report", "-q"]).output().unwrap();
    assert!(quiet.stdout.is_empty());
}

#[cfg(unix)]
mod interruption {
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::common::Project;

    /// A project whose static gate waits for much longer than any test may.
    fn waiting(seconds: u32) -> (Project, Child) {
        let project = Project::new();
        let report = "    report: { format: sarif, path: reports/lint.sarif }";
        let marker = project.path("started");
        let check = format!(
            "    checks: [{{ name: wait, command: [/bin/sh, -c, \"trap '' TERM; : > '{}'; sleep {seconds}\"] }}]",
            marker.display(),
        );
        project.replace(".caws.yml", report, &check);
        let mut command = project.caws(["gates"]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let child = command
            .env("PATH", path)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !marker.exists() {
            assert!(Instant::now() < deadline, "the check did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        (project, child)
    }

    fn interrupt(child: &Child) {
        let status = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    #[test]
    fn ctrl_c_stops_children_and_keeps_what_was_measured() {
        let (project, child) = waiting(100);
        let began = Instant::now();
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert!(began.elapsed() < Duration::from_secs(20));
        assert_eq!(output.status.code(), Some(3));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("stopping; what was measured is kept. Ctrl-C again ends at once\n"),
            "{stderr}"
        );
        assert!(
            stderr.ends_with(
                "interrupted: what was measured is kept; run `caws gates` again to go on\n"
            ),
            "{stderr}"
        );
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains("[interrupted]")
        );
        assert!(project.path("artifacts/provenance/manifest.json").is_file());
    }

    #[test]
    fn a_second_ctrl_c_ends_at_once() {
        use std::io::{BufRead as _, BufReader, Read as _};
        let (_project, mut child) = waiting(5);
        interrupt(&child);
        // The signal is taken before the second is sent, else the two would be one.
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("stopping") {
            line.clear();
            assert_ne!(
                stderr.read_line(&mut line).unwrap(),
                0,
                "it ended before it was told to"
            );
        }
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(3));
        let mut stdout = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();
        assert_eq!(stdout, "", "no report of a run that did not end");
    }
}

#[test]
fn plan_explains_what_applies_to_a_path() {
    let project = Project::new();
    assert_caws!(
        "plan_explain",
        project,
        project.caws(["plan", "--explain", "src/greet.py"])
    );
    let json = project.json(["plan", "--explain", ".", "--format", "json"]);
    assert_eq!(
        (
            &json["schema_version"],
            &json["kind"],
            &json["spec"]["tier"]
        ),
        (&1.into(), &"applies".into(), &3.into())
    );
    assert_eq!(json["numbers"][0]["subject"], "coverage_metric");
    assert_eq!(json["numbers"][0]["layers"][0]["by"], "policy");
    for args in [
        ["plan", "--explain", "../elsewhere", "--format", "human"],
        ["plan", "--explain", "src", "--format", "sarif"],
    ] {
        assert_eq!(project.code(args), 2, "{args:?}");
    }
    assert_eq!(project.code(["plan", "coverage", "--explain", "src"]), 2);
}

#[test]
fn an_override_that_loosens_is_an_error_that_names_both() {
    let project = Project::new();
    project.replace(
        ".caws/policy/tier-policy.json",
        "\"min_mutation\": 0.3,",
        "\"min_mutation\": 0.3, \"change_budget\": { \"max_files\": 4 },",
    );
    assert_caws!("plan_loosened", project, project.caws(["plan"]));
}
