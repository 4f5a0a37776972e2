//! `caws provenance vsa|svr`: a verification, and a signed statement of what came of it.

use caws_attest::predicate::Predicate;
use caws_attest::{ResourceDescriptor, Statement};
use caws_report::terminal;
use caws_runner::ExitCode;
use caws_verify::conclusion::{Grounds, Verified};
use caws_verify::verify_artifacts;

use super::attested::{Signer, deliver, file, supported};
use super::verify::{artifact, exit, of_package, options};
use crate::args::{Conclusion, Vsa};
use crate::artifacts::{self, Artifacts, Opened};
use crate::error::CliError;
use crate::output::{Output, note};

pub(crate) fn vsa(args: &Vsa, output: &Output) -> Result<ExitCode, CliError> {
    supported(output, "provenance vsa")?;
    conclude(&args.conclusion, output, |grounds| {
        grounds.summary(&args.resource_uri)
    })
}

pub(crate) fn svr(args: &Conclusion, output: &Output) -> Result<ExitCode, CliError> {
    supported(output, "provenance svr")?;
    conclude(args, output, |grounds| grounds.simple_result())
}

fn conclude<P: Predicate>(
    args: &Conclusion,
    output: &Output,
    predicate: impl Fn(&Grounds<'_>) -> P,
) -> Result<ExitCode, CliError> {
    artifact(&args.artifacts, "directory or audit package")?;
    let signer = Signer::of(&args.signing, output)?;
    let policy = match &args.trusted.trust {
        Some(path) => Some(ResourceDescriptor {
            uri: args.policy_uri.clone(),
            ..file(path)?
        }),
        None => None,
    };
    let path = args.artifacts.as_path();
    let options = options(&args.trusted, false)?;
    let (report, record) = if path.is_file() {
        // Of a package whose container is refused nothing was looked at, and there is nothing to say.
        let package = artifacts::read_package(path)?.map_err(|error| CliError::Record {
            path: path.to_owned(),
            expected: "audit package",
            found: error.to_string(),
        })?;
        of_package(path, package, &options)?
    } else {
        let from = Artifacts::Directory(path.to_owned());
        (verify_artifacts(path, &options), Opened::new(from))
    };
    // What a record says that is not true is no ground for anything.
    let view = if report.ok {
        Some(record.view()?)
    } else {
        None
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let grounds = Grounds {
        verified: match record.artifacts() {
            Artifacts::Directory(dir) => Verified::Directory(dir),
            Artifacts::Package { package, .. } => Verified::Package {
                package,
                name: &name,
            },
        },
        report: &report,
        record: view.map(|view| (&view.manifest, &view.plan)),
        partial: view.is_some_and(|view| view.partial),
        policy,
        version: env!("CARGO_PKG_VERSION"),
        at: jiff::Timestamp::now(),
    };
    for finding in &report.findings {
        note(terminal::finding("verify", finding, output.stderr_palette()).trim_end_matches('\n'));
        note("");
    }
    let subjects = grounds.subjects();
    if subjects.is_empty() {
        return Err(CliError::usage(
            format!("{} holds no manifest to speak of", args.artifacts.display()),
            "name the artifacts directory of a run, or its audit package",
        ));
    }
    let statement = Statement::of(subjects, &predicate(&grounds)).map_err(|error| {
        CliError::usage(
            error.to_string(),
            "give a URI, such as git+https://example.org/project",
        )
    })?;
    deliver(&statement, signer, args.output.as_deref(), output)?;
    Ok(match exit(&report) {
        ExitCode::Pass if !grounds.passed() => ExitCode::GateFailed,
        code => code,
    })
}
