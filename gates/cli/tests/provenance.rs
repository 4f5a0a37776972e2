//! Keys, signatures, and the verifier that trusts nobody else.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Project, assert_caws};

/// A run that passed, signed with a key the project trusts.
fn signed() -> Project {
    let project = Project::new();
    let key = project.key("release");
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    let status = project
        .caws(["provenance", "sign"])
        .env("CAWS_SIGNING_KEY", key)
        .status()
        .unwrap();
    assert!(status.success());
    project
}

#[test]
fn keys_are_made_signed_with_and_verified() {
    let project = Project::new();
    let key = project.home().join("config/key.pem");
    let new = [
        "provenance",
        "keys",
        "new",
        "--name",
        "release",
        "--out",
        key.to_str().unwrap(),
    ];
    let mut command = project.caws(new);
    assert_caws!(
        "keys_new",
        project,
        command.env("CAWS_KEY_PASSPHRASE", "correct horse")
    );
    let pem = std::fs::read_to_string(&key).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert!(
        project
            .read(".caws/keys/release.pub")
            .starts_with("-----BEGIN PUBLIC KEY-----\n")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            std::fs::metadata(project.path(".caws/keys/release.pub"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o644
        );
    }
    assert_caws!(
        "keys_list",
        project,
        project.caws(["provenance", "keys", "list"])
    );

    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_caws!("verify_unsigned", project, project.caws(["verify"]));
    let mut command = project.caws(["provenance", "sign"]);
    assert_caws!(
        "sign",
        project,
        command
            .env("CAWS_SIGNING_KEY", &key)
            .env("CAWS_KEY_PASSPHRASE", "correct horse")
    );
    assert_caws!("verify", project, project.caws(["verify"]));
    assert!(
        project
            .read("artifacts/report/index.html")
            .contains("Signed with key")
    );
    assert_caws!("show_signed", project, project.caws(["provenance", "show"]));

    for (passphrase, name) in [
        (Some("wrong"), "sign_wrong_passphrase"),
        (None, "sign_no_passphrase"),
    ] {
        let mut command = project.caws(["provenance", "sign"]);
        command.env("CAWS_SIGNING_KEY", &key);
        if let Some(passphrase) = passphrase {
            command.env("CAWS_KEY_PASSPHRASE", passphrase);
        }
        assert_caws!(name, project, command);
    }
}

#[test]
fn a_new_key_needs_a_passphrase_or_the_word_that_it_has_none() {
    let project = Project::new();
    assert_caws!(
        "keys_no_terminal",
        project,
        project.caws(["provenance", "keys", "new"])
    );
    assert!(!project.path(".caws/keys").exists());
    let new = [
        "provenance",
        "keys",
        "new",
        "--no-passphrase",
        "--algorithm",
        "ed25519",
    ];
    let document = project.json(new.into_iter().chain(["--format", "json"]));
    assert_eq!(
        (&document["schema_version"], &document["kind"]),
        (&1.into(), &"key".into())
    );
    assert_eq!(
        (&document["algorithm"], &document["encrypted"]),
        (&"ed25519".into(), &false.into())
    );
    let list = project.json(["provenance", "keys", "list", "--format", "json"]);
    assert_eq!(
        (&list["keys"][0]["path"], &list["keys"][0]["algorithm"]),
        (&".caws/keys/signing.pub".into(), &"ed25519".into())
    );
    assert_eq!(list["keys"][0]["fingerprint"], document["fingerprint"]);
    // The user's own key is found without being named.
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_eq!(project.code(["verify"]), 0);
    // Neither half is ever overwritten.
    assert_caws!("keys_private_there", project, project.caws(new));
    let other = project.home().join("other.pem");
    assert_caws!(
        "keys_public_there",
        project,
        project.caws(new.into_iter().chain(["--out", other.to_str().unwrap()]))
    );
    assert!(!other.exists());
}

#[test]
fn an_open_key_is_said_to_be_open() {
    let project = Project::new();
    let out = project.home().join("open.pem");
    assert_caws!(
        "keys_open",
        project,
        project.caws([
            "provenance",
            "keys",
            "new",
            "--no-passphrase",
            "--out",
            out.to_str().unwrap()
        ])
    );
    assert!(
        std::fs::read_to_string(out)
            .unwrap()
            .starts_with("-----BEGIN PRIVATE KEY-----\n")
    );
    assert_eq!(
        project.code(["provenance", "keys", "new", "--name", "../x"]),
        2
    );
    assert_eq!(
        project.code(["provenance", "keys", "list", "--format", "sarif"]),
        2
    );
}

#[test]
fn no_keys_are_an_empty_list() {
    let project = Project::new();
    assert_caws!(
        "keys_none",
        project,
        project.caws(["provenance", "keys", "list"])
    );
    project.write(".caws/keys/README.md", "Keys lie here.");
    project.write(".caws/keys/bad.pub", "no key");
    assert_caws!(
        "keys_bad",
        project,
        project.caws(["provenance", "keys", "list"])
    );
}

#[test]
fn a_run_is_signed_when_there_is_a_key() {
    let project = Project::new();
    let key = project.key("ci");
    let mut command = project.caws(["gates", "--quiet"]);
    let output = command
        .env("CAWS_SIGNING_KEY", std::fs::read_to_string(key).unwrap())
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        stdout.contains("\nsigned with key ")
            && stdout.contains("; `caws verify artifacts` checks it\n"),
        "{stdout}"
    );
    assert_eq!(project.code(["verify"]), 0);
    assert_eq!(project.code(["verify", "--key", ".caws/keys/ci.pub"]), 0);
    let json = project.json(["verify", "--format", "json"]);
    assert_eq!(
        (&json["schema_version"], &json["ok"], &json["signature"]),
        (&1.into(), &true.into(), &"valid".into())
    );
}

