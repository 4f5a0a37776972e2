//! Any envelope, bundle, statement, JSON, bundle of Sigstore or certificate; the first byte says which. What is read is written and read
//! as the same, and nobody is said to have signed what he did not.
#![no_main]

#[path = "../../../ledger/tests/common/seed.rs"]
mod seed;

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use caws_attest::keyring::KeyRecord;
use caws_attest::predicate::slsa::Provenance;
use caws_attest::predicate::summary::{SimpleResult, Summary};
use caws_attest::predicate::test_result::TestResult;
use caws_attest::sigstore::{Certificate, Material, SigstoreBundle, Trust};
use caws_attest::statement::PAYLOAD_TYPE;
use caws_attest::{
    Algorithm, Bundle, Envelope, Predicate, PublicKey, SecretKey, Statement, dsse, verify_strict,
};
use caws_evidence::{Evidence, Manifest, canonical_json};
use libfuzzer_sys::fuzz_target;
use seed::Seed;
use serde_json::Value;

/// A key that no corpus has signed anything with.
static KEY: LazyLock<(SecretKey, PublicKey)> = LazyLock::new(|| {
    let key = SecretKey::generate(Algorithm::Ed25519, &mut Seed(0xF7)).expect("a key");
    let public = key.public().expect("its public half");
    (key, public)
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 6 {
        0 => envelope(bytes),
        1 => bundle(bytes),
        2 => statement(bytes),
        3 => canonical(bytes),
        4 => sigstore(bytes),
        _ => certificates(bytes),
    }
});

fn envelope(bytes: &[u8]) {
    let Ok(envelope) = Envelope::parse(bytes) else {
        return;
    };
    let written = envelope.to_json().expect("an envelope is JSON");
    assert_eq!(Envelope::parse(&written).as_ref(), Ok(&envelope));
    let keys = [KEY.1.clone()];
    assert!(envelope.verified_by(&keys).is_none());
    assert!(envelope.verify(&keys, NonZeroUsize::MIN).is_err());
}

fn bundle(bytes: &[u8]) {
    assert!(verify_strict(bytes, &[KEY.1.clone()]).is_err());
    let Ok(bundle) = Bundle::parse(bytes) else {
        assert!(Bundle::parse_strict(bytes).is_err());
        return;
    };
    let written = bundle.to_canonical_bytes().expect("a bundle is JSON");
    assert_eq!(Bundle::parse_strict(&written).as_ref(), Ok(&bundle));
    assert_eq!(Bundle::parse_strict(bytes).is_ok(), bytes == written);
}

/// What the key signed, whatever it is: a reader must stand it.
fn statement(bytes: &[u8]) {
    let (key, public) = &*KEY;
    let envelope = dsse::sign(PAYLOAD_TYPE, bytes.to_vec(), &[key]).expect("signed");
    let keys = [public.clone()];
    let payload = envelope.verify(&keys, NonZeroUsize::MIN).expect("by it");
    assert_eq!(payload.bytes(), bytes);
    let Ok(statement) = payload.statement() else {
        return;
    };
    assert!(!statement.subject.is_empty());
    assert!(statement.subject.iter().all(|one| !one.digest.is_empty()));
    predicate::<Evidence>(&statement);
    predicate::<KeyRecord>(&statement);
    predicate::<Manifest>(&statement);
    predicate::<Provenance>(&statement);
    predicate::<SimpleResult>(&statement);
    predicate::<Summary>(&statement);
    predicate::<TestResult>(&statement);
}

fn predicate<P: Predicate + PartialEq + std::fmt::Debug>(statement: &Statement) {
    let Ok(read) = statement.predicate_as::<P>() else {
        return;
    };
    let again = Statement::of(statement.subject.clone(), &read).expect("it keeps its own rules");
    assert_eq!(again.predicate_as::<P>().as_ref(), Ok(&read));
}

/// The canonical form of JSON is its own canonical form.
fn canonical(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let once = canonical_json(&value).expect("a value is JSON");
    let again: Value = serde_json::from_slice(&once).expect("what we wrote");
    assert_eq!(again, value);
    assert_eq!(canonical_json(&again).expect("a value is JSON"), once);
}

/// A bundle of others: no key of ours signed it, and whatever its certificates are can be asked.
fn sigstore(bytes: &[u8]) {
    let Ok(bundle) = SigstoreBundle::parse(bytes) else {
        return;
    };
    if let Material::Certificates { leaf, others } = &bundle.material {
        let trust = Trust::Identity {
            authorities: others,
            name: leaf.names().first().map_or("", String::as_str),
            issuer: leaf.issuer().unwrap_or_default(),
            at: leaf.validity().0,
        };
        let _ = bundle.verify_artifact(b"artifact", &trust);
        let _ = bundle.clone().verify(&trust);
    }
    let keys = [KEY.1.clone()];
    let trust = Trust::Keys(&keys);
    assert!(bundle.verify_artifact(b"artifact", &trust).is_err());
    assert!(bundle.verify(&trust).is_err());
}

fn certificates(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = certificate.public_key();
    }
    if let Ok(Ok(chain)) = std::str::from_utf8(bytes).map(Certificate::from_pem_chain) {
        for certificate in chain {
            let _ = certificate.public_key();
        }
    }
}
