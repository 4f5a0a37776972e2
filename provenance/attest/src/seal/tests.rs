use std::collections::BTreeMap;

use caws_evidence::manifest::{Attestations, GateEntry, Record, TrustClaim, layout};
use caws_evidence::{
    CommandRecord, Evidence, FileDigest, Manifest, Scope, Verdict, canonical_json, sha256_hex,
};
use serde_json::{Map, json};

use super::{
    SealError, command_bundle_path, command_path, command_subjects, evidence_bundle_path,
    evidence_path, is_gate_name, is_git_id, manifest_subjects, seal, seal_command,
};
use crate::bundle::verify_strict;
use crate::keys::tests::p256;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const TREE: &str = "89abcdef0123456789abcdef0123456789abcdef";

fn evidence() -> Evidence {
    Evidence {
        schema_version: 1,
        gate: "static".to_owned(),
        verdict: Verdict::Pass,
        measurements: Vec::new(),
        findings: Vec::new(),
        scope: Scope::default(),
        tool: None,
        tools: Vec::new(),
        command: Vec::new(),
        exit_code: None,
        key_output: String::new(),
        steps: Vec::new(),
        started: "2026-11-20T10:00:00Z".to_owned(),
        finished: "2026-11-20T10:00:01Z".to_owned(),
        commit: Some(COMMIT.to_owned()),
        environment: BTreeMap::new(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        plan_sha256: sha256_hex(b"plan"),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

fn manifest() -> Manifest {
    let sha256 = sha256_hex(&canonical_json(&evidence()).unwrap());
    let path = evidence_path("static");
    Manifest {
        agent: "caws 0".to_owned(),
        model: "deterministic".to_owned(),
        commit: COMMIT.to_owned(),
        artifacts: vec![path.clone()],
        results: Map::from_iter([("flake_rate".to_owned(), json!(0.1))]),
        approvals: Vec::new(),
        attestations: Attestations {
            inputs_sha256: String::new(),
            artifacts_sha256: String::new(),
        },
        caws: Record {
            schema_version: 1,
            tree: TREE.to_owned(),
            dirty: false,
            started: String::new(),
            finished: String::new(),
            plan_sha256: String::new(),
            commitment: None,
            gates: vec![GateEntry {
                gate: "static".to_owned(),
                verdict: Verdict::Pass,
                evidence_sha256: sha256.clone(),
                measured: String::new(),
                cached: false,
            }],
            files: vec![FileDigest { path, sha256 }],
            trust: TrustClaim {
                score: 1,
                threshold: 2,
                passed: false,
            },
        },
    }
}

fn files(manifest: &Manifest, evidence: &Evidence) -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([
        (
            layout::MANIFEST.to_owned(),
            canonical_json(manifest).unwrap(),
        ),
        (evidence_path("static"), canonical_json(evidence).unwrap()),
    ])
}

fn error(files: &BTreeMap<String, Vec<u8>>) -> SealError {
    seal(files, &p256(1)).unwrap_err()
}

#[test]
fn a_run_gets_one_bundle_for_the_manifest_and_one_for_each_gate() {
    let files = files(&manifest(), &evidence());
    let bundles = seal(&files, &p256(1)).unwrap();
    let paths: Vec<&str> = bundles.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "evidence/static/evidence.sigstore.json",
            "provenance/manifest.sigstore.json"
        ]
    );
    let keys = [p256(1).public().unwrap()];
    let gate = verify_strict(&bundles[&evidence_bundle_path("static")], &keys)
        .unwrap()
        .statement;
    assert_eq!(
        gate.predicate_type,
        "https://kokoro-tts.com/caws/gate-evidence/v1"
    );
    assert_eq!(gate.predicate, serde_json::to_value(evidence()).unwrap());
    assert_eq!(
        serde_json::to_value(&gate.subject).unwrap(),
        json!([{ "name": "evidence/static/evidence.json",
                 "digest": { "sha256": sha256_hex(&files[&evidence_path("static")]) } }])
    );
    let run = verify_strict(&bundles[layout::MANIFEST_BUNDLE], &keys)
        .unwrap()
        .statement;
    assert_eq!(
        run.predicate_type,
        "https://kokoro-tts.com/caws/manifest/v1"
    );
    assert_eq!(run.predicate, serde_json::to_value(manifest()).unwrap());
    assert_eq!(
        serde_json::to_value(&run.subject).unwrap(),
        json!([
            { "name": "commit", "digest": { "gitCommit": COMMIT } },
            { "name": "tree", "digest": { "gitTree": TREE } },
            { "name": "provenance/manifest.json",
              "digest": { "sha256": sha256_hex(&files[layout::MANIFEST]) } },
            { "name": "evidence/static/evidence.json",
              "digest": { "sha256": sha256_hex(&files[&evidence_path("static")]) } },
        ])
    );
}

