//! Records of commands through the command line.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use caws_spec::{Schema, parse, validate_schema};
use common::{Project, assert_caws};
use serde_json::Value;

const RECORD: &str = "artifacts/commands/smoke.json";
const BUNDLE: &str = "artifacts/commands/smoke.sigstore.json";

/// A key that the project trusts.
fn key(project: &Project, algorithm: &str, name: &str) -> PathBuf {
    let path = project.home().join(format!("{name}.pem"));
    let out = path.to_str().unwrap();
    let new = ["provenance", "keys", "new", "--no-passphrase"];
    let how = ["--algorithm", algorithm, "--name", name, "--out", out];
    assert_eq!(project.code(new.into_iter().chain(how)), 0);
    path
}

fn smoke(project: &Project, script: &str) -> Command {
    project.caws([
        "evidence", "run", "--name", "smoke", "--", "/bin/sh", "-c", script,
    ])
}

fn signed(project: &Project, key: &Path, script: &str) -> Output {
    let mut command = smoke(project, script);
    command.env("CAWS_SIGNING_KEY", key).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn list(project: &Project, entries: &str) {
    project.write(
        "required.yaml",
        &format!("schema_version: 1\ncommands:\n{entries}"),
    );
}

/// Exit code of the check, and the codes it found.
fn checked(project: &Project, args: &[&str]) -> (i32, Vec<String>) {
    let head = ["evidence", "check", "required.yaml", "--format", "json"];
    let output = project.caws(head.iter().chain(args)).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let commands = json.get("commands").and_then(Value::as_array).unwrap();
    let findings = commands
        .iter()
        .flat_map(|one| one.get("findings").and_then(Value::as_array).unwrap());
    let codes = findings.map(|finding| {
        let code = finding.get("code").and_then(Value::as_str);
        code.unwrap().to_owned()
    });
    let ok = json.get("ok").and_then(Value::as_bool).unwrap();
    assert_eq!(ok, output.status.success());
    (output.status.code().unwrap(), codes.collect())
}

/// `git` in the project, or what caws needs to find it.
fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap()
}

