//! The transparency log through the command line.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Project, assert_caws};

/// A run signed and logged after the fact, with an Ed25519 key the project trusts.
fn logged() -> (Project, PathBuf) {
    let project = Project::new();
    let key = ed25519(&project, "release");
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_eq!(
        with(&project, &key, &["provenance", "sign"]).status.code(),
        Some(0)
    );
    assert_eq!(
        with(&project, &key, &["ledger", "append"]).status.code(),
        Some(0)
    );
    (project, key)
}

fn ed25519(project: &Project, name: &str) -> PathBuf {
    let path = project.home().join(format!("{name}.pem"));
    let out = path.to_str().unwrap();
    let new = [
        "provenance",
        "keys",
        "new",
        "--no-passphrase",
        "--algorithm",
        "ed25519",
    ];
    let code = project.code(new.into_iter().chain(["--name", name, "--out", out]));
    assert_eq!(code, 0);
    path
}

fn with(project: &Project, key: &Path, args: &[&str]) -> Output {
    let mut command = project.caws(args);
    command.env("CAWS_SIGNING_KEY", key).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_run_is_appended_once_checked_proved_and_found() {
    let (project, key) = logged();
    let mut again = project.caws(["ledger", "append"]);
    assert_caws!(
        "ledger_append_again",
        project,
        again.env("CAWS_SIGNING_KEY", &key)
    );
    assert_caws!("ledger_check", project, project.caws(["ledger", "check"]));
    let manifest = "artifacts/provenance/manifest.sigstore.json";
    assert_caws!(
        "ledger_prove_out",
        project,
        project.caws(["ledger", "prove", manifest, "--out", "manifest.tlog-proof"])
    );
    let proof = project.read("manifest.tlog-proof");
    assert!(
        proof.starts_with("c2sp.org/tlog-proof@v1\nindex 4\n"),
        "{proof}"
    );
    assert_eq!(
        stdout(&project.caws(["ledger", "prove", "4"]).output().unwrap()),
        proof
    );
    let json = project.json(["ledger", "prove", "4", "--format", "json"]);
    assert_eq!(
        (&json["kind"], &json["size"]),
        (&"ledger-proof".into(), &5.into())
    );
    assert_eq!(
        json["entry"]["predicate_type"],
        "https://kokoro-tts.com/caws/manifest/v1"
    );
    assert_eq!(
        project.code(["ledger", "check", "--against", "manifest.tlog-proof"]),
        0
    );
    let show = project.json(["ledger", "show", "--format", "json"]);
    assert_eq!((&show["size"], &show["waiting"]), (&5.into(), &0.into()));
    assert_eq!(show["root"], json["root"]);
    assert_eq!(show["origin"], "caws/GREET-001");
    let twice = ["ledger", "append", "--ledger", "twice", manifest, manifest];
    let said = stdout(&with(&project, &key, &twice));
    assert!(
        said.ends_with("caws/GREET-001: 1 appended, 1 there already, 1 leaves\n"),
        "{said}"
    );
}

#[test]
fn a_check_asks_what_was_said_of_the_keys() {
    let (project, key) = logged();
    let revoke = |reason: &str, since: &str| {
        let what = ["provenance", "keys", "revoke", "release", "--reason"];
        let args: Vec<&str> = what.into_iter().chain([reason, "--since", since]).collect();
        let output = with(&project, &key, &args);
        assert!(output.status.success(), "{}", common::shown(&output));
    };
    let check = |more: &[&str]| {
        let args = ["ledger", "check", "--format", "json"];
        let args = args.into_iter().chain(more.iter().copied());
        project.caws(args).output().unwrap()
    };
    let (public, records) = (".caws/keys/release.pub", ".caws/keys/records.jsonl");
    // Given up after it had signed.
    revoke("retired", "2999-01-01");
    assert_eq!(check(&[]).status.code(), Some(0));
    // Before: the leaves were made later.
    revoke("superseded", "2020-01-01");
    let asked = ["--key", public, "--key-records", records];
    for args in [&[][..], &asked] {
        let output = check(args);
        assert_eq!(output.status.code(), Some(4), "{}", common::shown(&output));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let finding = &json["findings"][0];
        assert_eq!(finding["code"], "key-revoked");
        assert_eq!(finding["place"]["path"], "artifacts/ledger/checkpoint");
    }
    // A key that was named is believed, unless its records are.
    assert_eq!(check(&["--key", public]).status.code(), Some(0));
    assert_eq!(project.code(["ledger", "show"]), 0);
    // Somebody else may have it: then no checkpoint of it is worth anything.
    revoke("compromised", "2020-01-01");
    let output = check(&[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("was given up as compromised since"), "{said}");
    assert_eq!(project.code(["ledger", "show"]), 2);
    // A record that says nothing that counts is named.
    let stranger = ed25519(&project, "stranger");
    let what = [
        "provenance",
        "keys",
        "revoke",
        "stranger",
        "--reason",
        "retired",
    ];
    assert!(with(&project, &stranger, &what).status.success());
    let output = check(&["--key", public, "--key-records", records]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("warning: key record 4 changes nothing"),
        "{said}"
    );
}

#[test]
fn entries_are_found_by_every_field() {
    let (project, _) = logged();
    let count = |args: &[&str]| {
        let head = ["ledger", "query", "--format", "json"];
        let json = project.json(head.into_iter().chain(args.iter().copied()));
        json["entries"].as_array().unwrap().len()
    };
    let all = project.json(["ledger", "query", "--format", "json"]);
    let entries = all["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &all["foreign"]), (5, &0.into()));
    let key = entries[0]["key"].as_str().unwrap();
    let time = entries[0]["time"].as_str().unwrap();
    assert_eq!(count(&["--gate", "coverage"]), 1);
    assert_eq!(count(&["--gate", "cover"]), 0);
    assert_eq!(count(&["--verdict", "pass"]), 4);
    assert_eq!(count(&["--verdict", "fail"]), 0);
    assert_eq!(count(&["--signer", &key[..8]]), 5);
    assert_eq!(count(&["--signer", "0000000000000000"]), 0);
    assert_eq!(count(&["--since", &time[..10], "--gate", "spec"]), 1);
    assert_eq!(count(&["--since", "2999-01-01"]), 0);
    assert_eq!(count(&["--until", "2000-01-01T00:00:00Z"]), 0);
    assert_eq!(count(&["--until", "2999-01-01"]), 5);
    // The project of the tests is in no repository.
    assert_eq!(count(&["--commit", "0"]), 0);
    let query = ["ledger", "query", "--gate", "coverage"];
    let text = stdout(&project.caws(query).output().unwrap());
    let (line, rest) = text.split_once('\n').unwrap();
    assert_eq!(
        line,
        format!(
            "       2  {}  coverage        pass        commit -             key {}",
            format_args!("{:<30}", all["entries"][2]["time"].as_str().unwrap()),
            &key[..12]
        )
    );
    assert_eq!(rest, "1 of 5 entries\n");
    for wrong in [
        "yesterday",
        "2026-11-21T08:00:00",
        "2026-1-1",
        "2026-11-21T08:00:00.Z",
    ] {
        assert_eq!(
            project.code(["ledger", "query", "--since", wrong]),
            2,
            "{wrong}"
        );
    }
}

#[test]
fn p6_a_changed_a_cut_and_a_replaced_ledger_exit_4() {
    let (project, key) = logged();
    assert_eq!(project.code(["ledger", "export", "copy"]), 0);
    let entries = "artifacts/ledger/tile/entries/000.p/5";
    project.replace(entries, "\"gate\":\"mutation\"", "\"gate\":\"nutation\"");
    assert_caws!("ledger_entry", project, project.caws(["ledger", "check"]));
    for format in ["json", "sarif", "junit"] {
        assert_eq!(
            project.code(["ledger", "check", "--format", format]),
            4,
            "{format}"
        );
    }
    assert_eq!(project.code(["ledger", "prove", "0"]), 4);
    assert_eq!(
        with(&project, &key, &["ledger", "append"]).status.code(),
        Some(4)
    );
    std::fs::remove_file(project.path(entries)).unwrap();
    assert_caws!("ledger_missing", project, project.caws(["ledger", "check"]));

    // The copy is whole; another log under the same name and key does not continue it.
    assert_eq!(project.code(["ledger", "check", "--ledger", "copy"]), 0);
    std::fs::remove_dir_all(project.path("artifacts/ledger")).unwrap();
    let one = [
        "ledger",
        "append",
        "artifacts/evidence/spec/evidence.sigstore.json",
    ];
    assert_eq!(with(&project, &key, &one).status.code(), Some(0));
    assert_eq!(project.code(["ledger", "check"]), 0);
    assert_caws!(
        "ledger_diverged",
        project,
        project.caws(["ledger", "check", "--against", "copy/checkpoint"])
    );
}

#[test]
fn nothing_is_read_or_written_without_the_right_key() {
    let (project, key) = logged();
    assert_caws!(
        "ledger_empty",
        project,
        project.caws(["ledger", "check", "--ledger", "none"])
    );
    assert_caws!(
        "ledger_append_no_key",
        project,
        project.caws(["ledger", "append"])
    );
    let p256 = project.key("other");
    let mut append = project.caws(["ledger", "append"]);
    assert_caws!(
        "ledger_append_p256",
        project,
        append.env("CAWS_SIGNING_KEY", &p256)
    );
    // P-256 signs the run, and a key of its own the checkpoints.
    let mut append = project.caws(["ledger", "append"]);
    append
        .env("CAWS_SIGNING_KEY", &p256)
        .env("CAWS_LEDGER_KEY", &key);
    assert_eq!(append.status().unwrap().code(), Some(0));
    let mut append = project.caws(["ledger", "append"]);
    append.env("CAWS_LEDGER_KEY", &p256);
    assert_eq!(append.status().unwrap().code(), Some(2));

    assert_eq!(
        project.code(["ledger", "check", "--key", ".caws/keys/other.pub"]),
        2
    );
    assert_eq!(
        project.code(["ledger", "check", "--origin", "caws/OTHER-001"]),
        4
    );
    ed25519(&project, "stranger");
    let stranger = ["--key", ".caws/keys/stranger.pub"];
    assert_eq!(
        project.code(["ledger", "check"].into_iter().chain(stranger)),
        4
    );
    assert_eq!(
        project.code(["ledger", "show"].into_iter().chain(stranger)),
        4
    );
    assert_eq!(project.code(["ledger", "prove", "5"]), 2);
    assert_eq!(project.code(["ledger", "prove", ".caws.yml"]), 2);
    assert_eq!(project.code(["ledger", "export", "."]), 2);
    assert_eq!(project.code(["ledger", "query", "--format", "sarif"]), 2);
    // A bundle by a stranger does not enter.
    std::fs::remove_file(project.path(".caws/keys/release.pub")).unwrap();
    let stranger = project.home().join("stranger.pem");
    let mut append = project.caws(["ledger", "append", "--ledger", "new"]);
    append.env("CAWS_SIGNING_KEY", stranger);
    assert_eq!(append.status().unwrap().code(), Some(4));
}

/// A repository that has `shared.git` beside it as its remote `origin`.
fn repository(project: &Project, shared: &Path) {
    for args in [
        vec!["init", "--quiet"],
        vec!["remote", "add", "origin", shared.to_str().unwrap()],
    ] {
        let git = Command::new("git")
            .current_dir(project.root())
            .args(args)
            .status();
        assert!(git.unwrap().success());
    }
}

fn with_git(project: &Project, key: &Path, args: &[&str]) -> Output {
    let mut command = project.caws(args);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    command.env("CAWS_SIGNING_KEY", key).output().unwrap()
}

/// The signed bundles of the last run.
fn bundles(project: &Project) -> Vec<String> {
    let gates = ["spec", "static", "coverage", "mutation"];
    let evidence = gates.map(|gate| format!("artifacts/evidence/{gate}/evidence.sigstore.json"));
    let manifest = "artifacts/provenance/manifest.sigstore.json".to_owned();
    let paths = evidence.into_iter().chain([manifest]);
    paths.map(|path| project.read(&path)).collect()
}

#[test]
fn p6_two_clones_share_one_log_over_git_and_lose_nothing() {
    let rounds: usize = std::env::var("CAWS_LEDGER_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(3);
    let base = tempfile::tempdir().unwrap();
    let shared = base.path().join("shared.git");
    let init = Command::new("git")
        .args(["init", "--quiet", "--bare"])
        .arg(&shared)
        .status();
    assert!(init.unwrap().success());
    let clones = [Project::new(), Project::new()];
    let key = ed25519(&clones[0], "release");
    clones[1].write(
        ".caws/keys/release.pub",
        &clones[0].read(".caws/keys/release.pub"),
    );
    for clone in &clones {
        repository(clone, &shared);
        assert_eq!(clone.code(["gates", "--quiet"]), 0);
    }
    // The first sync of the first clone begins the shared log, the other one joins it.
    for clone in &clones {
        assert_eq!(
            with_git(clone, &key, &["provenance", "sign"]).status.code(),
            Some(0)
        );
    }
    let first = with_git(&clones[0], &key, &["ledger", "append"]);
    assert_eq!(first.status.code(), Some(0), "{}", common::shown(&first));
    for clone in &clones {
        let synced = with_git(clone, &key, &["ledger", "sync"]);
        assert_eq!(synced.status.code(), Some(0), "{}", common::shown(&synced));
    }
    for round in 0..rounds {
        let size = clones[0].json(["ledger", "show", "--format", "json"])["size"].clone();
        std::thread::scope(|scope| {
            for clone in &clones {
                let key = &key;
                scope.spawn(move || {
                    // Ed25519 signs the same bytes alike: another measurement, another bundle.
                    assert_eq!(clone.code(["gates", "--quiet", "--no-cache"]), 0);
                    for args in [&["provenance", "sign"][..], &["ledger", "append"]] {
                        let done = with_git(clone, key, args);
                        assert_eq!(done.status.code(), Some(0), "{}", common::shown(&done));
                    }
                });
            }
        });
        for clone in &clones {
            let synced = with_git(clone, &key, &["ledger", "sync"]);
            assert_eq!(synced.status.code(), Some(0), "{}", common::shown(&synced));
        }
        let [one, two] = clones.each_ref().map(|clone| {
            assert_eq!(clone.code(["ledger", "check"]), 0);
            clone.json(["ledger", "show", "--format", "json"])
        });
        assert_eq!(
            (&one["size"], &one["root"]),
            (&two["size"], &two["root"]),
            "round {round}"
        );
        // The clones may measure the same in the same instant, and the same leaf is sealed once.
        let bundles: std::collections::BTreeSet<String> = clones.iter().flat_map(bundles).collect();
        let new = u64::try_from(bundles.len()).unwrap();
        assert_eq!(
            one["size"].as_u64(),
            size.as_u64().map(|size| size + new),
            "round {round}"
        );
    }
    let all = clones[0].json(["ledger", "query", "--format", "json"]);
    let digests: std::collections::BTreeSet<&str> = all["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["sha256"].as_str().unwrap())
        .collect();
    assert_eq!(
        Some(digests.len()),
        all["entries"].as_array().map(Vec::len),
        "none twice"
    );

    // A remote that is gone: what is appended waits, and nothing is lost.
    std::fs::rename(&shared, base.path().join("away.git")).unwrap();
    assert_eq!(clones[0].code(["gates", "--quiet", "--no-cache"]), 0);
    assert_eq!(
        with_git(&clones[0], &key, &["provenance", "sign"])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(
        with_git(&clones[0], &key, &["ledger", "append"])
            .status
            .code(),
        Some(3)
    );
    let show = clones[0].json(["ledger", "show", "--format", "json"]);
    assert_eq!(show["waiting"], 5);
    let offline = with_git(&clones[0], &key, &["--offline", "ledger", "sync"]);
    assert_eq!(offline.status.code(), Some(2));
    std::fs::rename(base.path().join("away.git"), &shared).unwrap();
    let synced = with_git(&clones[0], &key, &["ledger", "sync", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&synced.stdout).unwrap();
    assert_eq!(document["sealed"].as_array().map(Vec::len), Some(5));

    // A log with a history of its own cannot join.
    let stranger = ["ledger", "append", "--ledger", "own"];
    assert_eq!(with_git(&clones[1], &key, &stranger).status.code(), Some(0));
    let joined = with_git(
        &clones[1],
        &key,
        &["ledger", "sync", "--git", "origin", "--ledger", "own"],
    );
    assert_eq!(joined.status.code(), Some(4), "{}", common::shown(&joined));
}

#[test]
fn a_directory_is_a_remote_and_an_export_too() {
    let (project, key) = logged();
    let shared = project.home().join("shared");
    let sync = ["ledger", "sync", "--directory", shared.to_str().unwrap()];
    let synced = with(&project, &key, &sync);
    assert_eq!(synced.status.code(), Some(0), "{}", common::shown(&synced));
    assert_eq!(
        stdout(&synced),
        "caws/GREET-001: 0 fetched, 0 sealed, 5 leaves here and there\n"
    );
    assert_eq!(
        project.code(["ledger", "check", "--ledger", shared.to_str().unwrap()]),
        0
    );
    // From now on it is the remote that is asked, without being named.
    let synced = with(&project, &key, &["ledger", "sync"]);
    assert_eq!(synced.status.code(), Some(0), "{}", common::shown(&synced));
    let json = project.json(["ledger", "export", "out", "--format", "json"]);
    assert_eq!(
        (&json["kind"], &json["size"]),
        (&"ledger-export".into(), &5.into())
    );
    assert_eq!(project.code(["ledger", "check", "--ledger", "out"]), 0);
    assert_eq!(project.code(["ledger", "export", "out"]), 2);
}
