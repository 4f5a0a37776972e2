//! `caws ledger export`: the log as static files that any C2SP client reads.

use caws_ledger::Writer;
use caws_ledger::files::{Disk, Files as _};
use caws_ledger::remote::Remote as _;
use caws_ledger::remote::directory::Directory;
use caws_ledger::store::CHECKPOINT;
use caws_report::json;
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use serde::Serialize;

use super::{mended, trust};
use crate::args::{Format, LedgerExport};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    origin: &'a str,
    size: u64,
    files: usize,
}

pub(crate) fn run(args: &LedgerExport, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("ledger export"));
    }
    let occupied = match std::fs::read_dir(&args.to) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(CliError::file("read", &args.to)(error)),
    };
    if occupied {
        return Err(CliError::usage(
            format!(
                "{} is not empty, and nothing in it is overwritten",
                args.to.display()
            ),
            "name a directory that is empty or not there yet",
        ));
    }
    let trust = trust(&args.log)?;
    let origin = trust.origin.clone();
    let wait = std::time::Duration::from_secs(60);
    // The writer's lock keeps the files still, and its flush puts the journal into tiles.
    let mut writer =
        Writer::open_directory(&args.log.ledger, trust, wait).map_err(LedgerError::from)?;
    mended(writer.repairs());
    writer.flush().map_err(LedgerError::from)?;
    let disk = Disk::at(&args.log.ledger);
    let at = |path: &str| args.log.ledger.join(path);
    let mut files = Vec::new();
    for directory in ["tile", "checkpoints"] {
        for path in disk
            .list(directory)
            .map_err(CliError::file("read", &at(directory)))?
        {
            let bytes = disk
                .read(&path)
                .map_err(CliError::file("read", &at(&path)))?;
            files.push((path, bytes.unwrap_or_default()));
        }
    }
    let checkpoint = disk
        .read(CHECKPOINT)
        .map_err(CliError::file("read", &at(CHECKPOINT)))?
        .unwrap_or_default();
    let count = files.len() + 1;
    // Files first, the checkpoint last: whoever reads meanwhile sees nothing or all.
    Directory::new(&args.to)
        .publish(None, files, &checkpoint)
        .map_err(|error| {
            CliError::file("write", &args.to)(std::io::Error::other(error.to_string()))
        })?;
    let text = match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger-export",
            origin: &origin,
            size: writer.size(),
            files: count,
        })?,
        _ => format!(
            "{origin}: {} leaves in {count} files in {}\n",
            writer.size(),
            args.to.display()
        ),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}