#[test]
fn a_signing_key_that_cannot_be_used_exits_2() {
    let project = Project::new();
    let mut command = project.caws(["gates"]);
    assert_eq!(
        command
            .env("CAWS_SIGNING_KEY", "/nowhere/key.pem")
            .status()
            .unwrap()
            .code(),
        Some(2)
    );
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_caws!(
        "sign_without_key",
        project,
        project.caws(["provenance", "sign"])
    );
    let mut command = project.caws(["provenance", "sign"]);
    assert_eq!(
        command
            .env("CAWS_SIGNING_KEY", "/nowhere/key.pem")
            .status()
            .unwrap()
            .code(),
        Some(2)
    );
}

#[test]
fn tampering_is_named_with_its_place() {
    for (path, code) in [
        (
            "artifacts/evidence/coverage/raw/coverage.xml.gz",
            "digest-mismatch",
        ),
        (
            "artifacts/evidence/mutation/evidence.json",
            "digest-mismatch",
        ),
        ("artifacts/provenance/plan.json", "digest-mismatch"),
    ] {
        let project = signed();
        assert_eq!(project.code(["verify"]), 0);
        project.flip(path);
        let output = project.caws(["verify"]).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{path}");
        let stdout = String::from_utf8(output.stdout).unwrap();
        let place = path.strip_prefix("artifacts/").unwrap();
        assert!(stdout.contains(code) && stdout.contains(place), "{stdout}");
    }
}

#[test]
fn a_removed_record_a_raised_score_and_another_key_exit_4() {
    let project = signed();
    project.remove("artifacts/evidence/coverage/evidence.json");
    assert_caws!("verify_removed", project, project.caws(["verify"]));
    for format in ["json", "sarif", "junit", "markdown"] {
        assert_eq!(project.code(["verify", "--format", format]), 4, "{format}");
    }

    let project = signed();
    project.replace(
        "artifacts/provenance/manifest.json",
        "\"score\":96",
        "\"score\":99",
    );
    assert_eq!(project.code(["verify"]), 4);
    assert_caws!(
        "sign_tampered",
        project,
        project
            .caws(["provenance", "sign"])
            .env("CAWS_SIGNING_KEY", project.home().join("release.pem"))
    );

    let project = signed();
    project.key("stranger");
    assert_caws!(
        "verify_stranger",
        project,
        project.caws(["verify", "-q", "--key", ".caws/keys/stranger.pub"])
    );
}

#[test]
fn nothing_outside_the_artifacts_is_signed() {
    let project = signed();
    project.replace(
        "artifacts/provenance/manifest.json",
        "\"path\":\"provenance/plan.json\"",
        "\"path\":\"../.caws.yml\"",
    );
    let mut command = project.caws(["provenance", "sign"]);
    assert_caws!(
        "sign_outside",
        project,
        command.env("CAWS_SIGNING_KEY", project.home().join("release.pem"))
    );
}

#[test]
fn verify_needs_a_record_and_a_key() {
    let project = Project::new();
    assert_caws!("verify_no_record", project, project.caws(["verify"]));
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_caws!("verify_no_key", project, project.caws(["verify"]));
    assert_caws!(
        "verify_allow_unsigned",
        project,
        project.caws(["verify", "--allow-unsigned"])
    );
    assert_eq!(project.code(["verify", "--key", "nothing.pub"]), 2);
}

#[test]
fn show_prints_the_manifest() {
    let project = Project::new();
    assert_eq!(project.code(["gates", "--quiet"]), 0);
    assert_caws!("show", project, project.caws(["provenance", "show"]));
    let json = project.json(["provenance", "show", "--format", "json"]);
    assert_eq!(
        (&json["schema_version"], &json["signed_by"]),
        (&1.into(), &serde_json::Value::Null)
    );
    assert_eq!(json["manifest"]["caws"]["trust"]["score"], 96);
    assert_eq!(project.code(["provenance", "show", "--format", "sarif"]), 2);
    assert_eq!(project.code(["provenance", "show", "elsewhere"]), 2);
}

#[test]
fn a_bundle_that_is_none_exits_4() {
    let project = signed();
    project.write("artifacts/provenance/manifest.sigstore.json", "{}");
    assert_eq!(project.code(["provenance", "show"]), 4);
    assert_eq!(project.code(["verify"]), 4);
}
