use caws_attest::{Algorithm, ResourceDescriptor, sign_statement};
use serde_json::json;

use super::*;
use crate::testing::key;

fn bundle() -> Vec<u8> {
    let statement = Statement::new(
        "https://kokoro-tts.com/caws/gate-evidence/v1",
        vec![ResourceDescriptor::digested("evidence", "sha256", "00")],
        json!({"gate": "coverage", "verdict": "pass", "finished": "2026-11-21T10:00:00Z"}),
    );
    let bundle = sign_statement(&statement, &key(Algorithm::EcdsaP256, 3)).unwrap();
    bundle.to_canonical_bytes().unwrap()
}

fn entry(run: Option<&str>) -> Entry {
    let key = key(Algorithm::EcdsaP256, 3).public().unwrap();
    Entry::of_bundle(&bundle(), &[key], run).unwrap()
}

#[test]
fn an_entry_says_what_its_attestation_says() {
    let found = entry(Some("c0ffee"));
    assert_eq!(
        found.predicate_type,
        "https://kokoro-tts.com/caws/gate-evidence/v1"
    );
    assert_eq!(found.commit.as_deref(), Some("c0ffee"));
    assert_eq!(found.gate.as_deref(), Some("coverage"));
    assert_eq!(found.verdict.as_deref(), Some("pass"));
    assert_eq!(found.time.as_deref(), Some("2026-11-21T10:00:00Z"));
    let public = key(Algorithm::EcdsaP256, 3).public().unwrap();
    assert_eq!(found.key, public.fingerprint());
    assert!(found.is_of(&bundle()));
    assert!(!found.is_of(b"another"));
    assert_eq!(entry(None).commit, None);
}

#[test]
fn a_subject_that_names_a_commit_is_believed_before_the_run() {
    let statement = Statement::new(
        "type",
        vec![ResourceDescriptor::digested("commit", "gitCommit", "beef")],
        json!({"commit": "dead"}),
    );
    let signer = key(Algorithm::Ed25519, 4);
    let bytes = sign_statement(&statement, &signer)
        .unwrap()
        .to_canonical_bytes()
        .unwrap();
    let entry = Entry::of_bundle(&bytes, &[signer.public().unwrap()], Some("c0ffee")).unwrap();
    assert_eq!(entry.commit.as_deref(), Some("beef"));
    assert_eq!((entry.gate, entry.verdict, entry.time), (None, None, None));
}

#[test]
fn an_attestation_by_nobody_trusted_gives_no_entry() {
    let other = key(Algorithm::EcdsaP256, 5).public().unwrap();
    let error = Entry::of_bundle(&bundle(), &[other], None).unwrap_err();
    assert!(matches!(error, EntryError::Bundle(_)));
}

#[test]
fn a_leaf_has_one_form() {
    let leaf = entry(None).to_leaf().unwrap();
    assert_eq!(Entry::from_leaf(&leaf).unwrap(), entry(None));
    let text = String::from_utf8(leaf.clone()).unwrap();
    assert!(text.starts_with(r#"{"bytes":"#), "{text}");
    for other in [
        text.replace("\":", "\": "),
        text.replace("ledger-entry/v1", "ledger-entry/v2"),
        text.replace("{\"bytes", "{\"more\":1,\"bytes"),
        "[]".to_owned(),
    ] {
        assert!(
            matches!(
                Entry::from_leaf(other.as_bytes()),
                Err(EntryError::Shape(_))
            ),
            "{other}"
        );
    }
}

#[test]
fn a_query_asks_by_commit_gate_verdict_key_and_time() {
    let entry = entry(Some("c0ffee"));
    let some = |text: &str| Some(text.to_owned());
    let any = Query::default();
    assert!(any.accepts(&entry));
    let cases = [
        (
            Query {
                commit: some("c0ff"),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                commit: some("d"),
                ..any.clone()
            },
            false,
        ),
        (
            Query {
                gate: some("coverage"),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                gate: some("cover"),
                ..any.clone()
            },
            false,
        ),
        (
            Query {
                verdict: some("pass"),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                verdict: some("fail"),
                ..any.clone()
            },
            false,
        ),
        (
            Query {
                key: some(&entry.key[..8]),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                key: some("zz"),
                ..any.clone()
            },
            false,
        ),
        (
            Query {
                since: some("2026-11-21T10:00:00Z"),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                since: some("2026-11-21T10:00:01Z"),
                ..any.clone()
            },
            false,
        ),
        (
            Query {
                until: some("2026-11-21T10:00:00Z"),
                ..any.clone()
            },
            true,
        ),
        (
            Query {
                until: some("2026-11-21"),
                ..any.clone()
            },
            false,
        ),
    ];
    for (query, accepts) in cases {
        assert_eq!(query.accepts(&entry), accepts, "{query:?}");
    }
    let bare = Entry {
        commit: None,
        gate: None,
        verdict: None,
        time: None,
        ..entry
    };
    for query in [
        Query {
            commit: some(""),
            ..any.clone()
        },
        Query {
            since: some(""),
            ..any.clone()
        },
        Query {
            until: some("9"),
            ..any
        },
    ] {
        assert!(!query.accepts(&bare), "{query:?}");
    }
}
