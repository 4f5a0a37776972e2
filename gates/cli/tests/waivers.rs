//! The life of a waiver: asked for, approved by somebody else, used, shown, judged again, given back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Project, assert_caws, shown};
use serde_json::Value;

const LIST: &str = ".caws/waivers.yaml";
const BUNDLE: &str = ".caws/waivers/WV-0001.sigstore.json";

fn git(project: &Project, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.email=a@example.org", "-c", "user.name=A"])
        .args(["-c", "commit.gpgsign=false"])
        .args(["-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(project.root())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", shown(&output));
}

/// `caws` that finds git and no other program.
fn caws(project: &Project, key: Option<&Path>, args: &[&str]) -> Command {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|dir| dir.join("git"))
        .find(|git| git.is_file())
        .unwrap();
    let mut command = project.caws(args);
    command.env("PATH", found.parent().unwrap());
    if let Some(key) = key {
        command.env("CAWS_SIGNING_KEY", key);
    }
    command
}

fn code(project: &Project, key: Option<&Path>, args: &[&str]) -> i32 {
    let output = caws(project, key, args).output().unwrap();
    output.status.code().unwrap()
}

fn ok(project: &Project, key: Option<&Path>, args: &[&str]) -> Output {
    let output = caws(project, key, args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", shown(&output));
    output
}

fn json(project: &Project, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    let output = caws(project, None, &args).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| Value::from(shown(&output)))
}

/// A project in git whose static check fails, and the keys of Olga, who asks, and of Anna, who approves.
fn failing() -> (Project, PathBuf, PathBuf) {
    let project = Project::new();
    project.write(".gitignore", "artifacts/\n");
    let report = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint","rules":[]}},"results":[{"ruleId":"L1","level":"error","message":{"text":"too long"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/greet.py"},"region":{"startLine":1}}}]}]}]}"#;
    project.write("reports/lint.sarif", report);
    let (olga, anna) = (project.key("olga"), project.key("anna"));
    let config = project.read(".caws.yml");
    let waivers = "\nwaivers:\n  max_active: 1\n  approvers:\n    - { name: Anna, key: .caws/keys/anna.pub }\n";
    project.write(".caws.yml", &(config + waivers));
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-q", "-m", "all"]);
    (project, olga, anna)
}

const ADD: [&str; 12] = [
    "waiver",
    "add",
    "--gate",
    "static",
    "--reason",
    "the linter is being replaced",
    "--control",
    "a second person reads every change",
    "--approver",
    "Anna",
    "--owner",
    "Olga",
];

