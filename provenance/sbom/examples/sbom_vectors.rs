//! Writes the CycloneDX documents that `provenance/interop/run` has others validate.
//!
//! Usage: `sbom_vectors DIR`, in the repository's root. One document for each lock file of this repository and one for each
//! kind of lock file it has none of.

use std::error::Error;
use std::path::Path;

use caws_evidence::canonical_json;
use caws_sbom::{Lock, add_licenses, document};

const UV: &str = r#"
version = 1
[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "a" }]
[[package]]
name = "a"
version = "1.0"
source = { registry = "https://example.org/simple" }
wheels = [{ url = "https://example.org/a.whl", hash = "sha256:1111111111111111111111111111111111111111111111111111111111111111" }]
"#;

const POETRY: &str = r#"
[[package]]
name = "a"
version = "1.0"
optional = false
files = [{ file = "a-1.0.whl", hash = "sha256:1111111111111111111111111111111111111111111111111111111111111111" }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args_os()
        .nth(1)
        .ok_or("usage: sbom_vectors DIR")?;
    let dir = Path::new(&dir);
    for (name, lock) in [
        ("cargo", Lock::Cargo.read(&std::fs::read("Cargo.lock")?)?),
        (
            "npm",
            Lock::Npm.read(&std::fs::read("provenance/interop/package-lock.json")?)?,
        ),
        (
            "requirements",
            Lock::Requirements.read(&std::fs::read("provenance/interop/requirements.txt")?)?,
        ),
        ("uv", Lock::Uv.read(UV.as_bytes())?),
        ("poetry", Lock::Poetry.read(POETRY.as_bytes())?),
    ] {
        let mut inventory = lock;
        if name == "cargo" {
            let metadata = r#"{"packages":[{"name":"serde","version":"1.0.0","license":"MIT OR Apache-2.0"}]}"#;
            add_licenses(&mut inventory, metadata.as_bytes())?;
        }
        let bytes = canonical_json(&document(&inventory, "interop")?)?;
        std::fs::write(dir.join(format!("{name}.cdx.json")), bytes)?;
    }
    Ok(())
}
