use caws_attest::{Algorithm, PublicKey, SecretKey, SystemRng};
use caws_evidence::manifest::layout;

use crate::gates::testing::{Lab, offline};
use crate::{Host, Interrupt, Project, RunError, RunOutcome, Seal, Silent, run};

fn key() -> SecretKey {
    SecretKey::generate(Algorithm::Ed25519, &mut SystemRng).unwrap()
}

fn run_on(lab: &Lab, host: Host) -> Result<RunOutcome, RunError> {
    let project = Project::open_on(&lab.root(), host).unwrap();
    run(&project, &offline(), &Silent, &Interrupt::new())
}

fn lab() -> Lab {
    Lab::new("schema_version: 1\ngates: { spec: {} }")
}

fn verifies(outcome: &RunOutcome, key: PublicKey) -> bool {
    let options = caws_verify::Options {
        keys: vec![key],
        ..Default::default()
    };
    caws_verify::verify_artifacts(&outcome.artifacts, &options).ok
}

#[test]
fn a_key_given_as_text_or_file_signs_everything() {
    let (lab, key) = (lab(), key());
    let pem = key.to_pem().unwrap();
    lab.file("../key.pem", &pem);
    let file = lab.root().join("../key.pem").to_string_lossy().into_owned();
    for given in [pem.to_string(), file] {
        let host = Host {
            signing_key: Some(given),
            ..lab.host()
        };
        let outcome = run_on(&lab, host).unwrap();
        let fingerprint = key.public().unwrap().fingerprint();
        assert_eq!(outcome.seal, Seal::Signed { fingerprint });
        assert!(
            outcome
                .artifacts
                .join("evidence/spec/evidence.sigstore.json")
                .is_file()
        );
        assert!(verifies(&outcome, key.public().unwrap()));
        assert!(
            !verifies(&outcome, self::key().public().unwrap()),
            "another key"
        );
    }
    // Without a key, signatures of an earlier record are taken away.
    let outcome = run_on(&lab, lab.host()).unwrap();
    assert!(!outcome.artifacts.join(layout::MANIFEST_BUNDLE).exists());
    assert!(
        !outcome
            .artifacts
            .join("evidence/spec/evidence.sigstore.json")
            .exists()
    );
}

#[test]
fn a_key_that_was_named_and_cannot_be_used_stops_the_run_before_it_begins() {
    let lab = lab();
    for (given, expected) in [
        ("/nowhere/key.pem", "which cannot be read"),
        ("-----BEGIN x", "CAWS_SIGNING_KEY: "),
    ] {
        let host = Host {
            signing_key: Some(given.to_owned()),
            ..lab.host()
        };
        let error = run_on(&lab, host).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.exit(), crate::ExitCode::Invalid);
    }
    assert!(!lab.root().join("artifacts").exists());
}

#[test]
fn the_users_own_key_signs_where_it_can_be_read() {
    let (lab, key) = (lab(), key());
    let keys = lab.root().join("../keys");
    let host = Host {
        keys: Some(keys.clone()),
        ..lab.host()
    };
    assert_eq!(super::default_key(&host), Some(keys.join("default.pem")));
    assert!(matches!(
        run_on(&lab, host.clone()).unwrap().seal,
        Seal::Unsigned { .. }
    ));
    lab.file("../keys/default.pem", &key.to_pem().unwrap());
    assert!(matches!(
        run_on(&lab, host.clone()).unwrap().seal,
        Seal::Signed { .. }
    ));
    lab.file(
        "../keys/default.pem",
        include_str!("../../../../provenance/attest/tests/vectors/encrypted-pbkdf2.pem"),
    );
    let Seal::Unsigned { why } = run_on(&lab, host.clone()).unwrap().seal else {
        panic!("no passphrase")
    };
    assert!(why.contains("set CAWS_KEY_PASSPHRASE"), "{why}");
    let wrong = Host {
        passphrase: Some("wrong passphrase".to_owned()),
        ..host.clone()
    };
    assert!(matches!(run_on(&lab, wrong), Err(RunError::Key(_))));
    lab.file("../keys/default.pem", "no key");
    assert!(matches!(run_on(&lab, host), Err(RunError::Key(_))));
}
