//! The life of keys: made, followed, given up, and what that does to what they signed.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Project, assert_caws};
use serde_json::Value;

const PACKAGE: &str = "artifacts/audit/uncommitted.caws";
const RECORDS: &str = ".caws/keys/records.jsonl";

fn with(project: &Project, key: &Path, args: &[&str]) -> Command {
    let mut command = project.caws(args);
    command.env("CAWS_SIGNING_KEY", key);
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", common::shown(&output));
    output
}

/// A run signed with `key`, kept under a name of its own.
fn run(project: &Project, key: &Path, name: &str) {
    done(&mut with(project, key, &["gates", "--quiet"]));
    std::fs::copy(project.path(PACKAGE), project.path(name)).unwrap();
}

/// Exit code and codes of a verification that knows the first key alone, and the records.
fn audited(project: &Project, package: &str) -> (i32, Vec<String>) {
    let key = [".caws/keys/first.pub", "--key-records", RECORDS];
    let args = ["verify", package, "--format", "json", "--key"];
    let output = project.caws(args.iter().chain(&key)).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut codes: Vec<String> = report
        .get("findings")
        .and_then(Value::as_array)
        .unwrap()
        .iter()
        .filter(|finding| finding.get("severity").and_then(Value::as_str) == Some("error"))
        .filter_map(|finding| finding.get("code")?.as_str().map(str::to_owned))
        .collect();
    codes.dedup();
    (output.status.code().unwrap(), codes)
}

const ROTATE: [&str; 7] = [
    "provenance",
    "keys",
    "rotate",
    "--no-passphrase",
    "--name",
    "second",
    "--out",
];

fn rotate(project: &Project, first: &Path, more: &[&str]) -> (PathBuf, Command) {
    let second = project.home().join("second.pem");
    let mut command = with(project, first, &ROTATE);
    command.arg(&second).args(more);
    (second, command)
}

fn revoke(project: &Project, key: &Path, args: &[&str]) -> Command {
    let head = ["provenance", "keys", "revoke"];
    let mut command = with(project, key, &head);
    command.args(args);
    command
}

fn lines(project: &Project) -> usize {
    let path = project.path(RECORDS);
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

#[test]
fn a_key_is_followed_and_given_up_and_what_it_signed_is_judged_by_when() {
    let project = Project::new();
    let first = project.key("first");
    run(&project, &first, "before.caws");
    let (second, mut command) = rotate(&project, &first, &["--previous-not-after", "2999-01-01"]);
    assert_caws!("keys_rotate", project, command);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&second), 0o600);
        assert_eq!(mode(&project.path(RECORDS)), 0o644);
    }
    // Signed before the rotation, and by the successor: an auditor who pinned the first key alone takes both.
    assert_eq!(audited(&project, "before.caws"), (0, Vec::new()));
    run(&project, &second, "successor.caws");
    assert_eq!(audited(&project, "successor.caws"), (0, Vec::new()));
    let key = ["--key", ".caws/keys/first.pub"];
    let unknown = ["verify", "successor.caws"].into_iter().chain(key);
    assert_eq!(project.code(unknown), 4);
    // Given up, by the key that follows it.
    let words = ["first", "--reason", "superseded"];
    assert_caws!("keys_revoke", project, revoke(&project, &second, &words));
    run(&project, &first, "after.caws");
    assert_eq!(audited(&project, "before.caws"), (0, Vec::new()));
    assert_eq!(audited(&project, "successor.caws"), (0, Vec::new()));
    let revoked = vec!["key-revoked".to_owned()];
    assert_eq!(audited(&project, "after.caws"), (4, revoked.clone()));
    // The project's own keys are asked with its own records.
    assert_eq!(project.code(["verify", "before.caws"]), 0);
    assert_eq!(project.code(["verify", "after.caws"]), 4);
    assert_caws!(
        "keys_list_revoked",
        project,
        project.caws(["provenance", "keys", "list"])
    );
    assert_caws!(
        "keys_show",
        project,
        project.caws(["provenance", "keys", "show", "first"])
    );
    // Stolen, as it turns out: then no date helps, and nobody follows it who is not pinned.
    let words = ["first", "--reason", "compromised", "--since", "2026-01-01"];
    done(&mut revoke(&project, &second, &words));
    assert_eq!(audited(&project, "before.caws"), (4, revoked));
    let untrusted = vec!["key-untrusted".to_owned()];
    assert_eq!(audited(&project, "successor.caws"), (4, untrusted));
    assert_eq!(project.code(["verify", "successor.caws"]), 0);
}