fn git(project: &Project, args: &[&str]) -> String {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"];
    let output = Command::new("git")
        .args(who)
        .args(args)
        .current_dir(project.root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", common::shown(&output));
    text(&output.stdout).trim().to_owned()
}

#[test]
fn the_record_is_of_the_published_schema_signed_and_logged() {
    let project = Project::new();
    let key = key(&project, "ed25519", "release");
    let run = signed(&project, &key, "echo one; echo two >&2");
    assert_eq!(run.status.code(), Some(0));
    // The command's own output, byte for byte.
    assert_eq!(text(&run.stdout), "one\n");
    let said = text(&run.stderr);
    assert!(
        said.starts_with("two\n") || said.contains("\ntwo\n"),
        "{said}"
    );
    assert!(said.contains(", leaf 0 of caws/GREET-001\n"), "{said}");
    let schema = include_str!("../../../.caws/schemas/command-v1.schema.json");
    let schema = Schema::compile(schema).unwrap();
    let record = project.read(RECORD);
    let document = parse("smoke.json", record.as_bytes()).unwrap();
    assert_eq!(validate_schema(&document, &schema), []);
    let value: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(value["command"][0], "/bin/sh");
    assert_eq!(
        (&value["exit_code"], &value["directory"]),
        (&0.into(), &".".into())
    );
    // What the schema asks for cannot be left out.
    for required in schema.json()["required"].as_array().unwrap() {
        let mut less = value.clone();
        less.as_object_mut()
            .unwrap()
            .remove(required.as_str().unwrap());
        let less = parse("less.json", less.to_string().as_bytes()).unwrap();
        assert_ne!(validate_schema(&less, &schema), [], "{required}");
    }
    let entries = project.json(["ledger", "query", "--format", "json"]);
    let entry = &entries["entries"][0];
    assert_eq!(
        entry["predicate_type"],
        "https://kokoro-tts.com/caws/command/v1"
    );
    assert_eq!(entry["time"], value["finished"]);
    assert_eq!(project.code(["ledger", "check"]), 0);
    assert_eq!(project.code(["ledger", "prove", BUNDLE]), 0);
    list(
        &project,
        "  - { name: smoke, command: [/bin/sh, -c, 'echo one; echo two >&2'], max_age: 1h }\n",
    );
    assert_eq!(checked(&project, &[]), (0, Vec::new()));
    assert_caws!(
        "evidence_check",
        project,
        project.caws(["evidence", "check", "required.yaml"])
    );
}

#[test]
fn a_record_counts_while_the_key_that_signed_it_does() {
    let project = Project::new();
    let key = key(&project, "p256", "ci");
    assert!(signed(&project, &key, "exit 0").status.success());
    list(&project, "  - name: smoke\n");
    let revoke = |since: &str| {
        let what = ["provenance", "keys", "revoke", "ci", "--reason", "retired"];
        let mut command = project.caws(what.into_iter().chain(["--since", since]));
        let status = command.env("CAWS_SIGNING_KEY", &key).status().unwrap();
        assert!(status.success());
    };
    revoke("2999-01-01");
    assert_eq!(checked(&project, &[]), (0, Vec::new()));
    revoke("2020-01-01");
    let revoked = (4, vec!["key-revoked".to_owned()]);
    assert_eq!(checked(&project, &[]), revoked);
    let (public, records) = (".caws/keys/ci.pub", ".caws/keys/records.jsonl");
    assert_eq!(checked(&project, &["--key", public]), (0, Vec::new()));
    let asked = ["--key", public, "--key-records", records];
    assert_eq!(checked(&project, &asked), revoked);
    let missing = [
        "evidence",
        "check",
        "required.yaml",
        "--key-records",
        "none",
    ];
    assert_ne!(project.code(missing), 0);
}

#[test]
fn the_exit_code_is_the_commands_own_and_other_ends_have_one_too() {
    let project = Project::new();
    let code = |script: &str| smoke(&project, script).output().unwrap().status.code();
    assert_eq!(code("exit 0"), Some(0));
    assert_eq!(code("exit 3"), Some(3));
    assert_eq!(code("exit 255"), Some(255));
    assert_eq!(code("kill -9 $$"), Some(137));
    let late = [
        "evidence",
        "run",
        "--name",
        "late",
        "--timeout",
        "200ms",
        "--",
        "/bin/sleep",
        "60",
    ];
    assert_eq!(project.code(late), 124);
    let shown = project.json(["evidence", "show", "--format", "json"]);
    let commands = shown["commands"].as_array().unwrap();
    let ends: Vec<_> = commands.iter().map(|one| &one["record"]["ended"]).collect();
    assert_eq!(ends, ["timeout", "signal"]);
    assert_eq!(commands[1]["record"]["signal"], 9);
}

#[test]
fn failures_of_caws_itself_begin_with_error() {
    let project = Project::new();
    for (args, code) in [
        (&["--", "no-such-program"][..], 2),
        (&["--name", "../x", "--", "/bin/sh"], 2),
        (&["--env", "MY_TOKEN", "--", "/bin/sh"], 2),
        (&["--format", "json", "--", "/bin/sh"], 2),
    ] {
        let output = project
            .caws(["evidence", "run"].iter().chain(args))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let said = text(&output.stderr);
        assert!(
            said.lines().any(|line| line.starts_with("error: ")),
            "{said}"
        );
        assert!(said.contains("\nhelp: "), "{said}");
    }
    assert_caws!(
        "evidence_no_program",
        project,
        project.caws(["evidence", "run", "--", "no-such-program"])
    );
    let missing = project.path("no.pem");
    let mut run = smoke(&project, "echo ran");
    let output = run.env("CAWS_SIGNING_KEY", missing).output().unwrap();
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(2), String::new())
    );
}

