//! Whose signature it is, of what, and when.

use caws_attest::keyring::{Reason, issue, revoke, rotate};
use caws_attest::statement::PAYLOAD_TYPE;
use caws_attest::{Bundle, Envelope, pae, verify_strict};
use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{MANIFEST_BUNDLE, MANIFEST_PROOF, PLAN_BUNDLE, PLAN_PROOF};
use caws_verify::{Options, Trust};
use serde_json::{Value, json};

use crate::common::{
    COVERAGE, COVERAGE_BUNDLE, LOG_KEY, MUTATION, MUTATION_BUNDLE, STATIC, STATIC_BUNDLE, edit,
    key, log_public, public, whole,
};
use crate::row::{KEYS, Row, Said, Who, anyone, base, edited, made, signer};

/// Every signature of the record, in the order they are looked at.
const ALL: [&str; 5] = [
    MANIFEST_BUNDLE,
    STATIC_BUNDLE,
    COVERAGE_BUNDLE,
    MUTATION_BUNDLE,
    PLAN_BUNDLE,
];
/// The plan was signed at 2026-11-20T10:00:00Z, everything else a minute later: at this time.
const AT: &str = "2026-11-20T10:01:00Z";
const BEFORE: &str = "2026-11-20T09:00:00Z";
const AFTER: &str = "2026-11-20T11:00:00Z";
const NOW: &str = "2026-11-21T00:00:00Z";

pub(crate) fn rows() -> Vec<Row> {
    [signatures(), bundles(), validity(), policies(), times()].concat()
}

fn everywhere(code: &'static str) -> Vec<Said> {
    ALL.into_iter().map(|path| (code, path)).collect()
}

fn signatures() -> Vec<Row> {
    let foreign = || whole().logged(2);
    let of_stranger = |name, path: &'static str| {
        anyone(name, |files| {
            files.insert(path.to_owned(), foreign()[path].clone());
        })
    };
    let mut strangers = everywhere(KEY_UNTRUSTED);
    strangers.push((LEDGER_PROOF, PLAN_PROOF));
    vec![
        made("everything signed by a stranger", foreign())
            .by(Who::Anyone)
            .found(&strangers),
        of_stranger("the evidence of a gate signed by a stranger", STATIC_BUNDLE)
            .found(&[(KEY_UNTRUSTED, STATIC_BUNDLE)]),
        of_stranger("the manifest signed by a stranger", MANIFEST_BUNDLE).found(&[
            (KEY_UNTRUSTED, MANIFEST_BUNDLE),
            (LEDGER_PROOF, MANIFEST_PROOF),
        ]),
        of_stranger("the plan signed by a stranger", PLAN_BUNDLE).found(&[
            (KEY_UNTRUSTED, PLAN_BUNDLE),
            (LEDGER_PROOF, PLAN_PROOF),
            (DIGEST_MISMATCH, PLAN_BUNDLE),
        ]),
        anyone("everything made again and left unsigned", |files| {
            *files = whole().unsigned();
        })
        .found(&[(SIGNATURE_MISSING, MANIFEST_BUNDLE)]),
    ]
}

fn bundles() -> Vec<Row> {
    let invalid = |name, change: fn(&mut Value)| {
        edited(name, STATIC_BUNDLE, change).found(&[(SIGNATURE_INVALID, STATIC_BUNDLE)])
    };
    vec![
        invalid("another key's hint", |b| {
            b["verificationMaterial"]["publicKey"]["hint"] = json!("x");
        }),
        invalid("another key's id", |b| {
            b["dsseEnvelope"]["signatures"][0]["keyid"] = json!("x");
        }),
        invalid("two signatures", |b| {
            let signatures = b["dsseEnvelope"]["signatures"].as_array_mut().unwrap();
            signatures.push(signatures[0].clone());
        }),
        invalid("no signature", |b| {
            b["dsseEnvelope"]["signatures"] = json!([]);
        }),
        invalid("another type of payload", |b| {
            b["dsseEnvelope"]["payloadType"] = json!("application/json");
        }),
        invalid("another media type", |b| {
            b["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v0.2+json");
        }),
        invalid("an entry of another log", |b| {
            b["verificationMaterial"]["tlogEntries"] = json!([{ "logIndex": "1" }]);
        }),
        anyone("the signature of another statement", |files| {
            let other: Value = serde_json::from_slice(&files[COVERAGE_BUNDLE]).unwrap();
            edit(files, STATIC_BUNDLE, |b| {
                b["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"].clone();
            });
        })
        .found(&[(SIGNATURE_INVALID, STATIC_BUNDLE)]),
        anyone(
            "the other `s` of a signature, which anybody can make",
            |files| {
                let mut bundle = Bundle::parse_strict(&files[STATIC_BUNDLE]).unwrap();
                let sig = &mut bundle.envelope.signatures[0].sig;
                *sig = other_s(sig);
                let signed = verify_strict(&files[STATIC_BUNDLE], &[public(1)]).unwrap();
                let message = pae(PAYLOAD_TYPE, &signed.payload);
                assert!(
                    public(1).verify(&message, sig).is_ok(),
                    "plain ECDSA takes it"
                );
                files.insert(
                    STATIC_BUNDLE.to_owned(),
                    bundle.to_canonical_bytes().unwrap(),
                );
            },
        )
        .found(&[(SIGNATURE_INVALID, STATIC_BUNDLE)]),
        anyone("an empty bundle", |files| {
            files.insert(STATIC_BUNDLE.to_owned(), Vec::new());
        })
        .found(&[(SIGNATURE_INVALID, STATIC_BUNDLE)]),
        anyone("a true bundle about another gate", |files| {
            files.insert(STATIC_BUNDLE.to_owned(), base()[COVERAGE_BUNDLE].clone());
        })
        .found(&[(DIGEST_MISMATCH, STATIC)]),
        anyone("a true bundle about another kind of thing", |files| {
            files.insert(STATIC_BUNDLE.to_owned(), base()[MANIFEST_BUNDLE].clone());
        })
        .found(&[
            (SIGNATURE_INVALID, STATIC_BUNDLE),
            (DIGEST_MISMATCH, STATIC),
        ]),
    ]
}