#[test]
fn a_changed_tree_is_not_the_commit() {
    let names = |change: fn(&mut Manifest)| {
        let mut manifest = manifest();
        manifest.caws.files.clear();
        change(&mut manifest);
        let subjects = manifest_subjects(&manifest, "00").into_iter();
        subjects
            .map(|subject| subject.name.unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(|_| ()), ["commit", "tree", layout::MANIFEST]);
    assert_eq!(names(|m| m.caws.dirty = true), [layout::MANIFEST]);
    assert_eq!(
        names(|m| m.commit = "uncommitted".to_owned()),
        [layout::MANIFEST]
    );
    assert_eq!(
        names(|m| m.caws.tree = "x".repeat(40)),
        ["commit", layout::MANIFEST]
    );
}

#[test]
fn git_ids_are_40_or_64_lowercase_digits() {
    assert!(is_git_id(COMMIT));
    assert!(is_git_id(&"a0".repeat(32)));
    for wrong in [
        "",
        "abc",
        &"g".repeat(40),
        &"A".repeat(40),
        &"0".repeat(41),
        &"0".repeat(63),
    ] {
        assert!(!is_git_id(wrong), "{wrong}");
    }
}

#[test]
fn gate_names_are_safe_directories() {
    for good in ["a", "static", "my-gate_2.x", "0", &"a".repeat(100)] {
        assert!(is_gate_name(good), "{good}");
    }
    for bad in [
        "",
        ".",
        "..",
        "-x",
        "_x",
        "a/b",
        "a\\b",
        "ä",
        "a b",
        &"a".repeat(101),
    ] {
        assert!(!is_gate_name(bad), "{bad}");
    }
}

#[test]
fn what_is_missing_is_not_signed() {
    let mut all = files(&manifest(), &evidence());
    all.remove(&evidence_path("static"));
    assert!(matches!(error(&all), SealError::Missing { path } if path == evidence_path("static")));
    let error = error(&BTreeMap::new()).to_string();
    assert_eq!(
        error,
        "expected provenance/manifest.json among the artifacts, found nothing"
    );
}

#[test]
fn what_is_not_canonical_is_not_signed() {
    let mut all = files(&manifest(), &evidence());
    all.get_mut(layout::MANIFEST).unwrap().push(b'\n');
    assert!(matches!(error(&all), SealError::NotCanonical { path } if path == layout::MANIFEST));
    all.insert(layout::MANIFEST.to_owned(), b"{}".to_vec());
    assert!(matches!(error(&all), SealError::Malformed { path, .. } if path == layout::MANIFEST));
}

#[test]
fn a_file_that_is_not_what_the_manifest_says_is_not_signed() {
    let mut with_raw = manifest();
    let raw = FileDigest {
        path: "evidence/static/raw/x.gz".to_owned(),
        sha256: sha256_hex(b"x"),
    };
    with_raw.caws.files.push(raw.clone());
    let mut all = files(&with_raw, &evidence());
    assert!(
        seal(&all, &p256(1)).is_ok(),
        "a file the caller does not have is not asked for"
    );
    all.insert(raw.path.clone(), b"x".to_vec());
    assert!(seal(&all, &p256(1)).is_ok());
    all.insert(raw.path.clone(), b"y".to_vec());
    match error(&all) {
        SealError::Digest {
            path,
            expected,
            found,
        } => {
            assert_eq!(
                (path, expected, found),
                (raw.path, raw.sha256, sha256_hex(b"y"))
            );
        }
        other => panic!("{other}"),
    }
    let mut other = manifest();
    other.caws.gates[0].evidence_sha256 = "00".to_owned();
    assert!(
        matches!(error(&files(&other, &evidence())), SealError::Digest { expected, .. } if expected == "00")
    );
}

#[test]
fn evidence_of_another_gate_or_of_no_directory_is_not_signed() {
    let mut other = evidence();
    other.gate = "coverage".to_owned();
    let mut listed = manifest();
    listed.caws.files.clear();
    assert!(matches!(error(&files(&listed, &other)),
        SealError::Gate { expected, found, .. } if expected == "static" && found == "coverage"));
    listed.caws.gates[0].gate = "../static".to_owned();
    assert!(
        matches!(error(&files(&listed, &evidence())), SealError::GateName(name) if name == "../static")
    );
}

#[test]
fn a_command_is_sealed_with_its_record_and_the_commit_only_where_it_ran_on_that() {
    let mut record: CommandRecord = serde_json::from_value(json!({
        "schema_version": 1, "name": "smoke", "command": ["true"], "directory": ".",
        "commit": COMMIT, "tree": TREE, "dirty": false,
        "started": "2026-11-20T10:00:00Z", "finished": "2026-11-20T10:00:01Z", "duration_ms": 1000,
        "ended": "exited", "exit_code": 0, "key_output": [],
        "stdout": { "sha256": sha256_hex(b""), "bytes": 0 },
        "environment": { "os": "linux", "arch": "x86_64", "caws": "0.1.0", "variables": {} },
        "masked": 0,
    }))
    .unwrap();
    let names = |record: &CommandRecord| {
        let subjects = command_subjects(record, &sha256_hex(b"record"));
        let names = subjects.into_iter().filter_map(|subject| subject.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(command_path("smoke"), "commands/smoke.json");
    assert_eq!(command_bundle_path("smoke"), "commands/smoke.sigstore.json");
    assert_eq!(names(&record), ["commit", "tree", "commands/smoke.json"]);
    let key = p256(9);
    let bundle = seal_command(&record, &key).unwrap();
    let verified = verify_strict(&bundle, &[key.public().unwrap()]).unwrap();
    let bytes = canonical_json(&record).unwrap();
    assert_eq!(
        canonical_json(&verified.statement.predicate).unwrap(),
        bytes
    );
    assert_eq!(
        verified.statement.subject,
        command_subjects(&record, &sha256_hex(&bytes))
    );
    record.tree = Some("no tree".to_owned());
    assert_eq!(names(&record), ["commit", "commands/smoke.json"]);
    record.dirty = Some(true);
    assert_eq!(names(&record), ["commands/smoke.json"]);
    (record.dirty, record.commit) = (None, None);
    assert_eq!(names(&record), ["commands/smoke.json"]);
}
