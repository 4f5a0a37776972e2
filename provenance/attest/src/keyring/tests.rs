use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{Event, KeyRecord, RecordError, SCHEMA_VERSION};
use super::{
    KeyStatus, Keyring, KeyringError, RECORD_LIMIT, Reason, issue, key_status, revoke, rotate,
};
use crate::bundle::SignError;
use crate::dsse::{Envelope, VerifyError, sign};
use crate::keys::tests::{ed25519, p256};
use crate::keys::{PublicKey, SecretKey};
use crate::predicate::PredicateError;
use crate::statement::{PAYLOAD_TYPE, ResourceDescriptor, Statement};

/// Midnight of a day of January 2026, UTC.
fn day(n: u8) -> Timestamp {
    format!("2026-01-{n:02}T00:00:00Z").parse().unwrap()
}

fn public(key: &SecretKey) -> PublicKey {
    key.public().unwrap()
}

fn name(key: &SecretKey) -> String {
    public(key).fingerprint()
}

fn ring(roots: &[&SecretKey], records: &[Envelope]) -> Keyring {
    let roots: Vec<PublicKey> = roots.iter().map(|key| public(key)).collect();
    Keyring::new(&roots, records)
}

fn status(ring: &Keyring, key: &SecretKey, at: u8) -> KeyStatus {
    key_status(&name(key), day(at), ring)
}

const VALID: KeyStatus = KeyStatus::Valid { not_after: None };

/// From `old` to `new`, written on `issued` and counting from that day on.
fn rotation(old: &SecretKey, new: &SecretKey, issued: u8) -> Envelope {
    rotate(old, new, day(issued), (day(issued), None), None).unwrap()
}

#[test]
fn a_pinned_key_counts_and_no_other() {
    let ring = Keyring::pinned(&[public(&p256(1)), public(&p256(1))]);
    assert_eq!(status(&ring, &p256(1), 1), VALID);
    assert!(status(&ring, &p256(1), 1).is_valid());
    assert_eq!(status(&ring, &p256(2), 1), KeyStatus::Untrusted);
    assert!(!status(&ring, &p256(2), 1).is_valid());
    assert_eq!(ring.keys(), [public(&p256(1))]);
    assert_eq!(ring.ignored(), []);
}

#[test]
fn validity_has_a_first_and_a_last_moment() {
    let key = ed25519(1);
    let record = issue(&key, day(1), day(5), Some(day(9))).unwrap();
    let ring = ring(&[&key], &[record]);
    let not_before = day(5);
    assert_eq!(
        status(&ring, &key, 4),
        KeyStatus::NotYetValid { not_before }
    );
    let not_after = Some(day(9));
    assert_eq!(status(&ring, &key, 5), KeyStatus::Valid { not_after });
    assert_eq!(status(&ring, &key, 8), KeyStatus::Valid { not_after });
    let not_after = day(9);
    assert_eq!(status(&ring, &key, 9), KeyStatus::Expired { not_after });
}

#[test]
fn records_about_one_key_only_narrow() {
    let key = p256(1);
    let records = [
        issue(&key, day(1), day(2), Some(day(20))).unwrap(),
        issue(&key, day(1), day(4), None).unwrap(),
        issue(&key, day(1), day(1), Some(day(10))).unwrap(),
    ];
    let ring = ring(&[&key], &records);
    assert!(!status(&ring, &key, 3).is_valid());
    assert!(status(&ring, &key, 4).is_valid());
    assert!(status(&ring, &key, 9).is_valid());
    assert!(!status(&ring, &key, 10).is_valid());
}

#[test]
fn a_successor_counts_whatever_the_order_of_the_records() {
    let (a, b, c) = (p256(1), ed25519(2), p256(3));
    let mut records = vec![
        rotate(&a, &b, day(5), (day(5), None), Some(day(7))).unwrap(),
        rotate(&b, &c, day(10), (day(10), Some(day(30))), None).unwrap(),
    ];
    for _ in 0..2 {
        let ring = ring(&[&a], &records);
        assert_eq!(ring.ignored(), []);
        assert!(status(&ring, &a, 6).is_valid());
        let not_after = day(7);
        assert_eq!(status(&ring, &a, 7), KeyStatus::Expired { not_after });
        assert!(!status(&ring, &b, 4).is_valid());
        assert_eq!(status(&ring, &b, 25), VALID);
        assert!(!status(&ring, &c, 9).is_valid());
        let not_after = Some(day(30));
        assert_eq!(status(&ring, &c, 29), KeyStatus::Valid { not_after });
        assert!(ring.keys().contains(&public(&c)));
        records.reverse();
    }
}

