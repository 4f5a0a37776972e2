//! Signing without a lasting key: what comes of it verifies, and no wrong answer is believed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod services;

use caws_attest::keys::Zeroizing;
use caws_attest::sigstore::keyless::{
    ANSWER_LIMIT, IdentityToken, KeylessError, Signed, TokenError, sign,
};
use caws_attest::sigstore::{
    Certificate, Content, LogEntry, LogError, Material, SigstoreBundle, Trust,
};
use caws_attest::{Algorithm, ResourceDescriptor, SecretKey, Statement, SystemRng};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use services::{ISSUER, NAME, SIGNATURE, Services, claims, key, token};

/// What is changed, and what is then said.
type Bent<T> = (fn(&mut T), &'static str);

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn statement() -> Statement {
    let subject = vec![ResourceDescriptor::digested("greet", "sha256", "00")];
    Statement::new("https://example.org/predicate", subject, json!({ "n": 1 }))
}

fn identity(claims: &Value) -> IdentityToken {
    IdentityToken::new(Zeroizing::new(token(claims))).unwrap()
}

fn workflow() -> IdentityToken {
    identity(&claims(now() + SignedDuration::from_mins(10)))
}

fn signed(services: &mut Services) -> Result<Signed, KeylessError> {
    sign(&statement(), &workflow(), services, &mut SystemRng, now())
}

/// The error after the services were bent.
fn refused(bend: impl FnOnce(&mut Services)) -> KeylessError {
    let mut services = Services::new(now());
    bend(&mut services);
    let error = signed(&mut services).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(SIGNATURE), "{text}");
    error
}

fn entry_of(bundle: &[u8]) -> (SigstoreBundle, LogEntry) {
    let bundle = SigstoreBundle::parse(bundle).unwrap();
    let entry = LogEntry::from_bundle(&bundle.tlog_entries[0]).unwrap();
    (bundle, entry)
}

#[test]
fn a_statement_is_signed_in_the_name_of_the_tokens_owner() {
    let mut services = Services::new(now());
    let signed = signed(&mut services).unwrap();
    assert_eq!(signed.certificate.names(), [NAME]);
    assert_eq!((signed.log_index, signed.logged), (1006, now()));
    assert!(!String::from_utf8_lossy(&signed.bundle).contains(SIGNATURE));
    let (bundle, entry) = entry_of(&signed.bundle);
    assert_eq!(bundle.version, "0.3");
    // What the entry says comes back as it was written, and holds for this envelope and certificate.
    assert_eq!(entry.to_bundle(), bundle.tlog_entries[0]);
    let (Content::Dsse(envelope), Material::Certificates { leaf, .. }) =
        (&bundle.content, &bundle.material)
    else {
        panic!("an envelope and a certificate");
    };
    entry.check_envelope(envelope, leaf, None).unwrap();
    entry.check_inclusion().unwrap();
    assert_eq!(
        entry.verify_promise(&services.log.public().unwrap()),
        Ok(now())
    );
    let authorities = Certificate::from_pem_chain(&services.authority()).unwrap();
    let trust = Trust::Identity {
        authorities: &authorities,
        name: NAME,
        issuer: ISSUER,
        at: now(),
    };
    let payload = bundle.verify(&trust).unwrap();
    assert_eq!(payload.statement().unwrap(), statement());
}

#[test]
fn every_place_in_a_tree_has_its_proof() {
    let mut services = Services::new(now());
    for _ in 0..12 {
        let (_, entry) = entry_of(&signed(&mut services).unwrap().bundle);
        entry.check_inclusion().unwrap();
    }
}

#[test]
fn the_proof_of_possession_is_about_a_verified_address_else_the_subject() {
    let until = now() + SignedDuration::from_mins(10);
    let person = |verified: Value| json!({ "iss": ISSUER, "sub": "1234", "email": "a@example.org", "email_verified": verified, "exp": until.as_second() });
    for (claims, subject, name) in [
        (person(json!(true)), "a@example.org", "a@example.org"),
        (person(json!("true")), "a@example.org", "a@example.org"),
        // Nobody vouches for the address, and Fulcio names by rules of its own.
        (person(json!(false)), "1234", "https://example.org/1234"),
        (person(Value::Null), "1234", "https://example.org/1234"),
        (
            json!({ "iss": ISSUER, "sub": "spiffe://example.org/a", "exp": until.as_second() }),
            "spiffe://example.org/a",
            "spiffe://example.org/a",
        ),
        (
            json!({ "iss": ISSUER, "sub": "project_path:a/b", "ci_config_ref_uri": "example.org/a/b//.ci.yml@refs/heads/main", "exp": until.as_second() }),
            "project_path:a/b",
            "https://example.org/a/b//.ci.yml@refs/heads/main",
        ),
        // Behind a provider that stands in front of others, who is named in the certificate.
        (
            json!({ "iss": "https://front.example.org", "federated_claims": { "connector_id": ISSUER }, "sub": "x", "email": "a@example.org", "email_verified": true, "exp": until.as_second() }),
            "a@example.org",
            "a@example.org",
        ),
    ] {
        let mut services = Services::new(now());
        services.name = name.to_owned();
        services.subject = subject.to_owned();
        let token = identity(&claims);
        assert_eq!(token.subject(), subject);
        let signed = sign(&statement(), &token, &mut services, &mut SystemRng, now());
        assert_eq!(signed.unwrap().certificate.names(), [name]);
    }
}