#[test]
fn a_revocation_counts_from_its_time_on() {
    let project = Project::new();
    let first = project.key("first");
    run(&project, &first, "signed.caws");
    let manifest = project.read("artifacts/provenance/manifest.json");
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let finished = manifest.pointer("/caws/finished").and_then(Value::as_str);
    let finished: jiff::Timestamp = finished.unwrap().parse().unwrap();
    let tick = jiff::SignedDuration::from_millis(1);
    for (since, code) in [
        ((finished + tick).to_string(), 0),
        (finished.to_string(), 4),
        ((finished - tick).to_string(), 4),
    ] {
        let _ = std::fs::remove_file(project.path(RECORDS));
        let words = ["first", "--reason", "retired", "--since", since.as_str()];
        done(&mut revoke(&project, &first, &words));
        assert_eq!(audited(&project, "signed.caws").0, code, "{since}");
    }
}

#[test]
fn a_key_with_an_end_says_so_in_a_record() {
    let project = Project::new();
    let out = project.home().join("first.pem");
    let new = [
        "provenance",
        "keys",
        "new",
        "--no-passphrase",
        "--name",
        "first",
    ];
    let times = [
        "--not-before",
        "2020-01-01",
        "--not-after",
        "2020-02-01T12:00:00Z",
    ];
    let place = ["--out", out.to_str().unwrap()];
    assert_eq!(project.code(new.into_iter().chain(times).chain(place)), 0);
    assert_eq!(lines(&project), 1);
    run(&project, &out, "late.caws");
    let expired = vec!["key-expired".to_owned()];
    assert_eq!(audited(&project, "late.caws"), (4, expired));
    let list = project.json(["provenance", "keys", "list", "--format", "json"]);
    let first = list.pointer("/keys/0").unwrap();
    assert_eq!(first.get("valid"), Some(&false.into()));
    assert_eq!(
        first.get("status"),
        Some(&"expired 2020-02-01T12:00:00Z".into())
    );
    let show = ["provenance", "keys", "show", "first", "--format", "json"];
    let show = project.json(show);
    assert_eq!(show.pointer("/records/0/says/event"), Some(&"issue".into()));
    assert_eq!(show.pointer("/records/0/counts"), Some(&true.into()));
    // A key whose time is over vouches for no other, and leaves nothing behind.
    let (second, mut command) = rotate(&project, &out, &[]);
    assert_caws!("keys_rotate_expired", project, command);
    assert!(!second.exists() && !project.path(".caws/keys/second.pub").exists());
    assert_eq!(lines(&project), 1);
}

