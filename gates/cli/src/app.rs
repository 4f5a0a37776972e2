//! From arguments to an exit code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use caws_report::{excerpt, json};
use caws_runner::ExitCode;
use clap::Parser as _;
use serde::Serialize;

use crate::args::{Cli, Command, Format, Provenance};
use crate::commands;
use crate::error::CliError;
use crate::output::{Output, note, print};
use crate::sources::Sources;

/// What the process exits with: a code of caws, or that of the command it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u8);

impl From<ExitCode> for Status {
    fn from(code: ExitCode) -> Self {
        Self(code.code())
    }
}

impl From<Status> for std::process::ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.0)
    }
}

/// Runs the command of this process.
pub(crate) fn main() -> Status {
    guard(|| match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => {
            // Help and version are results, and go to stdout with code 0.
            let _ = error.print();
            if error.use_stderr() {
                ExitCode::Invalid.into()
            } else {
                ExitCode::Pass.into()
            }
        }
    })
}

/// A panic is a defect of caws: it is said so, and ends with code 70.
fn guard(work: impl FnOnce() -> Status) -> Status {
    std::panic::set_hook(Box::new(|panic| {
        note(&format!("internal error: {panic}"));
        note(
            "this is a defect of caws, not of your project; please report it with the command you ran",
        );
    }));
    let code = catch_unwind(AssertUnwindSafe(work)).unwrap_or(ExitCode::Internal.into());
    let _ = std::panic::take_hook();
    code
}

fn run(cli: &Cli) -> Status {
    let output = Output::new(&cli.global);
    let entered = match &cli.global.directory {
        Some(directory) => {
            std::env::set_current_dir(directory).map_err(CliError::file("enter", directory))
        }
        None => Ok(()),
    };
    entered
        .and_then(|()| dispatch(&cli.command, &output))
        .unwrap_or_else(|error| failed(&error, &output).into())
}

fn dispatch(command: &Command, output: &Output) -> Result<Status, CliError> {
    let code = match command {
        Command::Evidence(args) => return commands::evidence::run(args, output),
        Command::Init(args) => commands::init::run(args, output),
        Command::Validate(args) => commands::validate::run(args, output),
        Command::Migrate(args) => commands::migrate::run(args, output),
        Command::Portfolio(args) => commands::portfolio::run(args, output),
        Command::Plan(args) => commands::plan::run(args, output),
        Command::Gates(args) => commands::gates::run(args, output),
        Command::Trust(args) => commands::trust::run(args, output),
        Command::Verify(args) => commands::verify::run(args, output),
        Command::Provenance(Provenance::Keys(args)) => commands::keys::run(args, output),
        Command::Provenance(Provenance::Show(args)) => commands::show::run(args, output),
        Command::Provenance(Provenance::Sign(args)) if args.add => {
            commands::cosign::run(args, output)
        }
        Command::Provenance(Provenance::Sign(args)) => commands::sign::run(args, output),
        Command::Provenance(Provenance::Sbom(args)) => commands::sbom::run(args, output),
        Command::Provenance(Provenance::Slsa(args)) => commands::slsa::run(args, output),
        Command::Provenance(Provenance::Vsa(args)) => commands::conclude::vsa(args, output),
        Command::Provenance(Provenance::Svr(args)) => commands::conclude::svr(args, output),
        Command::Ledger(args) => commands::ledger::run(args, output),
        Command::Policy(args) => commands::policy::run(args, output),
        Command::Waiver(args) => commands::waiver::run(args, output),
        Command::Setup => commands::setup::run(output),
        Command::Doctor => commands::doctor::run(output),
        Command::Explain(args) => commands::explain::run(args, output),
        Command::Report(args) => commands::report::run(args, output),
        Command::Review(args) => commands::review::run(args, output),
    };
    code.map(Status::from)
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    exit_code: u8,
    message: String,
    help: Option<&'a str>,
    findings: &'a [caws_evidence::Finding],
}

/// Says why there is no result: on stderr, and as a document where one was asked for.
fn failed(error: &CliError, output: &Output) -> ExitCode {
    let mut sources = Sources::default();
    for finding in error.findings() {
        note(
            excerpt::excerpt(finding, sources.of(finding), output.stderr_palette())
                .trim_end_matches('\n'),
        );
        note("");
    }
    note(&format!(
        "error: {}",
        caws_report::text::line(&error.to_string())
    ));
    if let Some(help) = error.help() {
        note(&format!("help: {help}"));
    }
    if output.format == Format::Json {
        let document = json::document(&ErrorDocument {
            schema_version: json::SCHEMA_VERSION,
            kind: "error",
            exit_code: error.exit().code(),
            message: error.to_string(),
            help: error.help(),
            findings: error.findings(),
        });
        if let Err(error) = document
            .map_err(CliError::from)
            .and_then(|text| print(&text))
        {
            note(&format!("error: {error}"));
        }
    }
    error.exit()
}

#[cfg(test)]
mod tests;