#[test]
fn secrets_are_masked_in_the_record_and_keys_do_not_reach_the_command() {
    let project = Project::new();
    let key = key(&project, "ed25519", "release");
    let script = "echo token $MY_TOKEN; echo key [$CAWS_SIGNING_KEY]";
    let mut run = smoke(&project, script);
    run.env("MY_TOKEN", "abcdefghij")
        .env("CAWS_SIGNING_KEY", &key);
    let output = run.output().unwrap();
    assert_eq!(text(&output.stdout), "token abcdefghij\nkey []\n");
    let record = project.read(RECORD);
    assert!(!record.contains("abcdefghij"), "{record}");
    let value: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        value["key_output"],
        serde_json::json!(["token ***", "key []"])
    );
    assert_eq!(value["masked"], 1);
}

#[test]
fn records_are_shown_and_a_changed_one_is_refused() {
    let project = Project::new();
    assert_caws!(
        "evidence_show_none",
        project,
        project.caws(["evidence", "show"])
    );
    smoke(&project, "echo done; exit 3").output().unwrap();
    let one = text(
        &project
            .caws(["evidence", "show", "smoke"])
            .output()
            .unwrap()
            .stdout,
    );
    assert!(one.contains("\nended        exit code 3\n"), "{one}");
    assert!(one.contains("\noutput       done\n"), "{one}");
    assert!(one.contains("\nsignature    none\n"), "{one}");
    let all = text(&project.caws(["evidence", "show"]).output().unwrap().stdout);
    assert!(
        all.ends_with("/bin/sh -c echo done; exit 3\n1 record\n"),
        "{all}"
    );
    assert_caws!(
        "evidence_show_unknown",
        project,
        project.caws(["evidence", "show", "smok"])
    );
    project.replace(RECORD, "\"masked\":0", "\"masked\": 0");
    assert_eq!(project.code(["evidence", "show", "smoke"]), 4);
}

#[test]
fn what_fails_is_missing_or_stale_has_its_exit_code() {
    let project = Project::new();
    let key = key(&project, "ed25519", "release");
    list(
        &project,
        "  - { name: smoke, command: [/bin/sh, -c, exit 0], max_age: 10m }\n",
    );
    let missing = vec!["command-missing".to_owned()];
    assert_eq!(checked(&project, &[]), (3, missing));
    assert_caws!(
        "evidence_missing",
        project,
        project.caws(["evidence", "check", "required.yaml"])
    );
    signed(&project, &key, "exit 1");
    let both = vec!["command-failed".to_owned(), "command-differs".to_owned()];
    assert_eq!(checked(&project, &[]), (1, both));
    assert_caws!(
        "evidence_failed",
        project,
        project.caws(["evidence", "check", "required.yaml"])
    );
    signed(&project, &key, "exit 0");
    assert_eq!(checked(&project, &[]), (0, Vec::new()));
    std::thread::sleep(std::time::Duration::from_millis(5));
    list(&project, "  - { name: smoke, max_age: 1ms }\n");
    assert_eq!(checked(&project, &[]), (3, vec!["command-age".to_owned()]));
    // A run that does not begin leaves no record of an earlier one.
    list(&project, "  - { name: smoke }\n");
    project.write("broken", "#!/nowhere/at/all\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.path("broken"), mode).unwrap();
    }
    assert_eq!(
        project.code(["evidence", "run", "--name", "smoke", "--", "./broken"]),
        2
    );
    assert_eq!(
        checked(&project, &[]),
        (3, vec!["command-missing".to_owned()])
    );
}

