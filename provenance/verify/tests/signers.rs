//! Several signers: one true record, cosigned, under policies that ask for how many.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use caws_attest::Envelope;
use caws_attest::keyring::{Reason, revoke, rotate};
use caws_attest::seal::{cosign, cosignature_path, cosigner_of};
use caws_evidence::codes::{
    DIGEST_MISMATCH, KEY_NOT_ALLOWED, KEY_REVOKED, KEY_UNTRUSTED, RECORD_FILE_UNLISTED,
    RECORD_NOT_CANONICAL, SIGNATURE_INVALID, SIGNER_THRESHOLD,
};
use caws_evidence::manifest::layout::{MANIFEST, MANIFEST_BUNDLE};
use caws_evidence::{Severity, sha256_hex};
use caws_verify::{Options, Report, Trust, TrustError};
use common::{Files, canonical, edit, key, options, public, said, sealed, verify, whole};
use serde_json::{Value, json};

const NOW: &str = "2026-11-21T00:00:00Z";
/// Before the record was signed, as it says.
const BEFORE: &str = "2026-11-20T10:00:00Z";

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// The record signed by key 1, and cosigned by these.
fn cosigned(by: &[u8]) -> Files {
    let record = whole();
    let mut files = record.sealed(1);
    for seed in by {
        let (path, bundle) = cosign(&record.manifest(), &key(*seed)).unwrap();
        assert_eq!(files.insert(path, bundle), None);
    }
    files
}

fn path(seed: u8) -> String {
    cosignature_path(&public(seed).fingerprint())
}

/// Keys 1 to 4, called `k1` to `k4`; the last may sign evidence alone.
fn policy(thresholds: Value) -> Value {
    let grant = |seed: u8, signs: &[&str]| {
        let pem = public(seed).to_pem().unwrap();
        json!({ "name": format!("k{seed}"), "public_key": pem, "signs": signs })
    };
    let both = ["manifest", "evidence"];
    json!({
        "schema_version": 1,
        "keys": [grant(1, &both), grant(2, &both), grant(3, &["manifest"]), grant(4, &["evidence"])],
        "thresholds": thresholds,
    })
}

fn two() -> Value {
    policy(json!([{ "signs": "manifest", "signers": 2 }]))
}

fn judged(files: &Files, policy: &Value, records: &[Envelope]) -> Report {
    let lines: Vec<u8> = records
        .iter()
        .flat_map(|record| [record.to_json().unwrap(), vec![b'\n']].concat())
        .collect();
    let trust = Trust::of_policy(&canonical(policy), &lines, time(NOW)).unwrap();
    let options = Options {
        keys: trust.keys().to_vec(),
        trust: Some(trust),
        ..Options::default()
    };
    verify(files, &options)
}

fn severity(report: &Report, code: &str) -> Severity {
    let found = report.findings.iter().find(|finding| finding.code == code);
    found.unwrap().severity
}

/// What the shortfall says was expected and found.
fn shortfall(report: &Report) -> (&str, &str) {
    let found = report
        .findings
        .iter()
        .find(|finding| finding.code == SIGNER_THRESHOLD)
        .unwrap();
    assert_eq!(found.place.as_ref().unwrap().path, MANIFEST_BUNDLE);
    (
        found.expected.as_deref().unwrap(),
        found.found.as_deref().unwrap(),
    )
}

#[test]
fn the_path_of_a_cosignature_names_its_key_and_nothing_else_does() {
    let fingerprint = public(2).fingerprint();
    let path = cosignature_path(&fingerprint);
    assert_eq!(
        path,
        format!("provenance/manifest.{fingerprint}.sigstore.json")
    );
    assert_eq!(cosigner_of(&path), Some(fingerprint.as_str()));
    for other in [
        MANIFEST_BUNDLE.to_owned(),
        path.to_uppercase(),
        path.replace("manifest", "plan"),
        path.replace(".sigstore", ""),
        format!("provenance/manifest.{}.sigstore.json", &fingerprint[1..]),
        format!("provenance/manifest.{}g.sigstore.json", &fingerprint[1..]),
        format!("provenance/x/manifest.{fingerprint}.sigstore.json"),
        String::new(),
    ] {
        assert_eq!(cosigner_of(&other), None, "{other}");
    }
}

