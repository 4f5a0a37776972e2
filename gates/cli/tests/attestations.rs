//! Signed statements for other systems: what is read back is what was said, and verifies.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use caws_attest::predicate::Predicate;
use caws_attest::predicate::slsa::{COMMAND_BUILD_V1, LOCAL_BUILDER_V1, Provenance};
use caws_attest::predicate::summary::{Conclusion, SimpleResult, Summary};
use caws_attest::{PublicKey, Statement, verify_strict};
use caws_evidence::sha256_hex;
use caws_spec::{Schema, parse, validate_schema};
use common::{Project, assert_caws};
use serde_json::{Value, json};

const LOCK: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["serde"]

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "1111111111111111111111111111111111111111111111111111111111111111"
"#;

const RESOURCE: &str = "git+https://example.org/greet";

fn with(project: &Project, key: &Path, args: &[&str]) -> Command {
    let mut command = project.caws(args);
    command.env("CAWS_SIGNING_KEY", key);
    command
}

fn code(command: &mut Command, expected: i32) -> Output {
    let output = command.output().unwrap();
    let shown = common::shown(&output);
    assert_eq!(output.status.code(), Some(expected), "{shown}");
    output
}

fn sha256(project: &Project, path: &str) -> String {
    sha256_hex(&std::fs::read(project.path(path)).unwrap())
}

/// The statement in a bundle that the key `release` has to have signed.
fn statement(project: &Project, bytes: &[u8]) -> Statement {
    let pem = project.read(".caws/keys/release.pub");
    let keys = [PublicKey::from_pem(&pem).unwrap()];
    verify_strict(bytes, &keys).unwrap().statement
}

fn read(project: &Project, path: &str) -> Statement {
    statement(project, &std::fs::read(project.path(path)).unwrap())
}

/// The predicate, which its published schema takes.
fn predicate<P: Predicate>(statement: &Statement, schema: &str) -> P {
    let schema = Schema::compile(schema).unwrap();
    let text = statement.predicate.to_string();
    let document = parse("predicate.json", text.as_bytes()).unwrap();
    assert_eq!(validate_schema(&document, &schema), []);
    statement.predicate_as().unwrap()
}

fn subjects(statement: &Statement) -> Vec<(String, Value)> {
    statement
        .subject
        .iter()
        .map(|subject| (subject.name.clone().unwrap(), json!(subject.digest)))
        .collect()
}

const SBOM: [&str; 2] = ["provenance", "sbom"];

