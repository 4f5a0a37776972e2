//! `caws ledger prove`: a file that shows, offline, that an entry stands in the log.

use std::path::Path;

use caws_evidence::sha256_hex;
use caws_ledger::files::Disk;
use caws_ledger::{Entry, Reader};
use caws_report::json;
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use serde::Serialize;

use super::reader;
use crate::args::{Format, LedgerProve};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    kind: &'static str,
    origin: String,
    index: u64,
    size: u64,
    root: String,
    /// SHA-256 of the leaf under its prefix (RFC 6962), base64.
    leaf_hash: String,
    /// The leaf where it is an entry of ours, else nothing.
    entry: Option<Entry>,
    hashes: Vec<String>,
    checkpoint: String,
}

pub(crate) fn run(args: &LedgerProve, output: &Output) -> Result<ExitCode, CliError> {
    let reader = reader(&args.log)?;
    let index = index(&args.entry, &reader)?;
    let proof = reader.prove(index).map_err(LedgerError::from)?;
    let bytes = proof.to_bytes();
    if let Some(out) = &args.out {
        caws_runner::record::write(out, &bytes).map_err(CliError::file("write", out))?;
    }
    let text = match (output.format, &args.out) {
        (Format::Human, Some(out)) => format!(
            "leaf {index} of {} stands in {}: {}\n",
            reader.checkpoint().size,
            reader.checkpoint().origin,
            out.display()
        ),
        (Format::Human, None) => String::from_utf8_lossy(&bytes).into_owned(),
        (Format::Json, _) => {
            let leaf = reader.leaf(index).map_err(LedgerError::from)?;
            let checkpoint = reader.checkpoint();
            json::document(&Document {
                schema_version: json::SCHEMA_VERSION,
                kind: "ledger-proof",
                origin: checkpoint.origin.clone(),
                index,
                size: checkpoint.size,
                root: checkpoint.root.to_string(),
                leaf_hash: caws_ledger::leaf_hash(&leaf).to_string(),
                entry: Entry::from_leaf(&leaf).ok(),
                hashes: proof.hashes.iter().map(ToString::to_string).collect(),
                checkpoint: String::from_utf8_lossy(&proof.checkpoint).into_owned(),
            })?
        }
        _ => return Err(output.unsupported("ledger prove")),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// The index named, or that of the bundle's leaf.
fn index(entry: &str, reader: &Reader<Disk>) -> Result<u64, CliError> {
    let size = reader.checkpoint().size;
    if let Ok(index) = entry.parse::<u64>() {
        if index < size {
            return Ok(index);
        }
        return Err(CliError::usage(
            format!("expected an index below {size}, the size of the ledger, found {index}"),
            "`caws ledger query` lists the entries",
        ));
    }
    let path = Path::new(entry);
    let bytes = std::fs::read(path).map_err(CliError::file("read", path))?;
    let sha256 = sha256_hex(&bytes);
    let mut found = None;
    let seen = reader.each(0, |index, leaf| {
        let is = Entry::from_leaf(leaf).is_ok_and(|entry| entry.sha256 == sha256);
        found = is.then_some(index);
        !is
    });
    seen.map_err(LedgerError::from)?;
    found.ok_or_else(|| {
        CliError::usage(
            format!("none of the {size} leaves is of {entry} (sha256 {sha256})"),
            "`caws ledger append` appends it",
        )
    })
}