#[test]
fn a_token_is_read_before_it_is_sent_and_never_shown() {
    let with = |change: fn(&mut Value)| {
        let mut claims = claims(now());
        change(&mut claims);
        token(&claims)
    };
    for (text, said) in [
        (String::new(), "parts"),
        ("a.b".to_owned(), "parts"),
        ("a.b.c.d".to_owned(), "parts"),
        ("a.b.c\n".to_owned(), "characters"),
        (format!("a.b.{}", "c".repeat(16 << 10)), "bytes"),
        ("a.b.c".to_owned(), "base64"),
        ("a.bm8.c".to_owned(), "no JSON"),
        (with(|claims| claims["iss"] = json!(1)), "no JSON"),
        (with(|claims| claims["exp"] = json!("soon")), "no JSON"),
        (with(|claims| claims["sub"] = json!("")), "without `sub`"),
    ] {
        let error = IdentityToken::new(Zeroizing::new(text)).unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains(said), "{shown}");
        assert!(shown.contains("expected an identity token"), "{shown}");
    }
    assert_eq!(format!("{:?}", workflow()), "IdentityToken(hidden)");
    let late = |until: Value| {
        let mut claims = claims(now());
        claims["exp"] = until;
        let mut services = Services::new(now());
        sign(
            &statement(),
            &identity(&claims),
            &mut services,
            &mut SystemRng,
            now(),
        )
        .unwrap_err()
    };
    let error = late(json!(now().as_second()));
    assert!(
        matches!(error, KeylessError::Token(TokenError::Expired { .. })),
        "{error}"
    );
    let error = late(json!(i64::MAX));
    assert!(
        matches!(error, KeylessError::Token(TokenError::Shape(_))),
        "{error}"
    );
}

#[test]
fn what_a_service_says_is_handed_on_without_the_token() {
    let token = token(&claims(now() + SignedDuration::from_mins(10)));
    let said = format!("400: no good: {token}, signed {SIGNATURE}");
    for (bend, service) in [
        (
            (|s, said| s.certificate = Some(Err(said))) as fn(&mut Services, String),
            "Fulcio",
        ),
        (|s, said| s.answer = Some(Err(said)), "Rekor"),
    ] {
        let error = refused(|services| bend(services, said.clone())).to_string();
        assert!(
            error.contains(service) && error.contains("400: no good: ***, signed ***"),
            "{error}"
        );
    }
    // An answer that repeats it would bring it into a bundle or a message.
    for answer in [token.clone(), format!("{{\"x\":\"{SIGNATURE}\"}}")] {
        let error =
            refused(|services| services.certificate = Some(Ok(answer.clone().into_bytes())));
        assert!(matches!(error, KeylessError::Repeats(_)), "{error}");
        let error = refused(|services| services.answer = Some(Ok(answer.into_bytes())));
        assert!(matches!(error, KeylessError::Repeats(_)), "{error}");
    }
}

