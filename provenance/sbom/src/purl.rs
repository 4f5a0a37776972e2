//! Package URLs and digests as lock files write them.
//!
//! Source: <https://github.com/package-url/purl-spec>.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Hash, SbomError};

/// `pkg:TYPE/NAME@VERSION?KEY=VALUE`; slashes in `name` divide it, qualifiers in the order of their keys.
pub(crate) fn purl(kind: &str, name: &str, version: &str, qualifiers: &[(&str, &str)]) -> String {
    let name: Vec<String> = name.split('/').map(encoded).collect();
    let mut text = format!("pkg:{kind}/{}@{}", name.join("/"), encoded(version));
    for (index, (key, value)) in qualifiers.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        let _ = write!(text, "{mark}{key}={}", encoded(value));
    }
    text
}

/// Percent-encodes all but letters, digits, `-`, `.`, `_`, `~` and `:`.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn algorithm(name: &str) -> Option<(&'static str, usize)> {
    Some(match name {
        "md5" => ("MD5", 16),
        "sha1" => ("SHA-1", 20),
        "sha256" => ("SHA-256", 32),
        "sha384" => ("SHA-384", 48),
        "sha512" => ("SHA-512", 64),
        _ => return None,
    })
}

/// `sha256:HEX`, as pip, uv and poetry write it.
pub(crate) fn colon_hash(component: &str, text: &str) -> Result<Hash, SbomError> {
    let bad = || SbomError::Digest {
        component: component.to_owned(),
        found: text.to_owned(),
    };
    let (name, hex) = text.split_once(':').ok_or_else(bad)?;
    let (alg, length) = algorithm(name).ok_or_else(bad)?;
    if hex.len() != length * 2 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad());
    }
    Ok(Hash {
        alg,
        content: hex.to_ascii_lowercase(),
    })
}

/// Subresource integrity, as npm writes it: `sha512-BASE64`, several divided by spaces.
pub(crate) fn integrity(component: &str, text: &str) -> Result<Vec<Hash>, SbomError> {
    text.split_whitespace()
        .map(|part| {
            let bad = || SbomError::Digest {
                component: component.to_owned(),
                found: part.to_owned(),
            };
            let (name, rest) = part.split_once('-').ok_or_else(bad)?;
            let (alg, length) = algorithm(name).ok_or_else(bad)?;
            let code = rest.split('?').next().unwrap_or_default();
            let bytes = STANDARD.decode(code).map_err(|_| bad())?;
            if bytes.len() != length {
                return Err(bad());
            }
            let mut content = String::with_capacity(length * 2);
            for byte in bytes {
                let _ = write!(content, "{byte:02x}");
            }
            Ok(Hash { alg, content })
        })
        .collect()
}
