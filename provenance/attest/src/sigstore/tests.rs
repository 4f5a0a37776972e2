use serde_json::{Value, json};

use jiff::Timestamp;

use super::certificate::{Certificate, CertificateError};
use super::{Content, LIST_LIMIT, Material, SigstoreBundle, SigstoreError, Trust};
use crate::dsse::VerifyError;
use crate::keys::tests::{ed25519, p256};
use crate::predicate::slsa::Provenance;
use crate::sign_statement;
use crate::statement::{ResourceDescriptor, Statement};

const AUTHORITIES: &str = include_str!("../../tests/vectors/sigstore/authorities.pem");
/// A certificate alone, as GitHub and npm write it now.
const ONE: &str = include_str!("../../tests/vectors/sigstore/github.sigstore.json");
/// A chain with its intermediate, as it was written before.
const CHAIN: &str = include_str!("../../tests/vectors/sigstore/npm-chain.sigstore.json");
/// A signature over a file, as `cosign sign-blob` leaves it.
const BLOB: &str = include_str!("../../tests/vectors/sigstore/cosign-blob.sigstore.json");

const NAME: &str = "https://example.org/caws/.github/workflows/release.yml@refs/tags/v1";
const ISSUER: &str = "https://token.example.org";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Root and intermediate.
fn authorities() -> Vec<Certificate> {
    Certificate::from_pem_chain(AUTHORITIES).unwrap()
}

fn trust(authorities: &[Certificate]) -> Trust<'_> {
    Trust::Identity {
        authorities,
        name: NAME,
        issuer: ISSUER,
        at: at("2026-01-01T00:05:00Z"),
    }
}

/// The bundle in `text` after `change`.
fn changed(text: &str, change: impl FnOnce(&mut Value)) -> Result<SigstoreBundle, SigstoreError> {
    let mut value: Value = serde_json::from_str(text).unwrap();
    change(&mut value);
    SigstoreBundle::parse(&serde_json::to_vec(&value).unwrap())
}

fn parse(text: &str) -> SigstoreBundle {
    changed(text, |_| ()).unwrap()
}

fn shape(text: &str, change: impl FnOnce(&mut Value)) -> String {
    match changed(text, change).unwrap_err() {
        SigstoreError::Shape(found) => found,
        other => panic!("{other}"),
    }
}

#[test]
fn a_statement_signed_with_a_certificate_is_handed_on() {
    for (text, version, root) in [(ONE, "0.3", 1), (CHAIN, "0.2", 0)] {
        let bundle = parse(text);
        assert_eq!(bundle.version, version);
        let payload = bundle.verify(&trust(&authorities()[root..=root])).unwrap();
        let statement = payload.statement().unwrap();
        let provenance: Provenance = statement.predicate_as().unwrap();
        assert_eq!(
            provenance.run_details.builder.id,
            "https://example.org/builder"
        );
    }
}

#[test]
fn a_signature_over_a_file_is_held_against_the_file() {
    let bundle = parse(BLOB);
    let all = authorities();
    bundle.verify_artifact(b"artifact", &trust(&all)).unwrap();
    let error = bundle
        .verify_artifact(b"artefact", &trust(&all))
        .unwrap_err();
    assert!(
        matches!(&error, SigstoreError::Artifact { expected, found } if *expected == caws_evidence::sha256_hex(b"artifact") && *found == caws_evidence::sha256_hex(b"artefact")),
        "{error}"
    );
    let silent = changed(BLOB, |b| {
        b["messageSignature"]
            .as_object_mut()
            .unwrap()
            .remove("messageDigest");
    });
    let error = silent
        .unwrap()
        .verify_artifact(b"artefact", &trust(&all))
        .unwrap_err();
    assert_eq!(error, SigstoreError::Signature(1));
    let error = bundle.verify(&trust(&all)).unwrap_err();
    assert!(matches!(error, SigstoreError::Content { .. }), "{error}");
    let error = parse(ONE)
        .verify_artifact(b"artifact", &trust(&all))
        .unwrap_err();
    assert!(matches!(error, SigstoreError::Content { .. }), "{error}");
}

