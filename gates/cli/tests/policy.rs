//! `caws policy`: check, test, bundle, input; and the gate, verified and tampered with.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Project, assert_caws};
use serde_json::{Value, json};

const POLICY: &str = "package team\n\ndeny contains result if {\n\tsome workflow in input.workflows\n\t\"push\" in workflow.triggers\n\tresult := {\"code\": \"no-push\", \"msg\": \"it runs on push\", \"place\": {\"path\": workflow.path, \"line\": 1}, \"help\": \"run it on pull requests\"}\n}\n\nwarn contains \"there is no workflow\" if count(input.workflows) == 0\n";
const TEST: &str = "package team_test\n\nimport data.team\n\ntest_push_is_denied if {\n\tcount(team.deny) == 1 with input as {\"workflows\": [{\"path\": \"a\", \"triggers\": [\"push\"]}]}\n}\n\ntest_nothing_is_warned_of if count(team.warn) == 1 with input as {\"workflows\": []}\n";
const WORKFLOW: &str =
    "on: push\njobs:\n  main:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n";

fn with_policy() -> Project {
    let project = Project::new();
    project.write("policy/team.rego", POLICY);
    project.write("policy/team_test.rego", TEST);
    project
}

fn gate(project: &Project) {
    project.replace(".caws.yml", "gates:\n", "gates:\n  policy: {}\n");
}

