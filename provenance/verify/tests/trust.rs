//! Who may sign what, and when: the same true record under one policy and another.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod common;

use caws_attest::Envelope;
use caws_attest::keyring::{Reason, issue, revoke, rotate};
use caws_evidence::codes::{
    KEY_EXPIRED, KEY_NOT_ALLOWED, KEY_NOT_YET_VALID, KEY_RECORD_IGNORED, KEY_REVOKED,
    KEY_UNTRUSTED, SIGNING_TIME,
};
use caws_evidence::manifest::layout::MANIFEST_BUNDLE;
use caws_verify::{Options, Report, SignatureState, Trust, TrustError};
use common::{COVERAGE_BUNDLE, STATIC_BUNDLE, key, public, said, sealed, verify, whole};
use serde_json::{Value, json};

const MUTATION_BUNDLE: &str = "evidence/mutation/evidence.sigstore.json";
/// Every signature of the record.
const ALL: [&str; 4] = [
    MANIFEST_BUNDLE,
    STATIC_BUNDLE,
    COVERAGE_BUNDLE,
    MUTATION_BUNDLE,
];
/// The record says it was signed at 2026-11-20T10:01:00Z.
const NOW: &str = "2026-11-21T00:00:00Z";
const BEFORE: &str = "2026-11-20T10:00:59Z";
const AT: &str = "2026-11-20T10:01:00Z";
const AFTER: &str = "2026-11-20T10:01:01Z";

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn lines(records: &[Envelope]) -> Vec<u8> {
    records
        .iter()
        .flat_map(|record| [record.to_json().unwrap(), vec![b'\n']].concat())
        .collect()
}

/// A policy with one key.
fn grant(seed: u8, change: Value) -> Value {
    let mut grant = json!({
        "name": "release", "public_key": public(seed).to_pem().unwrap(), "signs": ["manifest", "evidence"]
    });
    for (field, value) in change.as_object().unwrap() {
        grant[field] = value.clone();
    }
    json!({ "schema_version": 1, "keys": [grant] })
}

fn judged(seed: u8, trust: Trust) -> Report {
    let options = Options {
        keys: trust.keys().to_vec(),
        trust: Some(trust),
        ..Options::default()
    };
    verify(&sealed(whole().unsigned(), seed), &options)
}

/// The record signed by key `seed`, under a policy.
fn policy(seed: u8, policy: &Value, records: &[Envelope]) -> Report {
    let policy = serde_json::to_vec(policy).unwrap();
    judged(
        seed,
        Trust::of_policy(&policy, &lines(records), time(NOW)).unwrap(),
    )
}

/// The record signed by key `seed` where key 1 is pinned.
fn pinned(seed: u8, records: &[Envelope]) -> Report {
    judged(
        seed,
        Trust::pinned(&[public(1)], &lines(records), time(NOW)).unwrap(),
    )
}

/// The same code for every signature of the record.
fn everywhere(code: &'static str) -> Vec<(&'static str, &'static str)> {
    let of_gates = ALL.into_iter().map(|path| (code, path));
    of_gates.collect()
}

fn refused(name: &str, report: &Report, expected: &[(&str, &str)]) {
    assert_eq!(said(report), expected, "{name}: {:#?}", report.findings);
    assert!(!report.ok, "{name}");
}

#[test]
fn a_key_signs_what_its_policy_grants_and_nothing_else() {
    let open = policy(1, &grant(1, json!({})), &[]);
    assert_eq!(said(&open), []);
    assert!(open.ok);
    let evidence_alone = policy(1, &grant(1, json!({ "signs": ["evidence"] })), &[]);
    refused(
        "evidence alone",
        &evidence_alone,
        &[(KEY_NOT_ALLOWED, MANIFEST_BUNDLE)],
    );
    assert_eq!(evidence_alone.signature, SignatureState::Invalid);
    assert_eq!(evidence_alone.key, None);
    refused(
        "nothing",
        &policy(1, &grant(1, json!({ "signs": [] })), &[]),
        &everywhere(KEY_NOT_ALLOWED),
    );
    refused(
        "until then",
        &policy(1, &grant(1, json!({ "until": AT })), &[]),
        &everywhere(KEY_EXPIRED),
    );
    assert!(policy(1, &grant(1, json!({ "until": AFTER })), &[]).ok);
}

#[test]
fn a_key_counts_within_its_time_alone() {
    let issued = |from, until: Option<&str>| {
        let record = issue(&key(1), time(from), time(from), until.map(time)).unwrap();
        pinned(1, &[record])
    };
    assert!(issued(AT, Some(AFTER)).ok);
    assert!(issued(BEFORE, None).ok);
    refused(
        "too early",
        &issued(AFTER, None),
        &everywhere(KEY_NOT_YET_VALID),
    );
    refused(
        "too late",
        &issued("2026-01-01T00:00:00Z", Some(AT)),
        &everywhere(KEY_EXPIRED),
    );
}

#[test]
fn a_key_given_up_counts_until_then_and_a_stolen_one_never() {
    let given_up = |since, reason| {
        let fingerprint = public(1).fingerprint();
        let record = revoke(&fingerprint, &key(1), time(since), time(since), reason).unwrap();
        pinned(1, &[record])
    };
    assert!(given_up(AFTER, Reason::Retired).ok);
    refused(
        "retired",
        &given_up(AT, Reason::Retired),
        &everywhere(KEY_REVOKED),
    );
    refused(
        "superseded",
        &given_up(BEFORE, Reason::Superseded),
        &everywhere(KEY_REVOKED),
    );
    // Its thief may have written any date.
    refused(
        "stolen later",
        &given_up(AFTER, Reason::Compromised),
        &everywhere(KEY_REVOKED),
    );
}

