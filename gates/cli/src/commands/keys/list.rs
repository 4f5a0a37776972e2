//! `caws provenance keys list`: the keys there are, and what each is worth now.

use std::path::PathBuf;

use caws_attest::{KeyStatus, PublicKey, key_status};
use caws_report::{json, text};
use caws_runner::ExitCode;
use serde::Serialize;

use super::records::Records;
use super::{now, word, worth};
use crate::args::{Format, KeyList};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, note, print};

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    kind: &'static str,
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    /// None for one that only a record names.
    path: Option<PathBuf>,
    algorithm: &'static str,
    fingerprint: String,
    valid: bool,
    status: String,
}

pub(super) fn run(args: &KeyList, output: &Output) -> Result<ExitCode, CliError> {
    let trusted = keys::trusted(&[])?;
    let roots: Vec<PublicKey> = trusted.iter().map(|one| one.key.clone()).collect();
    let ring = Records::read(&args.records.file)?.ring(&roots)?;
    let at = now();
    let keys: Vec<Key> = ring
        .keys()
        .iter()
        .map(|key| {
            let fingerprint = key.fingerprint();
            let status = key_status(&fingerprint, at, &ring);
            let file = trusted.iter().find(|one| one.key == *key);
            Key {
                path: file.map(|one| one.path.clone()),
                algorithm: word(key.algorithm()),
                valid: matches!(status, KeyStatus::Valid { .. }),
                status: worth(&status),
                fingerprint,
            }
        })
        .collect();
    let text = match output.format {
        Format::Human if keys.is_empty() => {
            format!(
                "no keys in {}; `caws provenance keys new` makes one\n",
                keys::TRUSTED
            )
        }
        Format::Human => keys.iter().map(line).collect(),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "keys",
            keys,
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("provenance keys list"));
        }
    };
    print(&text)?;
    for ignored in ring.ignored() {
        note(&format!(
            "warning[key-record-ignored] {}: record {}: {}",
            args.records.file.display(),
            ignored.index + 1,
            text::line(&ignored.why.to_string())
        ));
    }
    Ok(ExitCode::Pass)
}

fn line(key: &Key) -> String {
    let place = key.path.as_ref().map_or_else(
        || "known by a record".to_owned(),
        |path| path.display().to_string(),
    );
    let status = if key.status == "valid" {
        String::new()
    } else {
        format!("  {}", key.status)
    };
    format!(
        "{}  {:7}  {place}{status}\n",
        key.fingerprint, key.algorithm
    )
}