#[test]
fn names_issuer_and_validity_are_read_from_the_certificate() {
    let Material::Certificates { leaf, others } = parse(CHAIN).material else {
        panic!("a certificate");
    };
    assert_eq!(leaf.names(), [NAME]);
    assert_eq!(leaf.issuer(), Some(ISSUER));
    assert_eq!(
        leaf.validity(),
        (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:10:00Z"))
    );
    assert_eq!(others.len(), 1);
    assert_eq!((others[0].names(), others[0].issuer()), (&[][..], None));
    assert!(leaf.public_key().is_ok());
    assert!(matches!(
        others[0].public_key(),
        Err(CertificateError::Algorithm(_))
    ));
}

#[test]
fn another_identity_is_not_believed() {
    let all = authorities();
    for (name, issuer) in [
        ("https://example.org/caws", ISSUER),
        (NAME, "https://token.example.com"),
        ("", ISSUER),
    ] {
        let trust = Trust::Identity {
            authorities: &all,
            name,
            issuer,
            at: at("2026-01-01T00:05:00Z"),
        };
        let error = parse(ONE).verify(&trust).unwrap_err();
        assert!(
            matches!(&error, SigstoreError::Certificate(CertificateError::Identity { names, .. }) if names == &[NAME]),
            "{error}"
        );
    }
}

#[test]
fn a_certificate_counts_from_its_first_moment_to_its_last() {
    let all = authorities();
    for (time, counts) in [
        ("2025-12-31T23:59:59Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2026-01-01T00:10:00Z", true),
        ("2026-01-01T00:10:01Z", false),
    ] {
        let trust = Trust::Identity {
            authorities: &all,
            name: NAME,
            issuer: ISSUER,
            at: at(time),
        };
        let result = parse(ONE).verify(&trust);
        assert_eq!(result.is_ok(), counts, "{time}");
        if let Err(error) = result {
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("`{NAME}` is valid from")),
                "{error}"
            );
        }
    }
}

#[test]
fn nothing_is_believed_without_its_authority() {
    let all = authorities();
    let unknown = |bundle: SigstoreBundle, authorities: &[Certificate]| {
        let error = bundle.verify(&trust(authorities)).unwrap_err();
        assert!(
            matches!(
                error,
                SigstoreError::Certificate(CertificateError::Unknown(_))
            ),
            "{error}"
        );
    };
    unknown(parse(ONE), &[]);
    // The root alone does not do without the intermediate, which version 0.3 does not carry.
    unknown(parse(ONE), &all[..1]);
    unknown(parse(CHAIN), &[]);
    let Material::Certificates { leaf, .. } = parse(ONE).material else {
        panic!("a certificate");
    };
    // A leaf is no authority, not even over itself.
    unknown(parse(ONE), &[*leaf]);
    let forged = changed(CHAIN, |b| {
        let chain = &mut b["verificationMaterial"]["x509CertificateChain"]["certificates"];
        let text = chain[1]["rawBytes"].as_str().unwrap().to_owned();
        let mut der = crate::encoding::from_base64(&text).unwrap();
        let last = der.len() - 1;
        der[last] ^= 1;
        chain[1]["rawBytes"] = json!(crate::encoding::to_base64(&der));
    });
    unknown(forged.unwrap(), &all[..1]);
}

#[test]
fn an_authority_signs_no_code() {
    let swapped = changed(CHAIN, |b| {
        let chain = &mut b["verificationMaterial"]["x509CertificateChain"]["certificates"];
        chain.as_array_mut().unwrap().remove(0);
    });
    let error = swapped.unwrap().verify(&trust(&authorities())).unwrap_err();
    assert_eq!(error, SigstoreError::Certificate(CertificateError::Usage));
}

#[test]
fn a_changed_payload_is_found() {
    let other = changed(ONE, |b| b["dsseEnvelope"]["payload"] = json!("e30="));
    let error = other.unwrap().verify(&trust(&authorities())).unwrap_err();
    assert!(
        matches!(error, SigstoreError::Verify(VerifyError::Threshold { .. })),
        "{error}"
    );
}

#[test]
fn our_own_bundles_are_read_too() {
    for key in [p256(1), ed25519(1)] {
        let subject = vec![ResourceDescriptor::digested("a", "sha256", "00")];
        let bundle = sign_statement(&Statement::new("p", subject, json!({})), &key).unwrap();
        let bytes = bundle.to_canonical_bytes().unwrap();
        let keys = [key.public().unwrap()];
        let read = SigstoreBundle::parse(&bytes).unwrap();
        assert_eq!(
            read.material,
            Material::Key {
                hint: keys[0].hint()
            }
        );
        let payload = read.clone().verify(&Trust::Keys(&keys)).unwrap();
        assert_eq!(payload.statement().unwrap().predicate_type, "p");
        let error = read.clone().verify(&Trust::Keys(&[])).unwrap_err();
        assert!(matches!(error, SigstoreError::Verify(_)));
        let error = read.verify(&trust(&[])).unwrap_err();
        assert!(matches!(
            error,
            SigstoreError::Material { found: "a key", .. }
        ));
        let error = parse(ONE).verify(&Trust::Keys(&keys)).unwrap_err();
        assert!(matches!(
            error,
            SigstoreError::Material {
                found: "a certificate",
                ..
            }
        ));
    }
}