#[test]
fn an_answer_of_another_shape_is_named() {
    let html = || b"<!DOCTYPE html><html>".to_vec();
    for answer in [
        html(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        Vec::new(),
        br#"{"signedCertificateDetachedSct":{"chain":{"certificates":[]}}}"#.to_vec(),
    ] {
        let error = refused(|services| services.certificate = Some(Ok(answer)));
        let shown = error.to_string();
        let shape = matches!(
            error,
            KeylessError::Shape { .. } | KeylessError::Certificate(_)
        );
        assert!(shape && shown.contains("Fulcio"), "{shown}");
    }
    for answer in [
        html(),
        b"{}".to_vec(),
        br#"{"a":{},"b":{}}"#.to_vec(),
        br#"{"a":{}}"#.to_vec(),
    ] {
        let error = refused(|services| services.answer = Some(Ok(answer)));
        let shown = error.to_string();
        assert!(
            matches!(error, KeylessError::Shape { .. }) && shown.contains("Rekor"),
            "{shown}"
        );
    }
    let long = || Some(Ok(vec![b' '; ANSWER_LIMIT + 1]));
    let error = refused(|services| services.certificate = long());
    assert!(matches!(error, KeylessError::Size { .. }), "{error}");
    let error = refused(|services| services.answer = long());
    assert!(matches!(error, KeylessError::Size { .. }), "{error}");
}

#[test]
fn only_a_certificate_for_our_key_our_name_and_this_time_is_used() {
    let cases: [Bent<services::Issue>; 9] = [
        (|issue| issue.key = key().public().unwrap(), "for our key"),
        (
            |issue| issue.name = "https://example.org/somebody".to_owned(),
            "as the identity token says",
        ),
        (
            |issue| issue.name = format!("http{}", NAME.trim_start_matches("https")),
            "as the identity token says",
        ),
        (
            |issue| issue.name = NAME.replace("org/example", "org-example"),
            "as the identity token says",
        ),
        (
            |issue| issue.issuer = "https://other.example.org".to_owned(),
            "by https://token.example.org",
        ),
        (
            |issue| {
                issue.from -= SignedDuration::from_hours(1);
                issue.until -= SignedDuration::from_hours(1);
            },
            "the time of our clock",
        ),
        (
            |issue| issue.from += SignedDuration::from_mins(6),
            "the time of our clock",
        ),
        (|issue| issue.signs_code = false, "not for signing code"),
        (|issue| issue.forged = true, "issued by none"),
    ];
    for (issue, said) in cases {
        let error = refused(|services| services.issue = issue).to_string();
        assert!(error.contains(said), "{error}");
    }
    // A clock may be some minutes off; the log's time may not.
    let error =
        refused(|services| services.issue = |issue| issue.from += SignedDuration::from_mins(4));
    assert!(
        error.to_string().contains("the time of the log entry"),
        "{error}"
    );
    // A name for anybody has to be one.
    let mut services = Services::new(now());
    services.issue = |issue| issue.name = "a@example.com".to_owned();
    services.subject = "a@example.org".to_owned();
    let claims = json!({ "iss": ISSUER, "sub": "x", "email": "a@example.org", "email_verified": true, "exp": now().as_second() + 60 });
    let error = sign(
        &statement(),
        &identity(&claims),
        &mut services,
        &mut SystemRng,
        now(),
    );
    let error = error.unwrap_err().to_string();
    assert!(error.contains("for `a@example.org`"), "{error}");
}

#[test]
fn only_an_entry_about_our_envelope_is_used() {
    let cases: [Bent<Value>; 9] = [
        (
            |body| body["spec"]["payloadHash"]["value"] = json!("00"),
            "about the payload",
        ),
        (
            |body| body["spec"]["payloadHash"]["algorithm"] = json!("sha512"),
            "about the payload",
        ),
        (
            |body| body["spec"]["envelopeHash"]["value"] = json!("00"),
            "about the envelope",
        ),
        (
            |body| body["spec"]["signatures"][0]["signature"] = json!("AAAA"),
            "found another",
        ),
        (
            |body| body["spec"]["signatures"] = json!([]),
            "0 signatures there and 1",
        ),
        (
            |body| body["spec"]["signatures"][0]["verifier"] = json!("AAAA"),
            "no certificate in PEM",
        ),
        (|body| body["kind"] = json!("intoto"), "found intoto 0.0.1"),
        (
            |body| body["apiVersion"] = json!("0.0.2"),
            "found dsse 0.0.2",
        ),
        (|body| body["spec"] = json!({}), "missing field"),
    ];
    for (body, said) in cases {
        let error = refused(|services| services.body = body);
        let shown = error.to_string();
        assert!(
            matches!(error, KeylessError::Log(_)) && shown.contains(said),
            "{shown}"
        );
    }
    // A certificate of somebody else, for the same envelope.
    let mut services = Services::new(now());
    let (bundle, entry) = entry_of(&signed(&mut services).unwrap().bundle);
    let (other, _) = entry_of(&signed(&mut services).unwrap().bundle);
    let (Content::Dsse(envelope), Material::Certificates { leaf, .. }) =
        (&bundle.content, &other.material)
    else {
        panic!("an envelope and a certificate");
    };
    let error = entry.check_envelope(envelope, leaf, None).unwrap_err();
    assert!(
        matches!(&error, LogError::Verifier(found) if found.contains(NAME)),
        "{error}"
    );
}

#[test]
fn only_a_proof_that_leads_to_its_root_is_used() {
    fn proof(entry: &mut Value) -> &mut Value {
        &mut entry["verification"]["inclusionProof"]
    }
    let cases: [Bent<Value>; 14] = [
        (
            |entry| proof(entry)["rootHash"] = json!("00".repeat(32)),
            "leads to the root 0000",
        ),
        (
            |entry| proof(entry)["hashes"][0] = json!("00".repeat(32)),
            "leads to the root",
        ),
        (
            |entry| proof(entry)["logIndex"] = json!(7),
            "below the log's size 7, found 7",
        ),
        (
            |entry| proof(entry)["treeSize"] = json!(0),
            "below the log's size 0",
        ),
        (
            |entry| proof(entry)["treeSize"] = json!(1_u64 << 40),
            "as long as a tree of",
        ),
        (|entry| proof(entry)["hashes"] = json!([]), "found 0 hashes"),
        (
            |entry| proof(entry)["hashes"] = vec![json!("00".repeat(32)); 60].into(),
            "found 60 hashes",
        ),
        (
            |entry| proof(entry)["checkpoint"] = json!("log\n8\nAAAA\n"),
            "expected a checkpoint of 7 leaves",
        ),
        (
            |entry| proof(entry)["checkpoint"] = json!("log\n7\nAAAA\n"),
            "expected a checkpoint of 7 leaves",
        ),
        (
            |entry| proof(entry)["checkpoint"] = json!(""),
            "expected a checkpoint of 7 leaves",
        ),
        (
            |entry| entry["verification"] = json!({}),
            "expected an inclusion proof",
        ),
        (
            |entry| entry["verification"]["signedEntryTimestamp"] = Value::Null,
            "expected an inclusion promise",
        ),
        (
            |entry| entry["integratedTime"] = json!(0),
            "expected a time",
        ),
        (
            |entry| entry["integratedTime"] = json!(1),
            "the time of the log entry",
        ),
    ];
    for (entry, said) in cases {
        let error = refused(|services| services.entry = entry).to_string();
        assert!(error.contains(said), "{error}, not {said}");
    }
    let shapes: [Bent<Value>; 8] = [
        (|entry| entry["body"] = json!("*"), "no base64 in `body`"),
        (|entry| entry["body"] = json!("AAAA"), "a body: "),
        (
            |entry| entry["logID"] = json!("0"),
            "no hexadecimal digits in `logID`",
        ),
        (
            |entry| entry["logID"] = json!("0x"),
            "no hexadecimal digits in `logID`",
        ),
        (
            |entry| proof(entry)["rootHash"] = json!("00"),
            "1 bytes in `rootHash`, not 32",
        ),
        (
            |entry| proof(entry)["hashes"] = vec![json!("00".repeat(32)); 65].into(),
            "65 hashes",
        ),
        (
            |entry| entry["integratedTime"] = json!(u64::MAX),
            "the time 18446744073709551615",
        ),
        (|entry| entry["logIndex"] = json!(-1), "invalid value"),
    ];
    for (entry, said) in shapes {
        let error = refused(|services| services.entry = entry);
        let shown = error.to_string();
        assert!(
            matches!(error, KeylessError::Shape { .. }) && shown.contains(said),
            "{shown}"
        );
    }
}

#[test]
fn with_the_logs_key_its_signatures_are_verified() {
    let mut services = Services::new(now());
    let (_, entry) = entry_of(&signed(&mut services).unwrap().bundle);
    let log = services.log.public().unwrap();
    let other = key().public().unwrap();
    assert!(matches!(
        entry.verify_promise(&other),
        Err(LogError::Log { .. })
    ));
    let changed = |change: fn(&mut LogEntry)| {
        let mut entry = entry.clone();
        change(&mut entry);
        entry.verify_promise(&log)
    };
    assert_eq!(changed(|_| ()), Ok(now()));
    let promise = Err(LogError::Forged("inclusion promise"));
    assert_eq!(changed(|entry| entry.log_index += 1), promise);
    assert_eq!(changed(|entry| entry.body.push(b' ')), promise);
    assert_eq!(
        changed(|entry| entry.integrated_time = Some(Timestamp::UNIX_EPOCH)),
        promise
    );
    assert_eq!(changed(|entry| entry.promise = Some(vec![0])), promise);
    assert_eq!(
        changed(|entry| entry.promise = None),
        Err(LogError::Missing("an inclusion promise"))
    );
    assert_eq!(
        changed(|entry| entry.integrated_time = None),
        Err(LogError::Missing("a time"))
    );
    let note = |text: Option<&'static str>| {
        let mut entry = entry.clone();
        entry.proof.as_mut().unwrap().checkpoint = text.map(str::to_owned);
        entry.verify_promise(&log)
    };
    let forged = Err(LogError::Forged("checkpoint"));
    for text in [
        "",
        "log\n7\nAAAA\n\n",
        "log\n7\nAAAA\n\n\u{2014} log AAAAAAAA\n",
        "log\n7\nAAAA\n\n\u{2014} log AA\n",
        "log\n7\nAAAA\n\n\u{2014} log *\n",
        "log\n\n\u{2014} log\nx",
    ] {
        assert_eq!(note(Some(text)), forged, "{text}");
    }
    // An entry without a proof has its promise all the same.
    assert_eq!(note(None), Ok(now()));
    let mut bare = entry.clone();
    bare.proof = None;
    assert_eq!(bare.verify_promise(&log), Ok(now()));
    assert_eq!(bare.check_inclusion(), Err(LogError::NoProof));
}