#[test]
fn what_a_trusted_key_did_not_sign_is_not_accepted() {
    let project = Project::new();
    let key = key(&project, "ed25519", "release");
    list(&project, "  - { name: smoke }\n");
    signed(&project, &key, "exit 0");
    let (record, bundle) = (project.read(RECORD), project.read(BUNDLE));
    // The record changed.
    project.replace(RECORD, "\"masked\":0", "\"masked\":1");
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["digest-mismatch".to_owned()])
    );
    project.write(RECORD, &record);
    // The bundle changed.
    project.write(BUNDLE, &format!("{bundle}\n"));
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["record-not-canonical".to_owned()])
    );
    project.write(BUNDLE, "{}");
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["signature-invalid".to_owned()])
    );
    // Nobody's.
    project.remove(BUNDLE);
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["signature-missing".to_owned()])
    );
    assert_eq!(
        checked(&project, &["--allow-unsigned"]),
        (0, vec!["signature-missing".to_owned()])
    );
    // A record and its bundle under another name.
    project.write("artifacts/commands/other.json", &record);
    project.write("artifacts/commands/other.sigstore.json", &bundle);
    list(&project, "  - { name: other }\n");
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["record-inconsistent".to_owned()])
    );
    // Another statement of the same key.
    list(&project, "  - { name: smoke }\n");
    assert_eq!(with(&project, &key, &["gates", "--quiet"]), Some(0));
    std::fs::copy(
        project.path("artifacts/provenance/manifest.sigstore.json"),
        project.path(BUNDLE),
    )
    .unwrap();
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["signature-invalid".to_owned()])
    );
    // A stranger's.
    project.write(BUNDLE, &bundle);
    let stranger = crate::key(&project, "ed25519", "stranger");
    signed(&project, &stranger, "exit 0");
    project.remove(".caws/keys/stranger.pub");
    assert_eq!(
        checked(&project, &[]),
        (4, vec!["key-untrusted".to_owned()])
    );
    // Nobody is trusted: nothing can be checked.
    project.remove(".caws/keys/release.pub");
    assert_eq!(project.code(["evidence", "check", "required.yaml"]), 2);
}

fn with(project: &Project, key: &Path, args: &[&str]) -> Option<i32> {
    let mut command = project.caws(args);
    command
        .env("CAWS_SIGNING_KEY", key)
        .output()
        .unwrap()
        .status
        .code()
}

#[test]
fn a_key_that_signs_no_checkpoints_is_a_warning() {
    let project = Project::new();
    let key = key(&project, "p256", "release");
    let run = signed(&project, &key, "exit 0");
    assert_eq!(run.status.code(), Some(0));
    let said = text(&run.stderr);
    assert!(said.contains("warning: not in the ledger: "), "{said}");
    assert!(project.path(BUNDLE).is_file());
    list(&project, "  - { name: smoke }\n");
    assert_eq!(checked(&project, &[]), (0, Vec::new()));
}

