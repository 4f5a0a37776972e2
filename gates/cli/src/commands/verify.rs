//! `caws verify`: the auditor's command.

mod bundle;
mod ledger;
mod recompute;

use std::path::Path;

use caws_evidence::Severity;
use caws_report::{json, junit, sarif, verification};
use caws_runner::ExitCode;
use caws_verify::{
    Options, Package, Report, Trust, TrustError, refused_package, verify_artifacts, verify_package,
};

use crate::args::{Format, Trusted, Verify};
use crate::artifacts::{self, Artifacts, Opened};
use crate::error::CliError;
use crate::output::{Output, print};
use crate::{keys, package};

pub(crate) fn run(args: &Verify, output: &Output) -> Result<ExitCode, CliError> {
    artifact(&args.artifacts, "directory, audit package or bundle")?;
    let package = args.artifacts.is_file();
    if package && let Some(bytes) = bundle::read(&args.artifacts)? {
        return bundle::run(args, &bytes, output);
    }
    let of_bundle = &args.bundle;
    if of_bundle.authority.is_some() || !of_bundle.subjects.is_empty() {
        return Err(CliError::usage(
            format!("{} is no Sigstore bundle", args.artifacts.display()),
            "--authority and --subject are for a bundle; a record of ours is signed with keys, and says itself what it is about",
        ));
    }
    let options = options(&args.trusted, args.allow_unsigned)?;
    let (mut report, record) = if package {
        match artifacts::read_package(&args.artifacts)? {
            Ok(package) => {
                let (report, record) = of_package(&args.artifacts, package, &options)?;
                (report, Some(record))
            }
            Err(error) => (
                refused_package(&args.artifacts.display().to_string(), &error),
                None,
            ),
        }
    } else {
        let from = Artifacts::Directory(args.artifacts.clone());
        let report = verify_artifacts(&args.artifacts, &options);
        (report, Some(Opened::new(from)))
    };
    // What does not hold is held against nothing else.
    let record = record.filter(|_| report.ok);
    if let (Some(dir), Some(record)) = (&args.ledger, &record) {
        ledger::check(record, dir, &options, &mut report)?;
    }
    let mut complete = true;
    if args.recompute {
        complete = recompute::run(args, record.as_ref(), output, &mut report)?;
    }
    print(&render(&report, output)?)?;
    Ok(match exit(&report) {
        ExitCode::Pass if !complete => ExitCode::NotMeasured,
        code => code,
    })
}

/// A record that is not what it says it is fails, whatever it says.
pub(super) fn exit(report: &Report) -> ExitCode {
    if report.ok {
        ExitCode::Pass
    } else {
        ExitCode::VerificationFailed
    }
}

/// Refuses what cannot be a record.
pub(super) fn artifact(path: &Path, expected: &str) -> Result<(), CliError> {
    if path.is_file() || path.is_dir() {
        return Ok(());
    }
    Err(CliError::usage(
        format!("{} is no {expected}", path.display()),
        "name the artifacts directory of a run, or its audit package; `caws gates` writes both",
    ))
}

/// What is trusted: a policy, else the keys named, else those of the project.
pub(super) fn options(args: &Trusted, allow_unsigned: bool) -> Result<Options, CliError> {
    // What a project says of its own keys counts where its own keys are trusted.
    let named = args.trust.is_some() || !args.keys.is_empty();
    let own = Some(Path::new("")).filter(|_| !named);
    let records = keys::records(args.key_records.as_deref(), own)?;
    let unusable = |error: TrustError| {
        CliError::usage(
            error.to_string(),
            "docs/keys.md shows a trust policy and what key records say",
        )
    };
    let now = jiff::Timestamp::now();
    if let Some(path) = &args.trust {
        let policy = std::fs::read(path).map_err(CliError::file("read", path))?;
        let records = records.unwrap_or_default();
        let trust = Trust::of_policy(&policy, &records, now).map_err(unusable)?;
        return Ok(Options {
            keys: trust.keys().to_vec(),
            trust: Some(trust),
            ..Options::default()
        });
    }
    let trusted = keys::trusted(&args.keys)?;
    if trusted.is_empty() && !allow_unsigned {
        return Err(CliError::usage(
            format!(
                "no key is trusted here: {} holds no *.pub file",
                keys::TRUSTED
            ),
            "give the signer's public key with --key FILE; for a record nobody signed, say --allow-unsigned",
        ));
    }
    let mut keys: Vec<_> = trusted.into_iter().map(|trusted| trusted.key).collect();
    let trust = match records {
        Some(records) => Some(Trust::pinned(&keys, &records, now).map_err(unusable)?),
        None => None,
    };
    if let Some(trust) = &trust {
        keys = trust.keys().to_vec();
    }
    Ok(Options {
        keys,
        trust,
        allow_unsigned,
        ..Options::default()
    })
}

/// The report on a package and its page; gives the package back.
pub(super) fn of_package(
    path: &Path,
    package: Package,
    options: &Options,
) -> Result<(Report, Opened), CliError> {
    let mut report = verify_package(&package, options);
    let path = path.to_owned();
    let record = Opened::new(Artifacts::Package { path, package });
    // What a record that is not true gives is no measure of its page.
    if report.ok
        && let Some(finding) = package::check_page(&record)?
    {
        report.ok = finding.severity != Severity::Error;
        report.findings.push(finding);
    }
    Ok((report, record))
}

fn render(report: &Report, output: &Output) -> Result<String, CliError> {
    Ok(match output.format {
        Format::Human => verification::run(report, output.palette, output.quiet()),
        Format::Json => json::document(report)?,
        Format::Markdown => verification::markdown(report),
        Format::Junit => junit::findings("verify", &report.findings),
        Format::Sarif => {
            let findings: Vec<_> = report
                .findings
                .iter()
                .map(|finding| ("verify", finding))
                .collect();
            json::document(&sarif::document(&findings))?
        }
    })
}
