//! A certificate authority and a transparency log that answer as Fulcio and Rekor do, without a socket: real keys, real
//! certificates, a real tree. What they answer can be bent.

#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "helpers of tests"
)]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use caws_attest::sigstore::Certificate;
use caws_attest::{Algorithm, Envelope, PublicKey, SecretKey, SystemRng, pae};
use caws_evidence::{canonical_json, hex, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Who asks, as a workflow does.
pub const ISSUER: &str = "https://token.example.org";
pub const REFERENCE: &str = "example/greet/.github/workflows/release.yml@refs/tags/v1";
pub const NAME: &str =
    "https://example.org/example/greet/.github/workflows/release.yml@refs/tags/v1";
pub const SUBJECT: &str = "repo:example/greet:ref:refs/tags/v1";
/// The part of a token that makes it a secret.
pub const SIGNATURE: &str = "c2VjcmV0LXNpZ25hdHVyZS1vZi10aGUtdG9rZW4";

pub fn key() -> SecretKey {
    SecretKey::generate(Algorithm::EcdsaP256, &mut SystemRng).unwrap()
}

/// Claims of a workflow's token.
pub fn claims(until: Timestamp) -> Value {
    json!({ "iss": ISSUER, "sub": SUBJECT, "aud": "sigstore", "exp": until.as_second(), "job_workflow_ref": REFERENCE })
}

pub fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{SIGNATURE}",
        part(&json!({ "alg": "RS256" })),
        part(claims)
    )
}

/// What a certificate says.
pub struct Issue {
    pub key: PublicKey,
    pub name: String,
    pub issuer: String,
    pub from: Timestamp,
    pub until: Timestamp,
    pub signs_code: bool,
    /// Signed by somebody else under the authority's name.
    pub forged: bool,
}

pub struct Services {
    authority: SecretKey,
    pub log: SecretKey,
    leaves: Vec<Vec<u8>>,
    pub now: Timestamp,
    /// What a token's owner is called.
    pub name: String,
    pub subject: String,
    /// Before a certificate is signed.
    pub issue: fn(&mut Issue),
    /// Before a body is logged: the tree holds what came of it.
    pub body: fn(&mut Value),
    /// Before an entry is sent.
    pub entry: fn(&mut Value),
    /// In place of the answers.
    pub certificate: Option<Result<Vec<u8>, String>>,
    pub answer: Option<Result<Vec<u8>, String>>,
}

impl Services {
    pub fn new(now: Timestamp) -> Self {
        Self {
            authority: key(),
            log: key(),
            leaves: (0..6).map(|n| format!("leaf {n}").into_bytes()).collect(),
            now,
            name: NAME.to_owned(),
            subject: SUBJECT.to_owned(),
            issue: |_| (),
            body: |_| (),
            entry: |_| (),
            certificate: None,
            answer: None,
        }
    }

    /// The authority's own certificate.
    pub fn authority(&self) -> String {
        let key = self.authority.public().unwrap();
        let hour = SignedDuration::from_hours(1);
        let extensions = [
            extension(&[0x55, 0x1d, 0x13], true, &sequence(&[&tlv(1, &[0xff])])),
            extension(&[0x55, 0x1d, 0x0f], true, &tlv(3, &[2, 0x04])),
        ];
        let (from, until) = (self.now - hour, self.now + hour);
        let subject = named("authority");
        pem(&certificate(
            &key,
            &subject,
            (from, until),
            &extensions.concat(),
            &self.authority,
        ))
    }
}