#[test]
fn a_successor_has_what_the_key_before_it_was_granted() {
    let follow = |old: u8, new: u8| {
        let from = time("2026-11-01T00:00:00Z");
        rotate(&key(old), &key(new), from, (from, None), None).unwrap()
    };
    assert!(pinned(2, &[follow(1, 2)]).ok);
    assert!(policy(3, &grant(1, json!({})), &[follow(2, 3), follow(1, 2)]).ok);
    refused(
        "a successor of one that signs evidence alone",
        &policy(
            2,
            &grant(1, json!({ "signs": ["evidence"] })),
            &[follow(1, 2)],
        ),
        &[(KEY_NOT_ALLOWED, MANIFEST_BUNDLE)],
    );
    // A stranger who lets one stranger follow another.
    let strangers = pinned(3, &[follow(2, 3)]);
    let untrusted = everywhere(KEY_UNTRUSTED);
    assert_eq!(said(&strangers)[..4], untrusted);
    assert_eq!(said(&strangers)[4], (KEY_RECORD_IGNORED, "key records"));
    let fingerprint = public(1).fingerprint();
    let theft = time("2026-11-02T00:00:00Z");
    let stolen = revoke(&fingerprint, &key(1), theft, theft, Reason::Compromised).unwrap();
    refused(
        "a successor of a stolen key",
        &pinned(2, &[follow(1, 2), stolen]),
        &untrusted,
    );
}

#[test]
fn a_record_that_nobody_with_a_say_signed_changes_nothing_and_is_named() {
    let fingerprint = public(1).fingerprint();
    let at = time(BEFORE);
    let strangers = revoke(&fingerprint, &key(2), at, at, Reason::Compromised).unwrap();
    let report = pinned(1, &[strangers]);
    assert!(report.ok);
    assert_eq!(said(&report), [(KEY_RECORD_IGNORED, "key records")]);
}

#[test]
fn a_time_of_signing_in_the_future_and_one_that_is_none_are_refused() {
    let at = |finished: &str, now: &str| {
        let mut record = whole();
        record.run.finished = finished.to_owned();
        let trust = Trust::pinned(&[public(1)], &[], time(now)).unwrap();
        let options = Options {
            keys: trust.keys().to_vec(),
            trust: Some(trust),
            ..Options::default()
        };
        verify(&record.sealed(1), &options)
    };
    assert!(at(AT, AT).ok);
    assert!(at(AT, "2026-11-20T09:56:00Z").ok, "clocks differ");
    for (finished, now) in [
        (AT, "2026-11-20T09:55:59Z"),
        ("2999-01-01T00:00:00Z", NOW),
        ("yesterday", NOW),
        ("", NOW),
    ] {
        let report = at(finished, now);
        assert_eq!(
            said(&report)[0],
            (SIGNING_TIME, MANIFEST_BUNDLE),
            "{finished}"
        );
        assert!(!report.ok);
    }
}

#[test]
fn a_policy_that_could_be_misread_is_refused() {
    let read = |policy: &str| Trust::of_policy(policy.as_bytes(), &[], time(NOW)).unwrap_err();
    let good = grant(1, json!({}));
    let with = |change: fn(&mut Value)| {
        let mut policy = good.clone();
        change(&mut policy);
        read(&policy.to_string())
    };
    assert!(matches!(read("{}"), TrustError::Policy(_)));
    assert!(matches!(read("no JSON"), TrustError::Policy(_)));
    for change in [
        (|p| p["signers"] = json!(2)) as fn(&mut Value),
        |p| p["keys"][0]["unless"] = json!("x"),
        |p| p["keys"][0]["signs"] = json!(["everything"]),
        |p| p["keys"][0]["until"] = json!("tomorrow"),
    ] {
        assert!(matches!(with(change), TrustError::Policy(_)));
    }
    let twice = good
        .to_string()
        .replacen("\"name\"", "\"name\":\"x\",\"name\"", 1);
    assert!(matches!(read(&twice), TrustError::Policy(_)));
    assert!(matches!(
        with(|p| p["schema_version"] = json!(2)),
        TrustError::Version(2)
    ));
    assert!(matches!(
        with(|p| p["keys"][0]["public_key"] = json!("no key")),
        TrustError::Key { .. }
    ));
    let double = with(|p| {
        let first = p["keys"][0].clone();
        p["keys"].as_array_mut().unwrap().push(first);
    });
    assert!(matches!(double, TrustError::Twice { .. }));
    assert!(matches!(
        Trust::pinned(&[public(1)], b"x", time(NOW)).unwrap_err(),
        TrustError::Records(_)
    ));
}

#[test]
fn the_published_schema_takes_what_the_reader_takes() {
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.caws/schemas/trust-policy.schema.json"
    );
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let full = json!({ "gates": ["coverage"], "until": AT });
    for policy in [grant(1, json!({})), grant(1, full)] {
        assert!(validator.is_valid(&policy), "{policy}");
    }
    for change in [
        json!({ "signs": ["everything"] }),
        json!({ "until": "tomorrow" }),
        json!({ "unless": 1 }),
        json!({ "public_key": "no key" }),
    ] {
        assert!(!validator.is_valid(&grant(1, change.clone())), "{change}");
    }
}
