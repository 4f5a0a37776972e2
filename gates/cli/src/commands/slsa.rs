//! `caws provenance slsa`: how files were built, from the signed record of the command that built them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_attest::predicate::slsa::{Build, Provenance};
use caws_attest::seal::command_path;
use caws_attest::{PublicKey, ResourceDescriptor, SecretKey, Statement};
use caws_evidence::{CommandRecord, sha256_hex};
use caws_report::terminal;
use caws_runner::ExitCode;
use caws_runner::command::required::{Against, Required, RequiredCommands, check, exit};
use caws_runner::command::root_of;

use super::attested::{Signer, deliver, file, supported};
use crate::args::Slsa;
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, note};

/// Times of records are rounded to milliseconds.
const ROUNDING: Duration = Duration::from_millis(1);

/// How far the time of a file may lie behind the clock: Linux takes it at the tick, 100 times a second at least.
const TICK: Duration = Duration::from_millis(10);

pub(crate) fn run(args: &Slsa, output: &Output) -> Result<ExitCode, CliError> {
    supported(output, "provenance slsa")?;
    let signer = Signer::of(&args.signing, output)?;
    let here = std::env::current_dir().map_err(CliError::file("read", Path::new(".")))?;
    let artifacts = root_of(&here).unwrap_or(here).join(&args.artifacts);
    let record = match built(args, &artifacts, signer.key(), output)? {
        Ok(record) => record,
        Err(code) => return Ok(code),
    };
    let path = artifacts.join(command_path(&record.name));
    let bytes = std::fs::read(&path).map_err(CliError::file("read", &path))?;
    let mut subjects = Vec::new();
    for file in &args.files {
        subjects.push(made(file, &record)?);
    }
    let mut dependencies = Vec::new();
    for dependency in &args.dependencies {
        dependencies.push(file(dependency)?);
    }
    if record.dirty != Some(false) {
        note(
            "note: no source is named: the build did not run on exactly a commit, with no uncommitted changes",
        );
    }
    let build = Build {
        builder: &args.builder,
        source: args.source.as_deref(),
        dependencies,
    };
    let provenance =
        Provenance::of_command(&record, &sha256_hex(&bytes), &build).map_err(|error| {
            CliError::Record {
                path,
                expected: "record of a command",
                found: error.to_string(),
            }
        })?;
    let statement = Statement::of(subjects, &provenance).map_err(|error| {
        CliError::usage(
            error.to_string(),
            "--builder has to be a URI, such as https://example.org/builder",
        )
    })?;
    deliver(&statement, signer, args.output.as_deref(), output)?;
    Ok(ExitCode::Pass)
}

/// The record of the build, which has to be signed and to have succeeded; else the exit code, and why on stderr.
fn built(
    args: &Slsa,
    artifacts: &Path,
    key: Option<&SecretKey>,
    output: &Output,
) -> Result<Result<CommandRecord, ExitCode>, CliError> {
    let mut keys: Vec<PublicKey> = keys::trusted(&args.keys)?
        .into_iter()
        .map(|trusted| trusted.key)
        .collect();
    if let Some(key) = key.filter(|_| args.keys.is_empty()) {
        let own = key.public();
        keys.push(own.map_err(|error| CliError::Internal(error.to_string()))?);
    }
    let own = Some(Path::new("")).filter(|_| args.keys.is_empty());
    let ring = match keys::records(None, own)? {
        Some(records) => Some(keys::ring(&keys, &records)?),
        None => None,
    };
    let list = RequiredCommands {
        schema_version: 1,
        commands: vec![Required {
            name: args.build.clone(),
            command: None,
            max_age: None,
            same_commit: false,
        }],
    };
    let against = Against {
        artifacts: artifacts.to_owned(),
        keys,
        ring,
        allow_unsigned: false,
        commit: None,
        now: jiff::Timestamp::now(),
    };
    let checked = check(&list, &against);
    for finding in checked.iter().flat_map(|one| &one.findings) {
        note(terminal::finding("slsa", finding, output.stderr_palette()).trim_end_matches('\n'));
        note("");
    }
    let code = exit(&checked);
    let record = checked.into_iter().find_map(|one| one.record);
    Ok(match record {
        Some(record) if code == ExitCode::Pass => Ok(record),
        _ => Err(code),
    })
}

/// A file that the command wrote: it was changed last while the command ran.
fn made(path: &Path, record: &CommandRecord) -> Result<ResourceDescriptor, CliError> {
    let described = file(path)?;
    let changed = path
        .metadata()
        .and_then(|meta| meta.modified())
        .map_err(CliError::file("read", path))?;
    let changed = jiff::Timestamp::try_from(changed)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let time = |text: &str| -> Result<jiff::Timestamp, CliError> {
        text.parse().map_err(|error: jiff::Error| CliError::Record {
            path: PathBuf::from(command_path(&record.name)),
            expected: "record of a command",
            found: error.to_string(),
        })
    };
    let (started, finished) = (time(&record.started)?, time(&record.finished)?);
    let (earliest, latest) = (started - ROUNDING - TICK, finished + ROUNDING);
    if (earliest..=latest).contains(&changed) {
        return Ok(described);
    }
    Err(CliError::usage(
        format!(
            "`{}` ran from {started} to {finished}, and {} was changed last at {changed}",
            record.name,
            path.display()
        ),
        "name the file where the command left it; where it had nothing to build, remove the file and run the command again under `caws evidence run`",
    ))
}