#[test]
fn nobody_becomes_a_successor_without_both_signatures() {
    let (old, new) = (p256(1), p256(2));
    let both = rotation(&old, &new, 5);
    for (kept, missing) in [(0, &new), (1, &old)] {
        let mut half = both.clone();
        half.signatures = vec![both.signatures[kept].clone()];
        // With the new key pinned as well, its own signature alone does not bind the old one.
        let ring = ring(&[&old, &new], &[half.clone()]);
        assert!(
            matches!(&ring.ignored()[0].why, RecordError::Signer { expected, .. } if *expected == name(missing)),
            "{:?}",
            ring.ignored()
        );
        let ring = Keyring::new(&[public(&old)], &[half]);
        assert_eq!(status(&ring, &new, 9), KeyStatus::Untrusted);
        assert_eq!(ring.ignored().len(), 1);
    }
    let ring = ring(&[&new], &[both]);
    assert_eq!(
        status(&ring, &old, 9),
        KeyStatus::Untrusted,
        "not backwards"
    );
}

#[test]
fn a_key_whose_time_was_over_has_no_successor() {
    let (old, new) = (p256(1), p256(2));
    let ends = issue(&old, day(1), day(1), Some(day(5))).unwrap();
    let late = ring(&[&old], &[ends.clone(), rotation(&old, &new, 5)]);
    assert_eq!(status(&late, &new, 9), KeyStatus::Untrusted);
    let in_time = ring(&[&old], &[ends, rotation(&old, &new, 4)]);
    assert_eq!(status(&in_time, &new, 9), VALID);
}

#[test]
fn a_revoked_key_counts_until_then() {
    let key = p256(1);
    let record = revoke(&name(&key), &key, day(6), day(5), Reason::Retired).unwrap();
    let ring = ring(&[&key], &[record]);
    assert_eq!(status(&ring, &key, 4), VALID);
    let (since, reason) = (day(5), Reason::Retired);
    assert_eq!(status(&ring, &key, 5), KeyStatus::Revoked { since, reason });
}

#[test]
fn of_several_revocations_the_earliest_and_worst_counts() {
    let key = p256(1);
    let gone = |since, reason| revoke(&name(&key), &key, day(9), day(since), reason).unwrap();
    let records = [
        gone(7, Reason::Superseded),
        gone(8, Reason::Compromised),
        gone(9, Reason::Retired),
    ];
    let ring = ring(&[&key], &records);
    let (since, reason) = (day(7), Reason::Compromised);
    assert_eq!(status(&ring, &key, 9), KeyStatus::Revoked { since, reason });
}

#[test]
fn a_key_is_given_up_by_itself_its_followers_and_pinned_keys_only() {
    let (root, old, new, stranger) = (p256(1), p256(2), p256(3), p256(4));
    let chain = [
        rotation(&root, &old, 2),
        rotation(&old, &new, 3),
        rotation(&root, &stranger, 3),
    ];
    for (signer, counts) in [
        (&root, true),
        (&old, true),
        (&new, true),
        (&stranger, false),
    ] {
        let mut records = chain.to_vec();
        records.push(revoke(&name(&old), signer, day(5), day(5), Reason::Superseded).unwrap());
        let ring = ring(&[&root], &records);
        assert_eq!(!status(&ring, &old, 6).is_valid(), counts);
        assert_eq!(ring.ignored().len(), usize::from(!counts));
        assert_eq!(
            status(&ring, &new, 6),
            VALID,
            "it was superseded, not stolen"
        );
    }
    let mut records = chain.to_vec();
    records.push(revoke(&name(&root), &stranger, day(5), day(5), Reason::Retired).unwrap());
    let follows = ring(&[&root], &records);
    assert!(
        !status(&follows, &root, 6).is_valid(),
        "it follows the root"
    );
    let mut records = chain.to_vec();
    records.push(revoke(&name(&old), &stranger, day(5), day(5), Reason::Retired).unwrap());
    let refused = ring(&[&root], &records);
    let error = &refused.ignored()[0];
    assert_eq!(error.index, 3);
    assert_eq!(
        error.why,
        RecordError::NotItsBusiness {
            key: name(&old),
            signers: vec![name(&stranger)]
        }
    );
}