impl caws_attest::sigstore::keyless::Services for Services {
    fn certificate(&mut self, request: &[u8]) -> Result<Vec<u8>, String> {
        if let Some(answer) = &self.certificate {
            return answer.clone();
        }
        let request: Value = serde_json::from_slice(request).unwrap();
        let token = request["credentials"]["oidcIdentityToken"]
            .as_str()
            .unwrap();
        assert!(token.ends_with(SIGNATURE), "the token as it is");
        let asked = &request["publicKeyRequest"];
        assert_eq!(asked["publicKey"]["algorithm"], "ECDSA");
        let key = PublicKey::from_pem(asked["publicKey"]["content"].as_str().unwrap()).unwrap();
        let proof = STANDARD
            .decode(asked["proofOfPossession"].as_str().unwrap())
            .unwrap();
        if key.verify(self.subject.as_bytes(), &proof).is_err() {
            return Err("400: the proof of possession does not verify".to_owned());
        }
        let mut issue = Issue {
            key,
            name: self.name.clone(),
            issuer: ISSUER.to_owned(),
            from: self.now,
            until: self.now + SignedDuration::from_mins(10),
            signs_code: true,
            forged: false,
        };
        (self.issue)(&mut issue);
        // [6] is a URI, [1] an address.
        let tag = if issue.name.contains("://") {
            0x86
        } else {
            0x81
        };
        let names = sequence(&[&tlv(tag, issue.name.as_bytes())]);
        let mut extensions = [
            extension(&[0x55, 0x1d, 0x11], true, &names),
            extension(
                &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x08],
                false,
                &tlv(12, issue.issuer.as_bytes()),
            ),
        ]
        .concat();
        if issue.signs_code {
            let usage = tlv(6, &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03]);
            extensions.extend(extension(&[0x55, 0x1d, 0x25], false, &sequence(&[&usage])));
        }
        let validity = (issue.from, issue.until);
        let other = self::key();
        let signer = if issue.forged {
            &other
        } else {
            &self.authority
        };
        let leaf = pem(&certificate(
            &issue.key,
            &sequence(&[]),
            validity,
            &extensions,
            signer,
        ));
        let chain = json!({ "certificates": [leaf, self.authority()] });
        let answer = json!({ "signedCertificateEmbeddedSct": { "chain": chain } });
        Ok(answer.to_string().into_bytes())
    }

    fn log_entry(&mut self, request: &[u8]) -> Result<Vec<u8>, String> {
        if let Some(answer) = &self.answer {
            return answer.clone();
        }
        let request: Value = serde_json::from_slice(request).unwrap();
        assert_eq!(
            (&request["kind"], &request["apiVersion"]),
            (&json!("dsse"), &json!("0.0.1"))
        );
        let proposed = &request["spec"]["proposedContent"];
        let text = proposed["envelope"].as_str().unwrap();
        let verifier = proposed["verifiers"][0].as_str().unwrap();
        let pem = String::from_utf8(STANDARD.decode(verifier).unwrap()).unwrap();
        let signer = Certificate::from_pem_chain(&pem).unwrap()[0]
            .public_key()
            .unwrap();
        let envelope: Value = serde_json::from_str(text).unwrap();
        let signature = envelope["signatures"][0]["sig"].as_str().unwrap();
        assert_eq!(
            envelope["signatures"][0]["keyid"], "",
            "others would look for a key of that name"
        );
        let payload = STANDARD
            .decode(envelope["payload"].as_str().unwrap())
            .unwrap();
        let message = pae(envelope["payloadType"].as_str().unwrap(), &payload);
        signer
            .verify(&message, &STANDARD.decode(signature).unwrap())
            .unwrap();
        assert!(Envelope::parse(text.as_bytes()).is_ok());
        let digest = |bytes: &[u8]| json!({ "algorithm": "sha256", "value": sha256_hex(bytes) });
        let mut body = json!({
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": digest(text.as_bytes()),
                "payloadHash": digest(&payload),
                "signatures": [{ "signature": signature, "verifier": verifier }],
            },
        });
        (self.body)(&mut body);
        let body = canonical_json(&body).unwrap();
        self.leaves.push(body.clone());
        let index = self.leaves.len() - 1;
        let hashes: Vec<String> = path(index, &self.leaves)
            .iter()
            .map(|hash| hex(hash))
            .collect();
        let root = root(&self.leaves);
        let key = self.log.public().unwrap();
        let note = format!(
            "log.example.org - 1\n{}\n{}\n",
            self.leaves.len(),
            STANDARD.encode(&root)
        );
        let signed = [
            &unhex(&key.fingerprint())[..4],
            &self.log.sign(note.as_bytes()).unwrap(),
        ]
        .concat();
        let checkpoint = format!(
            "{note}\n\u{2014} log.example.org {}\n",
            STANDARD.encode(signed)
        );
        let (time, number) = (self.now.as_second(), index + 1000);
        let promised = canonical_json(&json!({
            "body": STANDARD.encode(&body),
            "integratedTime": time,
            "logID": key.fingerprint(),
            "logIndex": number,
        }))
        .unwrap();
        let mut entry = json!({
            "body": STANDARD.encode(&body),
            "integratedTime": time,
            "logID": key.fingerprint(),
            "logIndex": number,
            "verification": {
                "inclusionProof": {
                    "checkpoint": checkpoint,
                    "hashes": hashes,
                    "logIndex": index,
                    "rootHash": hex(&root),
                    "treeSize": self.leaves.len(),
                },
                "signedEntryTimestamp": STANDARD.encode(self.log.sign(&promised).unwrap()),
            },
        });
        (self.entry)(&mut entry);
        Ok(json!({ "24296fb24b8ad77a": entry })
            .to_string()
            .into_bytes())
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    unhex(&sha256_hex(&parts.concat()))
}