#[test]
fn as_many_signers_as_the_policy_asks_for_are_enough() {
    let alone = judged(&cosigned(&[]), &policy(json!([])), &[]);
    assert!(alone.ok);
    assert_eq!(alone.signers, [public(1).fingerprint()]);
    let both = judged(&cosigned(&[2]), &two(), &[]);
    assert_eq!(said(&both), []);
    assert!(both.ok);
    let names = [public(1).fingerprint(), public(2).fingerprint()];
    assert_eq!(both.signers, names);
    assert_eq!(both.key.as_deref(), Some(names[0].as_str()));
    // One of the reviewers, and two of all.
    let roles = policy(json!([
        { "signs": "manifest", "signers": 2 },
        { "signs": "manifest", "signers": 1, "of": ["k3"] },
    ]));
    assert!(judged(&cosigned(&[3]), &roles, &[]).ok);
    let other = judged(&cosigned(&[2]), &roles, &[]);
    assert_eq!(said(&other), [(SIGNER_THRESHOLD, MANIFEST_BUNDLE)]);
    assert_eq!(
        shortfall(&other),
        ("signatures by 1 of these keys: k3", "none by any of them")
    );
}

#[test]
fn a_missing_signer_is_found_and_named() {
    let report = judged(&cosigned(&[]), &two(), &[]);
    assert_eq!(said(&report), [(SIGNER_THRESHOLD, MANIFEST_BUNDLE)]);
    assert_eq!(
        shortfall(&report),
        ("signatures by 2 of these keys: k1, k2, k3", "1: k1")
    );
    assert!(!report.ok);
    // Nobody at all.
    let unsigned = judged(&whole().unsigned(), &two(), &[]);
    assert_eq!(shortfall(&unsigned).1, "none by any of them");
    assert_eq!(unsigned.signers, Vec::<String>::new());
}

#[test]
fn one_key_counts_once_however_often_it_signs() {
    // The key that signed first, a second time.
    let report = judged(&cosigned(&[1]), &two(), &[]);
    assert_eq!(shortfall(&report).1, "1: k1");
    assert_eq!(report.signers, [public(1).fingerprint()]);
    // A copy under another key's name.
    let mut copied = cosigned(&[]);
    copied.insert(path(2), copied[MANIFEST_BUNDLE].clone());
    let report = judged(&copied, &two(), &[]);
    assert_eq!(
        said(&report),
        [
            (SIGNATURE_INVALID, path(2).as_str()),
            (SIGNER_THRESHOLD, MANIFEST_BUNDLE)
        ]
    );
}

#[test]
fn a_key_and_its_successor_are_one_signer() {
    let from = time("2026-11-01T00:00:00Z");
    let follow = |old: u8, new: u8| rotate(&key(old), &key(new), from, (from, None), None).unwrap();
    let report = judged(&cosigned(&[5]), &two(), &[follow(1, 5)]);
    assert_eq!(shortfall(&report).1, "1: k1");
    // Also where the policy lists both, and through a key between them that did not sign.
    let report = judged(&cosigned(&[2]), &two(), &[follow(1, 5), follow(5, 2)]);
    assert_eq!(shortfall(&report).1, "1: k1, k2");
    // Two successors of one key as well.
    let both = [follow(4, 2), follow(4, 3)];
    let three = policy(json!([{ "signs": "manifest", "signers": 3 }]));
    let report = judged(&cosigned(&[2, 3]), &three, &both);
    assert_eq!(shortfall(&report).1, "2: k1, k2, k3");
    // A successor signs for the key before it.
    assert!(judged(&cosigned(&[5]), &two(), &[follow(2, 5)]).ok);
}

