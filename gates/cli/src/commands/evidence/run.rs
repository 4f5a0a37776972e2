//! `caws evidence run`: runs a command and leaves a record.

use caws_evidence::CommandRecord;
use caws_evidence::command::CommandEnd;
use caws_runner::command::{Placed, Recorded, Request, root_of};
use caws_runner::process::Stream;
use caws_runner::{ExitCode, Host, Seal};

use super::shown;
use crate::app::Status;
use crate::args::{EvidenceRun, Format};
use crate::error::CliError;
use crate::output::{Output, note};
use crate::{keys, progress};

/// As `timeout` of coreutils says it.
const TIMED_OUT: u8 = 124;
/// As shells say it: 128 and the signal.
const SIGNALLED: i32 = 128;
/// As shells say Ctrl-C: 128 + SIGINT.
const INTERRUPTED: u8 = 130;

pub(super) fn run(args: &EvidenceRun, output: &Output) -> Result<Status, CliError> {
    if output.format != Format::Human {
        return Err(CliError::usage(
            "standard output of `caws evidence run` is the command's own",
            "leave --format out, and read the record with `caws evidence show NAME --format json`",
        ));
    }
    let (here, _) = super::place()?;
    let root = root_of(&here).ok_or_else(|| {
        CliError::usage(
            format!(
                "{} is in no project: no .caws.yml here or above",
                here.display()
            ),
            "run it in a project, or name one with -C",
        )
    })?;
    let mut host = Host::current();
    keys::unlock(&mut host)?;
    let request = Request {
        artifacts: root.join(&args.artifacts),
        root,
        directory: here.clone(),
        name: args.name.clone(),
        command: args.command.clone(),
        timeout: args.timeout,
        variables: args.variables.clone(),
        offline: output.offline,
    };
    let interrupt = progress::on_ctrl_c()?;
    let mut gone = false;
    let recorded = caws_runner::command::run(&request, &host, &interrupt, &mut |stream, bytes| {
        let passed = match stream {
            Stream::Out => pass(&mut std::io::stdout().lock(), bytes),
            Stream::Err => pass(&mut std::io::stderr().lock(), bytes),
        };
        match passed {
            // A reader that goes away (`| head`) is no error; anything else is said, once.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe && !gone => {
                gone = true;
                note(&format!(
                    "warning: the command's output cannot be shown: {error}"
                ));
            }
            _ => {}
        }
    })?;
    report(&recorded, &shown(&recorded.path, &here), output);
    Ok(status(&recorded.record))
}

fn pass(to: &mut impl std::io::Write, bytes: &[u8]) -> std::io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// On stderr: stdout is the command's.
fn report(recorded: &Recorded, path: &str, output: &Output) {
    if let Placed::Not { why } = &recorded.placed {
        note(&format!("warning: not in the ledger: {why}"));
    }
    if output.quiet() {
        return;
    }
    let signed = match &recorded.seal {
        Seal::Signed { fingerprint } => {
            let short = fingerprint.get(..12).unwrap_or(fingerprint);
            format!("signed by key {short}")
        }
        Seal::Unsigned { why } => format!("not signed: {why}"),
    };
    let logged = match &recorded.placed {
        Placed::At { origin, index } => format!(", leaf {index} of {origin}"),
        Placed::Unsigned | Placed::Not { .. } => String::new(),
    };
    let outcome = recorded.record.outcome();
    note(&format!("evidence: {path}: {outcome}, {signed}{logged}"));
}

fn status(record: &CommandRecord) -> Status {
    let of = |code: i32| u8::try_from(code).unwrap_or(u8::MAX);
    match record.ended {
        CommandEnd::Exited => Status(record.exit_code.map_or(ExitCode::Internal.code(), of)),
        CommandEnd::Signal => Status(of(SIGNALLED.saturating_add(record.signal.unwrap_or(0)))),
        CommandEnd::Timeout => Status(TIMED_OUT),
        CommandEnd::Interrupted => Status(INTERRUPTED),
    }
}
