//! Lock files, software bills of materials and owners, as policies see them.

use caws_evidence::sha256_hex;
use caws_sbom::{Component, Lock};
use serde_json::{Value, json};

/// A lock file; `None` for any other file.
pub(super) fn lock(path: &str, read: impl FnOnce() -> Result<Vec<u8>, String>) -> Option<Value> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lock = Lock::named(name)?;
    let kind = match lock {
        Lock::Cargo => "cargo",
        Lock::Npm => "npm",
        Lock::Requirements => "requirements",
        Lock::Uv => "uv",
        Lock::Poetry => "poetry",
    };
    let bytes = read();
    let sha256 = bytes
        .as_ref()
        .map_or_else(|_| sha256_hex(b""), |bytes| sha256_hex(bytes));
    let inventory = bytes.and_then(|bytes| lock.read(&bytes).map_err(|error| error.to_string()));
    let (packages, error) = match inventory {
        Ok(inventory) => (inventory.components.iter().map(locked).collect(), None),
        Err(why) => (Vec::new(), Some(why)),
    };
    Some(json!({
        "path": path, "sha256": sha256, "kind": kind, "error": error, "packages": Value::Array(packages),
    }))
}

fn locked(component: &Component) -> Value {
    let files = &component.distributions;
    let hashed = if files.is_empty() {
        !component.hashes.is_empty()
    } else {
        files
            .iter()
            .all(|file| file.hash.is_some() || file.url.contains("checksum="))
    };
    json!({
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "license": component.license,
        "source": source(component.purl.as_deref()),
        "hashed": hashed,
    })
}

/// Where a package comes from, by its package URL.
fn source(purl: Option<&str>) -> String {
    let Some(purl) = purl else {
        return "project".to_owned();
    };
    let qualifiers = purl.split_once('?').map_or("", |(_, rest)| rest);
    let qualifiers = qualifiers.split('#').next().unwrap_or_default();
    for (key, value) in qualifiers
        .split('&')
        .filter_map(|pair| pair.split_once('='))
    {
        match key {
            "vcs_url" => return "git".to_owned(),
            "repository_url" | "download_url" => return decoded(value),
            _ => {}
        }
    }
    "registry".to_owned()
}

/// Text without percent-encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let digits = others
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte.filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A CycloneDX document.
pub(super) fn sbom(path: &str, bytes: Result<Vec<u8>, String>) -> Value {
    let sha256 = bytes
        .as_ref()
        .map_or_else(|_| sha256_hex(b""), |bytes| sha256_hex(bytes));
    let document = bytes.and_then(|bytes| {
        serde_json::from_slice::<Value>(&bytes).map_err(|error| format!("it is no JSON: {error}"))
    });
    let document = document.and_then(|document| {
        if document.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX") {
            Ok(document)
        } else {
            Err("it is no CycloneDX document in JSON".to_owned())
        }
    });
    let (document, error) = match document {
        Ok(document) => (document, None),
        Err(why) => (Value::Null, Some(why)),
    };
    let components = document.get("components").and_then(Value::as_array);
    let packages: Vec<Value> = components.into_iter().flatten().map(listed).collect();
    let properties = document
        .pointer("/metadata/properties")
        .and_then(Value::as_array);
    let made_of = properties.into_iter().flatten().find_map(|property| {
        let ours = property.get("name").and_then(Value::as_str) == Some("caws:lock:sha256");
        property
            .get("value")
            .and_then(Value::as_str)
            .filter(|_| ours)
    });
    json!({
        "path": path,
        "sha256": sha256,
        "error": error,
        "format": document.get("bomFormat"),
        "spec_version": document.get("specVersion"),
        "lock_sha256": made_of,
        "packages": packages,
    })
}

fn listed(component: &Value) -> Value {
    let text = |key: &str| component.get(key).and_then(Value::as_str);
    let purl = text("purl");
    let hashes = component.get("hashes").and_then(Value::as_array);
    let name = match text("group") {
        Some(group) if !group.is_empty() => format!("{group}/{}", text("name").unwrap_or_default()),
        _ => text("name").unwrap_or_default().to_owned(),
    };
    json!({
        "name": name,
        "version": text("version").unwrap_or_default(),
        "purl": purl,
        "license": licence(component),
        "source": source(purl),
        "hashed": hashes.is_some_and(|hashes| !hashes.is_empty()),
    })
}

/// All licences of a component as one expression; several must all be kept.
fn licence(component: &Value) -> Option<String> {
    let all = component.get("licenses").and_then(Value::as_array)?;
    let each = all.iter().filter_map(|one| {
        one.get("expression")
            .or_else(|| one.pointer("/license/id"))
            .or_else(|| one.pointer("/license/name"))
            .and_then(Value::as_str)
    });
    let each: Vec<&str> = each.collect();
    (!each.is_empty()).then(|| each.join(" AND "))
}

/// A CODEOWNERS file: a pattern and its owners on a line.
pub(super) fn codeowners(path: &str, bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    let rules: Vec<Value> = (1_u32..)
        .zip(text.lines())
        .filter_map(|(number, line)| {
            let line = line.split(" #").next().unwrap_or(line).trim();
            let mut words = line.split_whitespace();
            let pattern = words.next().filter(|word| !word.starts_with('#'))?;
            let owners: Vec<&str> = words.collect();
            Some(json!({ "pattern": pattern, "owners": owners, "line": number }))
        })
        .collect();
    json!({ "path": path, "rules": rules })
}