#[test]
fn a_signer_that_does_not_count_is_named_and_not_counted() {
    let fingerprint = public(2).fingerprint();
    let at = time(BEFORE);
    let given_up = revoke(&fingerprint, &key(2), at, at, Reason::Retired).unwrap();
    let mut expiring = two();
    expiring["keys"][1]["until"] = json!(BEFORE);
    for (name, by, policy, records, code) in [
        ("revoked", 2, two(), vec![given_up], KEY_REVOKED),
        ("expired", 2, expiring, vec![], "key-expired"),
        ("not allowed", 4, two(), vec![], KEY_NOT_ALLOWED),
        ("a stranger", 6, two(), vec![], KEY_UNTRUSTED),
    ] {
        let report = judged(&cosigned(&[by]), &policy, &records);
        assert_eq!(
            said(&report),
            [
                (code, path(by).as_str()),
                (SIGNER_THRESHOLD, MANIFEST_BUNDLE)
            ],
            "{name}"
        );
        assert_eq!(severity(&report, code), Severity::Warning, "{name}");
        assert_eq!(shortfall(&report).1, "1: k1", "{name}");
        assert!(!report.ok, "{name}");
        // Where nobody asks for a second signer, it does no harm.
        let mut one = policy.clone();
        one["thresholds"] = json!([]);
        let report = judged(&cosigned(&[by]), &one, &records);
        assert_eq!(said(&report), [(code, path(by).as_str())], "{name}");
        assert!(report.ok, "{name}");
    }
}

#[test]
fn without_a_policy_every_pinned_key_is_a_signer_and_no_other() {
    let report = verify(&cosigned(&[2]), &options());
    assert_eq!(said(&report), [(KEY_UNTRUSTED, path(2).as_str())]);
    assert!(report.ok);
    let keys = vec![public(1), public(2)];
    let report = verify(&cosigned(&[2]), &Options { keys, ..options() });
    assert_eq!(said(&report), []);
    assert_eq!(report.signers.len(), 2);
}

#[test]
fn a_cosignature_that_was_touched_or_is_of_another_record_is_an_error() {
    let at = path(2);
    let changed = |change: fn(&mut Value)| {
        let mut files = cosigned(&[2]);
        edit(&mut files, &path(2), change);
        files
    };
    let with = |bytes: Vec<u8>| {
        let mut files = cosigned(&[]);
        files.insert(path(2), bytes);
        files
    };
    let mut other = whole();
    other.run.agent = "caws 9.9.9".to_owned();
    let (_, of_another) = cosign(&other.manifest(), &key(2)).unwrap();
    let evidence = sealed(whole().unsigned(), 2)[common::STATIC_BUNDLE].clone();
    let spaced = [cosigned(&[2])[&at].as_slice(), b"\n"].concat();
    for (name, files, code) in [
        ("of another run", with(of_another), DIGEST_MISMATCH),
        ("of a gate", with(evidence), DIGEST_MISMATCH),
        ("no bundle", with(b"{}".to_vec()), SIGNATURE_INVALID),
        ("empty", with(Vec::new()), SIGNATURE_INVALID),
        (
            "with a line feed behind it",
            with(spaced),
            RECORD_NOT_CANONICAL,
        ),
        (
            "another signature",
            changed(|bundle| {
                let sig = &mut bundle["dsseEnvelope"]["signatures"][0]["sig"];
                let text = sig.as_str().unwrap();
                // One bit of `s`, in the middle of the DER.
                let flipped = if &text[60..61] == "A" { "B" } else { "A" };
                *sig = json!(format!("{}{flipped}{}", &text[..60], &text[61..]));
            }),
            SIGNATURE_INVALID,
        ),
        (
            "two signatures",
            changed(|bundle| {
                let all = bundle["dsseEnvelope"]["signatures"].as_array_mut().unwrap();
                all.push(all[0].clone());
            }),
            SIGNATURE_INVALID,
        ),
        (
            "another hint",
            changed(|bundle| {
                bundle["verificationMaterial"]["publicKey"]["hint"] = json!(public(3).hint());
            }),
            SIGNATURE_INVALID,
        ),
        (
            "another keyid",
            changed(|bundle| {
                let keyid = public(3).fingerprint();
                bundle["dsseEnvelope"]["signatures"][0]["keyid"] = json!(keyid);
            }),
            SIGNATURE_INVALID,
        ),
    ] {
        let report = judged(&files, &two(), &[]);
        assert_eq!(
            said(&report),
            [(code, at.as_str()), (SIGNER_THRESHOLD, MANIFEST_BUNDLE)],
            "{name}: {:#?}",
            report.findings
        );
        assert_eq!(severity(&report, code), Severity::Error, "{name}");
    }
    // The manifest changed after both signed it: neither signature is over it.
    let mut files = cosigned(&[2]);
    edit(&mut files, MANIFEST, |manifest| {
        manifest["agent"] = json!("somebody");
    });
    let report = judged(&files, &two(), &[]);
    assert!(said(&report).contains(&(DIGEST_MISMATCH, at.as_str())));
}

