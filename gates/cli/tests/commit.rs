//! Commit, run, reveal: the plan is signed and logged before anything runs.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{Project, assert_caws};
use serde_json::Value;

const PLAN_PROOF: &str = "artifacts/provenance/plan.tlog-proof";
const MANIFEST_PROOF: &str = "artifacts/provenance/manifest.tlog-proof";

/// A key that the project trusts.
fn key(project: &Project, algorithm: &str) -> PathBuf {
    let path = project.home().join("release.pem");
    let out = path.to_str().unwrap();
    let new = ["provenance", "keys", "new", "--no-passphrase"];
    let how = ["--algorithm", algorithm, "--name", "release", "--out", out];
    assert_eq!(project.code(new.into_iter().chain(how)), 0);
    path
}

fn with(project: &Project, key: &Path, args: &[&str]) -> Output {
    let mut command = project.caws(args);
    command.env("CAWS_SIGNING_KEY", key).output().unwrap()
}

/// A run with an Ed25519 key, which signs checkpoints too.
fn committed() -> (Project, PathBuf, Output) {
    let project = Project::new();
    let key = key(&project, "ed25519");
    let run = with(&project, &key, &["gates"]);
    assert_eq!(run.status.code(), Some(0));
    (project, key, run)
}

/// Exit code and the codes of what was found.
fn verified(project: &Project) -> (i32, Vec<String>) {
    let output = project
        .caws(["verify", "artifacts", "--format", "json"])
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = json.get("findings").and_then(Value::as_array).unwrap();
    let codes = findings
        .iter()
        .filter_map(|finding| finding.get("code").and_then(Value::as_str))
        .map(str::to_owned)
        .collect();
    (output.status.code().unwrap(), codes)
}

fn document(project: &Project, path: &str) -> Value {
    serde_json::from_str(&project.read(path)).unwrap()
}

/// Where the plan of the last run is logged.
fn logged(project: &Project) -> Value {
    let manifest = document(project, "artifacts/provenance/manifest.json");
    manifest.pointer("/caws/commitment/logged").unwrap().clone()
}

/// Changes what the gate `spec` looks at.
fn another_plan(project: &Project) {
    let spec = ".caws/working-spec.yaml";
    let text = project.read(spec);
    project.write(spec, &format!("{text}\n"));
}

#[test]
fn the_plan_is_logged_first_and_evidence_cites_it() {
    let (project, key, run) = committed();
    let said = String::from_utf8(run.stdout).unwrap();
    let line = "logged in caws/GREET-001: the plan as leaf 0 before anything ran, the record up to leaf 5\n";
    assert!(said.contains(line), "{said}");
    assert_eq!(verified(&project), (0, Vec::new()));
    let first = logged(&project);
    assert_eq!(first["index"], 0);
    let leaf = &first["leaf"];
    assert_eq!(leaf.as_str().unwrap().len(), 64);
    let spec = "artifacts/evidence/spec/evidence.json";
    assert_eq!(&document(&project, spec)["plan_leaf"], leaf);

    // The same plan again stands there already. What the cache answers was measured under it.
    assert_eq!(with(&project, &key, &["gates"]).status.code(), Some(0));
    assert_eq!(verified(&project), (0, Vec::new()));
    assert_eq!(logged(&project)["index"], 0);
    // Another plan is another leaf, behind the manifests of both runs.
    another_plan(&project);
    assert_eq!(with(&project, &key, &["gates"]).status.code(), Some(0));
    assert_eq!(verified(&project), (0, Vec::new()));
    assert_eq!(logged(&project)["index"], 7);
    assert_eq!(
        &document(&project, "artifacts/evidence/coverage/evidence.json")["plan_leaf"],
        leaf
    );
    assert_eq!(
        document(&project, spec)["plan_leaf"],
        logged(&project)["leaf"]
    );
}

#[test]
fn without_a_key_for_checkpoints_the_run_goes_on_and_says_so() {
    let project = Project::new();
    let key = key(&project, "p256");
    let run = with(&project, &key, &["gates"]);
    assert_eq!(run.status.code(), Some(0));
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("warning: not in the ledger"), "{said}");
    assert_eq!(verified(&project), (0, vec!["plan-not-logged".to_owned()]));
    assert_caws!(
        "commit_not_logged",
        project,
        project.caws(["verify", "artifacts"])
    );
}