/// RFC 6962 section 2.1, as it is written there.
fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    if let [leaf] = leaves {
        return hash(&[&[0], leaf]);
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    hash(&[&[1], &root(left), &root(right)])
}

/// RFC 6962 section 2.1.1.
fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let half = half(leaves.len());
    let (left, right) = leaves.split_at(half);
    let (mut hashes, other) = if index < half {
        (path(index, left), root(right))
    } else {
        (path(index - half, right), root(left))
    };
    hashes.push(other);
    hashes
}

/// The largest power of two below `length`.
fn half(length: usize) -> usize {
    length.next_power_of_two() / 2
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match length {
        [0, short] if short < 128 => vec![tag, short],
        [high, low] => vec![tag, 0x82, high, low],
    };
    // DER wants the shortest length.
    let head = match head.as_slice() {
        [tag, 0x82, 0, low] => vec![*tag, 0x81, *low],
        _ => head,
    };
    [head, content.to_vec()].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical {
        tlv(1, &[0xff])
    } else {
        Vec::new()
    };
    sequence(&[&tlv(6, oid), &flag, &tlv(4, value)])
}

fn named(name: &str) -> Vec<u8> {
    let pair = sequence(&[&tlv(6, &[0x55, 0x04, 0x03]), &tlv(12, name.as_bytes())]);
    sequence(&[&tlv(0x31, &pair)])
}

fn certificate(
    key: &PublicKey,
    subject: &[u8],
    (from, until): (Timestamp, Timestamp),
    extensions: &[u8],
    signer: &SecretKey,
) -> Vec<u8> {
    // ECDSA with SHA-256.
    let algorithm = sequence(&[&tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])]);
    let time = |at: Timestamp| tlv(0x17, at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes());
    let body = sequence(&[
        &tlv(0xa0, &tlv(2, &[2])),
        &tlv(2, &[7]),
        &algorithm,
        &named("authority"),
        &sequence(&[&time(from), &time(until)]),
        subject,
        key.to_der(),
        &tlv(0xa3, &sequence(&[extensions])),
    ]);
    let signature = [vec![0], signer.sign(&body).unwrap()].concat();
    sequence(&[&body, &algorithm, &tlv(3, &signature)])
}

pub fn pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines(&STANDARD.encode(der))
    )
}

fn lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join("\n")
}
