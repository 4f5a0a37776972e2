//! Writes what strangers' verifiers are asked about, with fresh keys: `provenance/interop/run` calls it.
//!
//! Usage: `attest_vectors DIR`. Keys, a DSSE envelope, its pre-authentication encoding and a Sigstore bundle for each
//! algorithm, an envelope with two signatures, key files at rest (passphrase `interop`), key records, and one predicate
//! of every type.

use std::error::Error;
use std::path::Path;

use caws_attest::keyring::{Reason, issue, revoke, rotate};
use caws_attest::keys::{Cost, SystemRng};
use caws_attest::predicate::slsa::Provenance;
use caws_attest::predicate::summary::{SimpleResult, Summary};
use caws_attest::predicate::test_result::TestResult;
use caws_attest::statement::{PAYLOAD_TYPE, ResourceDescriptor, Statement};
use caws_attest::{Algorithm, Predicate, SecretKey, dsse, pae, sign_statement};
use caws_evidence::{Evidence, canonical_json, sha256_hex};
use serde_json::{Value, json};

type Done = Result<(), Box<dyn Error>>;

const PASSPHRASE: &[u8] = b"interop";

fn main() -> Done {
    let dir = std::env::args_os()
        .nth(1)
        .ok_or("usage: attest_vectors DIR")?;
    let dir = Path::new(&dir);
    let write = |name: &str, bytes: &[u8]| -> Done {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        Ok(std::fs::write(path, bytes)?)
    };
    let p256 = SecretKey::generate(Algorithm::EcdsaP256, &mut SystemRng)?;
    let ed25519 = SecretKey::generate(Algorithm::Ed25519, &mut SystemRng)?;
    let evidence: Evidence = serde_json::from_value(evidence())?;
    let subject = || {
        vec![ResourceDescriptor::digested(
            "artifact",
            "sha256",
            &sha256_hex(b"artifact"),
        )]
    };
    let statement = Statement::of(subject(), &evidence)?;
    let payload = canonical_json(&statement)?;

    for (name, key) in [("p256", &p256), ("ed25519", &ed25519)] {
        write(&format!("{name}.pub"), key.public()?.to_pem()?.as_bytes())?;
        let envelope = dsse::sign(PAYLOAD_TYPE, payload.clone(), &[key])?;
        write(&format!("{name}.dsse.json"), &envelope.to_json()?)?;
        write(&format!("{name}.pae"), &pae(PAYLOAD_TYPE, &payload))?;
        let signature = envelope.signatures.first().ok_or("no signature")?;
        write(&format!("{name}.sig"), &signature.sig)?;
        let bundle = sign_statement(&statement, key)?;
        write(
            &format!("{name}.sigstore.json"),
            &bundle.to_canonical_bytes()?,
        )?;
        write(&format!("{name}.plain.pem"), key.to_pem()?.as_bytes())?;
        let encrypted = key.to_encrypted_pem(PASSPHRASE, Cost::default(), &mut SystemRng)?;
        write(&format!("{name}.encrypted.pem"), encrypted.as_bytes())?;
        let cosign = key.to_cosign_pem(PASSPHRASE, &mut SystemRng)?;
        write(&format!("{name}.cosign.key"), cosign.as_bytes())?;
    }
    let both = dsse::sign(PAYLOAD_TYPE, payload, &[&p256, &ed25519])?;
    write("both.dsse.json", &both.to_json()?)?;

    let at = |text: &str| text.parse::<jiff::Timestamp>();
    let (began, changed, ended) = (
        at("2026-01-01T00:00:00Z")?,
        at("2026-06-01T00:00:00Z")?,
        at("2027-01-01T00:00:00Z")?,
    );
    let old = p256.public()?.fingerprint();
    let records = [
        ("issue", issue(&p256, began, began, Some(ended))?),
        (
            "rotate",
            rotate(
                &p256,
                &ed25519,
                changed,
                (changed, Some(ended)),
                Some(ended),
            )?,
        ),
        (
            "revoke",
            revoke(&old, &ed25519, changed, changed, Reason::Superseded)?,
        ),
    ];
    for (name, record) in records {
        write(&format!("records/{name}.dsse.json"), &record.to_json()?)?;
    }

    let predicate = |name: &str, value: &Value| {
        write(
            &format!("predicates/{name}.json"),
            &serde_json::to_vec(value)?,
        )
    };
    predicate("gate-evidence-v1", &statement.predicate)?;
    predicate("test-result-v0.1", &checked(&TestResult::of(&evidence))?)?;
    predicate(
        "slsa-provenance-v1",
        &checked::<Provenance>(&serde_json::from_value(provenance())?)?,
    )?;
    predicate(
        "verification-summary-v1",
        &checked::<Summary>(&serde_json::from_value(summary())?)?,
    )?;
    predicate(
        "simple-verification-result-v0.2",
        &checked::<SimpleResult>(&serde_json::from_value(simple())?)?,
    )
}

/// The predicate as it is written, once it keeps its own rules.
fn checked<P: Predicate>(predicate: &P) -> Result<Value, Box<dyn Error>> {
    predicate.check()?;
    Ok(serde_json::to_value(predicate)?)
}

fn evidence() -> Value {
    let tool = json!({ "name": "llvm-cov", "version": "22.1.8", "sha256": "11".repeat(32) });
    json!({
        "schema_version": 1, "gate": "coverage", "verdict": "pass",
        "measurements": [{ "name": "branch_coverage", "value": 0.9, "unit": "ratio", "ratio": { "numerator": 9, "denominator": 10 },
                           "basis": "reported", "comparator": ">=", "threshold": 0.9, "met": true }],
        "findings": [], "scope": { "included": ["**/*.rs"], "excluded": [] }, "tool": tool, "tools": [tool],
        "command": ["cargo", "llvm-cov"], "exit_code": 0, "key_output": "ü ✓", "steps": [],
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "commit": null, "environment": { "os": "linux" },
        "inputs": [], "outputs": [], "plan_sha256": "22".repeat(32), "waivers": []
    })
}

fn provenance() -> Value {
    json!({
        "buildDefinition": {
            "buildType": "https://kokoro-tts.com/caws/build/cargo/v1",
            "externalParameters": { "package": "caws", "locked": true },
            "resolvedDependencies": [{ "name": "Cargo.lock", "digest": { "sha256": "33".repeat(32) } }]
        },
        "runDetails": {
            "builder": { "id": "https://kokoro-tts.com/caws/builder/local/v1" },
            "metadata": { "startedOn": "2026-01-01T00:00:00Z", "finishedOn": "2026-01-01T00:05:00Z" }
        }
    })
}

fn summary() -> Value {
    json!({
        "verifier": { "id": "https://kokoro-tts.com/caws/verify", "version": { "caws": "0.1.0" } },
        "timeVerified": "2026-01-01T00:00:00Z", "resourceUri": "urn:caws:interop",
        "policy": { "uri": "urn:caws:policy", "digest": { "sha256": "44".repeat(32) } },
        "inputAttestations": [{ "uri": "urn:caws:evidence", "digest": { "sha256": "55".repeat(32) } }],
        "verificationResult": "PASSED", "verifiedLevels": ["SLSA_BUILD_LEVEL_1"], "slsaVersion": "1.0"
    })
}

fn simple() -> Value {
    json!({
        "verifier": { "id": "https://kokoro-tts.com/caws/verify", "policies": [] },
        "timeCreated": "2026-01-01T00:00:00Z", "properties": ["CAWS_TIER_2"]
    })
}