#[test]
fn a_lock_file_becomes_a_document_and_a_signed_one() {
    let project = Project::new();
    let key = project.key("release");
    project.write("Cargo.lock", LOCK);
    let all = |more: &[&'static str]| [&SBOM[..], more].concat();
    assert_caws!(
        "sbom_written",
        project,
        project.caws(all(&["--output", "sbom.json", "--name", "greet"]))
    );
    let document: Value = serde_json::from_str(&project.read("sbom.json")).unwrap();
    assert_eq!(document.get("specVersion"), Some(&"1.6".into()));
    assert_eq!(
        document.pointer("/metadata/component/name"),
        Some(&"greet".into())
    );
    let purl = document
        .pointer("/components/1/purl")
        .or(document.pointer("/components/0/purl"));
    assert_eq!(purl, Some(&"pkg:cargo/serde@1.0.0".into()));
    // The same bytes on standard output, and in the attestation.
    let printed = code(&mut project.caws(all(&["--name", "greet"])), 0);
    assert_eq!(
        String::from_utf8(printed.stdout).unwrap(),
        format!("{}\n", project.read("sbom.json"))
    );
    let args = all(&["--attest", "--name", "greet"]);
    let bundle = code(&mut with(&project, &key, &args), 0).stdout;
    let signed = statement(&project, bundle.trim_ascii_end());
    assert_eq!(signed.predicate_type, "https://cyclonedx.org/bom");
    assert_eq!(signed.predicate, document);
    let lock = json!({ "sha256": sha256(&project, "Cargo.lock") });
    assert_eq!(subjects(&signed), [("Cargo.lock".to_owned(), lock)]);
    // About a binary, where one is named.
    project.write("greet.bin", "binary");
    let args = all(&["--attest", "--subject", "greet.bin", "--output", "a.json"]);
    code(&mut with(&project, &key, &args), 0);
    let binary = json!({ "sha256": sha256(&project, "greet.bin") });
    assert_eq!(
        subjects(&read(&project, "a.json")),
        [("greet.bin".to_owned(), binary)]
    );
    let json = all(&["--output", "sbom.json", "--format", "json"]);
    let said = project.json(json);
    assert_eq!(
        (&said["kind"], &said["components"], &said["lock"]),
        (&"sbom".into(), &2.into(), &"Cargo.lock".into())
    );
    // Licences, where Cargo says them.
    let metadata =
        r#"{"packages":[{"name":"serde","version":"1.0.0","license":"MIT OR Apache-2.0"}]}"#;
    project.write("metadata.json", metadata);
    let licensed = project.json(all(&["--cargo-metadata", "metadata.json"]));
    assert!(licensed.to_string().contains("MIT OR Apache-2.0"));
}

#[test]
fn a_lock_file_of_any_kind_is_found_by_its_name_or_said() {
    let project = Project::new();
    assert_caws!("sbom_no_lock", project, project.caws(SBOM));
    project.write("requirements.txt", "a==1.0\nb==2.0\n");
    let found = project.json(SBOM);
    assert_eq!(
        found.pointer("/components/0/purl"),
        Some(&"pkg:pypi/a@1.0".into())
    );
    assert_eq!(
        found.pointer("/metadata/component/name"),
        Some(&"project".into())
    );
    let npm = json!({ "name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "web" } } });
    project.write("package-lock.json", &npm.to_string());
    assert_caws!("sbom_several_locks", project, project.caws(SBOM));
    let web = project.json(["provenance", "sbom", "package-lock.json"]);
    assert_eq!(web.pointer("/metadata/component/name"), Some(&"web".into()));
    project.write("pins.txt", "a==1.0\n");
    assert_caws!(
        "sbom_unknown_name",
        project,
        project.caws(["provenance", "sbom", "pins.txt"])
    );
    let said = ["provenance", "sbom", "pins.txt", "--kind", "requirements"];
    assert_eq!(project.code(said), 0);
    project.write("requirements.txt", "a==1.0\nb>=2.0\n");
    assert_caws!(
        "sbom_not_pinned",
        project,
        project.caws(["provenance", "sbom", "requirements.txt"])
    );
    for wrong in [
        &["provenance", "sbom", "nothing.lock", "--kind", "cargo"][..],
        &["provenance", "sbom", "pins.txt", "--kind", "cargo"],
        &[
            "provenance",
            "sbom",
            "package-lock.json",
            "--cargo-metadata",
            "pins.txt",
        ],
        &[
            "provenance",
            "sbom",
            "package-lock.json",
            "--subject",
            "pins.txt",
        ],
        &[
            "provenance",
            "sbom",
            "package-lock.json",
            "--format",
            "sarif",
        ],
        // Nobody to sign.
        &["provenance", "sbom", "package-lock.json", "--attest"],
    ] {
        assert_eq!(project.code(wrong), 2, "{wrong:?}");
    }
}

/// A project whose `build` command wrote `out.bin`, signed by `release`.
fn built(script: &str) -> (Project, PathBuf) {
    let project = Project::new();
    let key = project.key("release");
    project.write("Cargo.lock", LOCK);
    let args = [
        "evidence", "run", "--name", "build", "--", "/bin/sh", "-c", script,
    ];
    let _ = with(&project, &key, &args).output().unwrap();
    (project, key)
}

const SLSA: [&str; 5] = ["provenance", "slsa", "out.bin", "--build", "build"];

fn slsa(project: &Project, key: &Path, more: &[&str]) -> Command {
    let mut command = with(project, key, &SLSA);
    command.args(more);
    command
}

#[test]
fn provenance_says_which_recorded_command_built_a_file() {
    let (project, key) = built("echo built > out.bin");
    let more = [
        "--dependency",
        "Cargo.lock",
        "--source",
        RESOURCE,
        "--output",
        "slsa.json",
    ];
    assert_caws!("slsa_written", project, slsa(&project, &key, &more));
    let statement = read(&project, "slsa.json");
    assert_eq!(statement.predicate_type, "https://slsa.dev/provenance/v1");
    let binary = json!({ "sha256": sha256(&project, "out.bin") });
    assert_eq!(subjects(&statement), [("out.bin".to_owned(), binary)]);
    let schema = include_str!("../../../.caws/schemas/slsa-provenance-v1.schema.json");
    let provenance: Provenance = predicate(&statement, schema);
    let build = &provenance.build_definition;
    assert_eq!(build.build_type, COMMAND_BUILD_V1);
    assert_eq!(
        build.external_parameters.get("command"),
        Some(&json!(["/bin/sh", "-c", "echo built > out.bin"]))
    );
    // Outside git there is no commit to name, and the lock file is named by digest.
    let names: Vec<_> = build
        .resolved_dependencies
        .iter()
        .map(|d| &d.name)
        .collect();
    assert_eq!(names, [&Some("Cargo.lock".to_owned())]);
    let run = &provenance.run_details;
    assert_eq!(run.builder.id, LOCAL_BUILDER_V1);
    let record = sha256(&project, "artifacts/commands/build.json");
    let digest = run.byproducts.first().unwrap().digest.get("sha256");
    assert_eq!(digest, Some(&record));
    let metadata = run.metadata.as_ref().unwrap();
    assert_eq!(metadata.invocation_id, Some(format!("sha256:{record}")));
    assert!(metadata.started_on < metadata.finished_on);
    // It enters the ledger as any bundle does, and stands on standard output where no file is named.
    let printed = code(&mut slsa(&project, &key, &[]), 0).stdout;
    let printed = self::statement(&project, printed.trim_ascii_end());
    assert_eq!(subjects(&printed), subjects(&statement));
}

#[test]
fn provenance_is_not_signed_where_the_build_did_not_make_the_file() {
    let (project, key) = built("echo built > out.bin");
    code(&mut slsa(&project, &key, &["--builder", "no uri"]), 2);
    code(&mut slsa(&project, &key, &["--dependency", "nothing"]), 2);
    // A file that is older, and one that was changed since.
    for (seconds, name) in [(-3600, "slsa_older"), (3600, "slsa_newer")] {
        let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let file = std::fs::File::options()
            .write(true)
            .open(project.path("out.bin"))
            .unwrap();
        file.set_modified(then.into()).unwrap();
        assert_caws!(
            name,
            project,
            slsa(&project, &key, &["--output", "no.json"])
        );
    }
    assert!(!project.path("no.json").exists());
    // Changed after it was signed; by somebody else; never run; failed; signed by nobody.
    let record = "artifacts/commands/build.json";
    let whole = project.read(record);
    project.replace(record, "echo built", "echo other");
    code(&mut slsa(&project, &key, &[]), 4);
    project.write(record, &whole);
    let stranger = project.key("stranger");
    let other = ["--key", ".caws/keys/stranger.pub"];
    code(&mut slsa(&project, &stranger, &other), 4);
    project.remove("artifacts/commands/build.sigstore.json");
    code(&mut slsa(&project, &key, &[]), 4);
    project.remove(record);
    assert_caws!("slsa_not_run", project, slsa(&project, &key, &[]));
    let (project, key) = built("echo built > out.bin; exit 3");
    code(&mut slsa(&project, &key, &[]), 1);
    assert_eq!(project.code(SLSA), 2, "nobody to sign");
}

const VSA_SCHEMA: &str = include_str!("../../../.caws/schemas/verification-summary-v1.schema.json");
const SVR_SCHEMA: &str =
    include_str!("../../../.caws/schemas/simple-verification-result-v0.2.schema.json");
const PACKAGE: &str = "artifacts/audit/uncommitted.caws";

/// A run signed by `release`, with a key that signs checkpoints, too.
fn signed(change: impl FnOnce(&Project)) -> (Project, PathBuf) {
    let project = Project::new();
    let key = project.home().join("release.pem");
    let new = [
        "provenance",
        "keys",
        "new",
        "--no-passphrase",
        "--name",
        "release",
    ];
    let how = ["--algorithm", "ed25519", "--out", key.to_str().unwrap()];
    assert_eq!(project.code(new.into_iter().chain(how)), 0);
    change(&project);
    with(&project, &key, &["gates", "--quiet"])
        .output()
        .unwrap();
    (project, key)
}

fn vsa(project: &Project, key: &Path, artifact: &str, more: &[&str]) -> Command {
    let head = [
        "provenance",
        "vsa",
        artifact,
        "--resource-uri",
        RESOURCE,
        "--output",
        "vsa.json",
    ];
    let mut command = with(project, key, &head);
    command.args(more);
    command
}

#[test]
fn a_summary_says_what_a_verification_gave_and_names_all_it_looked_at() {
    let (project, key) = signed(|_| {});
    assert_caws!("vsa_passed", project, vsa(&project, &key, "artifacts", &[]));
    let statement = read(&project, "vsa.json");
    let summary: Summary = predicate(&statement, VSA_SCHEMA);
    assert_eq!(summary.verification_result, Conclusion::Passed);
    assert_eq!(summary.verified_levels, ["CAWS_TIER_3"]);
    assert_eq!(summary.resource_uri, RESOURCE);
    assert_eq!(summary.slsa_version, None);
    assert_eq!(
        summary.policy.name.as_deref(),
        Some(".caws/policy/tier-policy.json")
    );
    let digest = summary.policy.digest.get("sha256").unwrap();
    assert_eq!(*digest, sha256(&project, ".caws/policy/tier-policy.json"));
    let inputs: Vec<(String, String)> = summary
        .input_attestations
        .iter()
        .map(|input| {
            let digest = input.digest.get("sha256").unwrap().clone();
            (input.name.clone().unwrap(), digest)
        })
        .collect();
    let expected = [
        "evidence/coverage/evidence.sigstore.json",
        "evidence/mutation/evidence.sigstore.json",
        "evidence/spec/evidence.sigstore.json",
        "evidence/static/evidence.sigstore.json",
        "provenance/manifest.sigstore.json",
        "provenance/plan.sigstore.json",
    ]
    .map(|path| {
        (
            path.to_owned(),
            sha256(&project, &format!("artifacts/{path}")),
        )
    });
    assert_eq!(inputs, expected);
    let manifest = json!({ "sha256": sha256(&project, "artifacts/provenance/manifest.json") });
    assert_eq!(
        subjects(&statement),
        [("provenance/manifest.json".to_owned(), manifest)]
    );
    // Of a package: the file, and the same inputs. Under a policy: that one, by digest.
    let grant = json!({
        "name": "release", "public_key": project.read(".caws/keys/release.pub"),
        "signs": ["manifest", "evidence", "ledger"]
    });
    let policy = json!({ "schema_version": 1, "keys": [grant] });
    project.write("trust.json", &policy.to_string());
    let more = [
        "--trust",
        "trust.json",
        "--policy-uri",
        "https://example.org/trust",
    ];
    code(&mut vsa(&project, &key, PACKAGE, &more), 0);
    let statement = read(&project, "vsa.json");
    let package = json!({ "sha256": sha256(&project, PACKAGE) });
    assert_eq!(
        subjects(&statement),
        [("uncommitted.caws".to_owned(), package)]
    );
    let of_package: Summary = predicate(&statement, VSA_SCHEMA);
    assert_eq!(of_package.input_attestations, summary.input_attestations);
    assert_eq!(
        of_package.policy.uri.as_deref(),
        Some("https://example.org/trust")
    );
    let digest = of_package.policy.digest.get("sha256").unwrap();
    assert_eq!(*digest, sha256(&project, "trust.json"));
}

#[test]
fn what_does_not_pass_or_is_not_true_is_summed_up_as_failed() {
    // A true record of a run that failed.
    let (project, key) = signed(|project| {
        for line in [3, 4] {
            let hit = format!("<line number=\"{line}\" hits=\"1\"/>");
            let missed = hit.replace("\"1\"", "\"0\"");
            project.replace("reports/coverage.xml", &hit, &missed);
        }
    });
    code(&mut vsa(&project, &key, "artifacts", &[]), 1);
    let summary: Summary = predicate(&read(&project, "vsa.json"), VSA_SCHEMA);
    assert_eq!(summary.verification_result, Conclusion::Failed);
    assert_eq!(summary.verified_levels, ["FAILED"]);
    // A record that is not true, and one that is signed by nobody who counts.
    let (project, key) = signed(|_| {});
    let stranger = project.key("stranger");
    let other = ["--key", ".caws/keys/stranger.pub"];
    code(&mut vsa(&project, &key, "artifacts", &other), 4);
    project.flip("artifacts/evidence/coverage/raw/coverage.xml.gz");
    code(&mut vsa(&project, &key, "artifacts", &[]), 4);
    let statement = read(&project, "vsa.json");
    let summary: Summary = predicate(&statement, VSA_SCHEMA);
    assert_eq!(summary.verification_result, Conclusion::Failed);
    assert_eq!(summary.input_attestations.len(), 6);
    let svr = ["provenance", "svr", "--output", "svr.json"];
    code(&mut with(&project, &key, &svr), 4);
    let result: SimpleResult = predicate(&read(&project, "svr.json"), SVR_SCHEMA);
    assert_eq!(result.properties, Vec::<String>::new());
    // What cannot be said at all.
    let uri = ["provenance", "vsa", "--resource-uri", "greet"];
    code(&mut with(&project, &key, &uri), 2);
    code(&mut vsa(&project, &stranger, "nowhere", &[]), 2);
    project.write("other.caws", "no package");
    code(&mut vsa(&project, &key, "other.caws", &[]), 4);
    let empty = ["provenance", "svr", "src"];
    code(&mut with(&project, &key, &empty), 2);
    let sarif = ["provenance", "svr", "--format", "sarif"];
    code(&mut with(&project, &key, &sarif), 2);
    let unsigned = ["provenance", "svr"];
    assert_eq!(project.code(unsigned), 2, "nobody to sign");
}

#[test]
fn a_simple_result_lists_what_holds_and_nothing_else() {
    let (project, key) = signed(|_| {});
    let svr = |more: &[&str]| {
        let head = ["provenance", "svr", "--output", "svr.json"];
        let mut command = with(&project, &key, &head);
        code(command.args(more), 0);
        let result: SimpleResult = predicate(&read(&project, "svr.json"), SVR_SCHEMA);
        result.properties
    };
    let mut expected = vec![
        "CAWS_CONSISTENT",
        "CAWS_SIGNED",
        "CAWS_REPRODUCED",
        "CAWS_PLAN_LOGGED_FIRST",
        "CAWS_TIER_3",
    ];
    assert_eq!(svr(&[]), expected);
    let review = project.key("review");
    let add = ["provenance", "sign", "--add"];
    code(&mut with(&project, &review, &add), 0);
    expected.insert(2, "CAWS_COSIGNED");
    assert_eq!(svr(&[]), expected);
    assert_eq!(svr(&[PACKAGE]), expected);
}