#[test]
fn a_record_that_was_not_logged_can_be_later() {
    let (project, key, _) = committed();
    let proof = project.read(MANIFEST_PROOF);
    std::fs::remove_file(project.root().join(MANIFEST_PROOF)).unwrap();
    assert_eq!(verified(&project), (0, vec!["plan-not-logged".to_owned()]));
    assert_eq!(
        with(&project, &key, &["ledger", "append"]).status.code(),
        Some(0)
    );
    assert_eq!(project.read(MANIFEST_PROOF), proof);
    assert_eq!(verified(&project), (0, Vec::new()));
}

#[test]
fn proofs_that_show_something_else_are_found() {
    let (project, key, _) = committed();
    let [plan, manifest] = [PLAN_PROOF, MANIFEST_PROOF].map(|path| project.read(path));
    project.write(MANIFEST_PROOF, &plan);
    assert_eq!(verified(&project), (4, vec!["ledger-proof".to_owned()]));
    // Another history: its extra bytes are no consistency proof.
    let other = manifest.replacen("extra ", "extra AAAA", 1);
    project.write(MANIFEST_PROOF, &other);
    assert_eq!(verified(&project), (4, vec!["ledger-proof".to_owned()]));
    // The plan of an earlier run in place of this one's.
    another_plan(&project);
    assert_eq!(with(&project, &key, &["gates"]).status.code(), Some(0));
    project.write(PLAN_PROOF, &plan);
    let (code, found) = verified(&project);
    assert_eq!(code, 4);
    assert!(found.contains(&"digest-mismatch".to_owned()), "{found:?}");
    assert!(found.contains(&"ledger-proof".to_owned()), "{found:?}");
}

#[test]
fn a_copy_of_the_ledger_has_the_whole_record() {
    let (project, key, _) = committed();
    let against = |dir: &str| {
        let args = ["verify", "artifacts", "--ledger", dir, "--format", "json"];
        let output = project.caws(args).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code().unwrap(), json)
    };
    let (code, report) = against("artifacts/ledger");
    assert_eq!(code, 0, "{report}");
    let held = &report["ledger"];
    assert_eq!(
        (
            &held["origin"],
            &held["size"],
            &held["found"],
            &held["bundles"]
        ),
        (&"caws/GREET-001".into(), &6.into(), &6.into(), &6.into())
    );
    assert_eq!(project.code(["ledger", "export", "copy"]), 0);
    assert_eq!(against("copy").0, 0);

    // A log made anew with the record, in another order: same leaves, another history.
    let manifest = "artifacts/provenance/manifest.sigstore.json";
    let plan = "artifacts/provenance/plan.sigstore.json";
    let new = ["ledger", "append", "--ledger", "anew", manifest, plan];
    let new = [&new[..], &["--origin", "caws/GREET-001"]].concat();
    assert_eq!(with(&project, &key, &new).status.code(), Some(0));
    let (code, report) = against("anew");
    assert_eq!(code, 4);
    let messages = report["findings"].to_string();
    for said in [
        "the ledger has the plan at another place than the manifest says",
        "the record stands in the ledger before its plan",
        "the bundle does not stand in the ledger",
        "the ledger does not continue the one the plan was sealed in",
    ] {
        assert!(messages.contains(said), "{said}: {messages}");
    }
    // A later record is not in the copy, and both are in the log.
    another_plan(&project);
    assert_eq!(with(&project, &key, &["gates"]).status.code(), Some(0));
    assert_eq!(against("artifacts/ledger").0, 0);
    let (code, report) = against("copy");
    assert_eq!(code, 4);
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .all(|finding| finding["code"] == "ledger-proof")
    );
    let messages = report["findings"].to_string();
    assert!(
        messages.contains("the ledger is older than the plan"),
        "{messages}"
    );
    assert_eq!(against("nowhere").0, 2);
}