#[test]
fn a_file_that_only_looks_like_a_cosignature_is_unlisted() {
    let mut files = cosigned(&[]);
    let name = format!("provenance/manifest.{}.sigstore.json", "A".repeat(64));
    files.insert(name.clone(), b"{}".to_vec());
    let report = judged(&files, &policy(json!([])), &[]);
    assert_eq!(said(&report), [(RECORD_FILE_UNLISTED, name.as_str())]);
}

#[test]
fn a_threshold_that_could_be_misread_is_refused() {
    let read = |thresholds: Value| {
        let policy = canonical(&policy(thresholds));
        Trust::of_policy(&policy, &[], time(NOW)).map(drop)
    };
    for (wrong, expected) in [
        (
            json!([{ "signs": "manifest", "signers": 4 }]),
            "no more signers than there are keys",
        ),
        (
            json!([{ "signs": "manifest", "signers": 2, "of": ["k1"] }]),
            "no more signers than there are keys",
        ),
        (
            json!([{ "signs": "evidence", "signers": 1 }]),
            "`signs`: `manifest`",
        ),
        (
            json!([{ "signs": "ledger", "signers": 1 }]),
            "`signs`: `manifest`",
        ),
        (
            json!([{ "signs": "manifest", "signers": 1, "of": ["nobody"] }]),
            "the name of one key that may sign it",
        ),
        (
            json!([{ "signs": "manifest", "signers": 1, "of": ["k4"] }]),
            "the name of one key that may sign it",
        ),
        (
            json!([{ "signs": "manifest", "signers": 1, "of": ["k1", "k1"] }]),
            "each name once",
        ),
    ] {
        let error = read(wrong.clone()).unwrap_err();
        assert!(
            matches!(&error, TrustError::Threshold { number: 1, expected: said, .. } if *said == expected),
            "{wrong}: {error}"
        );
    }
    for wrong in [
        json!([{ "signs": "manifest" }]),
        json!([{ "signers": 1 }]),
        json!([{ "signs": "manifest", "signers": 0 }]),
        json!([{ "signs": "manifest", "signers": 1, "unless": 1 }]),
        json!({}),
    ] {
        assert!(
            matches!(read(wrong.clone()).unwrap_err(), TrustError::Policy(_)),
            "{wrong}"
        );
    }
    // Two keys of one name, where the threshold has to choose.
    let mut twins = policy(json!([{ "signs": "manifest", "signers": 1, "of": ["k1"] }]));
    twins["keys"][1]["name"] = json!("k1");
    let error = Trust::of_policy(&canonical(&twins), &[], time(NOW)).unwrap_err();
    assert!(error.to_string().contains("found 2 called `k1`"), "{error}");
}

#[test]
fn the_published_schema_takes_the_thresholds_the_reader_takes() {
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.caws/schemas/trust-policy.schema.json"
    );
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let of = json!([{ "signs": "manifest", "signers": 2, "of": ["k1", "k2"] }]);
    for policy in [policy(json!([])), two(), policy(of)] {
        assert!(validator.is_valid(&policy), "{policy}");
    }
    for wrong in [
        json!([{ "signs": "manifest", "signers": 0 }]),
        json!([{ "signs": "evidence", "signers": 1 }]),
        json!([{ "signs": "manifest", "signers": 1, "of": [] }]),
        json!([{ "signs": "manifest", "signers": 1, "unless": 1 }]),
    ] {
        assert!(!validator.is_valid(&policy(wrong.clone())), "{wrong}");
    }
}

#[test]
fn a_cosignature_is_the_same_bytes_each_time_and_leaves_the_first_as_it_is() {
    let before = cosigned(&[]);
    let after = cosigned(&[2]);
    assert_eq!(before[MANIFEST_BUNDLE], after[MANIFEST_BUNDLE]);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(
        sha256_hex(&after[&path(2)]),
        sha256_hex(&cosigned(&[2])[&path(2)])
    );
}