#[test]
fn entries_of_bundles_are_read_as_others_write_them() {
    let mut services = Services::new(now());
    let (bundle, entry) = entry_of(&signed(&mut services).unwrap().bundle);
    let read = |change: fn(&mut Value)| {
        let mut value = bundle.tlog_entries[0].clone();
        change(&mut value);
        LogEntry::from_bundle(&value)
    };
    // Numbers, and zeros that are left out.
    assert_eq!(read(|value| value["logIndex"] = json!(1006)), Ok(entry));
    let bare = read(|value| {
        let fields = value.as_object_mut().unwrap();
        for name in [
            "logIndex",
            "integratedTime",
            "inclusionPromise",
            "inclusionProof",
        ] {
            fields.remove(name);
        }
    })
    .unwrap();
    assert_eq!((bare.log_index, bare.integrated_time), (0, None));
    assert_eq!((&bare.promise, &bare.proof), (&None, &None));
    assert_eq!(LogEntry::from_bundle(&bare.to_bundle()), Ok(bare));
    let silent = read(|value| {
        value["inclusionProof"]
            .as_object_mut()
            .unwrap()
            .remove("checkpoint");
    })
    .unwrap();
    silent.check_inclusion().unwrap();
    assert_eq!(LogEntry::from_bundle(&silent.to_bundle()), Ok(silent));
    let broken: [Bent<Value>; 7] = [
        (|value| value["logIndex"] = json!("one"), "invalid digit"),
        (|value| value["logIndex"] = json!([]), "untagged"),
        (
            |value| value["logId"]["keyId"] = json!("*"),
            "no base64 in `logId`",
        ),
        (
            |value| value["canonicalizedBody"] = json!("*"),
            "no base64 in `canonicalizedBody`",
        ),
        (
            |value| value["inclusionPromise"]["signedEntryTimestamp"] = json!("*"),
            "no base64 in `signedEntryTimestamp`",
        ),
        (
            |value| value["inclusionProof"]["rootHash"] = json!("*"),
            "no base64 in `rootHash`",
        ),
        (
            |value| value["inclusionProof"]["hashes"][0] = json!("*"),
            "no base64 in `hashes`",
        ),
    ];
    for (change, said) in broken {
        let error = read(change).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    // The kind has to be the one of the body.
    let mut other = read(|value| value["kindVersion"]["kind"] = json!("intoto")).unwrap();
    assert!(!other.is_about_an_envelope());
    let (Content::Dsse(envelope), Material::Certificates { leaf, .. }) =
        (&bundle.content, &bundle.material)
    else {
        panic!("an envelope and a certificate");
    };
    let error = other.check_envelope(envelope, leaf, None).unwrap_err();
    assert!(matches!(error, LogError::Kind(_)), "{error}");
    other.body = b"no JSON".to_vec();
    let error = other.check_envelope(envelope, leaf, None).unwrap_err();
    assert!(matches!(error, LogError::Shape(_)), "{error}");
}

#[test]
fn without_randomness_nothing_is_asked() {
    struct Dead;
    impl rand_core::TryRng for Dead {
        type Error = std::io::Error;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Err(std::io::Error::other("none"))
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Err(std::io::Error::other("none"))
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
            Err(std::io::Error::other("none"))
        }
    }
    impl rand_core::TryCryptoRng for Dead {}
    let mut services = Services::new(now());
    services.certificate = Some(Err("asked".to_owned()));
    let error = sign(&statement(), &workflow(), &mut services, &mut Dead, now()).unwrap_err();
    assert!(matches!(error, KeylessError::Key(_)), "{error}");
    assert!(SecretKey::generate(Algorithm::EcdsaP256, &mut Dead).is_err());
}