#[test]
fn a_stolen_key_vouches_for_nobody_whatever_date_it_writes() {
    let (root, old, thief) = (p256(1), p256(2), p256(3));
    let stolen = revoke(&name(&old), &root, day(9), day(9), Reason::Compromised).unwrap();
    let records = [rotation(&root, &old, 2), rotation(&old, &thief, 3), stolen];
    let ring = ring(&[&root], &records);
    assert_eq!(status(&ring, &old, 8), VALID);
    assert_eq!(status(&ring, &thief, 4), KeyStatus::Untrusted);
}

#[test]
fn records_of_strangers_and_broken_ones_change_nothing_and_are_named() {
    let (root, stranger) = (p256(1), p256(2));
    let mut broken = issue(&root, day(1), day(1), Some(day(2))).unwrap();
    broken.signatures[0].sig[8] ^= 1;
    let records = [issue(&stranger, day(1), day(1), None).unwrap(), broken];
    let ring = ring(&[&root], &records);
    assert_eq!(status(&ring, &root, 9), VALID);
    let mut indices: Vec<usize> = ring.ignored().iter().map(|i| i.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, [0, 1]);
    for ignored in ring.ignored() {
        assert!(matches!(
            ignored.why,
            RecordError::Verify(VerifyError::Threshold { .. })
        ));
    }
}

/// What is said of a statement by the pinned key about itself.
fn why(change: impl FnOnce(&mut Statement)) -> RecordError {
    let key = p256(1);
    let record = KeyRecord {
        schema_version: SCHEMA_VERSION,
        issued: day(1),
        event: Event::Issue {
            public_key: public(&key).to_pem().unwrap(),
            not_before: day(1),
            not_after: None,
        },
    };
    let subject = ResourceDescriptor::digested(&name(&key), "sha256", &name(&key));
    let mut statement = Statement::of(vec![subject], &record).unwrap();
    change(&mut statement);
    let payload = serde_json::to_vec(&statement).unwrap();
    let envelope = sign(PAYLOAD_TYPE, payload, &[&key]).unwrap();
    let mut ignored = ring(&[&key], &[envelope]).ignored().to_vec();
    ignored.remove(0).why
}

#[test]
fn a_record_says_what_it_is_about_and_in_which_version() {
    let found = why(|s| s.subject[0].name = Some("x".to_owned()));
    assert_eq!(
        found,
        RecordError::Subject {
            expected: name(&p256(1)),
            found: vec!["x".to_owned()]
        }
    );
    let two = why(|s| {
        s.subject
            .push(ResourceDescriptor::digested("y", "sha256", "00"))
    });
    assert!(matches!(two, RecordError::Subject { found, .. } if found.len() == 2));
    let version = why(|s| s.predicate["schema_version"] = json!(2));
    assert_eq!(
        version.to_string(),
        "expected a predicate of type https://kokoro-tts.com/caws/key/v1, found: schema_version 2, where 1 is known"
    );
    let event = why(|s| s.predicate["event"] = json!("pause"));
    assert!(matches!(
        event,
        RecordError::Predicate(PredicateError::Content { .. })
    ));
    let other = why(|s| s.predicate_type = "p".to_owned());
    assert!(matches!(
        other,
        RecordError::Predicate(PredicateError::Type { .. })
    ));
    let no_key = why(|s| s.predicate["public_key"] = json!("hello"));
    assert!(matches!(no_key, RecordError::Key(_)));
    let another = why(|s| s.predicate["public_key"] = json!(public(&p256(2)).to_pem().unwrap()));
    assert!(matches!(another, RecordError::Signer { expected, .. } if expected == name(&p256(2))));
}

#[test]
fn a_key_does_not_end_before_it_begins() {
    let (a, b) = (p256(1), p256(2));
    let refused = |result: Result<Envelope, SignError>| result.unwrap_err().to_string();
    let error = refused(issue(&a, day(1), day(5), Some(day(5))));
    assert!(
        error.ends_with("found: a key from 2026-01-05T00:00:00Z to 2026-01-05T00:00:00Z"),
        "{error}"
    );
    let error = refused(rotate(&a, &b, day(1), (day(5), Some(day(4))), None));
    assert!(error.contains("a key from 2026-01-05"), "{error}");
    assert!(issue(&a, day(1), day(5), Some(day(6))).is_ok());
}

