//! Bundles. The digests were computed with sha256sum over the canonical text.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::nothing;
use crate::bundle::{BundleFile, archive, files, signatures, signing_input};
use crate::{Policies, Source};

fn policies() -> Policies {
    let sources = [
        Source::new(
            "policy/b.rego",
            "package a.b\ndeny contains \"x\" if input.x",
        ),
        Source::new("policy/a.rego", "package a\ndeny contains \"x\" if input.x"),
        Source::new("policy/a_test.rego", "package a_test\ntest_x if true"),
    ];
    Policies::compile(&sources, &nothing(), None).unwrap()
}

fn payload(input: &str) -> (Value, Value) {
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    (part(header), part(payload))
}

#[test]
fn a_bundle_has_manifest_data_and_policies_without_tests() {
    let files = files(&policies(), &json!({ "c": 1 }), "r1");
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [".manifest", "data.json", "policy/a.rego", "policy/b.rego"]
    );
    let manifest: Value = serde_json::from_slice(&files[0].bytes).unwrap();
    // `a/b` lies within `a`, and roots must not overlap.
    assert_eq!(
        manifest,
        json!({ "revision": "r1", "roots": ["a", "c"], "rego_version": 1 })
    );
}

#[test]
fn the_archive_is_the_same_every_time_and_holds_the_files() {
    let files = files(&policies(), &nothing(), "");
    let bytes = archive(&files).unwrap();
    assert_eq!(bytes, archive(&files).unwrap());
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let mut found = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        found.push(BundleFile { path, bytes });
    }
    assert_eq!(found, files);
}

#[test]
fn of_json_the_meaning_is_signed_and_of_policies_the_bytes() {
    let file = |path: &str, text: &str| BundleFile {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let digests = |data: &str, policy: &str| {
        let files = [file("data.json", data), file("p.rego", policy)];
        let (_, payload) = payload(&signing_input(&files, "k"));
        let hash = |index: usize| payload["files"][index]["hash"].as_str().unwrap().to_owned();
        (hash(0), hash(1))
    };
    let (data, policy) = digests("{\"b\": [1, true],\n \"a\": \"<\"}", "package p");
    // sha256 of {"a":"<","b":[1,true]} and of package p.
    assert_eq!(data, DATA_SHA256);
    assert_eq!(policy, POLICY_SHA256);
    let (same, other) = digests("{\"a\":\"<\",\"b\":[1,true]}", "package p ");
    assert_eq!(same, data);
    assert_ne!(other, policy);
}

const DATA_SHA256: &str = "b2ee7cfed89880a653ae21e882918a3915e7496eab74b27d38b19103a23be9f8";
const POLICY_SHA256: &str = "ecadde608b070b7cc59ca39f75800abd426976274cf0edf60a6c8d1bcc7cd316";

#[test]
fn the_signature_is_a_jwt_with_its_two_numbers_side_by_side() {
    let files = files(&policies(), &nothing(), "");
    let input = signing_input(&files, "key-1");
    let (header, payload) = payload(&input);
    assert_eq!(
        header,
        json!({ "alg": "ES256", "kid": "key-1", "typ": "JWT" })
    );
    assert_eq!(payload["files"].as_array().unwrap().len(), files.len());
    // SEQUENCE { INTEGER 00 ff.. (33 bytes, a zero before the high bit), INTEGER 07 }
    let mut der = vec![0x30, 0x26, 0x02, 0x21, 0x00];
    der.extend([0xff; 32]);
    der.extend([0x02, 0x01, 0x07]);
    let file = signatures(&input, &der).unwrap();
    assert_eq!(file.path, ".signatures.json");
    let document: Value = serde_json::from_slice(&file.bytes).unwrap();
    let token = document["signatures"][0].as_str().unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    assert_eq!(signed, input);
    let mut raw = vec![0xff; 32];
    raw.extend([0; 31]);
    raw.push(7);
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), raw);
}

#[test]
fn what_is_no_der_signature_is_refused() {
    for der in [
        &[][..],
        &[0x30, 0x00],
        &[0x30, 0x06, 2, 1, 1, 2, 1, 1, 0],
        &[0x30, 0x05, 2, 1, 1, 2, 1],
    ] {
        assert!(signatures("a.b", der).is_none(), "{der:?}");
    }
}
