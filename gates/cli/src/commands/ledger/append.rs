//! `caws ledger append`: signed bundles become leaves.

use std::path::{Path, PathBuf};

use caws_attest::seal::{evidence_bundle_path, is_gate_name};
use caws_evidence::Manifest;
use caws_evidence::manifest::layout;
use caws_ledger::Entry;
use caws_report::json;
use caws_runner::ExitCode;
use caws_runner::ledger::LedgerError;
use serde::Serialize;

use super::{Writable, mended, repository, writable};
use crate::args::{Format, LedgerAppend};
use crate::artifacts::{self, Artifacts};
use crate::error::CliError;
use crate::output::{Output, print};

type Run = (Vec<PathBuf>, Option<String>, Option<String>);

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    origin: &'a str,
    size: u64,
    known: usize,
    entries: Vec<Placed<'a>>,
}

#[derive(Serialize)]
struct Placed<'a> {
    index: u64,
    path: &'a Path,
}

pub(crate) fn run(args: &LedgerAppend, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("ledger append"));
    }
    let of_run = if args.bundles.is_empty() {
        Some(of_run(&args.artifacts)?)
    } else {
        None
    };
    let (paths, commit, planned) = of_run.unwrap_or_else(|| {
        let commit = args.commit.clone();
        (args.bundles.clone(), commit, None)
    });
    let Writable { host, log, signers } = writable(&args.log)?;
    let mut leaves = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path).map_err(CliError::file("read", path))?;
        let entry = Entry::of_bundle(&bytes, &signers, commit.as_deref()).map_err(|error| {
            LedgerError::Entry {
                path: path.clone(),
                error,
            }
        })?;
        leaves.push(entry.to_leaf()?);
    }
    let appended = log.append(&leaves, repository(), &host, output.offline)?;
    mended(&appended.repairs);
    // The record behind a plan that this log has: now it can be shown to stand there.
    if let (true, Some(manifest)) = (
        planned.as_deref() == Some(log.origin()),
        appended.indexes.last(),
    ) {
        caws_runner::commit::follow(&log, &args.artifacts, *manifest)?;
    }
    let entries: Vec<Placed<'_>> = appended
        .indexes
        .iter()
        .zip(&paths)
        .map(|(index, path)| Placed {
            index: *index,
            path,
        })
        .collect();
    let size = log.reader()?.checkpoint().size;
    let text = match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "ledger-append",
            origin: log.origin(),
            size,
            known: appended.known,
            entries,
        })?,
        _ => {
            let mut text = String::new();
            if !output.quiet() {
                for placed in &entries {
                    text.push_str(&format!("{:>8}  {}\n", placed.index, placed.path.display()));
                }
            }
            let new = entries.len() - appended.known;
            text.push_str(&format!(
                "{}: {new} appended, {} there already, {size} leaves\n",
                log.origin(),
                appended.known
            ));
            text
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// The bundles of a run in the order they were made, its commit, and the log its plan is in.
fn of_run(dir: &Path) -> Result<Run, CliError> {
    let from = Artifacts::Directory(dir.to_owned());
    let manifest: Manifest = artifacts::document(&from, layout::MANIFEST, "manifest")?;
    let mut paths = Vec::new();
    if manifest.caws.commitment.is_some() {
        paths.push(dir.join(layout::PLAN_BUNDLE));
    }
    for entry in &manifest.caws.gates {
        if !is_gate_name(&entry.gate) {
            return Err(CliError::Record {
                path: dir.join(layout::MANIFEST),
                expected: "manifest",
                found: format!("`{}` cannot be a gate's name", entry.gate),
            });
        }
        paths.push(dir.join(evidence_bundle_path(&entry.gate)));
    }
    paths.push(dir.join(layout::MANIFEST_BUNDLE));
    if let Some(missing) = paths.iter().find(|path| !path.is_file()) {
        return Err(CliError::usage(
            format!("the run is not signed: {} is not there", missing.display()),
            "sign it with `caws provenance sign`; only what somebody vouches for enters the ledger",
        ));
    }
    let commit = manifest.commit_id().map(str::to_owned);
    let logged = manifest.caws.commitment.and_then(|plan| plan.logged);
    Ok((paths, commit, logged.map(|logged| logged.origin)))
}
