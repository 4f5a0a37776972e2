//! Signs a statement and puts the bundle where it was asked for.

mod signer;

use std::path::Path;

use caws_attest::{ResourceDescriptor, Statement};
use caws_evidence::sha256_hex;
use caws_report::{json, text};
use serde::Serialize;

use crate::args::Format;
use crate::error::CliError;
use crate::output::{Output, print};
pub(super) use signer::Signer;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    path: &'a Path,
    predicate_type: &'a str,
    #[serde(flatten)]
    by: &'a By,
    subjects: &'a [ResourceDescriptor],
}

/// A bundle, and who signed it.
struct Signed {
    bytes: Vec<u8>,
    by: By,
}

#[derive(Serialize)]
#[serde(untagged)]
enum By {
    Key {
        fingerprint: String,
    },
    #[cfg(feature = "keyless")]
    Certificate {
        names: Vec<String>,
        issuer: Option<String>,
        log_index: u64,
        logged: String,
    },
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key { fingerprint } => write!(f, "with key {fingerprint}"),
            #[cfg(feature = "keyless")]
            Self::Certificate {
                names,
                issuer,
                log_index,
                logged,
            } => write!(
                f,
                "as {} (by {}), entry {log_index} of the log at {logged}",
                names.join(", "),
                issuer.as_deref().unwrap_or("nobody")
            ),
        }
    }
}

/// Signs, and writes the bundle to `to`, or to standard output.
pub(super) fn deliver(
    statement: &Statement,
    signer: Signer,
    to: Option<&Path>,
    output: &Output,
) -> Result<(), CliError> {
    let Signed { bytes, by } = signer.sign(statement)?;
    let Some(path) = to else {
        let text =
            String::from_utf8(bytes).map_err(|error| CliError::Internal(error.to_string()))?;
        return print(&format!("{text}\n"));
    };
    caws_runner::record::write(path, &bytes).map_err(CliError::file("write", path))?;
    print(&match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "attestation",
            path,
            predicate_type: &statement.predicate_type,
            by: &by,
            subjects: &statement.subject,
        })?,
        _ if output.quiet() => String::new(),
        _ => format!(
            "wrote {}: {}, signed {}\n",
            path.display(),
            statement.predicate_type,
            text::line(&by.to_string())
        ),
    })
}

/// Formats a command has that writes an attestation.
pub(super) fn supported(output: &Output, command: &str) -> Result<(), CliError> {
    if matches!(output.format, Format::Human | Format::Json) {
        Ok(())
    } else {
        Err(output.unsupported(command))
    }
}

/// A file, by the name it goes by and its content.
pub(super) fn file(path: &Path) -> Result<ResourceDescriptor, CliError> {
    let bytes = std::fs::read(path).map_err(CliError::file("read", path))?;
    Ok(digested(path, &bytes))
}

/// Content that was read already.
pub(super) fn digested(path: &Path, bytes: &[u8]) -> ResourceDescriptor {
    let name = path.file_name().unwrap_or(path.as_os_str());
    ResourceDescriptor::digested(&name.to_string_lossy(), "sha256", &sha256_hex(bytes))
}