#[test]
fn the_commit_and_the_directory_are_recorded_and_asked_for() {
    let project = Project::new();
    let key = key(&project, "ed25519", "release");
    list(&project, "  - { name: smoke, same_commit: true }\n");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "-m", "one"]);
    let below = project.path("src");
    let run = |project: &Project| {
        let mut command = smoke(project, "exit 0");
        command
            .current_dir(&below)
            .env("PATH", search_path())
            .env("CAWS_SIGNING_KEY", &key);
        assert_eq!(command.output().unwrap().status.code(), Some(0));
    };
    let check = || {
        let mut command = project.caws(["evidence", "check", "required.yaml"]);
        command
            .env("PATH", search_path())
            .output()
            .unwrap()
            .status
            .code()
    };
    run(&project);
    let value: Value = serde_json::from_str(&project.read(RECORD)).unwrap();
    assert_eq!(value["commit"], git(&project, &["rev-parse", "HEAD"]));
    assert_eq!(value["tree"], git(&project, &["rev-parse", "HEAD:./"]));
    assert_eq!(
        (&value["dirty"], &value["directory"]),
        (&false.into(), &"src".into())
    );
    assert_eq!(check(), Some(0));
    // The statement is about the commit.
    let query = ["ledger", "query", "--format", "json"];
    assert_eq!(project.json(query)["entries"][0]["commit"], value["commit"]);
    project.write("src/new.txt", "new\n");
    run(&project);
    assert_eq!(check(), Some(3));
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "-m", "two"]);
    assert_eq!(check(), Some(3));
    run(&project);
    assert_eq!(check(), Some(0));
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_command_and_the_record_says_so() {
    use std::io::{BufRead as _, BufReader};
    let project = Project::new();
    let mut child = smoke(&project, "echo ready; exec /bin/sleep 60")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // As it comes: the line is here long before the command ends.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "ready\n");
    let kill = Command::new("/bin/sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let value: Value = serde_json::from_str(&project.read(RECORD)).unwrap();
    assert_eq!(value["ended"], "interrupted");
    assert_eq!(value.get("exit_code"), None);
}

#[test]
fn what_is_said_follows_what_is_asked_for() {
    let project = Project::new();
    let run = [
        "evidence",
        "run",
        "--quiet",
        "--name",
        "smoke",
        "--env",
        "GREETING",
        "--env",
        "NO_SUCH_VARIABLE",
        "--",
        "/bin/sh",
        "-c",
        "echo done",
    ];
    let output = project.caws(run).env("GREETING", "hello").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        ("done\n".to_owned(), String::new())
    );
    let shown = text(
        &project
            .caws(["evidence", "show", "smoke"])
            .output()
            .unwrap()
            .stdout,
    );
    for line in [
        "commit       none",
        "changes      unknown: no commit",
        "variable     GREETING=hello",
        "variable     NO_SUCH_VARIABLE is not set",
        "masked       0",
        "signature    none",
    ] {
        assert!(shown.lines().any(|one| one == line), "{line}: {shown}");
    }
    list(&project, "  - { name: smoke }\n");
    let check = ["evidence", "check", "required.yaml", "--allow-unsigned"];
    let output = project
        .caws(check.iter().chain(&["--quiet"]))
        .output()
        .unwrap();
    // That nobody signed it is a warning.
    assert_eq!(text(&output.stdout), "1 of 1 required commands hold\n");
    let output = project.caws(check).output().unwrap();
    assert_ne!(text(&output.stdout), "1 of 1 required commands hold\n");
    for args in [
        ["check", "required.yaml", "--format", "junit"],
        ["show", "smoke", "--format", "sarif"],
    ] {
        let args = ["evidence"].into_iter().chain(args);
        assert_eq!(project.code(args), 2);
    }
    project.write(BUNDLE, "{}");
    assert_eq!(project.code(["evidence", "show", "smoke"]), 4);
    project.remove(BUNDLE);
    std::fs::create_dir(project.path(BUNDLE)).unwrap();
    assert_eq!(project.code(["evidence", "show", "smoke"]), 2);
}

#[test]
fn keys_can_be_named_and_records_read_outside_a_project() {
    let project = Project::new();
    let key = key(&project, "p256", "release");
    list(&project, "  - { name: smoke }\n");
    signed(&project, &key, "exit 0");
    let public = project.home().join("release.pub");
    std::fs::rename(project.path(".caws/keys/release.pub"), &public).unwrap();
    let public = public.to_str().unwrap();
    assert_eq!(checked(&project, &["--key", public]), (0, Vec::new()));
    project.write(".caws/keys/broken.pub", "no key\n");
    assert_eq!(project.code(["evidence", "check", "required.yaml"]), 2);
    let outside = |args: &[&str]| {
        let mut command = project.caws(args);
        let output = command.current_dir(project.home()).output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    let (code, said) = outside(&["evidence", "run", "--", "/bin/sh", "-c", "exit 0"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("is in no project"), "{said}");
    let required = project.path("required.yaml");
    let required = required.to_str().unwrap();
    let (code, said) = outside(&["evidence", "check", required, "--key", public]);
    assert_eq!(code, Some(3), "{said}");
}
