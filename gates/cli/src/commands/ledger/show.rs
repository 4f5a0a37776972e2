//! `caws ledger show`: the state of the log.

use caws_ledger::files::{Disk, Files as _};
use caws_ledger::remote::followed;
use caws_ledger::{Checkpoint, Reader};
use caws_report::{json, text};
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use serde::Serialize;

use super::trust;
use crate::args::{Format, Log};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    origin: &'a str,
    size: u64,
    root: String,
    /// Verifier keys (C2SP signed-note) of the log that are trusted and signed the checkpoint.
    keys: Vec<String>,
    remote: Option<&'a str>,
    /// Leaves that wait for a sync.
    waiting: usize,
}

pub(crate) fn run(args: &Log, output: &Output) -> Result<ExitCode, CliError> {
    let trust = trust(args)?;
    let disk = Disk::at(&args.ledger);
    let reader = Reader::open(&disk, &trust).map_err(LedgerError::from)?;
    let checkpoint = reader.checkpoint();
    let keys: Vec<String> = reader
        .signers()
        .iter()
        .map(caws_ledger::NoteVerifier::to_vkey)
        .collect();
    let remote = followed(&disk).map_err(LedgerError::from)?;
    let listed = disk.list("pending");
    let waiting = listed.map_err(CliError::file("read", &args.ledger.join("pending")))?;
    let waiting = waiting.iter().filter(|path| path.contains('-')).count();
    let text = match output.format {
        Format::Human => human(checkpoint, &keys, remote.as_deref(), waiting),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger",
            origin: &checkpoint.origin,
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            keys,
            remote: remote.as_deref(),
            waiting,
        })?,
        _ => return Err(output.unsupported("ledger show")),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

fn human(checkpoint: &Checkpoint, keys: &[String], remote: Option<&str>, waiting: usize) -> String {
    let mut out = String::new();
    for (label, value) in [
        ("origin", checkpoint.origin.clone()),
        ("leaves", checkpoint.size.to_string()),
        ("root", checkpoint.root.to_string()),
        ("signed by", keys.join(", ")),
        ("shared", remote.unwrap_or("with nobody").to_owned()),
        ("waiting", waiting.to_string()),
    ] {
        out.push_str(&format!("{label:<10} {}\n", text::line(&value)));
    }
    out
}