#[test]
fn check_says_what_is_denied_and_where() {
    let project = with_policy();
    project.write(".github/workflows/ci.yml", WORKFLOW);
    assert_caws!("policy_check", project, project.caws(["policy", "check"]));
    let json = project.json(["policy", "check", "--format", "json"]);
    assert_eq!(
        (&json["passed"], &json["rules"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(json["outcomes"][0]["code"], "no-push");
    let sarif = project.json(["policy", "eval", "--format", "sarif"]);
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "policy-denied");
    project.write(
        ".github/workflows/ci.yml",
        &WORKFLOW.replace("push", "pull_request"),
    );
    assert_eq!(project.code(["policy", "check"]), 0);
}

#[test]
fn check_takes_other_policies_and_other_documents() {
    let project = Project::new();
    project.write(
        "rules/a.rego",
        "package a\ndeny contains \"too many\" if input.replicas > 3\n",
    );
    project.write("deployment.yaml", "replicas: 5\n");
    let check = ["policy", "check", "rules", "--input", "deployment.yaml"];
    assert_caws!("policy_check_input", project, project.caws(check));
    project.write("deployment.yaml", "replicas: 2\n");
    assert_eq!(project.code(check), 0);
}

#[test]
fn a_policy_that_cannot_be_relied_on_exits_2() {
    let project = with_policy();
    project.write(
        "policy/team.rego",
        "package team\n\ndeny contains \"x\" if input.workflow\n",
    );
    assert_caws!("policy_invalid", project, project.caws(["policy", "check"]));
    project.write(
        "policy/team.rego",
        "package team\n\ndeny contains \"x\" if {\n",
    );
    assert_eq!(project.code(["policy", "check"]), 2);
    project.remove("policy/team.rego");
    project.remove("policy/team_test.rego");
    assert_eq!(project.code(["policy", "check"]), 2);
}

#[test]
fn test_counts_and_shows_what_no_test_reaches() {
    let project = with_policy();
    assert_caws!(
        "policy_test",
        project,
        project.caws(["policy", "test", "--min-coverage", "100"])
    );
    project.write("policy/team_test.rego", "package team_test\n\nimport data.team\n\ntest_wrong if count(team.warn) == 7 with input as {\"workflows\": []}\n");
    assert_caws!(
        "policy_test_failed",
        project,
        project.caws(["policy", "test", "--verbose"])
    );
    let json = project.json(["policy", "test", "--format", "json"]);
    assert_eq!(
        (&json["passed"], &json["cases"][0]["state"]),
        (&json!(false), &json!("failed"))
    );
    project.remove("policy/team_test.rego");
    assert_eq!(project.code(["policy", "test"]), 3);
}

#[test]
fn too_few_lines_reached_is_a_failure() {
    let project = with_policy();
    project.write("policy/team_test.rego", "package team_test\n\nimport data.team\n\ntest_one if count(team.warn) == 1 with input as {\"workflows\": []}\n");
    assert_eq!(project.code(["policy", "test"]), 0);
    assert_eq!(project.code(["policy", "test", "--min-coverage", "100"]), 1);
}

#[test]
fn a_bundle_is_signed_and_the_same_every_time() {
    let project = with_policy();
    let key = project.key("ci");
    let bundle = |out: &str| {
        let args = [
            "policy",
            "bundle",
            "--format",
            "json",
            "--revision",
            "r1",
            "--out",
            out,
        ];
        let output = project
            .caws(args)
            .env("CAWS_SIGNING_KEY", &key)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", common::shown(&output));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        json
    };
    let (one, other) = (bundle("one.tar.gz"), bundle("other.tar.gz"));
    assert_eq!(one["sha256"], other["sha256"]);
    assert_eq!(
        one["files"],
        json!([
            ".manifest",
            "data.json",
            "policy/team.rego",
            ".signatures.json"
        ])
    );
    assert_eq!(one["key"].as_str().unwrap().len(), 64);
    // Without a key there is no signature, and that must be said.
    assert_eq!(project.code(["policy", "bundle"]), 2);
    assert_eq!(project.code(["policy", "bundle", "--unsigned"]), 0);
}

#[test]
fn the_gate_is_verified_by_evaluating_again() {
    let project = with_policy();
    gate(&project);
    project.write(
        ".github/workflows/ci.yml",
        &WORKFLOW.replace("push", "pull_request"),
    );
    assert_eq!(project.code(["gates"]), 0);
    assert_eq!(project.code(["verify", "artifacts", "--allow-unsigned"]), 0);
    let evidence: Value =
        serde_json::from_str(&project.read("artifacts/evidence/policy/evidence.json")).unwrap();
    assert_eq!(evidence["verdict"], "pass");
    let input = evidence["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|output| output["role"] == "input")
        .unwrap();
    project.flip(&format!(
        "artifacts/evidence/policy/{}",
        input["path"].as_str().unwrap()
    ));
    assert_eq!(project.code(["verify", "artifacts", "--allow-unsigned"]), 4);
}

#[test]
fn a_policy_that_denies_fails_the_run() {
    let project = with_policy();
    gate(&project);
    project.write(".github/workflows/ci.yml", WORKFLOW);
    assert_eq!(project.code(["gates"]), 1);
    assert_eq!(project.code(["verify", "artifacts", "--allow-unsigned"]), 0);
}

#[test]
fn input_prints_the_document() {
    let project = with_policy();
    let json = project.json(["policy", "input"]);
    assert_eq!(
        (&json["schema_version"], &json["change"]),
        (&json!(1), &Value::Null)
    );
}

const REPLICAS: &str =
    "package a\n\ndeny contains \"too many replicas\" if input.replicas > data.most\n";

/// Policies about a document of another kind, some of them in a folder below.
fn deployment() -> Project {
    let project = Project::new();
    project.write("rules/a.rego", REPLICAS);
    project.write(
        "rules/below/b.rego",
        "package b\n\nwarn contains \"more than one\" if input.replicas > 1\n",
    );
    project.write("rules/notes.txt", "no policy\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", project.path("rules/below/loop")).unwrap();
    project.write("deployment.yaml", "replicas: 5\n");
    project.write("data.json", "{\"most\": 3}\n");
    project
}

#[test]
fn what_policies_say_comes_in_every_form() {
    let project = deployment();
    let check = |paths: &[&str], more: &[&str]| {
        let head = ["policy", "check"].iter().chain(paths);
        let input = ["--input", "deployment.yaml", "--data", "data.json"];
        let output = project
            .caws(head.chain(&input).chain(more))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    for format in ["human", "json", "markdown", "junit", "sarif"] {
        let (code, text) = check(&["rules"], &["--format", format]);
        assert_eq!(code, 1, "{format}: {text}");
        assert!(text.contains("too many replicas"), "{format}: {text}");
        assert!(text.contains("more than one"), "{format}: {text}");
    }
    let (code, text) = check(&["rules"], &["--quiet"]);
    assert_eq!(code, 1);
    assert!(text.contains("too many replicas"), "{text}");
    assert!(!text.contains("more than one"), "{text}");
    let (code, text) = check(&["rules/below"], &[]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.ends_with("✓ 1 rule: 0 denied, 1 warned, 0 excepted\n"),
        "{text}"
    );
    let (code, text) = check(&["rules/a.rego"], &[]);
    assert_eq!(code, 1, "{text}");
    assert_eq!(check(&["nowhere"], &[]).0, 2);
    project.write("data.json", "[\n");
    assert_eq!(check(&["rules"], &[]).0, 2);
    project.remove("data.json");
    assert_eq!(check(&["rules"], &[]).0, 2);
}

#[test]
fn forms_that_a_policy_command_does_not_have_are_named() {
    let project = deployment();
    for (args, code) in [
        (&["policy", "test", "rules/below", "--format", "junit"], 3),
        (&["policy", "test", "rules/below", "--format", "sarif"], 2),
        (&["policy", "bundle", "rules/below", "--format", "junit"], 2),
    ] {
        let output = project.caws(args).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}",
            common::shown(&output)
        );
    }
    assert_eq!(project.code(["policy", "input", "--format", "sarif"]), 2);
}

#[test]
fn a_bundle_names_its_commit_and_takes_one_kind_of_key() {
    let project = deployment();
    let bundle = |more: &[&str]| {
        let head = ["policy", "bundle", "rules/below", "--format", "json"];
        let mut command = project.caws(head.iter().chain(more));
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command
    };
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"];
        let status = std::process::Command::new("git")
            .args(who)
            .args(args)
            .current_dir(project.root())
            .status()
            .unwrap();
        assert!(status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    let revision = || {
        let output = bundle(&["--unsigned"]).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["key"], Value::Null);
        json["revision"].as_str().unwrap().to_owned()
    };
    let clean = revision();
    assert_eq!(clean.len(), 40, "{clean}");
    // The bundle itself is a file that no commit has.
    assert_eq!(revision(), format!("{clean}+uncommitted"));
    let key = project.home().join("ed.pem");
    let out = key.to_str().unwrap();
    let new = ["provenance", "keys", "new", "--no-passphrase"];
    let how = ["--algorithm", "ed25519", "--name", "ed", "--out", out];
    assert_eq!(project.code(new.into_iter().chain(how)), 0);
    let output = bundle(&[]).env("CAWS_SIGNING_KEY", &key).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = common::shown(&output);
    assert!(
        said.contains("an OPA bundle cannot be signed with a key of"),
        "{said}"
    );
}