#[test]
fn what_would_say_nothing_or_overwrite_a_key_is_refused() {
    let project = Project::new();
    let first = project.key("first");
    let stranger = project.key("stranger");
    project.remove(".caws/keys/stranger.pub");
    let refused = |mut command: Command| {
        let records = lines(&project);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", common::shown(&output));
        assert_eq!(lines(&project), records);
        String::from_utf8(output.stderr).unwrap()
    };
    // By somebody who has no say.
    let words = ["first", "--reason", "compromised"];
    assert_caws!(
        "keys_revoke_stranger",
        project,
        revoke(&project, &stranger, &words)
    );
    for (words, said) in [
        (["nobody", "--reason", "retired"], "no key `nobody`"),
        (["00000000", "--reason", "retired"], "no key `00000000`"),
        (["first", "--reason", "bored"], "invalid value 'bored'"),
    ] {
        let said_so = refused(revoke(&project, &first, &words));
        assert!(said_so.contains(said), "{said_so}");
    }
    for time in ["tomorrow", "2026-02-30", "2026-01-01T00:00:00"] {
        let words = ["first", "--reason", "retired", "--since", time];
        refused(revoke(&project, &first, &words));
    }
    // Where a file is.
    let (second, command) = rotate(&project, &first, &[]);
    std::fs::write(&second, "precious").unwrap();
    refused(command);
    assert_eq!(std::fs::read_to_string(&second).unwrap(), "precious");
    std::fs::remove_file(&second).unwrap();
    project.write(
        ".caws/keys/second.pub",
        &project.read(".caws/keys/first.pub"),
    );
    let (_, command) = rotate(&project, &first, &[]);
    refused(command);
    assert!(!second.exists());
    project.remove(".caws/keys/second.pub");
    // An end before the rotation, or before the beginning.
    for times in [
        ["--previous-not-after", "2020-01-01"],
        ["--not-after", "2020-01-01"],
    ] {
        let (_, command) = rotate(&project, &first, &times);
        refused(command);
        assert!(!second.exists());
    }
    // Twice the same.
    done(&mut revoke(
        &project,
        &first,
        &["first", "--reason", "retired"],
    ));
    let again = ["first", "--reason", "retired", "--since", "2999-01-01"];
    assert_caws!(
        "keys_revoke_again",
        project,
        revoke(&project, &first, &again)
    );
    // One that was given up vouches for nobody.
    let (_, command) = rotate(&project, &first, &[]);
    assert!(refused(command).contains("cannot vouch for another: revoked since"));
    assert!(!second.exists());
    // A file of something else stays what it is.
    project.write("other.jsonl", "no record\n");
    let words = ["first", "--reason", "retired", "--records", "other.jsonl"];
    refused(revoke(&project, &first, &words));
    assert_eq!(project.read("other.jsonl"), "no record\n");
    for command in ["list", "show", "rotate", "revoke"] {
        let format = ["--format", "sarif"];
        let args: &[&str] = match command {
            "show" => &["first"],
            "rotate" => &["--name", "x"],
            "revoke" => &["first", "--reason", "retired"],
            _ => &[],
        };
        let head = ["provenance", "keys", command];
        let all = head.iter().chain(args).chain(&format);
        assert_eq!(project.code(all), 2, "{command}");
    }
}

#[test]
fn the_new_key_has_a_passphrase_of_its_own() {
    let project = Project::new();
    let first = project.home().join("config/caws/keys/default.pem");
    let new = ["provenance", "keys", "new", "--name", "first"];
    done(
        project
            .caws(new)
            .env("CAWS_KEY_PASSPHRASE", "correct horse"),
    );
    let rotate = ["provenance", "keys", "rotate", "--name", "second"];
    let mut command = project.caws(rotate);
    command.env("CAWS_KEY_PASSPHRASE", "correct horse");
    assert_caws!("keys_rotate_no_terminal", project, command);
    command.env("CAWS_NEW_KEY_PASSPHRASE", "battery staple");
    done(&mut command);
    // It lies beside the user's own, which stays.
    assert!(first.is_file());
    let second = project.home().join("config/caws/keys/second.pem");
    let sign = |passphrase| {
        let mut command = with(&project, &second, &["gates", "--quiet"]);
        command.env("CAWS_KEY_PASSPHRASE", passphrase);
        command.status().unwrap().code()
    };
    assert_eq!(sign("correct horse"), Some(2));
    assert_eq!(sign("battery staple"), Some(0));
    assert_eq!(project.code(["verify"]), 0);
}

#[test]
fn records_written_at_the_same_time_are_all_kept() {
    const KEYS: usize = 8;
    let project = Project::new();
    let keys: Vec<PathBuf> = (0..KEYS).map(|n| project.key(&format!("k{n}"))).collect();
    let children: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(n, key)| {
            let name = format!("k{n}");
            let words = [name.as_str(), "--reason", "retired"];
            revoke(&project, key, &words).arg("-q").spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(lines(&project), KEYS);
    let list = project.json(["provenance", "keys", "list", "--format", "json"]);
    let keys = list.get("keys").and_then(Value::as_array).unwrap();
    assert_eq!(keys.len(), KEYS);
    for key in keys {
        assert_eq!(key.get("valid"), Some(&false.into()), "{key}");
    }
}
