//! CycloneDX 1.6 in JSON.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json/>. There is no time in it, and its serial number is made of its content
//! (RFC 9562, UUID version 8), so that the same lock file gives the same bytes.

use std::collections::BTreeSet;

use caws_evidence::{canonical_json, sha256_hex};
use serde_json::{Map, Value, json};

use crate::license::licenses;
use crate::model::{Component, Hash, Inventory, Need, ROOT};

/// in-toto predicate type of a CycloneDX document.
pub const PREDICATE_TYPE: &str = "https://cyclonedx.org/bom";

/// The document about a project called `name`, unless the lock file has a name for it.
///
/// # Errors
/// Never for an inventory of ours; the signature follows `serde_json`.
pub fn document(inventory: &Inventory, name: &str) -> serde_json::Result<Value> {
    let (name, version) = match &inventory.root {
        Some((name, version)) => (name.as_str(), version.as_deref()),
        None => (name, None),
    };
    let mut root = json!({ "type": "application", "name": name, "bom-ref": ROOT });
    if let Some(version) = version {
        set(&mut root, "version", json!(version));
    }
    let components: Vec<Value> = inventory.components.iter().map(component).collect();
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{ "phase": "pre-build" }],
            "tools": { "components": [{ "type": "application", "name": "caws", "version": env!("CARGO_PKG_VERSION") }] },
            "component": root,
            "properties": [{ "name": "caws:lock:sha256", "value": inventory.lock_sha256 }],
        },
        "components": components,
        "dependencies": dependencies(inventory),
    });
    let serial = serial(&sha256_hex(&canonical_json(&document)?));
    set(&mut document, "serialNumber", json!(serial));
    Ok(document)
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

/// `urn:uuid:` of the first 122 free bits of a digest in hexadecimal.
fn serial(digest: &str) -> String {
    let digits: Vec<char> = digest.chars().collect();
    let part = |from: usize, to: usize| {
        digits
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .collect::<String>()
    };
    // The variant's two bits are 10: of each digit's four bits the upper two are overwritten.
    let variant = digits
        .get(16)
        .and_then(|c| c.to_digit(16))
        .unwrap_or_default()
        & 3
        | 8;
    format!(
        "urn:uuid:{}-{}-8{}-{variant:x}{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

fn hashes(hashes: &[Hash]) -> Value {
    let items = hashes
        .iter()
        .map(|hash| json!({ "alg": hash.alg, "content": hash.content }));
    items.collect()
}

fn component(component: &Component) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    put("type", json!("library"));
    put("bom-ref", json!(component.reference));
    put("name", json!(component.name));
    put("version", json!(component.version));
    put(
        "scope",
        json!(match component.need {
            Need::Required => "required",
            Need::Optional => "optional",
            Need::Development => "excluded",
        }),
    );
    if !component.hashes.is_empty() {
        put("hashes", hashes(&component.hashes));
    }
    if let Some(license) = &component.license {
        put("licenses", licenses(license));
    }
    if let Some(purl) = &component.purl {
        put("purl", json!(purl));
    }
    if !component.distributions.is_empty() {
        let reference = |url: &str, hash: &Option<Hash>| {
            let mut one = json!({ "type": "distribution", "url": url });
            if let Some(hash) = hash {
                set(&mut one, "hashes", hashes(std::slice::from_ref(hash)));
            }
            one
        };
        let all = component
            .distributions
            .iter()
            .map(|d| reference(&d.url, &d.hash));
        put("externalReferences", all.collect());
    }
    Value::Object(fields)
}

fn dependencies(inventory: &Inventory) -> Value {
    let stated: Vec<&str> = references(inventory, |component| component.direct);
    let direct = if stated.is_empty() {
        // The lock file does not say what the project itself needs: whatever nothing else does.
        let needed: BTreeSet<&String> = inventory
            .components
            .iter()
            .flat_map(|component| &component.depends_on)
            .collect();
        references(inventory, |component| {
            !needed.contains(&component.reference)
        })
    } else {
        stated
    };
    let mut all = vec![json!({ "ref": ROOT, "dependsOn": direct })];
    all.extend(
        inventory.components.iter().map(
            |component| json!({ "ref": component.reference, "dependsOn": component.depends_on }),
        ),
    );
    Value::Array(all)
}

fn references(inventory: &Inventory, wanted: impl Fn(&Component) -> bool) -> Vec<&str> {
    inventory
        .components
        .iter()
        .filter(|component| wanted(component))
        .map(|component| component.reference.as_str())
        .collect()
}
