//! `caws ledger sync`: this log and a shared one come to one state.

use caws_ledger::files::Disk;
use caws_ledger::remote::{Place, followed};
use caws_report::json;
use caws_runner::ExitCode;
use caws_runner::ledger::{self, LedgerError};
use serde::Serialize;

use super::{Writable, repository, writable};
use crate::args::{Format, LedgerSync};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    origin: &'a str,
    fetched: u64,
    /// Indexes of the leaves that waited here.
    sealed: Vec<u64>,
    size: u64,
    /// How often somebody else was faster.
    retries: u32,
}

pub(crate) fn run(args: &LedgerSync, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("ledger sync"));
    }
    let place = place(args)?;
    if output.offline && !matches!(place, Place::Directory(_)) {
        return Err(CliError::usage(
            "a sync with this remote needs the network, and --offline forbids it",
            "run it without --offline; what waits keeps waiting",
        ));
    }
    let Writable { host, log, .. } = writable(&args.log)?;
    let synced = log.sync(&place, repository(), &host)?;
    let text = match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger-sync",
            origin: log.origin(),
            fetched: synced.fetched,
            sealed: synced.sealed.iter().map(|(index, _)| *index).collect(),
            size: synced.size,
            retries: synced.moved,
        })?,
        _ => format!(
            "{}: {} fetched, {} sealed, {} leaves here and there\n",
            log.origin(),
            synced.fetched,
            synced.sealed.len(),
            synced.size
        ),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// The remote named, else the one the log follows, else the git remote `origin`.
fn place(args: &LedgerSync) -> Result<Place, CliError> {
    if let Some(directory) = &args.shared {
        return Ok(Place::Directory(directory.clone()));
    }
    if let Some(remote) = &args.git {
        return Ok(Place::Git(remote.clone()));
    }
    if let Some(url) = &args.s3 {
        return Ok(Place::Objects(url.clone()));
    }
    let followed = followed(&Disk::at(&args.log.ledger)).map_err(LedgerError::from)?;
    Ok(match followed {
        Some(name) => ledger::place(&name)?,
        None => Place::Git("origin".to_owned()),
    })
}
