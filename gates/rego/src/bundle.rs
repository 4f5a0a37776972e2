//! Bundles as the Open Policy Agent loads them, and their signature.
//!
//! Source: <https://www.openpolicyagent.org/docs/management-bundles>. A bundle is a gzipped tar file with
//! `.manifest`, `data.json`, the policies, and `.signatures.json`: one JWT (RFC 7519) over the digests of the
//! other files. The same policies give the same bytes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::policies::Policies;

/// Name of the manifest.
pub const MANIFEST: &str = ".manifest";
/// Name of the data document.
pub const DATA: &str = "data.json";
/// Name of the signatures.
pub const SIGNATURES: &str = ".signatures.json";
/// Bytes of one number of an ECDSA signature over P-256.
const P256_BYTES: usize = 32;

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Path in the bundle, with `/`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The files of a bundle, unsigned: manifest, data, policies without their tests.
#[must_use]
pub fn files(policies: &Policies, data: &Value, revision: &str) -> Vec<BundleFile> {
    let manifest = json!({
        "revision": revision,
        "roots": roots(policies, data),
        "rego_version": 1,
    });
    let mut files = vec![
        BundleFile {
            path: MANIFEST.to_owned(),
            bytes: canonical(&manifest).into_bytes(),
        },
        BundleFile {
            path: DATA.to_owned(),
            bytes: canonical(data).into_bytes(),
        },
    ];
    let mut sources: Vec<_> = policies
        .sources
        .iter()
        .filter(|source| !source.is_test())
        .collect();
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    files.extend(sources.into_iter().map(|source| BundleFile {
        path: source.path.trim_start_matches('/').to_owned(),
        bytes: source.text.clone().into_bytes(),
    }));
    files
}

/// What the bundle alone may define: its packages and the parts of its data, none within another.
fn roots(policies: &Policies, data: &Value) -> Vec<String> {
    let packages = policies
        .modules()
        .iter()
        .map(|package| package.replace('.', "/"));
    let parts = data
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone());
    let all: BTreeSet<String> = packages.chain(parts).collect();
    let within = |root: &String| {
        all.iter().any(|other| {
            root.strip_prefix(other.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    all.iter().filter(|root| !within(root)).cloned().collect()
}

/// What is signed of a bundle: the first two parts of the JWT, for ECDSA over P-256 (`ES256`).
#[must_use]
pub fn signing_input(files: &[BundleFile], key_id: &str) -> String {
    let header = json!({ "alg": "ES256", "kid": key_id, "typ": "JWT" });
    let listed: Vec<Value> = files
        .iter()
        .map(|file| json!({ "name": file.path, "hash": digest(file), "algorithm": "SHA-256" }))
        .collect();
    let payload = json!({ "files": listed });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(canonical(value));
    format!("{}.{}", part(&header), part(&payload))
}

/// The file with the signature. `signature` is DER, as ECDSA signatures are written elsewhere; a JWT has the
/// two numbers side by side (RFC 7518, section 3.4). `None` where it is no such signature.
#[must_use]
pub fn signatures(signing_input: &str, signature: &[u8]) -> Option<BundleFile> {
    let (first, second) = der_numbers(signature)?;
    let mut raw = [0_u8; 2 * P256_BYTES];
    let (left, right) = raw.split_at_mut(P256_BYTES);
    for (into, number) in [(left, first), (right, second)] {
        let from = P256_BYTES.checked_sub(number.len())?;
        into.get_mut(from..)?.copy_from_slice(number);
    }
    let token = format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(raw));
    let document = json!({ "signatures": [token] });
    Some(BundleFile {
        path: SIGNATURES.to_owned(),
        bytes: canonical(&document).into_bytes(),
    })
}

/// The two numbers of a DER `SEQUENCE { INTEGER, INTEGER }`, without leading zeros.
fn der_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, rest) = element(der, 0x30)?;
    let (first, body) = element(body, 0x02)?;
    let (second, after) = element(body, 0x02)?;
    (rest.is_empty() && after.is_empty()).then(|| (without_zeros(first), without_zeros(second)))
}

/// The content of a DER element of this tag with a short length, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, bytes) = bytes.split_first()?;
    let (&length, bytes) = bytes.split_first()?;
    (found == tag && length < 0x80).then(|| bytes.split_at_checked(usize::from(length)))?
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// The digest of a file as OPA computes it: of a JSON document its canonical form counts, so that white space
/// does not, of anything else its bytes.
fn digest(file: &BundleFile) -> String {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let structured = name == MANIFEST || name == DATA;
    let parsed = structured
        .then(|| serde_json::from_slice(&file.bytes).ok())
        .flatten();
    let hash = match parsed {
        Some(value) => Sha256::digest(canonical(&value)),
        None => Sha256::digest(&file.bytes),
    };
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// JSON without white space, keys sorted, as Go's encoder writes it without HTML escapes.
fn canonical(value: &Value) -> String {
    let primitive = |value: &Value| {
        value
            .to_string()
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029")
    };
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(key, value)| {
                    format!(
                        "{}:{}",
                        primitive(&Value::from(key.as_str())),
                        canonical(value)
                    )
                })
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => primitive(other),
    }
}

/// The gzipped tar file. Times, owners and rights are constants.
///
/// # Errors
/// A path that does not fit into a tar header.
pub fn archive(files: &[BundleFile]) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(file.bytes.len()).unwrap_or(u64::MAX));
        header.set_mode(0o644);
        header.set_mtime(0);
        tar.append_data(&mut header, &file.path, file.bytes.as_slice())?;
    }
    let tar = tar.into_inner()?;
    let mut gzip = flate2::GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), flate2::Compression::best());
    gzip.write_all(&tar)?;
    gzip.finish()
}