/// Order of the group of P-256 (FIPS 186-5, SP 800-186).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The signature with the order less `s`, in DER, which plain ECDSA accepts as well.
fn other_s(der: &[u8]) -> Vec<u8> {
    let (r, s) = der[2..].split_at(2 + usize::from(der[3]));
    let mut less = ORDER;
    let mut borrow = 0;
    for (at, digit) in s[2..].iter().rev().take(32).enumerate() {
        let place = &mut less[31 - at];
        let difference = i16::from(*place) - i16::from(*digit) - borrow;
        borrow = i16::from(difference < 0);
        *place = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    for place in less[..32 - s[2..].len().min(32)].iter_mut().rev() {
        let difference = i16::from(*place) - borrow;
        borrow = i16::from(difference < 0);
        *place = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let mut digits: Vec<u8> = less.into_iter().skip_while(|digit| *digit == 0).collect();
    if digits[0] >= 0x80 {
        digits.insert(0, 0);
    }
    let length = u8::try_from(digits.len()).unwrap();
    let body = [r, &[0x02, length], &digits].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn lines(records: &[Envelope]) -> Vec<u8> {
    let lines = records.iter();
    lines
        .flat_map(|record| [record.to_json().unwrap(), vec![b'\n']].concat())
        .collect()
}

fn options(trust: Trust) -> Options {
    Options {
        keys: trust.keys().to_vec(),
        trust: Some(trust),
        ..Options::default()
    }
}

/// Key 1 and the ledger's are pinned, and these records are known of them.
fn pinned(records: &[Envelope], now: &str) -> Options {
    let keys = [public(1), log_public(LOG_KEY)];
    options(Trust::pinned(&keys, &lines(records), time(now)).unwrap())
}

/// The true record, judged with what is known of its key.
fn judged(name: &'static str, records: &[Envelope]) -> Row {
    made(name, base()).under(pinned(records, NOW)).left(KEYS)
}

fn validity() -> Vec<Row> {
    let issued = |from, until: Option<&str>| {
        issue(&key(1), time(from), time(from), until.map(time)).unwrap()
    };
    let given_up = |since, reason| {
        let fingerprint = public(1).fingerprint();
        revoke(&fingerprint, &key(1), time(since), time(since), reason).unwrap()
    };
    let follow = rotate(
        &key(1),
        &key(2),
        time("2026-11-01T00:00:00Z"),
        (time("2026-11-01T00:00:00Z"), None),
        None,
    );
    let stolen = given_up("2026-11-02T00:00:00Z", Reason::Compromised);
    let long_before = "2026-01-01T00:00:00Z";
    vec![
        judged(
            "signed after the key had expired",
            &[issued(long_before, Some(BEFORE))],
        )
        .found(&everywhere(KEY_EXPIRED)),
        judged("signed before the key counted", &[issued(AFTER, None)])
            .found(&everywhere(KEY_NOT_YET_VALID)),
        judged(
            "signed by a key that was retired",
            &[given_up(BEFORE, Reason::Retired)],
        )
        .found(&everywhere(KEY_REVOKED)),
        judged(
            "signed by a key that another had followed",
            &[given_up(BEFORE, Reason::Superseded)],
        )
        .found(&everywhere(KEY_REVOKED)),
        judged(
            "signed by a key that was stolen later, of whatever date",
            &[given_up(AFTER, Reason::Compromised)],
        )
        .found(&everywhere(KEY_REVOKED)),
        made(
            "signed by the successor that a stolen key named",
            whole().logged(2),
        )
        .under(pinned(&[follow.unwrap(), stolen], NOW))
        .found(&everywhere(KEY_UNTRUSTED))
        .left(KEYS),
    ]
}

fn policies() -> Vec<Row> {
    let policy = |name, grant: Value, ledger: Value| {
        let mut keys = vec![
            json!({ "name": "release", "public_key": public(1).to_pem().unwrap(),
                    "signs": ["manifest", "evidence"] }),
            json!({ "name": "ledger", "public_key": log_public(LOG_KEY).to_pem().unwrap(),
                    "signs": ["ledger"] }),
        ];
        for (entry, change) in keys.iter_mut().zip([grant, ledger]) {
            for (field, value) in change.as_object().unwrap() {
                entry[field] = value.clone();
            }
        }
        let policy = json!({ "schema_version": 1, "keys": keys }).to_string();
        let trust = Trust::of_policy(policy.as_bytes(), b"", time(NOW)).unwrap();
        made(name, base()).under(options(trust)).left(KEYS)
    };
    let none = || json!({});
    vec![
        policy(
            "a manifest by a key that may sign evidence alone",
            json!({ "signs": ["evidence"] }),
            none(),
        )
        .found(&[
            (KEY_NOT_ALLOWED, MANIFEST_BUNDLE),
            (KEY_NOT_ALLOWED, PLAN_BUNDLE),
        ]),
        policy(
            "evidence by a key that may sign the manifest alone",
            json!({ "signs": ["manifest"] }),
            none(),
        )
        .found(&everywhere(KEY_NOT_ALLOWED)[1..4]),
        policy(
            "a gate by a key for other gates",
            json!({ "gates": ["static", "mutation"] }),
            none(),
        )
        .found(&[(KEY_NOT_ALLOWED, COVERAGE_BUNDLE)]),
        policy(
            "signed after the policy's end of a key",
            json!({ "until": BEFORE }),
            none(),
        )
        .found(&everywhere(KEY_EXPIRED)),
        policy(
            "checkpoints by a key that may not sign them",
            none(),
            json!({ "signs": ["evidence"] }),
        )
        .found(&[(LEDGER_PROOF, PLAN_PROOF)]),
    ]
}

/// The clock, set otherwise.
fn times() -> Vec<Row> {
    let inconsistent = [STATIC, COVERAGE, MUTATION].map(|path| (RECORD_INCONSISTENT, path));
    let dated = |name, finished: &str| {
        signer(name, |record| record.run.finished = finished.to_owned()).under(pinned(&[], AT))
    };
    vec![
        dated("signed in the future", "2026-11-20T11:00:00Z")
            .found(&[
                (SIGNING_TIME, MANIFEST_BUNDLE),
                (SIGNING_TIME, STATIC_BUNDLE),
                (SIGNING_TIME, COVERAGE_BUNDLE),
                (SIGNING_TIME, MUTATION_BUNDLE),
                (LEDGER_PROOF, PLAN_PROOF),
            ])
            .left(KEYS),
        dated("signed at a time that is none", "yesterday").found(
            &[
                &[(SIGNING_TIME, MANIFEST_BUNDLE)],
                &inconsistent[..1],
                &[(SIGNING_TIME, STATIC_BUNDLE)],
                &inconsistent[1..2],
                &[(SIGNING_TIME, COVERAGE_BUNDLE)],
                &inconsistent[2..],
                &[(SIGNING_TIME, MUTATION_BUNDLE), (LEDGER_PROOF, PLAN_PROOF)],
            ]
            .concat(),
        ),
        signer("a run dated before its own measurements", |record| {
            record.run.started = "2026-11-19T10:00:00Z".to_owned();
            record.run.finished = "2026-11-19T10:01:00Z".to_owned();
        })
        .found(&inconsistent),
        signer("evidence of last week passed off as fresh", |record| {
            record.evidence[0].started = "2026-11-13T10:00:00Z".to_owned();
            record.evidence[0].finished = "2026-11-13T10:00:01Z".to_owned();
        })
        .found(&inconsistent[..1]),
        signer("evidence that ended before it began", |record| {
            record.run.started = "2026-11-20T08:00:00Z".to_owned();
            record.evidence[0].finished = "2026-11-20T09:00:00Z".to_owned();
        })
        .found(&inconsistent[..1]),
        signer(
            "evidence from the cache that is younger than the run",
            |record| {
                record.run.cached.insert("static".to_owned());
                record.run.started = "2026-11-20T09:00:00Z".to_owned();
            },
        )
        .found(&inconsistent[..1]),
    ]
}