#[test]
fn m6_a_waiver_is_asked_for_approved_used_shown_verified_and_given_back() {
    let (project, olga, anna) = failing();
    let gates = ["gates", "--quiet"];
    assert_eq!(code(&project, Some(&olga), &gates), 1);
    assert_caws!("waiver_add", project, caws(&project, None, &ADD));
    // Asked for is not approved, and blocks.
    assert_eq!(code(&project, Some(&olga), &gates), 5);
    assert_caws!(
        "waiver_check_unsigned",
        project,
        caws(&project, None, &["waiver", "check"])
    );
    // Who asks cannot sign it, whoever it names.
    assert_eq!(
        code(&project, Some(&olga), &["waiver", "sign", "WV-0001"]),
        5
    );
    assert!(!project.path(BUNDLE).exists());
    ok(&project, Some(&anna), &["waiver", "sign", "WV-0001"]);
    ok(&project, None, &["waiver", "check"]);
    let list = json(&project, &["waiver", "list"]);
    let first = list.pointer("/waivers/0").unwrap();
    assert_eq!(first.get("state").unwrap(), "active");
    // The gate is waived; the score is at most 79 and says why.
    let run = caws(&project, Some(&olga), &["gates"]).output().unwrap();
    let text = shown(&run);
    assert!(text.contains("~ waived"), "{text}");
    assert!(
        text.contains("capped at 79 while a waiver is active: WV-0001 (`static`, until "),
        "{text}"
    );
    assert!(text.contains("WV-0001  waives static, until "), "{text}");
    assert_eq!(
        run.status.code(),
        Some(1),
        "79 is below the threshold of 80: {text}"
    );
    let page = project.read("artifacts/report/index.html");
    assert!(page.contains("the linter is being replaced") && page.contains("Olga, Anna"));
    let package = std::fs::read_dir(project.path("artifacts/audit")).unwrap();
    let package = package.flatten().map(|entry| entry.path());
    let mut package = package.filter(|path| path.to_string_lossy().contains("-dirty"));
    let package = package.next().unwrap();
    let package = package.to_str().unwrap();
    ok(&project, None, &["verify", package]);
    let report = json(&project, &["verify", package]);
    assert_eq!(report.pointer("/score/recomputed").unwrap(), 79);
    // Nobody who does not trust the approver takes it.
    let only = ["verify", package, "--key", ".caws/keys/olga.pub"];
    assert_eq!(code(&project, None, &only), 4);
    // Put off after it was signed, it holds no more.
    let signed = project.read(LIST);
    project.write(
        LIST,
        &signed.replace("being replaced", "being replaced one day"),
    );
    assert_eq!(code(&project, Some(&olga), &gates), 5);
    project.write(LIST, &signed);
    // Given back, it stays in the file, blocks nothing, and waives nothing.
    ok(
        &project,
        None,
        &["waiver", "revoke", "WV-0001", "--reason", "mended"],
    );
    assert!(project.read(LIST).contains("reason: \"mended\""));
    assert_eq!(
        code(
            &project,
            None,
            &["waiver", "revoke", "WV-0001", "--reason", "again"]
        ),
        2
    );
    assert_eq!(code(&project, Some(&olga), &gates), 1);
    ok(&project, None, &["waiver", "check"]);
    // The next one has the next name, and stands behind it.
    ok(&project, None, &ADD);
    assert!(project.read(LIST).contains("id: WV-0002"));
    assert_caws!(
        "waiver_list",
        project,
        caws(&project, None, &["waiver", "list"])
    );
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_unread() {
    let project = Project::new();
    project.write("large.yaml", "a: 1\n");
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(project.path("large.yaml"));
    file.unwrap().set_len(100_000_000).unwrap();
    let output = project
        .caws(["waiver", "check", "large.yaml"])
        .output()
        .unwrap();
    let told = shown(&output);
    assert!(told.contains("the file has 100000000 bytes"), "{told}");
    assert_eq!(output.status.code(), Some(2), "{told}");
}

#[test]
fn what_nobody_could_approve_is_not_written() {
    let (project, _, _) = failing();
    let with = |from: &'static str, to: &'static str| -> Vec<&'static str> {
        ADD.iter()
            .map(|word| if *word == from { to } else { word })
            .collect()
    };
    for args in [
        with("static", "spec"),
        with("static", "statics"),
        with("Olga", "anna"),
    ] {
        assert_eq!(code(&project, None, &args), 5, "{args:?}");
        assert!(!project.path(LIST).exists());
    }
    assert_eq!(
        code(&project, None, &[&ADD[..], &["--days", "15"]].concat()),
        2
    );
    assert_eq!(
        code(
            &project,
            None,
            &[&ADD[..], &["--expires", "2999-01-01"]].concat()
        ),
        5
    );
    assert_eq!(
        code(&project, None, &[&ADD[..], &["--from", "nowhere"]].concat()),
        2
    );
}

#[test]
fn a_list_is_added_to_as_it_is_laid_out() {
    let (project, _, _) = failing();
    project.write(LIST, "# ours\nschema_version: 1\nwaivers: []\n");
    ok(&project, None, &ADD);
    let text = project.read(LIST);
    assert!(
        text.starts_with("# ours\nschema_version: 1\nwaivers:\n  - id: WV-0001\n"),
        "{text}"
    );
    // Items at the margin, and a comment behind.
    let margin = text
        .replace("\n  ", "\n")
        .replace("id: WV-0001", "id: WV-0007 # the first");
    project.write(LIST, &format!("{margin}# the end\n"));
    ok(&project, None, &ADD);
    let text = project.read(LIST);
    assert!(
        text.contains("\n# the end\n- id: WV-0008\n  gate: static\n"),
        "{text}"
    );
    ok(
        &project,
        None,
        &["waiver", "revoke", "WV-0007", "--reason", "over: done"],
    );
    let text = project.read(LIST);
    assert!(
        text.contains("  revoked:\n    at: \"")
            && text.contains("reason: \"over: done\"\n# the end\n"),
        "{text}"
    );
    assert_eq!(code(&project, None, &["waiver", "sign", "WV-0009"]), 2);
    // A list in one line cannot be added to, and is left as it is.
    project.write(LIST, "{ schema_version: 1, waivers: [] }\n");
    assert_eq!(code(&project, None, &ADD), 2);
    assert_eq!(project.read(LIST), "{ schema_version: 1, waivers: [] }\n");
}

#[test]
fn waivers_of_other_shapes_are_recognised_and_waive_nothing() {
    let (project, olga, _) = failing();
    let old = "WV-1:\n  gate: perf\n  reason: the budget is being renewed\n  owner: olga\n  expiry: '2020-01-01T00:00:00Z'\n  compensating_control: watched daily\n";
    project.write("old.yml", old);
    assert_caws!(
        "waiver_check_other_shape",
        project,
        caws(&project, None, &["waiver", "check", "old.yml"])
    );
    let told = json(&project, &["waiver", "check", "old.yml"]);
    assert_eq!(told.pointer("/waivers/0/because/0").unwrap(), "gate");
    // In the place of ours it blocks.
    project.write(LIST, old);
    assert_eq!(code(&project, Some(&olga), &["gates", "--quiet"]), 5);
}
