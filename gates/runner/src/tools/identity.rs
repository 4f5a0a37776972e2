//! Name, version and digest of an executable, remembered while the file stays the same.

use std::path::Path;
use std::time::UNIX_EPOCH;

use caws_evidence::{ToolIdentity, sha256_hex};
use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::record;
use crate::tools::version;

#[derive(Serialize, Deserialize)]
struct Remembered {
    path: String,
    length: u64,
    modified_ns: u64,
    version: String,
    sha256: String,
}

/// Identifies an executable: what it prints as its version, and what its bytes hash to.
///
/// `None` where it is no file, or says no version.
#[must_use]
pub fn of(host: &Host, name: &str, program: &Path) -> Option<ToolIdentity> {
    remembered(host, program, || version::ask(host, name, program)).map(|(version, sha256)| {
        ToolIdentity {
            name: name.to_owned(),
            version,
            sha256,
        }
    })
}

/// As [`of`]; an executable that says no version is known by its digest alone.
#[must_use]
pub fn of_any(host: &Host, name: &str, program: &Path) -> Option<ToolIdentity> {
    of(host, name, program).or_else(|| {
        // Not remembered: the next time it may say one.
        Some(ToolIdentity {
            name: name.to_owned(),
            version: "unknown".to_owned(),
            sha256: sha256_hex(&std::fs::read(program).ok()?),
        })
    })
}

/// Identifies an executable whose version somebody else has asked for.
#[must_use]
pub fn with_version(
    host: &Host,
    name: &str,
    program: &Path,
    version: &str,
) -> Option<ToolIdentity> {
    let (_, sha256) = remembered(host, program, || Some(version.to_owned()))?;
    Some(ToolIdentity {
        name: name.to_owned(),
        version: version.to_owned(),
        sha256,
    })
}

fn remembered(
    host: &Host,
    program: &Path,
    ask: impl FnOnce() -> Option<String>,
) -> Option<(String, String)> {
    // The file a link leads to is what runs, and what changes when a package is upgraded.
    let program = program.canonicalize().ok()?;
    let meta = program.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let modified_ns = u64::try_from(modified.as_nanos()).ok()?;
    let path = program.to_string_lossy().into_owned();
    let memory = host
        .cache
        .join("identities")
        .join(format!("{}.json", sha256_hex(path.as_bytes())));
    let known = std::fs::read(&memory)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Remembered>(&bytes).ok());
    if let Some(known) = known
        && (known.path == path && known.length == meta.len() && known.modified_ns == modified_ns)
    {
        return Some((known.version, known.sha256));
    }
    let version = ask()?;
    let sha256 = sha256_hex(&std::fs::read(&program).ok()?);
    let fresh = Remembered {
        path,
        length: meta.len(),
        modified_ns,
        version,
        sha256,
    };
    // A cache that cannot be written costs time, nothing else.
    if let Ok(bytes) = serde_json::to_vec(&fresh) {
        let _ = record::write(&memory, &bytes);
    }
    Some((fresh.version, fresh.sha256))
}
