//! Signs a statement and puts the bundle where it was asked for.

use std::path::Path;

use caws_attest::{ResourceDescriptor, SecretKey, Statement, sign_statement};
use caws_evidence::sha256_hex;
use caws_report::json;
use serde::Serialize;

use crate::args::Format;
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    path: &'a Path,
    predicate_type: &'a str,
    fingerprint: &'a str,
    subjects: &'a [ResourceDescriptor],
}

/// Signs, and writes the bundle to `to`, or to standard output.
pub(super) fn deliver(
    statement: &Statement,
    key: &SecretKey,
    to: Option<&Path>,
    output: &Output,
) -> Result<(), CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Internal(error.to_string());
    let bundle = sign_statement(statement, key).map_err(|error| failed(&error))?;
    let bytes = bundle.to_canonical_bytes()?;
    let public = key.public().map_err(|error| failed(&error))?;
    let fingerprint = public.fingerprint();
    let Some(path) = to else {
        let text = String::from_utf8(bytes).map_err(|error| failed(&error))?;
        return print(&format!("{text}\n"));
    };
    caws_runner::record::write(path, &bytes).map_err(CliError::file("write", path))?;
    print(&match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "attestation",
            path,
            predicate_type: &statement.predicate_type,
            fingerprint: &fingerprint,
            subjects: &statement.subject,
        })?,
        _ if output.quiet() => String::new(),
        _ => format!(
            "wrote {}: {}, signed with key {fingerprint}\n",
            path.display(),
            statement.predicate_type
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