#[test]
fn one_signer_and_one_content_no_more_no_less() {
    let envelope = |b: &mut Value| b["dsseEnvelope"].clone();
    let both = shape(BLOB, |b| {
        let mut other: Value = serde_json::from_str(ONE).unwrap();
        b["dsseEnvelope"] = envelope(&mut other);
    });
    assert!(
        both.starts_with("not exactly one of dsseEnvelope"),
        "{both}"
    );
    let neither = shape(BLOB, |b| {
        b.as_object_mut().unwrap().remove("messageSignature");
    });
    assert_eq!(neither, both);
    let two = shape(ONE, |b| {
        b["verificationMaterial"]["publicKey"] = json!({ "hint": "x" })
    });
    assert!(two.starts_with("not exactly one of publicKey"), "{two}");
    let chain = shape(CHAIN, |b| {
        b["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v0.3+json");
    });
    assert_eq!(chain, two, "0.3 has no chains");
    let empty = shape(CHAIN, |b| {
        b["verificationMaterial"]["x509CertificateChain"]["certificates"] = json!([]);
    });
    assert_eq!(empty, "no certificate");
}

#[test]
fn versions_are_known_or_refused() {
    for (media_type, version) in [
        (
            "application/vnd.dev.sigstore.bundle+json;version=0.1",
            "0.1",
        ),
        (
            "application/vnd.dev.sigstore.bundle+json;version=0.3",
            "0.3",
        ),
        ("application/vnd.dev.sigstore.bundle.v0.3+json", "0.3"),
    ] {
        let bundle = changed(BLOB, |b| b["mediaType"] = json!(media_type)).unwrap();
        assert_eq!(bundle.version, version);
    }
    for media_type in [
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle.v0.3",
        "application/vnd.dev.sigstore.bundle",
        "application/json",
        "",
    ] {
        let found = shape(BLOB, |b| b["mediaType"] = json!(media_type));
        assert_eq!(found, format!("media type `{media_type}`"));
    }
}

#[test]
fn log_entries_and_timestamps_are_handed_on_within_limits() {
    let bundle = changed(ONE, |b| {
        b["verificationMaterial"]["tlogEntries"] = json!([{ "logIndex": "7" }]);
        b["verificationMaterial"]["timestampVerificationData"] =
            json!({ "rfc3161Timestamps": [{ "signedTimestamp": "AAE" }] });
    })
    .unwrap();
    assert_eq!(bundle.tlog_entries, [json!({ "logIndex": "7" })]);
    assert_eq!(bundle.timestamps, [vec![0, 1]]);
    let many = |count| {
        move |b: &mut Value| {
            b["verificationMaterial"]["tlogEntries"] = vec![json!({}); count].into()
        }
    };
    assert!(changed(ONE, many(LIST_LIMIT)).is_ok());
    assert_eq!(shape(ONE, many(LIST_LIMIT + 1)), "33 log entries");
    let chain = |count| {
        move |b: &mut Value| {
            let all = &mut b["verificationMaterial"]["x509CertificateChain"]["certificates"];
            *all = vec![all[0].clone(); count].into();
        }
    };
    assert!(changed(CHAIN, chain(LIST_LIMIT)).is_ok());
    assert_eq!(shape(CHAIN, chain(LIST_LIMIT + 1)), "33 certificates");
}

#[test]
fn broken_fields_are_named() {
    let found = shape(BLOB, |b| b["messageSignature"]["signature"] = json!("*"));
    assert!(
        found.starts_with("no base64 in `messageSignature.signature`"),
        "{found}"
    );
    let found = shape(BLOB, |b| {
        b["messageSignature"]["messageDigest"]["digest"] = json!("*")
    });
    assert!(
        found.starts_with("no base64 in `messageDigest.digest`"),
        "{found}"
    );
    let found = shape(BLOB, |b| {
        b["messageSignature"]["messageDigest"]["algorithm"] = json!("SHA2_512")
    });
    assert_eq!(found, "a digest by `SHA2_512`");
    let error = changed(ONE, |b| {
        b["verificationMaterial"]["certificate"]["rawBytes"] = json!("AAAA")
    })
    .unwrap_err();
    assert!(
        matches!(
            error,
            SigstoreError::Certificate(CertificateError::Malformed(_))
        ),
        "{error}"
    );
    let error = changed(ONE, |b| b["dsseEnvelope"]["payload"] = json!("*")).unwrap_err();
    assert!(matches!(error, SigstoreError::Envelope(_)), "{error}");
    let error = Certificate::from_der(&[0; (64 << 10) + 1]).unwrap_err();
    assert_eq!(error, CertificateError::Malformed("65537 bytes".to_owned()));
    assert!(Certificate::from_pem_chain("hello").is_err());
    assert!(matches!(
        parse(BLOB).content,
        Content::Message {
            sha256: Some(_),
            ..
        }
    ));
}