#[test]
fn records_are_read_from_json_lines() {
    let (a, b) = (p256(1), p256(2));
    let mut lines = vec![b'\n'];
    for record in [
        issue(&a, day(1), day(1), None).unwrap(),
        rotation(&a, &b, 3),
    ] {
        lines.extend(record.to_json().unwrap());
        lines.extend(b"\r\n\n");
    }
    let ring = Keyring::read(&[public(&a)], &lines).unwrap();
    assert_eq!(status(&ring, &b, 3), VALID);
    assert_eq!(ring.ignored(), []);
    lines.extend(b"{}\n");
    let error = Keyring::read(&[public(&a)], &lines).unwrap_err();
    assert!(
        matches!(error, KeyringError::Line { line: 6, .. }),
        "{error}"
    );
    let line = br#"{"payload":"","payloadType":"t","signatures":[]}"#;
    let many = |count| [&line[..], b"\n"].concat().repeat(count);
    let ring = Keyring::read(&[], &many(RECORD_LIMIT)).unwrap();
    assert_eq!(ring.ignored().len(), RECORD_LIMIT);
    let error = Keyring::read(&[], &many(RECORD_LIMIT + 1)).unwrap_err();
    assert_eq!(error, KeyringError::Limit("more records".to_owned()));
}

#[test]
fn the_published_schema_takes_each_kind_of_record_and_no_mixture() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../.caws/schemas/key-v1.schema.json"
    );
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    crate::predicate::tests::undescribed(&schema, "key-v1");
    let schema = jsonschema::validator_for(&schema).unwrap();
    let (a, b) = (p256(1), p256(2));
    for record in [
        issue(&a, day(1), day(1), Some(day(2))).unwrap(),
        rotate(&a, &b, day(1), (day(1), Some(day(9))), Some(day(3))).unwrap(),
        revoke(&name(&a), &b, day(1), day(1), Reason::Compromised).unwrap(),
    ] {
        let statement: Value = serde_json::from_slice(&record.payload).unwrap();
        let good = &statement["predicate"];
        assert!(schema.is_valid(good), "{good}");
        for (field, value) in good.as_object().unwrap() {
            let mut bad = good.clone();
            bad[field] = json!([value]);
            assert!(!schema.is_valid(&bad), "{field} in a list");
        }
        let mut bad = good.clone();
        bad["event"] = json!("pause");
        assert!(!schema.is_valid(&bad));
        bad.as_object_mut().unwrap().remove("event");
        assert!(!schema.is_valid(&bad));
    }
}

#[test]
fn a_link_to_a_pinned_key_counts_whichever_record_comes_first() {
    let (a, b, c) = (p256(1), p256(2), p256(3));
    // The verifier knows `c` as well, and `b` only by the other record.
    let links = [rotation(&b, &c, 5), rotation(&a, &b, 3)];
    for records in [links.clone(), [links[1].clone(), links[0].clone()]] {
        let ring = ring(&[&a, &c], &records);
        assert_eq!(ring.ignored(), []);
        let before: Vec<String> = [&a, &b].map(name).into();
        let mut found: Vec<&str> = ring.predecessors(&name(&c)).into_iter().collect();
        found.sort_unstable();
        let mut expected: Vec<&str> = before.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
    // A link that nothing ever introduces is named, and says which signer is missing.
    let ring = ring(&[&c], &links[..1]);
    assert!(
        matches!(&ring.ignored()[0].why, RecordError::Signer { expected, .. } if *expected == name(&b)),
        "{:?}",
        ring.ignored()
    );
}

#[test]
fn what_was_said_of_a_key_can_be_read_in_the_order_it_was_said() {
    let (a, b, stranger) = (p256(1), p256(2), p256(9));
    let since = day(7);
    let records = [
        issue(&a, day(1), day(1), None).unwrap(),
        rotation(&a, &b, 3),
        revoke(&name(&a), &stranger, day(4), day(4), Reason::Compromised).unwrap(),
        revoke(&name(&a), &b, day(7), since, Reason::Superseded).unwrap(),
    ];
    let ring = ring(&[&a], &records);
    let told: Vec<(usize, String, Vec<String>)> = ring
        .records()
        .iter()
        .map(|told| (told.index, told.key.clone(), told.signers.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (0, name(&a), vec![name(&a)]),
            (1, name(&b), vec![name(&a), name(&b)]),
            (3, name(&a), vec![name(&b)]),
        ]
    );
    assert_eq!(ring.ignored().len(), 1);
    assert_eq!(
        ring.revocation(&name(&a)),
        Some((since, Reason::Superseded))
    );
    assert_eq!(ring.revocation(&name(&b)), None);
}
